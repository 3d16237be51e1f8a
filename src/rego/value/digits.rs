//! Decimal digits of binary numbers: all of them, rounded ones, and as texts.

use num_bigint::BigUint;

/// The least exponent that Go's `%g` writes of digits that are as few as they can be.
pub const LARGE: i64 = 6;

/// `0.` and the digits, times ten to the power of `point`. INVARIANT (order): no zero stands at an end of the digits, so that they are in
/// the order of the numbers. Zero has none, and its point where `0` has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digits {
    point: i64,
    digits: String,
}

impl Digits {
    /// All digits of `mantissa` times two to the power of `exponent`.
    pub fn exact(mantissa: &BigUint, exponent: i64) -> Self {
        let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
        if exponent >= 0 {
            let digits = (mantissa << power).to_string();
            return Self::new(&digits, digits.len() as i64);
        }
        let digits = (mantissa * BigUint::from(5_u32).pow(power)).to_string();
        Self::new(&digits, digits.len() as i64 + exponent)
    }

    fn new(digits: &str, point: i64) -> Self {
        let digits = digits.trim_end_matches('0');
        Self { point: if digits.is_empty() { 1 } else { point }, digits: digits.to_owned() }
    }

    /// How many there are.
    pub const fn count(&self) -> usize {
        self.digits.len()
    }

    /// Where the point stands, counted from the first.
    pub const fn point(&self) -> i64 {
        self.point
    }

    /// From `0` to `9`.
    pub fn as_bytes(&self) -> &[u8] {
        self.digits.as_bytes()
    }

    /// The first so many.
    #[must_use]
    pub fn cut(&self, kept: usize) -> Self {
        Self::new(self.digits.get(..kept).unwrap_or(&self.digits), self.point)
    }

    /// The next larger number of so many.
    #[must_use]
    pub fn raised(&self, kept: usize) -> Self {
        let kept = self.digits.get(..kept).unwrap_or(&self.digits).trim_end_matches('9');
        let mut bytes = kept.as_bytes().to_vec();
        match bytes.last_mut() {
            Some(last) => {
                *last += 1;
                Self { point: self.point, digits: bytes.into_iter().map(char::from).collect() }
            }
            None => Self { point: self.point + 1, digits: "1".to_owned() },
        }
    }

    /// The nearest number of so many; of two that are as near, the one with an even last digit.
    #[must_use]
    pub fn nearest(&self, kept: usize) -> Self {
        let Some(&next) = self.as_bytes().get(kept) else { return self.clone() };
        let is_half = next == b'5' && kept + 1 == self.count();
        let last = kept.checked_sub(1).and_then(|last| self.as_bytes().get(last));
        let is_odd = last.is_some_and(|last| last % 2 == 1);
        if if is_half { is_odd } else { next >= b'5' } { self.raised(kept) } else { self.cut(kept) }
    }

    /// The nearest number with so many behind the point.
    #[must_use]
    pub fn nearest_behind_point(&self, count: usize) -> Self {
        // What begins behind the digit after the last one is less than half.
        usize::try_from(self.point + count as i64).map_or_else(|_| self.cut(0), |kept| self.nearest(kept))
    }

    /// Without an exponent. `behind` is how many digits stand behind the point, at the least.
    pub fn plain(&self, behind: usize) -> String {
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        let (whole, fraction) = match usize::try_from(self.point) {
            Ok(point) => self.digits.split_at_checked(point).unwrap_or((&self.digits, "")),
            Err(_) => ("", self.digits.as_str()),
        };
        let mut text = if self.point <= 0 { "0".to_owned() } else { whole.to_owned() };
        text.push_str(&zeros(self.point - self.count() as i64));
        if behind > 0 || !fraction.is_empty() {
            let start = text.len() + 1;
            text.push('.');
            text.push_str(&zeros(-self.point));
            text.push_str(fraction);
            text.push_str(&"0".repeat((start + behind).saturating_sub(text.len())));
        }
        text
    }

    /// With one digit before the point, so many behind it, at the least, and an exponent with a sign and so many digits, at the least.
    pub fn with_exponent(&self, behind: usize, digits: usize) -> String {
        let (first, rest) = self.digits.split_at_checked(1).unwrap_or(("0", ""));
        let dot = if behind == 0 && rest.is_empty() { "" } else { "." };
        let zeros = "0".repeat(behind.saturating_sub(rest.len()));
        format!("{first}{dot}{rest}{zeros}e{:+0width$}", self.point - 1, width = digits + 1)
    }

    /// As Go's `%g` has it: with an exponent where that is less than -4, or not less than `most`.
    pub fn general(&self, most: i64) -> String {
        if (-4..most).contains(&(self.point - 1)) { self.plain(0) } else { self.with_exponent(0, 2) }
    }
}
