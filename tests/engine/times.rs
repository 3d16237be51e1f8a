//! Times at locations: what calendar and clock show, forwards and backwards, as Go has it.

use super::*;

/// The answer of a term, in JSON; nothing where it is undefined.
fn ask(term: &str) -> Option<String> {
    ask_of(term, "null")
}

/// The same, with an input. Of that no type is known before it is there.
fn ask_of(term: &str, input: &str) -> Option<String> {
    let program = program(format!("package policy\n\nx := {term}\n"));
    let input = Document::read(input.as_bytes()).unwrap();
    match program.evaluate("policy/x", Some(&input), Allowance::default()) {
        Ok(evaluation) => match evaluation.answer {
            Answer::Value(text) => Some(text.into_owned()),
            Answer::Undefined => None,
        },
        Err(error) => panic!("{term}: {error}"),
    }
}

/// What `time.format` writes of a second at a location.
fn shown(second: i64, location: &str) -> String {
    let layout = "2006-01-02T15:04:05 MST -07:00:00";
    let term = format!("time.format([{second} * 1000000000, \"{location}\", \"{layout}\"])");
    let text = ask(&term).unwrap_or_else(|| panic!("{term} is undefined"));
    text.trim_matches('"').to_owned()
}

#[test]
fn a_location_shows_the_zone_that_holds_there() {
    for (second, location, text) in [
        // The last second before summer, and the first of it.
        (1_678_604_399, "America/New_York", "2023-03-12T01:59:59 EST -05:00:00"),
        (1_678_604_400, "America/New_York", "2023-03-12T03:00:00 EDT -04:00:00"),
        // Years for which there is but a rule.
        (2_224_713_600, "America/New_York", "2040-06-30T20:00:00 EDT -04:00:00"),
        (7_263_932_399, "America/New_York", "2200-03-09T01:59:59 EST -05:00:00"),
        (7_263_932_400, "America/New_York", "2200-03-09T03:00:00 EDT -04:00:00"),
        (7_284_492_000, "America/New_York", "2200-11-02T01:00:00 EST -05:00:00"),
        (7_258_118_400, "Australia/Sydney", "2200-01-01T11:00:00 AEDT +11:00:00"),
        (7_273_756_800, "Australia/Sydney", "2200-07-01T10:00:00 AEST +10:00:00"),
        (4_118_083_200, "Africa/Cairo", "2100-07-01T03:00:00 EEST +03:00:00"),
        (8_520_336_000, "Europe/Dublin", "2240-01-01T00:00:00 GMT +00:00:00"),
        // Before zones were kept the sun was.
        (-5_364_662_400, "America/New_York", "1799-12-31T19:03:58 LMT -04:56:02"),
        (-2_717_650_800, "America/New_York", "1883-11-18T12:00:00 EST -05:00:00"),
        (-9_223_372_036, "Europe/London", "1677-09-21T00:11:29 LMT -00:01:15"),
        // Offsets with minutes, names without letters, a day that was left out.
        (1_719_792_000, "Australia/Lord_Howe", "2024-07-01T10:30:00 +1030 +10:30:00"),
        (1_704_067_200, "Asia/Kathmandu", "2024-01-01T05:45:00 +0545 +05:45:00"),
        (0, "Africa/Monrovia", "1969-12-31T23:15:30 MMT -00:44:30"),
        (1_325_239_199, "Pacific/Apia", "2011-12-29T23:59:59 -10 -10:00:00"),
        (1_325_239_200, "Pacific/Apia", "2011-12-31T00:00:00 +14 +14:00:00"),
        (9_223_372_035, "Pacific/Kiritimati", "2262-04-12T13:47:15 +14 +14:00:00"),
        // Names that are no places.
        (0, "Etc/GMT+5", "1969-12-31T19:00:00 -05 -05:00:00"),
        (1_719_792_000, "EST5EDT", "2024-06-30T20:00:00 EDT -04:00:00"),
        (0, "Zulu", "1970-01-01T00:00:00 UTC +00:00:00"),
        (0, "GMT", "1970-01-01T00:00:00 GMT +00:00:00"),
        (0, "UTC", "1970-01-01T00:00:00 UTC +00:00:00"),
        (0, "", "1970-01-01T00:00:00 UTC +00:00:00"),
        // No evaluation knows where its machine stands.
        (0, "Local", "1970-01-01T00:00:00 UTC +00:00:00"),
    ] {
        assert_eq!(shown(second, location), text, "{second} {location}");
    }
    for (term, answer) in [
        ("time.date([1678602600000000000, \"Asia/Tokyo\"])", "[2023,3,12]"),
        ("time.clock([1678602600000000000, \"Asia/Tokyo\"])", "[15,30,0]"),
        ("time.clock([0, \"Africa/Monrovia\"])", "[23,15,30]"),
        ("time.weekday([1678600800000000000, \"Pacific/Honolulu\"])", "\"Saturday\""),
        ("time.format([1678602600000000000, \"America/New_York\"])", "\"2023-03-12T01:30:00-05:00\""),
        ("time.format([1678602600000000000, \"America/New_York\", \"RFC850\"])", "\"Sunday, 12-Mar-23 01:30:00 EST\""),
    ] {
        assert_eq!(ask(term).as_deref(), Some(answer), "{term}");
    }
}

