//! Laws of compiling action policies: every text has an answer, what was compiled compiles again, and a policy is the same
//! in whatever it is written.

use crate::{call, tries};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regate::api::Engine;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

const FORMATS: [&str; 7] = ["yaml", "yml", "json", "prose", "markdown", "md", "toml"];

const CODES: [&str; 14] = [
    "SYNTAX",
    "NOT_A_MAPPING",
    "UNKNOWN_FIELD",
    "TYPE",
    "RANGE",
    "ENUM",
    "MISSING",
    "CONFLICT",
    "BAD_REGEX",
    "UNSUPPORTED_SCHEMA_KEYWORD",
    "UNSUPPORTED_FORMAT",
    "EMPTY_SOURCE",
    "DUPLICATE_KEY",
    "MORE_ERRORS",
];

#[rustfmt::skip]
const FRAGMENTS: [&str; 88] = [
    "name: x\n", "name", "budgets:\n", "  run: 5\n", "rate_limits", "pii_rules: {a: {categories: [email]}}\n", "allowed_actions:\n",
    "evidence_requirements: {a: [b], b: [a]}\n", "scope: agent\n", "\"name\": \"x\"", "\"run_budget\": 0.1", "{\"name\": \"x\"}", "- a\n", "  - b\n",
    "a", "key", "- ", "-", ": ", ":", "? ", "?", "\n", "\n  ", "\n    ", "\n ", "\t", " ", "#", "# c\n", " #c", "{", "}", "[", "]", ",", "&a", "*a", "<<: ",
    "!", "!!str ", "!<x>", "%YAML 1.2\n", "%TAG ! x\n", "---", "--- ", "\n---\n", "...", "\n...\n", "|", "|\n", ">\n", ">-\n", "|2\n", "\"", "'", "''", "\\",
    "\\n", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "~", "null", "true", "1", "-1", "01", "1e9", "1E-3", "1e400", "1e9999", "0.10", "-0", ".inf", "0x1F",
    "9007199254740993", "\u{e9}", "\u{1f6a7}", "\u{0}", "\u{feff}", "\u{2028}", "\u{85}", "\r\n", "\r", "@", "`", "\u{7f}",
];

