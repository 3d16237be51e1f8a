//! Strings: looking into them, cutting and joining them.

use super::integers::{charge_digits, written};
use super::operands::{float, is_number, wrong_type};
use super::searching::places;
use super::texts::{self, Draft, part, read, steps_of};
use super::{Answer, Context, Failure, Function, take_steps};
use crate::rego::letters;
use crate::rego::value::{Kind, Space, UNITS_OF_WORD, Value};
use crate::sorted;
use num_bigint::{BigInt, Sign};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "concat" => Function::Two(concat),
        "contains" => Function::Two(|context, a, b| says(context, a, b, |text, part| text.contains(part))),
        "endswith" => Function::Two(|context, a, b| says(context, a, b, |text, part| text.ends_with(part))),
        "startswith" => Function::Two(|context, a, b| says(context, a, b, |text, part| text.starts_with(part))),
        "format_int" => Function::Two(format_int),
        "indexof" => Function::Two(index_of),
        "indexof_n" => Function::Two(indexes_of),
        "lower" => Function::One(|context, text| by_character(context, text, letters::small)),
        "upper" => Function::One(|context, text| by_character(context, text, letters::capital)),
        "split" => Function::Two(split),
        "strings.count" => Function::Two(count),
        "strings.reverse" => Function::One(reverse),
        "substring" => Function::Three(substring),
        "trim" => Function::Two(|context, a, b| trim(context, a, b, true, true)),
        "trim_left" => Function::Two(|context, a, b| trim(context, a, b, true, false)),
        "trim_right" => Function::Two(|context, a, b| trim(context, a, b, false, true)),
        "trim_prefix" => {
            Function::Two(|context, a, b| cut(context, a, b, |text, prefix| text.strip_prefix(prefix).unwrap_or(text)))
        }
        "trim_suffix" => {
            Function::Two(|context, a, b| cut(context, a, b, |text, suffix| text.strip_suffix(suffix).unwrap_or(text)))
        }
        "trim_space" => Function::One(|context, value| {
            let [of] = read(context, [value])?;
            let text = context.stores.text(of);
            Ok(part(of, text, text.trim()))
        }),
        _ => return None,
    })
}

fn says(context: &mut Context<'_>, text: Value, part: Value, says: fn(&str, &str) -> bool) -> Answer {
    let [text, part] = read(context, [text, part])?;
    Ok(Value::boolean(says(context.stores.text(text), context.stores.text(part))))
}

fn concat(context: &mut Context<'_>, delimiter: Value, of: Value) -> Answer {
    let [delimiter] = read(context, [delimiter])?;
    let parts = texts::strings(context, of, 2, &["set", "array"])?;
    if let [one] = parts.as_slice() {
        return Ok(Value::string(*one));
    }
    Draft::make(context, |context, draft| {
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                draft.push(context.stores.text(delimiter))?;
            }
            draft.push(context.stores.text(part))?;
        }
        Ok(())
    })
}

fn format_int(context: &mut Context<'_>, number: Value, base: Value) -> Answer {
    if !is_number(number) {
        return Err(wrong_type(1, number, &["number"]));
    }
    if let Kind::Number(text) = number.kind() {
        context.charge(steps_of(u64::from(text.len)))?;
        texts::check_number(context.stores.text(text))?;
    }
    let radix = match base.kind() {
        Kind::Integer(radix @ (2 | 8 | 10 | 16)) => radix as u32,
        Kind::Integer(_) | Kind::Number(_) => {
            return Err(Failure::of_type("operand 2 must be one of {2, 8, 10, 16}"));
        }
        _ => return Err(wrong_type(2, base, &["number"])),
    };
    // An integer keeps each of its digits.
    let integer = match written(context, number)? {
        Some(integer) => integer,
        None => {
            let whole = float(context, number, 1)?.truncated();
            let sign = if whole.is_negative() { Sign::Minus } else { Sign::Plus };
            BigInt::from_biguint(sign, whole.integer_magnitude())
        }
    };
    charge_digits(context, integer.bits() / 3)?;
    context.room(integer.bits())?;
    Ok(context.stores.make_string(Space::Heap, &integer.to_str_radix(radix))?)
}

/// What OPA says of an empty text to look for.
const EMPTY: &str = "empty search character";

fn index_of(context: &mut Context<'_>, text: Value, part: Value) -> Answer {
    let [text, part] = read(context, [text, part])?;
    let (text, part) = (context.stores.text(text), context.stores.text(part));
    if part.is_empty() {
        return Err(Failure::of_builtin(EMPTY));
    }
    let before = text.find(part).and_then(|at| text.get(..at));
    Ok(before.map_or(Value::integer(-1).unwrap_or(Value::UNDEFINED), |before| Value::count(before.chars().count())))
}

