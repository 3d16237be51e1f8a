//! The organisation that the steps of a case share, natively: its records, people, clock and ids, and the host's part
//! in runs and actions. `tests/js/case-organisation.mjs` does the same through the package.

use super::{document, ok};
use regate::api::Engine;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How often an operation may ask before it must be done, as in the package's driver.
const ROUNDS: usize = 8;

/// What the steps of a case share.
#[derive(Default)]
pub struct Organisation {
    org_id: Value,
    people: Value,
    secrets: Value,
    records: BTreeMap<[String; 3], (u64, Value)>,
    ids: u64,
    now_ms: u64,
    /// Notices that no step `told` has shown yet.
    told: Vec<Value>,
    /// One for all steps, as in the package: what it keeps prepared must not show.
    engine: Engine,
}

impl Organisation {
    /// The organisation as a case describes it, with nothing set up.
    pub fn of(case: &Value) -> Self {
        let [org_id, people, secrets] = ["org_id", "people", "secrets"].map(|name| case[name].clone());
        Self { org_id, people, secrets, ..Self::default() }
    }

    /// Performs a step that needs an organisation; none for any other.
    pub fn perform(&mut self, operation: &str, step: &Value) -> Option<Value> {
        let words = words_of(operation)?;
        for word in step.as_object().unwrap().keys() {
            assert!(words.contains(&word.as_str()), "`{operation}` has no `{word}`");
        }
        self.tell_the_time(step);
        Some(match operation {
            "administer" => self.settle("administer", step, &step["operation"]),
            "run" => self.settle("perform_run", step, &step["operation"]),
            "receive_check" => self.receive_check(step),
            "sweep" => self.sweep(step),
            "action" => self.settle("perform_action", step, &step["operation"]),
            "at_once" => self.settle_at_once(step),
            "store" => self.store(step),
            "told" => json!({ "notices": std::mem::take(&mut self.told) }),
            "provider_token" => json!({ "token": self.token(step) }),
            other => panic!("there is no step `{other}`"),
        })
    }

    /// The clock stands where a step put it, until the next one does.
    fn tell_the_time(&mut self, step: &Value) {
        if let Some(hours) = step["hours"].as_u64() {
            self.now_ms = hours * 3_600_000;
        }
        if let Some(now_ms) = step["now_ms"].as_u64() {
            self.now_ms = now_ms;
        }
    }

    fn org_id<'a>(&'a self, step: &'a Value) -> &'a Value {
        step.get("org_id").unwrap_or(&self.org_id)
    }

    /// Performs one operation: answers its needs until it is done, then its effects.
    fn settle(&mut self, surface: &str, step: &Value, operation: &Value) -> Value {
        let question = self.question(step, operation);
        let ended = self.ended(surface, step, question);
        if let Some(done) = ended.get("done") {
            assert!(self.commit(&done["effects"]["commit"]), "nobody else writes: {done}");
            return self.answered(done);
        }
        ended
    }

    /// Performs operations on actions that are all decided on before the first of them is committed. Who meets a conflict decides
    /// again, as in the package's driver.
    fn settle_at_once(&mut self, step: &Value) -> Value {
        let mut conflicts = 0;
        let steps = step["operations"].as_array().unwrap();
        let questions: Vec<Value> = steps.iter().map(|step| self.question(step, &step["operation"])).collect();
        let ended: Vec<Value> = steps
            .iter()
            .zip(&questions)
            .map(|(step, question)| self.ended("perform_action", step, question.clone()))
            .collect();
        let mut answers = Vec::new();
        for ((step, question), mut ended) in steps.iter().zip(questions).zip(ended) {
            while let Some(done) = ended.get("done") {
                if self.commit(&done["effects"]["commit"]) {
                    ended = self.answered(done);
                    break;
                }
                conflicts += 1;
                ended = self.ended("perform_action", step, question.clone());
            }
            answers.push(ended);
        }
        assert!(conflicts > 0, "operations that do not meet one another show nothing");
        json!({ "answers": answers })
    }

    /// Puts records into the store, as an earlier release has left them.
    fn store(&mut self, step: &Value) -> Value {
        for record in step["records"].as_array().unwrap() {
            let kept = self.records.entry(place(&record["partition"], &record["kind"], &record["key"])).or_default();
            *kept = (kept.0 + 1, record["value"].clone());
        }
        json!({})
    }

