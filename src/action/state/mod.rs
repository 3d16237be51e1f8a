//! State: what earlier calls left behind that later ones are judged by (section 1.5). Each part is a record of its own.

pub mod account;
pub mod evidence;
pub mod exception_uses;
pub mod idempotency;
pub mod kill_switch;
pub mod loops;
mod moments;
pub mod rate;
pub mod record_key;
pub mod reservation;
pub mod shared;

pub use crate::decision::key::escaped;
use crate::sorted;
pub use account::Account;
pub use evidence::{Evidence, EvidenceRecord};
pub use exception_uses::ExceptionUses;
pub use idempotency::IdempotencyEntry;
pub use kill_switch::{KillSwitch, TargetType};
pub use loops::LoopHistory;
pub use rate::RateWindow;
pub use reservation::{Reservation, ReservationStatus};
pub use shared::Shared;

use super::call::ActionCall;
use super::policy::Scope;
use crate::decision::Stop;
use crate::error::Error;
use crate::error::ErrorCode;
use crate::typed;
use serde_json::Value;

/// The kind of the records of accounts.
pub const ACCOUNT: &str = "action_account";
/// The kind of the records of evidence.
pub const EVIDENCE: &str = "action_evidence";

/// The kind of the records of rates.
pub const RATE: &str = "action_rate";
/// The kind of the records of loops.
pub const LOOPS: &str = "action_loops";
/// The kind of the records of idempotency keys.
pub const IDEMPOTENCY: &str = "action_idempotency";
/// The kind of the records of what is held for calls.
pub const RESERVATION: &str = "action_reservation";

/// Which part of the state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateKey {
    /// Whether a target was stopped.
    KillSwitch(TargetType, String),
    /// What was spent.
    Account(AccountKey),
    /// When an action was taken in a session.
    Rate {
        /// The session.
        session: String,
        /// The action.
        action: String,
    },
    /// With which arguments an action was tried in a session.
    Loops {
        /// The session.
        session: String,
        /// The action.
        action: String,
    },
    /// What an action gave in a run.
    Evidence {
        /// The run, or the session and agent of a call without one.
        bucket: Bucket,
        /// The action.
        action: String,
    },
    /// How often a run, or what is in none of a session, began anew: what a call of before gives is no evidence afterwards.
    Beginnings {
        /// The run.
        run: Option<String>,
        /// The session, where there is no run.
        session: String,
    },
    /// What became of a call with an idempotency key.
    Idempotency {
        /// The run, or the session and agent of a call without one.
        bucket: Bucket,
        /// The action: the same key of another action is another call.
        action: String,
        /// The key.
        key: String,
    },
    /// How often an exception was used.
    ExceptionUses {
        /// The policy.
        policy_id: String,
        /// The exception.
        id: String,
    },
    /// What is held for a call.
    Reservation(String),
}

/// Whose spending.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AccountKey {
    /// A session's.
    Session(String),
    /// A run's, within a session.
    Run {
        /// The session.
        session: String,
        /// The run; none: the calls of the session that are in none.
        run: Option<String>,
    },
    /// That of all calls under a policy's scope and target.
    Scope {
        /// The scope.
        scope: Scope,
        /// The target.
        target: String,
    },
    /// The same within a run.
    ScopeRun {
        /// The scope.
        scope: Scope,
        /// The target.
        target: String,
        /// The run.
        run: String,
    },
}

/// Where evidence and results belong: a run, or the calls of an agent in a session that are in none (decision 11). Without the agent,
/// one agent's look would be the evidence of all whose calls name neither run nor session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Bucket {
    /// A run.
    Run(String),
    /// What is in no run.
    NoRun {
        /// The session.
        session: String,
        /// The agent.
        agent: Option<String>,
    },
}

impl Bucket {
    /// Where a call belongs.
    pub fn of(call: &ActionCall) -> Self {
        Self::new(call.run_id.as_deref(), call.session(), call.agent_id.as_deref())
    }

    /// Where calls of a run, or else those of an agent in a session, belong.
    pub fn new(run: Option<&str>, session: &str, agent: Option<&str>) -> Self {
        match run {
            Some(run) => Self::Run(run.to_owned()),
            None => Self::NoRun { session: session.to_owned(), agent: agent.map(str::to_owned) },
        }
    }

    /// What counts how often a run, or else a session, began anew.
    pub fn beginnings(run: Option<&str>, session: &str) -> StateKey {
        let session = if run.is_some() { "" } else { session };
        StateKey::Beginnings { run: run.map(str::to_owned), session: session.to_owned() }
    }

