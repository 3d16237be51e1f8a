//! YAML as the builtins read and write it: by the rules of YAML 1.1 that OPA's reader has, and as OPA lays it out.

use super::*;
use serde_json::json;

/// What `policy/x` of a term says, with a text or a value as its input.
fn ask(term: &str, input: &serde_json::Value) -> Answer {
    let program = program(format!("package policy\n\nx := {term}\n"));
    let input = Document::read(input.to_string().as_bytes()).unwrap();
    program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap_or_else(|error| panic!("{error}")).answer
}

/// What a text is read as.
fn value_of(text: &str) -> Answer {
    ask("yaml.unmarshal(input)", &json!(text))
}

/// Why a text is not read.
fn message_of(text: &str) -> String {
    let program = program("package policy\n\nx := yaml.unmarshal(input)\n");
    let input = Document::read(json!(text).to_string().as_bytes()).unwrap();
    let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
    let error = program.evaluate("policy/x", Some(&input), allowance).map(|found| found.answer).unwrap_err();
    assert_eq!(ask("yaml.is_valid(input)", &json!(text)), Answer::Value("false".into()), "{text}");
    assert_eq!(value_of(text), Answer::Undefined, "{text}");
    error.to_string()
}

/// The limit that reading a text reaches.
fn limit_of_reading(term: &str, text: &str) -> Option<String> {
    let program = program(format!("package policy\n\nx := y if y := {term}\n"));
    let input = Document::read(json!(text).to_string().as_bytes()).unwrap();
    let found = program.evaluate("policy/x", Some(&input), Allowance::default());
    found.err().map(|error| error.limit.unwrap().name)
}

