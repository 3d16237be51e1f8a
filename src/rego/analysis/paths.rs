//! `Paths`: the full paths with which references begin.

use super::rule_tree::{NodeId, RuleTree};
use std::borrow::Cow;

/// A full path, as an index into [`super::lowered::Bundle::paths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(pub u32);

impl PathId {
    /// `data`
    pub const DATA: Self = Self(0);
    /// `input`
    pub const INPUT: Self = Self(1);
}

/// The full paths with which references begin. Each is kept once, however often it is used.
#[derive(Debug)]
pub struct Paths<'s> {
    list: Vec<Kept<'s>>,
}

#[derive(Debug)]
struct Kept<'s> {
    path: FullPath<'s>,
    reached: Reached,
}

/// A path from its root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullPath<'s> {
    /// With what it begins.
    pub root: Root,
    /// What follows, in order.
    pub names: Vec<Cow<'s, str>>,
}

/// What a full path begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// `data`
    Data,
    /// `input`
    Input,
}

/// How far a path leads in the tree of packages and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// To its end.
    Whole(NodeId),
    /// Up to this node, which has nothing of the next name below it.
    Part(NodeId),
    /// Nowhere: it begins with `input`.
    Nothing,
}

impl Default for Paths<'_> {
    fn default() -> Self {
        let kept = |root, reached| Kept { path: FullPath { root, names: Vec::new() }, reached };
        Self { list: vec![kept(Root::Data, Reached::Whole(NodeId::DATA)), kept(Root::Input, Reached::Nothing)] }
    }
}

impl<'s> Paths<'s> {
    /// Keeps a path. The tree has all packages and rules by now.
    pub fn add(&mut self, path: FullPath<'s>, tree: &RuleTree<'s>) -> PathId {
        let mut reached = match path.root {
            Root::Data => Reached::Whole(NodeId::DATA),
            Root::Input => Reached::Nothing,
        };
        for name in &path.names {
            let Reached::Whole(at) = reached else { break };
            reached = tree.named(at, name).map_or(Reached::Part(at), Reached::Whole);
        }
        let id = PathId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(Kept { path, reached });
        id
    }

    /// The root of a path.
    pub fn root(&self, id: PathId) -> Root {
        self.list.get(id.0 as usize).map_or(Root::Data, |kept| kept.path.root)
    }

    /// The names of a path behind its root.
    pub fn names(&self, id: PathId) -> &[Cow<'s, str>] {
        self.list.get(id.0 as usize).map_or(&[], |kept| &kept.path.names)
    }

    /// How far a path leads in the tree of packages and rules.
    pub fn reached(&self, id: PathId) -> Reached {
        self.list.get(id.0 as usize).map_or(Reached::Nothing, |kept| kept.reached)
    }
}
