//! Whether a store that was not made here is one: its parts lie in it, and those of sets and objects stand in their order.

use super::stores::{Space, Store, Stores};
use super::{Kind, Slice, Value, decimal};
use std::rc::Rc;

impl Store {
    /// Whether this can be the store `space`: every part lies in it, and in front of what it is a part of.
    #[must_use]
    pub fn is_sound(&self, space: Space) -> bool {
        self.words.iter().enumerate().all(|(at, word)| self.holds(*word, space, at))
    }

    /// Whether a value lies in the first words of the store, and the store is `space`.
    #[must_use]
    pub fn holds(&self, value: Value, space: Space, words: usize) -> bool {
        // Where a `usize` has 32 bits, the end of what is no slice of it may be beyond.
        let text = |slice: Slice| {
            let at = slice.at as usize;
            let end = at.checked_add(slice.len as usize)?;
            self.text.get(at..end).filter(|_| slice.space == space)
        };
        let are_words = |slice: Slice, each: u64| {
            slice.space == space
                && u64::from(slice.at) + each * u64::from(slice.len) <= words.min(self.words.len()) as u64
        };
        let is_there = match value.kind() {
            Kind::Number(slice) => text(slice).is_some_and(decimal::is_number),
            Kind::String(slice) => text(slice).is_some(),
            Kind::Array(slice) | Kind::Set(slice) => are_words(slice, 1),
            Kind::Object(slice) => are_words(slice, 2),
            Kind::Undefined | Kind::Place(_) => false,
            Kind::Null | Kind::Boolean(_) | Kind::Integer(_) => true,
        };
        is_there && value.is_only_word()
    }

    /// Whether the pairs of all objects in the store `space`, which is sound, stand in the order of their keys, and the elements of all sets in
    /// theirs, none twice; those of `more` as well. No part is one of two.
    #[must_use]
    pub fn is_in_order(self: &Rc<Self>, space: Space, more: &[Value]) -> bool {
        /// Parts that comparing all neighbours takes for each word at the most: whoever makes more of them has made no store.
        const WORK_OF_A_WORD: u64 = 16;
        let mut stores = Stores::default();
        stores.put(space, Rc::clone(self));
        stores.most_work = WORK_OF_A_WORD * (self.words.len() + self.text.len() + 1) as u64;
        let mut words_left = self.words.len() as u64;
        self.words.iter().chain(more).all(|value| {
            let (words, is_sorted) = match value.kind() {
                Kind::Array(slice) => (u64::from(slice.len), true),
                Kind::Set(slice) => {
                    let is_before = |a: &Value, b: &Value| stores.compare(*a, *b).is_lt();
                    let words = u64::from(slice.len);
                    (words, words <= words_left && self.items(slice).is_sorted_by(is_before))
                }
                Kind::Object(slice) => {
                    let is_before = |[a, _]: &[Value; 2], [b, _]: &[Value; 2]| stores.compare(*a, *b).is_lt();
                    let words = 2 * u64::from(slice.len);
                    (words, words <= words_left && self.pairs(slice).is_sorted_by(is_before))
                }
                _ => (0, true),
            };
            let is_own = words <= words_left;
            words_left = words_left.saturating_sub(words);
            is_own && is_sorted
        })
    }
}
