//! What other engines were found to answer wrongly, or to refuse, each with the answer of OPA.

use super::*;

fn said(source: &str, input: &str) -> String {
    let input = Document::read(input.as_bytes()).unwrap();
    match program(source).evaluate("p/x", Some(&input), Allowance::default()) {
        Ok(evaluation) => match evaluation.answer {
            Answer::Undefined => "undefined".to_owned(),
            Answer::Value(value) => value.into_owned(),
        },
        Err(error) => error.code.as_str().to_owned(),
    }
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (rules, answer) in cases {
        assert_eq!(said(&format!("package p\n\n{rules}\n"), "{\"a\": true}"), *answer, "{rules}");
    }
}

#[test]
fn builtins() {
    all(&[
        ("x := strings.count(\"hello\", \"\")", "6"),
        ("x := strings.count(\"\", \"\")", "1"),
        ("x := strings.count(\"aaaa\", \"aa\")", "2"),
        ("x := numbers.range_step(0, 1, 18446744073709551616)", "[0]"),
        ("x := sprintf(\"%v\", [2e308])", "\"2e308\""),
        ("x := json.is_valid(input.a)", "false"),
        ("x := yaml.is_valid(input.a)", "false"),
        ("x := sprintf(\"%v %v\", [1])", "\"1 %!v(MISSING)\""),
        ("x := sprintf(\"%v\", [1, 2])", "\"1%!(EXTRA int=2)\""),
        ("x := count({path: value | [path, value] := walk({\"a\": 1, \"b\": 2})})", "3"),
        ("x := path if [path, \"x\"] = walk({\"a\": [\"x\"]})", "[\"a\",0]"),
        ("x := 0.1 + 0.2", "0.3"),
        ("x := $\"a {1 + 1}\"", "\"a 2\""),
    ]);
}

#[test]
fn conflicts_are_errors_and_never_undefined() {
    all(&[
        ("x := 1\n\nx := 2", "eval_conflict_error"),
        ("x := true if input.a\n\nx := false if input.a", "eval_conflict_error"),
        ("x[\"a\"] := v if some v in [1, 2]", "eval_conflict_error"),
        ("x := {\"a\": v | some v in [1, 2]}", "eval_conflict_error"),
    ]);
}

#[test]
fn an_error_of_a_builtin_is_one_where_errors_are_wanted_also_deep_inside() {
    let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
    let source = "package p\n\ny if to_number(\"a\") == 1\n\nx if not y\n";
    assert_eq!(program(source).evaluate("p/x", None, allowance).unwrap_err().code, ErrorCode::EvalBuiltinError);
    assert_eq!(said(source, "{}"), "true");
}

#[test]
fn what_is_undefined_is_left_out_of_a_document() {
    let source = "package p\n\na := 1 if input.b\n\nc.d := 1\n\nc.e := 2\n";
    let program = program(source);
    let ask = |path: &str| program.evaluate(path, None, Allowance::default()).unwrap().answer;
    assert_eq!(ask("p"), Answer::Value("{\"c\":{\"d\":1,\"e\":2}}".into()));
    assert_eq!(ask("p/c"), Answer::Value("{\"d\":1,\"e\":2}".into()));
}

#[test]
fn heads_defaults_and_replacements() {
    all(&[
        ("x := f(1)\n\ndefault f(_) := 7\n\nf(y) := 8 if y > 1", "7"),
        ("x := [f(1), y]\n\nf(z) := z\n\ny := z if z := f(1) with f as g\n\ng(z) := z + 1", "[1,2]"),
        ("x := y if y := upper(\"aB\") with upper as lower", "\"ab\""),
        ("x := data.p.b.r.c\n\nb.r contains \"c\"", "\"c\""),
        ("x if rule == {\"a\"}\n\nrule contains rule if { some rule in [\"a\"] }", "true"),
        ("x := rule if { rule := 2 }\n\nrule := 1", "2"),
        ("x if {\n\tinput.a\n\t(3 - 1) >= 2\n}", "true"),
    ]);
}

#[test]
fn imports_stand_anywhere_and_a_function_gives_its_value_to_its_last_argument() {
    let modules = |source: &str| {
        let lib = Module { path: "lib.rego".into(), source: "package lib\n\nf(x) := y if { y := x + 1 }\n".into() };
        vec![lib, Module { path: "p.rego".into(), source: source.into() }]
    };
    for source in [
        "package p\n\nimport data.lib\n\nx := y if { lib.f(1, y) }\n",
        "package p\n\nn := 1\n\nimport data.lib as l\n\nx := l.f(n)\n",
    ] {
        let compilation = compile(modules(source), None, DialectRule::V1, &Capabilities::default()).unwrap();
        let program = compilation.program.unwrap_or_else(|| panic!("{source}: {:?}", compilation.diagnostics));
        assert_eq!(program.evaluate("p/x", None, Allowance::default()).unwrap().answer, Answer::Value("2".into()));
    }
}

#[test]
fn bodies_of_the_older_dialect_are_chained() {
    let source = "package p\n\nx[y] { y := 1; input.a } { y := 2 }\n";
    let rule = DialectRule::Fixed(Dialect::V0);
    let compilation = compile(module(source), None, rule, &Capabilities::default()).unwrap();
    let answer = compilation.program.unwrap().evaluate("p/x", None, Allowance::default()).unwrap().answer;
    assert_eq!(answer, Answer::Value("[2]".into()));
}

#[test]
fn what_can_only_be_wrong_is_an_error_of_the_text() {
    assert_eq!(codes("package p\n\nx if count(1) == 2\n"), ["rego_type_error"]);
    assert_eq!(codes("package p\n\nf(x) := f(x)\n"), ["rego_recursion_error"]);
    assert_eq!(codes("package p\n\nx if data.p[input.a]\n"), ["rego_recursion_error"]);
}
