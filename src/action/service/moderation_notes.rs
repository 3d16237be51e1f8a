//! What moderators said while a call was evaluated, noted for the log: without it no decision could be made again.

use crate::action::call::ActionCall;
use crate::action::state::{Knowledge, ModerationResult, StateKey, StateValue};
use crate::decision::Stop;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// What one moderator said of the arguments of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModerationNote {
    /// Which moderator; null: the host's only one.
    pub moderator: Option<String>,
    /// What it said; null: there is no such moderator.
    pub results: Option<Vec<ModerationResult>>,
}

/// What is known, with a note of what moderators say.
pub struct Noting<'a> {
    below: &'a dyn Knowledge,
    notes: RefCell<Vec<ModerationNote>>,
}

impl<'a> Noting<'a> {
    /// Notes nothing yet.
    pub const fn over(below: &'a dyn Knowledge) -> Self {
        Self { below, notes: RefCell::new(Vec::new()) }
    }

    /// What was noted: one note for each moderator that was asked.
    pub fn notes(self) -> Vec<ModerationNote> {
        self.notes.into_inner()
    }
}

impl Knowledge for Noting<'_> {
    fn state(&self, key: &StateKey) -> Result<Option<StateValue>, Stop> {
        self.below.state(key)
    }

    fn moderation(&self, call: &ActionCall, moderator: Option<&str>) -> Result<Option<Vec<ModerationResult>>, Stop> {
        let results = self.below.moderation(call, moderator)?;
        // The texts stand in the arguments, where masks apply to them.
        let noted = |result: &ModerationResult| ModerationResult { snippet: None, ..result.clone() };
        let noted = results.as_ref().map(|results| results.iter().map(noted).collect());
        let note = ModerationNote { moderator: moderator.map(str::to_owned), results: noted };
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
        Ok(results)
    }
}
