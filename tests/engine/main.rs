//! The engine: what it says it has, what it refuses, and that no text or evaluation can hang or trap it.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

mod answers;
mod aws;
mod builtin_table;
mod bundles;
#[cfg(feature = "signatures")]
mod certificates;
#[cfg(feature = "signatures")]
mod certificates_constraints;
#[cfg(feature = "signatures")]
mod certificates_work;
mod charges;
mod compiled;
mod data;
#[cfg(feature = "graphql")]
mod graphql;
mod hashes;
mod heads;
mod host;
mod http;
mod indexed;
#[cfg(feature = "json-schema")]
mod json_schema;
mod outcomes;
#[cfg(feature = "parse-module")]
mod parse_module;
mod printed;
mod queries;
mod rego_tests;
mod tapes;
#[cfg(feature = "templates")]
mod templates;
mod texts;
mod times;
#[cfg(feature = "signatures")]
mod tokens;
#[cfg(feature = "signatures")]
mod tokens_claims;
#[cfg(feature = "signatures")]
mod tokens_edges;
#[cfg(feature = "signatures")]
mod tokens_secrets;
mod work;
mod wrong_elsewhere;
mod yaml;

use regate::api::Engine;
use regate::error::ErrorCode;
use regate::limits::EvaluationLimits;
use regate::rego::{
    Allowance, Answer, Capabilities, Compilation, Dialect, DialectRule, Document, Module, Program, builtins, compile,
    testing,
};
use std::fmt::Write as _;

fn module(source: impl Into<String>) -> Vec<Module> {
    vec![Module { path: "policy.rego".into(), source: source.into() }]
}

fn compilation(source: impl Into<String>) -> Compilation {
    compile(module(source), None, DialectRule::V1, &Capabilities::default()).unwrap()
}

fn program(source: impl Into<String>) -> Program {
    let compilation = compilation(source);
    match compilation.program {
        Some(program) => program,
        None => panic!("{:?}", compilation.diagnostics),
    }
}

/// The codes of the findings of a text, in source order.
fn codes(source: impl Into<String>) -> Vec<String> {
    compilation(source).diagnostics.into_iter().map(|finding| finding.code).collect()
}

/// The limit that a text breaks, by name.
fn limit_of(source: impl Into<String>) -> String {
    let compilation = compilation(source);
    assert!(compilation.program.is_none());
    compilation.diagnostics[0].limit.as_ref().unwrap().name.clone()
}

/// The limit that an evaluation of `policy/x` reaches, by name; the program must answer again afterwards.
fn limit_reached(source: &str) -> String {
    let program = program(source);
    let error = program.evaluate("policy/x", None, Allowance::default()).unwrap_err();
    assert_eq!(error.code, ErrorCode::LimitExceeded, "{error}");
    let limit = error.limit.unwrap();
    assert!(limit.value > 0);
    assert_eq!(
        program.evaluate("policy/fine", None, Allowance::default()).unwrap().answer,
        Answer::Value("1".into()),
        "the next call works"
    );
    limit.name
}

#[test]
fn every_builtin_that_is_said_to_be_available_is() {
    for builtin in builtins::all() {
        // What they do is no value.
        if matches!(builtin.name, "print" | "internal.print" | "internal.test_case") {
            continue;
        }
        // A number whose type only evaluation knows.
        let arguments = vec!["json.unmarshal(\"1\")"; usize::from(builtin.arguments)].join(", ");
        let source = format!("package policy\n\nx := {}({arguments})\n", builtin.name);
        if builtins::is_missing(builtin.name) {
            assert_eq!(codes(source), ["builtin_not_available"], "{}", builtin.name);
            continue;
        }
        // What is kept for old policies alone is for their dialect.
        let rule = if builtin.is_deprecated { DialectRule::Fixed(Dialect::V0) } else { DialectRule::V1 };
        let compilation = compile(module(source), None, rule, &Capabilities::default()).unwrap();
        let Some(program) = compilation.program else { panic!("{}: {:?}", builtin.name, compilation.diagnostics) };
        let allowance = Allowance { now_ms: Some(0), seed: Some(1), ..Allowance::default() };
        if let Err(error) = program.evaluate("policy/x", None, allowance) {
            assert!(!error.message.contains("could not find function"), "{}: {error}", builtin.name);
        }
    }
}

