//! Numbers, strings and template strings.

use super::super::error::SyntaxError;
use super::super::strings::{self, Unreadable};
use super::super::tokens::{Kind, Token};
use super::super::tree::{Literal, LiteralKind, Span, TemplatePart, Term, TermKind};
use super::{Parser, Read, Stop};
use crate::rego::syntax::numbers;
use std::borrow::Cow;

impl<'s> Parser<'s, '_> {
    /// A number with its sign; the tokens of it are left behind.
    pub(super) fn number(&mut self) -> Read<Term<'s>> {
        let start = self.token().span;
        let mut prefix = String::new();
        if self.is(Kind::Minus) {
            prefix.push('-');
            self.step();
            if !matches!(self.kind(), Kind::Number | Kind::Dot) {
                return Err(self.unexpected("expected number"));
            }
        }
        let mut begins_with_point = false;
        if self.is(Kind::Dot) {
            prefix.push('.');
            begins_with_point = true;
            self.step();
            if !self.is(Kind::Number) {
                return Err(self.unexpected("expected number"));
            }
        }
        let token = self.token();
        let digits = self.text(token);
        if !begins_with_point && has_leading_zero(digits) {
            return Err(self.unexpected("expected number without leading zero"));
        }
        if let Some(bound) = numbers::of_number(digits) {
            let (limit, value) = bound.limit();
            let message = format!("{}; the limit is `{limit}`", bound.words());
            let mut error = SyntaxError::new(start.to(token.span), message);
            error.limit = Some((limit, value));
            return Err(self.error(error));
        }
        self.step();
        let written: Cow<'s, str> =
            if prefix.is_empty() { Cow::Borrowed(digits) } else { Cow::Owned(format!("{prefix}{digits}")) };
        Ok(self.leaf(start.to(token.span), TermKind::Number(written)))
    }

    pub(super) fn string(&mut self) -> Read<Term<'s>> {
        let token = self.token();
        let text = self.text(token);
        let content = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
        let characters = match token.kind {
            Kind::RawString => Cow::Borrowed(content),
            _ => strings::unescaped(content).map_err(|reason| self.unreadable(token, 1, "string literal", reason))?,
        };
        self.step();
        Ok(self.leaf(token.span, TermKind::String(characters)))
    }

    fn unreadable(&mut self, token: Token, content_at: u32, what: &str, reason: Unreadable) -> Stop {
        let text = self.text(token);
        let error = match reason {
            Unreadable::Illegal => SyntaxError::new(token.span, format!("illegal {what}: {text}"))
                .with_help("an escape is one of `\\\\ \\\" \\/ \\b \\f \\n \\r \\t` and `\\u` with four digits"),
            Unreadable::LoneSurrogate(at) => {
                let start = token.span.start + content_at + u32::try_from(at).unwrap_or(0);
                let span = Span { start, end: start + 6 };
                let escape = span.text(self.source);
                let message = format!("`{escape}` is a lone surrogate: one half of a character, without the other");
                SyntaxError::new(span, message)
                    .with_help("write both halves, as in `\\ud83d\\ude00`, or the character itself")
            }
        };
        self.error(error)
    }

    /// `$"… {x} …"`, from its first piece.
    pub(super) fn template(&mut self) -> Read<Term<'s>> {
        let start = self.token().span;
        let mut parts = Vec::new();
        let mut height = 0;
        loop {
            let token = self.token();
            let text = self.text(token);
            // The first piece begins with `$` and its quotation mark, each further one with `}`.
            let opening = if text.starts_with('$') { 2 } else { 1 };
            let content = text.get(opening..text.len().saturating_sub(1)).unwrap_or("");
            let characters = match token.kind {
                Kind::RawTemplatePart | Kind::RawTemplateEnd => strings::raw_template(content),
                _ => strings::unescaped(content).map_err(|reason| {
                    self.unreadable(token, u32::try_from(opening).unwrap_or(1), "template-string part", reason)
                })?,
            };
            if !characters.is_empty() {
                parts.push(TemplatePart::Text(characters, token.span));
            }
            self.step();
            if matches!(token.kind, Kind::TemplateEnd | Kind::RawTemplateEnd) {
                break;
            }
            let expression = self.deeper(|parser| parser.literal())?;
            height = height.max(self.height);
            self.check_template_expression(&expression)?;
            parts.push(TemplatePart::Expression(expression));
            let ends = [Kind::TemplatePart, Kind::TemplateEnd, Kind::RawTemplatePart, Kind::RawTemplateEnd];
            let token = self.token();
            if !ends.contains(&token.kind) || self.text(token).starts_with('$') {
                if token.kind == Kind::Illegal {
                    return Err(self.illegal(token));
                }
                return Err(self.error(
                    SyntaxError::new(token.span, "expected } to end template string expression").with_help(
                        "one expression stands in the braces; write `\\{` for a brace that is only a character",
                    ),
                ));
            }
        }
        self.height = height + 1;
        Ok(Term { span: self.since(start), parens: None, kind: TermKind::Template(parts) })
    }

    fn check_template_expression(&mut self, literal: &Literal<'s>) -> Read<()> {
        let message = if literal.is_negated {
            "unexpected negation ('not') in template-string expression"
        } else {
            match &literal.kind {
                LiteralKind::Unify(_) => "unexpected unification ('=') in template-string expression",
                LiteralKind::Assign(_) => "unexpected assignment (':=') in template-string expression",
                LiteralKind::Every(..) => "unexpected 'every' in template-string expression",
                LiteralKind::Some(_) | LiteralKind::SomeIn(_) => "unexpected 'some' in template-string expression",
                LiteralKind::Term(_) | LiteralKind::Broken => return Ok(()),
            }
        };
        let error = SyntaxError::new(literal.span, message)
            .with_help("a value stands in the braces: do the rest in a statement before it");
        Err(self.error(error))
    }

    /// A term without parts.
    pub(super) fn leaf(&mut self, span: Span, kind: TermKind<'s>) -> Term<'s> {
        self.height = 1;
        Term { span, parens: None, kind }
    }
}

fn has_leading_zero(digits: &str) -> bool {
    let mut bytes = digits.bytes();
    bytes.next() == Some(b'0')
        && match bytes.next() {
            None | Some(b'.') => false,
            Some(b'e' | b'E') => bytes.next().is_none(),
            Some(_) => true,
        }
}
