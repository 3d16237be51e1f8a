//! Values of metadata that may be anything: with their places, as JSON, and as OPA prints them in its messages.

use super::super::tree::Span;
use super::super::yaml::moment::Moment;
use crate::rego::value::digits::LARGE;
use crate::rego::value::double;
use crate::sorted::InOrder;
use serde_json::{Map, Number, Value as Json};

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Where it stands; of what an alias stands for, where that is written.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Flag(bool),
    /// A whole number, in decimal digits.
    Whole(String),
    /// A finite number.
    Float(f64),
    /// A time.
    Moment(Moment),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Item>),
    /// An object, in the order of the text. A key is a text but for what people do not write.
    Map(Vec<(Item, Item)>),
}

impl Item {
    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text under a key of an object, without the spaces around it; nothing where there is none.
    pub fn text_of(&self, key: &str) -> &str {
        let Value::Map(entries) = &self.value else { return "" };
        let found = entries.iter().find(|(name, _)| name.as_text() == Some(key));
        found.and_then(|(_, value)| value.as_text()).unwrap_or_default().trim()
    }

    /// Where OPA finds an object with a key that is no text, as it names the path. In objects it does not look for
    /// further ones.
    pub fn path_of_odd_key(&self) -> Option<String> {
        match &self.value {
            Value::Map(entries) => entries.iter().any(|(key, _)| key.as_text().is_none()).then(String::new),
            Value::List(items) => items.iter().enumerate().find_map(|(place, item)| {
                let path = item.path_of_odd_key()?;
                Some(if path.is_empty() { place.to_string() } else { format!("{place}/{path}") })
            }),
            _ => None,
        }
    }

    /// The value as JSON.
    pub fn into_json(self) -> Json {
        match self.value {
            Value::Null => Json::Null,
            Value::Flag(flag) => Json::Bool(flag),
            Value::Whole(digits) => number(&digits),
            Value::Float(value) => number(&digits_of(value)),
            Value::Moment(moment) => Json::String(moment.json()),
            Value::Text(text) => Json::String(text),
            Value::List(items) => Json::Array(items.into_iter().map(Self::into_json).collect()),
            Value::Map(entries) => Json::Object(object(entries)),
        }
    }

    /// As OPA writes it into its messages.
    pub fn opa_words(&self) -> String {
        match &self.value {
            Value::Null => "%!s(<nil>)".to_owned(),
            _ => self.inner_words(),
        }
    }

    fn inner_words(&self) -> String {
        match &self.value {
            Value::Null => "<nil>".to_owned(),
            Value::Flag(flag) => format!("%!s(bool={flag})"),
            Value::Whole(digits) if digits.parse::<i64>().is_ok() => format!("%!s(int={digits})"),
            Value::Whole(digits) => format!("%!s(uint64={digits})"),
            Value::Float(value) => {
                let sign = if value.is_sign_negative() { "-" } else { "" };
                format!("%!s(float64={sign}{})", double::shortest(*value).general(LARGE))
            }
            Value::Moment(moment) => moment.words(),
            Value::Text(text) => text.clone(),
            Value::List(items) => {
                format!("[{}]", items.iter().map(Self::inner_words).collect::<Vec<_>>().join(" "))
            }
            Value::Map(entries) => {
                let mut words: Vec<_> = entries.iter().map(|(key, value)| (key.inner_words(), value)).collect();
                words.order_by(|(one, _), (other, _)| one.cmp(other));
                let words = words.into_iter().map(|(key, value)| format!("{key}:{}", value.inner_words()));
                format!("map[{}]", words.collect::<Vec<_>>().join(" "))
            }
        }
    }
}

/// Entries as an object of JSON; of a key that stands twice the last counts.
pub(super) fn object(entries: Vec<(Item, Item)>) -> Map<String, Json> {
    let key_of = |key: Item| match key.value {
        Value::Text(text) => text,
        Value::Moment(moment) => moment.json(),
        _ => key.into_json().to_string(),
    };
    entries.into_iter().map(|(key, value)| (key_of(key), value.into_json())).collect()
}

fn number(digits: &str) -> Json {
    serde_json::from_str::<Number>(digits).map_or(Json::Null, Json::Number)
}

/// The shortest digits that mean the number, with an exponent where they would be many.
fn digits_of(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if (1e-5..1e21).contains(&size) {
        double::plain(value)
    } else {
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}{}", double::shortest(value).with_exponent(0, 1))
    }
}

/// A text in the quotation marks of OPA's messages.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character.is_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
