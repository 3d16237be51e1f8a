//! What nobody needs any more is forgotten: calls that are long over, and what only they were judged by. Sweeping twice is sweeping once.
//!
//! INVARIANT (no wrong yes): nothing is forgotten that a decision would still look at. What was spent is never forgotten, nor what a run
//! has for evidence: nobody but the host knows when a run is over, and [`reset_run`](super::ActionOperation::ResetRun) says so.

use super::ActionService;
use super::approvals::{StoredApproval, WaitingApproval};
use super::facts::ActionChange;
use super::log::{self, Entry};
use super::policies::done;
use super::stored::{self, StoredException, kind, set_up, settings_need, state_need};
use crate::action::settings::ActionSettings;
use crate::action::state::record_key::state_key;
use crate::action::state::{ExceptionUses, IDEMPOTENCY, LOOPS, RATE, RESERVATION, StateValue};
use crate::decision::{Asking, Change, Done, Kept, Listed, Need, Page, Record, Refusal, Stop, instant};
use crate::typed;
use serde::Serialize;
use serde_json::{Value, json};

/// What a sweep looks through, in this order.
const KINDS: [&str; 7] = [RESERVATION, kind::APPROVAL, kind::WAITING, IDEMPOTENCY, RATE, LOOPS, kind::EXCEPTION];

/// How long everything is kept after it is over, where nobody says: a late cost or result still finds its call.
const KEPT_SECONDS: u64 = 30 * DAY_SECONDS;
const DAY_SECONDS: u64 = 86_400;
/// Records that one step looks at.
const STEP: u32 = 50;

/// What one step of a sweep did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActionSweepStep {
    /// How many records were forgotten.
    pub forgotten: usize,
    /// Where the next step goes on; null: everything was looked through.
    pub cursor: Option<String>,
}

