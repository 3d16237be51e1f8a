//! What the call itself declares: `requires`, then `grounding_rules`, then `argument_constraints`.

use super::{Asked, Finding, argument_constraints, evidence, grounding};
use crate::action::arguments::schema::ArgumentSchema;
use crate::decision::Stop;
use crate::error::{Error, ErrorCode};

/// Refuses as the check of the same rule of a policy does.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`]; `malformed_request` for a schema that does not compile.
pub fn check(asked: &Asked<'_>) -> Result<Finding, Stop> {
    let call = asked.call;
    let max_age = call.evidence_max_age_seconds;
    if let Some(denial) = evidence::lacking(asked, &call.requires, max_age)? {
        return Ok(denial.into());
    }
    let mut ungrounded = Vec::new();
    for (argument, rule) in &call.grounding_rules {
        ungrounded.extend(grounding::without_ground(asked, argument, rule, max_age)?);
    }
    if let Some(denial) = grounding::refusal(asked, ungrounded) {
        return Ok(denial.into());
    }
    let Some(schema) = &call.argument_constraints else { return Ok(Finding::Passed) };
    if asked.settings.compat_0_4 && call.kwargs.is_empty() {
        return Ok(Finding::Passed);
    }
    let schema = ArgumentSchema::compile(schema).map_err(|errors| {
        let first = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
        Error::new(ErrorCode::MalformedRequest, format!("`argument_constraints` of the call cannot be used: {first}"))
            .at("/call/argument_constraints")
    })?;
    let violations = schema.violations(&call.kwargs);
    Ok(argument_constraints::refusal(asked, violations).map_or(Finding::Passed, Into::into))
}
