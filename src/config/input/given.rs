//! A configuration as a caller gives it, in JSON or YAML, with what it was compiled to.

use super::{NotYaml, Read, Rules, read, read_bytes, with_compiled};
use crate::error::Error;
use crate::rego::{Document, document};
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

/// Reads a configuration with what it was compiled to, where that is given.
///
/// # Errors
/// `input_not_json`, `input_not_yaml`, `limit_exceeded`.
pub fn read_given(bytes: Option<&[u8]>, format: Format, compiled: Option<&str>) -> Result<Given, Error> {
    if format == Format::Json && compiled.is_none() {
        return Ok(Given::Document(bytes.map(Document::read).transpose()?));
    }
    let mut value = match (bytes, format) {
        (None, _) => Value::Null,
        (Some(bytes), Format::Json) => document::value_of_text(document::text(bytes)?)?,
        (Some(bytes), Format::Yaml) => match configuration(read_bytes(bytes, Rules::Configuration))? {
            Read::Value(value) => value,
            Read::NotFinite(name) => return Ok(Given::NotFinite(name)),
        },
    };
    if let Some(compiled) = compiled {
        let compiled = match configuration(read(compiled, Rules::Configuration))? {
            Read::Value(value) => value,
            Read::NotFinite(name) => return Ok(Given::NotFinite(name)),
        };
        value = with_compiled(value, compiled)?;
    }
    Document::read(value.to_string().as_bytes()).map(|document| Given::Document(Some(document)))
}

/// Why nothing is evaluated on a number that is none.
pub fn not_finite(name: &str) -> String {
    format!("failed to prepare context for evaluation: json: unsupported value: {name}")
}

fn configuration(read: Result<Read, NotYaml>) -> Result<Read, Error> {
    read.map_err(|mistake| {
        let mut error = mistake.into_error();
        error.message = format!("invalid input: {}", error.message);
        error
    })
}
