//! Putting things in order: one sort orders the places of the items, and the items follow.

use std::cmp::Ordering;

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
        let places = places(self.len(), &mut |a, b| match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        });
        follow(places, &mut |a, b| self.swap(a, b));
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

/// Swaps items until each stands where its place does in the list of all places.
pub(super) fn follow(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    // Along each circle of places, every item is swapped into its own.
    for start in 0..places.len() {
        let mut at = start;
        while let Some(place) = places.get_mut(at) {
            let from = std::mem::replace(place, at);
            if from == start {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}
