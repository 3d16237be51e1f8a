//! Whether the steps of an evaluation are as many as its time is long: work that nobody charges for would not end with the limit.

use std::time::{Duration, Instant};

/// More than any evaluation takes beside its steps.
const AT_LEAST: Duration = Duration::from_millis(20);
/// Several times what a step takes in the targets, which are slower than what is shipped.
const OF_STEP: Duration = Duration::from_nanos(1_500);

/// What an evaluation gives, with its steps. It must not take out of proportion long; whether it does is tried again, because the
/// machine has other work too, and counted without the time that others had.
pub fn held<T>(evaluate: impl Fn() -> (T, u64)) -> T {
    let mut least = Duration::MAX;
    for _ in 0..8 {
        let (begin, before) = (Instant::now(), on_processor());
        let (found, steps) = evaluate();
        let passed = begin.elapsed();
        let own = before.zip(on_processor()).map(|(before, after)| after.saturating_sub(before));
        least = least.min(own.unwrap_or(passed).min(passed));
        let most = AT_LEAST + OF_STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX));
        if least <= most {
            return found;
        }
    }
    panic!("the evaluation takes {least:?}, and more than what its steps pay for");
}

/// The time that this thread has had of a processor, where the system says so.
fn on_processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    // Some systems do not count, and say 0.
    text.split(' ').next()?.parse().ok().filter(|nanos| *nanos > 0).map(Duration::from_nanos)
}
