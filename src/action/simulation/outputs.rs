//! Recorded outputs in the place of calls: an agent runs again, and every call gives what it gave then (section 7.2). Nothing is
//! checked, nothing is spent.

use super::entries::{RecordedOutcome, check_count};
use super::given::present;
use crate::action::arguments::equality::equal;
use crate::action::money::Usd;
use crate::error::{Error, ErrorCode};
use crate::typed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The recording of a run, and which part of it is played.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "OpenReplayRequest"))]
#[serde(deny_unknown_fields)]
pub struct OpenRequest {
    /// The entries, in the order in which they were recorded: of a ledger, or of a bundle, whose `inputs` and `outputs` stand in the
    /// entry itself.
    #[cfg_attr(test, ts(type = "RecordedActionEntry[]"))]
    pub entries: Vec<Value>,
    /// Only those of this run.
    #[serde(default)]
    #[cfg_attr(test, ts(optional = nullable))]
    pub run_id: Option<String>,
}

/// The calls that a recording has outputs for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "OpenedReplay"))]
pub struct Opened {
    /// The calls, in the order in which they must come.
    pub calls: Vec<RecordedCall>,
}

/// A call that was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "RecordedActionCall"))]
#[serde(deny_unknown_fields)]
pub struct RecordedCall {
    /// The id of its entry.
    pub id: Option<String>,
    /// The action.
    pub action: String,
    /// What went in.
    pub inputs: CallInputs,
    /// What came out; of a call that failed the text of its error.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "unknown"))]
    pub outputs: Value,
    /// What became of it.
    pub outcome: Option<RecordedOutcome>,
    /// What it cost, in US dollars.
    #[cfg_attr(test, ts(type = "number"))]
    pub cost_usd: Usd,
}

/// The arguments of a call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionCallInputs"))]
#[serde(deny_unknown_fields)]
pub struct CallInputs {
    /// Those by their places.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "unknown[]"))]
    pub args: Vec<Value>,
    /// Those by their names.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub kwargs: Map<String, Value>,
}

/// The fields of an entry that are played; it may have more.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "RecordedActionEntry", optional_fields = nullable))]
pub struct RecordedEntry {
    /// The id.
    id: Option<String>,
    /// The action.
    action: String,
    /// What went in: `args` and `kwargs`, or the arguments by their names.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "object | null"))]
    inputs: Option<Value>,
    /// What came out.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    outputs: Option<Value>,
    /// Both, where the entry is one of a ledger.
    #[cfg_attr(test, ts(optional, type = "{ inputs?: object | null, outputs?: unknown } | null"))]
    payload: Option<RecordedPayload>,
    /// What it cost, in US dollars. Default 0.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    cost_usd: Option<Usd>,
    /// What became of it.
    outcome: Option<RecordedOutcome>,
    /// The run.
    run_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RecordedPayload {
    #[serde(default)]
    inputs: Option<Value>,
    #[serde(default)]
    outputs: Value,
}

/// Reads a recording. Entries with the outcome `replayed` were themselves played, and are left out.
///
/// # Errors
/// `malformed_request` with the path to what is wrong; also where nothing is left to play.
pub fn open(request: OpenRequest) -> Result<Opened, Error> {
    let OpenRequest { entries, run_id } = request;
    check_count(entries.len(), "/entries")?;
    let mut calls = Vec::with_capacity(entries.len());
    for (at, value) in entries.into_iter().enumerate() {
        let place = format!("/entries/{at}");
        let entry: RecordedEntry = typed::read(value, ErrorCode::MalformedRequest, "an entry cannot be read")
            .map_err(|error| error.inside(&place))?;
        let is_of_another = run_id.is_some() && entry.run_id != run_id;
        if is_of_another || entry.outcome == Some(RecordedOutcome::Replayed) {
            continue;
        }
        let (inputs, outputs, inputs_at) = match entry.payload {
            Some(payload) => (payload.inputs, payload.outputs, "/payload/inputs"),
            None => (entry.inputs, entry.outputs.unwrap_or_default(), "/inputs"),
        };
        let inputs = inputs_of(inputs.unwrap_or_default()).map_err(|error| error.inside(inputs_at).inside(&place))?;
        calls.push(RecordedCall {
            id: entry.id,
            action: entry.action,
            inputs,
            outputs,
            outcome: entry.outcome,
            cost_usd: entry.cost_usd.unwrap_or_default(),
        });
    }
    if calls.is_empty() {
        let message = run_id.map_or_else(
            || "there is nothing to replay: no entry was recorded, or all were replayed themselves".to_owned(),
            |run| format!("there is nothing to replay of the run `{run}`"),
        );
        return Err(Error::new(ErrorCode::MalformedRequest, message).at("/entries"));
    }
    Ok(Opened { calls })
}

/// Arguments as they are recorded (`args` and `kwargs`), or by their names alone.
fn inputs_of(inputs: Value) -> Result<CallInputs, Error> {
    let is_split = |fields: &Map<String, Value>| fields.keys().all(|name| name == "args" || name == "kwargs");
    match inputs {
        Value::Null => Ok(CallInputs::default()),
        Value::Object(mut fields) if is_split(&fields) => {
            fields.retain(|_, value| !value.is_null());
            typed::read(Value::Object(fields), ErrorCode::MalformedRequest, "inputs cannot be read")
        }
        Value::Object(kwargs) => Ok(CallInputs { args: Vec::new(), kwargs }),
        _ => Err(Error::new(ErrorCode::MalformedRequest, "the inputs of a call are an object")),
    }
}

/// Calls that are made now, beside those that were recorded.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ReplayCallsRequest"))]
#[serde(deny_unknown_fields)]
pub struct PlayRequest {
    /// The recorded calls, from the one that comes next.
    pub recorded: Vec<RecordedCall>,
    /// The calls that are made, in their order.
    pub calls: Vec<MadeCall>,
    /// Whether the first divergence ends it, before anything is given for that call. Default true.
    #[serde(default = "yes")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub strict: bool,
    /// Whether the run ended in an exception: then the report says `failed`. Default false.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub failed: bool,
    /// The place of the first recorded call in its recording. Default 0.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub first_index: usize,
}

const fn yes() -> bool {
    true
}

/// A call that is made now.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ReplayedActionCall"))]
#[serde(deny_unknown_fields)]
pub struct MadeCall {
    /// The action.
    pub action: String,
    /// Its arguments: `args` and `kwargs`, or those by their names alone.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "object | null"))]
    pub inputs: Value,
}

/// What recorded calls gave for calls that were made now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ReplayedCalls"))]
pub struct Played {
    /// One for each call, in their order. A strict replay ends with the first that diverges.
    pub outcomes: Vec<PlayedCall>,
    /// All of them together.
    pub report: ReplayReport,
}

/// What a recorded call gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ReplayedOutcome", optional_fields))]
pub struct PlayedCall {
    /// Its place in the recording.
    pub index: usize,
    /// The id of its entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<String>,
    /// What came out then; absent: a strict replay gives nothing for a call that diverges.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(type = "unknown"))]
    pub outputs: Option<Value>,
    /// What became of it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RecordedOutcome>,
    /// How it differs from what was recorded.
    pub divergences: Vec<Divergence>,
}

/// How a call differs from the recorded one in its place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ReplayDivergence"))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Divergence {
    /// Another action.
    ActionMismatch {
        /// The recorded action.
        expected: String,
        /// The action that was called.
        actual: String,
        /// The place in the recording.
        index: usize,
    },
    /// Other arguments.
    InputMismatch {
        /// The action that was called.
        action: String,
        /// The recorded arguments.
        expected_inputs: CallInputs,
        /// The arguments of the call.
        actual_inputs: CallInputs,
        /// The place in the recording.
        index: usize,
    },
}

