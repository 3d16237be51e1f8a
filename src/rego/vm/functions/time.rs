//! `time.*`: moments, which are nanoseconds since 1970, and how people write them.

pub mod calendar;
pub mod duration;
mod format;
mod layout;
mod location;
mod parse;
#[cfg(test)]
mod tests;

use super::integers::{exact, make_word, word};
use super::operands::{string, wrong_type};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Space, Value};
use calendar::{Civil, NS_OF_DAY, NS_OF_SECOND};
use location::Location;

/// Whether a text is a moment in a layout.
#[cfg(feature = "json-schema")]
pub fn is_moment(layout: &str, text: &str) -> bool {
    parse::parse(layout, text).is_ok()
}

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "time.now_ns" => Function::Zero(now_ns),
        "time.parse_ns" => Function::Two(parse_ns),
        "time.parse_rfc3339_ns" => Function::One(parse_rfc3339_ns),
        "time.parse_duration_ns" => Function::One(parse_duration_ns),
        "time.date" => Function::One(date),
        "time.clock" => Function::One(clock),
        "time.weekday" => Function::One(weekday),
        "time.add_date" => Function::Four(add_date),
        "time.diff" => Function::Two(diff),
        "time.format" => Function::One(format),
        _ => return None,
    })
}

/// A zone as it holds at a location for a while: how far its clocks are ahead of UTC, and what it is called.
struct Zone {
    offset_seconds: i32,
    name: String,
}

impl Zone {
    /// How far its clocks are ahead, in nanoseconds.
    fn ahead(&self) -> i128 {
        i128::from(self.offset_seconds) * NS_OF_SECOND
    }
}

/// A moment as an operand says it.
struct Moment {
    ns: i64,
    location: Location,
    /// That of the location at the moment.
    zone: Zone,
    /// How it is to be written: empty where that is not said.
    layout: String,
}

impl Moment {
    /// A number, or an array of a number, a zone and a layout, of which the last may be missing.
    fn of(context: &mut Context<'_>, value: Value) -> Result<Self, Failure> {
        const WANTED: &str = "either number (ns) or [number (ns), string (tz)]";
        let parts = match value.kind() {
            Kind::Integer(_) | Kind::Number(_) => vec![value],
            Kind::Array(items) if items.len > 0 => context.stores.items(items).iter().take(3).copied().collect(),
            _ => return Err(wrong_type(1, value, &[WANTED])),
        };
        let part = |at: usize| parts.get(at).copied();
        let number = part(0).unwrap_or(Value::UNDEFINED);
        if !matches!(number.kind(), Kind::Integer(_) | Kind::Number(_)) {
            return Err(wrong_type(1, number, &["number"]));
        }
        let name = part(1).map_or(Ok(String::new()), |name| string(context, name, 1))?;
        let location = Location::named(context, &name)?;
        let layout = part(2).map_or(Ok(String::new()), |layout| string(context, layout, 1))?;
        let ns = exact(context, number)?.and_then(|ns| i64::try_from(&ns).ok());
        let ns = ns.ok_or_else(|| Failure::of_builtin("timestamp too big"))?;
        let zone = location.zone_at(ns.into())?;
        Ok(Self { ns, location, zone, layout })
    }

    /// What calendar and clock show.
    fn civil(&self) -> Civil {
        Civil::of_ns(i128::from(self.ns) + self.zone.ahead())
    }
}

/// A moment that is to be an answer. `ns` may be any number.
fn answer(context: &mut Context<'_>, ns: i128) -> Answer {
    let ns = i64::try_from(ns).map_err(|_| Failure::of_builtin("time outside of valid range"))?;
    make_word(context, ns)
}

fn now_ns(context: &mut Context<'_>) -> Answer {
    match context.request.now_ns {
        Some(ns) => make_word(context, ns),
        None => Err(Failure::of_request("time.now_ns", "time; pass `now_ms`")),
    }
}

fn parse_ns(context: &mut Context<'_>, layout: Value, text: Value) -> Answer {
    let (layout, text) = (string(context, layout, 1)?, string(context, text, 2)?);
    parsed(context, layout::named(&layout).unwrap_or(&layout), &text)
}

