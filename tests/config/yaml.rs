//! Configurations and files of tests in YAML: what scalars and merges mean by both sets of rules, and texts that mean harm.

use crate::{Rows, call};
use regate::api::Engine;
use serde_json::{Value, json};

/// What a text says by the rules of that name; its error where it says nothing.
fn read(text: &[u8], rules: &str) -> Value {
    let mut answer = call(&mut Engine::new(), "read_config", &json!({ "rules": rules }), Some(text));
    if answer.get("ok").is_some() { answer["ok"]["value"].take() } else { answer["error"].take() }
}

fn both(text: &str) -> [Value; 2] {
    ["configuration", "tests"].map(|rules| read(text.as_bytes(), rules))
}

#[test]
fn scalars_mean_the_same_by_both_rules() {
    let mut rows = Rows::default();
    for (text, wanted) in [
        ("a: 010", json!({ "a": 8 })),
        ("a: 0o10", json!({ "a": 8 })),
        ("a: 0x1F", json!({ "a": 31 })),
        ("a: 0b101", json!({ "a": 5 })),
        ("a: 1_000", json!({ "a": 1000 })),
        ("a: -12", json!({ "a": -12 })),
        ("a: +12", json!({ "a": 12 })),
        ("a: 1e3", json!({ "a": 1000 })),
        ("a: 1:30", json!({ "a": "1:30" })),
        ("a: 1.0", json!({ "a": 1 })),
        ("a: 1.5", json!({ "a": 1.5 })),
        ("a: .5", json!({ "a": 0.5 })),
        ("a: 08", json!({ "a": 8 })),
        ("a: true", json!({ "a": true })),
        ("a: False", json!({ "a": false })),
        ("a: tRue", json!({ "a": "tRue" })),
        ("a: ~", json!({ "a": null })),
        ("a: null", json!({ "a": null })),
        ("a:", json!({ "a": null })),
        ("a: ''", json!({ "a": "" })),
        ("a: '010'", json!({ "a": "010" })),
        ("a: \"true\"", json!({ "a": "true" })),
        ("a: !!str 12", json!({ "a": "12" })),
        ("a: !!int '12'", json!({ "a": 12 })),
        ("a: !!float 1", json!({ "a": 1 })),
        ("a: 1.2.3", json!({ "a": "1.2.3" })),
        ("a: 12abc", json!({ "a": "12abc" })),
        ("a: |\n  one\n  two\n", json!({ "a": "one\ntwo\n" })),
        ("a: >-\n  one\n  two\n", json!({ "a": "one two" })),
        ("1: a", json!({ "1": "a" })),
        ("1.5: a", json!({ "1.5": "a" })),
        ("0x1F: a", json!({ "31": "a" })),
        ("true: a", json!({ "true": "a" })),
        ("~: a", json!({ "<nil>": "a" })),
        ("null: a", json!({ "<nil>": "a" })),
        ("? a\n: b", json!({ "a": "b" })),
        ("'on': a", json!({ "on": "a" })),
        ("a: 12 # told\n# end\n", json!({ "a": 12 })),
        ("{\"a\": [1, {\"b\": null}]}", json!({ "a": [1, { "b": null }] })),
        ("- a\n- b: c\n", json!(["a", { "b": "c" }])),
        ("a", json!("a")),
        ("", Value::Null),
        ("# a comment\n", Value::Null),
        ("---\n", Value::Null),
        ("---\na: 1\n", json!({ "a": 1 })),
        ("%YAML 1.1\n---\na: 1\n", json!({ "a": 1 })),
        ("a: &x [1]\nb: *x\n", json!({ "a": [1], "b": [1] })),
        ("a: \"\\u00e9\\x41\\n\"", json!({ "a": "éA\n" })),
        ("a: -0", json!({ "a": 0 })),
        ("a: 0x", json!({ "a": "0x" })),
        ("a: 0b12", json!({ "a": "0b12" })),
        ("a: 0o8", json!({ "a": "0o8" })),
        ("a: _1", json!({ "a": "_1" })),
        ("a: 1_", json!({ "a": 1 })),
        ("a: 190:20:30", json!({ "a": "190:20:30" })),
        ("a: !custom x", json!({ "a": "x" })),
        ("1e3: a", json!({ "1000": "a" })),
        ("1e30: a", json!({ "1e+30": "a" })),
        ("18446744073709551615: a", json!({ "18446744073709551615": "a" })),
        ("x: &x a\n? *x\n: 1\n", json!({ "x": "a", "a": 1 })),
        // What is beyond the largest double is a text.
        ("a: 1e400", json!({ "a": "1e400" })),
    ] {
        for (rules, given) in ["configuration", "tests"].iter().zip(both(text)) {
            rows.same(&format!("{text:?} as {rules}"), &given, &wanted);
        }
    }
    // Whole numbers are exact as far as 64 bits reach.
    for (text, digits) in [
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "9223372036854775808"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
        ("18446744073709551616", "18446744073709552000"),
        ("1e21", "1e+21"),
        ("1e-7", "1e-7"),
    ] {
        for given in both(text) {
            let written = given.to_string();
            rows.same(&format!("the digits of {text}"), &json!(written), &json!(digits));
        }
    }
    rows.end();
}

