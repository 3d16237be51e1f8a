//! Laws of several action policies together: their order is nothing, what is shown of them is what evaluation uses, and what differs
//! between two of them is told.

use crate::{call, tries};
use proptest::prelude::*;
use regate::action::diff::PolicyDiff;
use regate::action::merged::{MergedPolicy, RuleOf};
use regate::action::policies::{Policies, Policy};
use regate::action::policy::PolicyFields;
use regate::action::policy::compile::{CompileOptions, check};
use regate::action::rules::ActionRules;
use regate::action::settings::ActionSettings;
use regate::action::verdict::BudgetType;
use regate::api::Engine;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Few of each, so that policies meet.
const ACTIONS: [&str; 3] = ["a", "b", "c"];

fn one_of(values: &'static [f64]) -> impl Strategy<Value = Value> {
    prop::sample::select(values).prop_map(|value| json!(value))
}

fn actions() -> impl Strategy<Value = Value> {
    prop::sample::subsequence(ACTIONS.to_vec(), 0..=3).prop_shuffle().prop_map(|list| json!(list))
}

fn by_action(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(prop::sample::select(ACTIONS.to_vec()), value, 0..3).prop_map(|map| json!(map))
}

fn picked(values: Vec<Value>) -> impl Strategy<Value = Value> {
    prop::sample::select(values)
}

/// A field that a policy may have, with its value.
fn field() -> impl Strategy<Value = (&'static str, Value)> {
    const AMOUNTS: &[f64] = &[0.0, 0.1, 1.0, 2.5];
    let flag = || any::<bool>().prop_map(Value::from);
    let rate = picked(vec![json!({ "max_count": 2, "window_seconds": 5 }), json!({ "max_count": 10 }), json!({})]);
    let schema = picked(vec![
        json!({ "required": ["n"], "properties": { "n": { "type": "number", "maximum": 5 } } }),
        json!({ "properties": { "n": { "maximum": 5, "type": "number" } }, "required": ["n"] }),
        json!({ "required": ["m"] }),
    ]);
    let ground = picked(vec![
        json!({ "n": { "source_action": "l", "source_field": "x" } }),
        json!({ "n": { "source_action": "k", "source_field": "x" }, "m": { "source_action": "l", "source_field": "x" } }),
    ]);
    let pii = picked(vec![json!({}), json!({ "allow_categories": ["email"] })]);
    let moderation = picked(vec![json!({}), json!({ "strictness": "strict" })]);
    let loops = picked(vec![json!({}), json!({ "threshold": 3, "window_seconds": 1.5 })]);
    let levels = picked(vec![json!([]), json!(["high"]), json!(["low", "HIGH"])]);
    let approval_rule = json!({ "actions": ["a"], "approvers": ["u-1"], "timeout_seconds": 60 });
    prop_oneof![
        one_of(AMOUNTS).prop_map(|value| ("session_budget", value)),
        one_of(AMOUNTS).prop_map(|value| ("run_budget", value)),
        by_action(one_of(AMOUNTS)).prop_map(|value| ("action_budgets", value)),
        actions().prop_map(|value| ("denied_actions", value)),
        actions().prop_map(|value| ("allowed_actions", value)),
        by_action(rate).prop_map(|value| ("rate_limits", value)),
        flag().prop_map(|value| ("strict_mode", value)),
        flag().prop_map(|value| ("enabled", value)),
        flag().prop_map(|value| ("require_approval", value)),
        actions().prop_map(|value| ("approval_actions", value)),
        actions().prop_map(|value| ("approval_tags", value)),
        levels.prop_map(|value| ("approval_risk_levels", value)),
        one_of(AMOUNTS).prop_map(|value| ("approval_threshold_usd", value)),
        one_of(&[60.0, 3600.0]).prop_map(|value| ("approval_timeout_seconds", value)),
        picked(vec![json!([]), json!([approval_rule])]).prop_map(|value| ("approval_rules", value)),
        picked(vec![json!({ "a": ["l", "k"] }), json!({ "a": ["k"], "b": ["l"] })])
            .prop_map(|value| ("evidence_requirements", value)),
        by_action(one_of(&[0.0, 60.0])).prop_map(|value| ("evidence_max_age_seconds", value)),
        actions().prop_map(|value| ("commit_actions", value)),
        actions().prop_map(|value| ("evidence_actions", value)),
        by_action(schema).prop_map(|value| ("argument_constraints", value)),
        by_action(ground).prop_map(|value| ("grounding_rules", value)),
        by_action(pii).prop_map(|value| ("pii_rules", value)),
        by_action(moderation).prop_map(|value| ("moderation_rules", value)),
        by_action(loops).prop_map(|value| ("loop_rules", value)),
        flag().prop_map(|value| ("pii_default_enabled", value)),
        flag().prop_map(|value| ("moderation_default_enabled", value)),
        flag().prop_map(|value| ("loop_default_enabled", value)),
        picked(vec![json!([50, 80]), json!([95])]).prop_map(|value| ("budget_warning_thresholds", value)),
    ]
}