/// The fields of a policy, each with values that are right and values that are not.
#[rustfmt::skip]
const FIELDS: [(&str, &[&str]); 38] = [
    ("name", &["\"x\"", "\"\u{1f6a7} \\n\"", "\"\"", "5", "null"]),
    ("description", &["\"a: b # c\"", "null", "\"\"", "\"- x\"", "true"]),
    ("enabled", &["true", "false", "\"yes\"", "null"]),
    ("scope", &["\"global\"", "\"agent\"", "\"run\"", "\"Agent\"", "null"]),
    ("target_id", &["\"a\"", "null", "\"\"", "\" a\""]),
    ("session_budget", &["5", "5.0", "0.1", "null", "-1", "1e16", "\"5\""]),
    ("run_budget", &["0", "1e-3", "123456789.123456789012"]),
    ("budgets", &["null", "{\"session\": 5}", "{\"session\": 6, \"run\": null}", "{\"runs\": 5}", "[]"]),
    ("action_budgets", &["{}", "{\"a\": 0.1, \"b\": 3}", "{\"\": 1}", "{\"a*\": -1}", "null"]),
    ("denied_actions", &["[]", "[\"a\", \"b\", \"a\"]", "[\"~\", \"no\", \"1\"]", "[\"\"]", "\"a\""]),
    ("allowed_actions", &["null", "[]", "[\"a\"]", "[1]"]),
    ("rate_limits", &["{\"a\": {}}", "{\"a\": {\"max_count\": 0, \"window_seconds\": 60.0}}", "{\"a\": {\"max\": 1, \"max_count\": 1.5}}"]),
    ("strict_mode", &["false", "0"]),
    ("require_approval", &["true", "false"]),
    ("approval_actions", &["[\"a\"]", "[[\"a\"]]"]),
    ("approval_tags", &["[\"pay\", \"pay \"]", "{}"]),
    ("approval_risk_levels", &["[\"HIGH\", \"high\"]", "[\"none\"]"]),
    ("approval_threshold_usd", &["1.50", "null", "-0.5"]),
    ("approval_timeout_seconds", &["1", "2592000", "0", "2592001", "0.5"]),
    ("default_approvers", &["[\"a@b.c\"]", "null"]),
    ("approval_rules", &["[]", "[{\"approvers\": [\"a\", \"a\"]}]", "[{\"approvers\": []}, {}, 5]", "[{\"approvers\": [\"a\"], \"min_cost_usd\": 1.0, \"priority\": \"low\", \"actions\": null, \"risk_levels\": [\"Low\"]}]"]),
    ("evidence_requirements", &["{\"a\": [\"b\"], \"b\": []}", "{\"a\": [\"b\"], \"b\": [\"a\", \"b\"]}", "{\"a\": \"b\"}"]),
    ("evidence_max_age_seconds", &["{\"a\": 0}", "{\"a\": -1}"]),
    ("evidence", &["null", "{\"requirements\": {\"a\": [\"b\"]}}", "{\"evidence_actions\": [\"b\"], \"commit_actions\": [\"a\"]}", "{\"max_age\": 1}"]),
    ("commit_actions", &["[\"a\", \"z\"]"]),
    ("evidence_actions", &["[\"b\"]"]),
    ("argument_constraints", &["{\"a\": {\"required\": [\"b\"], \"properties\": {\"b\": {\"type\": \"string\", \"pattern\": \"^x\"}}}}", "{\"a\": {\"properties\": {\"n\": {\"enum\": [1, 1.0, 12345678901234567890, null, {\"q\": []}]}}}}", "{\"a\": {\"required\": 5, \"foo\": 1, \"properties\": {\"b\": {\"pattern\": \"(\", \"type\": 1}}}}", "{\"a\": []}"]),
    ("grounding_rules", &["{\"a\": {\"b\": {\"source_action\": \"l\", \"source_field\": \"x.0.y\"}}}", "{\"a\": {\"b\": {\"source_field\": \"x..y\", \"source_from\": \"kwargs\"}}}"]),
    ("pii_rules", &["{\"a\": {}}", "{\"a\": {\"categories\": [\"email\", \"email\"], \"extra_patterns\": {\"badge\": \"B\\\\d+\"}, \"allow_categories\": [\"badge\"], \"redact_preview\": false}}", "{\"a\": {\"categories\": [], \"extra_patterns\": {\"x\": \"(\"}, \"allow_categories\": [\"y\"]}}"]),
    ("moderation_rules", &["{\"a\": {}}", "{\"a\": {\"strictness\": \"strict\", \"moderator\": null}}", "{\"a\": {\"strictness\": \"very\"}}"]),
    ("loop_rules", &["{\"a\": {}}", "{\"a\": {\"threshold\": 3, \"window_seconds\": 0.25, \"arg_exclude\": [\"nonce\"]}}", "{\"a\": {\"window_seconds\": 0}}"]),
    ("pii_default_enabled", &["true", "1"]),
    ("moderation_default_enabled", &["true"]),
    ("loop_default_enabled", &["true", "\"on\""]),
    ("budget_warning_thresholds", &["[]", "[50, 80, 80.0]", "[0, 101]"]),
    ("id", &["1"]),
    ("denyed_actions", &["[]", "null"]),
    ("a key: with # everything, \"in\" it\n", &["{\"\\ud83d\\udea7\": [1]}", "\"\""]),
];

/// An object of fields, with values of all kinds or with those alone that are right where they stand first.
fn fields(only_first: bool) -> impl Strategy<Value = Value> {
    let field = (select(FIELDS.to_vec()), any::<Index>()).prop_map(move |((name, values), at)| {
        let text = if only_first { values[0] } else { values[at.index(values.len())] };
        (name.to_owned(), serde_json::from_str::<Value>(text).unwrap())
    });
    proptest::collection::vec(field, 0..8).prop_map(move |fields| {
        let mut fields: Map<String, Value> = fields.into_iter().collect();
        if only_first {
            fields.retain(|name, _| !["id", "denyed_actions"].contains(&name.as_str()) && !name.contains(' '));
            fields.insert("name".to_owned(), json!("x"));
            fields.remove("target_id");
        }
        Value::Object(fields)
    })
}

/// Patterns that are none, that find something in nothing, and that are right.
const PATTERNS: [&str; 16] =
    ["x", "x*", "x?", "(", "^", "$", "^$", "x|", "(?:)", r"\b", r"\B", r"\d+", r"\d{0,3}", "(?=x)", "(?i)x{0}", "[^x]"];

