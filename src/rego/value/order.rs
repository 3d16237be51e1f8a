//! The order of values, which is also when two are equal.
//!
//! Null, booleans, numbers, strings, arrays, objects, sets; numbers by their value, strings by their bytes, and what has
//! parts by them, one after the other, and then by their number.

use super::{Kind, LONG_KEY, Slice, Stores, Value, decimal};
use std::cmp::Ordering;

/// Two values whose parts are being compared.
struct Pending {
    left: Slice,
    right: Slice,
    /// Words to compare: two for each pair of an object.
    words: u32,
    next: u32,
    /// What it is where all of those are equal.
    otherwise: Ordering,
}

impl Stores {
    /// Which of two values comes first.
    #[must_use]
    pub fn compare(&self, left: Value, right: Value) -> Ordering {
        match self.compare_scalars(left, right) {
            Some(order) => order,
            None => self.compare_parts(left, right),
        }
    }

    fn compare_parts(&self, left: Value, right: Value) -> Ordering {
        // INVARIANT (depth): what is left to compare stands in a list, and nothing recurses.
        let mut pending: Vec<Pending> = Vec::new();
        let (mut left, mut right) = (left, right);
        loop {
            match self.compare_scalars(left, right) {
                Some(Ordering::Equal) => {}
                Some(found) => return found,
                None => pending.extend(pending_of(left, right)),
            }
            loop {
                let Some(top) = pending.last_mut() else { return Ordering::Equal };
                if !self.count_work() {
                    return Ordering::Equal;
                }
                if top.next < top.words {
                    let next = top.next;
                    top.next += 1;
                    (left, right) = (self.word(top.left, next), self.word(top.right, next));
                    break;
                }
                if top.otherwise.is_ne() {
                    return top.otherwise;
                }
                pending.pop();
            }
        }
    }

    /// Whether two values are equal.
    #[must_use]
    pub fn equals(&self, left: Value, right: Value) -> bool {
        if left == right {
            return true;
        }
        if let (Kind::String(a), Kind::String(b)) = (left.kind_in_place(), right.kind_in_place())
            && a.len.min(b.len) < LONG_KEY
        {
            return a.len == b.len && self.bytes(a) == self.bytes(b);
        }
        !(left.is_whole() && right.is_whole()) && self.compare(left, right).is_eq()
    }

    /// Compares what needs no look at parts; `None` for two arrays, objects or sets that are not the same word.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn compare_scalars(&self, left: Value, right: Value) -> Option<Ordering> {
        if left == right {
            return Some(Ordering::Equal);
        }
        Some(match (left.kind_in_place(), right.kind_in_place()) {
            (Kind::Integer(a), Kind::Integer(b)) => a.cmp(&b),
            (Kind::String(a), Kind::String(b)) => {
                if !self.count_bytes(a.len.min(b.len)) {
                    return Some(Ordering::Equal);
                }
                self.bytes(a).cmp(self.bytes(b))
            }
            (Kind::Integer(_) | Kind::Number(_), Kind::Integer(_) | Kind::Number(_)) => {
                self.compare_numbers(left, right)
            }
            (Kind::Array(_), Kind::Array(_)) | (Kind::Set(_), Kind::Set(_)) | (Kind::Object(_), Kind::Object(_)) => {
                return None;
            }
            _ => left.rank().cmp(&right.rank()),
        })
    }

    /// Compares two numbers of which one at least is no small integer.
    fn compare_numbers(&self, left: Value, right: Value) -> Ordering {
        match (left.kind_in_place(), right.kind_in_place()) {
            (Kind::Integer(a), Kind::Number(b)) => decimal::compare_with_integer(self.text(b), a).reverse(),
            (Kind::Number(a), Kind::Integer(b)) => decimal::compare_with_integer(self.text(a), b),
            (Kind::Number(a), Kind::Number(b)) if self.count_bytes(8 * a.len.max(b.len)) => {
                decimal::compare(self.text(a), self.text(b))
            }
            _ => Ordering::Equal,
        }
    }

    fn word(&self, slice: Slice, at: u32) -> Value {
        self.store(slice.space).words.get(slice.at as usize + at as usize).copied().unwrap_or(Value::UNDEFINED)
    }
}

/// What is to be compared of two arrays, two objects or two sets.
fn pending_of(left: Value, right: Value) -> Option<Pending> {
    let (left, right, words_each) = match (left.kind_in_place(), right.kind_in_place()) {
        (Kind::Array(a), Kind::Array(b)) | (Kind::Set(a), Kind::Set(b)) => (a, b, 1),
        (Kind::Object(a), Kind::Object(b)) => (a, b, 2),
        _ => return None,
    };
    let words = words_each * left.len.min(right.len);
    Some(Pending { left, right, words, next: 0, otherwise: left.len.cmp(&right.len) })
}
