//! What a caller gives in the place of an organisation's set-up: policies as objects, exceptions and settings.

use crate::action::evaluation::Setup;
use crate::action::exceptions::{BrokenRule, Exception};
use crate::action::policies::{Policies, Policy};
use crate::action::policy::compile::{CompileOptions, check};
use crate::action::policy::errors::{PathPart, PolicyError};
use crate::action::policy::{PolicyFields, SET_BY_THE_SERVICE};
use crate::action::settings::ActionSettings;
use crate::decision::instant;
use crate::error::{Error, ErrorCode};
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

/// An exception of a request, as it is listed or written by hand. How often it was used, the state says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionException", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct GivenException {
    /// The id. Default: `exception-1` and so on.
    id: Option<String>,
    /// The policy.
    policy_id: String,
    /// The agents that it is for. At least one agent or run is named.
    agent_ids: Option<Vec<String>>,
    /// The runs that it is for. Where both lists are given, either may match.
    run_ids: Option<Vec<String>>,
    /// The actions that it is for. Default: all.
    actions: Option<Vec<String>>,
    /// Why.
    reason: Option<String>,
    /// When it begins, as RFC 3339. Default: it has begun.
    starts_at: Option<String>,
    /// When it is over, as RFC 3339. At least one of this and `max_uses` is given; whichever comes first ends it.
    expires_at: Option<String>,
    /// The same as `starts_at`, in milliseconds since 1970.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    starts_at_ms: Option<u64>,
    /// The same as `expires_at`.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    expires_at_ms: Option<u64>,
    /// How often it may be used, from 1.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    max_uses: Option<u64>,
    /// In a list; not looked at.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    uses: Value,
    /// In a list; not looked at.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    is_live: Value,
    /// In a list; not looked at.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    created_by: Value,
    /// In a list; not looked at.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    created_at: Value,
}

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

/// The exceptions of a request.
///
/// # Errors
/// `malformed_request`; `invalid_configuration` for an exception from no policy, which would do nothing, and for one that
/// breaks a rule of exceptions, which nobody could make.
pub fn exceptions(given: Vec<GivenException>, known: &[&Policies]) -> Result<Vec<Exception>, Error> {
    let mut exceptions: Vec<Exception> = Vec::with_capacity(given.len());
    for (at, given) in given.into_iter().enumerate() {
        let place = format!("/exceptions/{at}");
        let exception = Exception {
            id: given.id.unwrap_or_else(|| format!("exception-{}", at + 1)),
            policy_id: given.policy_id,
            agent_ids: given.agent_ids.unwrap_or_default(),
            run_ids: given.run_ids.unwrap_or_default(),
            actions: given.actions,
            reason: given.reason.unwrap_or_default(),
            starts_at_ms: time(given.starts_at.as_deref(), given.starts_at_ms, &format!("{place}/starts_at"))?,
            expires_at_ms: time(given.expires_at.as_deref(), given.expires_at_ms, &format!("{place}/expires_at"))?,
            max_uses: given.max_uses,
        };
        if known.iter().all(|policies| policies.get(&exception.policy_id).is_none()) {
            let message = format!("there is no policy `{}` to make an exception from", exception.policy_id);
            return Err(invalid(message).at(format!("{place}/policy_id")));
        }
        exception.check().map_err(|BrokenRule { path, message }| invalid(message).at(format!("{place}{path}")))?;
        if exceptions.iter().any(|other| other.policy_id == exception.policy_id && other.id == exception.id) {
            let message = format!("two exceptions from `{}` have the id `{}`", exception.policy_id, exception.id);
            return Err(invalid(message).at(format!("{place}/id")));
        }
        exceptions.push(exception);
    }
    Ok(exceptions)
}

fn time(text: Option<&str>, at_ms: Option<u64>, path: &str) -> Result<Option<u64>, Error> {
    let Some(text) = text else { return Ok(at_ms) };
    let wrong = |message| Error::new(ErrorCode::MalformedRequest, message).at(path);
    if at_ms.is_some() {
        return Err(wrong("the time stands there twice, as text and in milliseconds".to_owned()));
    }
    let at_ms = instant(text).ok_or_else(|| wrong(format!("`{text}` is not a time as RFC 3339")))?;
    Ok(Some(at_ms))
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
