//! `Usd`: exact money. Three calls of 0.1 fit a budget of 0.3 (decision 19).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

/// An amount of US dollars in units of 10^-12: language models are priced in fractions of a millionth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(u128);

const DECIMALS: usize = 12;
const ONE: u128 = 1_000_000_000_000;

/// The largest amount that may be named: what is more is a mistake. A sum may be more; it stops far above at the largest that can be
/// written.
const MOST: u128 = 1_000_000_000_000_000 * ONE;

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads an amount that somebody names, as it is written. More than twelve decimals are rounded to the nearest, but never down to
    /// nothing.
    ///
    /// None for what is negative, not a number or more than 10^15.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).filter(|amount| amount.0 <= MOST)
    }

    /// The same of any size: a sum may be more than an amount that is named.
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('+').unwrap_or(text);
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            // `-0` and its like are nothing; any other sign is not money.
            let is_nothing = mantissa.strip_prefix('-').is_some_and(|rest| {
                rest.bytes().any(|byte| byte == b'0') && rest.bytes().all(|byte| matches!(byte, b'0' | b'.'))
            });
            return is_nothing.then_some(Self::ZERO);
        }
        // How many of the digits stand before the twelfth decimal.
        let places = i64::try_from(whole.len()).ok()?.checked_add(exponent)?.checked_add(DECIMALS as i64)?;
        let mut units: u128 = 0;
        let mut round_up = false;
        let mut is_nothing = true;
        for (at, digit) in digits.iter().enumerate() {
            let digit = u128::from(digit - b'0');
            is_nothing &= digit == 0;
            match (at as i64).cmp(&places) {
                std::cmp::Ordering::Less => units = units.checked_mul(10)?.checked_add(digit)?,
                std::cmp::Ordering::Equal => round_up = digit >= 5,
                std::cmp::Ordering::Greater => {}
            }
        }
        for _ in digits.len() as i64..places {
            if units == 0 {
                break;
            }
            units = units.checked_mul(10)?;
        }
        units = units.checked_add(u128::from(round_up))?;
        if units == 0 && !is_nothing {
            units = 1;
        }
        Some(Self(units))
    }

    /// Reads a JSON number; none for anything else.
    pub fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Self::parse(&number.to_string()),
            _ => None,
        }
    }

    /// The sum; it stops at the largest amount that can be written, 10^26 dollars.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference; nothing where the other is more.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// How many hundredths of a limit this is, rounded down; none of a limit of nothing.
    pub const fn percent_of(self, limit: Self) -> Option<u128> {
        self.0.saturating_mul(100).checked_div(limit.0)
    }

    /// The decimal text, without an exponent and without zeros that say nothing.
    pub fn text(self) -> String {
        let (whole, fraction) = (self.0 / ONE, self.0 % ONE);
        if fraction == 0 {
            return whole.to_string();
        }
        let decimals = format!("{fraction:012}");
        format!("{whole}.{}", decimals.trim_end_matches('0'))
    }

    /// A JSON number with every digit.
    pub fn to_value(self) -> Value {
        // Every decimal text is a JSON number.
        serde_json::from_str::<Number>(&self.text()).map_or(Value::Null, Value::Number)
    }
}

impl std::fmt::Display for Usd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

/// As a JSON number. Where every digit must survive a store that keeps floats, [`exact`] writes a text.
impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::of_value(&value).ok_or_else(|| D::Error::custom(format!("{value} is there, expected an amount from 0")))
    }
}

/// An amount in a record: a text of its digits, because a store may keep numbers as floats.
pub mod exact {
    use super::Usd;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(amount: &Usd, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&amount.text())
    }

    /// Reads the text.
    ///
    /// # Errors
    /// Where it is no amount.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Usd, D::Error> {
        let text = String::deserialize(deserializer)?;
        Usd::read(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is there, expected an amount from 0")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
    use super::Usd;

    fn text(written: &str) -> String {
        Usd::parse(written).unwrap().text()
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (written, read) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("0.1", "0.1"),
            ("1.50", "1.5"),
            ("1e3", "1000"),
            ("2.5E-3", "0.0025"),
            ("0.30000000000000004", "0.3"),
            ("0.0000000000005", "0.000000000001"),
            ("1e-400", "0.000000000001"),
            ("0e999999999999", "0"),
            ("1000000000000000", "1000000000000000"),
        ] {
            assert_eq!(text(written), read, "{written}");
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for written in
            ["", "-1", "-0.01", "NaN", "Infinity", "1e16", "1e99999999999999999999", "0x1", "1.2.3", "- 0", "-", "."]
        {
            assert_eq!(Usd::parse(written), None, "{written}");
        }
    }

    #[test]
    fn sums_beyond_what_may_be_named_are_read_again() {
        #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
        struct Kept(#[serde(with = "super::exact")] Usd);
        let most = Usd::parse("1e15").unwrap();
        for sum in [most.plus(most), Usd(u128::MAX)] {
            let kept = serde_json::to_string(&Kept(sum)).unwrap();
            assert_eq!(serde_json::from_str::<Kept>(&kept).unwrap(), Kept(sum));
        }
        assert_eq!(Usd::parse("340282366920938463463374607.4317682114559"), None);
    }

    #[test]
    fn sums_do_not_drift() {
        let tenth = Usd::parse("0.1").unwrap();
        assert_eq!(tenth.plus(tenth).plus(tenth), Usd::parse("0.3").unwrap());
    }
}
