//! Values: their order, and what reading and writing keeps.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::float::Float;
use super::{Cut, Form, ReadError, Slice, Space, Store, Stores, Value, read, tag, write};
use proptest::prelude::*;
use std::cmp::Ordering;

fn value(stores: &mut Stores, text: &str) -> Value {
    read(stores, Space::Input, text.to_owned(), 512).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn text(stores: &Stores, value: Value, form: Form) -> String {
    let mut text = String::new();
    assert_eq!(write(stores, value, form, &mut text, 1 << 20), Ok(()));
    text
}

/// What is written of a document that was read.
fn again(document: &str) -> String {
    let mut stores = Stores::default();
    let value = value(&mut stores, document);
    text(&stores, value, Form::Json)
}

#[test]
fn what_is_read_is_written() {
    for (document, written) in [
        ("null", "null"),
        (" [ true , false ] ", "[true,false]"),
        ("[]", "[]"),
        ("{}", "{}"),
        ("{\"a\":{},\"b\":[[]]}", "{\"a\":{},\"b\":[[]]}"),
        ("0", "0"),
        ("-0", "-0"),
        ("1.0", "1.0"),
        ("576460752303423487", "576460752303423487"),
        ("-576460752303423488", "-576460752303423488"),
        ("1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"),
        ("1e3", "1e3"),
        ("1.50E-7", "1.50E-7"),
        ("-0.0", "-0.0"),
        ("0e0", "0e0"),
        ("[99999999999999999,-99999999999999999]", "[99999999999999999,-99999999999999999]"),
        ("[100000000000000000,-100000000000000000]", "[100000000000000000,-100000000000000000]"),
        ("[576460752303423488,9223372036854775808]", "[576460752303423488,9223372036854775808]"),
        ("[18446744073709551616,-18446744073709551616]", "[18446744073709551616,-18446744073709551616]"),
        ("\"a\\nb\\u0041\\ud83d\\ude00\\/\"", "\"a\\nbA\u{1f600}/\""),
        ("\"\\u0000\\u001f\\b\\f\\r\\t\"", "\"\\u0000\\u001f\\b\\f\\r\\t\""),
        ("\"\u{7f}\u{e9}\u{1f600}\"", "\"\u{7f}\u{e9}\u{1f600}\""),
        ("{\"b\":1,\"a\":2,\"b\":3}", "{\"a\":2,\"b\":3}"),
        ("{\"a\":1,\"\\u0061\":2}", "{\"a\":2}"),
        ("{\"a\":1,\"a\\u0000\":2}", "{\"a\":1,\"a\\u0000\":2}"),
        ("{\"a\\u0000\":1,\"a\":2}", "{\"a\":2,\"a\\u0000\":1}"),
        ("{\"12345678\":1,\"12345678a\":2,\"12345678\":3}", "{\"12345678\":3,\"12345678a\":2}"),
        (
            "{\"\":1,\"z\":{\"y\":[1,{\"x\":null}]},\"aa\":\"\",\"a\":\"\"}",
            "{\"\":1,\"a\":\"\",\"aa\":\"\",\"z\":{\"y\":[1,{\"x\":null}]}}",
        ),
    ] {
        assert_eq!(again(document), written, "{document}");
    }
}

#[test]
fn what_is_escaped_is_found_wherever_it_stands() {
    for special in ["\u{1f}", " ", "\"", "\\", "\u{7f}", "\u{80}", "\u{e9}", "\u{0}"] {
        for at in 0..=17 {
            for behind in [0, 1, 7, 8, 9] {
                let string = format!("{}{special}{}", "x".repeat(at), "y".repeat(behind));
                let text = serde_json::to_string(&string).unwrap();
                assert_eq!(again(&text), text, "{string:?}");
            }
        }
    }
}

/// Any JSON, with keys that differ late, or in what is escaped.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "",
            "a",
            "a\0",
            "ab",
            "12345678",
            "12345678\0",
            "12345678a",
            "1234567",
            "\"\\\n",
            "\u{e9}"
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        (-2_000_i64..2_000).prop_map(Into::into),
        any::<f64>().prop_map(|number| serde_json::json!(number)),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::vec((key.clone(), inner), 0..12)
                .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// The same with the keys of objects in their order.
fn in_order(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Array(items) => items.into_iter().map(in_order).collect(),
        serde_json::Value::Object(pairs) => {
            let mut pairs: Vec<_> = pairs.into_iter().map(|(key, value)| (key, in_order(value))).collect();
            pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
            serde_json::Value::Object(pairs.into_iter().collect())
        }
        scalar => scalar,
    }
}

