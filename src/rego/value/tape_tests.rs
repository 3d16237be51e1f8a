//! Tapes: what they hold is read, and what is no tape is refused.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::reach::{Key, Node, Reach};
use super::{Form, ReadError, Space, Stores, Value, read_tape, write};
use proptest::prelude::*;
use std::rc::Rc;

const LEVELS: usize = 64;

const fn word(kind: u32, number: u32) -> u32 {
    number << 3 | kind
}

const NULL: u32 = word(0, 0);
const FALSE: u32 = word(0, 1);
const TRUE: u32 = word(0, 2);

const fn integer(value: i32) -> u32 {
    word(1, value.cast_unsigned())
}

const fn number(units: u32) -> u32 {
    word(3, units)
}

const fn string(units: u32) -> u32 {
    word(4, units)
}

const fn array(items: u32) -> u32 {
    word(5, items)
}

const fn object(pairs: u32) -> u32 {
    word(6, pairs)
}

/// The JSON text of what a tape holds.
fn written(tape: &[u32], text: &str) -> Result<String, ReadError> {
    let (store, value) = read_tape(Space::Input, tape, text.to_owned(), LEVELS, &Reach::default())?;
    assert!(store.is_sound(Space::Input));
    let mut stores = Stores::default();
    stores.put(Space::Input, Rc::new(store));
    let mut text = String::new();
    assert_eq!(write(&stores, value, Form::Json, &mut text, 1 << 20), Ok(()));
    Ok(text)
}

#[test]
fn what_is_on_a_tape_is_read() {
    for (tape, text, expected) in [
        (&[NULL] as &[u32], "", "null"),
        (&[array(3), TRUE, FALSE, NULL], "", "[true,false,null]"),
        (&[array(0)], "", "[]"),
        (&[object(0)], "", "{}"),
        (&[array(3), array(0), object(0), array(1), array(0)], "", "[[],{},[[]]]"),
        (
            &[array(4), integer(0), integer(-1), integer(268_435_455), integer(-268_435_456)],
            "",
            "[0,-1,268435455,-268435456]",
        ),
        (&[word(2, 0), u32::MAX], "", "4294967295"),
        (&[word(2, u32::MAX), u32::MAX], "", "-1"),
        (&[word(2, 0x001f_ffff), u32::MAX], "", "9007199254740991"),
        (&[word(2, (-0x0020_0000_i32).cast_unsigned()), 1], "", "-9007199254740991"),
        (&[array(3), number(3), number(5), number(1)], "1.51e+217", "[1.5,1e+21,7]"),
        (&[number(22)], "1234567890123456789012", "1234567890123456789012"),
        (&[array(3), string(1), string(0), string(2)], "abc", "[\"a\",\"\",\"bc\"]"),
        // Lengths are those of UTF-16.
        (
            &[array(3), string(2), string(2), string(1)],
            "\u{e9}a\u{1f600}\u{20ac}",
            "[\"\u{e9}a\",\"\u{1f600}\",\"\u{20ac}\"]",
        ),
        (&[object(2), string(1), integer(1), string(1), integer(2)], "ba", "{\"a\":2,\"b\":1}"),
        (&[object(2), string(1), array(1), string(1), string(1), object(0)], "bxa", "{\"a\":{},\"b\":[\"x\"]}"),
        // Of equal keys the last counts.
        (&[object(3), string(1), TRUE, string(1), integer(1), string(1), NULL], "aba", "{\"a\":null,\"b\":1}"),
    ] {
        assert_eq!(written(tape, text).as_deref(), Ok(expected));
    }
}

