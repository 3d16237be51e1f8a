//! Deciding on a call: evaluated, and in one commit taken or held, entered into the log and told.

use super::ActionService;
use super::access::{caller, require};
use super::approvals::{ApprovalStatus, StoredApproval, WaitingApproval};
use super::facts::{ActionChange, Records};
use super::interventions::InterventionOutcome;
use super::log::{self, entry_of};
use super::moderation_notes::{ModerationNote, Noting};
use super::setup::Prepared;
use super::stored::{kind, set_up};
use crate::action::arguments::digest::{arguments_digest, declared_digest};
use crate::action::call::ActionCall;
use crate::action::checks::kill_switch;
use crate::action::consumption::{self, Confirmation, Taking};
use crate::action::evaluation::{Evaluation, Purpose, evaluate};
use crate::action::money::Usd;
use crate::action::state::{Changed, Knowledge, Reservation, ReservationStatus, StateKey};
use crate::action::verdict::{
    ActionDecision, ApprovalOfDecision, Denial, ReasonCode, ReservationOfDecision, Verdict, Word,
};
use crate::decision::asking::json;
use crate::decision::{Asking, Done, Identity, NonEmpty, Notice, Refusal, RefusalCode, Stop, Verb};
use crate::error::Error;
use crate::limits;
use std::rc::Rc;

/// A call that was evaluated.
struct Decided {
    prepared: Rc<Prepared>,
    configuration_version: Option<String>,
    evaluation: Evaluation,
    moderation: Vec<ModerationNote>,
    identity: Identity,
}