proptest! {
    #[test]
    fn any_json_is_read_as_others_read_it(value in any_json(), blanks in any::<bool>()) {
        let text = if blanks { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        prop_assert_eq!(again(&text.unwrap()), serde_json::to_string(&in_order(value)).unwrap());
    }
}

#[test]
fn what_is_not_json_is_refused_at_its_byte() {
    for (document, at) in [
        ("", 0),
        (" ", 1),
        ("nul", 0),
        ("tru e", 0),
        ("01", 1),
        ("-01", 2),
        ("-", 1),
        ("1.", 2),
        ("1e", 2),
        ("1e+", 3),
        (".5", 0),
        ("+1", 0),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("[", 1),
        ("[1", 2),
        ("]", 0),
        ("{\"a\"}", 4),
        ("{\"a\":}", 5),
        ("{\"a\":1,}", 7),
        ("{a:1}", 1),
        ("{\"a\":1]", 6),
        ("[1}", 2),
        ("\"a", 2),
        ("\"a\nb\"", 2),
        ("\"\\x\"", 2),
        ("\"\\u12g4\"", 5),
        ("\"\\ud800\"", 1),
        ("\"\\ud800\\u0041\"", 1),
        ("\"\\udc00\"", 1),
        ("1 1", 2),
        ("{} x", 3),
        ("\u{feff}1", 0),
        ("\u{a0}1", 0),
    ] {
        let mut stores = Stores::default();
        match read(&mut stores, Space::Input, document.to_owned(), 512) {
            Err(ReadError::NotJson { at: found, .. }) => assert_eq!(found, at, "{document}"),
            other => panic!("{document}: {other:?}"),
        }
        assert_eq!(stores.store(Space::Input).size(), (0, 0), "{document}");
    }
    let deep = format!("{}{}", "[".repeat(513), "]".repeat(513));
    let mut stores = Stores::default();
    assert_eq!(read(&mut stores, Space::Input, deep, 512), Err(ReadError::TooDeep { at: 512 }));
    let deep = format!("{}{}", "[".repeat(512), "]".repeat(512));
    assert_eq!(again(&deep), deep);
}

#[test]
fn values_have_the_order_of_rego() {
    let ordered = [
        "null",
        "false",
        "true",
        "-1e3",
        "-1.5",
        "-1",
        "0",
        "1e-3",
        "0.5",
        "1",
        "1.00000000000000000000000001",
        "2",
        "576460752303423487",
        "576460752303423488",
        "1e100",
        "\"\"",
        "\"A\"",
        "\"a\"",
        "\"aa\"",
        "\"\u{e9}\"",
        "[]",
        "[1]",
        "[1,2]",
        "[2]",
        "[[]]",
        "{}",
        "{\"a\":1}",
        "{\"a\":1,\"b\":0}",
        "{\"a\":2}",
        "{\"b\":0}",
    ];
    let mut stores = Stores::default();
    let values: Vec<Value> = ordered.iter().map(|text| value(&mut stores, text)).collect();
    for (at, a) in values.iter().enumerate() {
        for (other, b) in values.iter().enumerate() {
            assert_eq!(stores.compare(*a, *b), at.cmp(&other), "{:?} {:?}", ordered.get(at), ordered.get(other));
            assert_eq!(stores.equals(*a, *b), at == other);
        }
    }
    for (a, b) in
        [("1", "1.0"), ("0", "-0"), ("100", "1e2"), ("0.1", "1e-1"), ("0.10", "0.1"), ("0", "0e5"), ("12.5", "1250e-2")]
    {
        let (left, right) = (value(&mut stores, a), value(&mut stores, b));
        assert_eq!(stores.compare(left, right), Ordering::Equal, "{a} {b}");
        assert!(stores.equals(left, right));
    }
}

#[test]
fn sets_and_objects_are_in_order_and_have_nothing_twice() {
    let mut stores = Stores::default();
    let mut elements: Vec<Value> =
        ["3", "1", "\"a\"", "1.0", "null", "3"].iter().map(|text| value(&mut stores, text)).collect();
    let set = stores.make_set(Space::Heap, &mut elements).unwrap();
    assert_eq!(text(&stores, set, Form::Json), "[null,1,3,\"a\"]");
    assert_eq!(text(&stores, set, Form::Rego), "{null, 1, 3, \"a\"}");
    let empty = stores.make_set(Space::Heap, &mut Vec::new()).unwrap();
    assert_eq!(text(&stores, empty, Form::Rego), "set()");
    assert!(stores.compare(empty, set).is_lt());
    let one = value(&mut stores, "1");
    assert!(stores.get(set, one).is_defined());
    assert!(!stores.get(empty, one).is_defined());

    let mut pairs = vec![[one, Value::TRUE], [set, Value::NULL], [Value::NULL, one], [one, Value::FALSE]];
    let object = stores.make_object(Space::Heap, &mut pairs).unwrap();
    assert_eq!(text(&stores, object, Form::Json), "{\"null\":1,\"1\":false,\"[null,1,3,\\\"a\\\"]\":null}");
    assert_eq!(text(&stores, object, Form::Rego), "{null: 1, 1: false, {null, 1, 3, \"a\"}: null}");
    assert_eq!(stores.get(object, set), Value::NULL);
    assert_eq!(stores.get(object, empty), Value::UNDEFINED);
    let array = stores.make_array(Space::Heap, &[set, one]).unwrap();
    assert_eq!(stores.get(array, one), one);
    assert_eq!(stores.get(array, Value::count(2)), Value::UNDEFINED);
    assert_eq!(stores.len(array), Some(2));
}

#[test]
fn depth_is_bounded_by_memory_alone() {
    const LEVELS: usize = 100_000;
    let mut stores = Stores::default();
    let make = |stores: &mut Stores| {
        (0..LEVELS).fold(Value::NULL, |inner, _| stores.make_array(Space::Heap, &[inner]).unwrap())
    };
    let (a, b) = (make(&mut stores), make(&mut stores));
    assert_eq!(stores.compare(a, b), Ordering::Equal);
    assert_eq!(text(&stores, a, Form::Json).len(), 2 * LEVELS + 4);
    let keys = (0..LEVELS)
        .fold(Value::NULL, |inner, _| stores.make_object(Space::Heap, &mut vec![[inner, Value::NULL]]).unwrap());
    assert_eq!(write(&stores, keys, Form::Json, &mut String::new(), 1 << 20), Err(Cut::KeysTooDeep));
    assert_eq!(write(&stores, a, Form::Json, &mut String::new(), 1_000), Err(Cut::TooLong));
}

#[test]
fn comparing_what_shares_its_parts_ends() {
    let mut stores = Stores::default();
    let make = |stores: &mut Stores| {
        (0..60).fold(Value::count(1), |inner, _| stores.make_array(Space::Heap, &[inner, inner]).unwrap())
    };
    let (a, b) = (make(&mut stores), make(&mut stores));
    stores.most_work = 10_000;
    let _ = stores.compare(a, b);
    assert!(stores.take_work() > 10_000);
    assert_eq!(stores.take_work(), 0);
}

#[test]
fn arithmetic_is_that_of_opa() {
    let number = |text: &str| Float::of_text(text);
    for (found, wanted) in [
        (number("0.1").plus(number("0.2")), "0.3"),
        (number("1").plus(number("-1")), "0"),
        (number("1.5").plus(number("1.5")), "3"),
        (number("-1.25").plus(number("0.25")), "-1"),
        (number("1e30").plus(number("1")), "1000000000000000000000000000000"),
        (number("18446744073709551615").plus(number("1")), "18446744073709551616"),
        (number("18446744073709551616").plus(number("1")), "18446744073709551616"),
        (number("3").times(number("0.1")), "0.3"),
        (number("1e20").times(number("1e20")), "10000000000000000000000000000000000000000"),
        (number("-2").times(number("0.5")), "-1"),
        (number("1").divided_by(number("3")).unwrap(), "0.33333333333333333334"),
        (number("2").divided_by(number("3")).unwrap(), "0.6666666666666666667"),
        (number("10").divided_by(number("4")).unwrap(), "2.5"),
        (number("1").divided_by(number("1000000")).unwrap(), "1e-06"),
        (number("1").divided_by(number("8192")).unwrap(), "0.0001220703125"),
        (number("1234567").divided_by(number("2")).unwrap(), "617283.5"),
        (number("2469135").divided_by(number("2")).unwrap(), "1.2345675e+06"),
        (number("123456.5"), "123456.5"),
        (number("1e-400"), "1e-400"),
        (number("1e999"), &format!("1{}", "0".repeat(999))),
        (number("-0.5").truncated(), "-0"),
        (number("-7.25").truncated(), "-7"),
        (number("9007199254740993").plus(number("0.5")), "9.0071992547409935e+15"),
    ] {
        assert_eq!(found.text(), wanted);
    }
    assert_eq!(number("1").divided_by(number("0.0")), None);
    for text in ["1", "-3", "1000000", "0.0"] {
        assert!(number(text).is_integer(), "{text}");
    }
    for text in ["1.5", "0.1", "1e-30", "4611686018427387904.5"] {
        assert!(!number(text).is_integer(), "{text}");
    }
}

#[test]
fn a_word_that_says_more_than_it_means_lies_in_no_store() {
    let store = Store { text: "a".to_owned(), words: vec![Value::NULL] };
    let holds = |value: Value| store.holds(value, Space::Program, 1);
    let string = Value::string(Slice { space: Space::Program, at: 0, len: 1 });
    for value in [Value::NULL, Value::TRUE, Value::FALSE, string, Value::count(7), Value(tag::INTEGER)] {
        assert!(holds(value) && value.is_only_word(), "{value:?}");
    }
    for value in [Value::UNDEFINED, Value::place(3)] {
        assert!(!holds(value) && value.is_only_word(), "{value:?}");
    }
    for own in [Value::NULL, Value::TRUE, Value::FALSE, Value::UNDEFINED, Value::place(3)] {
        for bit in [4, 5, 31] {
            let other = Value(own.0 | 1 << bit);
            assert!(!holds(other) && !other.is_only_word(), "{own:?}, bit {bit}");
        }
        let store = Store { text: String::new(), words: vec![Value(own.0 | 16)] };
        assert!(!store.is_sound(Space::Program), "{own:?}");
    }
    // Kinds that there are not, and an integer that is written as a text everywhere else.
    for word in [11, 15, (1 << 63) | tag::INTEGER] {
        assert!(!holds(Value(word)) && !Value(word).is_only_word(), "{word}");
    }
}
