//! From a value to YAML as OPA writes it: a line for each part, keys in their order, and lists no further in than the key
//! that they belong to.
//!
//! OPA reads the JSON of the value by its reader of YAML before it writes. So what that cannot read is not written: control
//! characters, and keys that are too long; and numbers are those of 64 bits.

use super::super::Failure;
use super::super::text_floats::general;
use super::super::texts::Draft;
use super::emitter::Emitter;
use super::key_order::compare;
use super::scalar::{Scalar, resolve};
use super::scalar_style::is_simple_key;
use crate::rego::syntax::yaml::is_forbidden;
use crate::rego::value::double;
use crate::rego::value::{Kind, Slice, Stores, Value, sort_by};

/// Characters of the longest key of an object that OPA's reader of YAML finds a `:` behind, as JSON text.
const LONGEST_KEY: usize = 1024;

/// Where a value is written.
pub struct Writer<'a, 'd> {
    stores: &'a Stores,
    out: Emitter<'d>,
}

/// A value with parts that are being written, and how far what is around it is indented.
enum Open {
    Items { items: Slice, next: u32, around: Option<usize> },
    Pairs { pairs: Vec<(String, Value)>, next: usize, around: Option<usize> },
}

/// What a value is a part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    BehindKey,
}

impl<'a, 'd> Writer<'a, 'd> {
    /// A writer behind a draft.
    pub fn new(stores: &'a Stores, draft: &'d mut Draft) -> Self {
        Self { stores, out: Emitter::new(draft) }
    }

    /// Writes a value.
    pub fn write(&mut self, value: Value) -> Result<(), Failure> {
        // INVARIANT (depth): what is not written yet stands in a list, and nothing recurses but for keys with parts.
        let mut open: Vec<Open> = Vec::new();
        let (mut value, mut place) = (value, Place::Root);
        loop {
            open.extend(self.begin(value, place)?);
            (value, place) = loop {
                match open.last_mut() {
                    None => return self.out.line(),
                    Some(Open::Items { items, next, around }) => {
                        let item = self.stores.items(*items).get(*next as usize).copied();
                        *next += 1;
                        if let Some(item) = item {
                            self.out.line()?;
                            self.out.open_sign("-")?;
                            break (item, Place::Item);
                        }
                        self.out.indent = *around;
                    }
                    Some(Open::Pairs { pairs, next, around }) => {
                        let pair = pairs.get_mut(*next).map(|(key, value)| (std::mem::take(key), *value));
                        *next += 1;
                        if let Some((key, value)) = pair {
                            self.key(&key)?;
                            break (value, Place::BehindKey);
                        }
                        self.out.indent = *around;
                    }
                }
                open.pop();
            };
        }
    }

    /// Writes a value without parts, or begins one that has some.
    fn begin(&mut self, value: Value, place: Place) -> Result<Option<Open>, Failure> {
        let around = self.out.indent;
        match value.kind() {
            Kind::Array(items) | Kind::Set(items) if items.len > 0 => {
                self.out.work(u64::from(items.len) / 4)?;
                let is_flat = place == Place::BehindKey && !self.out.is_at_start;
                self.out.enter(is_flat);
                return Ok(Some(Open::Items { items, next: 0, around }));
            }
            Kind::Object(pairs) if pairs.len > 0 => {
                let pairs = self.pairs(pairs)?;
                self.out.enter(false);
                return Ok(Some(Open::Pairs { pairs, next: 0, around }));
            }
            Kind::Array(_) | Kind::Set(_) => self.out.word("[]")?,
            Kind::Object(_) => self.out.word("{}")?,
            Kind::String(text) => self.text(self.stores.text(text), false)?,
            Kind::Number(text) => self.number(self.stores.text(text))?,
            Kind::Integer(value) => self.out.word(&value.to_string())?,
            Kind::Boolean(flag) => self.out.word(if flag { "true" } else { "false" })?,
            Kind::Null | Kind::Undefined | Kind::Place(_) => self.out.word("null")?,
        }
        Ok(None)
    }

    /// The pairs of an object in the order in which they are written.
    fn pairs(&mut self, pairs: Slice) -> Result<Vec<(String, Value)>, Failure> {
        let count = u64::from(pairs.len);
        self.out.work(count * 2)?;
        let named = self.out.pairs(self.stores, pairs)?;
        // Each key is compared with as many others as the number of all has binary digits.
        let bytes: u64 = named.iter().map(|(key, _)| 4 + key.len() as u64).sum();
        self.out.work(bytes * (1 + u64::from(count.max(1).ilog2())) / 8)?;
        let mut order: Vec<(&str, Value)> = named.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        sort_by(&mut order, |(a, _), (b, _)| compare(a, b));
        Ok(order.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    fn key(&mut self, key: &str) -> Result<(), Failure> {
        if key.len() >= LONGEST_KEY / 6 && json_length(key) > LONGEST_KEY {
            return Err(Failure::of_builtin("yaml: did not find expected ',' or '}'"));
        }
        self.out.line()?;
        if is_simple_key(key) {
            self.text(key, true)?;
            return self.out.close_sign(":");
        }
        self.out.open_sign("?")?;
        self.text(key, false)?;
        self.out.line()?;
        self.out.open_sign(":")
    }

    fn text(&mut self, text: &str, is_key: bool) -> Result<(), Failure> {
        // Other control characters are escapes in JSON.
        if text.contains(|c: char| c >= '\u{7f}' && is_forbidden(c)) {
            return Err(Failure::of_builtin("yaml: control characters are not allowed"));
        }
        self.out.text(text, is_key)
    }

    /// A number that is more than an integer of 64 bits or a float is written with its digits, as a text.
    fn number(&mut self, text: &str) -> Result<(), Failure> {
        self.out.work(1 + text.len() as u64)?;
        match resolve(text) {
            Scalar::Whole(digits) => self.out.word(&digits),
            Scalar::Float(value) => {
                self.out.work(2 * double::work(value))?;
                let sign = if value.is_sign_negative() { "-" } else { "" };
                self.out.word(&format!("{sign}{}", general(value, None)))
            }
            _ => self.out.text(text, false),
        }
    }
}

/// Characters of a text as Go writes it in JSON.
fn json_length(text: &str) -> usize {
    let length = |c| match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
        _ => 1,
    };
    2 + text.chars().map(length).sum::<usize>()
}
