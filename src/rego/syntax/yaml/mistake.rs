//! `Mistake`: what is wrong with a YAML text, where it is and where OPA says it is.

use crate::limits;
use std::borrow::Cow;
use std::ops::Range;

/// What makes a text more than this reader takes, while it may be YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// [`limits::DATA_NESTING`].
    Depth,
    /// The values that whoever reads has room for.
    Values,
}

/// The lines of a mistake, from 0, of which OPA's readers name one. They differ in which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    /// Where what is being read begins.
    context: u32,
    /// Where it cannot go on.
    problem: u32,
    /// Whether the token itself is wrong, not the order of tokens.
    is_scanned: bool,
}

impl Lines {
    /// Of a mistake in the tokens.
    pub(super) const fn scanned(context: u32, problem: u32) -> Self {
        Self { context, problem, is_scanned: true }
    }

    /// Of a mistake in the order of the tokens.
    pub(super) const fn parsed(context: u32, problem: u32) -> Self {
        Self { context, problem, is_scanned: false }
    }

    /// The line that the reader of metadata names, from 1; none where it names none.
    pub const fn by_context(self) -> Option<u32> {
        match (self.context, self.problem) {
            (0, 0) => None,
            (0, line) | (line, _) => Some(line.saturating_add(self.is_scanned as u32)),
        }
    }

    /// The line that the reader of the builtins names, from 1; none where it names none.
    pub const fn by_problem(self) -> Option<u32> {
        match (self.context, self.problem) {
            (0, 0) => None,
            (line, 0) => Some(line),
            (_, line) => Some(line.saturating_add(self.is_scanned as u32)),
        }
    }
}

/// Why a text is not read.
#[derive(Debug)]
pub struct Mistake {
    /// The bytes of the text that are wrong.
    pub place: Range<usize>,
    /// The lines of which OPA's readers name one; none where they say it without a line.
    pub lines: Option<Lines>,
    /// What is wrong, for authors.
    pub message: Cow<'static, str>,
    /// How to mend it.
    pub help: Option<Cow<'static, str>>,
    /// The bound that it breaks.
    pub bound: Option<Bound>,
    problem: Option<Cow<'static, str>>,
}

impl Mistake {
    /// A mistake at its place.
    pub fn new(place: Range<usize>, lines: impl Into<Option<Lines>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { place, lines: lines.into(), message: message.into(), help: None, bound: None, problem: None }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what OPA's readers say instead.
    #[must_use]
    pub fn with_problem(mut self, problem: impl Into<Cow<'static, str>>) -> Self {
        self.problem = Some(problem.into());
        self
    }

    /// Values inside one another beyond the limit.
    pub fn too_deep(place: Range<usize>, lines: Lines) -> Self {
        let limit = limits::DATA_NESTING;
        let message = format!("more than {limit} lists and objects inside one another; the limit is `data_nesting`");
        Self { bound: Some(Bound::Depth), ..Self::new(place, lines, message) }
    }

    /// More values than there is room for.
    pub fn too_many(place: Range<usize>) -> Self {
        Self { bound: Some(Bound::Values), ..Self::new(place, None, "there is no room for so many values") }
    }

    /// What is wrong, in the words of OPA's readers where they have some.
    pub fn problem(&self) -> &str {
        self.problem.as_ref().unwrap_or(&self.message)
    }
}