    /// What the keys begin with of everything that belongs to a run, or to the calls of a session that are in none, whose ever.
    pub fn folder(run: Option<&str>, session: &str) -> String {
        match run {
            Some(run) => format!("run/{}/", escaped(run)),
            None => format!("session/{}/", escaped(session)),
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Run(run) => format!("run/{}", escaped(run)),
            Self::NoRun { session, agent } => {
                let agent = agent.as_ref().map_or_else(String::new, |agent| format!("agent/{}", escaped(agent)));
                format!("session/{}/{agent}", escaped(session))
            }
        }
    }
}

impl AccountKey {
    /// What the keys of the scopes' accounts within a run begin with.
    pub fn folder(run: &str) -> String {
        format!("scope_run/{}/", escaped(run))
    }

    fn key(&self) -> String {
        let run_key =
            |run: &Option<String>| run.as_ref().map_or_else(String::new, |run| format!("run/{}", escaped(run)));
        match self {
            Self::Session(session) => format!("session/{}", escaped(session)),
            Self::Run { session, run } => format!("run/{}/{}", escaped(session), run_key(run)),
            Self::Scope { scope, target } => format!("scope/{}/{}", scope.as_str(), escaped(target)),
            Self::ScopeRun { scope, target, run } => {
                format!("{}{}/{}", Self::folder(run), scope.as_str(), escaped(target))
            }
        }
    }
}

impl StateKey {
    /// The kind of its record.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::KillSwitch(..) => "kill_switch",
            Self::Account(_) => ACCOUNT,
            Self::Rate { .. } => RATE,
            Self::Loops { .. } => LOOPS,
            Self::Evidence { .. } => EVIDENCE,
            Self::Beginnings { .. } => "action_beginnings",
            Self::Idempotency { .. } => IDEMPOTENCY,
            Self::ExceptionUses { .. } => "action_exception_uses",
            Self::Reservation(_) => RESERVATION,
        }
    }

    /// The key of its record.
    pub fn key(&self) -> String {
        match self {
            Self::KillSwitch(target_type, id) => format!("{}/{}", target_type.as_str(), escaped(id)),
            Self::Account(account) => account.key(),
            Self::Rate { session, action } | Self::Loops { session, action } => {
                format!("{}/{}", escaped(session), escaped(action))
            }
            Self::Evidence { bucket, action } => format!("{}/{}", bucket.key(), escaped(action)),
            Self::Beginnings { run, session } => {
                let folder = Bucket::folder(run.as_deref(), session);
                folder.strip_suffix('/').unwrap_or(&folder).to_owned()
            }
            Self::Idempotency { bucket, action, key } => {
                format!("{}/{}/{}", bucket.key(), escaped(action), escaped(key))
            }
            Self::ExceptionUses { policy_id, id } => format!("{}/{}", escaped(policy_id), escaped(id)),
            Self::Reservation(id) => id.clone(),
        }
    }
}

/// A part of the state.
#[derive(Debug, Clone, PartialEq)]
pub enum StateValue {
    /// A kill switch.
    KillSwitch(KillSwitch),
    /// What was spent.
    Account(Shared<Account>),
    /// When an action was taken.
    Rate(Shared<RateWindow>),
    /// With which arguments it was tried.
    Loops(Shared<LoopHistory>),
    /// What it gave.
    Evidence(Shared<Evidence>),
    /// How often something began anew.
    Beginnings(u64),
    /// What became of a call.
    Idempotency(IdempotencyEntry),
    /// How often an exception was used.
    ExceptionUses(ExceptionUses),
    /// What is held for a call.
    Reservation(Box<Reservation>),
    /// There is nothing any more.
    Gone,
}

impl StateValue {
    /// What the record says.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_json(&self) -> Result<Value, Stop> {
        use crate::decision::asking::json;
        match self {
            Self::KillSwitch(value) => json(value),
            Self::Account(value) => json(value),
            Self::Rate(value) => json(value),
            Self::Loops(value) => json(value),
            Self::Evidence(value) => json(value),
            Self::Beginnings(value) => json(value),
            Self::Idempotency(value) => json(value),
            Self::ExceptionUses(value) => json(value),
            Self::Reservation(value) => json(value),
            Self::Gone => Ok(Value::Null),
        }
    }

    /// Reads a record of a kind.
    ///
    /// # Errors
    /// `fact_wrong_shape`.
    pub fn read(key: &StateKey, value: Value) -> Result<Self, Error> {
        fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Error> {
            typed::read(value, ErrorCode::FactWrongShape, "a record of the state cannot be read")
        }
        if value.is_null() {
            return Ok(Self::Gone);
        }
        Ok(match key {
            StateKey::KillSwitch(..) => Self::KillSwitch(read(value)?),
            StateKey::Account(_) => Self::Account(read(value)?),
            StateKey::Rate { .. } => Self::Rate(read(value)?),
            StateKey::Loops { .. } => Self::Loops(read(value)?),
            StateKey::Evidence { .. } => Self::Evidence(read(value)?),
            StateKey::Beginnings { .. } => Self::Beginnings(read(value)?),
            StateKey::Idempotency { .. } => Self::Idempotency(read(value)?),
            StateKey::ExceptionUses { .. } => Self::ExceptionUses(read(value)?),
            StateKey::Reservation(_) => Self::Reservation(Box::new(read(value)?)),
        })
    }
}

