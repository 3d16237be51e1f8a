//! `MergedPolicy`: what several policies say together, for people and for clients (section 3.1, decisions 1 to 8, 22, 41 and 48).
//!
//! Evaluation merges what policies say about one action, in [`rules`](super::rules); this says the same of all actions at once. Of two
//! policies both hold: where only the stricter value can matter it alone is shown, and otherwise every rule with its policies.
//!
//! INVARIANT (order): merging is associative and commutative. Everything is a minimum, a union, an intersection, or sorted.

mod conflicts;

pub use conflicts::PolicyConflict;

use super::money::Usd;
use super::policy::{
    ApprovalRule, GroundingRule, LoopRule, ModerationRule, PiiRule, PolicyFields, RateLimit, RiskLevel, given,
};
use crate::decision::digest;
use crate::error::Error;
use crate::sorted;
use crate::typed;
use serde::Serialize;
use serde_json::{Map, Value};

/// What several policies say together. Policies that are off say nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "MergedActionPolicy"))]
pub struct MergedPolicy {
    /// The policies.
    pub policy_ids: sorted::Set<String>,
    /// Whether violations stop a call: unless all policies say no.
    pub strict_mode: bool,
    /// The lowest.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub session_budget: Option<Usd>,
    /// The lowest.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub run_budget: Option<Usd>,
    /// The lowest of each action.
    #[cfg_attr(test, ts(type = "Record<string, number>"))]
    pub action_budgets: sorted::Map<String, Usd>,
    /// What any policy denies.
    pub denied_actions: sorted::Set<String>,
    /// What all lists allow; null: there is no list. An empty list allows nothing.
    pub allowed_actions: Option<sorted::Set<String>>,
    /// Every limit: all of them hold.
    pub rate_limits: sorted::Map<String, Vec<RuleOf<RateLimit>>>,
    /// Whether any policy requires approvals.
    pub require_approval: bool,
    /// The actions of all policies. Which of them count is in `approvals`.
    pub approval_actions: sorted::Set<String>,
    /// The tags of all policies.
    pub approval_tags: sorted::Set<String>,
    /// The risk levels of all policies.
    pub approval_risk_levels: sorted::Set<RiskLevel>,
    /// The lowest.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub approval_threshold_usd: Option<Usd>,
    /// The shortest of the policies that require approvals; null: none does.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub approval_timeout_seconds: Option<u64>,
    /// The criteria of each policy that requires approvals, by its id: each is judged on its own, and any hold holds.
    pub approvals: sorted::Map<String, ApprovalCriteria>,
    /// What any policy requires before an action.
    pub evidence_requirements: sorted::Map<String, sorted::Set<String>>,
    /// The lowest of each action.
    #[cfg_attr(test, ts(type = "Record<string, number>"))]
    pub evidence_max_age_seconds: sorted::Map<String, u64>,
    /// What any policy says.
    pub commit_actions: sorted::Set<String>,
    /// What any policy says.
    pub evidence_actions: sorted::Set<String>,
    /// Every schema: arguments must fit all of them.
    #[cfg_attr(test, ts(type = "Record<string, RuleOfPolicies<Record<string, unknown>>[]>"))]
    pub argument_constraints: sorted::Map<String, Vec<RuleOf<Map<String, Value>>>>,
    /// Every rule, by action and argument: an argument must fit all of its rules.
    pub grounding_rules: sorted::Map<String, sorted::Map<String, Vec<RuleOf<GroundingRule>>>>,
    /// Every rule: all of them are checked.
    pub pii_rules: sorted::Map<String, Vec<RuleOf<PiiRule>>>,
    /// Every rule.
    pub moderation_rules: sorted::Map<String, Vec<RuleOf<ModerationRule>>>,
    /// Every rule.
    pub loop_rules: sorted::Map<String, Vec<RuleOf<LoopRule>>>,
    /// The policies with `pii_default_enabled`: each has the default rule for every action for which it has none of its own.
    pub pii_default_policy_ids: sorted::Set<String>,
    /// The same with `moderation_default_enabled`.
    pub moderation_default_policy_ids: sorted::Set<String>,
    /// The same with `loop_default_enabled`.
    pub loop_default_policy_ids: sorted::Set<String>,
    /// The thresholds of all policies.
    pub budget_warning_thresholds: sorted::Set<u8>,
}

