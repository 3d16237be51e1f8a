//! What the parser takes and what it refuses: each mistake at its exact range, in OPA's words where OPA has some.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use regate::rego::Dialect::{self, V0, V1};
use regate::rego::diagnostic::Text;
use regate::rego::syntax::parse;

/// The mistakes of a text as `line:column-line:column message`; behind those that OPA does not get to stands a `+`.
fn mistakes(dialect: Dialect, source: &str) -> Vec<String> {
    let text = Text::new("p.rego", source);
    let parsed = parse(source, dialect);
    let said = parsed.errors.iter().map(|error| {
        let (start, end) = text.places(error.span.range());
        let beyond = if error.is_beyond_opa { " +" } else { "" };
        format!("{}:{}-{}:{} {}{beyond}", start.line, start.column, end.line, end.column, error.message)
    });
    said.collect()
}

#[track_caller]
fn takes(dialect: Dialect, body: &str) {
    let source = format!("package p\n\n{body}\n");
    assert_eq!(mistakes(dialect, &source), [""; 0], "{source}");
}

/// `body` stands on line 3.
#[track_caller]
fn refuses(dialect: Dialect, body: &str, wanted: &[&str]) {
    let source = format!("package p\n\n{body}\n");
    assert_eq!(mistakes(dialect, &source), wanted, "{source}");
}

