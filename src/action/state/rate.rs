//! `RateWindow`: when an action was taken, for limits of any number and window (section 3.5).

use super::moments::Moments;
use crate::action::policy::{RateLimit, ranges};
use crate::sorted::{self, InOrder};
use serde::{Deserialize, Serialize};

/// When an action was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateWindow {
    /// The calls, from the oldest to the newest.
    taken: Moments,
    /// The widest window that any limit was compared with: what a call under a narrower one leaves behind is still there for the wider.
    #[serde(default)]
    window_seconds: u64,
    /// The calls that wait for an approval, by reservation. They count until they expire.
    #[serde(default, skip_serializing_if = "sorted::Map::is_empty")]
    holds: sorted::Map<String, HeldSlot>,
}

/// The slot of a call that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeldSlot {
    at_ms: u64,
    expires_at_ms: u64,
}

/// How many moments are kept.
const MOMENTS: usize = 1_000;

/// Why a limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// For this many whole seconds, rounded up.
    Seconds(u64),
    /// For ever: the limit allows no call at all.
    ForEver,
}

impl RateWindow {
    /// How long to wait until a limit has room for one more call; none: it has.
    pub fn wait(&self, limit: RateLimit, now_ms: u64) -> Option<Wait> {
        if limit.max_count == 0 {
            return Some(Wait::ForEver);
        }
        let now_ms = self.latest(now_ms);
        let window_ms = limit.window_seconds.saturating_mul(1000);
        // What is exactly as old as the window is out (decision 46).
        let is_in = |at_ms: u64| at_ms.saturating_add(window_ms) > now_ms;
        let mut moments: Vec<(u64, u64)> =
            self.taken.iter().filter(|moment| is_in(moment.0)).map(|moment| (moment.0, moment.1)).collect();
        let held = self.holds.values().filter(|held| held.expires_at_ms > now_ms && is_in(held.at_ms));
        moments.extend(held.map(|held| (held.at_ms, 1)));
        let count: u64 = moments.iter().map(|(_, count)| count).sum();
        let too_many = (count + 1).checked_sub(limit.max_count)?;
        if too_many == 0 {
            return None;
        }
        moments.order();
        let mut gone = 0;
        let last = moments.iter().find(|(_, count)| {
            gone += count;
            gone >= too_many
        });
        let leaves_at = last.map_or(now_ms, |(at_ms, _)| at_ms.saturating_add(window_ms));
        Some(Wait::Seconds(leaves_at.saturating_sub(now_ms).div_ceil(1000).max(1)))
    }

    /// The time that counts. A clock that goes back, or a call that comes late, does not find room where there was none: what is gone
    /// from the window is forgotten.
    fn latest(&self, now_ms: u64) -> u64 {
        let newest = self.taken.newest().into_iter();
        newest.chain(self.holds.values().map(|held| held.at_ms)).chain([now_ms]).max().unwrap_or(now_ms)
    }

    /// Counts a call.
    pub fn take(&mut self, now_ms: u64, longest_window_seconds: u64) {
        let now_ms = self.latest(now_ms);
        self.prune(now_ms, longest_window_seconds);
        self.taken.count(now_ms, MOMENTS);
    }

    /// Counts a call that waits.
    pub fn hold(&mut self, reservation: &str, now_ms: u64, expires_at_ms: u64, longest_window_seconds: u64) {
        let now_ms = self.latest(now_ms);
        self.prune(now_ms, longest_window_seconds);
        self.holds.insert(reservation.to_owned(), HeldSlot { at_ms: now_ms, expires_at_ms });
    }

    /// Whether the slot of a call that waits is still held.
    pub fn is_held(&self, reservation: &str) -> bool {
        self.holds.contains_key(reservation)
    }

    /// A call that waited is made: its slot stays where it was.
    pub fn confirm(&mut self, reservation: &str) {
        if let Some(held) = self.holds.remove(reservation) {
            self.taken.count(held.at_ms, MOMENTS);
        }
    }

    /// Whether everything has left every window before a time, also one that a policy may be given tomorrow.
    pub fn is_over(&self, now_ms: u64) -> bool {
        let window_ms = ranges::WINDOW_SECONDS.end().saturating_mul(1000);
        self.taken.iter().all(|moment| moment.0.saturating_add(window_ms) <= now_ms)
            && self.holds.values().all(|held| held.expires_at_ms.max(held.at_ms.saturating_add(window_ms)) <= now_ms)
    }

    /// Gives the slot of a call that waited back.
    pub fn give_hold_back(&mut self, reservation: &str) {
        self.holds.remove(reservation);
    }

    /// Gives a slot back that was taken at a time.
    ///
    /// What is older than everything that is kept has left the window, or stands at a later time with others: it takes none of theirs.
    pub fn give_back(&mut self, at_ms: u64) {
        if self.taken.oldest().is_some_and(|oldest| oldest <= at_ms) {
            self.taken.take_back(at_ms);
        }
    }

    fn prune(&mut self, now_ms: u64, longest_window_seconds: u64) {
        self.window_seconds = self.window_seconds.max(longest_window_seconds);
        let window_ms = self.window_seconds.saturating_mul(1000);
        self.taken.keep(|at_ms| at_ms.saturating_add(window_ms) > now_ms);
        self.holds.retain(|_, held| held.expires_at_ms > now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::{RateWindow, Wait};
    use crate::action::policy::RateLimit;

    const LIMIT: RateLimit = RateLimit { max_count: 2, window_seconds: 60 };

    #[test]
    fn a_slot_that_is_given_back_twice_or_too_late_takes_none_of_anothers() {
        let mut window = RateWindow::default();
        window.take(0, 60);
        window.take(70_000, 60);
        window.take(71_000, 60);
        window.give_back(0);
        assert_eq!(window.wait(LIMIT, 72_000), Some(Wait::Seconds(58)));
        window.give_back(70_000);
        assert_eq!(window.wait(LIMIT, 72_000), None);
    }

    #[test]
    fn a_narrow_window_forgets_nothing_that_a_wider_one_counts() {
        let mut window = RateWindow::default();
        window.take(0, 60);
        window.take(1_000, 60);
        window.take(10_000, 1);
        assert_eq!(window.wait(LIMIT, 11_000), Some(Wait::Seconds(50)));
    }

    #[test]
    fn the_slot_of_a_call_whose_time_was_up_takes_none_of_anothers() {
        let mut window = RateWindow::default();
        window.hold("h", 0, 10_000, 60);
        window.take(11_000, 60);
        window.take(12_000, 60);
        window.give_hold_back("h");
        assert_eq!(window.wait(LIMIT, 13_000), Some(Wait::Seconds(58)));
    }
}
