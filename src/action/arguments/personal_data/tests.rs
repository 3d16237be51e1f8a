//! What is found in arguments, and what is not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use super::{BuiltIn, PiiDetector, PiiMatch, Shape};
use crate::action::arguments::patterns::Pattern;
use crate::action::policy::errors::PolicyErrorCode;
use crate::action::policy::{PiiCategory, PiiRule};
use crate::limits;
use serde_json::{Map, Value, json};

fn found_by(rule: &PiiRule, arguments: Value) -> Vec<PiiMatch> {
    let Value::Object(arguments) = arguments else { panic!("the arguments are an object") };
    PiiDetector::compile(rule).unwrap().find(&arguments)
}

/// The category of everything that is found in one text, in the order in which it is told.
fn in_text(text: &str) -> Vec<String> {
    found_by(&PiiRule::default(), json!({ "a": text })).into_iter().map(|found| found.category).collect()
}

#[test]
fn each_category_is_found_as_it_is_described() {
    for (text, categories) in [
        ("alice@example.com", vec!["email"]),
        ("Write to First.Last+tag%x_1-2@MAIL.example.co.UK.", vec!["email"]),
        ("a@b.co, c@d.org", vec!["email", "email"]),
        ("@example.com a@b a@b.c a@.x user at example.com", vec![]),
        ("123-45-6789", vec!["us_ssn"]),
        ("ssn 123 45 6789.", vec!["us_ssn"]),
        ("123456789", vec!["us_ssn"]),
        ("000-12-3456 666-12-3456 900-12-3456 987-65-4321 123-00-4567 123-45-0000", vec![]),
        ("1123-45-6789 123-45-67890 12-345-6789 1234567890123", vec![]),
        ("4111 1111 1111 1111", vec!["credit_card"]),
        ("4111 1111 1111 1112", vec![]),
        ("2024-01-15 2024-02-15 2024-03-15 2024-04-15 2024-05-15 2024-06-15", vec![]),
        ("212-555-0123 is 1 number", vec!["phone_us"]),
    ] {
        assert_eq!(in_text(text), categories, "{text}");
    }
}

#[test]
fn phone_numbers_are_found_in_their_forms() {
    for text in [
        "2125552345",
        "212.555.2345",
        "212 555-2345",
        "(212) 555-2345",
        "(212)555-2345",
        "+1 212 555 2345",
        "+12125552345",
        "1-212-555-2345",
        "1 (212) 555-2345",
        "call 212-555-2345, please",
        "tel:+1.212.555.2345",
    ] {
        assert_eq!(in_text(text), ["phone_us"], "{text}");
    }
    for text in [
        "112-555-2345",
        "212-155-2345",
        "212-055-2345",
        "32125552345",
        "21255523456",
        "212-555-23456",
        "212--555-2345",
        "x2125552345",
        "212-55-52345",
        "2.1255523456",
    ] {
        assert_eq!(in_text(text), [""; 0], "{text}");
    }
}

#[test]
fn keys_are_found() {
    let run = |length: usize| "aB3".chars().cycle().take(length).collect::<String>();
    for text in [
        format!("sk-{}", run(24)),
        format!("pk_{}", run(24)),
        "api_live-key_abcdef-ghijkl_mnopqr".to_owned(),
        format!("token-{}", run(30)),
        format!("Bearer key-{}", run(24)),
        run(40),
        format!("({})", run(64)),
    ] {
        assert_eq!(in_text(&text), ["api_key_like"], "{text}");
    }
    for text in [format!("sk-{}", run(23)), format!("task_{}", run(30)), run(39), format!("sk.{}", run(24))] {
        assert_eq!(in_text(&text), [""; 0], "{text}");
    }
    assert_eq!(in_text("AKIAIOSFODNN7EXAMPLE"), ["aws_access_key"]);
    assert_eq!(in_text("id=ASIAIOSFODNN7EXAMPLE;"), ["aws_access_key"]);
    for text in ["AKIAIOSFODNN7EXAMPL", "AKIAIOSFODNN7EXAMPLEX", "XAKIAIOSFODNN7EXAMPL", "AKIAIOSFODNN7example"] {
        assert_eq!(in_text(text), [""; 0], "{text}");
    }
    for kind in ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "] {
        assert_eq!(in_text(&format!("x\n-----BEGIN {kind}PRIVATE KEY-----\ny")), ["private_key_block"], "{kind}");
    }
    assert_eq!(in_text("-----BEGIN PGP PRIVATE KEY BLOCK-----"), ["private_key_block"]);
    for text in ["-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----", "BEGIN PRIVATE KEY"] {
        assert_eq!(in_text(text), [""; 0], "{text}");
    }
}