fn policy() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec(field(), 0..14).prop_map(|fields| {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
        [("name".to_owned(), json!("p"))].into_iter().chain(fields).collect()
    })
}

fn policies() -> impl Strategy<Value = Vec<Map<String, Value>>> {
    prop::collection::vec(policy(), 0..5)
}

fn fields_of(policy: &Map<String, Value>) -> PolicyFields {
    check(Value::Object(policy.clone()), CompileOptions::default()).expect("what is generated is valid").0
}

fn merged_of(id: &str, policy: &Map<String, Value>) -> MergedPolicy {
    MergedPolicy::of(&[(id, &fields_of(policy))])
}

fn prepared(policies: &[Map<String, Value>]) -> Vec<Rc<Policy>> {
    let each = policies.iter().enumerate();
    let all = each.map(|(at, policy)| Policy::prepare(&format!("id-{at}"), fields_of(policy)).unwrap()).collect();
    Policies::new(all, true).iter().filter(|policy| policy.fields.enabled).cloned().collect()
}

fn set<T: Ord, U: Into<T>>(items: impl IntoIterator<Item = U>) -> BTreeSet<T> {
    items.into_iter().map(Into::into).collect()
}

/// Every rule for an action, each with the policies that have it: as pairs of what it says and an id.
fn pairs<T: Serialize>(rules: Option<&Vec<RuleOf<T>>>) -> BTreeSet<(String, String)> {
    let rules = rules.into_iter().flatten();
    rules.flat_map(|rule| rule.policy_ids.iter().map(|id| (json!(rule.rule).to_string(), id.clone()))).collect()
}

/// The policies that have a rule for an action, and those that have the default one for want of an own.
fn with_default<'a, T: 'a>(
    rules: Option<&'a Vec<RuleOf<T>>>,
    defaults: impl IntoIterator<Item = &'a String>,
) -> BTreeSet<String> {
    rules.into_iter().flatten().flat_map(|rule| &rule.policy_ids).chain(defaults).cloned().collect()
}

