//! What a YAML scalar means where it has no quotes, to the reader of metadata and of configurations: the words, numbers and times that
//! it knows.
//!
//! It is neither YAML 1.1 nor 1.2: `yes` is a text, `017` is an octal number as in 1.1, `0o17` as in 1.2, and a date
//! is a time.

use super::moment::Moment;
use super::numbers::{float, whole};

/// A scalar.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A whole number within 64 bits: its decimal digits.
    Whole(String),
    /// Any other number, and what is none: `.inf` and `.nan`.
    Float(f64),
    /// A date, with or without a time of day.
    Moment(Moment),
    /// Anything else.
    Text,
}

impl Scalar {
    /// The tag of YAML that it has.
    pub const fn tag(&self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Flag(_) => "!!bool",
            Self::Whole(_) => "!!int",
            Self::Float(_) => "!!float",
            Self::Moment(_) => "!!timestamp",
            Self::Text => "!!str",
        }
    }
}

/// What a scalar without quotes and tag means.
pub fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Flag(true),
        "false" | "False" | "FALSE" => return Scalar::Flag(false),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.bytes().next() {
        Some(b'.') => float(text).map_or(Scalar::Text, Scalar::Float),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if let Some(moment) = Moment::read(text) {
                return Scalar::Moment(moment);
            }
            let digits = text.replace('_', "");
            if let Some(whole) = whole(&digits) {
                return Scalar::Whole(whole);
            }
            float(&digits).map_or(Scalar::Text, Scalar::Float)
        }
        _ => Scalar::Text,
    }
}
