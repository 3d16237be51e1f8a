//! What `sprintf` answers to verbs and values, as Go does; the suite has but a few of them. And what a pattern of text,
//! an intersection of globs or a unit is where the suite does not say.

use crate::rego::value::{Form, Space, Stores, Value, read, write};
use crate::rego::vm::functions::{Context, Failure, find};
use crate::rego::vm::machine::{Request, Stop};

/// The builtin's answer to arguments in JSON, as JSON; a failure in words.
fn answer(builtin: &str, arguments: &[&str]) -> String {
    let mut stores = Stores::default();
    stores.units = 1 << 20;
    let arguments: Vec<Value> = arguments
        .iter()
        .map(|text| read(&mut stores, Space::Input, (*text).to_owned(), 64).unwrap_or(Value::UNDEFINED))
        .collect();
    let request = Request { steps: 0, units: 0, depth: 0, now_ns: None, seed: None, strict_builtin_errors: true };
    let mut steps = 1 << 20;
    let mut context = Context { stores: &mut stores, steps: &mut steps, request: &request, prints: &mut Vec::new() };
    match find(builtin).map(|function| function.call(&mut context, &arguments)) {
        Some(Ok(value)) => {
            let mut text = String::new();
            assert_eq!(write(&stores, value, Form::Json, &mut text, 1 << 20), Ok(()));
            text
        }
        Some(Err(Failure::Wrong { message, .. })) => message,
        Some(Err(Failure::Stop(Stop::Limit(name)))) => format!("limit {name}"),
        Some(Err(Failure::Stop(Stop::Error { code, .. }))) => code.to_owned(),
        Some(Err(Failure::Stop(Stop::Needs))) => "something is needed".to_owned(),
        None => "no such builtin".to_owned(),
    }
}

fn check(builtin: &str, cases: &[(&[&str], &str)]) {
    for (arguments, wanted) in cases {
        assert_eq!(answer(builtin, arguments), *wanted, "{builtin} {arguments:?}");
    }
}

/// What `sprintf` makes of a format and values in JSON.
fn formatted(format: &str, values: &str) -> String {
    let text = answer("sprintf", &[&serde_json::to_string(format).unwrap_or_default(), values]);
    serde_json::from_str(&text).unwrap_or(text)
}

