//! Bits of integers, of which negative ones have endlessly many in front.

use super::integers::{integer, make};
use super::{Answer, Context, Failure, Function};
use crate::limits;
use crate::rego::value::Value;
use crate::rego::vm::machine::Stop;
use num_bigint::{BigInt, Sign};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "bits.and" => Function::Two(|context, a, b| both(context, a, b, |a, b| a & b)),
        "bits.or" => Function::Two(|context, a, b| both(context, a, b, |a, b| &a + &b - (a & b))),
        "bits.xor" => Function::Two(|context, a, b| both(context, a, b, |a, b| &a + &b - ((a & b) << 1_u32))),
        "bits.negate" => Function::One(negate),
        "bits.lsh" => Function::Two(left),
        "bits.rsh" => Function::Two(right),
        _ => return None,
    })
}

/// Disjunction and difference are sums less what both have: operators for them would be another 1 KB of the module.
fn both(context: &mut Context<'_>, a: Value, b: Value, make_of: fn(BigInt, BigInt) -> BigInt) -> Answer {
    let (a, b) = (integer(context, a, 1)?, integer(context, b, 2)?);
    make(context, &make_of(a, b))
}

fn negate(context: &mut Context<'_>, of: Value) -> Answer {
    let of = integer(context, of, 1)?;
    make(context, &!of)
}

fn left(context: &mut Context<'_>, of: Value, by: Value) -> Answer {
    let (of, by) = (integer(context, of, 1)?, shift(context, by)?);
    match u64::try_from(&by) {
        Ok(by) if by <= limits::SHIFT_BITS => {
            context.charge((of.bits() + by) / 1024)?;
            make(context, &(of << by))
        }
        _ => Err(Failure::Stop(Stop::Limit("shift_bits"))),
    }
}

fn right(context: &mut Context<'_>, of: Value, by: Value) -> Answer {
    let (of, by) = (integer(context, of, 1)?, shift(context, by)?);
    // All digits are gone: what is left is the sign.
    let by = u64::try_from(&by).unwrap_or(u64::MAX).min(of.bits().saturating_add(1));
    make(context, &(of >> by))
}

fn shift(context: &mut Context<'_>, by: Value) -> Result<BigInt, Failure> {
    let by = integer(context, by, 2)?;
    if by.sign() == Sign::Minus {
        return Err(Failure::of_type("operand 2 must be an unsigned integer number but got a negative integer"));
    }
    Ok(by)
}
