//! `Decimal`: a JSON number exactly as it is written, to be compared and to be written in one form.

use serde_json::Number;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::ops::Range;

/// A number of any size without a copy of its digits: `0.d1d2d3…` times ten to the power of its magnitude.
///
/// INVARIANT: neither the first nor the last digit is 0, and nothing has no digits, the magnitude 0 and no sign; so equal
/// numbers are equal part by part.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'a> {
    is_negative: bool,
    magnitude: i64,
    /// The digits before the point, and those behind it.
    digits: (&'a str, &'a str),
}

/// Beyond it an exponent counts as this: no sum with the length of a text leaves an `i64`.
const FARTHEST: i64 = i64::MAX / 4;

/// Numbers with at most this many digits before the point are written without an exponent, as JavaScript writes them.
const PLAIN_DIGITS: i64 = 21;

/// Numbers below 1 are written without an exponent while no more zeros than this follow the point.
const PLAIN_ZEROS: i64 = 6;

impl<'a> Decimal<'a> {
    /// The number.
    pub fn new(number: &'a Number) -> Self {
        Self::of_text(number.as_str())
    }

    /// INVARIANT: the text is a JSON number.
    fn of_text(text: &'a str) -> Self {
        let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let (digits, magnitude) = if whole.is_empty() {
            let significant = fraction.trim_start_matches('0');
            (("", significant), significant.len() as i64 - fraction.len() as i64)
        } else if fraction.is_empty() {
            ((whole.trim_end_matches('0'), ""), whole.len() as i64)
        } else {
            ((whole, fraction), whole.len() as i64)
        };
        if digits.0.is_empty() && digits.1.is_empty() {
            return Self { is_negative: false, magnitude: 0, digits };
        }
        Self { is_negative, magnitude: magnitude.saturating_add(exponent), digits }
    }

    fn digits(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.digits.0.bytes().chain(self.digits.1.bytes())
    }

    const fn is_zero(&self) -> bool {
        self.digits.0.is_empty() && self.digits.1.is_empty()
    }

    /// -1, 0 or 1.
    const fn sign(&self) -> i8 {
        match (self.is_zero(), self.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Writes the one text that all equal numbers have: the shortest, in the form in which JavaScript writes numbers.
    pub fn write(&self, text: &mut String) {
        if self.is_zero() {
            text.push('0');
            return;
        }
        if self.is_negative {
            text.push('-');
        }
        let count = (self.digits.0.len() + self.digits.1.len()) as i64;
        let zeros = |text: &mut String, count: i64| text.extend((0..count).map(|_| '0'));
        if (1..=PLAIN_DIGITS).contains(&self.magnitude) {
            self.write_digits(0..self.magnitude, text);
            zeros(text, self.magnitude - count);
            if count > self.magnitude {
                text.push('.');
                self.write_digits(self.magnitude..count, text);
            }
        } else if (1 - PLAIN_ZEROS..=0).contains(&self.magnitude) {
            text.push_str("0.");
            zeros(text, -self.magnitude);
            self.write_digits(0..count, text);
        } else {
            self.write_digits(0..1, text);
            if count > 1 {
                text.push('.');
                self.write_digits(1..count, text);
            }
            // Writing to a text never fails.
            let _ = write!(text, "e{:+}", self.magnitude - 1);
        }
    }

    /// Writes those of the digits in this range that there are.
    fn write_digits(&self, range: Range<i64>, text: &mut String) {
        let mut before = 0;
        for part in [self.digits.0, self.digits.1] {
            let within = |at: i64| usize::try_from(at - before).unwrap_or(0).min(part.len());
            text.push_str(part.get(within(range.start)..within(range.end)).unwrap_or_default());
            before += part.len() as i64;
        }
    }
}

/// The exponent as it is written, with or without a sign.
fn exponent_of(text: &str) -> i64 {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let size = digits.bytes().fold(0_i64, |size, digit| {
        size.saturating_mul(10).saturating_add(i64::from(digit.wrapping_sub(b'0'))).min(FARTHEST)
    });
    if is_negative { -size } else { size }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = || self.magnitude.cmp(&other.magnitude).then_with(|| self.digits().cmp(other.digits()));
        self.sign().cmp(&other.sign()).then_with(|| match self.sign() {
            0 => Ordering::Equal,
            1 => size(),
            _ => size().reverse(),
        })
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal<'_> {}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use std::cmp::Ordering;

    fn text(written: &str) -> String {
        let mut text = String::new();
        Decimal::of_text(written).write(&mut text);
        text
    }

    #[test]
    fn numbers_are_compared_exactly() {
        let rising = [
            "-1e99999999999999999999",
            "-1e400",
            "-9007199254740993",
            "-9007199254740992.5",
            "-10",
            "-9.99",
            "-0.1",
            "-1e-400",
            "0",
            "1e-400",
            "0.001",
            "0.0010000000000000000000000000001",
            "0.3",
            "0.30000000000000004",
            "5",
            "5.5",
            "10",
            "9007199254740992",
            "9007199254740993",
            "123456789012345678901234567890",
            "123456789012345678901234567891",
            "1e400",
        ];
        for (at, left) in rising.iter().enumerate() {
            for (other, right) in rising.iter().enumerate() {
                assert_eq!(Decimal::of_text(left).cmp(&Decimal::of_text(right)), at.cmp(&other), "{left} and {right}");
            }
        }
    }

    #[test]
    fn equal_numbers_have_one_text() {
        for (written, canonical) in [
            (["0", "-0", "0.000", "0e7", "-0.0E-99999999999999999999"], "0"),
            (["5", "5.0", "50e-1", "0.5e1", "0.0005E+4"], "5"),
            (["-100", "-1e2", "-100.00", "-0.1e3", "-1000e-1"], "-100"),
            (["0.1", "1e-1", "0.10", "10e-2", "0.01e1"], "0.1"),
            (["12.5", "125e-1", "1.25e1", "12.50", "0.125e2"], "12.5"),
            (["1e21", "1.0e21", "10e20", "1000000000000000000000", "0.1e22"], "1e+21"),
            (["1e20", "10e19", "100000000000000000000", "1.0e20", "0.1e21"], "100000000000000000000"),
            (["1e-7", "0.0000001", "10e-8", "0.1e-6", "1.0e-7"], "1e-7"),
            (["1.5e-6", "0.0000015", "15e-7", "0.15e-5", "1.50e-6"], "0.0000015"),
            (["1.25e+300", "125e298", "12.5e299", "0.125e301", "1250e297"], "1.25e+300"),
        ] {
            for other in written {
                assert_eq!(text(other), canonical, "{other}");
                assert_eq!(Decimal::of_text(other).cmp(&Decimal::of_text(canonical)), Ordering::Equal, "{other}");
            }
            assert_eq!(text(canonical), canonical);
        }
    }
}
