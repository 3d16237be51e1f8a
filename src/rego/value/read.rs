//! The one reader of JSON: text to a value in one pass, whose strings are slices of the text.
//!
//! It is strict: what `JSON.parse` refuses is refused, and so is half of a character (`\ud800`), which no string can
//! hold. Of equal keys the last counts. A number keeps its text, unless it is an integer that fits into a word.
//!
//! What a program cannot look at is checked like the rest, and not kept.
//!
//! What is small and asked for at every byte is compiled into where it is asked for, but for the edge build, which is to be small.
//!
//! INVARIANT (depth): open arrays and objects stand in a list, and nothing recurses.

mod escapes;

use crate::rego::syntax::numbers::{self, Bound};

use super::decimal::small_integer;
use super::parts::{Parts, empty};
use super::plain::plain;
use super::reach::{Node, Reach, start};
use super::stores::slice;
use super::{Slice, Space, Store, Stores, TooLarge, Value};

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
    let mut text = text;
    read_reached(stores.store_mut(space), space, &mut text, levels, &Reach::default())
}

/// The same into the store `space`, of which only what can be reached is kept: objects have the other keys no more, arrays of which no item
/// can be looked at are empty, and keys are the constants of the program where no others are kept. The text is taken where it could be read.
///
/// # Errors
/// As [`read`].
pub fn read_reached(
    store: &mut Store,
    space: Space,
    text: &mut String,
    levels: usize,
    reach: &Reach,
) -> Result<Value, ReadError> {
    let base = store.text.len();
    let parts = Parts::behind(space, std::mem::take(&mut store.words));
    let mut reader = Reader::new(text, space, base, parts, reach);
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
        store.text = std::mem::take(text);
    } else {
        store.text.push_str(text);
    }
    store.text.push_str(&unescaped);
    Ok(value)
}

