//! Floats as Go prints them.

use super::Failure;
use super::text_verbs::{Flags, pad};
use super::texts::Draft;
use crate::rego::value::digits::LARGE;
use crate::rego::value::double::{self, parts};

/// Prints a float by a verb: one of `b`, `g`, `G`, `x`, `X`, `f`, `F`, `e` and `E`.
pub fn print(draft: &mut Draft, value: f64, verb: char, flags: &Flags) -> Result<(), Failure> {
    draft.work(double::work(value))?;
    let default = if matches!(verb, 'f' | 'F' | 'e' | 'E') { Some(6) } else { None };
    let precision = flags.precision.or(default);
    let mut digits = match verb {
        'b' => in_powers_of_two(value),
        'f' | 'F' => {
            let count = precision.unwrap_or(6);
            double::exact(value).nearest_behind_point(count).plain(count)
        }
        'e' | 'E' => {
            let count = precision.unwrap_or(6);
            double::exact(value).nearest(count + 1).with_exponent(count, 2)
        }
        'x' | 'X' => hexadecimal(value.abs(), precision),
        _ => general(value, precision),
    };
    if flags.sharp && verb != 'b' {
        digits = with_point(&digits, verb, precision);
    }
    if verb.is_ascii_uppercase() {
        digits.make_ascii_uppercase();
    }
    let sign = match (value.is_sign_negative(), flags.plus, flags.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    if flags.zero && !flags.minus {
        draft.push(sign)?;
        let width = flags.width.map(|width| width.saturating_sub(sign.len()));
        return pad(draft, &digits, &Flags { width, ..*flags });
    }
    pad(draft, &format!("{sign}{digits}"), flags)
}

/// The digits that Go prints by `%g`: as few as tell the float apart, or as many as wanted, with an exponent where it is far from one.
pub fn general(value: f64, precision: Option<usize>) -> String {
    let Some(precision) = precision else { return double::shortest(value).general(LARGE) };
    let wanted = precision.max(1);
    let digits = double::exact(value).nearest(wanted);
    // Digits behind the last one that is not zero are not wanted.
    let (count, wanted) = (digits.count() as i64, wanted as i64);
    digits.general(if wanted > count && count >= digits.point() { count } else { wanted })
}

fn in_powers_of_two(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{mantissa}p{exponent:+}")
}

/// Hexadecimal digits: one before the point, and a power of two.
fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = 0;
    } else {
        // The first digit stands in bit 60, before fifteen of four bits.
        let zeros = mantissa.leading_zeros();
        mantissa <<= zeros - 3;
        exponent += 63 - i64::from(zeros);
    }
    if let Some(precision) = precision.filter(|&precision| precision < 15) {
        let dropped = 60 - 4 * precision as u32;
        let (rest, half) = (mantissa & ((1 << dropped) - 1), 1_u64 << (dropped - 1));
        mantissa >>= dropped;
        if rest > half || rest == half && mantissa & 1 == 1 {
            mantissa += 1;
        }
        mantissa <<= dropped;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let mut fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    match precision {
        None => fraction.truncate(fraction.trim_end_matches('0').len()),
        Some(precision) => {
            fraction.truncate(precision);
            fraction.extend(std::iter::repeat_n('0', precision.saturating_sub(fraction.len())));
        }
    }
    let dot = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{}{dot}{fraction}p{sign}{:02}", mantissa >> 60, exponent.abs())
}

/// The same with a point, and for some verbs with as many digits as wanted, zeros among them.
fn with_point(number: &str, verb: char, precision: Option<usize>) -> String {
    let ends: &[char] = if matches!(verb, 'x' | 'X') { &['p'] } else { &['e', 'p'] };
    let tail = number.find(ends).unwrap_or(number.len());
    let (digits, tail) = number.split_at_checked(tail).unwrap_or((number, ""));
    let mut missing = if matches!(verb, 'g' | 'G' | 'x') { precision.unwrap_or(6) } else { 0 };
    let counted = digits.trim_start_matches(['0', '.']);
    missing = missing.saturating_sub(counted.bytes().filter(|&byte| byte != b'.').count());
    let dot = if digits.contains('.') { "" } else { "." };
    if digits == "0" {
        missing = missing.saturating_sub(1);
    }
    format!("{digits}{dot}{}{tail}", "0".repeat(missing))
}