#[test]
fn an_underscore_is_no_part_of_what_is_found() {
    let key = "4eC39HqLyjWDarjtT1zdp7dc";
    for (text, category, preview) in [
        ("ssn_123-45-6789".to_owned(), "us_ssn", "12*******89"),
        ("123456789_x and _".to_owned(), "us_ssn", "12*****89"),
        ("111 22 3333_4444".to_owned(), "us_ssn", "11*******33"),
        ("tel_212-555-2345_home".to_owned(), "phone_us", "21********45"),
        ("tel_(212) 555-2345".to_owned(), "phone_us", "(2**********45"),
        ("a_+1 212 555 2345".to_owned(), "phone_us", "+1***********45"),
        ("a_12125552345".to_owned(), "phone_us", "12*******45"),
        ("key_AKIAIOSFODNN7EXAMPLE".to_owned(), "aws_access_key", "AK****************LE"),
        ("AKIAIOSFODNN7EXAMPLE_2".to_owned(), "aws_access_key", "AK****************LE"),
        (format!("my_sk_{key}"), "api_key_like", "sk***********************dc"),
        (format!("\u{e9}sk-{key}"), "api_key_like", "sk***********************dc"),
        (format!("\nsk-{key}"), "api_key_like", "sk***********************dc"),
        (format!("{key}sk-,_pk_{key}"), "api_key_like", "pk***********************dc"),
        (format!("x_{key}{key}"), "api_key_like", "4e********************************************dc"),
    ] {
        let found = found_by(&PiiRule::default(), json!({ "a": text }));
        let found: Vec<_> = found.iter().map(|found| (found.category.as_str(), found.matched_text.as_str())).collect();
        assert_eq!(found, [(category, preview)], "{text}");
    }
    for text in [
        "x123-45-6789",
        "123-45-6789x",
        "_123-45-6789x",
        "123_45_6789",
        "212_555_2345",
        "x212-555-2345",
        "AKIAIOSFOD_NN7EXAMPLE",
        "xAKIAIOSFODNN7EXAMPLE",
        "AKIAIOSFODNN7EXAMPLEx",
        "mysk_4eC39HqLyjWDarjtT1zdp7dc",
        "1sk_4eC39HqLyjWDarjtT1zdp7dc",
    ] {
        assert_eq!(in_text(text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_found_comes_with_its_place_and_a_mask() {
    let arguments =
        json!({ "to": "alice@example.com", "l": [{ "c": "card 4111 1111 1111 1111" }], "n": 5, "b": true, "x": null });
    let found = serde_json::to_value(found_by(&PiiRule::default(), arguments)).unwrap();
    assert_eq!(
        found,
        json!([
            { "category": "credit_card", "field_path": "l[0].c", "matched_text": "41***************11", "severity": "high" },
            { "category": "email", "field_path": "to", "matched_text": "al*************om", "severity": "high" },
        ])
    );
}

#[test]
fn a_rule_chooses_what_is_looked_for_and_shown() {
    let both = || json!({ "a": "a@b.co and 212-555-2345, case AB-12, x1" });
    let categories = |rule: &PiiRule| {
        found_by(rule, both()).into_iter().map(|found| (found.category, found.matched_text)).collect::<Vec<_>>()
    };
    let pair = |category: &str, text: &str| (category.to_owned(), text.to_owned());
    let default = PiiRule::default();
    assert_eq!(categories(&default), [pair("email", "a@**co"), pair("phone_us", "21********45")]);
    let allowing = PiiRule { allow_categories: vec!["email".to_owned()], ..default.clone() };
    assert_eq!(categories(&allowing), [pair("phone_us", "21********45")]);
    let extra_patterns = [("case", r"\b[A-Z]{2}-\d+\b"), ("short", r"\bx\d\b")];
    let extra = PiiRule {
        categories: vec![PiiCategory::Email],
        extra_patterns: extra_patterns.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        ..default
    };
    assert_eq!(categories(&extra), [pair("case", "AB*12"), pair("email", "a@**co"), pair("short", "**")]);
    let silent = PiiRule { redact_preview: false, allow_categories: vec!["case".to_owned()], ..extra.clone() };
    assert_eq!(categories(&silent), [pair("email", ""), pair("short", "")]);
    let nothing = PiiRule { categories: Vec::new(), extra_patterns: [].into(), ..extra };
    assert_eq!(categories(&nothing), []);
}

#[test]
fn numbers_are_read_as_card_numbers_only() {
    let fields = |arguments: &str| {
        let arguments: Map<String, Value> = serde_json::from_str(arguments).unwrap();
        let detector = PiiDetector::compile(&PiiRule::default()).unwrap();
        detector.find(&arguments).into_iter().map(|found| (found.field_path, found.matched_text)).collect::<Vec<_>>()
    };
    let card = [("a".to_owned(), "41************11".to_owned())];
    assert_eq!(fields(r#"{"a": 4111111111111111}"#), card);
    assert_eq!(fields(r#"{"a": 4111111111111111.0}"#), card);
    assert_eq!(fields(r#"{"a": -4.111111111111111e15}"#), card);
    // A clock whose digits happen to check, a social security number, a phone number, and a number with a fraction.
    for number in ["1732882000125", "123456789", "2125552345", "4111111111111111.5", "4111111111111112"] {
        assert_eq!(fields(&format!("{{\"a\": {number}}}")), [], "{number}");
    }
    assert!(super::card_numbers::is_card_number("1732882000125"));
}

#[test]
fn patterns_that_cannot_be_used_are_told() {
    let extra_patterns = [("a", "("), ("b", "x*"), ("c", "x"), ("d", "(?=x)")];
    let rule = PiiRule {
        extra_patterns: extra_patterns.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        allow_categories: vec!["d".to_owned()],
        ..PiiRule::default()
    };
    let errors = PiiDetector::compile(&rule).unwrap_err();
    let places: Vec<Value> = errors.iter().map(|error| serde_json::to_value(&error.path).unwrap()).collect();
    assert_eq!(
        places,
        [json!(["extra_patterns", "a"]), json!(["extra_patterns", "b"]), json!(["extra_patterns", "d"])]
    );
    assert!(errors.iter().all(|error| error.code == PolicyErrorCode::BadRegex));
}

#[test]
fn much_is_cut_and_no_category_is_lost() {
    let mails: Vec<Value> = (0..500).map(|at| json!(format!("user-{at}@example.com"))).collect();
    let found = found_by(&PiiRule::default(), json!({ "a": mails, "b": "AKIAIOSFODNN7EXAMPLE", "c": "a@b.co" }));
    assert_eq!(found.len(), limits::ARGUMENT_FINDINGS + 1);
    assert_eq!(found.iter().filter(|found| found.category == "aws_access_key").count(), 1);
    let long = found_by(&PiiRule::default(), json!({ "a": format!("sk-{}", "x".repeat(100_000)) }));
    assert_eq!(long.first().unwrap().matched_text, format!("sk{}xx", "*".repeat(76)));
}

#[test]
fn the_first_look_passes_over_nothing() {
    // The shortest text of each pattern, so that what the first look asks for can be no more than it has.
    for (text, category) in [
        ("a@b.co".to_owned(), PiiCategory::Email),
        ("123456789".to_owned(), PiiCategory::UsSsn),
        ("4222222222222".to_owned(), PiiCategory::CreditCard),
        ("2125552345".to_owned(), PiiCategory::PhoneUs),
        (format!("sk-{}", "-".repeat(24)), PiiCategory::ApiKeyLike),
        ("AKIA0000000000000000".to_owned(), PiiCategory::AwsAccessKey),
        ("-----BEGIN PRIVATE KEY-----".to_owned(), PiiCategory::PrivateKeyBlock),
    ] {
        assert!(Shape::of(&text).may_hold(category, &text), "{text}");
        let found = found_by(&PiiRule { categories: vec![category], ..PiiRule::default() }, json!({ "a": text }));
        assert_eq!(found.len(), 1, "{text}");
    }
}

#[test]
fn the_patterns_search_in_linear_time() {
    let slow = Pattern::new(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}").unwrap();
    assert!(!slow.is_match(&"a".repeat(1_000_000)));
    for text in [
        "a@".repeat(50_000),
        "a.".repeat(50_000),
        "1-".repeat(50_000),
        "_".repeat(200_000),
        "a_".repeat(50_000),
        "123456789_".repeat(20_000),
        "sk-".repeat(50_000),
        "a@b.".repeat(25_000),
    ] {
        in_text(&text);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config {
        cases: 2000,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(0x5EED),
        ..Default::default()
    })]

    #[test]
    fn the_first_look_never_hides_anything(parts in proptest::collection::vec(proptest::sample::select(PARTS.to_vec()), 0..14)) {
        let text = parts.concat();
        let shape = Shape::of(&text);
        for category in PiiCategory::all() {
            let is_there = BuiltIn::of(category).unwrap().find(&text).next().is_some();
            proptest::prop_assert!(!is_there || shape.may_hold(category, &text), "{} in {}", category.as_str(), text);
        }
    }
}

#[rustfmt::skip]
const PARTS: [&str; 36] = [
    "4111", "1111", "4111111111111111", "378282246310005", "212", "555", "2345", "(212)", "+1", "1", "123", "45", "6789", "123456789",
    " ", "-", ".", "_", "@", "a", "Z", "example", ".com", "sk", "pk-", "api_", "token", "key-", "abcdefghijklmnopqrstuvwx", "AKIA", "ASIA",
    "IOSFODNN7EXAMPLE", "-----BEGIN ", "RSA PRIVATE KEY", "-----", "\u{e9}",
];
