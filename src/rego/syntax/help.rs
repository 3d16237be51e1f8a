//! How to mend a mistake in the grammar, where that can be said.

use super::tokens::Kind;
use crate::rego::source::Dialect;
use std::borrow::Cow;

/// Help for a token that does not belong where it stands.
pub(super) fn unexpected(found: Kind, expected: &str, text: &str, dialect: Dialect) -> Option<Cow<'static, str>> {
    let help = match (found, expected) {
        (Kind::End, _) => "the text ends inside a statement: close what was opened",
        (Kind::RightBrace | Kind::RightBracket | Kind::RightParen, "") => {
            return Some(
                format!("there is no bracket that this `{text}` closes, or something is missing before it").into(),
            );
        }
        (Kind::Unify, _) if expected.contains("non-terminated set") => {
            "a body needs `if` before its brace in v1; a set has no statements"
        }
        (Kind::If, _) if dialect == Dialect::V0 => "`if` is a keyword here: import it once, and write it before a body",
        (Kind::If, _) => "`if` stands once, between the head of a rule and its body",
        (Kind::Comma, _) if expected.contains("or ;") => "separate statements by a line end or `;`, not by a comma",
        (Kind::Name | Kind::String | Kind::Number, _) if expected.contains("or ;") => {
            "put each statement on a line of its own, or `;` between them"
        }
        (Kind::Assign, _) if expected.contains("or ;") => {
            "what stands before `:=` must be a name or a pattern of names"
        }
        (_, "expected [") => "close the bracket with `]`",
        (_, "non-terminated set") | (_, "non-terminated object") => {
            "close it with `}`, or put a comma between its parts"
        }
        (_, r#"expected "," or ")""#) => "close the call with `)`, or put a comma between its arguments",
        (_, r#"expected "," or "]""#) => "close the array with `]`, or put a comma between its elements",
        (_, r#"expected "," or "}""#) => "close it with `}`, or put a comma between its parts",
        (Kind::LeftParen, _) if expected.contains("or ;") => "a call has no gap before its bracket: `f(x)`",
        (_, "expected number") => "a sign stands before a number only: write `0 - x`",
        (Kind::Some, "") => "`some` begins a statement: put it on a line of its own",
        (Kind::Plus | Kind::Times | Kind::Divide | Kind::Equal | Kind::NotEqual, "") => {
            "an operator stands between two terms"
        }
        (_, "missing body") => "write the body in braces: `every x in xs { … }`",
        _ => return None,
    };
    Some(Cow::Borrowed(help))
}

/// Help for text that is no token.
pub(super) fn illegal(reason: Option<&str>, text: &str) -> Option<Cow<'static, str>> {
    let help = match reason? {
        "non-terminated string" if text.starts_with('"') => {
            "close the string with `\"` in its line, or use back quotes for a text of several lines"
        }
        "non-terminated string" => "close the string",
        "illegal escape sequence" => {
            "write a back slash as `\\\\`, or use back quotes, in which it means itself, as in regular expressions"
        }
        "illegal ! character" => "negation is the word `not`; `!=` compares",
        "illegal $ character" => "a template string is written `$\"… {x} …\"`",
        "illegal number format" => "a name does not begin with a digit",
        "expected fraction" => "write digits behind the point",
        "expected exponent" => "write digits behind the `e`",
        "illegal null character" => "remove it: no Rego text has one",
        _ => return None,
    };
    Some(Cow::Borrowed(help))
}
