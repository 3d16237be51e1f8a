//! What the checks say of whole modules: the code, the place, that nothing is refused that is right, and what wrong operands are called.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

use regate::error::ErrorCode;
use regate::rego::{Allowance, Answer, Capabilities, Dialect, DialectRule, Module, compile};

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
        &v0("package p\n\nallow = true if input.admin\n\nb = 1\n"),
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
fn a_head_of_the_newer_dialect_says_how_it_can_be_read() {
    let source = "package p\n\ndeny contains msg if {\n\tmsg := \"no\"\n}\n";
    let module = Module { path: "p.rego".to_owned(), source: source.to_owned() };
    let rule = DialectRule::Fixed(Dialect::V0);
    let found = compile(vec![module], None, rule, &Capabilities::default()).unwrap().diagnostics;
    let help: Vec<_> = found.iter().map(|finding| finding.help.as_deref()).collect();
    assert_eq!(help, [Some("`contains` is a keyword of v1: `import rego.v1`, or check the module as v1")]);
    let imported = source.replace("package p\n", "package p\n\nimport rego.v1\n");
    assert_eq!(v0(&imported), [""; 0]);
}

#[test]
fn rules_of_two_kinds_conflict_at_the_first_of_them() {
    says(&v1("package p\n\na := 1\n\na contains 2\n"), &["p.rego:5 rego_type_error conflicting rules data.p.a found"]);
    says(
        &v1("package p\n\nf(x) := x\n\nf(x, y) := [x, y]\n"),
        &["p.rego:5 rego_type_error conflicting rules data.p.f found"],
    );
    says(
        &findings(Dialect::V1, &[("b.rego", "package p\n\na := 1\n"), ("a.rego", "package p\n\n\na contains 1\n")]),
        &["b.rego:3 rego_type_error conflicting rules data.p.a found"],
    );
    assert_eq!(v1("package p\n\na[x].b := x if some x in [1]\n\na[x] := 1 if some x in [2]\n"), [""; 0]);
    assert_eq!(v1("package p\n\na[\"b\"] := 1\n\na.c := 2\n\na.b := 1\n"), [""; 0]);
}

#[test]
fn a_second_default_is_reported_where_it_stands_and_where_opa_reports_it() {
    let source = "# p\npackage p\n\ndefault a := 1\n\ndefault a := 2\n";
    says(&v1(source), &["p.rego:6 rego_type_error multiple default rules data.p.a found at p.rego:4, p.rego:6"]);
    let module = Module { path: "p.rego".to_owned(), source: source.to_owned() };
    let found = compile(vec![module], None, DialectRule::V1, &Capabilities::default()).unwrap().diagnostics;
    let place = found.first().and_then(|finding| finding.opa_place.as_ref()).unwrap();
    assert_eq!((place.file.as_str(), place.line), ("p.rego", 2));
}

#[test]
fn a_wrong_operand_has_the_code_that_opa_gives_it() {
    let ask = |expression: &str| {
        let source = format!("package p\n\na := {expression}\n");
        let module = Module { path: "p.rego".to_owned(), source };
        let program = compile(vec![module], None, DialectRule::V1, &Capabilities::default()).unwrap().program.unwrap();
        let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
        program.evaluate("p/a", None, allowance).map(|evaluation| evaluation.answer)
    };
    for expression in
        ["count(1)", "object.filter(1, [])", "bits.lsh(7.5, 1)", "graph.reachable({}, 1)", "format_int(1, 3)"]
    {
        // A number whose type only evaluation knows: one that is written would be refused before.
        let expression = expression.replace("(1", "(json.unmarshal(\"1\")").replace(" 1)", " json.unmarshal(\"1\"))");
        let expression = expression.as_str();
        let error = ask(expression).unwrap_err();
        assert_eq!(error.code, ErrorCode::EvalTypeError, "{expression}: {error}");
        assert!(error.message.starts_with(|first: char| !first.is_whitespace()), "{expression}: {error:?}");
    }
    assert_eq!(ask("numbers.range_step(1, 2, 0)").unwrap_err().code, ErrorCode::EvalBuiltinError);
    assert_eq!(ask("json.is_valid(json.unmarshal(\"1\"))").unwrap(), Answer::Value("false".into()));
    assert_eq!(ask("json.is_valid(\"{}\")").unwrap(), Answer::Value("true".into()));
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
        &["p.rego:3 rego_recursion_error rule data.p.a is recursive: data.p.a -> data.p.b -> data.p.a"],
    );
    let found = findings(
        Dialect::V1,
        &[
            ("a.rego", "package a\n\nimport data.b as other\n\nx := {other.y | true}\n"),
            ("b.rego", "package b\n\nimport data.a\n\ny := f(1)\n\nf(_) := a.x\n"),
        ],
    );
    assert!(found.iter().all(|finding| finding.contains("rego_recursion_error")) && found.len() == 1, "{found:?}");
}

