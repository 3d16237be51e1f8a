//! Rules that need themselves, through other rules, functions and look-ups whose path only evaluation knows; and the
//! order in which rules need one another.

mod components;
mod graph;

use super::finding::{Finding, Told, code};
use super::lowered::Bundle;
use super::written;
use crate::limits;
use crate::rego::stage::Stage;
use crate::sorted::{self, InOrder};
use components::components;
use graph::Graph;
use std::collections::VecDeque;

/// Findings over all rules, and the order of the rules. The rules of the module `apart` are part of no document.
pub fn check(bundle: &mut Bundle<'_>, apart: Option<usize>, findings: &mut Vec<Finding>) {
    let graph = Graph::new(bundle, apart);
    let components = components(&graph.edges);
    order(bundle, &graph, &components.of_node);
    let mut found = Vec::new();
    let mut said = sorted::Set::new();
    let mut recursive = Vec::new();
    let mut search = Search { came_from: vec![usize::MAX; graph.edges.len()], edges: limits::RECURSION_EDGES };
    for (at, branch) in graph.branches.iter().enumerate() {
        let Some(&component) = components.of_node.get(at) else { continue };
        let Some(rule) = bundle.rules.get(branch.rule).filter(|rule| !rule.is_broken) else { continue };
        if components.sizes.get(component).is_none_or(|&size| size < 2) {
            continue;
        }
        recursive.push(branch.rule);
        if found.len() >= limits::DIAGNOSTICS {
            continue;
        }
        let told = if said.insert(component) { Told::Always } else { Told::ByOpa };
        let path = search.path(bundle, &graph, &components.of_node, at);
        let name = written::rule_path(bundle, branch.rule);
        let opa = rule.branches.get(branch.branch).map_or(rule.span.start, |branch| branch.opa);
        found.push(
            Finding::error(
                Stage::CheckRecursion,
                code::RECURSION,
                rule.module,
                rule.name_span,
                format!("rule {name} is recursive: {}", path.join(" -> ")),
            )
            .at(opa)
            .help("Rego has no recursion: use a comprehension, `walk` or `graph.reachable`")
            .told(told),
        );
    }
    findings.append(&mut found);
    for rule in recursive {
        if let Some(rule) = bundle.rules.get_mut(rule) {
            rule.is_refused = true;
        }
    }
}

/// The search for ways back to a branch.
struct Search {
    came_from: Vec<usize>,
    /// How many more edges all searches together may look at.
    edges: usize,
}

impl Search {
    /// The rules of the shortest way from a branch back to it. A long one is cut, and so are all when the search ends.
    fn path(&mut self, bundle: &Bundle<'_>, graph: &Graph, components: &[usize], from: usize) -> Vec<String> {
        const SHOWN: usize = 30;
        let name = |at: usize| {
            graph.branches.get(at).map_or_else(String::new, |branch| written::rule_path(bundle, branch.rule))
        };
        let mut nodes = self.nodes(graph, components, from);
        nodes.retain(|&node| node < graph.branches.len());
        let mut path = vec![name(from)];
        if nodes.len() > SHOWN {
            nodes.truncate(SHOWN);
            path.extend(nodes.into_iter().map(name));
            path.push("…".to_owned());
        } else {
            path.extend(nodes.into_iter().map(name));
        }
        path.push(name(from));
        path
    }

    /// The nodes between a node and itself.
    fn nodes(&mut self, graph: &Graph, components: &[usize], from: usize) -> Vec<usize> {
        const NOWHERE: usize = usize::MAX;
        let own = components.get(from);
        let mut open = VecDeque::from([from]);
        let mut reached = Vec::new();
        let mut is_found = false;
        'search: while let Some(at) = open.pop_front() {
            for &next in graph.edges.get(at).into_iter().flatten() {
                self.edges = self.edges.saturating_sub(1);
                let Some(entry) = self.came_from.get_mut(next) else { continue };
                if components.get(next) != own || *entry != NOWHERE {
                    continue;
                }
                *entry = at;
                reached.push(next);
                if next == from {
                    is_found = true;
                    break 'search;
                }
                open.push_back(next);
            }
            if self.edges == 0 {
                break;
            }
        }
        let before = |node: usize| self.came_from.get(node).copied().filter(|&node| node != from);
        let last = if is_found { before(from) } else { None };
        let mut between: Vec<usize> = std::iter::successors(last, |&node| before(node)).collect();
        between.reverse();
        for node in reached {
            if let Some(entry) = self.came_from.get_mut(node) {
                *entry = NOWHERE;
            }
        }
        between
    }
}

/// Puts each rule behind those that it needs: the numbers of components grow with what needs them.
fn order(bundle: &mut Bundle<'_>, graph: &Graph, components: &[usize]) {
    let mut last: Vec<usize> = vec![0; bundle.rules.len()];
    for (at, branch) in graph.branches.iter().enumerate() {
        if let (Some(entry), Some(&component)) = (last.get_mut(branch.rule), components.get(at)) {
            *entry = component.max(*entry);
        }
    }
    let mut order: Vec<usize> = (0..bundle.rules.len()).collect();
    order.order_by_key(|&rule| (last.get(rule).copied(), rule));
    bundle.order = order;
}
