//! Bounds on what single builtins may be asked for: the engine does their whole work before it looks at the meter again.

use crate::limits;
use crate::rego::syntax::lexer::{self, Kind};

/// Whether a text calls `sprintf` with a format that only evaluation knows, or with one that is too wide. Texts that do not
/// need no check while they run.
pub fn needs_format_check(source: &str) -> bool {
    let tokens: Vec<lexer::Token> = lexer::tokens(source)
        .into_iter()
        .filter(|token| !matches!(token.kind, Kind::Comment | Kind::Newline))
        .collect();
    tokens.iter().enumerate().any(|(at, token)| {
        if token.kind != Kind::Word || token.text(source) != "sprintf" {
            return false;
        }
        let opens = tokens.get(at + 1).is_some_and(|next| next.text(source) == "(");
        let format =
            tokens.get(at + 2).filter(|next| matches!(next.kind, Kind::String { .. } | Kind::RawString { .. }));
        // An escape could write any character, `%` among them.
        !opens || format.is_none_or(|format| format.text(source).contains("\\u") || is_too_wide(format.text(source)))
    })
}

/// Whether a format asks for more than [`limits::FORMAT_WIDTH`] characters in one place, or takes a width from its operands.
pub fn is_too_wide(format: &str) -> bool {
    let mut rest = format;
    while let Some((_, verb)) = rest.split_once('%') {
        let flags = verb.trim_start_matches(['+', '-', '#', ' ', '0', '[', ']']);
        let mut digits = 0_u64;
        for c in flags.chars() {
            match c {
                '0'..='9' => {
                    digits = digits.saturating_mul(10).saturating_add(u64::from(c.to_digit(10).unwrap_or(0)));
                    if digits > limits::FORMAT_WIDTH {
                        return true;
                    }
                }
                '*' => return true,
                '.' | '[' | ']' => digits = 0,
                _ => break,
            }
        }
        // `%%` is one verb, not the beginning of two.
        rest = verb.strip_prefix('%').unwrap_or(verb);
    }
    false
}

/// Whether a shift is longer than [`limits::SHIFT_BITS`]; the JSON text of a number that is no small integer is.
pub fn is_too_long(shift: &str) -> bool {
    shift.parse::<f64>().is_ok_and(|bits| bits > limits::SHIFT_BITS as f64)
}
