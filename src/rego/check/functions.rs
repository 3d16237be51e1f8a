//! Every function that is called exists, is allowed, and takes that many arguments.

use super::Capabilities;
use super::outline::{Call, Outline, RuleKind};
use crate::limits;
use crate::rego::builtins;
use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::missing::is_missing;
use std::collections::BTreeMap;

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)], capabilities: &Capabilities) -> Vec<Diagnostic> {
    let functions = functions(bundle.iter().map(|&(_, outline)| outline));
    let mut findings = Vec::new();
    for (text, outline) in bundle {
        findings.extend(findings_in(text, outline, &functions, capabilities));
        if findings.len() >= limits::DIAGNOSTICS {
            break;
        }
    }
    findings
}

/// Findings in one text that calls what others declare.
pub fn findings_in(
    text: &Text<'_>,
    outline: &Outline,
    functions: &BTreeMap<String, usize>,
    capabilities: &Capabilities,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for call in &outline.calls {
        if findings.len() >= limits::DIAGNOSTICS {
            break;
        }
        findings.extend(match resolve(outline, call, functions) {
            Target::Function(name, arguments) => wrong_count(text, call, &name, arguments),
            Target::Builtin(name) => builtin(text, call, &name, capabilities),
            Target::Nothing => Some(
                Diagnostic::error(
                    text,
                    call.range.clone(),
                    "rego_type_error",
                    format!("undefined function {}", call.path.join(".")),
                )
                .with_help("check the name, or import the package that defines it"),
            ),
        });
    }
    findings
}
enum Target {
    Function(String, usize),
    Builtin(String),
    Nothing,
}

/// The functions of a bundle by full name, with their number of arguments.
pub fn functions<'a>(outlines: impl Iterator<Item = &'a Outline>) -> BTreeMap<String, usize> {
    outlines
        .flat_map(|outline| outline.rules.iter().map(move |rule| (outline, rule)))
        .filter_map(|(outline, rule)| match rule.kind {
            RuleKind::Function { arguments } => Some((outline.full_name(&rule.path), arguments)),
            _ => None,
        })
        .collect()
}

/// What a call means: a function of the package, of an imported package, of a full path, or a builtin.
fn resolve(outline: &Outline, call: &Call, functions: &BTreeMap<String, usize>) -> Target {
    for candidate in outline.meanings(&call.path) {
        if let Some(&arguments) = functions.get(&candidate) {
            return Target::Function(candidate, arguments);
        }
    }
    let written = call.path.join(".");
    if builtins::find(&written).is_some() { Target::Builtin(written) } else { Target::Nothing }
}

fn builtin(text: &Text<'_>, call: &Call, name: &str, capabilities: &Capabilities) -> Option<Diagnostic> {
    if capabilities.refused.iter().any(|refused| refused == name) {
        return Some(
            Diagnostic::error(
                text,
                call.range.clone(),
                "builtin_not_allowed",
                format!("the builtin {name} is not allowed in this kind of policy"),
            )
            .with_help("the host passes what a policy needs to know as input"),
        );
    }
    if is_missing(name) {
        return Some(
            Diagnostic::error(
                text,
                call.range.clone(),
                "builtin_not_available",
                format!("the builtin {name} is not available in this engine"),
            )
            .with_help("`capabilities()` lists the builtins that are"),
        );
    }
    let builtin = builtins::find(name)?;
    if name == "print" {
        return None;
    }
    wrong_count(text, call, name, usize::from(builtin.arguments))
}

/// A statement may write one argument more than the function takes: the last is then its result.
fn wrong_count(text: &Text<'_>, call: &Call, name: &str, wanted: usize) -> Option<Diagnostic> {
    if call.arguments == wanted || (call.is_statement && call.arguments == wanted + 1) {
        return None;
    }
    Some(Diagnostic::error(
        text,
        call.range.clone(),
        "rego_type_error",
        format!("{name}: arity mismatch: it takes {wanted} arguments, and {} are given", call.arguments),
    ))
}
