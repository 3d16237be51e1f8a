//! Approvals of calls: asked for with a hold, decided by entitled people, used once (sections 1.7 and 3.9, decision 27).

use super::ActionService;
use super::access::{organisation, require, require_caller_or_reader};
use super::facts::{ActionChange, Records};
use super::interventions::InterventionOutcome;
use super::log::{self, Entry};
use super::stored::{kind, partition, set_up, settings_need};
use crate::action::call::ActionCall;
use crate::action::consumption;
use crate::action::money::Usd;
use crate::action::policy::{Priority, RiskLevel};
use crate::action::settings::ActionSettings;
use crate::action::state::{Reservation, ReservationStatus};
use crate::action::verdict::{ApprovalAsked, ApprovalOfDecision};
use crate::decision::asking::json;
use crate::decision::audit::timestamp;
use crate::decision::{
    Asking, Done, Identity, Kept, Listed, NonEmpty, Notice, Page, PageRequest, Refusal, RefusalCode, Stop, Verb,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionApprovalStatus"))]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// Nobody has decided.
    Pending,
    /// The call may be resumed, until the approval expires.
    Approved,
    /// Somebody refused it.
    Rejected,
    /// Its time was up before it was decided, or before the call was resumed.
    Expired,
    /// It was withdrawn.
    Cancelled,
    /// An approver wants to know something first.
    InfoRequested,
}

impl ApprovalStatus {
    /// Whether the call can never be resumed on it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Rejected | Self::Cancelled | Self::Expired)
    }
}

/// What an approver does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ApprovalAct {
    /// Yes.
    Approve,
    /// No.
    Reject,
    /// A question first.
    RequestInfo,
}

/// An approval as it is kept and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionApproval"))]
#[serde(deny_unknown_fields)]
pub struct StoredApproval {
    /// The id.
    pub approval_id: String,
    /// The organisation.
    pub organization_id: String,
    /// What is held for the call: what to resume with.
    pub reservation_id: String,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// The action.
    pub action_name: String,
    /// What it is for, where the call says.
    pub description: Option<String>,
    /// The agent.
    pub agent_id: Option<String>,
    /// The run.
    pub run_id: Option<String>,
    /// The task.
    pub task_id: Option<String>,
    /// The mission.
    pub mission_id: Option<String>,
    /// What it will cost, at the most, in US dollars.
    #[cfg_attr(test, ts(type = "number"))]
    pub estimated_cost_usd: Usd,
    /// How urgent it is.
    pub priority: Priority,
    /// How risky it is.
    pub risk_level: RiskLevel,
    /// How long is waited.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout_seconds: u64,
    /// The arguments.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub action_inputs: Map<String, Value>,
    /// The labels of the call.
    pub tags: Vec<String>,
    /// What each policy asks for.
    pub asked: Vec<ApprovalAsked>,
    /// Who approved each of `asked`, in its order; null: nobody yet.
    pub approved_by: Vec<Option<String>>,
    /// Who asked.
    pub requested_by: Option<String>,
    /// When it was asked for, as RFC 3339 in UTC.
    pub created_at: String,
    /// When it expires.
    pub expires_at: String,
    /// The same in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub expires_at_ms: u64,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// Who decided.
    pub decided_by_id: Option<String>,
    /// Their e-mail.
    pub decided_by_email: Option<String>,
    /// Why.
    pub decision_notes: Option<String>,
    /// What an approver wants to know.
    pub info_request_message: Option<String>,
    /// The answer.
    pub info_response: Option<String>,
}

/// That nobody has decided on an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingApproval {
    /// When it expires, in milliseconds since 1970.
    pub expires_at_ms: u64,
}

impl WaitingApproval {
    /// What is kept while an approval waits.
    pub const fn of(approval: &StoredApproval) -> Self {
        Self { expires_at_ms: approval.expires_at_ms }
    }
}

/// A part of the list of approvals.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActionApprovalPage {
    /// The approvals, by their ids.
    pub approvals: Vec<StoredApproval>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

/// An approval with the version of its record.
pub(super) struct FoundApproval {
    pub(super) value: StoredApproval,
    version: Option<String>,
}

