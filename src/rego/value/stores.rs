//! `Stores`: where what values are made of lies.

use super::{Kind, LONGEST, Slice, Value, sort_by};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::rc::Rc;

/// Which store a slice is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Space {
    /// The constants of the program.
    Program = 0,
    /// The data document.
    Data = 1,
    /// The input document.
    Input = 2,
    /// What the evaluation makes.
    Heap = 3,
}

impl Space {
    pub(super) const fn of_bits(bits: u64) -> Self {
        match bits & 3 {
            0 => Self::Program,
            1 => Self::Data,
            2 => Self::Input,
            _ => Self::Heap,
        }
    }
}

/// Text and words that lie together, and are forgotten together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Store {
    /// The strings and numbers, one after the other, and what lies between them.
    pub(super) text: String,
    /// The parts of arrays, objects and sets.
    pub(super) words: Vec<Value>,
}

impl Store {
    /// The bytes of memory that it takes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.text.capacity() + size_of::<Value>() * self.words.capacity()
    }

    /// The memory of its text, and an empty store with that of its words.
    #[must_use]
    pub fn into_room(self) -> (Vec<u8>, Self) {
        let mut words = self.words;
        words.clear();
        (self.text.into_bytes(), Self { text: String::new(), words })
    }

    /// Forgets everything, and keeps the room.
    pub fn clear(&mut self) {
        self.text.clear();
        self.words.clear();
    }

    /// The characters of a slice that lies here.
    #[must_use]
    pub fn text(&self, slice: Slice) -> &str {
        let at = slice.at as usize;
        self.text.get(at..at + slice.len as usize).unwrap_or_default()
    }

    /// The items of an array or the elements of a set, which lie here.
    #[must_use]
    pub fn items(&self, slice: Slice) -> &[Value] {
        let at = slice.at as usize;
        self.words.get(at..at + slice.len as usize).unwrap_or_default()
    }

    /// The pairs of an object, which lie here.
    #[must_use]
    pub fn pairs(&self, slice: Slice) -> &[[Value; 2]] {
        let at = slice.at as usize;
        let words = self.words.get(at..at + 2 * slice.len as usize).unwrap_or_default();
        words.as_chunks().0
    }

    /// How much lies in it: bytes of text, and words.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.text.len(), self.words.len())
    }
}

/// The four stores that values of one evaluation lie in. All but the heap may be shared with other evaluations: whoever
/// writes into one that is shared gets a copy of it.
#[derive(Debug)]
pub struct Stores {
    program: Rc<Store>,
    data: Rc<Store>,
    input: Rc<Store>,
    heap: Store,
    /// How many units may still be made: one for each byte of text, and [`UNITS_OF_WORD`] for each word.
    pub units: u64,
    /// Parts that comparisons have looked at since [`Stores::take_work`]. Values may share their parts, so that two small
    /// ones can take any time.
    work: Cell<u64>,
    /// Where a comparison gives up, and says that both are equal: whoever asked stops, because so much work is more than
    /// its steps.
    pub most_work: u64,
}

/// A string from this length on counts as work where it is compared.
pub const LONG_KEY: u32 = 256;

/// What a word counts in the cost model of memory, on every machine.
pub const UNITS_OF_WORD: u64 = 8;

impl Default for Stores {
    fn default() -> Self {
        Self {
            program: Rc::default(),
            data: Rc::default(),
            input: Rc::default(),
            heap: Store::default(),
            units: u64::MAX,
            work: Cell::new(0),
            most_work: u64::MAX,
        }
    }
}