#[test]
fn evaluations_that_would_not_end_are_stopped_and_say_by_which_limit() {
    let fine = "fine := 1\n";
    let cross = "x := count([1 | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i == j])\n";
    assert_eq!(limit_reached(&format!("package policy\n\n{fine}{cross}")), "steps");
    assert_eq!(limit_reached(&format!("package policy\n\n{fine}x := numbers.range(1, 1e9)\n")), "range_elements");
    for format in
        ["\"%1000000000d\"", "\"%.1000000000f\"", "\"\\u00251000000000d\"", "concat(\"\", [\"%1000000000\", \"d\"])"]
    {
        let reached = limit_reached(&format!("package policy\n\n{fine}x := sprintf({format}, [1])\n"));
        assert_eq!(reached, "format_width", "{format}");
    }
    // A width that is an argument.
    let wide = format!("package policy\n\n{fine}x := sprintf(\"%*d\", [20000, 1])\n");
    assert_eq!(limit_reached(&wide), "format_width");
    assert_eq!(limit_reached(&format!("package policy\n\n{fine}x := bits.lsh(1, 4000000000)\n")), "shift_bits");
    let mut doubling = format!("package policy\n\n{fine}s0 := \"{}\"\n", "x".repeat(64));
    for level in 1..40 {
        writeln!(doubling, "s{level} := concat(\"\", [s{0}, s{0}])", level - 1).unwrap();
    }
    doubling.push_str("x := s39\n");
    assert_eq!(limit_reached(&doubling), "memory_units");
    let levels = 12_000;
    let mut chain = format!("package policy\n\n{fine}r0 := 1\n");
    for level in 1..levels {
        writeln!(chain, "r{level} := r{}", level - 1).unwrap();
    }
    writeln!(chain, "x := r{}", levels - 1).unwrap();
    assert_eq!(limit_reached(&chain), "depth");
}

