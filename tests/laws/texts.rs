//! Laws of texts: whatever an author has typed so far, there is an answer, and every place in it lies inside the text.

use crate::generated::POLICIES;
use crate::{call, tries};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regate::api::Engine;
use serde_json::{Value, json};

#[rustfmt::skip]
const FRAGMENTS: [&str; 74] = [
    "package forgecroft.policy\n", "package p", "package", "import rego.v1\n", "import future.keywords.in\n", "import data.lib as l\n",
    "deny contains message if {\n", "deny[message] {\n", "deny", "require_approval contains {\"team\": \"t\"} if ", "default allow := false\n",
    "allow if ", "else := 1 ", "f(x) := x + 1\n", "f(", "some x in input.plan_changes.added\n", "some i, x in ", "every x in xs { x > 0 }", "not ",
    "x := ", "x == ", "x = ", " != ", " | ", " & ", " - ", " in ", " with input as {}", "input.a[_].b", "data.p.q", "data", "input",
    "{", "}", "[", "]", "(", ")", ",", ";", ":", ".", "\n", "\r\n", "\t", " ", "#", "# note\n", "\"text\"", "\"", "`raw`", "`", "\\", "\"\\u00e9\"", "\"\\ud800\"",
    "1", "-1", "1e9", "9007199254740993", "0x1", "null", "true", "[x | x := 1]", "{x: 1 | x := 2}", "set()", "count(x)", "http.send({})", "sprintf(\"%d\", [x])",
    "\u{e4}", "\u{1f6a7}", "\u{0}", "\u{feff}", "\u{2028}", "$",
];

fn fragments() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(FRAGMENTS.to_vec()), 0..24).prop_map(|parts| parts.concat())
}

/// A term: what it means is left to chance, how it is written is right.
fn term() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "x",
        "y",
        "message",
        "unknown",
        "input",
        "input.run.trigger",
        "input.plan_changes.added[_]",
        "input.plan_changes",
        "data.app.y",
        "deny",
        "helper",
        "1",
        "0.5",
        "\"\u{1f6a7}\"",
        "`raw\ttext`",
        "null",
        "true",
        "[]",
        "{}",
        "set()",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 10, 2, |inner| {
        let pattern = select(vec![
            "f(A)",
            "f(A, B)",
            "helper(A)",
            "count(A)",
            "sprintf(A, B)",
            "startswith(A)",
            "http.send(A)",
            "io.jwt.decode(A)",
            "no.such(A)",
            "[A, B]",
            "{\"team\": A}",
            "{A, B}",
            "A + B",
            "A == B",
            "A | B",
            "[A | B]",
            "{A | x := B}",
            "{A: B | some x in B}",
            "(A)",
            "input[A]",
            "data.app[A].b",
        ]);
        (pattern, inner.clone(), inner)
            .prop_map(|(pattern, a, b)| pattern.replace('B', "\u{1}").replace('A', &a).replace('\u{1}', &b))
    })
}

fn rule() -> impl Strategy<Value = String> {
    let head = select(vec![
        "deny contains message",
        "deny contains A",
        "deny",
        "deny := A",
        "require_approval contains A",
        "require_approval contains {\"team\": A}",
        "helper",
        "helper := A",
        "f(x) := A",
        "f(x, y)",
        "deny[A] := B",
        "default deny := []",
        "default helper := A",
    ]);
    let statement = select(vec![
        "A == B",
        "x := A",
        "message := A",
        "some x in A",
        "some y, x in A",
        "not A",
        "A",
        "every y in A { B }",
        "A with input as B",
    ]);
    let body = proptest::collection::vec((statement, term(), term()), 0..4);
    let fill = |pattern: &str, a: &str, b: &str| pattern.replace('B', "\u{1}").replace('A', a).replace('\u{1}', b);
    (head, term(), term(), body).prop_map(move |(head, a, b, body)| {
        let head = fill(head, &a, &b);
        let body: String = body.iter().map(|(statement, a, b)| format!("\t{}\n", fill(statement, a, b))).collect();
        match (head.starts_with("default"), body.is_empty()) {
            (true, _) => head + "\n",
            (false, true) => format!("{head} if true\n"),
            (false, false) => format!("{head} if {{\n{body}}}\n"),
        }
    })
}

/// Policies that parse, with everything else wrong with them.
fn rules() -> impl Strategy<Value = String> {
    proptest::collection::vec(rule(), 1..6)
        .prop_map(|rules| format!("package forgecroft.policy\n\nimport rego.v1\n\n{}", rules.join("\n")))
}

/// A policy after a few edits: something left out, put in twice, put in from elsewhere, cut off.
fn edited() -> impl Strategy<Value = String> {
    let edits = proptest::collection::vec((0_u8..4, any::<Index>(), 0_usize..12, select(FRAGMENTS.to_vec())), 1..5);
    (prop_oneof![select(POLICIES.to_vec()).prop_map(str::to_owned), rules()], edits).prop_map(|(policy, edits)| {
        let mut text: Vec<char> = policy.chars().collect();
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
        text.into_iter().collect()
    })
}

/// Texts as authors leave them while they type.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => rules(),
        2 => edited(),
        1 => fragments(),
        1 => fragments().prop_map(|body| format!("package forgecroft.policy\n\nimport rego.v1\n\n{body}")),
    ]
}

