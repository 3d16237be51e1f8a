//! Floats are read and printed as the standard library does both, to the bit and to the digit. Where two numbers of as few digits are as
//! near, it prints the larger one, and Go and this one the one that is even.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::digits::Digits;
use super::double::{exact, plain, read, shortest};
use num_bigint::BigUint;
use proptest::prelude::any;
use proptest::test_runner::Config;
use proptest::{prop_assert_eq, proptest};

/// Numbers at the ends of what floats are, and beside powers of two, where the neighbours are not as far away as each other.
fn edges() -> Vec<f64> {
    let mut edges =
        vec![0.0, 1.0, f64::MIN_POSITIVE, f64::MAX, f64::EPSILON, 0.1, 0.3, 1e21, 1e22, 1e23, 9007199254740993.0];
    edges.extend((0..2047).map(|exponent| f64::from_bits(exponent << 52)));
    edges.extend((0..52).map(|bit| f64::from_bits(1 << bit)));
    let beside = |value: &f64| [value.next_down().abs(), *value, value.next_up()];
    edges.iter().flat_map(beside).filter(|value| value.is_finite()).collect()
}

/// As the standard library writes an exponent.
fn bare(digits: &Digits, behind: usize) -> String {
    digits.with_exponent(behind, 1).replace('+', "")
}

/// The digits of the middle between a float and the one above it, all of them.
fn middle(value: f64) -> String {
    let (mantissa, exponent) = super::double::parts(value);
    bare(&Digits::exact(&(BigUint::from(mantissa) * 2_u32 + 1_u32), exponent - 1), 0)
}

fn is_read(text: &str) {
    let wanted = text.parse::<f64>().unwrap();
    assert_eq!(read(text).map(f64::to_bits), Some(wanted.to_bits()), "{text}");
}

fn is_shortest(printed: &Digits, all: &Digits, wanted: &str) {
    let count = printed.count();
    let is_in_the_middle = all.count() == count + 1 && all.as_bytes().ends_with(b"5");
    let is_even = is_in_the_middle && *printed == all.nearest(count) && bare(&all.raised(count), 0) == wanted;
    assert!(is_even || bare(printed, 0) == wanted, "{wanted}");
}

fn is_printed(value: f64) {
    let printed = shortest(value);
    is_shortest(&printed, &exact(value), &format!("{:e}", value.abs()));
    assert_eq!(read(&plain(value)).map(f64::to_bits), Some(value.to_bits()), "{value}");
    assert!(bare(&printed, 0) != format!("{:e}", value.abs()) || plain(value) == value.to_string(), "{value}");
    is_read(&format!("{value:e}"));
    is_read(&printed.with_exponent(0, 1));
}

fn is_rounded(value: f64, count: usize) {
    assert_eq!(exact(value).nearest_behind_point(count).plain(count), format!("{:.*}", count, value.abs()));
    assert_eq!(bare(&exact(value).nearest(count + 1), count), format!("{:.*e}", count, value.abs()));
}

#[test]
fn numbers_at_the_edges() {
    for value in edges() {
        is_printed(value);
        is_printed(-value);
        for count in [0, 1, 16, 17] {
            is_rounded(value, count);
        }
        let middle = middle(value);
        let (mantissa, exponent) = middle.split_once('e').unwrap();
        let dot = if mantissa.contains('.') { "" } else { "." };
        is_read(&middle);
        is_read(&format!("{mantissa}{dot}{}1e{exponent}", "0".repeat(900)));
        is_read(&format!("-{mantissa}{dot}{}e{exponent}", "0".repeat(900)));
    }
}

#[test]
fn what_is_in_the_middle_is_rounded_to_what_is_even() {
    for value in [0.5, 1.5, 2.5, 0.25, 0.75, 0.125, 0.05, 9.5, 99.5, 0.0625, 1e15 + 0.5, 0.499_999_999_999_999_94] {
        for count in 0..6 {
            is_rounded(value, count);
        }
    }
    for value in [1e300, 5e-324, 0.1] {
        for count in [400, 1100, 10_000] {
            is_rounded(value, count);
        }
    }
}