    fn question(&mut self, step: &Value, operation: &Value) -> Value {
        self.ids += 1;
        json!({
            "org_id": self.org_id(step),
            "operation": operation,
            "operation_id": format!("id-{}", self.ids),
            "now_ms": self.now_ms,
            "facts": [],
        })
    }

    /// Answers the needs of an operation until it is refused, failed or done.
    fn ended(&mut self, surface: &str, step: &Value, mut question: Value) -> Value {
        let plan = document(&step["plan"]);
        for _ in 0..=ROUNDS {
            let answer = ok(&self.engine.call(surface, &question.to_string(), plan.as_deref()));
            if ["error", "refused", "done"].iter().any(|end| answer.get(end).is_some()) {
                return answer;
            }
            let needs = answer["needs"].as_array().unwrap_or_else(|| panic!("nobody else writes: {answer}"));
            for need in needs {
                let fact = self.fact(need, step);
                question["facts"].as_array_mut().unwrap().push(fact);
            }
        }
        panic!("the needs did not converge");
    }

    fn answered(&mut self, done: &Value) -> Value {
        self.told.extend(done["effects"]["notices"].as_array().unwrap().iter().cloned());
        done["answer"].clone()
    }

    /// The answer of a provider. The host judges its token before the engine hears of it, and so does this.
    fn receive_check(&mut self, step: &Value) -> Value {
        let right = self.token(step);
        if right.is_none() || self.token(step.get("token_for").unwrap_or(step)) != right {
            let message = "the token is not that of this provider for this run";
            return json!({ "refused": { "code": "unauthorized", "message": message } });
        }
        let operation = json!({
            "id": step["run_id"],
            "provider_id": step["provider_id"],
            "decision": step["decision"],
            "reason": step.get("reason").unwrap_or(&json!("")),
        });
        self.settle("perform_run", step, &json!({ "receive_check": operation }))
    }

    /// The token of a provider for a run; none without a secret.
    fn token(&self, of: &Value) -> Option<String> {
        let [provider_id, run_id] = ["provider_id", "run_id"].map(|name| of[name].as_str().unwrap());
        let secret = self.secrets[provider_id].as_str()?;
        Some(hmac_sha256(secret.as_bytes(), format!("{provider_id}:{run_id}").as_bytes()))
    }

    /// Looks at every run of the organisation that waits, as the package's `sweep()` does.
    fn sweep(&mut self, step: &Value) -> Value {
        let org_id = self.org_id(step);
        let waits = |([_, kind, _], (_, run)): &(&[String; 3], &(u64, Value))| {
            kind == "waiting_run" && !run.is_null() && run["org_id"] == *org_id
        };
        let waiting: Vec<Value> = self.records.iter().filter(waits).map(|(_, (_, run))| run.clone()).collect();
        let (mut swept, mut next_at_ms) = (Vec::new(), None);
        for run in waiting {
            let mut at = run["next_at_ms"].as_u64();
            if at.is_some_and(|at| at <= self.now_ms) {
                let answer = self.settle("perform_run", step, &json!({ "sweep_run": { "id": run["run_id"] } }));
                at = answer["next_at_ms"].as_u64();
                assert!(answer["acted_on"].is_array(), "a run that waits can be swept: {answer}");
                if answer["acted_on"] != json!([]) {
                    swept.push(answer);
                }
            }
            next_at_ms = [next_at_ms, at].into_iter().flatten().min();
        }
        json!({ "swept": swept, "failed": 0, "next_at_ms": next_at_ms })
    }

    fn fact(&self, need: &Value, step: &Value) -> Value {
        let known = |kind: &str, name: &Value, otherwise: Value| {
            step["facts"][kind].get(name.as_str().unwrap()).cloned().unwrap_or(otherwise)
        };
        let mut version = Value::Null;
        let value = match need["kind"].as_str().unwrap() {
            "record" => match self.records.get(&place(&need["partition"], &need["record"], &need["key"])) {
                None => Value::Null,
                Some((kept, value)) => {
                    version = json!(kept.to_string());
                    value.clone()
                }
            },
            "records" => self.list(need),
            "access" => self.identity(&step["as"], &need["resource"]),
            "user" => known("user", &need["id"], json!({ "id": need["id"] })),
            "team" => known("team", &need["team"], json!({ "id": need["team"], "name": need["team"] })),
            "member" => {
                let teams = self.people[need["user_id"].as_str().unwrap()]["teams"].as_array();
                json!(teams.is_some_and(|teams| teams.contains(&need["team_id"])))
            }
            "files" => known("files", &need["path"], Value::Null),
            "moderation" => known("moderation", &need["action"], Value::Null),
            other => panic!("a case cannot answer the need `{other}`"),
        };
        json!({ "need": need, "version": version, "value": value })
    }

