//! Builtins whose work is larger than their operands: measured, charged or stopped before memory or time is gone.

use super::*;

#[test]
fn replacements_are_measured_before_they_are_made() {
    let large = "x0 := \"aaaaaaaaaaaaaaaa\"\nx1 := concat(\"\", [x0, x0, x0, x0, x0, x0, x0, x0, x0, x0, x0, x0, x0, x0, x0, x0])\nx2 := concat(\"\", [x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1, x1])\nx3 := concat(\"\", [x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2, x2])\n";
    for call in [
        "count(replace(x3, \"a\", x3))",
        "count(replace(x3, \"\", x3))",
        "count(strings.replace_n({\"a\": x3}, x3))",
        "count(regex.replace(x3, \"a\", x3))",
        "count(concat(x3, [x | some i in numbers.range(1, 5000); x := \"\"]))",
    ] {
        let reached = limit_reached(&format!("package policy\n\nfine := 1\n\n{large}\nx := {call}\n"));
        assert_eq!(reached, "memory_units", "{call}");
    }
    let ask = |term: &str| {
        program(format!("package policy\n\nx := {term}\n"))
            .evaluate("policy/x", None, Allowance::default())
            .unwrap()
            .answer
    };
    assert_eq!(ask("replace(\"abcabc\", \"b\", \"xx\")"), Answer::Value("\"axxcaxxc\"".into()));
    assert_eq!(ask("replace(\"abc\", json.unmarshal(`1`), \"x\")"), Answer::Undefined);
    assert_eq!(ask("strings.replace_n({\"a\": \"b\", \"c\": \"d\"}, \"ace\")"), Answer::Value("\"bde\"".into()));
    assert_eq!(ask("regex.replace(\"abc\", \"[ac]\", \"<$0>\")"), Answer::Value("\"<a>b<c>\"".into()));
    assert_eq!(ask("concat(\",\", [\"a\", \"b\"])"), Answer::Value("\"a,b\"".into()));
    assert_eq!(ask("concat(\",\", {\"b\", \"a\"})"), Answer::Value("\"a,b\"".into()));
    assert_eq!(ask("concat(\",\", json.unmarshal(`[1]`))"), Answer::Undefined);
    assert_eq!(ask("indexof_n(\"äaäa\", \"äa\")"), Answer::Value("[0,2]".into()));
    assert_eq!(ask("indexof_n(\"aaa\", \"aa\")"), Answer::Value("[0,1]".into()));
    assert_eq!(ask("indexof_n(\"abc\", \"x\")"), Answer::Value("[]".into()));
    let found = format!("package policy\n\n{large}\nx := count(indexof_n(concat(\"\", [x3, x3]), x3))\n");
    assert_eq!(
        program(found).evaluate("policy/x", None, Allowance::default()).unwrap().answer,
        Answer::Value("65537".into())
    );
}

/// The same where the evaluation may make 4 Mi units of memory.
fn limit_reached_with_little_memory(source: &str) -> String {
    let limits = EvaluationLimits { memory_units: 4 << 20, ..EvaluationLimits::default() };
    let error = program(source).evaluate("policy/x", None, Allowance { limits, ..Allowance::default() }).unwrap_err();
    error.limit.unwrap_or_else(|| panic!("{}", error.message)).name
}

/// A policy of values that each hold the one before it twice, and `x` over them.
fn doubled(levels: usize, x: &str) -> String {
    let mut source = "package policy\n\nfine := 1\n\ns0 := [1]\n".to_owned();
    for level in 1..=levels {
        writeln!(source, "s{level} := [s{0}, s{0}]", level - 1).unwrap();
    }
    source.replace("package policy\n", &format!("package policy\n\nx := {x}\n"))
}

