//! Tests in Rego: which rules are tests, how each ends, and the cases of tables.

use super::*;
use regate::rego::testing::{Outcome, Selection, TestCase, TestResult};
use regate::rego::{Dialect, DialectRule};

/// The tests of modules, read in a dialect.
fn results_of(modules: &[(&str, &str)], dialect: Dialect, only: Option<&str>) -> Vec<TestResult> {
    let modules = modules.iter().map(|(path, source)| Module { path: (*path).into(), source: (*source).into() });
    let rule = DialectRule::Fixed(dialect);
    let compilation = compile(modules.collect(), None, rule, &Capabilities::default()).unwrap();
    let Some(program) = compilation.program else { panic!("{:?}", compilation.diagnostics) };
    let selection = only.map_or_else(Selection::default, |only| Selection::matching(only).unwrap());
    testing::run(&program, &selection, Allowance::default())
}

fn results(rules: &str) -> Vec<TestResult> {
    results_of(&[("policy.rego", &format!("package p\n\n{rules}\n"))], Dialect::V1, None)
}

/// A line for each test and each case: its name with a mark for how it ended.
fn outline(results: &[TestResult]) -> Vec<String> {
    let mut lines = Vec::new();
    for result in results {
        lines.push(format!("{} {}", mark(result.outcome), result.name));
        outline_of(&result.cases, 1, &mut lines);
    }
    lines
}

fn outline_of(cases: &[TestCase], depth: usize, lines: &mut Vec<String>) {
    for case in cases {
        lines.push(format!("{}{} {}", "  ".repeat(depth), mark(case.outcome), case.name));
        outline_of(&case.cases, depth + 1, lines);
    }
}

fn mark(outcome: Outcome) -> char {
    match outcome {
        Outcome::Passed => '+',
        Outcome::Failed => '-',
        Outcome::Error => '!',
        Outcome::Skipped => '~',
    }
}

#[test]
fn a_test_passes_when_it_is_true_and_nothing_else() {
    let found = results(
        "test_true if 1 < 2

test_undefined if 1 > 2

test_false := false

test_number := 100

test_set contains 1

test_error if { boom }

boom := true if 1 < 2

boom := false if 2 < 3

default test_default := true

todo_test_later if 1 > 2

helper if 1 < 2

test_function(x) := x",
    );
    let expected = [
        "+ test_true",
        "- test_undefined",
        "- test_false",
        "- test_number",
        "- test_set",
        "! test_error",
        "+ test_default",
        "~ todo_test_later",
    ];
    assert_eq!(outline(&found), expected);
    let messages: Vec<Option<&str>> = found.iter().map(|result| result.message.as_deref()).collect();
    assert_eq!(
        messages[1..4],
        [Some("the test is undefined"), Some("the test is false, not true"), Some("the test is 100, not true"),]
    );
    assert_eq!((found[1].file.as_str(), found[1].line), ("policy.rego", 5));
}

#[test]
fn rules_of_one_name_are_one_test_in_each_package() {
    let modules = [
        ("a.rego", "package a\n\ntest_x if 1 > 2\n\ntest_x if 1 < 2\n"),
        ("b.rego", "package a\n\ntest_x if 1 < 2\n"),
        ("c.rego", "package a.b\n\ntest_x if 1 > 2\n"),
    ];
    let found = results_of(&modules, Dialect::V1, None);
    let places: Vec<(&str, &str, u32)> =
        found.iter().map(|result| (result.package.as_str(), result.file.as_str(), result.line)).collect();
    assert_eq!(places, [("a", "a.rego", 3), ("a.b", "c.rego", 3)]);
    assert_eq!(outline(&found), ["+ test_x", "- test_x"]);
}

#[test]
fn the_name_of_a_test_may_stand_behind_others_in_its_head() {
    let found = results("a.b.test_x if 1 < 2\n\na[\"c-d\"].test_y if 1 > 2\n\na.todo_test_z.test_no if 1 < 2");
    assert_eq!(outline(&found), ["+ a.b.test_x", "- a[\"c-d\"].test_y", "~ a.todo_test_z"]);
}

