//! What the dialect and the imports of a module say about how it is written.

use super::super::Parsed;
use super::super::is_keyword;
use super::super::tree::{Import, Tree};
use crate::rego::source::Dialect;

/// The words and forms that a module is written with.
#[derive(Debug, Clone)]
pub(super) struct Style {
    dialect: Dialect,
    /// From which byte on bodies have the word `if`.
    pub(super) if_from: u32,
    /// From which byte on sets are written with the word `contains`.
    pub(super) contains_from: u32,
    /// Whether heads of two parts are written `a.b`, as references are, and not `a["b"]`.
    pub(super) has_dotted_heads: bool,
    /// Whether `import rego.v1` makes the imports of keywords superfluous. Where something could not be read they stay: what it turns
    /// out to be depends on the words that are keywords before it.
    pub(super) imports_rego_v1: bool,
    /// The keywords that are imported.
    imported: Vec<&'static str>,
    /// Those that are imported one by one.
    imported_alone: Vec<&'static str>,
}

impl Style {
    pub(super) fn of(parsed: &Parsed<'_>) -> Self {
        // An import in the midst of the rules does not hold for those before it.
        let from = |word: &str| match parsed.dialect {
            Dialect::V1 => 0,
            Dialect::V0 => {
                let import = parsed.tree.imports().find(|import| import.keywords().contains(&word));
                import.map_or(u32::MAX, |import| import.span.start)
            }
        };
        Self {
            dialect: parsed.dialect,
            if_from: from("if"),
            contains_from: from("contains"),
            has_dotted_heads: has_dotted_heads(&parsed.tree),
            imports_rego_v1: parsed.is_module() && parsed.tree.imports().any(Import::is_rego_v1),
            imported: parsed.tree.imports().flat_map(Import::keywords).copied().collect(),
            imported_alone: parsed
                .tree
                .imports()
                .filter(|import| import.path.len() == 3)
                .flat_map(|import| import.keywords().first())
                .copied()
                .collect(),
        }
    }

    pub(super) fn is_v1(&self) -> bool {
        self.dialect == Dialect::V1
    }

    /// Whether a word is a keyword, at least behind some import.
    pub(super) fn is_keyword(&self, word: &str) -> bool {
        is_keyword(word, self.dialect) || self.imported.contains(&word)
    }

    /// Whether a word is one that a reference keeps in quotation marks where it was written so.
    pub(super) fn is_quoted_keyword(&self, word: &str) -> bool {
        is_keyword(word, self.dialect) || self.imported_alone.contains(&word)
    }
}

/// One head with more than two parts, or with two parts and `contains`, is enough.
fn has_dotted_heads(tree: &Tree<'_>) -> bool {
    tree.rules().any(|rule| {
        let length = rule.head.reference.len();
        length > 2 || length == 2 && rule.head.key.is_some()
    })
}