/// A rule, and the policies that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "RuleOfPolicies"))]
pub struct RuleOf<T> {
    /// The rule.
    pub rule: T,
    /// The policies.
    pub policy_ids: sorted::Set<String>,
}

/// When a policy requires an approval, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ApprovalCriteriaOfPolicy"))]
pub struct ApprovalCriteria {
    /// As the policy says it.
    pub approval_actions: Vec<String>,
    /// As the policy says it.
    pub approval_tags: Vec<String>,
    /// As the policy says it.
    pub approval_risk_levels: Vec<RiskLevel>,
    /// As the policy says it.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub approval_threshold_usd: Option<Usd>,
    /// As the policy says it.
    #[cfg_attr(test, ts(type = "number"))]
    pub approval_timeout_seconds: u64,
    /// As the policy says it.
    pub default_approvers: Vec<String>,
    /// As the policy says it.
    pub approval_rules: Vec<ApprovalRule>,
}

/// What several policies say together, and where they differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "MergedActionPolicies"))]
pub struct Merged {
    /// What they say together.
    pub merged: MergedPolicy,
    /// Where two of them give different values for one field.
    pub conflicts: Vec<PolicyConflict>,
}

impl Merged {
    /// Merges policies, each by its id.
    pub fn of(policies: &[(&str, &PolicyFields)]) -> Self {
        let merged = MergedPolicy::of(policies);
        Self { conflicts: conflicts::between(policies, &merged), merged }
    }

    /// Merges policies as callers have them.
    ///
    /// # Errors
    /// As [`given::policies`].
    pub fn of_values(policies: Vec<Map<String, Value>>) -> Result<Self, Error> {
        let policies = given::policies(policies.into_iter().map(Value::Object).collect(), "/policies")?;
        let policies = sorted::Map::from_iter(policies);
        let policies: Vec<(&str, &PolicyFields)> = policies.iter().map(|(id, fields)| (id.as_str(), fields)).collect();
        Ok(Self::of(&policies))
    }
}

impl MergedPolicy {
    /// What no policy says: nothing is forbidden.
    pub const fn nothing() -> Self {
        Self {
            policy_ids: sorted::Set::new(),
            strict_mode: true,
            session_budget: None,
            run_budget: None,
            action_budgets: sorted::Map::new(),
            denied_actions: sorted::Set::new(),
            allowed_actions: None,
            rate_limits: sorted::Map::new(),
            require_approval: false,
            approval_actions: sorted::Set::new(),
            approval_tags: sorted::Set::new(),
            approval_risk_levels: sorted::Set::new(),
            approval_threshold_usd: None,
            approval_timeout_seconds: None,
            approvals: sorted::Map::new(),
            evidence_requirements: sorted::Map::new(),
            evidence_max_age_seconds: sorted::Map::new(),
            commit_actions: sorted::Set::new(),
            evidence_actions: sorted::Set::new(),
            argument_constraints: sorted::Map::new(),
            grounding_rules: sorted::Map::new(),
            pii_rules: sorted::Map::new(),
            moderation_rules: sorted::Map::new(),
            loop_rules: sorted::Map::new(),
            pii_default_policy_ids: sorted::Set::new(),
            moderation_default_policy_ids: sorted::Set::new(),
            loop_default_policy_ids: sorted::Set::new(),
            budget_warning_thresholds: sorted::Set::new(),
        }
    }

