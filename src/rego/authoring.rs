//! What an author asks of modules without making a program of them: what is wrong, and how they are laid out.

use super::check::{self, Capabilities, Purpose};
use super::diagnostic::Diagnostic;
use super::source::{self, Dialect, DialectRule, Module};
use crate::error::Error;
use crate::sorted;

/// Checks modules without making a program of them.
///
/// # Errors
/// `limit_exceeded` for a bundle that is too large, `malformed_request` for two modules of one path.
pub fn check(modules: &[Module], rule: DialectRule, capabilities: &Capabilities) -> Result<Findings, Error> {
    source::check_bundle(modules)?;
    let checked = check::check(modules, rule, capabilities, Purpose::Findings);
    let dialects = sorted::Map::from_iter(
        modules.iter().zip(&checked.dialects).map(|(module, &dialect)| (module.path.clone(), dialect)),
    );
    Ok(Findings { diagnostics: checked.diagnostics, dialects })
}

/// Lays a module out as `opa fmt` does. What cannot be read stays as it is written.
///
/// # Errors
/// `limit_exceeded` for a module that is too large.
pub fn format(module: &Module, rule: DialectRule) -> Result<Formatted, Error> {
    source::check_bundle(std::slice::from_ref(module))?;
    let (text, dialect, diagnostics) = check::format(module, rule);
    Ok(Formatted { text, dialect, diagnostics })
}

/// What [`format`] gives.
pub struct Formatted {
    /// The text.
    pub text: String,
    /// The dialect that it was read in.
    pub dialect: Dialect,
    /// What cannot be read in it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What `check` gives.
pub struct Findings {
    /// The findings in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// The dialect of each module by its path.
    pub dialects: sorted::Map<String, Dialect>,
}
