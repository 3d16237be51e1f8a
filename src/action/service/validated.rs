//! Fields of a policy that somebody gave, held to the validator: fields that may be kept, or everything that is wrong with them.

use crate::action::policy::PolicyFields;
use crate::action::policy::compile::{self, CompileOptions};
use crate::action::policy::errors::pointer;
use crate::action::policy::errors::{PolicyError, PolicyWarning};
use crate::decision::asking::json;
use crate::decision::{Refusal, RefusalCode, Stop};
use crate::limits;
use crate::typed;
use serde_json::{Map, Value};

/// Fields that may be kept.
pub struct Validated {
    /// The fields.
    pub fields: PolicyFields,
    /// The same as they are kept in a version: with every default.
    pub snapshot: Map<String, Value>,
    /// What they say and may not mean.
    pub warnings: Vec<PolicyWarning>,
}

/// Validates fields. `place` is where they stand in the parameters of the operation.
///
/// # Errors
/// `invalid_request` with every error.
pub fn validated(value: Value, place: &str) -> Result<Validated, Stop> {
    let (fields, warnings) =
        compile::check(value, CompileOptions::default()).map_err(|errors| refusal(&errors, place))?;
    let snapshot = snapshot_of(&fields)?;
    let bytes = serde_json::to_string(&snapshot).map_or(usize::MAX, |text| text.len());
    if bytes > limits::ACTION_POLICY_BYTES {
        let most = limits::ACTION_POLICY_BYTES;
        let message = format!("the policy has {bytes} bytes as JSON; one that is kept has at most {most}");
        return Err(Refusal::field(place, message).into());
    }
    Ok(Validated { fields, snapshot, warnings })
}

/// Fields as they are kept in a version.
///
/// # Errors
/// None in practice.
pub fn snapshot_of(fields: &PolicyFields) -> Result<Map<String, Value>, Stop> {
    match json(fields)? {
        Value::Object(snapshot) => Ok(snapshot),
        _ => Ok(Map::new()),
    }
}

fn refusal(errors: &[PolicyError], place: &str) -> Refusal {
    let first = errors.first();
    let message = first.map(|error| error.message.clone()).unwrap_or_default();
    let message = match errors.len() {
        0 | 1 => format!("the policy is not valid: {message}"),
        several => format!("the policy is not valid: {several} errors, the first of which is: {message}"),
    };
    Refusal {
        path: Some(format!("{place}{}", pointer(first.map(|error| error.path.as_slice()).unwrap_or_default()))),
        policy_errors: errors.iter().filter_map(|error| typed::written(error).ok()).collect(),
        ..Refusal::new(RefusalCode::InvalidRequest, message)
    }
}
