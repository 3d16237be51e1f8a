//! Amounts with units: `10Ki`, `0.5GB`.

use super::integers::{charge_digits, digits_of};
use super::texts::{check_numbers, read};
use super::{Answer, Context, Failure, Function};
use crate::rego::letters;
use crate::rego::syntax::numbers::Strings;
use crate::rego::value::{Float, Space, Value};
use num_bigint::{BigInt, Sign};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "units.parse" => Function::One(parse),
        "units.parse_bytes" => Function::One(parse_bytes),
        _ => return None,
    })
}

/// A thousand and 1024 to a power, by the letter of the unit.
fn power(letter: char) -> Option<u32> {
    "kmgtpe".chars().zip(1..).find_map(|(known, power)| (known == letter).then_some(power))
}

/// The amount and the unit of a text, in which quotation marks count for nothing.
fn amount_and_unit(text: &str) -> Result<(&str, &str), Failure> {
    if text.contains(' ') {
        return Err(Failure::of_builtin("spaces not allowed in resource strings"));
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        match byte {
            b'0'..=b'9' | b'.' | b'+' | b'-' => {}
            // An exponent, or the first letter of a unit.
            b'e' | b'E' if matches!(next, b'+' | b'-') => at += 1,
            b'e' | b'E' if next.is_ascii_digit() => {}
            _ => break,
        }
        at += 1;
    }
    let (amount, unit) = text.split_at_checked(at.min(text.len())).unwrap_or((text, ""));
    check_numbers(amount, Strings::MayBeBare)?;
    Ok((amount, unit))
}

/// A number in digits: what stands before an exponent without its point, and the power of ten that it stands for.
fn digits(amount: &str) -> Option<(String, i64)> {
    let (mantissa, exponent) = amount.split_once(['e', 'E']).unwrap_or((amount, "0"));
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let exponent: i64 = exponent.parse().ok().filter(|_| is_number)?;
    Some((format!("{sign}{digits}"), exponent - fraction.len() as i64))
}

/// A fraction, exactly.
fn parse(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    let text = context.stores.text(text).replace('"', "");
    let (amount, unit) = amount_and_unit(&text)?;
    if amount.is_empty() {
        return Err(Failure::of_builtin("no amount provided"));
    }
    // `m` is a thousandth and `M` a million; any other letter may be either.
    let mut letters = unit.chars();
    let first = letters.next();
    let rest = letters::in_small(letters.as_str());
    let times = match (first, rest.as_str()) {
        (None, _) => Some(BigInt::from(1)),
        (Some('m'), "") => None,
        (Some(letter), "" | "i") => {
            let base = if rest.is_empty() { 1000 } else { 1024 };
            let power = power(letter.to_ascii_lowercase());
            Some(power.map(|power| BigInt::from(base).pow(power)).ok_or_else(|| unknown(unit, "unit"))?)
        }
        _ => return Err(unknown(unit, "unit")),
    };
    charge_digits(context, digits_of(amount))?;
    let wrong = || Failure::of_builtin("could not parse amount to a number");
    let (digits, exponent) = digits(amount).ok_or_else(wrong)?;
    let mut above: BigInt = digits.parse().map_err(|_| wrong())?;
    let mut below = BigInt::from(1);
    let power = BigInt::from(10).pow(u32::try_from(exponent.unsigned_abs()).map_err(|_| wrong())?);
    if exponent < 0 {
        below *= power;
    } else {
        above *= power;
    }
    match times {
        Some(times) => above *= times,
        None => {
            // A thousandth is the float next to it.
            above *= BigInt::from(0x10_624d_d2f1_a9fc_u64);
            below <<= 62;
        }
    }
    let number = if (&above % &below).sign() == Sign::NoSign {
        (above / below).to_string()
    } else {
        with_ten_decimals(&above, &below)
    };
    Ok(context.stores.make_number(Space::Heap, &number)?)
}

fn unknown(unit: &str, what: &str) -> Failure {
    Failure::of_builtin(format!("{what} {unit} not recognized"))
}

/// A fraction with ten digits behind the point, rounded away from zero where it stands between two.
fn with_ten_decimals(above: &BigInt, below: &BigInt) -> String {
    let scaled = above.magnitude() * 10_000_000_000_u64;
    let below = below.magnitude();
    let rounded = (scaled * 2_u32 + below) / (below * 2_u32);
    let digits = format!("{rounded:0>11}");
    let (whole, fraction) = digits.split_at_checked(digits.len().saturating_sub(10)).unwrap_or((&digits, ""));
    let sign = if above.sign() == Sign::Minus { "-" } else { "" };
    format!("{sign}{whole}.{fraction}")
}

/// An integer, of a number with 64 binary digits.
fn parse_bytes(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    let text = letters::in_small(context.stores.text(text)).replace('"', "");
    let (amount, unit) = amount_and_unit(&text)?;
    if amount.is_empty() {
        return Err(Failure::of_builtin("no byte amount provided"));
    }
    let mut letters = unit.chars();
    let base: i64 = match (letters.next(), letters.as_str()) {
        (None, _) => 1,
        (Some(letter), rest @ ("" | "b" | "i" | "ib")) => {
            let base = if rest.starts_with('i') { 1024_i64 } else { 1000 };
            power(letter).and_then(|power| base.checked_pow(power)).ok_or_else(|| unknown(unit, "byte unit"))?
        }
        _ => return Err(unknown(unit, "byte unit")),
    };
    charge_digits(context, digits_of(amount))?;
    if digits(amount).is_none() {
        return Err(Failure::of_builtin("could not parse byte amount to a number"));
    }
    let amount = Float::of_text(amount.strip_prefix('+').unwrap_or(amount));
    let total = amount.times(Float::of_integer(base)).truncated();
    let magnitude = total.integer_magnitude();
    let sign = if total.is_negative() && magnitude.bits() > 0 { "-" } else { "" };
    let number = format!("{sign}{magnitude}");
    Ok(context.stores.make_number(Space::Heap, &number)?)
}