/// What became of a replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReplayReport {
    /// In a word.
    pub status: ReplayStatus,
    /// How many recorded calls gave their outputs.
    pub actions_replayed: usize,
    /// How many were recorded.
    pub actions_total: usize,
    /// How many divergences were found.
    pub divergences_detected: usize,
    /// All of them.
    pub divergences: Vec<Divergence>,
    /// What the calls would have cost that were replayed, in US dollars.
    #[cfg_attr(test, ts(type = "number"))]
    pub cost_savings: Usd,
}

/// What became of a replay, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ReplayStatus {
    /// Every call was as it was recorded.
    Success,
    /// Calls diverged, and were given what was recorded in their places.
    Partial,
    /// It ended in a divergence, where it is strict, or in an exception.
    Failed,
}

/// Plays recorded outputs for calls: strictly in the order of the recording, one for each call, whatever it calls.
///
/// # Errors
/// `malformed_request` with the path to the first call for which nothing is recorded any more, or to what is wrong with one.
pub fn play(request: PlayRequest) -> Result<Played, Error> {
    let PlayRequest { recorded, calls, strict, failed, first_index } = request;
    let mut outcomes = Vec::with_capacity(calls.len());
    let mut report = ReplayReport {
        status: if failed { ReplayStatus::Failed } else { ReplayStatus::Success },
        actions_replayed: 0,
        actions_total: recorded.len(),
        divergences_detected: 0,
        divergences: Vec::new(),
        cost_savings: Usd::ZERO,
    };
    let total = recorded.len();
    let mut recorded = recorded.into_iter();
    for (at, made) in calls.into_iter().enumerate() {
        let place = format!("/calls/{at}");
        let actual = inputs_of(made.inputs).map_err(|error| error.inside("/inputs").inside(&place))?;
        let Some(expected) = recorded.next() else {
            let message = format!("the recording has {total} calls, and `{}` is one more", made.action);
            return Err(Error::new(ErrorCode::ReplayExhausted, message)
                .at(place)
                .with_help("record the run again: it takes another way now"));
        };
        let index = first_index + at;
        let divergences = divergences(&expected, made.action, actual, index);
        report.divergences.extend(divergences.iter().cloned());
        let ends = strict && !divergences.is_empty();
        if !ends {
            report.actions_replayed += 1;
            report.cost_savings = report.cost_savings.plus(expected.cost_usd);
        }
        outcomes.push(PlayedCall {
            index,
            entry_id: expected.id,
            outputs: (!ends).then_some(expected.outputs),
            outcome: expected.outcome,
            divergences,
        });
        if ends {
            report.status = ReplayStatus::Failed;
            break;
        }
    }
    report.divergences_detected = report.divergences.len();
    if report.status == ReplayStatus::Success && !report.divergences.is_empty() {
        report.status = ReplayStatus::Partial;
    }
    Ok(Played { outcomes, report })
}

fn divergences(expected: &RecordedCall, action: String, actual: CallInputs, index: usize) -> Vec<Divergence> {
    let mut divergences = Vec::new();
    if expected.action != action {
        let (expected, actual) = (expected.action.clone(), action.clone());
        divergences.push(Divergence::ActionMismatch { expected, actual, index });
    }
    let value = |inputs: &CallInputs| json!({ "args": inputs.args, "kwargs": inputs.kwargs });
    if !equal(&value(&expected.inputs), &value(&actual)) {
        let expected_inputs = expected.inputs.clone();
        divergences.push(Divergence::InputMismatch { action, expected_inputs, actual_inputs: actual, index });
    }
    divergences
}
