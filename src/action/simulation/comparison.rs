//! What changed: a decision beside the one under other policies, or beside what became of the call when it was recorded.

use super::entries::RecordedOutcome;
use crate::action::verdict::{ActionDecision, Word};
use serde::Serialize;

/// What changed for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionChangeKind"))]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// Nothing, or there is nothing to compare with.
    None,
    /// It was allowed or could have been approved, and is refused.
    NewlyBlocked,
    /// It was refused or needed an approval, and is allowed.
    NewlyAllowed,
    /// It was allowed or refused, and needs an approval.
    NewlyNeedsApproval,
    /// It is refused as before, for another reason.
    ReasonChanged,
}

/// What changed from the decision under other policies.
pub fn from_decision(before: &ActionDecision, after: &ActionDecision) -> Changed {
    match (before.decision, after.decision) {
        (Word::Deny, Word::Deny) if before.reason_code != after.reason_code => Changed::ReasonChanged,
        (before, after) if before == after => Changed::None,
        (_, after) => newly(after),
    }
}

/// What changed from what became of the call. Why it was refused then was not recorded.
pub fn from_record(before: Option<RecordedOutcome>, after: &ActionDecision) -> Changed {
    use RecordedOutcome::{Blocked, Error, IdempotentReplay, Rejected, Replayed, Success};
    match (before, after.decision) {
        (None | Some(Replayed | IdempotentReplay), _)
        | (Some(Success | Error), Word::Allow)
        | (Some(Blocked), Word::Deny)
        | (Some(Rejected), Word::RequireApproval) => Changed::None,
        // Somebody was asked, and refused; now nobody would be asked.
        (Some(Rejected), Word::Deny) => Changed::ReasonChanged,
        (Some(_), after) => newly(after),
    }
}

const fn newly(after: Word) -> Changed {
    match after {
        Word::Allow => Changed::NewlyAllowed,
        Word::Deny => Changed::NewlyBlocked,
        Word::RequireApproval => Changed::NewlyNeedsApproval,
    }
}
