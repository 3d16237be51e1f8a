//! What crosses the door on the fast path of `evaluate`.
//!
//! Undefined and the two booleans, which hosts ask for most, cross as a number: making, decoding and parsing a text of them takes longer
//! than many an evaluation. Any other value is a JSON text of its own, which the caller fetches, and what it took are numbers. Whatever else
//! comes of it is the JSON text that the operation `evaluate` gives.
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
    /// No answer: the JSON text of what there is, a failure for one, waits to be fetched.
    Text = 3,
    /// Any other value: its JSON text waits to be fetched.
    Value = 4,
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
        match round {
            Ok(Round::Answered(Evaluation { answer, steps, memory_units })) => {
                self.cost = Cost { steps, memory_units };
                match answer {
                    Answer::Undefined => Outcome::Undefined,
                    Answer::Value(text) if text == "false" => Outcome::False,
                    Answer::Value(text) if text == "true" => Outcome::True,
                    Answer::Value(text) => {
                        self.text = text.into_owned();
                        Outcome::Value
                    }
                }
            }
            round => {
                self.text = finish(round.and_then(round_text));
                Outcome::Text
            }
        }
    }

    /// The text behind [`Outcome::Text`] and [`Outcome::Value`], which is gone then; empty behind any other.
    pub(super) fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// What the evaluation took; nothing behind [`Outcome::Text`].
    pub(super) const fn cost(&self) -> Cost {
        self.cost
    }
}