impl StoredApproval {
    /// Asks for an approval.
    pub fn ask(
        org_id: &str,
        call: &ActionCall,
        reservation: &Reservation,
        asked: &NonEmpty<ApprovalAsked>,
        identity: &Identity,
        now_ms: u64,
    ) -> Self {
        let together = ApprovalOfDecision::of(asked);
        Self {
            approval_id: reservation.approval.clone().unwrap_or_default(),
            organization_id: org_id.to_owned(),
            reservation_id: reservation.id.clone(),
            status: ApprovalStatus::Pending,
            action_name: call.name.clone(),
            description: call.approval_description.clone(),
            agent_id: call.agent_id.clone(),
            run_id: call.run_id.clone(),
            task_id: call.task_id.clone(),
            mission_id: call.mission_id.clone(),
            estimated_cost_usd: reservation.amount,
            priority: together.priority,
            risk_level: call.risk_level.unwrap_or(RiskLevel::Medium),
            timeout_seconds: together.timeout_seconds,
            action_inputs: call.kwargs.clone(),
            tags: call.tags.clone(),
            approved_by: together.asked.iter().map(|_| None).collect(),
            asked: together.asked,
            requested_by: identity.id.clone(),
            created_at: timestamp(now_ms),
            expires_at: timestamp(reservation.expires_at_ms),
            expires_at_ms: reservation.expires_at_ms,
            decided_at: None,
            decided_by_id: None,
            decided_by_email: None,
            decision_notes: None,
            info_request_message: None,
            info_response: None,
        }
    }

    /// Where it stands at a time: what was not decided, or not used, in time has expired.
    pub const fn status_at(&self, now_ms: u64) -> ApprovalStatus {
        match self.status {
            ApprovalStatus::Pending | ApprovalStatus::InfoRequested | ApprovalStatus::Approved
                if self.expires_at_ms <= now_ms =>
            {
                ApprovalStatus::Expired
            }
            status => status,
        }
    }

    /// Whether somebody is to decide on it, or to answer a question about it.
    const fn is_waiting(&self) -> bool {
        matches!(self.status, ApprovalStatus::Pending | ApprovalStatus::InfoRequested)
    }

    /// What nobody has approved yet.
    pub fn open(&self) -> Vec<ApprovalAsked> {
        self.asked
            .iter()
            .zip(&self.approved_by)
            .filter(|(_, by)| by.is_none())
            .map(|(asked, _)| asked.clone())
            .collect()
    }

    fn seen_at(mut self, now_ms: u64) -> Self {
        self.status = self.status_at(now_ms);
        self
    }
}

/// Whether somebody is among those who may approve.
fn is_entitled(asked: &ApprovalAsked, identity: &Identity) -> bool {
    let is_named = |approver: &String| {
        identity.id.as_ref() == Some(approver)
            || identity.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(approver))
    };
    asked.approvers.is_empty() || asked.approvers.iter().any(is_named)
}

const WITHDRAWN: &str = "the request was withdrawn";