/// A value that would have more parts than one can have, or a store that would be larger than one can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl Stores {
    /// One of the stores.
    #[must_use]
    pub fn store(&self, space: Space) -> &Store {
        match space {
            Space::Program => &self.program,
            Space::Data => &self.data,
            Space::Input => &self.input,
            Space::Heap => &self.heap,
        }
    }

    /// One of the stores, to put something into it.
    pub fn store_mut(&mut self, space: Space) -> &mut Store {
        match space {
            Space::Program => Rc::make_mut(&mut self.program),
            Space::Data => Rc::make_mut(&mut self.data),
            Space::Input => Rc::make_mut(&mut self.input),
            Space::Heap => &mut self.heap,
        }
    }

    /// Puts a store in the place of another. Values of the one before mean nothing any more.
    pub fn put(&mut self, space: Space, store: Rc<Store>) {
        match space {
            Space::Program => self.program = store,
            Space::Data => self.data = store,
            Space::Input => self.input = store,
            Space::Heap => self.heap = Rc::unwrap_or_clone(store),
        }
    }

    /// Takes a store out, and leaves an empty one.
    pub fn take(&mut self, space: Space) -> Rc<Store> {
        match space {
            Space::Program => std::mem::take(&mut self.program),
            Space::Data => std::mem::take(&mut self.data),
            Space::Input => std::mem::take(&mut self.input),
            Space::Heap => Rc::new(std::mem::take(&mut self.heap)),
        }
    }

    /// The characters of a slice of text.
    #[must_use]
    pub fn text(&self, slice: Slice) -> &str {
        self.store(slice.space).text(slice)
    }

    /// The bytes of a slice of text.
    #[cfg_attr(feature = "compiler", inline(always))]
    #[must_use]
    pub(super) fn bytes(&self, slice: Slice) -> &[u8] {
        let at = slice.at as usize;
        self.store(slice.space).text.as_bytes().get(at..at + slice.len as usize).unwrap_or_default()
    }

    /// The items of an array or the elements of a set.
    #[must_use]
    pub fn items(&self, slice: Slice) -> &[Value] {
        self.store(slice.space).items(slice)
    }

    /// The pairs of an object.
    #[must_use]
    pub fn pairs(&self, slice: Slice) -> &[[Value; 2]] {
        self.store(slice.space).pairs(slice)
    }
}

/// Making values.
impl Stores {
    /// A string.
    ///
    /// # Errors
    /// It is too long, or the store is full.
    pub fn make_string(&mut self, space: Space, text: &str) -> Result<Value, TooLarge> {
        self.push_text(space, text).map(Value::string)
    }

    /// A number, by the text that JSON has for it.
    ///
    /// # Errors
    /// As for a string.
    pub fn make_number(&mut self, space: Space, text: &str) -> Result<Value, TooLarge> {
        match super::decimal::small_integer(text) {
            Some(value) => Ok(value),
            None => self.push_text(space, text).map(Value::number),
        }
    }

    /// An array.
    ///
    /// # Errors
    /// It has too many items, or the store is full.
    pub fn make_array(&mut self, space: Space, items: &[Value]) -> Result<Value, TooLarge> {
        let slice = self.slice_of_words(space, items.len(), items.len())?;
        self.store_mut(space).words.extend_from_slice(items);
        Ok(Value::array(slice))
    }

    /// A set of elements in any order. Of equal ones, the first is kept.
    ///
    /// # Errors
    /// As for an array.
    pub fn make_set(&mut self, space: Space, elements: &mut Vec<Value>) -> Result<Value, TooLarge> {
        if !elements.is_sorted_by(|a, b| self.compare(*a, *b).is_lt()) {
            sort_by(elements, |a, b| self.compare(*a, *b));
            elements.dedup_by(|later, first| self.compare(*later, *first).is_eq());
        }
        let slice = self.slice_of_words(space, elements.len(), elements.len())?;
        self.store_mut(space).words.extend_from_slice(elements);
        Ok(Value::set(slice))
    }

    /// An object of pairs in any order. Of equal keys, the first is kept with the value of the last.
    ///
    /// # Errors
    /// As for an array.
    pub fn make_object(&mut self, space: Space, pairs: &mut Vec<[Value; 2]>) -> Result<Value, TooLarge> {
        if !pairs.is_sorted_by(|[a, _], [b, _]| self.compare(*a, *b).is_lt()) {
            sort_by(pairs, |[a, _], [b, _]| self.compare(*a, *b));
            pairs.dedup_by(|[key, value], [first, kept]| {
                let is_same = self.compare(*key, *first).is_eq();
                if is_same {
                    *kept = *value;
                }
                is_same
            });
        }
        let slice = self.slice_of_words(space, pairs.len(), 2 * pairs.len())?;
        self.store_mut(space).words.extend(pairs.iter().flatten());
        Ok(Value::object(slice))
    }

    /// Counts a part that is compared; false where there have been too many.
    #[must_use]
    pub fn count_work(&self) -> bool {
        let work = self.work.get().saturating_add(1);
        self.work.set(work);
        work <= self.most_work
    }

    /// Counts the bytes of texts that are compared, where they are many; false where there have been too many.
    #[cfg_attr(feature = "compiler", inline(always))]
    pub(super) fn count_bytes(&self, bytes: u32) -> bool {
        // As many bytes are compared in the time of one part.
        if bytes < LONG_KEY {
            return true;
        }
        let work = self.work.get().saturating_add(u64::from(bytes / LONG_KEY));
        self.work.set(work);
        work <= self.most_work
    }

