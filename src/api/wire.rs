//! Wire types of the operations: what requests hold and what answers say. Types of the layers below are used as they are.

use crate::limits::EvaluationLimits;
use crate::rego::Allowance;
use crate::rego::builtins::Carrier;
#[cfg(feature = "compiler")]
use crate::rego::{Diagnostic, Dialect};
use crate::sorted;
use crate::typed::json::JsonText;
use serde::{Deserialize, Deserializer, Serialize};

/// An object without fields.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

/// A compiled program, or why there is none.
#[cfg(feature = "compiler")]
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CompileAnswer {
    /// The handle; null when a diagnostic is an error.
    pub handle: Option<u32>,
    /// The content digest of modules, dialects and data.
    pub revision: Option<String>,
    /// What can be asked.
    pub entrypoints: Vec<String>,
    /// The builtins that it calls, sorted: whoever loads its bytes must have them.
    pub builtins: Vec<String>,
    /// The functions of the host that it calls, and the builtins for which the host answers, sorted.
    pub host_functions: Vec<String>,
    /// The dialect of each module by its path.
    pub dialects: sorted::Map<String, Dialect>,
    /// Every finding, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

/// A program that was compiled before, and is there now.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoadAnswer {
    /// The handle.
    pub handle: u32,
    /// The content digest of modules, dialects and data.
    pub revision: String,
    /// What can be asked.
    pub entrypoints: Vec<String>,
    /// The builtins that it calls, sorted.
    pub builtins: Vec<String>,
    /// The functions of the host that it calls, and the builtins for which the host answers, sorted.
    pub host_functions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandleRequest {
    pub handle: u32,
}

/// A part of the data of a program. The part is the document beside the request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateDataRequest {
    pub handle: u32,
    /// The keys that lead to it, from the outermost.
    pub path: Vec<String>,
    /// Whether what stands there is taken away.
    #[serde(default)]
    pub remove: bool,
}

/// A program on new data.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SetDataAnswer {
    /// The same handle.
    pub handle: u32,
    /// The new content digest.
    pub revision: String,
}

/// What the requests that evaluate allow. Their fields cannot be one struct: unknown fields could not be refused then.
pub(super) fn allowance(
    limits: EvaluationLimits,
    now_ms: Option<u64>,
    seed: Option<u64>,
    strict_builtin_errors: bool,
) -> Allowance {
    Allowance { limits, now_ms, seed, strict_builtin_errors }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluateRequest {
    pub handle: u32,
    pub entrypoint: String,
    #[serde(default)]
    pub limits: EvaluationLimits,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
    #[serde(default)]
    pub strict_builtin_errors: bool,
    /// What the host has answered to the calls that earlier rounds needed.
    #[serde(default)]
    pub host_answers: Vec<GivenHostAnswer>,
}

/// What the host says to a call of one of its functions: a value, an error, or that there is no value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenHostAnswer {
    pub function: String,
    /// As the need had them.
    pub arguments: String,
    #[serde(default, deserialize_with = "whatever_is_there")]
    pub value: Option<JsonText>,
    pub error: Option<String>,
    /// Beside an error: the host has not tried, because it does not allow what is asked.
    #[serde(default)]
    pub refused: bool,
}

/// Calls that the host is to answer before there is an answer.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EvaluationNeeds {
    /// The calls, each once.
    pub needs: Vec<NeededHostCall>,
}

/// A call of a function of the host.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NeededHostCall {
    /// The function.
    pub function: String,
    /// Its arguments: the text of a JSON array.
    pub arguments: String,
}

impl EvaluateRequest {
    pub fn allowance(&self) -> Allowance {
        allowance(self.limits, self.now_ms, self.seed, self.strict_builtin_errors)
    }
}

/// A value that is there, be it null.
pub(super) fn whatever_is_there<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What this build can do.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "Capabilities"))]
pub struct CapabilitiesAnswer {
    /// The version of the package.
    pub version: String,
    /// The engine that evaluates.
    pub engine: String,
    /// Every builtin of OPA, and whether this build has it.
    pub builtins: Vec<BuiltinAvailable>,
    /// The limits in force by their names.
    #[cfg_attr(test, ts(type = "Record<string, number>"))]
    pub limits: sorted::Map<String, u64>,
}

/// A builtin of OPA.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "Builtin", optional_fields))]
pub struct BuiltinAvailable {
    /// The name.
    pub name: String,
    /// How many arguments it takes.
    pub arguments: u8,
    /// What it takes and gives, as `(string: string, search: string) -> output: boolean`.
    pub signature: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// What its arguments and its result are, by their names; empty where the names say it.
    #[cfg_attr(test, ts(type = "Record<string, string>"))]
    pub operands: sorted::Map<&'static str, &'static str>,
    /// The categories that OPA puts it in.
    pub categories: &'static [&'static str],
    /// The sign that calls it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infix: Option<&'static str>,
    /// Which build carries it.
    pub carrier: Carrier,
    /// Whether the same arguments may give different answers: clock, chance and network.
    pub nondeterministic: bool,
    /// Whether it is kept for old policies alone.
    pub deprecated: bool,
    /// Whether this engine evaluates it.
    pub available: bool,
}