#[test]
fn words_dates_and_repeated_keys_differ() {
    let mut rows = Rows::default();
    for (text, configuration, tests) in [
        ("a: on", json!({ "a": "on" }), json!({ "a": true })),
        ("a: yes", json!({ "a": "yes" }), json!({ "a": true })),
        ("a: y", json!({ "a": "y" }), json!({ "a": true })),
        ("a: Y", json!({ "a": "Y" }), json!({ "a": true })),
        ("a: ON", json!({ "a": "ON" }), json!({ "a": true })),
        ("a: off", json!({ "a": "off" }), json!({ "a": false })),
        ("a: no", json!({ "a": "no" }), json!({ "a": false })),
        ("a: n", json!({ "a": "n" }), json!({ "a": false })),
        ("a: No", json!({ "a": "No" }), json!({ "a": false })),
        ("a: oN", json!({ "a": "oN" }), json!({ "a": "oN" })),
        ("a: 'on'", json!({ "a": "on" }), json!({ "a": "on" })),
        ("on: push", json!({ "on": "push" }), json!({ "true": "push" })),
        ("n: push", json!({ "n": "push" }), json!({ "false": "push" })),
        ("a: 2001-01-02", json!({ "a": "2001-01-02T00:00:00Z" }), json!({ "a": "2001-01-02" })),
        ("a: 2001-01-02T03:04:05Z", json!({ "a": "2001-01-02T03:04:05Z" }), json!({ "a": "2001-01-02T03:04:05Z" })),
        ("a: '2001-01-02'", json!({ "a": "2001-01-02" }), json!({ "a": "2001-01-02" })),
        ("a: !!timestamp '2001-01-02'", json!({ "a": "2001-01-02T00:00:00Z" }), json!({ "a": "2001-01-02" })),
        ("a: 2001-13-02", json!({ "a": "2001-13-02" }), json!({ "a": "2001-13-02" })),
        ("2001-01-02: a", json!({ "2001-01-02 00:00:00 +0000 UTC": "a" }), json!({ "2001-01-02": "a" })),
    ] {
        let given = both(text);
        rows.same(&format!("{text:?} as configuration"), &given[0], &configuration);
        rows.same(&format!("{text:?} as tests"), &given[1], &tests);
    }
    for (text, key, first, line, kept) in [
        ("a: 1\na: 2\n", "a", 1, 2, json!({ "a": 2 })),
        ("b:\n  a: 1\n  c: 2\n  a: 3\n", "a", 2, 4, json!({ "b": { "a": 3, "c": 2 } })),
        ("{a: 1, a: 2}", "a", 1, 1, json!({ "a": 2 })),
        ("a: 1\n'a': 2\n", "a", 1, 2, json!({ "a": 2 })),
    ] {
        let given = both(text);
        let message =
            format!("yaml: unmarshal errors:\n  line {line}: mapping key \"{key}\" already defined at line {first}");
        rows.same(
            &format!("{text:?} as configuration"),
            &json!([given[0]["code"], given[0]["message"]]),
            &json!(["input_not_yaml", message]),
        );
        rows.same(&format!("{text:?} as tests"), &given[1], &kept);
    }
    rows.end();
}

