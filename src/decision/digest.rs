//! Digests of requests: what an approval is bound to. The order of keys does not count.

use crate::sorted::InOrder;
use serde_json::{Number, Value};
use sha2::{Digest, Sha256, Sha512};

/// The SHA-256 of a JSON value with its keys sorted, as `sha256:` and lower-case hexadecimal.
pub fn of_value(value: &Value) -> String {
    format!("sha256:{}", of_text(&canonical(value)))
}

/// The text of a JSON value with its keys sorted.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &|number, text| text.push_str(number.as_str()), &mut text);
    text
}

/// The SHA-256 of a text in lower-case hexadecimal.
pub fn of_text(text: &str) -> String {
    of_bytes(text.as_bytes())
}

/// The SHA-256 of bytes in lower-case hexadecimal.
pub fn of_bytes(bytes: &[u8]) -> String {
    crate::rego::hex(&Sha256::digest(bytes))
}

/// The SHA-512 of a text in lower-case hexadecimal.
pub fn sha512_of_text(text: &str) -> String {
    crate::rego::hex(&Sha512::digest(text))
}

/// How a number is written.
pub type WriteNumber<'a> = &'a dyn Fn(&Number, &mut String);

/// Appends the JSON text of a value with its keys sorted and its numbers as they are to be written.
pub fn write(value: &Value, number: WriteNumber, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item, number, text);
            }
            text.push(']');
        }
        Value::Object(fields) => write_fields(fields, number, text),
        Value::Number(value) => number(value, text),
        Value::String(value) => write_text(value, text),
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// Appends the JSON text of an object of these fields.
pub fn write_fields<'a>(
    fields: impl IntoIterator<Item = (&'a String, &'a Value)>,
    number: WriteNumber,
    text: &mut String,
) {
    let mut fields: Vec<(&String, &Value)> = fields.into_iter().collect();
    fields.order_by_key(|(key, _)| *key);
    text.push('{');
    for (at, (key, value)) in fields.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write_text(key, text);
        text.push(':');
        write(value, number, text);
    }
    text.push('}');
}

fn write_text(value: &str, text: &mut String) {
    if value.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        text.push_str(&Value::from(value).to_string());
    } else {
        text.push('"');
        text.push_str(value);
        text.push('"');
    }
}
