//! Digests of requests: what an approval is bound to. The order of keys does not count.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The SHA-256 of a JSON value with its keys sorted, as `sha256:` and lower-case hexadecimal.
pub fn of_value(value: &Value) -> String {
    format!("sha256:{}", crate::rego::program::hex(&Sha256::digest(canonical(value))))
}

/// The text of a JSON value with its keys sorted.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_unstable();
            text.push('{');
            for (at, key) in keys.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                if let Some(value) = fields.get(key) {
                    write(value, text);
                }
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}