    /// Whoever asks, described in the step or named there and described in the case.
    fn identity(&self, asker: &Value, resource: &Value) -> Value {
        let mut asker = asker.clone();
        if let Some(name) = asker.as_str() {
            let mut person = self.people.get(name).unwrap_or_else(|| panic!("the case has no `{name}`")).clone();
            person["id"] = json!(name);
            person["email"] = json!(format!("{name}@example.com"));
            asker = person;
        }
        let key = format!("{}/{}", resource["type"].as_str().unwrap(), resource["id"].as_str().unwrap());
        json!({
            "id": asker["id"],
            "email": asker["email"],
            "org_role": asker["org_role"],
            "is_session": asker["is_session"] == true,
            "may": asker["may"].get(&key).cloned().unwrap_or(json!([])),
        })
    }

    /// A page of the records of a kind, in the order of their keys; the cursor is the last key of the page before.
    fn list(&self, need: &Value) -> Value {
        let inside = |key: &str| {
            need["from"].as_str().is_none_or(|from| key >= from)
                && need["to"].as_str().is_none_or(|to| key < to)
                && need["cursor"].as_str().is_none_or(|cursor| key > cursor)
        };
        let mut matching = self.records.iter().filter(|([partition, kind, key], (_, value))| {
            need["partition"] == partition.as_str()
                && need["record"] == kind.as_str()
                && inside(key)
                && !value.is_null()
        });
        let limit = need["limit"].as_u64().map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
        let records: Vec<Value> = matching
            .by_ref()
            .take(limit)
            .map(
                |([_, _, key], (version, value))| json!({ "key": key, "version": version.to_string(), "value": value }),
            )
            .collect();
        let cursor = matching.next().and(records.last()).map_or(Value::Null, |last| last["key"].clone());
        json!({ "records": records, "cursor": cursor })
    }

    /// Performs a commit; false where it meets a conflict.
    fn commit(&mut self, commit: &Value) -> bool {
        if commit.is_null() {
            return true;
        }
        let stands = |expected: &Value| {
            let record = self.records.get(&place(&commit["partition"], &expected["kind"], &expected["key"]));
            expected["version"] == record.map_or(Value::Null, |(version, _)| json!(version.to_string()))
        };
        if !commit["expect"].as_array().unwrap().iter().all(stands) {
            return false;
        }
        for record in commit["put"].as_array().unwrap().iter().chain(commit["append"].as_array().unwrap()) {
            let kept = self.records.entry(place(&commit["partition"], &record["kind"], &record["key"])).or_default();
            *kept = (kept.0 + 1, record["value"].clone());
        }
        true
    }
}

/// What a step may say. Any other word would be overlooked, and the case would not show what it says.
fn words_of(operation: &str) -> Option<&'static [&'static str]> {
    Some(match operation {
        "administer" | "action" => &["as", "org_id", "hours", "now_ms", "operation", "facts"],
        "run" => &["as", "org_id", "hours", "now_ms", "operation", "plan", "facts"],
        "receive_check" => {
            &["org_id", "hours", "now_ms", "run_id", "provider_id", "decision", "reason", "token_for", "facts"]
        }
        "sweep" => &["as", "org_id", "hours", "now_ms", "facts"],
        "at_once" => &["org_id", "hours", "now_ms", "operations"],
        "store" => &["records"],
        "told" => &[],
        "provider_token" => &["provider_id", "run_id"],
        _ => return None,
    })
}

fn place(partition: &Value, kind: &Value, key: &Value) -> [String; 3] {
    [partition, kind, key].map(|part| part.as_str().unwrap().to_owned())
}

/// HMAC-SHA256 in lower-case hexadecimal (RFC 2104): what hosts make of a provider's secret.
fn hmac_sha256(secret: &[u8], message: &[u8]) -> String {
    let mut key = [0_u8; 64];
    assert!(secret.len() <= key.len(), "a longer secret would have to be hashed first");
    key[..secret.len()].copy_from_slice(secret);
    let inner = Sha256::new().chain_update(key.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    let token = Sha256::new().chain_update(key.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    token.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
