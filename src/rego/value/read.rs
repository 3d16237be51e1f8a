//! The one reader of JSON: text to a value in one pass, whose strings are slices of the text.
//!
//! It is strict: what `JSON.parse` refuses is refused, and so is half of a character (`\ud800`), which no string can
//! hold. Of equal keys the last counts. A number keeps its text, unless it is an integer that fits into a word.
//!
//! INVARIANT (depth): open arrays and objects stand in a list, and nothing recurses.

use crate::rego::syntax::numbers::{self, Bound};

use super::decimal::small_integer;
use super::parts::{Parts, empty};
use super::stores::slice;
use super::{Slice, Space, Stores, TooLarge, Value};

/// Why a text is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadError {
    /// It is not JSON at this byte.
    NotJson {
        /// The byte.
        at: usize,
        /// What was to stand there, or what is wrong with it.
        why: &'static str,
    },
    /// Arrays and objects lie deeper inside one another than they may.
    TooDeep {
        /// Where one too many begins.
        at: usize,
    },
    /// A number that cannot be written out.
    Endless(Bound),
    /// More than a store can hold.
    TooLarge,
    /// A tape that no writer of tapes leaves.
    Damaged,
}

impl From<TooLarge> for ReadError {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

/// Reads a document into a store, behind what lies there. `levels` is how deep arrays and objects may lie inside one
/// another.
///
/// # Errors
/// The text is not one JSON value, or breaks a bound. The store is then as it was.
pub fn read(stores: &mut Stores, space: Space, text: String, levels: usize) -> Result<Value, ReadError> {
    let store = stores.store_mut(space);
    let base = store.text.len();
    let mut reader = Reader {
        text: &text,
        at: 0,
        base,
        space,
        unescaped: String::new(),
        open: Vec::new(),
        parts: Parts::behind(space, std::mem::take(&mut store.words)),
    };
    let words = reader.parts.words.len();
    let found = reader.document(levels);
    let Reader { unescaped, mut parts, .. } = reader;
    if found.is_err() {
        parts.words.truncate(words);
    }
    store.words = parts.words;
    let value = found?;
    u32::try_from(base + text.len() + unescaped.len()).map_err(|_| TooLarge)?;
    if base == 0 {
        store.text = text;
    } else {
        store.text.push_str(&text);
    }
    store.text.push_str(&unescaped);
    Ok(value)
}

/// The number that a text is, which lies at a place of its store; none where it is no number as JSON writes one.
///
/// # Errors
/// It breaks a bound.
pub(super) fn read_number(text: &str, space: Space, base: usize) -> Result<Option<Value>, ReadError> {
    let parts = Parts::behind(space, Vec::new());
    let mut reader = Reader { text, at: 0, base, space, unescaped: String::new(), open: Vec::new(), parts };
    match reader.number() {
        Ok(value) => Ok((reader.at == text.len()).then_some(value)),
        Err(ReadError::NotJson { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Where the text will begin in its store.
    base: usize,
    space: Space,
    /// Strings that are not as they are written. They will stand behind the text.
    unescaped: String,
    open: Vec<Open>,
    parts: Parts,
}

/// An array or object that is not closed yet.
struct Open {
    is_object: bool,
    /// Where its parts begin.
    first: usize,
}

type Read<T> = Result<T, ReadError>;

impl Reader<'_> {
    fn document(&mut self, levels: usize) -> Read<Value> {
        self.skip_blanks();
        let value = loop {
            let mut value = match self.byte() {
                Some(b'{') | Some(b'[') => match self.opened(levels)? {
                    Some(empty) => empty,
                    None => continue,
                },
                _ => self.scalar()?,
            };
            // What is complete may complete what it stands in.
            while let Some(open) = self.open.last() {
                let is_object = open.is_object;
                self.parts.values.push(value);
                self.skip_blanks();
                match (self.byte(), is_object) {
                    (Some(b','), true) => {
                        self.at += 1;
                        self.skip_blanks();
                        self.key()?;
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        self.skip_blanks();
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        value = self.closed()?;
                        continue;
                    }
                    (_, true) => return Err(self.wrong("`,` or `}` is to stand here")),
                    (_, false) => return Err(self.wrong("`,` or `]` is to stand here")),
                }
                break;
            }
            if self.open.is_empty() {
                break value;
            }
        };
        self.skip_blanks();
        if self.at == self.text.len() { Ok(value) } else { Err(self.wrong("the document ends before this")) }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    fn wrong(&self, why: &'static str) -> ReadError {
        ReadError::NotJson { at: self.at, why }
    }

    /// Opens an array or object. An empty one is complete.
    fn opened(&mut self, levels: usize) -> Read<Option<Value>> {
        if self.open.len() >= levels {
            return Err(ReadError::TooDeep { at: self.at });
        }
        let is_object = self.byte() == Some(b'{');
        self.at += 1;
        self.skip_blanks();
        let close = if is_object { b'}' } else { b']' };
        if self.byte() == Some(close) {
            self.at += 1;
            return Ok(Some(empty(self.space, is_object)));
        }
        self.open.push(Open { is_object, first: self.parts.values.len() });
        if is_object {
            self.key()?;
        }
        Ok(None)
    }

    /// A key with its colon, and the blanks behind it.
    fn key(&mut self) -> Read<()> {
        if self.byte() != Some(b'"') {
            return Err(self.wrong("a key in quotation marks is to stand here"));
        }
        let key = self.string()?;
        self.parts.values.push(key);
        self.skip_blanks();
        if self.byte() != Some(b':') {
            return Err(self.wrong("`:` is to stand here"));
        }
        self.at += 1;
        self.skip_blanks();
        Ok(())
    }

    /// Makes a value of the parts of what was opened last.
    fn closed(&mut self) -> Read<Value> {
        let Some(Open { is_object, first }) = self.open.pop() else { return Err(self.wrong("nothing is open")) };
        if !is_object {
            return Ok(self.parts.array(first)?);
        }
        let Self { text, base, unescaped, parts, .. } = self;
        let text_from = |key: Slice| {
            let at = (key.at as usize).saturating_sub(*base);
            let found = match at.checked_sub(text.len()) {
                None => text.as_bytes().get(at..),
                Some(at) => unescaped.as_bytes().get(at..),
            };
            found.unwrap_or_default()
        };
        Ok(parts.object(first, text_from)?)
    }

    fn scalar(&mut self) -> Read<Value> {
        match self.byte() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::TRUE),
            Some(b'f') => self.word("false", Value::FALSE),
            Some(b'n') => self.word("null", Value::NULL),
            Some(_) => Err(self.wrong("a value is to stand here")),
            None => Err(self.wrong("the document ends before a value")),
        }
    }

    fn word(&mut self, word: &'static str, value: Value) -> Read<Value> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.wrong("a value is to stand here"));
        }
        self.at += word.len();
        Ok(value)
    }

    // Built for size it would be called, which takes a sixth of the time of reading a number.
    #[inline(always)]
    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.wrong("a digit is to stand here")),
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.some_digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        match small_integer(text) {
            Some(value) => Ok(value),
            None => match numbers::of_number(text.strip_prefix('-').unwrap_or(text)) {
                Some(bound) => Err(ReadError::Endless(bound)),
                None => Ok(Value::number(slice(self.space, self.base + start, text.len())?)),
            },
        }
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Read<()> {
        if !matches!(self.byte(), Some(b'0'..=b'9')) {
            return Err(self.wrong("a digit is to stand here"));
        }
        self.digits();
        Ok(())
    }

