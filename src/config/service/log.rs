//! The decision log: what was decided, newest first, by filters or by id; and the bundle that decided (section 6.5).

use super::ConfigService;
use super::stored::{BundleVersion, DecisionPlace, kind};
use crate::config::decision::{Decision, Status};
use crate::decision::key::{escaped, newest_first, newest_first_span};
use crate::decision::{Asking, Done, Kept, Need, Page, PageRequest, Refusal, RefusalCode, Stop, Verb, audit, instant};
use crate::sorted;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigDecisionRecord"))]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    /// The id that the host gave it.
    pub id: String,
    /// When, as RFC 3339 in UTC.
    pub created_at: String,
    /// What was decided.
    pub decision: Decision,
    /// What was known of the pipeline, without what the settings mask.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub metadata: Value,
    /// The SHA-512 of the text of each policy by its name, in hexadecimal.
    pub policies: sorted::Map<String, String>,
    /// How long the evaluation took, in milliseconds.
    #[cfg_attr(test, ts(type = "number"))]
    pub time_taken_ms: u64,
    /// The version of the bundle that decided; 0: nothing was pushed yet.
    #[cfg_attr(test, ts(type = "number"))]
    pub bundle_version: u64,
    /// Its digest.
    pub bundle_digest: String,
    /// That a gate asked: a pipeline was triggered, or was not, because of this decision. Otherwise somebody asked what it would be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub gate: bool,
    /// The pointers of what was there and was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub erased: Vec<String>,
}

/// Which decisions. What was masked matches nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigDecisionQuery", optional_fields = nullable))]
#[serde(deny_unknown_fields, default)]
pub struct DecisionQuery {
    /// What was decided.
    pub status: Option<Status>,
    /// Not earlier than this, as RFC 3339.
    pub after: Option<String>,
    /// Earlier than this, as RFC 3339.
    pub before: Option<String>,
    /// `vcs.branch` of the metadata.
    pub branch: Option<String>,
    /// `project_id` of the metadata.
    pub project_id: Option<String>,
    /// `build_number` of the metadata.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub build_number: Option<u64>,
    /// The most entries that are looked at: 1 to 100. Default 50.
    pub limit: Option<u32>,
    /// Where an earlier page ended.
    pub cursor: Option<String>,
}

/// A part of the decision log. A page may have fewer than its limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigDecisionLog"))]
pub struct DecisionLog {
    /// Those that match, the newest first.
    pub decisions: Vec<DecisionRecord>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

/// What the masks of a decision log point into.
pub const MASKED: &str = "/metadata";

impl DecisionRecord {
    /// Leaves out what the masks point at, and says so.
    pub(super) fn mask(&mut self, masks: &[String]) {
        for mask in masks {
            let pointer = mask.strip_prefix(MASKED).unwrap_or_default();
            if audit::erase(&mut self.metadata, pointer) && !self.erased.contains(mask) {
                self.erased.push(mask.clone());
            }
        }
    }
}

impl DecisionQuery {
    fn matches(&self, record: &DecisionRecord) -> bool {
        let text = |pointer: &str| record.metadata.pointer(pointer).and_then(Value::as_str);
        let is = |wanted: &Option<String>, pointer: &str| wanted.is_none() || wanted.as_deref() == text(pointer);
        let number = record.metadata.get("build_number").and_then(Value::as_u64);
        self.status.is_none_or(|wanted| wanted == record.decision.status)
            && is(&self.branch, "/vcs/branch")
            && is(&self.project_id, "/project_id")
            && (self.build_number.is_none() || self.build_number == number)
    }
}

impl ConfigService<'_> {
    /// The key of what is entered now.
    pub(super) fn log_key(&self) -> String {
        format!("{}/{}", newest_first(self.now_ms), escaped(self.operation_id))
    }

    /// `GET …/decision`
    pub(super) fn list_decisions(&self, asking: &Asking, query: &DecisionQuery) -> Result<Done, Stop> {
        let page = PageRequest { limit: query.limit, cursor: query.cursor.clone() };
        let mut need = page.need(self.place.partition(), kind::DECISION, None)?;
        let (after, before) = (bound(query.after.as_deref(), "/after")?, bound(query.before.as_deref(), "/before")?);
        if let Need::Records { from, to, .. } = &mut need {
            (*from, *to) = newest_first_span(after, before);
        }
        asking.want(need.clone());
        self.place.require(asking, Verb::Read)?;
        let listed: Page<DecisionRecord> = asking.records(need)?;
        let all = listed.records.into_iter().map(|record| record.value);
        let decisions = all.filter(|record| query.matches(record)).collect();
        Done::answer(&DecisionLog { decisions, cursor: listed.cursor })
    }

    /// `GET …/decision/{id}`
    pub(super) fn get_decision(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        Done::answer(&self.found_decision(asking, id)?)
    }

    /// `GET …/decision/{id}/policy-bundle`
    pub(super) fn get_decision_bundle(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let DecisionRecord { bundle_version: version, bundle_digest, .. } = self.found_decision(asking, id)?;
        let missing = || {
            Refusal::new(RefusalCode::NotFound, format!("version {version} of the bundle is not in the store any more"))
        };
        // A store that was put back to an earlier state may count its versions again.
        let is_its = |bundle: &BundleVersion| bundle.digest == bundle_digest;
        let bundle = self.place.version(asking, version)?.filter(is_its).ok_or_else(missing)?;
        self.fetched(asking, &bundle)
    }

    fn found_decision(&self, asking: &Asking, id: &str) -> Result<DecisionRecord, Stop> {
        let at = self.place.record((kind::DECISION_PLACE, id));
        asking.want(at.clone());
        self.place.require(asking, Verb::Read)?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no decision `{id}`"));
        let at: Kept<DecisionPlace> = asking.record(at)?;
        let key = at.value.ok_or_else(missing)?.key;
        let kept: Kept<DecisionRecord> = asking.record(self.place.record((kind::DECISION, &key)))?;
        Ok(kept.value.ok_or_else(missing)?)
    }
}

fn bound(date: Option<&str>, path: &str) -> Result<Option<u64>, Refusal> {
    let Some(date) = date else { return Ok(None) };
    let moment = instant(date).ok_or_else(|| Refusal::field(path, format!("`{date}` is not a time as RFC 3339")))?;
    Ok(Some(moment))
}
