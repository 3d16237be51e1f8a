//! Numbers as YAML scalars without quotes write them; underscores have been taken out of the digits.

use crate::rego::value::double;

/// A whole number with a sign and the prefix of a radix, where it has them.
pub fn whole(text: &str) -> Option<String> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let is_signed = digits.len() < text.len();
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if !digits.bytes().all(|digit| char::from(digit).is_digit(radix)) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    let most = match (is_negative, is_signed) {
        (true, _) => 1 << 63,
        (false, true) => i64::MAX.unsigned_abs(),
        (false, false) => u64::MAX,
    };
    let sign = if is_negative && value > 0 { "-" } else { "" };
    (value <= most).then(|| format!("{sign}{value}"))
}

/// A decimal number with a point or an exponent, that is not too large.
pub fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_exponent = |exponent: &str| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && are_digits(digits)
    };
    if (before.is_empty() && behind.is_empty())
        || !are_digits(before)
        || !are_digits(behind)
        || !exponent.is_none_or(is_exponent)
    {
        return None;
    }
    double::read(text).filter(|value| value.is_finite())
}