#[test]
fn what_is_merged_never_replaces_a_configuration() {
    let mut rows = Rows::default();
    let bases = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n";
    for (object, configuration, tests) in [
        ("{<<: *x}", json!({ "a": 1, "b": 1 }), json!({ "a": 1, "b": 1 })),
        ("{<<: *x, b: 9}", json!({ "b": 9, "a": 1 }), json!({ "a": 1, "b": 9 })),
        // The last one counts, also where it was merged.
        ("{b: 9, <<: *x}", json!({ "b": 9, "a": 1 }), json!({ "b": 1, "a": 1 })),
        ("{<<: [*x, *y]}", json!({ "a": 1, "b": 1, "c": 2 }), json!({ "a": 1, "b": 1, "c": 2 })),
        ("{<<: [*y, *x]}", json!({ "a": 1, "b": 2, "c": 2 }), json!({ "a": 1, "b": 2, "c": 2 })),
        ("{<<: {a: 3}}", json!({ "a": 3 }), json!({ "a": 3 })),
        ("{<<: [{a: 3}, {a: 4, d: 4}]}", json!({ "a": 3, "d": 4 }), json!({ "a": 3, "d": 4 })),
        ("{<<: {<<: *x, a: 5}}", json!({ "a": 5, "b": 1 }), json!({ "a": 5, "b": 1 })),
        ("{<<: []}", json!({}), json!({})),
        ("{'<<': 1}", json!({ "<<": 1 }), json!({ "<<": 1 })),
        ("{o: {<<: *x}}", json!({ "o": { "a": 1, "b": 1 } }), json!({ "o": { "a": 1, "b": 1 } })),
    ] {
        let mut given = both(&format!("{bases}z: {object}\n"));
        rows.same(&format!("{object} as configuration"), &given[0]["z"].take(), &configuration);
        rows.same(&format!("{object} as tests"), &given[1]["z"].take(), &tests);
    }
    for object in ["{<<: 1}", "{<<: [1]}", "{<<: text}", "{<<: [*x, [*y]]}"] {
        for given in both(&format!("{bases}z: {object}\n")) {
            rows.same(
                object,
                &json!([given["code"], given["message"]]),
                &json!(["input_not_yaml", "yaml: map merge requires map or sequence of maps as the value"]),
            );
        }
    }
    rows.end();
}

#[test]
fn keys_that_are_no_scalars_and_broken_texts_are_refused() {
    let mut rows = Rows::default();
    for text in [
        "? [a]\n: b",
        "? {a: b}\n: c",
        "{[a]: b}",
        "a: [1",
        "a: {b: 1",
        "a: \"b",
        "a: 'b",
        "\ta: 1",
        "a:\n\tb: 1\n",
        "a: b: c",
        "a: *nowhere",
        "a: &x *x",
        "a: !!int text",
        "a: @b",
        "a: `b",
        "- a\nb: c\n",
        "a: \"\\q\"",
        "a: 1\n b: 2\n",
        "a: &x [*x]",
        "a: &x {b: *x}",
        "a: &x {<<: *x}",
        "%YAML 3.0\n---\na: 1\n",
        "]",
    ] {
        for (rules, given) in ["configuration", "tests"].iter().zip(both(text)) {
            let is_told = given["message"].as_str().is_some_and(|message| message.starts_with("yaml: "));
            rows.same(
                &format!("{text:?} as {rules}: {given}"),
                &json!([given["code"], is_told]),
                &json!(["input_not_yaml", true]),
            );
        }
    }
    rows.same(
        "an anchor around itself",
        &both("a: &x [*x]")[0]["message"],
        &json!("yaml: anchor 'x' value contains itself"),
    );
    for (text, name) in [(".inf", "+Inf"), ("a: -.inf", "-Inf"), ("[.NaN]", "NaN")] {
        for given in both(text) {
            let wanted = format!("failed to prepare context for evaluation: json: unsupported value: {name}");
            rows.same(text, &json!([given["code"], given["message"]]), &json!(["input_not_yaml", wanted]));
        }
    }
    rows.end();
}

