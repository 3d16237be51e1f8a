//! Policies of configurations on a host's store: bundles with their versions, decisions with their log, settings (section 6).
//!
//! Every operation is a function from a request and facts to an answer and its effects; [`ConfigService::run`] is the whole surface
//! on one screen.

mod access;
pub mod bundles;
pub mod deciding;
pub mod log;
pub mod prepared;
pub mod settings;
pub mod stored;

use crate::decision::{Asking, Commit, Done, Expectation, Fact, PageRequest, Record, Step, Stop};
use crate::error::{Error, ErrorCode};
use crate::sorted;
use prepared::Cache;
use serde::{Deserialize, Serialize};
use stored::Place;

/// One operation on the policies of a context.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigOperation"))]
#[serde(rename_all = "snake_case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum ConfigOperation {
    /// `POST …/policy-bundle`: the bundle becomes this one; `?dry=true`: what would change
    Push {
        /// Texts by the paths of their files. None at all empties the bundle.
        policies: sorted::Map<String, String>,
        /// Whether nothing is kept. Default false.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        dry: bool,
    },
    /// `GET …/policy-bundle`
    GetBundle {
        /// An earlier version. Default: the one in force.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, type = "number | null"))]
        version: Option<u64>,
    },
    /// `GET …/policy-bundle/{name}`
    GetPolicy {
        /// The name that the policy declares.
        name: String,
        /// An earlier version of the bundle. Default: the one in force.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, type = "number | null"))]
        version: Option<u64>,
    },
    /// The bundles that were in force
    ListVersions(PageRequest),
    /// `POST …/decision`: on the configuration that is the document beside the request
    Decide(deciding::DecideOptions),
    /// `GET …/decision`
    ListDecisions(log::DecisionQuery),
    /// `GET …/decision/{id}`
    GetDecision {
        /// The decision.
        id: String,
    },
    /// `GET …/decision/{id}/policy-bundle`
    GetDecisionBundle {
        /// The decision.
        id: String,
    },
    /// `GET …/decision/settings`
    GetSettings {},
    /// `PATCH …/decision/settings`
    ChangeSettings(settings::SettingsChange),
}

/// A question to [`ConfigService`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ConfigServiceRequest {
    /// The organisation.
    pub org_id: String,
    /// Which of the organisation's bundles. Default `config`.
    #[serde(default = "default_context")]
    #[cfg_attr(test, ts(optional, as = "Option<String>"))]
    pub context: String,
    /// What is asked for.
    pub operation: ConfigOperation,
    /// The host's id for this operation: what is created gets it, and the same operation twice is one.
    pub operation_id: String,
    /// The time, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub now_ms: u64,
    /// The seed of the random builtins of a decision.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub seed: Option<u64>,
    /// How long the evaluation took, in milliseconds. Only the host has a clock: it asks for a decision, and once more with the time
    /// that this took.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<f64>"))]
    pub time_taken_ms: u64,
    /// The answers to the needs of earlier rounds.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

fn default_context() -> String {
    "config".to_owned()
}

/// One operation while it runs.
pub struct ConfigService<'a> {
    place: Place<'a>,
    operation_id: &'a str,
    now_ms: u64,
    seed: Option<u64>,
    time_taken_ms: u64,
    document: Option<&'a [u8]>,
    cache: &'a mut Cache,
}

impl ConfigService<'_> {
    /// Runs an operation to its next step. `document` is the configuration that is decided on.
    ///
    /// # Errors
    /// `malformed_request` for an empty id; those of facts; for a decision what an evaluation fails with.
    pub fn run(request: ConfigServiceRequest, document: Option<&[u8]>, cache: &mut Cache) -> Result<Step, Error> {
        let ids =
            [("/org_id", &request.org_id), ("/context", &request.context), ("/operation_id", &request.operation_id)];
        for (path, id) in ids {
            if id.trim().is_empty() {
                return Err(Error::new(ErrorCode::MalformedRequest, "an id is empty").at(path));
            }
        }
        let ConfigServiceRequest { org_id, context, operation, operation_id, now_ms, seed, time_taken_ms, facts } =
            request;
        let mut service = ConfigService {
            place: Place { org_id: &org_id, context: &context },
            operation_id: &operation_id,
            now_ms,
            seed,
            time_taken_ms,
            document,
            cache,
        };
        Asking::new(facts)?.guessing().run(|asking| service.perform(asking, operation))
    }

    fn perform(&mut self, asking: &Asking, operation: ConfigOperation) -> Result<Done, Stop> {
        use ConfigOperation as Operation;
        match operation {
            Operation::Push { policies, dry } => self.push(asking, policies, dry),
            Operation::GetBundle { version } => self.get_bundle(asking, version),
            Operation::GetPolicy { name, version } => self.get_policy(asking, &name, version),
            Operation::ListVersions(page) => self.list_versions(asking, &page),
            Operation::Decide(options) => self.decide(asking, options),
            Operation::ListDecisions(query) => self.list_decisions(asking, &query),
            Operation::GetDecision { id } => self.get_decision(asking, &id),
            Operation::GetDecisionBundle { id } => self.get_decision_bundle(asking, &id),
            Operation::GetSettings {} => self.get_settings(asking),
            Operation::ChangeSettings(change) => self.change_settings(asking, change),
        }
    }

    /// An answer, and the commit that makes it true.
    fn done(&self, answer: &impl Serialize, change: Change) -> Result<Done, Stop> {
        let mut done = Done::answer(answer)?;
        done.effects.commit = Some(Commit {
            partition: self.place.partition(),
            idempotency_key: self.operation_id.to_owned(),
            expect: change.expect,
            put: change.put,
            append: change.append,
        });
        Ok(done)
    }
}

/// What a commit stands on and writes.
#[derive(Default)]
struct Change {
    expect: Vec<Expectation>,
    put: Vec<Record>,
    append: Vec<Record>,
}

impl Change {
    /// Expects a record as it was read.
    fn expect(&mut self, (kind, key): (&str, &str), version: Option<String>) {
        self.expect.push(Expectation { kind: kind.to_owned(), key: key.to_owned(), version });
    }
}
