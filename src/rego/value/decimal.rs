//! Numbers as they are written: when two are equal, and which is smaller, exactly, whatever their size.

use super::Value;
use crate::rego::syntax::numbers;
use std::cmp::Ordering;

/// The integer that a number is, where it is written as one and fits into a word. `-0`, `1.0` and `1e0` keep their text.
pub fn small_integer(text: &str) -> Option<Value> {
    if text == "-0" {
        return None;
    }
    text.parse().ok().and_then(Value::integer)
}

/// Whether a text is a number as JSON writes it, and none that is too long to be worked with.
pub fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(are_digits)
        && numbers::of_number(unsigned).is_none()
}

/// A number taken apart: `0.` and the digits, times ten to the power of `point`.
struct Decimal<'t> {
    is_negative: bool,
    /// The digits before and behind the point, without zeros before the first other digit.
    whole: &'t [u8],
    fraction: &'t [u8],
    /// Where the point stands, counted from the first digit.
    point: i64,
}

impl<'t> Decimal<'t> {
    fn of(text: &'t str) -> Self {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // An exponent that fits into no word is as far as one that does.
        let far = if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
        let exponent = exponent.parse::<i64>().map_or(far, |exponent| exponent.clamp(i64::MIN / 4, i64::MAX / 4));
        let whole = whole.trim_start_matches('0').as_bytes();
        let (fraction, zeros) = if whole.is_empty() {
            let kept = fraction.trim_start_matches('0');
            (kept, fraction.len() - kept.len())
        } else {
            (fraction, 0)
        };
        let is_zero = whole.is_empty() && fraction.is_empty();
        let point = if is_zero { 0 } else { exponent + whole.len() as i64 - zeros as i64 };
        Self { is_negative: is_negative && !is_zero, whole, fraction: fraction.as_bytes(), point }
    }

    fn is_zero(&self) -> bool {
        self.digits().all(|digit| digit == b'0')
    }

    fn digits(&self) -> impl Iterator<Item = u8> + '_ {
        self.whole.iter().chain(self.fraction).copied()
    }

    fn compare_without_sign(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        self.point.cmp(&other.point).then_with(|| {
            let longer = self.digits().count().max(other.digits().count());
            let zeros = std::iter::repeat(b'0');
            self.digits().chain(zeros.clone()).take(longer).cmp(other.digits().chain(zeros).take(longer))
        })
    }
}

/// Which of two numbers is smaller.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Decimal::of(a), Decimal::of(b));
    match (a.is_negative && !a.is_zero(), b.is_negative && !b.is_zero()) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => a.compare_without_sign(&b),
        (true, true) => b.compare_without_sign(&a),
    }
}

/// Whether a number is smaller than an integer.
pub fn compare_with_integer(a: &str, b: i64) -> Ordering {
    let mut digits = [0; 20];
    compare(a, integer_text(b, &mut digits))
}

/// The digits of an integer.
pub fn integer_text(value: i64, digits: &mut [u8; 20]) -> &str {
    let mut at = digits.len();
    let mut left = value.unsigned_abs();
    loop {
        at -= 1;
        if let Some(digit) = digits.get_mut(at) {
            *digit = b'0' + (left % 10) as u8;
        }
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        if let Some(sign) = digits.get_mut(at) {
            *sign = b'-';
        }
    }
    digits.get(at..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default()
}