#[test]
fn template_strings() {
    takes(V1, r#"a := $"{input.x} and {count(input.y) + 1}""#);
    takes(V1, r#"a := $"" if $"no expression""#);
    takes(V1, r#"a := $"\{ is a brace, {"and } in a string is none"}""#);
    takes(V1, "a := $`of {input.lines}\nlines \\{`");
    takes(V1, r#"a := $"one in {$"another: {input.x}"}""#);
    takes(V1, r#"a := $"{[x | x := input.xs[_]]} {{"k": 1}} {input.x with input as {}}""#);
    takes(V1, "a := $\"a\t\\{\"");
    takes(V1, "a := $\"{input.x # a comment\n}\"");
    refuses(V1, r#"a := $"{not input.x}""#, &["3:9-3:20 unexpected negation ('not') in template-string expression"]);
    refuses(V1, r#"a := $"{x = 1}""#, &["3:9-3:14 unexpected unification ('=') in template-string expression"]);
    refuses(V1, r#"a := $"{x := 1}""#, &["3:9-3:15 unexpected assignment (':=') in template-string expression"]);
    refuses(
        V1,
        r#"a := $"{every x in input.xs { x }}""#,
        &["3:9-3:34 unexpected 'every' in template-string expression"],
    );
    refuses(V1, r#"a := $"{some x in input.xs}""#, &["3:9-3:27 unexpected 'some' in template-string expression"]);
    refuses(V1, r#"a := $"{}""#, &["3:9-3:11 unexpected } token"]);
    refuses(V1, r#"a := $"{input.x input.y}""#, &["3:17-3:22 expected } to end template string expression"]);
    refuses(V1, r#"a := $"open"#, &["3:6-3:12 non-terminated string"]);
    refuses(V1, r#"a := $"{input.x} open"#, &["3:16-3:22 non-terminated string"]);
    refuses(V1, r#"a := $"\q {1}""#, &["3:6-3:12 illegal escape sequence"]);
    refuses(V1, "a := $1", &["3:6-3:7 illegal $ character"]);
    refuses(V1, r#"a := $"x".y"#, &["3:6-3:10 illegal ref (head cannot be templatestring)"]);
}

#[test]
fn a_bracket_on_a_new_line_is_no_call() {
    takes(V1, "p if {\n\tinput.a\n\t(3 - 1) >= 2\n}");
    takes(V1, "p if {\n\tx := input.a\n\t[1, 2][x]\n}");
    refuses(V1, "p if {\n\tcount (input.a)\n}", &[r"4:8-4:9 unexpected ( token: expected \n or ; or }"]);
    refuses(V1, "p if input. a", &["3:12-3:13 unexpected whitespace token: expected identifier"]);
}

#[test]
fn keywords_in_references() {
    takes(V1, "p if {\n\tinput.if.else[0].not\n\tnot input.not\n\tif.x == 1\n}\n\nif.x := 1\n\ndefault with.y := 2");
    takes(V0, "p { input.some; input.default }");
    refuses(V1, "p := not.x", &["3:6-3:9 unexpected not keyword"]);
    refuses(V1, "import data.a.in", &["3:15-3:17 unexpected import path, must not end with a keyword, got: in"]);
    takes(V1, "import data.a.in as b");
}

#[test]
fn comprehensions_and_unions() {
    takes(V1, "p := [x | x := 1]\n\nq := {1 | 2, 3}\n\nr := {\"a\": 1 | 2, \"b\": 3}\n\ns := [a | b, c]");
    takes(V1, "p if {1, 2} == {x | x = 1; x}\n\nq if {\"a\": 1}\n\nr if { true }");
    refuses(V1, "p := [x | x := ]", &["3:16-3:17 unexpected ] token"]);
    refuses(V1, "p := {x: 1, y}", &["3:14-3:15 unexpected } token: expected \":\""]);
    refuses(V1, "p := {1, 2", &["4:1-4:1 unexpected eof token: expected \",\" or \"}\""]);
}

#[test]
fn the_words_of_the_newer_dialect() {
    refuses(V1, "p { true }", &["3:3-3:4 `if` keyword is required before rule body"]);
    refuses(
        V1,
        "p[x] { x := 1 }",
        &[
            "3:1-3:5 `contains` keyword is required for partial set rules",
            "3:6-3:7 `if` keyword is required before rule body",
        ],
    );
    refuses(V1, "p.a.b", &["3:1-3:6 rule must have value assignment and/or body declaration"]);
    takes(V0, "p { true } { false }\n\nq[x] { x := 1 } { x := 2 }\n\nr = 1 { true } else = 2 { false }");
    refuses(V0, "p contains 1", &["3:1-3:2 var cannot be used for rule name"]);
    refuses(V0, "p = 1 if { input.x }", &["3:7-3:9 unexpected `if` after a rule +"]);
    takes(V0, "import future.keywords.every\n\np { every x in [1] { x } }");
    takes(V0, "import rego.v1\n\np contains x if some x in [1]");
    refuses(V0, "import rego.v1\n\np { true }", &["5:3-5:4 `if` keyword is required before rule body"]);
    refuses(V1, "import future.keywords.of", &["3:8-3:26 unexpected keyword, must be one of [contains every if in]"]);
    refuses(
        V1,
        "import foo.bar",
        &[
            "3:8-3:15 unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)",
        ],
    );
}

#[test]
fn defaults() {
    takes(V1, "default p := {\"a\": [x | x := input.y]}\n\ndefault f(_, x) := 1");
    refuses(V1, "default p := input.x", &["3:1-3:21 illegal default rule (value cannot contain ref)"]);
    refuses(V1, "default p := 1 + 1", &["3:1-3:19 illegal default rule (value cannot contain call)"]);
    refuses(V1, "default f(x, x) := 1", &["3:1-3:21 illegal default rule (arguments cannot be repeated x)"]);
    refuses(V1, "default f(1) := 1", &["3:1-3:18 illegal default rule (arguments cannot contain number)"]);
}

#[test]
fn every_mistake_of_a_text_is_told_once() {
    refuses(
        V1,
        "p if {\n\tx := \n\ty := ]\n\tinput.z == = 1\n\tinput.fine\n}\n\nq := [1,\n\nr := 1\n\ns if { count(1 }",
        &[
            "5:4-5:6 unexpected assign token: expected \\n or ; or }",
            "6:13-6:14 unexpected eq token +",
            "12:3-12:5 unexpected assign token: expected \",\" or \"]\" +",
            "14:16-14:17 unexpected } token: expected \",\" or \")\" +",
        ],
    );
}

#[test]
fn what_is_too_deep_or_never_closed_is_told_once() {
    for (open, close) in [("1 + (", ")"), ("1 in (", ")"), ("[1 | some x in ", "]"), ("[1 | x := ", "]"), ("f(", ")")] {
        let source = format!("package p\n\np := {}[1]{}\n", open.repeat(1000), close.repeat(1000));
        let said = mistakes(V1, &source);
        assert_eq!(said.len(), 1, "{open}: {said:?}");
        assert!(said.iter().all(|words| words.ends_with("the limit is `source_nesting`")), "{open}: {said:?}");
    }
    refuses(V1, "p := 1 + (2 + (3", &["4:1-4:1 non-terminated expression"]);
    refuses(V1, "p := 1 + (2 + (3 + ]))", &["3:20-3:21 unexpected ] token"]);
    refuses(V1, "p := 1 in (2 in [3", &["4:1-4:1 unexpected eof token: expected \",\" or \"]\""]);
}

#[test]
fn a_set_is_no_condition() {
    takes(V1, "p if {1} == {1}\n\nq if { 1 }\n\nr if {x | x := 1}");
    refuses(V1, "p if set()", &["3:6-3:11 a set is no condition"]);
    refuses(V1, "p if ({1})", &["3:6-3:11 a set is no condition"]);
    refuses(V1, "p if not {1}", &["3:6-3:13 a set is no condition"]);
}

#[test]
fn names() {
    takes(V1, "x\u{663} := 1");
    refuses(V1, "x\u{b2} := 1", &["3:2-3:3 illegal token"]);
    refuses(V0, "if := 1\n\nimport rego.v1", &["3:1-3:8 if keyword cannot be used for rule name"]);
    refuses(V1, "f(x) = 1 { x }", &["3:10-3:11 `if` keyword is required before function body"]);
}

#[test]
fn empty_brackets() {
    takes(V1, "f() := 1\n\np := set()\n\nq := (set)()\n\nr := time.now_ns()");
    takes(V0, "p[\"x\"]() { true }");
    refuses(V1, "f()", &["3:1-3:4 rule argument list must take at least one argument"]);
    refuses(V1, "default a.b()", &["3:1-3:14 illegal default rule (must have a value)"]);
    refuses(V0, "b { false } else = true else = true { true }", &["3:25-3:29 unexpected else keyword"]);
}

#[test]
fn numbers() {
    takes(V1, "p := [0, -1, - 2, .5, -.5, 1.5e-3, 0e5, 0.10]");
    refuses(V1, "p := 01", &["3:6-3:8 unexpected number token: expected number without leading zero"]);
    refuses(V1, "p := 1.", &["3:6-3:8 expected fraction"]);
    refuses(V1, "p := 1e", &["3:6-3:8 expected exponent"]);
    refuses(V1, "p := 0x1", &["3:6-3:9 illegal number format"]);
    refuses(V1, "p := 1.x", &["3:6-3:9 expected fraction"]);
    refuses(V1, "p := 1[0]", &["3:6-3:7 illegal ref (head cannot be number)"]);
}

#[test]
fn order_of_a_module() {
    assert_eq!(mistakes(V1, ""), ["1:1-1:1 empty module"]);
    assert_eq!(mistakes(V1, "# only a comment\n"), ["2:1-2:1 empty module"]);
    assert_eq!(mistakes(V1, "p := 1\n"), ["1:1-1:7 package expected"]);
    refuses(V1, "package q", &["3:1-3:10 unexpected package"]);
    takes(V1, "p := 1\n\nimport data.a");
    assert_eq!(mistakes(V1, "package p.q[x]\n"), ["1:13-1:14 unexpected var token: expecting string"]);
    assert_eq!(mistakes(V1, "package p[\"a b\"].if\n"), [""; 0]);
}
