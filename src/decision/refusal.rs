//! What an operation answers when it may not or cannot be performed: an expected outcome, with a stable code.

use crate::rego::Diagnostic;
use serde::Serialize;
use serde_json::Value;

/// Why an operation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The request breaks a rule on its fields (400).
    InvalidRequest,
    /// Nobody is known to ask: a token is missing or wrong (401).
    Unauthorized,
    /// Whoever asks may not do this (403).
    NotPermitted,
    /// There is no such thing, or whoever asks may not know of it (404).
    NotFound,
    /// A name is in use (409).
    NameInUse,
    /// What it is about is not in a state for this (409).
    WrongState,
    /// Nobody is named who could be told or asked (409).
    NoApprovers,
    /// It was done a moment ago (429).
    TooSoon,
}

/// A refused operation. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Refusal {
    /// The stable code.
    pub code: RefusalCode,
    /// One plain sentence.
    pub message: String,
    /// The word that a product's own specification has for this, where it is more exact than the code, such as
    /// `INVALID_VERSION_STATE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The field of the request that is wrong, as a JSON pointer into the operation's parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What is wrong with a policy, each finding at its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub diagnostics: Vec<Diagnostic>,
    /// Everything that is wrong with an action policy, each error at its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, type = "Array<ActionPolicyError>"))]
    pub policy_errors: Vec<Value>,
}

impl Refusal {
    /// A refusal with its code and its sentence.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            reason: None,
            path: None,
            diagnostics: Vec::new(),
            policy_errors: Vec::new(),
        }
    }

    /// The refusal of a field.
    pub fn field(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..Self::new(RefusalCode::InvalidRequest, message) }
    }
}