#[test]
fn values_with_more_parts_than_memory_are_not_written_out() {
    // An answer is written as far as one may be long.
    for (x, limit) in [
        ("s60", "answer_bytes"),
        ("count(json.marshal(s60))", "memory_units"),
        ("count(yaml.marshal(s60))", "memory_units"),
    ] {
        assert_eq!(limit_reached_with_little_memory(&doubled(60, x)), limit, "{x}");
    }
    let ask = |x: &str| program(doubled(3, x)).evaluate("policy/x", None, Allowance::default()).unwrap().answer;
    assert_eq!(ask("json.marshal(s2)"), Answer::Value(r#""[[[1],[1]],[[1],[1]]]""#.into()));
    assert_eq!(ask("yaml.marshal([\"a\"])"), Answer::Value(r#""- a\n""#.into()));
}

#[test]
fn a_patch_that_doubles_a_document_again_and_again_is_stopped() {
    let copies = |count: usize, from: &str| {
        let copy = format!("{{\"op\": \"copy\", \"from\": \"{from}\", \"path\": \"/a/-\"}}");
        format!(
            "package policy\n\nfine := 1\n\nx := json.patch({{\"a\": [], \"b\": 7}}, [{copy} | some i in numbers.range(1, {count})])\n"
        )
    };
    // Few steps, because the heap that others measure beside this test is one for all.
    let limits = EvaluationLimits { steps: 50_000, ..EvaluationLimits::default() };
    let few_steps = Allowance { limits, ..Allowance::default() };
    let error = program(copies(60, "")).evaluate("policy/x", None, few_steps).unwrap_err();
    // Copies share their parts: what is too long is only the answer.
    assert_eq!(error.limit.unwrap().name, "answer_bytes");
    let ask = |source: &str| program(source).evaluate("policy/x", None, Allowance::default()).unwrap().answer;
    assert_eq!(ask(&copies(2, "/b")), Answer::Value(r#"{"a":[7,7],"b":7}"#.into()));
    assert_eq!(ask(&copies(10, "/b")), Answer::Value(r#"{"a":[7,7,7,7,7,7,7,7,7,7],"b":7}"#.into()));
    assert_eq!(ask(&copies(10, "/c")), Answer::Undefined);
}

#[test]
fn builtins_whose_work_is_a_product_of_their_operands_are_charged_for_it() {
    let input = Document::read(
        format!(
            r#"{{"a": "{}", "stars": "{}", "many": [{}""]}}"#,
            "a".repeat(400_000),
            "*a".repeat(20_000),
            "\"b\",".repeat(40_000)
        )
        .as_bytes(),
    )
    .unwrap();
    // Where the work is no product, it ends by itself. The pattern for so many stars is larger than one may be.
    for (x, own) in [
        ("glob.match(input.stars, [], input.a)", "regex_bytes"),
        ("trim(input.a, input.a)", "\"\""),
        ("trim_left(input.a, input.a)", "\"\""),
        ("trim_right(input.a, input.a)", "\"\""),
        ("strings.any_prefix_match(input.many, input.many)", "true"),
        ("strings.any_suffix_match(input.many, input.many)", "true"),
    ] {
        let asked =
            program(format!("package policy\n\nx := {x}\n")).evaluate("policy/x", Some(&input), Allowance::default());
        match asked {
            Err(error) => assert_eq!(error.limit.unwrap().name, own, "{x}"),
            Ok(evaluation) => {
                assert_eq!(evaluation.answer, Answer::Value(own.into()), "{x}");
                assert!(evaluation.steps > 10_000, "{x}: {} steps", evaluation.steps);
            }
        }
    }
    let ask = |term: &str| {
        program(format!("package policy\n\nx := {term}\n"))
            .evaluate("policy/x", Some(&input), Allowance::default())
            .unwrap()
            .answer
    };
    assert_eq!(ask("glob.match(\"a.*\", [\".\"], \"a.b\")"), Answer::Value("true".into()));
    assert_eq!(ask("glob.match(\"a*\", null, \"a.b\")"), Answer::Value("true".into()));
    assert_eq!(ask("trim(\"xaxx\", \"x\")"), Answer::Value("\"a\"".into()));
    assert_eq!(ask("[trim_left(\"xax\", \"x\"), trim_right(\"xax\", \"x\")]"), Answer::Value("[\"ax\",\"xa\"]".into()));
    assert_eq!(ask("strings.any_prefix_match(\"abc\", {\"x\", \"ab\"})"), Answer::Value("true".into()));
    assert_eq!(ask("strings.any_suffix_match([\"abc\"], \"ab\")"), Answer::Value("false".into()));
    assert_eq!(ask("count(trim(input.a, \"a\"))"), Answer::Value("0".into()));
}

#[test]
fn paths_and_graphs_without_end_are_stopped() {
    let long = "concat(\"/\", [\"a\" | some i in numbers.range(1, 100000)])";
    for x in [
        format!("json.filter({{\"a\": 1}}, [{long}])"),
        format!("json.remove({{\"a\": 1}}, {{{long}}})"),
        "json.remove({\"a\": 1}, [[\"a\" | some i in numbers.range(1, 100000)]])".to_owned(),
    ] {
        assert_eq!(limit_reached(&format!("package policy\n\nfine := 1\n\nx := {x}\n")), "data_nesting", "{x}");
    }
    // Each node is passed once for each first step.
    let all = "{i: numbers.range(1, 150) | some i in numbers.range(1, 150)}";
    let paths = format!("package policy\n\nfine := 1\n\nx := graph.reachable_paths({all}, [1])\n");
    assert_eq!(limit_reached_with_little_memory(&paths), "memory_units");
    let ask = |term: &str| {
        program(format!("package policy\n\nx := {term}\n"))
            .evaluate("policy/x", None, Allowance::default())
            .unwrap()
            .answer
    };
    // One path after another, and not one inside another: a long one takes no stack.
    let chain = "{i: [i + 1] | some i in numbers.range(1, 20000)}";
    assert_eq!(
        ask(&format!("count([p | some p in graph.reachable_paths({chain}, [1])][0])")),
        Answer::Value("20000".into())
    );
    let graph = "{\"a\": [\"b\", \"c\"], \"b\": [\"d\"], \"c\": {\"a\", \"\"}, \"d\": json.unmarshal(\"null\")}";
    assert_eq!(
        ask(&format!("graph.reachable_paths({graph}, {{\"a\"}})")),
        Answer::Value(r#"[["a","b","d"],["a","c"]]"#.into())
    );
    assert_eq!(ask(&format!("graph.reachable_paths({graph}, [\"x\"])")), Answer::Value("[]".into()));
    // A node without a list of neighbours has none.
    let alone = Answer::Value(r#"[["a"]]"#.into());
    assert_eq!(ask("graph.reachable_paths(json.unmarshal(`{\"a\": 1}`), [\"a\"])"), alone);
    assert_eq!(ask("graph.reachable_paths(json.unmarshal(`1`), [\"a\"])"), Answer::Undefined);
    assert_eq!(ask("json.filter({\"a\": {\"b\": 1, \"c\": 2}}, [\"a/c\"])"), Answer::Value(r#"{"a":{"c":2}}"#.into()));
    assert_eq!(
        ask("json.remove({\"a\": {\"b\": 1, \"c\": 2}}, {[\"a\", \"c\"]})"),
        Answer::Value(r#"{"a":{"b":1}}"#.into())
    );
}

#[test]
fn a_limit_below_the_first_look_at_the_meter_holds() {
    let endless = "package policy\n\nfine := 1\n\nx := count([1 | some a in numbers.range(1, 3000); some b in numbers.range(1, 3000); a == b + 1])\n";
    for steps in [0, 1, 7, 100] {
        let limits = EvaluationLimits { steps, ..EvaluationLimits::default() };
        let error =
            program(endless).evaluate("policy/x", None, Allowance { limits, ..Allowance::default() }).unwrap_err();
        assert_eq!(error.limit.unwrap().name, "steps", "{steps}");
    }
}

#[test]
fn builtins_that_would_end_the_engine_answer() {
    let ask = |term: &str| {
        program(format!("package policy\n\nx := {term}\n"))
            .evaluate("policy/x", None, Allowance::default())
            .unwrap_or_else(|error| panic!("{term}: {error}"))
            .answer
    };
    for (term, answer) in [
        ("object.subset([1], [])", "true"),
        ("object.subset([1, 2, 3], [2, 3])", "true"),
        ("object.subset([1, 2, 3], [1, 3])", "false"),
        ("object.subset([1, 2, 3], {3, 1})", "true"),
        ("object.subset({1, 2}, {1})", "true"),
        ("object.subset({\"a\": {\"b\": [1, 2], \"c\": 3}}, {\"a\": {\"b\": []}})", "true"),
        ("object.subset({\"a\": 1}, {\"a\": 2})", "false"),
        ("object.subset({\"a\": 1}, {\"b\": 1})", "false"),
        (r#"regex.template_match("urn:foo:{.*}", "urn", "{", "}")"#, "false"),
        (r#"regex.template_match("urn:foo:{.*}", "urn:foo:bar:baz", "{", "}")"#, "true"),
        (r#"regex.template_match("urn.foo:<[a-z]{2}>:x", "urn.foo:ab:x", "<", ">")"#, "true"),
        (r#"regex.template_match("urn.foo:<[a-z]{2}>:x", "urn-foo:ab:x", "<", ">")"#, "false"),
        (r#"regex.template_match("arn:<{.*}>", "arn:<abc>", "{", "}")"#, "true"),
        (r#"sprintf("over 50%% ½ of %d%%", [3])"#, r#""over 50% ½ of 3%""#),
        (r#"time.parse_duration_ns("1h15m30.918s")"#, "4530918000000"),
        (r#"time.parse_duration_ns("-1.5us")"#, "-1500"),
        (r#"time.parse_duration_ns("5µs")"#, "5000"),
        (r#"time.parse_duration_ns("0")"#, "0"),
        (r#"indexof("äbc", "c")"#, "2"),
        (r#"indexof("abc", "x")"#, "-1"),
        ("product([2, 3, 4])", "24"),
        ("object.union_n([{\"a\": 1}, {\"b\": 2}])", r#"{"a":1,"b":2}"#),
        (r#"regex.find_n("[a-z]", "a1b2", -1)"#, r#"["a","b"]"#),
        (r#"regex.split(",", "a,b")"#, r#"["a","b"]"#),
    ] {
        assert_eq!(ask(term), Answer::Value(answer.into()), "{term}");
    }
    for term in [
        r#"time.parse_duration_ns("1.")"#,
        r#"time.parse_duration_ns("5µ")"#,
        r#"time.parse_duration_ns("5д")"#,
        r#"time.parse_duration_ns("")"#,
        r#"time.parse_duration_ns("1h2")"#,
        // Where both are written, this is found before anything runs.
        r#"regex.template_match(concat("", ["{a"]), "a", "{", "}")"#,
        r#"regex.template_match("a", "a", concat("", ["{{"]), "}")"#,
        "object.subset(json.unmarshal(`1`), json.unmarshal(`2`))",
    ] {
        assert_eq!(ask(term), Answer::Undefined, "{term}");
    }
}

#[test]
fn a_pattern_that_is_too_large_or_too_deep_is_a_limit_and_no_silence() {
    let deep = format!(r#"replace(replace("{}a{}", "<", "("), ">", ")")"#, "<".repeat(300), ">".repeat(300));
    for (pattern, limit) in [(r#"concat("", ["[^a]", "{1000}"])"#.to_owned(), "regex_bytes"), (deep, "regex_nesting")] {
        assert_eq!(
            limit_reached(&format!("package policy\n\nfine := 1\n\nx := regex.match({pattern}, \"a\")\n")),
            limit,
            "{pattern}"
        );
    }
}

#[test]
fn a_width_that_is_none_is_a_verb_that_there_is_not() {
    for (format, own) in [
        ("%²d", "%!²(int=1)d%!(EXTRA int=2)"),
        ("%d and %½s", "1 and %!½(int=2)s"),
        ("%\\u00b2d", "%!²(int=1)d%!(EXTRA int=2)"),
    ] {
        let source = format!("package policy\n\nfine := 1\n\nx := sprintf(\"{format}\", [1, 2])\n");
        let answer = program(source).evaluate("policy/x", None, Allowance::default()).unwrap().answer;
        assert_eq!(answer, Answer::Value(format!("\"{own}\"").into()), "{format}");
    }
}

#[test]
fn work_that_is_small_for_each_call_is_counted_for_all() {
    let input = Document::read(
        format!(
            r#"{{"text": "{}", "keys": {{{keys}}}, "same": {{{keys}}}}}"#,
            "a".repeat(990),
            keys = (0..20_000).map(|key| format!("\"k{key}\": 1")).collect::<Vec<_>>().join(",")
        )
        .as_bytes(),
    )
    .unwrap();
    for x in [
        "[1 | some i in numbers.range(1, 1000); regex.find_n(\"a.*b|a\", input.text, -1) != i]",
        "[1 | some i in numbers.range(1, 1000); object.subset(input.keys, input.same) != i]",
        "[1 | some i in numbers.range(1, 1000); json.marshal(input.keys) != i]",
        "[1 | some i in numbers.range(1, 1000); object.union(input.keys, input.same) != i]",
    ] {
        let limits = EvaluationLimits { steps: 1_000_000, ..EvaluationLimits::default() };
        let error = program(format!("package policy\n\nx := {x}\n"))
            .evaluate("policy/x", Some(&input), Allowance { limits, ..Allowance::default() })
            .unwrap_err();
        assert_eq!(error.limit.unwrap().name, "steps", "{x}");
    }
}

#[test]
fn long_products_searches_and_formats_are_charged_before_they_are_made() {
    let input = Document::read(
        format!(
            r#"{{"text": "{}", "needle": "{}b", "one": [{}1]}}"#,
            "a".repeat(100_000),
            "a".repeat(50_000),
            "1, ".repeat(300_000)
        )
        .as_bytes(),
    )
    .unwrap();
    for (term, limit) in [
        ("product(numbers.range(1, 1000000))", "number_digits"),
        // One match, and all of the text: what is looked at is charged for.
        (r#"regex.find_n(".*[^A-Z]|[A-Z]", input.text, -1)"#, "none"),
        ("object.subset(input.one, array.concat(input.one, [2]))", "none"),
        ("object.subset(array.concat(input.one, input.one), array.concat(input.one, [2]))", "steps"),
        ("object.union_n([{sprintf(\"%d\", [i]): 1} | some i in numbers.range(1, 60000)])", "none"),
        (
            &format!(
                "count(sprintf(\"{0}\", [x | some i in numbers.range(1, 60); x := sprintf(\"{0}\", [y | some j in numbers.range(1, 60); y := input.text])]))",
                "%s".repeat(60)
            ),
            // Each text that is read takes steps.
            "steps",
        ),
    ] {
        let asked = program(format!("package policy\n\nx := {term}\n")).evaluate(
            "policy/x",
            Some(&input),
            Allowance::default(),
        );
        match limit {
            "none" => assert!(asked.is_ok(), "{term}"),
            limit => assert_eq!(asked.unwrap_err().limit.unwrap().name, limit, "{term}"),
        }
    }
    // Linear, however long the two are.
    let found = program("package policy\n\nx := indexof(input.text, input.needle)\n").evaluate(
        "policy/x",
        Some(&input),
        Allowance::default(),
    );
    assert_eq!(found.unwrap().answer, Answer::Value("-1".into()));
}

#[test]
fn a_program_from_bytes_refuses_what_the_compiled_one_refuses() {
    let capabilities = Capabilities { refused: vec!["object.keys".into()], ..Capabilities::default() };
    let compiled = compile(module("package policy\n\nx := 1\n"), None, DialectRule::V1, &capabilities).unwrap();
    let compiled = compiled.program.unwrap();
    let loaded = Program::from_bytes(&compiled.to_bytes(regate::rego::Carried::ALL).unwrap()).unwrap();
    for program in [&compiled, &loaded] {
        assert!(program.query("y := object.keys({})", None, Allowance::default()).is_err());
        assert!(program.query("y := count({})", None, Allowance::default()).is_ok());
    }
}

#[test]
fn an_answer_that_cannot_be_written_says_by_which_limit() {
    let keys = |levels: usize| -> String {
        (1..=levels).map(|level| format!("k{level} := {{k{}: 1}}\n", level - 1)).collect()
    };
    for (levels, limit) in [(25, "answer_bytes"), (70, "key_nesting")] {
        let source = format!(
            "package policy\n\nk0 := 1\n{}x := {}\n",
            keys(levels),
            if levels == 70 { "count(sprintf(\"%v\", [k70]))".to_owned() } else { format!("k{levels}") }
        );
        let error = program(source).evaluate("policy/x", None, Allowance::default()).unwrap_err();
        assert_eq!((error.code, error.limit.unwrap().name.as_str()), (ErrorCode::LimitExceeded, limit));
    }
}
