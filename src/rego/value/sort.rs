//! Sorting that ends well, whatever the comparison says.
//!
//! A comparison that has looked at too much gives up and calls everything equal, in the middle of a sort. The sort of the standard library
//! panics where it sees that no order is kept; this one puts the parts into any order then, and whoever asked for it stops.

use std::cmp::Ordering;

/// Parts that are put in order one by one, before they are merged.
const FEW: usize = 8;

/// Sorts parts. Equal ones stay in the order in which they were.
pub fn sort_by<T: Copy>(parts: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    for few in parts.chunks_mut(FEW) {
        insert(few, &mut compare);
    }
    let mut width = FEW;
    let mut merged = Vec::new();
    while width < parts.len() {
        merged.clear();
        merged.reserve(parts.len());
        for both in parts.chunks(2 * width) {
            let (left, right) = both.split_at_checked(width).unwrap_or((both, &[]));
            merge(left, right, &mut merged, &mut compare);
        }
        std::mem::swap(parts, &mut merged);
        width *= 2;
    }
}

/// Puts each part of a few before those that come behind it.
fn insert<T>(few: &mut [T], compare: &mut impl FnMut(&T, &T) -> Ordering) {
    for end in 1..few.len() {
        let mut at = end;
        while let Some(before) = at.checked_sub(1)
            && let (Some(a), Some(b)) = (few.get(before), few.get(at))
            && compare(b, a).is_lt()
        {
            few.swap(before, at);
            at = before;
        }
    }
}

/// Puts two sorted rows behind what is merged already.
fn merge<T: Copy>(mut left: &[T], mut right: &[T], merged: &mut Vec<T>, compare: &mut impl FnMut(&T, &T) -> Ordering) {
    // Most of what is sorted is in order as it is.
    let is_in_order = match (left.last(), right.first()) {
        (Some(last), Some(first)) => compare(first, last).is_ge(),
        _ => true,
    };
    if !is_in_order {
        while let (Some((a, behind_a)), Some((b, behind_b))) = (left.split_first(), right.split_first()) {
            if compare(b, a).is_lt() {
                merged.push(*b);
                right = behind_b;
            } else {
                merged.push(*a);
                left = behind_a;
            }
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
}

#[cfg(test)]
mod tests {
    use super::sort_by;
    use std::cmp::Ordering;

    /// Numbers that look like chance, the same in each run.
    fn numbers(count: usize, below: u64) -> Vec<(u64, usize)> {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        (0..count).map(|at| (next(), at)).collect()
    }

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        for count in [0, 1, 2, 7, 8, 9, 16, 17, 100, 1_000] {
            for below in [1, 3, 1_000_000] {
                let mut parts = numbers(count, below);
                let mut wanted = parts.clone();
                wanted.sort_by_key(|(number, _)| *number);
                sort_by(&mut parts, |(a, _), (b, _)| a.cmp(b));
                assert_eq!(parts, wanted, "{count} below {below}");
            }
        }
    }

    #[test]
    fn a_comparison_that_gives_up_ends_it_well() {
        for most in 0..700 {
            let mut parts = numbers(100, 1_000);
            let mut work = 0;
            sort_by(&mut parts, |(a, _), (b, _)| {
                work += 1;
                if work > most { Ordering::Equal } else { a.cmp(b) }
            });
            assert_eq!(parts.len(), 100);
        }
    }
}
