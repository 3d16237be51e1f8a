//! The timeline of a run: what happened, in order, each entry bound to the one before it by its hash (section 1.13).

use super::stored::{RunChange, StoredRun, entry_key, kind};
use crate::decision::audit::timestamp;
use crate::decision::{Identity, Stop, digest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody: the engine.
    System,
    /// A person.
    User(String),
    /// An external check provider.
    Provider(String),
}

impl Actor {
    /// Whoever asks: a person, or a service under its id.
    pub fn of(identity: &Identity) -> Self {
        identity.id.clone().map_or(Self::System, Self::User)
    }
}

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct TimelineEntry {
    /// The id: the run's and a number.
    pub id: String,
    /// The run.
    pub run_id: String,
    /// When, as RFC 3339 in UTC.
    pub occurred_at: String,
    /// What, such as `approval_received`.
    pub event_type: String,
    /// `system`, `user` or `external_provider`.
    pub actor_type: String,
    /// Who; null for the system.
    pub actor_id: Option<String>,
    /// More, by the kind of event.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub details: Value,
    /// The hash of the entry before; empty for the first.
    pub previous_hash: String,
    /// SHA-256 over this entry without this field, keys sorted.
    pub hash: String,
}

/// Adds an entry.
///
/// # Errors
/// None in practice.
pub fn record(
    run: &mut StoredRun,
    change: &mut RunChange,
    now_ms: u64,
    event_type: &str,
    actor: &Actor,
    details: Value,
) -> Result<(), Stop> {
    let (actor_type, actor_id) = match actor {
        Actor::System => ("system", None),
        Actor::User(id) => ("user", Some(id.clone())),
        Actor::Provider(id) => ("external_provider", Some(id.clone())),
    };
    let id = entry_key(&run.id, run.events + 1);
    let mut entry = TimelineEntry {
        id: id.clone(),
        run_id: run.id.clone(),
        occurred_at: timestamp(now_ms),
        event_type: event_type.to_owned(),
        actor_type: actor_type.to_owned(),
        actor_id,
        details,
        previous_hash: run.last_event_hash.clone(),
        hash: String::new(),
    };
    entry.hash = hash_of(&entry);
    run.events += 1;
    run.last_event_hash.clone_from(&entry.hash);
    change.append(kind::EVENT, id, &entry)
}

/// The hash that an entry must have.
fn hash_of(entry: &TimelineEntry) -> String {
    digest::of_value(&json!([
        entry.id,
        entry.run_id,
        entry.occurred_at,
        entry.event_type,
        entry.actor_type,
        entry.actor_id,
        entry.details,
        entry.previous_hash,
    ]))
}

/// The first entry that is not as it was recorded, if there is one: changed, left out, or put elsewhere.
pub fn broken_at(entries: &[TimelineEntry], run: &StoredRun) -> Option<String> {
    let mut previous = "";
    for entry in entries {
        if entry.previous_hash != previous || entry.hash != hash_of(entry) {
            return Some(entry.id.clone());
        }
        previous = &entry.hash;
    }
    let is_whole = entries.len() as u64 == run.events && previous == run.last_event_hash;
    (!is_whole).then(|| entry_key(&run.id, entries.len() as u64 + 1))
}
