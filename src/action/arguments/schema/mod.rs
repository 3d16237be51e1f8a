//! `ArgumentSchema`: what the arguments of an action must look like, in the declared subset of JSON Schema (decision 17).
//!
//! At the top and in every object below it: `required`, `properties`, `additionalProperties`. For every value: `type` (one of
//! `string`, `number`, `integer`, `boolean`, `array`, `object`), `enum`, `const`; for numbers `minimum`, `maximum`,
//! `exclusiveMinimum`, `exclusiveMaximum`; for strings `pattern`, `minLength`, `maxLength`; for lists `items`. `title` and
//! `description` may stand anywhere and say nothing to the check. Any other keyword is an error: it would look like a rule
//! and be none.

mod compilation;
#[cfg(test)]
mod tests;
mod violations;

use super::patterns::Pattern;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// A schema that can be asked.
#[derive(Debug, Clone)]
pub struct ArgumentSchema {
    arguments: ObjectRules,
}

/// What an object must look like.
#[derive(Debug, Clone, Default)]
struct ObjectRules {
    required: Vec<String>,
    /// In the order of their declaration, which is that of the violations.
    properties: Vec<(String, ValueRules)>,
    additional: Additional,
}

impl ObjectRules {
    fn declares(&self, name: &str) -> bool {
        self.properties.iter().any(|(declared, _)| declared == name)
    }
}

/// What is said of fields that are no property.
#[derive(Debug, Clone, Default)]
enum Additional {
    #[default]
    Any,
    None,
    Like(Box<ValueRules>),
}

/// What a value must look like. A rule for one kind of value says nothing of the others, unless `kind` refuses them.
#[derive(Debug, Clone, Default)]
struct ValueRules {
    kind: Option<Kind>,
    constant: Option<Value>,
    one_of: Option<Vec<Value>>,
    minimum: Option<Number>,
    maximum: Option<Number>,
    exclusive_minimum: Option<Number>,
    exclusive_maximum: Option<Number>,
    min_length: Option<u64>,
    max_length: Option<u64>,
    pattern: Option<Pattern>,
    items: Option<Box<ValueRules>>,
    fields: Option<Box<ObjectRules>>,
}

/// A word of `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
}

impl Kind {
    const WORDS: &'static str = "`string`, `number`, `integer`, `boolean`, `array` or `object`";

    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "number" => Self::Number,
            "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// The word with its article.
    const fn in_words(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a number",
            Self::Integer => "an integer",
            Self::Boolean => "a boolean",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }

    /// Whether a value is of this kind. An integer is one as it is written: neither 1.0 nor 1e3.
    fn admits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::String, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Array, Value::Array(_))
            | (Self::Object, Value::Object(_)) => true,
            (Self::Integer, Value::Number(number)) => is_integer(number),
            _ => false,
        }
    }
}

fn is_integer(number: &Number) -> bool {
    number.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// What a value is, with its article.
fn kind_in_words(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if is_integer(number) => "an integer",
        Value::Number(_) => "a number with a fraction or an exponent",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A rule of a schema that arguments break: one violation each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ArgumentViolation {
    /// The way to the argument, such as `order.items[0].price`.
    pub argument: String,
    /// The keyword of the schema that it breaks.
    pub rule: ArgumentRule,
    /// One plain sentence that says what is expected. It never repeats the value, which may be a secret.
    pub message: String,
}

/// A keyword of a schema that arguments can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum ArgumentRule {
    /// It is not there.
    Required,
    /// It is of another kind.
    Type,
    /// It is none of these values.
    Enum,
    /// It is not this value.
    Const,
    /// It is less.
    Minimum,
    /// It is more.
    Maximum,
    /// It is less, or equal.
    ExclusiveMinimum,
    /// It is more, or equal.
    ExclusiveMaximum,
    /// It has fewer characters.
    MinLength,
    /// It has more characters.
    MaxLength,
    /// The pattern matches nowhere in it.
    Pattern,
    /// There is no such argument.
    AdditionalProperties,
}
