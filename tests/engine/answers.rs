//! Answers that engines have differed about: each is OPA's.

use super::*;

/// What `x` of a package says; `undefined`, or the code of an error.
fn said(rules: &str) -> String {
    let program = program(format!("package policy\n\n{rules}\n"));
    match program.evaluate("policy/x", None, Allowance::default()) {
        Ok(evaluation) => match evaluation.answer {
            Answer::Value(text) => text.into_owned(),
            Answer::Undefined => "undefined".to_owned(),
        },
        Err(error) => error.code.as_str().to_owned(),
    }
}

#[test]
fn of_equal_keys_of_an_object_the_last_stays() {
    for (rules, expected) in [
        (r#"x := {"a": 1, "a": upper("b")}"#, r#"{"a":"B"}"#),
        (r#"x := {"a": upper("b"), "a": 1}"#, r#"{"a":1}"#),
        (r#"x := {k: 1, l: 2} if { k := "a"; l := "a" }"#, r#"{"a":2}"#),
    ] {
        assert_eq!(said(rules), expected, "{rules}");
    }
    // Constants are put into an object first, and keys that are made last: regorus knows no such order.
    for (rules, expected) in [
        (r#"x := {k: 1, "a": 2} if k := "a""#, r#"{"a":1}"#),
        (r#"x := {[k]: 1, l: 2} if { k := 1; l := [1] }"#, r#"{"[1]":1}"#),
    ] {
        assert_eq!(said(rules), expected, "{rules}");
    }
    // What is collected key by key contradicts itself.
    let conflict = "eval_conflict_error";
    assert_eq!(said(r#"x := {"a": v | some v in [1, 2]}"#), conflict);
    assert_eq!(said("x[\"a\"] := v if some v in [1, 2]"), "eval_conflict_error");
}

#[test]
fn a_contradiction_is_told_by_what_it_is_of() {
    let message = |rules: &str| {
        let program = program(format!("package policy\n\n{rules}\n"));
        program.evaluate("policy/x", None, Allowance::default()).unwrap_err().message
    };
    let of_function = message("f(a) := 1 if a > 0\n\nf(a) := 2 if a > 1\n\nx := f(2)");
    assert!(of_function.contains("functions must not produce multiple outputs"), "{of_function}");
    let of_rule = message("x := v if some v in [1, 2]");
    assert!(of_rule.contains("rules must not produce multiple outputs"), "{of_rule}");
}
