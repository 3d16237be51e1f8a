//! From a JSON tree to a type, where a struct is an object and nothing else, and from a type to a tree.
//!
//! Serde's own reader takes an array for a struct, field by field in the order of their declaration: `[]` would be a
//! configuration without policies, and the third text of a list the trigger of a run. Here it is refused.

use crate::error::{Error, ErrorCode};
#[cfg(feature = "trees")]
use crate::limits;
use json::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

mod enums;
mod fault;
pub mod json;
mod objects;
#[cfg(feature = "trees")]
mod parts;
mod tree;
mod written;

#[cfg(all(test, feature = "trees"))]
mod tests;

use fault::Fault;
#[cfg(feature = "trees")]
pub use parts::two_of;
use tree::Tree;
use written::Slot;

/// Reads a type out of a tree.
///
/// # Errors
/// An error with the code that is given, a sentence that begins with `what`, and the path to the value.
pub fn read<T: DeserializeOwned>(mut value: Value, code: ErrorCode, what: &str) -> Result<T, Error> {
    T::deserialize(Tree(&mut value)).map_err(|fault| failed(fault, code, what))
}

/// Writes a value as a tree.
///
/// # Errors
/// `eval_internal_error`; none in practice.
pub fn written<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
    let mut tree = Value::Null;
    let ended = value.serialize(Slot(&mut tree));
    whole(tree, ended)
}

#[inline(never)]
fn whole(tree: Value, ended: Result<(), Fault>) -> Result<Value, Error> {
    ended.map(|()| tree).map_err(|fault| Error::new(ErrorCode::EvalInternalError, fault.into_parts().0))
}

/// Reads a type out of a tree inside of another reader.
///
/// # Errors
/// The reader's own, without the path to the value.
pub fn inside<T: DeserializeOwned, E: serde::de::Error>(mut value: Value) -> Result<T, E> {
    T::deserialize(Tree(&mut value)).map_err(E::custom)
}

#[cold]
#[inline(never)]
fn failed(fault: Fault, code: ErrorCode, what: &str) -> Error {
    let (message, path) = fault.into_parts();
    let failed = Error::new(code, format!("{what}: {}", in_words(&message)));
    if path.is_empty() { failed } else { failed.at(path) }
}

/// Fields that have limits of their own: texts of policies, the arguments and results of calls.
#[cfg(feature = "trees")]
const OWN_LIMITS: [&str; 3] = ["/rego_source", "/kwargs", "/result"];
/// The same, at one place each.
#[cfg(feature = "trees")]
const OWN_LIMITS_AT: [&str; 2] = ["/operation/push/policies", "/operation/decide/compiled"];

/// Checks that texts and lists of a caller are no larger than what is kept of them may be.
///
/// # Errors
/// `limit_exceeded` (`text_bytes`, `list_entries`) with the path to the value.
#[cfg(feature = "trees")]
pub fn check_sizes(value: &Value, path: &str) -> Result<(), Error> {
    let refuse = |name: &str, limit: u64, message: String| Err(Error::limit(name, limit, message).at(path));
    let too_many = |count: usize| count as u64 > limits::LIST_ENTRIES;
    if OWN_LIMITS.iter().any(|field| path.ends_with(field)) || OWN_LIMITS_AT.contains(&path) {
        return Ok(());
    }
    match value {
        Value::String(text) if text.len() as u64 > limits::TEXT_BYTES => {
            refuse("text_bytes", limits::TEXT_BYTES, format!("a text has {} bytes", text.len()))
        }
        Value::Array(items) if too_many(items.len()) => {
            refuse("list_entries", limits::LIST_ENTRIES, format!("a list has {} entries", items.len()))
        }
        Value::Object(fields) if too_many(fields.len()) => {
            refuse("list_entries", limits::LIST_ENTRIES, format!("an object has {} entries", fields.len()))
        }
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(at, item)| check_sizes(item, &format!("{path}/{at}")))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(key, item)| check_sizes(item, &format!("{path}/{key}"))),
        _ => Ok(()),
    }
}

/// The reader's message without the names of types.
fn in_words(message: &str) -> String {
    let mut words = message
        .replace("invalid type: sequence", "an array is there")
        .replace("invalid type: map", "an object is there")
        .replace("invalid type: null", "null is there")
        .replace("invalid type: unit value", "null is there")
        .replace("invalid type: ", "")
        .replace("invalid value: ", "")
        .replace("unit value", "nothing")
        .replace("expected u64", "expected a whole number from 0")
        .replace("expected u32", "expected a whole number from 0")
        .replace("expected a sequence", "expected an array")
        .replace("expected a map", "expected an object");
    for (kind, meant) in [("struct ", "an object"), ("unit variant ", "no value"), ("newtype variant ", "a value")] {
        while let Some(at) = words.find(&format!("expected {kind}")) {
            let start = at + "expected ".len();
            let rest = words.get(start + kind.len()..).unwrap_or("");
            let name = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '_')).unwrap_or(rest.len());
            words.replace_range(start..start + kind.len() + name, meant);
        }
    }
    words
}
