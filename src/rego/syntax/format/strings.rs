//! Strings: quotation, names, and templates.

use super::super::tree::{Literal, LiteralKind, Span, TemplatePart, Term, TermKind};
use super::Printer;
use super::bodies::Stand;
use super::comments::Printed;
use std::fmt::Write;

/// Whether a name can be written behind a dot.
pub(super) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A text in quotation marks.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    escape(text, &mut quoted);
    quoted.push('"');
    quoted
}

/// Writes what stands between quotation marks. Characters that cannot be seen are written as their numbers.
fn escape(text: &str, escaped: &mut String) {
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '\u{8}' => escaped.push_str("\\b"),
            '\u{c}' => escaped.push_str("\\f"),
            _ if is_visible(character) => escaped.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
}

/// Whether a character is one that is seen, or the space.
fn is_visible(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    // Behind another one, a character is escaped for debugging only where it cannot be seen.
    let mut bytes = [b'a'; 5];
    let (_, place) = bytes.split_at_mut(1);
    let length = character.encode_utf8(place).len() + 1;
    let both = bytes.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok());
    both.is_some_and(|both| both.escape_debug().count() == 2)
}

impl Printer<'_> {
    /// `$"… {x} …"`. A constant is written as a part of the text.
    pub(super) fn template(&mut self, term: &Term<'_>, parts: &[TemplatePart<'_>]) -> Printed {
        let is_raw = self.source.as_bytes().get(term.span.start as usize + 1) == Some(&b'`');
        let mark = if is_raw { "`" } else { "\"" };
        self.page.write("$");
        self.page.write(mark);
        // Where the piece of text ends that stands before an expression.
        let mut behind_last = term.span.start;
        for part in parts {
            match part {
                TemplatePart::Text(text, _) => self.template_text(text, is_raw),
                TemplatePart::Expression(literal) => {
                    let gap = Span { start: behind_last, end: literal.span.start };
                    match self.constant(literal, gap).filter(|text| !is_raw || !text.contains('`')) {
                        Some(text) => self.template_text(&text, is_raw),
                        None => self.template_expression(literal, gap)?,
                    }
                    behind_last = self.closing_brace(literal.span.end);
                }
            }
        }
        self.page.write(mark);
        self.comment_on(self.last_row(term.span))
    }

    fn template_text(&mut self, text: &str, is_raw: bool) {
        let mut written = String::with_capacity(text.len());
        if is_raw {
            written.push_str(text);
        } else {
            escape(text, &mut written);
        }
        self.page.write(&written.replace('{', "\\{"));
    }

    /// The text of an expression that is a constant and has no comment before it.
    fn constant(&self, literal: &Literal<'_>, gap: Span) -> Option<String> {
        let LiteralKind::Term(term) = &literal.kind else { return None };
        if !literal.with.is_empty() || self.has_comment_in(gap) {
            return None;
        }
        match &term.kind {
            TermKind::Null => Some("null".to_owned()),
            TermKind::Boolean(value) => Some(value.to_string()),
            TermKind::Number(digits) => Some(digits.to_string()),
            TermKind::String(text) => Some(text.to_string()),
            _ => None,
        }
    }

    /// Whether a comment in the span has not been printed, or waits for the end of the line.
    fn has_comment_in(&self, span: Span) -> bool {
        self.waits_in(span) || self.comments.first_in(span).is_some()
    }

    fn waits_in(&self, span: Span) -> bool {
        self.page.behind().is_some_and(|comment| span.start <= comment.start && comment.start < span.end)
    }

    /// An expression in its braces. The first comment before it stands behind the brace that opens.
    fn template_expression(&mut self, literal: &Literal<'_>, gap: Span) -> Printed {
        self.page.write("{");
        self.page.depth += 1;
        if !self.waits_in(gap)
            && let Some(comment) = self.comments.first_in(gap)
        {
            self.comments_to(comment.row)?;
        }
        if self.waits_in(gap) {
            self.page.end_line();
        }
        self.literal(literal, Stand::OnLine)?;
        let brace = self.closing_brace(literal.span.end);
        let row = self.row(brace);
        if self.comments.first_in(Span { start: literal.span.end, end: brace }).is_some() {
            self.page.end_line();
            self.comments_to(row)?;
            self.page.open_line();
        }
        self.page.write("}");
        self.page.depth -= 1;
        Ok(())
    }

    /// The byte of the brace that closes an expression of a template: the first behind it that is in no comment.
    fn closing_brace(&self, from: u32) -> u32 {
        let behind = self.source.as_bytes().get(from as usize..).unwrap_or_default();
        let mut is_comment = false;
        for (byte, at) in behind.iter().zip(from..) {
            match byte {
                b'\n' => is_comment = false,
                b'#' => is_comment = true,
                b'}' if !is_comment => return at,
                _ => {}
            }
        }
        from
    }
}
