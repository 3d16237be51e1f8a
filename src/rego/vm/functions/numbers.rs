//! Numbers: arithmetic.

use super::integers::{self, charge_digits};
use super::operands::{float, wrong_type};
use super::{Answer, Context, Failure, Function, sets};
use crate::limits;
use crate::rego::value::{Float, Kind, Space, Value};
use crate::rego::vm::machine::Stop;
use num_bigint::BigInt;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "plus" => Function::Two(|context, a, b| arithmetic(context, a, b, i64::checked_add, |a, b| Some(a.plus(b)))),
        "minus" => Function::Two(minus),
        "mul" => Function::Two(|context, a, b| arithmetic(context, a, b, i64::checked_mul, |a, b| Some(a.times(b)))),
        "div" => Function::Two(|context, a, b| arithmetic(context, a, b, |_, _| None, Float::divided_by)),
        "rem" => Function::Two(rem),
        "abs" => Function::One(|context, of| unary(context, of, |of| of.checked_abs(), Float::absolute)),
        "round" => Function::One(|context, of| unary(context, of, Some, round)),
        "ceil" => Function::One(|context, of| unary(context, of, Some, ceil)),
        "floor" => Function::One(|context, of| unary(context, of, Some, floor)),
        "numbers.range" => Function::Two(|context, from, to| range(context, from, to, Value::count(1))),
        "numbers.range_step" => Function::Three(range),
        _ => return None,
    })
}

fn arithmetic(
    context: &mut Context<'_>,
    left: Value,
    right: Value,
    integers: fn(i64, i64) -> Option<i64>,
    floats: fn(Float, Float) -> Option<Float>,
) -> Answer {
    if let (Kind::Integer(left), Kind::Integer(right)) = (left.kind(), right.kind())
        && let Some(value) = integers(left, right).and_then(Value::integer)
    {
        return Ok(value);
    }
    let (left, right) = (float(context.stores, left, 1)?, float(context.stores, right, 2)?);
    let Some(result) = floats(left, right) else { return Err(Failure::of_builtin("divide by zero")) };
    make(context, result)
}

/// The value of a number. It is looked at before it is written: each multiplication may double its length.
pub fn make(context: &mut Context<'_>, number: Float) -> Answer {
    /// Room for the product of any two numbers of a document.
    const MOST_DIGITS: u64 = 2 * (limits::NUMBER_DIGITS + limits::NUMBER_EXPONENT);
    let digits = digits(number);
    if digits > MOST_DIGITS {
        return Err(Failure::Stop(Stop::Limit("number_digits")));
    }
    charge_digits(context, digits)?;
    Ok(context.stores.make_number(Space::Heap, &number.text())?)
}

/// About how many digits a number has before the point, or zeros behind it.
pub fn digits(number: Float) -> u64 {
    let whole = number.integer_magnitude().bits();
    let bits = if whole > 0 || number.is_zero() {
        whole
    } else {
        Float::of_integer(1).divided_by(number).map_or(0, |inverse| inverse.integer_magnitude().bits())
    };
    bits / 3
}

fn minus(context: &mut Context<'_>, left: Value, right: Value) -> Answer {
    match (left.kind(), right.kind()) {
        (Kind::Set(_), Kind::Set(_)) => return sets::difference(context, left, right),
        (Kind::Set(_), _) if is_number(right) => return Err(wrong_type(2, right, &["set"])),
        (Kind::Set(_), _) => return Err(wrong_type(2, right, &["number"])),
        _ if !is_number(left) => return Err(wrong_type(1, left, &["number", "set"])),
        _ => {}
    }
    arithmetic(context, left, right, i64::checked_sub, |a, b| Some(a.plus(b.negated())))
}

fn is_number(of: Value) -> bool {
    matches!(of.kind(), Kind::Integer(_) | Kind::Number(_))
}

fn rem(context: &mut Context<'_>, left: Value, right: Value) -> Answer {
    for (at, operand) in [(1, left), (2, right)] {
        if !is_number(operand) {
            return Err(wrong_type(at, operand, &["number"]));
        }
    }
    let (left, right) = (integers::exact(context, left)?, integers::exact(context, right)?);
    match (left, right) {
        (Some(_), Some(right)) if right == BigInt::ZERO => Err(Failure::of_builtin("modulo by zero")),
        (Some(left), Some(right)) => integers::make(context, &(left % right)),
        _ => Err(Failure::of_builtin("modulo on floating-point number")),
    }
}

fn unary(context: &mut Context<'_>, of: Value, integers: fn(i64) -> Option<i64>, floats: fn(Float) -> Float) -> Answer {
    if let Some(result) = integers::small(context.stores, of).and_then(integers) {
        return integers::make_word(context, result);
    }
    let result = floats(float(context.stores, of, 1)?);
    make(context, result)
}

/// Halves go away from zero.
fn round(of: Float) -> Float {
    let half = Float::of_text(if of.is_negative() { "-0.5" } else { "0.5" });
    unsigned_zero(of.plus(half).truncated())
}

fn ceil(of: Float) -> Float {
    let whole = unsigned_zero(of.truncated());
    if of.is_integer() || of.is_negative() && !whole.is_zero() { whole } else { whole.plus(Float::of_integer(1)) }
}

fn floor(of: Float) -> Float {
    let whole = unsigned_zero(of.truncated());
    if of.is_integer() || !whole.is_negative() { whole } else { whole.plus(Float::of_integer(-1)) }
}

fn unsigned_zero(of: Float) -> Float {
    if of.is_zero() { of.absolute() } else { of }
}

/// The integers from one to another, forwards or backwards, both included where the step meets them.
fn range(context: &mut Context<'_>, from: Value, to: Value, step: Value) -> Answer {
    let (from, to) = (integers::integer(context, from, 1)?, integers::integer(context, to, 2)?);
    let step = integers::integer(context, step, 3)?;
    if step <= BigInt::ZERO {
        return Err(Failure::of_builtin("step must be a positive integer"));
    }
    let is_forwards = from <= to;
    let apart = if is_forwards { &to - &from } else { &from - &to };
    let count = u64::try_from(apart / &step).ok().and_then(|steps| steps.checked_add(1));
    let Some(count) = count.filter(|&count| count <= limits::RANGE_ELEMENTS) else {
        return Err(Failure::Stop(Stop::Limit("range_elements")));
    };
    context.charge(count)?;
    let step = if is_forwards { step } else { -step };
    let mut elements = Vec::new();
    // Most are words, which need nothing to be allocated.
    if let (Ok(from), Ok(to), Ok(step)) = (i64::try_from(&from), i64::try_from(&to), i64::try_from(&step)) {
        let end = if is_forwards { i128::from(to) } else { -i128::from(to) };
        let mut at = from;
        while elements.len() < count as usize && i128::from(at) * if is_forwards { 1 } else { -1 } <= end {
            elements.push(integers::make_word(context, at)?);
            at = at.saturating_add(step);
        }
    } else {
        let mut at = from;
        for _ in 0..count {
            elements.push(integers::make(context, &at)?);
            at += &step;
        }
    }
    Ok(context.stores.make_array(Space::Heap, &elements)?)
}
