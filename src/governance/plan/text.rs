//! From the bytes of a plan document to its text: encodings, limits, and what is not a plan by its first bytes.

use serde::de::Deserialize;
use std::borrow::Cow;

use super::document::{Document, Found};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::rego;

/// How to make the document that the reader takes.
pub(super) const HOW: &str = "run `terraform plan -out=tfplan`, then pass the output of `terraform show -json tfplan`";

const ZIP: &[u8] = b"PK\x03\x04";
const UTF8_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];
const UTF16_LE_MARK: &[u8] = &[0xFF, 0xFE];
const UTF16_BE_MARK: &[u8] = &[0xFE, 0xFF];

/// The text of the document without its byte order mark.
pub(super) fn decode(document: &[u8]) -> Result<Cow<'_, str>, Error> {
    let size = u64::try_from(document.len()).unwrap_or(u64::MAX);
    if size > limits::INPUT_BYTES {
        return Err(Error::limit(
            "input_bytes",
            limits::INPUT_BYTES,
            format!("the plan has {size} bytes, more than the limit of {}", limits::INPUT_BYTES),
        ));
    }
    if document.starts_with(ZIP) {
        return Err(binary_error("the document is a binary plan file"));
    }
    if let Some(units) = document.strip_prefix(UTF16_LE_MARK) {
        return decode_utf16(units, u16::from_le_bytes).map(Cow::Owned);
    }
    if let Some(units) = document.strip_prefix(UTF16_BE_MARK) {
        return decode_utf16(units, u16::from_be_bytes).map(Cow::Owned);
    }
    let (text, mark) = match document.strip_prefix(UTF8_MARK) {
        Some(text) => (text, UTF8_MARK.len()),
        None => (document, 0),
    };
    std::str::from_utf8(text).map(Cow::Borrowed).map_err(|error| {
        let byte = mark.saturating_add(error.valid_up_to());
        not_text(if error.error_len().is_none() {
            format!("the document ends inside a UTF-8 character, at byte {byte}")
        } else {
            format!("the document is not UTF-8 at byte {byte}")
        })
    })
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Error> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let mut byte = UTF16_LE_MARK.len();
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let Ok(character) = decoded else {
            return Err(not_text(format!("the document is not UTF-16 at byte {byte}: half of a surrogate pair")));
        };
        text.push(character);
        byte = byte.saturating_add(character.len_utf16().saturating_mul(2));
    }
    if !rest.is_empty() {
        return Err(not_text(format!("the document ends inside a UTF-16 character, at byte {byte}")));
    }
    Ok(text)
}

fn not_text(message: String) -> Error {
    Error::new(ErrorCode::InputNotJson, message)
        .with_help("save the plan as UTF-8, or as UTF-16 with a byte order mark, and check that the file is whole")
}

/// Before parsing: how deep arrays and objects stand inside one another, and how long numbers are.
pub(super) fn check_nesting(text: &str) -> Result<(), Error> {
    rego::document::check_shape(text).map_err(|mut error| {
        error.message = match &error.limit {
            Some(limit) if limit.name == "data_nesting" => {
                format!("the plan has arrays and objects nested deeper than {}", limit.value)
            }
            _ => error.message.replace("the document", "the plan"),
        };
        error
    })
}

/// Parses a text whose nesting was checked: that check stands in for the parser's own limit.
pub(super) fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_str(text);
    parser.disable_recursion_limit();
    let parsed = T::deserialize(&mut parser)?;
    parser.end()?;
    Ok(parsed)
}

/// Whether the text is the event stream of `terraform plan -json`: one JSON object in each line, the first a log entry.
pub(super) fn is_stream(text: &str) -> bool {
    let Some(line) = text.trim_start().lines().next() else {
        return false;
    };
    // The search is cheap; a plan in one line is parsed here only if it holds the word somewhere.
    line.contains("\"@level\"")
        && matches!(parse::<Found<Document>>(line), Ok(Found::Is(entry)) if entry.is_log_entry())
}

pub(super) fn stream_error() -> Error {
    Error::new(
        ErrorCode::PlanIsAStream,
        "the document is the event stream of `terraform plan -json`, which does not hold the whole plan",
    )
    .with_help(HOW)
}

pub(super) fn binary_error(message: &str) -> Error {
    Error::new(ErrorCode::PlanIsBinary, message)
        .with_help("pass the output of `terraform show -json tfplan`, where `tfplan` is this file; to make one, run `terraform plan -out=tfplan`")
}

/// A parse error with its byte in the document as it came in.
pub(super) fn json_error(error: &serde_json::Error, text: &str, document: &[u8]) -> Error {
    if text.trim_start().is_empty() {
        return Error::new(ErrorCode::InputNotJson, "the document is empty").with_help(HOW);
    }
    let line = error.line();
    let line_start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    // The parser's column is the number of bytes up to and with the one that it stumbled over.
    let seen = line_start.saturating_add(error.column()).min(text.len());
    let message = if error.is_eof() {
        format!(
            "the document ends before its JSON does, at byte {} (line {line})",
            byte_in_document(text, text.len(), document)
        )
    } else {
        // The parser's messages for broken syntax are fixed words; none quotes the text.
        let full = error.to_string();
        let reason = match full.split_once(" at line ") {
            Some((reason, _)) if error.is_syntax() => reason,
            _ => "a value is not as JSON writes it",
        };
        format!(
            "the document is not JSON at byte {} (line {line}): {reason}",
            byte_in_document(text, seen.saturating_sub(1), document)
        )
    };
    let help = if text.trim_start().starts_with('{') {
        "check that the file is whole and holds nothing but the output of `terraform show -json tfplan`".to_owned()
    } else {
        format!("a plan begins with `{{`: {HOW}")
    };
    Error::new(ErrorCode::InputNotJson, message).with_help(help)
}

/// Where a byte of the text stands in the document, whose encoding may be another.
fn byte_in_document(text: &str, byte: usize, document: &[u8]) -> usize {
    if document.starts_with(UTF16_LE_MARK) || document.starts_with(UTF16_BE_MARK) {
        let units: usize = text
            .char_indices()
            .take_while(|(at, character)| at.saturating_add(character.len_utf8()) <= byte)
            .map(|(_, character)| character.len_utf16())
            .sum();
        return UTF16_LE_MARK.len().saturating_add(units.saturating_mul(2));
    }
    if document.starts_with(UTF8_MARK) {
        return UTF8_MARK.len().saturating_add(byte);
    }
    byte
}
