//! Documents of operations.

use super::parser::{Parser, Refused, Values};
use super::tokens::TokenKind;
use super::tree::{Field, Fragment, Inline, Operation, QueryDocument, Selection, Spread, Text, Variable};
use std::borrow::Cow;

/// Reads a document of operations.
///
/// # Errors
/// It is none.
pub fn query_document(source: &str) -> Result<QueryDocument<'_>, Refused> {
    let mut parser = Parser::new(source, false);
    let mut document = QueryDocument::default();
    loop {
        let token = parser.peek();
        if let Some(refused) = parser.refused.take() {
            return Err(refused);
        }
        match (token.kind, token.text.as_ref()) {
            (TokenKind::End, _) => return Ok(document),
            (TokenKind::OpenBrace, _) | (TokenKind::Name, "query" | "mutation" | "subscription") => {
                document.operations.push(parser.operation());
            }
            (TokenKind::Name, "fragment") => document.fragments.push(parser.fragment()),
            _ => parser.unexpected_next(),
        }
    }
}

impl<'s> Parser<'s> {
    fn operation(&mut self) -> Operation<'s> {
        if self.kind() == TokenKind::OpenBrace {
            let at = self.place();
            let selections = self.needed_selections();
            return Operation {
                operation: Cow::Borrowed("query"),
                at,
                selections,
                comment: self.comment.clone(),
                ..Operation::default()
            };
        }
        let at = self.place();
        let comment = self.comment.clone();
        let operation = self.operation_type();
        let name = if self.kind() == TokenKind::Name { self.next().text } else { Cow::Borrowed("") };
        let variables = self.variables();
        let directives = self.directives(Values::Any);
        Operation { operation, name, variables, directives, selections: self.needed_selections(), at, comment }
    }

    pub(super) fn operation_type(&mut self) -> Text<'s> {
        let token = self.next();
        if matches!(token.text.as_ref(), "query" | "mutation" | "subscription") {
            return token.text;
        }
        self.unexpected(&token);
        Cow::Borrowed("")
    }

    fn variables(&mut self) -> Vec<Variable<'s>> {
        let mut variables = Vec::new();
        self.list(TokenKind::OpenParen, TokenKind::CloseParen, true, |parser| {
            let at = parser.place();
            let comment = parser.comment.clone();
            let name = parser.variable_name();
            parser.expect(TokenKind::Colon);
            let of_type = Some(parser.type_reference());
            let default = if parser.skip(TokenKind::Equals) { parser.value(Values::Constant) } else { None };
            let directives = parser.directives(Values::Any);
            variables.push(Variable { name, of_type, default, directives, at, comment, is_used: false });
        });
        variables
    }

    fn selections(&mut self) -> Vec<Selection<'s>> {
        let mut selections = Vec::new();
        self.list(TokenKind::OpenBrace, TokenKind::CloseBrace, true, |parser| {
            let selection = if parser.kind() == TokenKind::Spread {
                parser.spread()
            } else {
                Selection::Field(Box::new(parser.field()))
            };
            selections.push(selection);
        });
        selections
    }

    fn needed_selections(&mut self) -> Vec<Selection<'s>> {
        if self.kind() != TokenKind::OpenBrace {
            self.expect(TokenKind::OpenBrace);
            return Vec::new();
        }
        self.selections()
    }

    fn field(&mut self) -> Field<'s> {
        let at = self.place();
        let comment = self.comment.clone();
        let alias = self.name();
        let name = if self.skip(TokenKind::Colon) { self.name() } else { alias.clone() };
        let arguments = self.arguments(Values::Any);
        let directives = self.directives(Values::Any);
        let selections = if self.kind() == TokenKind::OpenBrace { self.selections() } else { Vec::new() };
        Field { id: self.id(), alias, name, arguments, directives, selections, at, comment }
    }

    fn spread(&mut self) -> Selection<'s> {
        self.peek();
        let comment = self.comment.clone();
        self.expect(TokenKind::Spread);
        let token = self.peek();
        let at = self.place();
        if token.kind == TokenKind::Name && token.text != "on" {
            let name = self.fragment_name();
            let directives = self.directives(Values::Any);
            return Selection::Spread(Box::new(Spread { id: self.id(), name, directives, at, comment }));
        }
        let on = if token.text == "on" {
            self.next();
            self.name()
        } else {
            Cow::Borrowed("")
        };
        let directives = self.directives(Values::Any);
        let selections = self.needed_selections();
        Selection::Inline(Box::new(Inline { on, directives, selections, at, comment }))
    }

    fn fragment(&mut self) -> Fragment<'s> {
        let at = self.place();
        let comment = self.comment.clone();
        self.expect_word("fragment");
        let name = self.fragment_name();
        let variables = self.variables();
        self.expect_word("on");
        let on = self.name();
        let directives = self.directives(Values::Any);
        Fragment { name, variables, on, directives, selections: self.needed_selections(), at, comment }
    }

    fn fragment_name(&mut self) -> Text<'s> {
        if self.peek().text == "on" {
            self.unexpected_next();
            return Cow::Borrowed("");
        }
        self.name()
    }
}
