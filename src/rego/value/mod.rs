//! Values of the runtime: one word each, and stores in which their strings and parts lie.
//!
//! A [`Value`] is cheap to copy and means something only beside the [`Stores`] that it was made in. Strings, numbers that
//! are no small integers, and parts of arrays, objects and sets are slices of a store; nothing is counted or freed one by
//! one: a store is emptied as a whole.
//!
//! INVARIANT (order): the pairs of an object stand in the order of their keys, and the elements of a set in theirs, none
//! twice. Who makes one through [`Stores`] need not know. INVARIANT (depth): values may lie inside one another as deep as
//! memory allows, so nothing that walks one recurses.

mod decimal;
pub mod digits;
mod document;
pub mod double;
#[cfg(test)]
mod double_tests;
mod float;
mod order;
mod parts;
mod plain;
pub mod quotes;
pub mod reach;
#[cfg(test)]
mod reach_tests;
mod read;
mod sort;
mod sound;
mod stores;
mod tape;
#[cfg(test)]
mod tape_tests;
#[cfg(test)]
mod tests;
mod wide;
mod write;

pub use document::Document;
pub use float::Float;
pub use read::{ReadError, read, read_reached};
pub use sort::sort_by;
pub use stores::{LONG_KEY, Space, Store, Stores, TooLarge, UNITS_OF_WORD};
pub use tape::read_tape;
pub use write::{Cut, Form, quote, write};

use serde::{Deserialize, Serialize};

/// A value, in one word: the kind in the low four bits, and behind it an integer or a slice.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value(u64);

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// There is no value.
    Undefined,
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// An integer that fits into the word.
    Integer(i64),
    /// Any other number, as its text.
    Number(Slice),
    /// A string.
    String(Slice),
    /// An array: its items.
    Array(Slice),
    /// An object: its pairs, in the order of their keys.
    Object(Slice),
    /// A set: its elements, in their order.
    Set(Slice),
    /// A place below `data` at which rules stand deeper down: known to the runtime alone while it follows a reference.
    Place(u32),
}

/// A part of a store: bytes of its text, or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Which store.
    pub space: Space,
    /// Where it begins: a byte of the text, or a word.
    pub at: u32,
    /// Bytes, items or pairs.
    pub len: u32,
}

/// Bytes of a string, items of an array, pairs of an object: no value has more.
pub const LONGEST: u32 = (1 << 26) - 1;

/// The integers that fit into a word, from its negative to it.
const LARGEST: i64 = (1 << 59) - 1;

mod tag {
    pub const UNDEFINED: u64 = 0;
    pub const NULL: u64 = 1;
    pub const FALSE: u64 = 2;
    pub const TRUE: u64 = 3;
    pub const INTEGER: u64 = 4;
    pub const NUMBER: u64 = 5;
    pub const STRING: u64 = 6;
    pub const ARRAY: u64 = 7;
    pub const OBJECT: u64 = 8;
    pub const SET: u64 = 9;
    pub const PLACE: u64 = 10;
    pub const UNANSWERED: u64 = 11;
    pub const MASK: u64 = 15;
    pub const BITS: u32 = 4;
}

impl Value {
    /// No value.
    pub const UNDEFINED: Self = Self(tag::UNDEFINED);
    /// `null`
    pub const NULL: Self = Self(tag::NULL);
    /// `true`
    pub const TRUE: Self = Self(tag::TRUE);
    /// `false`
    pub const FALSE: Self = Self(tag::FALSE);

    /// What is known of something that needs an answer of the host which is not there: nobody's value.
    pub const UNANSWERED: Self = Self(tag::UNANSWERED);

