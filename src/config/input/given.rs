//! A configuration as a caller gives it, in JSON or YAML, with what it was compiled to.

use super::{COMPILED, Read, Rules, read_first, read_only, with_compiled};
use crate::error::{Error, ErrorCode};
use crate::rego::diagnostic::{Severity, Text};
use crate::rego::{Diagnostic, Document, document};
use serde::Deserialize;
use serde_json::Value;

/// What a configuration is written in. It is the document beside the request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigFormat"))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// JSON.
    #[default]
    Json,
    /// YAML.
    Yaml,
}

/// A configuration, or the words for a number in it that is none.
pub enum Given {
    /// A document; none where nothing was given.
    Document(Option<Document>),
    /// The number.
    NotFinite(&'static str),
}

/// Who gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// Whoever asks about it, and knows what it is.
    Asker,
    /// Somebody who wants it to pass a gate. INVARIANT (gate): what could be read in two ways is refused, and so is what says by itself
    /// what it compiles to.
    Author,
}

/// Reads a configuration with what it was compiled to, where that is given. What is said of them is added to the warnings.
///
/// # Errors
/// `input_not_json`, `input_not_yaml`, `limit_exceeded`.
pub fn read_given(
    bytes: Option<&[u8]>,
    format: Format,
    compiled: Option<&str>,
    by: Giver,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Given, Error> {
    if format == Format::Json && compiled.is_none() && by == Giver::Asker {
        return Ok(Given::Document(bytes.map(Document::read).transpose()?));
    }
    let mut value = match (bytes, format) {
        (None, _) => Value::Null,
        (Some(bytes), Format::Json) => document::value_of_text(document::text(bytes)?)?,
        (Some(bytes), Format::Yaml) => match yaml(("configuration", bytes), by, warnings)? {
            Read::Value(value) => value,
            Read::NotFinite(name) => return Ok(Given::NotFinite(name)),
        },
    };
    if by == Giver::Author {
        let Value::Object(fields) = &value else {
            return Err(refused("the configuration is no object", "give the configuration as it is written"));
        };
        if compiled.is_none() && fields.contains_key(COMPILED) {
            let message = format!("the configuration says itself what it compiles to: `{COMPILED}`");
            return Err(refused(&message, "leave it out: whoever compiles configurations puts it there"));
        }
    }
    if let Some(compiled) = compiled {
        let compiled = match yaml(("compiled configuration", compiled.as_bytes()), by, warnings)? {
            Read::Value(value) => value,
            Read::NotFinite(name) => return Ok(Given::NotFinite(name)),
        };
        // INVARIANT (whole): what failed to compile leaves nothing, and nothing violates nothing.
        if !compiled.is_object() {
            return Err(refused("the compiled configuration is no object", "give all that the compiler printed"));
        }
        value = with_compiled(value, compiled)?;
    }
    Document::read(value.to_string().as_bytes()).map(|document| Given::Document(Some(document)))
}

fn refused(message: &str, help: &str) -> Error {
    Error::new(ErrorCode::InputNotYaml, format!("invalid input: {message}")).with_help(help)
}

/// Why nothing is evaluated on a number that is none.
pub fn not_finite(name: &str) -> String {
    format!("failed to prepare context for evaluation: json: unsupported value: {name}")
}

fn yaml((name, bytes): (&str, &[u8]), by: Giver, warnings: &mut Vec<Diagnostic>) -> Result<Read, Error> {
    let read = match by {
        Giver::Asker => read_first(bytes, Rules::Configuration),
        Giver::Author => read_only(bytes, Rules::Configuration).map(|read| (read, None)),
    };
    let (read, unread) = read.map_err(|mistake| {
        let mut error = mistake.into_error();
        error.message = format!("invalid input: {}", error.message);
        error
    })?;
    if let Some(from) = unread {
        // Without the mark at its beginning, as it was read.
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let text = Text::new(name, text.strip_prefix('\u{feff}').unwrap_or(text));
        let message = format!("only the first YAML document of the {name} is looked at");
        let finding = Diagnostic::error(&text, from..from, "config_document_unread", message);
        let help = "give one document: what stands behind it is held to no policy";
        warnings.push(Diagnostic { severity: Severity::Warning, ..finding }.with_help(help));
    }
    Ok(read)
}
