//! Types of values, and from one to another.

use super::operands::{string, type_name, wrong_type};
use super::{Answer, Context, Failure, Function};
use crate::rego::syntax::numbers::{self, Strings};
use crate::rego::value::quotes::quoted;
use crate::rego::value::{Kind, Space, Value, double};
use crate::rego::vm::machine::Stop;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "is_array" => Function::One(|_, of| is(of, "array")),
        "is_boolean" => Function::One(|_, of| is(of, "boolean")),
        "is_null" => Function::One(|_, of| is(of, "null")),
        "is_number" => Function::One(|_, of| is(of, "number")),
        "is_object" => Function::One(|_, of| is(of, "object")),
        "is_set" => Function::One(|_, of| is(of, "set")),
        "is_string" => Function::One(|_, of| is(of, "string")),
        "type_name" => Function::One(|context, of| Ok(context.stores.make_string(Space::Heap, type_name(of))?)),
        "to_number" => Function::One(to_number),
        "cast_array" => Function::One(cast_array),
        "cast_boolean" => Function::One(|_, of| same(of, "boolean")),
        "cast_null" => Function::One(|_, of| same(of, "null")),
        "cast_object" => Function::One(|_, of| same(of, "object")),
        "cast_set" => Function::One(cast_set),
        "cast_string" => Function::One(|_, of| same(of, "string")),
        _ => return None,
    })
}

fn is(of: Value, name: &str) -> Answer {
    Ok(Value::boolean(type_name(of) == name))
}

fn same(of: Value, name: &str) -> Answer {
    if type_name(of) == name { Ok(of) } else { Err(wrong_type(1, of, &[name])) }
}

fn cast_array(_: &mut Context<'_>, of: Value) -> Answer {
    match of.kind() {
        Kind::Array(_) => Ok(of),
        Kind::Set(elements) => Ok(Value::array(elements)),
        _ => Err(wrong_type(1, of, &["array", "set"])),
    }
}

fn cast_set(context: &mut Context<'_>, of: Value) -> Answer {
    match of.kind() {
        Kind::Set(_) => Ok(of),
        Kind::Array(items) => {
            context.charge(u64::from(items.len))?;
            let mut elements = context.stores.items(items).to_vec();
            Ok(context.stores.make_set(Space::Heap, &mut elements)?)
        }
        _ => Err(wrong_type(1, of, &["array", "set"])),
    }
}

fn to_number(context: &mut Context<'_>, of: Value) -> Answer {
    match of.kind() {
        Kind::Null | Kind::Boolean(false) => Ok(Value::count(0)),
        Kind::Boolean(true) => Ok(Value::count(1)),
        Kind::Integer(_) | Kind::Number(_) => Ok(of),
        Kind::String(_) => {
            let text = string(context, of, 1)?;
            context.charge(text.len() as u64 / 8)?;
            number_of(context, of, &text)
        }
        _ => Err(wrong_type(1, of, &["null", "boolean", "number", "string"])),
    }
}

fn number_of(context: &mut Context<'_>, of: Value, text: &str) -> Answer {
    let unsigned = text.trim_start_matches(['+', '-']);
    if ["inf", "infinity", "nan"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
        return Err(wrong_type(1, of, &["valid number string"]));
    }
    let wrong = |what| Failure::of_builtin(format!("strconv.ParseFloat: parsing {}: {what}", quoted(text, false)));
    let number = json_number(text).ok_or_else(|| wrong("invalid syntax"))?;
    if let Some(bound) = numbers::endless(&number, Strings::MayBeBare) {
        return Err(Failure::Stop(Stop::Limit(bound.limit().0)));
    }
    if double::read(&number).is_some_and(f64::is_infinite) {
        return Err(wrong("value out of range"));
    }
    Ok(context.stores.make_number(Space::Heap, &number)?)
}

/// A number as JSON has it, of one that may have a plus, zeros in front, or nothing on one side of its point.
fn json_number(text: &str) -> Option<String> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let mut number = format!("{sign}{}", if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        number.push('.');
        number.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.is_empty() || !is_digits(digits) {
            return None;
        }
        number.push('e');
        number.push_str(exponent);
    }
    Some(number)
}