#[test]
fn a_pattern_selects_tests_by_their_full_names() {
    let modules = [
        ("a.rego", "package foo\n\ntest_pass if 1 < 2\n\ntest_fail if 1 > 2\n\na.b.test_deep if 1 < 2\n"),
        ("b.rego", "package bar\n\ntest_pass if 1 < 2\n\ntest_cases[x] if some x in [1]\n"),
    ];
    for (pattern, expected) in [
        ("test_pass", ["+ test_pass", "+ test_pass"].as_slice()),
        ("^data\\.bar", &["+ test_pass", "+ test_cases", "  + 1"]),
        ("data.foo.a.b", &["+ a.b.test_deep"]),
        ("(?i)DATA.FOO.TEST_PASS", &["+ test_pass"]),
        ("_fail$|deep$", &["- test_fail", "+ a.b.test_deep"]),
        ("^$", &[]),
        ("\\p{Greek}", &[]),
    ] {
        assert_eq!(outline(&results_of(&modules, Dialect::V1, Some(pattern))), expected, "{pattern}");
    }
    let error = Selection::matching("test_(").unwrap_err();
    assert_eq!((error.code, error.path.as_deref()), (ErrorCode::MalformedRequest, Some("/run")), "{error}");
}

#[test]
fn each_case_of_a_table_is_judged() {
    let found = results(
        r#"test_concat[note] if {
	some note, tc in {
		"empty + empty": {"a": [], "b": [], "exp": []},
		"filled + filled": {"a": [1, 2], "b": [3, 4], "exp": [1, 2, 3]},
	}

	act := array.concat(tc.a, tc.b)
	print("looking at", note)
	act == tc.exp
}

test_none[x] if {
	some x in ["foo", "bar"]
	1 > 2
}

test_nested[x][y] if {
	some x in ["foo", "bar"]
	some y in ["do", "re"]
	not same(x, y)
}

same("foo", "re") := true

test_fields[tc.note] if {
	some tc in [{"note": "one", "value": 1}, {"note": "two", "value": 2}]
	double := tc.value * 2
	double < 4
}

test_values[x] if some x in [1, null, {"a": {2}}, [3]] # a comment behind it

test_false[x] := y if some x, y in {"a": true, "b": false, "c": "true", "d": {}}

test_rows[x] if { some x in ["a", "b"]; x != "b" }

test_rows[x] if { x := "c" }

test_of_others[x] if { some x in ["z"]; some x2; test_nested[x2][_]; x2 == "foo" }"#,
    );
    let expected = [
        "- test_concat",
        "  + empty + empty",
        "  - filled + filled",
        "- test_none",
        "  - bar",
        "  - foo",
        "- test_nested",
        "  + bar",
        "    + do",
        "    + re",
        "  - foo",
        "    + do",
        "    - re",
        "- test_fields",
        "  + one",
        "  - two",
        "+ test_values",
        "  + 1",
        "  + [3]",
        "  + null",
        "  + {\"a\":[2]}",
        "- test_false",
        "  + a",
        "  - b",
        "  - c",
        "  - d",
        "- test_rows",
        "  + a",
        "  - b",
        "  + c",
        "+ test_of_others",
        "  + z",
    ];
    assert_eq!(outline(&found), expected);
    assert_eq!(found[0].message.as_deref(), Some("1 of 2 cases failed"));
    let mut prints = found[0].prints.clone();
    prints.sort_unstable();
    assert_eq!(prints, ["policy.rego:10: looking at empty + empty", "policy.rego:10: looking at filled + filled",]);
    assert_eq!(found[2].outcomes(), [Outcome::Passed, Outcome::Passed, Outcome::Passed, Outcome::Failed]);
}

#[test]
fn a_case_is_known_as_soon_as_its_name_is() {
    // What fails before the name is known has no case; what comes before it in the text and not in the evaluation does.
    let found = results(
        "test_inner[x] if {
	list := [x | some x in [1, 2]]
	some x in list
	x > 1
}

test_order[x] if {
	some limit
	limit == 2
	some x in [\"a\", \"b\"]
	limit = count(x) + 1
}

test_of_data[data.p.number] if data.p.number == 4

number := 3

test_without_body[data.p.number] := true",
    );
    let expected = [
        "- test_inner",
        "  - 1",
        "  + 2",
        "+ test_order",
        "  + a",
        "  + b",
        "- test_of_data",
        "  - 3",
        "+ test_without_body",
        "  + 3",
    ];
    assert_eq!(outline(&found), expected);
}

