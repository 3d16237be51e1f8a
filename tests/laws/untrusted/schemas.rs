//! JSON schemas and documents: a schema, U+001E, a document.

use super::asked::{Asked, Found, document};
use super::unfolded::unfolded;
use serde_json::{Value, json};

const STEPS: u64 = 500_000;

const RULES: &str = "
verified := json.verify_schema(input.schema)

matched := json.match_schema(input.document, input.schema)

is_json := json.is_valid(input.document)

verified_value := json.verify_schema(json.unmarshal(input.schema))

matched_values := json.match_schema(json.unmarshal(input.document), json.unmarshal(input.schema))
";

/// A byte that JSON does not have, so that the fuzzer cuts a text in two by putting in one byte.
const BEHIND_SCHEMA: char = '\u{1e}';

thread_local! {
    static ASKED: Asked = Asked::of(RULES, STEPS);
}

/// Any text is a schema or none, and any document matches a schema or says why not.
pub fn check(bytes: &[u8]) {
    let bytes = unfolded(bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (schema, against) = text.split_once(BEHIND_SCHEMA).unwrap_or((&text, &text));
    ASKED.with(|asked| {
        let input = document(&json!({"schema": schema, "document": against}));
        let [verified, matched, is_json, verified_value, matched_values] =
            ["verified", "matched", "is_json", "verified_value", "matched_values"]
                .map(|rule| asked.ask_document(rule, &input));
        let all = [&verified, &matched, &is_json, &verified_value, &matched_values];
        if all.into_iter().any(Found::is_too_much) {
            return;
        }
        let verdict = verified.value().unwrap_or_else(|| panic!("{text:?}: {verified:?}"));
        let is_schema = verdict == json!([true, null]);
        assert!(is_schema || verdict[0] == false && verdict[1].is_string(), "{text:?}: {verdict}");
        match matched.value() {
            Some(matched) => {
                assert!(is_schema && is_json.is_true(), "{text:?}: {matched}");
                assert_eq!(matched[0] == true, matched[1] == json!([]), "{text:?}: {matched}");
            }
            None => assert!(!is_schema || !is_json.is_true(), "{text:?}: {matched:?}"),
        }
        // Objects are taken as what their text says.
        if serde_json::from_str::<Value>(schema).is_ok_and(|schema| schema.is_object())
            && verified_value.value().is_some()
        {
            assert_eq!(verified_value, verified, "{text:?}");
            if serde_json::from_str::<Value>(against).is_ok_and(|against| against.is_object()) && is_json.is_true() {
                assert_eq!(matched_values.value(), matched.value(), "{text:?}");
            }
        }
    });
}
