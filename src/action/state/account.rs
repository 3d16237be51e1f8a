//! `Account`: what was spent, and what is held for calls that wait.

use crate::action::money::{Usd, exact};
use crate::sorted;
use serde::{Deserialize, Serialize};

/// What a session, a run or a scope has spent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Everything that was spent.
    #[serde(with = "exact")]
    pub spent: Usd,
    /// What was spent by action, for the first [`ACTIONS`] of them.
    pub actions: sorted::Map<String, ActionSpend>,
    /// What was spent by all others together. Each of them is taken to have spent it all: names that callers invent make the record no
    /// larger, and no budget wider.
    #[serde(default, skip_serializing_if = "ActionSpend::is_nothing")]
    pub others: ActionSpend,
    /// What is held for calls that wait for an approval, by reservation. It counts as spent until it expires.
    #[serde(default, skip_serializing_if = "sorted::Map::is_empty")]
    pub holds: sorted::Map<String, Held>,
    /// How often it began anew: what was spent before the last time is not corrected or taken back any more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resets: u64,
}

/// For how many actions an account tells what each has spent.
const ACTIONS: usize = 256;

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
}

impl ActionSpend {
    const fn is_nothing(&self) -> bool {
        self.spent.is_zero()
    }
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
        let spent = self.actions.get(action).unwrap_or(&self.others).spent;
        self.live(now_ms).filter(|held| held.action == action).fold(spent, |sum, held| sum.plus(held.amount))
    }

    fn live(&self, now_ms: u64) -> impl Iterator<Item = &Held> {
        self.holds.values().filter(move |held| held.expires_at_ms > now_ms)
    }

    /// Spends for a call.
    pub fn spend(&mut self, action: &str, amount: Usd) {
        // What costs nothing takes no place from what does.
        if amount.is_zero() {
            return;
        }
        self.spent = self.spent.plus(amount);
        let spend = self.of(action);
        spend.spent = spend.spent.plus(amount);
    }

    /// Where what an action has spent is counted.
    fn of(&mut self, action: &str) -> &mut ActionSpend {
        if !self.actions.contains_key(action) && self.actions.len() >= ACTIONS {
            return &mut self.others;
        }
        self.actions.entry(action.to_owned()).or_default()
    }

    /// Puts another amount in the place of what a call was thought to cost.
    pub fn correct(&mut self, action: &str, from: Usd, to: Usd) {
        if from == to {
            return;
        }
        self.spent = self.spent.minus(from).plus(to);
        let spend = self.of(action);
        spend.spent = spend.spent.minus(from).plus(to);
    }

    /// Takes a call back that was never made.
    pub fn take_back(&mut self, action: &str, amount: Usd) {
        self.correct(action, amount, Usd::ZERO);
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
    use super::Account;
    use crate::action::money::Usd;

    #[test]
    fn names_that_callers_invent_make_no_record_larger_and_no_budget_wider() {
        let cent = Usd::parse("0.01").unwrap();
        let mut account = Account::default();
        account.spend("pay", cent);
        for at in 0..1_000 {
            account.spend(&format!("free-{at}"), Usd::ZERO);
            account.spend(&format!("invented-{at}"), cent);
        }
        assert!(serde_json::to_string(&account).unwrap().len() < 20_000);
        assert_eq!(account.total_of("pay", 0), cent);
        assert_eq!(account.total_of("invented-999", 0), Usd::parse("7.45").unwrap());
        assert_eq!(account.total(0), Usd::parse("10.01").unwrap());
    }
}