#[test]
fn dates_are_moved_on_the_wall_and_not_in_hours() {
    let cases: [(i64, &str, [i64; 3], i64); 16] = [
        // A time that is skipped: west of Greenwich it is taken for an hour before, and east of it for an hour later.
        (1_678_519_800, "America/New_York", [0, 0, 1], 1_678_602_600),
        (1_678_689_000, "America/New_York", [0, 0, -1], 1_678_602_600),
        (1_679_707_800, "Europe/London", [0, 0, 1], 1_679_794_200),
        (1_679_707_800, "Europe/Berlin", [0, 0, 1], 1_679_794_200),
        // 01:30 comes twice: west of Greenwich it is the first of them, and east of it the second.
        (1_699_075_800, "America/New_York", [0, 0, 1], 1_699_162_200),
        (1_699_165_800, "America/New_York", [0, 0, 0], 1_699_162_200),
        (1_699_162_200, "America/New_York", [0, 0, 0], 1_699_162_200),
        (1_698_453_000, "Europe/London", [0, 0, 1], 1_698_543_000),
        (1_698_453_000, "Europe/Berlin", [0, 0, 1], 1_698_543_000),
        (1_698_543_000, "Europe/Berlin", [0, 0, 0], 1_698_543_000),
        // The 30th of December 2011 was left out.
        (1_325_196_000, "Pacific/Apia", [0, 0, 1], 1_325_282_400),
        (1_325_196_000, "Pacific/Apia", [0, 0, 2], 1_325_282_400),
        (4_126_174_200, "Australia/Sydney", [0, 0, 1], 4_126_257_000),
        (1_709_226_000, "America/New_York", [1, 0, 0], 1_740_848_400),
        (1_706_720_400, "America/New_York", [0, 1, 0], 1_709_398_800),
        (1_704_067_200, "Asia/Tokyo", [0, -1, -400], 1_666_828_800),
    ];
    for (second, location, [years, months, days], moved) in cases {
        let term = format!("time.add_date(input, {years}, {months}, {days})");
        let input = format!("[{second}000000000, \"{location}\"]");
        assert_eq!(ask_of(&term, &input), Some(format!("{moved}000000000")), "{term} {input}");
    }
    // What is outside of 64 bits is no time, however far.
    for (years, months, days) in
        [(300, 0, 0), (0, 0, -200_000), (i64::MAX, i64::MAX, i64::MAX), (i64::MIN, 0, i64::MIN)]
    {
        let term = format!("time.add_date(input, {years}, {months}, {days})");
        assert_eq!(ask_of(&term, "[0, \"Asia/Tokyo\"]"), None, "{term}");
    }
    for days in [1, -1] {
        for (ns, location) in [(i64::MAX, "Pacific/Kiritimati"), (i64::MIN, "Pacific/Honolulu")] {
            let moved = ask_of(&format!("time.add_date(input, 0, 0, {days})"), &format!("[{ns}, \"{location}\"]"));
            assert_eq!(moved.is_some(), (days < 0) == (ns > 0), "{ns} {location} {days}");
        }
    }
}

