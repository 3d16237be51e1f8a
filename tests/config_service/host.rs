//! A host with records in partitions, a clock and one who asks.

use regate::api::Engine;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub const FIRST_MS: u64 = 1_700_000_000_000;

/// The policy `name`, with these rules.
pub fn policy(name: &str, rules: &str) -> String {
    format!("package org\n\npolicy_name[\"{name}\"]\n\n{rules}\n")
}

/// A policy that fails hard where the configuration names no owner.
pub fn owner() -> String {
    policy("owner", "enable_hard[\"needs_owner\"]\n\nneeds_owner = \"owner label missing\" { not input.owner }")
}

/// Records with versions, and an engine.
pub struct Host {
    pub engine: Engine,
    /// By partition, kind and key.
    pub records: BTreeMap<(String, String, String), (u64, Value)>,
    done: BTreeSet<String>,
    pub commits: Vec<Value>,
    pub identity: Value,
    pub context: &'static str,
    pub now_ms: u64,
    /// How many rounds of needs the last operation took.
    pub rounds: usize,
    ids: u32,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            engine: Engine::new(),
            records: BTreeMap::new(),
            done: BTreeSet::new(),
            commits: Vec::new(),
            identity: json!({ "id": "u-1", "email": "ann@example.com", "org_role": "admin", "may": [] }),
            context: "config",
            now_ms: FIRST_MS,
            rounds: 0,
            ids: 0,
        }
    }
}

impl Host {
    /// The next operation is of somebody else, who may do this.
    pub fn asks(&mut self, id: &str, may: &[&str]) {
        self.identity = json!({ "id": id, "email": null, "org_role": "member", "may": may });
    }

    fn fact(&self, need: &Value) -> Value {
        let text = |field: &str| need[field].as_str().unwrap().to_owned();
        let (version, value) = match need["kind"].as_str().unwrap() {
            "record" => match self.records.get(&(text("partition"), text("record"), text("key"))) {
                Some((version, value)) => (json!(version.to_string()), value.clone()),
                None => (Value::Null, Value::Null),
            },
            "records" => (Value::Null, self.page(need)),
            "access" => (Value::Null, self.identity.clone()),
            other => panic!("nobody asks for `{other}`"),
        };
        json!({ "need": need, "version": version, "value": value })
    }

    fn page(&self, need: &Value) -> Value {
        let limit = need["limit"].as_u64().unwrap() as usize;
        let in_range = |key: &str| {
            need["from"].as_str().is_none_or(|from| from <= key)
                && need["to"].as_str().is_none_or(|to| key < to)
                && need["cursor"].as_str().is_none_or(|cursor| cursor < key)
        };
        let mut found: Vec<Value> = self
            .records
            .iter()
            .filter(|((partition, kind, key), (_, value))| {
                need["partition"] == json!(partition)
                    && need["record"] == json!(kind)
                    && !value.is_null()
                    && in_range(key)
            })
            .map(
                |((_, _, key), (version, value))| json!({ "key": key, "version": version.to_string(), "value": value }),
            )
            .collect();
        let is_more = found.len() > limit;
        found.truncate(limit);
        let cursor = found.last().filter(|_| is_more).map(|last| last["key"].clone());
        json!({ "records": found, "cursor": cursor })
    }

    /// Performs a commit, or nothing of it.
    pub fn commit(&mut self, commit: &Value) -> bool {
        let id = commit["idempotency_key"].as_str().unwrap().to_owned();
        if self.done.contains(&id) {
            return true;
        }
        let key = |record: &Value| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&commit["partition"]), text(&record["kind"]), text(&record["key"]))
        };
        for expected in commit["expect"].as_array().unwrap() {
            let version = self.records.get(&key(expected)).map(|(version, _)| version.to_string());
            if version.as_deref() != expected["version"].as_str() {
                return false;
            }
        }
        let appended = commit["append"].as_array().unwrap();
        if appended.iter().any(|record| self.records.contains_key(&key(record))) {
            return false;
        }
        let mut written = BTreeSet::new();
        for record in commit["put"].as_array().unwrap().iter().chain(appended) {
            let key = key(record);
            assert!(written.insert(key.clone()), "one commit writes {key:?} twice");
            let kept = self.records.entry(key).or_insert((0, Value::Null));
            *kept = (kept.0 + 1, record["value"].clone());
        }
        self.done.insert(id);
        self.commits.push(commit.clone());
        true
    }

    /// Asks for an operation with the records as they are: its answer and its commit. `document` is the configuration.
    pub fn asked(&mut self, operation: &Value, document: Option<&str>) -> Result<(Value, Value), Value> {
        self.ids += 1;
        let id = format!("op-{}", self.ids);
        self.asked_as(&id, operation, document, &json!({}))
    }

    /// The same under an id, with more fields of the request.
    pub fn asked_as(
        &mut self,
        id: &str,
        operation: &Value,
        document: Option<&str>,
        more: &Value,
    ) -> Result<(Value, Value), Value> {
        let mut facts: Vec<Value> = Vec::new();
        for round in 0..8 {
            self.rounds = round;
            let mut request = json!({
                "org_id": "acme", "context": self.context, "operation": operation, "operation_id": id,
                "now_ms": self.now_ms, "seed": 7, "facts": facts,
            });
            for (field, value) in more.as_object().unwrap() {
                request[field] = value.clone();
            }
            let answer = self.engine.call("perform_config", &request.to_string(), document.map(str::as_bytes));
            let answer: Value = serde_json::from_str(&answer).unwrap();
            let Some(step) = answer.get("ok") else { return Err(answer["error"].clone()) };
            if let Some(done) = step.get("done") {
                return Ok((done["answer"].clone(), done["effects"]["commit"].clone()));
            }
            if let Some(refused) = step.get("refused") {
                return Err(refused.clone());
            }
            let needs = step["needs"].as_array().unwrap_or_else(|| panic!("{step}"));
            facts.extend(needs.iter().map(|need| self.fact(need)));
        }
        panic!("the needs of {operation} did not converge");
    }

    /// Performs an operation with nobody in between.
    pub fn perform(&mut self, operation: Value) -> Result<Value, Value> {
        let (answer, commit) = self.asked(&operation, None)?;
        assert!(commit.is_null() || self.commit(&commit), "nobody else commits");
        Ok(answer)
    }

    /// Decides on a configuration in JSON.
    pub fn decide(&mut self, configuration: &str, options: Value) -> Result<Value, Value> {
        let (answer, commit) = self.asked(&json!({ "decide": options }), Some(configuration))?;
        assert!(commit.is_null() || self.commit(&commit), "nobody else commits");
        Ok(answer)
    }

    /// Pushes policies by their paths.
    pub fn push(&mut self, policies: &[(&str, String)]) -> Result<Value, Value> {
        self.perform(push_of(policies, false))
    }

    /// How many records there are of a kind.
    pub fn count(&self, kind: &str) -> usize {
        self.records.keys().filter(|(_, of, _)| of == kind).count()
    }
}

/// The operation that pushes policies.
pub fn push_of(policies: &[(&str, String)], dry: bool) -> Value {
    let policies: BTreeMap<&str, &String> = policies.iter().map(|(path, source)| (*path, source)).collect();
    json!({ "push": { "policies": policies, "dry": dry } })
}
