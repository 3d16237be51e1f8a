//! Reads JSON with the place of every key and value. Texts and numbers are judged by the JSON reader of the whole engine.
//!
//! A reader of its own, because the crate behind the others gives no places, and what it has for them, `RawValue`, would make
//! every other document mean something else where it holds that type's magic key. The law that both take and refuse the same
//! texts, and read the same from them, is tried in the tests.

use super::tree::{Entry, Kind, Node, cut};
use crate::action::policy::errors::PolicyErrorCode;
use crate::action::policy::report::Report;
use serde_json::Number;

/// The tree of a JSON text; none where it is no JSON, or too deep. That was reported.
pub fn read(text: &str, report: &mut Report) -> Option<Node> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, at: start, report };
    let node = reader.value()?;
    reader.skip_space();
    match reader.next() {
        None => Some(node),
        Some(_) => reader.stop(reader.at, "the text goes on after the end of its JSON value"),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Node> {
        self.skip_space();
        let at = self.at;
        if !Node::may_be_here(self.report, at) {
            return None;
        }
        match self.next() {
            Some(b'{') => self.object(),
            Some(b'[') => self.list(),
            Some(b'"') => {
                let text = self.string()?;
                Some(Node::text(self.report, at, text))
            }
            Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'+' | b'.') => self.word(),
            Some(b'\'') => self.stop(at, "a text stands in double quotes in JSON"),
            Some(b'/' | b'#') => self.stop(at, "there are no comments in JSON; YAML has them"),
            Some(b'}' | b']' | b',' | b':') => self.stop(at, "a value is missing here"),
            Some(_) => self.stop(at, "this is no JSON value"),
            None => self.stop(at, "the text ends where a value should stand"),
        }
    }

    fn object(&mut self) -> Option<Node> {
        let start = self.at;
        self.at += 1;
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            self.skip_space();
            let key_at = self.at;
            match self.next() {
                Some(b'"') => {}
                Some(b'}') if entries.is_empty() => {
                    self.at += 1;
                    break;
                }
                Some(b'}') => return self.stop(key_at, "there is a comma before this `}`; leave it out"),
                Some(b'/' | b'#') => return self.stop(key_at, "there are no comments in JSON; YAML has them"),
                None => return self.stop(start, "this `{` is never closed"),
                Some(_) => return self.stop(key_at, "a key in double quotes must stand here"),
            }
            let key = self.string()?;
            self.skip_space();
            if self.next() != Some(b':') {
                return self.stop(self.at, format!("a `:` must follow the key `{}`", cut(&key)));
            }
            self.at += 1;
            let is_key = Node::is_key(self.report, key_at, &key);
            self.report.enter(if is_key { key.as_str() } else { "" });
            let value = self.value();
            self.report.leave();
            let value = if is_key { value? } else { Node::refused(value?.at) };
            entries.push(Entry { key, key_at, value, is_repeated: false });
            self.skip_space();
            match self.next() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                None => return self.stop(start, "this `{` is never closed"),
                Some(_) => return self.stop(self.at, "a `,` or a `}` must stand here"),
            }
        }
        Some(Node::object(self.report, start, entries))
    }

    fn list(&mut self) -> Option<Node> {
        let start = self.at;
        self.at += 1;
        let mut items: Vec<Node> = Vec::new();
        loop {
            self.skip_space();
            match self.next() {
                Some(b']') if items.is_empty() => {
                    self.at += 1;
                    break;
                }
                Some(b']') => return self.stop(self.at, "there is a comma before this `]`; leave it out"),
                None => return self.stop(start, "this `[` is never closed"),
                Some(_) => {}
            }
            self.report.enter(items.len());
            let item = self.value();
            self.report.leave();
            items.push(item?);
            self.skip_space();
            match self.next() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                None => return self.stop(start, "this `[` is never closed"),
                Some(_) => return self.stop(self.at, "a `,` or a `]` must stand here"),
            }
        }
        Some(Node::list(self.report, start, items))
    }

    /// A number or one of the three words.
    fn word(&mut self) -> Option<Node> {
        let at = self.at;
        let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
        while self.next().is_some_and(is_of_word) {
            self.at += 1;
        }
        let word = self.text.get(at..self.at).unwrap_or_default();
        let kind = match word {
            "null" => Kind::Null,
            "true" => Kind::Flag(true),
            "false" => Kind::Flag(false),
            number if serde_json::from_str::<Number>(number).is_ok() => {
                return Some(Node::number(self.report, at, number));
            }
            other => {
                let is_like_a_number = other.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
                let why = if is_like_a_number {
                    "is no number of JSON"
                } else {
                    "is no JSON; a text stands in double quotes"
                };
                return self.stop(at, format!("`{}` {why}", cut(other)));
            }
        };
        Some(Node { at, kind })
    }

    /// The text between quotation marks, of which the first is the next byte.
    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.next() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(b'\n') => return self.stop(start, "this text is not closed on its line"),
                Some(_) => self.at += 1,
                None => return self.stop(start, "this text is never closed"),
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).unwrap_or_default();
        match serde_json::from_str(quoted) {
            Ok(text) => Some(text),
            // It has one line, so the column is a number of bytes; its sentence ends with the place.
            Err(error) => {
                let sentence = error.to_string();
                let why = sentence.split(" at line ").next().unwrap_or_default();
                self.stop(start + error.column().saturating_sub(1), format!("this text is no JSON: {why}"))
            }
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.next(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    // Nothing behind a mistake in the form can be understood.
    fn stop<T>(&mut self, at: usize, message: impl Into<String>) -> Option<T> {
        self.report.error_of_text(at, PolicyErrorCode::Syntax, message);
        None
    }
}
