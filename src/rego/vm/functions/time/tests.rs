//! Layouts and durations, as Go reads and writes them.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::calendar::Civil;
use super::{Zone, duration, format, layout, parse};

fn formatted(ns: i128, offset_seconds: i32, layout: &str) -> String {
    let zone = Zone { offset_seconds, name: "UTC".to_owned() };
    let ahead = i128::from(offset_seconds) * 1_000_000_000;
    format::format(&Civil::of_ns(ns + ahead), &zone, layout::named(layout).unwrap_or(layout))
}

#[test]
fn moments_are_written_as_the_layout_is() {
    let ns = 1_670_006_453_141_828_752;
    for (layout, text) in [
        ("Monday, 2 January 2006", "Friday, 2 December 2022"),
        ("Mon Jan _2 06 Janx Monx", "Fri Dec  2 22 Janx Monx"),
        ("__2 002 _2006", "336 336 _2022"),
        ("3:4:5pm 03:04:05 PM 15h", "6:40:53pm 06:40:53 PM 18h"),
        ("15:04:05.000 15:04:05.999 5.0 5,00 .0000000000", "18:40:53.141 18:40:53.141 53.1 53,14 .141828752"),
        ("Z07:00 Z0700 Z07 -07:00 -0700 -07 -07:00:00 MST", "Z Z Z +00:00 +0000 +00 +00:00:00 UTC"),
        ("ANSIC", "Fri Dec  2 18:40:53 2022"),
        ("RFC3339Nano", "2022-12-02T18:40:53.141828752Z"),
        ("\u{e9}2\u{e9}", "\u{e9}2\u{e9}"),
        ("", ""),
    ] {
        assert_eq!(formatted(ns, 0, layout), text, "{layout}");
    }
    assert_eq!(formatted(ns, -12_600, "RFC3339"), "2022-12-02T15:10:53-03:30");
    assert_eq!(formatted(0, 0, "15:04:05.999"), "00:00:00");
    assert_eq!(formatted(-1, 0, "RFC3339Nano"), "1969-12-31T23:59:59.999999999Z");
    assert_eq!(formatted(951_782_400_000_000_000, 0, "2006-01-02 Mon 002"), "2000-02-29 Tue 060");
}

#[test]
fn texts_are_read_as_the_layout_is() {
    for (layout, text, seconds) in [
        ("2006-01-02", "1970-01-02", 86_400),
        ("2006-01-02T15:04:05Z07:00", "1970-01-01T01:00:00+01:00", 0),
        ("Mon, 02 Jan 2006 15:04:05 -0700", "Thu, 01 Jan 1970 00:00:00 -0100", 3_600),
        ("Jan _2 2006 3:04PM", "feb  3 1970 12:30AM", 33 * 86_400 + 1_800),
        ("2006 002", "1972 366", 1_095 * 86_400),
        ("06-1-2", "69-12-31", -86_400),
        ("15:04:05 MST 2006", "00:00:01 CEST 1970", 1),
        ("15:04:05 MST 2006", "00:00:01 GMT+3 1970", 1),
        ("15:04:05 MST 2006", "00:00:01 -03 1970", 1),
        ("15:04:05 Z07 -07 2006", "01:00:00 Z +01 1970", 3_600),
        ("2006  15", "1970 1", 3_600),
    ] {
        assert_eq!(parse::parse(layout, text), Ok(seconds * 1_000_000_000), "{layout} {text}");
    }
    assert_eq!(parse::parse("15:04:05 2006", "00:00:01.5 1970"), Ok(1_500_000_000));
    assert_eq!(parse::parse("15:04:05.999 2006", "00:00:01,0000000009 1970"), Ok(1_000_000_000));
    assert_eq!(parse::parse("5.000 2006", "1.+85 1970"), Ok(1_085_000_000));
    for (layout, text, wrong) in [
        ("2006-01-02", "1970-02-29", "day out of range"),
        ("2006-01-02", "1970-13-01", "month out of range"),
        ("2006-01-02", "1970-1-01", "cannot parse \"1-01\" as \"01\""),
        ("2006-01-02", "1970-01-01 ", "extra text: \" \""),
        ("2006-01-02", "1970/01-01", "cannot parse \"/01-01\" as \"-\""),
        ("15:04", "24:00", "hour out of range"),
        ("Z07:00", "+25:00", "time zone offset hour out of range"),
        ("2006 002", "1970 366", "day-of-year out of range"),
        ("2006 Jan 002", "1970 Feb 001", "day-of-year does not match month"),
        ("05.000", "01.00", "cannot parse"),
        ("05.000", "01.-85", "fractional second out of range"),
        ("MST", "+3", "cannot parse \"+3\" as \"MST\""),
        ("MST", "+30", "cannot parse \"+30\" as \"MST\""),
        (
            "2006\"\u{e9}",
            "1970\"\ne",
            "\"1970\\\"\\x0ae\" as \"2006\\\"\\xc3\\xa9\": cannot parse \"\\x0ae\" as \"\\\"\\xc3\\xa9\"",
        ),
        ("PM", "Am", "cannot parse"),
    ] {
        let found = parse::parse(layout, text).unwrap_err();
        assert!(found.contains(wrong), "{layout} {text}: {found}");
    }
}

#[test]
fn durations_are_read() {
    for (text, ns) in [
        ("0", Some(0)),
        ("1h15m30.918273645s", Some(4_530_918_273_645)),
        ("-1.5h", Some(-5_400_000_000_000)),
        (".5ms", Some(500_000)),
        ("1.s", Some(1_000_000_000)),
        ("+3\u{b5}s2ns", Some(3_002)),
        ("9223372036854775807ns", Some(i64::MAX)),
        ("-9223372036854775808ns", Some(i64::MIN)),
        ("9223372036854775808ns", None),
        ("", None),
        ("1", None),
        (".s", None),
        ("1d", None),
        ("1h-1m", None),
        ("\u{661}s", None),
    ] {
        assert_eq!(duration::parse(text).ok(), ns, "{text}");
    }
}
