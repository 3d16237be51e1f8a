//! The parser: by hand, one token ahead, with a tree and all errors for any text.
//!
//! It reads what OPA reads and refuses what OPA refuses, in OPA's words. Where OPA tries one reading and then another, so
//! does this one, but it notes for each bracket which reading was the right one, so that the time stays linear. After a
//! mistake in a body it goes on with the next line that begins no deeper than the faulty statement; after any other, with the
//! next line that begins no deeper than the statement of the module.

mod bodies;
mod collections;
mod conditions;
mod heads;
mod module;
mod scalars;
mod terms;

use super::error::SyntaxError;
use super::help;
use super::tokens::{Gap, Kind, Token, Tokens};
use super::tree::{Span, Tree};
use crate::limits;
use crate::rego::source::Dialect;
use std::borrow::Cow;
use std::cell::OnceCell;

/// What was read and cannot be used; why has been noted.
#[derive(Debug)]
struct Stop;

type Read<T> = Result<T, Stop>;

/// How a bracket is to be read, once that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// `[a | …]` is a comprehension.
    Comprehension,
    /// `[a | b, c]` is a list whose first element is a union.
    List,
}

/// The words that are keywords where they are imported, or everywhere in v1.
#[derive(Debug, Clone, Copy, Default)]
struct Keywords {
    r#in: bool,
    every: bool,
    contains: bool,
    r#if: bool,
}

/// Where to go back to when a reading was wrong.
#[derive(Clone, Copy)]
struct Mark {
    at: usize,
    errors: usize,
}

struct Parser<'s, 't> {
    source: &'s str,
    tokens: &'t Tokens,
    /// The token that is looked at.
    at: usize,
    /// The token that is a name, although it is written like a keyword.
    name_at: Option<usize>,
    /// What the caller says; `import rego.v1` makes keywords of words and not v1 of v0.
    dialect: Dialect,
    keywords: Keywords,
    errors: Vec<SyntaxError>,
    /// What OPA finds when it makes rules of the statements, once all could be read.
    late: Vec<SyntaxError>,
    /// The lines in which a statement of the module is no rule, each from where that begins: what stands behind it belongs to
    /// that mistake.
    refused_lines: Vec<Span>,
    /// Statements that a brace without its fellow closes: from which one back to which one they have been walked over.
    closed: Vec<(usize, usize)>,
    /// The statement of the module that conditions may stand below.
    above: Option<conditions::Above>,
    /// Statements of the module that seem to be conditions.
    conditions: Vec<conditions::Condition>,
    /// Whether the statement before could not be read, so that the next one may be the rest of it, and whether it was such a rest.
    rest_follows: bool,
    was_rest: bool,
    /// Whether a statement could not be read: OPA reports nothing that comes behind it.
    opa_stopped: bool,
    /// The lines of the text, once they have been asked for.
    lines: OnceCell<Vec<Line>>,
    /// Greater than zero while a reading is tried: no mistake is mended then.
    trying: u32,
    /// How deep the term or body stands that is being read.
    depth: u64,
    /// How deep the term is that was read last.
    height: u64,
    /// By the index of the token that opens a bracket.
    readings: Vec<Option<Reading>>,
}

/// What the parser makes of a text.
pub(super) struct Output<'s> {
    pub tree: Tree<'s>,
    /// The dialect that it turns out to be written in.
    pub dialect: Dialect,
    /// What cannot be read.
    pub errors: Vec<SyntaxError>,
    /// What OPA finds when it makes rules of the statements: only where all could be read.
    pub late: Vec<SyntaxError>,
}

/// A line of the text.
struct Line {
    /// The byte of its end.
    end: u32,
    /// The bytes of white space that it begins with.
    indentation: u32,
}

fn lines(source: &str) -> Vec<Line> {
    let mut start = 0;
    let lines = source.split_inclusive('\n').map(|line| {
        let blank = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        start += line.len();
        let [end, indentation] = [start - 1, blank].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        Line { end, indentation }
    });
    lines.collect()
}

/// Reads a module.
pub(super) fn parse<'s>(source: &'s str, tokens: &Tokens, dialect: Dialect) -> Output<'s> {
    let all = dialect == Dialect::V1;
    let mut parser = Parser {
        source,
        tokens,
        at: 0,
        name_at: None,
        dialect,
        keywords: Keywords { r#in: all, every: all, contains: all, r#if: all },
        errors: Vec::new(),
        late: Vec::new(),
        refused_lines: Vec::new(),
        closed: Vec::new(),
        above: None,
        rest_follows: false,
        was_rest: false,
        conditions: Vec::new(),
        opa_stopped: false,
        lines: OnceCell::new(),
        trying: 0,
        depth: 0,
        height: 0,
        readings: Vec::new(),
    };
    let (tree, dialect) = parser.module();
    Output { tree, dialect, errors: parser.errors, late: parser.late }
}

