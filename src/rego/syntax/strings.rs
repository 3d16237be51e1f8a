//! What a string of the text stands for.

use std::borrow::Cow;

/// Why the characters of a string cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// An escape is incomplete, or a control character stands beside an escape.
    Illegal,
    /// An escape is half of a character: its offset in the content, in bytes.
    LoneSurrogate(usize),
}

/// The characters of a string without its quotation marks, `content` as it is written. `\{` is one of a template.
///
/// # Errors
/// Where an escape cannot be read.
pub fn unescaped(content: &str) -> Result<Cow<'_, str>, Unreadable> {
    if !content.contains('\\') {
        return Ok(Cow::Borrowed(content));
    }
    // OPA reads a string with escapes as JSON, which has no control characters in strings; `\{` is no escape of that.
    let has_escapes = content.replace("\\{", "").contains('\\');
    if has_escapes && content.bytes().any(|byte| byte < 0x20) {
        return Err(Unreadable::Illegal);
    }
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        text.push_str(rest.get(..at).unwrap_or(""));
        let escape = rest.get(at..).unwrap_or("");
        let mut characters = escape.chars();
        characters.next();
        let (character, length) = match characters.next().ok_or(Unreadable::Illegal)? {
            'b' => ('\u{8}', 2),
            'f' => ('\u{c}', 2),
            'n' => ('\n', 2),
            'r' => ('\r', 2),
            't' => ('\t', 2),
            'u' => unicode(escape).map_err(|reason| match reason {
                Unreadable::LoneSurrogate(_) => Unreadable::LoneSurrogate(content.len() - escape.len()),
                Unreadable::Illegal => Unreadable::Illegal,
            })?,
            other @ ('\\' | '"' | '/' | '{') => (other, 2),
            _ => return Err(Unreadable::Illegal),
        };
        text.push(character);
        rest = escape.get(length..).unwrap_or("");
    }
    text.push_str(rest);
    Ok(Cow::Owned(text))
}

/// The character of `\uXXXX`, or of two of them for those beyond 16 bits, and the length of what stands for it.
fn unicode(escape: &str) -> Result<(char, usize), Unreadable> {
    let first = unit(escape).ok_or(Unreadable::Illegal)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, 6));
    }
    let second = escape.get(6..).and_then(unit).filter(|unit| (0xdc00..0xe000).contains(unit));
    match second {
        Some(second) if first < 0xdc00 => {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            char::from_u32(code).map(|character| (character, 12)).ok_or(Unreadable::Illegal)
        }
        _ => Err(Unreadable::LoneSurrogate(0)),
    }
}

fn unit(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The characters of a raw template string's piece: only `\{` stands for something else.
pub fn raw_template(content: &str) -> Cow<'_, str> {
    if content.contains("\\{") { Cow::Owned(content.replace("\\{", "{")) } else { Cow::Borrowed(content) }
}
