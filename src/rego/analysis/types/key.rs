//! Constants that are keys of objects: their order, and how they are printed in types.

use crate::sorted::InOrder;
use crate::typed::json::Value as Json;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A constant as a key. A set of constants counts as the array of its elements in their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// An array of constants.
    Array(Arc<[Key]>),
    /// An object of constants, its keys in order.
    Object(Arc<[(Key, Key)]>),
}

/// A number as a key: `1` and `1.0` are one key.
#[derive(Debug, Clone)]
pub struct Number {
    text: Arc<str>,
    is_negative: bool,
    /// The power of ten before whose digit the point stands: 2 for `0.25e2` and `25`.
    point: i64,
    /// Without zeros at either end; empty for zero.
    digits: Arc<str>,
}

impl Key {
    /// A string.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self::String(text.into())
    }

    /// A number as it is written.
    #[must_use]
    pub fn number(text: &str) -> Self {
        Self::Number(Number::new(text))
    }

    /// An array of constants.
    #[must_use]
    pub fn array(items: Vec<Self>) -> Self {
        Self::Array(items.into())
    }

    /// A set of constants.
    #[must_use]
    pub fn set(mut elements: Vec<Self>) -> Self {
        elements.order();
        elements.dedup();
        Self::Array(elements.into())
    }

    /// An object of constants.
    #[must_use]
    pub fn object(mut fields: Vec<(Self, Self)>) -> Self {
        fields.order();
        Self::Object(fields.into())
    }

    /// The place in an array, where it is a whole number that can be one.
    #[must_use]
    pub fn as_index(&self) -> Option<usize> {
        match self {
            Self::Number(number) => number.text.parse().ok(),
            _ => None,
        }
    }
}

impl Number {
    fn new(text: &str) -> Self {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
        let exponent = exponent.parse::<i64>().map_or(far, |exponent| exponent.clamp(i64::MIN / 2, i64::MAX / 2));
        let all = [whole, fraction].concat();
        let without_start = all.trim_start_matches('0');
        let zeros = all.len() - without_start.len();
        let digits = without_start.trim_end_matches('0');
        let point = exponent.saturating_add(whole.len() as i64).saturating_sub(zeros as i64);
        let is_zero = digits.is_empty();
        Self {
            text: text.into(),
            is_negative: is_negative && !is_zero,
            point: if is_zero { 0 } else { point },
            digits: digits.into(),
        }
    }

    fn cmp_without_sign(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_without_sign(other),
            (true, true) => other.cmp_without_sign(self),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

/// As OPA prints keys in types: strings bare, collections with blanks between their parts.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("<nil>"),
            Self::Boolean(value) => value.fmt(f),
            Self::Number(number) => f.write_str(&number.text),
            Self::String(text) => f.write_str(text),
            Self::Array(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        f.write_str(" ")?;
                    }
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(fields) => {
                f.write_str("map[")?;
                for (at, (key, value)) in fields.iter().enumerate() {
                    if at > 0 {
                        f.write_str(" ")?;
                    }
                    write!(f, "{key}:{value}")?;
                }
                f.write_str("]")
            }
        }
    }
}

impl Key {
    /// As a term of Rego: what an author would write.
    #[must_use]
    pub fn as_term(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(_) | Self::Number(_) => self.to_string(),
            Self::String(text) => Json::String(text.as_ref().to_owned()).to_string(),
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(Self::as_term).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Object(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(key, value)| format!("{}: {}", key.as_term(), value.as_term())).collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }
}
