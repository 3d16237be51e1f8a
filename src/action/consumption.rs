//! What calls consume: taken when they are allowed, held while they wait, corrected when they are settled, given back when they
//! were never made.
//!
//! INVARIANT (no wrong yes): the cost of an allowed call is spent in the commit that allows it. A crash before it is settled leaves
//! it spent; only who says that the call was never made takes it back.

use super::arguments::digest::{arguments_digest, arguments_hash, declared_digest};
use super::call::ActionCall;
use super::checks::{idempotency, rate_limits};
use super::evaluation::Evaluation;
use super::exceptions::Exception;
use super::money::Usd;
use super::settings::ActionSettings;
use super::state::account::{Account, Held};
use super::state::{
    Changes, EvidenceRecord, IdempotencyEntry, Knowledge, Reservation, ReservationStatus, StateKey, StateValue,
    account, beginnings, evidence, exception_uses, rate,
};
use super::verdict::{ApprovalOfDecision, Verdict};
use crate::decision::Stop;
use crate::limits;
use serde_json::Value;

const SECOND_MS: u64 = 1000;

/// What an allowed or held call takes.
pub struct Taking<'a> {
    /// The call.
    pub call: &'a ActionCall,
    /// What it costs.
    pub cost: Usd,
    /// What was decided.
    pub evaluation: &'a Evaluation,
    /// What holds for all decisions.
    pub settings: &'a ActionSettings,
    /// The state that it was decided on.
    pub known: &'a dyn Knowledge,
    /// The time, in milliseconds since 1970.
    pub now_ms: u64,
    /// The id of the reservation.
    pub id: &'a str,
}

