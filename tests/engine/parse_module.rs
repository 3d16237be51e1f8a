//! `rego.parse_module`: the tree of a module as OPA writes it.

use super::*;
use serde_json::{Value, json};

fn ask(source: &str) -> Result<Value, regate::error::Error> {
    let program = program("package policy\n\nx := rego.parse_module(\"x.rego\", input)\n");
    let input = Document::read(json!(source).to_string().as_bytes()).unwrap();
    let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
    match program.evaluate("policy/x", Some(&input), allowance)?.answer {
        Answer::Value(text) => Ok(serde_json::from_str(&text).unwrap()),
        Answer::Undefined => panic!("{source}: undefined"),
    }
}

fn var(name: &str) -> Value {
    json!({"type": "var", "value": name})
}

fn text(text: &str) -> Value {
    json!({"type": "string", "value": text})
}

fn number(number: i64) -> Value {
    json!({"type": "number", "value": number})
}

fn reference(name: &str) -> Value {
    let mut parts = name.split('.');
    let first = var(parts.next().unwrap());
    let parts: Vec<Value> = std::iter::once(first).chain(parts.map(text)).collect();
    json!({"type": "ref", "value": parts})
}

/// The statements of a rule with this body.
fn body(statement: &str) -> Value {
    ask(&format!("package p\n\nx if {{ {statement} }}\n")).unwrap()["rules"][0]["body"].clone()
}

#[test]
fn a_module_has_package_imports_rules_and_comments() {
    let source = "# héllo\npackage a.b\n\nimport data.c as d\nimport rego.v1 # é\n\np := 1 if q\n";
    let truth = json!([{"index": 0, "terms": var("q")}]);
    let place = |row: u32, col: u32| json!({"file": "x.rego", "row": row, "col": col});
    assert_eq!(
        ask(source).unwrap(),
        json!({
            "package": {"path": [var("data"), text("a"), text("b")]},
            "imports": [{"path": reference("data.c"), "alias": "d"}, {"path": reference("rego.v1")}],
            "rules": [{
                "head": {"name": "p", "ref": [var("p")], "value": number(1), "assign": true},
                "body": truth,
            }],
            "comments": [
                {"Text": "IGjDqWxsbw==", "Location": place(1, 1)},
                {"Text": "IMOp", "Location": place(5, 16)},
            ],
        })
    );
}

#[test]
fn heads_are_as_opa_has_them() {
    let truth = json!({"type": "boolean", "value": true});
    let always = json!([{"index": 0, "terms": truth}]);
    for (source, rules) in [
        ("p if { true }", json!([{"head": {"name": "p", "ref": [var("p")], "value": truth}, "body": always}])),
        ("p contains 1", json!([{"head": {"name": "p", "ref": [var("p")], "key": number(1)}, "body": always}])),
        (
            "f(x, _) := 1",
            json!([{"head": {"name": "f", "ref": [var("f")], "args": [var("x"), var("$0")], "value": number(1), "assign": true}, "body": always}]),
        ),
        (
            "p.a.b := 1",
            json!([{"head": {"ref": [var("p"), text("a"), text("b")], "value": number(1), "assign": true}, "body": always}]),
        ),
        (
            "p[x] := 1 if x = 1",
            json!([{"head": {"name": "p", "ref": [var("p"), var("x")], "key": var("x"), "value": number(1), "assign": true}, "body": [{"index": 0, "terms": [reference("eq"), var("x"), number(1)]}]}]),
        ),
        (
            "default p := 1",
            json!([{"default": true, "head": {"name": "p", "ref": [var("p")], "value": number(1), "assign": true}, "body": always}]),
        ),
        (
            "p := 1 if { true } else := 2 if { true } else := 3",
            json!([{
                "head": {"name": "p", "ref": [var("p")], "value": number(1), "assign": true},
                "body": always,
                "else": {
                    "head": {"name": "p", "ref": [var("p")], "value": number(2), "assign": true},
                    "body": always,
                    "else": {"head": {"name": "p", "ref": [var("p")], "value": number(3), "assign": true}, "body": always},
                },
            }]),
        ),
        // A text of v0.
        (
            "p { true } { true }",
            json!([
                {"head": {"name": "p", "ref": [var("p")], "value": truth}, "body": always},
                {"head": {"name": "p", "ref": [var("p")], "value": truth}, "body": always},
            ]),
        ),
        ("p[1] { true }", json!([{"head": {"name": "p", "ref": [var("p")], "key": number(1)}, "body": always}])),
    ] {
        assert_eq!(ask(&format!("package p\n\n{source}\n")).unwrap()["rules"], rules, "{source}");
    }
}

