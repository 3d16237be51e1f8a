//! Arithmetic as OPA does it: on binary numbers of 64 digits, rounded to the nearest, printed with as few decimal digits as
//! tell them from their neighbours. So `0.1 + 0.2` is `0.3`.

use num_bigint::BigUint;
use std::cmp::Ordering;

/// Binary digits of a number.
const DIGITS: u64 = 64;

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
        let digits = BigUint::parse_bytes(&digits, 10).unwrap_or_default();
        let power = exponent.parse::<i64>().unwrap_or(0) - fraction.len() as i64;
        let ten = |power: i64| BigUint::from(10_u32).pow(power.unsigned_abs().min(1 << 20) as u32);
        let magnitude = if power >= 0 {
            Self::rounded(&(digits * ten(power)), 0, false)
        } else {
            let by = ten(power);
            // Two digits more than are kept, at least.
            let shift = (by.bits() + DIGITS + 2).saturating_sub(digits.bits());
            let shifted = digits << shift;
            let whole = &shifted / &by;
            let is_exact = &whole * &by == shifted;
            Self::rounded(&whole, -(shift as i64), !is_exact)
        };
        Self { is_negative, ..magnitude }
    }

    /// The nearest number to an integer.
    pub fn of_integer(value: i64) -> Self {
        Self { is_negative: value < 0, ..Self::of_wide(u128::from(value.unsigned_abs()), 0, false) }
    }

    /// The nearest number to `whole`, and a little more where `has_more`, times two to the power of `exponent`.
    fn rounded(whole: &BigUint, exponent: i64, has_more: bool) -> Self {
        let bits = whole.bits();
        if bits <= 128 {
            let mut words = whole.iter_u64_digits();
            let low = u128::from(words.next().unwrap_or(0));
            let high = u128::from(words.next().unwrap_or(0));
            return Self::of_wide(high << 64 | low, exponent, has_more);
        }
        let dropped = bits - 128;
        let kept = whole >> dropped;
        let is_exact = (&kept << dropped) == *whole;
        Self::rounded(&kept, exponent + dropped as i64, has_more || !is_exact)
    }

    fn of_wide(wide: u128, exponent: i64, has_more: bool) -> Self {
        if wide == 0 {
            return Self::ZERO;
        }
        let zeros = wide.leading_zeros();
        let wide = wide << zeros;
        let mantissa = (wide >> 64) as u64;
        let exponent = exponent + 64 - i64::from(zeros);
        let rest = wide as u64;
        let half = 1 << 63;
        let rounds_up = match rest.cmp(&half) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => has_more || mantissa & 1 == 1,
        };
        match mantissa.checked_add(u64::from(rounds_up)) {
            Some(mantissa) => Self { is_negative: false, mantissa, exponent },
            None => Self { is_negative: false, mantissa: half, exponent: exponent + 1 },
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
        let magnitude = if large.is_negative == small.is_negative {
            Self::of_wide(a + b, exponent, has_more)
        } else if has_more {
            // What was shifted out is less than one: it is borrowed, and leaves something.
            Self::of_wide(a - b - 1, exponent, true)
        } else {
            Self::of_wide(a - b, exponent, false)
        };
        Self { is_negative: large.is_negative && !magnitude.is_zero(), ..magnitude }
    }

    /// The nearest number to the product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let product = u128::from(self.mantissa) * u128::from(other.mantissa);
        let magnitude = Self::of_wide(product, self.exponent + other.exponent, false);
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
        let magnitude = Self::of_wide(whole << 1 | u128::from(digit), self.exponent - other.exponent - 65, has_more);
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
        let (digits, point) = self.shortest();
        let digits = digits.as_str();
        let count = digits.len() as i64;
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        if self.is_integer() {
            return format!("{sign}{digits}{}", zeros(point - count));
        }
        // The power of ten of the first digit.
        let power = point - 1;
        if !(-4..6).contains(&power) {
            let (first, rest) = digits.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            let power_sign = if power < 0 { '-' } else { '+' };
            return format!("{sign}{first}{dot}{rest}e{power_sign}{:02}", power.abs());
        }
        if point <= 0 {
            return format!("{sign}0.{}{digits}", zeros(-point));
        }
        let (whole, fraction) = digits.split_at_checked(point.unsigned_abs() as usize).unwrap_or((digits, ""));
        let dot = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{}{dot}{fraction}", zeros(point - count))
    }

    /// As few digits as tell it from its neighbours, and where the point stands, counted from the first.
    fn shortest(self) -> (String, i64) {
        let twice = BigUint::from(self.mantissa) << 1_u32;
        let exponent = self.exponent - 1;
        let (own, point) = decimal(&twice, exponent);
        let (below, _) = decimal(&(&twice - 1_u32), exponent);
        let (above, _) = decimal(&(&twice + 1_u32), exponent);
        let may_be_half = self.mantissa & 1 == 0;
        let digit = |digits: &str, at: usize| digits.as_bytes().get(at).copied().unwrap_or(b'0');
        for (at, byte) in own.bytes().enumerate() {
            let (low, high) = (digit(&below, at), digit(&above, at));
            let may_go_down = low != byte || may_be_half && at + 1 == below.len();
            let may_go_up = byte != high && (may_be_half || byte + 1 < high || at + 1 < above.len());
            let kept = at + 1;
            match (may_go_down, may_go_up) {
                (true, true) => return nearest(&own, point, kept),
                (true, false) => return (trimmed(own.get(..kept).unwrap_or(&own)), point),
                (false, true) => return rounded_up(&own, point, kept),
                (false, false) => {}
            }
        }
        (trimmed(&own), point)
    }
}

/// The digits of `mantissa` times two to the power of `exponent`, without zeros behind, and where the point stands.
fn decimal(mantissa: &BigUint, exponent: i64) -> (String, i64) {
    let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    if exponent >= 0 {
        let digits = (mantissa << power).to_string();
        let point = digits.len() as i64;
        return (trimmed(&digits), point);
    }
    let digits = (mantissa * BigUint::from(5_u32).pow(power)).to_string();
    let point = digits.len() as i64 + exponent;
    (trimmed(&digits), point)
}

fn trimmed(digits: &str) -> String {
    digits.trim_end_matches('0').to_owned()
}

/// The nearest with as many digits; of two that are as near, the one with an even last digit.
fn nearest(digits: &str, point: i64, kept: usize) -> (String, i64) {
    let bytes = digits.as_bytes();
    let Some(&next) = bytes.get(kept) else { return (trimmed(digits), point) };
    let is_half = next == b'5' && kept + 1 == bytes.len();
    let is_odd = bytes.get(kept - 1).is_some_and(|last| last % 2 == 1);
    if if is_half { is_odd } else { next >= b'5' } {
        return rounded_up(digits, point, kept);
    }
    (trimmed(digits.get(..kept).unwrap_or(digits)), point)
}

fn rounded_up(digits: &str, point: i64, kept: usize) -> (String, i64) {
    let mut bytes = digits.as_bytes().get(..kept).unwrap_or_default().to_vec();
    while bytes.last() == Some(&b'9') {
        bytes.pop();
    }
    match bytes.last_mut() {
        Some(last) => {
            *last += 1;
            (bytes.into_iter().map(char::from).collect(), point)
        }
        None => ("1".to_owned(), point + 1),
    }
}