#[test]
fn what_is_no_tape_is_refused() {
    for (tape, text) in [
        (&[] as &[u32], ""),
        (&[NULL, NULL], ""),
        (&[word(0, 3)], ""),
        (&[word(7, 0)], ""),
        (&[word(2, 0)], ""),
        (&[word(2, 0x0fff_ffff), 0], ""),
        (&[array(1)], ""),
        (&[array(u32::MAX >> 3)], ""),
        (&[object(u32::MAX >> 3)], ""),
        (&[object(1), string(0)], ""),
        (&[object(1), NULL, NULL], ""),
        (&[object(1), number(1), NULL], "1"),
        (&[string(1)], ""),
        (&[string(1)], "ab"),
        (&[string(u32::MAX >> 3)], "ab"),
        (&[NULL], "a"),
        (&[number(0)], ""),
        (&[number(1)], "-"),
        (&[number(2)], "01"),
        (&[number(3)], "NaN"),
        (&[number(2)], "1 "),
        (&[number(2)], "1."),
        (&[number(3)], "1e+"),
        (&[array(2), string(1), string(1)], "\u{1f600}"),
        (&[string(3)], "\u{1f600}"),
    ] {
        assert_eq!(written(tape, text), Err(ReadError::Damaged), "{tape:?} {text:?}");
    }
    let digits = "1".repeat(crate::limits::NUMBER_DIGITS as usize + 1);
    assert!(matches!(written(&[number(digits.len() as u32)], &digits), Err(ReadError::Endless(_))));
    assert!(matches!(written(&[number(11)], "1e999999999"), Err(ReadError::Endless(_))));
}

#[test]
fn no_tape_lies_deeper_than_it_may() {
    let mut tape = vec![array(1); LEVELS];
    tape.push(NULL);
    assert_eq!(written(&tape, ""), Ok(format!("{}null{}", "[".repeat(LEVELS), "]".repeat(LEVELS))));
    tape.insert(0, array(1));
    assert_eq!(written(&tape, ""), Err(ReadError::TooDeep { at: 0 }));
    assert_eq!(written(&vec![array(1); 1 << 20], ""), Err(ReadError::TooDeep { at: 0 }));
}

/// Where `a` is whole, `b` has any items, of which nothing is looked at, and nothing else is looked at.
fn some_reach() -> Reach {
    let key = |name: &str, below| Key::new(name.to_owned(), Value::NULL, below);
    let node = |is_whole, any, keys| Node { is_whole, any, keys };
    Reach::new(vec![
        node(false, None, vec![key("a", 1), key("b", 2)]),
        node(true, None, Vec::new()),
        node(false, Some(3), Vec::new()),
        node(false, None, Vec::new()),
    ])
}

fn of_reach(tape: &[u32], text: &str) -> Result<Option<u32>, ReadError> {
    let (store, value) = read_tape(Space::Input, tape, text.to_owned(), LEVELS, &some_reach())?;
    let mut stores = Stores::default();
    stores.put(Space::Input, Rc::new(store));
    Ok(stores.len(value))
}

#[test]
fn a_record_is_that_of_its_place() {
    const ABSENT: u32 = word(0, 3);
    const TWO: u32 = word(7, 2);
    const NONE: u32 = word(7, 0);
    for (tape, text, keys) in [
        (&[TWO, NULL, NULL] as &[u32], "", 2),
        (&[TWO, NULL, ABSENT], "", 1),
        (&[TWO, ABSENT, ABSENT], "", 0),
        (&[TWO, object(1), string(1), NULL, array(2), NONE, NONE], "x", 2),
        (&[TWO, ABSENT, object(1), string(1), NONE], "x", 1),
        // Nobody need leave out what cannot be looked at.
        (&[object(1), string(1), NULL], "x", 1),
    ] {
        assert_eq!(of_reach(tape, text), Ok(Some(keys)), "{tape:?}");
    }
    for tape in [
        &[word(7, 1), NULL] as &[u32],
        &[word(7, 3), NULL, NULL, NULL],
        &[TWO, NULL],
        &[TWO, NONE, NULL],
        &[TWO, NULL, NONE],
        &[TWO, NULL, array(1), ABSENT],
        &[ABSENT],
        &[word(7, u32::MAX >> 3)],
    ] {
        assert_eq!(of_reach(tape, ""), Err(ReadError::Damaged), "{tape:?}");
    }
}

/// Words that are often, though not always, some of a tape.
fn some_word() -> impl Strategy<Value = u32> {
    prop_oneof![8 => (0..8_u32, 0..4_u32).prop_map(|(kind, number)| word(kind, number)), 1 => any::<u32>()]
}

proptest! {
    #[test]
    fn any_words_are_a_document_or_an_error(tape in prop::collection::vec(some_word(), 0..40), text in "[a1\u{e9}\u{1f600}]{0,12}") {
        if let Ok(json) = written(&tape, &text) {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{}", json);
        }
        let _ = of_reach(&tape, &text);
    }
}
