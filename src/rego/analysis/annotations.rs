//! What annotations say is said once: of a package by one block, and of one path by one.

use super::ModuleInput;
use super::finding::{Finding, code};
use super::lowered::{Bundle, Reached};
use super::rule_tree::NodeId;
use crate::rego::stage::Stage;
use crate::rego::syntax::annotations::Scope;
use crate::rego::syntax::tree::Span;
use crate::sorted::{self, InOrder};

/// Findings over the annotations of all modules. What is wrong with one block by itself was found when it was read.
pub fn findings(bundle: &Bundle<'_>, modules: &[ModuleInput<'_>]) -> Vec<Finding> {
    let rules = sorted::Map::from_iter(bundle.rules.iter().map(|rule| ((rule.module, rule.statement), rule.node)));
    // OPA reads the modules in the order of their names.
    let mut order: Vec<usize> = (0..modules.len()).collect();
    order.order_by_key(|&at| modules.get(at).map(|module| module.path));
    let mut of_packages: sorted::Map<NodeId, (usize, Span)> = sorted::Map::new();
    let mut of_paths: sorted::Map<NodeId, (usize, Span)> = sorted::Map::new();
    let mut findings = Vec::new();
    for at in order {
        let Some(module) = bundle.modules.get(at) else { continue };
        let package = match bundle.paths.reached(module.package) {
            Reached::Whole(node) => node,
            Reached::Part(_) | Reached::Nothing => continue,
        };
        for block in modules.get(at).map(|module| module.parsed.annotations.as_slice()).unwrap_or_default() {
            let (said, node) = match block.scope {
                Scope::Rule => continue,
                Scope::Package => (&mut of_packages, package),
                Scope::Subpackages => (&mut of_paths, package),
                Scope::Document => match rules.get(&(at, block.target.statement)) {
                    Some(&node) => (&mut of_paths, node),
                    None => continue,
                },
            };
            let Some(&(first_module, first)) = said.get(&node) else {
                said.insert(node, (at, block.span));
                continue;
            };
            let Some(other) = bundle.modules.get(first_module) else { continue };
            let scope = block.scope.name();
            let message = format!("{scope} annotation redeclared: {}:{}", other.file, other.line(first.start));
            findings.push(
                Finding::error(Stage::SetAnnotationSet, code::TYPE, at, block.span, message)
                    .help(format!("keep one block of scope `{scope}`, or give this one the scope `rule`")),
            );
        }
    }
    findings
}