#[test]
fn bytes_that_are_no_text_are_refused_and_a_mark_in_front_is_passed_over() {
    let mut rows = Rows::default();
    let utf16: Vec<u8> = "\u{feff}a: 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16_be: Vec<u8> = "\u{feff}a: 1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for rules in ["configuration", "tests"] {
        rows.same("a mark of UTF-8", &read("\u{feff}a: 1\n".as_bytes(), rules), &json!({ "a": 1 }));
        for (row, bytes) in [
            ("UTF-16", utf16.as_slice()),
            ("UTF-16 BE", &utf16_be),
            ("latin-1", b"a: \xe9\n"),
            ("half a character", b"a: \xc3"),
        ] {
            let given = read(bytes, rules);
            rows.same(
                &format!("{row}: {given}"),
                &json!([given["code"], given["help"]]),
                &json!(["input_not_yaml", "save the file as UTF-8"]),
            );
        }
        for text in ["a: \u{0}", "a: \u{7}", "\u{1}"] {
            rows.same(&format!("{text:?}"), &read(text.as_bytes(), rules)["code"], &json!("input_not_yaml"));
        }
        // Pairs that JSON writes are refused as their halves are.
        for text in [r#"a: "\ud83d""#, r#"a: "\ude00""#, r#"a: "\ud83d\ude00""#] {
            let given = &read(text.as_bytes(), rules)["message"];
            rows.same(text, given, &json!("yaml: found invalid Unicode character escape code"));
        }
        rows.same("several documents", &read(b"a: 1\n---\nb: 2\n", rules), &json!({ "a": 1 }));
        rows.same("an end", &read(b"a: 1\n...\n", rules), &json!({ "a": 1 }));
        let header = read(b"%YAML 1.2\n---\na: 1\n", rules);
        let wanted = json!(["input_not_yaml", "yaml: found incompatible YAML document", "leave `%YAML` out"]);
        rows.same("a header of YAML 1.2", &json!([header["code"], header["message"], header["help"]]), &wanted);
    }
    rows.end();
}

/// Lists of aliases of lists, each ten times as large as the one before.
fn bomb(levels: usize, open: &str, item: impl Fn(usize) -> String, close: &str) -> String {
    let mut text = format!("x0: &x0 {open}{close}\n");
    for level in 1..=levels {
        let items: Vec<String> = (0..10).map(|at| item(at).replace("LAST", &format!("*x{}", level - 1))).collect();
        text.push_str(&format!("x{level}: &x{level} {open}{}{close}\n", items.join(", ")));
    }
    text
}

#[test]
fn texts_that_unfold_without_end_reach_a_limit() {
    let mut rows = Rows::default();
    let wide = format!("a: [{}]\n", "1,".repeat(1_100_000));
    let merges = {
        let mut text = "x0: &x0 {a: 1}\n".to_owned();
        for level in 1..=20 {
            let below = vec![format!("*x{}", level - 1); 10].join(", ");
            text.push_str(&format!("x{level}: &x{level} {{<<: [{below}]}}\n"));
        }
        text
    };
    let text_copies = format!("t: &t {}\nl: [{}]\n", "x".repeat(100_000), "*t,".repeat(2_000));
    for (row, text, limit) in [
        ("lists of aliases", bomb(20, "[", |_| "LAST".to_owned(), "]"), Some("input_bytes")),
        ("objects of aliases", bomb(20, "{", |at| format!("k{at}: LAST"), "}"), Some("input_bytes")),
        ("merges of aliases", merges, Some("input_bytes")),
        ("copies of a long text", text_copies, Some("input_bytes")),
        ("a list of 10,000 lists", "[".repeat(10_000) + &"]".repeat(10_000), Some("data_nesting")),
        ("objects within 10,000 objects", "{a: ".repeat(10_000) + &"}".repeat(10_000), Some("data_nesting")),
        ("10,000 steps in a block", "- ".repeat(10_000) + "a", Some("data_nesting")),
        ("brackets that stay open", "[".repeat(100_000), None),
        ("more than a million values", wide, Some("config_values")),
    ] {
        for (rules, given) in ["configuration", "tests"].iter().zip(both(&text)) {
            let told = given["message"].as_str().unwrap_or_default();
            rows.holds(&format!("{row} as {rules}"), told, "yaml: ");
            if let Some(limit) = limit {
                rows.same(
                    &format!("{row} as {rules}"),
                    &json!([given["code"], given["limit"]["name"]]),
                    &json!(["limit_exceeded", limit]),
                );
            }
        }
    }
    let long = "x".repeat(1_000_000);
    for given in both(&format!("a: {long}\n")) {
        rows.same("a scalar of a megabyte", &json!(given["a"].as_str().map(str::len)), &json!(1_000_000));
    }
    for given in both(&format!("a: {}\n", "9".repeat(1_000_000))) {
        rows.same(
            "a number of a million digits is a text",
            &json!(given["a"].as_str().map(str::len)),
            &json!(1_000_000),
        );
    }
    let keys: String = (0..50_000).map(|at| format!("k{at}: {at}\n")).collect();
    for given in both(&keys) {
        rows.same("many keys", &json!(given.as_object().map(serde_json::Map::len)), &json!(50_000));
    }
    let open = "\"".to_owned() + &"a\n".repeat(100_000);
    for given in both(&open) {
        rows.same("a quotation mark that stays open", &given["code"], &json!("input_not_yaml"));
    }
    rows.end();
}