fn patterns() -> impl Strategy<Value = Map<String, Value>> {
    let pattern = (select(vec!["p", "q", "r"]), select(PATTERNS.to_vec()));
    let pattern = pattern.prop_map(|(name, pattern)| (name.to_owned(), json!(pattern)));
    proptest::collection::vec(pattern, 0..3).prop_map(|patterns| patterns.into_iter().collect())
}

fn fragments() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(FRAGMENTS.to_vec()), 0..24).prop_map(|parts| parts.concat())
}

/// Texts as authors leave them while they type: a policy, whole or after a few edits, or pieces of one.
fn text() -> impl Strategy<Value = String> {
    let edits = proptest::collection::vec((0_u8..4, any::<Index>(), 0_usize..12, select(FRAGMENTS.to_vec())), 0..4);
    let edited = (fields(false), any::<bool>(), edits).prop_map(|(fields, as_yaml, edits)| {
        let text = if as_yaml { yaml(&fields) } else { fields.to_string() };
        let mut text: Vec<char> = text.chars().collect();
        for (edit, at, length, fragment) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            match edit {
                0 => drop(text.drain(at..end)),
                1 => drop(text.splice(at..at, text[at..end].to_vec())),
                2 => drop(text.splice(at..at, fragment.chars())),
                _ => text.truncate(at),
            }
        }
        text.into_iter().collect::<String>()
    });
    prop_oneof![2 => edited, 2 => fragments(), 1 => any::<String>()]
}

/// A value as YAML in block style, its texts without quotes where that is the same.
fn yaml(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                write!(text, "\n{:indent$}{}:", "", scalar(key)).unwrap();
                block(value, indent + 2, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                write!(text, "\n{:indent$}-", "").unwrap();
                block(item, indent + 2, text);
            }
        }
        Value::String(string) => write!(text, " {}", scalar(string)).unwrap(),
        other => write!(text, " {other}").unwrap(),
    }
}

fn scalar(text: &str) -> String {
    let is_plain = text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_a_word = ["null", "true", "false"].contains(&text);
    if is_plain && !is_a_word { text.to_owned() } else { Value::from(text).to_string() }
}

fn compile(source: &str, format: &str) -> Value {
    let request = json!({ "source": source, "source_format": format });
    call(&mut Engine::new(), "compile_action_policy", &request, None)
}

fn check(fields: &Value) -> Value {
    call(&mut Engine::new(), "compile_action_policy", &json!({ "fields": fields }), None)
}

/// An answer without the places in its text.
fn placeless(mut answer: Value) -> Value {
    for list in ["errors", "warnings"] {
        for finding in answer.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            finding.as_object_mut().unwrap().retain(|key, _| key != "line" && key != "column");
        }
    }
    answer
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["errors"].as_array().into_iter().flatten().map(|error| error["code"].as_str().unwrap()).collect()
}

/// Whether line and column are a place of the text, or the one behind it.
fn is_place(text: &str, finding: &Value) -> bool {
    let at = |field: &str| usize::try_from(finding[field].as_u64().unwrap()).unwrap();
    text.split('\n')
        .nth(at("line") - 1)
        .is_some_and(|line| (1..=line.encode_utf16().count() + 1).contains(&at("column")))
}

