//! Layer 2: which approval rules match a plan.

use super::configuration::{ApprovalRule, Condition};
use super::plan::Counts;
use super::request::GovernanceRequest;

/// The rules in scope whose condition matches, in the order of scope and name. Counts are those of the change lists,
/// so that predicates and Rego agree.
pub fn matching<'a>(rules: &'a [ApprovalRule], request: &GovernanceRequest, counts: &Counts) -> Vec<&'a ApprovalRule> {
    rules
        .iter()
        .filter(|rule| rule.enabled && request.in_scope(rule.project_id.as_deref(), rule.workspace_id.as_deref()))
        .filter(|rule| matches(rule.condition.unwrap_or_default(), request, counts))
        .collect()
}

fn matches(condition: Condition, request: &GovernanceRequest, counts: &Counts) -> bool {
    match condition {
        Condition::Always => true,
        Condition::DestroyedGt(limit) => counts.destroyed > limit,
        Condition::AddedGt(limit) => counts.added > limit,
        Condition::ChangedGt(limit) => counts.changed > limit,
        Condition::TriggerIs(trigger) => request.run.trigger == trigger,
    }
}
