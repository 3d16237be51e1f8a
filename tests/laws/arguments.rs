//! Laws of arguments: equality is one, equal arguments hash equally, and no schema or text brings the checks down.

use crate::tries;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regate::action::arguments::digest::{arguments_digest, arguments_hash};
use regate::action::arguments::equality::equal;
use regate::action::arguments::paths;
use regate::action::arguments::personal_data::PiiDetector;
use regate::action::arguments::schema::ArgumentSchema;
use regate::action::policy::{PiiCategory, PiiRule};
use serde_json::{Map, Value, json};

/// Numbers as they may be written; several are equal to others.
#[rustfmt::skip]
const NUMBERS: [&str; 24] = [
    "0", "-0", "0.0", "0e5", "1", "1.0", "10e-1", "0.1e1", "-1", "100", "1e2", "1.00E+2", "0.5", "5e-1", "0.50", "9007199254740992",
    "9007199254740993", "9007199254740993.0", "1e400", "10e399", "1e-400", "0.1", "0.30000000000000004", "1e99999999999999999999",
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        select(NUMBERS.to_vec()).prop_map(|text| serde_json::from_str(text).unwrap()),
        select(vec!["", "1", "true", "null", "a", "\u{e9}\"\\\n", "4111111111111111", "a@b.co"])
            .prop_map(|text| json!(text)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            proptest::collection::vec((select(vec!["a", "b", "0", ""]), inner), 0..3).prop_map(object),
        ]
    })
}

fn object(fields: Vec<(&'static str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn arguments() -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::vec((select(vec!["a", "b", "c"]), value()), 0..4)
        .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The same value written otherwise: keys the other way round, whole numbers with a fraction.
fn rewritten(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.as_str().bytes().all(|byte| byte.is_ascii_digit()) => {
            serde_json::from_str(&format!("{number}.00")).unwrap()
        }
        Value::Array(items) => items.iter().map(rewritten).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().rev().map(|(name, value)| (name.clone(), rewritten(value))).collect())
        }
        other => other.clone(),
    }
}

/// Schemas, most of them in order and the others wrong in any way.
fn schema() -> impl Strategy<Value = Map<String, Value>> {
    let right = select(vec![
        ("type", json!("string")),
        ("type", json!("number")),
        ("type", json!("array")),
        ("type", json!("object")),
        ("enum", json!([1, "a", null, [true], { "a": 0.5 }])),
        ("const", json!(100)),
        ("minimum", json!(1)),
        ("maximum", json!(0.5)),
        ("exclusiveMinimum", json!(-1)),
        ("exclusiveMaximum", json!(9_007_199_254_740_993_u64)),
        ("minLength", json!(1)),
        ("maxLength", json!(3)),
        ("pattern", json!(r"(?i)^\w*$")),
        ("title", json!("for people")),
    ]);
    let keyword = select(vec![
        "type",
        "enum",
        "const",
        "minimum",
        "maxLength",
        "pattern",
        "title",
        "format",
        "required",
        "items",
    ]);
    let wrong = (keyword, prop_oneof![select(vec!["null", "integer", "("]).prop_map(|text| json!(text)), value()]);
    let rules = proptest::collection::vec(prop_oneof![20 => right, 1 => wrong], 0..3).prop_map(object);
    let nested = rules.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|items| json!({ "items": items })),
            (inner.clone(), inner).prop_map(|(a, other)| json!({
                "required": ["a", "b"], "properties": { "a": a }, "additionalProperties": other,
            })),
        ]
    });
    (nested.clone(), nested, any::<bool>()).prop_map(|(a, b, additional)| {
        let Value::Object(schema) =
            json!({ "required": ["a"], "properties": { "a": a, "b": b }, "additionalProperties": additional })
        else {
            panic!("an object is written")
        };
        schema
    })
}

/// The digits of a card number with the last one that makes it pass.
fn card() -> impl Strategy<Value = String> {
    proptest::collection::vec(0_u32..10, 12..19).prop_map(|digits| {
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(at, digit)| if at % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { *digit })
            .sum();
        digits.iter().map(u32::to_string).collect::<String>() + &((10 - sum % 10) % 10).to_string()
    })
}

