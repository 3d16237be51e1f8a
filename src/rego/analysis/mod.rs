//! Checks of a bundle: all modules at once, everything that OPA's compiler refuses.
//!
//! The modules are lowered first ([`lowered`]); most checks work on that form. Every finding says in which of OPA's
//! stages it is found ([`crate::rego::stage::Stage`]): OPA stops behind the first stage with errors, and these checks
//! go on. A rule in which something is wrong is left out of later stages, so that one mistake is one finding; a part
//! of the text that could not be read is left out everywhere, and nothing is said of names that may stand in it.
//! Types are checked last ([`typing`]), on what the others have made of the bundle.

mod annotations;
mod bundle;
mod conflicts;
mod declared;
pub mod finding;
mod followers;
mod functions;
mod known;
mod likely;
mod lower;
pub mod lowered;
mod names;
mod ordered;
mod paths;
mod recursion;
pub mod rule_tree;
mod safety;
mod scopes;
#[cfg(test)]
mod tests;
pub mod types;
pub mod typing;
pub mod walk;
mod written;

pub use finding::{Finding, Told};
pub use followers::has_followers;
pub use lowered::Bundle;

use crate::rego::builtins::HostFunction;
use crate::rego::syntax::Parsed;
use crate::rego::syntax::annotations::Annotations;
use crate::sorted::InOrder;

/// A module that has been read.
#[derive(Debug, Clone, Copy)]
pub struct ModuleInput<'s> {
    /// The name of its file.
    pub path: &'s str,
    /// The text.
    pub source: &'s str,
    /// What the parser made of it.
    pub parsed: &'s Parsed<'s>,
}

/// What is asked of the checks.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether all that OPA finds with `--strict` is looked for.
    pub strict: bool,
    /// Functions that the host adds.
    pub host_functions: Vec<HostFunction>,
    /// Builtins that the host does not allow.
    pub refused: Vec<String>,
    /// Builtins that do not exist for the modules.
    pub unknown: Vec<String>,
    /// Builtins of OPA that this engine lacks.
    pub absent: Vec<String>,
    /// Whether rules of one name follow the order in which their modules are given, and not that of their paths.
    pub in_given_order: bool,
    /// The module whose rules are part of no document: it holds a query.
    pub apart: Option<usize>,
}

/// What the checks make of a bundle.
#[derive(Debug)]
pub struct Checked<'s> {
    /// What is wrong: by module, then by place.
    pub findings: Vec<Finding>,
    /// The lowered bundle, in its ordered form.
    pub bundle: Bundle<'s>,
}

/// Everything that is wrong with a bundle: by module, then by place.
pub fn findings(modules: &[ModuleInput<'_>], options: &Options) -> Vec<Finding> {
    check_with_types(modules, options).findings
}

/// Everything that is wrong with a bundle, and its lowered form.
pub fn check_with_types<'s>(modules: &[ModuleInput<'s>], options: &Options) -> Checked<'s> {
    let Checked { mut findings, bundle } = check(modules, options);
    let annotations: Vec<&[Annotations]> = modules.iter().map(|module| module.parsed.annotations.as_slice()).collect();
    let (schemas, of_schemas) = typing::annotated::schemas_of(&bundle, &annotations, None);
    findings.extend(of_schemas);
    findings.extend(typing::check_types(&bundle, &options.host_functions, &schemas));
    sort(&mut findings);
    Checked { findings, bundle }
}

/// Everything that is wrong with a bundle but types, and its lowered form.
pub fn check<'s>(modules: &[ModuleInput<'s>], options: &Options) -> Checked<'s> {
    let known = known::Known::new(options);
    let mut findings = Vec::new();
    let mut bundle = bundle::lowered(modules, options, &known, &mut findings);
    findings.extend(annotations::findings(&bundle, modules));
    findings.extend(followers::findings(&bundle, modules));
    findings.extend(conflicts::findings(&bundle));
    let reported = safety::check_undeclared(&mut bundle, &known, &mut findings);
    functions::check(&mut bundle, &known, options.strict, &mut findings);
    safety::check_heads(&mut bundle, &mut findings);
    safety::check(&mut bundle, &known, &reported, &mut findings);
    ordered::finish(&mut bundle);
    recursion::check(&mut bundle, options.apart, &mut findings);
    sort(&mut findings);
    Checked { findings, bundle }
}

fn sort(findings: &mut [Finding]) {
    findings.order_by(|a, b| (a.module, a.span, a.stage, &a.message).cmp(&(b.module, b.span, b.stage, &b.message)));
}