impl<'s> Parser<'s, '_> {
    /// The token that is looked at, as the keywords that hold make it.
    fn token(&self) -> Token {
        let mut token = self.raw(self.at);
        token.kind = if self.name_at == Some(self.at) { Kind::Name } else { self.kind_of(token) };
        token
    }

    fn kind(&self) -> Kind {
        self.token().kind
    }

    /// A token as the text has it. INVARIANT (the end): there is always one, the end of the text stands behind the last.
    fn raw(&self, at: usize) -> Token {
        self.tokens.tokens.get(at).copied().unwrap_or_else(|| self.end())
    }

    /// The end of the text.
    fn end(&self) -> Token {
        let end = u32::try_from(self.source.len()).unwrap_or(u32::MAX);
        Token { kind: Kind::End, gap: Gap::Newline, span: Span { start: end, end } }
    }

    fn kind_of(&self, token: Token) -> Kind {
        let is_keyword = match token.kind {
            Kind::In => self.keywords.r#in,
            Kind::Every => self.keywords.every,
            Kind::Contains => self.keywords.contains,
            Kind::If => self.keywords.r#if,
            _ => true,
        };
        if is_keyword { token.kind } else { Kind::Name }
    }

    fn is(&self, kind: Kind) -> bool {
        self.kind() == kind
    }

    /// The text of a token.
    fn text(&self, token: Token) -> &'s str {
        token.span.text(self.source)
    }

    fn step(&mut self) {
        if self.at + 1 < self.tokens.tokens.len() {
            self.at += 1;
        }
    }

    /// The place of the token before the one that is looked at.
    fn last(&self) -> Span {
        self.at.checked_sub(1).map_or(Span::default(), |at| self.raw(at).span)
    }

    /// From `start` to the end of what was read last.
    fn since(&self, start: Span) -> Span {
        start.to(self.last())
    }

    fn mark(&self) -> Mark {
        Mark { at: self.at, errors: self.errors.len() }
    }

    fn back(&mut self, mark: Mark) {
        self.at = mark.at;
        self.errors.truncate(mark.errors);
    }

    /// Tries a reading; where it is none, the text stands as if nothing had been read.
    fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Option<T> {
        let mark = self.mark();
        self.trying += 1;
        let found = read(self);
        self.trying -= 1;
        match found {
            Ok(found) => Some(found),
            Err(Stop) => {
                self.back(mark);
                None
            }
        }
    }

    /// Where OPA would report a mistake in another reading of the same text; nothing is read.
    fn place_in_other_reading<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Option<u32> {
        let mark = self.mark();
        self.trying += 1;
        let _ = read(self);
        self.trying -= 1;
        let place = self.errors.get(mark.errors).map(SyntaxError::opa_byte);
        self.back(mark);
        place
    }

    /// Whether the word at hand, of a keyword, begins a reference: `.` or `[` follows at once.
    fn begins_reference(&self) -> bool {
        let next = self.raw(self.at + 1);
        next.gap == Gap::None
            && matches!(next.kind, Kind::Dot | Kind::LeftBracket)
            && self.raw(self.at).kind.is_keyword()
    }

    fn error(&mut self, error: SyntaxError) -> Stop {
        let mut error = error;
        error.is_beyond_opa |= self.opa_stopped;
        // What another reading finds at the same place is the same mistake.
        error.is_opa_only |= self.trying == 0
            && self.errors.last().is_some_and(|last| last.span.start == error.span.start && !last.is_opa_only);
        self.errors.push(error);
        Stop
    }

    /// Says that the errors from one on follow from another one.
    fn follows(&mut self, errors: usize) {
        for error in self.errors.iter_mut().skip(errors) {
            error.is_opa_only = true;
        }
    }

    /// The token at hand does not belong here. `expected` says what does, in OPA's words; it may be empty.
    fn unexpected(&mut self, expected: &str) -> Stop {
        let token = self.token();
        if token.kind == Kind::Illegal {
            return self.illegal(token);
        }
        // What continues a template string begins with the brace that ends an expression.
        let name = if self.text(token).starts_with('}') { "}" } else { token.kind.opa_name() };
        let word = if token.kind.is_keyword() { "keyword" } else { "token" };
        let message = if expected.is_empty() {
            format!("unexpected {name} {word}")
        } else {
            format!("unexpected {name} {word}: {expected}")
        };
        let error = SyntaxError::new(token.span, message);
        let before = |count: usize| self.at.checked_sub(count).map_or(self.end(), |at| self.raw(at));
        let place = help::Place {
            found: token,
            expected,
            before: before(1),
            second_before: before(2),
            behind: self.raw(self.at + 1),
            source: self.source,
            dialect: self.dialect,
        };
        let error = match self.help_for_open_bracket(expected).or_else(|| help::unexpected(&place)) {
            Some(help) => error.with_help(help),
            None => error,
        };
        self.error(error)
    }

    /// What to close, where the token at hand shows that a bracket was meant to end before it. Only a part of the text is looked
    /// at, so that the time stays linear.
    fn help_for_open_bracket(&self, expected: &str) -> Option<Cow<'static, str>> {
        const TOKENS: usize = 1000;
        let token = self.token();
        let is_in_bracket = expected.starts_with("expected \",\" or")
            || matches!(
                expected,
                "expected [" | "non-terminated set" | "non-terminated object" | "non-terminated expression"
            );
        if self.trying > 0 || !is_in_bracket {
            return None;
        }
        let mut closed = 0;
        for at in (0..self.at).rev().take(TOKENS) {
            let open = self.raw(at);
            if open.kind.closes() {
                closed += 1;
            } else if open.kind.opens() && closed > 0 {
                closed -= 1;
            } else if open.kind.opens() {
                let ends = token.kind.closes()
                    || token.gap == Gap::Newline && self.indentation(token) <= self.indentation(open);
                return ends.then(|| self.help_to_close(open.span));
            }
        }
        None
    }

    fn lines(&self) -> &[Line] {
        self.lines.get_or_init(|| lines(self.source))
    }

    /// The line of a byte, from 1.
    fn line(&self, byte: u32) -> usize {
        self.lines().partition_point(|line| line.end < byte) + 1
    }

    /// Which bracket is open.
    fn help_to_close(&self, open: Span) -> Cow<'static, str> {
        let line = self.line(open.start);
        format!("the `{}` of line {line} is not closed", open.text(self.source)).into()
    }

    fn illegal(&mut self, token: Token) -> Stop {
        let reason = self.tokens.reason(token);
        // The mistake is in the line that lacks the quotation mark, however far the text of a string may go.
        let line = self.text(token).find('\n').filter(|_| !self.text(token).starts_with('`'));
        let end = line
            .and_then(|length| u32::try_from(length).ok())
            .map_or(token.span.end, |length| token.span.start + length);
        let span = Span { end, ..token.span };
        let error = SyntaxError::new(span, reason.unwrap_or("illegal token"));
        let before = self.at.checked_sub(1).map(|at| self.raw(at).kind);
        let follows_name = token.gap == Gap::None && before == Some(Kind::Name);
        let is_in_template = self.is_in_template();
        if reason == Some("expected fraction")
            && self.source.get(span.range().end..).is_some_and(|rest| rest.starts_with('.'))
        {
            return self.error(error.with_help(help::RANGE));
        }
        self.error(error.with_help(help::illegal(reason, self.text(token), follows_name, is_in_template)))
    }

    /// Whether the token at hand stands in an expression of a template string that begins in its line.
    fn is_in_template(&self) -> bool {
        const TOKENS: usize = 50;
        for at in (0..self.at).rev().take(TOKENS) {
            match self.raw(at).kind {
                Kind::TemplatePart | Kind::RawTemplatePart => return true,
                Kind::TemplateEnd | Kind::RawTemplateEnd => return false,
                _ if self.raw(at).gap == Gap::Newline => return false,
                _ => {}
            }
        }
        false
    }

    /// One level deeper, where that is allowed.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= limits::SOURCE_NESTING {
            let span = self.token().span;
            return Err(self.too_deep(span));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Checks a term that was put around others, of which the deepest has the height that is known.
    fn grown(&mut self, height: u64, span: Span) -> Read<()> {
        self.height = height;
        if self.depth + height > limits::SOURCE_NESTING { Err(self.too_deep(span)) } else { Ok(()) }
    }

    fn too_deep(&mut self, span: Span) -> Stop {
        let limit = limits::SOURCE_NESTING;
        let mut error = SyntaxError::new(
            span,
            format!("more than {limit} terms and bodies inside one another; the limit is `source_nesting`"),
        )
        .with_help("name the inner parts as rules of their own");
        error.limit = Some(("source_nesting", limit));
        self.error(error)
    }

    /// The bytes between the start of a token's line and its first token: how far the line is indented.
    fn indentation(&self, token: Token) -> u32 {
        self.indentation_of(token.span)
    }

    fn indentation_of(&self, span: Span) -> u32 {
        self.lines().get(self.line(span.start) - 1).map_or(0, |line| line.indentation)
    }
}
