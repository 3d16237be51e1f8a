//! Documents of definitions.

use super::parser::{Parser, Refused, Values};
use super::tokens::TokenKind;
use super::tree::{
    ArgumentDefinition, AroundComments, Comments, Definition, DirectiveDefinition, EnumValue, FieldDefinition,
    RootType, SchemaDefinition, SchemaDocument, Text,
};
use std::borrow::Cow;
use std::rc::Rc;

/// The places at which a directive may stand.
const LOCATIONS: [&str; 19] = [
    "QUERY",
    "MUTATION",
    "SUBSCRIPTION",
    "FIELD",
    "FRAGMENT_DEFINITION",
    "FRAGMENT_SPREAD",
    "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
    "SCHEMA",
    "SCALAR",
    "OBJECT",
    "FIELD_DEFINITION",
    "ARGUMENT_DEFINITION",
    "INTERFACE",
    "UNION",
    "ENUM",
    "ENUM_VALUE",
    "INPUT_OBJECT",
    "INPUT_FIELD_DEFINITION",
];

/// A description with the comments before it.
type Description<'s> = (Text<'s>, Comments<'s>);

/// Reads a document of definitions.
///
/// # Errors
/// It is none.
pub fn schema_document(source: &str, is_prelude: bool) -> Result<SchemaDocument<'_>, Refused> {
    let mut parser = Parser::new(source, is_prelude);
    let mut document = SchemaDocument::default();
    loop {
        let token = parser.peek();
        if let Some(refused) = parser.refused.take() {
            return Err(refused);
        }
        if token.kind == TokenKind::End {
            break;
        }
        let description = parser.description();
        let token = parser.peek();
        match (token.kind, token.text.as_ref()) {
            (TokenKind::Name, "schema") => document.schemas.push(parser.schema(description)),
            (TokenKind::Name, "directive") => document.directives.push(parser.directive_definition(description)),
            (TokenKind::Name, "extend") => {
                if !description.0.is_empty() {
                    parser.unexpected_previous();
                }
                parser.extension(&mut document);
            }
            (TokenKind::Name, word) if kind_of(word).is_some() => {
                let definition = parser.definition(description, is_prelude);
                document.definitions.push(definition);
            }
            _ => parser.unexpected_next(),
        }
    }
    // What stands behind everything.
    document.comment = parser.comment.clone();
    Ok(document)
}

/// The kind of what a word defines.
fn kind_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "scalar" => "SCALAR",
        "type" => "OBJECT",
        "interface" => "INTERFACE",
        "union" => "UNION",
        "enum" => "ENUM",
        "input" => "INPUT_OBJECT",
        _ => return None,
    })
}

