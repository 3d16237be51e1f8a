//! Values as texts: formats, templates, and what stands for what is missing, as OPA prints them.

use super::*;

#[test]
fn strings_inside_of_collections_are_quoted_as_go_quotes_them() {
    let input =
        Document::read(r#"{"s": "a\n\u0007\u0001\"\\é\u00a0\u2028\u007f<😀", "b": "\u0301"}"#.as_bytes()).unwrap();
    let ask = |term: &str| {
        let program = program(format!("package policy\n\nx := {term}\n"));
        match program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap().answer {
            Answer::Value(text) => serde_json::from_str::<String>(&text).unwrap(),
            Answer::Undefined => panic!("{term} is undefined"),
        }
    };
    let quoted = r#""a\n\a\x01\"\\é\u00a0\u2028\x7f<😀""#;
    assert_eq!(ask("sprintf(\"%v\", [[input.s]])"), format!("[{quoted}]"));
    assert_eq!(ask("sprintf(\"%v\", [{input.s: {input.s}}])"), format!("{{{quoted}: {{{quoted}}}}}"));
    assert_eq!(ask("$\"{[input.s]}\""), format!("[{quoted}]"));
    assert_eq!(ask("sprintf(\"%v\", [[input.b]])"), "[\"\u{301}\"]");
    // By itself it is as it is.
    assert_eq!(ask("sprintf(\"%v\", [input.b])"), "\u{301}");
    // In JSON it is what JSON says.
    assert_eq!(ask("json.marshal([\"a\\u007f\\n\"])"), "[\"a\u{7f}\\n\"]");
}

#[test]
fn a_format_says_what_is_missing_and_what_is_too_much_as_go_does() {
    for (call, printed) in [
        ("sprintf(\"%d\", [])", "%!d(MISSING)"),
        ("sprintf(\"%d %s\", [1])", "1 %!s(MISSING)"),
        ("sprintf(\"%[3]d\", [1, 2])", "%!d(BADINDEX)"),
        ("sprintf(\"%[0]d\", [1])", "%!d(BADINDEX)"),
        ("sprintf(\"%[x]d\", [1])", "%!d(BADINDEX)"),
        ("sprintf(\"%[2]d %d\", [1, 2])", "2 %!d(MISSING)"),
        ("sprintf(\"%[2]d %[1]d\", [1, 2])", "2 1"),
        ("sprintf(\"%*d\", [5, 1])", "    1"),
        ("sprintf(\"%*d\", [1])", "%!d(MISSING)"),
        ("sprintf(\"%*d\", [\"a\", 1])", "%!(BADWIDTH)1"),
        ("sprintf(\"%.*d\", [\"a\", 1])", "%!(BADPREC)1"),
        ("sprintf(\"%\", [])", "%!(NOVERB)"),
        ("sprintf(\"%d%\", [1])", "1%!(NOVERB)"),
        ("sprintf(\"%d\", [1, 2, \"a\"])", "1%!(EXTRA int=2, string=a)"),
        ("sprintf(\"%d\", [\"a\"])", "%!d(string=a)"),
        ("sprintf(\"%z\", [1])", "%!z(int=1)"),
        ("sprintf(\"%d\", [1.5])", "%!d(float64=1.5)"),
        ("sprintf(\"%s\", [1])", "%!s(int=1)"),
        ("sprintf(\"%t\", [true])", "%!t(string=true)"),
        ("sprintf(\"%d\", [[1]])", "%!d(string=[1])"),
        ("sprintf(\"%d\", [99999999999999999999])", "99999999999999999999"),
        ("sprintf(\"%t\", [99999999999999999999])", "%!t(big.Int=99999999999999999999)"),
        ("sprintf(\"%v %v\", [null, set()])", "null set()"),
    ] {
        let program = program(format!("package policy\n\nx := {call}\n"));
        let answer = program.evaluate("policy/x", None, Allowance::default()).unwrap().answer;
        assert_eq!(answer, Answer::Value(serde_json::to_string(printed).unwrap().into()), "{call}");
    }
}

#[test]
fn errors_quote_texts_as_go_does() {
    let input = Document::read(r#"{"s": "1\u0001\"\\é\u00a0\u007f😀"}"#.as_bytes()).unwrap();
    let strict = || Allowance { strict_builtin_errors: true, ..Allowance::default() };
    let quoted = r#""1\x01\"\\é\u00a0\x7f😀""#;
    // Durations have quotation marks of their own.
    let in_bytes = |text: &str| text.replace('é', r"\xc3\xa9").replace('😀', r"\xf0\x9f\x98\x80");
    let (unit, duration) = ("\\x01\\\"\\\\é\\xc2\\xa0\u{7f}😀", "1\\x01\\\"\\\\é\\xc2\\xa0\u{7f}😀");
    for (call, said) in [
        ("to_number(input.s)", format!("strconv.ParseFloat: parsing {quoted}: invalid syntax")),
        ("json.marshal_with_options(1, {input.s: 1})", format!("object contained unknown key {quoted}")),
        ("urlquery.decode(concat(\"\", [\"%\", \"\\u0001\", \"a\"]))", r#"invalid URL escape "%\x01a""#.to_owned()),
        (
            "time.parse_duration_ns(input.s)",
            in_bytes(&format!("time: unknown unit \"{unit}\" in duration \"{duration}\"")),
        ),
        ("time.parse_duration_ns(\"\\u0001\")", r#"time: invalid duration "\x01""#.to_owned()),
    ] {
        let program = program(format!("package policy\n\nx := {call}\n"));
        let error = program.evaluate("policy/x", Some(&input), strict()).unwrap_err();
        assert!(error.message.contains(&said), "{call}\n{}\n{said}", error.message);
    }
}

#[test]
fn floats_have_as_many_digits_as_a_format_asks_for() {
    for (call, printed) in [
        ("sprintf(\"%.1500f\", [0.5])", format!("0.5{}", "0".repeat(1_499))),
        ("sprintf(\"%.1500e\", [1e300])", format!("{:.1500e}", 1e300_f64).replace("e300", "e+300")),
        ("sprintf(\"%.30f %.0f %.0f %.0f\", [0.1, 0.5, 1.5, 2.5])", format!("{:.30} 0 2 2", 0.1)),
        (
            "sprintf(\"%g %g %e\", [5e-324, 1.7976931348623157e308, 1e-400])",
            "5e-324 1.7976931348623157e+308 0.000000e+00".to_owned(),
        ),
        (
            "sprintf(\"%v %v\", [9007199254740993.5, 0.30000000000000004])",
            "9.007199254740994e+15 0.30000000000000004".to_owned(),
        ),
    ] {
        let program = program(format!("package policy\n\nx := {call}\n"));
        let answer = program.evaluate("policy/x", None, Allowance::default()).unwrap().answer;
        assert_eq!(answer, Answer::Value(serde_json::to_string(&printed).unwrap().into()), "{call}");
    }
}
