//! Putting things in order, for the size of the module: the sort of the standard library is compiled anew for each type and each way to
//! compare, at 2 to 10 KB each, and there are a hundred of them. Here one sort orders the places of the items, and the items follow.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What can be put in order. Items that are equal stay in the order in which they stand.
pub trait InOrder<T> {
    /// Puts the items in an order that is said for two of them.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Puts the items in the order of what is taken from each of them.
    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Puts the items in their own order.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> InOrder<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut places = places(self.len(), &mut |a, b| match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        });
        // Along each circle of places, every item is swapped into its own.
        for start in 0..places.len() {
            let mut at = start;
            while let Some(place) = places.get_mut(at) {
                let from = std::mem::replace(place, at);
                if from == start {
                    break;
                }
                self.swap(at, from);
                at = from;
            }
        }
    }
}

/// The places of items in the order of the items.
fn places(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    let is_sorted = (1..len).all(|at| compare(at - 1, at) != Ordering::Greater);
    if !is_sorted {
        places.sort_by(|&a, &b| compare(a, b));
    }
    places
}

/// A map of pairs, of which the last with a key holds: collecting one sorts the pairs first.
pub fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}

/// A set of elements.
pub fn set<T: Ord>(elements: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for element in elements {
        set.insert(element);
    }
    set
}

#[cfg(test)]
mod tests {
    use super::InOrder;
    use proptest::collection::vec;
    use proptest::{prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn the_order_is_that_of_the_standard_library(numbers in vec(0_u8..20, 0..60)) {
            let mut items: Vec<(u8, usize)> = numbers.into_iter().enumerate().map(|(at, number)| (number, at)).collect();
            let mut wanted = items.clone();
            wanted.sort_by_key(|item| item.0);
            items.order_by_key(|item| item.0);
            prop_assert_eq!(items, wanted);
        }
    }
}
