//! The entries of a decision log, as the service writes them, read back.

use super::warnings::{WarningKind, Warnings};
use crate::action::call::ActionCall;
use crate::action::consumption::Outcome;
use crate::action::money::Usd;
use crate::action::service::approvals::ApprovalStatus;
use crate::action::service::log;
use crate::action::service::moderation_notes::ModerationNote;
use crate::action::verdict::{ApprovalAsked, ReasonCode, Word};
use crate::decision::instant;
use crate::error::{Error, ErrorCode};
use crate::sorted::{self, InOrder};
use crate::typed;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// An entry of the log.
#[derive(Debug)]
pub struct Logged {
    /// Its place in the request, from 0.
    pub index: usize,
    /// Its id.
    pub id: String,
    /// What it is about, in the word of the log.
    pub path: String,
    /// When.
    pub timestamp: String,
    /// The same in milliseconds since 1970.
    pub at_ms: u64,
    /// The revision of the policies that were asked.
    pub revision: Option<String>,
    /// What was left out of its input.
    pub erased: Vec<String>,
    /// What it says.
    pub about: About,
}

/// What an entry says.
#[derive(Debug)]
pub enum About {
    /// A decision on a call.
    Decision(Box<LoggedDecision>),
    /// What a call really cost.
    Settle(String, Usd),
    /// A call was never made.
    Release(String),
    /// What became of a call, with its real cost where that was told.
    Result(String, Outcome, Option<Usd>),
    /// Something was done about an approval.
    Approval {
        /// The approval.
        id: String,
        /// Where it stands now.
        status: ApprovalStatus,
        /// Why.
        notes: Option<String>,
    },
    /// Nothing that is needed: what was stopped each decision tells itself; policies, exceptions and settings are given.
    Nothing,
    /// A run's spending and evidence were forgotten.
    Reset {
        /// The session.
        session: String,
        /// The run.
        run: Option<String>,
    },
}

/// A decision as it was logged.
#[derive(Debug)]
pub struct LoggedDecision {
    /// What was resumed, where it was.
    pub resumed: Option<String>,
    /// The call.
    pub call: ActionCall,
    /// Whether the arguments were left out because personal data was found in them.
    pub inputs_redacted: bool,
    /// What moderators said.
    pub moderation: Vec<ModerationNote>,
    /// What was decided.
    pub was: Was,
}

/// What was decided.
#[derive(Debug, Clone, Deserialize)]
pub struct Was {
    /// The final word.
    pub decision: Word,
    /// Why.
    #[serde(default)]
    pub reason_code: Option<ReasonCode>,
    /// Why, in words.
    #[serde(default)]
    pub message: Option<String>,
    /// The policies that it came from.
    #[serde(default)]
    pub policy_ids: Vec<String>,
    /// The exceptions that were used.
    #[serde(default)]
    pub exceptions_applied: Vec<String>,
    /// What was taken or held.
    #[serde(default)]
    pub reservation: Option<WasReserved>,
    /// What was waited for.
    #[serde(default)]
    pub approval: Option<WasAsked>,
    /// What a check found.
    #[serde(default)]
    pub details: Value,
    /// The result that stood in for the call.
    #[serde(default)]
    pub idempotent_replay: Option<Value>,
}

/// What was taken or held for a call.
#[derive(Debug, Clone, Deserialize)]
pub struct WasReserved {
    /// The money.
    pub amount_usd: Usd,
}

/// What was waited for.
#[derive(Debug, Clone, Deserialize)]
pub struct WasAsked {
    /// How long.
    pub timeout_seconds: u64,
    /// By which policies.
    pub asked: Vec<ApprovalAsked>,
}

