//! Texts in YAML.

use super::asked::{Asked, Found, document};
use super::unfolded::unfolded;
use serde_json::json;

const STEPS: u64 = 500_000;

const RULES: &str = "
read := yaml.unmarshal(input.text)

is_valid := yaml.is_valid(input.text)

is_same := yaml.unmarshal(yaml.marshal(yaml.unmarshal(input.text))) == yaml.unmarshal(input.text)

written := yaml.marshal(yaml.unmarshal(input.text))

written_again := yaml.marshal(yaml.unmarshal(yaml.marshal(yaml.unmarshal(input.text))))
";

const NOT_WRITTEN: [&str; 2] =
    ["yaml.marshal: yaml: did not find expected ',' or '}'", "yaml.marshal: yaml: control characters are not allowed"];

thread_local! {
    static ASKED: Asked = Asked::of(RULES, STEPS);
}

/// Any text is read, refused or too much by all alike, and what was read is written as what it was.
pub fn check(bytes: &[u8]) {
    let bytes = unfolded(bytes);
    let text = String::from_utf8_lossy(&bytes);
    ASKED.with(|asked| {
        let input = document(&json!({"text": text}));
        let read = asked.ask_document("read", &input);
        let is_valid = asked.ask_document("is_valid", &input);
        match (&read, &is_valid) {
            (Found::TooMuch(one), Found::TooMuch(other)) => assert_eq!(one, other, "{text:?}"),
            // What was read is then made.
            (Found::TooMuch(_), valid) => assert!(valid.is_true(), "{text:?}"),
            (Found::Value(_), valid) => assert!(valid.is_true(), "{text:?}"),
            (Found::Refused(_), valid) => assert_eq!(valid, &Found::Value("false".into()), "{text:?}"),
        }
        if matches!(read, Found::Value(_)) {
            let written = asked.ask_document("written", &input);
            if let Found::Refused(why) = &written {
                // What OPA does not write: keys of more than 1,024 characters, and characters that YAML has only as escapes.
                assert!(NOT_WRITTEN.iter().any(|reason| why.contains(reason)), "{text:?}: {written:?}");
                return;
            }
            let is_same = asked.ask_document("is_same", &input);
            assert!(is_same.is_true() || is_same.is_too_much(), "{text:?}: {read:?} {is_same:?}");
            let again = asked.ask_document("written_again", &input);
            assert!(written == again || again.is_too_much(), "{text:?}: {written:?} {again:?}");
        }
    });
}
