//! Requests to a build that only runs programs are read from a small tree: as strictly as from that of `serde_json`, and it writes the same.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::{Engine, Value};
use proptest::prelude::any;
use proptest::{prop_assert_eq, proptest};

fn answer(operation: &str, request: &str) -> serde_json::Value {
    serde_json::from_str(&Engine::new().call(operation, request, None)).unwrap()
}

fn error(operation: &str, request: &str) -> (String, String, String) {
    let answer = answer(operation, request);
    let part = |name: &str| answer["error"][name].as_str().unwrap_or_default().to_owned();
    (part("code"), part("message"), part("path"))
}

fn refused(message: &str, path: &str) -> (String, String, String) {
    ("malformed_request".to_owned(), message.to_owned(), path.to_owned())
}

proptest! {
    #[test]
    fn strings_are_written_as_json(text in any::<String>()) {
        let written = Value::String(text.clone()).to_string();
        prop_assert_eq!(&written, &serde_json::to_string(&text).unwrap());
        let in_parts = Value::Array(vec![Value::Null, true.into(), Value::Object([(text.clone(), 7_u64.into())].into_iter().collect())]);
        prop_assert_eq!(in_parts.to_string(), serde_json::json!([null, true, {text: 7}]).to_string());
    }

    #[test]
    fn a_handle_is_any_number_of_32_bits(handle in any::<i64>()) {
        let (code, _, path) = error("release", &format!(r#"{{"handle":{handle}}}"#));
        let is_number = u32::try_from(handle).is_ok();
        prop_assert_eq!(code, if is_number { "unknown_handle" } else { "malformed_request" });
        prop_assert_eq!(path, if is_number { "" } else { "/handle" });
    }
}

#[test]
fn a_request_is_read_strictly() {
    let cannot = |why: &str| format!("the request cannot be read: {why}");
    assert_eq!(
        error("release", "{"),
        refused("the request is not JSON: a key in quotation marks is to stand here at line 1 column 2", "")
    );
    assert_eq!(error("release", "[1]"), refused(&cannot("an array is there, expected an object"), ""));
    assert_eq!(error("release", "{}"), refused(&cannot("missing field `handle`"), ""));
    assert_eq!(
        error("release", r#"{"handle":1,"x":2}"#),
        refused(&cannot("unknown field `x`, expected `handle`"), "/x")
    );
    for number in ["1.5", "1e+2", "-0.0"] {
        let why = format!("floating point `{number}`, expected a whole number from 0");
        assert_eq!(error("release", &format!(r#"{{"handle":{number}}}"#)), refused(&cannot(&why), "/handle"));
    }
    let large = "1".repeat(40);
    let why = format!("integer `{large}`, expected a whole number from 0");
    assert_eq!(error("release", &format!(r#"{{"handle":{large}}}"#)), refused(&cannot(&why), "/handle"));
    assert_eq!(
        error("update_data", r#"{"handle":1,"path":["a",null]}"#),
        refused(&cannot("null is there, expected a string"), "/path/1")
    );
    assert_eq!(error("release", "\u{feff}{\"handle\":1}").0, "malformed_request");
    let deep = format!("{}{}", "[".repeat(600), "]".repeat(600));
    assert_eq!(error("release", &deep).0, "limit_exceeded");
}

#[test]
fn what_the_host_says_is_any_value() {
    for value in ["null", "1.50", "1e400", r#"{"b":[],"a":"\u0001"}"#, r#"{"$serde_json::private::Number":"5"}"#] {
        let request = format!(
            r#"{{"handle":9,"entrypoint":"a/b","host_answers":[{{"function":"f","arguments":"[]","value":{value}}}]}}"#
        );
        assert_eq!(error("evaluate", &request).0, "unknown_handle", "{value}");
    }
    let request =
        r#"{"handle":9,"entrypoint":"a/b","host_answers":[{"function":"f","arguments":"[]","value":1,"error":"x"}]}"#;
    assert_eq!(error("evaluate", request).2, "/host_answers");
}

#[test]
fn what_this_build_can_do_is_written() {
    let answer = answer("capabilities", "{}");
    let builtins = answer["ok"]["builtins"].as_array().unwrap();
    assert!(builtins.iter().any(|builtin| builtin["name"] == "count" && builtin["available"] == true));
    assert!(builtins.iter().any(|builtin| builtin["name"] == "yaml.unmarshal" && builtin["available"] == false));
}

#[test]
fn limits_are_said_alone_as_among_the_capabilities() {
    assert_eq!(answer("limits", "{}")["ok"], answer("capabilities", "{}")["ok"]["limits"]);
    assert_eq!(answer("limits", r#"{"of": 1}"#)["error"]["code"], "malformed_request");
}
