//! Content that is not wanted in arguments, as the host's moderator judges it.

use super::{Asked, Finding};
use crate::action::policy::{ModerationRule, Strictness};
use crate::action::state::ModerationResult;
use crate::action::verdict::{Denial, ReasonCode};
use crate::decision::Stop;
use crate::sorted;
use serde_json::json;

/// Refuses with `CONTENT_MODERATED`; with `EVALUATION_ERROR` where a policy wants a moderator and there is none to ask.
///
/// # Errors
/// As [`crate::action::state::Knowledge::moderation`].
pub fn check(asked: &Asked<'_>) -> Result<Finding, Stop> {
    if asked.call.kwargs.is_empty() {
        return Ok(Finding::Passed);
    }
    let mut refused: Vec<ModerationResult> = Vec::new();
    let mut policy_ids = Vec::new();
    for (rule, policy) in &asked.rules.moderation {
        let Some(results) = asked.known.moderation(asked.call, rule.moderator.as_deref())? else {
            return Ok(nobody_to_ask(policy).into());
        };
        let blocked: Vec<ModerationResult> = results.into_iter().filter(|result| blocks(rule, result)).collect();
        if !blocked.is_empty() {
            policy_ids.push(policy.clone());
        }
        for result in blocked {
            if !refused.contains(&result) {
                refused.push(result);
            }
        }
    }
    if refused.is_empty() {
        return Ok(Finding::Passed);
    }
    let categories =
        sorted::Set::from_iter(refused.iter().flat_map(|result| result.categories.iter().map(String::as_str)));
    let fields = sorted::Set::from_iter(refused.iter().map(|result| result.field_path.as_str()));
    let mut denial = Denial::new(
        ReasonCode::ContentModerated,
        format!(
            "the arguments hold content that is not wanted: {}",
            categories.iter().copied().collect::<Vec<_>>().join(", ")
        ),
    )
    .by(policy_ids)
    .guided("change the content of the arguments that are named, then try again");
    denial.details = json!({
        "guardrail_schema_version": 1, "guardrail": "moderation",
        "categories": categories, "fields": fields, "results": refused,
    });
    Ok(denial.into())
}

fn blocks(rule: &ModerationRule, result: &ModerationResult) -> bool {
    result.flagged
        && (rule.strictness == Strictness::Strict
            || result.categories.iter().any(|category| rule.block_categories.contains(category)))
}

// What nobody has looked at is not waved through.
fn nobody_to_ask(policy: &str) -> Denial {
    Denial::new(
        ReasonCode::EvaluationError,
        format!("the policy `{policy}` wants content moderated, and the host has no moderator"),
    )
    .by([policy.to_owned()])
    .guided("give the host a moderator, or take the moderation rule out of the policy")
}