impl Taking<'_> {
    /// What the verdict takes, whichever it is, with what is held for the call.
    ///
    /// # Errors
    /// As [`Knowledge::state`].
    pub fn take(&self) -> Result<(Changes, Option<Reservation>), Stop> {
        let (changes, reservation) = match &self.evaluation.verdict {
            Verdict::Deny(_) => return Ok((self.refuse()?, None)),
            Verdict::Replay(_) => return Ok((Changes::new(), None)),
            Verdict::Allow => self.allow()?,
            // The approval has the id of what waits for it.
            Verdict::Hold(asked) => self.hold(ApprovalOfDecision::of(asked).timeout_seconds, self.id)?,
        };
        Ok((changes, Some(reservation)))
    }

    /// An allowed call: spent at once.
    ///
    /// # Errors
    /// As [`Knowledge::state`].
    pub fn allow(&self) -> Result<(Changes, Reservation), Stop> {
        let expires_at_ms = self.now_ms.saturating_add(self.settings.reservation_seconds.saturating_mul(SECOND_MS));
        let mut changes = Changes::new();
        let mut resets = Vec::new();
        for key in &self.evaluation.accounts {
            let key = StateKey::Account(key.clone());
            let mut account = account(self.known, &key)?;
            account.prune(self.now_ms);
            account.spend(&self.call.name, self.cost);
            resets.push(account.resets);
            changes.insert(key, StateValue::Account(account));
        }
        if self.takes_slot() {
            let key = rate_limits::key_of(self.call);
            let mut window = rate(self.known, &key)?;
            window.take(self.now_ms, self.evaluation.all.longest_window_seconds());
            changes.insert(key, StateValue::Rate(window));
        }
        for exception in &self.evaluation.exceptions {
            let mut uses = exception_uses(self.known, &exception.uses_key())?;
            uses.prune(self.now_ms);
            uses.uses += 1;
            changes.insert(exception.uses_key(), StateValue::ExceptionUses(uses));
        }
        let mut reservation = Reservation { resets, ..self.reservation(ReservationStatus::Open, expires_at_ms) };
        reservation.beginnings = beginnings_of(&reservation, self.known)?;
        // As long as a result would be kept: a call of which nobody ever told what became of it may have been made.
        self.take_key(&mut changes, expires_at_ms.max(self.now_ms.saturating_add(self.call.idempotency_ttl_ms())));
        changes.insert(
            StateKey::Reservation(reservation.id.clone()),
            StateValue::Reservation(Box::new(reservation.clone())),
        );
        Ok((changes, reservation))
    }

    /// A call that waits for an approval: held until then.
    ///
    /// # Errors
    /// As [`Knowledge::state`].
    pub fn hold(&self, timeout_seconds: u64, approval_id: &str) -> Result<(Changes, Reservation), Stop> {
        let expires_at_ms = self.now_ms.saturating_add(timeout_seconds.saturating_mul(SECOND_MS));
        let mut changes = Changes::new();
        for key in &self.evaluation.accounts {
            let key = StateKey::Account(key.clone());
            let mut account = account(self.known, &key)?;
            account.prune(self.now_ms);
            let held = Held { action: self.call.name.clone(), amount: self.cost, expires_at_ms };
            account.holds.insert(self.id.to_owned(), held);
            changes.insert(key, StateValue::Account(account));
        }
        if self.takes_slot() {
            let key = rate_limits::key_of(self.call);
            let mut window = rate(self.known, &key)?;
            window.hold(self.id, self.now_ms, expires_at_ms, self.evaluation.all.longest_window_seconds());
            changes.insert(key, StateValue::Rate(window));
        }
        for exception in &self.evaluation.exceptions {
            let mut uses = exception_uses(self.known, &exception.uses_key())?;
            uses.prune(self.now_ms);
            uses.holds.insert(self.id.to_owned(), expires_at_ms);
            changes.insert(exception.uses_key(), StateValue::ExceptionUses(uses));
        }
        let mut reservation = self.reservation(ReservationStatus::Held, expires_at_ms);
        reservation.approval = Some(approval_id.to_owned());
        reservation.declared_digest = Some(declared_digest(self.call));
        self.take_key(&mut changes, expires_at_ms);
        changes.insert(
            StateKey::Reservation(reservation.id.clone()),
            StateValue::Reservation(Box::new(reservation.clone())),
        );
        Ok((changes, reservation))
    }

    /// What a refused call uses up where the release is reproduced.
    ///
    /// # Errors
    /// As [`Knowledge::state`].
    pub fn refuse(&self) -> Result<Changes, Stop> {
        let mut changes = Changes::new();
        if self.evaluation.used_up.slot {
            let key = rate_limits::key_of(self.call);
            let mut window = rate(self.known, &key)?;
            window.take(self.now_ms, self.evaluation.all.longest_window_seconds());
            changes.insert(key, StateValue::Rate(window));
        }
        if self.evaluation.used_up.money {
            for key in &self.evaluation.accounts {
                let key = StateKey::Account(key.clone());
                let mut account = account(self.known, &key)?;
                account.spend(&self.call.name, self.cost);
                changes.insert(key, StateValue::Account(account));
            }
        }
        Ok(changes)
    }

    fn takes_slot(&self) -> bool {
        !self.evaluation.all.rates.is_empty()
    }

    /// The key is taken until a time.
    fn take_key(&self, changes: &mut Changes, expires_at_ms: u64) {
        if let Some(key) = idempotency::key_of(self.call) {
            let entry = IdempotencyEntry {
                reservation: self.id.to_owned(),
                first_seen_at_ms: self.now_ms,
                expires_at_ms,
                result: None,
            };
            changes.insert(key, StateValue::Idempotency(entry));
        }
    }

    fn reservation(&self, status: ReservationStatus, expires_at_ms: u64) -> Reservation {
        let call = self.call;
        let produces_evidence = call.produces_evidence || self.evaluation.all.produces_evidence;
        Reservation {
            id: self.id.to_owned(),
            status,
            action: call.name.clone(),
            session: call.session().to_owned(),
            run: call.run_id.clone(),
            agent: call.agent_id.clone(),
            args_digest: arguments_digest(&call.kwargs),
            declared_digest: None,
            args_hash: arguments_hash(&call.kwargs, &[]),
            amount: self.cost,
            accounts: self.evaluation.accounts.iter().cloned().collect(),
            resets: Vec::new(),
            beginnings: 0,
            at_ms: self.now_ms,
            expires_at_ms,
            took_slot: self.takes_slot(),
            exceptions: pairs(&self.evaluation.exceptions),
            evidence: produces_evidence.then(|| call.kwargs.clone()),
            idempotency: call.idempotency_key.clone().map(|key| (key, call.idempotency_ttl_ms())),
            approval: None,
            has_result: false,
        }
    }
}

/// Whether an account still has what was spent for a call: one that began anew has forgotten it.
fn remembers(place: usize, account: &Account, reservation: &Reservation) -> bool {
    account.resets == reservation.resets.get(place).copied().unwrap_or_default()
}

