//! Numbers: arithmetic.

use super::integers::{self, MOST_DIGITS, charge_digits};
use super::operands::{float, is_number, wrong_type};
use super::{Answer, Context, Failure, Function, sets};
use crate::limits;
use crate::rego::value::{Float, Kind, Space, UNITS_OF_WORD, Value};
use crate::rego::vm::machine::Stop;
use num_bigint::BigInt;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "plus" => Function::Two(|context, a, b| arithmetic(context, a, b, &PLUS)),
        "minus" => Function::Two(minus),
        "mul" => Function::Two(|context, a, b| arithmetic(context, a, b, &TIMES)),
        "div" => Function::Two(|context, a, b| arithmetic(context, a, b, &DIVIDED)),
        "rem" => Function::Two(rem),
        "abs" => Function::One(abs),
        "round" => Function::One(|context, of| rounded(context, of, round)),
        "ceil" => Function::One(|context, of| rounded(context, of, ceil)),
        "floor" => Function::One(|context, of| rounded(context, of, floor)),
        "numbers.range" => Function::Two(|context, from, to| range(context, from, to, Value::count(1))),
        "numbers.range_step" => Function::Three(range),
        _ => return None,
    })
}

/// An operator: on words, on integers of any size, and on all numbers.
///
/// INVARIANT (exact): what two integers make that is an integer has each of its digits, however long it is. Where OPA rounds, `x < x + 1`
/// would not hold.
struct Operator {
    words: fn(i64, i64) -> Option<i64>,
    integers: fn(&BigInt, &BigInt) -> Option<BigInt>,
    floats: fn(Float, Float) -> Option<Float>,
}

const PLUS: Operator =
    Operator { words: i64::checked_add, integers: |a, b| Some(a + b), floats: |a, b| Some(a.plus(b)) };
const MINUS: Operator =
    Operator { words: i64::checked_sub, integers: |a, b| Some(a - b), floats: |a, b| Some(a.plus(b.negated())) };
const TIMES: Operator =
    Operator { words: i64::checked_mul, integers: |a, b| Some(a * b), floats: |a, b| Some(a.times(b)) };
const DIVIDED: Operator = Operator {
    words: |a, b| if a.checked_rem(b) == Some(0) { a.checked_div(b) } else { None },
    integers: |a, b| {
        let is_whole = *b != BigInt::ZERO && (a % b) == BigInt::ZERO;
        is_whole.then(|| a / b)
    },
    floats: Float::divided_by,
};

fn arithmetic(context: &mut Context<'_>, left: Value, right: Value, operator: &Operator) -> Answer {
    if let (Kind::Integer(left), Kind::Integer(right)) = (left.kind(), right.kind())
        && let Some(value) = (operator.words)(left, right).and_then(Value::integer)
    {
        return Ok(value);
    }
    if integers::is_written_whole(context.stores, left) && integers::is_written_whole(context.stores, right) {
        let integers = (integers::written(context, left)?, integers::written(context, right)?);
        if let (Some(left), Some(right)) = &integers {
            charge_digits(context, left.bits().min(right.bits()) / 3)?;
            if let Some(integer) = (operator.integers)(left, right) {
                return integers::make_of_arithmetic(context, &integer);
            }
        }
    }
    let (left, right) = (float(context, left, 1)?, float(context, right, 2)?);
    let Some(result) = (operator.floats)(left, right) else { return Err(Failure::of_builtin("divide by zero")) };
    make(context, result)
}

/// The value of a number. It is looked at before it is written: each multiplication may double its length.
pub fn make(context: &mut Context<'_>, number: Float) -> Answer {
    let digits = digits(number);
    if digits > MOST_DIGITS {
        return Err(Failure::Stop(Stop::Limit("number_digits")));
    }
    /// Steps for the digits of a number of the usual size.
    const STEPS: u64 = 8;
    context.charge(STEPS)?;
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
    arithmetic(context, left, right, &MINUS)
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

fn abs(context: &mut Context<'_>, of: Value) -> Answer {
    if let Some(word) = integers::small(context.stores, of).and_then(i64::checked_abs) {
        return integers::make_word(context, word);
    }
    if let Some(integer) = integers::written(context, of)? {
        return integers::make(context, &BigInt::from(integer.into_parts().1));
    }
    let absolute = float(context, of, 1)?.absolute();
    make(context, absolute)
}

/// An integer is as it is, and anything else rounded.
fn rounded(context: &mut Context<'_>, of: Value, how: fn(Float) -> Float) -> Answer {
    if let Some(word) = integers::small(context.stores, of) {
        return integers::make_word(context, word);
    }
    if is_number(of) && integers::is_written_whole(context.stores, of) {
        return Ok(of);
    }
    let result = how(float(context, of, 1)?);
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
    context.room(count * UNITS_OF_WORD)?;
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
