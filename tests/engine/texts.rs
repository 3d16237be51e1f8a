//! Texts that no parser, check or engine may hang or trap on: refused at once, or understood.

use super::*;

/// What a text answers with to `policy/x`.
#[track_caller]
fn answers(source: String, answer: &Answer) {
    let input = Document::read(br#"{"a": 1}"#).unwrap();
    assert_eq!(program(source).evaluate("policy/x", Some(&input), Allowance::default()).unwrap().answer, *answer);
}

fn value(text: impl Into<String>) -> Answer {
    let text: String = text.into();
    Answer::Value(text.into())
}

fn nested(open: &str, close: &str, levels: usize) -> String {
    format!("package policy\n\nx := {}1{}\n", open.repeat(levels), close.repeat(levels))
}

#[test]
fn texts_that_would_hang_or_trap_the_parser_are_refused_at_once() {
    assert_eq!(limit_of(nested("[", "]", 5_000)), "source_nesting");
    assert_eq!(limit_of(nested("(", ")", 5_000)), "source_nesting");
    assert_eq!(limit_of(nested("f(", ")", 5_000)), "source_nesting");
    assert_eq!(limit_of(format!("package policy\n\nx := 1{}\n", " + 1".repeat(5_000))), "source_nesting");
    assert_eq!(limit_of(format!("package policy\n\nx := {{1}}{}\n", "\n| {1}".repeat(5_000))), "source_nesting");
    assert_eq!(limit_of(format!("package policy\n\n# {}\n", "a".repeat(1024 * 1024))), "source_bytes");
    assert!(!codes(format!("package policy\n\nx := {}1\n", "[".repeat(5_000))).is_empty());
    assert!(!codes(format!("package policy\n\nx if {}input.a\n", "not ".repeat(5_000))).is_empty());
}

#[test]
fn literals_inside_one_another_are_read_in_time() {
    let levels = |open: &str, close: &str| value(format!("{}1{}", open.repeat(60), close.repeat(60)));
    answers(nested("[", "]", 60), &levels("[", "]"));
    answers(nested("{", "}", 60), &levels("[", "]"));
    // A key that is no string is written as its text.
    answers(nested("{1: ", "}", 60), &levels("{\"1\":", "}"));
    let few = program(nested("[", "]", 10)).evaluate("policy/x", None, Allowance::default()).unwrap().answer;
    assert_eq!(few, value(format!("{}1{}", "[".repeat(10), "]".repeat(10))));

    let many = format!("{}1{},", "{".repeat(9), "}".repeat(9)).repeat(5_000);
    program(format!("package policy\n\nx := [{many} 1]\n"));
    let table: String = (0..3_000).map(|n| format!("\"k{n}\": {{\"a\": [{n}]}},\n")).collect();
    assert!(codes(format!("package policy\n\nx := {{\n{table}}}\n")).is_empty());
}

#[test]
fn long_bodies_references_and_lists_of_imports_are_read_in_time() {
    let body = "\tinput.a == 1\n".repeat(5_000);
    answers(format!("package policy\n\nx if {{\n{body}}}\n"), &value("true"));
    for step in [".a", "[0]", "[input.a].b"] {
        let long = format!("package policy\n\nx := input{}\n", step.repeat(5_000));
        answers(long, &Answer::Undefined);
    }
    let imports = |count: usize| (0..count).map(|n| format!("import data.x{n}\n")).collect::<String>();
    program(format!("package policy\n\n{}", imports(20_000)));
    assert!(codes(format!("package policy\n\n{}\nx := 1\n", imports(500))).is_empty());
}

#[test]
fn expressions_inside_one_another_are_read_in_time() {
    for (open, close) in [("(", ")"), ("1 + (", ")"), ("abs((", "))")] {
        let sum = if open.starts_with('1') { "34" } else { "1" };
        answers(nested(open, close, 33), &value(sum));
    }
    assert!(codes(nested("(", ")", 31)).is_empty());
}

#[test]
fn chains_of_operators_in_brackets_are_read_in_time() {
    let mut nested = "1".to_owned();
    for _ in 0..30 {
        nested = format!("({nested}{})", " + 1".repeat(30));
    }
    let mut deep = "1".to_owned();
    for _ in 0..30 {
        deep = format!("({}{deep})", "1 + ".repeat(30));
    }
    answers(format!("package policy\n\nx := {deep}\n"), &value("901"));
    let _ = compilation(format!("package policy\n\nx := {nested}\n"));
    let sums = "1 + 1, ".repeat(1_000);
    assert!(codes(format!("package policy\n\nx := [{sums}1]\n")).is_empty());
    assert!(codes(format!("package policy\n\nx := 1{}\n", " + 1".repeat(150))).is_empty());
}

#[test]
fn nothing_after_a_nul_is_dropped_in_silence() {
    assert_eq!(codes("package policy\n\nallow := true\n# \0\ndeny := true\n"), ["rego_parse_error"]);
}

#[test]
fn findings_in_long_and_in_many_lines_come_in_time() {
    // Each of these took the square of its length.
    assert!(!codes(format!("package policy\n\nx := [{}\n", "1,".repeat(20_000))).is_empty());
    let unsafe_last = format!("package policy\n\nx if {{ z := [{}1]; y > 1 }}\n", "1,".repeat(20_000));
    assert_eq!(codes(unsafe_last), ["rego_unsafe_var_error"]);
    let mut many = "package policy\n\n".to_owned();
    for n in 0..500 {
        writeln!(many, "import data.a{n}.b{n}").unwrap();
    }
    many.push_str(&"x := := 1\n\n".repeat(3_000));
    assert_eq!(codes(many).len(), 500);
    let mut calls = "package policy\n\n".to_owned();
    for n in 0..3_000 {
        writeln!(calls, "x{n} := nothing(1)").unwrap();
    }
    assert_eq!(codes(calls).len(), 500);
}