impl<'s> Parser<'s> {
    fn description(&mut self) -> Description<'s> {
        if !matches!(self.kind(), TokenKind::String | TokenKind::Block) {
            return (Cow::Borrowed(""), None);
        }
        let comment = self.comment.clone();
        (self.next().text, comment)
    }

    /// A description inside of a definition, and the comments around it. Of an empty one nothing is kept.
    fn inner_description(&mut self) -> (Text<'s>, AroundComments<'s>) {
        let (text, comment) = self.description();
        self.peek();
        let before_description = if text.is_empty() { None } else { comment };
        (text, AroundComments { before_description, after_description: self.comment.clone() })
    }

    fn schema(&mut self, (description, comment): Description<'s>) -> SchemaDefinition<'s> {
        let after_description = self.expect_word("schema");
        let comments = AroundComments { before_description: comment, after_description };
        self.schema_body(description, comments)
    }

    fn schema_body(&mut self, description: Text<'s>, comments: AroundComments<'s>) -> SchemaDefinition<'s> {
        let at = self.place();
        let directives = self.directives(Values::Constant);
        let mut operations = Vec::new();
        let end_comment = self.list(TokenKind::OpenBrace, TokenKind::CloseBrace, true, |parser| {
            let at = parser.place();
            let comment = parser.comment.clone();
            let operation = parser.operation_type();
            parser.expect(TokenKind::Colon);
            operations.push(RootType { operation, name: parser.name(), at, comment });
        });
        SchemaDefinition { description, directives, operations, at, comments, end_comment }
    }

    fn definition(&mut self, (description, comment): Description<'s>, is_builtin: bool) -> Definition<'s> {
        let word = self.peek().text;
        let after_description = self.expect_word(&word);
        let comments = AroundComments { before_description: comment, after_description };
        let kind = kind_of(&word).unwrap_or_default();
        let definition = self.definition_body(kind, Values::Constant, kind == "INTERFACE");
        Definition { description, comments, is_builtin, ..definition }
    }

    /// What stands behind the word of a definition. `may_implement`: an interface may name others.
    fn definition_body(&mut self, kind: &'static str, values: Values, may_implement: bool) -> Definition<'s> {
        let at = self.place();
        let mut definition = Definition { kind: Cow::Borrowed(kind), name: self.name(), at, ..Definition::default() };
        if kind == "OBJECT" || may_implement {
            definition.interfaces = self.interfaces();
        }
        definition.directives = self.directives(values);
        match kind {
            "OBJECT" | "INTERFACE" | "INPUT_OBJECT" => {
                let is_input = kind == "INPUT_OBJECT";
                let fields = &mut definition.fields;
                definition.end_comment = self.list(TokenKind::OpenBrace, TokenKind::CloseBrace, true, |parser| {
                    fields.push(Rc::new(parser.field_definition(is_input)));
                });
            }
            "UNION" => definition.types = self.members(),
            "ENUM" => {
                let values = &mut definition.values;
                definition.end_comment = self.list(TokenKind::OpenBrace, TokenKind::CloseBrace, true, |parser| {
                    let (description, comments) = parser.inner_description();
                    let name = parser.name();
                    let directives = parser.directives(Values::Constant);
                    values.push(Rc::new(EnumValue { description, name, directives, comments }));
                });
            }
            _ => {}
        }
        definition
    }

    fn interfaces(&mut self) -> Vec<Text<'s>> {
        if self.peek().text != "implements" {
            return Vec::new();
        }
        self.next();
        self.names(TokenKind::Ampersand)
    }

    fn members(&mut self) -> Vec<Text<'s>> {
        if self.skip(TokenKind::Equals) { self.names(TokenKind::Pipe) } else { Vec::new() }
    }

    /// Names with a sign between them, which may stand before the first as well.
    fn names(&mut self, between: TokenKind) -> Vec<Text<'s>> {
        self.skip(between);
        let mut names = vec![self.name()];
        while self.skip(between) && self.refused.is_none() {
            names.push(self.name());
        }
        names
    }

    fn field_definition(&mut self, is_input: bool) -> FieldDefinition<'s> {
        let at = self.place();
        let (description, comments) = self.inner_description();
        let name = self.name();
        let arguments = if is_input { Vec::new() } else { self.argument_definitions() };
        self.expect(TokenKind::Colon);
        let of_type = Some(self.type_reference());
        let default = if is_input && self.skip(TokenKind::Equals) { self.value(Values::Constant) } else { None };
        let directives = self.directives(Values::Constant);
        FieldDefinition { description, name, arguments, default, of_type, directives, at, comments }
    }

    fn argument_definitions(&mut self) -> Vec<ArgumentDefinition<'s>> {
        let mut arguments = Vec::new();
        self.list(TokenKind::OpenParen, TokenKind::CloseParen, true, |parser| {
            let at = parser.place();
            let (description, comments) = parser.inner_description();
            let name = parser.name();
            parser.expect(TokenKind::Colon);
            let of_type = Some(parser.type_reference());
            let default = if parser.skip(TokenKind::Equals) { parser.value(Values::Constant) } else { None };
            let directives = parser.directives(Values::Constant);
            arguments.push(ArgumentDefinition { description, name, default, of_type, directives, at, comments });
        });
        arguments
    }

    fn extension(&mut self, document: &mut SchemaDocument<'s>) {
        let after_description = self.expect_word("extend");
        let comments = AroundComments { before_description: None, after_description };
        let word = self.peek().text;
        if word == "schema" {
            self.expect_word("schema");
            let extension = self.schema_body(Cow::Borrowed(""), comments);
            if extension.directives.is_empty() && extension.operations.is_empty() {
                self.unexpected_next();
            }
            document.schema_extensions.push(extension);
            return;
        }
        let Some(kind) = kind_of(&word) else {
            self.unexpected_next();
            return;
        };
        self.expect_word(&word);
        let values = if kind == "INPUT_OBJECT" { Values::Any } else { Values::Constant };
        let extension = Definition { comments, ..self.definition_body(kind, values, false) };
        let is_empty = extension.interfaces.is_empty()
            && extension.directives.is_empty()
            && extension.fields.is_empty()
            && extension.types.is_empty()
            && extension.values.is_empty();
        if is_empty {
            self.unexpected_next();
        }
        document.extensions.push(extension);
    }

    fn directive_definition(&mut self, (description, comment): Description<'s>) -> DirectiveDefinition<'s> {
        let after_description = self.expect_word("directive");
        self.expect(TokenKind::At);
        let comments = AroundComments { before_description: comment, after_description };
        let at = self.place();
        let name = self.name();
        let arguments = self.argument_definitions();
        let token = self.peek();
        let is_repeatable = token.kind == TokenKind::Name && token.text == "repeatable";
        if is_repeatable {
            self.skip(TokenKind::Name);
        }
        self.expect_word("on");
        self.skip(TokenKind::Pipe);
        let mut locations = vec![self.location()];
        while self.skip(TokenKind::Pipe) && self.refused.is_none() {
            locations.push(self.location());
        }
        DirectiveDefinition { description, name, arguments, locations, is_repeatable, at, comments }
    }

    fn location(&mut self) -> Text<'s> {
        let token = self.expect(TokenKind::Name);
        if !LOCATIONS.contains(&token.text.as_ref()) {
            self.unexpected(&token);
        }
        token.text
    }
}