    /// What comparisons have looked at since this was asked before.
    pub fn take_work(&self) -> u64 {
        self.work.take()
    }

    /// Takes units for what will be made.
    ///
    /// # Errors
    /// There are not as many.
    pub fn charge(&mut self, units: u64) -> Result<(), TooLarge> {
        self.units = self.units.checked_sub(units).ok_or(TooLarge)?;
        Ok(())
    }

    /// Puts text behind what lies in a store.
    fn push_text(&mut self, space: Space, text: &str) -> Result<Slice, TooLarge> {
        self.charge(text.len() as u64)?;
        let store = self.store_mut(space);
        let slice = slice(space, store.text.len(), text.len())?;
        u32::try_from(store.text.len() + text.len()).map_err(|_| TooLarge)?;
        store.text.push_str(text);
        Ok(slice)
    }

    /// The slice that as many words make which are put behind what lies in a store.
    fn slice_of_words(&mut self, space: Space, len: usize, words: usize) -> Result<Slice, TooLarge> {
        self.charge(words as u64 * UNITS_OF_WORD)?;
        let at = self.store(space).words.len();
        u32::try_from(at + words).map_err(|_| TooLarge)?;
        slice(space, at, len)
    }
}

/// A slice, where there may be one.
pub(super) fn slice(space: Space, at: usize, len: usize) -> Result<Slice, TooLarge> {
    let at = u32::try_from(at).map_err(|_| TooLarge)?;
    let len = u32::try_from(len).ok().filter(|&len| len <= LONGEST).ok_or(TooLarge)?;
    Ok(Slice { space, at, len })
}

/// Looking into values.
impl Stores {
    /// What stands under a key: an item of an array under its number, a value of an object, an element of a set under
    /// itself. No value where there is none.
    #[must_use]
    pub fn get(&self, of: Value, key: Value) -> Value {
        match of.kind_in_place() {
            Kind::Array(items) => match key.kind_in_place() {
                Kind::Integer(at) => {
                    let item = usize::try_from(at).ok().and_then(|at| self.items(items).get(at));
                    item.copied().unwrap_or(Value::UNDEFINED)
                }
                _ => Value::UNDEFINED,
            },
            Kind::Object(pairs) => {
                let pairs = self.pairs(pairs);
                if let Kind::String(name) = key.kind_in_place()
                    && name.len < LONG_KEY
                {
                    return self.member(pairs, key, name);
                }
                let at = pairs.binary_search_by(|[own, _]| self.compare(*own, key));
                at.ok().and_then(|at| pairs.get(at)).map_or(Value::UNDEFINED, |[_, value]| *value)
            }
            Kind::Set(elements) => {
                let elements = self.items(elements);
                let at = elements.binary_search_by(|own| self.compare(*own, key));
                at.ok().and_then(|at| elements.get(at)).copied().unwrap_or(Value::UNDEFINED)
            }
            _ => Value::UNDEFINED,
        }
    }

    /// What stands under a key that is a string, and short enough that comparing it counts for nothing.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn member(&self, pairs: &[[Value; 2]], key: Value, name: Slice) -> Value {
        /// So few keys are looked at one by one: most differ in their lengths.
        const FEW: usize = 8;
        let found = if pairs.len() <= FEW {
            // What was read for this program has its constants for keys, where no others are kept.
            pairs.iter().find(|[own, _]| {
                *own == key
                    || matches!(own.kind_in_place(), Kind::String(own) if own.len == name.len && self.bytes(own) == self.bytes(name))
            })
        } else {
            let text = self.bytes(name);
            let at = pairs.binary_search_by(|[own, _]| match own.kind_in_place() {
                Kind::String(own) => self.bytes(own).cmp(text),
                _ => own.rank().cmp(&key.rank()),
            });
            at.ok().and_then(|at| pairs.get(at))
        };
        found.map_or(Value::UNDEFINED, |[_, value]| *value)
    }

    /// How many items, pairs or elements there are; `None` of what has none.
    #[must_use]
    pub fn len(&self, of: Value) -> Option<u32> {
        match of.kind_in_place() {
            Kind::Array(slice) | Kind::Object(slice) | Kind::Set(slice) => Some(slice.len),
            _ => None,
        }
    }

    /// The characters of a string.
    #[must_use]
    pub fn as_str(&self, of: Value) -> Option<&str> {
        match of.kind_in_place() {
            Kind::String(slice) => Some(self.text(slice)),
            _ => None,
        }
    }
}