#[test]
fn texts_in_every_form() {
    let long = [format!("1{}", "0".repeat(400)), format!("0.{}1", "0".repeat(5_000)), "9".repeat(10_000)];
    for text in [
        "0",
        "-0",
        "+0",
        "0e99999999999999999999",
        "-0.000e-5",
        "1",
        "+1",
        "-1",
        "1.",
        ".1",
        "1.e5",
        ".5E-3",
        "00012.50",
        "1e22",
        "1e23",
        "123456789012345e22",
        "1234567890123456e22",
        "9007199254740993",
        "1e308",
        "1.8e308",
        "1e309",
        "1e-323",
        "2e-324",
        "3e-324",
        "-2e-324",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "-1e400",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
    ]
    .into_iter()
    .chain(long.iter().map(String::as_str))
    {
        is_read(text);
        is_read(&format!("{text}{}", if text.contains(['.', 'e', 'E']) { "" } else { "e-9990" }));
    }
    for text in [
        "", ".", "-", "+", "e1", ".e1", "1e", "1e+", "1e1.5", "1_0", " 1", "1 ", "--1", "+-1", "0x1", "1.2.3", "1f",
        "\u{663}",
    ] {
        assert_eq!(read(text), None, "{text}");
        assert!(text.parse::<f64>().is_err(), "{text}");
    }
    // Words are no digits.
    for text in ["inf", "-Infinity", "nan"] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[cfg(feature = "yaml")]
#[test]
fn floats_of_32_bits() {
    use super::double::shortest_of_single;
    let printed = |bits: u32| {
        let value = f32::from_bits(bits & 0x7fff_ffff);
        if value.is_finite() {
            is_shortest(&shortest_of_single(value), &exact(f64::from(value)), &format!("{value:e}"));
        }
    };
    (0..3).for_each(printed);
    (1..255).flat_map(|exponent| (exponent << 23) - 2..(exponent << 23) + 3).for_each(printed);
    (0..200_000_u32).map(|at| at.wrapping_mul(2_654_435_761)).for_each(printed);
}

proptest! {
    #![proptest_config(Config { cases: 20_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_float_is_printed_and_read(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        if value.is_finite() {
            is_printed(value);
        }
    }

    #[test]
    fn any_float_is_rounded(bits in any::<u64>(), count in 0_usize..40) {
        let value = f64::from_bits(bits);
        if value.is_finite() {
            is_rounded(value, count);
        }
    }

    #[test]
    fn numbers_as_people_write_them(digits in 0_u64..1_000_000_000_000_000_000, places in 0_usize..19, count in 0_usize..20) {
        let text = format!("{:.*}", places, digits as f64 / 10_f64.powi(places as i32));
        is_read(&text);
        is_read(&format!("{digits}e-{places}"));
        let value = read(&text).unwrap();
        is_printed(value);
        is_rounded(value, count);
    }

    #[test]
    fn texts_near_the_middle(bits in any::<u64>(), cut in 1_usize..800, last in 0_u8..10) {
        let value = f64::from_bits(bits & 0x7fff_ffff_ffff_ffff);
        if value < f64::MAX {
            let middle = middle(value);
            let (mantissa, exponent) = middle.split_once('e').unwrap();
            let dot = if mantissa.contains('.') { "" } else { "." };
            is_read(&middle);
            is_read(&format!("{mantissa}{dot}{last}e{exponent}"));
            is_read(&format!("{}{last}e{exponent}", mantissa.get(..cut + 1).unwrap_or(mantissa)));
        }
    }

    #[test]
    fn any_digits_are_read(digits in "[0-9]{1,40}", fraction in "[0-9]{0,40}", exponent in -400_i32..400, sign in "[+-]?") {
        is_read(&format!("{sign}{digits}.{fraction}e{exponent}"));
        is_read(&format!("{sign}{digits}.{fraction}"));
        prop_assert_eq!(read(&format!("{digits}.{fraction}x")), None);
    }
}