impl ActionService<'_> {
    /// `POST /actions/check`
    pub(super) fn ask(&mut self, asking: &Asking, call: &ActionCall, explain: bool) -> Result<Done, Stop> {
        let records = Records::of(asking, self.org_id);
        let decided = self.decided(asking, call, Purpose::Ask, &records)?;
        Done::answer(&told(&decided.evaluation, explain))
    }

    /// `POST /actions/authorize`
    pub(super) fn authorize(&mut self, asking: &Asking, call: &ActionCall, explain: bool) -> Result<Done, Stop> {
        // What will be written is asked for with the rest.
        asking.want(super::stored::state_need(self.org_id, &StateKey::Reservation(self.operation_id.to_owned())));
        let records = Records::of(asking, self.org_id);
        let decided = self.decided(asking, call, Purpose::Authorize, &records)?;
        let evaluation = &decided.evaluation;
        let mut decision = told(evaluation, explain);
        // A mistake of the caller is no decision, and changes nothing.
        let Some(cost) = call.cost() else { return Done::answer(&decision) };
        let settings = &decided.prepared.settings;
        let taking =
            Taking { call, cost, evaluation, settings, known: &records, now_ms: self.now_ms, id: self.operation_id };
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        change.apply(evaluation.always.clone())?;
        let (changes, reservation) = taking.take()?;
        if let Some(reservation) = &reservation {
            self.stand_on(&mut change, &decided, call)?;
            decision.reservation = Some(held(reservation));
        }
        change.apply(changes)?;
        if let (Verdict::Hold(asked), Some(reservation)) = (&evaluation.verdict, &reservation) {
            self.ask_for_approval(&mut change, call, reservation, asked, &decided.identity)?;
            if let Some(approval) = &mut decision.approval {
                approval.approval_id.clone_from(&reservation.approval);
            }
        }
        let mut entry = entry_of(log::AUTHORIZE, call, &decision, &decided.prepared.digest)?;
        if !decided.moderation.is_empty() {
            entry = entry.noting("moderation", json(&decided.moderation)?);
        }
        self.enter(&mut change, settings, entry)?;
        self.intervene(&mut change, call, &decision)?;
        change.done(&decision)
    }

    /// `POST /actions/{reservation_id}/resume`: everything that may have changed since is checked again.
    pub(super) fn resume(&mut self, asking: &Asking, id: &str, call: &ActionCall) -> Result<Done, Stop> {
        asking.want(crate::decision::Need::Access { resource: caller(self.org_id, call.agent_id.as_deref()) });
        asking.want(set_up(self.org_id).configuration());
        let reservation = self.reservation(asking, id)?;
        self.want_all_of(asking, &reservation);
        // Whatever the call says: what is held is told to, and given to, whoever may ask for the agent that it is held for.
        require(asking, caller(self.org_id, reservation.agent.as_deref()), Verb::Trigger)?;
        let records = Records::of(asking, self.org_id);
        let own = consumption::without_own(&reservation, &records)?;
        let decided = self.decided(asking, call, Purpose::Resume, &Changed { below: &records, changes: own })?;
        // A mistake of the caller is no decision, and changes nothing.
        let Some(cost) = call.cost() else { return Done::answer(&told(&decided.evaluation, false)) };
        let waits_for_none = || Refusal::new(RefusalCode::WrongState, format!("the call `{id}` waits for no approval"));
        // What was held for it is given back when its approval is refused or withdrawn.
        let is_given_back = reservation.status == ReservationStatus::Released;
        let approval_id = reservation.approval.clone().ok_or_else(waits_for_none)?;
        if reservation.status != ReservationStatus::Held && !is_given_back {
            return Err(waits_for_none().into());
        }
        let approval = self.approval(asking, &approval_id)?;
        let status = approval.value.status_at(self.now_ms);
        let is_over = status.is_over();
        if is_given_back && !is_over {
            return Err(waits_for_none().into());
        }
        if matches!(status, ApprovalStatus::Pending | ApprovalStatus::InfoRequested) {
            let Some(asked) = NonEmpty::from_vec(approval.value.open()) else {
                return Err(Refusal::new(RefusalCode::WrongState, "the approval asks for nothing").into());
            };
            let mut decision = ActionDecision::of(&Verdict::Hold(asked), Vec::new());
            decision.reservation = Some(held(&reservation));
            if let Some(of_decision) = &mut decision.approval {
                of_decision.approval_id = Some(approval_id);
            }
            return Done::answer(&decision);
        }
        let is_held = consumption::is_held(&reservation, &records)?;
        let evaluation = &decided.evaluation;
        let mut decision = after_approval(evaluation, &reservation, &approval.value, call, is_held, self.now_ms);
        let settings = &decided.prepared.settings;
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        if decision.decision == Word::Allow {
            for key in &decided.evaluation.accounts {
                asking.want(super::stored::state_need(self.org_id, &StateKey::Account(key.clone())));
            }
            let confirmation = Confirmation {
                reservation: &reservation,
                cost,
                evaluation: &decided.evaluation,
                reservation_seconds: settings.reservation_seconds,
            };
            let (changes, made) = consumption::confirm(&confirmation, &records, self.now_ms)?;
            self.stand_on(&mut change, &decided, call)?;
            change.apply(changes)?;
            decision.reservation = Some(held(&made));
        } else if !is_given_back && (is_over || !is_held) {
            // Nobody will come back with it. Any other denial leaves it until its time is up: what stands against the call may go away.
            let (changes, _) = consumption::release(&reservation, settings.compat_0_4, &records, self.now_ms)?;
            change.apply(changes)?;
        }
        let entry = entry_of(log::RESUME, call, &decision, &decided.prepared.digest)?;
        self.enter(&mut change, settings, entry.noting("reservation_id", id.into()))?;
        match status {
            // What was done about these was entered when they were refused or withdrawn, or when somebody first came too late.
            ApprovalStatus::Rejected | ApprovalStatus::Cancelled => {}
            ApprovalStatus::Expired if is_given_back => {}
            ApprovalStatus::Expired => {
                let reason = decision.message.clone().unwrap_or_default();
                self.reviewed(&mut change, &approval.value, InterventionOutcome::Escalated, &reason)?;
                change.put(kind::WAITING, id, &serde_json::Value::Null)?;
            }
            _ => self.intervene(&mut change, call, &decision)?,
        }
        change.done(&decision)
    }

    /// Evaluates a call for whoever may ask for its agent.
    fn decided(
        &mut self,
        asking: &Asking,
        call: &ActionCall,
        purpose: Purpose,
        known: &dyn Knowledge,
    ) -> Result<Decided, Stop> {
        check_call(call)?;
        let resource = caller(self.org_id, call.agent_id.as_deref());
        asking.want(crate::decision::Need::Access { resource: resource.clone() });
        let (prepared, configuration_version) = self.cache.prepared(asking, self.org_id, Some((call, self.now_ms)))?;
        let identity = require(asking, resource, Verb::Trigger)?;
        let mut rules = prepared.rules.borrow_mut();
        let noting = Noting::over(known);
        let evaluation = evaluate(&prepared.setup(), &mut rules, call, &noting, self.now_ms, purpose)?;
        drop(rules);
        Ok(Decided { prepared, configuration_version, evaluation, moderation: noting.notes(), identity })
    }

    /// What lets a call pass is what was read: policies that changed meanwhile, or a target that was stopped, are a conflict.
    fn stand_on(&self, change: &mut ActionChange<'_>, decided: &Decided, call: &ActionCall) -> Result<(), Stop> {
        change.expect(set_up(self.org_id).configuration(), decided.configuration_version.clone());
        for (target_type, id) in kill_switch::targets(call) {
            change.expect_state(&StateKey::KillSwitch(target_type, id.clone()))?;
        }
        Ok(())
    }

    fn ask_for_approval(
        &self,
        change: &mut ActionChange<'_>,
        call: &ActionCall,
        reservation: &Reservation,
        asked: &NonEmpty<crate::action::verdict::ApprovalAsked>,
        identity: &Identity,
    ) -> Result<(), Stop> {
        let approval = StoredApproval::ask(self.org_id, call, reservation, asked, identity, self.now_ms);
        change.expect(set_up(self.org_id).record(kind::APPROVAL, approval.approval_id.clone()), None);
        change.put(kind::APPROVAL, approval.approval_id.clone(), &approval)?;
        change.put(kind::WAITING, approval.approval_id.clone(), &WaitingApproval::of(&approval))?;
        change.tell(Notice::ActionApprovalRequested {
            id: format!("{}:requested", approval.approval_id),
            org_id: self.org_id.to_owned(),
            approval_id: approval.approval_id.clone(),
            approvers: ApprovalOfDecision::of(asked).approvers,
            approval: json(&approval)?,
        })
    }
}