    fn string(&mut self) -> Read<Value> {
        self.at += 1;
        let start = self.at;
        self.plain();
        if self.byte() == Some(b'"') {
            let len = self.at - start;
            self.at += 1;
            return Ok(Value::string(slice(self.space, self.base + start, len)?));
        }
        let first = self.unescaped.len();
        let mut plain = start;
        loop {
            self.unescaped.push_str(self.text.get(plain..self.at).unwrap_or_default());
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let character = self.escape()?;
                    self.unescaped.push(character);
                }
                Some(_) => return Err(self.wrong("this character is to be escaped in a string")),
                None => return Err(self.wrong("the document ends inside of a string")),
            }
            plain = self.at;
            self.plain();
        }
        self.at += 1;
        let at = self.base + self.text.len() + first;
        Ok(Value::string(slice(self.space, at, self.unescaped.len() - first)?))
    }

    /// Skips what stands for itself in a string.
    fn plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let plain = rest.iter().position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\');
        self.at += plain.unwrap_or(rest.len());
    }

    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.at += 1;
        let character = match self.byte() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let first = self.four_digits()?;
                return match first {
                    0xd800..=0xdbff => self.second_half(first, start),
                    _ => char::from_u32(first).ok_or(ReadError::NotJson { at: start, why: HALF }),
                };
            }
            _ => return Err(self.wrong("no character is written like this")),
        };
        self.at += 1;
        Ok(character)
    }

    /// The character that two halves make, of which the first has been read.
    fn second_half(&mut self, first: u32, start: usize) -> Read<char> {
        let half = ReadError::NotJson { at: start, why: HALF };
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(b"\\u") {
            return Err(half);
        }
        self.at += 2;
        let second = self.four_digits()?;
        if !(0xdc00..=0xdfff).contains(&second) {
            return Err(half);
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(half)
    }

    fn four_digits(&mut self) -> Read<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.wrong("a hexadecimal digit is to stand here")) };
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }
}

const HALF: &str = "this is one half of a character, without the other";
