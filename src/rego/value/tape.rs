//! A document on a tape: one word after another, in the order of the document, and its strings in one text.
//!
//! The low three bits of a word say what it is, the rest is a number:
//!
//! | bits | is | the number |
//! | --- | --- | --- |
//! | 0 | a constant | 0 null, 1 false, 2 true |
//! | 1 | an integer | itself, with its sign |
//! | 2 | an integer | what is above its low 32 bits, with its sign; the next word has those |
//! | 3 | any other number | how long its text is |
//! | 4 | a string | how long it is |
//! | 5 | an array | how many items follow |
//! | 6 | an object | how many pairs follow, of which each is a string and a value |
//! | 7 | an object | how many values follow: one for each key of the place in [`Reach`] that it stands at, or the constant 3 |
//!
//! Texts lie one after the other in the text, in the order of their words, and are as long as they are in UTF-16: whoever writes a tape in
//! JS knows no other length without counting.
//!
//! INVARIANT (damage): any words and any text are a document or an error. INVARIANT (depth): open arrays and objects stand
//! in a list, and nothing recurses.

use super::parts::{Parts, empty};
use super::reach::{Node, Reach, start};
use super::read::read_number;
use super::stores::slice;
use super::{ReadError, Slice, Space, Store, Value};

/// What a word is, in its low bits.
const BITS: u32 = 3;
const CONSTANT: u32 = 0;
const INTEGER: u32 = 1;
const LONG_INTEGER: u32 = 2;
const NUMBER: u32 = 3;
const STRING: u32 = 4;
const ARRAY: u32 = 5;
const OBJECT: u32 = 6;
const RECORD: u32 = 7;
/// The word that stands in a record where its object has no such key.
const ABSENT: u32 = 3 << BITS;

/// Reads a tape and the text of its strings into a store of its own. `levels` is how deep arrays and objects may lie inside one another.
///
/// # Errors
/// It is no tape, or breaks a bound.
pub fn read_tape(
    space: Space,
    tape: &[u32],
    text: String,
    levels: usize,
    reach: &Reach,
) -> Result<(Store, Value), ReadError> {
    let words = Vec::with_capacity(tape.len());
    let texts = Texts { space, is_ascii: text.is_ascii(), text: &text, at: 0 };
    let parts = Parts::behind(space, words);
    let mut reader = Reader { tape: tape.iter(), texts, parts, open: Vec::new(), reach, next: reach.root() };
    let value = reader.document(levels)?;
    if reader.tape.next().is_some() || reader.texts.at != text.len() {
        return Err(ReadError::Damaged);
    }
    let words = reader.parts.words;
    Ok((Store { text, words }, value))
}

struct Reader<'t> {
    tape: std::slice::Iter<'t, u32>,
    texts: Texts<'t>,
    parts: Parts,
    open: Vec<Open<'t>>,
    reach: &'t Reach,
    /// What can be looked at of the next value, which says what its records are.
    next: Option<&'t Node>,
}

/// An array or object whose parts are not all read.
struct Open<'t> {
    kind: u32,
    /// Where its parts begin.
    first: usize,
    /// Where they will end.
    end: usize,
    /// What can be looked at of it.
    node: Option<&'t Node>,
}

type Read<T> = Result<T, ReadError>;

impl<'t> Reader<'t> {
    fn document(&mut self, levels: usize) -> Read<Value> {
        loop {
            let word = self.word()?;
            let count = (word >> BITS) as usize;
            let kind = word & ((1 << BITS) - 1);
            let mut value = match kind {
                ARRAY | OBJECT | RECORD => {
                    if self.open.len() >= levels {
                        return Err(ReadError::TooDeep { at: 0 });
                    }
                    let node = self.next;
                    if kind == RECORD && node.is_none_or(|node| !node.has_slots() || node.keys.len() != count) {
                        return Err(ReadError::Damaged);
                    }
                    if count > 0 {
                        let first = self.parts.values.len();
                        let end = first + if kind == OBJECT { 2 * count } else { count };
                        self.open.push(Open { kind, first, end, node });
                        self.goes_on(kind, node, 0)?;
                        continue;
                    }
                    empty(self.texts.space, kind != ARRAY)
                }
                _ if word == ABSENT && self.open.last().is_some_and(|open| open.kind == RECORD) => Value::UNDEFINED,
                _ => self.scalar(word)?,
            };
            // What is complete may complete what it stands in.
            loop {
                let Some(&Open { kind, first, end, node }) = self.open.last() else { return Ok(value) };
                self.parts.values.push(value);
                if self.parts.values.len() < end {
                    self.goes_on(kind, node, self.parts.values.len() - first)?;
                    break;
                }
                self.open.pop();
                value = match kind {
                    ARRAY => self.parts.array(first)?,
                    RECORD => {
                        self.parts.object_of_slots(first, node.map(|node| node.keys.as_slice()).unwrap_or_default())?
                    }
                    _ => {
                        let text = self.texts.text.as_bytes();
                        self.parts.object(first, |key| text.get(key.at as usize..).unwrap_or_default())?
                    }
                };
            }
        }
    }