#[test]
fn formats_and_shifts_within_their_bounds_are_the_engines_own() {
    let ask = |term: &str| {
        let program = program(format!("package policy\n\nf := input.f\n\nx := {term}\n"));
        let input = Document::read(br#"{"f": "%5d|%s|%%"}"#).unwrap();
        program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap().answer
    };
    assert_eq!(ask("sprintf(f, [1, \"a\"])"), Answer::Value("\"    1|a|%\"".into()));
    assert_eq!(ask("sprintf(\"%5d|%s|%%\", [1, \"a\"])"), Answer::Value("\"    1|a|%\"".into()));
    assert_eq!(ask("sprintf(f, json.unmarshal(\"1\"))"), Answer::Undefined);
    assert_eq!(ask("bits.lsh(1, 70)"), Answer::Value("1180591620717411303424".into()));
    assert_eq!(ask("bits.lsh(input.f, 1)"), Answer::Undefined);
}

#[test]
fn a_limit_inside_a_function_is_not_swallowed() {
    // One definition of `f` runs out of steps, and the other would answer: the answer must not count.
    let source = "package policy\n\nf(n) := 1 if count([1 | some i in numbers.range(1, n); some j in numbers.range(1, n); i == j]) > 0\n\nf(n) := 1 if n > 0\n\nx := f(100000)\n";
    let error = program(source).evaluate("policy/x", None, Allowance::default()).unwrap_err();
    assert_eq!(error.code, ErrorCode::LimitExceeded);
}

#[test]
fn the_step_limit_is_the_callers() {
    let program = program("package policy\n\nx := count([1 | some i in numbers.range(1, 1000)])\n");
    let few =
        Allowance { limits: EvaluationLimits { steps: 100, ..EvaluationLimits::default() }, ..Allowance::default() };
    assert_eq!(program.evaluate("policy/x", None, few).unwrap_err().limit.unwrap().value, 100);
    let first = program.evaluate("policy/x", None, Allowance::default()).unwrap();
    let second = program.evaluate("policy/x", None, Allowance::default()).unwrap();
    assert_eq!(first, second, "the same evaluation costs the same steps");
}

#[test]
fn an_answer_that_is_too_large_is_refused() {
    let program = program("package policy\n\nx := numbers.range(1, 1000)\n");
    let small = Allowance {
        limits: EvaluationLimits { answer_bytes: 100, ..EvaluationLimits::default() },
        ..Allowance::default()
    };
    assert_eq!(program.evaluate("policy/x", None, small).unwrap_err().limit.unwrap().name, "answer_bytes");
}

#[test]
fn recursion_is_refused_before_it_runs() {
    assert_eq!(codes("package policy\n\nf(n) := f(n - 1)\n\nx := f(1)\n"), ["rego_recursion_error"]);
    assert_eq!(
        codes("package policy\n\nf(n) := g(n)\n\ng(n) := h(n)\n\nh(n) := f(n)\n").first().map(String::as_str),
        Some("rego_recursion_error")
    );
    assert_eq!(codes("package policy\n\nx := y\n\ny := x\n"), ["rego_recursion_error"]);
    let named = "package policy\n\nx := data.policy[name] if name := \"y\"\n\ny := x\n";
    assert_eq!(codes(named), ["rego_recursion_error"]);
}

#[test]
fn documents_are_read_strictly() {
    let code = |bytes: &[u8]| Document::read(bytes).map(|_| ()).unwrap_err();
    assert_eq!(code(b"").code, ErrorCode::InputNotJson);
    assert_eq!(code(b"{\"a\": 1").code, ErrorCode::InputNotJson);
    assert_eq!(code(b"{} {}").code, ErrorCode::InputNotJson);
    assert_eq!(code(b"\"\xe2\x82\"").code, ErrorCode::InputNotJson);
    assert_eq!(code(br#""\ud800""#).code, ErrorCode::InputNotJson);
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(code(deep.as_bytes()).limit.unwrap().name, "data_nesting");
    assert!(Document::read(format!("{}1{}", "[".repeat(128), "]".repeat(128)).as_bytes()).is_ok());
    let large = vec![b' '; 33 * 1024 * 1024];
    assert_eq!(code(&large).limit.unwrap().name, "input_bytes");
    assert!(Document::read(b"\xef\xbb\xbf{}").is_ok(), "a byte order mark is skipped");
}

#[test]
fn the_last_of_duplicate_keys_wins_and_numbers_stay_exact() {
    let program = program("package policy\n\nx := input.a\n");
    let ask = |text: &str| {
        let input = Document::read(text.as_bytes()).unwrap();
        program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap().answer
    };
    assert_eq!(ask(r#"{"a": 1, "a": 2}"#), Answer::Value("2".into()));
    assert_eq!(ask(r#"{"a": 9007199254740993}"#), Answer::Value("9007199254740993".into()));
    let digits = "1234567890123456789012345678901234567890";
    assert_eq!(ask(&format!(r#"{{"a": {digits}}}"#)), Answer::Value(digits.into()));
    assert_eq!(ask("{}"), Answer::Undefined);
}

#[test]
fn clock_and_chance_come_from_the_request() {
    let program =
        program("package policy\n\nnow := time.now_ns()\n\nn := rand.intn(\"a\", 1000)\n\nid := uuid.rfc4122(\"a\")\n");
    let asked = Allowance { now_ms: Some(1_700_000_000_123), seed: Some(7), ..Allowance::default() };
    let answer =
        |entrypoint, allowance| program.evaluate(entrypoint, None, allowance).map(|evaluation| evaluation.answer);
    assert_eq!(answer("policy/now", asked).unwrap(), Answer::Value("1700000000123000000".into()));
    assert_eq!(answer("policy/n", asked), answer("policy/n", asked));
    assert_ne!(answer("policy/id", asked), answer("policy/id", Allowance { seed: Some(8), ..asked }));
    for entrypoint in ["policy/now", "policy/n", "policy/id"] {
        assert_eq!(answer(entrypoint, Allowance::default()).unwrap_err().code, ErrorCode::EvalBuiltinError);
    }
}

#[test]
fn a_failed_evaluation_leaves_nothing_behind() {
    let program = program("package policy\n\nx := 1 if input.a\nx := 2 if input.b\n");
    let ask = |text: &str| {
        let input = Document::read(text.as_bytes()).unwrap();
        program.evaluate("policy/x", Some(&input), Allowance::default()).map(|evaluation| evaluation.answer)
    };
    assert_eq!(ask(r#"{"a": true, "b": true}"#).unwrap_err().code, ErrorCode::EvalConflictError);
    assert_eq!(ask(r#"{"a": true}"#).unwrap(), Answer::Value("1".into()));
    assert_eq!(ask("{}").unwrap(), Answer::Undefined);
}

#[test]
fn a_remainder_of_what_is_no_integer_is_an_error_of_a_builtin() {
    let program = program("package policy\n\nx := input.a % 2\n");
    let ask = |text: &str, strict_builtin_errors: bool| {
        let input = Document::read(text.as_bytes()).unwrap();
        program.evaluate("policy/x", Some(&input), Allowance { strict_builtin_errors, ..Allowance::default() })
    };
    let error = ask(r#"{"a": 5.5}"#, true).unwrap_err();
    assert_eq!(error.code, ErrorCode::EvalBuiltinError);
    assert!(error.message.contains("modulo on floating-point number"), "{error}");
    // As all builtins do: undefined where errors of theirs are none.
    assert_eq!(ask(r#"{"a": 5.5}"#, false).unwrap().answer, Answer::Undefined);
    assert_eq!(ask(r#"{"a": 5}"#, false).unwrap().answer, Answer::Value("1".into()));
    assert_eq!(ask(r#"{"a": 5.0}"#, false).unwrap().answer, Answer::Value("1".into()));
}

#[test]
fn data_never_stands_in_for_a_rule() {
    let source = "package p.q\n\ndefault allow := false\n\nlevels.high := 3\n\nf(x) := x\n";
    let with = |data: &str| {
        compile(module(source), Some(data.as_bytes()), DialectRule::V1, &Capabilities::default())
            .map(|compilation| compilation.program.unwrap())
    };
    for (data, path) in [
        (r#"{"p": {"q": {"allow": true}}}"#, "p/q/allow"),
        (r#"{"p": {"q": {"levels": {"high": 1}}}}"#, "p/q/levels/high"),
        (r#"{"p": {"q": {"levels": 1}}}"#, "p/q/levels"),
        (r#"{"p": {"q": {"f": 1}}}"#, "p/q/f"),
        (r#"{"p": {"q": 1}}"#, "p/q"),
        (r#"{"p": [1]}"#, "p"),
    ] {
        let error = with(data).map(|_| ()).unwrap_err();
        assert_eq!(error.code, ErrorCode::RegoCompileError, "{data}");
        assert!(error.message.contains(&format!("data path {path} ")), "{data}: {error}");
        assert!(error.help.is_some());
        let error = with("{}").unwrap().with_data(data.as_bytes()).map(|_| ()).unwrap_err();
        assert_eq!(error.code, ErrorCode::RegoCompileError, "{data}");
    }
    let beside = with(r#"{"p": {"q": {"table": {"a": 1}, "levels": {"low": 1}}, "r": 2}, "x": 3}"#).unwrap();
    let answer = |entrypoint| beside.evaluate(entrypoint, None, Allowance::default()).unwrap().answer;
    assert_eq!(answer("p/q/allow"), Answer::Value("false".into()));
    assert!(Program::from_bytes(&beside.to_bytes(regate::rego::Carried::ALL).unwrap()).is_ok());
}

#[test]
fn numbers_that_would_be_written_out_forever_are_refused() {
    assert_eq!(limit_of("package policy\n\nx := 1e10000000\n"), "number_exponent");
    assert_eq!(limit_of("package policy\n\nx := 1E-10000000\n"), "number_exponent");
    assert_eq!(limit_of(format!("package policy\n\nx := {}\n", "7".repeat(20_000))), "number_digits");
    let limit = |text: &str| Document::read(text.as_bytes()).map(|_| ()).unwrap_err().limit.unwrap().name;
    assert_eq!(limit(r#"{"a": 1e100000000}"#), "number_exponent");
    assert_eq!(limit(r#"[1.5E+99999999999999999999999]"#), "number_exponent");
    assert_eq!(limit(r#"[-1e-100000000]"#), "number_exponent");
    assert_eq!(limit(&format!("[{}]", "7".repeat(20_000))), "number_digits");
    assert!(Document::read(br#"{"a": "1e100000000", "1e100000000": 1e308, "b": -2.5e-308}"#).is_ok());
    for call in [
        "to_number(\"1e10000000\")",
        "json.unmarshal(\"{\\\"a\\\": 1e10000000}\")",
        "yaml.unmarshal(\"a: 1e10000000\")",
        "yaml.unmarshal(\"- 1e+10000000\")",
        "units.parse(\"1e99999999\")",
        "units.parse(\"\\\"1e99999999Ki\\\"\")",
        "units.parse_bytes(\"-.5e99999999MB\")",
        "json.filter({\"a\": [1]}, [\"a/1e99999999\"])",
        "json.filter({\"a\": [1]}, {[\"a\", \"1e99999999\"]})",
    ] {
        let source = format!("package policy\n\nfine := 1\n\nx := {call}\n");
        // No float is so large: it is a text.
        if call.starts_with("yaml.") {
            let answer = program(source).evaluate("policy/x", None, Allowance::default()).unwrap().answer;
            assert!(matches!(&answer, Answer::Value(text) if text.contains("\"1e")), "{call}: {answer:?}");
            continue;
        }
        // A part of a path is a text, which leads to no item of an array.
        if call.starts_with("json.filter") {
            let answer = program(source).evaluate("policy/x", None, Allowance::default()).unwrap().answer;
            assert_eq!(answer, Answer::Value("{\"a\":[]}".into()), "{call}");
            continue;
        }
        assert_eq!(limit_reached(&source), "number_exponent", "{call}");
    }
    let ask = |term: &str| {
        program(format!("package policy\n\nx := {term}\n"))
            .evaluate("policy/x", None, Allowance::default())
            .unwrap()
            .answer
    };
    assert_eq!(ask("{to_number(\"1e3\") == 1000}"), Answer::Value("[true]".into()));
    assert_eq!(ask("to_number(\"12.5\") + to_number(true) + to_number(null)"), Answer::Value("13.5".into()));
    assert_eq!(ask("to_number(\"a\")"), Answer::Undefined);
    assert_eq!(ask("json.unmarshal(\"{\\\"a\\\": [1, \\\"1e10000000\\\"]}\").a[0]"), Answer::Value("1".into()));
    assert_eq!(ask("json.unmarshal(\"{\")"), Answer::Undefined);
    assert_eq!(ask("units.parse(\"2.5K\") + units.parse_bytes(\"1KiB\")"), Answer::Value("3524".into()));
    assert_eq!(ask("{units.parse(\"\\\"1e3m\\\"\") == 1}"), Answer::Value("[true]".into()));
    assert_eq!(ask("units.parse(\"1 K\")"), Answer::Undefined);
    assert_eq!(ask("yaml.unmarshal(\"a: '1e10000000'\").a"), Answer::Value("\"1e10000000\"".into()));
}

#[test]
fn ranges_at_the_ends_of_what_is_counted_end() {
    let (most, least) = (i128::MAX, i128::MIN);
    let near = format!("package policy\n\nfine := 1\n\nx := count(numbers.range({}, {most}))\n", most - 2);
    assert_eq!(
        program(near).evaluate("policy/x", None, Allowance::default()).unwrap().answer,
        Answer::Value("3".into())
    );
    let whole = format!("package policy\n\nfine := 1\n\nx := numbers.range({least}, {most})\n");
    assert_eq!(limit_reached(&whole), "range_elements");
    let steps = program("package policy\n\nx := numbers.range_step(9, 2, 3)\n");
    assert_eq!(steps.evaluate("policy/x", None, Allowance::default()).unwrap().answer, Answer::Value("[9,6,3]".into()));
}

#[test]
fn a_test_in_a_package_whose_name_needs_brackets_runs() {
    let program = program("package a[\"b-c\"]\n\ntest_x if 1 == 1\n\ntest_y if 1 == 2\n");
    let results = testing::run(
        &program,
        &testing::Selection::default(),
        Allowance::default(),
        &mut testing::HostOfTests::default(),
    );
    let outcomes: Vec<testing::Outcome> = results.iter().map(|result| result.outcome).collect();
    assert_eq!(outcomes, [testing::Outcome::Passed, testing::Outcome::Failed], "{results:?}");
}

#[test]
fn yaml_is_written_with_its_numbers() {
    let source = "package policy\n\nx := yaml.marshal(input)\n\nback := yaml.unmarshal(x)\n";
    let input = r#"{"n": 1, "list": [2, {"deep": -3.5}, "number0z", "4"], "big": 9007199254740993, "text": "a: 1"}"#;
    let program = program(source);
    let document = Document::read(input.as_bytes()).unwrap();
    let answer = |rule: &str| match program.evaluate(rule, Some(&document), Allowance::default()).unwrap().answer {
        Answer::Value(text) => serde_json::from_str::<serde_json::Value>(&text).unwrap(),
        Answer::Undefined => panic!("{rule} is undefined"),
    };
    assert_eq!(answer("policy/back"), serde_json::from_str::<serde_json::Value>(input).unwrap());
    assert!(answer("policy/x").as_str().unwrap().contains("\"n\": 1\n"));
}

#[test]
fn a_document_cannot_pass_a_text_off_as_a_number() {
    let key = "$serde_json::private::Number";
    let escaped = key.replace('$', "\\u0024");
    let mut engine = Engine::new();
    let mut call = |operation: &str, request: &str, document: &str| -> serde_json::Value {
        serde_json::from_str(&engine.call(operation, request, Some(document.as_bytes()))).unwrap()
    };
    for key in [key, &escaped] {
        // As an input it is an object like any other.
        let source = "package p\n\nx := is_object(input.a)\n";
        let request = serde_json::json!({ "modules": [{ "path": "p.rego", "source": source }] }).to_string();
        let handle = call("compile", &request, "{}")["ok"]["handle"].clone();
        let request = serde_json::json!({ "handle": handle, "entrypoint": "p/x" }).to_string();
        let answer = call("evaluate", &request, &format!("{{\"a\": {{\"{key}\": \"5\"}}}}"));
        assert_eq!(answer["ok"]["value"], true, "{answer}");
        // What is read as a tree refuses it.
        let request = format!("{{\"modules\": [], \"data\": {{\"a\": {{\"{key}\" : \"5\"}}}}}}");
        assert_eq!(call("compile", &request, "{}")["error"]["code"], "malformed_request", "{key}");
        let plan =
            format!("{{\"format_version\": \"1.2\", \"variables\": {{\"a\": {{\"value\": {{\"{key}\": \"5\"}}}}}}}}");
        assert_eq!(call("read_plan", &serde_json::json!({}).to_string(), &plan)["error"]["code"], "input_not_json");
        // As a value it is a text.
        let request = format!("{{\"modules\": [], \"data\": {{\"a\": \"{key}\"}}}}");
        assert!(
            call("compile", &request, "{}")["error"]["message"]
                .as_str()
                .is_none_or(|message| !message.contains("serde"))
        );
    }
}