/// What evaluation looks things up in: the records of a host, or a memory.
///
/// It answers as of one moment. What it does not know yet stops the evaluation, which runs again when it is known.
pub trait Knowledge {
    /// A part of the state; none where nothing is known of it.
    ///
    /// # Errors
    /// [`Stop::Needs`], and what is wrong with a record.
    fn state(&self, key: &StateKey) -> Result<Option<StateValue>, Stop>;

    /// What the host's moderator says of the arguments of a call; none where there is nobody to ask.
    ///
    /// # Errors
    /// As [`Knowledge::state`].
    fn moderation(&self, call: &ActionCall, moderator: Option<&str>) -> Result<Option<Vec<ModerationResult>>, Stop>;
}

/// What a moderator says of one text of the arguments (section 1.2).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct ModerationResult {
    /// Whether anything is wrong with it.
    pub flagged: bool,
    /// What.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Where the text stands in the arguments.
    #[serde(default)]
    pub field_path: String,
    /// A part of the text, of at most 120 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// How bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
}

/// New values of parts of the state.
pub type Changes = sorted::Map<StateKey, StateValue>;

/// A state that is held in memory: whole, so that what is not there never was.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    parts: Changes,
    /// What a moderator said, where one was asked; none: nobody was.
    pub moderated: Option<Vec<ModerationResult>>,
}

impl Memory {
    /// Takes changes over.
    pub fn apply(&mut self, changes: Changes) {
        for (key, value) in changes {
            match value {
                StateValue::Gone => self.parts.remove(&key),
                value => self.parts.insert(key, value),
            };
        }
    }

    /// Every part.
    pub const fn parts(&self) -> &Changes {
        &self.parts
    }
}

impl Knowledge for Memory {
    fn state(&self, key: &StateKey) -> Result<Option<StateValue>, Stop> {
        Ok(self.parts.get(key).cloned())
    }

    fn moderation(&self, _: &ActionCall, _: Option<&str>) -> Result<Option<Vec<ModerationResult>>, Stop> {
        Ok(self.moderated.clone())
    }
}

/// A state with changes over it that are not made yet.
pub struct Changed<'a> {
    /// The state below.
    pub below: &'a dyn Knowledge,
    /// The changes.
    pub changes: Changes,
}

impl Knowledge for Changed<'_> {
    fn state(&self, key: &StateKey) -> Result<Option<StateValue>, Stop> {
        match self.changes.get(key) {
            Some(StateValue::Gone) => Ok(None),
            Some(value) => Ok(Some(value.clone())),
            None => self.below.state(key),
        }
    }

    fn moderation(&self, call: &ActionCall, moderator: Option<&str>) -> Result<Option<Vec<ModerationResult>>, Stop> {
        self.below.moderation(call, moderator)
    }
}

/// Looks up one kind of part, with what it is where nothing is known.
macro_rules! looked_up {
    ($(#[$doc:meta])* $name:ident, $variant:ident, $type:ty) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// As [`Knowledge::state`].
        pub fn $name(known: &dyn Knowledge, key: &StateKey) -> Result<$type, Stop> {
            Ok(match known.state(key)? {
                Some(StateValue::$variant(value)) => value,
                _ => <$type>::default(),
            })
        }
    };
}

looked_up!(
    /// An account; a new one has spent nothing.
    account,
    Account,
    Shared<Account>
);
looked_up!(
    /// A rate window; a new one is empty.
    rate,
    Rate,
    Shared<RateWindow>
);
looked_up!(
    /// A loop history; a new one is empty.
    loops,
    Loops,
    Shared<LoopHistory>
);
looked_up!(
    /// Evidence; of a new run there is none.
    evidence,
    Evidence,
    Shared<Evidence>
);
looked_up!(
    /// How often something began anew; a new run never did.
    beginnings,
    Beginnings,
    u64
);
looked_up!(
    /// The uses of an exception; a new one was never used.
    exception_uses,
    ExceptionUses,
    ExceptionUses
);
