//! Every function that is called exists, is allowed, and takes that many arguments.

use super::Capabilities;
use super::outline::{Call, Outline, RuleKind};
use super::patterns;
use crate::limits;
use crate::rego::builtins;
use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::missing::is_missing;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)], capabilities: &Capabilities) -> Vec<Diagnostic> {
    let declared = Declared::by(bundle.iter().map(|&(_, outline)| outline));
    let mut findings = Vec::new();
    for (text, outline) in bundle {
        findings.extend(findings_in(text, outline, &declared, capabilities));
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
    declared: &Declared,
    capabilities: &Capabilities,
) -> Vec<Diagnostic> {
    let functions = &declared.functions;
    let mut findings = Vec::new();
    for call in &outline.calls {
        if findings.len() >= limits::DIAGNOSTICS {
            break;
        }
        findings.extend(match resolve(outline, &call.path, functions) {
            Target::Function(name, arguments) => wrong_count(text, call, &name, arguments),
            Target::Builtin(name) => builtin(text, call, &name, capabilities),
            Target::Nothing => Some(undefined(text, &call.path, &call.range)),
        });
    }
    findings.extend(outline.replaced.iter().filter_map(|replaced| {
        match resolve(outline, &replaced.path, functions) {
            Target::Builtin(name) => not_to_be_called(text, &replaced.range, &name, capabilities),
            // A name alone, or one that is imported, may be that of a rule in another module.
            Target::Nothing if is_path_to_nothing(outline, &replaced.path, declared) => {
                Some(undefined(text, &replaced.path, &replaced.range))
            }
            Target::Function(..) | Target::Nothing => None,
        }
    }));
    findings.extend(outline.replacements.iter().filter_map(|replacement| {
        let is_local = outline
            .rules
            .get(replacement.rule)
            .is_some_and(|rule| replacement.path.first().is_some_and(|name| rule.locals.contains(name)));
        match resolve(outline, &replacement.path, functions) {
            Target::Builtin(name) if !is_local => not_to_be_called(text, &replacement.range, &name, capabilities),
            // Another name may be that of a value.
            _ => None,
        }
    }));
    findings
}

/// Whether a path of several parts begins with a name that nothing explains.
fn is_path_to_nothing(outline: &Outline, path: &[String], declared: &Declared) -> bool {
    let [root, _, ..] = path else { return false };
    root != "input"
        && root != "data"
        && !declared.names.contains(root)
        && !outline.imports.iter().any(|import| import.name == *root)
}

fn undefined(text: &Text<'_>, path: &[String], range: &Range<usize>) -> Diagnostic {
    Diagnostic::error(text, range.clone(), "rego_type_error", format!("undefined function {}", path.join(".")))
        .with_help("check the name, or import the package that defines it")
}

enum Target {
    Function(String, usize),
    Builtin(String),
    Nothing,
}

/// What the modules of a bundle declare.
pub struct Declared {
    /// The functions by full name, with their number of arguments.
    functions: BTreeMap<String, usize>,
    /// The first parts of the names of all rules.
    names: BTreeSet<String>,
}

impl Declared {
    /// What these modules declare.
    pub fn by<'a>(outlines: impl Iterator<Item = &'a Outline>) -> Self {
        let mut declared = Self { functions: BTreeMap::new(), names: BTreeSet::new() };
        for (outline, rule) in outlines.flat_map(|outline| outline.rules.iter().map(move |rule| (outline, rule))) {
            declared.names.extend(rule.path.first().cloned());
            if let RuleKind::Function { arguments } = rule.kind {
                declared.functions.insert(outline.full_name(&rule.path), arguments);
            }
        }
        declared
    }
}

/// What a call means: a function of the package, of an imported package, of a full path, or a builtin.
fn resolve(outline: &Outline, path: &[String], functions: &BTreeMap<String, usize>) -> Target {
    for candidate in outline.meanings(path) {
        if let Some(&arguments) = functions.get(&candidate) {
            return Target::Function(candidate, arguments);
        }
    }
    let written = path.join(".");
    if builtins::find(&written).is_some() { Target::Builtin(written) } else { Target::Nothing }
}

fn builtin(text: &Text<'_>, call: &Call, name: &str, capabilities: &Capabilities) -> Option<Diagnostic> {
    if let Some(finding) = not_to_be_called(text, &call.range, name, capabilities) {
        return Some(finding);
    }
    let builtin = builtins::find(name)?;
    if name == "print" {
        return None;
    }
    wrong_count(text, call, name, usize::from(builtin.arguments)).or_else(|| patterns::finding(text, call, name))
}

/// Why a builtin is not to be called here, or in the place of another function.
fn not_to_be_called(
    text: &Text<'_>,
    range: &Range<usize>,
    name: &str,
    capabilities: &Capabilities,
) -> Option<Diagnostic> {
    if capabilities.refused.iter().any(|refused| refused == name) {
        return Some(
            Diagnostic::error(
                text,
                range.clone(),
                "builtin_not_allowed",
                format!("the builtin {name} is not allowed in this kind of policy"),
            )
            .with_help("the host passes what a policy needs to know as input"),
        );
    }
    is_missing(name).then(|| {
        Diagnostic::error(
            text,
            range.clone(),
            "builtin_not_available",
            format!("the builtin {name} is not available in this engine"),
        )
        .with_help("`capabilities()` lists the builtins that are")
    })
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
        format!("{name}: arity mismatch: it takes {}, and {} are given", arguments(wanted), call.arguments),
    ))
}

fn arguments(count: usize) -> String {
    if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") }
}
