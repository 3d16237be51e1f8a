//! Moments as texts.

use super::Zone;
use super::calendar::{Civil, MONTHS, WEEKDAYS, name_of};
use super::layout::{self, Field, Offset, Pad};

/// What a calendar and a clock show, in a layout.
pub fn format(civil: &Civil, zone: &Zone, layout: &str) -> String {
    let mut text = String::new();
    let mut rest = layout;
    loop {
        let chunk = layout::next(rest);
        text.push_str(chunk.literal);
        let Some((field, _)) = chunk.field else { return text };
        write(field, civil, zone, &mut text);
        rest = chunk.rest;
    }
}

fn write(field: Field, civil: &Civil, zone: &Zone, text: &mut String) {
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    match field {
        Field::LongYear if civil.year < 0 => text.push_str(&format!("-{:04}", civil.year.unsigned_abs())),
        Field::LongYear => text.push_str(&format!("{:04}", civil.year)),
        Field::ShortYear => text.push_str(&format!("{:02}", civil.year.max(0) % 100)),
        Field::LongMonth => text.push_str(name_of(&MONTHS, civil.month - 1)),
        Field::ShortMonth => text.push_str(short(name_of(&MONTHS, civil.month - 1))),
        Field::Month(pad) => number(civil.month, pad, 2, text),
        Field::LongWeekday => text.push_str(name_of(&WEEKDAYS, civil.weekday())),
        Field::ShortWeekday => text.push_str(short(name_of(&WEEKDAYS, civil.weekday()))),
        Field::Day(pad) => number(civil.day, pad, 2, text),
        Field::DayOfYear(pad) => number(civil.day_of_year(), pad, 3, text),
        Field::Hour => number(civil.hour, Pad::Zero, 2, text),
        Field::HalfDayHour(pad) => number((civil.hour + 11) % 12 + 1, pad, 2, text),
        Field::Minute(pad) => number(civil.minute, pad, 2, text),
        Field::Second(pad) => number(civil.second, pad, 2, text),
        Field::HalfDay { is_large } => text.push_str(match (civil.hour >= 12, is_large) {
            (true, true) => "PM",
            (false, true) => "AM",
            (true, false) => "pm",
            (false, false) => "am",
        }),
        Field::ZoneName if zone.name.is_empty() => {
            offset(zone, Offset { may_be_z: false, has_colons: false, has_minutes: true, has_seconds: false }, text);
        }
        Field::ZoneName => text.push_str(&zone.name),
        Field::Offset(how) => offset(zone, how, text),
        Field::Fraction { sign, digits, is_trimmed } => fraction(civil.nanosecond, sign, digits, is_trimmed, text),
    }
}

fn number(number: i64, pad: Pad, width: usize, text: &mut String) {
    text.push_str(&match pad {
        Pad::Nothing => number.to_string(),
        Pad::Blank => format!("{number:width$}"),
        Pad::Zero => format!("{number:0width$}"),
    });
}

fn offset(zone: &Zone, how: Offset, text: &mut String) {
    if how.may_be_z && zone.offset_seconds == 0 {
        text.push('Z');
        return;
    }
    let seconds = zone.offset_seconds.unsigned_abs();
    let minutes = seconds / 60;
    // Less than a minute behind is no minute ahead.
    let sign = if zone.offset_seconds / 60 < 0 { '-' } else { '+' };
    let colon = if how.has_colons { ":" } else { "" };
    text.push_str(&format!("{sign}{:02}", minutes / 60));
    if how.has_minutes {
        text.push_str(&format!("{colon}{:02}", minutes % 60));
    }
    if how.has_seconds {
        text.push_str(&format!("{colon}{:02}", seconds % 60));
    }
}

fn fraction(nanosecond: i64, sign: char, digits: usize, is_trimmed: bool, text: &mut String) {
    let all = format!("{nanosecond:09}");
    // A nanosecond is the last digit that there is.
    let kept = all.get(..digits).unwrap_or(&all);
    let kept = if is_trimmed { kept.trim_end_matches('0') } else { kept };
    if !kept.is_empty() {
        text.push(sign);
        text.push_str(kept);
    }
}
