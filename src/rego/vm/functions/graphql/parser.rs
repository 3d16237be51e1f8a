//! The parser that queries and schemas share: tokens, comments, values, types and directives.
//!
//! It stops at the first mistake. After one, every token is the one that was read last, so that whatever goes on ends.

use super::lexer::Lexer;
use super::tokens::{Mistake, Token, TokenKind};
use super::tree::{Argument, Child, Comments, Directive, Kind, NodeId, Place, Text, Type, Value};
use crate::limits;
use crate::rego::value::quotes::quoted;
use std::borrow::Cow;
use std::rc::Rc;

/// Why a text is no document.
#[derive(Debug)]
pub enum Refused {
    /// It is none.
    Mistake(Mistake),
    /// Its parts lie deeper inside one another than they may.
    TooDeep,
}

/// Whether values may be variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    Any,
    Constant,
}

/// A text that is parsed.
pub struct Parser<'s> {
    lexer: Lexer<'s>,
    pub(super) refused: Option<Refused>,
    peeked: Option<(Token<'s>, Option<Mistake>)>,
    previous: Token<'s>,
    /// The comments right before the token that was looked at.
    pub(super) comment: Comments<'s>,
    ids: NodeId,
    levels: u64,
}

impl<'s> Parser<'s> {
    pub fn new(source: &'s str, is_prelude: bool) -> Self {
        let previous = Token { kind: TokenKind::Invalid, text: Cow::Borrowed(""), at: Place::default() };
        let lexer = Lexer::new(source, is_prelude);
        Self { lexer, refused: None, peeked: None, previous, comment: None, ids: 0, levels: 0 }
    }

    /// A number that no other node has.
    pub(super) const fn id(&mut self) -> NodeId {
        self.ids += 1;
        self.ids
    }

