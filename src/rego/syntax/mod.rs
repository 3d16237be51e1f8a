//! From text to tree: tokens, an error-tolerant parser, the typed tree, and the formatter that prints it.

pub mod annotations;
pub mod error;
pub mod format;
mod help;
pub mod numbers;
mod parser;
mod strings;
pub mod tokens;
pub mod tree;
pub mod visit;
pub mod yaml;

use super::source::Dialect;
use crate::limits;
use crate::sorted::InOrder;
use annotations::Annotations;
pub use error::SyntaxError;
use tokens::Tokens;
use tree::{Span, Tree};

/// What a text is: its tree, and every mistake that keeps it from being a module.
#[derive(Debug)]
pub struct Parsed<'s> {
    /// All that could be read; what could not is a `Broken` node.
    pub tree: Tree<'s>,
    /// The dialect that it is written in: v1 also where a text of v0 imports `rego.v1`.
    pub dialect: Dialect,
    /// The dialect that it was to be read in.
    pub asked: Dialect,
    /// What the metadata blocks say that could be read.
    pub annotations: Vec<Annotations>,
    /// The mistakes, in the order of the text, and what OPA says besides.
    pub errors: Vec<SyntaxError>,
}

impl Parsed<'_> {
    /// Whether OPA would take the text for a module.
    pub fn is_module(&self) -> bool {
        self.errors.is_empty()
    }

    /// The mistakes for an author. INVARIANT (told): where there is any mistake, there is one for an author; where each is thought
    /// to follow from another one, all are told.
    pub fn told(&self) -> impl Iterator<Item = &SyntaxError> {
        let all_follow = self.errors.iter().all(|error| error.is_opa_only);
        self.errors.iter().filter(move |error| all_follow || !error.is_opa_only)
    }
}

/// Parses a module. Any text has a tree; the time is linear in its length.
pub fn parse(source: &str, dialect: Dialect) -> Parsed<'_> {
    parse_tokens(source, &tokens::scan(source), dialect)
}

/// Parses tokens that have been read already.
pub fn parse_tokens<'s>(source: &'s str, tokens: &Tokens, asked: Dialect) -> Parsed<'s> {
    let dialect = asked;
    if source.len() as u64 > limits::SOURCE_BYTES {
        let limit = limits::SOURCE_BYTES;
        let mut error = SyntaxError::new(
            Span::default(),
            format!("the module has {} bytes; the limit `source_bytes` is {limit}", source.len()),
        )
        .with_help("split the module, or move its tables into data");
        error.limit = Some(("source_bytes", limit));
        return Parsed { tree: Tree::default(), dialect, asked: dialect, annotations: Vec::new(), errors: vec![error] };
    }
    let parser::Output { tree, dialect, mut errors, late } = parser::parse(source, tokens, dialect);
    let (annotations, mistakes) = annotations::annotations(source, &tree, &errors, &late);
    errors.extend(mistakes);
    let opa_stopped = errors.iter().any(|error| !error.is_beyond_opa);
    errors.extend(late.into_iter().map(|error| SyntaxError { is_beyond_opa: opa_stopped, ..error }));
    errors.retain(|error| !(error.is_beyond_opa && error.is_opa_only));
    errors.order_by_key(|error| error.span);
    Parsed { tree, dialect, asked, annotations, errors }
}

/// Whether a word means something in a dialect and cannot be a name.
pub fn is_keyword(word: &str, dialect: Dialect) -> bool {
    let always = ["as", "default", "else", "false", "import", "not", "null", "package", "some", "true", "with"];
    let in_v1 = ["contains", "every", "if", "in"];
    always.contains(&word) || dialect == Dialect::V1 && in_v1.contains(&word)
}
