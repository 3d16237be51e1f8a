//! `AuditRecord`: one entry of the decision log, with the field names of OPA's.

use crate::sorted;
use serde::Serialize;
use serde_json::Value;

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
    pub bundles: sorted::Map<String, BundleRevision>,
    /// The digest of what was evaluated.
    pub digest: String,
    /// When, as RFC 3339 in UTC.
    pub timestamp: String,
    /// The pointers of what was there and was left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub erased: Vec<String>,
}

impl AuditRecord {
    /// Leaves out what the masks point at, and says so. A mask points into `/input` or `/result`.
    pub fn mask(&mut self, masks: &[String]) {
        for mask in masks {
            let found = match mask.split('/').nth(1) {
                Some("input") => erase(&mut self.input, mask.trim_start_matches("/input")),
                Some("result") => erase(&mut self.result, mask.trim_start_matches("/result")),
                _ => false,
            };
            if found && !self.erased.contains(mask) {
                self.erased.push(mask.clone());
            }
        }
    }
}

/// Takes out what a pointer names; whether it was there.
pub fn erase(value: &mut Value, pointer: &str) -> bool {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return false };
    let last = last.replace("~1", "/").replace("~0", "~");
    match value.pointer_mut(parent) {
        Some(Value::Object(fields)) => fields.remove(&last).is_some(),
        // The elements behind it keep their places.
        Some(Value::Array(items)) => {
            let item = last.parse::<usize>().ok().and_then(|at| items.get_mut(at));
            item.is_some_and(|item| !std::mem::take(item).is_null())
        }
        _ => false,
    }
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

/// A time as RFC 3339 in milliseconds since 1970; none where it is no such time, or before 1970.
pub fn instant(text: &str) -> Option<u64> {
    let time = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    u64::try_from(time.timestamp_millis()).ok()
}