/// The number that a text is, which lies at a place of its store; none where it is no number as JSON writes one.
///
/// # Errors
/// It breaks a bound.
pub(super) fn read_number(text: &str, space: Space, base: usize) -> Result<Option<Value>, ReadError> {
    let all = Reach::default();
    let mut reader = Reader::new(text, space, base, Parts::behind(space, Vec::new()), &all);
    match reader.number() {
        Ok(value) => Ok((reader.at == text.len()).then_some(value)),
        Err(ReadError::NotJson { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

struct Reader<'t> {
    text: &'t str,
    /// The same, for whoever looks at one byte.
    bytes: &'t [u8],
    at: usize,
    /// Where the text will begin in its store.
    base: usize,
    space: Space,
    /// Strings that are not as they are written. They will stand behind the text.
    unescaped: String,
    open: Vec<Open<'t>>,
    parts: Parts,
    reach: &'t Reach,
    /// What can be looked at of the next value; `None`: all of it.
    next: Option<&'t Node>,
    /// What is open of a value that nobody can look at: whether it is an object.
    skipped: Vec<bool>,
}

/// An array or object that is not closed yet.
struct Open<'t> {
    form: Form,
    /// Where its parts begin.
    first: usize,
    /// What can be looked at of it.
    node: Option<&'t Node>,
}

/// How the parts of what is open lie.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The items of an array.
    Items,
    /// The keys and values of an object, in turn.
    Pairs,
    /// The values of an object, one for each key that can be looked at; the next one is for that key.
    Slots(usize),
}

/// Where the characters of a string lie: in the text, or behind its end among what is unescaped.
#[derive(Clone, Copy)]
struct Text {
    at: usize,
    len: usize,
}

type Read<T> = Result<T, ReadError>;

impl<'t> Reader<'t> {
    fn new(text: &'t str, space: Space, base: usize, parts: Parts, reach: &'t Reach) -> Self {
        let bytes = text.as_bytes();
        // Room for small documents, which grow from nothing step by step otherwise.
        let (unescaped, open, next, skipped) = (String::new(), Vec::with_capacity(8), reach.root(), Vec::new());
        Self { text, bytes, at: 0, base, space, unescaped, open, parts, reach, next, skipped }
    }

    fn document(&mut self, levels: usize) -> Read<Value> {
        self.skip_blanks();
        let value = loop {
            let mut value = match self.byte() {
                Some(b'{') | Some(b'[') => match self.opened(levels)? {
                    Some(complete) => complete,
                    None => continue,
                },
                _ => self.scalar()?,
            };
            // What is complete may complete what it stands in.
            while let Some(open) = self.open.last() {
                let (is_object, node) = (open.form != Form::Items, open.node);
                match open.form {
                    Form::Items | Form::Pairs => self.parts.values.push(value),
                    Form::Slots(slot) => {
                        if let Some(place) = self.parts.values.get_mut(open.first + slot) {
                            *place = value;
                        }
                    }
                }
                self.skip_blanks();
                match (self.byte(), is_object) {
                    (Some(b','), true) => {
                        self.at += 1;
                        self.skip_blanks();
                        if !self.key(levels)? {
                            value = self.closed()?;
                            continue;
                        }
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        self.skip_blanks();
                        self.next = node.and_then(|node| self.below(node.any));
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        value = self.closed()?;
                        continue;
                    }
                    _ => return Err(self.wrong(between(is_object))),
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

    #[cfg_attr(feature = "compiler", inline(always))]
    fn below(&self, number: Option<u32>) -> Option<&'t Node> {
        number.and_then(|number| self.reach.node(number))
    }

    #[cfg_attr(feature = "compiler", inline(always))]
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[cfg_attr(feature = "compiler", inline(always))]
    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    fn wrong(&self, why: &'static str) -> ReadError {
        ReadError::NotJson { at: self.at, why }
    }

    /// Opens an array or object. One that is empty is complete, and so is one of which nothing can be looked at.
    fn opened(&mut self, levels: usize) -> Read<Option<Value>> {
        let is_object = self.byte() == Some(b'{');
        let node = self.next;
        if node.is_some_and(|node| if is_object { node.is_leaf() } else { node.any.is_none() }) {
            self.skip(levels)?;
            return Ok(Some(empty(self.space, is_object)));
        }
        if !self.opens(levels)? {
            return Ok(Some(empty(self.space, is_object)));
        }
        let first = self.parts.values.len();
        let form = match node {
            _ if !is_object => Form::Items,
            Some(node) if node.has_slots() => {
                self.parts.values.resize(first + node.keys.len(), Value::UNDEFINED);
                Form::Slots(0)
            }
            _ => Form::Pairs,
        };
        self.open.push(Open { form, first, node });
        if !is_object {
            self.next = node.and_then(|node| self.below(node.any));
        } else if !self.key(levels)? {
            return self.closed().map(Some);
        }
        Ok(None)
    }

    /// Goes into an array or object; false where it is empty.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn opens(&mut self, levels: usize) -> Read<bool> {
        if self.open.len() + self.skipped.len() >= levels {
            return Err(ReadError::TooDeep { at: self.at });
        }
        let close = if self.byte() == Some(b'{') { b'}' } else { b']' };
        self.at += 1;
        self.skip_blanks();
        let is_empty = self.byte() == Some(close);
        self.at += usize::from(is_empty);
        Ok(!is_empty)
    }

    /// The next key whose value can be looked at, up to that value; false where the object ends before one.
    fn key(&mut self, levels: usize) -> Read<bool> {
        let Some(&Open { form, node, .. }) = self.open.last() else { return Err(self.wrong("nothing is open")) };
        loop {
            let before = self.unescaped.len();
            let key = self.key_and_colon()?;
            let Some(node) = node else {
                let key = self.slice(key)?;
                self.parts.values.push(Value::string(key));
                return Ok(true);
            };
            let from = self.from(key);
            let found = node.find(start(from, key.len), from.get(..key.len).unwrap_or_default());
            let below = found.and_then(|at| node.keys.get(at)).map(|key| key.below);
            match (found, form) {
                (Some(slot), Form::Slots(_)) => {
                    self.forget(before);
                    if let Some(open) = self.open.last_mut() {
                        open.form = Form::Slots(slot);
                    }
                }
                _ if found.is_some() || node.any.is_some() => {
                    let key = self.slice(key)?;
                    self.parts.values.push(Value::string(key));
                }
                _ => {
                    self.forget(before);
                    self.skip(levels)?;
                    self.skip_blanks();
                    match self.byte() {
                        Some(b',') => {
                            self.at += 1;
                            self.skip_blanks();
                            continue;
                        }
                        Some(b'}') => {
                            self.at += 1;
                            return Ok(false);
                        }
                        _ => return Err(self.wrong(between(true))),
                    }
                }
            }
            self.next = self.below(below.or(node.any));
            return Ok(true);
        }
    }

    /// A key with its colon, and the blanks behind it.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn key_and_colon(&mut self) -> Read<Text> {
        if self.byte() != Some(b'"') {
            return Err(self.wrong("a key in quotation marks is to stand here"));
        }
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    #[cfg_attr(feature = "compiler", inline(always))]
    fn colon(&mut self) -> Read<()> {
        self.skip_blanks();
        if self.byte() != Some(b':') {
            return Err(self.wrong("`:` is to stand here"));
        }
        self.at += 1;
        self.skip_blanks();
        Ok(())
    }

    /// The bytes from a string on.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn from(&self, text: Text) -> &[u8] {
        let found = match text.at.checked_sub(self.bytes.len()) {
            None => self.bytes.get(text.at..),
            Some(at) => self.unescaped.as_bytes().get(at..),
        };
        found.unwrap_or_default()
    }

    /// Forgets a key that is not kept: what was unescaped behind a place.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn forget(&mut self, unescaped: usize) {
        if self.unescaped.len() > unescaped {
            self.unescaped.truncate(unescaped);
        }
    }

    /// Where a string will lie in the store.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn slice(&self, text: Text) -> Read<Slice> {
        Ok(slice(self.space, self.base + text.at, text.len)?)
    }

    /// Makes a value of the parts of what was opened last.
    fn closed(&mut self) -> Read<Value> {
        let Some(Open { form, first, node }) = self.open.pop() else { return Err(self.wrong("nothing is open")) };
        match form {
            Form::Items => return Ok(self.parts.array(first)?),
            Form::Slots(_) => {
                let keys = node.map(|node| node.keys.as_slice()).unwrap_or_default();
                return Ok(self.parts.object_of_slots(first, keys)?);
            }
            Form::Pairs => {}
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

    /// Passes over a value that nobody can look at: it is checked, and nothing of it is kept.
    fn skip(&mut self, levels: usize) -> Read<()> {
        loop {
            match self.byte() {
                Some(byte @ (b'{' | b'[')) => {
                    let is_object = byte == b'{';
                    if self.opens(levels)? {
                        self.skipped.push(is_object);
                        if is_object {
                            self.skip_key()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => self.skip_string()?,
                _ => {
                    self.scalar()?;
                }
            }
            loop {
                let Some(&is_object) = self.skipped.last() else { return Ok(()) };
                self.skip_blanks();
                match (self.byte(), is_object) {
                    (Some(b','), _) => {
                        self.at += 1;
                        self.skip_blanks();
                        if is_object {
                            self.skip_key()?;
                        }
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        self.skipped.pop();
                    }
                    _ => return Err(self.wrong(between(is_object))),
                }
            }
        }
    }

    fn skip_key(&mut self) -> Read<()> {
        if self.byte() != Some(b'"') {
            return Err(self.wrong("a key in quotation marks is to stand here"));
        }
        self.skip_string()?;
        self.colon()
    }

    #[cfg_attr(feature = "compiler", inline(always))]
    fn skip_string(&mut self) -> Read<()> {
        self.at += 1;
        loop {
            self.plain();
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.escape()?;
                }
                byte => return Err(self.wrong(unfinished(byte))),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn scalar(&mut self) -> Read<Value> {
        match self.byte() {
            Some(b'"') => {
                let text = self.string()?;
                self.slice(text).map(Value::string)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::TRUE),
            Some(b'f') => self.word("false", Value::FALSE),
            Some(b'n') => self.word("null", Value::NULL),
            Some(_) => Err(self.wrong("a value is to stand here")),
            None => Err(self.wrong("the document ends before a value")),
        }
    }

    fn word(&mut self, word: &'static str, value: Value) -> Read<Value> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.wrong("a value is to stand here"));
        }
        self.at += word.len();
        Ok(value)
    }

    #[cfg_attr(feature = "compiler", inline(always))]
    fn number(&mut self) -> Read<Value> {
        /// So many digits fit into a word, whatever they are.
        const FEW: usize = 17;
        let from = self.at;
        let is_negative = self.byte() == Some(b'-');
        self.at += usize::from(is_negative);
        let first = self.at;
        let mut whole = 0;
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => whole = self.digits(),
            _ => return Err(self.wrong("a digit is to stand here")),
        }
        let digits = self.at - first;
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.some_digits()?;
        }
        if digits <= FEW
            && self.at == first + digits
            && !(is_negative && whole == 0)
            && let Some(value) = Value::integer(if is_negative { -whole } else { whole })
        {
            return Ok(value);
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        match small_integer(text) {
            Some(value) => Ok(value),
            None => match numbers::of_number(text.strip_prefix('-').unwrap_or(text)) {
                Some(bound) => Err(ReadError::Endless(bound)),
                None => Ok(Value::number(slice(self.space, self.base + from, text.len())?)),
            },
        }
    }

    /// Skips digits. What they say is right where they are so few that it fits.
    fn digits(&mut self) -> i64 {
        let mut value = 0_i64;
        while let Some(byte @ b'0'..=b'9') = self.byte() {
            value = value.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
            self.at += 1;
        }
        value
    }

    fn some_digits(&mut self) -> Read<()> {
        if !matches!(self.byte(), Some(b'0'..=b'9')) {
            return Err(self.wrong("a digit is to stand here"));
        }
        self.digits();
        Ok(())
    }

    #[cfg_attr(feature = "compiler", inline(always))]
    fn string(&mut self) -> Read<Text> {
        self.at += 1;
        let at = self.at;
        self.plain();
        if self.byte() == Some(b'"') {
            let len = self.at - at;
            self.at += 1;
            return Ok(Text { at, len });
        }
        self.rest_of_string(at)
    }

    /// A string that begins at a place, from the first character on that does not stand for itself.
    fn rest_of_string(&mut self, from: usize) -> Read<Text> {
        let first = self.unescaped.len();
        let mut plain = from;
        loop {
            self.unescaped.push_str(self.text.get(plain..self.at).unwrap_or_default());
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let character = self.escape()?;
                    self.unescaped.push(character);
                }
                byte => return Err(self.wrong(unfinished(byte))),
            }
            plain = self.at;
            self.plain();
        }
        self.at += 1;
        Ok(Text { at: self.text.len() + first, len: self.unescaped.len() - first })
    }

    /// Skips what stands for itself in a string.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn plain(&mut self) {
        self.at += plain(self.bytes.get(self.at..).unwrap_or_default());
    }
}

const fn between(is_object: bool) -> &'static str {
    if is_object { "`,` or `}` is to stand here" } else { "`,` or `]` is to stand here" }
}

/// What is wrong where a string does not go on, and does not end.
const fn unfinished(byte: Option<u8>) -> &'static str {
    match byte {
        Some(_) => "this character is to be escaped in a string",
        None => "the document ends inside of a string",
    }
}
