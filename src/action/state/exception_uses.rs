//! `ExceptionUses`: how often an exception was used (section 5).

use crate::sorted;
use serde::{Deserialize, Serialize};

/// How often an exception was used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionUses {
    /// The uses that stay.
    pub uses: u64,
    /// The uses of calls that wait for an approval, by reservation, with the time at which each is given back.
    #[serde(default, skip_serializing_if = "sorted::Map::is_empty")]
    pub holds: sorted::Map<String, u64>,
}

impl ExceptionUses {
    /// How often it is used now.
    pub fn count(&self, now_ms: u64) -> u64 {
        self.uses + self.holds.values().filter(|expires_at_ms| **expires_at_ms > now_ms).count() as u64
    }

    /// Forgets the holds whose time is up.
    pub fn prune(&mut self, now_ms: u64) {
        self.holds.retain(|_, expires_at_ms| *expires_at_ms > now_ms);
    }
}