fn parse_rfc3339_ns(context: &mut Context<'_>, text: Value) -> Answer {
    let text = string(context, text, 1)?;
    parsed(context, layout::RFC3339, &text)
}

fn parsed(context: &mut Context<'_>, layout: &str, text: &str) -> Answer {
    context.charge(1 + (layout.len() + text.len()) as u64)?;
    let ns = parse::parse(layout, text).map_err(Failure::of_builtin)?;
    answer(context, ns)
}

fn parse_duration_ns(context: &mut Context<'_>, text: Value) -> Answer {
    let text = string(context, text, 1)?;
    context.charge(1 + text.len() as u64 / 4)?;
    let ns = duration::parse(&text).map_err(Failure::of_builtin)?;
    make_word(context, ns)
}

fn numbers(context: &mut Context<'_>, numbers: &[i64]) -> Answer {
    let numbers = numbers.iter().map(|number| make_word(context, *number)).collect::<Result<Vec<_>, _>>()?;
    Ok(context.stores.make_array(Space::Heap, &numbers)?)
}

fn date(context: &mut Context<'_>, of: Value) -> Answer {
    let civil = Moment::of(context, of)?.civil();
    numbers(context, &[civil.year, civil.month, civil.day])
}

fn clock(context: &mut Context<'_>, of: Value) -> Answer {
    let civil = Moment::of(context, of)?.civil();
    numbers(context, &[civil.hour, civil.minute, civil.second])
}

fn weekday(context: &mut Context<'_>, of: Value) -> Answer {
    let civil = Moment::of(context, of)?.civil();
    Ok(context.stores.make_string(Space::Heap, calendar::name_of(&calendar::WEEKDAYS, civil.weekday()))?)
}

fn format(context: &mut Context<'_>, of: Value) -> Answer {
    let moment = Moment::of(context, of)?;
    let layout = match moment.layout.as_str() {
        "" => layout::RFC3339_NANO,
        layout => layout::named(layout).unwrap_or(layout),
    };
    context.charge(1 + layout.len() as u64)?;
    // No field is written in more than ten times its own length.
    context.room(10 * layout.len() as u64)?;
    let text = format::format(&moment.civil(), &moment.zone, layout);
    Ok(context.stores.make_string(Space::Heap, &text)?)
}

fn add_date(context: &mut Context<'_>, of: Value, years: Value, months: Value, days: Value) -> Answer {
    let moment = Moment::of(context, of)?;
    let (years, months, days) = (word(context, years, 2)?, word(context, months, 3)?, word(context, days, 4)?);
    let civil = moment.civil();
    let months = (i128::from(civil.year) + i128::from(years)) * 12 + i128::from(civil.month - 1) + i128::from(months);
    let first = calendar::day_of_month(months);
    let day = first + i128::from(civil.day - 1) + i128::from(days);
    let moved = moment.location.moment_of(day * NS_OF_DAY + civil.ns_of_day())?;
    answer(context, moved)
}

/// Years, months, days, hours, minutes and seconds between two moments, as calendar and clock of the first count them.
fn diff(context: &mut Context<'_>, first: Value, second: Value) -> Answer {
    let first = Moment::of(context, first)?;
    let mut second = Moment::of(context, second)?;
    second.zone = first.location.zone_at(second.ns.into())?;
    let (from, to) =
        if first.ns > second.ns { (second.civil(), first.civil()) } else { (first.civil(), second.civil()) };
    let mut parts = [
        to.year - from.year,
        to.month - from.month,
        to.day - from.day,
        to.hour - from.hour,
        to.minute - from.minute,
        to.second - from.second,
    ];
    let days = calendar::days_of_month(from.year, from.month);
    // What is missing of one part is borrowed from the one before it.
    let wholes = [0, 12, days, 24, 60, 60];
    let mut borrowed = 0;
    for (part, whole) in parts.iter_mut().zip(wholes).rev() {
        *part -= borrowed;
        borrowed = i64::from(*part < 0 && whole > 0);
        *part += borrowed * whole;
    }
    numbers(context, &parts)
}
