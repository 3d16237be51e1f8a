//! Queries: a row for each way to be true, judged as the body of a rule is, and errors at a place of the query.

use super::*;

/// The rows of a query over a small package.
fn rows(query: &str) -> String {
    let program = program(
        "package p\n\ndefault allow := false\n\nallow if input.ok\n\nn := 3\n\ndouble(x) := 2 * x\n\nnames := [\"a\", \"b\"]\n",
    );
    program.query(query, None, Allowance::default()).unwrap_or_else(|error| panic!("{query}: {error}")).0
}

#[test]
fn a_query_has_a_row_for_each_way_to_be_true() {
    for query in [
        "data.p.allow",
        "false",
        "data.p.nothing",
        "1 > 2; x := 1",
        "x := 1; data.p.allow",
        "x := 1; not x == 1",
        "not data.p.n",
        "x := 1; every y in [1, 2] { y == x }",
        "some x in [1, 2]; x > 2",
        "data.p.double(2) == 5",
    ] {
        assert_eq!(rows(query), "[]", "{query}");
    }
    for (query, expected) in [
        ("true", "[{}]"),
        ("data.p.n", "[{}]"),
        ("data", "[{}]"),
        ("not data.p.allow", "[{}]"),
        ("x := 1", r#"[{"x":1}]"#),
        ("x := 1 # one", r#"[{"x":1}]"#),
        ("x := data.p.allow", r#"[{"x":false}]"#),
        ("data.p.n = x\ny := x + 1", r#"[{"x":3,"y":4}]"#),
        ("some x in [1, 2]", r#"[{"x":1},{"x":2}]"#),
        ("some x in [1, 2]; x > 1", r#"[{"x":2}]"#),
        ("some i; name := data.p.names[i]", r#"[{"i":0,"name":"a"},{"i":1,"name":"b"}]"#),
        ("data.p.names[_] = name", r#"[{"name":"a"},{"name":"b"}]"#),
        ("x := [y | some y in [1, 2]]", r#"[{"x":[1,2]}]"#),
        ("x := {k: v | some k, v in [5]}", r#"[{"x":{"0":5}}]"#),
        ("x := {1} | {2}; y := [x | {3}, 4]", r#"[{"x":[1,2],"y":[[1,2,3],4]}]"#),
        ("x := 3; every y in {1, 2} { y < x }", r#"[{"x":3}]"#),
        ("[x, {\"a\": y}] = [1, {\"a\": 2}]", r#"[{"x":1,"y":2}]"#),
        ("x := count(data.p.names) with data.p.names as [1]", r#"[{"x":1}]"#),
        ("x := data.p.double(2); y := json.marshal(x)", r#"[{"x":4,"y":"4"}]"#),
        ("x := input.a with input.a as 7", r#"[{"x":7}]"#),
    ] {
        assert_eq!(rows(query), expected, "{query}");
    }
}

#[test]
fn a_query_that_does_not_parse_says_so() {
    let program = program("package p\n\nx := 1\n");
    for query in
        ["", "# nothing", "x := ", "x := [1", "{", "data.p.", "true ] == [ true", "x := (1]", "x := \"a", "x := `a"]
    {
        let error = program.query(query, None, Allowance::default()).unwrap_err();
        assert_eq!(error.code, ErrorCode::RegoParseError, "{query}: {error}");
    }
    let error = program.query("x > 1", None, Allowance::default()).unwrap_err();
    assert_eq!(error.code, ErrorCode::RegoUnsafeVarError, "{error}");
    for (query, message) in [
        ("x :=", "the query ends too early (line 1, column 5 of the query)"),
        ("x := 1\ny := # nothing\n", "the query ends too early (line 2, column 5 of the query)"),
        ("data.p.", "the query ends too early (line 1, column 8 of the query)"),
        ("1 +", "the query ends too early (line 1, column 4 of the query)"),
        ("import data.x", "unexpected import keyword (line 1, column 1 of the query)"),
        ("\"a\" \"b\"", "unexpected string token: expected \\n or ; or } (line 1, column 5 of the query)"),
        (
            "x := 1\n\ty := 2 z := 3",
            "unexpected identifier token: expected \\n or ; or } (line 2, column 9 of the query)",
        ),
        ("\"a\": 1", "unexpected : token: expected \\n or ; or } (line 1, column 4 of the query)"),
        ("x := 1\ny := := 2", "unexpected assign token (line 2, column 6 of the query)"),
        ("x := $", "illegal $ character (line 1, column 6 of the query)"),
        (
            "x := \"\\ud800\"",
            "`\\ud800` is a lone surrogate: one half of a character, without the other (line 1, column 7 of the query)",
        ),
    ] {
        let error = program.query(query, None, Allowance::default()).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::RegoParseError, message), "{query}");
    }
    let inside = |levels: usize| {
        let query = format!("x := {}1{}", "(".repeat(levels), ")".repeat(levels));
        program.query(&query, None, Allowance::default())
    };
    assert!([29, 33, 200].into_iter().all(|levels| inside(levels).is_ok()));
    assert_eq!(inside(300).unwrap_err().limit.unwrap().name, "source_nesting");
}

#[test]
fn the_calls_of_a_query_are_checked_as_those_of_a_module() {
    let capabilities = Capabilities { refused: vec!["rand.intn".to_owned()], ..Capabilities::default() };
    let source = "package p\n\nf(a) := a\n\nx := 1\n";
    let program = compile(module(source), None, DialectRule::V1, &capabilities).unwrap().program.unwrap();
    let other = program.with_data(b"{\"a\": 1}").unwrap();
    for (query, code, message) in [
        ("count(1, 2) > 1", ErrorCode::RegoTypeError, "count: arity mismatch (line 1, column 1 of the query)"),
        ("y := data.p.f(1, 2, 3)", ErrorCode::RegoTypeError, "function data.p.f has arity 1, got 3 arguments"),
        ("y := 1\nhttp.send({})", ErrorCode::BuiltinNotAvailable, "the builtin http.send is not available"),
        ("undefined_fn(1)", ErrorCode::RegoTypeError, "undefined function undefined_fn"),
        ("y := [z | z := f(1)]", ErrorCode::RegoTypeError, "undefined function f"),
        ("data.p.x(1)", ErrorCode::RegoTypeError, "undefined function data.p.x"),
        ("y := rand.intn(\"a\", 2)", ErrorCode::BuiltinNotAllowed, "the builtin rand.intn is not allowed"),
    ] {
        for program in [&program, &other] {
            let error = program.query(query, None, Allowance::default()).unwrap_err();
            assert_eq!(error.code, code, "{query}: {error}");
            assert!(error.message.starts_with(message) && error.help.is_some(), "{error:?}");
        }
    }
    let error = program.query("y := 1\n  http.send({})", None, Allowance::default()).unwrap_err();
    assert!(error.message.ends_with("(line 2, column 3 of the query)"), "{error}");
    assert_eq!(program.query("count([1], n)", None, Allowance::default()).unwrap().0, "[{\"n\":1}]");
}

#[test]
fn a_query_is_checked_as_the_body_of_a_rule_is() {
    let source = "package p\n\nf(a) := lower(a)\n\nn := 1\n\nquery := data.p.n\n";
    let program = compile(module(source), None, DialectRule::V1, &Capabilities::default()).unwrap().program.unwrap();
    for (query, code, message) in [
        ("y > 1", ErrorCode::RegoUnsafeVarError, "var y is unsafe (line 1, column 1 of the query)"),
        ("x := 1\nx == z", ErrorCode::RegoUnsafeVarError, "var z is unsafe (line 2, column 6 of the query)"),
        ("some i; 1 == 1", ErrorCode::RegoCompileError, "declared var i unused (line 1, column 6 of the query)"),
        ("x := 1; x := 2", ErrorCode::RegoCompileError, "var x assigned above (line 1, column 9 of the query)"),
        ("y := data.p.f(1)", ErrorCode::RegoTypeError, "data.p.f: invalid argument(s) (line 1, column 6 of the query)"),
        ("x := count(7)", ErrorCode::RegoTypeError, "count: invalid argument(s) (line 1, column 6 of the query)"),
        ("data.p.n == \"a\"", ErrorCode::RegoTypeError, "match error (line 1, column 1 of the query)"),
        ("x := 1 with foo as 2", ErrorCode::RegoTypeError, "with keyword target must reference existing input, data"),
        ("regex.match(\"(\", \"a\")", ErrorCode::RegoCompileError, "regex.match: the pattern cannot be used"),
    ] {
        let error = program.query(query, None, Allowance::default()).unwrap_err();
        assert!(error.code == code && error.message.starts_with(message), "{query}: {error:?}");
    }
    // All of `data` does not hold the query.
    for (query, code) in [
        ("x := data; count(7)", ErrorCode::RegoTypeError),
        ("x := data; data.p.n == \"a\"", ErrorCode::RegoTypeError),
        ("some y; x := data[y]; to_number({})", ErrorCode::RegoTypeError),
        ("x := data; y > 1", ErrorCode::RegoUnsafeVarError),
    ] {
        let error = program.query(query, None, Allowance::default()).unwrap_err();
        assert_eq!(error.code, code, "{query}: {error:?}");
    }
    for (query, rows) in [
        ("x := 1; y := $\"{x}\"", r#"[{"x":1,"y":"1"}]"#),
        ("x := plus(1, 2)", r#"[{"x":3}]"#),
        ("x := count(net.cidr_expand(\"10.0.0.0/30\"))", r#"[{"x":4}]"#),
    ] {
        let asked = program.query(query, None, Allowance::default());
        assert_eq!(asked.unwrap().0, rows, "{query}");
    }
    for (query, help) in [
        ("data.p.n(1)", "`data.p.n` takes no arguments: write it without brackets"),
        ("x := len([1])", "write `count`"),
        ("f(1)", "a query has no imports: write the whole path of a function, as in `data.a.b(1)`"),
    ] {
        let error = program.query(query, None, Allowance::default()).unwrap_err();
        assert_eq!(error.help.as_deref(), Some(help), "{query}: {error:?}");
    }
    // Names that the query is put under are nobody's.
    for (query, rows) in [
        ("query := 1; query_ := 2", r#"[{"query":1,"query_":2}]"#),
        ("data.p.query == 1", "[{}]"),
        ("answer := data.p.n", r#"[{"answer":1}]"#),
        ("query_____ := 1; queryquery := 2; not_query__ := 3", r#"[{"not_query__":3,"query_____":1,"queryquery":2}]"#),
    ] {
        assert_eq!(program.query(query, None, Allowance::default()).unwrap().0, rows, "{query}");
    }
}

#[test]
fn a_head_with_empty_brackets_is_a_rule_to_a_query() {
    let program = program("package p\n\ng() := input.x\n\nh if g()\n");
    let asked = program.query("y := data.p.g", None, Allowance::default());
    assert_eq!(asked.unwrap().0, "[]");
    let input = Document::read(br#"{"x": 7}"#).unwrap();
    let asked = program.query("y := data.p.g", Some(&input), Allowance::default());
    assert_eq!(asked.unwrap().0, r#"[{"y":7}]"#);
    assert_eq!(program.evaluate("p/g", Some(&input), Allowance::default()).unwrap().answer, Answer::Value("7".into()));
    assert_eq!(program.entrypoints(), ["p/g", "p/h"]);
    let long = format!("x := 1 # query{}", "_".repeat(100_000));
    assert_eq!(program.query(&long, None, Allowance::default()).unwrap().0, "[{\"x\":1}]");
}

#[test]
fn the_rows_of_a_query_are_an_answer_within_its_limit() {
    let program = program("package p\n\nx := 1\n");
    let limits = EvaluationLimits { answer_bytes: 20, ..EvaluationLimits::default() };
    let small = Allowance { limits, ..Allowance::default() };
    assert_eq!(program.query("x := 1", None, small).unwrap().0, r#"[{"x":1}]"#);
    let error = program.query("x := \"12345678901234567890\"", None, small).unwrap_err();
    assert_eq!(error.limit.unwrap().name, "answer_bytes");
}
