//! The top-level statements of a text, found without parsing, so that one broken rule does not hide the errors of the next.

use super::lexer::{Kind, Token};
use std::ops::Range;

/// What a top-level statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// `package …`
    Package,
    /// `import …`
    Import,
    /// A rule, or what would be one.
    Rule,
}

/// A top-level statement: its kind and the bytes from its first to its last token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// From its first to its last token.
    pub range: Range<usize>,
}

/// Splits a text where a line begins, at the margin of the `package` line, with a word that cannot continue a rule.
///
/// This is a guess from layout, used for texts that do not parse: a wrong guess can only make an error message
/// less exact, never hide it.
pub fn statements(source: &str, tokens: &[Token]) -> Vec<Statement> {
    let margin = tokens.iter().find(|token| token.text(source) == "package").map_or(0, |token| column(source, token));
    let mut statements: Vec<Statement> = Vec::new();
    let mut begins_line = true;
    for token in tokens {
        match token.kind {
            Kind::Newline => {
                begins_line = true;
                continue;
            }
            Kind::Comment => continue,
            _ => {}
        }
        let text = token.text(source);
        let begins_statement =
            begins_line && token.kind == Kind::Word && text != "else" && column(source, token) <= margin;
        match statements.last_mut() {
            Some(last) if !begins_statement => last.range.end = token.range.end,
            _ => statements.push(Statement {
                kind: match text {
                    "package" => StatementKind::Package,
                    "import" => StatementKind::Import,
                    _ => StatementKind::Rule,
                },
                range: token.range.clone(),
            }),
        }
        begins_line = false;
    }
    statements
}

fn column(source: &str, token: &Token) -> usize {
    let before = source.get(..token.range.start).unwrap_or("");
    before.rfind('\n').map_or(token.range.start, |newline| token.range.start - newline - 1)
}
