//! Globs: a pattern with `*`, `**`, `?`, `[…]` and `{…}` for a whole text.

use super::operands::{array, wrong_element, wrong_type};
use super::patterns::Compiled;
use super::texts::{Draft, read};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Value};
use std::fmt::Write;
use std::str::Chars;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "glob.match" => Function::Three(matches),
        "glob.quote_meta" => Function::One(quote),
        _ => return None,
    })
}

fn matches(context: &mut Context<'_>, pattern: Value, delimiters: Value, text: Value) -> Answer {
    let (Kind::String(_), delimiters) = (pattern.kind(), read_delimiters(context, delimiters)?) else {
        return Err(wrong_type(1, pattern, &["string"]));
    };
    let Kind::String(_) = text.kind() else { return Err(wrong_type(3, text, &["string"])) };
    let [pattern, text] = read(context, [pattern, text])?;
    // A character of a glob is up to twenty of a pattern, and each `*` names every delimiter.
    let wild = context.stores.text(pattern).matches(['*', '?']).count() as u64;
    context.room((20 * u64::from(pattern.len)).saturating_add(wild.saturating_mul(12 * delimiters.len() as u64)))?;
    context.charge(u64::from(pattern.len) / 4 + wild.saturating_mul(delimiters.len() as u64))?;
    let glob = context.stores.text(pattern).to_owned();
    let mut reader = Reader::new(&glob, &delimiters);
    reader.read().map_err(Failure::of_builtin)?;
    let pattern = Compiled::of(context, &reader.pattern())?;
    let is_match = pattern.is_match(context, text)?;
    Ok(Value::boolean(is_match || reader.matches_by_chance(context.stores.text(text))))
}

/// The characters that `*` and `?` do not stand for: a point where the list is empty, and none where it is null.
fn read_delimiters(context: &mut Context<'_>, value: Value) -> Result<Vec<char>, Failure> {
    if value == Value::NULL {
        return Ok(Vec::new());
    }
    let items = array(value, 2).map_err(|_| wrong_type(2, value, &["array", "null"]))?;
    if items.len == 0 {
        return Ok(vec!['.']);
    }
    context.charge(u64::from(items.len))?;
    let mut delimiters = Vec::with_capacity(items.len as usize);
    for item in context.stores.items(items) {
        let Some(text) = context.stores.as_str(*item) else {
            return Err(wrong_element(2, value, *item, &["string"]));
        };
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(delimiter), None) => delimiters.push(delimiter),
            _ => return Err(wrong_element(2, value, *item, &["rune"])),
        }
    }
    Ok(delimiters)
}

fn quote(context: &mut Context<'_>, pattern: Value) -> Answer {
    let [of] = read(context, [pattern])?;
    Draft::make(context, |context, draft| {
        for c in context.stores.text(of).chars() {
            if "*?\\[]{}".contains(c) {
                draft.push("\\")?;
            }
            draft.push_char(c)?;
        }
        Ok(())
    })
}

/// A part of a glob outside of braces.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `**`, or `*` where there are no delimiters.
    Anything,
    /// `?`, or a class of what is not.
    OneOf,
    Other,
}

/// From a glob to a regular expression.
struct Reader<'g> {
    rest: Chars<'g>,
    /// `?` as a class.
    one: String,
    has_delimiters: bool,
    written: String,
    /// How many braces are open.
    open: usize,
    parts: Vec<Part>,
}

impl<'g> Reader<'g> {
    fn new(glob: &'g str, delimiters: &[char]) -> Self {
        let mut one = "[^".to_owned();
        delimiters.iter().for_each(|&c| literal(&mut one, c));
        one.push(']');
        if delimiters.is_empty() {
            one = "(?s:.)".to_owned();
        }
        // For the reader of OPA a zero ends the glob.
        let glob = glob.split('\0').next().unwrap_or_default();
        let has_delimiters = !delimiters.is_empty();
        Self { rest: glob.chars(), one, has_delimiters, written: String::new(), open: 0, parts: Vec::new() }
    }

