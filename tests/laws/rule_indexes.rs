//! A law of rules that are found by their first tests: they answer, fail and print as if each of them had been tried.

use crate::{call, tries};
use proptest::prelude::*;
use proptest::sample::select;
use regate::api::Engine;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// One rule, but for its head.
#[derive(Debug, Clone)]
struct Rule {
    /// The first argument of a function.
    argument: &'static str,
    body: Vec<String>,
    value: usize,
    has_else: bool,
}

const KINDS: [&str; 4] = ["complete", "set", "object", "function"];

fn constant() -> impl Strategy<Value = &'static str> {
    select(vec![
        "\"a\"", "\"ab\"", "\"abc\"", "\"b\"", "\"é\"", "\"éa\"", "1", "1.0", "2", "true", "false", "null", "1e0",
        "[1]", "0",
    ])
}

fn text() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "ab", "abc", "b", "c", "cd", "d", "e", "f", "é", "éa", "k1", "k2", "k3", ""])
}

fn statement() -> impl Strategy<Value = String> {
    let subject = select(vec!["input.a", "input.a", "input.b", "input.c.d", "input[\"b\"]", "input.c", "input"]);
    (subject, constant(), constant(), text(), 0..17_u8).prop_map(|(subject, one, other, text, form)| match form {
        0..=2 => format!("{subject} == {one}"),
        3 => format!("{one} = {subject}"),
        4 | 5 => format!("{subject} in {{{one}, {other}}}"),
        6 => format!("{subject} == [{one}, {other}][_]"),
        7..=9 => format!("startswith({subject}, \"{text}\")"),
        10 => format!("glob.match(\"{text}*\", [], {subject})"),
        11 => format!("glob.match(\"a?{text}\", null, {subject})"),
        12 => format!("not {subject} == {one}"),
        13 => format!("print({subject}, {one})"),
        14 => format!("{subject} != {one}"),
        15 => format!("v := {subject}; v == {one}"),
        _ => format!("count({subject}) > 0"),
    })
}

/// What many rules of one policy begin with, so that there is something to look up.
fn first_statement(theme: u8) -> BoxedStrategy<String> {
    match theme {
        0 => {
            (constant(), 0..3).prop_map(|(one, of)| format!("input.{} == {one}", ["a", "a", "b"][of as usize])).boxed()
        }
        1 => text().prop_map(|text| format!("startswith(input.a, \"{text}\")")).boxed(),
        2 => text().prop_map(|text| format!("glob.match(\"{text}*\", [], input.b)")).boxed(),
        3 => (constant(), constant()).prop_map(|(one, other)| format!("input.a in {{{one}, {other}}}")).boxed(),
        _ => statement().boxed(),
    }
}

fn rule(theme: u8) -> impl Strategy<Value = Rule> {
    let argument = select(vec!["z", "z", "\"a\"", "\"b\"", "1", "1.0", "null", "{\"d\": z}"]);
    let first = proptest::option::weighted(0.8, first_statement(theme));
    // Of two statements `v := …` in one body, the second is refused.
    let body = (first, proptest::collection::vec(statement(), 1..3)).prop_map(|(first, mut body)| {
        let mut has_variable = false;
        body.retain(|statement| !statement.starts_with("v :=") || !std::mem::replace(&mut has_variable, true));
        first.into_iter().filter(|first| !first.starts_with("v :=")).chain(body).collect()
    });
    (argument, body, 0..4_usize, prop::bool::weighted(0.1)).prop_map(|(argument, body, value, has_else)| Rule {
        argument,
        body,
        value,
        has_else,
    })
}

