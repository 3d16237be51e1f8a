//! Texts for other languages, as Go escapes them.

use super::super::Failure;
use super::super::texts::Draft;
use crate::rego::value::quotes::is_printed;

/// A text for HTML.
pub fn html(draft: &mut Draft, text: &str) -> Result<(), Failure> {
    for c in text.chars() {
        match c {
            '"' => draft.push("&#34;")?,
            '\'' => draft.push("&#39;")?,
            '&' => draft.push("&amp;")?,
            '<' => draft.push("&lt;")?,
            '>' => draft.push("&gt;")?,
            '\0' => draft.push_char('\u{fffd}')?,
            c => draft.push_char(c)?,
        }
    }
    Ok(())
}

/// A text inside of quotation marks of JavaScript.
pub fn java_script(draft: &mut Draft, text: &str) -> Result<(), Failure> {
    for c in text.chars() {
        match c {
            '\\' => draft.push("\\\\")?,
            '\'' => draft.push("\\'")?,
            '"' => draft.push("\\\"")?,
            '<' => draft.push("\\u003C")?,
            '>' => draft.push("\\u003E")?,
            '&' => draft.push("\\u0026")?,
            '=' => draft.push("\\u003D")?,
            c if c < ' ' => draft.push(&format!("\\u{:04X}", u32::from(c)))?,
            c if c.is_ascii() || is_printed(c) => draft.push_char(c)?,
            c => draft.push(&format!("\\u{:04X}", u32::from(c)))?,
        }
    }
    Ok(())
}

/// A text in the query of an address.
pub fn url_query(draft: &mut Draft, text: &str) -> Result<(), Failure> {
    for byte in text.bytes() {
        match byte {
            b' ' => draft.push("+")?,
            b'-' | b'_' | b'.' | b'~' => draft.push_char(char::from(byte))?,
            byte if byte.is_ascii_alphanumeric() => draft.push_char(char::from(byte))?,
            byte => draft.push(&format!("%{byte:02X}"))?,
        }
    }
    Ok(())
}
