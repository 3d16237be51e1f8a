//! Rules of one path agree: in kind, in the number of arguments, in having one default; no rule stands on another's
//! way.

use super::finding::{Finding, Told, code};
use super::lowered::{Bundle, PathId, Rule, RuleId};
use super::rule_tree::{Node, NodeId};
use super::written;
use crate::limits;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::RuleKind;
use crate::sorted;

/// Findings over all paths.
pub fn findings(bundle: &Bundle<'_>) -> Vec<Finding> {
    let rules_below = rules_below(bundle);
    let mut findings = Vec::new();
    for id in bundle.tree.ids() {
        let Some(node) = bundle.tree.node(id).filter(|node| !node.rules.is_empty()) else { continue };
        if findings.len() >= limits::DIAGNOSTICS {
            break;
        }
        let is_over_rules = rules_below.get(id.0 as usize).is_some_and(|&count| count > node.rules.len());
        let of_rules = of_rules(bundle, id, node, is_over_rules);
        let told = if of_rules.is_some() { Told::ByOpa } else { Told::Always };
        findings.extend(of_rules);
        with_packages(bundle, node, told, &mut findings);
    }
    findings
}

/// How many rules stand at each node and below it.
fn rules_below(bundle: &Bundle<'_>) -> Vec<usize> {
    let mut counts: Vec<usize> = bundle.tree.ids().map(|id| bundle.tree.rules(id).len()).collect();
    // Parents come before their children.
    for at in (1..counts.len()).rev() {
        let count = counts.get(at).copied().unwrap_or(0);
        let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
        if let Some(parent) = bundle.tree.node(id).map(|node| node.parent)
            && let Some(sum) = counts.get_mut(parent.0 as usize)
        {
            *sum += count;
        }
    }
    counts
}

/// What has to be the same for rules of one path.
#[derive(PartialEq, Eq)]
enum Shape {
    Set,
    Object,
    Value { arguments: usize },
}

fn shape(rule: &Rule<'_>) -> Shape {
    match rule.kind {
        RuleKind::PartialSet => Shape::Set,
        RuleKind::PartialObject => Shape::Object,
        RuleKind::Function | RuleKind::Complete => Shape::Value { arguments: rule.args.len() },
    }
}

fn of_rules(bundle: &Bundle<'_>, id: NodeId, node: &Node<'_>, is_over_rules: bool) -> Option<Finding> {
    let rules: Vec<(RuleId, &Rule<'_>)> = node
        .rules
        .iter()
        .filter_map(|&rule| Some((rule, bundle.rules.get(rule)?)))
        .filter(|(_, rule)| is_placed(bundle, rule))
        .collect();
    let &(_, first_rule) = rules.first()?;
    let &(last, _) = rules.last()?;
    let name = written::rule_path(bundle, last);
    let opa = (first_rule.module, first_rule.span.start);
    // Only rules whose paths are constant have to be alone there.
    let whole = rules.iter().find(|(_, rule)| is_ground(rule)).filter(|_| is_over_rules);
    if let Some(&(_, rule)) = whole
        && let below = below(bundle, id)
        && !below.is_empty()
    {
        let message = format!("rule {name} conflicts with [{}]", below.join(" "));
        return Some(
            Finding::error(Stage::CheckRuleConflicts, code::TYPE, rule.module, rule.name_span, message)
                .at_module(opa.0, opa.1)
                .help("a rule gives a whole value: give it another name, or move what stands below it"),
        );
    }
    let differing = rules.iter().find(|(_, rule)| shape(rule) != shape(first_rule));
    if let Some(&(_, rule)) = differing {
        let help = match (shape(first_rule), shape(rule)) {
            (Shape::Value { arguments: a }, Shape::Value { arguments: b }) => {
                format!("one takes {a} arguments and one takes {b}: give one of them another name")
            }
            _ => "a name is a set, an object or a value: give one of them another name".to_owned(),
        };
        return Some(
            Finding::error(
                Stage::CheckRuleConflicts,
                code::TYPE,
                rule.module,
                rule.head_span,
                format!("conflicting rules {name} found"),
            )
            .at_module(opa.0, opa.1)
            .help(help),
        );
    }
    several_defaults(bundle, &rules, &name)
}

fn several_defaults(bundle: &Bundle<'_>, rules: &[(RuleId, &Rule<'_>)], name: &str) -> Option<Finding> {
    // The list in the message is for people.
    const LISTED: usize = 100;
    let defaults: Vec<&Rule<'_>> = rules.iter().map(|&(_, rule)| rule).filter(|rule| rule.is_default).collect();
    let [first, second, ..] = defaults.as_slice() else { return None };
    let places: Vec<String> = defaults.iter().take(LISTED).map(|rule| place(bundle, rule)).collect();
    let message = format!("multiple default rules {name} found at {}", places.join(", "));
    let package = bundle.modules.get(first.module).map_or(0, |module| module.package_span.start);
    Some(
        Finding::error(Stage::CheckRuleConflicts, code::TYPE, second.module, second.head_span, message)
            .at_module(first.module, package)
            .help("keep one default"),
    )
}

