//! `Reach`: which parts of an input document a program can look at, as a tree that the document is read along.

use super::{Kind, LONG_KEY, Slice, Space, Store, Value};

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
        let start = start(name.as_bytes(), name.len());
        Self { name, word, below, start }
    }
}

/// The first eight bytes of a name as a number that is as large as they are late in order, with zeros for bytes that it lacks: most names are
/// told apart by it. `text` begins with the name, and may go on behind it.
#[cfg_attr(feature = "compiler", inline(always))]
pub(super) fn start(text: &[u8], len: usize) -> u64 {
    let few = len.min(8);
    let Some(first) = text.first_chunk() else {
        let bytes = text.iter().take(few).chain(std::iter::repeat(&0)).take(8);
        return bytes.fold(0, |start, byte| start << 8 | u64::from(*byte));
    };
    let behind = u64::MAX.checked_shr(8 * few as u32).unwrap_or(0);
    u64::from_be_bytes(*first) & !behind
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

/// The most nodes of a tree. Its keys are shorter than [`LONG_KEY`].
pub const MOST_NODES: usize = 4_096;

/// The head of a node in numbers: it is whole, it has keys, or it has items as well.
const WHOLE: u32 = 0;
const KEYS: u32 = 1;
const ITEMS: u32 = 2;

/// As numbers, in which a program carries it: for each node its head, how many keys it has, and for each where its characters begin among the
/// constants, and how many bytes they are.
///
/// INVARIANT (tree): the nodes that one leads to, in the order of its keys and then that of its items, are those that come next behind the
/// ones to which the nodes before it lead.
impl Reach {
    /// The numbers.
    #[must_use]
    pub fn to_numbers(&self) -> Vec<u32> {
        let mut numbers = Vec::new();
        for node in &self.nodes {
            let head = if node.any.is_some() { ITEMS } else { KEYS };
            numbers.push(if node.is_whole { WHOLE } else { head });
            numbers.push(u32::try_from(node.keys.len()).unwrap_or(u32::MAX));
            for key in &node.keys {
                if let Kind::String(slice) = key.word.kind() {
                    numbers.extend([slice.at, slice.len]);
                }
            }
        }
        numbers
    }

    /// What numbers say that were written over these constants; `None` where they say nothing.
    #[must_use]
    pub fn of_numbers(numbers: &[u32], constants: &Store) -> Option<Self> {
        let mut numbers = numbers.iter().copied();
        let mut nodes: Vec<Node> = Vec::new();
        let mut next = 0;
        let mut number = || {
            next += 1;
            next
        };
        while let Some(head) = numbers.next() {
            let mut keys: Vec<Key> = Vec::new();
            for _ in 0..numbers.next()? {
                let slice = Slice { space: Space::Program, at: numbers.next()?, len: numbers.next()? };
                let word = Value::string(slice);
                let below = number();
                // INVARIANT (there): no text is taken before it is known to be there, and no more of them than there can be nodes.
                if slice.len >= LONG_KEY || below as usize >= MOST_NODES || !constants.holds(word, Space::Program, 0) {
                    return None;
                }
                let key = Key::new(constants.text(slice).to_owned(), word, below);
                if keys.last().is_some_and(|last| last.name >= key.name) {
                    return None;
                }
                keys.push(key);
            }
            let any = (head == ITEMS).then(&mut number);
            if head > ITEMS || head == WHOLE && !keys.is_empty() {
                return None;
            }
            if nodes.len() >= MOST_NODES {
                return None;
            }
            nodes.push(Node { is_whole: head == WHOLE, any, keys });
        }
        (nodes.len() == number() as usize).then_some(Self { nodes })
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

    /// The number of a key, by its characters and their [`start`].
    #[cfg_attr(feature = "compiler", inline(always))]
    #[must_use]
    pub(super) fn find(&self, start: u64, name: &[u8]) -> Option<usize> {
        let first = self.keys.partition_point(|key| key.start < start);
        let same = self.keys.get(first..)?.iter().take_while(|key| key.start == start);
        // Of so few characters the start says all.
        let is_own = |key: &Key| key.name.len() == name.len() && (name.len() <= 8 || key.name.as_bytes() == name);
        same.enumerate().find(|(_, key)| is_own(key)).map(|(at, _)| first + at)
    }
}
