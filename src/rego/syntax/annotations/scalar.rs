//! What a YAML scalar means where it has no quotes: the words, numbers and times that OPA's reader knows.
//!
//! It is neither YAML 1.1 nor 1.2: `yes` is a text, `017` is an octal number as in 1.1, `0o17` as in 1.2, and a date
//! is a time.

/// A scalar.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A whole number within 64 bits: its decimal digits.
    Whole(String),
    /// Any other number, and what is none: `.inf` and `.nan`.
    Float(f64),
    /// A date, with or without a time of day.
    Moment(Moment),
    /// Anything else.
    Text,
}

impl Scalar {
    /// The tag of YAML that it has.
    pub const fn tag(&self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Flag(_) => "!!bool",
            Self::Whole(_) => "!!int",
            Self::Float(_) => "!!float",
            Self::Moment(_) => "!!timestamp",
            Self::Text => "!!str",
        }
    }
}

/// What a scalar without quotes and tag means.
pub(super) fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Flag(true),
        "false" | "False" | "FALSE" => return Scalar::Flag(false),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.bytes().next() {
        Some(b'.') => float(text).map_or(Scalar::Text, Scalar::Float),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if let Some(moment) = Moment::read(text) {
                return Scalar::Moment(moment);
            }
            let digits = text.replace('_', "");
            if let Some(whole) = whole(&digits) {
                return Scalar::Whole(whole);
            }
            float(&digits).map_or(Scalar::Text, Scalar::Float)
        }
        _ => Scalar::Text,
    }
}

/// A whole number with a sign and the prefix of a radix, where it has them.
fn whole(text: &str) -> Option<String> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let is_signed = digits.len() < text.len();
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if !digits.bytes().all(|digit| char::from(digit).is_digit(radix)) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    let most = match (is_negative, is_signed) {
        (true, _) => 1 << 63,
        (false, true) => i64::MAX.unsigned_abs(),
        (false, false) => u64::MAX,
    };
    let sign = if is_negative && value > 0 { "-" } else { "" };
    (value <= most).then(|| format!("{sign}{value}"))
}

/// A decimal number with a point or an exponent, that is not too large.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_exponent = |exponent: &str| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && are_digits(digits)
    };
    if (before.is_empty() && behind.is_empty())
        || !are_digits(before)
        || !are_digits(behind)
        || !exponent.is_none_or(is_exponent)
    {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A date with a time of day, which is midnight in UTC where none is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moment {
    date: [u32; 3],
    time: [u32; 3],
    /// The digits behind the point of the seconds, without zeros at the end.
    fraction: String,
    /// Minutes east of UTC.
    offset: i32,
}

impl Moment {
    fn read(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-').filter(|(year, _)| year.len() == 4)?;
        let (month, rest) = rest.split_once('-')?;
        let (day, time) = match rest.find(['T', 't', ' ']) {
            Some(end) => (rest.get(..end)?, Some(rest.get(end..)?)),
            None => (rest, None),
        };
        let date = [number(year, 4)?, number(month, 2)?, number(day, 2)?];
        if !is_date(date) {
            return None;
        }
        let mut moment = Self { date, time: [0; 3], fraction: String::new(), offset: 0 };
        if let Some(time) = time {
            let (separator, time) = time.split_at_checked(1)?;
            let time = if separator == " " { time } else { moment.zone(time)? };
            moment.time_of_day(time)?;
        }
        Some(moment)
    }

    /// Takes the zone from the end of a time.
    fn zone<'t>(&mut self, time: &'t str) -> Option<&'t str> {
        if let Some(time) = time.strip_suffix('Z') {
            return Some(time);
        }
        let at = time.rfind(['+', '-'])?;
        let (time, zone) = time.split_at_checked(at)?;
        let (sign, zone) = zone.split_at_checked(1)?;
        let (hours, minutes) = zone.split_once(':')?;
        let is_short = hours.len() != 2 || minutes.len() != 2;
        let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
        if is_short || hours > 24 || minutes >= 60 {
            return None;
        }
        let east = i32::try_from(hours * 60 + minutes).ok()?;
        self.offset = if sign == "-" { -east } else { east };
        Some(time)
    }

    fn time_of_day(&mut self, text: &str) -> Option<()> {
        let (text, fraction) = match text.split_once(['.', ',']) {
            Some((text, fraction)) => (text, Some(fraction)),
            None => (text, None),
        };
        if let Some(fraction) = fraction {
            if fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
                return None;
            }
            // More digits are read and forgotten.
            let digits = fraction.get(..9).unwrap_or(fraction);
            digits.trim_end_matches('0').clone_into(&mut self.fraction);
        }
        let mut parts = text.split(':');
        let time = [number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?];
        let [hour, minute, second] = time;
        if parts.next().is_some() || hour >= 24 || minute >= 60 || second >= 60 {
            return None;
        }
        self.time = time;
        Some(())
    }

    /// As JSON has it.
    pub fn json(&self) -> String {
        let zone = match self.offset {
            0 => "Z".to_owned(),
            offset => format!("{}{:02}:{:02}", sign(offset), offset.abs() / 60, offset.abs() % 60),
        };
        self.written("T", &zone)
    }

    /// As it stands in OPA's messages.
    pub fn words(&self) -> String {
        let zone = match self.offset {
            0 => " +0000 UTC".to_owned(),
            offset => {
                let zone = format!("{}{:02}{:02}", sign(offset), offset.abs() / 60, offset.abs() % 60);
                format!(" {zone} {zone}")
            }
        };
        self.written(" ", &zone)
    }

    fn written(&self, separator: &str, zone: &str) -> String {
        let [year, month, day] = self.date;
        let [hour, minute, second] = self.time;
        let point = if self.fraction.is_empty() { "" } else { "." };
        let fraction = &self.fraction;
        format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{point}{fraction}{zone}")
    }
}

const fn sign(offset: i32) -> char {
    if offset < 0 { '-' } else { '+' }
}

fn number(digits: &str, most: usize) -> Option<u32> {
    let are_digits = !digits.is_empty() && digits.len() <= most && digits.bytes().all(|digit| digit.is_ascii_digit());
    digits.parse().ok().filter(|_| are_digits)
}

fn is_date([year, month, day]: [u32; 3]) -> bool {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}
