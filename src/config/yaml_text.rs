//! A value as YAML, as the original writes it: keys in their order, four spaces a level, no line broken.

use crate::rego::value::digits::LARGE;
use crate::rego::value::double;
use crate::rego::vm::yaml_style::{Style, compare_keys, escape_of, is_printed, is_simple_key, style_of};
use crate::sorted::InOrder;
use serde_json::{Number, Value};

/// Spaces that a level is indented by.
const INDENT: usize = 4;

/// The text of a value, with the end of its last line.
pub fn of(value: &Value) -> String {
    let mut writer = Writer { text: String::new() };
    writer.value(value, Place::Root);
    writer.text
}

/// Where a value stands.
#[derive(Clone, Copy)]
enum Place {
    Root,
    /// Behind a key that is indented so far.
    BehindKey(usize),
    /// Behind the dash of an item that is indented so far.
    Item(usize),
}

impl Place {
    /// How far what is in a collection there is indented.
    const fn inner(self) -> usize {
        match self {
            Self::Root => 0,
            Self::BehindKey(indent) => (indent + INDENT) / INDENT * INDENT,
            Self::Item(indent) => indent + 2,
        }
    }
}

struct Writer {
    text: String,
}

impl Writer {
    fn value(&mut self, value: &Value, place: Place) {
        match value {
            Value::Array(items) if !items.is_empty() => self.items(items, place),
            Value::Object(fields) if !fields.is_empty() => self.fields(fields, place),
            Value::Array(_) => self.word("[]", place),
            Value::Object(_) => self.word("{}", place),
            Value::Null => self.word("null", place),
            Value::Bool(flag) => self.word(if *flag { "true" } else { "false" }, place),
            Value::Number(number) => self.word(&digits_of(number), place),
            Value::String(text) => {
                self.space(place);
                self.scalar(text, place.inner());
                self.text.push('\n');
            }
        }
    }

    fn items(&mut self, items: &[Value], place: Place) {
        let indent = place.inner();
        let mut is_begun = self.begins(place);
        for item in items {
            self.indent(indent, &mut is_begun);
            self.text.push('-');
            self.value(item, Place::Item(indent));
        }
    }

    fn fields(&mut self, fields: &serde_json::Map<String, Value>, place: Place) {
        let indent = place.inner();
        let mut is_begun = self.begins(place);
        let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
        sorted.order_by(|(one, _), (other, _)| compare_keys(one, other));
        for (key, value) in sorted {
            self.indent(indent, &mut is_begun);
            if is_simple_key(key) {
                self.scalar(key, indent);
                self.text.push(':');
            } else {
                self.text.push_str("? ");
                self.scalar(key, indent + INDENT);
                self.text.push('\n');
                self.spaces(indent);
                self.text.push(':');
            }
            self.value(value, Place::BehindKey(indent));
        }
    }

    /// Begins a collection: on a line of its own behind a key, and right behind a dash. Whether its first part stands there already.
    fn begins(&mut self, place: Place) -> bool {
        match place {
            Place::Root => false,
            Place::BehindKey(_) => {
                self.text.push('\n');
                false
            }
            Place::Item(_) => {
                self.text.push(' ');
                true
            }
        }
    }

    fn indent(&mut self, indent: usize, is_begun: &mut bool) {
        if !std::mem::take(is_begun) {
            self.spaces(indent);
        }
    }

    fn spaces(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
    }

    fn space(&mut self, place: Place) {
        if !matches!(place, Place::Root) {
            self.text.push(' ');
        }
    }

    fn word(&mut self, word: &str, place: Place) {
        self.space(place);
        self.text.push_str(word);
        self.text.push('\n');
    }

    /// A text; of several lines those behind the first are indented so far.
    fn scalar(&mut self, text: &str, indent: usize) {
        match style_of(text) {
            Style::Plain => self.text.push_str(text),
            Style::Single => {
                self.text.push('\'');
                self.text.push_str(&text.replace('\'', "''"));
                self.text.push('\'');
            }
            Style::Double => {
                self.text.push('"');
                for c in text.chars() {
                    if !is_printed(c) || matches!(c, '\n' | '"' | '\\') {
                        self.text.push_str(&escape_of(c));
                    } else {
                        self.text.push(c);
                    }
                }
                self.text.push('"');
            }
            Style::Literal => self.literal(text, indent.max(INDENT)),
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.text.push('|');
        if text.starts_with([' ', '\n']) {
            self.text.push_str(&INDENT.to_string());
        }
        match text.strip_suffix('\n') {
            None => self.text.push('-'),
            Some("") => self.text.push('+'),
            Some(rest) if rest.ends_with('\n') => self.text.push('+'),
            Some(_) => {}
        }
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.text.push('\n');
            if !line.is_empty() {
                self.spaces(indent);
                self.text.push_str(line);
            }
        }
    }
}

/// The digits of a number: an integer of 64 bits as it is, any other as a float.
fn digits_of(number: &Number) -> String {
    let text = number.as_str();
    if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
        return text.to_owned();
    }
    match double::read(text) {
        Some(value) => {
            let sign = if value.is_sign_negative() { "-" } else { "" };
            format!("{sign}{}", double::shortest(value).general(LARGE))
        }
        None => text.to_owned(),
    }
}
