//! Actions that must have succeeded before, in the same run (section 3.7).

use super::{Asked, Finding};
use crate::action::call::ActionCall;
use crate::action::state::{Bucket, StateKey, evidence};
use crate::action::verdict::{Denial, ReasonCode};
use crate::decision::Stop;

/// The part of the state that has what an action gave in a call's run.
pub fn key_of(call: &ActionCall, action: &str) -> StateKey {
    StateKey::Evidence { bucket: Bucket::of(call), action: action.to_owned() }
}

/// Refuses with `MISSING_EVIDENCE` or `STALE_EVIDENCE`.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn check(asked: &Asked<'_>) -> Result<Finding, Stop> {
    let rules = asked.rules;
    let denial = lacking(asked, &rules.requirements, rules.max_age_seconds)?;
    Ok(denial.map_or(Finding::Passed, |denial| denial.by(rules.required_by.iter().cloned()).into()))
}

/// The refusal of a call for which actions did not succeed, or too long ago.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn lacking(asked: &Asked<'_>, required: &[String], max_age: Option<u64>) -> Result<Option<Denial>, Stop> {
    let mut missing = Vec::new();
    let mut stale = Vec::new();
    for action in required {
        let kept = evidence(asked.known, &key_of(asked.call, action))?;
        if kept.fresh(asked.now_ms, max_age).next().is_none() {
            if kept.records.is_empty() { &mut missing } else { &mut stale }.push(action.clone());
        }
    }
    if missing.is_empty() && stale.is_empty() {
        return Ok(None);
    }
    let code = if missing.is_empty() { ReasonCode::StaleEvidence } else { ReasonCode::MissingEvidence };
    let named = |actions: &[String]| format!("`{}`", actions.join("`, `"));
    let message = match code {
        ReasonCode::StaleEvidence => {
            format!("the action `{}` needs a newer result of {}", asked.call.name, named(&stale))
        }
        _ => format!("the action `{}` needs a result of {} first", asked.call.name, named(&missing)),
    };
    let again: Vec<String> =
        required.iter().filter(|name| missing.contains(name) || stale.contains(name)).cloned().collect();
    let mut denial = Denial::new(code, message).guided(format!("take {} in this run, then try again", named(&again)));
    denial.remediation.required_prior_actions = required.to_vec();
    denial.remediation.missing_requirements = missing;
    denial.remediation.stale_evidence = stale;
    Ok(Some(denial))
}