    /// What policies say together, each by its id.
    pub fn of(policies: &[(&str, &PolicyFields)]) -> Self {
        let on = policies.iter().filter(|(_, fields)| fields.enabled);
        on.fold(Self::nothing(), |merged, (id, fields)| merged.and(Self::of_one(id, fields)))
    }

    /// What one policy says.
    fn of_one(id: &str, fields: &PolicyFields) -> Self {
        let fields = fields.clone();
        let ids = sorted::Set::from_iter([id.to_owned()]);
        let if_enabled = |flag: bool| if flag { ids.clone() } else { sorted::Set::new() };
        let criteria = ApprovalCriteria {
            approval_actions: fields.approval_actions.clone(),
            approval_tags: fields.approval_tags.clone(),
            approval_risk_levels: fields.approval_risk_levels.clone(),
            approval_threshold_usd: fields.approval_threshold_usd,
            approval_timeout_seconds: fields.approval_timeout_seconds,
            default_approvers: fields.default_approvers,
            approval_rules: fields.approval_rules,
        };
        let grounds = |rules: sorted::Map<String, GroundingRule>| rules_of(rules, &ids);
        Self {
            strict_mode: fields.strict_mode,
            session_budget: fields.session_budget,
            run_budget: fields.run_budget,
            action_budgets: fields.action_budgets,
            denied_actions: set(fields.denied_actions),
            allowed_actions: fields.allowed_actions.map(set),
            rate_limits: rules_of(fields.rate_limits, &ids),
            require_approval: fields.require_approval,
            approval_actions: set(fields.approval_actions),
            approval_tags: set(fields.approval_tags),
            approval_risk_levels: set(fields.approval_risk_levels),
            approval_threshold_usd: fields.approval_threshold_usd,
            approval_timeout_seconds: fields.require_approval.then_some(fields.approval_timeout_seconds),
            approvals: sorted::Map::from_iter(fields.require_approval.then(|| (id.to_owned(), criteria))),
            evidence_requirements: each(fields.evidence_requirements, set),
            evidence_max_age_seconds: fields.evidence_max_age_seconds,
            commit_actions: set(fields.commit_actions),
            evidence_actions: set(fields.evidence_actions),
            argument_constraints: rules_of(fields.argument_constraints, &ids),
            grounding_rules: each(fields.grounding_rules, grounds),
            pii_rules: rules_of(fields.pii_rules, &ids),
            moderation_rules: rules_of(fields.moderation_rules, &ids),
            loop_rules: rules_of(fields.loop_rules, &ids),
            pii_default_policy_ids: if_enabled(fields.pii_default_enabled),
            moderation_default_policy_ids: if_enabled(fields.moderation_default_enabled),
            loop_default_policy_ids: if_enabled(fields.loop_default_enabled),
            budget_warning_thresholds: set(fields.budget_warning_thresholds),
            policy_ids: ids,
        }
    }