#[test]
fn a_table_of_which_nothing_is_known_does_not_pass() {
    let found = results(
        "test_empty[x] if some x in []

test_nameless[tc.note] if some tc in [{\"value\": 1}, {\"note\": \"a\"}]

test_shadowed[x] if {
	json := {\"marshal\": 1}
	some x in [json.marshal]
	x > 1
}

test_print[x] if {
	print(\"begins_the_case\", 1)
	some x in [1]
}

todo_test_later[x] if some x in [1]

test_constant.a if 1 < 2",
    );
    assert_eq!(found[0].outcome, Outcome::Failed);
    assert_eq!(found[0].message.as_deref(), Some("no case was begun: what the table goes through is empty"));
    // A row without a name is no row that holds; regorus stops at it.
    assert_ne!(found[1].outcome, Outcome::Passed, "{found:?}");
    assert_eq!(outline(&found[2..4]), ["- test_shadowed", "  - 1", "+ test_print", "  + 1"]);
    assert_eq!(found[3].prints, ["policy.rego:14: begins_the_case 1"]);
    assert_eq!(outline(&found[4..]), ["~ todo_test_later", "- test_constant"]);
}

#[test]
fn tables_of_the_older_dialect_are_objects_with_values() {
    let source = "package p

test_set[x] { x := \"a\" }

test_object[x] = true { x := [\"a\", \"b\"][_]; x == \"a\" }

test_chained[x] = true { x := \"a\" } { x := \"b\"; 1 > 2 }
";
    let found = results_of(&[("old.rego", source)], Dialect::V0, None);
    let expected = ["- test_set", "- test_object", "  + a", "  - b", "- test_chained", "  + a", "  - b"];
    assert_eq!(outline(&found), expected);
}

/// The covered and the other lines of a module, run with its tests.
#[cfg(feature = "own-engine")]
fn coverage_of(source: &str) -> (String, String) {
    let program = program(source);
    let (results, coverage) =
        testing::run_with_coverage(&program, &Selection::default(), Allowance::default()).unwrap();
    assert_eq!(results, testing::run(&super::program(source), &Selection::default(), Allowance::default()));
    let file = &coverage.files["policy.rego"];
    let text = |ranges: &[testing::coverage::LineRange]| {
        let text = ranges.iter().map(|range| match (range.start.row, range.end.row) {
            (start, end) if start == end => start.to_string(),
            (start, end) => format!("{start}-{end}"),
        });
        text.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        (file.covered_lines, file.not_covered_lines, file.coverage),
        (coverage.covered_lines, coverage.not_covered_lines, coverage.coverage)
    );
    (text(&file.covered), text(&file.not_covered))
}

#[cfg(not(feature = "own-engine"))]
#[test]
fn coverage_is_refused_by_an_engine_that_does_not_tell_lines() {
    let program = program("package p\n\ntest_x if 1 < 2\n");
    let error = testing::run_with_coverage(&program, &Selection::default(), Allowance::default()).unwrap_err();
    assert_eq!((error.code, error.path.as_deref()), (ErrorCode::NotEvaluated, Some("/coverage")));
}

#[cfg(feature = "own-engine")]
#[test]
fn a_line_is_covered_when_what_begins_on_it_was_evaluated() {
    let found = coverage_of(
        "package p

import data.elsewhere # no line that counts

test_foo if {
	bar
	q
	not baz
}

bar if {
	a := 1
	b := 2
	a != b
}

baz if { # its body never holds
	true
	false
	true
}

q if {
	some n
	n = 1
	n + 1 == 2
}
",
    );
    assert_eq!(found, ("5-8 11-14 18-19 23 25-26".into(), "17 20".into()));
}

#[cfg(feature = "own-engine")]
#[test]
fn heads_branches_defaults_functions_and_loops_have_lines_of_their_own() {
    let found = coverage_of(
        "package p

default level := \"none\"

level := \"high\" if {
	input.n > 10
} else := \"low\" if {
	input.n > 5
} else := \"never\" if {
	input.n > 100
}

test_low if level == \"low\" with input as {\"n\": 7}

test_loops if {
	every x in [1, 2] {
		x > 0
		double(x) > 1
	}
	some y in [1, 2]
	count([z |
		some z in [3]
		z > y
	]) == 1
}

double(x) := 2 * x

double(x) := y if {
	x == \"never\"
	y := concat(\"\", [x, x])
}

names contains name if {
	some name in [\"a\"]
	name != \"a\"
	name != \"b\"
}

test_names if count(names) == 0

unused := 1

test_skipped if {
	1 > 2
	some x in [1]
	x == 1
}

test_table[x] if {
	some x in [
		1,
		2,
	]
	x < 2
	print(\"held\")
}
",
    );
    let covered = "6-8 13 15-18 20-23 27 30 35-36 40 45 50-51 55-56";
    assert_eq!(found, (covered.into(), "3 5 9-10 29 31 34 37 42 44 47".into()));
}
