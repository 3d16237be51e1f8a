//! Rules that begin with tests are found without trying the others, and answer as if all had been tried.

use regate::api::Engine;
use serde_json::{Value, json};
use std::fmt::Write as _;

fn call(engine: &mut Engine, operation: &str, request: &Value, document: Option<&str>) -> Value {
    let answer: Value =
        serde_json::from_str(&engine.call(operation, &request.to_string(), document.map(str::as_bytes))).unwrap();
    answer.get("ok").cloned().unwrap_or(answer)
}

/// What a policy says of `p/x`, compiled and once more from its bytes.
fn ask_with(source: &str, input: &str, more: &Value) -> Value {
    let mut engine = Engine::new();
    let lookup = json!({ "name": "acme.lookup", "arguments": ["any"], "result": "any" });
    let modules = json!([{ "path": "p.rego", "source": format!("package p\n\n{source}") }]);
    let compiled = call(&mut engine, "compile", &json!({ "modules": modules, "host_functions": [lookup] }), None);
    assert!(compiled["handle"].is_u64(), "{source}\n{compiled}");
    let bytes = call(&mut engine, "to_bytes", &json!({ "handle": compiled["handle"] }), None);
    let mut request = json!({ "handle": compiled["handle"], "entrypoint": "p/x" });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = call(&mut engine, "evaluate", &request, Some(input));
    let mut elsewhere = Engine::new();
    request["handle"] = super::host::loaded(&mut elsewhere, &bytes)["handle"].clone();
    assert_eq!(call(&mut elsewhere, "evaluate", &request, Some(input)), answer, "{source}");
    answer
}

fn ask(source: &str, input: &str) -> Value {
    let answer = ask_with(source, input, &json!({}));
    assert!(answer["defined"].is_boolean(), "{source}\n{input}\n{answer}");
    if answer["defined"] == true { answer["value"].clone() } else { json!("undefined") }
}

fn error(source: &str, input: &str, more: &Value) -> String {
    let answer = ask_with(source, input, more);
    let error = &answer["error"];
    format!("{} {}", error["code"].as_str().unwrap_or_else(|| panic!("{answer}")), error["message"].as_str().unwrap())
}

/// A partial set with a rule for each of these bodies, which gives the number of the rule.
fn numbered(bodies: &[&str]) -> String {
    bodies.iter().enumerate().fold(String::new(), |mut source, (at, body)| {
        write!(source, "x contains {at} if {{\n\t{body}\n}}\n\n").unwrap();
        source
    })
}

/// Asks a partial set of these bodies, and a function. Rules that never hold stand behind them, so that there is an index.
fn holds(bodies: &[&str], cases: &[(&str, &[u64])]) {
    let of_no_value = |at: usize| [format!("input.a == \"none {at}\""), format!("startswith(input.a, \"none {at}\")")];
    let more: Vec<String> = (0..40).flat_map(of_no_value).collect();
    let bodies: Vec<&str> = bodies.iter().copied().chain(more.iter().map(String::as_str)).collect();
    let source = numbered(&bodies);
    // The same of an argument. Which rule is asked for is said by what is no test.
    let mut functions = String::new();
    for (at, body) in bodies.iter().enumerate() {
        let body = body.replace("input.a", "a.a");
        write!(functions, "f(a, n) if {{\n\t{body}\n\tn + 0 == {at}\n}}\n\nx contains {at} if f(input, {at})\n\n")
            .unwrap();
    }
    for (input, expected) in cases {
        assert_eq!(ask(&source, input), json!(expected), "{input}");
        assert_eq!(ask(&functions, input), json!(expected), "functions: {input}");
    }
}

