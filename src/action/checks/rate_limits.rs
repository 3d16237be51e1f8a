//! How often an action may be taken. Every limit of every policy holds (decision 3).

use super::{Asked, Finding};
use crate::action::state::rate::Wait;
use crate::action::state::{StateKey, rate};
use crate::action::verdict::{Denial, ReasonCode};
use crate::decision::Stop;

/// The part of the state that a call's rate is counted in.
pub fn key_of(call: &crate::action::call::ActionCall) -> StateKey {
    StateKey::Rate { session: call.session().to_owned(), action: call.name.clone() }
}

/// Refuses with `RATE_LIMITED`, with the longest wait of all limits that are reached.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn check(asked: &Asked<'_>) -> Result<Finding, Stop> {
    let rules = asked.rules;
    if rules.rates.is_empty() {
        return Ok(Finding::Passed);
    }
    let window = rate(asked.known, &key_of(asked.call))?;
    let reached: Vec<_> = rules
        .rates
        .iter()
        .filter_map(|(limit, policy)| window.wait(*limit, asked.now_ms).map(|wait| (wait, *limit, policy)))
        .collect();
    let Some((wait, limit, _)) = reached.iter().max_by_key(|(wait, ..)| *wait) else { return Ok(Finding::Passed) };
    let (name, times, seconds) = (&asked.call.name, limit.max_count, limit.window_seconds);
    let mut denial = Denial::new(
        ReasonCode::RateLimited,
        format!("the action `{name}` may be taken {times} times in {seconds} seconds"),
    )
    .by(reached.iter().map(|(.., policy)| (*policy).clone()));
    let guidance = match wait {
        Wait::Seconds(seconds) => {
            denial.remediation.retry_after_seconds = Some(Some(*seconds));
            format!("try again in {seconds} seconds")
        }
        Wait::ForEver => {
            denial.remediation.retry_after_seconds = Some(None);
            denial.recoverable = false;
            "waiting does not help: the limit allows no call".to_owned()
        }
    };
    Ok(denial.guided(guidance).into())
}
