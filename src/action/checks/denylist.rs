//! Actions that are never allowed. Deny beats allow.

use super::{Asked, Finding};
use crate::action::verdict::{Denial, ReasonCode};

/// Refuses with `DENIED_ACTION`.
pub fn check(asked: &Asked<'_>) -> Finding {
    let rules = asked.rules;
    if rules.denied_by.is_empty() {
        return Finding::Passed;
    }
    Denial::new(ReasonCode::DeniedAction, format!("the action `{}` is denied", asked.call.name))
        .by(rules.denied_by.iter().cloned())
        .guided("do not try it again; take another action")
        .into()
}
