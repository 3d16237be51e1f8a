//! What a case inherits, merged with what it says itself (section 5.2).

use serde_json::{Map, Value};

/// What comes of a value and of what stands in its place further in: objects key by key, arrays item by item, and anything else is
/// replaced.
pub fn merged(outer: &Value, inner: &Value) -> Value {
    match (outer, inner) {
        (Value::Object(outer), Value::Object(inner)) => Value::Object(merged_objects(outer, inner)),
        (Value::Array(outer), Value::Array(inner)) => Value::Array(merged_arrays(outer, inner)),
        _ => inner.clone(),
    }
}

/// The same for objects: `null` takes a key away.
pub fn merged_objects(outer: &Map<String, Value>, inner: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (key, value) in outer {
        match inner.get(key) {
            None => {
                fields.insert(key.clone(), value.clone());
            }
            Some(Value::Null) => {}
            Some(other) => {
                fields.insert(key.clone(), merged(value, other));
            }
        }
    }
    for (key, value) in inner {
        if !value.is_null() && !outer.contains_key(key) {
            fields.insert(key.clone(), value.clone());
        }
    }
    fields
}

/// The same for arrays: `null` takes the item of its place away, and behind the end of the outer array it stays.
fn merged_arrays(outer: &[Value], inner: &[Value]) -> Vec<Value> {
    let longest = outer.len().max(inner.len());
    let item = |at: usize| match (outer.get(at), inner.get(at)) {
        (Some(_), Some(Value::Null)) => None,
        (Some(one), Some(other)) => Some(merged(one, other)),
        (one, other) => one.or(other).cloned(),
    };
    (0..longest).filter_map(item).collect()
}