/// The place of a byte, counted here from the text alone.
fn place(text: &str, byte: usize) -> Value {
    let before = &text[..byte];
    let line = before.rsplit('\n').next().unwrap();
    json!({ "byte": byte, "line": before.matches('\n').count() + 1, "column": line.encode_utf16().count() + 1 })
}

fn check_places(text: &str, diagnostics: &Value) -> Result<(), TestCaseError> {
    let mut last = 0;
    for diagnostic in diagnostics.as_array().unwrap() {
        let byte = |end: &str| usize::try_from(diagnostic[end]["byte"].as_u64().unwrap()).unwrap();
        let (start, end) = (byte("start"), byte("end"));
        prop_assert!(
            start <= end && end <= text.len() && text.is_char_boundary(start) && text.is_char_boundary(end),
            "{}",
            diagnostic
        );
        prop_assert_eq!(&diagnostic["start"], &place(text, start), "{}", diagnostic);
        prop_assert_eq!(&diagnostic["end"], &place(text, end), "{}", diagnostic);
        prop_assert!(last <= start, "not in source order: {}", diagnostics);
        prop_assert!(
            !diagnostic["code"].as_str().unwrap().is_empty() && !diagnostic["message"].as_str().unwrap().is_empty()
        );
        last = start;
    }
    Ok(())
}

/// JSON documents with every kind of value.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(FRAGMENTS.to_vec()).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((any::<String>(), inner), 0..5).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// Whether two documents are equal: numbers by what they are, not by how they are written.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.as_i64().is_none() || other.as_i64().is_none()) && one.as_f64() == other.as_f64()
        }
        (Value::Array(these), Value::Array(those)) => {
            these.len() == those.len() && these.iter().zip(those).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(these), Value::Object(those)) => {
            these.len() == those.len() && these.iter().all(|(key, a)| those.get(key).is_some_and(|b| is_same(a, b)))
        }
        _ => a == b,
    }
}

fn has_error(diagnostics: &Value) -> bool {
    diagnostics.as_array().unwrap().iter().any(|diagnostic| diagnostic["severity"] == "error")
}

proptest! {
    #![proptest_config(tries(400))]

    #[test]
    fn any_text_is_checked_and_compiled(text in text(), dialect in select(vec![json!("v0"), json!("v1"), Value::Null])) {
        let mut engine = Engine::new();
        let request = json!({ "modules": [{ "path": "a.rego", "source": text }], "dialect": dialect });
        let checked = call(&mut engine, "check", &request, None);
        check_places(&text, &checked["diagnostics"])?;
        let compiled = call(&mut engine, "compile", &request, None);
        // Only who compiles hears that there is too much of something for a program.
        let found = |answer: &Value| -> Vec<Value> {
            let all = answer["diagnostics"].as_array().unwrap().iter();
            all.filter(|finding| finding["code"] != "not_evaluated" && finding["limit"].is_null()).cloned().collect()
        };
        prop_assert_eq!(found(&compiled), found(&checked));
        prop_assert_eq!(compiled["handle"].is_null(), has_error(&compiled["diagnostics"]));
    }

    #[test]
    fn any_text_is_validated(text in text()) {
        let mut engine = Engine::new();
        let validation = call(&mut engine, "validate", &json!({ "rego_source": text }), None);
        check_places(&text, &validation["diagnostics"])?;
        prop_assert_eq!(validation["valid"] == json!(false), has_error(&validation["diagnostics"]));
        prop_assert_eq!(validation["error"].is_string(), validation["valid"] == json!(false));
    }

    #[test]
    fn a_document_comes_back_as_it_is(document in document()) {
        let mut engine = Engine::new();
        let compiled = call(&mut engine, "compile", &json!({ "modules": [{ "path": "a.rego", "source": "package a\n\nx := input\n" }] }), None);
        let request = json!({ "handle": compiled["handle"], "entrypoint": "a/x" });
        let answer = call(&mut engine, "evaluate", &request, Some(document.to_string().as_bytes()));
        prop_assert_eq!(&answer["value"], &document);
    }

    #[test]
    fn any_text_is_an_input(text in text()) {
        let mut engine = Engine::new();
        let compiled = call(&mut engine, "compile", &json!({ "modules": [{ "path": "a.rego", "source": "package a\n\nx := input\n" }] }), None);
        let request = json!({ "handle": compiled["handle"], "entrypoint": "a/x" });
        let answer = call(&mut engine, "evaluate", &request, Some(text.as_bytes()));
        if answer["error"]["code"] == "limit_exceeded" {
            // A number that no answer could hold, such as `1e99007199254740993`.
            prop_assert!(text.contains("1e9") && !answer["error"]["limit"]["name"].is_null(), "{}", answer);
            return Ok(());
        }
        match serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) {
            Ok(value) => prop_assert!(is_same(&answer["value"], &value), "{} is not {}", answer, value),
            Err(_) => prop_assert_eq!(&answer["error"]["code"], "input_not_json"),
        }
        let plan = call(&mut engine, "read_plan", &json!({}), Some(text.as_bytes()));
        prop_assert!(matches!(plan["error"]["code"].as_str(), Some("input_not_json" | "not_a_plan" | "limit_exceeded")), "{}", plan);
    }
}