impl ActionService<'_> {
    /// An approval.
    pub(super) fn approval(&self, asking: &Asking, id: &str) -> Result<FoundApproval, Stop> {
        let kept: Kept<StoredApproval> = asking.record(set_up(self.org_id).record(kind::APPROVAL, id))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no approval `{id}`"));
        Ok(FoundApproval { value: kept.value.ok_or_else(missing)?, version: kept.version })
    }

    /// `GET /approvals/{id}`: for whoever may ask for its agent, or sees the organisation.
    pub(super) fn get_approval(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let found = self.approval(asking, id)?;
        require_caller_or_reader(asking, self.org_id, found.value.agent_id.as_deref())?;
        Done::answer(&found.value.seen_at(self.now_ms))
    }

    /// `GET /approvals`
    pub(super) fn list_approvals(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        require(asking, organisation(self.org_id), Verb::Read)?;
        let listed: Page<StoredApproval> =
            asking.records(page.need(partition(self.org_id), kind::APPROVAL, None)?)?;
        let approvals = listed.records.into_iter().map(|record| record.value.seen_at(self.now_ms)).collect();
        Done::answer(&ActionApprovalPage { approvals, cursor: listed.cursor })
    }

    /// `GET /approvals/pending`: those that can still be decided. A page may have fewer than its limit.
    pub(super) fn list_pending_approvals(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        require(asking, organisation(self.org_id), Verb::Read)?;
        let listed: Page<WaitingApproval> =
            asking.records(page.need(partition(self.org_id), kind::WAITING, None)?)?;
        let in_time = |record: &Listed<WaitingApproval>| record.value.expires_at_ms > self.now_ms;
        let ids: Vec<String> = listed.records.into_iter().filter(in_time).map(|record| record.key).collect();
        for id in &ids {
            asking.want(set_up(self.org_id).record(kind::APPROVAL, id));
        }
        let mut approvals = Vec::new();
        for id in &ids {
            let kept: Kept<StoredApproval> = asking.record(set_up(self.org_id).record(kind::APPROVAL, id))?;
            approvals.extend(kept.value.filter(StoredApproval::is_waiting));
        }
        Done::answer(&ActionApprovalPage { approvals, cursor: listed.cursor })
    }

    /// `POST /approvals/{id}/approve`, `/reject`, `/request-info`: by entitled people only.
    pub(super) fn decide_approval(
        &self,
        asking: &Asking,
        id: &str,
        act: ApprovalAct,
        notes: &str,
    ) -> Result<Done, Stop> {
        asking.want(settings_need(self.org_id));
        let found = self.approval(asking, id)?;
        let verb = if act == ApprovalAct::Reject { Verb::Reject } else { Verb::Approve };
        let identity = require(asking, organisation(self.org_id), verb)?;
        let Some(user_id) = identity.id.clone().filter(|id| identity.is_session && !id.is_empty()) else {
            let message = "only people decide on approvals: an API key or a service is not one";
            return Err(Refusal::new(RefusalCode::NotPermitted, message).into());
        };
        let mut approval = self.waiting(found.value.clone())?;
        let mine: Vec<usize> = (0..approval.asked.len())
            .filter(|at| {
                let open = approval.approved_by.get(*at).is_some_and(Option::is_none);
                open && approval.asked.get(*at).is_some_and(|asked| is_entitled(asked, &identity))
            })
            .collect();
        if mine.is_empty() {
            let message = format!("{} is not asked to decide on this approval now", identity.name());
            return Err(Refusal::new(RefusalCode::NotPermitted, message).into());
        }
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        match act {
            ApprovalAct::Approve => {
                for at in mine {
                    if let Some(by) = approval.approved_by.get_mut(at) {
                        *by = Some(user_id.clone());
                    }
                }
                if approval.approved_by.iter().all(Option::is_some) {
                    self.end(&mut approval, ApprovalStatus::Approved, &identity, notes);
                    self.reviewed(&mut change, &approval, InterventionOutcome::ApprovedAfterReview, notes)?;
                    change.tell(decided(&approval))?;
                }
            }
            ApprovalAct::Reject => {
                self.end(&mut approval, ApprovalStatus::Rejected, &identity, notes);
                self.give_back(asking, &mut change, &approval)?;
                self.reviewed(&mut change, &approval, InterventionOutcome::RejectedAfterReview, notes)?;
                change.tell(decided(&approval))?;
            }
            ApprovalAct::RequestInfo => {
                approval.status = ApprovalStatus::InfoRequested;
                approval.info_request_message = Some(notes.to_owned());
                approval.info_response = None;
            }
        }
        let input = json!({ "approval_id": id, "decision": word(act), "notes": notes, "by": user_id });
        self.put_approval(asking, change, found.version, &approval, input)
    }

    /// `POST /approvals/{id}/respond`
    pub(super) fn respond_to_approval(&self, asking: &Asking, id: &str, response: &str) -> Result<Done, Stop> {
        asking.want(settings_need(self.org_id));
        let found = self.approval(asking, id)?;
        require(asking, super::access::caller(self.org_id, found.value.agent_id.as_deref()), Verb::Trigger)?;
        let mut approval = self.waiting(found.value.clone())?;
        if approval.status != ApprovalStatus::InfoRequested {
            return Err(Refusal::new(RefusalCode::WrongState, "nobody has asked a question").into());
        }
        approval.status = ApprovalStatus::Pending;
        approval.info_response = Some(response.to_owned());
        let change = ActionChange::begin(asking, self.org_id, self.operation_id);
        let input = json!({ "approval_id": id, "decision": "respond", "notes": response });
        self.put_approval(asking, change, found.version, &approval, input)
    }

    /// `POST /approvals/{id}/cancel`: by whoever may ask for its agent.
    pub(super) fn cancel_approval(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(settings_need(self.org_id));
        let found = self.approval(asking, id)?;
        let resource = super::access::caller(self.org_id, found.value.agent_id.as_deref());
        let identity = require(asking, resource, Verb::Trigger)?;
        let mut approval = self.waiting(found.value.clone())?;
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        self.end(&mut approval, ApprovalStatus::Cancelled, &identity, "");
        self.give_back(asking, &mut change, &approval)?;
        self.reviewed(&mut change, &approval, InterventionOutcome::Escalated, WITHDRAWN)?;
        change.tell(decided(&approval))?;
        let input = json!({ "approval_id": id, "decision": "cancel" });
        self.put_approval(asking, change, found.version, &approval, input)
    }

    /// A call that waits is never made: nobody is to decide on it any more.
    pub(super) fn withdraw(
        &self,
        asking: &Asking,
        change: &mut ActionChange<'_>,
        reservation: &Reservation,
    ) -> Result<(), Stop> {
        let Some(id) = &reservation.approval else { return Ok(()) };
        let kept: Kept<StoredApproval> = asking.record(set_up(self.org_id).record(kind::APPROVAL, id))?;
        // A sweep may have taken it before the call.
        let Some(mut approval) = kept.value else { return Ok(()) };
        // What was decided stays decided.
        if !approval.is_waiting() || approval.status_at(self.now_ms).is_over() {
            return Ok(());
        }
        let resource = super::access::caller(self.org_id, reservation.agent.as_deref());
        let identity = require(asking, resource, Verb::Trigger)?;
        self.end(&mut approval, ApprovalStatus::Cancelled, &identity, "");
        self.reviewed(change, &approval, InterventionOutcome::Escalated, WITHDRAWN)?;
        change.tell(decided(&approval))?;
        self.keep(change, kept.version, &approval)
    }

    /// An approval as it is now; what was decided waits no more.
    fn keep(
        &self,
        change: &mut ActionChange<'_>,
        version: Option<String>,
        approval: &StoredApproval,
    ) -> Result<(), Stop> {
        let id = &approval.approval_id;
        change.expect(set_up(self.org_id).record(kind::APPROVAL, id), version);
        change.put(kind::APPROVAL, id, approval)?;
        if approval.is_waiting() {
            return Ok(());
        }
        change.put(kind::WAITING, id, &Value::Null)
    }

    /// An approval that can still be decided.
    fn waiting(&self, approval: StoredApproval) -> Result<StoredApproval, Stop> {
        match approval.status_at(self.now_ms) {
            ApprovalStatus::Pending | ApprovalStatus::InfoRequested => Ok(approval),
            status => {
                let word = json(&status)?;
                let message = format!("the approval is {} already", word.as_str().unwrap_or_default());
                Err(Refusal::new(RefusalCode::WrongState, message).into())
            }
        }
    }

    fn end(&self, approval: &mut StoredApproval, status: ApprovalStatus, identity: &Identity, notes: &str) {
        approval.status = status;
        approval.decided_at = Some(timestamp(self.now_ms));
        approval.decided_by_id.clone_from(&identity.id);
        approval.decided_by_email.clone_from(&identity.email);
        approval.decision_notes = Some(notes.to_owned());
    }

    /// What was held for the call is given back.
    fn give_back(&self, asking: &Asking, change: &mut ActionChange<'_>, approval: &StoredApproval) -> Result<(), Stop> {
        let reservation = self.reservation(asking, &approval.reservation_id)?;
        if reservation.status != ReservationStatus::Held {
            return Ok(());
        }
        self.want_all_of(asking, &reservation);
        let settings: Kept<ActionSettings> = asking.record(settings_need(self.org_id))?;
        let keep = settings.value.unwrap_or_default().compat_0_4;
        let known = Records::of(asking, self.org_id);
        let (changes, _) = consumption::release(&reservation, keep, &known, self.now_ms)?;
        change.apply(changes)
    }

    fn put_approval(
        &self,
        asking: &Asking,
        mut change: ActionChange<'_>,
        version: Option<String>,
        approval: &StoredApproval,
        input: Value,
    ) -> Result<Done, Stop> {
        let settings: Kept<ActionSettings> = asking.record(settings_need(self.org_id))?;
        self.keep(&mut change, version, approval)?;
        let result = json!({ "status": approval.status, "approved_by": approval.approved_by });
        let entry = Entry { path: log::APPROVAL, input, result, revision: None, digest: String::new() };
        self.enter(&mut change, &settings.value.unwrap_or_default(), entry)?;
        change.done(approval)
    }
}

const fn word(act: ApprovalAct) -> &'static str {
    match act {
        ApprovalAct::Approve => "approve",
        ApprovalAct::Reject => "reject",
        ApprovalAct::RequestInfo => "request_info",
    }
}

fn decided(approval: &StoredApproval) -> Notice {
    Notice::ActionApprovalDecided {
        id: format!("{}:decided", approval.approval_id),
        org_id: approval.organization_id.clone(),
        approval_id: approval.approval_id.clone(),
        reservation_id: approval.reservation_id.clone(),
        status: match approval.status {
            ApprovalStatus::Approved => "approved",
            ApprovalStatus::Cancelled => "cancelled",
            _ => "rejected",
        }
        .to_owned(),
    }
}