#[test]
fn a_verb_prints_a_value_as_go_does() {
    for (format, values, wanted) in [
        ("%v %v %v", r#"["a", 1, 1.5]"#, "a 1 1.5"),
        ("%v", "[null]", "null"),
        ("%v", r#"[{"a": [1, "b"]}]"#, r#"{"a": [1, "b"]}"#),
        (
            "%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%o|%b|%c|%q|%U",
            "[1,2,3,4,5,6,255,255,8,5,65,65,65]",
            "1|    2|3    |00004|+5| 6|ff|FF|10|101|A|'A'|U+0041",
        ),
        ("%#x %#o %#b %O %#U", "[255, 8, 5, 8, 9731]", "0xff 010 0b101 0o10 U+2603 '\u{2603}'"),
        ("%.3d|%8.3d|%-8.3d|%08.3d|%.0d", "[5,5,-5,-5,0]", "005|     005|-005    |    -005|"),
        ("%03d %+04d", "[-5, 7]", "-05 +007"),
        ("%s", "[1]", "%!s(int=1)"),
        ("%d", r#"["a"]"#, "%!d(string=a)"),
        ("%d", "[1.5]", "%!d(float64=1.5)"),
        ("%d", "[true]", "%!d(string=true)"),
        ("%t", "[true]", "%!t(string=true)"),
        ("%z", "[1]", "%!z(int=1)"),
        ("%+z", "[1]", "%!z(int=+1)"),
        ("%!", "[]", "%!!(MISSING)"),
        ("%", "[]", "%!(NOVERB)"),
        ("%5", "[]", "%!(NOVERB)"),
        ("100%% %d", "[1]", "100% 1"),
        ("%-10%", "[]", "%"),
        ("%d %d", "[1]", "1 %!d(MISSING)"),
        ("%d", r#"[1, "a", 2.5]"#, "1%!(EXTRA string=a, float64=2.5)"),
        ("", "[1]", "%!(EXTRA int=1)"),
        ("%[2]d %[1]d", "[1, 2]", "2 1"),
        ("%[2]*[1]d", "[2, 5]", "    2"),
        ("%[3]d", "[1]", "%!d(BADINDEX)"),
        ("%[x]d", "[1]", "%!d(BADINDEX)"),
        ("%[1]", "[1]", "%!(NOVERB)"),
        ("%[]d", "[1]", "%!d(BADINDEX)"),
        ("%[1", "[1]", "%!(NOVERB)"),
        ("%*d|%-*d|%*d", "[4, 1, 4, 1, -4, 1]", "   1|1   |1   "),
        ("%*d", r#"["a", 1]"#, "%!(BADWIDTH)1"),
        ("%.*d", r#"["a", 1]"#, "%!(BADPREC)1"),
        ("%.", "[3]", "%!.(int=3)"),
        ("%s|%5s|%-5s|%05s|%.2s|%5.1s", r#"["a","b","c","d","äöü","xyz"]"#, "a|    b|c    |0000d|äö|    x"),
        ("%q %#q %+q", r#"["a\"b\n", "a`b", "é"]"#, r#""a\"b\n" "a`b" "\u00e9""#),
        ("%#q %#v", r#"["a\"b", "x"]"#, "`a\"b` \"x\""),
        ("%x|%X|% x|%#x|%# x|%.1x", r#"["hi","hi","hi","hi","hi","hi"]"#, "6869|6869|68 69|0x6869|0x68 0x69|68"),
        ("%T %T %T %T", r#"[1, 1.5, "a", 123456789012345678901]"#, "int float64 string *big.Int"),
        (
            "%d %s %v %x",
            "[123456789012345678901,123456789012345678901,-123456789012345678901,18446744073709551616]",
            "123456789012345678901 123456789012345678901 -123456789012345678901 10000000000000000",
        ),
        ("%q", "[123456789012345678901]", "%!q(big.Int=123456789012345678901)"),
        (
            "%025d|%25d|%-25d|",
            "[-123456789012345678901,123456789012345678901,123456789012345678901]",
            "-000123456789012345678901|    123456789012345678901|123456789012345678901    |",
        ),
        ("%w", "[1]", "%!w(int=1)"),
        ("%é", "[1]", "%!é(int=1)"),
    ] {
        assert_eq!(formatted(format, values), wanted, "{format} {values}");
    }
}

#[test]
fn floats_are_printed_as_go_does() {
    for (format, values, wanted) in [
        ("%v %v %v %v", "[1.0, 100000.5, 1000000.5, 123456789.0]", "1 100000.5 1.0000005e+06 1.23456789e+08"),
        ("%v %v %v %v", "[0.0001, 0.00001, 1e20, 1e21]", "0.0001 1e-05 1e+20 1e+21"),
        // In the middle between two numbers of 17 digits, of which the even one is printed.
        ("%v", "[2.98023223876953125e-8]", "2.9802322387695312e-08"),
        (
            "%f %.2f %.0f %5.1f|%-7.2f|%07.2f|%+.1f",
            "[1.5, 3.14159, 2.5, 2.25, 1.5, -1.5, 1.5]",
            "1.500000 3.14 2   2.2|1.50   |-001.50|+1.5",
        ),
        ("%e %E %.2e", "[1234.5678, 0.00012, 123456.0]", "1.234568e+03 1.200000E-04 1.23e+05"),
        (
            "%g %G %.3g %.3g %.3g %.10g",
            "[1e100, 1e-7, 1234.5678, 0.00012345, 100.0, 1.5]",
            "1e+100 1E-07 1.23e+03 0.000123 100 1.5",
        ),
        ("%6.2f|%-8.3f|%08.3f|%+08.2f", "[3.14159, 2.5, 2.5, 2.5]", "  3.14|2.500   |0002.500|+0002.50"),
        ("%#g %#.3g %#v", "[1.5, 1.5, 1.5]", "1.50000 1.50 1.5"),
        ("%x %X %.1x %b", "[1.5, 10.5, 1.96875, 1.5]", "0x1.8p+00 0X1.5P+03 0x1.0p+01 6755399441055744p-52"),
        ("%s", "[1.5]", "%!s(float64=1.5)"),
        ("%v %v", "[2e308, -0.0]", "2e308 -0"),
        ("%d", "[1.0]", "%!d(float64=1)"),
        ("%v", "[1e2]", "100"),
    ] {
        assert_eq!(formatted(format, values), wanted, "{format} {values}");
    }
}

#[test]
fn what_is_made_is_bounded() {
    for (format, values, wanted) in [
        ("%10001d", "[1]", "limit format_width"),
        ("%.10001f", "[1.5]", "limit format_width"),
        ("%*d", "[10001, 1]", "limit format_width"),
        ("%99999999999999999999d", "[1]", "limit format_width"),
    ] {
        assert_eq!(formatted(format, values), wanted, "{format} {values}");
    }
    assert_eq!(formatted(&"%[1]10000d".repeat(200), "[1]").len(), 2_600);
    assert_eq!(formatted(&"%10000[1]d".repeat(200), "[1]"), "limit memory_units");
    let long = format!("\"{}\"", "a".repeat(10_000));
    check(
        "replace",
        &[(&[&long, "\"\"", &long], "limit memory_units"), (&[&long, "\"a\"", &long], "limit memory_units")],
    );
    check("regex.replace", &[(&[&long, "\"a\"", &long], "limit memory_units")]);
    check(
        "regex.match",
        &[(&["\"(a{1000}){1000}\"", "\"a\""], "error parsing regexp: a part is repeated more than 1000 times")],
    );
    let longest = format!("\"{}\"", "a".repeat(262_145));
    check("regex.match", &[(&[&longest, "\"a\""], "limit regex_bytes")]);
}

#[test]
fn texts_are_those_of_opa() {
    check(
        "replace",
        &[
            (&["\"abc\"", "\"\"", "\"-\""], "\"-a-b-c-\""),
            (&["\"\"", "\"\"", "\"-\""], "\"-\""),
            (&["\"aaa\"", "\"aa\"", "\"b\""], "\"ba\""),
        ],
    );
    check(
        "strings.replace_n",
        &[
            (&["{\"a\":\"1\",\"ab\":\"2\",\"b\":\"3\"}", "\"abab\""], "\"1313\""),
            (&["{\"\":\"-\",\"a\":\"1\"}", "\"ab\""], "\"-1-b-\""),
            (&["{\"abx\":\"1\",\"aby\":\"2\",\"b\":\"3\"}", "\"abyabzabx\""], "\"2a3z1\""),
        ],
    );
    check("indexof_n", &[(&["\"aaåaa\"", "\"a\""], "[0,1,3,4]"), (&["\"aaaa\"", "\"aa\""], "[0,1,2]")]);
    check("indexof", &[(&["\"åäö\"", "\"ö\""], "2"), (&["\"a\"", "\"\""], "empty search character")]);
    check(
        "substring",
        &[(&["\"åäö\"", "1", "1"], "\"ä\""), (&["\"åäö\"", "1", "-1"], "\"äö\""), (&["\"abc\"", "5", "1"], "\"\"")],
    );
    check("upper", &[(&["\"straße ǆ ᾳ\""], "\"STRAßE Ǆ ᾼ\"")]);
    check("lower", &[(&["\"ΑΣ İ\""], "\"ας i\"".replace('ς', "σ").as_str())]);
    check(
        "split",
        &[(&["\"äb\"", "\"\""], "[\"ä\",\"b\"]"), (&["\"\"", "\"\""], "[]"), (&["\"\"", "\",\""], "[\"\"]")],
    );
    check("format_int", &[(&["-5.9", "2"], "\"-101\""), (&["-0.5", "10"], "\"0\""), (&["255", "16"], "\"ff\"")]);
    check(
        "strings.any_suffix_match",
        &[(&["[\"abc\",\"xyz\"]", "[\"q\",\"yz\"]"], "true"), (&["[\"abc\"]", "[]"], "false")],
    );
}

#[test]
fn patterns_are_those_of_opa() {
    check(
        "glob.match",
        &[
            (&["\"{a,b}*\"", "[]", "\"bcd\""], "true"),
            (&["\"a\\\\*b\"", "[]", "\"a*b\""], "true"),
            (&["\"a\\\\*b\"", "[]", "\"axb\""], "false"),
            (&["\"a[\"", "[]", "\"a\""], "unexpected end of input"),
            (&["\"?\"", "null", "\"\""], "true"),
            (&["\"ab**ba\"", "[]", "\"aba\""], "true"),
            (&["\"a*\"", "[\"/\",\":\"]", "\"ab.c\""], "true"),
            (&["\"a*\"", "[\"/\",\":\"]", "\"ab:c\""], "false"),
            (&["\"a*\"", "null", "\"ab.\\nc\""], "true"),
        ],
    );
    check(
        "regex.globs_match",
        &[
            (&["\"a+b*\"", "\"aab\""], "true"),
            (&["\"a\"", "\"ab*\""], "false"),
            (&["\"[a-c]+x\"", "\"[c-d]*.\""], "true"),
            (&["\".*b\"", "\"a.*\""], "true"),
            (
                &["\"a**\"", "\"a\""],
                "input:a**, pos:3, flag '*' must be preceded by a non-flag: the input provided is invalid",
            ),
        ],
    );
    check("regex.find_all_string_submatch_n", &[(&["\"a(x)?\"", "\"aax\"", "-1"], "[[\"a\",\"\"],[\"ax\",\"x\"]]")]);
    check("regex.split", &[(&["\"\"", "\"abc\""], "[\"a\",\"b\",\"c\"]")]);
}

#[test]
fn encodings_are_those_of_opa() {
    check(
        "json.marshal",
        &[(
            &["{\"b\":\"<&>\\u2028\\u0001\\b\",\"a\":[]}"],
            r#""{\"a\":[],\"b\":\"\\u003c\\u0026\\u003e\\u2028\\u0001\\b\"}""#,
        )],
    );
    check(
        "json.marshal_with_options",
        &[(
            &["{\"a\":[1,{}],\"b\":{\"c\":null}}", "{\"indent\":\" \"}"],
            r#""{\n \"a\": [\n  1,\n  {}\n ],\n \"b\": {\n  \"c\": null\n }\n}""#,
        )],
    );
    check(
        "json.unmarshal",
        &[
            (&[r#""\"\\ud800x\"""#], "\"\u{fffd}x\""),
            (&[r#""\"\\ud83d\\ude00\"""#], "\"\u{1f600}\""),
            (&["\"1.50\""], "1.50"),
            (&["\"1e100001\""], "limit number_exponent"),
        ],
    );
    check(
        "base64.decode",
        &[
            (&["\"aGVs\\nbG8=\""], "\"hello\""),
            (&["\"_w==\""], "illegal base64 data at input byte 0"),
            (&["\"/w==\""], "\"\u{fffd}\""),
        ],
    );
    check("urlquery.encode", &[(&["\"a b/é~\""], "\"a+b%2F%C3%A9~\"")]);
    check("urlquery.decode", &[(&["\"%C3%A9+%zz\""], "invalid URL escape \"%zz\"")]);
    check(
        "units.parse",
        &[
            (&["\"1500m\""], "1.5000000000"),
            (&["\"0.5Ki\""], "512"),
            (&["\"1E\""], "1000000000000000000"),
            (&["\"-1.25\""], "-1.2500000000"),
        ],
    );
    check(
        "units.parse_bytes",
        &[(&["\"1.5KiB\""], "1536"), (&["\"1e3\""], "1000"), (&["\"1x\""], "byte unit x not recognized")],
    );
    check(
        "semver.compare",
        &[
            (&["\"1.0.0-alpha.1\"", "\"1.0.0-alpha.beta\""], "-1"),
            (&["\"1.0.0\"", "\"1.0.0-rc.1\""], "1"),
            (&["\"1.0.0-a.01\"", "\"1.0.0-a.1\""], "0"),
        ],
    );
}