    /// The next token. Comments before it are put aside.
    pub(super) fn peek(&mut self) -> Token<'s> {
        if self.refused.is_some() {
            return self.previous.clone();
        }
        if self.peeked.is_none() {
            let mut comments = Vec::new();
            let read = loop {
                let (token, mistake) = self.lexer.next();
                if token.kind != TokenKind::Comment {
                    break (token, mistake);
                }
                comments.push(token.text);
            };
            if !comments.is_empty() {
                self.comment = Some(Rc::new(comments));
            }
            self.peeked = Some(read);
        }
        self.peeked.as_ref().map_or_else(|| self.previous.clone(), |(token, _)| token.clone())
    }

    /// What the next token is.
    pub(super) fn kind(&mut self) -> TokenKind {
        self.peek().kind
    }

    /// Where the next token stands; nowhere after a mistake.
    pub(super) fn place(&mut self) -> Option<Place> {
        let at = self.peek().at;
        self.refused.is_none().then_some(at)
    }

    /// Goes on behind the next token.
    pub(super) fn next(&mut self) -> Token<'s> {
        if self.refused.is_some() {
            return self.previous.clone();
        }
        self.peek();
        if let Some((token, mistake)) = self.peeked.take() {
            self.previous = token;
            self.refused = mistake.map(Refused::Mistake);
        }
        self.comment = None;
        self.previous.clone()
    }

    fn refuse(&mut self, at: &Token<'s>, message: String) {
        if self.refused.is_none() {
            self.refused = Some(Refused::Mistake(Mistake { at: at.at, message }));
        }
    }

    /// The token does not fit.
    pub(super) fn unexpected(&mut self, token: &Token<'s>) {
        self.refuse(token, format!("Unexpected {}", described(token)));
    }

    /// The next token does not fit.
    pub(super) fn unexpected_next(&mut self) {
        let token = self.peek();
        self.unexpected(&token);
    }

    /// The last token does not fit.
    pub(super) fn unexpected_previous(&mut self) {
        let token = self.previous.clone();
        self.unexpected(&token);
    }

    /// A word, with the comments before it.
    pub(super) fn expect_word(&mut self, word: &str) -> Comments<'s> {
        let token = self.peek();
        let comment = self.comment.clone();
        if token.kind == TokenKind::Name && token.text == word {
            self.next();
        } else {
            self.refuse(&token, format!("Expected {}, found {}", quoted(word, false), described(&token)));
        }
        comment
    }

    /// A token of a kind. After a mistake it is the one that does not fit.
    pub(super) fn expect(&mut self, kind: TokenKind) -> Token<'s> {
        let token = self.peek();
        if token.kind == kind {
            return self.next();
        }
        self.refuse(&token, format!("Expected {}, found {}", kind.words(), token.kind.words()));
        token
    }

    /// Goes on behind the next token where it is of a kind.
    pub(super) fn skip(&mut self, kind: TokenKind) -> bool {
        if self.refused.is_some() || self.kind() != kind {
            return false;
        }
        self.next();
        true
    }

    /// What stands in brackets, where there are any. `needs_one`: something has to.
    pub(super) fn list(
        &mut self,
        open: TokenKind,
        close: TokenKind,
        needs_one: bool,
        mut item: impl FnMut(&mut Self),
    ) -> Comments<'s> {
        if !self.skip(open) {
            return None;
        }
        // INVARIANT (depth): whatever lies inside of something goes through here or through `type_reference`.
        self.levels += 1;
        if self.levels > limits::GRAPHQL_NESTING {
            self.refused.get_or_insert(Refused::TooDeep);
        }
        let mut has_any = false;
        while self.kind() != close && self.refused.is_none() {
            has_any = true;
            item(self);
        }
        self.levels -= 1;
        if needs_one && !has_any {
            let token = self.peek();
            self.refuse(&token, format!("expected at least one definition, found {}", token.kind.words()));
            return None;
        }
        let comment = self.comment.clone();
        self.next();
        comment
    }

    pub(super) fn name(&mut self) -> Text<'s> {
        self.expect(TokenKind::Name).text
    }

    pub(super) fn variable_name(&mut self) -> Text<'s> {
        self.expect(TokenKind::Dollar);
        self.name()
    }

    pub(super) fn value(&mut self, values: Values) -> Option<Value<'s>> {
        let token = self.peek();
        let kind = match token.kind {
            TokenKind::OpenBracket => Kind::List,
            TokenKind::OpenBrace => Kind::Object,
            TokenKind::Dollar if values == Values::Any => Kind::Variable,
            TokenKind::Integer => Kind::Integer,
            TokenKind::Float => Kind::Float,
            TokenKind::String => Kind::String,
            TokenKind::Block => Kind::Block,
            TokenKind::Name => match token.text.as_ref() {
                "true" | "false" => Kind::Boolean,
                "null" => Kind::Null,
                _ => Kind::Enum,
            },
            _ => {
                self.unexpected(&token);
                return None;
            }
        };
        let at = self.place();
        let id = self.id();
        let mut value = Value { id, kind, at, ..Value::default() };
        match kind {
            Kind::List => {
                value.comment = self.comment.clone();
                let mut children = Vec::new();
                self.list(TokenKind::OpenBracket, TokenKind::CloseBracket, false, |parser| {
                    children.push(Child { value: parser.value(values), ..Child::default() });
                });
                value.children = children;
            }
            Kind::Object => {
                value.comment = self.comment.clone();
                let mut children = Vec::new();
                self.list(TokenKind::OpenBrace, TokenKind::CloseBrace, false, |parser| {
                    children.push(parser.object_field(values));
                });
                value.children = children;
            }
            Kind::Variable => {
                value.raw = self.variable_name();
                value.comment = self.comment.clone();
            }
            _ => {
                // The comments before it are forgotten.
                self.next();
                value.raw = token.text;
            }
        }
        Some(value)
    }

    fn object_field(&mut self, values: Values) -> Child<'s> {
        let at = self.place();
        let comment = self.comment.clone();
        let name = self.name();
        self.expect(TokenKind::Colon);
        Child { name, value: self.value(values), at, comment }
    }

    pub(super) fn directives(&mut self, values: Values) -> Vec<Directive<'s>> {
        let mut directives = Vec::new();
        while self.kind() == TokenKind::At && self.refused.is_none() {
            self.expect(TokenKind::At);
            let at = self.place();
            let name = self.name();
            let arguments = Rc::new(self.arguments(values));
            directives.push(Directive { name, arguments, at, location: Cow::Borrowed("") });
        }
        directives
    }

    pub(super) fn arguments(&mut self, values: Values) -> Vec<Argument<'s>> {
        let mut arguments = Vec::new();
        self.list(TokenKind::OpenParen, TokenKind::CloseParen, true, |parser| {
            let at = parser.place();
            let comment = parser.comment.clone();
            let name = parser.name();
            parser.expect(TokenKind::Colon);
            arguments.push(Argument { name, value: parser.value(values), at, comment });
        });
        arguments
    }

    pub(super) fn type_reference(&mut self) -> Type<'s> {
        let mut of_type = Type::default();
        if self.skip(TokenKind::OpenBracket) {
            self.levels += 1;
            if self.levels > limits::GRAPHQL_NESTING {
                self.refused.get_or_insert(Refused::TooDeep);
            }
            of_type.at = self.place();
            of_type.item = Some(Box::new(if self.refused.is_none() { self.type_reference() } else { Type::default() }));
            self.levels -= 1;
            self.expect(TokenKind::CloseBracket);
        } else {
            of_type.at = self.place();
            of_type.name = self.name();
        }
        of_type.is_required = self.skip(TokenKind::Bang);
        of_type
    }
}

fn described(token: &Token<'_>) -> String {
    if token.text.is_empty() {
        return token.kind.words().to_owned();
    }
    format!("{} {}", token.kind.words(), quoted(&token.text, false))
}