#[test]
fn scalars_mean_what_they_mean_in_opa() {
    for (scalar, json) in [
        // Words.
        ("y", "true"),
        ("Yes", "true"),
        ("ON", "true"),
        ("True", "true"),
        ("n", "false"),
        ("no", "false"),
        ("Off", "false"),
        ("yEs", "\"yEs\""),
        ("", "null"),
        ("~", "null"),
        ("Null", "null"),
        ("nULL", "\"nULL\""),
        // Integers: with the radix before them, and underscores.
        ("0", "0"),
        ("-0", "0"),
        ("+12", "12"),
        ("1_000", "1000"),
        ("1__0", "10"),
        ("_1", "\"_1\""),
        ("017", "15"),
        ("0o17", "15"),
        ("0O17", "15"),
        ("0o8", "\"0o8\""),
        ("0xFf", "255"),
        ("-0x10", "-16"),
        ("0x", "\"0x\""),
        ("0b101", "5"),
        ("-0b101", "-5"),
        ("0b-1", "-1"),
        ("9223372036854775807", "9223372036854775807"),
        ("18446744073709551615", "18446744073709551615"),
        // Beyond 64 bits they are floats.
        ("18446744073709551616", "18446744073709552000"),
        ("-9223372036854775809", "-9223372036854776000"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
        // Floats.
        ("08", "8"),
        ("1.0", "1"),
        ("1.", "1"),
        (".5", "0.5"),
        ("+.5", "0.5"),
        (".5_0", "0.5"),
        ("._5", "\"._5\""),
        ("1e3", "1000"),
        ("1E+2", "100"),
        ("1e21", "1e+21"),
        ("0.0000001", "1e-7"),
        ("685.230_15e+03", "685230.15"),
        ("1e400", "\"1e400\""),
        ("1e-400", "0"),
        ("1e", "\"1e\""),
        ("0x1p3", "\"0x1p3\""),
        // What other readers take for numbers and times.
        ("1:30", "\"1:30\""),
        ("190:20:30.5", "\"190:20:30.5\""),
        ("2001-01-01", "\"2001-01-01\""),
        ("2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""),
        ("<<", "\"<<\""),
        ("1.2.3.4", "\"1.2.3.4\""),
        // Tags.
        ("!!str 12", "\"12\""),
        ("!!int \"12\"", "12"),
        ("!!float 3", "3"),
        ("!!bool 'yes'", "true"),
        ("!!null ''", "null"),
        ("!!timestamp 2001-01-01", "\"2001-01-01\""),
        ("!!binary aGVsbG8=", "\"hello\""),
        ("!!binary gIGC", "\"\u{fffd}\u{fffd}\u{fffd}\""),
        ("!own 12", "\"12\""),
        ("! \"12\"", "\"12\""),
        ("! true", "\"true\""),
        ("! ~", "\"~\""),
        ("!<tag:yaml.org,2002:int> \"3\"", "3"),
        ("!!set {a, b}", "{\"a\":null,\"b\":null}"),
        // Quotes.
        ("'12'", "\"12\""),
        ("\"yes\"", "\"yes\""),
        ("'it''s'", "\"it's\""),
        ("\"\\x41\\u00e9\\U0001F6A7\\t\\_\"", "\"A\u{e9}\u{1f6a7}\\t\u{a0}\""),
    ] {
        assert_eq!(
            value_of(&format!("[a, {scalar}]\n").replace("[a, ]", "[a, ~]")),
            Answer::Value(format!("[\"a\",{json}]").into()),
            "{scalar}"
        );
        assert_eq!(value_of(&format!("- {scalar}")), Answer::Value(format!("[{json}]").into()), "{scalar}");
    }
}

#[test]
fn ends_of_lines_of_unicode_stand_in_quotes_alone() {
    // OPA's reader ends the line there, so that what follows is no comment, or another value.
    for text in [
        "# x\u{85}admin: true",
        "# x\u{2029}admin: true",
        "a: 1 # x\u{2028}admin: true",
        "a: b\u{2028}c",
        "a: b\u{2028}c: d",
        "a: |\n  b\u{2028}c\n",
        "[a, # x\u{2028}\nb]",
        "[a # x\u{2028}, b\n]",
        "a: \"b\"\u{2028}c: d",
        "a: 1\n# x\u{2028}b: 2",
        "{\"a\u{2028}b\": 1}",
        "\"a\u{85}b\"",
        "\"a \u{2028}b\"",
        "'a\u{2028}\n b'",
        "\"a\u{2028}\u{2029}b\"",
        "\"a\u{2028}--- b\"",
    ] {
        // Some are no YAML for this reader either, who says so first.
        message_of(text);
    }
    assert!(message_of("# x\u{85}admin: true").contains("this end of a line is not read alike everywhere"));
    for text in ["\"a\u{2028}b\"", "[\"a\u{2029}b\", {\"c\": [\"d\u{2028}\"]}]"] {
        assert_eq!(ask("yaml.unmarshal(input) == json.unmarshal(input)", &json!(text)), Answer::Value("true".into()));
    }
    // What stands behind the document is not looked at.
    assert_eq!(value_of("{a: 1} # x\u{2028}b: 2"), Answer::Value("{\"a\":1}".into()));
    assert_eq!(value_of("a: 1\n---\n# x\u{2028}b: 2"), Answer::Value("{\"a\":1}".into()));
}

#[test]
fn documents_are_read_as_opa_reads_them() {
    for (text, json) in [
        ("", "null"),
        ("# nothing\n", "null"),
        ("---\n", "null"),
        ("\u{feff}a: 1", r#"{"a":1}"#),
        ("%YAML 1.1\n---\na", r#""a""#),
        // Of several documents the first.
        ("a: 1\n---\nb: 2\n", r#"{"a":1}"#),
        ("---\nhello\n...\n}no yaml", r#""hello""#),
        ("{a: 1} more", r#"{"a":1}"#),
        // JSON.
        (r#"{"a": [1, {"b": null}], "c":"\u00e9\n"}"#, r#"{"a":[1,{"b":null}],"c":"é\n"}"#),
        // Blocks.
        ("a:\n- b\n-\n  - c\n  - d: 1\n    e: 2\nf:\n", r#"{"a":["b",["c",{"d":1,"e":2}]],"f":null}"#),
        ("? a\n? b\n: c\n", r#"{"a":null,"b":"c"}"#),
        ("a: one\n  two\n\n  three\n", r#"{"a":"one two\nthree"}"#),
        ("a: |\n  one\n   two\n\nb: >-\n  one\n  two\n", r#"{"a":"one\n two\n","b":"one two"}"#),
        ("|\n  text", r#""text""#),
        ("|+\n  text\n\n", r#""text\n\n""#),
        ("a:\r\n  b\r\n", r#"{"a":"b"}"#),
        ("a:\tb # said\n", r#"{"a":"b"}"#),
        // Keys become texts; of equal ones the last counts.
        (
            "1: a\n-0x10: b\n1.5: c\n1e10: d\nyes: e\n.inf: f\n2001-01-01: g\n16777217.5: h\n",
            r#"{"-16":"b","1":"a","1.5":"c","1.6777218e+07":"h","1e+10":"d","2001-01-01":"g",".inf":"f","true":"e"}"#,
        ),
        ("a: 1\nb: 2\na: 3\n", r#"{"a":3,"b":2}"#),
        ("{a: .nan, a: 1}", r#"{"a":1}"#),
        // Anchors, aliases and merges; a merge counts where it stands.
        ("a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n*x : e\n", r#"{"3":"e","a":[1,2],"b":[1,2],"c":3,"d":3}"#),
        (
            "a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\nc: {l: 3, <<: *x}\n",
            r#"{"a":{"k":1,"l":2},"b":{"k":1,"l":3},"c":{"k":1,"l":2}}"#,
        ),
        ("<<: [{a: 1}, {a: 2, b: 3}]\n", r#"{"a":1,"b":3}"#),
        ("<<: {<<: {a: 1}, b: 2}\n", r#"{"a":1,"b":2}"#),
        ("\"<<\": 1\n", r#"{"<<":1}"#),
        ("!!merge <<: {a: 1}\n", r#"{"a":1}"#),
    ] {
        let wanted: serde_json::Value = serde_json::from_str(json).unwrap();
        match value_of(text) {
            Answer::Value(found) => {
                assert_eq!(serde_json::from_str::<serde_json::Value>(&found).unwrap(), wanted, "{text}");
            }
            Answer::Undefined => panic!("{text}: {:?}", message_of(text)),
        }
        assert_eq!(ask("yaml.is_valid(input)", &json!(text)), Answer::Value("true".into()), "{text}");
    }
    assert_eq!(ask("yaml.is_valid(input)", &json!(1)), Answer::Value("false".into()));
}

#[test]
fn what_is_no_yaml_is_said_in_the_words_of_opa() {
    for (text, message) in [
        ("[1,2,3", "yaml: line 1: did not find expected ',' or ']'"),
        ("{a: 1", "yaml: line 1: did not find expected ',' or '}'"),
        ("v: [A,", "yaml: line 1: did not find expected node content"),
        ("v:\n- [A,", "yaml: line 2: did not find expected node content"),
        ("a:\n- b: *,", "yaml: line 2: did not find expected alphabetic or numeric character"),
        ("a: *b\n", "yaml: unknown anchor 'b' referenced"),
        ("a: &a\n  b: *a\n", "yaml: anchor 'a' value contains itself"),
        ("a: &x null\n<<:\n- *x\n", "yaml: map merge requires map or sequence of maps as the value"),
        ("<<: 1", "yaml: map merge requires map or sequence of maps as the value"),
        ("value: -", "yaml: block sequence entries are not allowed in this context"),
        ("v: !!float 'error'", "yaml: cannot decode !!str `error` as a !!float"),
        ("v: !!int 1.5", "yaml: cannot decode !!float `1.5` as a !!int"),
        ("v: !!timestamp x", "yaml: cannot decode !!str `x` as a !!timestamp"),
        ("v: !!float 18446744073709551615", "yaml: cannot decode !!int `18446744073709551615` as a !!float"),
        ("a: !!binary ==", "yaml: !!binary value contains invalid base64 data"),
        ("{[.]}", "yaml: invalid map key"),
        ("? {a: 1}\n: 2", "yaml: invalid map key"),
        ("~: x", "unsupported map key of type"),
        ("18446744073709551615: x", "unsupported map key of type: uint64"),
        ("a: .nan", "json: unsupported value: NaN"),
        ("[-.inf]", "json: unsupported value: -Inf"),
        ("a: b: c", "yaml: mapping values are not allowed in this context"),
        ("a:\n  1:\nb\n  2:", "could not find expected ':'"),
        ("a: @x", "yaml: found character that cannot start any token"),
        ("\ta: 1", "yaml: found character that cannot start any token"),
        ("\"abc", "found unexpected end of stream"),
        ("'abc", "found unexpected end of stream"),
        ("a: \"\\/\"", "yaml: found unknown escape character"),
        ("a: \"\\ud83d\"", "yaml: found invalid Unicode character escape code"),
        ("a: \"\\ud83d\\ude00\"", "yaml: found invalid Unicode character escape code"),
        ("a: \u{0}", "yaml: control characters are not allowed"),
        ("a: \u{7f}", "yaml: control characters are not allowed"),
        ("\u{fffe}a\u{0}", "yaml: control characters are not allowed"),
        ("%YAML 1.2\n---\na", "yaml: found incompatible YAML document"),
        ("a: !x!y z", "found undefined tag handle"),
        ("[a?b]", "did not find expected ',' or ']'"),
    ] {
        let found = message_of(text);
        assert!(found.contains(message), "{text:?}: {found}");
    }
}

#[test]
fn values_are_written_as_opa_writes_them() {
    let long = "word ".repeat(30);
    let (words, folded) = (long.trim_end(), format!("a: {}word\n  {}word\n", "word ".repeat(15), "word ".repeat(13)));
    for (value, text) in [
        (json!(null), "null\n"),
        (json!([]), "[]\n"),
        (json!({}), "{}\n"),
        (json!("a"), "a\n"),
        (json!({"a": {"b": []}, "c": [{}, null, true]}), "a:\n  b: []\nc:\n- {}\n- null\n- true\n"),
        (json!([[1, [2]], {"a": 1, "b": [3]}]), "- - 1\n  - - 2\n- a: 1\n  b:\n  - 3\n"),
        // Numbers: those of 64 bits, and floats with an exponent from 1e+06 on.
        (json!([0, -10, 18_446_744_073_709_551_615_u64]), "- 0\n- -10\n- 18446744073709551615\n"),
        (
            serde_json::from_str("[1.0, 0.1, 1e3, 1000000.5, 1e21, 0.00001, 123456789012345678901]").unwrap(),
            "- 1\n- 0.1\n- 1000\n- 1.0000005e+06\n- 1e+21\n- 1e-05\n- 1.2345678901234568e+20\n",
        ),
        (serde_json::from_str("[1e400]").unwrap(), "- 1e+400\n"),
        // Texts that would mean something else stand in double quotes.
        (
            json!(["", "yes", "~", "null", "12", "0x1", "1_0", ".5", "1:30", "2001-01-01", "<<"]),
            "- \"\"\n- \"yes\"\n- \"~\"\n- \"null\"\n- \"12\"\n- \"0x1\"\n- \"1_0\"\n- \".5\"\n- \"1:30\"\n- \"2001-01-01\"\n- \"<<\"\n",
        ),
        // Those that would be signs stand in single quotes.
        (
            json!([
                "-", "- a", "-a", "?", "?a", ":", "a: b", "a:", "a:b", "#", "a #b", "a#b", "---a", "'", "a'b", "\"a",
                "%", "@", "[", "a[", "it's: x"
            ]),
            "- '-'\n- '- a'\n- -a\n- '?'\n- ?a\n- ':'\n- 'a: b'\n- 'a:'\n- a:b\n- '#'\n- 'a #b'\n- a#b\n- '---a'\n- ''''\n- a'b\n- '\"a'\n- '%'\n- '@'\n- '['\n- a[\n- 'it''s: x'\n",
        ),
        (json!([" a", "a ", "<foo>"]), "- ' a'\n- 'a '\n- <foo>\n"),
        // What cannot be seen stands as an escape.
        (
            json!(["a\tb", "\u{0}\u{1b}\r", "\u{1f6a7}", "\u{e9}", "a\u{85}\u{2028}", "\u{feff}a"]),
            "- \"a\\tb\"\n- \"\\0\\e\\r\"\n- \"\\U0001F6A7\"\n- \u{e9}\n- \"a\\N\\L\"\n- \"\\uFEFF\\x61\"\n",
        ),
        // Several lines.
        (
            json!({"a": "x\ny\n", "b": "x\n\ny", "c": "x\n\n", "d": " x\ny", "e": "\n"}),
            "a: |\n  x\n  y\nb: |-\n  x\n\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\ne: |2+\n\n",
        ),
        (json!(["x\ny", {"a": "x\ny"}]), "- |-\n  x\n  y\n- a: |-\n    x\n    y\n"),
        (json!(["x \ny", "x\ny ", "x\n\ty"]), "- \"x \\ny\"\n- \"x\\ny \"\n- \"x\\n\\ty\"\n"),
        // Long ones are broken between words.
        (json!({"a": words}), &*folded),
        // Keys.
        (
            json!({"a10": 1, "a9": 2, "B": 3, "_": 4, "10": 5, "9": 6}),
            "_: 4\n\"9\": 6\n\"10\": 5\nB: 3\na9: 2\na10: 1\n",
        ),
        (json!({"a\nb": 1, "c": 2}), "? |-\n  a\n  b\n: 1\nc: 2\n"),
        (json!({"k".repeat(128): 1}), &*format!("{}: 1\n", "k".repeat(128))),
        (json!({"k".repeat(129): [1]}), &*format!("? {}\n: - 1\n", "k".repeat(129))),
    ] {
        let Answer::Value(found) = ask("yaml.marshal(input)", &value) else { panic!("{value} is not written") };
        assert_eq!(serde_json::from_str::<String>(&found).unwrap(), text, "{value}");
        if !value.to_string().contains("1e+400") && !value.to_string().contains("123456789012345678901") {
            assert_eq!(
                ask("[yaml.unmarshal(yaml.marshal(input)) == input]", &value),
                Answer::Value("[true]".into()),
                "{text}"
            );
        }
    }
    assert_eq!(ask("yaml.marshal({{1, 2}, \"a\"})", &json!(1)), Answer::Value("\"- a\\n- - 1\\n  - 2\\n\"".into()));
    assert_eq!(ask("yaml.marshal({[1]: 2, 3: 4})", &json!(1)), Answer::Value("\"'[1]': 2\\n\\\"3\\\": 4\\n\"".into()));
}

#[test]
fn what_opa_cannot_write_is_not_written() {
    for value in [json!("\u{7f}"), json!(["\u{fffe}"]), json!({"\u{9f}": 1}), json!({"k".repeat(1_023): 1})] {
        assert_eq!(ask("yaml.marshal(input)", &value), Answer::Undefined, "{value}");
    }
    assert_ne!(ask("yaml.marshal(input)", &json!({"k".repeat(1_022): 1})), Answer::Undefined);
}

#[test]
fn hostile_texts_end_with_a_value_a_mistake_or_a_limit() {
    let levels = |open: &str, count: usize, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(count), close.repeat(count))
    };
    assert_eq!(limit_of_reading("yaml.unmarshal(input)", &levels("[", 512, "", "]")), None);
    for deep in [
        levels("[", 513, "", "]"),
        levels("[", 10_000, "", "]"),
        levels("{a: ", 10_000, "1", "}"),
        levels("- ", 10_000, "a", ""),
        levels("? ", 10_000, "a", ""),
        "[".repeat(100_000),
    ] {
        for term in ["yaml.unmarshal(input)", "yaml.is_valid(input)"] {
            assert_eq!(limit_of_reading(term, &deep).as_deref(), Some("data_nesting"), "{:.20}", deep);
        }
    }
    // Aliases that stand for ever more.
    let bomb = |levels: usize, each: usize| {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..=levels {
            let aliases = vec![format!("*a{}", level - 1); each].join(", ");
            writeln!(text, "a{level}: &a{level} [{aliases}]").unwrap();
        }
        text
    };
    assert!(message_of(&bomb(9, 9)).contains("document contains excessive aliasing"));
    assert!(message_of(&bomb(60, 2)).contains("document contains excessive aliasing"));
    assert_eq!(value_of(&bomb(2, 3)), value_of(&bomb(2, 3)));
    let mut merges = "a0: &a0 {k: 1}\n".to_owned();
    for level in 1..40 {
        writeln!(merges, "a{level}: &a{level} {{<<: [*a{0}, *a{0}], k{level}: 1}}", level - 1).unwrap();
    }
    assert!(message_of(&merges).contains("document contains excessive aliasing"));
    // A chain of merges that is longer than values may be deep.
    let mut chain = "a0: &a0 {k: 1}\n".to_owned();
    for level in 1..600 {
        writeln!(chain, "a{level}: &a{level} {{<<: *a{}, k{level}: 1}}", level - 1).unwrap();
    }
    assert!(message_of(&chain).contains("document contains excessive aliasing"));
    // More than there is time or room for.
    let many = format!("[{}]", vec!["a"; 3_000_000].join(","));
    assert!(limit_of_reading("yaml.unmarshal(input)", &many).is_some());
    for text in [
        "x".repeat(1_000_000),
        format!("\"{}", "\\".repeat(500_000)),
        format!("{}: 1", "k".repeat(100_000)),
        " ".repeat(1_000_000),
        "\n".repeat(1_000_000),
        "#\n".repeat(500_000),
        "&a ".repeat(100_000),
        "!a ".repeat(100_000),
        "- \n".repeat(100_000),
        "?\n".repeat(100_000),
        "a: &a\n".repeat(50_000),
        "'".repeat(100_001),
        "---\n".repeat(100_000),
        format!("%TAG !a! {}\n---\n[{}]", "x".repeat(900), "!a!b c, ".repeat(20_000)),
        format!("{}a: 1", " \t".repeat(100_000)),
        format!("7{}", "_7".repeat(200_000)),
    ] {
        let limit = limit_of_reading("yaml.is_valid(input)", &text);
        assert!(limit.is_none() || limit.as_deref() == Some("data_nesting"), "{text:.10}: {limit:?}");
    }
}
