//! `RuleIndex`: which rules of one path can hold, by the values that they test first.
//!
//! Each rule is in the lists of one of the tests, or among those that are always tried. So what can hold for a question is one list for each
//! test, and the first one. What is written of an index is lists of numbers alone: how other types are read is compiled for each of them.

use crate::rego::value::{Kind, Stores, Value};
use serde::{Deserialize, Serialize};

/// The tests of one index: each has a register, and is looked at for each rule that is tried.
pub const MOST_TESTS: usize = 16;

/// Which rules of one path can hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RuleIndex {
    /// The label at which each rule begins, in the order in which they are tried.
    pub rules: Vec<u32>,
    /// By what each test compares a value: a set of scalars among the constants.
    pub keys: Vec<u32>,
    /// For each test, where in `lists` the rules of each of its constants begin.
    pub starts: Vec<Vec<u32>>,
    /// As many tests, from the first, ask whether a string begins with the constant, and the others whether the value is equal to it. No
    /// constant of one of those begins with another one.
    pub prefixes: u32,
    /// The numbers of rules: lists one behind the other, each in order and with the number of all rules as its end. The first one is of those
    /// that are always tried. Behind the last one stand all rules, without being written.
    pub lists: Vec<u32>,
    /// Whether a builtin is called in what the rules begin with. Where a builtin that fails is an error, all rules are tried.
    pub calls_builtins: bool,
}

impl RuleIndex {
    /// The number of the rule at a place in the lists, or behind them.
    pub fn rule_at(&self, place: usize) -> usize {
        self.lists.get(place).map_or_else(|| place.saturating_sub(self.lists.len()), |&rule| rule as usize)
    }

    /// Whether a test is by prefixes.
    pub fn is_by_prefix(&self, test: usize) -> bool {
        test < self.prefixes as usize
    }

    /// Where the list of the rules begins whose test a value passes. `keys` is the set of the constants of that test.
    pub fn start(&self, test: usize, stores: &Stores, keys: Value, value: Value) -> Option<usize> {
        let Kind::Set(keys) = keys.kind() else { return None };
        let keys = stores.items(keys);
        if !value.is_scalar() {
            return None;
        }
        // The last one that is not behind the value.
        let at = keys.partition_point(|key| stores.compare(*key, value).is_le()).checked_sub(1)?;
        let key = *keys.get(at)?;
        let passes = match (stores.as_str(key), stores.as_str(value)) {
            (Some(prefix), Some(text)) if self.is_by_prefix(test) => text.starts_with(prefix),
            _ => stores.equals(key, value),
        };
        self.starts.get(test).filter(|_| passes)?.get(at).map(|start| *start as usize)
    }

    /// Whether its parts belong together, as far as they are its own.
    pub fn is_whole(&self) -> bool {
        let end = self.rules.len() as u32;
        // The end of a list, or of what would be one before the first.
        let mut before = end;
        let are_lists = self.lists.iter().all(|&rule| {
            let is_next = rule <= end && (before == end || before < rule);
            before = rule;
            is_next
        });
        let is_start = |start: &u32| {
            let place = (*start as usize).checked_sub(1);
            (*start as usize) < self.lists.len() && place.is_some_and(|before| self.lists.get(before) == Some(&end))
        };
        are_lists
            && before == end
            && !self.lists.is_empty()
            && !self.rules.is_empty()
            && self.keys.len() <= MOST_TESTS
            && self.keys.len() == self.starts.len()
            && self.starts.iter().flatten().all(is_start)
    }
}