fn pairs(exceptions: &[Exception]) -> Vec<(String, String)> {
    exceptions.iter().map(|exception| (exception.policy_id.clone(), exception.id.clone())).collect()
}

fn rate_key(reservation: &Reservation) -> StateKey {
    StateKey::Rate { session: reservation.session.clone(), action: reservation.action.clone() }
}

fn key_of_reservation(reservation: &Reservation) -> Option<StateKey> {
    let (key, _) = reservation.idempotency.clone()?;
    Some(StateKey::Idempotency { bucket: reservation.bucket(), action: reservation.action.clone(), key })
}

fn uses_key((policy_id, id): &(String, String)) -> StateKey {
    StateKey::ExceptionUses { policy_id: policy_id.clone(), id: id.clone() }
}

fn put(changes: &mut Changes, reservation: Reservation) {
    changes.insert(StateKey::Reservation(reservation.id.clone()), StateValue::Reservation(Box::new(reservation)));
}

/// The parts of the state that a reservation is settled, released or confirmed in.
pub fn parts_of(reservation: &Reservation) -> Vec<StateKey> {
    let mut keys: Vec<StateKey> = reservation.accounts.iter().cloned().map(StateKey::Account).collect();
    if reservation.took_slot {
        keys.push(rate_key(reservation));
    }
    keys.extend(reservation.exceptions.iter().map(uses_key));
    keys.extend(key_of_reservation(reservation));
    if reservation.evidence.is_some() {
        keys.push(reservation.beginnings_key());
    }
    keys.push(StateKey::Evidence { bucket: reservation.bucket(), action: reservation.action.clone() });
    keys
}

/// Whether everything that a call holds is held still. A clock that went forward and back may have given it to another call.
///
/// # Errors
/// As [`Knowledge::state`].
pub fn is_held(reservation: &Reservation, known: &dyn Knowledge) -> Result<bool, Stop> {
    for key in &reservation.accounts {
        if !account(known, &StateKey::Account(key.clone()))?.holds.contains_key(&reservation.id) {
            return Ok(false);
        }
    }
    if reservation.took_slot && !rate(known, &rate_key(reservation))?.is_held(&reservation.id) {
        return Ok(false);
    }
    for pair in &reservation.exceptions {
        if !exception_uses(known, &uses_key(pair))?.holds.contains_key(&reservation.id) {
            return Ok(false);
        }
    }
    let Some(key) = key_of_reservation(reservation) else { return Ok(true) };
    Ok(matches!(known.state(&key)?, Some(StateValue::Idempotency(entry)) if entry.reservation == reservation.id))
}

/// What a call that waits holds, without its own: its money and the uses of its exceptions stand not in its own way.
///
/// # Errors
/// As [`Knowledge::state`].
pub fn without_own(reservation: &Reservation, known: &dyn Knowledge) -> Result<Changes, Stop> {
    let mut changes = without_uses(reservation, known)?;
    for key in &reservation.accounts {
        let key = StateKey::Account(key.clone());
        let mut account = account(known, &key)?;
        account.holds.remove(&reservation.id);
        changes.insert(key, StateValue::Account(account));
    }
    Ok(changes)
}

fn without_uses(reservation: &Reservation, known: &dyn Knowledge) -> Result<Changes, Stop> {
    let mut changes = Changes::new();
    for pair in &reservation.exceptions {
        let mut uses = exception_uses(known, &uses_key(pair))?;
        uses.holds.remove(&reservation.id);
        changes.insert(uses_key(pair), StateValue::ExceptionUses(uses));
    }
    Ok(changes)
}

/// A call that waited is made now.
pub struct Confirmation<'a> {
    /// What is held for it.
    pub reservation: &'a Reservation,
    /// What it costs, at most what was held.
    pub cost: Usd,
    /// What was decided now. The exceptions without which it would not be allowed are used, and so are those without which it would not
    /// have been held, for not every check is made again.
    pub evaluation: &'a Evaluation,
    /// How long its settlement is waited for.
    pub reservation_seconds: u64,
}