#[test]
fn a_variable_with_the_name_of_a_rule_is_no_recursion() {
    assert_eq!(v1("package p\n\na := 1 if { b := 2; b > 1 }\n\nb := a\n"), [""; 0]);
    assert_eq!(v1("package p\n\nf(b) := b\n\nb := f(1)\n"), [""; 0]);
    assert_eq!(v1("package p\n\na contains k if { some k; k = 1 }\n\nk := a\n"), [""; 0]);
    assert_eq!(v1("package p\n\na if every b in [1] { b > 0 }\n\nb := a\n"), [""; 0]);
    assert_eq!(v1("package p\n\na.x := 1\n\na.y := a.x\n"), [""; 0]);
    // What `with` replaces is asked for all the same, as OPA has it.
    let found = v1("package p\n\na if c with b as 1\n\nb := a\n\nc := 1\n");
    says(&found, &["p.rego:3 rego_recursion_error rule data.p.a is recursive: data.p.a -> data.p.b -> data.p.a"]);
}

#[test]
fn what_is_missing_at_the_end_is_missing_there() {
    let found = v1("package p\n\na if {\n\tinput.x\n\n");
    assert!(matches!(found.as_slice(), [one] if one.starts_with("p.rego:6 rego_parse_error")), "{found:?}");
    let found = v1("package p\n\na if {\n\tinput.x\n\nb := 1\n");
    assert!(matches!(found.as_slice(), [one] if one.starts_with("p.rego:7 rego_parse_error")), "{found:?}");
}

#[test]
fn a_reference_to_what_is_above_a_rule_asks_the_rule() {
    let recursive = |modules: &[(&str, &str)], count: usize| {
        let found = findings(Dialect::V1, modules);
        let codes = found.iter().filter(|finding| finding.contains("rego_recursion_error")).count();
        assert!(codes == count && found.len() == count, "{modules:?}: {found:?}");
    };
    for body in [
        "p := true if count(data) == 0",
        "p := x if { walk(data, [_, x]) }",
        "k := \"a\"\n\np := data[k].p",
        "p := x if { x := data[input.k][input.r] with input as {\"k\": \"a\", \"r\": \"p\"} }",
        "p := object.get(data.a, \"p\", 1)",
        "p := x if { some x in data[_] }",
        "import data.a as all\n\np := all[\"p\"]",
        "p := data[\"a\"][input.x].y",
        "f(x) := data.a\n\nq := 1",
        "p.x := p",
    ] {
        recursive(&[("a.rego", &format!("package a\n\n{body}\n"))], 1);
    }
    says(
        &v1("package p\n\na := data.p.b\n\nb := count(data)\n"),
        &["p.rego:3 rego_recursion_error rule data.p.a is recursive: data.p.a -> data.p.b -> data.p.a"],
    );
    recursive(&[("a.rego", "package a\n\nx := data[input.p].y\n"), ("b.rego", "package b\n\ny := data.a.x\n")], 1);
}

#[test]
fn a_reference_to_data_that_no_rule_lies_under_is_no_recursion() {
    for body in [
        "p := data.tenants[input.t]",
        "p := data[input.t].q",
        "p := data.a.q",
        "p := data.a.q[input.x]",
        "p := x if { walk(data.base, [_, x]) }",
        "import input.data\n\np := data.x",
        "p := {\"p\": input.x}[\"p\"].p",
        "f(x) := {\"p\": x}\n\np := f(1).p",
        "p[\"x\"] := 1\n\np[\"y\"] := p[\"x\"]",
        "p := data.a[0]",
    ] {
        assert_eq!(findings(Dialect::V1, &[("a.rego", &format!("package a\n\n{body}\n"))]), [""; 0], "{body}");
    }
    let tests = "package a_test\n\ntest_all if count(data.a) == 1\n\ntest_one if data.a[input.r] with data.b as 1\n";
    assert_eq!(findings(Dialect::V1, &[("a.rego", "package a\n\np := 1\n"), ("t.rego", tests)]), [""; 0]);
    assert_eq!(
        findings(
            Dialect::V1,
            &[
                ("main.rego", "package main\n\ndeny contains x if some x in data.policies[_].deny\n"),
                ("a.rego", "package policies.a\n\ndeny contains \"no\" if data.lib.x\n"),
                ("lib.rego", "package lib\n\nx := data.policies.names\n"),
            ]
        ),
        [""; 0]
    );
}