    /// What both say together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        // Nobody says nothing: neither that violations stop a call nor that they do not.
        if self.policy_ids.is_empty() {
            return other;
        }
        if other.policy_ids.is_empty() {
            return self;
        }
        Self {
            policy_ids: union(self.policy_ids, other.policy_ids),
            strict_mode: self.strict_mode || other.strict_mode,
            session_budget: least(self.session_budget, other.session_budget),
            run_budget: least(self.run_budget, other.run_budget),
            action_budgets: by_key(self.action_budgets, other.action_budgets, Ord::min),
            denied_actions: union(self.denied_actions, other.denied_actions),
            allowed_actions: match (self.allowed_actions, other.allowed_actions) {
                (Some(mut left), Some(right)) => {
                    left.retain(|action| right.contains(action));
                    Some(left)
                }
                (left, right) => left.or(right),
            },
            rate_limits: by_key(self.rate_limits, other.rate_limits, joined),
            require_approval: self.require_approval || other.require_approval,
            approval_actions: union(self.approval_actions, other.approval_actions),
            approval_tags: union(self.approval_tags, other.approval_tags),
            approval_risk_levels: union(self.approval_risk_levels, other.approval_risk_levels),
            approval_threshold_usd: least(self.approval_threshold_usd, other.approval_threshold_usd),
            approval_timeout_seconds: least(self.approval_timeout_seconds, other.approval_timeout_seconds),
            // Policies differ in their ids: what comes twice is the same.
            approvals: by_key(self.approvals, other.approvals, |criteria, _| criteria),
            evidence_requirements: by_key(self.evidence_requirements, other.evidence_requirements, union),
            evidence_max_age_seconds: by_key(self.evidence_max_age_seconds, other.evidence_max_age_seconds, Ord::min),
            commit_actions: union(self.commit_actions, other.commit_actions),
            evidence_actions: union(self.evidence_actions, other.evidence_actions),
            argument_constraints: by_key(self.argument_constraints, other.argument_constraints, joined),
            grounding_rules: by_key(self.grounding_rules, other.grounding_rules, |left, right| {
                by_key(left, right, joined)
            }),
            pii_rules: by_key(self.pii_rules, other.pii_rules, joined),
            moderation_rules: by_key(self.moderation_rules, other.moderation_rules, joined),
            loop_rules: by_key(self.loop_rules, other.loop_rules, joined),
            pii_default_policy_ids: union(self.pii_default_policy_ids, other.pii_default_policy_ids),
            moderation_default_policy_ids: union(
                self.moderation_default_policy_ids,
                other.moderation_default_policy_ids,
            ),
            loop_default_policy_ids: union(self.loop_default_policy_ids, other.loop_default_policy_ids),
            budget_warning_thresholds: union(self.budget_warning_thresholds, other.budget_warning_thresholds),
        }
    }
}

fn set<T: Ord>(items: Vec<T>) -> sorted::Set<T> {
    sorted::Set::from_iter(items)
}

fn each<T, U>(map: sorted::Map<String, T>, change: impl Fn(T) -> U) -> sorted::Map<String, U> {
    sorted::Map::from_iter(map.into_iter().map(|(key, value)| (key, change(value))))
}

fn rules_of<T>(rules: sorted::Map<String, T>, ids: &sorted::Set<String>) -> sorted::Map<String, Vec<RuleOf<T>>> {
    each(rules, |rule| vec![RuleOf { rule, policy_ids: ids.clone() }])
}

fn union<T: Ord>(mut left: sorted::Set<T>, right: sorted::Set<T>) -> sorted::Set<T> {
    left.extend(right);
    left
}

/// The lower one; what nobody says is no limit.
fn least<T: Ord>(left: Option<T>, right: Option<T>) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    }
}

fn by_key<T>(
    mut left: sorted::Map<String, T>,
    right: sorted::Map<String, T>,
    both: impl Fn(T, T) -> T,
) -> sorted::Map<String, T> {
    for (key, other) in right {
        let value = match left.remove(&key) {
            Some(value) => both(value, other),
            None => other,
        };
        left.insert(key, value);
    }
    left
}

/// Every rule once, in the order of what they say.
fn joined<T: Serialize>(left: Vec<RuleOf<T>>, right: Vec<RuleOf<T>>) -> Vec<RuleOf<T>> {
    let mut rules: sorted::Map<String, RuleOf<T>> = sorted::Map::new();
    for rule in left.into_iter().chain(right) {
        let said = said(&rule.rule);
        let policy_ids = rules.remove(&said).map(|known| known.policy_ids).unwrap_or_default();
        rules.insert(said, RuleOf { policy_ids: union(policy_ids, rule.policy_ids), rule: rule.rule });
    }
    rules.into_values().collect()
}

/// What a value says, as a text that is the same for the same.
fn said(value: &impl Serialize) -> String {
    typed::written(value).map(|value| digest::canonical(&value)).unwrap_or_default()
}
