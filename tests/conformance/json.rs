//! JSON values that compare by what they mean: numbers by value, objects without order.

use serde_json::Value;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A JSON value. The order of variants is the order of Rego's types.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Json {
    Null,
    Boolean(bool),
    Number(Number),
    String(String),
    Array(Vec<Self>),
    Object(BTreeMap<String, Self>),
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Boolean(*value),
            Value::Number(number) => Self::Number(Number::read(&number.to_string())),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(fields) => {
                Self::Object(fields.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect())
            }
        }
    }
}

impl Json {
    fn sort(&mut self) {
        if let Self::Array(items) = self {
            items.sort();
        }
    }

    /// `[verdict, reasons]` without the reasons.
    fn keep_verdict(&mut self) {
        if let Self::Array(items) = self
            && matches!(items.as_slice(), [Self::Boolean(_), _])
        {
            items.truncate(1);
        }
    }
}

/// How the bindings of a case are read before they are compared.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Arrays that are bound count as sets.
    pub sort: bool,
    /// Of a schema check only the verdict counts.
    pub verdict_only: bool,
}

/// The rows of a query as a set.
pub fn rows<'a>(rows: impl IntoIterator<Item = &'a Value>, reading: Reading) -> BTreeSet<Json> {
    rows.into_iter()
        .map(|row| {
            let mut row = Json::from(row);
            if let Json::Object(bindings) = &mut row {
                for value in bindings.values_mut() {
                    if reading.verdict_only {
                        value.keep_verdict();
                    }
                    if reading.sort {
                        value.sort();
                    }
                }
            }
            row
        })
        .collect()
}

/// A number without regard to how it is written: `0.digits` times ten to the `exponent`, no zero at either end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Number {
    fn read(text: &str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let leading = all.len() - digits.len();
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() {
            return Self { negative: false, digits: String::new(), exponent: 0 };
        }
        let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let written: i64 = exponent.trim_start_matches('+').parse().unwrap_or(i64::MAX);
        Self {
            negative,
            digits: digits.to_owned(),
            exponent: written.saturating_add(length(whole.len())).saturating_sub(length(leading)),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let by_size = (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        sign(self).cmp(&sign(other)).then(if self.negative { by_size.reverse() } else { by_size })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
