//! Types that are read out of trees, and written as trees.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::{read, two_of, written};
use crate::error::{Error, ErrorCode};
use crate::sorted;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

fn read_as<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, (String, String)> {
    let parts = |error: Error| (error.message, error.path.unwrap_or_default());
    read(value, ErrorCode::MalformedRequest, "it").map_err(parts)
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    name: String,
    #[serde(default)]
    inner: Vec<Inner>,
    by_word: Option<sorted::Map<Word, f64>>,
    any: Value,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Inner {
    count: u64,
    #[serde(skip)]
    skipped: u8,
    flag: bool,
    choice: Option<Choice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    FirstWord,
    Second,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Alone,
    One(i64),
    Two(u64, String),
    Fields { a: u32, b: (u64, bool) },
}

fn outer() -> Value {
    json!({
        "name": "x",
        "inner": [
            {"count": 3, "flag": true, "choice": "alone", "passed over": [1]},
            {"count": 3, "flag": true, "choice": {"one": -2}},
            {"flag": false, "choice": {"two": [1, "b"]}, "count": 0},
            {"flag": false, "choice": {"fields": {"b": [4, true], "a": 3}}, "count": 0},
        ],
        "by_word": {"first_word": 1.5, "second": 2},
        "any": {"big": serde_json::from_str::<Value>("123456789012345678901234567890.10").unwrap(), "list": [null, {}]},
    })
}

#[test]
fn what_is_read_is_what_serde_reads_of_it() {
    let ours: Outer = read_as(outer()).unwrap();
    assert_eq!(ours, serde_json::from_value(outer()).unwrap());
}

#[test]
fn what_is_written_is_what_serde_writes_of_it() {
    let value: Outer = read_as(outer()).unwrap();
    let ours = written(&value).unwrap();
    assert_eq!(ours, serde_json::to_value(&value).unwrap());
    assert_eq!(ours.to_string(), serde_json::to_string(&value).unwrap());
    let keys = sorted::Map::from([(3_u8, [Some('x'), None])]);
    assert_eq!(written(&keys).unwrap().to_string(), serde_json::to_string(&keys).unwrap());
    assert!(written(&sorted::Map::from([((1, 2), 3)])).is_err());
}

#[test]
fn a_mistake_has_its_words_and_its_place() {
    let changed = |pointer: &str, value: Value| {
        let mut tree = outer();
        *tree.pointer_mut(pointer).unwrap() = value;
        read_as::<Outer>(tree).unwrap_err()
    };
    let is = |found: (String, String), message: &str, path: &str| {
        assert_eq!((found.0.as_str(), found.1.as_str()), (message, path));
    };
    is(changed("", json!([])), "it: an array is there, expected an object", "");
    is(changed("", json!({"any": 1})), "it: missing field `name`", "");
    is(
        changed("", json!({"nam/e": 1})),
        "it: unknown field `nam/e`, expected one of `name`, `inner`, `by_word`, `any`",
        "/nam~1e",
    );
    is(changed("/name", json!(1)), "it: integer `1`, expected a string", "/name");
    is(changed("/name", json!(1.5)), "it: floating point `1.5`, expected a string", "/name");
    is(changed("/inner", json!("x")), "it: string \"x\", expected an array", "/inner");
    is(changed("/inner/1/count", json!(-1)), "it: integer `-1`, expected a whole number from 0", "/inner/1/count");
    is(changed("/inner/1/flag", json!(null)), "it: null is there, expected a boolean", "/inner/1/flag");
    is(changed("/inner/2", json!({"count": 1})), "it: missing field `flag`", "/inner/2");
    is(
        changed("/inner/1/choice", json!("other")),
        "it: unknown variant `other`, expected one of `alone`, `one`, `two`, `fields`",
        "/inner/1/choice",
    );
    is(
        changed("/inner/1/choice", json!("one")),
        "it: the word stands alone, expected an object with it",
        "/inner/1/choice",
    );
    is(
        changed("/inner/1/choice", json!({"alone": 1})),
        "it: a value is there, expected the word alone",
        "/inner/1/choice",
    );
    is(changed("/inner/1/choice", json!({"one": "x"})), "it: string \"x\", expected i64", "/inner/1/choice/one");
    is(
        changed("/inner/3/choice/fields/b", json!([4])),
        "it: invalid length 1, expected a tuple of size 2",
        "/inner/3/choice/fields/b",
    );
    is(changed("/by_word/second", json!("x")), "it: string \"x\", expected f64", "/by_word/second");
    is(
        changed("/by_word", json!({"third": 1})),
        "it: unknown variant `third`, expected `first_word` or `second`",
        "/by_word/third",
    );
}

#[test]
fn two_structs_are_read_of_one_object_and_what_is_of_neither_is_passed_over() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        a: u64,
        #[serde(default)]
        b: Option<String>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Rest {
        c: Vec<u64>,
    }
    #[derive(Debug, PartialEq)]
    struct Both(Strict, Rest);
    impl<'de> Deserialize<'de> for Both {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            two_of(deserializer).map(|(strict, rest)| Self(strict, rest))
        }
    }
    let both = Both(Strict { a: 1, b: None }, Rest { c: vec![2] });
    assert_eq!(read_as(json!({"x": 0, "c": [2], "a": 1})), Ok(both));
    assert_eq!(read_as::<Both>(json!({"c": [2]})).unwrap_err().0, "it: missing field `a`");
    assert_eq!(read_as::<Both>(json!({"a": 1})).unwrap_err().0, "it: missing field `c`");
}
