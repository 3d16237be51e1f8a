//! `Error`: a mistake of the calling program, with a stable code, one plain sentence and, where there is one, the way to mend it.

use serde::Serialize;

/// What went wrong, in a word that never changes its meaning.
///
/// Programs match on [`ErrorCode::as_str`]; people read [`Error::message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is not the JSON object that the operation takes.
    MalformedRequest,
    /// There is no operation of this name.
    UnknownOperation,
    /// The program has no rule or package at this entrypoint.
    UnknownEntrypoint,
    /// The handle was released, or never existed.
    UnknownHandle,
    /// An input document is not JSON, or not UTF-8.
    InputNotJson,
    /// A configuration, its metadata or a file of tests is not YAML, or says in YAML what is refused.
    InputNotYaml,
    /// A bundle is no archive, or holds what is not read or not permitted.
    BundleRefused,
    /// The bytes of a program were changed or cut.
    ProgramDamaged,
    /// The bytes of a program were written by another version of the format.
    ProgramVersion,
    /// A program has come without its sources, and what was asked needs them.
    SourcesMissing,
    /// A policy calls a function of the host where the host is not asked.
    HostNotAsked,
    /// A program needs a builtin that this build does not have.
    BuiltinNotAvailable,
    /// A program calls a builtin that the host does not allow.
    BuiltinNotAllowed,
    /// A limit was reached; [`Error::limit`] says which.
    LimitExceeded,
    /// The document is JSON, but no Terraform plan.
    NotAPlan,
    /// The document is the event stream of `terraform plan -json`.
    PlanIsAStream,
    /// The document is a binary plan file.
    PlanIsBinary,
    /// The plan ended in an error: what it would have changed is not known.
    PlanErrored,
    /// A fact answers no need of this operation.
    FactNotAsked,
    /// A fact has not the shape that its need asks for.
    FactWrongShape,
    /// A policy set, rule, provider or contract breaks one of its constraints.
    InvalidConfiguration,
    /// A replay has no recorded call left for the call that was made.
    ReplayExhausted,
    /// The source does not parse.
    RegoParseError,
    /// The source parses, but does not compile.
    RegoCompileError,
    /// A value is used as what it cannot be, or a function is not there or takes other arguments.
    RegoTypeError,
    /// A variable of a query is bound by nothing.
    RegoUnsafeVarError,
    /// A rule depends on itself.
    RegoRecursionError,
    /// The text is Rego in which nothing is wrong, and there is more of something in it than a program can hold.
    NotEvaluated,
    /// Two definitions of one rule gave different values.
    EvalConflictError,
    /// A builtin failed, and the caller asked for strict errors.
    EvalBuiltinError,
    /// A value had the wrong type for an operation.
    EvalTypeError,
    /// Evaluation failed in a way that has no code of its own.
    EvalInternalError,
}

impl ErrorCode {
    /// Every code, for lists and tests.
    pub const ALL: [Self; 32] = [
        Self::MalformedRequest,
        Self::UnknownOperation,
        Self::UnknownEntrypoint,
        Self::UnknownHandle,
        Self::InputNotJson,
        Self::InputNotYaml,
        Self::BundleRefused,
        Self::ProgramDamaged,
        Self::ProgramVersion,
        Self::SourcesMissing,
        Self::HostNotAsked,
        Self::BuiltinNotAvailable,
        Self::BuiltinNotAllowed,
        Self::LimitExceeded,
        Self::NotAPlan,
        Self::PlanIsAStream,
        Self::PlanIsBinary,
        Self::PlanErrored,
        Self::FactNotAsked,
        Self::FactWrongShape,
        Self::InvalidConfiguration,
        Self::ReplayExhausted,
        Self::RegoParseError,
        Self::RegoCompileError,
        Self::RegoTypeError,
        Self::RegoUnsafeVarError,
        Self::RegoRecursionError,
        Self::NotEvaluated,
        Self::EvalConflictError,
        Self::EvalBuiltinError,
        Self::EvalTypeError,
        Self::EvalInternalError,
    ];

    /// The code of this name, where there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// The code as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformed_request",
            Self::UnknownOperation => "unknown_operation",
            Self::UnknownEntrypoint => "unknown_entrypoint",
            Self::UnknownHandle => "unknown_handle",
            Self::InputNotJson => "input_not_json",
            Self::InputNotYaml => "input_not_yaml",
            Self::BundleRefused => "bundle_refused",
            Self::ProgramDamaged => "program_damaged",
            Self::ProgramVersion => "program_version",
            Self::SourcesMissing => "sources_missing",
            Self::HostNotAsked => "host_not_asked",
            Self::BuiltinNotAvailable => "builtin_not_available",
            Self::BuiltinNotAllowed => "builtin_not_allowed",
            Self::LimitExceeded => "limit_exceeded",
            Self::NotAPlan => "not_a_plan",
            Self::PlanIsAStream => "plan_is_a_stream",
            Self::PlanIsBinary => "plan_is_binary",
            Self::PlanErrored => "plan_errored",
            Self::FactNotAsked => "fact_not_asked",
            Self::FactWrongShape => "fact_wrong_shape",
            Self::InvalidConfiguration => "invalid_configuration",
            Self::ReplayExhausted => "replay_exhausted",
            Self::RegoParseError => "rego_parse_error",
            Self::RegoCompileError => "rego_compile_error",
            Self::RegoTypeError => "rego_type_error",
            Self::RegoUnsafeVarError => "rego_unsafe_var_error",
            Self::RegoRecursionError => "rego_recursion_error",
            Self::NotEvaluated => "not_evaluated",
            Self::EvalConflictError => "eval_conflict_error",
            Self::EvalBuiltinError => "eval_builtin_error",
            Self::EvalTypeError => "eval_type_error",
            Self::EvalInternalError => "eval_internal_error",
        }
    }
}

/// A limit that was reached: its name in `limits.rs` and the value that was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LimitReached {
    /// The name of the limit, such as `steps` or `data_nesting`.
    pub name: String,
    /// The value that was in force, in the limit's unit.
    #[cfg_attr(test, ts(type = "number"))]
    pub value: u64,
}

/// A mistake of the calling program, or an evaluation that could not end. Never an author's text error: that is a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ErrorAnswer", optional_fields))]
pub struct Error {
    /// The stable code.
    pub code: ErrorCode,
    /// One plain sentence: lower case, no final period, the caller's words in backticks.
    pub message: String,
    /// How to mend it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Which limit was reached, for `limit_exceeded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitReached>,
    /// The path to the faulty value inside the request or document, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl Error {
    /// An error with a code and its sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, limit: None, path: None }
    }

    /// The error for a limit that was reached: it names the limit and its value.
    pub fn limit(name: &str, value: u64, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorCode::LimitExceeded, message);
        error.limit = Some(LimitReached { name: name.to_owned(), value });
        error
    }

    /// The same error for a value that stands further in: `/facts/0/value` before `/status`.
    #[must_use]
    pub fn inside(mut self, parent: &str) -> Self {
        self.path = Some(format!("{parent}{}", self.path.unwrap_or_default()));
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds where in the request or document the faulty value stands.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for Error {}
