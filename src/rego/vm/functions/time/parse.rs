//! Texts as moments.

use super::calendar::{self, MONTHS, NS_OF_DAY, NS_OF_SECOND, WEEKDAYS};
use super::layout::{self, Field, Offset, Pad};

/// What has been read of a moment.
#[derive(Default)]
struct Read {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    /// Whether the hour is one of the second half of the day.
    is_afternoon: Option<bool>,
    offset_seconds: i64,
    /// Whether the text says `Z` or `UTC`, which counts for more than an offset.
    is_utc: bool,
}

/// Why a field cannot be read.
enum Wrong {
    /// It is something else.
    Text,
    /// It is out of its range.
    Range(&'static str),
}

/// The nanoseconds since 1970 of a text in a layout; without a zone it is UTC.
///
/// # Errors
/// The text is not as the layout says, or no moment.
pub fn parse(layout: &str, text: &str) -> Result<i128, String> {
    let mut read = Read::default();
    let (mut layout_rest, mut rest) = (layout, text);
    loop {
        let chunk = layout::next(layout_rest);
        rest = skip(rest, chunk.literal).map_err(|at| mismatch(layout, text, chunk.literal, at))?;
        let Some((field, written)) = chunk.field else {
            if rest.is_empty() {
                break;
            }
            return Err(told(text, &format!(": extra text: {}", quoted(rest))));
        };
        layout_rest = chunk.rest;
        rest = read.field(field, rest, layout_rest).map_err(|wrong| match wrong {
            Wrong::Text => mismatch(layout, text, written, rest),
            Wrong::Range(what) => told(text, &format!(": {what} out of range")),
        })?;
    }
    read.moment().map_err(|what| told(text, what))
}

fn mismatch(layout: &str, text: &str, wanted: &str, found: &str) -> String {
    let [layout, text, wanted, found] = [layout, text, wanted, found].map(quoted);
    format!("parsing time {text} as {layout}: cannot parse {found} as {wanted}")
}

fn told(text: &str, what: &str) -> String {
    format!("parsing time {}{what}", quoted(text))
}

/// A text in quotation marks, in which all that is not ASCII stands byte by byte.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=0x7f => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push('"');
    quoted
}

/// The text behind what stands for itself, of which blanks are as many as there are. Fails with where it is another text.
fn skip<'t>(mut text: &'t str, mut literal: &str) -> Result<&'t str, &'t str> {
    while let Some(first) = literal.chars().next() {
        if first == ' ' {
            if !text.is_empty() && !text.starts_with(' ') {
                return Err(text);
            }
            literal = literal.trim_start_matches(' ');
            text = text.trim_start_matches(' ');
            continue;
        }
        text = text.strip_prefix(first).ok_or(text)?;
        literal = literal.strip_prefix(first).unwrap_or_default();
    }
    Ok(text)
}

type Rest<'t> = Result<&'t str, Wrong>;

