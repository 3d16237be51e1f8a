//! Rules whose heads have steps: what is asked by a path, by a reference and as a whole is one and the same.

use regate::error::ErrorCode;
use regate::rego::{Allowance, Answer, Capabilities, DialectRule, Document, Module, Program, compile};

fn program(rules: &str) -> Program {
    let modules = vec![Module { path: "p.rego".to_owned(), source: format!("package p\n\n{rules}\n") }];
    let compilation = compile(modules, None, DialectRule::V1, &Capabilities::default()).unwrap();
    compilation.program.unwrap_or_else(|| panic!("{rules}: {:?}", compilation.diagnostics))
}

/// What a path gives: the value, `undefined`, or the code of an error.
fn ask(program: &Program, path: &str, input: &str) -> String {
    let input = Document::read(input.as_bytes()).unwrap();
    match program.evaluate(path, Some(&input), Allowance::default()) {
        Ok(evaluation) => match evaluation.answer {
            Answer::Undefined => "undefined".to_owned(),
            Answer::Value(value) => value.into_owned(),
        },
        Err(error) => error.code.as_str().to_owned(),
    }
}

fn all(rules: &str, input: &str, expected: &[(&str, &str)]) {
    let program = program(rules);
    for (path, answer) in expected {
        assert_eq!(ask(&program, path, input), *answer, "{path} of {rules}");
    }
}

const CONFLICT: &str = "eval_conflict_error";

#[test]
fn rules_with_variables_add_to_what_a_path_below_them_gives() {
    all(
        "deny.admin contains \"static\" if input.never\n\ndeny[x] contains \"dynamic\" if some x in input.denied\n\nn := count(deny.admin)",
        r#"{"denied": ["admin"]}"#,
        &[("p/deny/admin", r#"["dynamic"]"#), ("p/deny", r#"{"admin":["dynamic"]}"#), ("p/n", "1")],
    );
    all(
        "perm[u] := false if some u in input.blocked\n\nperm.root := true\n\nr := perm.root",
        r#"{"blocked": ["root"]}"#,
        &[("p/perm/root", CONFLICT), ("p/perm", CONFLICT), ("p/r", CONFLICT)],
    );
    all(
        "allow.admin := true if input.role == \"admin\"\n\nallow[x] := true if some x in input.granted",
        r#"{"granted": ["admin"]}"#,
        &[("p/allow/admin", "true"), ("p/allow/other", "undefined")],
    );
}

#[test]
fn a_step_that_is_no_name_is_not_left_out_of_a_path() {
    all(
        "allow[null] := true\n\na.b := false\n\na[null].b := true\n\nc[1] := \"n\"",
        "{}",
        &[("p/allow", r#"{"null":true}"#), ("p/a/b", "false"), ("p/c", r#"{"1":"n"}"#)],
    );
}

#[test]
fn a_part_of_a_rule_takes_the_place_of_a_function() {
    all(
        "perm.root := false\n\nperm[x] := false if some x in input.xs\n\nf(x) := x\n\na if f(1) with f as perm.root\n\n\
         b := y if {\n\ty := f(1) with f as perm.root\n}\n\nc := y if {\n\ty := f(1) with f as data.p.cfg.n\n}\n\ncfg := {\"n\": 7}",
        r#"{"xs": ["z"]}"#,
        &[("p/a", "undefined"), ("p/b", "false"), ("p/c", "7")],
    );
}

#[test]
fn an_element_is_an_error_where_another_solution_for_it_is_one() {
    all(
        "q := 1\n\nq := 2\n\nadmins contains u if {\n\tu := input.user\n\tu == \"root\"\n}\n\n\
         admins contains u if {\n\tu := input.user\n\tq == 1\n}\n\nallow if admins[input.user]\n\n\
         level[u] := 9 if {\n\tu := input.user\n\tsome x in [1, 2]\n\th(x) == 1\n}\n\nh(1) := 1\n\nh(2) := 1 if input.user\n\n\
         h(2) := 2 if input.user\n\nl := level.root\n\nother := 9 if {\n\tsome x in [1, 2]\n\th(x) == 1\n}\n\nother := 8 if input.never",
        r#"{"user": "root"}"#,
        &[("p/allow", CONFLICT), ("p/l", CONFLICT), ("p/level", CONFLICT), ("p/other", CONFLICT)],
    );
    // How many were asked before makes no difference.
    let asked = |last: usize| {
        let list: Vec<String> = (1..=last).map(|x| x.to_string()).collect();
        format!(
            "q := 1\n\nq := 2\n\ns contains x if {{\n\tx := 100\n\tq == 1\n}}\n\ns contains x if some x in numbers.range(1, 20)\n\ne if {{\n\tevery x in [{}] {{\n\t\ts[x]\n\t}}\n}}",
            list.join(", ")
        )
    };
    for last in [1, 8, 9, 20] {
        all(&asked(last), "{}", &[("p/e", "true"), ("p/s", CONFLICT)]);
    }
}

#[test]
fn a_package_that_is_too_deep_is_refused_when_it_is_compiled() {
    let source = format!("package p{}\n", ".x".repeat(5_000));
    let modules = vec![Module { path: "p.rego".to_owned(), source }];
    let compilation = compile(modules, None, DialectRule::V1, &Capabilities::default()).unwrap();
    assert!(compilation.program.is_none());
}

#[test]
fn a_head_that_is_too_long_is_refused_when_it_is_compiled() {
    for steps in ["[x]".repeat(3_000), ".a".repeat(3_000), format!("[x]{}", ".a".repeat(3_000))] {
        let source = format!("package p\n\nq{steps} := 1 if some x in input.xs\n")
            .replace("if some x in input.xs", if steps.contains('x') { "if some x in input.xs" } else { "" });
        let modules = vec![Module { path: "p.rego".to_owned(), source }];
        let compilation = compile(modules, None, DialectRule::V1, &Capabilities::default()).unwrap();
        assert!(compilation.program.is_none());
        assert_eq!(compilation.diagnostics[0].code, ErrorCode::NotEvaluated.as_str());
    }
}