#[test]
fn distances_are_of_the_calendar_and_clock_of_the_first() {
    for (first, second, answer) in [
        // A day of 25 hours, and one of 23.
        ("[1699155000000000000, \"America/New_York\"]", "1699248600000000000", "[0,0,1,1,0,0]"),
        ("[1678530600000000000, \"America/New_York\"]", "1678617000000000000", "[0,0,1,1,0,0]"),
        ("1678530600000000000", "[1678617000000000000, \"America/New_York\"]", "[0,0,1,0,0,0]"),
        // From the first 01:30 to 01:10 of the second: the clock went back, and OPA says so in its way.
        ("[1699162200000000000, \"America/New_York\"]", "1699164600000000000", "[-1,11,29,23,40,0]"),
    ] {
        assert_eq!(ask(&format!("time.diff({first}, {second})")).as_deref(), Some(answer), "{first} {second}");
    }
    assert_eq!(ask("time.diff(0, [0, \"Nowhere\"])"), None);
}

#[test]
fn a_location_that_is_none_is_undefined_and_an_error_where_errors_are_asked_for() {
    for (name, wrong) in [
        ("Nowhere", "unknown time zone Nowhere"),
        ("America", "unknown time zone America"),
        // Names are as they are written.
        ("america/new_york", "unknown time zone america/new_york"),
        ("EDT", "unknown time zone EDT"),
        ("America/../UTC", "time: invalid location name"),
        ("/UTC", "time: invalid location name"),
        ("\\\\UTC", "time: invalid location name"),
    ] {
        let term = format!("time.clock([0, \"{name}\"])");
        assert_eq!(ask(&term), None, "{term}");
        let strict = Allowance { strict_builtin_errors: true, ..Allowance::default() };
        let error = program(format!("package policy\n\nx := {term}\n")).evaluate("policy/x", None, strict).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("eval_builtin_error") && text.contains(wrong), "{text}");
    }
}

#[test]
fn what_a_text_says_of_its_zone_counts_as_far_as_it_is_an_offset() {
    let layout = "2006-01-02 15:04:05 -0700 MST";
    for (text, second) in [
        ("1970-01-02 00:00:00 +0200 CEST", 79_200),
        // An abbreviation is of many zones, and `UTC` counts for more than what stands beside it.
        ("1970-01-02 00:00:00 +0000 CEST", 86_400),
        ("1970-01-02 00:00:00 +0200 UTC", 86_400),
    ] {
        let term = format!("time.parse_ns(\"{layout}\", \"{text}\")");
        assert_eq!(ask(&term), Some(format!("{second}000000000")), "{term}");
    }
    for (term, second) in [
        ("time.parse_ns(\"UnixDate\", \"Fri Jan  2 00:00:00 EST 1970\")", 86_400),
        ("time.parse_ns(\"RFC1123\", \"Fri, 02 Jan 1970 00:00:00 GMT-7\")", 86_400),
        ("time.parse_rfc3339_ns(\"1970-01-02T00:00:00-07:30\")", 113_400),
    ] {
        assert_eq!(ask(term), Some(format!("{second}000000000")), "{term}");
    }
    for term in [
        "time.parse_ns(\"15:04 MST\", \"00:00 +3\")",
        "time.parse_ns(\"15:04 MST\", \"00:00 America/New_York\")",
        "time.parse_rfc3339_ns(\"1970-01-02T00:00:00 UTC\")",
        "time.parse_rfc3339_ns(\"1970-01-02T00:00:00-25:00\")",
    ] {
        assert_eq!(ask(term), None, "{term}");
    }
}
