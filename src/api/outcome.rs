//! What crosses the door on the fast path of `evaluate`.
//!
//! Undefined and the two booleans, which hosts ask for most, cross as a number: making, decoding and parsing a text of them takes longer
//! than many an evaluation. Whatever else comes of it is the JSON text that the operation `evaluate` gives, which the caller fetches.
//! `pkg-template/src/outcome.ts` reads it.

use super::evaluation::round_text;
use super::finish;
use crate::error::Error;
use crate::rego::{Answer, Cost, Evaluation, Round};

/// How an evaluation ended, as the number that crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Outcome {
    /// The answer is undefined.
    Undefined = 0,
    /// The answer is `false`.
    False = 1,
    /// The answer is `true`.
    True = 2,
    /// Anything else, failures among it: its JSON text waits to be fetched.
    Text = 3,
}

/// What waits to be fetched behind an [`Outcome`], until the next one.
#[derive(Debug, Default)]
pub struct Waiting {
    text: String,
    cost: Cost,
}

impl Waiting {
    /// Keeps what came of an evaluation, and says how to fetch it.
    pub(super) fn keep(&mut self, round: Result<Round, Error>) -> Outcome {
        *self = Self::default();
        if let Ok(Round::Answered(Evaluation { answer, steps, memory_units })) = &round {
            let outcome = match answer {
                Answer::Undefined => Some(Outcome::Undefined),
                Answer::Value(text) if text == "false" => Some(Outcome::False),
                Answer::Value(text) if text == "true" => Some(Outcome::True),
                Answer::Value(_) => None,
            };
            if let Some(outcome) = outcome {
                self.cost = Cost { steps: *steps, memory_units: *memory_units };
                return outcome;
            }
        }
        self.text = finish(round.and_then(round_text));
        Outcome::Text
    }

    /// The text behind [`Outcome::Text`], which is gone then; empty behind any other.
    pub(super) fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// What the evaluation took; nothing behind [`Outcome::Text`], which says it in its text.
    pub(super) const fn cost(&self) -> Cost {
        self.cost
    }
}
