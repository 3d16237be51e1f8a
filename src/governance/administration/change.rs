//! `Change`: the commit of one change to what an organisation has set up.

use super::stored::{self, StoredConfiguration, kind};
use crate::decision::asking::json;
use crate::decision::{Asking, Commit, Expectation, Kept, Need, Record, Stop, digest};
use std::collections::BTreeMap;

/// What one change expects and writes. Each change of an organisation's set-up replaces one record, so that changes
/// come one after the other, and so that it shows when something that was prepared is out of date.
pub struct Change {
    partition: String,
    operation_id: String,
    before: StoredConfiguration,
    expect: Vec<Expectation>,
    put: Vec<Record>,
    append: Vec<Record>,
}

impl Change {
    /// Begins a change. `operation_id` is the host's: the same change twice is one.
    ///
    /// # Errors
    /// [`Stop::Needs`].
    pub fn begin(asking: &Asking, org_id: &str, operation_id: &str) -> Result<Self, Stop> {
        let configuration: Kept<StoredConfiguration> = asking.record(stored::configuration_need(org_id))?;
        let mut change = Self {
            partition: stored::partition(org_id),
            operation_id: operation_id.to_owned(),
            before: configuration.value.unwrap_or_default(),
            expect: Vec::new(),
            put: Vec::new(),
            append: Vec::new(),
        };
        change.expect(stored::configuration_need(org_id), configuration.version);
        Ok(change)
    }

    /// Expects a record as it was read.
    pub fn expect(&mut self, need: Need, version: Option<String>) {
        if let Need::Record { kind, key, .. } = need {
            self.expect.push(Expectation { kind, key, version });
        }
    }

    /// Replaces a record.
    pub fn put(&mut self, record: Record) {
        self.put.push(record);
    }

    /// Adds a record that never changes.
    pub fn append(&mut self, record: Record) {
        self.append.push(record);
    }

    /// How many records there are after this change: one more for each that was never there, one less for each deleted.
    fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = self.before.counts.clone();
        for record in self.put.iter().filter(|record| kind::EVALUATED.contains(&record.kind.as_str())) {
            let count = counts.entry(record.kind.clone()).or_default();
            let is_new = |expected: &Expectation| {
                expected.kind == record.kind && expected.key == record.key && expected.version.is_none()
            };
            if record.value.is_null() {
                *count = count.saturating_sub(1);
            } else if self.expect.iter().any(is_new) {
                *count += 1;
            }
        }
        counts
    }

    /// The commit.
    ///
    /// # Errors
    /// None in practice.
    pub fn commit(mut self) -> Result<Commit, Stop> {
        let written = json(&(&self.before.digest, &self.partition, &self.put, &self.append))?;
        let after = StoredConfiguration {
            changes: self.before.changes + 1,
            counts: self.counts(),
            digest: digest::of_value(&written),
        };
        self.put.push(stored::record(kind::CONFIGURATION, "all", &after)?);
        Ok(Commit {
            partition: self.partition,
            idempotency_key: self.operation_id,
            expect: self.expect,
            put: self.put,
            append: self.append,
        })
    }
}
