//! `Evidence`: what an action gave in a run, for later actions to stand on (sections 3.7 and 3.8).

use crate::limits;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an action gave in a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The records, from the oldest to the newest.
    pub records: Vec<EvidenceRecord>,
}

/// One successful call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct EvidenceRecord {
    /// When its result was there, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub timestamp_ms: u64,
    /// The hash of its arguments.
    pub args_hash: String,
    /// Its arguments.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub raw_kwargs: Value,
    /// Its result; null where it was too large to keep, and then it grounds nothing.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub result: Value,
}

/// How many records are kept. The oldest go first, as they do beyond the limit of bytes, which only makes later checks stricter.
const RECORDS: usize = 100;
const BYTES: usize = limits::ARGUMENT_BYTES as usize;

impl Evidence {
    /// Adds a record. Results may come late: the order is that of their times.
    pub fn add(&mut self, mut record: EvidenceRecord) {
        let bytes = |record: &EvidenceRecord| record.result.to_string().len() + record.raw_kwargs.to_string().len();
        if bytes(&record) > BYTES {
            record.result = Value::Null;
        }
        if bytes(&record) > BYTES {
            record.raw_kwargs = Value::Null;
        }
        let at = self.records.partition_point(|earlier| earlier.timestamp_ms <= record.timestamp_ms);
        self.records.insert(at, record);
        let mut kept = 0;
        let mut first = self.records.len();
        for record in self.records.iter().rev().take(RECORDS) {
            kept += bytes(record);
            if kept > BYTES {
                break;
            }
            first -= 1;
        }
        self.records.drain(..first);
    }

    /// The records that are not too old, from the newest to the oldest. What is exactly as old as the limit is fresh.
    pub fn fresh(&self, now_ms: u64, max_age_seconds: Option<u64>) -> impl Iterator<Item = &EvidenceRecord> {
        let is_fresh = move |record: &&EvidenceRecord| {
            max_age_seconds
                .is_none_or(|seconds| record.timestamp_ms.saturating_add(seconds.saturating_mul(1000)) >= now_ms)
        };
        self.records.iter().rev().filter(is_fresh)
    }
}
