//! Every function that is called exists, is allowed, takes that many arguments, and does not lead back to itself.

use super::Capabilities;
use super::outline::{Call, Outline, RuleKind};
use crate::rego::builtins;
use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::missing::is_missing;
use std::collections::{BTreeMap, BTreeSet};

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)], capabilities: &Capabilities) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let functions = functions(bundle);
    // Edges from a function to the functions that it calls, with the place of the first call.
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (text, outline) in bundle {
        for call in &outline.calls {
            let target = resolve(outline, call, &functions);
            match target {
                Target::Function(name, arguments) => {
                    findings.extend(wrong_count(text, call, &name, arguments));
                    if let Some(rule) = outline.rules.get(call.rule)
                        && matches!(rule.kind, RuleKind::Function { .. })
                    {
                        let caller = full_name(&outline.package, &rule.path);
                        calls.entry(caller).or_default().push(name);
                    }
                }
                Target::Builtin(name) => findings.extend(builtin(text, call, &name, capabilities)),
                Target::Nothing => findings.push(
                    Diagnostic::error(
                        text,
                        call.range.clone(),
                        "rego_type_error",
                        format!("undefined function {}", call.path.join(".")),
                    )
                    .with_help("check the name, or import the package that defines it"),
                ),
            }
        }
    }
    findings.extend(recursion(bundle, &calls));
    findings
}

enum Target {
    Function(String, usize),
    Builtin(String),
    Nothing,
}

/// The functions of a bundle by full name, with their number of arguments.
fn functions(bundle: &[(&Text<'_>, &Outline)]) -> BTreeMap<String, usize> {
    bundle
        .iter()
        .flat_map(|(_, outline)| outline.rules.iter().map(move |rule| (outline, rule)))
        .filter_map(|(outline, rule)| match rule.kind {
            RuleKind::Function { arguments } => Some((full_name(&outline.package, &rule.path), arguments)),
            _ => None,
        })
        .collect()
}

fn full_name(package: &[String], path: &[String]) -> String {
    format!("data.{}.{}", package.join("."), path.join("."))
}

/// What a call means: a function of the package, of an imported package, of a full path, or a builtin.
fn resolve(outline: &Outline, call: &Call, functions: &BTreeMap<String, usize>) -> Target {
    let written = call.path.join(".");
    let mut candidates = vec![full_name(&outline.package, &call.path)];
    if let Some((first, rest)) = call.path.split_first()
        && let Some(import) = outline.imports.iter().find(|import| import.name == *first)
    {
        let path: Vec<&str> = import.path.iter().chain(rest).map(String::as_str).collect();
        candidates.push(path.join("."));
    }
    candidates.push(written.clone());
    for candidate in candidates {
        if let Some(&arguments) = functions.get(&candidate) {
            return Target::Function(candidate, arguments);
        }
    }
    if builtins::find(&written).is_some() {
        Target::Builtin(written)
    } else {
        Target::Nothing
    }
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

/// A call may write one argument more than the function takes: the last is then its result.
fn wrong_count(text: &Text<'_>, call: &Call, name: &str, wanted: usize) -> Option<Diagnostic> {
    if call.arguments == wanted || call.arguments == wanted + 1 {
        return None;
    }
    Some(Diagnostic::error(
        text,
        call.range.clone(),
        "rego_type_error",
        format!("{name}: arity mismatch: it takes {wanted} arguments, and {} are given", call.arguments),
    ))
}

/// Functions that lead back to themselves: no limit on steps makes them right, so they are refused before they run.
fn recursion(bundle: &[(&Text<'_>, &Outline)], calls: &BTreeMap<String, Vec<String>>) -> Vec<Diagnostic> {
    // Searching for chains costs the square of what is searched, so it is bounded; one finding refuses the bundle.
    const SEARCHES: usize = 200;
    let suspects = leading_to_cycles(calls);
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (text, outline) in bundle {
        for rule in &outline.rules {
            let name = full_name(&outline.package, &rule.path);
            if !suspects.contains(name.as_str()) || seen.len() >= SEARCHES || !seen.insert(name.clone()) {
                continue;
            }
            if let Some(chain) = chain_to_itself(&name, calls) {
                findings.push(
                    Diagnostic::error(
                        text,
                        rule.name_range.clone(),
                        "rego_recursion_error",
                        format!("rule {name} is recursive: {}", chain.join(" -> ")),
                    )
                    .with_help("Rego has no recursion: use a comprehension, `walk` or `graph.reachable`"),
                );
            }
        }
    }
    findings
}

/// The functions whose calls never end: what is left when functions that call nothing left are taken away, in linear time.
fn leading_to_cycles(calls: &BTreeMap<String, Vec<String>>) -> BTreeSet<&str> {
    let mut callers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open_calls: BTreeMap<&str, usize> = BTreeMap::new();
    for (caller, targets) in calls {
        let targets: BTreeSet<&str> = targets.iter().map(String::as_str).filter(|target| calls.contains_key(*target)).collect();
        open_calls.insert(caller, targets.len());
        for target in targets {
            callers.entry(target).or_default().push(caller);
        }
    }
    let mut done: Vec<&str> = open_calls.iter().filter(|&(_, &count)| count == 0).map(|(&name, _)| name).collect();
    while let Some(name) = done.pop() {
        open_calls.remove(name);
        for caller in callers.get(name).into_iter().flatten() {
            if let Some(count) = open_calls.get_mut(caller) {
                *count -= 1;
                if *count == 0 {
                    done.push(caller);
                }
            }
        }
    }
    open_calls.into_keys().collect()
}

/// A chain of calls from a function back to it, breadth first, so that the shortest is shown.
fn chain_to_itself(name: &str, calls: &BTreeMap<String, Vec<String>>) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open: std::collections::VecDeque<&str> = std::collections::VecDeque::from([name]);
    while let Some(at) = open.pop_front() {
        for next in calls.get(at).into_iter().flatten() {
            if next == name {
                let mut chain = vec![name.to_owned()];
                let mut back = at;
                while back != name {
                    chain.push(back.to_owned());
                    back = came_from.get(back).copied().unwrap_or(name);
                }
                chain.push(name.to_owned());
                chain.reverse();
                return Some(chain);
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, at);
                open.push_back(next);
            }
        }
    }
    None
}
