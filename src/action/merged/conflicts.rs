//! Where policies give different values for one field (decision 39). Lists that are joined are no conflict: each says what it says.

use super::{MergedPolicy, said};
use crate::action::policy::PolicyFields;
use crate::sorted;
use crate::typed;
use serde::Serialize;
use serde_json::Value;

/// A field for which two policies give different values.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyConflict"))]
pub struct PolicyConflict {
    /// The field, such as `run_budget` or `rate_limits.search`.
    pub field: String,
    /// What comes of it, in one sentence.
    pub description: String,
    /// What holds: the value, or every value where all of them hold.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub resolved_value: Value,
    /// The policies that say something about it.
    pub policy_ids: sorted::Set<String>,
}

const LOWEST: &str = "the lowest value holds";
const ALL_HOLD: &str = "every one of them holds";

/// The conflicts, in the order in which the fields are declared, then by key.
pub fn between(policies: &[(&str, &PolicyFields)], merged: &MergedPolicy) -> Vec<PolicyConflict> {
    let on: Vec<(&str, &PolicyFields)> = policies.iter().filter(|(_, fields)| fields.enabled).copied().collect();
    let approving: Vec<(&str, &PolicyFields)> =
        on.iter().filter(|(_, fields)| fields.require_approval).copied().collect();
    let mut found = Found { conflicts: Vec::new() };
    found.one("session_budget", LOWEST, &merged.session_budget, &on, |fields| fields.session_budget.as_ref());
    found.one("run_budget", LOWEST, &merged.run_budget, &on, |fields| fields.run_budget.as_ref());
    found.each("action_budgets", LOWEST, &merged.action_budgets, &on, |fields| &fields.action_budgets);
    let lists = on.iter().filter_map(|(id, fields)| {
        let list = sorted::Set::from_iter(fields.allowed_actions.as_ref()?);
        Some((*id, said(&list)))
    });
    found.add("allowed_actions", "only what every list allows is allowed", &merged.allowed_actions, lists);
    found.each("rate_limits", ALL_HOLD, &merged.rate_limits, &on, |fields| &fields.rate_limits);
    let strict = "violations stop a call, because a strict policy applies";
    found.one("strict_mode", strict, &merged.strict_mode, &on, |fields| Some(&fields.strict_mode));
    let threshold = &merged.approval_threshold_usd;
    found.one("approval_threshold_usd", "the lowest value asks for an approval first", threshold, &on, |fields| {
        fields.approval_threshold_usd.as_ref()
    });
    let timeout = &merged.approval_timeout_seconds;
    found.one(
        "approval_timeout_seconds",
        "the shortest of those that ask for an approval holds",
        timeout,
        &approving,
        |fields| Some(&fields.approval_timeout_seconds),
    );
    found.each("evidence_max_age_seconds", LOWEST, &merged.evidence_max_age_seconds, &on, |fields| {
        &fields.evidence_max_age_seconds
    });
    found.each("argument_constraints", ALL_HOLD, &merged.argument_constraints, &on, |fields| {
        &fields.argument_constraints
    });
    for (action, rules) in &merged.grounding_rules {
        for (argument, resolved) in rules {
            let rule = |fields: &PolicyFields| fields.grounding_rules.get(action)?.get(argument).map(said);
            let given = on.iter().filter_map(|(id, fields)| Some((*id, rule(fields)?)));
            found.add(&format!("grounding_rules.{action}.{argument}"), ALL_HOLD, resolved, given);
        }
    }
    found.each("pii_rules", ALL_HOLD, &merged.pii_rules, &on, |fields| &fields.pii_rules);
    found.each("moderation_rules", ALL_HOLD, &merged.moderation_rules, &on, |fields| &fields.moderation_rules);
    found.each("loop_rules", ALL_HOLD, &merged.loop_rules, &on, |fields| &fields.loop_rules);
    found.conflicts
}

struct Found {
    conflicts: Vec<PolicyConflict>,
}

impl Found {
    /// A field of one value; none where a policy says nothing about it.
    fn one<T: Serialize>(
        &mut self,
        field: &str,
        outcome: &str,
        resolved: &impl Serialize,
        policies: &[(&str, &PolicyFields)],
        value: impl Fn(&PolicyFields) -> Option<&T>,
    ) {
        let given = policies.iter().filter_map(|(id, fields)| Some((*id, said(value(fields)?))));
        self.add(field, outcome, resolved, given);
    }

    /// A field of values by action.
    fn each<T: Serialize, U: Serialize>(
        &mut self,
        field: &str,
        outcome: &str,
        resolved: &sorted::Map<String, U>,
        policies: &[(&str, &PolicyFields)],
        values: impl Fn(&PolicyFields) -> &sorted::Map<String, T>,
    ) {
        for (action, resolved) in resolved {
            let given = policies.iter().filter_map(|(id, fields)| Some((*id, said(values(fields).get(action)?))));
            self.add(&format!("{field}.{action}"), outcome, resolved, given);
        }
    }

    fn add<'a>(
        &mut self,
        field: &str,
        outcome: &str,
        resolved: &impl Serialize,
        given: impl Iterator<Item = (&'a str, String)>,
    ) {
        let (mut ids, mut values) = (sorted::Set::new(), sorted::Set::new());
        for (id, said) in given {
            ids.insert(id.to_owned());
            values.insert(said);
        }
        if values.len() < 2 {
            return;
        }
        self.conflicts.push(PolicyConflict {
            field: field.to_owned(),
            description: format!("{} policies give {} different values; {outcome}", ids.len(), values.len()),
            resolved_value: typed::written(resolved).unwrap_or_default(),
            policy_ids: ids,
        });
    }
}