/// The decision of an evaluation.
pub fn told(evaluation: &Evaluation, explain: bool) -> ActionDecision {
    let mut decision = ActionDecision::of(&evaluation.verdict, evaluation.rules.policy_ids());
    decision.warnings.clone_from(&evaluation.warnings);
    decision.exceptions_applied = evaluation.exceptions.iter().map(|exception| exception.id.clone()).collect();
    if explain {
        decision.checks.clone_from(&evaluation.checks);
    }
    decision
}

/// What is held for a call, as it is told.
pub fn held(reservation: &Reservation) -> ReservationOfDecision {
    ReservationOfDecision {
        id: reservation.id.clone(),
        amount_usd: reservation.amount,
        expires_at_ms: reservation.expires_at_ms,
    }
}

/// The decision on a call whose approval was decided, used too late or withdrawn.
pub fn after_approval(
    evaluation: &Evaluation,
    reservation: &Reservation,
    approval: &StoredApproval,
    call: &ActionCall,
    is_held: bool,
    now_ms: u64,
) -> ActionDecision {
    match not_covered(reservation, approval, approval.status_at(now_ms), call, is_held) {
        Some(denial) => ActionDecision::of(&Verdict::Deny(Box::new(denial)), Vec::new()),
        None => told(evaluation, false),
    }
}

