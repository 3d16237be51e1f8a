//! Binary numbers that have more digits than are kept, on their way to being rounded.

use num_bigint::BigUint;

/// Binary digits that are known, at the least, of a quotient: two more than the widest number keeps.
const DIGITS: u64 = 66;

/// `digits`, and a little more where `has_more`, times two to the power of `exponent`. The first bit is set, unless it is zero.
#[derive(Debug, Clone, Copy)]
pub struct Wide {
    pub digits: u128,
    pub exponent: i64,
    pub has_more: bool,
}

impl Wide {
    /// Its first bit put to its place.
    pub fn new(digits: u128, exponent: i64, has_more: bool) -> Self {
        let zeros = digits.leading_zeros() & 127;
        Self { digits: digits << zeros, exponent: exponent - i64::from(zeros), has_more }
    }

    /// Decimal digits, times ten to the power of `power`.
    pub fn of_decimal(digits: &[u8], power: i64) -> Self {
        let digits = BigUint::parse_bytes(digits, 10).unwrap_or_default();
        let by = BigUint::from(10_u32).pow(power.unsigned_abs().min(1 << 20) as u32);
        if power >= 0 {
            return Self::of_integer(&(digits * by), 0, false);
        }
        let shift = (by.bits() + DIGITS).saturating_sub(digits.bits());
        let shifted = digits << shift;
        let whole = &shifted / &by;
        let is_exact = &whole * &by == shifted;
        Self::of_integer(&whole, -(shift as i64), !is_exact)
    }

    fn of_integer(whole: &BigUint, exponent: i64, has_more: bool) -> Self {
        let dropped = whole.bits().saturating_sub(128);
        let kept = whole >> dropped;
        let mut words = kept.iter_u64_digits();
        let low = u128::from(words.next().unwrap_or(0));
        let high = u128::from(words.next().unwrap_or(0));
        let is_exact = whole.trailing_zeros().unwrap_or(0) >= dropped;
        Self::new(high << 64 | low, exponent + dropped as i64, has_more || !is_exact)
    }

    /// The digits without so many at their end, rounded to the nearest; of two that are as near, to the one that is even.
    pub fn without(self, dropped: u32) -> u128 {
        let Some(below) = dropped.checked_sub(1) else { return self.digits };
        let half = 1_u128.checked_shl(below).unwrap_or(0);
        let kept = self.digits.checked_shr(dropped).unwrap_or(0);
        let rest = self.digits & (half | half.wrapping_sub(1));
        // Where more is dropped than there is, it is less than half.
        let rounds_up = half != 0 && (rest > half || rest == half && (self.has_more || kept & 1 == 1));
        kept + u128::from(rounds_up)
    }
}
