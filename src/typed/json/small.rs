//! A JSON tree with no more to it than requests and answers need, by the names that `serde_json` has for it.

use crate::typed::fault::Fault;
use serde::de::{Error, Unexpected, Visitor};
use std::fmt::{self, Display, Formatter, Write};
use std::slice;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

/// A number by its digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(String);

/// The entries of an object, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Value)>);

/// Its entries, of which the values can be taken.
pub struct EntriesMut<'v>(slice::IterMut<'v, (String, Value)>);

impl Value {
    /// Whether it is null.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is an object.
    pub const fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Its text, where it is a string.
    pub const fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text.as_str()),
            _ => None,
        }
    }
}

impl Object {
    /// One without entries.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many entries it has.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its keys.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(key, _)| key)
    }

    /// Its entries.
    pub fn iter_mut(&mut self) -> EntriesMut<'_> {
        EntriesMut(self.0.iter_mut())
    }

    /// The value of a key.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// Takes a key out.
    pub fn shift_remove(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        Some(self.0.remove(at).1)
    }
}

impl<'v> Iterator for EntriesMut<'v> {
    type Item = (&'v String, &'v mut Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (&*key, value))
    }
}

impl FromIterator<(String, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// The number that a text writes, where it writes one: here every text does, since it was read as such.
pub fn number(digits: &str) -> Option<Number> {
    Some(Number(digits.to_owned()))
}

/// The value of a key, null where there was none: what stood there goes to the end.
pub fn slot(object: &mut Object, key: String) -> &mut Value {
    let value = object.shift_remove(&key).unwrap_or(Value::Null);
    &mut object.0.push_mut((key, value)).1
}

/// Tells a reader of a number.
///
/// # Errors
/// It is no integer of 64 bits: nothing here takes another.
pub fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Fault> {
    let digits = &number.0;
    if let Ok(natural) = digits.parse() {
        visitor.visit_u64(natural)
    } else if let Ok(integer) = digits.parse() {
        visitor.visit_i64(integer)
    } else {
        Err(not_that_number(digits, &visitor))
    }
}

#[cold]
#[inline(never)]
fn not_that_number(digits: &str, expected: &dyn serde::de::Expected) -> Fault {
    let is_whole = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-'));
    let kind = if is_whole { "integer" } else { "floating point" };
    Fault::invalid_type(Unexpected::Other(&format!("{kind} `{digits}`")), expected)
}

macro_rules! from_numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Value {
            fn from(number: $number) -> Self {
                Self::Number(Number(number.to_string()))
            }
        })*
    };
}

from_numbers!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Array(bytes.iter().map(|&byte| byte.into()).collect())
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Display for Value {
    /// Its text, without blanks. No tree here is deeper than the reader of documents lets one be.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::String(text) => quoted(f, text),
            Self::Array(items) => {
                f.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Object(Object(entries)) => {
                f.write_char('{')?;
                for (at, (key, value)) in entries.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { "," })?;
                    quoted(f, key)?;
                    f.write_char(':')?;
                    value.fmt(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                f.write_char('\\')?;
                f.write_char(c)?;
            }
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
