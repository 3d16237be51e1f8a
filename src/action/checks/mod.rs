//! The checks of a call, one a file, in the one order in which they are made (section 3.2, decision 3.11).

pub mod allowlist;
pub mod approval;
pub mod argument_constraints;
pub mod budgets;
pub mod declared;
pub mod denylist;
pub mod evidence;
pub mod grounding;
pub mod idempotency;
pub mod kill_switch;
pub mod loop_guard;
pub mod moderation;
pub mod no_policy;
pub mod pii;
pub mod rate_limits;

use super::call::ActionCall;
use super::evaluation::Purpose;
use super::money::Usd;
use super::rules::ActionRules;
use super::settings::ActionSettings;
use super::state::{AccountKey, Changes, Knowledge};
use super::verdict::{Denial, Warning};
use crate::sorted;

/// What a check looks at.
pub struct Asked<'a> {
    /// The call.
    pub call: &'a ActionCall,
    /// What it costs.
    pub cost: Usd,
    /// What the policies say about its action.
    pub rules: &'a ActionRules,
    /// What all policies say about it that apply, also those that exceptions leave out: what they limit is counted for them.
    pub all: &'a ActionRules,
    /// The accounts that it is spent from.
    pub accounts: &'a sorted::Set<AccountKey>,
    /// What holds for all decisions.
    pub settings: &'a ActionSettings,
    /// What earlier calls left behind.
    pub known: &'a dyn Knowledge,
    /// The time, in milliseconds since 1970.
    pub now_ms: u64,
    /// For what it is asked.
    pub purpose: Purpose,
}

/// What a check came to.
pub enum Finding {
    /// Nothing stands against the call.
    Passed,
    /// It is refused.
    Refused(Box<Denial>),
}

impl From<Denial> for Finding {
    fn from(denial: Denial) -> Self {
        Self::Refused(Box::new(denial))
    }
}

/// What the checks leave behind.
#[derive(Debug, Default)]
pub struct Traces {
    /// What changes whatever comes of the call: attempts.
    pub always: Changes,
    /// What is worth a word.
    pub warnings: Vec<Warning>,
}