#[test]
fn references_to_all_rules_are_judged_in_time() {
    let mut source = "package p\n\n".to_owned();
    for n in 0..4_000 {
        source.push_str(&format!("x{n} := [data.q, data.q[input.a], data[input.a].y{n}]\n"));
    }
    let mut other = "package q\n\n".to_owned();
    for n in 0..4_000 {
        other.push_str(&format!("x{n} := 1\n"));
    }
    assert_eq!(findings(Dialect::V1, &[("p.rego", &source), ("q.rego", &other)]), [""; 0]);
}

#[test]
fn every_unsafe_variable_is_found() {
    let many: String = (0..100).map(|n| format!("r{n} if a{n} > b{n}\n\n")).collect();
    let found = v1(&format!("package p\n\n{many}"));
    assert_eq!(found.len(), 200, "{found:?}");
    assert!(found.contains(&"p.rego:201 rego_unsafe_var_error var b99 is unsafe".to_owned()), "{found:?}");
    let large: String = (0..100).map(|n| format!("r{n} if a{n} > 1 # {}\n\n", "x".repeat(5_000))).collect();
    let found = v1(&format!("package p\n\n{large}"));
    assert_eq!(found.len(), 100, "{found:?}");
    says(
        &v1("package p\n\na if {\n\tx.y == 1\n\tx.z == z\n}\n\nb if w == 1\n\nc if a\n"),
        &[
            "p.rego:4 rego_unsafe_var_error var x is unsafe",
            "p.rego:5 rego_unsafe_var_error var z is unsafe",
            "p.rego:8 rego_unsafe_var_error var w is unsafe",
        ],
    );
}

#[test]
fn what_the_parser_says_in_half_a_sentence_is_said_in_a_whole_one() {
    says(
        &v1("package p\n\nimport data.a.x\n\nimport data.a.x\n"),
        &["p.rego:5 rego_compile_error import must not shadow import data.a.x"],
    );
    says(
        &v1("package p\n\nimport data.a as b\nimport data.c as b\n"),
        &["p.rego:4 rego_compile_error import must not shadow import data.a as b"],
    );
    says(&v1("{"), &["p.rego:1 rego_parse_error unexpected eof token"]);
    let half = |escape: &str| format!("`{escape}` is a lone surrogate: one half of a character, without the other");
    for (string, escape) in [
        ("\\ud800", "\\ud800"),
        ("a\\udc00b", "\\udc00"),
        ("\\ud800\\u0041", "\\ud800"),
        ("\\ud83d\\ude00\\\\\\uD800", "\\uD800"),
    ] {
        let found = v1(&format!("package p\n\nx := \"{string}\"\n"));
        assert_eq!(found, [format!("p.rego:3 rego_parse_error {}", half(escape))]);
    }
    assert_eq!(v1("package p\n\nx := \"\\ud83d\\ude00\"\n"), [""; 0]);
}

#[test]
fn a_variable_that_is_only_copied_is_unsafe_at_its_place() {
    let found = findings(
        Dialect::V1,
        &[(
            "p.rego",
            "package p\n\ndeny contains message if {\n\tmessage := mesage\n}\n\nx := y\n\nf(a) := b if b := a\n",
        )],
    );
    says(
        &found,
        &["p.rego:4 rego_unsafe_var_error var mesage is unsafe", "p.rego:7 rego_unsafe_var_error var y is unsafe"],
    );
    for right in [
        "package p\n\na := 1\n\nb if { x := a; x == 1 }\n",
        "package p\n\nimport data.q.a\n\nb if { x := a; x == 1 }\n",
        "package p\n\nb if { x := y; y = 1; x == 1 }\n",
        "package p\n\nb if { x := y; input.a[y]; x == 1 }\n",
        "package p\n\nb if { some y in [1]; x := y; x == 1 }\n",
        "package p\n\nb if { x := input; x == 1 }\n",
        "package p\n\nf(y) := x if x := y\n",
        "package p\n\nb := [x | y = 1; x := y]\n",
        "package p\n\nb if { walk(input, [y, _]); x := y; count(x) == 1 }\n",
    ] {
        assert_eq!(v1(right), [""; 0], "{right}");
    }
}

