//! Replacing parts of texts by others.

use super::operands::object;
use super::texts::{self, Draft, read, steps_of};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Value};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "replace" => Function::Three(replace),
        "strings.replace_n" => Function::Two(replace_all),
        _ => return None,
    })
}

fn replace(context: &mut Context<'_>, value: Value, old: Value, new: Value) -> Answer {
    let [of, old, new] = read(context, [value, old, new])?;
    let (text, replaced_text) = (context.stores.text(of), context.stores.text(old));
    if replaced_text.is_empty() {
        let (text, new) = (text.to_owned(), context.stores.text(new).to_owned());
        return replaced(context, &text, &[(String::new(), new)]);
    }
    if !text.contains(replaced_text) {
        return Ok(value);
    }
    Draft::make(context, |context, draft| {
        let (old, new) = (context.stores.text(old), context.stores.text(new));
        for (at, piece) in context.stores.text(of).split(old).enumerate() {
            if at > 0 {
                draft.work(1)?;
                draft.push(new)?;
            }
            draft.push(piece)?;
        }
        Ok(())
    })
}

fn replace_all(context: &mut Context<'_>, table: Value, value: Value) -> Answer {
    let pairs = object(table, 1)?;
    let text = texts::string(value, 2)?;
    context.charge(u64::from(pairs.len) + steps_of(u64::from(text.len)))?;
    let mut bytes = u64::from(text.len);
    let mut table = Vec::with_capacity(pairs.len as usize);
    for [old, new] in context.stores.pairs(pairs) {
        let (Kind::String(old), Kind::String(new)) = (old.kind(), new.kind()) else {
            let which = if matches!(old.kind(), Kind::String(_)) { "value" } else { "key" };
            return Err(Failure::of_type(format!("operand 1 non-string {which} found in pattern object")));
        };
        bytes = bytes.saturating_add(u64::from(old.len) + u64::from(new.len));
        if bytes > context.stores.units {
            break;
        }
        table.push((context.stores.text(old).to_owned(), context.stores.text(new).to_owned()));
    }
    context.room(bytes)?;
    context.charge(steps_of(bytes))?;
    let text = context.stores.text(text).to_owned();
    replaced(context, &text, &table)
}

/// The text with what stands in the table replaced, whose pairs are in the order of what they replace. Of several that
/// stand at one place the first is replaced, which is the shortest; an empty one stands before each byte, and at the end.
fn replaced(context: &mut Context<'_>, text: &str, table: &[(String, String)]) -> Answer {
    // What begins with another one is never found.
    let mut olds: Vec<(&[u8], &str)> = Vec::with_capacity(table.len());
    let mut between = None;
    for (old, new) in table {
        if old.is_empty() {
            between = Some(new.as_str());
        } else if !olds.last().is_some_and(|(before, _)| old.as_bytes().starts_with(before)) {
            olds.push((old.as_bytes(), new));
        }
    }
    let mut begins = [false; 256];
    for first in olds.iter().filter_map(|(old, _)| old.first()) {
        if let Some(begins) = begins.get_mut(usize::from(*first)) {
            *begins = true;
        }
    }
    let may_begin = |byte: &u8| begins.get(usize::from(*byte)).copied().unwrap_or(false);
    let longest = olds.iter().map(|(old, _)| old.len()).max().unwrap_or(0);
    let comparisons = u64::from(usize::BITS - olds.len().leading_zeros());
    let places = text.bytes().filter(may_begin).count() as u64;
    context.charge(places.saturating_mul(comparisons).saturating_mul(longest as u64 / 32 + 1))?;

    Draft::make(context, |_, draft| {
        let bytes = text.as_bytes();
        let mut made: Vec<u8> = Vec::with_capacity(text.len().min(1 << 16));
        let (mut at, mut last) = (0, 0);
        let mut was_between = false;
        while at <= bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let found = match between {
                Some(new) if !was_between => Some((0, new)),
                _ if rest.first().is_none_or(|byte| !may_begin(byte)) => None,
                _ => {
                    // None begins with another one, so that only the last that is not behind the rest can stand here.
                    let behind = olds.partition_point(|(old, _)| *old <= rest);
                    let found = behind.checked_sub(1).and_then(|before| olds.get(before));
                    found.filter(|(old, _)| rest.starts_with(old)).map(|(old, new)| (old.len(), *new))
                }
            };
            was_between = matches!(found, Some((0, _)));
            match found {
                Some((length, new)) => {
                    let kept = bytes.get(last..at).unwrap_or_default();
                    draft.room(made.len() + kept.len() + new.len())?;
                    made.extend_from_slice(kept);
                    made.extend_from_slice(new.as_bytes());
                    at += length;
                    last = at;
                }
                None => at += 1,
            }
        }
        let kept = bytes.get(last..).unwrap_or_default();
        draft.room(made.len() + kept.len())?;
        made.extend_from_slice(kept);
        // What stands between the bytes of one character leaves none, as in what OPA prints.
        draft.push(&String::from_utf8_lossy(&made))
    })
}
