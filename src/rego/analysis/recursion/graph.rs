//! Who needs what: branches of rules, and for each place in the tree of paths three nodes that many references share.
//!
//! A reference needs, as OPA has it, every rule that stands on its path and every rule below its end; of a step that
//! only evaluation knows, it may be any.

use super::super::lowered::{
    Body, Bundle, Call, ExprKind, Function, Reached, Ref, RefHead, Replacement, RuleId, Target, Term, TermKind,
};
use super::super::rule_tree::{Constant, NodeId};
use super::super::walk::{self, Skip};
use crate::limits;
use crate::sorted::InOrder;

/// A rule or one of its `else` branches.
#[derive(Debug, Clone, Copy)]
pub struct BranchNode {
    pub rule: RuleId,
    pub branch: usize,
}

/// Who needs what. The branches come first, each under its index.
pub struct Graph {
    pub branches: Vec<BranchNode>,
    pub edges: Vec<Vec<usize>>,
}

/// What a reference needs of a place in the tree.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// The rules there.
    Here = 0,
    /// The rules above it.
    Above = 1,
    /// The rules there and below it.
    Below = 2,
}

struct Building<'b, 's> {
    bundle: &'b Bundle<'s>,
    graph: Graph,
    first_place: usize,
    /// How many more places references with steps that only evaluation knows may be followed to.
    steps: usize,
}

impl Graph {
    /// The graph of a bundle. To the rules of the module `apart` no path leads.
    pub fn new(bundle: &Bundle<'_>, apart: Option<usize>) -> Self {
        let branches: Vec<BranchNode> = bundle
            .rules
            .iter()
            .enumerate()
            .flat_map(|(rule, lowered)| (0..lowered.branches.len()).map(move |branch| BranchNode { rule, branch }))
            .collect();
        let first_place = branches.len();
        let places = bundle.tree.ids().count();
        let edges = vec![Vec::new(); first_place + 3 * places];
        let graph = Self { branches, edges };
        let mut building = Building { bundle, graph, first_place, steps: limits::RECURSION_PLACES };
        building.places(apart);
        for at in 0..first_place {
            building.branch(at);
        }
        for edges in &mut building.graph.edges {
            edges.order();
            edges.dedup();
        }
        building.graph
    }
}

impl<'b, 's> Building<'b, 's> {
    fn place(&self, node: NodeId, part: Part) -> usize {
        self.first_place + 3 * node.0 as usize + part as usize
    }

    fn edge(&mut self, from: usize, to: usize) {
        if let Some(edges) = self.graph.edges.get_mut(from) {
            edges.push(to);
        }
    }

    fn places(&mut self, apart: Option<usize>) {
        for (at, branch) in self.graph.branches.clone().into_iter().enumerate() {
            let Some(rule) = self.bundle.rules.get(branch.rule) else { continue };
            if apart == Some(rule.module) {
                continue;
            }
            self.edge(self.place(rule.node, Part::Here), at);
        }
        for id in self.bundle.tree.ids() {
            let Some(node) = self.bundle.tree.node(id) else { continue };
            self.edge(self.place(id, Part::Below), self.place(id, Part::Here));
            if node.key.is_some() {
                self.edge(self.place(node.parent, Part::Below), self.place(id, Part::Below));
                self.edge(self.place(id, Part::Above), self.place(node.parent, Part::Above));
                self.edge(self.place(id, Part::Above), self.place(node.parent, Part::Here));
            }
        }
    }

    fn branch(&mut self, from: usize) {
        let bundle = self.bundle;
        let Some(&BranchNode { rule, branch }) = self.graph.branches.get(from) else { return };
        let Some(rule) = bundle.rules.get(rule) else { return };
        let Some(branch) = rule.branches.get(branch) else { return };
        for term in branch.key.iter().chain(&branch.value) {
            self.term(from, term);
        }
        self.body(from, &branch.body);
    }

    fn body(&mut self, from: usize, body: &'b Body<'s>) {
        for expr in body {
            for term in walk::terms_of(expr) {
                self.term(from, term);
            }
            match &expr.kind {
                ExprKind::Call(Call { function: Function::Rules(node), .. }) => self.whole(from, *node),
                ExprKind::Every(every) => self.body(from, &every.body),
                _ => {}
            }
            for with in expr.replacements() {
                match &with.target {
                    Target::Document(reference) => self.reference(from, reference),
                    Target::Function(Function::Rules(node)) => self.whole(from, *node),
                    Target::Function(_) | Target::Refused(_) => {}
                }
                match &with.value {
                    Replacement::Value(term) => self.term(from, term),
                    Replacement::Function(Function::Rules(node)) => self.whole(from, *node),
                    Replacement::Function(_) => {}
                }
            }
        }
    }

    fn term(&mut self, from: usize, term: &'b Term<'s>) {
        match &term.kind {
            TermKind::Ref(reference) => self.reference(from, reference),
            TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| self.term(from, item)),
            TermKind::Object(pairs) => {
                for (key, value) in pairs {
                    self.term(from, key);
                    self.term(from, value);
                }
            }
            TermKind::ArrayComprehension(inner)
            | TermKind::SetComprehension(inner)
            | TermKind::ObjectComprehension(inner) => {
                inner.key.iter().chain([&inner.value]).for_each(|term| self.term(from, term));
                self.body(from, &inner.body);
            }
            TermKind::Null
            | TermKind::Boolean(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Broken => {}
        }
    }

    /// A path that ends at a node.
    fn whole(&mut self, from: usize, node: NodeId) {
        self.edge(from, self.place(node, Part::Above));
        self.edge(from, self.place(node, Part::Below));
    }

    fn reference(&mut self, from: usize, reference: &'b Ref<'s>) {
        for part in &reference.parts {
            self.term(from, part);
        }
        let RefHead::Path(path) = reference.head else { return };
        match self.bundle.paths.reached(path) {
            Reached::Nothing => {}
            Reached::Part(node) => {
                self.edge(from, self.place(node, Part::Above));
                self.edge(from, self.place(node, Part::Here));
            }
            Reached::Whole(node) => {
                self.edge(from, self.place(node, Part::Above));
                self.follow(from, node, &reference.parts);
            }
        }
    }

    /// Follows the steps of a reference from a node on.
    fn follow(&mut self, from: usize, node: NodeId, parts: &'b [Term<'s>]) {
        // Unknown steps at the end lead to all that is below.
        let known = parts.iter().rposition(|part| !is_unknown(part)).map_or(0, |last| last + 1);
        let parts = parts.get(..known).unwrap_or_default();
        let mut open = vec![(node, parts)];
        while let Some((node, parts)) = open.pop() {
            let Some((part, rest)) = parts.split_first() else {
                self.edge(from, self.place(node, Part::Below));
                continue;
            };
            self.edge(from, self.place(node, Part::Here));
            let tree = &self.bundle.tree;
            if is_unknown(part) {
                for &child in tree.node(node).into_iter().flat_map(|node| node.children.values()) {
                    if self.steps == 0 {
                        return;
                    }
                    self.steps -= 1;
                    open.push((child, rest));
                }
            } else if let Some(child) = Constant::of(part).and_then(|key| tree.child(node, &key)) {
                open.push((child, rest));
            }
        }
    }
}

/// Whether only evaluation knows a step.
fn is_unknown(part: &Term<'_>) -> bool {
    if part.is_scalar() {
        return false;
    }
    let mut has_variable = matches!(part.kind, TermKind::Ref(_) | TermKind::Broken);
    walk::variables(part, Skip::default(), &mut |_, _| has_variable = true);
    has_variable
}
