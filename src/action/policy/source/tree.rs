//! `Node`: a value with its place in the text. What may stand in every tree, whatever it was written in, is refused here.

use crate::action::policy::errors::{PathPart, PolicyErrorCode};
use crate::action::policy::report::Report;
use crate::limits;
use crate::rego::syntax::numbers;
use crate::sorted;
use serde_json::{Map, Number, Value};

/// A value of a policy before it means anything.
#[derive(Debug)]
pub struct Node {
    /// The byte of the text at which it begins.
    pub at: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub enum Kind {
    /// Nothing.
    Null,
    /// Null, of which nothing is written either: a key of YAML with nothing behind it.
    Blank,
    /// True or false.
    Flag(bool),
    /// A number, with every digit that was written.
    Number(Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object.
    Object(Vec<Entry>),
    /// What may not stand in a policy. It was reported when it was read, and is passed over from then on.
    Refused,
}

/// A key of an object with its value.
#[derive(Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The byte of the text at which the key begins.
    pub key_at: usize,
    /// The value.
    pub value: Node,
    /// Whether an entry before it has the same key. It was reported; its value is read all the same, for its errors.
    pub is_repeated: bool,
}

/// Bytes of one key.
const KEY_BYTES: u64 = 1024;
/// Characters of a value in a message.
const SHOWN_CHARS: usize = 60;

impl Node {
    /// What may not stand in a policy, and was reported.
    pub const fn refused(at: usize) -> Self {
        Self { at, kind: Kind::Refused }
    }

    /// A text within its limit.
    pub fn text(report: &mut Report, at: usize, text: String) -> Self {
        if text.len() as u64 > limits::TEXT_BYTES {
            let message =
                format!("{} has {} bytes; a text has at most {}", report.name(), text.len(), limits::TEXT_BYTES);
            report.error(at, PolicyErrorCode::Range, message);
            return Self::refused(at);
        }
        Self { at, kind: Kind::Text(text) }
    }

    /// A number from its JSON text, within the limits of what can be computed.
    pub fn number(report: &mut Report, at: usize, text: &str) -> Self {
        if let Some(bound) = numbers::at(text, usize::from(text.starts_with('-'))) {
            let message = format!("{} is {}", report.name(), bound.words());
            report.error(at, PolicyErrorCode::Range, message);
            return Self::refused(at);
        }
        // Of an object the sign is lost on its way here.
        let text = if text == "-0" { "0" } else { text };
        let number = serde_json::from_str::<Number>(text).ok().filter(|number| number.as_f64().is_some());
        let Some(number) = number else {
            // Its readers give JSON numbers only, so it is the value: a host in JavaScript would read it as infinite.
            let message = format!("{} is too large a number", report.name());
            report.error(at, PolicyErrorCode::Range, message);
            return Self::refused(at);
        };
        Self { at, kind: Kind::Number(number) }
    }

    /// A list within its limit.
    pub fn list(report: &mut Report, at: usize, items: Vec<Self>) -> Self {
        if is_too_long(report, at, items.len()) { Self::refused(at) } else { Self { at, kind: Kind::List(items) } }
    }

    /// An object within its limit; a key that stands twice is reported.
    pub fn object(report: &mut Report, at: usize, mut entries: Vec<Entry>) -> Self {
        if is_too_long(report, at, entries.len()) {
            return Self::refused(at);
        }
        let mut seen: sorted::Map<&str, usize> = sorted::Map::new();
        let mut repeated = Vec::new();
        for (place, entry) in entries.iter().enumerate() {
            match seen.get(entry.key.as_str()) {
                None => _ = seen.insert(&entry.key, entry.key_at),
                Some(_) => repeated.push(place),
            }
        }
        for place in repeated {
            let Some(entry) = entries.get_mut(place) else { continue };
            entry.is_repeated = true;
            let (key, key_at) = (entry.key.clone(), entry.key_at);
            report.within(key.as_str(), |report| {
                let message = format!("the key `{}` stands twice in one object; keep one of them", cut(&key));
                report.error(key_at, PolicyErrorCode::DuplicateKey, message);
            });
        }
        if is_too_long(report, at, entries.len()) {
            Self::refused(at)
        } else {
            Self { at, kind: Kind::Object(entries) }
        }
    }

