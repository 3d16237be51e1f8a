//! `AuditRecord`: one entry of the decision log, with the field names of OPA's.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was decided, on what, under which policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AuditRecord {
    /// The id that the host gave the decision.
    pub decision_id: String,
    /// What was asked, such as `governance/run`.
    pub path: String,
    /// What was evaluated. Values that a plan marks as sensitive never reach it.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub input: Value,
    /// What came out.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub result: Value,
    /// The revision of each bundle by its name.
    pub bundles: BTreeMap<String, BundleRevision>,
    /// The digest of what was evaluated.
    pub digest: String,
    /// When, as RFC 3339 in UTC.
    pub timestamp: String,
}

/// The revision of one bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BundleRevision {
    /// The content digest.
    pub revision: String,
}

/// A time of the request as RFC 3339 in UTC with milliseconds.
pub fn timestamp(now_ms: u64) -> String {
    i64::try_from(now_ms)
        .ok()
        .and_then(chrono::DateTime::from_timestamp_millis)
        .map_or_else(|| format!("{now_ms} ms"), |time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}