impl Read {
    /// Reads a field, and answers what is behind it.
    fn field<'t>(&mut self, field: Field, text: &'t str, layout_rest: &str) -> Rest<'t> {
        match field {
            Field::LongYear => {
                let (year, rest) = take(text, 4)?;
                if !year.starts_with(|c: char| c.is_ascii_digit()) {
                    return Err(Wrong::Text);
                }
                self.year = year.parse().map_err(|_| Wrong::Text)?;
                Ok(rest)
            }
            Field::ShortYear => {
                let (year, rest) = take(text, 2)?;
                let year: i64 = year.parse().map_err(|_| Wrong::Text)?;
                self.year = year + if year >= 69 { 1900 } else { 2000 };
                Ok(rest)
            }
            Field::LongMonth | Field::ShortMonth => {
                let (month, rest) = name(text, &MONTHS, field == Field::LongMonth)?;
                self.month = Some(month + 1);
                Ok(rest)
            }
            Field::LongWeekday => name(text, &WEEKDAYS, true).map(|(_, rest)| rest),
            Field::ShortWeekday => name(text, &WEEKDAYS, false).map(|(_, rest)| rest),
            Field::Month(pad) => {
                let (month, rest) = number(text, pad, 2)?;
                self.month = Some(in_range(month, 1, 12, "month")?);
                Ok(rest)
            }
            Field::Day(pad) => {
                let (day, rest) = number(text, pad, 2)?;
                self.day = Some(day);
                Ok(rest)
            }
            Field::DayOfYear(pad) => {
                let (day, rest) = number(text, pad, 3)?;
                self.day_of_year = Some(day);
                Ok(rest)
            }
            Field::Hour => {
                let (hour, rest) = number(text, Pad::Nothing, 2)?;
                self.hour = in_range(hour, 0, 23, "hour")?;
                Ok(rest)
            }
            Field::HalfDayHour(pad) => {
                let (hour, rest) = number(text, pad, 2)?;
                self.hour = in_range(hour, 0, 12, "hour")?;
                Ok(rest)
            }
            Field::Minute(pad) => {
                let (minute, rest) = number(text, pad, 2)?;
                self.minute = in_range(minute, 0, 59, "minute")?;
                Ok(rest)
            }
            Field::Second(pad) => {
                let (second, rest) = number(text, pad, 2)?;
                self.second = in_range(second, 0, 59, "second")?;
                // A fraction is read even where the layout has none.
                let next = layout::next(layout_rest);
                let is_read_next = matches!(next.field, Some((Field::Fraction { .. }, _)));
                let digits = fraction_digits(rest);
                if is_read_next || digits == 0 { Ok(rest) } else { self.fraction(rest, digits) }
            }
            Field::HalfDay { is_large } => {
                let (half, rest) = take(text, 2)?;
                let [am, pm] = if is_large { ["AM", "PM"] } else { ["am", "pm"] };
                self.is_afternoon = Some(half == pm);
                if half == am || half == pm { Ok(rest) } else { Err(Wrong::Text) }
            }
            Field::Fraction { digits, is_trimmed: false, .. } => {
                if text.len() < digits + 1 {
                    return Err(Wrong::Text);
                }
                self.fraction(text, digits)
            }
            Field::Fraction { is_trimmed: true, .. } => match fraction_digits(text) {
                0 => Ok(text),
                digits => self.fraction(text, digits),
            },
            Field::Offset(how) => self.offset(text, how),
            // An abbreviation is one of many zones. It counts where it is one of the location of the machine, and that is UTC here.
            Field::ZoneName => match text.strip_prefix("UTC") {
                Some(rest) => {
                    self.is_utc = true;
                    Ok(rest)
                }
                None => take(text, zone_name(text).ok_or(Wrong::Text)?).map(|(_, rest)| rest),
            },
        }
    }

    /// A mark and digits. Those behind the ninth say nothing. Go reads a number here, which may have a sign.
    fn fraction<'t>(&mut self, text: &'t str, digits: usize) -> Rest<'t> {
        let (written, rest) = take(text, digits + 1)?;
        let written = written.strip_prefix(['.', ',']).ok_or(Wrong::Text)?;
        let kept = written.get(..9).unwrap_or(written);
        let number = in_range(kept.parse().map_err(|_| Wrong::Text)?, 0, i64::MAX, "fractional second")?;
        self.nanosecond = (kept.len()..9).fold(number, |number, _| number * 10);
        Ok(rest)
    }

    fn offset<'t>(&mut self, text: &'t str, how: Offset) -> Rest<'t> {
        if how.may_be_z
            && let Some(rest) = text.strip_prefix('Z')
        {
            self.is_utc = true;
            return Ok(rest);
        }
        let (sign, rest) = take(text, 1)?;
        let part = |text: &'t str, has_colon: bool| -> Result<(i64, &'t str), Wrong> {
            let text = if has_colon { text.strip_prefix(':').ok_or(Wrong::Text)? } else { text };
            number(text, Pad::Zero, 2)
        };
        let (hours, rest) = part(rest, false)?;
        let (minutes, rest) = if how.has_minutes { part(rest, how.has_colons)? } else { (0, rest) };
        let (seconds, rest) = if how.has_seconds { part(rest, how.has_colons)? } else { (0, rest) };
        in_range(hours, 0, 24, "time zone offset hour")?;
        in_range(minutes, 0, 60, "time zone offset minute")?;
        in_range(seconds, 0, 60, "time zone offset second")?;
        let ahead = (hours * 60 + minutes) * 60 + seconds;
        self.offset_seconds = match sign {
            "+" => ahead,
            "-" => -ahead,
            _ => return Err(Wrong::Text),
        };
        Ok(rest)
    }

    /// The moment that was read, or what is wrong with its day.
    fn moment(&self) -> Result<i128, &'static str> {
        let hour = match self.is_afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let (month, day) = match self.day_of_year {
            None => (self.month.unwrap_or(1), self.day.unwrap_or(1)),
            Some(day_of_year) => {
                let (month, day) = day_in_year(self.year, day_of_year).ok_or(": day-of-year out of range")?;
                if self.month.is_some_and(|own| own != month) {
                    return Err(": day-of-year does not match month");
                }
                if self.day.is_some_and(|own| own != day) {
                    return Err(": day-of-year does not match day");
                }
                (month, day)
            }
        };
        if day < 1 || day > calendar::days_of_month(self.year, month) {
            return Err(": day out of range");
        }
        let first = calendar::day_of_month(i128::from(self.year) * 12 + i128::from(month - 1));
        let offset_seconds = if self.is_utc { 0 } else { self.offset_seconds };
        let seconds = (hour * 60 + self.minute) * 60 + self.second - offset_seconds;
        let day = first + i128::from(day - 1);
        Ok(day * NS_OF_DAY + i128::from(seconds) * NS_OF_SECOND + i128::from(self.nanosecond))
    }
}

