//! Exceptions: a policy is left out for named agents or runs, for a time or a number of uses (section 5).

use super::call::ActionCall;
use super::state::{Knowledge, StateKey, exception_uses};
use crate::decision::Stop;
use crate::limits;
use crate::sorted::InOrder;
use serde::{Deserialize, Serialize};

/// An exception from one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionException"))]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The id.
    pub id: String,
    /// The policy.
    pub policy_id: String,
    /// The agents that it is for.
    #[serde(default)]
    pub agent_ids: Vec<String>,
    /// The runs that it is for. Where both lists are given, either may match.
    #[serde(default)]
    pub run_ids: Vec<String>,
    /// The actions that it is for; null: all.
    #[serde(default)]
    pub actions: Option<Vec<String>>,
    /// Why.
    pub reason: String,
    /// When it begins, in milliseconds since 1970; null: it has begun.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub starts_at_ms: Option<u64>,
    /// When it is over; null: only its uses end it.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub expires_at_ms: Option<u64>,
    /// How often it may be used; null: only its time ends it.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number | null"))]
    pub max_uses: Option<u64>,
}

/// A rule that an exception does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRule {
    /// Where, as a JSON pointer into the exception. A time goes by its name as RFC 3339.
    pub path: String,
    /// Which, in one sentence.
    pub message: String,
}

impl Exception {
    /// Checks that it is for somebody, that it may be for something, and that it ends. Why it was made, people judge.
    ///
    /// # Errors
    /// The first rule that it does not keep.
    pub fn check(&self) -> Result<(), BrokenRule> {
        let broken = |path: &str, message: &str| BrokenRule { path: path.to_owned(), message: message.to_owned() };
        are_named("/agent_ids", &self.agent_ids)?;
        are_named("/run_ids", &self.run_ids)?;
        if self.agent_ids.is_empty() && self.run_ids.is_empty() {
            return Err(broken("/agent_ids", "an exception is for somebody: name at least one agent or run"));
        }
        if let Some(actions) = &self.actions {
            are_named("/actions", actions)?;
            if actions.is_empty() {
                let message = "`actions` is empty, so the exception is for no action: leave it out for all";
                return Err(broken("/actions", message));
            }
        }
        match (self.starts_at_ms, self.expires_at_ms) {
            (_, None) if self.max_uses.is_none() => {
                return Err(broken("/expires_at", "an exception ends: give `expires_at`, `max_uses` or both"));
            }
            (Some(starts_at_ms), Some(expires_at_ms)) if expires_at_ms <= starts_at_ms => {
                return Err(broken("/expires_at", "`expires_at` is not after `starts_at`"));
            }
            _ => {}
        }
        if self.max_uses.is_some_and(|most| !(1..=limits::EXCEPTION_USES).contains(&most)) {
            return Err(broken("/max_uses", &format!("`max_uses` is from 1 to {}", limits::EXCEPTION_USES)));
        }
        Ok(())
    }

    /// Whether it is for a call now, its uses left aside.
    pub fn matches(&self, call: &ActionCall, now_ms: u64) -> bool {
        let has = |list: &[String], id: &Option<String>| id.as_ref().is_some_and(|id| list.contains(id));
        (has(&self.agent_ids, &call.agent_id) || has(&self.run_ids, &call.run_id))
            && self.actions.as_ref().is_none_or(|actions| actions.contains(&call.name))
            && self.is_in_time(now_ms)
    }

    /// Whether it has begun and is not over. At exactly `expires_at_ms` it is.
    pub fn is_in_time(&self, now_ms: u64) -> bool {
        self.starts_at_ms.is_none_or(|starts_at_ms| starts_at_ms <= now_ms)
            && self.expires_at_ms.is_none_or(|expires_at_ms| now_ms < expires_at_ms)
    }

    /// The part of the state that counts its uses.
    pub fn uses_key(&self) -> StateKey {
        StateKey::ExceptionUses { policy_id: self.policy_id.clone(), id: self.id.clone() }
    }

    /// Whether it has a use left.
    ///
    /// # Errors
    /// As [`Knowledge::state`].
    pub fn has_uses_left(&self, known: &dyn Knowledge, now_ms: u64) -> Result<bool, Stop> {
        match self.max_uses {
            None => Ok(true),
            Some(most) => Ok(exception_uses(known, &self.uses_key())?.count(now_ms) < most),
        }
    }
}

fn are_named(path: &str, names: &[String]) -> Result<(), BrokenRule> {
    match names.iter().position(|name| name.trim().is_empty()) {
        None => Ok(()),
        Some(at) => Err(BrokenRule { path: format!("{path}/{at}"), message: "a name in the list is empty".to_owned() }),
    }
}

/// The exception to use for each policy of a call: the one without a limit of uses, then the one that ends first, then by id.
///
/// # Errors
/// As [`Knowledge::state`].
pub fn chosen<'a>(
    exceptions: &'a [Exception],
    call: &ActionCall,
    known: &dyn Knowledge,
    now_ms: u64,
) -> Result<Vec<&'a Exception>, Stop> {
    let mut live = Vec::new();
    for exception in exceptions.iter().filter(|exception| exception.matches(call, now_ms)) {
        if exception.has_uses_left(known, now_ms)? {
            live.push(exception);
        }
    }
    live.order_by_key(|exception| {
        (&exception.policy_id, exception.max_uses.is_some(), exception.expires_at_ms.unwrap_or(u64::MAX), &exception.id)
    });
    live.dedup_by(|later, earlier| later.policy_id == earlier.policy_id);
    Ok(live)
}
