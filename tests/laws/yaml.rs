//! Laws of YAML: what was written is read as what it was, and every text is read, refused or too much, by both builtins
//! alike.

use crate::tries;
use proptest::prelude::*;
use proptest::sample::select;
use regate::error::ErrorCode;
use regate::rego::{Allowance, Answer, Capabilities, DialectRule, Document, Module, Program, compile};
use serde_json::{Map, Value, json};

fn program(term: &str) -> Program {
    let source = format!("package policy\n\nx := {term}\n");
    let modules = vec![Module { path: "policy.rego".into(), source }];
    compile(modules, None, DialectRule::V1, &Capabilities::default()).unwrap().program.unwrap()
}

fn answer(program: &Program, input: &Value) -> Result<Answer, ErrorCode> {
    let input = Document::read(input.to_string().as_bytes()).unwrap();
    program
        .evaluate("policy/x", Some(&input), Allowance::default())
        .map(|found| found.answer)
        .map_err(|error| error.code)
}

/// Texts that YAML has rules for, and any others that OPA can write.
fn text() -> impl Strategy<Value = String> {
    let part = select(vec![
        "a",
        "yes",
        "0",
        "17",
        "-",
        "+",
        ".",
        ":",
        ": ",
        " #",
        "#",
        "'",
        "\"",
        "\\",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\n ",
        "\t",
        "\r",
        "\u{85}",
        "\u{2028}",
        "\u{e9}",
        "\u{1f6a7}",
        "\u{feff}",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "?",
        "? ",
        "- ",
        "---",
        "...",
        "<<",
        "~",
        "null",
        "1e3",
        "0x1",
        "_",
        "word word word word word ",
        "2001-01-01",
        "\u{0}",
        "\u{1b}",
        "=",
        "<",
    ]);
    prop_oneof![
        3 => proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat()),
        1 => any::<String>().prop_map(|text| {
            text.replace(|c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'), "x")
        }),
        1 => "[a-z ]{0,300}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(|value| json!(value)),
        1 => select(vec![json!(null), json!(true), json!(false), json!(0.5), json!(-3)]),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((text(), inner), 0..5)
                .prop_map(|pairs| Value::from(pairs.into_iter().collect::<Map<String, Value>>())),
        ]
    })
}

#[rustfmt::skip]
const FRAGMENTS: [&str; 60] = [
    "a", "b: 1", "a: ", "\n", "\n  ", "\n    ", " ", "\t", "- ", "- a\n", "? ", ": ", "[", "]", "{", "}", ",", ", ", "\"", "'", "\\", "\\n", "\\u00e9", "\\ud800",
    "&a ", "&b ", "*a", "*b", "<<: ", "<<: *a", "!!str ", "!!int ", "!!binary ", "! ", "!x ", "|", "|\n  ", ">-\n  ", "|2+\n", "# c\n", " # c\n", "---\n", "...\n", "%YAML 1.1\n",
    "yes", "~", "0x1f", "1_000", "1e3", ".inf", ".nan", "2001-01-01", "\u{feff}", "\u{85}", "\u{2028}", "\u{0}", "\r\n", "\u{1f6a7}", "word word", "12",
];

proptest! {
    #![proptest_config(tries(400))]

    #[test]
    fn what_was_written_is_read_as_what_it_was(value in value()) {
        let back = answer(&program("[yaml.unmarshal(yaml.marshal(input)) == input]"), &value);
        prop_assert_eq!(back, Ok(Answer::Value("[true]".into())), "{:?}", answer(&program("yaml.marshal(input)"), &value));
    }

    #[test]
    fn every_text_is_read_or_refused(parts in proptest::collection::vec(select(FRAGMENTS.to_vec()), 0..24)) {
        let text = json!(parts.concat());
        let read = answer(&program("[x | x := yaml.unmarshal(input)]"), &text);
        let is_valid = answer(&program("yaml.is_valid(input)"), &text);
        match (&read, is_valid) {
            (Ok(Answer::Value(found)), Ok(Answer::Value(valid))) => prop_assert_eq!(found != "[]", valid == "true"),
            (read, valid) => prop_assert_eq!(read, &valid),
        }
        if let Ok(Answer::Value(found)) = read {
            let found: Value = serde_json::from_str(&found).unwrap();
            let again = answer(&program("[y | some x in input; y := yaml.unmarshal(yaml.marshal(x))]"), &found);
            prop_assert_eq!(again, Ok(Answer::Value(found.to_string().into())));
        }
    }
}
