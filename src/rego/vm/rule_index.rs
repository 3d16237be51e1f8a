//! `RuleIndex`: which rules of one path can hold, by the values that they test first.
//!
//! Each rule is in the lists of one of the tests, or among those that are always tried. So what can hold for a question is one list for each
//! test, and the first one.

use super::code::{Label, Operand};
use crate::rego::value::{Kind, Stores, Value};
use serde::{Deserialize, Serialize};

/// The tests of one index: each has a register, and is looked at for each rule that is tried.
pub const MOST_TESTS: usize = 16;

/// Which rules of one path can hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RuleIndex {
    /// Where each rule begins, in the order in which they are tried.
    pub rules: Vec<Label>,
    /// What they begin with.
    pub tests: Vec<RuleTest>,
    /// The numbers of rules: lists one behind the other, each in order and with the number of all rules as its end. The first one is of those
    /// that are always tried. Behind the last one stand all rules, without being written.
    pub lists: Vec<u32>,
    /// Whether a builtin is called in what the rules begin with. Where a builtin that fails is an error, all rules are tried.
    pub calls_builtins: bool,
}

/// What rules test: a value, by constants.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuleTest {
    /// Whether the constants are what a string begins with, and not what the value is. None of them begins with another one then.
    pub is_prefix: bool,
    /// The constants, as a set of scalars.
    pub keys: Operand,
    /// Where in [`RuleIndex::lists`] the rules of each of them begin.
    pub starts: Vec<u32>,
}

impl RuleIndex {
    /// The number of the rule at a place in the lists, or behind them.
    pub fn rule_at(&self, place: usize) -> usize {
        self.lists.get(place).map_or_else(|| place.saturating_sub(self.lists.len()), |&rule| rule as usize)
    }

    /// Whether its parts belong together, where all that it names is there.
    pub fn is_whole(&self) -> bool {
        let end = self.rules.len() as u32;
        let in_order = |pair: &[u32]| matches!(pair, [a, b] if *a == end || a < b);
        let is_start = |start: &u32| {
            let before = (*start as usize).checked_sub(1).and_then(|before| self.lists.get(before));
            (*start as usize) < self.lists.len() && before == Some(&end)
        };
        !self.rules.is_empty()
            && self.tests.len() <= MOST_TESTS
            && self.lists.last() == Some(&end)
            && self.lists.iter().all(|rule| *rule <= end)
            && self.lists.windows(2).all(in_order)
            && self.tests.iter().all(|test| test.starts.iter().all(is_start))
    }
}

impl RuleTest {
    /// Where the list of the rules begins whose test a value passes. `keys` is the set of the constants.
    pub fn start(&self, stores: &Stores, keys: Value, value: Value) -> Option<u32> {
        let Kind::Set(keys) = keys.kind() else { return None };
        let keys = stores.items(keys);
        if !value.is_scalar() {
            return None;
        }
        // The last one that is not behind the value.
        let at = keys.partition_point(|key| stores.compare(*key, value).is_le()).checked_sub(1)?;
        let key = *keys.get(at)?;
        let passes = match (stores.as_str(key), stores.as_str(value)) {
            (Some(prefix), Some(text)) if self.is_prefix => text.starts_with(prefix),
            _ => stores.equals(key, value),
        };
        self.starts.get(at).copied().filter(|_| passes)
    }
}
