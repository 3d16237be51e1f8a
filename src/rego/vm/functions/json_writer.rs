//! The JSON that Go writes: keys in the order of their texts, `<`, `>` and `&` escaped, and indented where that is wanted.

use super::Failure;
use super::texts::Draft;
use crate::limits;
use crate::rego::value::{Form, Kind, Slice, Stores, Value, double};
use crate::rego::vm::machine::Stop;
use crate::sorted::InOrder;

/// What a pair takes beside its key while it waits to be written.
const BYTES_OF_PAIR: usize = 40;

/// Where a value is written.
pub struct Writer<'a, 'd> {
    stores: &'a Stores,
    draft: &'d mut Draft,
    /// What each line begins with, and what is put before it for each level.
    lines: Option<(&'a str, &'a str)>,
    keys: u64,
    /// Whether each number is written as the float that is nearest to it.
    has_floats: bool,
}

/// A value with parts that are being written.
enum Open {
    Items { items: Slice, next: u32 },
    Pairs { pairs: Vec<(String, Value)>, next: usize },
}

impl<'a, 'd> Writer<'a, 'd> {
    /// A writer behind a draft. `lines` are the prefix and the indent of each line, where each part has its own.
    pub fn new(stores: &'a Stores, draft: &'d mut Draft, lines: Option<(&'a str, &'a str)>) -> Self {
        Self { stores, draft, lines, keys: 0, has_floats: false }
    }

    /// The same, with each number as the float that is nearest to it: numbers that are equal as floats are equal texts.
    #[cfg(feature = "json-schema")]
    pub const fn with_floats(self) -> Self {
        Self { has_floats: true, ..self }
    }

    /// Writes a value.
    pub fn write(&mut self, value: Value) -> Result<(), Failure> {
        // INVARIANT (depth): what is not written yet stands in a list, and nothing recurses but for keys with parts.
        let mut open: Vec<Open> = Vec::new();
        let mut value = value;
        loop {
            match value.kind() {
                Kind::Array(items) | Kind::Set(items) => {
                    self.draft.work(u64::from(items.len) / 4)?;
                    self.draft.push("[")?;
                    open.push(Open::Items { items, next: 0 });
                }
                Kind::Object(pairs) => {
                    // Its keys are put into the order of their texts.
                    self.draft.work(u64::from(pairs.len) * (2 + u64::from(pairs.len.max(1).ilog2()) / 4))?;
                    self.draft.push("{")?;
                    let pairs = self.pairs(pairs)?;
                    open.push(Open::Pairs { pairs, next: 0 });
                }
                Kind::String(text) => self.string(self.stores.text(text))?,
                Kind::Integer(number) if self.has_floats => self.float(number as f64)?,
                Kind::Number(number) if self.has_floats => {
                    self.draft.work(u64::from(number.len) / 16)?;
                    match double::read(self.stores.text(number)) {
                        Some(number) if number.is_finite() => self.float(number)?,
                        _ => self.draft.push_value(self.stores, value, Form::Json)?,
                    }
                }
                _ => self.draft.push_value(self.stores, value, Form::Json)?,
            }
            value = loop {
                let levels = open.len();
                let Some(top) = open.last_mut() else { return Ok(()) };
                let (next, key, count, close) = match top {
                    Open::Items { items, next } => {
                        let found = self.stores.items(*items).get(*next as usize).copied();
                        *next += 1;
                        (found, None, *next as usize, "]")
                    }
                    Open::Pairs { pairs, next } => {
                        let found = pairs.get_mut(*next).map(|(key, value)| (std::mem::take(key), *value));
                        *next += 1;
                        (found.as_ref().map(|(_, value)| *value), found.map(|(key, _)| key), *next, "}")
                    }
                };
                let Some(next) = next else {
                    if count > 1 {
                        self.line(levels - 1)?;
                    }
                    self.draft.push(close)?;
                    open.pop();
                    continue;
                };
                if count > 1 {
                    self.draft.push(",")?;
                }
                self.line(levels)?;
                if let Some(key) = key {
                    self.string(&key)?;
                    self.draft.push(if self.lines.is_some() { ": " } else { ":" })?;
                }
                break next;
            };
        }
    }

    fn float(&mut self, number: f64) -> Result<(), Failure> {
        // It was read before.
        self.draft.work(2 * double::work(number))?;
        self.draft.push(&json_of(number))
    }

    /// Begins a line, where there are lines.
    fn line(&mut self, levels: usize) -> Result<(), Failure> {
        let Some((prefix, indent)) = self.lines else { return Ok(()) };
        self.draft.push("\n")?;
        self.draft.push(prefix)?;
        (0..levels).try_for_each(|_| self.draft.push(indent))
    }

    /// The pairs of an object in the order of their keys as texts. Of keys with the same text the last counts.
    pub fn pairs(&mut self, pairs: Slice) -> Result<Vec<(String, Value)>, Failure> {
        let mut named = Vec::new();
        let mut bytes = 0;
        for [key, value] in self.stores.pairs(pairs) {
            let name = match key.kind() {
                Kind::String(text) => self.stores.text(text).to_owned(),
                _ if self.keys >= limits::KEY_NESTING => return Err(Failure::Stop(Stop::Limit("key_nesting"))),
                _ => {
                    let (stores, keys) = (self.stores, self.keys + 1);
                    self.draft
                        .beside(|draft| Writer { stores, draft, lines: None, keys, has_floats: false }.write(*key))?
                }
            };
            bytes += name.len() + BYTES_OF_PAIR;
            self.draft.room(bytes)?;
            named.push((name, *value));
        }
        named.order_by(|(a, _), (b, _)| a.cmp(b));
        named.dedup_by(|(key, value), (first, kept)| {
            let is_same = key == first;
            if is_same {
                *kept = *value;
            }
            is_same
        });
        Ok(named)
    }

    fn string(&mut self, text: &str) -> Result<(), Failure> {
        self.draft.room(text.len())?;
        self.draft.push("\"")?;
        let mut plain = 0;
        for (at, c) in text.char_indices() {
            let escape = match c {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\u{8}' => "\\b",
                '\u{c}' => "\\f",
                '\u{0}'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => "",
                _ => continue,
            };
            self.draft.push(text.get(plain..at).unwrap_or_default())?;
            if escape.is_empty() {
                self.draft.push(&format!("\\u{:04x}", u32::from(c)))?;
            } else {
                self.draft.push(escape)?;
            }
            plain = at + c.len_utf8();
        }
        self.draft.push(text.get(plain..).unwrap_or_default())?;
        self.draft.push("\"")
    }
}

/// A float as JSON has it in Go: with an exponent where it is very large or small.
pub fn json_of(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let sign = if value.is_sign_negative() { "-" } else { "" };
        return format!("{sign}{}", double::shortest(value).with_exponent(0, 1));
    }
    double::plain(value)
}
