//! What became of allowed calls: their real costs, their results, or that they were never made.

use super::access::{caller, require};
use super::facts::{ActionChange, Records};
use super::log::{self, Entry};
use super::stored::{kind, set_up, state_need};
use super::{ActionService, ResultOutcome};
use crate::action::consumption::{self, Outcome};
use crate::action::money::Usd;
use crate::action::settings::ActionSettings;
use crate::action::state::record_key::state_key;
use crate::action::state::{
    ACCOUNT, AccountKey, Bucket, Changed, EVIDENCE, Reservation, ReservationStatus, StateKey, StateValue, account,
    beginnings,
};
use crate::decision::{Asking, Done, Kept, Need, Page, Refusal, RefusalCode, Stop, Verb};
use crate::limits;
use serde::Serialize;
use serde_json::{Value, json};

/// Where a call stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettledCall {
    /// What is held for it.
    pub reservation_id: String,
    /// Where it stands.
    pub status: ReservationStatus,
    /// What it costs, in US dollars.
    #[cfg_attr(test, ts(type = "number"))]
    pub cost_usd: Usd,
    /// Whether its result was recorded.
    pub has_result: bool,
    /// Whether this came after the time that calls are given: it counts all the same.
    pub late: bool,
}

impl ActionService<'_> {
    /// `POST /actions/{id}/settle`: the same cost twice is once; another one is a mistake.
    pub(super) fn settle(&self, asking: &Asking, id: &str, cost: &Value) -> Result<Done, Stop> {
        let actual = amount(cost, "/cost_usd")?;
        let (reservation, settings) = self.own(asking, id)?;
        match reservation.status {
            ReservationStatus::Open => {}
            ReservationStatus::Settled if reservation.amount == actual => {
                return Done::answer(&self.settled(&reservation, &reservation));
            }
            _ => return Err(wrong_state(&reservation, "cannot be settled")),
        }
        let known = Records::of(asking, self.org_id);
        let (changes, after) = consumption::settle(&reservation, actual, &known)?;
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        change.apply(changes)?;
        let input = json!({ "reservation_id": id, "action": reservation.action, "cost_usd": actual });
        self.enter(&mut change, &settings, entry(log::SETTLE, input, &reservation))?;
        change.done(&self.settled(&reservation, &after))
    }

    /// `POST /actions/{id}/release`: twice is once.
    pub(super) fn release(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (reservation, settings) = self.own(asking, id)?;
        match reservation.status {
            ReservationStatus::Held | ReservationStatus::Open => {}
            ReservationStatus::Released => return Done::answer(&self.settled(&reservation, &reservation)),
            ReservationStatus::Settled => return Err(wrong_state(&reservation, "cannot be released")),
        }
        if reservation.has_result {
            return Err(wrong_state(&reservation, "has a result, so it was made"));
        }
        let known = Records::of(asking, self.org_id);
        let (changes, after) = consumption::release(&reservation, false, &known, self.now_ms)?;
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        change.apply(changes)?;
        if reservation.status == ReservationStatus::Held {
            self.withdraw(asking, &mut change, &reservation)?;
        }
        let input = json!({ "reservation_id": id, "action": reservation.action });
        self.enter(&mut change, &settings, entry(log::RELEASE, input, &reservation))?;
        change.done(&self.settled(&reservation, &after))
    }

    /// `POST /actions/{id}/result`
    pub(super) fn record_result(
        &self,
        asking: &Asking,
        id: &str,
        outcome: ResultOutcome,
        result: Value,
        cost: Option<&Value>,
    ) -> Result<Done, Stop> {
        let actual = cost.map(|cost| amount(cost, "/cost_usd")).transpose()?;
        let (reservation, settings) = self.own(asking, id)?;
        if matches!(reservation.status, ReservationStatus::Held | ReservationStatus::Released) {
            return Err(wrong_state(&reservation, "was not allowed, so it has no result"));
        }
        if reservation.has_result {
            return Err(wrong_state(&reservation, "has a result already"));
        }
        let known = Records::of(asking, self.org_id);
        let is_evidence = reservation.evidence.is_some() && outcome == ResultOutcome::Success;
        // As much of it as is kept for evidence: a replay of the log stands on it.
        let fits = || result.to_string().len() as u64 <= limits::ARGUMENT_BYTES;
        let kept = if is_evidence && fits() { result.clone() } else { Value::Null };
        let done = match outcome {
            ResultOutcome::Success => Outcome::Success(result),
            ResultOutcome::Error => Outcome::Error,
        };
        let (mut changes, mut after) = consumption::record_result(&reservation, &done, &known, self.now_ms)?;
        if let Some(actual) = actual {
            if after.status == ReservationStatus::Settled && after.amount != actual {
                return Err(wrong_state(&reservation, "is settled already, at another cost"));
            }
            let changed = Changed { below: &known, changes };
            let (settled, last) = consumption::settle(&after, actual, &changed)?;
            changes = changed.changes;
            changes.extend(settled);
            after = last;
        }
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        change.apply(changes)?;
        let input = json!({
            "reservation_id": id, "action": reservation.action, "cost_usd": actual, "result": kept,
            "outcome": if outcome == ResultOutcome::Success { "success" } else { "error" },
        });
        self.enter(&mut change, &settings, entry(log::RESULT, input, &reservation))?;
        change.done(&self.settled(&reservation, &after))
    }

    /// `POST /runs/reset`
    pub(super) fn reset_run(
        &self,
        asking: &Asking,
        session_id: Option<String>,
        run_id: Option<String>,
    ) -> Result<Done, Stop> {
        require(asking, super::access::organisation(self.org_id), Verb::Trigger)?;
        asking.want(super::stored::settings_need(self.org_id));
        let session = session_id.clone().unwrap_or_default();
        let evidence = self.folder(EVIDENCE, &Bucket::folder(run_id.as_deref(), &session));
        let scopes = run_id.as_ref().map(|run| self.folder(ACCOUNT, &AccountKey::folder(run)));
        for need in scopes.iter().chain([&evidence]) {
            asking.want(need.clone());
        }
        let known = Records::of(asking, self.org_id);
        let begun = Bucket::beginnings(run_id.as_deref(), &session);
        asking.want(state_need(self.org_id, &begun));
        let mut accounts = vec![StateKey::Account(AccountKey::Run { session, run: run_id.clone() })];
        if let Some(scopes) = scopes {
            let listed: Page<Value> = asking.records(scopes)?;
            accounts.extend(listed.records.iter().filter_map(|record| state_key(ACCOUNT, &record.key)));
        }
        for key in &accounts {
            asking.want(state_need(self.org_id, key));
        }
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        for key in accounts {
            let mut spending = account(&known, &key)?;
            spending.begin_anew();
            change.apply([(key, StateValue::Account(spending))].into())?;
        }
        let count = beginnings(&known, &begun)? + 1;
        change.apply([(begun, StateValue::Beginnings(count))].into())?;
        let evidence: Page<Value> = asking.records(evidence)?;
        for record in evidence.records {
            change.expect(set_up(self.org_id).record(EVIDENCE, record.key.clone()), Some(record.version));
            change.put(EVIDENCE, record.key, &Value::Null)?;
        }
        let settings: Kept<ActionSettings> = asking.record(super::stored::settings_need(self.org_id))?;
        let input = json!({ "session_id": session_id, "run_id": run_id });
        let entry = Entry { path: log::RESET, input, result: Value::Null, revision: None, digest: String::new() };
        self.enter(&mut change, &settings.value.unwrap_or_default(), entry)?;
        change.done(&json!({ "run_id": run_id }))
    }

    /// All records of a kind whose keys begin so; the beginning ends with the divider of parts.
    fn folder(&self, kind: &str, beginning: &str) -> Need {
        let parts = beginning.strip_suffix('/').unwrap_or(beginning);
        Need::Records {
            partition: super::stored::partition(self.org_id),
            kind: kind.to_owned(),
            from: Some(beginning.to_owned()),
            // The character that follows the divider.
            to: Some(format!("{parts}0")),
            limit: None,
            cursor: None,
        }
    }

    /// What is held for a call.
    pub(super) fn reservation(&self, asking: &Asking, id: &str) -> Result<Reservation, Stop> {
        let kept: Kept<Reservation> = asking.record(state_need(self.org_id, &StateKey::Reservation(id.to_owned())))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no reservation `{id}`"));
        Ok(kept.value.ok_or_else(missing)?)
    }

    /// What is held for a call of an agent that the caller may ask for, with everything that it touches asked for.
    fn own(&self, asking: &Asking, id: &str) -> Result<(Reservation, ActionSettings), Stop> {
        let settings = super::stored::settings_need(self.org_id);
        asking.want(settings.clone());
        let reservation = self.reservation(asking, id)?;
        let resource = caller(self.org_id, reservation.agent.as_deref());
        asking.want(Need::Access { resource: resource.clone() });
        self.want_all_of(asking, &reservation);
        require(asking, resource, Verb::Trigger)?;
        let settings: Kept<ActionSettings> = asking.record(settings)?;
        Ok((reservation, settings.value.unwrap_or_default()))
    }

    /// Asks for everything that a call touches, in one go.
    pub(super) fn want_all_of(&self, asking: &Asking, reservation: &Reservation) {
        for key in consumption::parts_of(reservation) {
            asking.want(state_need(self.org_id, &key));
        }
        if let (ReservationStatus::Held, Some(approval)) = (reservation.status, &reservation.approval) {
            asking.want(set_up(self.org_id).record(kind::APPROVAL, approval));
        }
    }

    fn settled(&self, before: &Reservation, after: &Reservation) -> SettledCall {
        SettledCall {
            reservation_id: after.id.clone(),
            status: after.status,
            cost_usd: if after.status == ReservationStatus::Released { Usd::ZERO } else { after.amount },
            has_result: after.has_result,
            late: before.expires_at_ms <= self.now_ms,
        }
    }
}

fn entry(path: &'static str, input: Value, reservation: &Reservation) -> Entry<'static> {
    Entry { path, input, result: Value::Null, revision: None, digest: reservation.args_digest.clone() }
}

fn amount(value: &Value, path: &str) -> Result<Usd, Refusal> {
    Usd::of_value(value).ok_or_else(|| Refusal::field(path, format!("`{value}` is not an amount from 0")))
}

fn wrong_state(reservation: &Reservation, why: &str) -> Stop {
    let status = match reservation.status {
        ReservationStatus::Held => "held",
        ReservationStatus::Open => "open",
        ReservationStatus::Settled => "settled",
        ReservationStatus::Released => "released",
    };
    Refusal::new(RefusalCode::WrongState, format!("the call `{}` is {status} and {why}", reservation.id)).into()
}
