//! Floats as texts: read and printed exactly. It is what the standard library does, with the integers that are here anyway in place of its
//! tables, which are 20 KB after gzip; and of two shortest texts that are equally near, the one that Go writes.

use super::digits::Digits;
use super::wide::Wide;
use num_bigint::BigUint;

/// The float that is nearest to a number in decimal digits, with a sign, a point and an exponent where it has them. It is infinite
/// where the number is too large. Nothing of any other text.
pub fn read(text: &str) -> Option<f64> {
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let digits = whole.bytes().chain(fraction.bytes()).skip_while(|&digit| digit == b'0');
    let magnitude = nearest(digits, exponent - fraction.len() as i64);
    Some(if is_negative { -magnitude } else { magnitude })
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An exponent; one that is beyond all numbers is as good as any that is.
fn exponent_of(text: &str) -> Option<i64> {
    const FAR: i64 = 1 << 40;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !are_digits(digits) {
        return None;
    }
    let size = digits.parse().map_or(FAR, |size: i64| size.min(FAR));
    Some(if text.starts_with('-') { -size } else { size })
}

/// The float that is nearest to digits, of which the first is none that is zero, times ten to the power of `power`.
fn nearest(mut digits: impl Iterator<Item = u8>, mut power: i64) -> f64 {
    /// Digits beyond them only say whether there is more: no float, and nothing in the middle between two, has as many.
    const MOST: usize = 800;
    let mut kept: Vec<u8> = digits.by_ref().take(MOST).collect();
    let mut has_more = false;
    for digit in digits {
        power += 1;
        has_more |= digit != b'0';
    }
    if has_more {
        kept.push(b'1');
        power -= 1;
    }
    let point = kept.len() as i64 + power;
    if kept.is_empty() || point < -330 {
        return 0.0;
    }
    if point > 310 {
        return f64::INFINITY;
    }
    // Both are floats, and so one operation rounds, once.
    if kept.len() <= 15 && power.abs() <= 22 {
        let digits = kept.iter().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit - b'0'));
        let by = (0..power.abs()).fold(1.0, |by, _| by * 10.0);
        return if power < 0 { digits / by } else { digits * by };
    }
    of_wide(Wide::of_decimal(&kept, power))
}

fn of_wide(wide: Wide) -> f64 {
    // What the last digit of the float stands for: the least that any does, where it would have its first digit below.
    let unit = (wide.exponent + 127 - 52).max(-1074);
    let dropped = u32::try_from(unit - wide.exponent).unwrap_or(u32::MAX);
    let mantissa = wide.without(dropped) as u64;
    // The first digit, or a carry into one more, is added to the exponent.
    let exponent = u64::try_from(unit + 1074).unwrap_or(0);
    if exponent > 2045 {
        return f64::INFINITY;
    }
    f64::from_bits((exponent << 52) + mantissa)
}

/// The parts of a finite float: up to 53 binary digits, and the power of two that they stand for.
pub const fn parts(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    parted(bits & ((1 << 52) - 1), bits >> 52 & 0x7ff, 52, -1074)
}

const fn parted(fraction: u64, exponent: u64, width: u32, least: i64) -> (u64, i64) {
    match exponent {
        0 => (fraction, least),
        exponent => (fraction | 1 << width, least + exponent as i64 - 1),
    }
}

/// Steps for reading or printing a float: the work grows with the square of its digits, of which those near to zero have hundreds. Floats as
/// people write them have too few to be counted.
pub const fn work(value: f64) -> u64 {
    const DIGITS_OF_A_STEP: u64 = 64;
    let (_, exponent) = parts(value);
    let size = exponent.unsigned_abs();
    let digits = 16 + if exponent < 0 { size * 7 / 10 } else { size * 3 / 10 };
    let steps = digits / DIGITS_OF_A_STEP;
    steps * steps
}

/// All digits of a finite float, without its sign.
pub fn exact(value: f64) -> Digits {
    let (mantissa, exponent) = parts(value);
    Digits::exact(&BigUint::from(mantissa), exponent)
}

/// As few digits as tell a finite float from all others, without its sign.
pub fn shortest(value: f64) -> Digits {
    let (mantissa, exponent) = parts(value);
    told_apart(mantissa, exponent, mantissa == 1 << 52 && exponent > -1074)
}

/// The same among floats of 32 bits.
#[cfg(feature = "yaml")]
pub fn shortest_of_single(value: f32) -> Digits {
    let bits = u64::from(value.to_bits());
    let (mantissa, exponent) = parted(bits & ((1 << 23) - 1), bits >> 23 & 0xff, 23, -149);
    told_apart(mantissa, exponent, mantissa == 1 << 23 && exponent > -149)
}

/// A finite float without an exponent, with as few digits as it can have.
pub fn plain(value: f64) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    format!("{sign}{}", shortest(value).plain(0))
}

/// As few digits as are nearer to `mantissa` times two to the power of `exponent` than to its neighbours, the nearest of them. `is_first`
/// says that the neighbour below is half as far away as the one above.
fn told_apart(mantissa: u64, exponent: i64, is_first: bool) -> Digits {
    // In quarters all that is in the middle between neighbours is an integer.
    let (quarters, exponent) = (BigUint::from(mantissa) << 2_u32, exponent - 2);
    let own = Digits::exact(&quarters, exponent);
    if mantissa == 0 {
        return own;
    }
    let below = Digits::exact(&(&quarters - if is_first { 1_u32 } else { 2 }), exponent);
    let above = Digits::exact(&(&quarters + 2_u32), exponent);
    // What is in the middle is read as the even one.
    let is_even = mantissa & 1 == 0;
    for kept in 1..own.count() {
        let (cut, raised) = (own.cut(kept), own.raised(kept));
        let may_cut = cut > below || is_even && cut == below;
        let may_raise = raised < above || is_even && raised == above;
        match (may_cut, may_raise) {
            (true, true) => return own.nearest(kept),
            (true, false) => return cut,
            (false, true) => return raised,
            (false, false) => {}
        }
    }
    own
}
