//! Layouts of Go: how a moment is written is said by how one certain moment is, the second of January 2006 at 15:04:05.

/// `time.RFC3339`
pub const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
/// `time.RFC3339Nano`
pub const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// The layout of a name.
pub fn named(name: &str) -> Option<&'static str> {
    Some(match name {
        "ANSIC" => "Mon Jan _2 15:04:05 2006",
        "UnixDate" => "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate" => "Mon Jan 02 15:04:05 -0700 2006",
        "RFC822" => "02 Jan 06 15:04 MST",
        "RFC822Z" => "02 Jan 06 15:04 -0700",
        "RFC850" => "Monday, 02-Jan-06 15:04:05 MST",
        "RFC1123" => "Mon, 02 Jan 2006 15:04:05 MST",
        "RFC1123Z" => "Mon, 02 Jan 2006 15:04:05 -0700",
        "RFC3339" => RFC3339,
        "RFC3339Nano" => RFC3339_NANO,
        _ => return None,
    })
}

/// What stands in front of a number that is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pad {
    Nothing,
    Blank,
    Zero,
}

/// A part of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    LongYear,
    ShortYear,
    LongMonth,
    ShortMonth,
    Month(Pad),
    LongWeekday,
    ShortWeekday,
    Day(Pad),
    DayOfYear(Pad),
    /// Of 24.
    Hour,
    /// Of 12.
    HalfDayHour(Pad),
    Minute(Pad),
    Second(Pad),
    /// In large letters or in small ones.
    HalfDay {
        is_large: bool,
    },
    /// The name of the zone.
    ZoneName,
    /// How far the zone is ahead.
    Offset(Offset),
    /// A part of a second, with the sign in front of it.
    Fraction {
        sign: char,
        digits: usize,
        /// Whether zeros at its end are left out.
        is_trimmed: bool,
    },
}

/// How an offset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// Whether none is `Z`.
    pub may_be_z: bool,
    pub has_colons: bool,
    pub has_minutes: bool,
    pub has_seconds: bool,
}

/// Of the same beginning, the longest stands first.
const FIELDS: [(&str, Field); 36] = [
    ("January", Field::LongMonth),
    ("Monday", Field::LongWeekday),
    ("MST", Field::ZoneName),
    ("002", Field::DayOfYear(Pad::Zero)),
    ("01", Field::Month(Pad::Zero)),
    ("02", Field::Day(Pad::Zero)),
    ("03", Field::HalfDayHour(Pad::Zero)),
    ("04", Field::Minute(Pad::Zero)),
    ("05", Field::Second(Pad::Zero)),
    ("06", Field::ShortYear),
    ("15", Field::Hour),
    ("1", Field::Month(Pad::Nothing)),
    ("2006", Field::LongYear),
    ("2", Field::Day(Pad::Nothing)),
    ("__2", Field::DayOfYear(Pad::Blank)),
    ("_2", Field::Day(Pad::Blank)),
    ("3", Field::HalfDayHour(Pad::Nothing)),
    ("4", Field::Minute(Pad::Nothing)),
    ("5", Field::Second(Pad::Nothing)),
    ("PM", Field::HalfDay { is_large: true }),
    ("pm", Field::HalfDay { is_large: false }),
    ("-070000", offset(false, false, true, true)),
    ("-07:00:00", offset(false, true, true, true)),
    ("-0700", offset(false, false, true, false)),
    ("-07:00", offset(false, true, true, false)),
    ("-07", offset(false, false, false, false)),
    ("Z070000", offset(true, false, true, true)),
    ("Z07:00:00", offset(true, true, true, true)),
    ("Z0700", offset(true, false, true, false)),
    ("Z07:00", offset(true, true, true, false)),
    ("Z07", offset(true, false, false, false)),
    // These end where a word goes on in small letters.
    ("Jan", Field::ShortMonth),
    ("Mon", Field::ShortWeekday),
    // A blank that is none, before a year.
    ("_2006", Field::LongYear),
    (".", Field::Fraction { sign: '.', digits: 0, is_trimmed: false }),
    (",", Field::Fraction { sign: ',', digits: 0, is_trimmed: false }),
];

const fn offset(may_be_z: bool, has_colons: bool, has_minutes: bool, has_seconds: bool) -> Field {
    Field::Offset(Offset { may_be_z, has_colons, has_minutes, has_seconds })
}

/// What a layout begins with.
pub struct Chunk<'l> {
    /// What stands for itself.
    pub literal: &'l str,
    /// The field behind it, and how it is written; nothing at the end.
    pub field: Option<(Field, &'l str)>,
    /// What is behind that.
    pub rest: &'l str,
}

/// Takes a layout apart before its first field and behind it.
pub fn next(layout: &str) -> Chunk<'_> {
    for (at, _) in layout.char_indices() {
        let Some((literal, behind)) = layout.split_at_checked(at) else { continue };
        if let Some((field, len)) = field_at(behind) {
            // An underscore before a year stands for itself.
            let own = if field == Field::LongYear && behind.starts_with('_') { 1 } else { 0 };
            let (Some(literal), Some((written, rest))) = (
                layout.get(..literal.len() + own),
                behind.get(own..).and_then(|text| text.split_at_checked(len - own)),
            ) else {
                continue;
            };
            return Chunk { literal, field: Some((field, written)), rest };
        }
    }
    Chunk { literal: layout, field: None, rest: "" }
}

/// The field that a text begins with, and its length.
fn field_at(text: &str) -> Option<(Field, usize)> {
    let is_small_behind = |len: usize| text.as_bytes().get(len).is_some_and(u8::is_ascii_lowercase);
    if text.starts_with("_2006") {
        return Some((Field::LongYear, 5));
    }
    for (written, field) in FIELDS {
        if !text.starts_with(written) {
            continue;
        }
        match field {
            Field::ShortMonth | Field::ShortWeekday if is_small_behind(3) => {}
            Field::Fraction { sign, .. } => return fraction(text, sign),
            _ => return Some((field, written.len())),
        }
    }
    None
}

/// A sign and nothing but zeros or nines up to where the digits end.
fn fraction(text: &str, sign: char) -> Option<(Field, usize)> {
    let behind = text.get(1..)?.as_bytes();
    let digit = behind.first().copied().filter(|digit| matches!(digit, b'0' | b'9'))?;
    let digits = behind.iter().take_while(|byte| **byte == digit).count();
    if behind.get(digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some((Field::Fraction { sign, digits, is_trimmed: digit == b'9' }, digits + 1))
}
