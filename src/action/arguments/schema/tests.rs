//! What schemas are refused, and what arguments.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use super::ArgumentSchema;
use crate::action::policy::errors::PolicyError;
use serde_json::{Map, Value, json};

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

/// The violations, each as `argument rule`.
fn broken(schema: &Value, arguments: &str) -> Vec<String> {
    let schema = ArgumentSchema::compile(&object(schema.clone())).unwrap();
    let violations = schema.violations(&object(serde_json::from_str(arguments).unwrap()));
    violations
        .iter()
        .map(|violation| {
            let rule = serde_json::to_value(violation.rule).unwrap();
            assert!(violation.message.starts_with('`'), "{}", violation.message);
            format!("{} {}", violation.argument, rule.as_str().unwrap())
        })
        .collect()
}

/// The errors, each as `path code`.
fn errors(schema: Value) -> Vec<String> {
    let Err(errors) = ArgumentSchema::compile(&object(schema)) else { return Vec::new() };
    errors.iter().map(in_short).collect()
}

fn in_short(error: &PolicyError) -> String {
    let path: Vec<String> = serde_json::to_value(&error.path)
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
        .collect();
    format!("{} {}", path.join("/"), serde_json::to_value(error.code).unwrap().as_str().unwrap())
}

#[test]
fn every_violation_is_told_and_what_is_missing_first() {
    let schema = json!({
        "required": ["a"],
        "properties": { "b": { "enum": ["p"] }, "c": { "pattern": "^x" }, "d": { "type": "integer" } },
    });
    assert_eq!(broken(&schema, r#"{"d": 1.0, "c": "y", "b": "q"}"#), ["a required", "b enum", "c pattern", "d type"]);
    assert_eq!(broken(&schema, r#"{"a": null, "d": 1, "c": "x", "b": "p", "zz": 1}"#), [""; 0]);
    assert_eq!(broken(&json!({ "required": ["a"] }), "{}"), ["a required"]);
}

#[test]
fn bounds_are_of_numbers_and_inclusive() {
    let amount = |rules: Value| json!({ "properties": { "a": rules } });
    let schema = amount(json!({ "type": "number", "maximum": 10 }));
    for (given, expected) in [
        ("10", vec![]),
        ("10.0", vec![]),
        ("1e1", vec![]),
        ("10.01", vec!["a maximum"]),
        ("10.00000000000000000000000000000001", vec!["a maximum"]),
        ("1e400", vec!["a maximum"]),
        ("-1e400", vec![]),
        ("true", vec!["a type"]),
        ("\"5\"", vec!["a type"]),
        ("null", vec!["a type"]),
    ] {
        assert_eq!(broken(&schema, &format!("{{\"a\": {given}}}")), expected, "{given}");
    }
    let exclusive = amount(json!({ "exclusiveMinimum": 0, "exclusiveMaximum": 9007199254740993_u64 }));
    for (given, expected) in [
        ("0", vec!["a exclusiveMinimum"]),
        ("-0.0", vec!["a exclusiveMinimum"]),
        ("1e-400", vec![]),
        ("9007199254740992", vec![]),
        ("9007199254740993", vec!["a exclusiveMaximum"]),
        ("\"-1\"", vec![]),
    ] {
        assert_eq!(broken(&exclusive, &format!("{{\"a\": {given}}}")), expected, "{given}");
    }
    let both = amount(json!({ "minimum": 5, "enum": [1], "const": 2 }));
    assert_eq!(broken(&both, r#"{"a": 3}"#), ["a const", "a enum", "a minimum"]);
    assert_eq!(broken(&both, r#"{}"#), [""; 0]);
}

#[test]
fn kinds_are_told_apart() {
    let values = ["\"x\"", "1.5", "1.0", "1e3", "7", "-0", "true", "[]", "{}", "null"];
    for (kind, admitted) in [
        ("string", vec!["\"x\""]),
        ("number", vec!["1.5", "1.0", "1e3", "7", "-0"]),
        ("integer", vec!["7", "-0"]),
        ("boolean", vec!["true"]),
        ("array", vec!["[]"]),
        ("object", vec!["{}"]),
    ] {
        let schema = json!({ "properties": { "a": { "type": kind } } });
        let passed: Vec<&str> =
            values.into_iter().filter(|value| broken(&schema, &format!("{{\"a\": {value}}}")).is_empty()).collect();
        assert_eq!(passed, admitted, "{kind}");
    }
}

#[test]
fn values_are_compared_by_what_they_are() {
    let schema = json!({ "properties": { "a": { "enum": [1, "x", [{ "n": 2 }], null] } } });
    for given in ["1", "1.0", "\"x\"", "[{\"n\": 2.0}]", "null"] {
        assert_eq!(broken(&schema, &format!("{{\"a\": {given}}}")), [""; 0], "{given}");
    }
    for given in ["true", "\"1\"", "\"X\"", "[{\"n\": 2, \"m\": 0}]", "[]", "false"] {
        assert_eq!(broken(&schema, &format!("{{\"a\": {given}}}")), ["a enum"], "{given}");
    }
}

#[test]
fn strings_are_measured_in_characters() {
    let schema = json!({ "properties": { "a": { "minLength": 2, "maxLength": 3, "pattern": "b" } } });
    for (given, expected) in [
        ("\"\u{1f6a7}b\"", vec![]),
        ("\"b\"", vec!["a minLength"]),
        ("\"\u{e9}\u{e9}\u{e9}\u{e9}\"", vec!["a maxLength", "a pattern"]),
        ("5", vec![]),
        ("[1]", vec![]),
    ] {
        assert_eq!(broken(&schema, &format!("{{\"a\": {given}}}")), expected, "{given}");
    }
}

#[test]
fn objects_and_lists_are_checked_inside() {
    let schema = json!({
        "type": "object",
        "title": "a refund",
        "properties": {
            "order": {
                "type": "object",
                "description": "what is refunded",
                "required": ["id"],
                "properties": { "lines": { "type": "array", "items": { "properties": { "price": { "minimum": 0 } } } } },
                "additionalProperties": false,
            },
        },
        "additionalProperties": { "type": "string" },
    });
    assert_eq!(
        broken(&schema, r#"{"note": 5, "order": {"lines": [{"price": 1}, {"price": -1}, 7], "x": 1}, "by": "me"}"#),
        ["order.id required", "order.lines[1].price minimum", "order.x additionalProperties", "note type"]
    );
    assert_eq!(broken(&schema, r#"{"order": []}"#), ["order type"]);
    let closed = json!({ "properties": { "a": {} }, "additionalProperties": false });
    assert_eq!(broken(&closed, r#"{"a": 1, "b": 2, "c": null}"#), ["b additionalProperties", "c additionalProperties"]);
}

#[test]
fn no_message_repeats_a_value_and_their_number_is_bounded() {
    let rules = json!({ "enum": ["p"], "const": "q", "pattern": "^x", "minLength": 40 });
    let schema = json!({ "properties": { "a": { "items": rules } }, "additionalProperties": false });
    let schema = ArgumentSchema::compile(&object(schema)).unwrap();
    let name = "n".repeat(100_000);
    let violations = schema.violations(&object(json!({ "a": vec!["secret"; 1000], name.as_str(): 1 })));
    assert_eq!(violations.len(), crate::limits::ARGUMENT_FINDINGS);
    let violations = [violations, schema.violations(&object(json!({ name: 1 })))].concat();
    for violation in violations {
        assert!(!violation.message.contains("secret"), "{}", violation.message);
        assert!(violation.message.chars().count() < 200 && violation.argument.chars().count() <= 201);
    }
}

#[test]
fn messages_say_what_is_expected() {
    let schema = json!({
        "required": ["a"],
        "properties": {
            "b": { "type": "integer" }, "c": { "enum": [1, "x"] }, "d": { "maximum": 0.10 }, "e": { "maxLength": 1 },
            "f": { "type": "string" },
        },
        "additionalProperties": false,
    });
    let schema = ArgumentSchema::compile(&object(schema)).unwrap();
    let arguments = object(json!({ "b": 1.5, "c": 2, "d": 1, "e": "\u{e9}\u{e9}", "f": null, "g": 1 }));
    let messages: Vec<String> = schema.violations(&arguments).into_iter().map(|violation| violation.message).collect();
    assert_eq!(
        messages,
        [
            "`a` is required",
            "`b` must be an integer, written without a fraction or an exponent; a number with a fraction or an exponent is given",
            "`c` must be one of 1, \"x\"",
            "`d` must be at most 0.1",
            "`e` must have at most 1 character; 2 given",
            "`f` must be a string; null is given",
            "`g` is not an argument of this action",
        ]
    );
}

#[test]
fn every_error_of_a_schema_is_told_at_its_place() {
    assert_eq!(
        errors(json!({
            "type": "array",
            "required": ["a", 1, "a"],
            "amount": { "type": "number" },
            "minimum": 1,
            "additionalProperties": 0,
            "properties": {
                "a": { "type": "text" },
                "b": { "type": ["string", "number"] },
                "c": { "pattern": "(" },
                "d": { "minimum": 2, "maximum": 1 },
                "e": { "exclusiveMinimum": 1, "maximum": 1.0 },
                "f": { "minLength": 2, "maxLength": 1 },
                "g": { "minLength": -1, "maxLength": 1.5 },
                "h": { "format": "email", "$ref": "#" },
                "i": 5,
                "j": { "type": "string", "minimum": 5 },
                "k": { "enum": [] },
                "l": { "type": "integer", "enum": [1, 1.5, "x"], "const": "y" },
                "m": { "items": { "properties": { "n": { "enum": {} } }, "required": {} } },
                "o": { "minimum": "5", "pattern": 5, "title": 1 },
                "p": { "type": "null" },
            },
        })),
        [
            "type CONFLICT",
            "amount UNSUPPORTED_SCHEMA_KEYWORD",
            "minimum UNSUPPORTED_SCHEMA_KEYWORD",
            "required/1 TYPE",
            "properties/a/type ENUM",
            "properties/b/type TYPE",
            "properties/c/pattern BAD_REGEX",
            "properties/d/minimum CONFLICT",
            "properties/e/exclusiveMinimum CONFLICT",
            "properties/f/minLength CONFLICT",
            "properties/g/minLength RANGE",
            "properties/g/maxLength RANGE",
            "properties/h/format UNSUPPORTED_SCHEMA_KEYWORD",
            "properties/h/$ref UNSUPPORTED_SCHEMA_KEYWORD",
            "properties/i TYPE",
            "properties/j/minimum CONFLICT",
            "properties/k/enum RANGE",
            "properties/l/enum/1 CONFLICT",
            "properties/l/enum/2 CONFLICT",
            "properties/l/const CONFLICT",
            "properties/m/items/required TYPE",
            "properties/m/items/properties/n/enum TYPE",
            "properties/o/minimum TYPE",
            "properties/o/pattern TYPE",
            "properties/o/title TYPE",
            "properties/p/type ENUM",
            "additionalProperties TYPE",
        ]
    );
}

#[test]
fn schemas_stand_only_so_deep_in_one_another() {
    let nested = |levels: u64| (0..levels).fold(json!({}), |inner, _| json!({ "items": inner }));
    assert_eq!(errors(json!({ "properties": { "a": nested(31) } })), [""; 0]);
    assert_eq!(errors(json!({ "properties": { "a": nested(32) } })).len(), 1);
}
