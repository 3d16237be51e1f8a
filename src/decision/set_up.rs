//! What an organisation has set up for a product: records in one partition, with one record that says which state they are in.

use super::asking::json;
use super::{Asking, Commit, Expectation, Kept, Need, Record, Stop, digest};
use crate::sorted;
use serde::{Deserialize, Serialize};

/// Where a product keeps what an organisation has set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUp {
    /// The partition.
    pub partition: String,
    /// The kinds of record that decisions are made under: they are counted.
    pub counted: &'static [&'static str],
}

/// The kind of the record that says which state a set-up is in.
pub const CONFIGURATION: &str = "configuration";

/// Which state an organisation's set-up is in: what was prepared from another one is not to be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredConfiguration {
    /// The number of changes.
    pub changes: u64,
    /// How many records there are of each kind that decisions are made under: a list that lacks one is not of this state.
    #[serde(default)]
    pub counts: sorted::Map<String, u64>,
    /// A digest over the digest before and everything that the last change wrote: equal digests are equal set-ups, also in
    /// two stores.
    pub digest: String,
}

/// A name in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredName {
    /// Whose it is.
    pub id: String,
}

impl SetUp {
    /// The need of the record that says which state it is in.
    pub fn configuration(&self) -> Need {
        self.record(CONFIGURATION, "all")
    }

    /// The need of a record.
    pub fn record(&self, kind: &str, key: impl Into<String>) -> Need {
        Need::Record { partition: self.partition.clone(), kind: kind.to_owned(), key: key.into(), again: false }
    }

    /// The need of all records of a kind.
    pub fn all(&self, kind: &str) -> Need {
        Need::Records {
            partition: self.partition.clone(),
            kind: kind.to_owned(),
            from: None,
            to: None,
            limit: None,
            cursor: None,
        }
    }
}

/// What one change expects and writes. Each change of an organisation's set-up replaces one record, so that changes
/// come one after the other, and so that it shows when something that was prepared is out of date.
pub struct Change {
    set_up: SetUp,
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
    pub fn begin(asking: &Asking, set_up: SetUp, operation_id: &str) -> Result<Self, Stop> {
        let configuration: Kept<StoredConfiguration> = asking.record(set_up.configuration())?;
        let mut change = Self {
            operation_id: operation_id.to_owned(),
            before: configuration.value.unwrap_or_default(),
            expect: Vec::new(),
            put: Vec::new(),
            append: Vec::new(),
            set_up,
        };
        change.expect(change.set_up.configuration(), configuration.version);
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
    fn counts(&self) -> sorted::Map<String, u64> {
        let mut counts = self.before.counts.clone();
        for record in self.put.iter().filter(|record| self.set_up.counted.contains(&record.kind.as_str())) {
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
        let written = json(&(&self.before.digest, &self.set_up.partition, &self.put, &self.append))?;
        let after = StoredConfiguration {
            changes: self.before.changes + 1,
            counts: self.counts(),
            digest: digest::of_value(&written),
        };
        self.put.push(Record::of(CONFIGURATION, "all", &after)?);
        Ok(Commit {
            partition: self.set_up.partition,
            idempotency_key: self.operation_id,
            expect: self.expect,
            put: self.put,
            append: self.append,
        })
    }
}
