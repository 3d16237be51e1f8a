//! Asking a program: the operation `evaluate`, and its fast path.

use super::outcome::Outcome;
use super::wire::{EvaluateRequest, EvaluationNeeds, GivenHostAnswer, NeededHostCall};
use super::{Engine, to_text};
use crate::error::{Error, ErrorCode};
use crate::rego::{
    Allowance, Answer, Cost, Document, Evaluation, HostAnswer, HostAnswers, HostCall, Reach, Room, Round,
};
use std::rc::Rc;

impl Engine {
    /// Room for the bytes of an input, which is there until the next call.
    pub fn reserve(&mut self, bytes: usize) -> &mut [u8] {
        let room = &mut self.room.bytes;
        if room.len() < bytes {
            room.resize(bytes, 0);
        }
        room
    }

    /// The fast path of the operation `evaluate`, for as many bytes as were written where [`Engine::reserve`] made room: default limits, no request
    /// text to read, and an answer that may be a number.
    pub fn evaluate_reserved(&mut self, handle: u32, entrypoint: &str, bytes: usize, now_ms: u64) -> Outcome {
        let mut room = std::mem::take(&mut self.room);
        let mut input = std::mem::take(&mut room.bytes);
        input.truncate(bytes);
        let read = |reach: &Reach| Document::read_reached(input, reach, room);
        let outcome = self.ask_directly(handle, entrypoint, read, now_ms);
        if let Some(program) = self.programs.get(&handle) {
            self.room = program.take_room();
        }
        outcome
    }

    /// The same for an input that stands on a tape, as `rego/value/tape.rs` describes it; `text` is the UTF-8 of its strings.
    pub fn evaluate_tape(
        &mut self,
        handle: u32,
        entrypoint: &str,
        tape: &[u32],
        text: Vec<u8>,
        now_ms: u64,
    ) -> Outcome {
        self.ask_directly(handle, entrypoint, |reach| Document::read_tape(tape, text, reach), now_ms)
    }

    /// The text behind [`Outcome::Text`], as [`Engine::call`] gives it, or that of the value behind [`Outcome::Value`]. It can be taken once,
    /// before the next evaluation.
    pub fn take_text(&mut self) -> String {
        self.waiting.take_text()
    }

    /// What the evaluation took, where it gave an answer.
    pub const fn cost(&self) -> Cost {
        self.waiting.cost()
    }

    fn ask_directly(
        &mut self,
        handle: u32,
        entrypoint: &str,
        input: impl FnOnce(&Reach) -> Result<Document, Error>,
        now_ms: u64,
    ) -> Outcome {
        let allowance = Allowance { now_ms: Some(now_ms), ..Allowance::default() };
        let round = self.ask(handle, entrypoint, |reach| input(reach).map(Some), allowance, &Rc::default());
        self.waiting.keep(round)
    }

    pub(super) fn evaluate(&self, request: EvaluateRequest, document: Option<&[u8]>) -> Result<String, Error> {
        let allowance = request.allowance();
        let host = told_by_host(request.host_answers)?;
        let input = |reach: &Reach| {
            document.map(|bytes| Document::read_reached(bytes.to_vec(), reach, Room::default())).transpose()
        };
        self.ask(request.handle, &request.entrypoint, input, allowance, &host).and_then(round_text)
    }

    fn ask(
        &self,
        handle: u32,
        entrypoint: &str,
        input: impl FnOnce(&Reach) -> Result<Option<Document>, Error>,
        allowance: Allowance,
        host: &Rc<HostAnswers>,
    ) -> Result<Round, Error> {
        self.program(handle)?.evaluate_reading(entrypoint, input, allowance, host)
    }
}

/// What the host has answered in earlier rounds.
pub(super) fn told_by_host(given: Vec<GivenHostAnswer>) -> Result<Rc<HostAnswers>, Error> {
    let mut host = HostAnswers::default();
    for GivenHostAnswer { function, arguments, value, error, refused } in given {
        let answer = match (value, error, refused) {
            (Some(value), None, false) => HostAnswer::Value(value.0),
            (None, Some(error), false) => HostAnswer::Failed(error),
            (None, Some(error), true) => HostAnswer::Refused(error),
            (None, None, false) => HostAnswer::Undefined,
            _ => {
                let message = "an answer of the host is a `value` or an `error`, and an error alone can be `refused`";
                return Err(Error::new(ErrorCode::MalformedRequest, message).at("/host_answers"));
            }
        };
        host.insert(HostCall { function, arguments }, answer);
    }
    Ok(Rc::new(host))
}

/// The text of what one round of an evaluation gave.
pub(super) fn round_text(round: Round) -> Result<String, Error> {
    let Evaluation { answer, steps, memory_units } = match round {
        Round::Answered(evaluation) => evaluation,
        Round::Needs(calls) => return to_text(Ok(needs_of(calls))),
    };
    // The answer is JSON text already: it is put in place as it is.
    Ok(match answer {
        Answer::Undefined => format!(r#"{{"defined":false,"steps":{steps},"memory_units":{memory_units}}}"#),
        Answer::Value(value) => {
            format!(r#"{{"defined":true,"value":{value},"steps":{steps},"memory_units":{memory_units}}}"#)
        }
    })
}

pub(super) fn needs_of(calls: impl IntoIterator<Item = HostCall>) -> EvaluationNeeds {
    let needs = calls.into_iter().map(|HostCall { function, arguments }| NeededHostCall { function, arguments });
    EvaluationNeeds { needs: needs.collect() }
}
