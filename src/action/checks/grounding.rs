//! Arguments that must come from an earlier result (section 3.8). The rules of all policies hold (decision 7).

use super::{Asked, Finding, evidence};
use crate::action::arguments::grounding::{Ground, GroundsThatCount, expected_source, is_grounded};
use crate::action::policy::GroundingRule;
use crate::action::state;
use crate::action::verdict::{Denial, ReasonCode, UngroundedArgument};
use crate::decision::Stop;

/// Refuses with `UNGROUNDED_ARGUMENT`.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn check(asked: &Asked<'_>) -> Result<Finding, Stop> {
    let rules = asked.rules;
    let mut ungrounded = Vec::new();
    let mut policy_ids = Vec::new();
    for (argument, rule, policy) in &rules.grounds {
        if let Some(found) = without_ground(asked, argument, rule, rules.max_age_seconds)? {
            if !policy_ids.contains(policy) {
                policy_ids.push(policy.clone());
            }
            if !ungrounded.contains(&found) {
                ungrounded.push(found);
            }
        }
    }
    Ok(refusal(asked, ungrounded).map_or(Finding::Passed, |denial| denial.by(policy_ids).into()))
}

/// An argument that has no ground.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn without_ground(
    asked: &Asked<'_>,
    argument: &str,
    rule: &GroundingRule,
    max_age: Option<u64>,
) -> Result<Option<UngroundedArgument>, Stop> {
    // Evidence may be large: what needs no ground does not read it.
    let Some(value) = asked.call.kwargs.get(argument).filter(|value| !value.is_null()) else { return Ok(None) };
    let kept = state::evidence(asked.known, &evidence::key_of(asked.call, &rule.source_action))?;
    let grounds = kept
        .fresh(asked.now_ms, max_age)
        .map(|record| Ground { result: Some(&record.result), kwargs: Some(&record.raw_kwargs) });
    let count = if asked.settings.latest_ground_only { GroundsThatCount::Latest } else { GroundsThatCount::All };
    let is_grounded = is_grounded(rule, Some(value), grounds, count);
    Ok((!is_grounded).then(|| UngroundedArgument {
        field: argument.to_owned(),
        expected_source: expected_source(rule),
        actual_value: value.clone(),
    }))
}

/// The refusal of a call with such arguments; none where there are none.
pub fn refusal(asked: &Asked<'_>, ungrounded: Vec<UngroundedArgument>) -> Option<Denial> {
    let first = ungrounded.first()?;
    let message = format!(
        "the argument `{}` of `{}` is not what `{}` gave in this run",
        first.field, asked.call.name, first.expected_source
    );
    let sources: Vec<&str> = ungrounded.iter().map(|argument| argument.expected_source.as_str()).collect();
    let mut denial = Denial::new(ReasonCode::UngroundedArgument, message)
        .guided(format!("take the values from `{}`, then try again", sources.join("`, `")));
    denial.remediation.ungrounded_arguments = ungrounded;
    Some(denial)
}
