//! `Parts`: what is read of arrays and objects that are not complete, and the words of those that are.

use super::reach::{Key, start};
use super::stores::slice;
use super::{Kind, Slice, Space, TooLarge, Value};
use std::cmp::Ordering;

/// What has been read of a document so far.
pub(super) struct Parts {
    space: Space,
    /// The parts so far of what is open, keys among them.
    pub(super) values: Vec<Value>,
    /// Of the store.
    pub(super) words: Vec<Value>,
    /// The object that is put in order; kept for its room.
    pairs: Vec<Pair>,
}

/// A key with its value. Most keys are told apart by how they start, and comparing two numbers is much faster than two texts.
struct Pair {
    start: u64,
    key: Value,
    value: Value,
}

struct Keys<F> {
    text_from: F,
}

impl<'t, F: Fn(Slice) -> &'t [u8]> Keys<F> {
    fn start(&self, key: Value) -> u64 {
        let Kind::String(slice) = key.kind_in_place() else { return 0 };
        start((self.text_from)(slice), slice.len as usize)
    }

    fn characters(&self, key: Value) -> &'t [u8] {
        let Kind::String(slice) = key.kind() else { return b"" };
        let text = (self.text_from)(slice);
        text.get(..slice.len as usize).unwrap_or_default()
    }

    fn order(&self, a: &Pair, b: &Pair) -> Ordering {
        a.start.cmp(&b.start).then_with(|| self.characters(a.key).cmp(self.characters(b.key)))
    }
}

/// An array or object without parts.
pub(super) const fn empty(space: Space, is_object: bool) -> Value {
    let none = Slice { space, at: 0, len: 0 };
    if is_object { Value::object(none) } else { Value::array(none) }
}

impl Parts {
    /// Nothing yet, behind the words of a store.
    pub(super) fn behind(space: Space, words: Vec<Value>) -> Self {
        Self { space, values: Vec::with_capacity(64), words, pairs: Vec::new() }
    }

    /// Makes an array of the parts behind a place.
    ///
    /// # Errors
    /// They are too many.
    pub(super) fn array(&mut self, first: usize) -> Result<Value, TooLarge> {
        self.moved(first, 1).map(Value::array)
    }

    /// Makes an object of the keys and values behind a place, in the order of keys. Of equal ones the last counts. `text_from` gives the
    /// text from the place of a key on.
    ///
    /// # Errors
    /// As for an array.
    pub(super) fn object<'t>(
        &mut self,
        first: usize,
        text_from: impl Fn(Slice) -> &'t [u8],
    ) -> Result<Value, TooLarge> {
        let keys = Keys { text_from };
        let pairs = self.values.get(first..).unwrap_or_default().as_chunks::<2>().0;
        let starts = pairs.iter().map(|[key, _]| keys.start(*key));
        if starts.is_sorted_by(|a, b| a < b) {
            return self.moved(first, 2).map(Value::object);
        }
        self.pairs.clear();
        self.pairs.extend(pairs.iter().map(|[key, value]| Pair { start: keys.start(*key), key: *key, value: *value }));
        if !self.pairs.is_sorted_by(|a, b| keys.order(a, b).is_lt()) {
            self.pairs.sort_by(|a, b| keys.order(a, b));
            self.pairs.dedup_by(|later, first| {
                let is_same = keys.order(later, first).is_eq();
                if is_same {
                    first.value = later.value;
                }
                is_same
            });
            self.values.truncate(first);
            self.values.extend(self.pairs.iter().flat_map(|pair| [pair.key, pair.value]));
        }
        self.moved(first, 2).map(Value::object)
    }

    /// Makes an object of the values behind a place, one for each of the keys, which are in order; those that are undefined are left out.
    ///
    /// # Errors
    /// As for an array.
    pub(super) fn object_of_slots(&mut self, first: usize, keys: &[Key]) -> Result<Value, TooLarge> {
        let at = self.words.len();
        u32::try_from(at + 2 * keys.len()).map_err(|_| TooLarge)?;
        let values = self.values.get(first..).unwrap_or_default();
        for (key, value) in keys.iter().zip(values).filter(|(_, value)| value.is_defined()) {
            self.words.extend([key.word, *value]);
        }
        self.values.truncate(first);
        slice(self.space, at, (self.words.len() - at) / 2).map(Value::object)
    }

    /// Puts what stands behind a place into the store, where `each` words make one part.
    fn moved(&mut self, first: usize, each: usize) -> Result<Slice, TooLarge> {
        let at = self.words.len();
        let parts = self.values.get(first..).unwrap_or_default();
        u32::try_from(at + parts.len()).map_err(|_| TooLarge)?;
        let slice = slice(self.space, at, parts.len() / each)?;
        self.words.extend_from_slice(parts);
        self.values.truncate(first);
        Ok(slice)
    }
}
