//! `Asking`: the facts of an operation while it runs, and the needs that it still has.
//!
//! An operation reads as if everything were at hand: `asking.record(…)?`. What is not at hand stops it; the host answers
//! all needs of the round, and the operation runs again from the start.

use super::effects::Effects;
use super::identity::{Identity, Resource};
use super::need::{Fact, Facts, Need};
use super::refusal::Refusal;
use crate::error::{Error, ErrorCode};
use crate::typed;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;

/// Why an operation ended before its end.
#[derive(Debug)]
pub enum Stop {
    /// It needs facts.
    Needs,
    /// What was read was changed meanwhile: all is to be read again.
    Stale,
    /// It is refused.
    Refused(Refusal),
    /// The caller's or the host's mistake.
    Failed(Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// One round of an operation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Ask the host, and run again from the start with the facts.
    Needs(Vec<Need>),
    /// What was read was changed meanwhile: begin again without facts.
    Stale,
    /// Nothing was changed, and this is why.
    Refused(Refusal),
    /// What it answers, and what is to be performed before the answer is given.
    Done(Done),
}

/// What an operation answers and does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Done {
    /// The answer.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub answer: Value,
    /// What is committed and told.
    pub effects: Effects,
}

impl Done {
    /// An answer that changes nothing.
    ///
    /// # Errors
    /// None in practice: every part is JSON.
    pub fn answer(answer: &impl Serialize) -> Result<Self, Stop> {
        Ok(Self { answer: json(answer)?, effects: Effects::default() })
    }
}

/// A record as the host keeps it: its version, and its value where it was not deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<T> {
    /// The version that was read; none when the record was never put.
    pub version: Option<String>,
    /// What it says; none when there is none.
    pub value: Option<T>,
}

/// A part of a list of records.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, bound = "T: DeserializeOwned")]
pub struct Page<T> {
    /// The records, in the order of their keys.
    pub records: Vec<Listed<T>>,
    /// Where the next page begins; none: nothing follows.
    pub cursor: Option<String>,
}

/// A record of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed<T> {
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: String,
    /// What it says.
    pub value: T,
}

/// The facts of an operation, and what it asked for so far.
pub struct Asking {
    facts: Facts,
    asked: RefCell<Vec<Need>>,
    guesses: bool,
}

impl Asking {
    /// Begins with the facts of earlier rounds.
    ///
    /// # Errors
    /// `fact_wrong_shape` when one need is answered twice.
    pub fn new(facts: Vec<Fact>) -> Result<Self, Error> {
        Ok(Self { facts: Facts::new(facts)?, asked: RefCell::new(Vec::new()), guesses: false })
    }

    /// Lets the operation ask for what it will probably need: a fact that is not needed in the end is no mistake.
    #[must_use]
    pub fn guessing(mut self) -> Self {
        self.guesses = true;
        self
    }

    /// Runs an operation to its next step.
    ///
    /// # Errors
    /// What the operation fails with, and `fact_not_asked` unless it guesses.
    pub fn run(self, operation: impl FnOnce(&Self) -> Result<Done, Stop>) -> Result<Step, Error> {
        let ended = operation(&self);
        let asked = self.asked.into_inner();
        let step = match ended {
            Ok(done) => Step::Done(done),
            Err(Stop::Stale) => Step::Stale,
            Err(Stop::Refused(refusal)) => Step::Refused(refusal),
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::Needs) => {
                Step::Needs(asked.iter().filter(|need| self.facts.answer(need).is_none()).cloned().collect())
            }
        };
        if !self.guesses {
            self.facts.check_asked(&asked)?;
        }
        Ok(step)
    }

    /// Says beforehand what will be asked, so that it is answered in the same round.
    pub fn want(&self, need: Need) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&need) {
            asked.push(need);
        }
    }

    /// Whether a need was answered in an earlier round.
    pub fn has(&self, need: &Need) -> bool {
        self.facts.answer(need).is_some()
    }

    /// The fact that answers a need.
    ///
    /// # Errors
    /// [`Stop::Needs`] where it is not there yet.
    pub fn fact(&self, need: Need) -> Result<&Fact, Stop> {
        let fact = self.facts.answer(&need).ok_or(Stop::Needs);
        self.want(need);
        fact
    }

    /// A record.
    ///
    /// # Errors
    /// [`Stop::Needs`]; `fact_wrong_shape` for a record that could not have been committed.
    pub fn record<T: DeserializeOwned>(&self, need: Need) -> Result<Kept<T>, Stop> {
        let fact = self.fact(need)?;
        let value = match &fact.value {
            Value::Null => None,
            _ if fact.version.is_none() => return Err(wrong_shape("a record has no version").into()),
            value => Some(read(value)?),
        };
        Ok(Kept { version: fact.version.clone(), value })
    }

    /// A list of records.
    ///
    /// # Errors
    /// As [`Asking::value`].
    pub fn records<T: DeserializeOwned>(&self, need: Need) -> Result<Page<T>, Stop> {
        self.value(need)
    }

    /// Who asks, and what they may do with a resource.
    ///
    /// # Errors
    /// As [`Asking::value`].
    pub fn access(&self, resource: Resource) -> Result<Identity, Stop> {
        self.value(Need::Access { resource })
    }

    /// What a fact says.
    ///
    /// # Errors
    /// [`Stop::Needs`]; `fact_wrong_shape` for a value of another shape.
    pub fn value<T: DeserializeOwned>(&self, need: Need) -> Result<T, Stop> {
        Ok(read(&self.fact(need)?.value)?)
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    typed::read(value.clone(), ErrorCode::FactWrongShape, "a fact cannot be read")
}

fn wrong_shape(message: &str) -> Error {
    Error::new(ErrorCode::FactWrongShape, message)
        .with_help("answer with the record and its version as they were last committed, or with null")
}

/// Any part of an answer or a record as JSON.
///
/// # Errors
/// None in practice.
pub fn json(value: &impl Serialize) -> Result<Value, Stop> {
    typed::written(value).map_err(Stop::Failed)
}
