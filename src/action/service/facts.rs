//! The records of a host as the state of an evaluation, and the one commit that changes them.

use super::stored::{kind, partition, state_need};
use crate::action::call::ActionCall;
use crate::action::state::{Changes, Knowledge, ModerationResult, StateKey, StateValue};
use crate::decision::{Asking, Commit, Done, Effects, Expectation, Kept, Need, Notice, Record, Stop};
use crate::sorted;
use serde::Serialize;
use serde_json::Value;
use std::cell::RefCell;

/// The records of a host. Each is read once, however often a decision looks at it.
pub struct Records<'a> {
    asking: &'a Asking,
    org_id: &'a str,
    read: RefCell<sorted::Map<StateKey, Option<StateValue>>>,
}

impl<'a> Records<'a> {
    /// The records of an organisation, as far as they were answered so far.
    pub fn of(asking: &'a Asking, org_id: &'a str) -> Self {
        Self { asking, org_id, read: RefCell::default() }
    }
}

impl Knowledge for Records<'_> {
    fn state(&self, key: &StateKey) -> Result<Option<StateValue>, Stop> {
        if let Some(read) = self.read.borrow().get(key) {
            return Ok(read.clone());
        }
        let kept: Kept<Value> = self.asking.record(state_need(self.org_id, key))?;
        let read = kept.value.map(|value| StateValue::read(key, value)).transpose()?;
        self.read.borrow_mut().insert(key.clone(), read.clone());
        Ok(read)
    }

    fn moderation(&self, call: &ActionCall, moderator: Option<&str>) -> Result<Option<Vec<ModerationResult>>, Stop> {
        self.asking.value(Need::Moderation {
            org_id: self.org_id.to_owned(),
            action: call.name.clone(),
            moderator: moderator.map(str::to_owned),
            arguments: call.kwargs.clone(),
        })
    }
}

/// The commit of one operation on actions, and what is told afterwards.
pub struct ActionChange<'a> {
    asking: &'a Asking,
    org_id: &'a str,
    commit: Commit,
    notices: Vec<Notice>,
}

impl<'a> ActionChange<'a> {
    /// A commit of nothing yet.
    pub fn begin(asking: &'a Asking, org_id: &'a str, operation_id: &str) -> Self {
        Self {
            asking,
            org_id,
            commit: Commit {
                partition: partition(org_id),
                idempotency_key: operation_id.to_owned(),
                expect: Vec::new(),
                put: Vec::new(),
                append: Vec::new(),
            },
            notices: Vec::new(),
        }
    }

    /// Expects a record as it was read.
    pub fn expect(&mut self, need: Need, version: Option<String>) {
        if let Need::Record { kind, key, .. } = need {
            let expectation = Expectation { kind, key, version };
            if !self.commit.expect.contains(&expectation) {
                self.commit.expect.push(expectation);
            }
        }
    }

    /// Expects a part of the state as it was read.
    ///
    /// # Errors
    /// [`Stop::Needs`].
    pub fn expect_state(&mut self, key: &StateKey) -> Result<(), Stop> {
        let need = state_need(self.org_id, key);
        let version = self.asking.fact(need.clone())?.version.clone();
        self.expect(need, version);
        Ok(())
    }

    /// Changes parts of the state, each as it was read.
    ///
    /// # Errors
    /// [`Stop::Needs`].
    pub fn apply(&mut self, changes: Changes) -> Result<(), Stop> {
        for (key, value) in changes {
            self.expect_state(&key)?;
            self.commit.put.push(Record { kind: key.kind().to_owned(), key: key.key(), value: value.to_json()? });
        }
        Ok(())
    }

    /// Replaces a record.
    ///
    /// # Errors
    /// None in practice.
    pub fn put(&mut self, kind: &str, key: impl Into<String>, value: &impl Serialize) -> Result<(), Stop> {
        self.commit.put.push(Record::of(kind, key, value)?);
        Ok(())
    }

    /// Adds a record that never changes.
    ///
    /// # Errors
    /// None in practice.
    pub fn append(&mut self, kind: &str, key: impl Into<String>, value: &impl Serialize) -> Result<(), Stop> {
        self.commit.append.push(Record::of(kind, key, value)?);
        Ok(())
    }

    /// Tells something after the commit; it is committed before.
    ///
    /// # Errors
    /// None in practice.
    pub fn tell(&mut self, notice: Notice) -> Result<(), Stop> {
        self.put(kind::OUTBOX, notice.id(), &notice)?;
        self.notices.push(notice);
        Ok(())
    }

    /// An answer, and the commit that makes it true.
    ///
    /// # Errors
    /// None in practice.
    pub fn done(self, answer: &impl Serialize) -> Result<Done, Stop> {
        let mut done = Done::answer(answer)?;
        done.effects = Effects { commit: Some(self.commit), notices: self.notices };
        Ok(done)
    }
}