fn cards_in(text: &str) -> usize {
    let rule = PiiRule { categories: vec![PiiCategory::CreditCard], ..PiiRule::default() };
    let arguments = Map::from_iter([("a".to_owned(), json!(text))]);
    PiiDetector::compile(&rule).unwrap().find(&arguments).len()
}

proptest! {
    #![proptest_config(tries(2000))]

    #[test]
    fn equality_is_an_equivalence(a in value(), b in value(), c in value()) {
        prop_assert!(equal(&a, &a));
        prop_assert_eq!(equal(&a, &b), equal(&b, &a));
        prop_assert!(!(equal(&a, &b) && equal(&b, &c)) || equal(&a, &c));
        prop_assert!(equal(&a, &rewritten(&a)), "{}", a);
    }

    #[test]
    fn equal_arguments_and_they_alone_have_one_digest(a in arguments(), b in arguments()) {
        let Value::Object(same) = rewritten(&Value::Object(a.clone())) else { panic!("it stays an object") };
        prop_assert_eq!(arguments_digest(&a), arguments_digest(&same));
        prop_assert_eq!(arguments_hash(&a, &[]), arguments_hash(&same, &[]));
        let is_equal = equal(&Value::Object(a.clone()), &Value::Object(b.clone()));
        prop_assert_eq!(is_equal, arguments_digest(&a) == arguments_digest(&b), "{:?} and {:?}", a, b);
        prop_assert_eq!(is_equal, arguments_hash(&a, &[]) == arguments_hash(&b, &[]));
    }

    #[test]
    fn what_is_excluded_does_not_count(a in arguments(), value in value()) {
        let mut other = a.clone();
        other.insert("nonce".to_owned(), value);
        prop_assert_eq!(arguments_hash(&a, &["nonce".to_owned()]), arguments_hash(&other, &["nonce".to_owned()]));
    }

    #[test]
    fn any_schema_is_refused_or_asked(schema in schema(), arguments in arguments()) {
        match ArgumentSchema::compile(&schema) {
            Err(errors) => prop_assert!(!errors.is_empty()),
            Ok(compiled) => {
                let violations = compiled.violations(&arguments);
                prop_assert_eq!(arguments.contains_key("a"), violations.iter().all(|violation| {
                    violation.argument != "a" || !violation.message.ends_with("is required")
                }));
                // How the arguments are written does not count, but for integers, which are what is written as one.
                let Value::Object(same) = rewritten(&Value::Object(arguments)) else { panic!("it stays an object") };
                let count = |text: &str| text.matches("integer").count();
                if count(&Value::Object(schema.clone()).to_string()) == 0 {
                    prop_assert_eq!(violations.len(), compiled.violations(&same).len());
                }
            }
        }
    }

    #[test]
    fn a_path_that_leads_somewhere_leads_to_what_is_there(value in value(), path in "[ab0.]{0,5}") {
        if let Some(found) = paths::at(&value, &path) {
            prop_assert!(value.to_string().contains(&found.to_string()));
        }
    }

    #[test]
    fn a_card_number_is_found_and_one_wrong_digit_hides_it(card in card(), place in any::<Index>(), more in 1_u8..10) {
        prop_assert_eq!(cards_in(&card), 1);
        prop_assert_eq!(cards_in(&format!("x: {card}, y")), 1);
        let hyphens: Vec<String> = card.chars().map(|digit| digit.to_string()).collect();
        prop_assert_eq!(cards_in(&hyphens.join("-")), 1);
        let mut digits = card.into_bytes();
        let at = place.index(digits.len());
        digits[at] = b'0' + (digits[at] - b'0' + more) % 10;
        prop_assert_eq!(cards_in(&String::from_utf8(digits).unwrap()), 0);
    }

    #[test]
    fn any_text_is_searched(text in any::<String>(), name in any::<String>()) {
        let arguments = Map::from_iter([(name, json!([text, { "k": text }]))]);
        let found = PiiDetector::compile(&PiiRule::default()).unwrap().find(&arguments);
        prop_assert!(found.is_sorted_by_key(|found| (found.field_path.clone(), found.category.clone())));
    }
}
