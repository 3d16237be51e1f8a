//! Arithmetic as OPA does it: on binary numbers of 64 digits, rounded to the nearest, printed with as few decimal digits as
//! tell them from their neighbours. So `0.1 + 0.2` is `0.3`.

use super::digits::{Digits, LARGE};
use super::wide::Wide;
use num_bigint::BigUint;
use std::cmp::Ordering;

/// A number: `mantissa` times two to the power of `exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Float {
    is_negative: bool,
    /// Its first bit is set, unless it is zero.
    mantissa: u64,
    exponent: i64,
}

impl Float {
    const ZERO: Self = Self { is_negative: false, mantissa: 0, exponent: 0 };

    /// The nearest number to one that is written in decimal digits.
    pub fn of_text(text: &str) -> Self {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let power = exponent.parse::<i64>().unwrap_or(0) - fraction.len() as i64;
        let magnitude = Self::of_wide(Wide::of_decimal(&digits, power));
        Self { is_negative, ..magnitude }
    }

    /// The nearest number to an integer.
    pub fn of_integer(value: i64) -> Self {
        Self { is_negative: value < 0, ..Self::of_wide(Wide::new(u128::from(value.unsigned_abs()), 0, false)) }
    }

    /// The nearest number to one with more digits, or as many.
    fn of_wide(wide: Wide) -> Self {
        if wide.digits == 0 {
            return Self::ZERO;
        }
        let (mantissa, exponent) = (wide.without(64), wide.exponent + 64);
        match u64::try_from(mantissa) {
            Ok(mantissa) => Self { is_negative: false, mantissa, exponent },
            // A carry went through all digits.
            Err(_) => Self { is_negative: false, mantissa: 1 << 63, exponent: exponent + 1 },
        }
    }

    /// Whether it is zero, of either sign.
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether it has a minus.
    pub const fn is_negative(self) -> bool {
        self.is_negative
    }

    /// The same with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { is_negative: !self.is_negative, ..self }
    }

    /// The same without a sign.
    #[must_use]
    pub const fn absolute(self) -> Self {
        Self { is_negative: false, ..self }
    }

    /// The nearest number to the sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        if self.is_zero() {
            return if other.is_zero() { Self::ZERO } else { other };
        }
        if other.is_zero() {
            return self;
        }
        let (large, small) = if self.compare_magnitude(other).is_lt() { (other, self) } else { (self, other) };
        // Half of the width is room for what is shifted out, and one digit for a carry.
        let (a, b) = (u128::from(large.mantissa) << 62, u128::from(small.mantissa) << 62);
        let apart = (large.exponent - small.exponent).unsigned_abs();
        let (b, has_more) = match u32::try_from(apart).ok().filter(|&apart| apart < 127) {
            Some(apart) => (b >> apart, (b >> apart) << apart != b),
            None => (0, true),
        };
        let exponent = large.exponent - 62;
        let wide = if large.is_negative == small.is_negative {
            Wide::new(a + b, exponent, has_more)
        } else if has_more {
            // What was shifted out is less than one: it is borrowed, and leaves something.
            Wide::new(a - b - 1, exponent, true)
        } else {
            Wide::new(a - b, exponent, false)
        };
        let magnitude = Self::of_wide(wide);
        Self { is_negative: large.is_negative && !magnitude.is_zero(), ..magnitude }
    }

    /// The nearest number to the product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let product = u128::from(self.mantissa) * u128::from(other.mantissa);
        let magnitude = Self::of_wide(Wide::new(product, self.exponent + other.exponent, false));
        Self { is_negative: self.is_negative != other.is_negative, ..magnitude }
    }

    /// The quotient; nothing where `other` is zero.
    pub fn divided_by(self, other: Self) -> Option<Self> {
        let by = u128::from(other.mantissa);
        let whole = (u128::from(self.mantissa) << 64).checked_div(by)?;
        let rest = (u128::from(self.mantissa) << 64) % by;
        // Up to 65 digits: the rest decides about one more.
        let digit = rest << 1 >= by;
        let has_more = (rest << 1) % by != 0;
        let wide = Wide::new(whole << 1 | u128::from(digit), self.exponent - other.exponent - 65, has_more);
        let magnitude = Self::of_wide(wide);
        Some(Self { is_negative: self.is_negative != other.is_negative, ..magnitude })
    }

    fn compare_magnitude(self, other: Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => (self.exponent, self.mantissa).cmp(&(other.exponent, other.mantissa)),
        }
    }

    /// Whether nothing stands behind the point.
    pub fn is_integer(self) -> bool {
        self.is_zero()
            || self.exponent >= 0
            || self.exponent > -64 && self.mantissa.trailing_zeros() as i64 >= -self.exponent
    }

    /// What stands before the point.
    #[must_use]
    pub fn truncated(self) -> Self {
        if self.exponent >= 0 || self.is_zero() {
            return self;
        }
        if self.exponent <= -64 {
            return Self { is_negative: self.is_negative, ..Self::ZERO };
        }
        let dropped = self.exponent.unsigned_abs();
        Self { mantissa: self.mantissa >> dropped << dropped, ..self }
    }

    /// The magnitude of an integer.
    pub fn integer_magnitude(self) -> BigUint {
        let mantissa = BigUint::from(self.mantissa);
        if self.exponent >= 0 {
            mantissa << self.exponent.unsigned_abs()
        } else {
            mantissa >> self.exponent.unsigned_abs()
        }
    }

    /// How OPA writes it: an integer in full, anything else as short as it can be.
    pub fn text(self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        if self.is_zero() {
            return format!("{sign}0");
        }
        let digits = self.shortest();
        format!("{sign}{}", if self.is_integer() { digits.plain(0) } else { digits.general(LARGE) })
    }

    /// As few digits as tell it from its neighbours.
    fn shortest(self) -> Digits {
        let twice = BigUint::from(self.mantissa) << 1_u32;
        let exponent = self.exponent - 1;
        let own = Digits::exact(&twice, exponent);
        let below = Digits::exact(&(&twice - 1_u32), exponent);
        let above = Digits::exact(&(&twice + 1_u32), exponent);
        let may_be_half = self.mantissa & 1 == 0;
        let digit = |digits: &Digits, at: usize| digits.as_bytes().get(at).copied().unwrap_or(b'0');
        for (at, &byte) in own.as_bytes().iter().enumerate() {
            let (low, high) = (digit(&below, at), digit(&above, at));
            let may_go_down = low != byte || may_be_half && at + 1 == below.count();
            let may_go_up = byte != high && (may_be_half || byte + 1 < high || at + 1 < above.count());
            let kept = at + 1;
            match (may_go_down, may_go_up) {
                (true, true) => return own.nearest(kept),
                (true, false) => return own.cut(kept),
                (false, true) => return own.raised(kept),
                (false, false) => {}
            }
        }
        own
    }
}