    /// A boolean.
    #[must_use]
    pub const fn boolean(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    /// An integer, where it fits into a word.
    #[must_use]
    pub const fn integer(value: i64) -> Option<Self> {
        if value >= -LARGEST && value <= LARGEST {
            Some(Self(((value as u64) << tag::BITS) | tag::INTEGER))
        } else {
            None
        }
    }

    /// A count of what lies in memory: it always fits.
    #[must_use]
    pub const fn count(value: usize) -> Self {
        Self(((value as u64) << tag::BITS) | tag::INTEGER)
    }

    const fn of_slice(tag: u64, slice: Slice) -> Self {
        let space = slice.space as u64;
        Self(((slice.at as u64) << 32) | ((slice.len as u64) << 6) | (space << tag::BITS) | tag)
    }

    /// A number by its text, which is none that fits into a word.
    pub(super) const fn number(text: Slice) -> Self {
        Self::of_slice(tag::NUMBER, text)
    }

    /// A string by its bytes.
    #[must_use]
    pub const fn string(bytes: Slice) -> Self {
        Self::of_slice(tag::STRING, bytes)
    }

    /// An array by its items.
    #[must_use]
    pub const fn array(items: Slice) -> Self {
        Self::of_slice(tag::ARRAY, items)
    }

    /// An object by its pairs, which are in order.
    pub(super) const fn object(pairs: Slice) -> Self {
        Self::of_slice(tag::OBJECT, pairs)
    }

    /// A set by its elements, which are in order.
    pub(super) const fn set(elements: Slice) -> Self {
        Self::of_slice(tag::SET, elements)
    }

    /// A place below `data`, which is nobody's value.
    #[must_use]
    pub const fn place(node: u32) -> Self {
        Self(((node as u64) << 32) | tag::PLACE)
    }

    /// What the word says.
    #[must_use]
    pub const fn kind(self) -> Kind {
        self.kind_in_place()
    }

    /// The same for what decisions do all the time: it is not called, which takes a tenth off them, but for the edge build, where it would be 3 KB.
    #[cfg_attr(feature = "compiler", inline(always))]
    #[must_use]
    pub const fn kind_in_place(self) -> Kind {
        match self.0 & tag::MASK {
            tag::NULL => Kind::Null,
            tag::FALSE => Kind::Boolean(false),
            tag::TRUE => Kind::Boolean(true),
            tag::INTEGER => Kind::Integer(self.0 as i64 >> tag::BITS),
            tag::NUMBER => Kind::Number(self.slice()),
            tag::STRING => Kind::String(self.slice()),
            tag::ARRAY => Kind::Array(self.slice()),
            tag::OBJECT => Kind::Object(self.slice()),
            tag::SET => Kind::Set(self.slice()),
            tag::PLACE => Kind::Place((self.0 >> 32) as u32),
            _ => Kind::Undefined,
        }
    }

    /// Whether there is no other word for what this one says: the bits that say nothing are none. INVARIANT (words): words are compared as a
    /// whole, so two for one value would differ from each other.
    #[must_use]
    pub const fn is_only_word(self) -> bool {
        match self.kind() {
            Kind::Undefined => self.0 == tag::UNDEFINED,
            Kind::Null | Kind::Boolean(_) => self.0 & !tag::MASK == 0,
            Kind::Integer(value) => value >= -LARGEST && value <= LARGEST,
            Kind::Place(place) => self.0 == Self::place(place).0,
            Kind::Number(slice) | Kind::String(slice) | Kind::Array(slice) | Kind::Object(slice) | Kind::Set(slice) => {
                self.0 == Self::of_slice(self.0 & tag::MASK, slice).0
            }
        }
    }

    #[cfg_attr(feature = "compiler", inline(always))]
    const fn slice(self) -> Slice {
        Slice {
            space: Space::of_bits(self.0 >> tag::BITS),
            at: (self.0 >> 32) as u32,
            len: (self.0 >> 6) as u32 & LONGEST,
        }
    }

    /// Whether there is a value.
    #[must_use]
    pub const fn is_defined(self) -> bool {
        self.0 & tag::MASK != tag::UNDEFINED
    }

    /// Whether it is null, a boolean, a number or a string.
    #[must_use]
    pub const fn is_scalar(self) -> bool {
        matches!(self.0 & tag::MASK, tag::NULL..=tag::STRING)
    }

    /// Whether a statement holds that has this value: there is one, and it is not `false`.
    #[must_use]
    pub const fn holds(self) -> bool {
        self.is_defined() && self.0 & tag::MASK != tag::FALSE
    }

    /// Whether the word says all of the value: two such values are equal where their words are, and only there.
    const fn is_whole(self) -> bool {
        self.0 & tag::MASK <= tag::INTEGER
    }

    /// The place of the kind in the order of values.
    const fn rank(self) -> u8 {
        match self.0 & tag::MASK {
            tag::NULL => 1,
            tag::FALSE => 2,
            tag::TRUE => 3,
            tag::INTEGER | tag::NUMBER => 4,
            tag::STRING => 5,
            tag::ARRAY => 6,
            tag::OBJECT => 7,
            tag::SET => 8,
            _ => 0,
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind().fmt(f)
    }
}