/// Why an approval does not cover a call; none: it does (decision 27).
fn not_covered(
    reservation: &Reservation,
    approval: &StoredApproval,
    status: ApprovalStatus,
    call: &ActionCall,
    is_held: bool,
) -> Option<Denial> {
    let refused = |message: String| Some(Denial::new(ReasonCode::PolicyViolation, message));
    match status {
        ApprovalStatus::Approved if is_held => {}
        ApprovalStatus::Approved => {
            let message = "what was held for the call is not held any more: its time was up, or an exception that it stood on was deleted";
            return refused(message.to_owned());
        }
        ApprovalStatus::Rejected => {
            let notes = approval.decision_notes.as_deref().filter(|notes| !notes.is_empty());
            return refused(format!(
                "the approval was refused{}",
                notes.map_or_else(String::new, |notes| format!(": {notes}"))
            ));
        }
        ApprovalStatus::Cancelled => return refused("the request for an approval was withdrawn".to_owned()),
        ApprovalStatus::Expired if approval.status == ApprovalStatus::Approved => {
            return refused("the approval was there, and is too old: the call came too late".to_owned());
        }
        _ => return refused("nobody approved the call in time".to_owned()),
    }
    let other = if call.name != reservation.action {
        "another action"
    } else if arguments_digest(&call.kwargs) != reservation.args_digest {
        "other arguments"
    } else if call.run_id != reservation.run || call.session() != reservation.session {
        "another run"
    } else if call.agent_id != reservation.agent {
        "another agent"
    } else if call.cost().is_none_or(|cost: Usd| cost > reservation.amount) {
        "a lower cost"
    } else if reservation.declared_digest.as_ref().is_some_and(|digest| *digest != declared_digest(call)) {
        "a call that says something else of its mission, its group, its impact or what it requires"
    } else {
        return None;
    };
    refused(format!("the approval is for {other}"))
}

/// Refuses a call that cannot be kept or judged.
///
/// # Errors
/// `invalid_request` with the path below `/call`; `limit_exceeded` (`argument_bytes`).
pub fn check_call(call: &ActionCall) -> Result<(), Stop> {
    let ids = [
        ("agent_id", &call.agent_id),
        ("run_id", &call.run_id),
        ("session_id", &call.session_id),
        ("mission_id", &call.mission_id),
        ("group_id", &call.group_id),
        ("task_id", &call.task_id),
        ("idempotency_key", &call.idempotency_key),
    ];
    if call.name.trim().is_empty() {
        return Err(Refusal::field("/call/name", "a call names its action").into());
    }
    // They become parts of the keys of records.
    let names = [("name", Some(&call.name))].into_iter().chain(ids.iter().map(|(field, id)| (*field, id.as_ref())));
    for (field, name) in names {
        if name.is_some_and(|name| name.len() as u64 > limits::NAME_BYTES) {
            let message = format!("`{field}` is longer than {} bytes, the limit `name_bytes`", limits::NAME_BYTES);
            return Err(Error::limit("name_bytes", limits::NAME_BYTES, message)
                .at(format!("/operation/call/{field}"))
                .into());
        }
    }
    for (field, id) in ids {
        if id.as_ref().is_some_and(|id| id.trim().is_empty()) {
            return Err(
                Refusal::field(format!("/call/{field}"), format!("`{field}` is empty: leave it out instead")).into()
            );
        }
    }
    let bytes = serde_json::to_string(&call.kwargs).map_or(0, |text| text.len()) as u64;
    if bytes > limits::ARGUMENT_BYTES {
        let message =
            format!("the arguments have {bytes} bytes; the limit `argument_bytes` is {}", limits::ARGUMENT_BYTES);
        return Err(Error::limit("argument_bytes", limits::ARGUMENT_BYTES, message)
            .at("/operation/call/kwargs")
            .into());
    }
    let ttl = call.idempotency_ttl_seconds.unwrap_or_default();
    if !(0.0..=MOST_TTL_SECONDS).contains(&ttl) {
        let message = format!("`idempotency_ttl_seconds` is from 0 to {MOST_TTL_SECONDS}");
        return Err(Refusal::field("/call/idempotency_ttl_seconds", message).into());
    }
    Ok(())
}

/// A year.
const MOST_TTL_SECONDS: f64 = 31_536_000.0;
