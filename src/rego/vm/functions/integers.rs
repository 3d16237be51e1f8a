//! Integers of any size: as operands, and as results.

use super::operands::wrong_type;
use super::{Answer, Context, Failure};
use crate::limits;
use crate::rego::value::{Kind, Slice, Space, Stores, Value};
use crate::rego::vm::machine::Stop;
use num_bigint::BigInt;

/// Digits of what arithmetic may make: room for the product of any two numbers of a document.
pub const MOST_DIGITS: u64 = 2 * (limits::NUMBER_DIGITS + limits::NUMBER_EXPONENT);

/// Takes the steps for reading or writing as many decimal digits: the work grows with their square.
pub fn charge_digits(context: &mut Context<'_>, digits: u64) -> Result<(), Failure> {
    context.charge(steps_of_digits(digits))
}

/// Those steps.
pub const fn steps_of_digits(digits: u64) -> u64 {
    const DIGITS_OF_A_STEP: u64 = 32;
    let steps = digits / DIGITS_OF_A_STEP;
    steps.saturating_mul(steps)
}

/// Takes the steps for reading a number: its digits, and the zeros that its exponent stands for.
pub fn charge_number(context: &mut Context<'_>, number: Slice) -> Result<(), Failure> {
    let text = context.stores.text(number);
    charge_digits(context, digits_of(text))
}

/// About how many digits a number has when it is written out.
pub fn digits_of(number: &str) -> u64 {
    let exponent = number.split_once(['e', 'E']).map_or("", |(_, exponent)| exponent).trim_start_matches(['+', '-']);
    let zeros = if exponent.is_empty() { 0 } else { exponent.parse().unwrap_or(u64::MAX) };
    (number.len() as u64).saturating_add(zeros)
}

/// Whether a number is written as an integer: as digits alone.
pub fn is_written_whole(stores: &Stores, value: Value) -> bool {
    match value.kind() {
        Kind::Integer(_) => true,
        Kind::Number(text) => {
            let text = stores.text(text);
            text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// The integer that is written as one, whatever its size; nothing of any other value.
pub fn written(context: &mut Context<'_>, value: Value) -> Result<Option<BigInt>, Failure> {
    match value.kind() {
        Kind::Integer(value) => Ok(Some(BigInt::from(value))),
        Kind::Number(text) if is_written_whole(context.stores, value) => {
            charge_digits(context, u64::from(text.len))?;
            Ok(BigInt::parse_bytes(context.stores.text(text).as_bytes(), 10))
        }
        _ => Ok(None),
    }
}

/// An integer that is written as one and fits into 64 bits.
pub fn small(stores: &Stores, value: Value) -> Option<i64> {
    match value.kind() {
        Kind::Integer(value) => Some(value),
        Kind::Number(text) => stores.text(text).parse().ok(),
        _ => None,
    }
}

/// An operand that is to be such an integer.
pub fn word(context: &Context<'_>, value: Value, at: usize) -> Result<i64, Failure> {
    match value.kind() {
        Kind::Integer(_) | Kind::Number(_) => small(context.stores, value).ok_or_else(|| not_whole(at)),
        _ => Err(wrong_type(at, value, &["number"])),
    }
}

/// An operand that is to be an integer, of any size and however it is written.
pub fn integer(context: &mut Context<'_>, value: Value, at: usize) -> Result<BigInt, Failure> {
    match value.kind() {
        Kind::Integer(_) | Kind::Number(_) => exact(context, value)?.ok_or_else(|| not_whole(at)),
        _ => Err(wrong_type(at, value, &["integer"])),
    }
}

fn not_whole(at: usize) -> Failure {
    Failure::of_type(format!("operand {at} must be integer number but got floating-point number"))
}

/// The integer that a number is, exactly; nothing where it has a fraction, or is no number.
pub fn exact(context: &mut Context<'_>, value: Value) -> Result<Option<BigInt>, Failure> {
    let text = match value.kind() {
        Kind::Integer(value) => return Ok(Some(BigInt::from(value))),
        Kind::Number(text) => {
            context.charge(u64::from(text.len) / 32)?;
            context.stores.text(text).to_owned()
        }
        _ => return Ok(None),
    };
    if let Ok(value) = text.parse::<i64>() {
        return Ok(Some(BigInt::from(value)));
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_end_matches('0');
    if digits.is_empty() || digits == "-" {
        return Ok(Some(BigInt::ZERO));
    }
    // An exponent that fits into no word is beyond every bound.
    let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
    let zeros = exponent.parse().unwrap_or(far).saturating_add((all.len() - digits.len()) as i64);
    let Ok(zeros) = u64::try_from(zeros.saturating_sub(fraction.len() as i64)) else { return Ok(None) };
    if zeros > limits::NUMBER_DIGITS.saturating_add(all.len() as u64) {
        return Err(Failure::Stop(Stop::Limit("number_exponent")));
    }
    charge_digits(context, zeros.saturating_add(digits.len() as u64))?;
    let zeros = usize::try_from(zeros).unwrap_or(usize::MAX);
    Ok(BigInt::parse_bytes(format!("{digits}{}", "0".repeat(zeros)).as_bytes(), 10))
}

/// The value of what arithmetic makes of integers: each multiplication may double its length.
pub fn make_of_arithmetic(context: &mut Context<'_>, integer: &BigInt) -> Answer {
    if integer.bits() / 3 > MOST_DIGITS {
        return Err(Failure::Stop(Stop::Limit("number_digits")));
    }
    make(context, integer)
}

/// The value of an integer of any size.
pub fn make(context: &mut Context<'_>, integer: &BigInt) -> Answer {
    match i64::try_from(integer) {
        Ok(integer) => make_word(context, integer),
        Err(_) => {
            // A binary digit is less than a third of a decimal one.
            charge_digits(context, integer.bits() / 3)?;
            context.room(integer.bits() / 3)?;
            Ok(context.stores.make_number(Space::Heap, &integer.to_string())?)
        }
    }
}

/// The value of an integer of 64 bits.
pub fn make_word(context: &mut Context<'_>, integer: i64) -> Answer {
    match Value::integer(integer) {
        Some(value) => Ok(value),
        None => Ok(context.stores.make_number(Space::Heap, &integer.to_string())?),
    }
}
