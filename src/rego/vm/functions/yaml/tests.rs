//! The order of keys, which words and numbers need quotes, and how floats are written.

use super::key_order::compare;
use super::scalar::{Scalar, is_plain_text, resolve};
use super::scalar_style::{Style, is_simple_key, of};
use crate::rego::vm::functions::json_writer::json_of;
use std::cmp::Ordering;

#[test]
fn keys_stand_in_their_order() {
    let keys = [
        "", ".1", ".2", ".a", "1", "2", "02", "a!10", "a/0001", "a/002", "a/3", "a/10", "a/11", "a/0012", "a/100",
        "a~10", "ab/1", "b/1", "b/01", "b/2", "b/02", "b/3", "b1", "b01", "b3", "b10", "b100", "b105", "c2.10",
        "c10.2", "d1", "d7", "d7abc", "d12", "d12a", "é",
    ];
    for (at, key) in keys.iter().enumerate() {
        assert_eq!(compare(key, key), Ordering::Equal);
        for later in keys.iter().skip(at + 1) {
            assert_eq!(compare(key, later), Ordering::Less, "{key} {later}");
            assert_eq!(compare(later, key), Ordering::Greater, "{later} {key}");
        }
    }
    // Numbers of more than 64 bits are cut off, and nothing overflows.
    assert_ne!(compare(&"9".repeat(40), &"8".repeat(40)), Ordering::Equal);
}

#[test]
fn what_would_mean_something_else_is_no_plain_text() {
    for text in
        ["", "~", "y", "NO", "on", "1", "-1", "0b1", "1_0", "1e3", ".5", ".inf", "1:30", "-1:59:59.5", "2001-1-1"]
    {
        assert!(!is_plain_text(text), "{text}");
        assert_eq!(of(text), Style::Double, "{text}");
    }
    for text in ["a", "yEs", "1a", "_1", "1:60", "1:", "1.2.3", "2001-13-01", "0x", "e3", "."] {
        assert!(is_plain_text(text), "{text}");
    }
    assert_eq!(resolve("0o17"), Scalar::Whole("15".to_owned()));
    assert!(is_simple_key(&"k".repeat(128)) && !is_simple_key(&"k".repeat(129)) && !is_simple_key("a\rb"));
}

#[test]
fn floats_are_written_as_json_has_them() {
    for (value, text) in [
        (0.0, "0"),
        (-1.5, "-1.5"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (-1.25e300, "-1.25e+300"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (5e-324, "5e-324"),
    ] {
        assert_eq!(json_of(value), text);
    }
}
