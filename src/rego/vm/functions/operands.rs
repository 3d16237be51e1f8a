//! Operands: what a builtin was given, as what it takes. `at` counts from 1, as in the words of OPA.

use super::integers::charge_number;
use super::texts::read;
use super::{Context, Failure};
use crate::rego::value::{Float, Kind, Slice, Value};

/// The name of the type of a value.
pub fn type_name(value: Value) -> &'static str {
    match value.kind_in_place() {
        Kind::Null => "null",
        Kind::Boolean(_) => "boolean",
        Kind::Integer(_) | Kind::Number(_) => "number",
        Kind::String(_) => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
        Kind::Set(_) => "set",
        Kind::Undefined | Kind::Place(_) => "undefined",
    }
}

/// The operand has none of the types that it may have. Several are said in the order given.
pub fn wrong_type(at: usize, value: Value, wanted: &[&str]) -> Failure {
    let wanted = match wanted {
        [one] => (*one).to_owned(),
        several => format!("one of {{{}}}", several.join(", ")),
    };
    Failure::of_type(format!("operand {at} must be {wanted} but got {}", type_name(value)))
}

/// An element of an operand has none of the types that it may have.
pub fn wrong_element(at: usize, container: Value, value: Value, wanted: &[&str]) -> Failure {
    let of = type_name(container);
    let wanted = match wanted {
        [one] => format!("{one}s"),
        several => format!("(any of) {}", several.join(", ")),
    };
    Failure::of_type(format!("operand {at} must be {of} of {wanted} but got {of} containing {}", type_name(value)))
}

/// The characters of a string, which are charged for. They are a copy, so that something can be made while they are looked at.
pub fn string(context: &mut Context<'_>, value: Value, at: usize) -> Result<String, Failure> {
    let [text] = read(context, [value]).map_err(|failure| match failure {
        Failure::Wrong { .. } => wrong_type(at, value, &["string"]),
        stop => stop,
    })?;
    Ok(context.stores.text(text).to_owned())
}

/// A number, after what reading it takes has been charged for.
pub fn float(context: &mut Context<'_>, value: Value, at: usize) -> Result<Float, Failure> {
    match value.kind_in_place() {
        Kind::Integer(value) => Ok(Float::of_integer(value)),
        Kind::Number(text) => {
            charge_number(context, text)?;
            Ok(Float::of_text(context.stores.text(text)))
        }
        _ => Err(wrong_type(at, value, &["number"])),
    }
}

/// Whether a value is a number.
pub const fn is_number(of: Value) -> bool {
    matches!(of.kind(), Kind::Integer(_) | Kind::Number(_))
}

/// The items of an array.
pub fn array(value: Value, at: usize) -> Result<Slice, Failure> {
    match value.kind_in_place() {
        Kind::Array(items) => Ok(items),
        _ => Err(wrong_type(at, value, &["array"])),
    }
}

/// The elements of a set.
pub fn set(value: Value, at: usize) -> Result<Slice, Failure> {
    match value.kind_in_place() {
        Kind::Set(elements) => Ok(elements),
        _ => Err(wrong_type(at, value, &["set"])),
    }
}

/// The pairs of an object.
pub fn object(value: Value, at: usize) -> Result<Slice, Failure> {
    match value.kind_in_place() {
        Kind::Object(pairs) => Ok(pairs),
        _ => Err(wrong_type(at, value, &["object"])),
    }
}

/// A member of an object; undefined where there is none.
pub fn member(context: &mut Context<'_>, object: Value, name: &str) -> Result<Value, Failure> {
    let Kind::Object(pairs) = object.kind() else { return Ok(Value::UNDEFINED) };
    context.charge(1 + u64::from(pairs.len) / 4)?;
    let stores = &*context.stores;
    let found = stores.pairs(pairs).iter().find(|[key, _]| stores.as_str(*key) == Some(name));
    Ok(found.map_or(Value::UNDEFINED, |[_, value]| *value))
}