/// What a call takes that waited: held becomes spent. What policies limit that did not apply yet when it was held counts it, too.
///
/// # Errors
/// As [`Knowledge::state`].
pub fn confirm(
    confirmation: &Confirmation<'_>,
    known: &dyn Knowledge,
    now_ms: u64,
) -> Result<(Changes, Reservation), Stop> {
    let Confirmation { reservation, cost, evaluation, reservation_seconds } = *confirmation;
    let mut changes = Changes::new();
    let mut made = reservation.clone();
    made.status = ReservationStatus::Open;
    made.amount = cost;
    made.resets.clear();
    made.expires_at_ms = now_ms.saturating_add(reservation_seconds.saturating_mul(SECOND_MS));
    made.accounts.extend(evaluation.accounts.iter().filter(|key| !reservation.accounts.contains(key)).cloned());
    for key in &made.accounts {
        let key = StateKey::Account(key.clone());
        let mut account = account(known, &key)?;
        account.holds.remove(&reservation.id);
        account.prune(now_ms);
        account.spend(&reservation.action, cost);
        made.resets.push(account.resets);
        changes.insert(key, StateValue::Account(account));
    }
    made.beginnings = beginnings_of(&made, known)?;
    made.took_slot |= !evaluation.all.rates.is_empty();
    if made.took_slot {
        let mut window = rate(known, &rate_key(reservation))?;
        if reservation.took_slot {
            window.confirm(&reservation.id);
        } else {
            window.take(now_ms, evaluation.all.longest_window_seconds());
            made.at_ms = now_ms;
        }
        changes.insert(rate_key(reservation), StateValue::Rate(window));
    }
    changes.extend(without_uses(reservation, known)?);
    let others = pairs(&evaluation.exceptions).into_iter().filter(|pair| !reservation.exceptions.contains(pair));
    made.exceptions.extend(others);
    for pair in &made.exceptions {
        let mut uses = match changes.remove(&uses_key(pair)) {
            Some(StateValue::ExceptionUses(uses)) => uses,
            _ => exception_uses(known, &uses_key(pair))?,
        };
        uses.uses += 1;
        changes.insert(uses_key(pair), StateValue::ExceptionUses(uses));
    }
    if let Some(key) = key_of_reservation(reservation)
        && let Some(StateValue::Idempotency(entry)) = known.state(&key)?
        && entry.reservation == reservation.id
    {
        let ttl_ms = reservation.idempotency.as_ref().map_or(0, |(_, ttl_ms)| *ttl_ms);
        let expires_at_ms = made.expires_at_ms.max(now_ms.saturating_add(ttl_ms));
        let entry = IdempotencyEntry { expires_at_ms, ..entry };
        changes.insert(key, StateValue::Idempotency(entry));
    }
    put(&mut changes, made.clone());
    Ok((changes, made))
}

/// What the call really cost, in the place of what it was thought to cost.
///
/// # Errors
/// As [`Knowledge::state`].
pub fn settle(reservation: &Reservation, actual: Usd, known: &dyn Knowledge) -> Result<(Changes, Reservation), Stop> {
    let mut changes = Changes::new();
    for (place, key) in reservation.accounts.iter().enumerate() {
        let key = StateKey::Account(key.clone());
        let mut account = account(known, &key)?;
        if remembers(place, &account, reservation) {
            account.correct(&reservation.action, reservation.amount, actual);
        }
        changes.insert(key, StateValue::Account(account));
    }
    let mut settled = reservation.clone();
    settled.status = ReservationStatus::Settled;
    settled.amount = actual;
    put(&mut changes, settled.clone());
    Ok((changes, settled))
}

/// A call that was never made: everything that it took or held is given back. `keep` leaves it spent, as the release does.
///
/// # Errors
/// As [`Knowledge::state`].
pub fn release(
    reservation: &Reservation,
    keep: bool,
    known: &dyn Knowledge,
    now_ms: u64,
) -> Result<(Changes, Reservation), Stop> {
    let mut changes = Changes::new();
    let mut released = reservation.clone();
    released.status = ReservationStatus::Released;
    for (place, key) in reservation.accounts.iter().enumerate() {
        let key = StateKey::Account(key.clone());
        let mut account = account(known, &key)?;
        let was_held = account.holds.remove(&reservation.id).is_some();
        account.prune(now_ms);
        if keep && was_held {
            account.spend(&reservation.action, reservation.amount);
        } else if !keep && reservation.status == ReservationStatus::Open && remembers(place, &account, reservation) {
            account.take_back(&reservation.action, reservation.amount);
        }
        changes.insert(key, StateValue::Account(account));
    }
    if keep && reservation.took_slot {
        let mut window = rate(known, &rate_key(reservation))?;
        window.confirm(&reservation.id);
        changes.insert(rate_key(reservation), StateValue::Rate(window));
    }
    if !keep {
        if reservation.took_slot {
            let mut window = rate(known, &rate_key(reservation))?;
            if reservation.status == ReservationStatus::Held {
                // Once its time was up it had no slot any more, and takes no other's.
                window.give_hold_back(&reservation.id);
            } else if reservation.status == ReservationStatus::Open {
                window.give_back(reservation.at_ms);
            }
            changes.insert(rate_key(reservation), StateValue::Rate(window));
        }
        for pair in &reservation.exceptions {
            // One that was deleted leaves nothing to count.
            let Some(StateValue::ExceptionUses(mut uses)) = known.state(&uses_key(pair))? else { continue };
            if uses.holds.remove(&reservation.id).is_none() && reservation.status == ReservationStatus::Open {
                uses.uses = uses.uses.saturating_sub(1);
            }
            changes.insert(uses_key(pair), StateValue::ExceptionUses(uses));
        }
    }
    free_key(reservation, known, &mut changes)?;
    put(&mut changes, released.clone());
    Ok((changes, released))
}

