//! `Allowance`: what one evaluation may use, and what it is told of the world.

use crate::limits::{self, EvaluationLimits};

/// What one evaluation may use, and what it is told of the world.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allowance {
    /// Steps, units of memory and the size of the answer.
    pub limits: EvaluationLimits,
    /// The time of the request, in milliseconds since 1970.
    pub now_ms: Option<u64>,
    /// The seed of the request's random values.
    pub seed: Option<u64>,
    /// Whether a failing builtin fails the evaluation.
    pub strict_builtin_errors: bool,
}

impl Allowance {
    /// The time of the request, in nanoseconds since 1970. The latest that there is, in 2262, stands for all behind it.
    pub fn now_ns(&self) -> Option<i64> {
        let now = self.now_ms?;
        Some(i64::try_from(now).unwrap_or(i64::MAX).saturating_mul(1_000_000))
    }

    /// The value that is in force of a limit of evaluations, by its name.
    pub fn limit(&self, name: &str) -> u64 {
        match name {
            "steps" => self.limits.steps,
            "memory_units" => self.limits.memory_units,
            "answer_bytes" => self.limits.answer_bytes,
            // INVARIANT (named): each limit is reached under the name that it is listed under.
            other => limits::in_force().get(other).copied().unwrap_or_default(),
        }
    }
}
