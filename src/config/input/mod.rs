//! Configurations, metadata and test files in YAML, as the original reads them (section 3.1): one tree, and two sets of rules for what
//! stands in it.

pub mod given;
pub mod reader;
mod rules;
mod words;

pub use rules::Rules;

use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::rego::syntax::yaml;
use serde_json::Value;

/// The key of a configuration under which stands what it compiles to.
pub const COMPILED: &str = "_compiled_";

/// What a text in YAML says.
#[derive(Debug, Clone, PartialEq)]
pub enum Read {
    /// A value.
    Value(Value),
    /// A number that is none, such as `.inf`, which no value of JSON can be: its name. An evaluation on it fails.
    NotFinite(&'static str),
}

/// Why a text is not read, in the words of the original where it has some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYaml {
    /// What is wrong: `yaml: line 3: …`.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// The bytes of the text that are wrong.
    pub place: std::ops::Range<usize>,
    /// The limit that was reached, by name and value.
    pub limit: Option<(&'static str, u64)>,
}

/// Reads the first document of a text in YAML. JSON is YAML too.
///
/// # Errors
/// The text is no YAML, says what the original refuses, or is too large.
pub fn read(text: &str, rules: Rules) -> Result<Read, NotYaml> {
    reader::Reader::new(text, &tree_of(text)?, rules).read()
}

/// What is wrong with a text in which more stands than is read.
pub(super) const MORE: &str = "yaml: something stands behind the first document";

/// The tree of a text.
pub(super) fn tree_of(text: &str) -> Result<yaml::Yaml, NotYaml> {
    if text.len() as u64 > limits::INPUT_BYTES {
        let limit = limits::INPUT_BYTES;
        let message = format!("yaml: the text has {} bytes; the limit `input_bytes` is {limit}", text.len());
        return Err(NotYaml { message, help: None, place: 0..0, limit: Some(("input_bytes", limit)) });
    }
    let most = usize::try_from(limits::CONFIG_VALUES).unwrap_or(usize::MAX);
    yaml::read(text, most).map_err(|mistake| words::of_mistake(&mistake))
}

/// The same for bytes.
///
/// # Errors
/// As [`read`], and for bytes that are no UTF-8.
pub fn read_bytes(bytes: &[u8], rules: Rules) -> Result<Read, NotYaml> {
    read(text_of(bytes)?, rules)
}

/// The same, and the byte from which on nothing is read, where something stands there.
///
/// # Errors
/// As [`read_bytes`].
pub fn read_first(bytes: &[u8], rules: Rules) -> Result<(Read, Option<usize>), NotYaml> {
    let text = text_of(bytes)?;
    let tree = tree_of(text)?;
    let unread = tree.has_more(text).then_some(tree.end);
    reader::Reader::new(text, &tree, rules).read().map(|read| (read, unread))
}

/// The same for a text in which nothing stands but one document.
///
/// # Errors
/// As [`read_bytes`], and for a text with more in it: others might read that.
pub fn read_only(bytes: &[u8], rules: Rules) -> Result<Read, NotYaml> {
    let text = text_of(bytes)?;
    let tree = tree_of(text)?;
    if tree.has_more(text) {
        let end = tree.end..tree.end;
        return Err(words::at(end, MORE, "give one document"));
    }
    reader::Reader::new(text, &tree, rules).read()
}

fn text_of(bytes: &[u8]) -> Result<&str, NotYaml> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => Err(NotYaml {
            message: format!("yaml: the text is not UTF-8: byte {} cannot be read", error.valid_up_to()),
            help: Some("save the file as UTF-8".to_owned()),
            place: error.valid_up_to()..error.valid_up_to(),
            limit: None,
        }),
    }
}

impl NotYaml {
    /// As an error of the caller.
    pub fn into_error(self) -> Error {
        let mut error = match self.limit {
            Some((name, value)) => Error::limit(name, value, self.message),
            None => Error::new(ErrorCode::InputNotYaml, self.message),
        };
        error.help = self.help;
        error
    }
}

/// A configuration with what it was compiled to, under `_compiled_`. What stands there already is replaced; a configuration that is not
/// there is empty.
///
/// # Errors
/// `input_not_yaml` for a configuration that is no object.
pub fn with_compiled(configuration: Value, compiled: Value) -> Result<Value, Error> {
    let mut fields = match configuration {
        Value::Object(fields) => fields,
        Value::Null => serde_json::Map::new(),
        _ => {
            let message = "the configuration is no object: there is no place for `_compiled_` in it";
            return Err(Error::new(ErrorCode::InputNotYaml, message));
        }
    };
    fields.insert(COMPILED.to_owned(), compiled);
    Ok(Value::Object(fields))
}