/// The rules as text, each kept from the index or not. Each stands in the same lines either way.
fn policy(kind: &str, rules: &[Rule], has_default: bool, is_kept_out: bool) -> String {
    let mut source = "package p\n\n".to_owned();
    if has_default && kind != "set" && kind != "object" {
        writeln!(source, "default {} := \"none\"\n", if kind == "function" { "f(_)" } else { "x" }).unwrap();
    }
    // A rule with `else` is in no index.
    for Rule { argument, body, value, has_else } in rules {
        let (is_constant, first) = (!argument.contains('z'), if is_kept_out { "true" } else { "# indexed" });
        let (head, second) = match kind {
            "complete" => (format!("x := {value}"), "# no argument".to_owned()),
            "set" => (format!("x contains {value}"), "# no argument".to_owned()),
            "object" => (format!("x[{}] := {}", value % 2, value), "# no argument".to_owned()),
            _ if is_constant && is_kept_out && !has_else => (format!("f(z) := {value}"), format!("z == {argument}")),
            _ => (format!("f({argument}) := {value}"), "# in the head".to_owned()),
        };
        write!(source, "{head} if {{\n\t{first}\n\t{second}\n\t{}\n}}", body.join("\n\t")).unwrap();
        if *has_else && (kind == "complete" || kind == "function") {
            write!(source, " else := 7 if {{\n\tinput.b == 1\n}}").unwrap();
        }
        source.push_str("\n\n");
    }
    if kind == "function" {
        source.push_str("x := {i: f(v) | some i, v in [input.a, input.b, input.c, \"a\", 1]}\n\n");
    }
    source
}

fn value() -> impl Strategy<Value = Value> {
    select(vec![
        json!("a"),
        json!("ab"),
        json!("abcd"),
        json!("b"),
        json!("cd"),
        json!("e"),
        json!("k2"),
        json!("k3/x"),
        json!("é"),
        json!("éab"),
        json!("è"),
        json!(""),
        json!(1),
        json!(1.0),
        json!(2),
        json!(0),
        json!(true),
        json!(false),
        Value::Null,
        json!([1]),
        json!({ "d": "ab" }),
        json!({ "d": 1 }),
        json!("absent"),
    ])
}

fn input() -> impl Strategy<Value = Value> {
    (value(), value(), value()).prop_map(|values| {
        let pairs = [("a", values.0), ("b", values.1), ("c", values.2)];
        let there = pairs.into_iter().filter(|(_, value)| *value != json!("absent"));
        Value::Object(there.map(|(key, value)| (key.to_owned(), value)).collect())
    })
}

/// What a policy says to inputs, with and without errors of builtins, and what it prints where tests ask it.
fn said(source: &str, inputs: &[Value]) -> Vec<Value> {
    let mut engine = Engine::new();
    let module = |source: &str| json!([{ "path": "p.rego", "source": source }]);
    let compiled = call(&mut engine, "compile", &json!({ "modules": module(source) }), None);
    assert!(compiled["handle"].is_u64(), "{source}\n{compiled}");
    let mut said = Vec::new();
    let mut tests = source.to_owned();
    for (at, input) in inputs.iter().enumerate() {
        for strict in [false, true] {
            let request = json!({ "handle": compiled["handle"], "entrypoint": "p/x", "strict_builtin_errors": strict });
            let answer = call(&mut engine, "evaluate", &request, Some(input.to_string().as_bytes()));
            said.push(json!([answer["defined"], answer["value"], answer["error"]]));
        }
        write!(tests, "test_{at} if {{\n\ty := [v | v := x] with input as {input}\n\tprint(y)\n}}\n\n").unwrap();
    }
    let report = call(&mut engine, "test", &json!({ "modules": module(&tests) }), None);
    let results = report["results"].as_array().unwrap();
    said.extend(results.iter().map(|result| json!([result["outcome"], result["message"], result["prints"]])));
    said
}

proptest! {
    #![proptest_config(tries(600))]

    #[test]
    fn rules_that_are_found_answer_as_if_all_were_tried(
        kind in select(KINDS.to_vec()),
        rules in (0..5_u8).prop_flat_map(|theme| proptest::collection::vec(rule(theme), 4..40)),
        has_default in any::<bool>(),
        inputs in proptest::collection::vec(input(), 1..4),
    ) {
        let all = said(&policy(kind, &rules, has_default, true), &inputs);
        prop_assert_eq!(said(&policy(kind, &rules, has_default, false), &inputs), all);
    }
}
