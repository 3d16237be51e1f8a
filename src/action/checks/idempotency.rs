//! The same key in the same run is one call: the second gets the result of the first.

use super::Asked;
use crate::action::state::{Bucket, StateKey, StateValue};
use crate::action::verdict::{Denial, IdempotentReplay, ReasonCode};
use crate::decision::Stop;

/// What is known of a call's key.
pub enum Known {
    /// It is new.
    New,
    /// The call was made: its result.
    Made(IdempotentReplay),
    /// The call is under way.
    UnderWay(Box<Denial>),
}

/// The part of the state that a call's key has; none without one.
pub fn key_of(call: &crate::action::call::ActionCall) -> Option<StateKey> {
    let key = call.idempotency_key.clone()?;
    Some(StateKey::Idempotency { bucket: Bucket::of(call), action: call.name.clone(), key })
}

/// Looks a call's key up.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn check(asked: &Asked<'_>) -> Result<Known, Stop> {
    let Some(key) = key_of(asked.call) else { return Ok(Known::New) };
    let Some(StateValue::Idempotency(entry)) = asked.known.state(&key)? else { return Ok(Known::New) };
    if entry.expires_at_ms <= asked.now_ms {
        return Ok(Known::New);
    }
    Ok(match entry.result {
        Some(value) => Known::Made(IdempotentReplay { value, first_seen_at_ms: entry.first_seen_at_ms }),
        None => {
            let seconds = (entry.expires_at_ms - asked.now_ms).div_ceil(1000);
            let mut denial = Denial::new(
                ReasonCode::IdempotencyInProgress,
                format!("a call of `{}` with the same idempotency key is under way", asked.call.name),
            )
            .guided("wait until its result is recorded; then the same key gives it");
            denial.remediation.retry_after_seconds = Some(Some(seconds));
            Known::UnderWay(Box::new(denial))
        }
    })
}
