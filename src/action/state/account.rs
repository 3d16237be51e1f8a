//! `Account`: what was spent, and what is held for calls that wait.

use crate::action::money::{Usd, exact};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a session, a run or a scope has spent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Everything that was spent.
    #[serde(with = "exact")]
    pub spent: Usd,
    /// What was spent by action.
    pub actions: BTreeMap<String, ActionSpend>,
    /// What is held for calls that wait for an approval, by reservation. It counts as spent until it expires.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holds: BTreeMap<String, Held>,
    /// How often it began anew: what was spent before the last time is not corrected or taken back any more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resets: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What an action has spent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionSpend {
    /// How much.
    #[serde(with = "exact")]
    pub spent: Usd,
    /// In how many calls.
    pub count: u64,
}

/// What is held for one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The action.
    pub action: String,
    /// How much.
    #[serde(with = "exact")]
    pub amount: Usd,
    /// When it is given back.
    pub expires_at_ms: u64,
}

impl Account {
    /// Everything that is spent or held.
    pub fn total(&self, now_ms: u64) -> Usd {
        self.live(now_ms).fold(self.spent, |sum, held| sum.plus(held.amount))
    }

    /// The same of one action.
    pub fn total_of(&self, action: &str, now_ms: u64) -> Usd {
        let spent = self.actions.get(action).map_or(Usd::ZERO, |spend| spend.spent);
        self.live(now_ms).filter(|held| held.action == action).fold(spent, |sum, held| sum.plus(held.amount))
    }

    fn live(&self, now_ms: u64) -> impl Iterator<Item = &Held> {
        self.holds.values().filter(move |held| held.expires_at_ms > now_ms)
    }

    /// Spends for a call.
    pub fn spend(&mut self, action: &str, amount: Usd) {
        self.spent = self.spent.plus(amount);
        let spend = self.actions.entry(action.to_owned()).or_default();
        spend.spent = spend.spent.plus(amount);
        spend.count += 1;
    }

    /// Puts another amount in the place of what a call was thought to cost.
    pub fn correct(&mut self, action: &str, from: Usd, to: Usd) {
        self.spent = self.spent.minus(from).plus(to);
        let spend = self.actions.entry(action.to_owned()).or_default();
        spend.spent = spend.spent.minus(from).plus(to);
    }

    /// Takes a call back that was never made.
    pub fn take_back(&mut self, action: &str, amount: Usd) {
        self.correct(action, amount, Usd::ZERO);
        if let Some(spend) = self.actions.get_mut(action) {
            spend.count = spend.count.saturating_sub(1);
        }
    }

    /// Forgets what was spent. What is held for calls that wait stays: they are still to be made.
    pub fn begin_anew(&mut self) {
        *self = Self { holds: std::mem::take(&mut self.holds), resets: self.resets + 1, ..Self::default() };
    }

    /// Forgets the holds whose time is up.
    pub fn prune(&mut self, now_ms: u64) {
        self.holds.retain(|_, held| held.expires_at_ms > now_ms);
    }
}
