//! What crosses the door on the fast path: undefined and booleans as a number with what they took, everything else as the text that the
//! operation `evaluate` gives.

use regate::api::{Engine, Outcome};
use regate::rego::Cost;
use serde_json::{Value, json};

const POLICY: &str = "package p

default denied := false

denied if input.no

allowed if input.yes

loud if {
  print(\"asked about\", input)
  input.yes
}

word := \"true\"

words := [true]

size := count(input)

owned if acme.owner(input.yes)

split := 1 if input.yes

split := 2 if input.yes
";

fn asked() -> (Engine, u32) {
    let mut engine = Engine::new();
    let owner = json!({ "name": "acme.owner", "arguments": ["any"], "result": "any" });
    let request = json!({ "modules": [{ "path": "p.rego", "source": POLICY }], "host_functions": [owner] });
    let answer: Value = serde_json::from_str(&engine.call("compile", &request.to_string(), None)).unwrap();
    let handle = answer["ok"]["handle"].as_u64().unwrap();
    (engine, u32::try_from(handle).unwrap())
}

fn evaluated(engine: &mut Engine, handle: u32, entrypoint: &str, input: &str) -> Outcome {
    engine.reserve(input.len())[..input.len()].copy_from_slice(input.as_bytes());
    engine.evaluate_reserved(handle, entrypoint, input.len(), 0)
}

#[test]
fn undefined_and_booleans_are_numbers_that_take_what_their_texts_took() {
    let (mut engine, handle) = asked();
    let numbers = [
        Outcome::Undefined as u32,
        Outcome::False as u32,
        Outcome::True as u32,
        Outcome::Text as u32,
        Outcome::Value as u32,
    ];
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    for (entrypoint, input, outcome) in [
        ("p/allowed", r#"{"yes": true}"#, Outcome::True),
        ("p/allowed", r#"{"yes": false}"#, Outcome::Undefined),
        ("p/allowed", "{}", Outcome::Undefined),
        ("p/denied", r#"{"no": 1}"#, Outcome::True),
        ("p/denied", "{}", Outcome::False),
        ("p/loud", r#"{"yes": true}"#, Outcome::True),
        ("p/loud", "{}", Outcome::Undefined),
        ("p/words/0", "{}", Outcome::True),
    ] {
        let request = json!({ "handle": handle, "entrypoint": entrypoint });
        let text = engine.call("evaluate", &request.to_string(), Some(input.as_bytes()));
        let answer: Value = serde_json::from_str(&text).unwrap();
        let said = match answer["ok"]["value"].as_bool() {
            None => Outcome::Undefined,
            Some(false) => Outcome::False,
            Some(true) => Outcome::True,
        };
        assert_eq!(evaluated(&mut engine, handle, entrypoint, input), outcome, "{entrypoint} of {input}");
        assert_eq!(said, outcome, "{text}");
        let Cost { steps, memory_units } = engine.cost();
        assert_eq!((&json!(steps), &json!(memory_units)), (&answer["ok"]["steps"], &answer["ok"]["memory_units"]));
        assert!(steps > 0);
        assert_eq!(engine.take_text(), "");
    }
}

#[test]
fn any_other_value_is_a_text_that_is_taken_once_beside_numbers() {
    let (mut engine, handle) = asked();
    for (entrypoint, input) in [("p/word", "{}"), ("p/words", "{}"), ("p/size", "[true]")] {
        let request = json!({ "handle": handle, "entrypoint": entrypoint });
        let text = engine.call("evaluate", &request.to_string(), Some(input.as_bytes()));
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(evaluated(&mut engine, handle, entrypoint, input), Outcome::Value, "{entrypoint}");
        let Cost { steps, memory_units } = engine.cost();
        let value = engine.take_text();
        let whole =
            format!(r#"{{"ok":{{"defined":true,"value":{value},"steps":{steps},"memory_units":{memory_units}}}}}"#);
        assert_eq!(whole, text);
        assert_eq!(answer["ok"]["value"], serde_json::from_str::<Value>(&value).unwrap());
        assert_eq!(engine.take_text(), "");
    }
}

#[test]
fn what_is_no_answer_is_a_text_that_is_taken_once() {
    let (mut engine, handle) = asked();
    let deep = "[".repeat(100_000);
    for (entrypoint, input) in [
        ("p", r#"{"yes": true, "no": false}"#),
        ("p/split", r#"{"yes": 1}"#),
        ("p/owned", r#"{"yes": 1}"#),
        ("p/none", "{}"),
        ("p/allowed", "tru"),
        ("p/allowed", &deep),
    ] {
        let request = json!({ "handle": handle, "entrypoint": entrypoint });
        let text = engine.call("evaluate", &request.to_string(), Some(input.as_bytes()));
        assert_eq!(evaluated(&mut engine, handle, entrypoint, input), Outcome::Text, "{entrypoint}");
        assert_eq!(engine.take_text(), text);
        assert_eq!((engine.take_text(), engine.cost()), (String::new(), Cost::default()));
    }
    assert_eq!(evaluated(&mut engine, handle + 1, "p/allowed", "{}"), Outcome::Text);
    assert!(engine.take_text().contains("unknown_handle"));
    // What was not taken is no answer to the next question.
    assert_eq!(evaluated(&mut engine, handle, "p/word", "{}"), Outcome::Value);
    assert_eq!(evaluated(&mut engine, handle, "p/allowed", "{}"), Outcome::Undefined);
    assert_eq!(engine.take_text(), "");
}
