//! The decision log: every decision, settlement and result once, with what it takes to replay it.

use super::access::{organisation, require};
use super::stored::{kind, log_key, partition};
use super::{ActionService, facts::ActionChange};
use crate::action::arguments::digest::arguments_digest;
use crate::action::call::ActionCall;
use crate::action::settings::ActionSettings;
use crate::action::verdict::{ActionDecision, ReasonCode};
use crate::decision::asking::json;
use crate::decision::audit::{AuditRecord, BundleRevision, timestamp};
use crate::decision::{Asking, Change, Done, Page, PageRequest, Record, Stop, Verb};
use crate::sorted;
use serde::Serialize;
use serde_json::{Map, Value};

/// What the entries of calls are about.
pub const AUTHORIZE: &str = "action/authorize";
/// What the entries of calls that were approved are about.
pub const RESUME: &str = "action/resume";
/// What the entries of real costs are about.
pub const SETTLE: &str = "action/settle";
/// What the entries of calls that were never made are about.
pub const RELEASE: &str = "action/release";
/// What the entries of results are about.
pub const RESULT: &str = "action/result";
/// What the entries of runs that begin anew are about.
pub const RESET: &str = "action/reset";
/// What the entries of approvals are about.
pub const APPROVAL: &str = "action/approval";

/// What the entries of stopped targets are about.
pub const KILL: &str = "action/kill";
/// What the entries of revived targets are about.
pub const REVIVE: &str = "action/revive";
/// What the entries of exceptions are about.
pub const EXCEPTION: &str = "action/exception";
/// What the entries of deleted policies are about. Whoever changed one stands in its versions.
pub const POLICY: &str = "action/policy";
/// What the entries of settings are about.
pub const SETTINGS: &str = "action/settings";

/// What the entries of what was forgotten are about.
pub const SWEEP: &str = "action/sweep";

/// A part of the decision log.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActionDecisionLog {
    /// The entries, from the oldest.
    #[cfg_attr(test, ts(type = "AuditRecord[]"))]
    pub decisions: Vec<Value>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

/// What is entered.
pub struct Entry<'a> {
    /// What it is about.
    pub path: &'static str,
    /// What was asked.
    pub input: Value,
    /// What came of it.
    pub result: Value,
    /// The digest of the policies, where they were asked.
    pub revision: Option<&'a str>,
    /// The digest of what was asked.
    pub digest: String,
}

impl Entry<'_> {
    /// Says something more of what was asked.
    #[must_use]
    pub fn noting(mut self, field: &str, value: Value) -> Self {
        if let Some(fields) = self.input.as_object_mut() {
            fields.insert(field.to_owned(), value);
        }
        self
    }
}

impl ActionService<'_> {
    /// Enters something into the decision log.
    pub(super) fn enter(
        &self,
        change: &mut ActionChange<'_>,
        settings: &ActionSettings,
        entry: Entry<'_>,
    ) -> Result<(), Stop> {
        let (key, record) = self.logged(settings, entry);
        change.append(kind::AUDIT, key, &record)
    }

    /// Enters a change of what is set up: who made it is known afterwards, too.
    pub(super) fn enter_change(
        &self,
        change: &mut Change,
        settings: &ActionSettings,
        path: &'static str,
        input: Value,
        result: Value,
    ) -> Result<(), Stop> {
        let entry = Entry { path, input, result, revision: None, digest: String::new() };
        let (key, record) = self.logged(settings, entry);
        change.append(Record::of(kind::AUDIT, key, &record)?);
        Ok(())
    }

    /// An entry of the decision log, with its key.
    fn logged(&self, settings: &ActionSettings, entry: Entry<'_>) -> (String, AuditRecord) {
        let revision = entry.revision.map(|revision| BundleRevision { revision: revision.to_owned() });
        let mut record = AuditRecord {
            decision_id: self.operation_id.to_owned(),
            path: entry.path.to_owned(),
            input: entry.input,
            result: entry.result,
            bundles: sorted::Map::from_iter(revision.map(|revision| ("policies".to_owned(), revision))),
            digest: entry.digest,
            timestamp: timestamp(self.now_ms),
            erased: Vec::new(),
        };
        record.mask(&settings.audit_masks);
        (log_key(self.now_ms, self.operation_id), record)
    }

    /// `GET /decisions`
    pub(super) fn list_decisions(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        require(asking, organisation(self.org_id), Verb::Read)?;
        let listed: Page<Value> = asking.records(page.need(partition(self.org_id), kind::AUDIT, None)?)?;
        let decisions = listed.records.into_iter().map(|record| record.value).collect();
        Done::answer(&ActionDecisionLog { decisions, cursor: listed.cursor })
    }
}

/// What is said of a decision without the arguments that it repeats: those of an entry stand in its input, where masks apply to them.
/// `said` are the details, or the remediation.
pub fn without_arguments(mut said: Value) -> Value {
    if let Some(detection) = said.get_mut("detection").and_then(Value::as_object_mut) {
        detection.shift_remove("recent_args");
    }
    let moderated = said.get_mut("results").and_then(Value::as_array_mut);
    for result in moderated.into_iter().flatten().filter_map(Value::as_object_mut) {
        result.shift_remove("snippet");
    }
    let ungrounded = said.get_mut("ungrounded_arguments").and_then(Value::as_array_mut);
    for argument in ungrounded.into_iter().flatten().filter_map(Value::as_object_mut) {
        argument.shift_remove("actual_value");
    }
    said
}

/// A call and a decision on it as an entry. Arguments in which personal data was found are not repeated.
///
/// # Errors
/// None in practice.
pub fn entry_of<'a>(
    path: &'static str,
    call: &ActionCall,
    decision: &ActionDecision,
    revision: &'a str,
) -> Result<Entry<'a>, Stop> {
    let mut input = json(call)?;
    let mut result = json(decision)?;
    for part in ["details", "remediation"] {
        if let Some(said) = result.get_mut(part) {
            *said = without_arguments(said.take());
        }
    }
    let found =
        decision.reason_code.into_iter().chain(decision.warnings.iter().filter_map(|warning| warning.reason_code));
    if found.into_iter().any(|code| code == ReasonCode::PiiDetected)
        && let Some(fields) = input.as_object_mut()
    {
        fields.insert("kwargs".to_owned(), Value::Object(Map::new()));
        fields.insert("inputs_redacted".to_owned(), true.into());
    }
    Ok(Entry {
        path,
        input,
        result,
        revision: Some(revision).filter(|revision| !revision.is_empty()),
        digest: arguments_digest(&call.kwargs),
    })
}
