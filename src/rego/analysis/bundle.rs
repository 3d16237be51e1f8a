//! Making the lowered bundle of modules.

use super::finding::Finding;
use super::known::Known;
use super::lower::{self, Context};
use super::lowered::{Bundle, FullPath, Module, PathId, Paths, Root, Rule, RuleId};
use super::names::{self, Exports, Names};
use super::rule_tree::{Constant, NodeId, RuleTree};
use super::{ModuleInput, Options};
use crate::rego::source::Dialect;
use crate::rego::syntax::tree::{self, Body, Span, Statement, Term, TermKind};
use crate::sorted::InOrder;
use std::borrow::Cow;

/// Lowers all modules: first the paths of all rules, then what names mean, then the rules.
pub fn lowered<'s>(
    inputs: &[ModuleInput<'s>],
    options: &Options,
    known: &Known<'_>,
    findings: &mut Vec<Finding>,
) -> Bundle<'s> {
    let strict = options.strict;
    let (tree, packages, places) = planted(inputs, options.in_given_order);
    let mut paths = Paths::default();
    let mut exports = Exports::default();
    let mut modules = Vec::new();
    for (input, &package) in inputs.iter().zip(&packages) {
        let module = module(input, &mut paths, &tree);
        exports.add(package, module.package, &input.parsed.tree, &mut paths, &tree);
        modules.push(module);
    }
    let all: Vec<Names<'s>> = inputs
        .iter()
        .zip(&packages)
        .map(|(input, &package)| Names::new(exports.of(package), &input.parsed.tree, &mut paths, &tree))
        .collect();
    let mut rules: Vec<Rule<'s>> = Vec::new();
    for (((at, input), names), &package) in inputs.iter().enumerate().zip(all).zip(&packages) {
        let dialect = input.parsed.dialect;
        names::duplicate_imports(at, &input.parsed.tree, dialect, strict, findings);
        let mut context = Context {
            module: at,
            source: input.source,
            strict,
            mistakes: input.parsed.errors.iter().map(|error| error.span.start).collect(),
            has_unread: tree.has_unread(package),
            keeps_roots: strict || dialect == Dialect::V1,
            known,
            paths: &paths,
            tree: &tree,
            names,
            findings,
        };
        rules.extend(lower::rules(&mut context, &input.parsed.tree));
        let names = context.names;
        if strict && input.parsed.errors.is_empty() {
            names.unused_imports(at, &input.parsed.tree, findings);
        }
    }
    for (rule, place) in rules.iter_mut().zip(places) {
        rule.node = place;
    }
    Bundle { modules, rules, paths, tree, order: Vec::new() }
}

fn module<'s>(input: &ModuleInput<'s>, paths: &mut Paths<'s>, tree: &RuleTree<'s>) -> Module<'s> {
    let package = input.parsed.tree.package();
    let names: Vec<Cow<'s, str>> =
        package.iter().flat_map(|package| &package.path).map(|name| Cow::Borrowed(name.text.as_ref())).collect();
    let path = if names.is_empty() { PathId::DATA } else { paths.add(FullPath { root: Root::Data, names }, tree) };
    Module {
        file: input.path,
        source: input.source,
        dialect: input.parsed.dialect,
        package: path,
        package_span: package.map_or(Span::default(), |package| package.span),
        is_broken: !input.parsed.errors.is_empty(),
        line_starts: line_starts(input.source),
        annotations: &input.parsed.annotations,
    }
}

fn line_starts(source: &str) -> Vec<u32> {
    let ends = source.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
    std::iter::once(0).chain(ends.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX))).collect()
}

/// Whether rules may stand in a module that are not in its tree: in a statement that could not be read, or in a body
/// that is not closed. What is wrong inside of a closed body hides none.
fn may_lack_names(input: &ModuleInput<'_>) -> bool {
    let is_open = |body: &Body<'_>| body.has_braces && !body.span.text(input.source).ends_with('}');
    input.parsed.tree.statements.iter().any(|statement| match statement {
        Statement::Broken(_) => true,
        Statement::Rule(rule) => {
            rule.bodies().any(is_open) || rule.elses.iter().filter_map(|branch| branch.body.as_ref()).any(is_open)
        }
        Statement::Package(_) | Statement::Import(_) => false,
    })
}

/// The tree of all packages and rules, the node of each module's package, and the node of each rule.
fn planted<'s>(inputs: &[ModuleInput<'s>], in_given_order: bool) -> (RuleTree<'s>, Vec<NodeId>, Vec<NodeId>) {
    let mut tree = RuleTree::default();
    let mut packages = Vec::new();
    let mut places: Vec<NodeId> = Vec::new();
    let mut order: Vec<(usize, &str, RuleId)> = Vec::new();
    let mut functions = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let mut package = NodeId::DATA;
        let mut depth = 0;
        for name in input.parsed.tree.package().iter().flat_map(|package| &package.path) {
            package = tree.child_or_new(package, Constant::String(Cow::Borrowed(name.text.as_ref())));
            depth += 1;
        }
        if let Some(node) = tree.node_mut(package) {
            node.modules.push(at);
            node.is_broken |= may_lack_names(input);
        }
        packages.push(package);
        for rule in input.parsed.tree.rules() {
            let place = planted_rule(&mut tree, package, rule);
            let path = if in_given_order { "" } else { input.path };
            for _ in 0..=rule.chained.len() {
                order.push((depth, path, places.len()));
                places.push(place);
                functions.push(rule.head.args.is_some());
            }
        }
    }
    order.order();
    for (_, _, rule) in order {
        if let (Some(&place), Some(&is_function)) = (places.get(rule), functions.get(rule))
            && let Some(node) = tree.node_mut(place)
        {
            node.rules.push(rule);
            node.has_function |= is_function;
        }
    }
    (tree, packages, places)
}

/// The node of a rule: its path up to the first part that is no constant.
fn planted_rule<'s>(tree: &mut RuleTree<'s>, package: NodeId, rule: &'s tree::Rule<'s>) -> NodeId {
    let mut at = tree.child_or_new(package, Constant::String(Cow::Borrowed(rule.head.name())));
    for part in rule.head.reference.iter().skip(1) {
        let Some(key) = constant(&part.term) else { break };
        at = tree.child_or_new(at, key);
    }
    at
}

fn constant<'s>(term: &'s Term<'s>) -> Option<Constant<'s>> {
    Some(match &term.kind {
        TermKind::Null => Constant::Null,
        TermKind::Boolean(value) => Constant::Boolean(*value),
        TermKind::Number(digits) => Constant::Number(Cow::Borrowed(digits)),
        TermKind::String(text) => Constant::String(Cow::Borrowed(text)),
        _ => return None,
    })
}