/// The fields of an entry; a product may have more.
#[derive(Debug, Deserialize)]
struct Fields {
    decision_id: String,
    path: String,
    #[serde(default)]
    input: Map<String, Value>,
    #[serde(default)]
    result: Value,
    #[serde(default)]
    bundles: sorted::Map<String, Bundle>,
    timestamp: String,
    #[serde(default)]
    erased: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bundle {
    revision: String,
}

/// The name of the bundle of policies.
const POLICIES: &str = "policies";

/// Reads the entries of a log, in the order of their times; those of one millisecond as they come.
///
/// # Errors
/// `malformed_request` with the path to what the service never wrote.
pub fn read(given: Vec<Value>, path: &str, warnings: &mut Warnings) -> Result<Vec<Logged>, Error> {
    let mut entries = Vec::with_capacity(given.len());
    let mut latest = 0;
    for (index, value) in given.into_iter().enumerate() {
        let place = format!("{path}/{index}");
        let Some(entry) = entry(value, index, warnings).map_err(|error| error.inside(&place))? else { continue };
        if entry.at_ms < latest {
            warnings.add(WarningKind::EntriesOutOfOrder, index);
        }
        latest = latest.max(entry.at_ms);
        entries.push(entry);
    }
    entries.order_by_key(|entry| entry.at_ms);
    Ok(entries)
}

fn entry(value: Value, index: usize, warnings: &mut Warnings) -> Result<Option<Logged>, Error> {
    let Fields { decision_id, path, input, result, bundles, timestamp, erased } =
        typed::read(value, ErrorCode::MalformedRequest, "an entry of the log cannot be read")?;
    let Some(at_ms) = instant(&timestamp) else {
        let message = format!("`{timestamp}` is not a time as RFC 3339");
        return Err(Error::new(ErrorCode::MalformedRequest, message).at("/timestamp"));
    };
    let about = match about(&path, input, result) {
        Ok(Some(about)) => about,
        Ok(None) => {
            warnings.add(WarningKind::UnknownEntries, index);
            return Ok(None);
        }
        // What a mask left out may be what it takes to read the entry.
        Err(_) if !erased.is_empty() => {
            warnings.add(WarningKind::UnknownEntries, index);
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let revision = bundles.into_iter().find(|(name, _)| name == POLICIES).map(|(_, bundle)| bundle.revision);
    let erased = erased.into_iter().filter(|pointer| pointer.starts_with("/input")).collect();
    Ok(Some(Logged { index, id: decision_id, path, timestamp, at_ms, revision, erased, about }))
}

/// What an entry says; none for one of another kind.
fn about(path: &str, mut input: Map<String, Value>, result: Value) -> Result<Option<About>, Error> {
    Ok(Some(match path {
        log::AUTHORIZE | log::RESUME => {
            let inputs_redacted = input.remove("inputs_redacted").is_some();
            let moderation = match input.remove("moderation") {
                Some(notes) => field(notes, "/input/moderation")?,
                None => Vec::new(),
            };
            let resumed = input.remove("reservation_id");
            let resumed = match (path, resumed) {
                (log::RESUME, id) => Some(field(id.unwrap_or_default(), "/input/reservation_id")?),
                _ => None,
            };
            let call = field(Value::Object(input), "/input")?;
            let was = field(result, "/result")?;
            About::Decision(Box::new(LoggedDecision { resumed, call, inputs_redacted, moderation, was }))
        }
        log::SETTLE => About::Settle(of(&mut input, "reservation_id")?, of(&mut input, "cost_usd")?),
        log::RELEASE => About::Release(of(&mut input, "reservation_id")?),
        log::RESULT => {
            let outcome: String = of(&mut input, "outcome")?;
            let outcome = match outcome.as_str() {
                "success" => Outcome::Success(input.remove("result").unwrap_or_default()),
                _ => Outcome::Error,
            };
            About::Result(of(&mut input, "reservation_id")?, outcome, of(&mut input, "cost_usd")?)
        }
        log::APPROVAL => {
            let status = result.get("status").cloned().unwrap_or_default();
            About::Approval {
                id: of(&mut input, "approval_id")?,
                status: field(status, "/result/status")?,
                notes: of(&mut input, "notes")?,
            }
        }
        log::RESET => {
            let session: Option<String> = of(&mut input, "session_id")?;
            About::Reset { session: session.unwrap_or_default(), run: of(&mut input, "run_id")? }
        }
        log::KILL | log::REVIVE | log::EXCEPTION | log::POLICY | log::SETTINGS | log::SWEEP => About::Nothing,
        _ => return Ok(None),
    }))
}

fn of<T: DeserializeOwned>(input: &mut Map<String, Value>, name: &str) -> Result<T, Error> {
    field(input.remove(name).unwrap_or_default(), &format!("/input/{name}"))
}

fn field<T: DeserializeOwned>(value: Value, path: &str) -> Result<T, Error> {
    typed::read(value, ErrorCode::MalformedRequest, "an entry of the log cannot be read")
        .map_err(|error| error.inside(path))
}
