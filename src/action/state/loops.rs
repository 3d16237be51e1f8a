//! `LoopHistory`: with which arguments an action was tried, and when (section 3.10).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// With which arguments an action was tried.
///
/// INVARIANT: the rules of one call forget nothing that those of another count. So the widest window and the highest threshold that any
/// rule had are kept, and say what may be forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopHistory {
    /// The attempts, from the oldest to the newest, by the hash of the arguments that count.
    attempts: BTreeMap<String, Vec<u64>>,
    /// The widest window, in milliseconds.
    #[serde(default)]
    window_ms: u64,
    /// The highest threshold.
    #[serde(default)]
    threshold: u64,
}

/// How many attempts are kept for one hash, where the threshold asks for no more (decision 42).
const ATTEMPTS: usize = 32;

/// How many hashes are kept. The one that was tried least recently goes first.
const HASHES: usize = 500;

/// How many attempts are kept of all hashes together, so that the record stays below 200 KB. They go as hashes do.
const ALL_ATTEMPTS: usize = 10_000;

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
        let attempts = self.attempts.get(hash).into_iter().flatten();
        let mut in_window = attempts.copied().filter(|at_ms| at_ms.saturating_add(window_ms) >= now_ms).peekable();
        let first_ms = in_window.peek().copied().unwrap_or(now_ms);
        Tried { count: in_window.count() as u64 + 1, first_ms }
    }

    /// Whether everything has left every window before a time.
    pub fn is_over(&self, now_ms: u64) -> bool {
        self.attempts.values().flatten().all(|at_ms| at_ms.saturating_add(self.window_ms) < now_ms)
    }

    /// Records an attempt, for rules of which the widest window and the highest threshold are these.
    pub fn attempt(&mut self, hash: &str, now_ms: u64, window_ms: u64, threshold: u64) {
        self.window_ms = self.window_ms.max(window_ms);
        self.threshold = self.threshold.max(threshold);
        let most = ATTEMPTS.max(usize::try_from(self.threshold).unwrap_or(usize::MAX));
        let window_ms = self.window_ms;
        let attempts = self.attempts.entry(hash.to_owned()).or_default();
        attempts.retain(|at_ms| at_ms.saturating_add(window_ms) >= now_ms);
        attempts.push(now_ms);
        if attempts.len() > most {
            attempts.remove(0);
        }
        while self.attempts.len() > HASHES || self.attempts.values().map(Vec::len).sum::<usize>() > ALL_ATTEMPTS {
            let others = self.attempts.iter().filter(|(other, _)| other.as_str() != hash);
            let Some(oldest) = others.min_by_key(|(_, attempts)| attempts.last().copied()) else { return };
            let oldest = oldest.0.clone();
            self.attempts.remove(&oldest);
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
            history.attempt("a", at_ms, 3_600_000, 40);
        }
        history.attempt("a", 10_000, 1, 2);
        assert_eq!(history.tried("a", 10_001, 3_600_000).count, 41);
        assert_eq!(history.tried("a", 10_001, 1).count, 2);
    }

    #[test]
    fn the_history_stays_small() {
        let mut history = LoopHistory::default();
        for hash in 0..600 {
            for at_ms in 0..30 {
                history.attempt(&format!("{hash:016}"), hash * 100 + at_ms, 2_592_000_000, 1_000);
            }
        }
        let kept = serde_json::to_string(&history).unwrap_or_default();
        assert!(kept.len() < 200_000, "{}", kept.len());
        assert_eq!(history.tried("0000000000000599", 59_930, 1_000).count, 31);
    }
}