#[test]
fn operators_by_name_and_heads_with_empty_brackets_are_right() {
    assert_eq!(v1("package p\n\na := $\"{input.b}\"\n"), [""; 0]);
    assert_eq!(v1("package p\n\na := plus(1, 2)\n"), [""; 0]);
    // To OPA it is a rule without arguments: what it is known to give cannot be called.
    assert_eq!(v1("package p\n\nf() := input.x\n\na := f()\n"), [""; 0]);
    assert_eq!(v1("package p\n\nf() := 1\n\na := f()\n"), ["p.rego:5 rego_type_error undefined function data.p.f"]);
    let asked = "package p\n\nblocked() := true\n\ndeny contains \"no\" if blocked\n";
    assert_eq!(v1(asked), [""; 0]);
    assert_eq!(v1("package p\n\nf() := 1\n\na if time.now_ns() == 1 with time.now_ns as f\n"), [""; 0]);
    assert_eq!(v1("package p\n\nf() := 1\n\na if input.x with input.x as f\n"), [""; 0]);
    let asked = [("a.rego", "package a\n\nf() := 1\n"), ("b.rego", "package b\n\nx := data.a.f\n")];
    assert_eq!(findings(Dialect::V1, &asked), [""; 0]);
    let own = "package p\n\ncast_string(x) := x\n";
    let other = "package p\n\na := cast_string(\"b\")\n";
    assert_eq!(findings(Dialect::V1, &[("own.rego", own), ("other.rego", other)]), [""; 0]);
}

#[test]
fn a_rule_whose_name_is_a_keyword_that_was_not_imported_is_warned_of() {
    let source = "package p\n\nallow = true if { input.admin }\n\nb = 1\n";
    says(
        &v0(source),
        &[
            "p.rego:3 keyword_not_imported `if` begins a rule of its own here: `allow`, in front of it, holds whatever stands behind",
        ],
    );
    let modules = vec![Module { path: "p.rego".to_owned(), source: source.to_owned() }];
    let rule = DialectRule::Fixed(Dialect::V0);
    let compilation = compile(modules, None, rule, &Capabilities::default()).unwrap();
    let (program, found) = (compilation.program.unwrap(), &compilation.diagnostics[0]);
    assert!(!found.is_error() && found.stage.is_none());
    // As in OPA.
    let answer = |path: &str| program.evaluate(path, None, Allowance::default()).unwrap().answer;
    assert_eq!(answer("p/allow"), Answer::Value("true".into()));
    assert_eq!(answer("p/if"), Answer::Undefined);
    for meant in [
        "import rego.v1\n\nallow = true if { input.admin }",
        "allow = true { input.admin }\nif { input.b }",
        "if { true }",
    ] {
        assert_eq!(v0(&format!("package p\n\n{meant}\n")), [""; 0], "{meant}");
    }
}

#[test]
fn a_dialect_that_nobody_chose_is_never_one_in_which_a_keyword_is_a_name() {
    let source = "package p\n\ndeny[msg] { not ok; msg := \"no\" }\n\nok = true if { input.admin }\n";
    let modules = vec![Module { path: "p.rego".to_owned(), source: source.to_owned() }];
    let compilation = compile(modules, None, DialectRule::V1ThenV0, &Capabilities::default()).unwrap();
    assert!(compilation.program.is_none() && compilation.dialects.get("p.rego") == Some(&Dialect::V1));
    let old = source.replace(" if {", " {");
    let modules = vec![Module { path: "p.rego".to_owned(), source: old }];
    let compilation = compile(modules, None, DialectRule::V1ThenV0, &Capabilities::default()).unwrap();
    assert!(compilation.program.is_some() && compilation.dialects.get("p.rego") == Some(&Dialect::V0));
}
