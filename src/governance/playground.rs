//! The playground of section 2.2: one policy, one input, both rules.

use super::contract::{self, DENY, REQUIRE_APPROVAL};
use crate::error::{Error, ErrorCode};
use crate::policy::contract::Elements;
use crate::policy::validation;
use crate::rego::{Allowance, Answer, Document, Module};
use serde::Serialize;
use serde_json::Value;

/// What a policy says of an input. Both keys are always there.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlaygroundAnswer {
    /// The violations.
    pub deny: Vec<String>,
    /// The approvals that it asks for, as the policy wrote them.
    #[cfg_attr(test, ts(type = "Record<string, unknown>[]"))]
    pub require_approval: Vec<Value>,
}

/// Evaluates a policy on an input, which may hold only the keys that the policy reads. Nothing is filled in, nothing stored.
///
/// # Errors
/// `invalid_configuration` with the validator's message for a policy that is not valid; the evaluation's own errors.
pub fn evaluate(rego_source: &str, input: &[u8], allowance: Allowance) -> Result<PlaygroundAnswer, Error> {
    let contract = contract::contract()?;
    let module = Module { path: "playground".to_owned(), source: rego_source.to_owned() };
    let validated = validation::validate(module, &contract)?;
    if let Some(error) = validated.validation.error {
        return Err(Error::new(ErrorCode::InvalidConfiguration, error)
            .with_help("`validate` gives every finding with its place"));
    }
    let Some(program) = validated.program else {
        return Err(Error::new(ErrorCode::InvalidConfiguration, "the policy does not compile"));
    };
    let input = Document::read(input)?;
    let ask = |name: &str| -> Result<Vec<Value>, Error> {
        let declared = validated.outline.as_ref().is_some_and(|outline| outline.rules_named(name).next().is_some());
        if !declared {
            return Ok(Vec::new());
        }
        let answer = program.evaluate(&contract.entrypoint(name), Some(&input), allowance)?.answer;
        match (answer, contract.rule(name)) {
            (Answer::Undefined, _) | (_, None) => Ok(Vec::new()),
            (answer, Some(rule)) => match answer.to_value()? {
                Some(value) => {
                    let Elements { fitting, problem } = rule.elements(&value);
                    problem.map_or(Ok(fitting), |problem| Err(Error::new(ErrorCode::EvalTypeError, problem)))
                }
                None => Ok(Vec::new()),
            },
        }
    };
    Ok(PlaygroundAnswer {
        deny: ask(DENY)?.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        require_approval: ask(REQUIRE_APPROVAL)?,
    })
}
