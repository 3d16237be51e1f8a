//! Input and data documents as text: their bounds, and what is said of one that breaks them.

use super::syntax::numbers::{self, Bound, Strings};
#[cfg(feature = "yaml")]
use super::vm;
use crate::error::{Error, ErrorCode};
use crate::limits;

/// The text of a document given as bytes: UTF-8 of a size that is bounded; a byte order mark is skipped.
///
/// # Errors
/// `limit_exceeded` for the size, `input_not_json` for bytes that are not UTF-8.
pub fn text(bytes: &[u8]) -> Result<&str, Error> {
    check_size(bytes.len())?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(not_utf8)
}

/// The same of bytes that are not needed any more.
///
/// # Errors
/// As [`text`].
pub fn owned_text(bytes: Vec<u8>) -> Result<String, Error> {
    check_size(bytes.len())?;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return text(&bytes).map(str::to_owned);
    }
    String::from_utf8(bytes).map_err(|error| not_utf8(error.utf8_error()))
}

/// Refuses a document that is too large.
///
/// # Errors
/// `limit_exceeded`.
pub fn check_size(bytes: usize) -> Result<(), Error> {
    let limit = limits::INPUT_BYTES;
    if bytes as u64 <= limit {
        return Ok(());
    }
    let message = format!("the document has {bytes} bytes; the limit `input_bytes` is {limit}");
    Err(Error::limit("input_bytes", limit, message))
}

/// The error for bytes that are no text.
pub fn not_utf8(error: std::str::Utf8Error) -> Error {
    Error::new(ErrorCode::InputNotJson, format!("the document is not UTF-8 at byte {}", error.valid_up_to()))
}

/// Refuses what a parser that recurses could not end on, before it runs: nesting and numbers. And a key that it would take for something
/// else.
///
/// # Errors
/// `limit_exceeded` with the limit `data_nesting`, `number_exponent` or `number_digits`, and `input_not_json` for the key.
pub fn check_shape(text: &str) -> Result<(), Error> {
    check_nesting(text)?;
    numbers::endless(text, Strings::AreQuoted).map_or(Ok(()), |bound| Err(endless(bound)))
}

/// The error for a document with a number that cannot be written out.
pub fn endless(bound: Bound) -> Error {
    let (name, value) = bound.limit();
    Error::limit(name, value, format!("the document holds {}; the limit is `{name}`", bound.words()))
}

/// The key under which `serde_json` keeps the text of a number: it would read `{"…": "5"}` as the number 5.
const KEY_OF_NUMBERS: &str = "$serde_json::private::Number";

/// Whether a string, as it is written, is that key.
fn is_key_of_numbers(written: &str) -> bool {
    // Each of its characters may be an escape of six.
    const LONGEST: usize = 6 * KEY_OF_NUMBERS.len();
    written == KEY_OF_NUMBERS
        || (KEY_OF_NUMBERS.len()..=LONGEST).contains(&written.len())
            && written.contains('\\')
            && serde_json::from_str::<String>(&format!("\"{written}\"")).is_ok_and(|text| text == KEY_OF_NUMBERS)
}

fn check_nesting(text: &str) -> Result<(), Error> {
    let mut depth = 0_u64;
    let mut in_string = false;
    let mut escaped = false;
    let mut start = 0;
    // The last string, until something else than blanks stands behind it.
    let mut string = "";
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    in_string = false;
                    string = text.get(start..at).unwrap_or_default();
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b':' if is_key_of_numbers(string) => {
                let message = format!("the document holds the key `{KEY_OF_NUMBERS}`, which no document may hold");
                return Err(Error::new(ErrorCode::InputNotJson, message).with_help("give the key another name"));
            }
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => string = "",
        }
        match byte {
            b'"' => {
                in_string = true;
                start = at + 1;
            }
            b'[' | b'{' => {
                depth += 1;
                if depth > limits::DATA_NESTING {
                    return Err(too_deep());
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The error for a document that nests too deep.
pub fn too_deep() -> Error {
    let limit = limits::DATA_NESTING;
    let message = format!("the document nests deeper than {limit} levels; the limit is `data_nesting`");
    Error::limit("data_nesting", limit, message)
}

/// The error for a text that is not JSON at a byte: what is wrong there, with line and column.
pub fn not_json_at(text: &str, at: usize, why: &str) -> Error {
    let place = place_words(text, at);
    Error::new(ErrorCode::InputNotJson, format!("the document is not JSON: {why} {place}"))
}

/// `at line 1 column 2`, of a byte of a text.
fn place_words(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    format!("at line {line} column {column}")
}

#[cfg(feature = "yaml")]
/// Reads a text in YAML into a JSON value, by the rules of `yaml.unmarshal`: of several documents the first.
///
/// # Errors
/// `bundle_refused` for what is no YAML or what JSON cannot say, with line and column, and `limit_exceeded` for what is too large.
pub fn value_of_yaml(text: &str) -> Result<serde_json::Value, Error> {
    let json = vm::json_of_yaml(text).map_err(|error| match error {
        vm::NotYaml::Wrong { why, place } => {
            let place = place_words(text, place.start);
            Error::new(ErrorCode::BundleRefused, format!("the document is not YAML: {why} {place}"))
        }
        vm::NotYaml::Limit(name, limit) => {
            Error::limit(name, limit, format!("reading the document reaches the limit `{name}` of {limit}"))
        }
    })?;
    value_of_text(&json)
}

/// The error for a text that a JSON parser refused: its words, with line and column.
pub fn not_json(error: &serde_json::Error) -> Error {
    Error::new(ErrorCode::InputNotJson, format!("the document is not JSON: {error}"))
}

/// Reads a text into a JSON value.
///
/// # Errors
/// As [`check_shape`], and `input_not_json`.
pub fn value_of_text(text: &str) -> Result<serde_json::Value, Error> {
    check_shape(text)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    // The check has bounded the recursion already, above what the parser would allow by itself.
    reader.disable_recursion_limit();
    let value = serde::Deserialize::deserialize(&mut reader).map_err(|error| not_json(&error))?;
    reader.end().map_err(|error| not_json(&error))?;
    Ok(value)
}
