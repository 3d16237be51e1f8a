//! Data that is updated part by part: a program answers as if the whole had been given anew.

use super::{Allowance, Answer, Capabilities, DialectRule, EvaluationLimits, Module, compile};
use regate::api::Engine;
use serde_json::{Value, json};

const SOURCE: &str = "package p\n\nx := data.a\n\nbelow.rule := 1\n";

fn call(engine: &mut Engine, operation: &str, request: &Value, document: Option<&str>) -> Value {
    let answer: Value =
        serde_json::from_str(&engine.call(operation, &request.to_string(), document.map(str::as_bytes))).unwrap();
    answer.get("ok").cloned().unwrap_or(answer)
}

fn compiled(engine: &mut Engine, data: &Value) -> Value {
    let request = json!({ "modules": [{ "path": "p.rego", "source": SOURCE }], "data": data });
    let program = call(engine, "compile", &request, None);
    assert!(program["handle"].is_u64(), "{program}");
    program["handle"].clone()
}

fn update(engine: &mut Engine, handle: &Value, path: &[&str], part: Option<&Value>) -> Value {
    let request = json!({ "handle": handle, "path": path, "remove": part.is_none() });
    call(engine, "update_data", &request, part.map(Value::to_string).as_deref())
}

fn all(engine: &mut Engine, handle: &Value) -> Value {
    let query = "all := {k: v | some k, v in data; k != \"p\"}";
    call(engine, "query", &json!({ "handle": handle, "query": query }), None)["bindings"][0]["all"].clone()
}

/// What a document is with a part at a path.
fn with_part(mut document: Value, path: &[&str], part: Option<&Value>) -> Value {
    let (last, above) = path.split_last().unwrap();
    if part.is_none() && document.pointer(&format!("/{}", path.join("/"))).is_none() {
        return document;
    }
    let mut at = &mut document;
    for step in above {
        at = at.as_object_mut().unwrap().entry(*step).or_insert_with(|| json!({}));
    }
    match part {
        Some(part) => at.as_object_mut().unwrap().insert((*last).to_owned(), part.clone()),
        None => at.as_object_mut().unwrap().shift_remove(*last),
    };
    document
}

/// Whether something stands on the way that is no object.
fn is_blocked(document: &Value, path: &[&str]) -> bool {
    let mut at = document;
    for step in path {
        let Some(object) = at.as_object() else { return true };
        match object.get(*step) {
            Some(below) => at = below,
            None => return false,
        }
    }
    false
}

#[test]
fn parts_make_the_same_as_the_whole() {
    let mut engine = Engine::new();
    let mut whole = json!({ "a": { "b": [1, 2], "c": "d" }, "z": null });
    let handle = compiled(&mut engine, &whole);
    let parts = [
        json!(1),
        json!({}),
        json!({ "b": { "c": [true] } }),
        json!([]),
        json!("\u{1f6a7} \"\\"),
        json!(null),
        json!(1.50),
    ];
    let paths: [&[&str]; 9] = [
        &["a"],
        &["a", "b"],
        &["a", "b", "c"],
        &["new", "deep", "er"],
        &["z"],
        &["z", "y"],
        &["a", "c"],
        &[""],
        &["q\"", "\u{e9}"],
    ];
    let mut at = 7_usize;
    for turn in 0..400 {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let path = paths[(at >> 33) % paths.len()];
        let part = (!at.is_multiple_of(5)).then(|| &parts[(at >> 40) % parts.len()]);
        let answer = update(&mut engine, &handle, path, part);
        if part.is_some() && is_blocked(&whole, path) {
            assert_eq!(answer["error"]["code"], "malformed_request", "{turn}: {answer}");
        } else {
            assert!(answer["revision"].is_string(), "{turn}: {answer}");
            whole = with_part(whole, path, part);
        }
        assert_eq!(all(&mut engine, &handle), whole, "{turn}: {path:?} {part:?}");
    }
}