/// The idempotency key may be used again: the call gave nothing.
fn free_key(reservation: &Reservation, known: &dyn Knowledge, changes: &mut Changes) -> Result<(), Stop> {
    if let Some(key) = key_of_reservation(reservation)
        && let Some(StateValue::Idempotency(entry)) = known.state(&key)?
        && entry.reservation == reservation.id
        && entry.result.is_none()
    {
        changes.insert(key, StateValue::Gone);
    }
    Ok(())
}

/// Whether a key is this call's, or nobody's: a result that comes late takes no key from a later call.
fn is_ours(kept: Option<StateValue>, reservation: &Reservation, now_ms: u64) -> bool {
    match kept {
        Some(StateValue::Idempotency(entry)) => entry.reservation == reservation.id || entry.expires_at_ms <= now_ms,
        _ => true,
    }
}

/// How often the run of a call has begun anew, where its result is evidence; for others it is of no use.
fn beginnings_of(reservation: &Reservation, known: &dyn Knowledge) -> Result<u64, Stop> {
    if reservation.evidence.is_none() {
        return Ok(0);
    }
    beginnings(known, &reservation.beginnings_key())
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded, with this result.
    Success(Value),
    /// It failed. It leaves no evidence, and its key may be used again; its cost stays spent unless it is settled otherwise.
    Error,
}

/// Records what became of an allowed call: evidence, and the result of its idempotency key.
///
/// # Errors
/// As [`Knowledge::state`].
pub fn record_result(
    reservation: &Reservation,
    outcome: &Outcome,
    known: &dyn Knowledge,
    now_ms: u64,
) -> Result<(Changes, Reservation), Stop> {
    let mut changes = Changes::new();
    let mut recorded = reservation.clone();
    recorded.has_result = true;
    // The arguments are kept for this alone.
    recorded.evidence = None;
    match outcome {
        Outcome::Error => free_key(reservation, known, &mut changes)?,
        Outcome::Success(result) => {
            if let Some(raw_kwargs) = &reservation.evidence
                && beginnings_of(reservation, known)? == reservation.beginnings
            {
                let key = StateKey::Evidence { bucket: reservation.bucket(), action: reservation.action.clone() };
                let mut kept = evidence(known, &key)?;
                kept.add(EvidenceRecord {
                    timestamp_ms: now_ms,
                    args_hash: reservation.args_hash.clone(),
                    raw_kwargs: Value::Object(raw_kwargs.clone()),
                    result: result.clone(),
                });
                changes.insert(key, StateValue::Evidence(kept));
            }
            if let (Some(key), Some((_, ttl_ms))) = (key_of_reservation(reservation), &reservation.idempotency)
                && is_ours(known.state(&key)?, reservation, now_ms)
            {
                let first_seen_at_ms = reservation.at_ms;
                let entry = IdempotencyEntry {
                    reservation: reservation.id.clone(),
                    first_seen_at_ms,
                    expires_at_ms: now_ms.saturating_add(*ttl_ms),
                    // A result that cannot be kept cannot be given again; and the action is not taken again either.
                    result: Some(result.clone())
                        .filter(|result| result.to_string().len() as u64 <= limits::ARGUMENT_BYTES),
                };
                changes.insert(key, StateValue::Idempotency(entry));
            }
        }
    }
    put(&mut changes, recorded.clone());
    Ok((changes, recorded))
}
