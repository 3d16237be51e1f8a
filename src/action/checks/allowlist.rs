//! Where a policy lists what is allowed, nothing else is. Lists of several policies must all have the action (decision 1).

use super::{Asked, Finding};
use crate::action::verdict::{Denial, ReasonCode};

/// Refuses with `NOT_IN_ALLOWLIST`.
pub fn check(asked: &Asked<'_>) -> Finding {
    let rules = asked.rules;
    if rules.not_allowed_by.is_empty() {
        return Finding::Passed;
    }
    let mut denial =
        Denial::new(ReasonCode::NotInAllowlist, format!("the action `{}` is not among those allowed", asked.call.name))
            .by(rules.not_allowed_by.iter().cloned())
            .guided("take one of the actions that are allowed");
    denial.remediation.safe_alternatives = rules.alternatives.iter().cloned().collect();
    denial.into()
}
