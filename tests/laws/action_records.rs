//! Generated action policies and calls, and a host that keeps the records of an organisation and answers the needs of its operations.

use crate::call;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use regate::api::Engine;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An organisation's records, in memory.
pub struct Organisation {
    engine: Engine,
    records: BTreeMap<(String, String), (u64, Value)>,
    operations: u64,
    /// What a moderator says now.
    pub moderation: Value,
}

impl Organisation {
    /// An organisation with these policies, exceptions and settings.
    pub fn new(set_up: &SetUp) -> Self {
        let mut organisation =
            Self { engine: Engine::new(), records: BTreeMap::new(), operations: 0, moderation: Value::Null };
        for policy in &set_up.policies {
            let mut stored = json!({
                "organization_id": "acme", "current_version_id": "v_1", "created_at": "", "updated_at": "", "newest_version": 1,
            });
            stored.as_object_mut().unwrap().extend(policy.as_object().unwrap().clone());
            organisation.put("action_policy", policy["id"].as_str().unwrap(), stored);
        }
        for exception in &set_up.exceptions {
            let mut stored = json!({ "created_by": null, "created_at": "" });
            stored.as_object_mut().unwrap().extend(exception.as_object().unwrap().clone());
            let key = format!("{}/{}", exception["policy_id"].as_str().unwrap(), exception["id"].as_str().unwrap());
            organisation.put("action_exception", &key, stored);
        }
        organisation.put("action_settings", "all", set_up.settings.clone());
        let counts = json!({
            "action_policy": set_up.policies.len(), "action_exception": set_up.exceptions.len(), "action_settings": 1,
        });
        organisation.put("configuration", "all", json!({ "changes": 1, "counts": counts, "digest": "sha256:1" }));
        organisation
    }

    /// Puts a record there, as another operation would.
    pub fn put(&mut self, kind: &str, key: &str, value: Value) {
        let record = self.records.entry((kind.to_owned(), key.to_owned())).or_default();
        *record = (record.0 + 1, value);
    }

    /// Performs an operation to its end: its answer, or why it is refused.
    pub fn perform(&mut self, operation: &Value, now_ms: u64) -> Result<Value, Value> {
        self.operations += 1;
        // Ids that are in another order than the operations: hosts give random ones.
        let id = format!("{:03}-{}", (self.operations * 577) % 1000, self.operations);
        let mut request = json!({
            "org_id": "acme", "operation": operation, "operation_id": id, "now_ms": now_ms, "facts": [],
        });
        for _ in 0..10 {
            let answer = call(&mut self.engine, "perform_action", &request, None);
            if let Some(needs) = answer["needs"].as_array() {
                let facts: Vec<Value> = needs.iter().map(|need| self.fact(need)).collect();
                request["facts"].as_array_mut().unwrap().extend(facts);
            } else if answer["refused"].is_object() {
                return Err(answer["refused"].clone());
            } else {
                assert!(answer["done"].is_object(), "{operation}: {answer}");
                self.commit(&answer["done"]["effects"]["commit"]);
                return Ok(answer["done"]["answer"].clone());
            }
        }
        panic!("the needs did not converge");
    }

    /// The whole decision log.
    pub fn log(&mut self) -> Vec<Value> {
        let (mut log, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let page = self.perform(&json!({ "list_decisions": { "limit": 7, "cursor": cursor } }), 0).unwrap();
            log.extend(page["decisions"].as_array().unwrap().iter().cloned());
            cursor = page["cursor"].clone();
            if cursor.is_null() {
                return log;
            }
        }
    }

    fn fact(&self, need: &Value) -> Value {
        let text = |field: &str| need[field].as_str().unwrap().to_owned();
        let mut version = Value::Null;
        let value = match need["kind"].as_str().unwrap() {
            "record" => match self.records.get(&(text("record"), text("key"))) {
                Some((kept, value)) => {
                    version = json!(kept.to_string());
                    value.clone()
                }
                None => Value::Null,
            },
            "records" => self.list(need),
            "access" => json!({
                "id": "ann", "email": "ann@example.com", "org_role": "owner", "is_session": true, "may": [],
            }),
            "moderation" => self.moderation.clone(),
            other => panic!("nobody answers the need `{other}`"),
        };
        json!({ "need": need, "version": version, "value": value })
    }

