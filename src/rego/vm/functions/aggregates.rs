//! One value of many: sums, extremes, order.

use super::integers::{MOST_DIGITS, is_written_whole, make_of_arithmetic, make_word, small, written};
use super::numbers::{self, digits};
use super::operands::{float, is_number, wrong_element, wrong_type};
use super::{Answer, Context, Failure, Function};
use crate::limits;
use crate::rego::value::{Float, Kind, Space, Stores, UNITS_OF_WORD, Value, sort_by};
use crate::rego::vm::machine::Stop;
use num_bigint::BigInt;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "sum" => Function::One(sum),
        "product" => Function::One(product),
        "max" => {
            Function::One(|context, of| extreme(context, of, |stores, best, next| stores.compare(best, next).is_le()))
        }
        "min" => {
            Function::One(|context, of| extreme(context, of, |stores, best, next| stores.compare(best, next).is_ge()))
        }
        "sort" => Function::One(sort),
        "all" => Function::One(|context, of| {
            let parts = parts(context, of, &["array", "set"])?;
            Ok(Value::boolean(parts.iter().all(|part| *part == Value::TRUE)))
        }),
        "any" => Function::One(|context, of| {
            let parts = parts(context, of, &["array", "set"])?;
            Ok(Value::boolean(parts.contains(&Value::TRUE)))
        }),
        _ => return None,
    })
}

/// The items of an array or the elements of a set, charged for.
fn parts(context: &mut Context<'_>, of: Value, wanted: &[&str]) -> Result<Vec<Value>, Failure> {
    match of.kind() {
        Kind::Array(slice) | Kind::Set(slice) => {
            context.charge(u64::from(slice.len))?;
            Ok(context.stores.items(slice).to_vec())
        }
        _ => Err(wrong_type(1, of, wanted)),
    }
}

fn element(context: &mut Context<'_>, of: Value, element: Value) -> Result<Float, Failure> {
    if is_number(element) { float(context, element, 1) } else { Err(wrong_element(1, of, element, &["number"])) }
}

/// What integers make by themselves; nothing where there are others, or what they make needs more than 64 bits.
fn of_integers(stores: &Stores, parts: &[Value], start: i64, next: fn(i64, i64) -> Option<i64>) -> Option<i64> {
    parts.iter().try_fold(start, |so_far, part| next(so_far, small(stores, *part)?))
}

fn sum(context: &mut Context<'_>, of: Value) -> Answer {
    let parts = parts(context, of, &["set", "array"])?;
    if let Some(sum) = of_integers(context.stores, &parts, 0, i64::checked_add) {
        return make_word(context, sum);
    }
    if parts.iter().all(|part| is_written_whole(context.stores, *part)) {
        let mut sum = BigInt::ZERO;
        for part in parts {
            context.charge(sum.bits() / BITS_OF_A_STEP)?;
            sum += written(context, part)?.unwrap_or_default();
        }
        return make_of_arithmetic(context, &sum);
    }
    let mut sum = Float::of_integer(0);
    for part in parts {
        sum = sum.plus(element(context, of, part)?);
    }
    numbers::make(context, sum)
}

/// Bits of an integer that are added or multiplied in the time of one step.
const BITS_OF_A_STEP: u64 = 512;

fn product(context: &mut Context<'_>, of: Value) -> Answer {
    let parts = parts(context, of, &["set", "array"])?;
    if let Some(product) = of_integers(context.stores, &parts, 1, i64::checked_mul) {
        return make_word(context, product);
    }
    if parts.iter().all(|part| is_written_whole(context.stores, *part)) {
        let mut product = BigInt::from(1);
        for part in parts {
            let part = written(context, part)?.unwrap_or_default();
            let work = (1 + product.bits() / BITS_OF_A_STEP).saturating_mul(1 + part.bits() / 64);
            context.charge(work)?;
            product *= part;
            if product.bits() / 3 > MOST_DIGITS {
                return Err(Failure::Stop(Stop::Limit("number_digits")));
            }
        }
        return make_of_arithmetic(context, &product);
    }
    let mut product = Float::of_integer(1);
    // How many digits may have been added since the product was looked at.
    let mut added = 0_u64;
    for part in parts {
        let part = element(context, of, part)?;
        added = added.saturating_add(digits(part)).saturating_add(2);
        product = product.times(part);
        if added > limits::NUMBER_DIGITS {
            added = 0;
            let digits = digits(product);
            context.charge(digits / 32)?;
            if digits > MOST_DIGITS {
                return Err(Failure::Stop(Stop::Limit("number_digits")));
            }
        }
    }
    numbers::make(context, product)
}

/// Of equal ones it is the last. Nothing is the extreme of nothing.
fn extreme(context: &mut Context<'_>, of: Value, gives_way: fn(&Stores, Value, Value) -> bool) -> Answer {
    let parts = parts(context, of, &["set", "array"])?;
    let stores = &*context.stores;
    let best = parts.into_iter().reduce(|best, next| if gives_way(stores, best, next) { next } else { best });
    Ok(best.unwrap_or(Value::UNDEFINED))
}

fn sort(context: &mut Context<'_>, of: Value) -> Answer {
    let mut parts = parts(context, of, &["set", "array"])?;
    if let Kind::Set(elements) = of.kind() {
        // The elements of a set are in order.
        return Ok(Value::array(elements));
    }
    context.charge(parts.len() as u64 * u64::from(parts.len().max(1).ilog2()))?;
    context.room(parts.len() as u64 * UNITS_OF_WORD)?;
    let stores = &*context.stores;
    sort_by(&mut parts, |a, b| stores.compare(*a, *b));
    Ok(context.stores.make_array(Space::Heap, &parts)?)
}
