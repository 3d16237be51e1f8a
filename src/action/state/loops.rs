//! `LoopHistory`: with which arguments an action was tried, and when (section 3.10).

use super::moments::Moments;
use crate::sorted;
use serde::{Deserialize, Serialize};

/// With which arguments an action was tried.
///
/// INVARIANT: the rules of one call forget nothing that those of another count. So the widest window that any rule had is kept, and says
/// what may be forgotten; and what is kept of one call's arguments takes no more place than of another's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopHistory {
    /// The attempts, from the oldest to the newest, by the hash of the arguments that count.
    attempts: sorted::Map<String, Moments>,
    /// The widest window, in milliseconds.
    #[serde(default)]
    window_ms: u64,
}

/// How many moments are kept of one hash (decision 42 keeps as many attempts).
const MOMENTS: usize = 32;

/// How many hashes are kept. The one that was tried least recently goes first: a loop over more arguments than this is none that anybody
/// would see as one.
const HASHES: usize = 500;

/// How often something was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// How often in the window, the attempt that is made now included.
    pub count: u64,
    /// The first time in the window.
    pub first_ms: u64,
}

impl LoopHistory {
    /// How often something was tried in a window that ends with the attempt that is made now.
    pub fn tried(&self, hash: &str, now_ms: u64, window_ms: u64) -> Tried {
        // What is exactly as old as the window stays.
        let attempts = self.attempts.get(hash).into_iter().flat_map(Moments::iter);
        let mut in_window = attempts.filter(|attempts| attempts.0.saturating_add(window_ms) >= now_ms).peekable();
        let first_ms = in_window.peek().map_or(now_ms, |attempts| attempts.0);
        Tried { count: in_window.map(|attempts| attempts.1).sum::<u64>() + 1, first_ms }
    }

    /// Whether everything has left every window before a time, also one that a policy may be given tomorrow.
    pub fn is_over(&self, now_ms: u64) -> bool {
        /// What a policy may have at the most: 30 days.
        const WIDEST_MS: u64 = 2_592_000_000;
        self.attempts.values().flat_map(Moments::iter).all(|attempts| attempts.0.saturating_add(WIDEST_MS) < now_ms)
    }

    /// Records an attempt, for rules of which the widest window is this.
    pub fn attempt(&mut self, hash: &str, now_ms: u64, window_ms: u64) {
        self.window_ms = self.window_ms.max(window_ms);
        let window_ms = self.window_ms;
        let attempts = self.attempts.entry(hash.to_owned()).or_default();
        attempts.keep(|at_ms| at_ms.saturating_add(window_ms) >= now_ms);
        // A clock that goes back makes no attempt older than those before it.
        attempts.count(attempts.newest().map_or(now_ms, |newest| newest.max(now_ms)), MOMENTS);
        if self.attempts.len() > HASHES {
            let others = self.attempts.iter().filter(|(other, _)| other.as_str() != hash);
            let oldest = others.min_by_key(|(_, attempts)| attempts.newest());
            if let Some(oldest) = oldest.map(|(hash, _)| hash.clone()) {
                self.attempts.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LoopHistory;

    #[test]
    fn the_rules_of_one_call_forget_nothing_that_those_of_another_count() {
        let mut history = LoopHistory::default();
        for at_ms in 0..40 {
            history.attempt("a", at_ms, 3_600_000);
        }
        history.attempt("a", 10_000, 1);
        assert_eq!(history.tried("a", 10_001, 3_600_000).count, 42);
        assert_eq!(history.tried("a", 10_001, 1).count, 2);
        // Nor does what is tried much more often.
        for other in 0..20 {
            for at_ms in 0..2_000 {
                history.attempt(&format!("{other}"), 20_000 + at_ms, 3_600_000);
            }
        }
        assert_eq!(history.tried("a", 30_000, 3_600_000).count, 42);
        assert_eq!(history.tried("7", 30_000, 3_600_000).count, 2_001);
    }

    #[test]
    fn the_history_stays_small() {
        let mut history = LoopHistory::default();
        for hash in 0..600 {
            for at_ms in 0..50 {
                history.attempt(&format!("{hash:016}"), hash * 100 + at_ms * 2, 2_592_000_000);
            }
        }
        let kept = serde_json::to_string(&history).unwrap_or_default();
        assert!(kept.len() < 200_000, "{}", kept.len());
        assert_eq!(history.tried("0000000000000599", 60_000, 2_592_000_000).count, 51);
    }
}
