//! Numbers of schemas and documents, exactly.

use super::super::integers::{charge_digits, digits_of};
use super::super::json_writer::Writer;
use super::super::texts::Draft;
use super::super::{Context, Failure};
use crate::rego::value::{Kind, Value};
use num_bigint::BigInt;

/// The text of a number.
fn text(context: &mut Context<'_>, number: Value) -> Result<String, Failure> {
    match number.kind() {
        Kind::Integer(value) => Ok(value.to_string()),
        Kind::Number(text) => {
            let text = context.stores.text(text).to_owned();
            charge_digits(context, digits_of(&text))?;
            context.charge(1 + text.len() as u64 / 32)?;
            Ok(text)
        }
        _ => Ok(String::new()),
    }
}

/// A number as digits and the power of ten that they are multiplied by.
struct Decimal {
    is_negative: bool,
    /// Without zeros at either end; empty where the number is zero.
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn of(text: &str) -> Self {
        let (is_negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // INVARIANT (numbers): a number of a document has an exponent within the limit.
        let exponent = exponent.trim_start_matches('+').parse::<i64>().unwrap_or(0) - fraction.len() as i64;
        let all = format!("{whole}{fraction}");
        let kept = all.trim_end_matches('0');
        let exponent = exponent + (all.len() - kept.len()) as i64;
        let digits = kept.trim_start_matches('0').to_owned();
        Self { is_negative, exponent: if digits.is_empty() { 0 } else { exponent }, digits }
    }

    /// Times a power of ten, which has no fraction.
    fn scaled(&self, by: i64) -> BigInt {
        let zeros = usize::try_from(self.exponent + by).unwrap_or(0);
        let digits = format!("{}{}", self.digits, "0".repeat(zeros));
        BigInt::parse_bytes(digits.as_bytes(), 10).unwrap_or_default()
    }
}

/// Whether a number is an integer, however it is written.
pub fn is_integer(context: &mut Context<'_>, number: Value) -> Result<bool, Failure> {
    if let Kind::Integer(_) = number.kind() {
        return Ok(true);
    }
    let text = text(context, number)?;
    Ok(Decimal::of(&text).exponent >= 0)
}

/// Whether a number is a multiple of another one, which is not zero.
pub fn is_multiple(context: &mut Context<'_>, number: Value, of: Value) -> Result<bool, Failure> {
    if let (Kind::Integer(number), Kind::Integer(of)) = (number.kind(), of.kind()) {
        return Ok(number.checked_rem(of).is_some_and(|rest| rest == 0));
    }
    let (number, of) = (text(context, number)?, text(context, of)?);
    let (number, of) = (Decimal::of(&number), Decimal::of(&of));
    let by = -number.exponent.min(of.exponent);
    let length = |of: &Decimal| of.digits.len() as u64 + (of.exponent + by).unsigned_abs();
    charge_digits(context, length(&number) + length(&of))?;
    let of = of.scaled(by);
    Ok(of != BigInt::ZERO && number.scaled(by) % of == BigInt::ZERO)
}

/// A number in an error, as Go prints one of its large floats.
pub fn shown(context: &mut Context<'_>, number: Value) -> Result<String, Failure> {
    let text = text(context, number)?;
    let Decimal { is_negative, digits, exponent } = Decimal::of(&text);
    let sign = if is_negative { "-" } else { "" };
    if digits.is_empty() {
        return Ok("0".to_owned());
    }
    // Where the point stands behind the first digit.
    let power = exponent + digits.len() as i64 - 1;
    if !(-4..6).contains(&power) {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let power_sign = if power < 0 { '-' } else { '+' };
        return Ok(format!("{sign}{first}{point}{rest}e{power_sign}{:02}", power.abs()));
    }
    let shown = match usize::try_from(power) {
        Ok(power) if digits.len() <= power + 1 => format!("{digits}{}", "0".repeat(power + 1 - digits.len())),
        Ok(power) => {
            let (whole, fraction) = digits.split_at(power + 1);
            format!("{whole}.{fraction}")
        }
        Err(_) => format!("0.{}{digits}", "0".repeat(usize::try_from(-1 - power).unwrap_or(0))),
    };
    Ok(format!("{sign}{shown}"))
}

/// A value as JSON, in which equal values are equal texts: numbers are floats, as in OPA.
pub fn comparable(context: &mut Context<'_>, value: Value) -> Result<String, Failure> {
    Draft::write(context, |context, draft| Writer::new(context.stores, draft, None).with_floats().write(value))
}
