//! tmp
use serde_json::{Map, Value};
pub fn arguments_hash(kwargs: &Map<String, Value>, exclude: &[String]) -> String {
    let mut kwargs = kwargs.clone();
    kwargs.retain(|k, _| !exclude.contains(k));
    crate::decision::digest::of_value(&Value::Object(kwargs)).chars().skip(7).take(16).collect()
}
pub fn arguments_digest(kwargs: &Map<String, Value>) -> String {
    crate::decision::digest::of_value(&Value::Object(kwargs.clone()))
}