fn indexes_of(context: &mut Context<'_>, text: Value, part: Value) -> Answer {
    let [text, part] = read(context, [text, part])?;
    if part.len == 0 {
        return Err(Failure::of_builtin(EMPTY));
    }
    context.charge(steps_of(4 * u64::from(text.len)))?;
    // Three words for each character of what is looked for, at the most.
    context.room(3 * u64::from(part.len) * UNITS_OF_WORD)?;
    let most = usize::try_from(context.stores.units / UNITS_OF_WORD).unwrap_or(usize::MAX);
    let indexes = places(context.stores.text(text), context.stores.text(part), most)?;
    Ok(context.stores.make_array(Space::Heap, &indexes)?)
}

fn count(context: &mut Context<'_>, text: Value, part: Value) -> Answer {
    let [text, part] = read(context, [text, part])?;
    Ok(Value::count(context.stores.text(text).matches(context.stores.text(part)).count()))
}

fn by_character(context: &mut Context<'_>, value: Value, change: fn(char) -> char) -> Answer {
    let [of] = read(context, [value])?;
    // Each character is looked at by itself.
    context.charge(steps_of(4 * u64::from(of.len)))?;
    if context.stores.text(of).chars().all(|c| change(c) == c) {
        return Ok(value);
    }
    Draft::make(context, |context, draft| context.stores.text(of).chars().try_for_each(|c| draft.push_char(change(c))))
}

fn split(context: &mut Context<'_>, value: Value, delimiter: Value) -> Answer {
    let [of, delimiter] = read(context, [value, delimiter])?;
    let (text, delimiter) = (context.stores.text(of), context.stores.text(delimiter));
    let count = text.matches(delimiter).count() as u64 + 1;
    take_steps(context.steps, count)?;
    context.room(count * UNITS_OF_WORD)?;
    let parts: Vec<Value> = if delimiter.is_empty() {
        text.char_indices().map(|(at, c)| part(of, text, text.get(at..at + c.len_utf8()).unwrap_or_default())).collect()
    } else {
        text.split(delimiter).map(|piece| part(of, text, piece)).collect()
    };
    Ok(context.stores.make_array(Space::Heap, &parts)?)
}

fn reverse(context: &mut Context<'_>, value: Value) -> Answer {
    let [of] = read(context, [value])?;
    context.room(u64::from(of.len))?;
    let reversed: String = context.stores.text(of).chars().rev().collect();
    Ok(context.stores.make_string(Space::Heap, &reversed)?)
}

fn substring(context: &mut Context<'_>, value: Value, offset: Value, length: Value) -> Answer {
    let [of] = read(context, [value])?;
    let offset = texts::integer(context.stores, offset, 2)?;
    let length = texts::integer(context.stores, length, 3)?;
    let Ok(offset) = usize::try_from(offset) else { return Err(Failure::of_builtin("negative offset")) };
    let text = context.stores.text(of);
    let behind =
        |text: &'_ str, characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    let rest = text.get(behind(text, offset)..).unwrap_or_default();
    let kept = match usize::try_from(length) {
        Ok(length) => rest.get(..behind(rest, length)).unwrap_or_default(),
        Err(_) => rest,
    };
    Ok(part(of, text, kept))
}

fn trim(context: &mut Context<'_>, value: Value, characters: Value, left: bool, right: bool) -> Answer {
    let [of, characters] = read(context, [value, characters])?;
    let text = context.stores.text(of);
    let characters = context.stores.text(characters);
    // Of ASCII each is a bit; any other is looked up in time that hardly grows with their number.
    if !characters.is_ascii() {
        take_steps(context.steps, (u64::from(of.len) + characters.len() as u64) / 4)?;
    }
    let ascii = characters.chars().filter(char::is_ascii).fold(0_u128, |bits, c| bits | 1 << u32::from(c));
    let others = sorted::Set::from_iter(characters.chars().filter(|c| !c.is_ascii()));
    let is_cut = |c: char| if c.is_ascii() { ascii >> u32::from(c) & 1 == 1 } else { others.contains(&c) };
    let mut rest = text;
    if left {
        rest = rest.trim_start_matches(is_cut);
    }
    if right {
        rest = rest.trim_end_matches(is_cut);
    }
    Ok(part(of, text, rest))
}

fn cut(context: &mut Context<'_>, value: Value, off: Value, cut: for<'t> fn(&'t str, &str) -> &'t str) -> Answer {
    let [of, off] = read(context, [value, off])?;
    let text = context.stores.text(of);
    Ok(part(of, text, cut(text, context.stores.text(off))))
}
