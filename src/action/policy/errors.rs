//! What is wrong with a policy, and what is only worth a word: each at its place (section 6.3).

use serde::Serialize;
use serde_json::Value;

/// A kind of error, in a word that never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyErrorCode"))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PolicyErrorCode {
    /// The text does not parse.
    Syntax,
    /// The text is no object of fields.
    NotAMapping,
    /// There is no such field.
    UnknownField,
    /// A value has the wrong type.
    Type,
    /// A value is out of its range.
    Range,
    /// A value is none of the words that may stand there.
    Enum,
    /// A field that must be there is not.
    Missing,
    /// Two things cannot both hold.
    Conflict,
    /// A pattern is no regular expression.
    BadRegex,
    /// A schema uses a keyword that is not checked: it would be passed over in silence.
    UnsupportedSchemaKeyword,
    /// There is no such format, or nobody to read it.
    UnsupportedFormat,
    /// There is nothing in the text.
    EmptySource,
    /// A key stands twice in one object.
    DuplicateKey,
    /// There are more errors than are told.
    MoreErrors,
}

impl PolicyErrorCode {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "SYNTAX",
            Self::NotAMapping => "NOT_A_MAPPING",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::Type => "TYPE",
            Self::Range => "RANGE",
            Self::Enum => "ENUM",
            Self::Missing => "MISSING",
            Self::Conflict => "CONFLICT",
            Self::BadRegex => "BAD_REGEX",
            Self::UnsupportedSchemaKeyword => "UNSUPPORTED_SCHEMA_KEYWORD",
            Self::UnsupportedFormat => "UNSUPPORTED_FORMAT",
            Self::EmptySource => "EMPTY_SOURCE",
            Self::DuplicateKey => "DUPLICATE_KEY",
            Self::MoreErrors => "MORE_ERRORS",
        }
    }
}

/// A step on the way to a value: a field or a place in a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(untagged)]
pub enum PathPart {
    /// A place in a list, from 0.
    Place(usize),
    /// A field.
    Field(String),
}

impl From<&str> for PathPart {
    fn from(field: &str) -> Self {
        Self::Field(field.to_owned())
    }
}

impl From<usize> for PathPart {
    fn from(place: usize) -> Self {
        Self::Place(place)
    }
}

/// A path as a JSON pointer.
pub fn pointer(path: &[PathPart]) -> String {
    let part = |part: &PathPart| match part {
        PathPart::Place(place) => format!("/{place}"),
        PathPart::Field(field) => format!("/{}", field.replace('~', "~0").replace('/', "~1")),
    };
    path.iter().map(part).collect()
}

/// One error of a policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyError", optional_fields))]
pub struct PolicyError {
    /// The way to the value, as the author wrote it. Empty: the whole text.
    pub path: Vec<PathPart>,
    /// The stable code.
    pub code: PolicyErrorCode,
    /// One plain sentence, with the way to mend it where that is known.
    pub message: String,
    /// The line, from 1; of a text only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in UTF-16 units, from 1; of a text only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The value, where it is a scalar and may help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub value: Option<Value>,
}

impl PolicyError {
    /// An error without a place in a text.
    pub fn new(path: Vec<PathPart>, code: PolicyErrorCode, message: impl Into<String>) -> Self {
        Self { path, code, message: message.into(), line: None, column: None, value: None }
    }
}

/// Something that is allowed and rarely meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyWarning", optional_fields))]
pub struct PolicyWarning {
    /// The way to the value, as the author wrote it.
    pub path: Vec<PathPart>,
    /// One plain sentence.
    pub message: String,
    /// The line, from 1; of a text only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in UTF-16 units, from 1; of a text only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}
