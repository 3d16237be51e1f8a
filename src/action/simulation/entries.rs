//! What a simulation goes through: the entries of a ledger (section 1.10), or calls that are written out.

use super::given::present;
use super::warnings::{WarningKind, Warnings};
use super::world::checked;
use crate::action::call::ActionCall;
use crate::action::policy::RiskLevel;
use crate::action::state::ModerationResult;
use crate::decision::audit::timestamp;
use crate::decision::instant;
use crate::error::{Error, ErrorCode};
use crate::sorted::InOrder;
use crate::{limits, typed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What became of a call when it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "RecordedActionOutcome"))]
#[serde(rename_all = "snake_case")]
pub enum RecordedOutcome {
    /// It was made, and succeeded.
    Success,
    /// It was made, and failed.
    Error,
    /// It was refused.
    Blocked,
    /// It was refused by whoever was asked for an approval.
    Rejected,
    /// A recorded output stood in for it.
    Replayed,
    /// The result of the same call stood in for it.
    IdempotentReplay,
}

impl RecordedOutcome {
    /// Whether the call was made.
    pub const fn was_made(self) -> bool {
        matches!(self, Self::Success | Self::Error)
    }

    /// Whether something else stood in for the call: there was nothing to decide.
    pub const fn stood_in(self) -> bool {
        matches!(self, Self::Replayed | Self::IdempotentReplay)
    }
}

/// An entry of a ledger.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionLedgerEntry", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct LedgerEntry {
    /// The id.
    pub id: Option<String>,
    /// When it was made, as ISO 8601; in UTC where no zone is said.
    pub timestamp: String,
    /// The action.
    pub action: String,
    /// What it cost, in US dollars.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub cost_usd: Value,
    /// How long it took.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub duration_ms: Value,
    /// What became of it.
    pub outcome: Option<RecordedOutcome>,
    /// Its labels.
    pub tags: Option<Vec<String>>,
    /// What went in and what came out.
    pub payload: Option<Payload>,
    /// Whatever was kept for auditors.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub compliance_metadata: Value,
    /// The agent.
    pub agent_id: Option<String>,
    /// The run.
    pub run_id: Option<String>,
    /// The task.
    pub task_id: Option<String>,
    /// The mission.
    pub mission_id: Option<String>,
    /// The session.
    pub session_id: Option<String>,
    /// The group.
    pub group_id: Option<String>,
    /// Whether inputs were left out when it was recorded.
    pub inputs_redacted: Option<bool>,
    /// What it changes.
    pub impact: Option<String>,
    /// How risky it was, where that is known.
    pub risk_level: Option<RiskLevel>,
    /// What a moderator says of its arguments.
    pub moderation: Option<Vec<ModerationResult>>,
}

/// The fields of a [`LedgerEntry`].
const LEDGER_FIELDS: [&str; 19] = [
    "id",
    "timestamp",
    "action",
    "cost_usd",
    "duration_ms",
    "outcome",
    "tags",
    "payload",
    "compliance_metadata",
    "agent_id",
    "run_id",
    "task_id",
    "mission_id",
    "session_id",
    "group_id",
    "inputs_redacted",
    "impact",
    "risk_level",
    "moderation",
];

/// What went into a call and what came out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionLedgerPayload"))]
pub struct Payload {
    /// The arguments: those by their places and those by their names.
    #[serde(default)]
    #[cfg_attr(
        test,
        ts(optional, type = "{ args?: unknown[] | null, kwargs?: Record<string, unknown> | null } | null")
    )]
    pub inputs: Value,
    /// What it gave; of a call that failed the text of its error.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub outputs: Value,
}

/// The arguments of a call.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Those by their places.
    #[serde(default)]
    pub args: Option<Vec<Value>>,
    /// Those by their names.
    #[serde(default)]
    pub kwargs: Option<Map<String, Value>>,
}

/// A call that is written out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "SimulatedActionCall", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct SimulatedCall {
    /// An id, to find it again.
    pub id: Option<String>,
    /// When it is made, as ISO 8601; in UTC where no zone is said.
    pub timestamp: Option<String>,
    /// The same in milliseconds since 1970. One of the two must be there.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub at_ms: Option<u64>,
    /// The call.
    pub call: ActionCall,
    /// What became of it, or is to become of it where it is allowed.
    pub outcome: Option<RecordedOutcome>,
    /// What it gives.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub outputs: Option<Value>,
    /// What a moderator says of its arguments.
    pub moderation: Option<Vec<ModerationResult>>,
}

/// An entry of either kind, ready to be decided.
#[derive(Debug)]
pub struct Entry {
    /// Its place in the request, from 0.
    pub index: usize,
    /// Its id.
    pub id: Option<String>,
    /// When, as it was given.
    pub timestamp: String,
    /// The same in milliseconds since 1970.
    pub at_ms: u64,
    /// The call.
    pub call: ActionCall,
    /// What became of it.
    pub outcome: Option<RecordedOutcome>,
    /// What it gave.
    pub outputs: Value,
    /// What a moderator says.
    pub moderation: Option<Vec<ModerationResult>>,
    /// Whether its arguments, or some of them, are not what they were.
    pub has_no_inputs: bool,
}

/// Reads an entry that stands at a place.
type Reader = fn(Value, usize, &str, &mut Warnings) -> Result<Entry, Error>;

