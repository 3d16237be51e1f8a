//! Digests of arguments: equal arguments have equal ones, however their keys are ordered and their numbers are written.

use super::decimal::Decimal;
use crate::action::call::ActionCall;
use crate::decision::digest;
use crate::typed;
use serde_json::{Map, Number, Value};

/// The hash of a call without arguments, or without any that count.
pub const NO_ARGUMENTS: &str = "no-arguments";

/// The short hash by which loops and evidence know arguments again: sixteen hexadecimal digits. `exclude` does not count.
pub fn arguments_hash(arguments: &Map<String, Value>, exclude: &[String]) -> String {
    let counting = || arguments.iter().filter(|(name, _)| !exclude.contains(name));
    if counting().next().is_none() {
        return NO_ARGUMENTS.to_owned();
    }
    let mut text = String::new();
    digest::write_fields(counting(), &write_number, &mut text);
    let mut hash = digest::of_text(&text);
    hash.truncate(16);
    hash
}

/// The whole digest, to which an approval is bound: `sha256:` and hexadecimal digits.
pub fn arguments_digest(arguments: &Map<String, Value>) -> String {
    let mut text = String::new();
    digest::write_fields(arguments, &write_number, &mut text);
    format!("sha256:{}", digest::of_text(&text))
}

/// What a call says of itself, beside what a grant is compared with on its own, that is looked at again when it is resumed: without its
/// mission, a policy or a kill switch would not be about it any more.
pub fn declared_digest(call: &ActionCall) -> String {
    let mut fields = match typed::written(call) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    // What says nothing is left out, so that a later version with more fields knows a call again.
    let says_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::String(_) | Value::Number(_) => false,
    };
    fields.retain(|field, value| DECLARED.contains(&field.as_str()) && !says_nothing(value));
    arguments_digest(&fields)
}

const DECLARED: [&str; 8] = [
    "mission_id",
    "group_id",
    "impact",
    "fail_closed",
    "requires",
    "evidence_max_age_seconds",
    "grounding_rules",
    "argument_constraints",
];

/// INVARIANT: 1 and 1.0 are equal, and a store may turn one into the other, so both have one text.
fn write_number(number: &Number, text: &mut String) {
    Decimal::new(number).write(text);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
    use super::{NO_ARGUMENTS, arguments_digest, arguments_hash};
    use serde_json::{Map, Value};

    fn read(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn equal_arguments_have_one_hash() {
        let hash = |text: &str| arguments_hash(&read(text), &["nonce".to_owned()]);
        let known = hash(r#"{"a": 1, "b": {"c": "x\ny", "d": [1e2, null]}}"#);
        assert_eq!(known, "4387d116d533cfaf");
        assert_eq!(hash(r#"{"nonce": 7, "b": {"d": [100.0, null], "c": "x\u000ay"}, "a": 1.0}"#), known);
        for other in [
            r#"{"a": "1", "b": {"c": "x\ny", "d": [100, null]}}"#,
            r#"{"a": true, "b": {"c": "x\ny", "d": [100, null]}}"#,
            r#"{"a": 1, "b": {"c": "x\ny", "d": [null, 100]}}"#,
            r#"{"a": 1, "b": {"c": "x\ny", "d": [100, null], "nonce": 7}}"#,
        ] {
            assert_ne!(hash(other), known, "{other}");
        }
        assert_eq!((hash("{}").as_str(), hash(r#"{"nonce": 1}"#).as_str()), (NO_ARGUMENTS, NO_ARGUMENTS));
    }

    #[test]
    fn an_approval_is_bound_to_every_argument() {
        let digest = |text: &str| arguments_digest(&read(text));
        assert_eq!(digest("{}"), "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        assert_eq!(digest(r#"{"a": 1, "b": 0.50}"#), digest(r#"{"b": 5e-1, "a": 1}"#));
        assert_ne!(digest(r#"{"a": 1, "nonce": 1}"#), digest(r#"{"a": 1, "nonce": 2}"#));
    }
}
