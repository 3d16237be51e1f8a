//! Calls that need an approval. Each policy is judged on its own, and all that ask must be satisfied (decisions 24 and 48).

use super::Asked;
use crate::action::policies::Policy;
use crate::action::policy::{ApprovalRule, Priority};
use crate::action::state::{StateKey, account};
use crate::action::verdict::{ApprovalAsked, Denial, ReasonCode};
use crate::decision::Stop;
use crate::limits;

/// How long to wait where only the call asks.
const TIMEOUT_SECONDS: u64 = 3600;

/// What must be approved.
pub fn check(asked: &Asked<'_>) -> Vec<ApprovalAsked> {
    let mut all: Vec<ApprovalAsked> =
        asked.rules.policies.iter().filter_map(|policy| of_policy(asked, policy)).collect();
    if asked.call.requires_human_approval {
        all.push(ApprovalAsked {
            policy_id: None,
            matched_criterion: "requires_human_approval".to_owned(),
            approvers: Vec::new(),
            timeout_seconds: all.iter().map(|asked| asked.timeout_seconds).min().unwrap_or(TIMEOUT_SECONDS),
            priority: Priority::default(),
        });
    }
    all
}

/// Refuses to hold a call with `RATE_LIMITED` where too many wait already: each decision reads what is held for all of them.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn crowded(asked: &Asked<'_>) -> Result<Option<Denial>, Stop> {
    for key in asked.accounts {
        let account = account(asked.known, &StateKey::Account(key.clone()))?;
        let live = || account.holds.values().filter(|held| held.expires_at_ms > asked.now_ms);
        if live().count() as u64 >= limits::WAITING_CALLS {
            let message =
                format!("{} calls wait for an approval already, the limit `waiting_calls`", limits::WAITING_CALLS);
            let mut denial = Denial::new(ReasonCode::RateLimited, message)
                .guided("wait until some of them are decided or expire, or name sessions, which are counted apart");
            let first = live().map(|held| held.expires_at_ms).min().unwrap_or(asked.now_ms);
            denial.remediation.retry_after_seconds = Some(Some(first.saturating_sub(asked.now_ms).div_ceil(1000)));
            return Ok(Some(denial));
        }
    }
    Ok(None)
}

fn of_policy(asked: &Asked<'_>, policy: &Policy) -> Option<ApprovalAsked> {
    let fields = &policy.fields;
    if !fields.require_approval {
        return None;
    }
    let by =
        |criterion: String, approvers: &[String], timeout: Option<u64>, priority: Option<Priority>| ApprovalAsked {
            policy_id: Some(policy.id.clone()),
            matched_criterion: criterion,
            approvers: approvers.to_vec(),
            timeout_seconds: timeout.unwrap_or(fields.approval_timeout_seconds),
            priority: priority.unwrap_or_default(),
        };
    for (at, rule) in fields.approval_rules.iter().enumerate() {
        if matches(asked, rule) {
            return Some(by(format!("approval_rules[{at}]"), &rule.approvers, rule.timeout_seconds, rule.priority));
        }
    }
    let call = asked.call;
    let criterion = if fields.approval_actions.contains(&call.name) {
        "approval_actions"
    } else if call.tags.iter().any(|tag| fields.approval_tags.contains(tag)) {
        "approval_tags"
    } else if call.risk_level.is_some_and(|level| fields.approval_risk_levels.contains(&level)) {
        "approval_risk_levels"
    } else if fields.approval_threshold_usd.is_some_and(|threshold| asked.cost >= threshold) {
        "approval_threshold_usd"
    } else if has_no_criterion(policy) {
        "require_approval"
    } else {
        return None;
    };
    Some(by(criterion.to_owned(), &fields.default_approvers, None, None))
}

/// Whether the master switch stands alone: then every action needs an approval.
fn has_no_criterion(policy: &Policy) -> bool {
    let fields = &policy.fields;
    fields.approval_actions.is_empty()
        && fields.approval_tags.is_empty()
        && fields.approval_risk_levels.is_empty()
        && fields.approval_threshold_usd.is_none()
        && fields.approval_rules.is_empty()
}

/// Whether all criteria of a rule are met.
fn matches(asked: &Asked<'_>, rule: &ApprovalRule) -> bool {
    let call = asked.call;
    rule.actions.as_ref().is_none_or(|actions| actions.contains(&call.name))
        && rule.tags.as_ref().is_none_or(|tags| call.tags.iter().any(|tag| tags.contains(tag)))
        && rule.risk_levels.as_ref().is_none_or(|levels| call.risk_level.is_some_and(|level| levels.contains(&level)))
        && rule.min_cost_usd.is_none_or(|least| asked.cost >= least)
}
