//! Wire types of the operations on texts: what is checked, laid out, compiled and carried away.

use crate::policy::Contract;
use crate::rego::builtins::HostFunctionDeclaration;
use crate::rego::{Diagnostic, Dialect, Module, Target};
use crate::sorted;
use crate::typed;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A contract by its name or in full.
pub enum ContractName {
    /// `governance`.
    Name(String),
    /// A contract of the caller's own.
    Contract(Box<Contract>),
}

impl<'de> Deserialize<'de> for ContractName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let contract = match Value::deserialize(deserializer)? {
            Value::String(name) => return Ok(Self::Name(name)),
            contract => typed::inside::<_, D::Error>(contract),
        };
        contract
            .map(Self::Contract)
            .map_err(|_| D::Error::custom("data did not match any variant of untagged enum ContractName"))
    }
}

/// Modules that are checked together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    pub modules: Vec<Module>,
    /// Where it is absent, the contract says how dialects are found; without one it is v1.
    pub dialect: Option<Dialect>,
    pub contract: Option<ContractName>,
    /// Whether what OPA finds with `--strict` is looked for.
    #[serde(default)]
    pub strict: bool,
    /// The functions that a policy may call beside builtins and its own.
    #[serde(default)]
    pub host_functions: Vec<HostFunctionDeclaration>,
    /// The builtins for which the host answers that it grants, such as `http.send`.
    #[serde(default)]
    pub host_builtins: Vec<String>,
    /// The build that is to run the program.
    #[serde(default)]
    pub target: Target,
}

/// A module that is laid out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatRequest {
    pub source: String,
    /// The name that diagnostics carry; `policy.rego` where it is absent.
    pub path: Option<String>,
    pub dialect: Option<Dialect>,
    pub contract: Option<ContractName>,
}

/// A module as it is usually laid out.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "FormatResult"))]
pub struct FormatAnswer {
    /// The text. A statement that cannot be read stands in it as it was written.
    pub formatted: String,
    /// Whether it is another text than before.
    pub changed: bool,
    /// The dialect that it was read in.
    pub dialect: Dialect,
    /// What cannot be read in it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Every finding in modules, in source order.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "CheckResult"))]
pub struct CheckAnswer {
    /// The findings.
    pub diagnostics: Vec<Diagnostic>,
    /// The dialect of each module by its path.
    pub dialects: sorted::Map<String, Dialect>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidateRequest {
    pub rego_source: String,
    pub path: Option<String>,
    pub contract: Option<ContractName>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileRequest {
    pub modules: Vec<Module>,
    pub data: Option<Value>,
    pub dialect: Option<Dialect>,
    pub contract: Option<ContractName>,
    #[serde(default)]
    pub strict: bool,
    /// The functions that a policy may call beside builtins and its own.
    #[serde(default)]
    pub host_functions: Vec<HostFunctionDeclaration>,
    /// The builtins for which the host answers that it grants, such as `http.send`.
    #[serde(default)]
    pub host_builtins: Vec<String>,
    /// The build that is to run the program.
    #[serde(default)]
    pub target: Target,
}

/// Bundles that become one program. Their bytes are the document beside the request, one bundle after the other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileBundlesRequest {
    pub bundles: Vec<BundlePart>,
    #[serde(default)]
    pub strict: bool,
    #[serde(default)]
    pub host_functions: Vec<HostFunctionDeclaration>,
    /// The builtins for which the host answers that it grants, such as `http.send`.
    #[serde(default)]
    pub host_builtins: Vec<String>,
    /// The build that is to run the program.
    #[serde(default)]
    pub target: Target,
}

/// A bundle in a document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundlePart {
    /// What it is called in messages and, where there are several, in front of the paths of its modules.
    pub name: String,
    /// How long it is.
    pub bytes: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToBytesRequest {
    pub handle: u32,
    /// Whether the texts of the modules are carried.
    #[serde(default = "yes")]
    pub sources: bool,
    /// Whether the places of the code in the texts are carried.
    #[serde(default = "yes")]
    pub positions: bool,
}

/// Bytes in base64.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Bytes {
    /// The bytes.
    pub bytes: String,
}

fn yes() -> bool {
    true
}