    fn read(&mut self) -> Result<(), String> {
        if self.rest.as_str().contains(char::REPLACEMENT_CHARACTER) {
            return Err("could not read rune".to_owned());
        }
        let mut text = String::new();
        while let Some(c) = self.rest.next() {
            let part = match c {
                '{' => {
                    self.open += 1;
                    self.written.push_str("(?:");
                    Part::Other
                }
                ',' if self.open > 0 => {
                    self.written.push('|');
                    Part::Other
                }
                '}' if self.open > 0 => {
                    self.open -= 1;
                    self.written.push(')');
                    Part::Other
                }
                '[' => {
                    if self.class()? {
                        Part::OneOf
                    } else {
                        Part::Other
                    }
                }
                '?' => {
                    self.written.push_str(&self.one);
                    Part::OneOf
                }
                '*' if self.skip('*') => {
                    self.written.push_str("(?s:.)*");
                    Part::Anything
                }
                '*' => {
                    let _ = write!(self.written, "{}*", self.one);
                    if self.has_delimiters { Part::Other } else { Part::Anything }
                }
                c => {
                    let letter = if c == '\\' { self.rest.next() } else { Some(c) };
                    if let Some(letter) = letter {
                        literal(&mut self.written, letter);
                        text.push(letter);
                    }
                    continue;
                }
            };
            if !text.is_empty() {
                self.parts.push(Part::Text(std::mem::take(&mut text)));
            }
            self.parts.push(part);
        }
        if !text.is_empty() {
            self.parts.push(Part::Text(text));
        }
        // A brace that is never closed is closed by the end.
        self.written.extend(std::iter::repeat_n(')', self.open));
        Ok(())
    }

    /// The whole as a pattern.
    fn pattern(&self) -> String {
        format!(r"\A(?:{})\z", self.written)
    }

    /// Whether the matcher of OPA takes a text for a match though it is none: a single `?` matches nothing at all, and of
    /// two texts around `**` the second may begin inside of the first.
    fn matches_by_chance(&self, text: &str) -> bool {
        match self.parts.as_slice() {
            [Part::OneOf] => text.is_empty(),
            [Part::Text(begin), Part::Anything, Part::Text(end)] => {
                text.starts_with(begin.as_str()) && text.ends_with(end.as_str())
            }
            _ => false,
        }
    }

    fn skip(&mut self, c: char) -> bool {
        let behind = self.rest.as_str().strip_prefix(c);
        if let Some(behind) = behind {
            self.rest = behind.chars();
        }
        behind.is_some()
    }

    /// A class behind its bracket: a range, or characters. True where it is of what is not in it.
    fn class(&mut self) -> Result<bool, String> {
        const NOT_CLOSED: &str = "unexpected end of input";
        let is_not = self.skip('!');
        let before = self.rest.clone();
        let low = self.rest.next().ok_or(NOT_CLOSED)?;
        let mut class = if is_not { "[^" } else { "[" }.to_owned();
        if self.skip('-') {
            let high = self.rest.next().ok_or(NOT_CLOSED)?;
            if high < low {
                return Err(format!("hi character '{high}' should be greater than lo '{low}'"));
            }
            literal(&mut class, low);
            class.push('-');
            literal(&mut class, high);
        } else {
            self.rest = before;
            let mut is_empty = true;
            loop {
                let mut ahead = self.rest.clone();
                let letter = match ahead.next() {
                    None => return Err(NOT_CLOSED.to_owned()),
                    Some(']') => break,
                    Some('\\') => ahead.next().ok_or(NOT_CLOSED)?,
                    Some(c) => c,
                };
                self.rest = ahead;
                literal(&mut class, letter);
                is_empty = false;
            }
            if is_empty {
                return Err("could not parse range".to_owned());
            }
        }
        if !self.skip(']') {
            return Err("expected close range character".to_owned());
        }
        class.push(']');
        self.written.push_str(&class);
        Ok(is_not)
    }
}

/// A character that stands for itself in a pattern, and in a class.
fn literal(pattern: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        pattern.push(c);
    } else {
        let _ = write!(pattern, r"\x{{{:X}}}", u32::from(c));
    }
}
