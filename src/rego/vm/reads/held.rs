//! `Held`: which parts of the input a value may be, and which may lie in it. Each such pair of sets has one number.

use crate::sorted::{self, InOrder};

/// The number of what has nothing of the input in it.
pub const NOTHING: u32 = 0;

/// Parts that one value may be or hold: more is not followed.
const MOST: usize = 256;
/// Pairs of sets.
const MOST_NUMBERS: usize = 20_000;

/// Parts of the input, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Of {
    /// What the value may be.
    pub is: Vec<u32>,
    /// What may lie in it, at any depth, where it is no part of the input.
    pub inside: Vec<u32>,
}

/// All that were met.
pub struct Held {
    all: Vec<Of>,
    numbers: sorted::Map<Of, u32>,
}

impl Held {
    pub fn new() -> Self {
        let mut held = Self { all: Vec::new(), numbers: sorted::Map::new() };
        // It is the first.
        held.keep(Vec::new(), Vec::new());
        held
    }

    pub fn get(&self, number: u32) -> &Of {
        static NONE: Of = Of { is: Vec::new(), inside: Vec::new() };
        self.all.get(number as usize).unwrap_or(&NONE)
    }

    /// The number of two sets; `None` where they are too many to follow.
    pub fn keep(&mut self, mut is: Vec<u32>, mut inside: Vec<u32>) -> Option<u32> {
        for set in [&mut is, &mut inside] {
            set.order();
            set.dedup();
            if set.len() > MOST {
                return None;
            }
        }
        let of = Of { is, inside };
        if let Some(&known) = self.numbers.get(&of) {
            return Some(known);
        }
        let number = u32::try_from(self.all.len()).ok().filter(|_| self.all.len() < MOST_NUMBERS)?;
        self.all.push(of.clone());
        self.numbers.insert(of, number);
        Some(number)
    }

    /// What either may be or hold. It takes of the work that is left what both of them hold; `None` where that is too little.
    pub fn both(&mut self, one: u32, other: u32, work: &mut u64) -> Option<u32> {
        if one == other || other == NOTHING {
            return Some(one);
        }
        if one == NOTHING {
            return Some(other);
        }
        let (one, other) = (self.get(one), self.get(other));
        let parts = one.is.len() + one.inside.len() + other.is.len() + other.inside.len();
        *work = work.checked_sub(parts as u64)?;
        let is = one.is.iter().chain(&other.is).copied().collect();
        let inside = one.inside.iter().chain(&other.inside).copied().collect();
        self.keep(is, inside)
    }

    /// A value in which these lie.
    pub fn around(&mut self, parts: impl Iterator<Item = u32>) -> Option<u32> {
        let mut inside = Vec::new();
        for part in parts.filter(|part| *part != NOTHING) {
            let of = self.get(part);
            inside.extend(of.is.iter().chain(&of.inside));
        }
        self.keep(Vec::new(), inside)
    }
}
