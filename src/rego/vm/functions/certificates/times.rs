//! Times in certificates, in seconds.

use crate::rego::vm::functions::keys::der::{GENERALIZED_TIME, Reader, UTC_TIME};
use crate::rego::vm::functions::time::calendar;

/// The next value, which is a time, in seconds since 1970.
///
/// # Errors
/// What is wrong with it, in the words of Go.
pub fn second(reader: &mut Reader<'_>) -> Result<i64, String> {
    let (digits, kind) = match reader.tag() {
        Some(UTC_TIME) => (2, "UTCTime"),
        Some(GENERALIZED_TIME) => (4, "GeneralizedTime"),
        _ => return Err("x509: unsupported time format".to_owned()),
    };
    let part = reader.part().and_then(|part| std::str::from_utf8(part.content).ok());
    part.and_then(|text| of_text(text, digits)).ok_or_else(|| format!("x509: malformed {kind}"))
}

/// The second that a text says, in which a year has so many digits. All else has two, and UTC is the only zone.
fn of_text(text: &str, digits_of_year: usize) -> Option<i64> {
    let text = text.strip_suffix('Z')?;
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    // The seconds may be missing where the year is short.
    let is_long = text.len() == digits_of_year + 10;
    let is_short = digits_of_year == 2 && text.len() == digits_of_year + 8;
    if !is_digits || !(is_long || is_short) {
        return None;
    }
    let number = |at: usize, digits: usize| text.get(at..at + digits)?.parse::<i64>().ok();
    let pair = |at: usize| number(digits_of_year + 2 * at, 2);
    let year = match number(0, digits_of_year)? {
        year if digits_of_year == 4 => year,
        year if year < 50 => 2_000 + year,
        year => 1_900 + year,
    };
    let (month, day, hour, minute) = (pair(0)?, pair(1)?, pair(2)?, pair(3)?);
    let second = if is_long { pair(4)? } else { 0 };
    let is_date = (1..=12).contains(&month) && (1..=calendar::days_of_month(year, month)).contains(&day);
    if !is_date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let first = calendar::day_of_month(i128::from(year) * 12 + i128::from(month - 1));
    let days = i64::try_from(first).ok()? + day - 1;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// A second as Go writes it.
pub fn text(second: i64) -> String {
    let civil = calendar::Civil::of_ns(i128::from(second) * calendar::NS_OF_SECOND);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
    )
}
