//! What the YAML crate refuses: where it is, where OPA's reader notes it, and words that help who writes metadata.
//!
//! OPA's reader finds most of it at the same token. Its line is that of what it was reading, if that is not the first
//! of the text, else that of the token.

use super::{Lines, Mistake, Reader, lines_in};
use granit_parser::{ErrorKind, ScanError};
use std::borrow::Cow;

impl Reader<'_> {
    pub(super) fn refused(&self, error: &ScanError) -> Mistake {
        let marker = error.marker();
        let at = marker.byte_offset().unwrap_or(self.text.len());
        let line = u32::try_from(marker.line()).unwrap_or(u32::MAX).saturating_sub(1);
        if let Some(tab) = self.gap.tab_before(at) {
            return self.tab(tab, None);
        }
        if matches!(error.kind(), ErrorKind::TabInPlainScalar | ErrorKind::TabAtBlockScalarStart)
            && let Some(tab) = self.gap.tab_behind(at)
        {
            return self.tab(tab, Some(line));
        }
        let quoted = self.text.get(at..).unwrap_or_default();
        if *error.kind() == ErrorKind::UnknownQuotedScalarEscape
            && let Some(escape) = unknown_escape(quoted)
        {
            return self.escape(at + escape, line);
        }
        let around = self.open.last().map_or(0, |open| open.line);
        let lines = match error.kind() {
            ErrorKind::ExpectedBlockMappingKey if self.has_sign_on_next_line(at) => Lines::scanned(line + 1, line + 1),
            ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator => Lines::parsed(around, line),
            // OPA's reader comes to them after the tokens of the line.
            ErrorKind::InvalidTrailingSingleQuotedScalar
            | ErrorKind::InvalidTrailingDoubleQuotedScalar
            | ErrorKind::MisplacedFlowCollectionEnd
                if !self.has_sign_behind(at) =>
            {
                if self.waits_for_key() {
                    Lines::parsed(around, line)
                } else {
                    Lines::parsed(line, line)
                }
            }
            ErrorKind::ExpectedNodeContent
            | ErrorKind::UnexpectedEofBlockMapping
            | ErrorKind::UnexpectedEofBlockSequence => Lines::parsed(line, line),
            // It could be a key, of which the `:` is missed on its line.
            ErrorKind::UnclosedFlowCollection { .. } if self.waits_for_key() && self.begins_line(at) => {
                Lines::scanned(line, line)
            }
            // What is missed at the end.
            ErrorKind::UnclosedFlowCollection { .. } => Lines::parsed(line, self.end_line()),
            ErrorKind::UnclosedQuotedScalar => Lines::scanned(line, lines_in(self.text)),
            _ => Lines::scanned(line, line),
        };
        let length = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let place = at..at + length;
        if *error.kind() == ErrorKind::RecursionLimitExceeded {
            return Mistake::too_deep(place, lines);
        }
        let (message, help) = in_words(error);
        let is_unclosed = matches!(error.kind(), ErrorKind::UnclosedFlowCollection { .. });
        let problem = match self.text.trim_end().ends_with([',', ':', '[', '{']) {
            true if is_unclosed => NO_CONTENT.into(),
            _ => problem(error),
        };
        let mistake = Mistake::new(place, lines, message).with_problem(problem);
        if help.is_empty() { mistake } else { mistake.with_help(help) }
    }

    /// The line behind the last: where OPA's reader finds the end of the text.
    fn end_line(&self) -> u32 {
        lines_in(self.text) + u32::from(!self.text.is_empty() && !self.text.ends_with('\n'))
    }

    /// Whether a byte is the first of its line but for spaces.
    fn begins_line(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        line.bytes().all(|byte| byte == b' ')
    }

    /// Whether a byte stands in an entry of a list whose text goes on in the next line up to a `:`. OPA's reader looks
    /// that far ahead, and stops there.
    fn has_sign_on_next_line(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let is_entry = before.rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with('-'));
        let mut lines = self.text.get(at..).unwrap_or_default().lines();
        let has_sign = |line: &str| line.contains(": ") || line.ends_with(':');
        let is_text = lines.next().is_some_and(|line| !has_sign(line) && !line.starts_with(['\'', '"', '[', '{']));
        is_entry && is_text && lines.next().is_some_and(|line| line.starts_with(' ') && has_sign(line))
    }

    /// Whether a `:` or `-` between values stands behind a byte, on its line.
    fn has_sign_behind(&self, at: usize) -> bool {
        let line = self.text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let rest = line.trim_start_matches(['}', ']']);
        rest.contains(": ") || rest.ends_with(':') || rest.starts_with("- ")
    }

    /// An escape in a text in double quotes that begins on a line.
    pub(super) fn escape(&self, at: usize, begun: u32) -> Mistake {
        let line = lines_in(self.text.get(..at).unwrap_or_default());
        let length = self.text.get(at..).map_or(0, |rest| rest.chars().take(2).map(char::len_utf8).sum());
        let place = at..at + length;
        Mistake::new(place, Lines::scanned(begun, line), "there is no such escape in double quotes")
            .with_help("write `\\\\` for a backslash, or use single quotes, in which it means itself")
            .with_problem("found unknown escape character")
    }

    /// A tab that may not stand at a byte. A text that begins on the line `begun` would go on there.
    pub(super) fn tab(&self, at: usize, begun: Option<u32>) -> Mistake {
        let line = lines_in(self.text.get(..at).unwrap_or_default());
        let before = if self.gap.may_go_on_at(at) { self.gap.line() } else { line };
        let lines = Lines::scanned(begun.unwrap_or(before), line);
        Mistake::new(at..at + 1, lines, "a tab may not indent a line of YAML")
            .with_help("use spaces")
            .with_problem("found character that cannot start any token")
    }
}

