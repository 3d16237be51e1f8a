//! What a caller gives in the place of an organisation's set-up: policies as objects, exceptions and settings.

use crate::action::evaluation::Setup;
use crate::action::exceptions::Exception;
use crate::action::policies::{Policies, Policy};
use crate::action::policy::PolicyFields;
use crate::action::policy::compile::{CompileOptions, check};
use crate::action::policy::errors::{PathPart, PolicyError};
use crate::action::settings::ActionSettings;
use crate::error::{Error, ErrorCode};
use crate::typed;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A policy of a request: the fields of its author, as they are listed or written by hand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(
    test,
    ts(rename = "GivenActionPolicy", type = "Omit<ActionPolicyFields, \"name\"> & { id?: string, name?: string }")
)]
#[serde(transparent)]
pub struct GivenPolicy(pub Value);

/// An exception of a request, as it is listed or written by hand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionException", type = "Partial<ActionException> & { policy_id: string }"))]
#[serde(transparent)]
pub struct GivenException(pub Value);

/// Reads a value that may be absent: null is one that is there.
///
/// # Errors
/// Those of the deserializer.
pub fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// An organisation's set-up that stands in a request.
#[derive(Debug, Default)]
pub struct GivenSetUp {
    /// The policies.
    pub policies: Policies,
    /// The exceptions from them.
    pub exceptions: Vec<Exception>,
    /// What holds for all decisions.
    pub settings: ActionSettings,
}

/// The fields that a stored policy has beside those of its author: what is listed can be given back as it came.
const SET_BY_THE_SERVICE: [&str; 5] =
    ["organization_id", "current_version_id", "created_at", "updated_at", "newest_version"];

/// The same of a stored exception.
const SET_WITH_AN_EXCEPTION: [&str; 2] = ["created_by", "created_at"];

impl GivenSetUp {
    /// All of it, as evaluation wants it.
    pub fn setup(&self) -> Setup<'_> {
        Setup { policies: &self.policies, exceptions: &self.exceptions, settings: &self.settings }
    }
}

/// The policies of a request. One without an id has its name for one, or its place: `policy-1`.
///
/// # Errors
/// `invalid_configuration` with the path to what is wrong with a policy.
pub fn policies(given: Vec<GivenPolicy>, path: &str, configured: bool) -> Result<Policies, Error> {
    let mut ids = BTreeSet::new();
    let mut policies = Vec::with_capacity(given.len());
    for (at, GivenPolicy(value)) in given.into_iter().enumerate() {
        let place = format!("{path}/{at}");
        let (id, fields) = policy(value, at, &place)?;
        if !ids.insert(id.clone()) {
            return Err(invalid(format!("two policies have the id `{id}`")).at(format!("{place}/id")));
        }
        policies.push(Policy::prepare(&id, fields).map_err(|errors| wrong(&errors, &place))?);
    }
    Ok(Policies::new(policies, configured))
}

fn policy(value: Value, at: usize, place: &str) -> Result<(String, PolicyFields), Error> {
    let Value::Object(mut fields) = value else {
        return Err(invalid("a policy is an object of its fields").at(place));
    };
    let id = match fields.remove("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) if !id.trim().is_empty() => Some(id),
        Some(_) => return Err(invalid("the id of a policy is a text").at(format!("{place}/id"))),
    };
    without(&mut fields, &SET_BY_THE_SERVICE);
    let name = fields.get("name").and_then(Value::as_str).map(str::to_owned);
    let id = id.or(name).unwrap_or_else(|| format!("policy-{}", at + 1));
    let options = CompileOptions { name: Some(&id) };
    let (fields, _) = check(Value::Object(fields), options).map_err(|errors| wrong(&errors, place))?;
    Ok((id, fields))
}

/// The exceptions of a request, as they are listed or written by hand: id and reason may be left out.
///
/// # Errors
/// `malformed_request`; `invalid_configuration` for an exception from no policy, which would do nothing.
pub fn exceptions(given: Vec<GivenException>, known: &[&Policies]) -> Result<Vec<Exception>, Error> {
    let mut exceptions: Vec<Exception> = Vec::with_capacity(given.len());
    for (at, GivenException(mut value)) in given.into_iter().enumerate() {
        let place = format!("/exceptions/{at}");
        if let Some(fields) = value.as_object_mut() {
            without(fields, &SET_WITH_AN_EXCEPTION);
            fields.entry("id").or_insert_with(|| format!("exception-{}", at + 1).into());
            fields.entry("reason").or_insert_with(|| "".into());
        }
        let exception: Exception = typed::read(value, ErrorCode::MalformedRequest, "an exception cannot be read")
            .map_err(|error| error.inside(&place))?;
        if known.iter().all(|policies| policies.get(&exception.policy_id).is_none()) {
            let message = format!("there is no policy `{}` to make an exception from", exception.policy_id);
            return Err(invalid(message).at(format!("{place}/policy_id")));
        }
        if exceptions.iter().any(|other| other.policy_id == exception.policy_id && other.id == exception.id) {
            let message = format!("two exceptions from `{}` have the id `{}`", exception.policy_id, exception.id);
            return Err(invalid(message).at(format!("{place}/id")));
        }
        exceptions.push(exception);
    }
    Ok(exceptions)
}

fn without(fields: &mut Map<String, Value>, names: &[&str]) {
    fields.retain(|name, _| !names.contains(&name.as_str()));
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidConfiguration, message)
}

/// What is wrong with a policy: the first error at its place, and how many more there are.
fn wrong(errors: &[PolicyError], place: &str) -> Error {
    let Some(first) = errors.first() else { return invalid("the policy cannot be used").at(place) };
    let more = match errors.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let path: String = first
        .path
        .iter()
        .map(|part| match part {
            PathPart::Place(at) => format!("/{at}"),
            PathPart::Field(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        })
        .collect();
    invalid(format!("{}{more}", first.message))
        .at(format!("{place}{path}"))
        .with_help("compile the policy to see everything that is wrong with it")
}
