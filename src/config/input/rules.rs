//! Which rules a text in YAML is read by: the original reads configurations by newer ones than the files of tests.

use crate::rego::syntax::yaml::scalar::{self, Scalar};
use crate::rego::syntax::yaml::{Kind, Node};
use crate::rego::value::double;
use serde::Deserialize;

/// Rules for scalars, for keys that stand twice and for what is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigYamlRules"))]
#[serde(rename_all = "snake_case")]
pub enum Rules {
    /// Of configurations, metadata and parameters: `on` is a text, a date is a time, a key that stands twice is a mistake, and what is
    /// merged never replaces what is written.
    Configuration,
    /// Of the files of tests: `on` is true, a date is a text, and of a key that stands twice the last counts, also where it was merged.
    Tests,
}

/// What a scalar means with its tag.
///
/// # Errors
/// It has another kind than its tag says; why, in the words of the original.
pub fn scalar_of(node: &Node, rules: Rules) -> Result<Scalar, String> {
    let Kind::Scalar { text, is_plain } = &node.kind else { return Ok(Scalar::Text) };
    let resolve = |text: &str| match rules {
        Rules::Configuration => scalar::resolve(text),
        Rules::Tests => of_tests(text),
    };
    let tag = match node.tag.as_deref().unwrap_or_default() {
        "" if *is_plain && node.tag.is_none() => return Ok(resolve(text)),
        tag @ ("!!bool" | "!!int" | "!!float" | "!!null") => tag,
        tag @ "!!timestamp" if rules == Rules::Configuration => tag,
        _ => return Ok(Scalar::Text),
    };
    match resolve(text) {
        Scalar::Whole(digits) if tag == "!!float" => Ok(Scalar::Float(double::read(&digits).unwrap_or_default())),
        scalar if scalar.tag() == tag => Ok(scalar),
        scalar => Err(format!("cannot decode {} `{text}` as a {tag}", scalar.tag())),
    }
}

/// The words of YAML 1.1 for true and false; and a date is a text.
fn of_tests(text: &str) -> Scalar {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Scalar::Flag(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Scalar::Flag(false),
        _ => match scalar::resolve(text) {
            Scalar::Moment(_) => Scalar::Text,
            scalar => scalar,
        },
    }
}