#[test]
fn terms_and_statements_are_as_opa_has_them() {
    let call = |parts: Vec<Value>| json!({"type": "call", "value": parts});
    for (statement, expected) in [
        ("a := 1", json!([{"index": 0, "terms": [reference("assign"), var("a"), number(1)]}])),
        (
            "not a.b[c]",
            json!([{"index": 0, "negated": true, "terms": {"type": "ref", "value": [var("a"), text("b"), var("c")]}}]),
        ),
        ("input", json!([{"index": 0, "terms": reference("input")}])),
        (
            "f(1); g.h(x + 1 > 2)",
            json!([
                {"index": 0, "terms": [reference("f"), number(1)]},
                {"index": 1, "terms": [reference("g.h"), call(vec![reference("gt"), call(vec![reference("plus"), var("x"), number(1)]), number(2)])]},
            ]),
        ),
        ("some a, b", json!([{"index": 0, "terms": {"symbols": [var("a"), var("b")]}}])),
        (
            "some k, v in xs",
            json!([{"index": 0, "terms": {"symbols": [call(vec![reference("internal.member_3"), var("k"), var("v"), var("xs")])]}}]),
        ),
        ("1 in xs", json!([{"index": 0, "terms": [reference("internal.member_2"), number(1), var("xs")]}])),
        (
            "every x in xs { x }",
            json!([{"index": 0, "terms": {"key": null, "value": var("x"), "domain": var("xs"), "body": [{"index": 0, "terms": var("x")}]}}]),
        ),
        (
            "a with input.x as 1 with data.y as null",
            json!([{"index": 0, "terms": var("a"), "with": [
                {"target": reference("input.x"), "value": number(1)},
                {"target": reference("data.y"), "value": {"type": "null", "value": {}}},
            ]}]),
        ),
        (
            "{2, 1, 2, \"a\"}",
            json!([{"index": 0, "terms": {"type": "set", "value": [number(1), number(2), text("a")]}}]),
        ),
        (
            "{\"b\": 1, \"a\": [_, _]}",
            json!([{"index": 0, "terms": {"type": "object", "value": [
                [text("a"), {"type": "array", "value": [var("$0"), var("$1")]}],
                [text("b"), number(1)],
            ]}}]),
        ),
        (
            "[x | x]",
            json!([{"index": 0, "terms": {"type": "arraycomprehension", "value": {"term": var("x"), "body": [{"index": 0, "terms": var("x")}]}}}]),
        ),
        (
            "{x: y | x; y}",
            json!([{"index": 0, "terms": {"type": "objectcomprehension", "value": {"key": var("x"), "value": var("y"), "body": [{"index": 0, "terms": var("x")}, {"index": 1, "terms": var("y")}]}}}]),
        ),
    ] {
        assert_eq!(body(statement), expected, "{statement}");
    }
}

#[test]
fn what_is_no_module_is_refused_in_the_words_of_opa() {
    let error = ask("package foo.").unwrap_err();
    assert!(
        error.message.contains("1 error occurred: x.rego:1: rego_parse_error: unexpected eof token: expected ident"),
        "{error}"
    );
    let deep = format!("package p\n\nx := {}{}\n", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(ask(&deep).unwrap_err().limit.unwrap().name, "source_nesting");
}
