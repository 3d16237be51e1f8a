//! The ranges of a policy's values. Where the specification names no upper end, this one keeps state and sums bounded.

use std::ops::RangeInclusive;

/// A year: a window, or the age of evidence. What has no end is left out instead.
const YEAR_SECONDS: u64 = 365 * 24 * 60 * 60;

/// Calls in the window of a rate limit. They are kept as at most a thousand moments, each with the number of its calls.
pub const MAX_COUNT: RangeInclusive<u64> = 0..=1_000_000;
/// The window of a rate limit.
pub const WINDOW_SECONDS: RangeInclusive<u64> = 1..=YEAR_SECONDS;
/// How old evidence may be.
pub const MAX_AGE_SECONDS: RangeInclusive<u64> = 0..=YEAR_SECONDS;
/// How long to wait for an approval: up to 30 days.
pub const TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=2_592_000;
/// Regular expressions of one policy, those of its schemas included. All are compiled again wherever the policy is used.
///
/// Of some twenty kinds of patterns, each as large as [`REGEX_BYTES`](crate::limits::REGEX_BYTES) allows, the slowest took 15 ms in
/// WebAssembly (median of 9 in Node 20, optimised as the package is): 1,943 words without case, 16 KB of text. A class of 400
/// characters 292 times, 0.8 KB, took 8.5 ms, and `^.{1,862}$` 2.4 ms.
pub const PATTERNS: usize = 200;
/// Parts of a budget.
pub const PERCENT: RangeInclusive<u64> = 1..=100;
/// The attempt that is a loop. The times of as many are kept for each action and arguments.
pub const LOOP_THRESHOLD: RangeInclusive<u64> = 1..=1_000;
/// The window of a loop rule: a millisecond, which is how time is counted, to 30 days.
pub const LOOP_WINDOW_SECONDS: RangeInclusive<f64> = 0.001..=2_592_000.0;