    /// Whether a text may be a key. Keys are parts of paths, which stand in every message.
    pub fn is_key(report: &mut Report, at: usize, key: &str) -> bool {
        let is_key = key.len() as u64 <= KEY_BYTES;
        if !is_key {
            let message = format!("the key `{}` has {} bytes; a key has at most {KEY_BYTES}", cut(key), key.len());
            report.error(at, PolicyErrorCode::Range, message);
        }
        is_key
    }

    /// Whether a value may stand this deep. What is deeper is not read at all.
    pub fn may_be_here(report: &mut Report, at: usize) -> bool {
        let may = report.depth() as u64 <= limits::ACTION_POLICY_NESTING;
        if !may {
            let message = format!("the policy nests deeper than {} levels", limits::ACTION_POLICY_NESTING);
            report.error(at, PolicyErrorCode::Range, message);
        }
        may
    }

    /// The entries of an object; of anything else none.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The keys of an object; of anything else none.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries().iter().map(|entry| entry.key.as_str())
    }

    /// The value under a key of an object.
    pub fn field(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Whether nothing is there.
    pub const fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null | Kind::Blank)
    }

    /// The value; none where a part of it was refused.
    pub fn to_value(&self) -> Option<Value> {
        Some(match &self.kind {
            Kind::Null | Kind::Blank => Value::Null,
            Kind::Flag(flag) => Value::Bool(*flag),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Self::to_value).collect::<Option<_>>()?),
            Kind::Object(entries) => Value::Object(fields_of(entries)?),
            Kind::Refused => return None,
        })
    }

    /// The byte at which an error below this value belongs: that of the key for what is wrong with a field by its name, else that of
    /// the value, or of the nearest value around it.
    pub fn place_of(&self, path: &[PathPart], code: PolicyErrorCode) -> usize {
        let (mut node, mut at) = (self, self.at);
        for part in path {
            let next = match (&node.kind, part) {
                (Kind::List(items), PathPart::Place(place)) => items.get(*place).map(|item| (item, item.at)),
                (Kind::Object(entries), PathPart::Field(field)) => {
                    entries.iter().find(|entry| entry.key == *field).map(|entry| (&entry.value, entry.key_at))
                }
                _ => None,
            };
            let Some((child, place)) = next else { return node.at };
            (node, at) = (child, place);
        }
        let is_about_the_name =
            matches!(code, PolicyErrorCode::UnknownField | PolicyErrorCode::UnsupportedSchemaKeyword);
        if is_about_the_name { at } else { node.at }
    }

    /// The value where it is small and helps to understand an error.
    pub fn shown_value(&self) -> Option<Value> {
        match &self.kind {
            Kind::Null | Kind::Blank | Kind::Flag(_) => self.to_value(),
            Kind::Number(number) if number.to_string().len() <= SHOWN_CHARS => self.to_value(),
            Kind::Text(text) if text.chars().count() <= SHOWN_CHARS => self.to_value(),
            _ => None,
        }
    }

    /// What is there, in words.
    pub fn words(&self) -> String {
        match &self.kind {
            Kind::Null | Kind::Blank => "null".to_owned(),
            Kind::Flag(flag) => flag.to_string(),
            Kind::Number(number) => cut(&number.to_string()),
            Kind::Text(text) => format!("the text `{}`", cut(text)),
            Kind::List(_) => "a list".to_owned(),
            Kind::Object(_) => "an object".to_owned(),
            Kind::Refused => "what may not stand in a policy".to_owned(),
        }
    }
}

/// The entries as the fields of a JSON object; none where a part of them was refused.
pub fn fields_of(entries: &[Entry]) -> Option<Map<String, Value>> {
    let first = entries.iter().filter(|entry| !entry.is_repeated);
    first.map(|entry| Some((entry.key.clone(), entry.value.to_value()?))).collect()
}

/// A text in a message: no longer than it helps, and on one line.
pub fn cut(text: &str) -> String {
    let mut shown: String =
        text.chars().take(SHOWN_CHARS).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('\u{2026}');
    }
    shown
}

fn is_too_long(report: &mut Report, at: usize, entries: usize) -> bool {
    let is_too_long = entries as u64 > limits::LIST_ENTRIES;
    if is_too_long {
        let message = format!("{} has {entries} entries; at most {} may be", report.name(), limits::LIST_ENTRIES);
        report.error(at, PolicyErrorCode::Range, message);
    }
    is_too_long
}
