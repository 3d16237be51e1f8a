//! Inputs on a tape: what they answer is what their text answers, and one that is damaged is an error and leaves the engine as it was.

use regate::api::{Engine, Outcome};
use serde_json::{Value, json};

/// `{"b": ["é", 1.5, -3], "a": null}`
const TAPE: [u32; 8] =
    [2 << 3 | 6, 1 << 3 | 4, 3 << 3 | 5, 1 << 3 | 4, 3 << 3 | 3, (-3_i32 << 3 | 1).cast_unsigned(), 1 << 3 | 4, 0];
const STRINGS: &str = "bé1.5a";
const TEXT: &str = "{\"b\": [\"é\", 1.5, -3], \"a\": null}";

fn echo() -> (Engine, u32) {
    let mut engine = Engine::new();
    let request =
        json!({ "modules": [{ "path": "p.rego", "source": "package p\n\nx := [input, json.marshal(input)]\n" }] });
    let answer: Value = serde_json::from_str(&engine.call("compile", &request.to_string(), None)).unwrap();
    let handle = answer["ok"]["handle"].as_u64().unwrap();
    (engine, u32::try_from(handle).unwrap())
}

/// The text of the value that a tape answers.
fn said(engine: &mut Engine, handle: u32, tape: &[u32], text: &[u8]) -> String {
    assert_eq!(engine.evaluate_tape(handle, "p/x", tape, text.to_vec(), 0), Outcome::Value);
    engine.take_text()
}

fn refused(engine: &mut Engine, handle: u32, tape: &[u32], text: &[u8]) -> Value {
    assert_eq!(engine.evaluate_tape(handle, "p/x", tape, text.to_vec(), 0), Outcome::Text);
    let answer: Value = serde_json::from_str(&engine.take_text()).unwrap();
    answer["error"].clone()
}

#[test]
fn a_tape_answers_as_its_text_does() {
    let (mut engine, handle) = echo();
    engine.reserve(TEXT.len())[..TEXT.len()].copy_from_slice(TEXT.as_bytes());
    assert_eq!(engine.evaluate_reserved(handle, "p/x", TEXT.len(), 0), Outcome::Value);
    let text = engine.take_text();
    assert_eq!(said(&mut engine, handle, &TAPE, STRINGS.as_bytes()), text);
    assert!(text.contains(r#"[{"a":null,"b":["é",1.5,-3]}"#), "{text}");
    assert_eq!(refused(&mut engine, handle + 1, &TAPE, STRINGS.as_bytes())["code"], "unknown_handle");
}

#[test]
fn a_damaged_tape_is_an_error() {
    let (mut engine, handle) = echo();
    let whole = said(&mut engine, handle, &TAPE, STRINGS.as_bytes());
    for end in 0..TAPE.len() {
        assert_eq!(refused(&mut engine, handle, &TAPE[..end], STRINGS.as_bytes())["code"], "input_not_json");
    }
    for end in 0..STRINGS.len() {
        assert_eq!(refused(&mut engine, handle, &TAPE, &STRINGS.as_bytes()[..end])["code"], "input_not_json");
    }
    assert_eq!(refused(&mut engine, handle, &TAPE, b"b\xff1.5a")["code"], "input_not_json");
    let deep = refused(&mut engine, handle, &vec![1 << 3 | 5; 100_000], b"");
    assert_eq!((&deep["code"], &deep["limit"]["name"]), (&json!("limit_exceeded"), &json!("data_nesting")));
    assert_eq!(said(&mut engine, handle, &TAPE, STRINGS.as_bytes()), whole);
}