/// Month and day of a day of a year.
fn day_in_year(year: i64, day_of_year: i64) -> Option<(i64, i64)> {
    let mut day = day_of_year;
    if day < 1 {
        return None;
    }
    for month in 1..=12 {
        let days = calendar::days_of_month(year, month);
        if day <= days {
            return Some((month, day));
        }
        day -= days;
    }
    None
}

fn take(text: &str, len: usize) -> Result<(&str, &str), Wrong> {
    text.split_at_checked(len).ok_or(Wrong::Text)
}

fn in_range(number: i64, from: i64, to: i64, what: &'static str) -> Result<i64, Wrong> {
    if (from..=to).contains(&number) { Ok(number) } else { Err(Wrong::Range(what)) }
}

/// A number of at most as many digits, of exactly as many where zeros stand in front, and behind blanks where those do.
fn number(text: &str, pad: Pad, width: usize) -> Result<(i64, &str), Wrong> {
    let mut text = text;
    if pad == Pad::Blank {
        for _ in 1..width {
            text = text.strip_prefix(' ').unwrap_or(text);
        }
    }
    let digits = text.bytes().take(width).take_while(u8::is_ascii_digit).count();
    if digits == 0 || pad == Pad::Zero && digits < width {
        return Err(Wrong::Text);
    }
    let (number, rest) = take(text, digits)?;
    Ok((number.parse().map_err(|_| Wrong::Text)?, rest))
}

/// Which name a text begins with, in letters of any size; of a short one the first three letters.
fn name<'t>(text: &'t str, names: &[&'static str], is_long: bool) -> Result<(i64, &'t str), Wrong> {
    for (at, name) in names.iter().enumerate() {
        let name = if is_long { name } else { name.get(..3).unwrap_or(name) };
        if let Some((begin, rest)) = text.split_at_checked(name.len())
            && begin.eq_ignore_ascii_case(name)
        {
            return Ok((at as i64, rest));
        }
    }
    Err(Wrong::Text)
}

/// How many digits a fraction has that a text begins with.
fn fraction_digits(text: &str) -> usize {
    match text.strip_prefix(['.', ',']) {
        Some(behind) => behind.bytes().take_while(u8::is_ascii_digit).count(),
        None => 0,
    }
}

/// How long the name of a zone is that a text begins with.
fn zone_name(text: &str) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with("ChST") || text.starts_with("MeST") {
        return Some(4);
    }
    if let Some(behind) = text.strip_prefix("GMT") {
        return Some(3 + signed_hours(behind));
    }
    if text.starts_with(['+', '-']) {
        return Some(signed_hours(text)).filter(|len| *len > 0);
    }
    let letters = text.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
    let ends_in_t = |len: usize| text.as_bytes().get(len - 1) == Some(&b'T');
    match letters {
        3 => Some(3),
        4 if ends_in_t(4) || text.starts_with("WITA") => Some(4),
        5 if ends_in_t(5) => Some(5),
        _ => None,
    }
}

/// How long a sign with hours of at most 23 is that a text begins with.
fn signed_hours(text: &str) -> usize {
    let Some(behind) = text.strip_prefix(['+', '-']) else { return 0 };
    let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
    let hours = behind.get(..digits).and_then(|hours| hours.parse::<u64>().ok());
    if hours.is_some_and(|hours| hours <= 23) { 1 + digits } else { 0 }
}
