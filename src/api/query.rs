//! The operation `query`: Rego that comes with the question, and so is compiled with it.

use super::evaluation::{needs_of, told_by_host};
use super::wire::{GivenHostAnswer, allowance};
use super::{Engine, to_text};
use crate::error::{Error, ErrorCode};
use crate::limits::EvaluationLimits;
use crate::rego::{Allowance, Answer, Document, Evaluation, Round};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryRequest {
    pub handle: u32,
    pub query: String,
    #[serde(default)]
    pub limits: EvaluationLimits,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
    #[serde(default)]
    pub strict_builtin_errors: bool,
    /// As those of an [`EvaluateRequest`].
    #[serde(default)]
    pub host_answers: Vec<GivenHostAnswer>,
}

impl QueryRequest {
    pub fn allowance(&self) -> Allowance {
        allowance(self.limits, self.now_ms, self.seed, self.strict_builtin_errors)
    }
}

impl Engine {
    pub(super) fn query(&self, request: QueryRequest, document: Option<&[u8]>) -> Result<String, Error> {
        let program = self.program(request.handle)?;
        let allowance = request.allowance();
        let host = told_by_host(request.host_answers)?;
        let input = document.map(Document::read).transpose()?;
        match program.query_with_host(&request.query, input.as_ref(), allowance, &host)? {
            Round::Needs(calls) => to_text(Ok(needs_of(calls))),
            Round::Answered(Evaluation { answer: Answer::Value(rows), steps, memory_units }) => {
                Ok(format!(r#"{{"bindings":{rows},"steps":{steps},"memory_units":{memory_units}}}"#))
            }
            // INVARIANT (defined): an array of all solutions always has a value.
            Round::Answered(_) => Err(Error::new(ErrorCode::EvalInternalError, "the query has no answer")),
        }
    }
}