#[test]
fn a_refused_part_changes_nothing() {
    let mut engine = Engine::new();
    let whole = json!({ "a": { "b": 1 } });
    let handle = compiled(&mut engine, &whole);
    let deep = format!("{}{}", "[".repeat(511), "]".repeat(511));
    let bytes = |engine: &mut Engine| call(engine, "to_bytes", &json!({ "handle": handle }), None)["bytes"].clone();
    let before = bytes(&mut engine);
    for (path, document, code) in [
        (json!(["a", "b"]), Some("{"), "input_not_json"),
        (json!(["a", "b"]), Some("\"\\ud800\""), "input_not_json"),
        (json!(["a", "b"]), Some(deep.as_str()), "limit_exceeded"),
        (json!(vec!["a"; 600]), Some("1"), "limit_exceeded"),
        (json!([]), Some("{}"), "malformed_request"),
        (json!(["a"]), None, "malformed_request"),
        (json!(["p", "x"]), Some("1"), "rego_compile_error"),
        (json!(["p"]), Some("1"), "rego_compile_error"),
        (json!(["p"]), Some("{\"below\": {\"rule\": 2}}"), "rego_compile_error"),
        (json!(["p", "below"]), Some("[]"), "rego_compile_error"),
        (json!(["a", "b", "c"]), Some("3"), "malformed_request"),
    ] {
        let answer = call(&mut engine, "update_data", &json!({ "handle": handle, "path": path }), document);
        assert_eq!(answer["error"]["code"], code, "{path}: {answer}");
        assert_eq!(all(&mut engine, &handle), whole);
        assert_eq!(bytes(&mut engine), before);
    }
    let both = json!({ "handle": handle, "path": ["a"], "remove": true });
    assert_eq!(call(&mut engine, "update_data", &both, Some("1"))["error"]["code"], "malformed_request");
}

#[test]
fn the_bytes_of_a_program_carry_what_was_updated() {
    let mut engine = Engine::new();
    let handle = compiled(&mut engine, &json!({ "a": 1 }));
    let first = update(&mut engine, &handle, &["a"], Some(&json!({ "n": 10.50 })));
    let second = update(&mut engine, &handle, &["a"], Some(&json!({ "n": 10.50 })));
    assert_ne!(first["revision"], second["revision"]);
    let bytes = call(&mut engine, "to_bytes", &json!({ "handle": handle }), None);
    let bytes =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, bytes["bytes"].as_str().unwrap()).unwrap();
    let loaded: Value = serde_json::from_str(&engine.call("from_bytes", "{}", Some(&bytes))).unwrap();
    assert_eq!(loaded["ok"]["revision"], second["revision"]);
    assert_eq!(all(&mut engine, &loaded["ok"]["handle"]), all(&mut engine, &handle));
    // A program that had no data has some now.
    let none = compiled(&mut engine, &Value::Null);
    update(&mut engine, &none, &["b"], Some(&json!([])));
    assert_eq!(all(&mut engine, &none), json!({ "b": [] }));
}

#[test]
fn programs_keep_their_data_apart() {
    let mut engine = Engine::new();
    let (one, other) = (compiled(&mut engine, &json!({ "a": 1 })), compiled(&mut engine, &json!({ "a": 1 })));
    update(&mut engine, &one, &["a"], Some(&json!(2)));
    assert_eq!((all(&mut engine, &one), all(&mut engine, &other)), (json!({ "a": 2 }), json!({ "a": 1 })));
}

#[test]
fn where_no_rule_stands_the_data_is_asked_and_nothing_is_evaluated() {
    let modules = ["package empty.here\n", "package other\n\nx := 1\n\nx := 2\n\nlong := count(numbers.range(1, 1000000)) if [1 | some i in numbers.range(1, 3000)]\n"]
        .iter()
        .enumerate()
        .map(|(at, source)| Module { path: format!("m{at}.rego"), source: (*source).to_owned() })
        .collect();
    let data = br#"{"empty": {"here": {"n": [1]}}}"#;
    let compilation = compile(modules, Some(data), DialectRule::V1, &Capabilities::default()).unwrap();
    let program = compilation.program.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics));
    let limits = EvaluationLimits { memory_units: 100_000, ..EvaluationLimits::default() };
    let ask = |path: &str| program.evaluate(path, None, Allowance { limits, ..Allowance::default() });
    assert!(ask("other/x").is_err());
    for _ in 0..2 {
        assert_eq!(ask("empty/here").unwrap().answer, Answer::Value(r#"{"n":[1]}"#.into()));
        // What an evaluation has used up is there again for the next one.
        assert_eq!(ask("other/long").unwrap_err().limit.unwrap().name, "memory_units");
    }
}
