//! `LoopHistory`: with which arguments an action was tried, and when (section 3.10).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// With which arguments an action was tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopHistory {
    /// The attempts, from the oldest to the newest, by the hash of the arguments that count.
    attempts: BTreeMap<String, Vec<u64>>,
}

/// How many attempts are kept for one hash, where the threshold asks for no more (decision 42).
const ATTEMPTS: usize = 32;

/// How many hashes are kept. The one that was tried least recently goes first.
const HASHES: usize = 500;

/// How often something was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// How often in the window, this attempt included.
    pub count: u64,
    /// The first time in the window.
    pub first_ms: u64,
}

impl LoopHistory {
    /// Records an attempt, and says how often it was tried in the window.
    pub fn attempt(&mut self, hash: &str, now_ms: u64, window_ms: u64, threshold: u64) -> Tried {
        let most = ATTEMPTS.max(usize::try_from(threshold).unwrap_or(usize::MAX));
        let attempts = self.attempts.entry(hash.to_owned()).or_default();
        // What is exactly as old as the window stays.
        attempts.retain(|at_ms| at_ms.saturating_add(window_ms) >= now_ms);
        attempts.push(now_ms);
        if attempts.len() > most {
            attempts.remove(0);
        }
        let tried = Tried { count: attempts.len() as u64, first_ms: attempts.first().copied().unwrap_or(now_ms) };
        if self.attempts.len() > HASHES {
            let oldest = self.attempts.iter().min_by_key(|(_, attempts)| attempts.last().copied());
            if let Some(oldest) = oldest.map(|(hash, _)| hash.clone()) {
                self.attempts.remove(&oldest);
            }
        }
        tried
    }
}