proptest! {
    #![proptest_config(tries(2000))]

    #[test]
    fn every_text_in_every_format_has_an_answer(text in text(), format in select(FORMATS.to_vec())) {
        let answer = compile(&text, format);
        if answer["ok"] == true {
            prop_assert!(answer["policy"]["name"].is_string());
            for warning in answer["warnings"].as_array().unwrap() {
                prop_assert!(is_place(&text, warning), "{}", warning);
            }
            return Ok(());
        }
        prop_assert_eq!(&answer["ok"], false);
        let errors = answer["errors"].as_array().unwrap();
        prop_assert!(!errors.is_empty());
        for error in errors {
            prop_assert!(CODES.contains(&error["code"].as_str().unwrap()), "{}", error);
            prop_assert!(!error["message"].as_str().unwrap().is_empty());
            prop_assert!(is_place(&text, error), "{}", error);
        }
        for (place, error) in errors.iter().enumerate() {
            prop_assert!(!errors[..place].contains(error), "said twice: {}", error);
        }
    }

    #[test]
    fn json_is_what_the_engine_reads_as_json_everywhere(text in text()) {
        let answer = compile(&text, "json");
        let without_mark = text.strip_prefix('\u{feff}').unwrap_or(&text);
        match serde_json::from_str::<Value>(without_mark) {
            Err(_) => prop_assert!(codes(&answer).iter().any(|code| ["SYNTAX", "EMPTY_SOURCE"].contains(code)), "{}", answer),
            Ok(_) if codes(&answer).contains(&"DUPLICATE_KEY") => {}
            Ok(value) => match placeless(check(&value)) {
                // No request may hold a number that could not be computed; inside a text it is an error of the policy.
                object if object["error"]["code"] == "limit_exceeded" => prop_assert!(codes(&answer).contains(&"RANGE")),
                object => prop_assert_eq!(placeless(answer), object),
            },
        }
    }

    #[test]
    fn a_policy_is_the_same_in_yaml_in_json_and_as_an_object(fields in fields(false)) {
        let object = check(&fields);
        let json = compile(&serde_json::to_string_pretty(&fields).unwrap(), "json");
        prop_assert_eq!(placeless(json), placeless(object.clone()));
        if fields.as_object().is_some_and(|fields| !fields.is_empty()) {
            let text = yaml(&fields);
            prop_assert_eq!(placeless(compile(&text, "yaml")), placeless(object), "{}", text);
        }
    }

    #[test]
    fn json_is_yaml_with_the_same_places(fields in fields(false), is_pretty: bool) {
        let text = if is_pretty { serde_json::to_string_pretty(&fields).unwrap() } else { fields.to_string() };
        prop_assert_eq!(compile(&text, "yaml"), compile(&text, "json"), "{}", text);
    }

    #[test]
    fn what_was_compiled_compiles_to_itself(fields in prop_oneof![fields(true), fields(false)]) {
        let answer = check(&fields);
        if answer["ok"] == true {
            let policy = &answer["policy"];
            for again in [check(policy), compile(&policy.to_string(), "json"), compile(&yaml(policy), "yaml")] {
                prop_assert_eq!(&again["policy"], policy, "{}", again);
            }
        }
    }

    #[test]
    fn what_compiles_can_be_asked(fields in fields(false), patterns in patterns(), schema in select(PATTERNS.to_vec())) {
        let mut fields = fields;
        fields["name"] = json!("x");
        fields["pii_rules"]["p"]["extra_patterns"] = Value::Object(patterns);
        fields["argument_constraints"]["s"] = json!({ "properties": { "n": { "pattern": schema } } });
        // Where anything else is wrong with the policy there is nothing to ask; what this is about is left.
        for fields in [fields.clone(), json!({
            "name": "x", "pii_rules": fields["pii_rules"], "argument_constraints": { "s": fields["argument_constraints"]["s"] },
        })] {
            let answer = check(&fields);
            if answer["ok"] == true {
                for action in ["a", "p", "s"] {
                    let request = json!({
                        "policies": [answer["policy"]], "call": { "name": action, "kwargs": { "n": "", "to": "x" } }, "moderation": [], "now_ms": 0,
                    });
                    let asked = call(&mut Engine::new(), "check_action", &request, None);
                    prop_assert!(asked["decision"]["decision"].is_string(), "{}", asked);
                    prop_assert_ne!(&asked["decision"]["reason_code"], "EVALUATION_ERROR", "{}", asked);
                }
            }
        }
    }

    #[test]
    fn the_right_fields_make_a_policy(fields in fields(true)) {
        let answer = check(&fields);
        prop_assert_eq!(&answer["ok"], true, "{}", answer);
    }

    #[test]
    fn a_wrong_field_more_is_one_error_more(fields in fields(true), at in any::<Index>()) {
        let mut more = fields.clone();
        let (name, value) = [("unheard", json!(1)), ("approval_timeout_seconds", json!(0)), ("enabled", json!("yes")), ("scope", json!("all"))]
            [at.index(4)].clone();
        more[name] = value;
        let answer = check(&more);
        prop_assert_eq!(codes(&answer).len(), 1, "{}", answer);
        prop_assert_eq!(&answer["errors"][0]["path"], &json!([name]));
    }
}
