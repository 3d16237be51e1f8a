//! `Module` and `Dialect`: one named text, and which Rego it is written in.

use crate::error::Error;
use crate::limits;
use crate::sorted::InOrder;
use serde::{Deserialize, Serialize};

/// One named text of Rego.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// The name that diagnostics carry; a relative path by custom.
    pub path: String,
    /// The text.
    pub source: String,
}

/// Which Rego a module is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Bodies without `if`, partial rules without `contains`: Rego before OPA 1.0.
    V0,
    /// `if` and `contains` are required: Rego since OPA 1.0, and modules with `import rego.v1`.
    V1,
}

/// How the dialect of a module is found where its text does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DialectRule {
    /// The caller says it.
    Fixed(Dialect),
    /// v1, unless told otherwise.
    #[default]
    V1,
    /// v1 when the module parses as v1, else v0: for contracts whose documentation uses both.
    V1ThenV0,
}

/// Checks the limits that hold for a bundle before a byte of it is read: texts, sum of texts, number of modules.
///
/// # Errors
/// `limit_exceeded` with the limit's name and value.
pub fn check_bundle(modules: &[Module]) -> Result<(), Error> {
    if modules.len() as u64 > limits::MODULES {
        return Err(Error::limit("modules", limits::MODULES, format!("the bundle has {} modules", modules.len())));
    }
    let total: u64 = modules.iter().map(|module| module.source.len() as u64).sum();
    if total > limits::BUNDLE_BYTES {
        return Err(Error::limit(
            "bundle_bytes",
            limits::BUNDLE_BYTES,
            format!("the bundle has {total} bytes of source text"),
        ));
    }
    let mut paths: Vec<&str> = modules.iter().map(|module| module.path.as_str()).collect();
    paths.order();
    for pair in paths.windows(2) {
        if let [first, second] = pair
            && first == second
        {
            return Err(Error::new(
                crate::error::ErrorCode::MalformedRequest,
                format!("two modules are named `{first}`"),
            )
            .with_help("give each module a path of its own"));
        }
    }
    Ok(())
}
