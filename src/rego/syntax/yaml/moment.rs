//! Dates and times of day as YAML scalars without quotes write them.

/// A date with a time of day, which is midnight in UTC where none is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    date: [u32; 3],
    time: [u32; 3],
    /// The digits behind the point of the seconds, without zeros at the end.
    fraction: String,
    /// Minutes east of UTC.
    offset: i32,
}

impl Moment {
    /// The moment that a text says.
    pub fn read(text: &str) -> Option<Self> {
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
