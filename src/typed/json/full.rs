//! The tree of `serde_json`.

use crate::typed::fault::Fault;
use serde::de::{Deserializer, Visitor};
pub use serde_json::{Number, Value};

/// The entries of an object, in their order.
pub type Object = serde_json::Map<String, Value>;

/// Its entries, of which the values can be taken.
pub type EntriesMut<'v> = serde_json::map::IterMut<'v>;

/// The number that a text writes, where it writes one.
pub fn number(digits: &str) -> Option<Number> {
    digits.parse().ok()
}

/// The value of a key, null where there was none.
pub fn slot(object: &mut Object, key: String) -> &mut Value {
    object.entry(key).or_insert(Value::Null)
}

/// Tells a reader of a number.
///
/// # Errors
/// What is wrong with it, for that reader.
pub fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Fault> {
    number.deserialize_any(visitor).map_err(not_that_number)
}

#[cold]
#[inline(never)]
fn not_that_number(error: serde_json::Error) -> Fault {
    Fault::new(error.to_string())
}
