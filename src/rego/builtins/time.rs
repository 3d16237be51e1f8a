//! Builtins of times, which are nanoseconds since 1970.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "time.add_date",
        "(ns: number, years: number, months: number, days: number) -> output: number",
        "Moves a time by years, months and days of the calendar.",
    ),
    declare(
        "time.clock",
        "(x: any<number, array<number, string>>) -> output: array<number, number, number>",
        "Gives hour, minute and second of a time.",
    )
    .explain(&[("x", "nanoseconds since 1970, or these with the name of a time zone")]),
    declare(
        "time.date",
        "(x: any<number, array<number, string>>) -> date: array<number, number, number>",
        "Gives year, month and day of a time.",
    )
    .explain(&[("x", "nanoseconds since 1970, or these with the name of a time zone")]),
    declare(
        "time.diff",
        "(ns1: any<number, array<number, string>>, ns2: any<number, array<number, string>>) -> output: \
         array<number, number, number, number, number, number>",
        "Gives the distance between two times in years, months, days, hours, minutes and seconds.",
    )
    .explain(&[("ns1", "nanoseconds since 1970, or these with the name of a time zone"), ("ns2", "like the first")]),
    declare(
        "time.format",
        "(x: any<number, array<number, string>, array<number, string, string>>) -> formatted timestamp: string",
        "Writes a time, as RFC 3339 where no layout is given.",
    )
    .explain(&[("x", "nanoseconds since 1970, or these with the name of a time zone, and with a layout")]),
    declare(
        "time.now_ns",
        "() -> now: number",
        "Gives the time of the query, which does not change while it is answered.",
    )
    .nondeterministic(),
    declare("time.parse_duration_ns", "(duration: string) -> ns: number", "Reads a duration such as `1h15m`."),
    declare(
        "time.parse_ns",
        "(layout: string, value: string) -> ns: number",
        "Reads a time in a layout that is given.",
    )
    .explain(&[("layout", "how the reference time of Go would be written, or the name of a layout such as `RFC1123`")]),
    declare("time.parse_rfc3339_ns", "(value: string) -> ns: number", "Reads a time such as `2024-01-31T08:00:00Z`."),
    declare(
        "time.weekday",
        "(x: any<number, array<number, string>>) -> day: string",
        "Names the day of the week of a time, in English.",
    )
    .explain(&[("x", "nanoseconds since 1970, or these with the name of a time zone")]),
];
