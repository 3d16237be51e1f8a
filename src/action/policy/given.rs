//! Policies as callers have them: the fields, with the id beside them and whatever else records of policies have.

use super::compile::{CompileOptions, check};
use super::errors::{PolicyError, pointer};
use super::{PolicyFields, SET_BY_THE_SERVICE};
use crate::error::{Error, ErrorCode};
use crate::sorted;
use serde_json::Value;

/// Reads policies, each with its id. One without an id goes by its name, and one without a name by its place: `policy-1`.
///
/// # Errors
/// `invalid_configuration` at what is wrong with a policy, and for an id that comes twice.
pub fn policies(given: Vec<Value>, path: &str) -> Result<Vec<(String, PolicyFields)>, Error> {
    let mut ids = sorted::Set::new();
    let mut policies = Vec::with_capacity(given.len());
    for (at, value) in given.into_iter().enumerate() {
        let place = format!("{path}/{at}");
        let (id, fields) = policy(value, at, &place)?;
        if !ids.insert(id.clone()) {
            return Err(invalid(format!("two policies have the id `{id}`")).at(format!("{place}/id")));
        }
        policies.push((id, fields));
    }
    Ok(policies)
}

fn policy(value: Value, at: usize, place: &str) -> Result<(String, PolicyFields), Error> {
    let Value::Object(mut fields) = value else {
        return Err(invalid("a policy is an object of its fields").at(place));
    };
    let id = match fields.shift_remove("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) if !id.trim().is_empty() => Some(id),
        Some(_) => return Err(invalid("the id of a policy is a text").at(format!("{place}/id"))),
    };
    fields.retain(|name, _| !SET_BY_THE_SERVICE.contains(&name.as_str()));
    let name = fields.get("name").and_then(Value::as_str).map(str::to_owned);
    let id = id.or(name).unwrap_or_else(|| format!("policy-{}", at + 1));
    let options = CompileOptions { name: Some(&id) };
    let (fields, _) = check(Value::Object(fields), options).map_err(|errors| wrong(&errors, place))?;
    Ok((id, fields))
}

/// What is wrong with a policy: the first error at its place, and how many more there are.
pub fn wrong(errors: &[PolicyError], place: &str) -> Error {
    let Some(first) = errors.first() else { return invalid("the policy cannot be used").at(place) };
    let more = match errors.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    invalid(format!("{}{more}", first.message))
        .at(format!("{place}{}", pointer(&first.path)))
        .with_help("compile the policy to see everything that is wrong with it")
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidConfiguration, message)
}
