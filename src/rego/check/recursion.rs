//! Rules that lead back to themselves: no limit on steps makes them right, so they are refused before they run.

use super::outline::{Outline, Rule, RuleKind};
use crate::rego::diagnostic::{Diagnostic, Text};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// From a rule to the rules that it asks.
type Edges = BTreeMap<String, BTreeSet<String>>;

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)]) -> Vec<Diagnostic> {
    // Searching for chains costs the square of what is searched, so it is bounded; one finding refuses the bundle.
    const SEARCHES: usize = 200;
    let edges = edges(bundle);
    let suspects = leading_to_cycles(&edges);
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (text, outline) in bundle {
        for rule in &outline.rules {
            let name = outline.full_name(&rule.path);
            if !suspects.contains(name.as_str()) || seen.len() >= SEARCHES || !seen.insert(name.clone()) {
                continue;
            }
            if let Some(chain) = chain_to_itself(&name, &edges) {
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

/// Only what surely asks a rule is an edge: a reference whose written-out part reaches it. One that stops above rules, or
/// whose name means a variable anywhere in its rule, is none, so that no policy is refused that OPA accepts.
fn edges(bundle: &[(&Text<'_>, &Outline)]) -> Edges {
    let mut declared: BTreeMap<String, bool> = BTreeMap::new();
    for (_, outline) in bundle {
        for rule in &outline.rules {
            let is_function = matches!(rule.kind, RuleKind::Function { .. });
            *declared.entry(outline.full_name(&rule.path)).or_default() |= is_function;
        }
    }
    let mut edges = Edges::new();
    for (_, outline) in bundle {
        let calls = outline.calls.iter().map(|call| (&call.path, call.rule, true));
        let references = outline.references.iter().map(|reference| (&reference.path, reference.rule, false));
        for (path, index, is_call) in calls.chain(references) {
            let Some(rule) = outline.rules.get(index) else { continue };
            if let Some(target) = target(outline, rule, path, is_call, &declared) {
                edges.entry(outline.full_name(&rule.path)).or_default().insert(target);
            }
        }
    }
    edges
}

/// The rule that a call or a reference asks: the longest beginning of its path that is one.
fn target(
    outline: &Outline,
    rule: &Rule,
    path: &[String],
    is_call: bool,
    declared: &BTreeMap<String, bool>,
) -> Option<String> {
    let first = path.first()?;
    if !is_call && rule.locals.contains(first) {
        return None;
    }
    let shortest = if is_call { path.len() } else { 1 };
    (shortest..=path.len())
        .rev()
        .filter_map(|length| path.get(..length))
        .flat_map(|part| outline.meanings(part))
        .find(|name| declared.get(name) == Some(&is_call))
}

/// The rules whose asking never ends: what is left when rules that ask nothing left are taken away, in linear time.
fn leading_to_cycles(edges: &Edges) -> BTreeSet<&str> {
    let mut askers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open_edges: BTreeMap<&str, usize> = BTreeMap::new();
    for (asker, targets) in edges {
        let targets: BTreeSet<&str> =
            targets.iter().map(String::as_str).filter(|target| edges.contains_key(*target)).collect();
        open_edges.insert(asker, targets.len());
        for target in targets {
            askers.entry(target).or_default().push(asker);
        }
    }
    let mut done: Vec<&str> = open_edges.iter().filter(|&(_, &count)| count == 0).map(|(&name, _)| name).collect();
    while let Some(name) = done.pop() {
        open_edges.remove(name);
        for asker in askers.get(name).into_iter().flatten() {
            if let Some(count) = open_edges.get_mut(asker) {
                *count -= 1;
                if *count == 0 {
                    done.push(asker);
                }
            }
        }
    }
    open_edges.into_keys().collect()
}

/// A chain from a rule back to it, breadth first, so that the shortest is shown.
fn chain_to_itself(name: &str, edges: &Edges) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open: VecDeque<&str> = VecDeque::from([name]);
    while let Some(at) = open.pop_front() {
        for next in edges.get(at).into_iter().flatten() {
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
