//! The same call over and over is a loop (section 3.10). An attempt counts whatever comes of it: a loop of refused calls is one.

use super::{Asked, Finding, Traces};
use crate::action::arguments::digest::arguments_hash;
use crate::action::policy::LoopRule;
use crate::action::state::{LoopHistory, StateKey, StateValue, loops};
use crate::action::verdict::{Denial, ReasonCode};
use crate::decision::Stop;
use crate::decision::audit::timestamp;
use crate::sorted;
use serde_json::{Map, Value, json};

/// The part of the state that a call's attempts are counted in.
pub fn key_of(call: &crate::action::call::ActionCall) -> StateKey {
    StateKey::Loops { session: call.session().to_owned(), action: call.name.clone() }
}

/// Records an attempt, and gives the hash of its arguments for each rule. Rules that leave the same arguments out share their
/// attempts: each is recorded once for each hash.
pub fn attempt(
    history: &mut LoopHistory,
    rules: &[(LoopRule, String)],
    kwargs: &Map<String, Value>,
    now_ms: u64,
) -> Vec<String> {
    let mut widest: sorted::Map<String, u64> = sorted::Map::new();
    let hashes: Vec<String> = rules.iter().map(|(rule, _)| arguments_hash(kwargs, &rule.arg_exclude)).collect();
    for ((rule, _), hash) in rules.iter().zip(&hashes) {
        let of_hash = widest.entry(hash.clone()).or_default();
        *of_hash = rule.window_ms().max(*of_hash);
    }
    for (hash, window_ms) in widest {
        history.attempt(&hash, now_ms, window_ms);
    }
    hashes
}

/// Refuses with `LOOP_DETECTED`, and records the attempt.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn check(asked: &Asked<'_>, traces: &mut Traces) -> Result<Finding, Stop> {
    if asked.all.loops.is_empty() {
        return Ok(Finding::Passed);
    }
    let key = key_of(asked.call);
    let before = loops(asked.known, &key)?;
    let mut after = before.clone();
    let hashes = attempt(&mut after, &asked.all.loops, &asked.call.kwargs, asked.now_ms);
    traces.always.insert(key, StateValue::Loops(after));
    let mut denial: Option<Denial> = None;
    for ((rule, policy), hash) in asked.all.loops.iter().zip(&hashes) {
        if !asked.rules.loops.iter().any(|(_, applied)| applied == policy) {
            continue;
        }
        let count = before.tried(hash, asked.now_ms, rule.window_ms());
        if count.count < rule.threshold {
            continue;
        }
        match &mut denial {
            Some(denial) => denial.policy_ids.push(policy.clone()),
            None => {
                let hint = "do something else, or change the arguments: the same call gives the same result";
                let mut first = Denial::new(
                    ReasonCode::LoopDetected,
                    format!(
                        "the action `{}` was tried {} times in {} seconds with the same arguments",
                        asked.call.name, count.count, rule.window_seconds
                    ),
                )
                .by([policy.clone()])
                .guided(hint);
                first.details = json!({
                    "guardrail_schema_version": 1, "guardrail": "loop",
                    "detection": {
                        "action": asked.call.name, "arg_hash": hash, "count": count.count,
                        "window_seconds": rule.window_seconds, "first_seen_at": timestamp(count.first_ms),
                        "last_seen_at": timestamp(asked.now_ms), "recent_args": asked.call.kwargs, "break_out_hint": hint,
                    },
                    "prior_attempts": count.count - 1,
                });
                denial = Some(first);
            }
        }
    }
    Ok(denial.map_or(Finding::Passed, Into::into))
}
