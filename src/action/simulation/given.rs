//! What a caller gives in the place of an organisation's set-up: policies as objects, exceptions and settings.

use crate::action::evaluation::Setup;
use crate::action::exceptions::{BrokenRule, Exception};
use crate::action::policies::{Policies, Policy};
use crate::action::policy::given::{policies as policies_with_ids, wrong};
use crate::action::settings::ActionSettings;
use crate::decision::instant;
use crate::error::{Error, ErrorCode};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

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

/// The policies of a request.
///
/// # Errors
/// As [`policies_with_ids`].
pub fn policies(given: Vec<GivenPolicy>, path: &str, configured: bool) -> Result<Policies, Error> {
    let given = given.into_iter().map(|GivenPolicy(value)| value).collect();
    let mut policies = Vec::new();
    for (at, (id, fields)) in policies_with_ids(given, path)?.into_iter().enumerate() {
        policies.push(Policy::prepare(&id, fields).map_err(|errors| wrong(&errors, &format!("{path}/{at}")))?);
    }
    Ok(Policies::new(policies, configured))
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

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidConfiguration, message)
}
