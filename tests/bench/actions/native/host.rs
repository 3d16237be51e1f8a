//! A host that costs as little as one can, and a driver over it: records as texts in a map, and the loop that asks the engine,
//! answers what it needs and commits.

use regate::api::Engine;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

const ORG: &str = "acme";
const PARTITION: &str = "actions/acme";
/// As the driver of the package.
const ROUNDS: usize = 8;
/// Whoever asks may do everything, as on the host in memory of the package.
const IDENTITY: &str = r#"{"id":null,"email":null,"org_role":"owner","is_session":true,"may":["read","write","delete","trigger","apply","approve","reject","abort"]}"#;

/// What crossed the engine's door in one round.
pub type Exchange = (String, String);

/// Records, and an engine that is asked with them.
#[derive(Default)]
pub struct Host {
    engine: Engine,
    records: HashMap<String, BTreeMap<String, Record>>,
    done: HashSet<String>,
    ids: u32,
    /// The time that the engine took so far.
    pub in_engine: Duration,
    /// Every exchange, where they are kept.
    pub kept: Option<Vec<Exchange>>,
}

struct Record {
    version: u64,
    /// Its value as JSON text; none: it was deleted.
    text: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    ok: Option<Step>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Needs(Vec<Value>),
    Stale,
    Refused(Value),
    Done(Done),
}

#[derive(Deserialize)]
struct Done {
    answer: Value,
    effects: Effects,
}

#[derive(Deserialize)]
struct Effects {
    commit: Option<Commit>,
}

#[derive(Deserialize)]
struct Commit {
    partition: String,
    idempotency_key: String,
    expect: Vec<Expected>,
    put: Vec<Written>,
    append: Vec<Written>,
}

#[derive(Deserialize)]
struct Expected {
    kind: String,
    key: String,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Written {
    kind: String,
    key: String,
    value: Value,
}

impl Host {
    /// Performs an operation, given as JSON text, with nobody in between.
    pub fn perform(&mut self, operation: &str, now_ms: u64) -> Value {
        self.ids += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", self.ids);
        let mut facts = String::new();
        for _ in 0..=ROUNDS {
            let request = format!(
                r#"{{"org_id":"{ORG}","operation_id":"{id}","now_ms":{now_ms},"operation":{operation},"facts":[{facts}]}}"#
            );
            let began = Instant::now();
            let text = self.engine.call("perform_action", &request, None);
            self.in_engine += began.elapsed();
            let answer: Answer = serde_json::from_str(&text).expect("the engine answers in JSON");
            if let Some(kept) = &mut self.kept {
                kept.push((request, text));
            }
            match answer.ok {
                Some(Step::Needs(needs)) => needs.iter().for_each(|need| self.write_fact(need, &mut facts)),
                Some(Step::Done(done)) => {
                    if let Some(commit) = done.effects.commit {
                        self.commit(commit);
                    }
                    return done.answer;
                }
                Some(Step::Refused(refusal)) => panic!("{operation} was refused: {refusal}"),
                Some(Step::Stale) => panic!("nobody else changes anything, and yet {operation} finds it stale"),
                None => panic!("{operation} failed: {:?}", answer.error),
            }
        }
        panic!("the needs of {operation} did not converge");
    }

    fn write_fact(&self, need: &Value, facts: &mut String) {
        let text = |field: &str| need[field].as_str();
        let (version, value) = match text("kind") {
            Some("record") => self.record(text("record").unwrap(), text("key").unwrap()),
            Some("records") => (None, self.list(text("record").unwrap(), text("from"), text("to"))),
            Some("access") => (None, IDENTITY.to_owned()),
            _ => panic!("no host of this benchmark is asked for {need}"),
        };
        let version = version.map_or_else(|| "null".to_owned(), |version| format!("\"{version}\""));
        let comma = if facts.is_empty() { "" } else { "," };
        facts.push_str(&format!(r#"{comma}{{"need":{need},"version":{version},"value":{value}}}"#));
    }

    fn record(&self, kind: &str, key: &str) -> (Option<u64>, String) {
        match self.records.get(kind).and_then(|records| records.get(key)) {
            Some(Record { version, text }) => (Some(*version), text.clone().unwrap_or_else(|| "null".to_owned())),
            None => (None, "null".to_owned()),
        }
    }

    // Whole: nothing that is measured lists records of which there are many.
    fn list(&self, kind: &str, from: Option<&str>, to: Option<&str>) -> String {
        let is_in = |key: &str| from.is_none_or(|from| from <= key) && to.is_none_or(|to| key < to);
        let records: Vec<String> = self
            .records
            .get(kind)
            .into_iter()
            .flatten()
            .filter(|(key, _)| is_in(key))
            .filter_map(|(key, Record { version, text })| {
                let value = text.as_ref()?;
                Some(format!(r#"{{"key":{},"version":"{version}","value":{value}}}"#, Value::from(key.as_str())))
            })
            .collect();
        format!(r#"{{"records":[{}],"cursor":null}}"#, records.join(","))
    }

    // As every store: nothing of it where a version is another than was read, and once where it comes twice.
    fn commit(&mut self, commit: Commit) {
        let Commit { partition, idempotency_key, expect, put, append } = commit;
        assert_eq!(partition, PARTITION, "a commit over another partition");
        assert!(self.done.insert(idempotency_key), "nobody commits twice");
        for Expected { kind, key, version } in expect {
            let found = self.records.get(&kind).and_then(|records| records.get(&key)).map(|record| record.version);
            assert_eq!(found.map(|version| version.to_string()), version, "nobody else commits {kind} {key}");
        }
        for Written { kind, key, .. } in &append {
            let is_there = self.records.get(kind).is_some_and(|records| records.contains_key(key));
            assert!(!is_there, "{kind} {key} is there already");
        }
        for Written { kind, key, value } in put.into_iter().chain(append) {
            let records = self.records.entry(kind).or_default();
            let record = records.entry(key).or_insert(Record { version: 0, text: None });
            record.version += 1;
            record.text = (!value.is_null()).then(|| value.to_string());
        }
    }

    /// Puts an engine that knows nothing yet in the place of this one.
    pub fn forget(&mut self) {
        self.engine = Engine::new();
    }

    /// How many records there are that were not deleted.
    pub fn live_records(&self) -> usize {
        self.records.values().flat_map(BTreeMap::values).filter(|record| record.text.is_some()).count()
    }
}
