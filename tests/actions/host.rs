//! A host's records, and an operation in the hands of a driver: asked and committed in two moments, between which others commit.

use regate::api::Engine;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub const ORG: &str = "acme";

/// Records with versions, in one partition.
#[derive(Default, Clone)]
pub struct Records {
    pub records: BTreeMap<(String, String), (u64, Value)>,
    done: BTreeSet<String>,
    /// Every commit that was performed, in order.
    pub commits: Vec<Value>,
}

impl Records {
    /// An organisation with these policies, exceptions and settings.
    pub fn with(policies: &[Value], exceptions: &[Value], settings: &Value) -> Self {
        let mut records = Self::default();
        for policy in policies {
            let mut stored = json!({
                "id": policy["id"], "organization_id": ORG, "current_version_id": "v_1", "created_at": "", "updated_at": "",
                "newest_version": 1, "name": policy["id"],
            });
            for (field, value) in policy.as_object().unwrap() {
                stored[field] = value.clone();
            }
            records.put("action_policy", policy["id"].as_str().unwrap(), stored);
        }
        for exception in exceptions {
            let mut stored = json!({ "created_by": null, "created_at": "" });
            for (field, value) in exception.as_object().unwrap() {
                stored[field] = value.clone();
            }
            let key = format!("{}/{}", exception["policy_id"].as_str().unwrap(), exception["id"].as_str().unwrap());
            records.put("action_exception", &key, stored);
        }
        records.put("action_settings", "all", settings.clone());
        let counts = json!({
            "action_policy": policies.len(), "action_exception": exceptions.len(), "action_settings": 1,
        });
        let digest = format!("{policies:?}{exceptions:?}{settings}");
        records.put("configuration", "all", json!({ "changes": 1, "counts": counts, "digest": digest }));
        records
    }

    pub fn put(&mut self, kind: &str, key: &str, value: Value) {
        let record = self.records.entry((kind.to_owned(), key.to_owned())).or_insert((0, Value::Null));
        *record = (record.0 + 1, value);
    }

    pub fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> + 'a {
        self.records
            .iter()
            .filter(move |((of, _), (_, value))| of == kind && !value.is_null())
            .map(|((_, key), (_, value))| (key, value))
    }

    pub fn fact(&self, need: &Value) -> Value {
        let text = |field: &str| need[field].as_str().unwrap().to_owned();
        let (version, value) = match need["kind"].as_str().unwrap() {
            "record" => match self.records.get(&(text("record"), text("key"))) {
                Some((version, value)) => (json!(version.to_string()), value.clone()),
                None => (Value::Null, Value::Null),
            },
            "records" => {
                let is_in = |key: &str| {
                    need["from"].as_str().is_none_or(|from| from <= key)
                        && need["to"].as_str().is_none_or(|to| key < to)
                };
                let records: Vec<Value> = self
                    .all(need["record"].as_str().unwrap())
                    .filter(|(key, _)| is_in(key))
                    .map(|(key, value)| json!({ "key": key, "version": "1", "value": value }))
                    .collect();
                (Value::Null, json!({ "records": records, "cursor": null }))
            }
            "access" => (
                Value::Null,
                json!({ "id": "ann", "email": "ann@example.com", "org_role": "owner", "is_session": true, "may": [] }),
            ),
            "moderation" => (Value::Null, json!([])),
            other => panic!("nobody asks for `{other}`"),
        };
        json!({ "need": need, "version": version, "value": value })
    }

    /// Performs a commit, or nothing of it.
    pub fn commit(&mut self, commit: &Value) -> bool {
        assert_eq!(commit["partition"], json!(format!("actions/{ORG}")), "a commit over another partition");
        let id = commit["idempotency_key"].as_str().unwrap().to_owned();
        if self.done.contains(&id) {
            return true;
        }
        let key =
            |record: &Value| (record["kind"].as_str().unwrap().to_owned(), record["key"].as_str().unwrap().to_owned());
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
            let (kind, key) = key(record);
            assert!(written.insert((kind.clone(), key.clone())), "one commit writes {kind} {key} twice");
            self.put(&kind, &key, record["value"].clone());
        }
        self.done.insert(id);
        self.commits.push(commit.clone());
        true
    }
}

/// An operation that was asked for.
#[derive(Clone)]
pub struct Operation {
    pub id: String,
    pub operation: Value,
    pub now_ms: u64,
}

/// What came of asking: an answer with the commit that makes it true, or a refusal.
#[derive(Clone, Debug)]
pub enum Asked {
    Done { answer: Value, commit: Value },
    Refused(Value),
}

/// Asks the engine, with the records as they are now.
pub fn ask(engine: &mut Engine, records: &Records, operation: &Operation) -> Asked {
    let mut facts: Vec<Value> = Vec::new();
    for _ in 0..12 {
        let request = json!({
            "org_id": ORG, "operation": operation.operation, "operation_id": operation.id, "now_ms": operation.now_ms,
            "facts": facts,
        });
        let answer = engine.call("perform_action", &request.to_string(), None);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let step = answer.get("ok").unwrap_or_else(|| panic!("{answer} for {}", operation.operation));
        if let Some(done) = step.get("done") {
            return Asked::Done { answer: done["answer"].clone(), commit: done["effects"]["commit"].clone() };
        }
        if let Some(refused) = step.get("refused") {
            return Asked::Refused(refused.clone());
        }
        let needs = step["needs"].as_array().unwrap_or_else(|| panic!("{step}"));
        facts.extend(needs.iter().map(|need| records.fact(need)));
    }
    panic!("the needs of {} did not converge", operation.operation);
}

/// Performs an operation at once, with nobody in between.
pub fn perform(engine: &mut Engine, records: &mut Records, operation: &Operation) -> Result<Value, Value> {
    match ask(engine, records, operation) {
        Asked::Refused(refused) => Err(refused),
        Asked::Done { answer, commit } => {
            assert!(commit.is_null() || records.commit(&commit), "nobody else commits");
            Ok(answer)
        }
    }
}