/// The first escape of a text in double quotes for half of a character. OPA's reader takes no pair of them either.
pub(super) fn half_escape(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, character)| {
        let digits = text.get(at + 1..).filter(|_| is_escaped && character == 'u').and_then(|rest| rest.get(..4));
        is_escaped = !is_escaped && character == '\\';
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        code.filter(|code| (0xd800..0xe000).contains(code)).map(|_| at.saturating_sub(1))
    })
}

/// The first escape of a text in double quotes that means nothing to OPA's reader.
pub(super) fn unknown_escape(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, character)| {
        let is_unknown = is_escaped && !"0abt\tnvfre \"'\\N_LPxuU\n\r".contains(character);
        is_escaped = !is_escaped && character == '\\';
        is_unknown.then(|| at.saturating_sub(1))
    })
}

/// What OPA's readers say where a value is missing.
pub(super) const NO_CONTENT: &str = "did not find expected node content";

/// What is wrong, in the words of OPA's readers.
fn problem(error: &ScanError) -> Cow<'static, str> {
    let problem = match error.kind() {
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => "did not find expected key",
        ErrorKind::ExpectedBlockSequenceEntry => "did not find expected '-' indicator",
        ErrorKind::MappingValueNotAllowed => "mapping values are not allowed in this context",
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "could not find expected ':'",
        ErrorKind::BlockSequenceEntryNotAllowed => "block sequence entries are not allowed in this context",
        ErrorKind::UnclosedQuotedScalar => "found unexpected end of stream",
        ErrorKind::DocumentIndicatorInQuotedScalar => "found unexpected document indicator",
        ErrorKind::UnclosedFlowCollection { open: '{' }
        | ErrorKind::MismatchedFlowCollectionEnd { open: '{', .. }
        | ErrorKind::ExpectedFlowMappingSeparator => "did not find expected ',' or '}'",
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::ExpectedFlowSequenceSeparator => "did not find expected ',' or ']'",
        ErrorKind::MissingAnchorOrAliasName => "did not find expected alphabetic or numeric character",
        ErrorKind::UndeclaredTagHandle => "found undefined tag handle",
        ErrorKind::UnexpectedCharacter { .. } => "found character that cannot start any token",
        ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::ExpectedNodeContent => NO_CONTENT,
        ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => "found invalid Unicode character escape code",
        _ => return error.info().to_owned().into(),
    };
    problem.into()
}

