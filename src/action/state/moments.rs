//! `Moments`: when something happened, and how often, in a record of bounded size.

use serde::{Deserialize, Serialize};

/// Events at about one time: when, in milliseconds since 1970, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment(pub u64, pub u64);

/// Moments from the oldest to the newest. Beyond as many as are kept, neighbours become one at the later of their times.
///
/// INVARIANT (no wrong yes): what is merged counts longer, never shorter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moments(Vec<Moment>);

impl Moments {
    /// The moments, from the oldest to the newest.
    pub fn iter(&self) -> impl Iterator<Item = Moment> + '_ {
        self.0.iter().copied()
    }

    /// The time of the oldest.
    pub fn oldest(&self) -> Option<u64> {
        self.0.first().map(|moment| moment.0)
    }

    /// The time of the newest.
    pub fn newest(&self) -> Option<u64> {
        self.0.last().map(|moment| moment.0)
    }

    /// Counts one event more; at most so many moments are kept.
    pub fn count(&mut self, at_ms: u64, most: usize) {
        let at = self.0.partition_point(|moment| moment.0 <= at_ms);
        match at.checked_sub(1).and_then(|before| self.0.get_mut(before)) {
            Some(moment) if moment.0 == at_ms => moment.1 += 1,
            _ => self.0.insert(at, Moment(at_ms, 1)),
        }
        if self.0.len() > most {
            self.merge_closest();
        }
    }

    /// Takes one event of a time back; one that was merged stands at a later time.
    pub fn take_back(&mut self, at_ms: u64) {
        if let Some(moment) = self.0.iter_mut().find(|moment| moment.0 >= at_ms) {
            moment.1 -= 1;
            self.0.retain(|moment| moment.1 > 0);
        }
    }

    /// Forgets the moments of all other times.
    pub fn keep(&mut self, is_kept: impl Fn(u64) -> bool) {
        self.0.retain(|moment| is_kept(moment.0));
    }

    fn merge_closest(&mut self) {
        let gaps = self.0.windows(2).enumerate().filter_map(|(at, pair)| match pair {
            [older, newer] => Some((newer.0 - older.0, at)),
            _ => None,
        });
        let Some((_, at)) = gaps.min() else { return };
        let older = self.0.remove(at);
        if let Some(newer) = self.0.get_mut(at) {
            newer.1 += older.1;
        }
    }
}
