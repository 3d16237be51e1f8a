//! Strings and characters in quotation marks, as Go writes them.

/// A string in quotation marks. `in_ascii`: every other character is escaped.
#[must_use]
pub fn quoted(text: &str, in_ascii: bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    push_quoted(&mut quoted, text, in_ascii);
    quoted
}

/// The same, behind what a text has.
pub(super) fn push_quoted(quoted: &mut String, text: &str, in_ascii: bool) {
    quoted.push('"');
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        if matches!(c, ' '..='~') && c != '"' && c != '\\' {
            continue;
        }
        quoted.push_str(text.get(plain..at).unwrap_or_default());
        push(quoted, c, '"', in_ascii);
        plain = at + c.len_utf8();
    }
    quoted.push_str(text.get(plain..).unwrap_or_default());
    quoted.push('"');
}

/// A character in single quotation marks.
#[must_use]
pub fn quoted_character(c: char, in_ascii: bool) -> String {
    let mut quoted = "'".to_owned();
    push(&mut quoted, c, '\'', in_ascii);
    quoted.push('\'');
    quoted
}

fn push(quoted: &mut String, c: char, mark: char, in_ascii: bool) {
    let code = u32::from(c);
    match c {
        '\\' => quoted.push_str("\\\\"),
        c if c == mark => quoted.extend(['\\', c]),
        c if is_printed(c) && (c.is_ascii() || !in_ascii) => quoted.push(c),
        '\u{7}' => quoted.push_str("\\a"),
        '\u{8}' => quoted.push_str("\\b"),
        '\u{c}' => quoted.push_str("\\f"),
        '\n' => quoted.push_str("\\n"),
        '\r' => quoted.push_str("\\r"),
        '\t' => quoted.push_str("\\t"),
        '\u{b}' => quoted.push_str("\\v"),
        c if c < ' ' || c == '\u{7f}' => quoted.push_str(&format!("\\x{code:02x}")),
        _ if code < 0x1_0000 => quoted.push_str(&format!("\\u{code:04x}")),
        _ => quoted.push_str(&format!("\\U{code:08x}")),
    }
}

/// Whether a character is one that can be seen, or a blank.
#[must_use]
pub fn is_printed(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    if c.escape_debug().len() == 1 {
        return true;
    }
    // Behind another character, only what cannot be seen is escaped.
    let text = ['a', c].iter().collect::<String>();
    let mut escaped = text.escape_debug();
    escaped.next();
    escaped.next() == Some(c)
}
