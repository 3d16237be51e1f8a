//! `Mistake`: what is wrong with a block, where it is and where OPA says it is.

use super::super::error::SyntaxError;
use super::super::tree::Span;
use super::super::yaml;
use super::block::Block;
use crate::limits;
use std::borrow::Cow;

/// The comment of a block under which OPA reports a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// The one that begins the block.
    Opening,
    /// The one behind it: what OPA's YAML reader says without a line.
    First,
    /// The one behind the line of the YAML text, counted from 1, that OPA's YAML reader names; or the last.
    Line(u32),
}

/// One mistake in a block.
#[derive(Debug)]
pub(super) struct Mistake {
    span: Span,
    row: Row,
    message: Cow<'static, str>,
    help: Option<Cow<'static, str>>,
    limit: Option<(&'static str, u64)>,
    /// Whether OPA does not find it.
    pub is_beyond_opa: bool,
}

impl Mistake {
    /// A mistake at its place.
    pub fn new(span: Span, row: Row, message: impl Into<Cow<'static, str>>) -> Self {
        Self { span, row, message: message.into(), help: None, limit: None, is_beyond_opa: false }
    }

    /// A mistake in the YAML of a block.
    pub fn of_yaml(mistake: yaml::Mistake, block: &Block) -> Self {
        let row = mistake.lines.and_then(yaml::Lines::by_context).map_or(Row::First, Row::Line);
        let mut of_block = Self::new(block.span_of(mistake.place), row, mistake.message);
        of_block.help = mistake.help;
        of_block.limit = mistake.bound.map(|_| ("data_nesting", limits::DATA_NESTING));
        of_block
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that OPA does not find it.
    #[must_use]
    pub fn beyond_opa(mut self) -> Self {
        self.is_beyond_opa = true;
        self
    }

    /// Values inside one another beyond the limit.
    pub fn too_deep(span: Span, row: Row) -> Self {
        let limit = limits::DATA_NESTING;
        let message = format!("more than {limit} lists and objects inside one another; the limit is `data_nesting`");
        let mut mistake = Self::new(span, row, message);
        mistake.limit = Some(("data_nesting", limit));
        mistake
    }

    /// Aliases that stand for more than a source text may hold.
    pub fn too_large(span: Span, row: Row) -> Self {
        let limit = limits::SOURCE_BYTES;
        let message =
            format!("the aliases of the metadata stand for more than {limit} bytes; the limit is `source_bytes`");
        let mut mistake = Self::new(span, row, message).with_help("write out what is needed instead of using aliases");
        mistake.limit = Some(("source_bytes", limit));
        mistake
    }

    /// As an error of the module.
    pub fn into_error(self, block: &Block) -> SyntaxError {
        let comment = match self.row {
            Row::Opening => None,
            Row::First => block.comment(0),
            Row::Line(line) => block.comment((line as usize).min(block.len().saturating_sub(1))),
        };
        let mut error = SyntaxError::new(self.span, self.message);
        error.help = self.help;
        error.limit = self.limit;
        error.is_beyond_opa = self.is_beyond_opa;
        error.opa_start = Some(comment.unwrap_or(block.opening).start);
        error
    }
}