/// Reads entries, in the order of their times; those of one time in the order in which they are given.
///
/// # Errors
/// `limit_exceeded`; `malformed_request` with the path to what is wrong with an entry.
pub fn read(
    calls: Option<Vec<Value>>,
    ledger_entries: Option<Vec<Value>>,
    warnings: &mut Warnings,
) -> Result<Vec<Entry>, Error> {
    let (given, path, of): (_, _, Reader) = match (calls, ledger_entries) {
        (Some(calls), None) => (calls, "/calls", of_call),
        (None, Some(entries)) => (entries, "/ledger_entries", of_ledger),
        _ => return Err(malformed("give either `calls` or `ledger_entries`")),
    };
    check_count(given.len(), path)?;
    let mut entries = Vec::with_capacity(given.len());
    let mut latest = 0;
    for (index, value) in given.into_iter().enumerate() {
        let place = format!("{path}/{index}");
        let entry = of(value, index, &place, warnings)?;
        if entry.at_ms < latest {
            warnings.add(WarningKind::EntriesOutOfOrder, index);
        }
        latest = latest.max(entry.at_ms);
        entries.push(entry);
    }
    entries.order_by_key(|entry| entry.at_ms);
    Ok(entries)
}

/// Refuses more entries than one request may have.
///
/// # Errors
/// `limit_exceeded`.
pub fn check_count(count: usize, path: &str) -> Result<(), Error> {
    if count as u64 <= limits::SIMULATED_ENTRIES {
        return Ok(());
    }
    let message = format!("{count} entries are more than one simulation takes");
    Err(Error::limit("simulated_entries", limits::SIMULATED_ENTRIES, message)
        .at(path)
        .with_help("give the entries of a shorter time, or of fewer runs"))
}

fn of_ledger(mut value: Value, index: usize, place: &str, warnings: &mut Warnings) -> Result<Entry, Error> {
    // Ledgers are written by others, and may have more than is looked at here.
    if let Some(fields) = value.as_object_mut() {
        let unknown: Vec<String> =
            fields.keys().filter(|name| !LEDGER_FIELDS.contains(&name.as_str())).cloned().collect();
        if !unknown.is_empty() {
            fields.retain(|name, _| LEDGER_FIELDS.contains(&name.as_str()));
            warnings.unknown_fields(&unknown, index);
        }
    }
    let entry: LedgerEntry = read_at(value, place)?;
    let at_ms = at(&entry.timestamp).ok_or_else(|| no_time(&entry.timestamp).at(format!("{place}/timestamp")))?;
    if entry.action.trim().is_empty() {
        return Err(malformed("an entry names its action").at(format!("{place}/action")));
    }
    let Payload { inputs, outputs } = entry.payload.unwrap_or(Payload { inputs: Value::Null, outputs: Value::Null });
    let is_redacted = entry.inputs_redacted == Some(true);
    // What was left out may have left anything in its place.
    let inputs: Option<Inputs> = match inputs {
        Value::Null => None,
        other if is_redacted && !other.is_object() => None,
        other => Some(read_at(other, &format!("{place}/payload/inputs"))?),
    };
    let was_captured = inputs.as_ref().is_some_and(|inputs| inputs.args.is_some() || inputs.kwargs.is_some());
    let Inputs { args, kwargs } = inputs.unwrap_or_default();
    let (args, kwargs) = (args.unwrap_or_default(), kwargs.unwrap_or_default());
    if is_redacted {
        warnings.add(WarningKind::InputsRedacted, index);
    }
    if !args.is_empty() {
        warnings.add(WarningKind::PositionalInputs, index);
    }
    if !was_captured && !is_redacted {
        warnings.add(WarningKind::InputsEmpty, index);
    }
    let call = ActionCall {
        cost_usd: if entry.cost_usd.is_null() { 0.into() } else { entry.cost_usd },
        tags: entry.tags.unwrap_or_default(),
        risk_level: entry.risk_level,
        impact: entry.impact,
        agent_id: entry.agent_id,
        run_id: entry.run_id,
        session_id: entry.session_id,
        task_id: entry.task_id,
        mission_id: entry.mission_id,
        group_id: entry.group_id,
        kwargs,
        ..ActionCall::named(&entry.action)
    };
    checked(&call, place)?;
    Ok(Entry {
        index,
        id: entry.id,
        timestamp: entry.timestamp,
        at_ms,
        has_no_inputs: was_captured && args.is_empty() && call.kwargs.is_empty(),
        call,
        outcome: entry.outcome,
        outputs,
        moderation: entry.moderation,
    })
}

fn of_call(value: Value, index: usize, place: &str, _: &mut Warnings) -> Result<Entry, Error> {
    let SimulatedCall { id, timestamp: text, at_ms, call, outcome, outputs, moderation } = read_at(value, place)?;
    let (text, at_ms) = match (text, at_ms) {
        (Some(text), None) => {
            let at_ms = at(&text).ok_or_else(|| no_time(&text).at(format!("{place}/timestamp")))?;
            (text, at_ms)
        }
        (None, Some(at_ms)) => (timestamp(at_ms), at_ms),
        _ => return Err(malformed("a call has either a `timestamp` or `at_ms`").at(place)),
    };
    checked(&call, &format!("{place}/call"))?;
    let outputs = outputs.unwrap_or_default();
    Ok(Entry { index, id, timestamp: text, at_ms, call, outcome, outputs, moderation, has_no_inputs: false })
}

fn read_at<T: serde::de::DeserializeOwned>(value: Value, place: &str) -> Result<T, Error> {
    typed::read(value, ErrorCode::MalformedRequest, "an entry cannot be read").map_err(|error| error.inside(place))
}

/// A time of a ledger: in UTC where no zone is said, as Python writes it.
pub fn at(text: &str) -> Option<u64> {
    instant(text).or_else(|| instant(&format!("{text}Z")))
}

fn no_time(text: &str) -> Error {
    malformed(format!("`{text}` is not a time as ISO 8601"))
        .with_help("write it as `2026-01-31T12:00:00.000Z`, not before 1970")
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::MalformedRequest, message)
}