/// Whether what a rule is and where it stands could be read: not where the package of its module could not.
fn is_placed(bundle: &Bundle<'_>, rule: &Rule<'_>) -> bool {
    let has_package = bundle.modules.get(rule.module).is_some_and(|module| module.package != PathId::DATA);
    has_package && !rule.is_broken
}

/// The file and line of a rule.
fn place(bundle: &Bundle<'_>, rule: &Rule<'_>) -> String {
    let Some(module) = bundle.modules.get(rule.module) else { return String::new() };
    let line = module.line(rule.span.start);
    format!("{}:{line}", module.file)
}

fn is_ground(rule: &Rule<'_>) -> bool {
    rule.branches.first().is_none_or(|branch| branch.reference.iter().all(super::lowered::Term::is_scalar))
}

/// The first rules below a node that are not below others of them.
fn below(bundle: &Bundle<'_>, id: NodeId) -> Vec<String> {
    const LISTED: usize = 20;
    let mut found = sorted::Set::new();
    let mut open: Vec<NodeId> =
        bundle.tree.node(id).into_iter().flat_map(|node| node.children.values().copied()).collect();
    while let Some(node) = open.pop()
        && found.len() < LISTED
    {
        let mut is_whole = false;
        for &rule in bundle.tree.rules(node) {
            found.insert(written::rule_path(bundle, rule));
            is_whole |= bundle.rules.get(rule).is_some_and(is_ground);
        }
        if !is_whole {
            open.extend(bundle.tree.node(node).into_iter().flat_map(|node| node.children.values().copied()));
        }
    }
    found.into_iter().collect()
}

/// A rule whose path is that of a package.
fn with_packages(bundle: &Bundle<'_>, node: &Node<'_>, told: Told, findings: &mut Vec<Finding>) {
    let Some(package) = node.modules.first().and_then(|&module| bundle.modules.get(module)) else { return };
    let mut said = sorted::Set::new();
    for &id in &node.rules {
        let is_whole = |rule: &&Rule<'_>| is_ground(rule) && is_placed(bundle, rule);
        let Some(rule) = bundle.rules.get(id).filter(is_whole) else { continue };
        let Some(module) = bundle.modules.get(rule.module).filter(|_| said.insert(rule.module)) else { continue };
        let mut name = String::new();
        for part in bundle.paths.names(package.package) {
            written::push_name(&mut name, part);
        }
        let message = format!(
            "package {} conflicts with rule {} defined at {}",
            name.trim_start_matches('.'),
            written::head_path(bundle, id),
            place(bundle, rule)
        );
        findings.push(
            Finding::error(Stage::CheckRuleConflicts, code::TYPE, rule.module, rule.name_span, message)
                .at_module(rule.module, module.package_span.start)
                .help("give the rule or the package another name")
                .told(told),
        );
    }
}
