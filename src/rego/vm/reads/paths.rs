//! `Paths`: the parts of the input that were come to, as a tree that grows; and what a reader follows, in which each key leads to one place.

use crate::rego::value::Value;
use crate::rego::value::reach::{Key, MOST_NODES, Node, Reach};
use crate::sorted::{self, InOrder};

/// Steps from the document to a part: below it everything is reached.
const MOST_STEPS: usize = 32;

/// A key and the constant that it is.
pub struct Name {
    pub text: String,
    pub word: Value,
}

/// The document and its parts, each by its number.
pub struct Paths {
    parts: Vec<Part>,
}

#[derive(Default)]
struct Part {
    steps: usize,
    is_whole: bool,
    any: Option<u32>,
    keys: sorted::Map<String, (Value, u32)>,
}

/// The document.
pub const DOCUMENT: u32 = 0;

impl Paths {
    pub fn new() -> Self {
        Self { parts: vec![Part::default()] }
    }

    /// All of a part is looked at.
    pub fn whole(&mut self, part: u32) {
        if let Some(part) = self.parts.get_mut(part as usize) {
            part.is_whole = true;
        }
    }

    /// What stands under a key of a part, as a set; none where the part is whole already. `None` where there are too many parts.
    pub fn key(&mut self, of: u32, name: &Name) -> Option<Option<u32>> {
        let part = self.parts.get(of as usize)?;
        if part.is_whole {
            return Some(None);
        }
        if let Some(&(_, below)) = part.keys.get(&name.text) {
            return Some(Some(below));
        }
        let Some(below) = self.add(of)? else { return Some(None) };
        self.parts.get_mut(of as usize)?.keys.insert(name.text.clone(), (name.word, below));
        Some(Some(below))
    }

    /// The same under any key, and for any item.
    pub fn any(&mut self, of: u32) -> Option<Option<u32>> {
        let part = self.parts.get(of as usize)?;
        if part.is_whole {
            return Some(None);
        }
        if part.any.is_some() {
            return Some(part.any);
        }
        let Some(below) = self.add(of)? else { return Some(None) };
        self.parts.get_mut(of as usize)?.any = Some(below);
        Some(Some(below))
    }

    /// A part below another one, which is whole where it lies too deep to have one.
    fn add(&mut self, of: u32) -> Option<Option<u32>> {
        let steps = self.parts.get(of as usize)?.steps + 1;
        if steps > MOST_STEPS {
            self.whole(of);
            return Some(None);
        }
        if self.parts.len() >= MOST_NODES {
            return None;
        }
        self.parts.push(Part { steps, ..Part::default() });
        u32::try_from(self.parts.len() - 1).ok().map(Some)
    }

    /// What a reader follows. What is reached under any key is reached under those that are known as well.
    pub fn reach(&self) -> Reach {
        let mut merged = Merged { paths: self, sets: vec![vec![DOCUMENT]] };
        let mut nodes = Vec::new();
        while let Some(set) = merged.sets.get(nodes.len()).cloned() {
            if merged.sets.len() > MOST_NODES {
                return Reach::default();
            }
            nodes.push(merged.node(&set));
        }
        Reach::new(nodes)
    }
}

/// Sets of parts that one place of a document may be, by the number of their node.
///
/// INVARIANT (tree): the nodes that one leads to are numbered in the order of its keys, and then that of its items, behind all that are
/// numbered already.
struct Merged<'p> {
    paths: &'p Paths,
    sets: Vec<Vec<u32>>,
}

impl Merged<'_> {
    fn number(&mut self, mut set: Vec<u32>) -> u32 {
        set.order();
        set.dedup();
        self.sets.push(set);
        u32::try_from(self.sets.len() - 1).unwrap_or(u32::MAX)
    }

    fn node(&mut self, set: &[u32]) -> Node {
        let parts: Vec<&Part> = set.iter().filter_map(|part| self.paths.parts.get(*part as usize)).collect();
        if parts.iter().any(|part| part.is_whole) {
            return Node { is_whole: true, any: None, keys: Vec::new() };
        }
        let any: Vec<u32> = parts.iter().filter_map(|part| part.any).collect();
        let mut keys: sorted::Map<&str, (Value, Vec<u32>)> = sorted::Map::new();
        for (name, &(word, below)) in parts.iter().flat_map(|part| part.keys.iter()) {
            keys.entry(name).or_insert_with(|| (word, any.clone())).1.push(below);
        }
        let keys: Vec<(&str, (Value, Vec<u32>))> = keys.into_iter().collect();
        Node {
            is_whole: false,
            keys: keys
                .into_iter()
                .map(|(name, (word, below))| Key::new(name.to_owned(), word, self.number(below)))
                .collect(),
            any: if any.is_empty() { None } else { Some(self.number(any)) },
        }
    }
}