/// What is wrong, and how to mend it; the help may be empty.
fn in_words(error: &ScanError) -> (Cow<'static, str>, &'static str) {
    let (message, help) = match error.kind() {
        ErrorKind::ExpectedBlockMappingKey => (
            "this line is no `key: value` of the object around it",
            "indent it as the keys before it, or further than the key that it belongs to",
        ),
        ErrorKind::ExpectedBlockSequenceEntry => (
            "a list goes on here without `- `",
            "begin the entry with `- `, or indent the line as the keys before the list",
        ),
        ErrorKind::InvalidIndentation => {
            ("this line is indented less than what it belongs to", "indent it as the lines around it")
        }
        ErrorKind::MappingValueNotAllowed => (
            "a `:` may not stand here",
            "look at how far the line is indented, and put a text that holds `: ` in quotes",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            "a `:` must follow this key",
            "write `key: value`, or indent the line further than the key whose text it goes on with",
        ),
        ErrorKind::BlockSequenceEntryNotAllowed => (
            "a list may not begin here",
            "begin it on a line of its own, and put a text that begins with `- ` in quotes",
        ),
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => ("a tab may not indent a line of YAML", "use spaces"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => (
            "this text is never closed by its quotation mark",
            "close it, or put a text that holds quotation marks into others",
        ),
        ErrorKind::UnclosedFlowCollection { open: '{' } => {
            ("this `{` is never closed", "close it, or put the text in quotes")
        }
        ErrorKind::UnclosedFlowCollection { .. } => ("this `[` is never closed", "close it, or put the text in quotes"),
        ErrorKind::MisplacedFlowCollectionEnd => ("nothing was opened that this closes", "put the text in quotes"),
        ErrorKind::MismatchedFlowCollectionEnd { open: '{', .. } => {
            ("this `{` is closed by a `]`", "close it with `}`")
        }
        ErrorKind::MismatchedFlowCollectionEnd { .. } => ("this `[` is closed by a `}`", "close it with `]`"),
        ErrorKind::ExpectedFlowMappingSeparator => {
            ("a `,` or a `}` must stand here", "put the text before it in quotes")
        }
        ErrorKind::ExpectedFlowSequenceSeparator => {
            ("a `,` or a `]` must stand here", "put the text before it in quotes")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "something stands behind the closing quotation mark of a text",
            "put the whole text in quotes, or leave them out",
        ),
        ErrorKind::BlockEntryInFlowCollection | ErrorKind::PlainScalarStartsWithDashFlowIndicator => {
            ("a `-` may not stand here, between brackets", "close the bracket, or put the text in quotes")
        }
        ErrorKind::InvalidColonPlacement | ErrorKind::FlowMappingValueAdjacentCollection => {
            ("a `:` may not stand here, between brackets", "close the bracket, or put the text in quotes")
        }
        ErrorKind::CommentNotSeparated => ("a `#` may not stand here", "write a space before a comment"),
        ErrorKind::ExpectedNodeContent
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnexpectedEofBlockSequence
        | ErrorKind::UnexpectedEofBlockMapping => {
            ("a value is missing here", "write a value, or put the text in quotes")
        }
        ErrorKind::UnexpectedCharacter { .. } => ("no text begins with this character", "put the text in quotes"),
        ErrorKind::MissingAnchorOrAliasName => {
            ("`&` and `*` begin the name of an anchor or alias, which is missing", "put the text in quotes")
        }
        _ => return (format!("this is no YAML: {}", error.info()).into(), ""),
    };
    (message.into(), help)
}
