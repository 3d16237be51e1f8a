//! How a text is written as a YAML scalar: as it is where it can, with the fewest signs around it otherwise.

use super::scalar::is_plain_text;
use std::borrow::Cow;

/// The styles of scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes, with escapes.
    Double,
    /// Lines as they are, behind a `|`.
    Literal,
}

/// What stands in a text that keeps it from a style.
#[derive(Default)]
struct Contents {
    has_special: bool,
    has_sign: bool,
    has_space_at_start: bool,
    has_space_at_end: bool,
    has_space_before_end_of_line: bool,
    has_end_of_line: bool,
}

impl Contents {
    fn of(text: &str) -> Self {
        let mut found = Self { has_sign: text.starts_with("---") || text.starts_with("..."), ..Self::default() };
        found.has_space_at_start = text.starts_with([' ', '\n']);
        found.has_space_at_end = text.ends_with(' ');
        let mut before = ' ';
        let mut chars = text.chars().peekable();
        let mut is_first = true;
        while let Some(c) = chars.next() {
            let is_last_of_word = chars.peek().is_none_or(|&next| is_blank(next));
            found.has_sign |= match c {
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => is_first,
                '?' | '-' => is_first && is_last_of_word,
                ':' => is_last_of_word,
                '#' => is_first || is_blank(before),
                _ => false,
            };
            found.has_special |= !is_printed(c);
            found.has_end_of_line |= c == '\n';
            found.has_space_before_end_of_line |= c == '\n' && before == ' ' && !is_first;
            before = c;
            is_first = false;
        }
        found
    }
}

/// The style of a text.
pub fn of(text: &str) -> Style {
    let found = Contents::of(text);
    let needs_escapes = found.has_special || found.has_space_before_end_of_line;
    if found.has_end_of_line {
        let is_block = !needs_escapes && !found.has_space_at_end;
        return if is_block { Style::Literal } else { Style::Double };
    }
    // OPA writes `<<` as it is, which reads as a merge.
    if needs_escapes || text == "<<" || !is_plain_text(text) {
        return Style::Double;
    }
    if found.has_sign || found.has_space_at_start || found.has_space_at_end { Style::Single } else { Style::Plain }
}

/// Whether a key may stand before its `:` without a `?`: it is short, and has one line.
pub fn is_simple_key(text: &str) -> bool {
    /// Bytes of the longest such key.
    const LONGEST: usize = 128;
    text.len() <= LONGEST && !text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

/// What ends a word for the signs of YAML: white space and the ends of lines.
const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// Whether a character stands for itself: of the planes of Unicode the first only, and no end of a line but the line feed.
pub const fn is_printed(c: char) -> bool {
    match c {
        '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        '\n' | ' '..='~' | '\u{a0}'..='\u{fffd}' => true,
        _ => false,
    }
}

/// A character that does not stand for itself, as it is written in double quotes.
pub fn escape_of(c: char) -> Cow<'static, str> {
    let code = u32::from(c);
    let escape = match c {
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '\u{1b}' => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{85}' => "\\N",
        '\u{a0}' => "\\_",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        '\0'..='\u{ff}' => return format!("\\x{code:02X}").into(),
        '\0'..='\u{ffff}' => return format!("\\u{code:04X}").into(),
        _ => return format!("\\U{code:08X}").into(),
    };
    escape.into()
}
