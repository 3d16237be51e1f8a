//! The Gregorian calendar, for all years before and behind.

/// Nanoseconds of a second.
pub const NS_OF_SECOND: i128 = 1_000_000_000;
/// Nanoseconds of a day.
pub const NS_OF_DAY: i128 = 86_400 * NS_OF_SECOND;

/// The days of the week, from that which is 0.
pub const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// The months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Days of 400 years, in which the calendar repeats.
const DAYS_OF_ERA: i128 = 146_097;
/// Days from the first of March of the year 0 to the first of January 1970.
const DAYS_BEFORE_1970: i128 = 719_468;

/// What a calendar and a clock show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub nanosecond: i64,
    /// Days since the first of January 1970.
    days: i128,
}

/// The name of a number.
pub fn name_of(names: &[&'static str], number: i64) -> &'static str {
    usize::try_from(number).ok().and_then(|number| names.get(number)).copied().unwrap_or_default()
}

impl Civil {
    /// What they show as many nanoseconds behind the beginning of 1970.
    pub fn of_ns(ns: i128) -> Self {
        let (days, rest) = (ns.div_euclid(NS_OF_DAY), ns.rem_euclid(NS_OF_DAY));
        // Counted from March, the day that a leap year has more is the last.
        let since = days + DAYS_BEFORE_1970;
        let (era, day_of_era) = (since.div_euclid(DAYS_OF_ERA), since.rem_euclid(DAYS_OF_ERA));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + i128::from(month <= 2);
        let seconds = rest / NS_OF_SECOND;
        Self {
            year: year as i64,
            month: month as i64,
            day: day as i64,
            hour: (seconds / 3_600) as i64,
            minute: (seconds / 60 % 60) as i64,
            second: (seconds % 60) as i64,
            nanosecond: (rest % NS_OF_SECOND) as i64,
            days,
        }
    }

    /// The day of the week: 0 is Sunday.
    pub fn weekday(&self) -> i64 {
        // The first day of 1970 was a Thursday.
        (self.days + 4).rem_euclid(7) as i64
    }

    /// The day of the year, from 1.
    pub fn day_of_year(&self) -> i64 {
        (self.days - day_of_month(i128::from(self.year) * 12)) as i64 + 1
    }

    /// Nanoseconds since midnight.
    pub fn ns_of_day(&self) -> i128 {
        i128::from((self.hour * 60 + self.minute) * 60 + self.second) * NS_OF_SECOND + i128::from(self.nanosecond)
    }
}

/// The first day of a month, in days since 1970. Months count from that which the year 0 begins with.
pub fn day_of_month(months: i128) -> i128 {
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    let (year, month_from_march) = if month >= 2 { (year, month - 2) } else { (year - 1, month + 10) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * month_from_march + 2) / 5;
    era * DAYS_OF_ERA + day_of_era - DAYS_BEFORE_1970
}

/// How many days a month has.
pub fn days_of_month(year: i64, month: i64) -> i64 {
    let months = i128::from(year) * 12 + i128::from(month - 1);
    (day_of_month(months + 1) - day_of_month(months)) as i64
}
