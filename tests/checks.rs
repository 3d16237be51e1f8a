//! What the checks say of whole modules: the code, the place, and that nothing is refused that is right.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use regate::rego::{Capabilities, Dialect, DialectRule, Module, compile};

/// Each finding as `path:line code message`.
fn findings(dialect: Dialect, modules: &[(&str, &str)]) -> Vec<String> {
    let modules =
        modules.iter().map(|&(path, source)| Module { path: path.to_owned(), source: source.to_owned() }).collect();
    let compilation = compile(modules, None, DialectRule::Fixed(dialect), &Capabilities::default()).unwrap();
    compilation
        .diagnostics
        .into_iter()
        .map(|finding| format!("{}:{} {} {}", finding.file, finding.start.line, finding.code, finding.message))
        .collect()
}

fn v1(source: &str) -> Vec<String> {
    findings(Dialect::V1, &[("p.rego", source)])
}

fn v0(source: &str) -> Vec<String> {
    findings(Dialect::V0, &[("p.rego", source)])
}

#[track_caller]
fn says(found: &[String], wanted: &[&str]) {
    assert_eq!(found, wanted);
}

#[test]
fn a_head_that_would_be_true_by_itself_is_refused_in_the_older_dialect() {
    says(
        &v0("package p\n\nallow if { input.admin }\n"),
        &["p.rego:3 rego_parse_error var cannot be used for rule name"],
    );
    says(&v0("package p\n\nallow\n"), &["p.rego:3 rego_parse_error var cannot be used for rule name"]);
    says(
        &v0("package p\n\nallow = true if { input.admin }\n\nb = 1\n"),
        &["p.rego:3 rego_parse_error unexpected `if` after a rule"],
    );
    says(
        &v0("package p\n\ndeny contains msg { msg := \"no\" }\n"),
        &["p.rego:3 rego_parse_error var cannot be used for rule name"],
    );
    assert_eq!(v0("package p\n\nimport future.keywords.contains\n\ndeny contains msg { msg := \"no\" }\n"), [""; 0]);
    assert_eq!(v0("package p\n\nimport future.keywords.if\n\nallow if { input.admin }\n"), [""; 0]);
    assert_eq!(
        v0("package p\n\nallow { input.admin }\n\np[\"a\"]\n\nb = 1\n\nc = 2 { b } else = 3 { true }\n"),
        [""; 0]
    );
    assert_eq!(v0("package p\n\nf(x) = x { x } # if\n\ndefault d = 1\nd = 2 { f(1) }\n"), [""; 0]);
}

#[test]
fn rules_of_two_kinds_conflict_at_the_first_of_them() {
    says(&v1("package p\n\na := 1\n\na contains 2\n"), &["p.rego:3 rego_type_error conflicting rules data.p.a found"]);
    says(
        &v1("package p\n\nf(x) := x\n\nf(x, y) := [x, y]\n"),
        &["p.rego:3 rego_type_error conflicting rules data.p.f found"],
    );
    says(
        &findings(Dialect::V1, &[("b.rego", "package p\n\na := 1\n"), ("a.rego", "package p\n\n\na contains 1\n")]),
        &["a.rego:4 rego_type_error conflicting rules data.p.a found"],
    );
    assert_eq!(v1("package p\n\na[x].b := x if some x in [1]\n\na[x] := 1 if some x in [2]\n"), [""; 0]);
    assert_eq!(v1("package p\n\na[\"b\"] := 1\n\na.c := 2\n\na.b := 1\n"), [""; 0]);
}

#[test]
fn the_result_as_last_argument_belongs_to_statements() {
    assert_eq!(v1("package p\n\na if {\n\tcount([1], 1)\n\tnot count([1], 2)\n}\n"), [""; 0]);
    let found = v1("package p\n\na := count([1], 1)\n");
    assert!(
        matches!(found.as_slice(), [one] if one.starts_with("p.rego:3 rego_type_error count: arity mismatch")),
        "{found:?}"
    );
}

#[test]
fn rules_that_ask_each_other_are_refused() {
    says(
        &v1("package p\n\na if b\n\nb if not data.p.a\n"),
        &[
            "p.rego:3 rego_recursion_error rule data.p.a is recursive: data.p.a -> data.p.b -> data.p.a",
            "p.rego:5 rego_recursion_error rule data.p.b is recursive: data.p.b -> data.p.a -> data.p.b",
        ],
    );
    let found = findings(
        Dialect::V1,
        &[
            ("a.rego", "package a\n\nimport data.b as other\n\nx := {other.y | true}\n"),
            ("b.rego", "package b\n\nimport data.a\n\ny := f(1)\n\nf(_) := a.x\n"),
        ],
    );
    assert!(found.iter().all(|finding| finding.contains("rego_recursion_error")) && found.len() == 3, "{found:?}");
}

#[test]
fn a_variable_with_the_name_of_a_rule_is_no_recursion() {
    assert_eq!(v1("package p\n\na := 1 if { b := 2; b > 1 }\n\nb := a\n"), [""; 0]);
    assert_eq!(v1("package p\n\nf(b) := b\n\nb := f(1)\n"), [""; 0]);
    assert_eq!(v1("package p\n\na contains k if { some k; k = 1 }\n\nk := a\n"), [""; 0]);
    assert_eq!(v1("package p\n\na if every b in [1] { b > 0 }\n\nb := a\n"), [""; 0]);
    assert_eq!(v1("package p\n\na.x := 1\n\na.y := a.x\n"), [""; 0]);
    assert_eq!(v1("package p\n\na if c with b as 1\n\nb := a\n\nc := 1\n"), [""; 0]);
}

#[test]
fn what_is_missing_at_the_end_is_missing_there() {
    let found = v1("package p\n\na if {\n\tinput.x\n\n");
    assert!(matches!(found.as_slice(), [one] if one.starts_with("p.rego:6 rego_parse_error")), "{found:?}");
    let found = v1("package p\n\na if {\n\tinput.x\n\nb := 1\n");
    assert!(matches!(found.as_slice(), [one] if one.starts_with("p.rego:4 rego_parse_error")), "{found:?}");
}