proptest! {
    #![proptest_config(tries(200))]

    #[test]
    fn merging_is_associative_and_commutative((one, two, three) in (policy(), policy(), policy())) {
        let (one, two, three) = (merged_of("1", &one), merged_of("2", &two), merged_of("3", &three));
        prop_assert_eq!(one.clone().and(two.clone()), two.clone().and(one.clone()));
        prop_assert_eq!(one.clone().and(two.clone()).and(three.clone()), one.clone().and(two.and(three)));
        prop_assert_eq!(&one.clone().and(one.clone()), &one);
        prop_assert_eq!(&one.clone().and(MergedPolicy::nothing()), &one);
        prop_assert_eq!(&MergedPolicy::nothing().and(one.clone()), &one);
    }

    #[test]
    fn the_order_in_which_policies_are_given_does_not_show(
        (given, shuffled) in policies().prop_flat_map(|policies| {
            let with_ids: Vec<Value> = policies.into_iter().enumerate().map(|(at, mut policy)| {
                policy.insert("id".to_owned(), json!(format!("id-{at}")));
                Value::Object(policy)
            }).collect();
            (Just(with_ids.clone()), Just(with_ids).prop_shuffle())
        }),
    ) {
        let mut engine = Engine::new();
        let mut ask = |policies: &[Value]| call(&mut engine, "merge_action_policies", &json!({ "policies": policies }), None);
        let answer = ask(&given);
        prop_assert!(answer["merged"].is_object(), "{}", answer);
        prop_assert_eq!(&ask(&shuffled).to_string(), &answer.to_string());
        // What is off might as well not be there.
        let on: Vec<Value> = given.into_iter().filter(|policy| policy["enabled"] != json!(false)).collect();
        prop_assert_eq!(&ask(&on).to_string(), &answer.to_string());
    }

    #[test]
    fn what_is_merged_for_people_is_what_evaluation_uses(policies in policies()) {
        let prepared = prepared(&policies);
        let each: Vec<(&str, &PolicyFields)> = prepared.iter().map(|policy| (policy.id.as_str(), &policy.fields)).collect();
        let merged = MergedPolicy::of(&each);
        for action in ACTIONS.into_iter().chain(["of nobody"]) {
            let rules = ActionRules::of(prepared.clone(), action, &ActionSettings::default());
            prop_assert_eq!(rules.strict, merged.strict_mode);
            prop_assert_eq!(!rules.denied_by.is_empty(), merged.denied_actions.contains(action));
            let allowed = merged.allowed_actions.as_ref();
            prop_assert_eq!(!rules.not_allowed_by.is_empty(), allowed.is_some_and(|list| !list.contains(action)));
            let alternatives: BTreeSet<String> =
                allowed.into_iter().flatten().filter(|name| !merged.denied_actions.contains(*name)).cloned().collect();
            prop_assert_eq!(set(rules.alternatives), alternatives);
            let rates: BTreeSet<_> = rules.rates.iter().map(|(rate, id)| (json!(rate).to_string(), id.clone())).collect();
            prop_assert_eq!(rates, pairs(merged.rate_limits.get(action)));
            let requirements: BTreeSet<String> = set(rules.requirements.iter().cloned());
            prop_assert_eq!(requirements, set(merged.evidence_requirements.get(action).into_iter().flatten().cloned()));
            prop_assert_eq!(rules.max_age_seconds.as_ref(), merged.evidence_max_age_seconds.get(action));
            prop_assert_eq!(rules.produces_evidence, merged.evidence_actions.contains(action));
            let constrained: BTreeSet<String> = set(rules.constrained_by.iter().map(|policy| policy.id.clone()));
            prop_assert_eq!(constrained, with_default(merged.argument_constraints.get(action), &BTreeSet::new()));
            let mut grounds: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
            for (argument, rule, id) in &rules.grounds {
                grounds.entry(argument.clone()).or_default().insert((json!(rule).to_string(), id.clone()));
            }
            let shown = merged.grounding_rules.get(action).into_iter().flatten();
            let shown: BTreeMap<_, _> = shown.map(|(argument, rules)| (argument.clone(), pairs(Some(rules)))).collect();
            prop_assert_eq!(grounds, shown);
            let pii: BTreeSet<String> = set(rules.pii_by.iter().map(|policy| policy.id.clone()));
            prop_assert_eq!(pii, with_default(merged.pii_rules.get(action), &merged.pii_default_policy_ids));
            let moderated: BTreeSet<String> = set(rules.moderation.iter().map(|(_, id)| id.clone()));
            prop_assert_eq!(moderated, with_default(merged.moderation_rules.get(action), &merged.moderation_default_policy_ids));
            let looped: BTreeSet<String> = set(rules.loops.iter().map(|(_, id)| id.clone()));
            prop_assert_eq!(looped, with_default(merged.loop_rules.get(action), &merged.loop_default_policy_ids));
            let of_loops: BTreeSet<_> = rules.loops.iter().map(|(rule, id)| (json!(rule).to_string(), id.clone())).collect();
            prop_assert!(pairs(merged.loop_rules.get(action)).is_subset(&of_loops));
            let lowest = |kind| rules.budgets.iter().filter(|budget| budget.budget_type == kind).map(|budget| budget.limit).min();
            prop_assert_eq!(lowest(BudgetType::Session), merged.session_budget);
            prop_assert_eq!(lowest(BudgetType::Run), merged.run_budget);
            prop_assert_eq!(lowest(BudgetType::Action), merged.action_budgets.get(action).copied());
            prop_assert!(rules.warning_thresholds.iter().all(|at| merged.budget_warning_thresholds.contains(at)));
            let asking: BTreeSet<String> = set(
                rules.policies.iter().filter(|policy| policy.fields.require_approval).map(|policy| policy.id.clone()),
            );
            prop_assert_eq!(asking, merged.approvals.keys().cloned().collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn a_conflict_is_between_policies_that_differ((one, two) in (policy(), policy())) {
        let merge = |policies: [(&str, &Map<String, Value>); 2]| {
            let with_id = |(id, policy): (&str, &Map<String, Value>)| {
                let mut policy = policy.clone();
                policy.insert("id".to_owned(), json!(id));
                policy
            };
            let policies = policies.map(with_id);
            call(&mut Engine::new(), "merge_action_policies", &json!({ "policies": policies }), None)
        };
        prop_assert_eq!(&merge([("1", &one), ("2", &one)])["conflicts"], &json!([]));
        let fields = [&one, &two].map(fields_of).map(|fields| json!(fields));
        for conflict in merge([("1", &one), ("2", &two)])["conflicts"].as_array().unwrap() {
            prop_assert_eq!(&conflict["policy_ids"], &json!(["1", "2"]));
            let mut path = conflict["field"].as_str().unwrap().split('.');
            let [left, right] = &fields;
            let field = path.next().unwrap();
            let (left, right) = path.fold((&left[field], &right[field]), |(left, right), part| (&left[part], &right[part]));
            prop_assert_ne!(left, right, "{}", conflict);
        }
    }

    #[test]
    fn what_differs_is_told_and_nothing_else((one, two) in (policy(), policy())) {
        let snapshots = [&one, &two].map(|policy| json!(fields_of(policy)).as_object().unwrap().clone());
        let [one, two] = &snapshots;
        prop_assert!(PolicyDiff::between(one, one).unwrap().is_empty());
        let diff = json!(PolicyDiff::between(one, two).unwrap());
        let told: Vec<&String> = diff.as_object().unwrap().keys().collect();
        let differing: Vec<&String> = one.keys().filter(|field| one[*field] != two[*field]).collect();
        prop_assert_eq!(told, differing);
        // Backwards, what was added is removed.
        let back = json!(PolicyDiff::between(two, one).unwrap());
        for (field, change) in diff.as_object().unwrap() {
            for (here, there) in [("added", "removed"), ("removed", "added"), ("from", "to"), ("to", "from")] {
                prop_assert_eq!(&change[here], &back[field][there], "{}", field);
            }
        }
    }
}
