//! `SyntaxError`: what keeps a text from being a module, and where.

use super::tree::Span;
use std::borrow::Cow;

/// One mistake in the grammar of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The faulty text.
    pub span: Span,
    /// What is wrong: OPA's words where OPA has some.
    pub message: Cow<'static, str>,
    /// How to mend it.
    pub help: Option<Cow<'static, str>>,
    /// The byte under which OPA reports it, where that is not the start of the span.
    pub opa_start: Option<u32>,
    /// Whether OPA does not get this far: it stops after the first statement that it cannot read.
    pub is_beyond_opa: bool,
    /// Whether it follows from another mistake: OPA says it too, and an author need not hear it.
    pub is_opa_only: bool,
    /// The limit that was reached, by name and value, where that is the mistake.
    pub limit: Option<(&'static str, u64)>,
}

impl SyntaxError {
    /// A mistake at its place.
    pub fn new(span: Span, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
            opa_start: None,
            is_beyond_opa: false,
            is_opa_only: false,
            limit: None,
        }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that it follows from another mistake.
    #[must_use]
    pub fn opa_only(mut self) -> Self {
        self.is_opa_only = true;
        self
    }

    /// Where OPA reports it.
    pub fn opa_byte(&self) -> u32 {
        self.opa_start.unwrap_or(self.span.start)
    }
}
