//! Tests in Rego: which rules are tests, how each ends, and the cases of tables.

use super::*;
use regate::rego::testing::{HostOfTests, Outcome, Selection, TestCase, TestResult};
use regate::rego::{Dialect, DialectRule};

/// The tests of modules, read in a dialect.
fn results_of(modules: &[(&str, &str)], dialect: Dialect, only: Option<&str>) -> Vec<TestResult> {
    let modules = modules.iter().map(|(path, source)| Module { path: (*path).into(), source: (*source).into() });
    let rule = DialectRule::Fixed(dialect);
    let compilation = compile(modules.collect(), None, rule, &Capabilities::default()).unwrap();
    let Some(program) = compilation.program else { panic!("{:?}", compilation.diagnostics) };
    let selection = only.map_or_else(Selection::default, |only| Selection::matching(only).unwrap());
    testing::run(&program, &selection, Allowance::default(), &mut HostOfTests::default())
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
fn each_rule_of_a_name_is_a_test() {
    let modules = [
        ("a.rego", "package a\n\ntest_x if 1 < 2\n\ntest_x if 1 > 2\n"),
        ("b.rego", "package a\n\ntest_x if 1 < 2\n\nb.test_x if 1 < 2\n"),
        ("c.rego", "package a.b\n\n# of the same path\ntest_x if 1 > 2\n"),
        ("d.rego", "package d\n\ntest_x if 1 < 2\n"),
    ];
    let found = results_of(&modules, Dialect::V1, None);
    let places: Vec<(&str, &str, u32)> =
        found.iter().map(|result| (result.package.as_str(), result.file.as_str(), result.line)).collect();
    assert_eq!(
        places,
        [
            ("a", "a.rego", 3),
            ("a", "a.rego", 5),
            ("a", "b.rego", 3),
            ("a", "b.rego", 5),
            ("a.b", "c.rego", 4),
            ("d", "d.rego", 3)
        ]
    );
    let expected = ["+ test_x", "- test_x#01", "+ test_x#02", "+ b.test_x", "- test_x#01", "+ test_x"];
    assert_eq!(outline(&found), expected);
    assert_eq!(found[1].message.as_deref(), Some("the test is undefined"));
}

#[test]
fn defaults_values_and_elements_are_rules_and_branches_are_none() {
    let found = results(
        "default test_default := false

test_default if 1 < 2

test_branches := false if {
	1 > 2
} else := true if {
	1 < 2
}

test_branches if 1 > 2

test_values := true

test_values := 1 if 1 > 2

test_set contains 1

test_set contains 2 if 1 < 2

todo_test_later if 1 < 2

todo_test_later if 1 > 2

test_function(1) := true

test_function(2) := true

a[\"test_ x\"].b if 1 < 2

a[\"test_ x\"].c if 1 < 2

a.test_y if 1 > 2

a[\"test_y\"] if 1 < 2",
    );
    let expected = [
        "- test_default",
        "+ test_default#01",
        "+ test_branches",
        "- test_branches#01",
        "+ test_values",
        "- test_values#01",
        "- test_set",
        "- test_set#01",
        "~ todo_test_later",
        "~ todo_test_later",
        "- a[\"test_ x\"]",
        "- a[\"test_ x#01\"]",
        "- a.test_y",
        "+ a[\"test_y#01\"]",
    ];
    assert_eq!(outline(&found), expected);
    assert_eq!(found[7].message.as_deref(), Some("the test is [2], not true"));
    assert_eq!(found[11].message.as_deref(), Some("the test is {\"c\":true}, not true"));
}

#[test]
fn what_else_speaks_of_a_name_means_the_first_rule() {
    let found = results(
        "test_first if 1 > 2

test_first if {
	print(\"again_\", \"test_first_again_01\")
	1 < 2
}

test_uses if test_first

test_all if data.q == {\"test_y\": true}

test_error if 1 < 2

test_error if { test_boom }

test_boom := x if some x in [1, 2]

test_boom := 3",
    );
    let expected = [
        "- test_first",
        "+ test_first#01",
        "- test_uses",
        "- test_all",
        "+ test_error",
        "! test_error#01",
        "! test_boom",
        "- test_boom#01",
    ];
    assert_eq!(outline(&found), expected);
    assert_eq!(found[1].prints, ["policy.rego:6: again_ test_first_again_01"]);
    let modules = [
        ("p.rego", "package p\n\ntest_all := data.q\n"),
        ("q.rego", "package q\n\ntest_y := 1\n\ntest_y := 2 if 1 < 2\n"),
    ];
    let found = results_of(&modules, Dialect::V1, Some("all"));
    assert_eq!(
        found[0].message.as_deref(),
        Some("the test is {\"test_y\":1,\"test_y#01\":2}, not true"),
        "also of rules that are not selected"
    );
}

#[test]
fn further_bodies_of_a_head_are_rules() {
    let source = "package p

test_chained { 1 < 2 } { 1 > 2 } # a comment
{
	print(\"third\")
	1 < 2
}

test_table[x] # of letters
= true { x := [\"a\", \"b\"][_]; x == \"a\" } { x := \"c\" }

test_table[x] = true { x := \"d\"; 1 > 2 }

test_set[x] { x := 1 }

test_set[x] { x := 2 }
";
    let found = results_of(&[("old.rego", source)], Dialect::V0, None);
    let lines: Vec<u32> = found.iter().map(|result| result.line).collect();
    assert_eq!(lines, [3, 3, 4, 9, 10, 12, 14, 16]);
    let expected = [
        "+ test_chained",
        "- test_chained#01",
        "+ test_chained#02",
        "- test_table",
        "  + a",
        "  - b",
        "+ test_table#01",
        "  + c",
        "- test_table#02",
        "  - d",
        "- test_set",
        "- test_set#01",
    ];
    assert_eq!(outline(&found), expected);
    assert_eq!(found[2].prints, ["old.rego:5: third"]);
    let found = results("test_new if { 1 < 2 } { 1 > 2 }\n\ntest_cases[x] if {\n\tx := 1\n} {\n\tx := 2\n}");
    assert_eq!(outline(&found), ["+ test_new", "- test_new#01", "+ test_cases", "  + 1", "+ test_cases#01", "  + 2"]);
}

#[test]
fn a_head_is_not_written_again_without_end() {
    let source = format!("package p\n\ntest_long{}= true {}\n", " ".repeat(100_000), "{ 1 < 2 } ".repeat(200));
    let found = results_of(&[("old.rego", source.as_str())], Dialect::V0, None);
    assert_eq!(found.len(), 200);
    let message = found[0].message.as_deref().unwrap();
    assert!(message.starts_with("which rule of one name holds cannot be told: the bundle has "), "{message}");
    assert!(found.iter().all(|result| result.outcome == Outcome::Error));
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
        ("c.rego", "package foo\n\ntest_twice if 1 > 2\n\ntest_twice if 1 < 2\n"),
        ("d.rego", "package foo\n\nc.test_again if 1 < 2\n\nc.test_again if 1 > 2\n"),
    ];
    for (pattern, expected) in [
        ("test_pass", ["+ test_pass", "+ test_pass"].as_slice()),
        ("^data\\.bar", &["+ test_pass", "+ test_cases", "  + 1"]),
        ("data.foo.a.b", &["+ a.b.test_deep"]),
        ("(?i)DATA.FOO.TEST_PASS", &["+ test_pass"]),
        ("_fail$|deep$", &["- test_fail", "+ a.b.test_deep"]),
        ("^$", &[]),
        ("\\p{Greek}", &[]),
        ("test_twice", &["- test_twice", "+ test_twice#01"]),
        ("test_twice#01", &["+ test_twice#01"]),
        ("^data\\.foo\\[\"test_twice#01\"\\]$", &["+ test_twice#01"]),
        ("test_twice$", &["- test_twice"]),
        ("again", &["+ c.test_again", "- c[\"test_again#01\"]"]),
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
        "+ test_rows#01",
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
    let expected =
        ["- test_set", "- test_object", "  + a", "  - b", "+ test_chained", "  + a", "- test_chained#01", "  - b"];
    assert_eq!(outline(&found), expected);
}

/// The covered and the other lines of a module, run with its tests.
fn coverage_of(source: &str) -> (String, String) {
    let program = program(source);
    let (results, coverage) =
        testing::run_with_coverage(&program, &Selection::default(), Allowance::default(), &mut HostOfTests::default())
            .unwrap();
    assert_eq!(
        results,
        testing::run(&super::program(source), &Selection::default(), Allowance::default(), &mut HostOfTests::default())
    );
    let file = coverage.files.get("policy.rego").unwrap();
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

#[test]
fn rules_of_one_name_have_the_lines_of_their_texts() {
    let found = coverage_of("package p\n\ntest_x if 1 < 2\n\ntest_x if {\n\t1 > 2\n\t1 < 2\n}\n");
    assert_eq!(found, ("3 6".into(), "5 7".into()));
}

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

#[test]
fn a_rule_that_need_not_be_tried_has_the_lines_of_one_that_was() {
    let rules: String =
        (0..8).map(|at| format!("\nx := {at} if {{\n\tinput.a == \"k{at}\"\n\tinput.b\n}}\n")).collect();
    let found = coverage_of(&format!("package p\n\ntest_x if not x with input as {{\"a\": \"k1\"}}\n{rules}"));
    let missing: Vec<String> =
        (0..8).map(|at| if at == 1 { "10".to_owned() } else { format!("{} {}", 5 + 5 * at, 7 + 5 * at) }).collect();
    assert_eq!(found.1, missing.join(" "));
}