    /// Goes to the next part of what is open, before which as many stand.
    fn goes_on(&mut self, kind: u32, node: Option<&'t Node>, parts: usize) -> Read<()> {
        let below = match kind {
            RECORD => node.and_then(|node| node.keys.get(parts)).map(|key| key.below),
            OBJECT => {
                let key = self.key()?;
                let own = node.and_then(|node| node.find(start(key, key.len()), key).and_then(|at| node.keys.get(at)));
                own.map(|key| key.below).or(node.and_then(|node| node.any))
            }
            _ => node.and_then(|node| node.any),
        };
        self.next = below.and_then(|below| self.reach.node(below));
        Ok(())
    }

    fn word(&mut self) -> Read<u32> {
        self.tape.next().copied().ok_or(ReadError::Damaged)
    }

    fn key(&mut self) -> Read<&'t [u8]> {
        let word = self.word()?;
        if word & ((1 << BITS) - 1) != STRING {
            return Err(ReadError::Damaged);
        }
        let key = self.texts.next(word >> BITS)?;
        self.parts.values.push(Value::string(key));
        let at = key.at as usize;
        Ok(self.texts.text.as_bytes().get(at..at + key.len as usize).unwrap_or_default())
    }

    fn scalar(&mut self, word: u32) -> Read<Value> {
        let number = word >> BITS;
        let signed = i64::from(word.cast_signed() >> BITS);
        match (word & ((1 << BITS) - 1), number) {
            (CONSTANT, 0) => Ok(Value::NULL),
            (CONSTANT, 1) => Ok(Value::FALSE),
            (CONSTANT, 2) => Ok(Value::TRUE),
            (INTEGER, _) => Value::integer(signed).ok_or(ReadError::Damaged),
            (LONG_INTEGER, _) => {
                let low = self.word()?;
                Value::integer((signed << 32) | i64::from(low)).ok_or(ReadError::Damaged)
            }
            (NUMBER, units) => self.texts.number(units),
            (STRING, units) => self.texts.next(units).map(Value::string),
            _ => Err(ReadError::Damaged),
        }
    }
}

/// The text, of which one part after the other is taken.
struct Texts<'t> {
    space: Space,
    text: &'t str,
    is_ascii: bool,
    at: usize,
}

impl Texts<'_> {
    /// The next part, which is so many units of UTF-16 long.
    fn next(&mut self, units: u32) -> Read<Slice> {
        let at = self.at;
        let len = if self.is_ascii { units as usize } else { self.bytes_of(units)? };
        if len > self.text.len() - at {
            return Err(ReadError::Damaged);
        }
        self.at += len;
        Ok(slice(self.space, at, len)?)
    }

    fn bytes_of(&self, units: u32) -> Read<usize> {
        let mut left = units as usize;
        let mut bytes = 0;
        let rest = self.text.get(self.at..).unwrap_or_default();
        for character in rest.chars() {
            if left == 0 {
                break;
            }
            // A character ends where its string does, and not behind it.
            left = left.checked_sub(character.len_utf16()).ok_or(ReadError::Damaged)?;
            bytes += character.len_utf8();
        }
        if left == 0 { Ok(bytes) } else { Err(ReadError::Damaged) }
    }

    fn number(&mut self, units: u32) -> Read<Value> {
        let slice = self.next(units)?;
        let at = slice.at as usize;
        let text = self.text.get(at..at + slice.len as usize).unwrap_or_default();
        read_number(text, self.space, at)?.ok_or(ReadError::Damaged)
    }
}
