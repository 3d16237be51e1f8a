//! The tree of a YAML text.

use std::ops::Range;

/// The number of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(pub(super) usize);

/// The first document of a text.
#[derive(Debug, Default)]
pub struct Yaml {
    pub(super) nodes: Vec<Node>,
    /// Absent where there are only comments.
    pub root: Option<Id>,
    /// The byte of the text at which the document ends.
    pub end: usize,
}

impl Yaml {
    /// Whether something stands behind the document in its text, such as another document.
    pub fn has_more(&self, text: &str) -> bool {
        let behind = text.get(self.end..).unwrap_or_default();
        behind.lines().map(str::trim).any(|line| !line.is_empty() && line != "..." && !line.starts_with('#'))
    }
}

/// A value.
#[derive(Debug)]
pub struct Node {
    /// Its bytes in the text; aliases where the alias stands.
    pub place: Range<usize>,
    /// The line on which it begins, from 1.
    pub line: u32,
    /// The tag that is written before it, as `!!int`.
    pub tag: Option<String>,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub enum Kind {
    /// A scalar, with and without quotes.
    Scalar {
        /// What it says.
        text: String,
        /// Whether it has no quotes, and is no text of several lines with a `|` or `>`.
        is_plain: bool,
    },
    /// Items in their order.
    List(Vec<Id>),
    /// Keys with values, in their order, also those that stand twice.
    Map(Vec<(Id, Id)>),
    /// What stands for another value.
    Alias {
        /// That value.
        target: Id,
        /// Whether the alias stands inside of it.
        is_inside: bool,
    },
    /// A list or map whose end has not been read.
    Open,
}

impl Yaml {
    /// The value of a number.
    pub fn get(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id.0)
    }
}