    fn list(&self, need: &Value) -> Value {
        let is_in = |key: &str| {
            need["from"].as_str().is_none_or(|from| from <= key)
                && need["to"].as_str().is_none_or(|to| key < to)
                && need["cursor"].as_str().is_none_or(|cursor| cursor < key)
        };
        let mut all = self
            .records
            .iter()
            .filter(|((kind, key), (_, value))| need["record"] == kind.as_str() && is_in(key) && !value.is_null())
            .map(|((_, key), (version, value))| json!({ "key": key, "version": version.to_string(), "value": value }));
        let limit = need["limit"].as_u64().map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
        let records: Vec<Value> = all.by_ref().take(limit).collect();
        let cursor = all.next().and(records.last()).map_or(Value::Null, |last| last["key"].clone());
        json!({ "records": records, "cursor": cursor })
    }

    fn commit(&mut self, commit: &Value) {
        let all = |name: &str| commit[name].as_array().cloned().unwrap_or_default();
        for expected in all("expect") {
            let key = (expected["kind"].as_str().unwrap().to_owned(), expected["key"].as_str().unwrap().to_owned());
            let version = self.records.get(&key).map_or(Value::Null, |(version, _)| json!(version.to_string()));
            assert_eq!(version, expected["version"], "nobody else writes: {expected}");
        }
        for record in all("put").into_iter().chain(all("append")) {
            self.put(record["kind"].as_str().unwrap(), record["key"].as_str().unwrap(), record["value"].clone());
        }
    }
}

/// What an organisation has set up.
#[derive(Debug, Clone)]
pub struct SetUp {
    pub policies: Vec<Value>,
    pub exceptions: Vec<Value>,
    pub settings: Value,
}

/// Parts of policies that meet each other: budgets, rates, evidence, loops, lists, arguments, approvals.
fn parts() -> Vec<Value> {
    vec![
        json!({ "session_budget": 3 }),
        json!({ "run_budget": 1.5 }),
        json!({ "action_budgets": { "pay": 2, "look": 0 } }),
        json!({ "denied_actions": ["drop"] }),
        json!({ "allowed_actions": ["look", "pay", "mail"] }),
        json!({ "rate_limits": { "pay": { "max_count": 2, "window_seconds": 5 }, "look": { "max_count": 3, "window_seconds": 9 } } }),
        json!({ "rate_limits": { "mail": { "max_count": 1, "window_seconds": 3 } } }),
        json!({ "evidence_actions": ["look", "mail"] }),
        json!({ "evidence_requirements": { "pay": ["look"] }, "evidence_max_age_seconds": { "pay": 6 } }),
        json!({ "grounding_rules": { "pay": { "n": { "source_action": "look", "source_field": "n" } } }, "evidence_actions": ["look"] }),
        json!({ "argument_constraints": { "pay": { "properties": { "n": { "maximum": 1 } } } } }),
        json!({ "loop_rules": { "look": { "threshold": 3, "window_seconds": 4 }, "pay": { "threshold": 2, "window_seconds": 1.5, "arg_exclude": ["n"] } } }),
        json!({ "loop_default_enabled": true }),
        json!({ "pii_rules": { "mail": {} } }),
        json!({ "moderation_rules": { "mail": { "strictness": "strict" }, "pay": { "moderator": "second" } } }),
        json!({ "require_approval": true, "approval_actions": ["pay"], "approval_timeout_seconds": 3 }),
        json!({ "require_approval": true, "approval_threshold_usd": 1, "approval_timeout_seconds": 6 }),
        json!({ "require_approval": true, "approval_risk_levels": ["high"], "approval_tags": ["money"], "approval_timeout_seconds": 2 }),
        json!({ "strict_mode": false }),
        json!({ "enabled": false }),
    ]
}

