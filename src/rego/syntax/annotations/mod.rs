//! Metadata annotations: blocks of comments that begin with `# METADATA`, whose text is YAML about the package or
//! rule below.
//!
//! A block with a mistake has no [`Annotations`], so that what stands on them is not wrong as well. What is wrong
//! only when all modules are seen is left to the checker: of one package at most one block of scope `package` may be
//! there, and of one path at most one of scope `document` or `subpackages`.

mod attach;
mod block;
mod decode;
mod fields;
mod mistake;
mod references;
mod resources;
#[cfg(test)]
mod tests;
mod value;

use super::error::SyntaxError;
use super::tree::{Span, Tree};
use super::yaml;
use crate::limits;
use attach::{Attached, Statements};
use block::Block;
use decode::Decoder;
use fields::Fields;
use mistake::{Mistake, Row};
use serde_json::{Map, Value};

/// What one block says. Texts that it does not say are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotations {
    /// From the `#` before `METADATA` to the end of the last comment.
    pub span: Span,
    /// The keys of the block, also those without a meaning, in the order of the text.
    pub keys: Vec<Key>,
    /// What the block describes.
    pub target: Target,
    /// For what it holds: what it says, or what follows from where it stands.
    pub scope: Scope,
    /// A name for people.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Whether the rule or package is meant to be asked from outside.
    pub entrypoint: bool,
    /// To whom it belongs.
    pub organizations: Vec<String>,
    /// Where to read more.
    pub related_resources: Vec<RelatedResource>,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// What documents look like while the rule or package is checked.
    pub schemas: Vec<Schema>,
    /// Whatever the author wants.
    pub custom: Map<String, Value>,
    /// How the rule is compiled to filters of data.
    pub compile: Option<Compile>,
}

/// A key of a block with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Where its value stands; an alias where one stands in its place.
    pub value: Span,
}

/// What a block describes: the first statement that begins on a line behind the word `METADATA`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The index of the package or rule in [`Tree::statements`].
    pub statement: usize,
    /// The index of a body in [`super::tree::Rule::chained`], where the block stands between bodies of v0.
    pub chained: Option<usize>,
}

/// For what a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The one rule that follows.
    Rule,
    /// All rules with the path of the one that follows.
    Document,
    /// All modules of the package.
    Package,
    /// The package and all packages below it.
    Subpackages,
}

impl Scope {
    /// How it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Document => "document",
            Self::Package => "package",
            Self::Subpackages => "subpackages",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Rule, Self::Document, Self::Package, Self::Subpackages].into_iter().find(|scope| scope.name() == name)
    }
}

/// A document that says more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedResource {
    /// Its address, as it is written.
    pub address: String,
    /// What it is; may be empty.
    pub description: String,
}

/// A person. One of both texts is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// How they are called.
    pub name: String,
    /// Where mail reaches them.
    pub email: String,
}

/// What one document looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The document: a reference that begins with `input` or `data` where it is of use.
    pub path: Reference,
    /// The schema, or where it is found.
    pub source: SchemaSource,
    /// Where that stands.
    pub schema_span: Span,
}

/// A schema, or where it is found.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaSource {
    /// A reference that begins with `schema`, into the schemas that the host gives.
    Reference(Reference),
    /// The JSON schema itself.
    Definition(Value),
}

/// A reference in metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where it stands.
    pub span: Span,
    /// As it is written.
    pub text: String,
    /// Its parts: names and constant strings without quotes, anything else as it is written.
    pub parts: Vec<String>,
}

/// How a rule is compiled to filters of data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compile {
    /// The documents that are not known when it is compiled.
    pub unknowns: Vec<Reference>,
    /// The rule that says what is masked.
    pub mask_rule: Option<Reference>,
}

/// The annotations of a module, and what is wrong with its blocks.
///
/// `errors` are those of the parser, and `late` those that OPA finds when it makes rules of the statements: it reads the
/// blocks before the parser's first mistake, and looks to what they belong where there was none of either kind.
pub fn annotations(
    source: &str,
    tree: &Tree<'_>,
    errors: &[SyntaxError],
    late: &[SyntaxError],
) -> (Vec<Annotations>, Vec<SyntaxError>) {
    let blocks = block::blocks(source, &tree.comments);
    if blocks.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let statements = Statements::of(tree);
    let of_opa = errors.iter().filter(|error| !error.is_beyond_opa);
    let opa_stops = of_opa.map(|error| error.span.end.max(error.opa_byte())).max();
    let mut copies_left = limits::SOURCE_BYTES;
    let mut found = Vec::new();
    let mut mistakes = Vec::new();
    let mut unattached = Vec::new();
    for block in blocks {
        let fields = match read(&block, &mut copies_left) {
            Ok(fields) => fields,
            Err(of_block) => {
                let is_seen = opa_stops.is_none_or(|stop| block.span.start < stop);
                mistakes.extend(as_errors(of_block, &block, is_seen));
                continue;
            }
        };
        match statements.attach(&block, &fields) {
            Attached::To(scope, target) => found.push(attached(&block, fields, scope, target)),
            Attached::Refused(of_block) => unattached.extend(of_block),
            Attached::Unknown => {}
        }
    }
    let is_beyond_opa = !errors.is_empty() || !late.is_empty() || !mistakes.is_empty();
    mistakes.extend(unattached.into_iter().map(|error| SyntaxError { is_beyond_opa, ..error }));
    (found, mistakes)
}

fn read(block: &Block, copies_left: &mut u64) -> Result<Fields, Vec<Mistake>> {
    if block.yaml.trim().is_empty() {
        let mistake = Mistake::new(block.span, Row::Opening, "expected METADATA block, found whitespace");
        let help = "write the metadata in comments on the next lines, each with `#` in the first column";
        return Err(vec![mistake.with_help(help)]);
    }
    let yaml = yaml::read(&block.yaml, usize::MAX).map_err(|mistake| vec![Mistake::of_yaml(mistake, block)])?;
    let mut decoder = Decoder { block, yaml: &yaml, copies_left, mistakes: Vec::new() };
    match fields::read(&mut decoder) {
        Ok(fields) if decoder.mistakes.is_empty() => Ok(fields),
        Ok(_) => Err(decoder.mistakes),
        // OPA forgets what it found before.
        Err(last) => Err(std::iter::once(last).chain(decoder.mistakes).collect()),
    }
}

/// OPA reports one mistake of a block.
fn as_errors(mistakes: Vec<Mistake>, block: &Block, is_seen: bool) -> Vec<SyntaxError> {
    let mut is_told = !is_seen;
    let mut errors = Vec::new();
    for mistake in mistakes {
        let mut error = mistake.into_error(block);
        error.is_beyond_opa |= is_told;
        is_told |= !error.is_beyond_opa;
        errors.push(error);
    }
    errors
}

fn attached(block: &Block, fields: Fields, scope: Scope, target: Target) -> Annotations {
    Annotations {
        span: block.span,
        keys: fields.keys,
        target,
        scope,
        title: fields.title,
        description: fields.description,
        entrypoint: fields.entrypoint,
        organizations: fields.organizations,
        related_resources: fields.related_resources,
        authors: fields.authors,
        schemas: fields.schemas,
        custom: fields.custom,
        compile: fields.compile,
    }
}
