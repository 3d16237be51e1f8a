//! Values as text: JSON, and Rego as a person writes it.

use super::plain::plain;
use super::quotes::push_quoted;
use super::{Kind, Slice, Stores, Value, decimal};
use crate::limits;

/// In which form a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON without blanks: sets are arrays, and a key that is no string is the text of its JSON.
    Json,
    /// Rego as OPA prints it: `{1, 2}`, `set()`, `{"a": [1, 2]}`, with strings as Go quotes them.
    Rego,
}

/// A value with parts that are being written.
struct Open {
    slice: Slice,
    kind: Container,
    next: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Array,
    Set,
    Object,
}

/// Why a value was not written to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The text would be longer than it may be.
    TooLong,
    /// Keys with parts lie deeper inside one another than [`limits::KEY_NESTING`].
    KeysTooDeep,
}

/// Writes a value behind a text, as long as that has at most `longest` bytes then.
///
/// # Errors
/// Why it was not written to its end. What stands in the text is then the beginning of it.
pub fn write(stores: &Stores, value: Value, form: Form, text: &mut String, longest: usize) -> Result<(), Cut> {
    write_inside(stores, value, form, text, longest, 0)
}

fn write_inside(
    stores: &Stores,
    value: Value,
    form: Form,
    text: &mut String,
    longest: usize,
    keys: u64,
) -> Result<(), Cut> {
    // INVARIANT (depth): what is not written yet stands in a list, and nothing recurses.
    let mut open: Vec<Open> = Vec::new();
    let mut value = value;
    loop {
        match value.kind_in_place() {
            Kind::Array(slice) => open_one(&mut open, slice, Container::Array, form, text),
            Kind::Object(slice) => open_one(&mut open, slice, Container::Object, form, text),
            Kind::Set(slice) => open_one(&mut open, slice, Container::Set, form, text),
            _ => scalar(stores, value, form, text),
        }
        if text.len() > longest {
            return Err(Cut::TooLong);
        }
        loop {
            let Some(top) = open.last_mut() else { return Ok(()) };
            let Open { slice, kind, next } = *top;
            if next == slice.len {
                text.push_str(close(kind, form, slice.len));
                open.pop();
                continue;
            }
            if next > 0 {
                text.push_str(if form == Form::Json { "," } else { ", " });
            }
            top.next += 1;
            if kind == Container::Object {
                let pair = stores.pairs(slice).get(next as usize).copied();
                let [key, of_key] = pair.unwrap_or([Value::UNDEFINED; 2]);
                write_key(stores, key, form, text, longest, keys + 1)?;
                text.push_str(if form == Form::Json { ":" } else { ": " });
                value = of_key;
            } else {
                value = stores.items(slice).get(next as usize).copied().unwrap_or(Value::UNDEFINED);
            }
            break;
        }
    }
}

fn write_key(stores: &Stores, key: Value, form: Form, text: &mut String, longest: usize, keys: u64) -> Result<(), Cut> {
    if keys > limits::KEY_NESTING {
        return Err(Cut::KeysTooDeep);
    }
    match (key.kind_in_place(), form) {
        (Kind::String(_), _) => {
            scalar(stores, key, form, text);
            Ok(())
        }
        (_, Form::Json) => {
            // Each level doubles the backslashes of those inside of it.
            let mut own = String::new();
            write_inside(stores, key, form, &mut own, longest.saturating_sub(text.len()), keys)?;
            quote(&own, text);
            if text.len() <= longest { Ok(()) } else { Err(Cut::TooLong) }
        }
        (_, Form::Rego) => write_inside(stores, key, form, text, longest, keys),
    }
}

fn open_one(open: &mut Vec<Open>, slice: Slice, kind: Container, form: Form, text: &mut String) {
    text.push_str(match (kind, form) {
        (Container::Object, _) => "{",
        (Container::Set, Form::Rego) if slice.len == 0 => "set(",
        (Container::Set, Form::Rego) => "{",
        (Container::Array | Container::Set, _) => "[",
    });
    open.push(Open { slice, kind, next: 0 });
}

fn close(kind: Container, form: Form, len: u32) -> &'static str {
    match (kind, form) {
        (Container::Object, _) => "}",
        (Container::Set, Form::Rego) if len == 0 => ")",
        (Container::Set, Form::Rego) => "}",
        (Container::Array | Container::Set, _) => "]",
    }
}

fn scalar(stores: &Stores, value: Value, form: Form, text: &mut String) {
    match value.kind_in_place() {
        Kind::Boolean(true) => text.push_str("true"),
        Kind::Boolean(false) => text.push_str("false"),
        Kind::Integer(value) => text.push_str(decimal::integer_text(value, &mut [0; 20])),
        Kind::Number(slice) => text.push_str(stores.text(slice)),
        Kind::String(slice) if form == Form::Rego => push_quoted(text, stores.text(slice), false),
        Kind::String(slice) => quote(stores.text(slice), text),
        _ => text.push_str("null"),
    }
}

/// Writes a string as JSON has it: in quotation marks, with what is to be escaped.
pub fn quote(string: &str, text: &mut String) {
    text.push('"');
    let mut rest = string;
    while let Some((before, behind)) = rest.split_at_checked(plain(rest.as_bytes())) {
        text.push_str(before);
        // What stands here is of ASCII.
        let Some((&byte, _)) = behind.as_bytes().split_first() else { break };
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x8 => text.push_str("\\b"),
            0xc => text.push_str("\\f"),
            _ => {
                text.push_str("\\u00");
                text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
                text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
            }
        }
        rest = behind.get(1..).unwrap_or_default();
    }
    text.push('"');
}
