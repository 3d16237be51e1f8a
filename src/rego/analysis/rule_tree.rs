//! `RuleTree`: packages and rules by their paths below `data`.

use super::lowered::{RuleId, Term, TermKind};
use crate::sorted;
use std::borrow::Cow;

/// A place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// `data`
    pub const DATA: Self = Self(0);
}

/// One step of a path that is a constant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Constant<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// The digits as they are written.
    Number(Cow<'s, str>),
    /// The characters.
    String(Cow<'s, str>),
}

impl<'s> Constant<'s> {
    /// The constant that a term is, where it is a scalar.
    pub fn of(term: &Term<'s>) -> Option<Self> {
        Some(match &term.kind {
            TermKind::Null => Self::Null,
            TermKind::Boolean(value) => Self::Boolean(*value),
            TermKind::Number(digits) => Self::Number(digits.clone()),
            TermKind::String(text) => Self::String(text.clone()),
            _ => return None,
        })
    }
}

/// What stands at one path.
#[derive(Debug, Default)]
pub struct Node<'s> {
    /// The place above it; `data` is its own.
    pub parent: NodeId,
    /// The last step of the path; none of `data`.
    pub key: Option<Constant<'s>>,
    /// What stands below it.
    pub children: sorted::Map<Constant<'s>, NodeId>,
    /// The rules whose paths lead here and no further, up to the first step that is no constant: those of outer
    /// packages first, then by the names of their files.
    pub rules: Vec<RuleId>,
    /// Whether one of them is a function.
    pub has_function: bool,
    /// The modules whose package this is.
    pub modules: Vec<usize>,
    /// Whether parts of a module of this package could not be read, so that what is looked for below it may be there.
    pub is_broken: bool,
}

impl Default for NodeId {
    fn default() -> Self {
        Self::DATA
    }
}

/// Packages and rules by their paths.
#[derive(Debug)]
pub struct RuleTree<'s> {
    nodes: Vec<Node<'s>>,
}

impl Default for RuleTree<'_> {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl<'s> RuleTree<'s> {
    /// A node; `data` where there is none of this number.
    pub fn node(&self, id: NodeId) -> Option<&Node<'s>> {
        self.nodes.get(id.0 as usize)
    }

    /// The same to change.
    pub fn node_mut(&mut self, id: NodeId) -> Option<&mut Node<'s>> {
        self.nodes.get_mut(id.0 as usize)
    }

    /// All nodes, parents before their children.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// Whether rules of a package may stand in text that could not be read: in its modules, or in one whose package
    /// could not be read.
    pub fn has_unread(&self, package: NodeId) -> bool {
        [package, NodeId::DATA].iter().any(|&id| self.node(id).is_some_and(|node| node.is_broken))
    }

    /// What stands one step below a node.
    pub fn child(&self, id: NodeId, key: &Constant<'s>) -> Option<NodeId> {
        self.node(id)?.children.get(key).copied()
    }

    /// What stands one name below a node.
    pub fn named(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.node(id)?.children.get(&Constant::String(Cow::Borrowed(name))).copied()
    }

    /// The rules at a node.
    pub fn rules(&self, id: NodeId) -> &[RuleId] {
        self.node(id).map_or(&[], |node| &node.rules)
    }

    /// What stands one step below a node, made where it is not there.
    pub fn child_or_new(&mut self, id: NodeId, key: Constant<'s>) -> NodeId {
        if let Some(child) = self.child(id, &key) {
            return child;
        }
        let child = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { parent: id, key: Some(key.clone()), ..Node::default() });
        if let Some(node) = self.node_mut(id) {
            node.children.insert(key, child);
        }
        child
    }

    /// The steps from `data` to a node.
    pub fn path(&self, id: NodeId) -> Vec<&Constant<'s>> {
        let mut path = Vec::new();
        let mut at = id;
        while let Some(node) = self.node(at)
            && let Some(key) = &node.key
        {
            path.push(key);
            at = node.parent;
        }
        path.reverse();
        path
    }
}