impl ActionService<'_> {
    /// `POST /sweep`, one step of it; for the host alone.
    pub(super) fn sweep(
        &self,
        asking: &Asking,
        older_than_seconds: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<Done, Stop> {
        let seconds = older_than_seconds.unwrap_or(KEPT_SECONDS);
        if seconds < DAY_SECONDS {
            let message =
                format!("`older_than_seconds` is from {DAY_SECONDS}, a day: calls that are under way are not old");
            return Err(Refusal::field("/older_than_seconds", message).into());
        }
        // What was over before this.
        let before_ms = self.now_ms.saturating_sub(seconds.saturating_mul(1000));
        let (at, place) = self.place(cursor)?;
        let Some(swept) = KINDS.get(at) else {
            return Err(Refusal::field("/cursor", "the cursor is none of a sweep").into());
        };
        asking.want(settings_need(self.org_id));
        let listed: Page<Value> = asking.records(Need::Records {
            partition: stored::partition(self.org_id),
            kind: (*swept).to_owned(),
            from: None,
            to: None,
            limit: Some(STEP),
            cursor: place,
        })?;
        let cursor = match &listed.cursor {
            Some(next) => Some(format!("{at}/{next}")),
            None if at + 1 < KINDS.len() => Some(format!("{}/", at + 1)),
            None => None,
        };
        if *swept == kind::EXCEPTION {
            return self.sweep_exceptions(asking, listed.records, before_ms, cursor);
        }
        let mut over = Vec::new();
        for record in listed.records {
            if self.is_over(swept, &record, before_ms)? {
                over.push(record);
            }
        }
        let step = ActionSweepStep { forgotten: over.len(), cursor };
        if over.is_empty() {
            return Done::answer(&step);
        }
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        for Listed { key, version, .. } in over {
            change.expect(set_up(self.org_id).record(swept, key.clone()), Some(version));
            change.put(swept, key, &Value::Null)?;
        }
        let settings: Kept<ActionSettings> = asking.record(settings_need(self.org_id))?;
        let (input, result) = (json!({ "kind": swept }), json!({ "forgotten": step.forgotten }));
        let entry = Entry { path: log::SWEEP, input, result, revision: None, digest: String::new() };
        self.enter(&mut change, &settings.value.unwrap_or_default(), entry)?;
        change.done(&step)
    }

    /// Exceptions are part of what is set up: those that are over are taken out in one change of it, with the count of their uses.
    fn sweep_exceptions(
        &self,
        asking: &Asking,
        listed: Vec<Listed<Value>>,
        before_ms: u64,
        cursor: Option<String>,
    ) -> Result<Done, Stop> {
        let mut ended = Vec::new();
        for Listed { key, version, value } in listed {
            let stored: StoredException = read(value)?;
            // When it was used last nobody knows; not before it was made.
            let made_at_ms = instant(&stored.created_at).unwrap_or_default();
            let is_late = stored.exception.expires_at_ms.is_some_and(|expires_at_ms| expires_at_ms <= before_ms);
            let may_be_used_up = stored.exception.max_uses.filter(|_| made_at_ms <= before_ms);
            if is_late || may_be_used_up.is_some() {
                let uses = state_need(self.org_id, &stored.exception.uses_key());
                asking.want(uses.clone());
                ended.push((key, version, uses, may_be_used_up.filter(|_| !is_late)));
            }
        }
        let mut over = Vec::new();
        for (key, version, need, most) in ended {
            let uses: Kept<ExceptionUses> = asking.record(need.clone())?;
            let counted = uses.value.clone().unwrap_or_default();
            // A call that waits for an approval under it has until its own time is up.
            let is_held = counted.holds.values().any(|expires_at_ms| *expires_at_ms > before_ms);
            if !is_held && most.is_none_or(|most| counted.uses >= most) {
                over.push((key, version, need, uses));
            }
        }
        let step = ActionSweepStep { forgotten: over.len(), cursor };
        if over.is_empty() {
            return Done::answer(&step);
        }
        let mut change = Change::begin(asking, set_up(self.org_id), self.operation_id)?;
        for (key, version, need, uses) in over {
            change.expect(set_up(self.org_id).record(kind::EXCEPTION, key.clone()), Some(version));
            change.put(Record::deleted(kind::EXCEPTION, key));
            if let (Need::Record { kind, key, .. }, true) = (&need, uses.value.is_some()) {
                change.put(Record::deleted(kind, key));
                change.expect(need, uses.version);
            }
        }
        let settings: Kept<ActionSettings> = asking.record(settings_need(self.org_id))?;
        let (input, result) = (json!({ "kind": kind::EXCEPTION }), json!({ "forgotten": step.forgotten }));
        self.enter_change(&mut change, &settings.value.unwrap_or_default(), log::SWEEP, input, result)?;
        done(change, &step)
    }

    /// Where a step begins: the place of a kind, and where an earlier page of it ended.
    fn place(&self, cursor: Option<&str>) -> Result<(usize, Option<String>), Refusal> {
        let Some(cursor) = cursor else { return Ok((0, None)) };
        let place = cursor.split_once('/').and_then(|(at, place)| Some((at.parse().ok()?, place)));
        let (at, place) = place.ok_or_else(|| Refusal::field("/cursor", "the cursor is none of a sweep"))?;
        Ok((at, Some(place.to_owned()).filter(|place| !place.is_empty())))
    }

    /// Whether a record says of nothing any more that any decision would look at since a time.
    fn is_over(&self, kind: &str, record: &Listed<Value>, before_ms: u64) -> Result<bool, Stop> {
        if kind == kind::APPROVAL {
            return Ok(read::<StoredApproval>(record.value.clone())?.expires_at_ms <= before_ms);
        }
        // That an approval waits is of no use to anybody from the moment at which it does not.
        if kind == kind::WAITING {
            return Ok(read::<WaitingApproval>(record.value.clone())?.expires_at_ms <= self.now_ms);
        }
        let Some(key) = state_key(kind, &record.key) else { return Ok(false) };
        Ok(match StateValue::read(&key, record.value.clone())? {
            StateValue::Reservation(reservation) => reservation.expires_at_ms.max(reservation.at_ms) <= before_ms,
            StateValue::Idempotency(entry) => entry.expires_at_ms <= before_ms,
            StateValue::Rate(window) => window.is_over(before_ms),
            StateValue::Loops(history) => history.is_over(before_ms),
            _ => false,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Stop> {
    Ok(typed::read(value, crate::error::ErrorCode::FactWrongShape, "a record cannot be read")?)
}
