//! `Reach`: which parts of an input document a program can look at, as a tree that the document is read along.

use super::Value;

/// A tree of [`Node`]s, beginning with that of the document itself.
///
/// INVARIANT (enough): whatever a program can look at is in it. What is not in it is checked as the rest is, and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    nodes: Vec<Node>,
}

/// What can be looked at of a value. Of a scalar that is all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Whether all that lies below can be.
    pub is_whole: bool,
    /// What can be looked at of each item of an array, and of what stands under keys that only an evaluation knows: then all keys are kept.
    pub any: Option<u32>,
    /// The keys that are known, in the order of their bytes.
    pub keys: Vec<Key>,
}

/// A key that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its characters.
    pub name: String,
    /// The constant of the program that it is.
    pub word: Value,
    /// What can be looked at below it.
    pub below: u32,
    /// See [`start`].
    start: u64,
}

impl Key {
    /// A key and what is below it.
    #[must_use]
    pub fn new(name: String, word: Value, below: u32) -> Self {
        let start = start(name.as_bytes());
        Self { name, word, below, start }
    }
}

/// The first eight bytes as a number that is as large as they are late in order, with zeros for bytes that are not there. Most keys are told
/// apart by it.
fn start(name: &[u8]) -> u64 {
    match name.first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => name.iter().chain(std::iter::repeat(&0)).take(8).fold(0, |start, byte| start << 8 | u64::from(*byte)),
    }
}

impl Default for Reach {
    fn default() -> Self {
        Self { nodes: vec![Node { is_whole: true, any: None, keys: Vec::new() }] }
    }
}

impl Reach {
    /// A tree by its nodes, the first of which is the document; all of the document where there are none.
    #[must_use]
    pub fn new(nodes: Vec<Node>) -> Self {
        if nodes.is_empty() { Self::default() } else { Self { nodes } }
    }

    /// All nodes, by their numbers.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// What can be looked at of the document; `None`: all of it.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.node(0)
    }

    /// A node by its number; `None` where all that lies below can be looked at.
    #[must_use]
    pub fn node(&self, number: u32) -> Option<&Node> {
        self.nodes.get(number as usize).filter(|node| !node.is_whole)
    }
}

impl Node {
    /// Whether nothing can be looked at but what kind of value it is.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.any.is_none() && self.keys.is_empty()
    }

    /// Whether an object here is read into a place for each of its keys. Those are emptied for each object, however few of its keys are there:
    /// where they would be many, keys are taken as they come.
    #[must_use]
    pub fn has_slots(&self) -> bool {
        const MOST: usize = 64;
        !self.is_whole && self.any.is_none() && self.keys.len() <= MOST
    }

    /// The number of a key.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<usize> {
        let start = start(name);
        let first = self.keys.partition_point(|key| key.start < start);
        let same = self.keys.get(first..)?.iter().take_while(|key| key.start == start);
        same.enumerate().find(|(_, key)| key.name.as_bytes() == name).map(|(at, _)| first + at)
    }
}
