//! Durations as Go writes them, such as `1h15m30.918s`.

use super::parse::quoted;

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// One more than the largest number of nanoseconds: the magnitude of the smallest.
const MOST: u64 = 1 << 63;

/// The nanoseconds of a duration.
///
/// # Errors
/// It is none, or is too long.
pub fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut sum = 0_u64;
    while !rest.is_empty() {
        let (whole, behind) = digits(rest);
        let (fraction, behind) = behind.strip_prefix('.').map_or(("", behind), digits);
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let end = behind.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(behind.len());
        let (name, next) = behind.split_at_checked(end).unwrap_or((behind, ""));
        if name.is_empty() {
            return Err(format!("time: missing unit in duration {}", quoted(text)));
        }
        let unit = UNITS.iter().find(|(unit, _)| *unit == name).map(|(_, unit)| *unit);
        let unit = unit.ok_or_else(|| format!("time: unknown unit {} in duration {}", quoted(name), quoted(text)))?;
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        let part = whole.checked_mul(unit).and_then(|part| part.checked_add(part_of(fraction, unit)));
        sum = part.and_then(|part| sum.checked_add(part)).filter(|sum| *sum <= MOST).ok_or_else(invalid)?;
        rest = next;
    }
    match (i64::try_from(sum), is_negative) {
        (Ok(sum), false) => Ok(sum),
        (Ok(sum), true) => Ok(-sum),
        (Err(_), true) => Ok(i64::MIN),
        (Err(_), false) => Err(invalid()),
    }
}

/// The digits that a text begins with, and what is behind them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The nanoseconds of a fraction of a unit.
fn part_of(fraction: &str, unit: u64) -> u64 {
    // More digits than a word holds say nothing more.
    let kept = fraction.get(..18).unwrap_or(fraction);
    let Ok(number) = kept.parse::<u64>() else { return 0 };
    let scale = 10_f64.powi(kept.len() as i32);
    (number as f64 * (unit as f64 / scale)) as u64
}