#[test]
fn a_value_is_equal_to_a_constant() {
    let bodies = [
        "input.a == 1",
        "input.a = 1.0",
        "\"b\" == input.a",
        "input.a == null",
        "input.a == true",
        "input.a == false",
        "input.a == \"1\"",
        "input.a == 1e2",
        "v := input.a\n\tv == \"b\"",
        "w := input.a\n\tv := w\n\tv == 100",
        "input.a == 12345678901234567890123",
    ];
    holds(
        &bodies,
        &[
            (r#"{"a": 1}"#, &[0, 1]),
            (r#"{"a": 1.0}"#, &[0, 1]),
            (r#"{"a": 10e-1}"#, &[0, 1]),
            (r#"{"a": 100}"#, &[7, 9]),
            (r#"{"a": "b"}"#, &[2, 8]),
            (r#"{"a": null}"#, &[3]),
            (r#"{"a": true}"#, &[4]),
            (r#"{"a": false}"#, &[5]),
            (r#"{"a": "1"}"#, &[6]),
            (r#"{"a": 12345678901234567890123.0}"#, &[10]),
            (r#"{"a": "c"}"#, &[]),
            (r#"{"a": [1]}"#, &[]),
            (r#"{"a": {"b": 1}}"#, &[]),
            ("{}", &[]),
            ("[1]", &[]),
            ("1", &[]),
        ],
    );
}

#[test]
fn a_value_is_one_of_some_constants() {
    let bodies = [
        "input.a in {1, \"x\"}",
        "input.a in [\"x\", 2.0, \"x\"]",
        "input.a == {\"x\", \"y\"}[_]",
        "[\"y\", \"z\"][_] == input.a",
        "ys := {\"y\", 3}\n\tinput.a in ys",
        "input.a in [1, 1.0]",
        "input.a in set()",
        "input.a == \"z\"",
        // No tests: a part that is no scalar, keys, and what is in the place of the constants.
        "input.a in [[1], 2]",
        "input.a in {\"k\": \"x\"}",
        "\"x\" in input.a",
    ];
    holds(
        &bodies,
        &[
            (r#"{"a": 1.0}"#, &[0, 5]),
            (r#"{"a": "x"}"#, &[0, 1, 2, 9]),
            (r#"{"a": 2}"#, &[1, 8]),
            (r#"{"a": "y"}"#, &[2, 3, 4]),
            (r#"{"a": "z"}"#, &[3, 7]),
            (r#"{"a": 3}"#, &[4]),
            (r#"{"a": [1]}"#, &[8]),
            (r#"{"a": ["x"]}"#, &[10]),
            (r#"{"a": null}"#, &[]),
            ("{}", &[]),
        ],
    );
}

#[test]
fn a_string_begins_with_a_constant() {
    let bodies = [
        "startswith(input.a, \"a\")",
        "startswith(input.a, \"ab\")",
        "startswith(input.a, \"abc\")",
        "startswith(input.a, \"b\")",
        "startswith(input.a, \"é\")",
        "startswith(input.a, \"éa\")",
        "glob.match(\"ab*\", [], input.a)",
        "glob.match(\"a?c*\", null, input.a)",
        "glob.match(\"é*\", [\"/\"], input.a)",
        "startswith(input.a, \"abcd\")",
        "startswith(input.a, \"abcde\")",
        "startswith(input.a, \"abcdef\")",
        "startswith(input.a, \"\")",
        "glob.match(\"*c\", [], input.a)",
        "glob.match(\"a{b,c}d\", [], input.a)",
        "glob.match(\"a[\", [], input.a)",
        "glob.match(\"a.*\", [], input.a)",
        "glob.match(\"abc\", [], input.a)",
    ];
    holds(
        &bodies,
        &[
            (r#"{"a": "abc"}"#, &[0, 1, 2, 6, 7, 12, 13, 17]),
            (r#"{"a": "abcdefg"}"#, &[0, 1, 2, 6, 7, 9, 10, 11, 12]),
            (r#"{"a": "abcdz"}"#, &[0, 1, 2, 6, 7, 9, 12]),
            (r#"{"a": "a"}"#, &[0, 12]),
            (r#"{"a": "abd"}"#, &[0, 1, 6, 12, 14]),
            (r#"{"a": "acd"}"#, &[0, 12, 14]),
            (r#"{"a": "a.b"}"#, &[0, 12, 16]),
            (r#"{"a": "é"}"#, &[4, 8, 12]),
            (r#"{"a": "éa/"}"#, &[4, 5, 12]),
            // The same first byte as `é`.
            (r#"{"a": "è"}"#, &[12]),
            (r#"{"a": "e"}"#, &[12]),
            (r#"{"a": ""}"#, &[12]),
            (r#"{"a": 7}"#, &[]),
            (r#"{"a": ["a"]}"#, &[]),
            ("{}", &[]),
        ],
    );
}

#[test]
fn what_is_no_test_is_tried() {
    let bodies = [
        "not input.a == \"x\"",
        "input.a != \"x\"",
        "input.a == \"x\" with input.a as \"x\"",
        "input.a == input.b",
        "input[k] == \"x\"\n\tk == \"b\"",
        "some v in input\n\tv == \"x\"",
        "y := input.a == \"x\"\n\ty == false",
        "input.a == \"x\"",
        "input.a == \"y\"",
        "input.a == \"z\"",
        "input.a == \"w\"",
        "input.a == \"v\"\n\tinput.b == \"x\"",
        "[input.a, input.b] == [\"x\", \"x\"]",
        "input.b == \"x\"\n\tinput.a == \"x\"",
    ];
    let cases: [(&str, &[u64]); 4] = [
        (r#"{"a": "x", "b": "x"}"#, &[2, 3, 4, 5, 7, 12, 13]),
        (r#"{"a": "v", "b": "x"}"#, &[0, 1, 2, 4, 5, 6, 11]),
        (r#"{"a": "y"}"#, &[0, 1, 2, 6, 8]),
        ("{}", &[0, 2]),
    ];
    let source = numbered(&bodies);
    for (input, expected) in cases {
        assert_eq!(ask(&source, input), json!(expected), "{input}");
    }
}

/// Rules for `k0` to `k7`, which are followed by more.
fn by_letter(rule: impl Fn(usize) -> String, more: &str) -> String {
    let mut source: String = (0..8).map(rule).collect();
    source.push_str(more);
    source
}

#[test]
fn defaults_branches_and_objects_are_what_they_are_among_all() {
    let complete = |at: usize| format!("x := {at} if input.a == \"k{at}\"\n\n");
    let with_default = by_letter(complete, "default x := \"none\"\n");
    assert_eq!(ask(&with_default, r#"{"a": "k3"}"#), json!(3));
    assert_eq!(ask(&with_default, r#"{"a": "k8"}"#), json!("none"));
    assert_eq!(ask(&with_default, "{}"), json!("none"));
    let with_else = by_letter(
        complete,
        "x := 8 if {\n\tinput.a == \"k8\"\n} else := 9 if {\n\tinput.a == \"k9\"\n} else := 10 if {\n\tinput.b\n}\n\nx := 11 if input.a == \"k11\"\n",
    );
    for (input, expected) in [
        (r#"{"a": "k8", "b": 1}"#, json!(8)),
        (r#"{"a": "k9"}"#, json!(9)),
        (r#"{"a": "k12", "b": 1}"#, json!(10)),
        (r#"{"a": "k11"}"#, json!(11)),
        (r#"{"a": "k2"}"#, json!(2)),
        (r#"{"a": "k12"}"#, json!("undefined")),
    ] {
        assert_eq!(ask(&with_else, input), expected, "{input}");
    }
    let object = by_letter(
        |at| format!("x[k] := {at} if {{\n\tinput.a == \"k{at}\"\n\tsome k in input.ks\n}}\n\n"),
        "x.always := true\n",
    );
    assert_eq!(ask(&object, r#"{"a": "k5", "ks": ["y", "z"]}"#), json!({ "always": true, "y": 5, "z": 5 }));
    assert_eq!(ask(&object, r#"{"a": "k8", "ks": ["y"]}"#), json!({ "always": true }));
    let one_value = by_letter(|at| format!("x if input.a == \"k{at}\"\n\n"), "");
    assert_eq!(ask(&one_value, r#"{"a": "k7"}"#), json!(true));
    assert_eq!(ask(&one_value, r#"{"a": "k9"}"#), json!("undefined"));
}

#[test]
fn functions_are_found_by_their_arguments() {
    let source = by_letter(
        |at| format!("f(\"k{at}\", y) := [{at}, y]\n\n"),
        "f(o, _) := o.n if o.kind == \"n\"\n\nf([\"k0\"], _) := \"array\"\n\nf(z, z) := \"same\"\n\nx := [f(a, 1) | some a in input]\n",
    );
    assert_eq!(
        ask(&source, r#"["k0", "k7", "k8", {"kind": "n", "n": 5}, ["k0"], 1]"#),
        json!([[0, 1], [7, 1], 5, "array", "same"])
    );
    let by_part = by_letter(
        |at| format!("f(o, n) := {at} if {{\n\to.kind.name == \"k{at}\"\n\tn > 1\n}}\n\n"),
        "x := [v | some o in input; v := f(o, 2)]\n",
    );
    assert_eq!(
        ask(&by_part, r#"[{"kind": {"name": "k6"}}, {"kind": "k6"}, {"kind": {"name": "k9"}}, "k6"]"#),
        json!([6])
    );
}

#[test]
fn each_rule_is_found_by_the_test_that_leaves_most_others_out() {
    let rule = |at: usize| match at % 2 {
        0 => format!("x contains {at} if {{\n\tinput.kind == \"K\"\n\tinput.a == \"k{at}\"\n}}\n\n"),
        _ => format!("x contains {at} if {{\n\tinput.b in {{\"k{at}\", \"every\"}}\n\tinput.kind == \"K\"\n}}\n\n"),
    };
    let source: String = (0..40).map(rule).collect();
    assert_eq!(ask(&source, r#"{"kind": "K", "a": "k4", "b": "k7"}"#), json!([4, 7]));
    assert_eq!(ask(&source, r#"{"kind": "L", "a": "k4", "b": "k7"}"#), json!([]));
    assert_eq!(ask(&source, r#"{"kind": "K", "a": "k5", "b": "k6"}"#), json!([]));
    let odd: Vec<usize> = (0..40).filter(|at| at % 2 == 1).collect();
    assert_eq!(ask(&source, r#"{"kind": "K", "b": "every"}"#), json!(odd));
}

#[test]
fn rules_that_contradict_each_other_are_told_where_they_were() {
    let complete = |at: usize| format!("x := {at} if input.a in [\"k{at}\", \"k{}\"]\n\n", at + 2);
    let source = by_letter(complete, "");
    // Rules 3 and 5.
    assert_eq!(
        error(&source, r#"{"a": "k5"}"#, &json!({})),
        "eval_conflict_error complete rules must not produce multiple outputs (p.rego:13)"
    );
    let functions = by_letter(|at| complete(at).replace("x :=", "f(_) :="), "x := f(1)\n");
    assert_eq!(
        error(&functions, r#"{"a": "k5"}"#, &json!({})),
        "eval_conflict_error functions must not produce multiple outputs for same inputs (p.rego:13)"
    );
    let objects = by_letter(|at| complete(at).replace("x :=", "x[input.k] :="), "");
    let said = error(&objects, r#"{"a": "k5", "k": "y"}"#, &json!({}));
    assert_eq!(said, "eval_conflict_error object keys must be unique (p.rego:17)");
}

#[test]
fn what_is_printed_comes_in_the_order_of_the_rules() {
    let rule = |at: usize| {
        let (tested, named) = if at.is_multiple_of(2) { ("a", "k") } else { ("b", "l") };
        format!("x contains {at} if {{\n\tinput.{tested} in [\"{named}{at}\", \"all\"]\n\tprint({at})\n}}\n\n")
    };
    let always = "x contains 20 if {\n\tprint(20)\n}\n\n";
    let source = by_letter(rule, &format!("{always}{}{}", rule(8), rule(9)));
    let tests = "test_all if count(x) == 11 with input as {\"a\": \"all\", \"b\": \"all\"}\n\ntest_two if x == {2, 5, 20} with input as {\"a\": \"k2\", \"b\": \"l5\"}\n";
    let modules = json!([{ "path": "p.rego", "source": format!("package p\n\n{source}{tests}") }]);
    let answer = call(&mut Engine::new(), "test", &json!({ "modules": modules }), None);
    assert_eq!(answer["passed"], 2, "{answer}");
    let prints = |at: usize| -> Vec<String> {
        let lines = answer["results"][at]["prints"].as_array().unwrap();
        lines.iter().map(|line| line.as_str().unwrap().rsplit(' ').next().unwrap().to_owned()).collect()
    };
    assert_eq!(prints(0), ["0", "1", "2", "3", "4", "5", "6", "7", "20", "8", "9"]);
    assert_eq!(prints(1), ["2", "5", "20"]);
}

#[test]
fn rules_are_looked_up_in_what_takes_the_place_of_the_input() {
    let rules = by_letter(|at| format!("y contains {at} if {{\n\tinput.a == \"k{at}\"\n}}\n\n"), "");
    for (term, expected) in [
        (r#"[y, c] | c := y with input.a as "k3""#, json!([[[1], [3]]])),
        (r#"c | c := y with input as {"a": "k4"}"#, json!([[4]])),
        (r#"c | c := y with input as "k4""#, json!([[]])),
        (r#"c | some k in ["k1", "k2", 7]; c := y with input.a as k"#, json!([[1], [2], []])),
        (r#"c | c := y with data.p.y as {9}"#, json!([[9]])),
    ] {
        assert_eq!(ask(&format!("{rules}x := [{term}]\n"), r#"{"a": "k1"}"#), expected, "{term}");
    }
}

#[test]
fn a_builtin_that_is_replaced_somewhere_is_no_test() {
    let fakes = "yes(_, _) := true\n\nyes_3(_, _, _) := true\n\n";
    let prefixes = by_letter(|at| format!("y contains {at} if startswith(input.a, \"k{at}\")\n\n"), fakes);
    let globs = by_letter(|at| format!("y contains {at} if glob.match(\"k{at}*\", [], input.a)\n\n"), fakes);
    let all = json!([[1], [0, 1, 2, 3, 4, 5, 6, 7]]);
    assert_eq!(ask(&format!("{prefixes}x := [y, c] if c := y with startswith as yes\n"), r#"{"a": "k1"}"#), all);
    assert_eq!(ask(&format!("{globs}x := [y, c] if c := y with glob.match as yes_3\n"), r#"{"a": "k1"}"#), all);
}

#[test]
fn a_builtin_that_fails_is_an_error_where_that_is_asked_for() {
    let strict = json!({ "strict_builtin_errors": true });
    let tests: [Written; 4] = [
        |at| format!("startswith(input.a, \"k{at}\")"),
        |at| format!("glob.match(\"k{at}*\", [], input.a)"),
        // The one behind it is the test by which the rule is found.
        |at| format!("startswith(input.a, \"k\")\n\tinput.b == \"l{at}\""),
        |at| format!("input.b == \"l{at}\"\n\tstartswith(input.a, \"k\")"),
    ];
    for (test, fails) in tests.iter().zip([true, true, true, false]) {
        let source: String = (0..8).map(|at| format!("x contains {at} if {{\n\t{}\n}}\n\n", test(at))).collect();
        let answer = ask_with(&source, r#"{"a": 5, "b": "none"}"#, &strict);
        assert_eq!(answer["error"]["code"] == "eval_type_error", fails, "{source}\n{answer}");
        if fails {
            assert!(answer["error"]["message"].as_str().unwrap().ends_with("(p.rego:4)"), "{answer}");
        }
        assert_eq!(ask(&source, r#"{"a": 5, "b": "none"}"#), json!([]));
        let answer = ask_with(&source, r#"{"a": "k3", "b": "l3"}"#, &strict);
        assert_eq!(answer["value"], json!([3]), "{source}\n{answer}");
    }
}

#[test]
fn the_host_is_asked_by_the_rules_whose_tests_hold() {
    let source = by_letter(
        |at| format!("x contains {at} if {{\n\tinput.a in [\"k{at}\", \"both\"]\n\tacme.lookup({at}).ok\n}}\n\n"),
        "x contains 8 if acme.lookup(8).ok\n",
    );
    let needs = |input: &str| -> Vec<String> {
        let answer = ask_with(&source, input, &json!({}));
        answer["needs"].as_array().unwrap().iter().map(|need| need["arguments"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(needs(r#"{"a": "k3"}"#), ["[3]", "[8]"]);
    assert_eq!(needs(r#"{"a": "k9"}"#), ["[8]"]);
    assert_eq!(needs(r#"{"a": "both"}"#).len(), 9);
}

/// The rule with a number, as text.
type Written = fn(usize) -> String;

/// The steps of a policy of so many rules, which gives one element or value.
fn steps(count: usize, source: Written, input: &str) -> u64 {
    let policy: String = (0..count).map(source).collect();
    let more = if policy.contains("\nf(") || policy.starts_with("f(") { "x := f(input.a, 1)\n" } else { "" };
    let answer = ask_with(&format!("{policy}{more}"), input, &json!({}));
    assert_eq!(answer["defined"], true, "{}\n{answer}", source(3));
    answer["steps"].as_u64().unwrap()
}

#[test]
fn ten_thousand_rules_take_the_steps_of_ten() {
    let input = r#"{"kind": "K", "a": "k3/x", "b": "k4/x"}"#;
    let kinds: [(&str, Written); 9] = [
        ("equal", |at| format!("x := {at} if input.a == \"k{at}/x\"\n\n")),
        ("of a variable", |at| format!("x := {at} if {{\n\ta := input.a\n\ta == \"k{at}/x\"\n}}\n\n")),
        ("one of", |at| format!("x := {at} if input.a in {{\"k{at}/x\", \"l{at}\"}}\n\n")),
        ("prefix", |at| format!("x := {at} if startswith(input.a, \"k{at}/\")\n\n")),
        ("glob", |at| format!("x := {at} if glob.match(\"k{at}/*\", [\"/\"], input.a)\n\n")),
        ("argument", |at| format!("f(\"k{at}/x\", n) := {at} + n\n\n")),
        ("partial set", |at| format!("x contains {at} if {{\n\tinput.kind == \"K\"\n\tinput.a == \"k{at}/x\"\n}}\n\n")),
        ("partial object", |at| format!("x[input.kind] := {at} if input.a == \"k{at}/x\"\n\n")),
        ("half of each", |at| {
            format!("x contains {at} if input.{} == \"k{at}/x\"\n\n", if at % 2 == 0 { "a" } else { "b" })
        }),
    ];
    for (kind, source) in &kinds {
        let (few, many) = (steps(10, *source, input), steps(10_000, *source, input));
        println!("{kind}: {few} and {many} steps");
        assert_eq!(few, many, "{kind}");
    }
    // A statement that is no test keeps a rule from the index.
    let tried: Written = |at| format!("x := {at} if {{\n\ttrue\n\tinput.a == \"k{at}/x\"\n}}\n\n");
    assert!(steps(1_000, tried, input) > 50 * steps(10, tried, input));
}