fn policy(id: String) -> impl Strategy<Value = Value> {
    let scope = select(vec![
        json!({}),
        json!({}),
        json!({ "scope": "agent", "target_id": "a1" }),
        json!({ "scope": "run", "target_id": "r1" }),
        json!({ "scope": "mission", "target_id": "m1" }),
        json!({ "scope": "group", "target_id": "g1" }),
    ]);
    (scope, subsequence(parts(), 1..5)).prop_map(move |(scope, parts)| {
        let mut policy = json!({ "id": id, "name": id });
        for part in std::iter::once(&scope).chain(&parts) {
            policy.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        policy
    })
}

/// What an organisation has set up.
pub fn set_up() -> impl Strategy<Value = SetUp> {
    let policies =
        (1_usize..5).prop_flat_map(|count| (0..count).map(|at| policy(format!("p{at}"))).collect::<Vec<_>>());
    let exceptions = subsequence(
        vec![
            json!({ "agent_ids": ["a1"], "max_uses": 2 }),
            json!({ "run_ids": ["r1", "r2"], "actions": ["pay", "drop"], "max_uses": 1 }),
            json!({ "agent_ids": ["a2"], "starts_at_ms": 1_004_000, "expires_at_ms": 1_015_000 }),
        ],
        0..3,
    );
    let settings = select(vec![
        json!({}),
        json!({ "budget_accounts": "scope" }),
        json!({ "latest_ground_only": true, "reservation_seconds": 2 }),
        json!({ "compat_0_4": true }),
        json!({ "compat_0_4": true, "budget_accounts": "scope", "enforcement_mode": "fail_open" }),
    ]);
    (policies, exceptions, settings, any::<prop::sample::Index>()).prop_map(|(policies, exceptions, settings, of)| {
        let exceptions = exceptions
            .into_iter()
            .enumerate()
            .map(|(at, mut exception)| {
                exception["id"] = json!(format!("e{at}"));
                exception["policy_id"] = policies[of.index(policies.len())]["id"].clone();
                exception["reason"] = json!("a drill");
                exception
            })
            .collect();
        SetUp { policies, exceptions, settings }
    })
}

/// A call.
pub fn action_call() -> impl Strategy<Value = Value> {
    let name = select(vec!["look", "look", "pay", "pay", "mail", "drop"]);
    let cost = select(vec![json!(0), json!(0.1), json!(0.7), json!(1.1), json!(-1)]);
    let more = subsequence(
        vec![
            json!({ "run_id": "r1" }),
            json!({ "run_id": "r2" }),
            json!({ "session_id": "s1" }),
            json!({ "agent_id": "a1" }),
            json!({ "agent_id": "a2" }),
            json!({ "mission_id": "m1" }),
            json!({ "group_id": "g1" }),
            json!({ "risk_level": "high" }),
            json!({ "tags": ["money"] }),
            json!({ "impact": "read" }),
            json!({ "produces_evidence": true }),
            json!({ "requires_human_approval": true }),
            json!({ "idempotency_key": "k1", "idempotency_ttl_seconds": 2 }),
            json!({ "idempotency_key": "k2" }),
            json!({ "requires": ["mail"] }),
        ],
        0..6,
    );
    (name, cost, 0_u64..3, more).prop_map(|(name, cost, n, more)| {
        let mut call: Map<String, Value> =
            [("name".to_owned(), json!(name)), ("cost_usd".to_owned(), cost)].into_iter().collect();
        call.insert("kwargs".to_owned(), json!({ "n": n, "text": "hello" }));
        for part in more {
            call.extend(part.as_object().unwrap().clone());
        }
        Value::Object(call)
    })
}

/// What a moderator says of a call.
pub fn moderation() -> impl Strategy<Value = Value> {
    select(vec![
        json!([]),
        json!([]),
        json!([{ "flagged": true, "categories": ["spam"], "field_path": "text" }]),
        json!([{ "flagged": true, "categories": ["violence"], "field_path": "text" }]),
        Value::Null,
    ])
}
