//! Searching: every place of a text in another one, and whether one of many begins with one of many.

use super::operands::wrong_type;
use super::texts::{self, steps_of};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Slice, TooLarge, Value};
use crate::sorted::InOrder;
use std::collections::VecDeque;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "strings.any_prefix_match" => Function::Two(|context, a, b| any_begins(context, a, b, |text| text.into())),
        "strings.any_suffix_match" => Function::Two(|context, a, b| {
            // A text ends with another one where, read from behind, it begins with it.
            any_begins(context, a, b, |text| text.bytes().rev().collect())
        }),
        _ => return None,
    })
}

fn any_begins(context: &mut Context<'_>, texts: Value, beginnings: Value, read: fn(&str) -> Vec<u8>) -> Answer {
    let mut texts = one_or_more(context, texts, 1, read)?;
    let beginnings = one_or_more(context, beginnings, 2, read)?;
    // Sorting and looking up compare each with a few others.
    let bytes: usize = texts.iter().chain(&beginnings).map(Vec::len).sum();
    let comparisons = u64::from(usize::BITS - texts.len().leading_zeros());
    context.charge((steps_of(bytes as u64) + (texts.len() + beginnings.len()) as u64).saturating_mul(comparisons))?;
    texts.order();
    let found = beginnings.iter().any(|beginning| {
        let at = texts.partition_point(|text| text < beginning);
        texts.get(at).is_some_and(|text| text.starts_with(beginning))
    });
    Ok(Value::boolean(found))
}

fn one_or_more(
    context: &mut Context<'_>,
    value: Value,
    at: usize,
    read: fn(&str) -> Vec<u8>,
) -> Result<Vec<Vec<u8>>, Failure> {
    const WANTED: [&str; 3] = ["string", "set", "array"];
    let slices: Vec<Slice> = match value.kind() {
        Kind::String(one) => vec![one],
        Kind::Array(_) | Kind::Set(_) => texts::strings(context, value, at, &WANTED)?,
        _ => return Err(wrong_type(at, value, &WANTED)),
    };
    let bytes = slices.iter().map(|slice| u64::from(slice.len)).sum::<u64>();
    context.charge(steps_of(bytes))?;
    context.room(bytes)?;
    Ok(slices.into_iter().map(|slice| read(context.stores.text(slice))).collect())
}

/// Where a part stands in a text, in characters; places may overlap. Linear in both: no text is read twice. The part is
/// not empty.
///
/// # Errors
/// There would be more places than `most`.
pub fn places(text: &str, part: &str, most: usize) -> Result<Vec<Value>, TooLarge> {
    let part = part.as_bytes();
    // How long a beginning of the part ends at each of its bytes.
    let mut borders = vec![0_usize; part.len()];
    let mut length = 0;
    for at in 1..part.len() {
        length = longer(part, &borders, length, part.get(at));
        if let Some(border) = borders.get_mut(at) {
            *border = length;
        }
    }
    let mut places = Vec::new();
    let (mut length, mut character) = (0, 0);
    // Characters whose place may still be asked for: those that the match in hand covers.
    let mut starts = VecDeque::new();
    for (at, byte) in text.bytes().enumerate() {
        if text.is_char_boundary(at) {
            starts.push_back((at, character));
            character += 1;
        }
        if length == part.len() {
            length = length.checked_sub(1).and_then(|last| borders.get(last).copied()).unwrap_or(0);
        }
        length = longer(part, &borders, length, Some(&byte));
        let begin = at + 1 - length.min(at + 1);
        while starts.front().is_some_and(|&(start, _)| start < begin) {
            starts.pop_front();
        }
        if length == part.len()
            && let Some(&(start, place)) = starts.front()
            && start == begin
        {
            if places.len() >= most {
                return Err(TooLarge);
            }
            places.push(Value::count(place));
        }
    }
    Ok(places)
}

/// The length of the beginning of the part that ends with this byte, from the one that ended before it.
fn longer(part: &[u8], borders: &[usize], mut length: usize, byte: Option<&u8>) -> usize {
    loop {
        if length < part.len() && part.get(length) == byte {
            return length + 1;
        }
        match length.checked_sub(1).and_then(|last| borders.get(last).copied()) {
            Some(shorter) => length = shorter,
            None => return 0,
        }
    }
}
