//! Action policies on a host's store: what is set up, what is decided, what is settled.
//!
//! Every operation is a function from a request and facts to an answer and its effects; [`ActionService::run`] is the whole surface
//! on one screen.

mod access;
pub mod approvals;
pub mod authorize;
pub mod exceptions;
mod facts;
pub mod interventions;
pub mod kill_switches;
pub mod log;
pub mod moderation_notes;
pub mod policies;
mod settings;
pub mod settlement;
pub mod setup;
pub mod stored;
pub mod sweep;
pub mod sync;
pub mod test_alerts;
mod validated;
pub mod versions;

use super::call::ActionCall;
use super::settings::ActionSettings;
use super::state::TargetType;
use crate::decision::{Asking, Done, Fact, PageRequest, Step, Stop};
use crate::error::{Error, ErrorCode};
use serde::Deserialize;
use serde_json::{Map, Value};
use setup::Cache;

/// One operation on actions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum ActionOperation {
    /// `POST /actions/authorize`
    Authorize {
        /// The call.
        call: ActionCall,
        /// Whether the way through the checks is told. Default false.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        explain: bool,
    },
    /// `POST /actions/check`: the same, of which nothing is committed
    Ask {
        /// The call.
        call: ActionCall,
        /// Whether the way through the checks is told. Default false.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        explain: bool,
    },
    /// `POST /actions/{reservation_id}/resume`: a call that waited, after its approval
    Resume {
        /// What is held for it.
        reservation_id: String,
        /// The same call again: action, arguments and run must be those that were approved, and it may not cost more.
        call: ActionCall,
    },
    /// `POST /actions/{reservation_id}/settle`
    Settle {
        /// What is held for the call.
        reservation_id: String,
        /// What it really cost, in US dollars.
        #[cfg_attr(test, ts(type = "number"))]
        cost_usd: Value,
    },
    /// `POST /actions/{reservation_id}/release`: the call was never made
    Release {
        /// What is held for the call.
        reservation_id: String,
    },
    /// `POST /actions/{reservation_id}/result`
    RecordResult {
        /// What is held for the call.
        reservation_id: String,
        /// Whether it succeeded.
        outcome: ResultOutcome,
        /// What it gave, where it succeeded.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, type = "unknown"))]
        result: Value,
        /// What it really cost: settles it in the same commit. Absent: its cost stays as it is.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, type = "number"))]
        cost_usd: Option<Value>,
    },
    /// `POST /runs/reset`: the run's spending and evidence are forgotten; those of the session stay
    ResetRun {
        /// The session.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        session_id: Option<String>,
        /// The run; absent: the calls of the session that are in none.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        run_id: Option<String>,
    },
    /// `GET /approvals/{id}`, `GET /approvals/{id}/poll`
    GetApproval {
        /// The approval.
        id: String,
    },
    /// `GET /approvals`, `GET /approvals/pending`
    ListApprovals(PageRequest),
    /// `GET /approvals/pending`: those that can still be decided
    ListPendingApprovals(PageRequest),
    /// `POST /approvals/{id}/approve`, `/reject`, `/request-info`
    DecideApproval {
        /// The approval.
        id: String,
        /// Yes, no, or a question.
        decision: approvals::ApprovalAct,
        /// Why, or what is asked.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        notes: String,
    },
    /// `POST /approvals/{id}/respond`: the answer to a question
    RespondToApproval {
        /// The approval.
        id: String,
        /// The answer.
        response: String,
    },
    /// `POST /approvals/{id}/cancel`
    CancelApproval {
        /// The approval.
        id: String,
    },
    /// `GET /interventions`
    ListInterventions(interventions::InterventionQuery),
    /// `GET /decisions`: the decision log
    ListDecisions(PageRequest),
    /// `POST /policies`
    CreatePolicy {
        /// What it says.
        #[cfg_attr(test, ts(type = "ActionPolicyFields"))]
        policy: Value,
    },
    /// `GET /policies`
    ListPolicies(PageRequest),
    /// `GET /policies/{id}`
    GetPolicy {
        /// The policy.
        id: String,
    },
    /// `PUT /policies/{id}`: these fields, and the defaults of all others
    ReplacePolicy {
        /// The policy.
        id: String,
        /// What it says from now on.
        #[cfg_attr(test, ts(type = "ActionPolicyFields"))]
        policy: Value,
    },
    /// `PATCH /policies/{id}`: these fields in the place of its own
    PatchPolicy {
        /// The policy.
        id: String,
        /// The fields, by their own names; null puts the default back.
        #[cfg_attr(test, ts(type = "{ [field in keyof ActionPolicyFields]?: ActionPolicyFields[field] | null }"))]
        change: Map<String, Value>,
    },
    /// `POST /policies/{id}/enable`
    EnablePolicy {
        /// The policy.
        id: String,
    },
    /// `POST /policies/{id}/disable`
    DisablePolicy {
        /// The policy.
        id: String,
    },
    /// `DELETE /policies/{id}`: its exceptions go with it
    DeletePolicy {
        /// The policy.
        id: String,
    },
    /// `POST /policies/{id}/test-alert`
    TestAlert {
        /// The policy.
        policy_id: String,
    },
    /// `GET /policies/{id}/versions`
    ListPolicyVersions {
        /// The policy.
        policy_id: String,
        /// Which part of the list.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        page: PageRequest,
    },
    /// `GET /policies/{id}/versions/{version_id}`
    GetPolicyVersion {
        /// The policy.
        policy_id: String,
        /// The version, by its id.
        version_id: String,
    },
    /// `POST /policies/{id}/versions`: a draft
    DraftPolicyVersion {
        /// The policy.
        policy_id: String,
        /// What it says.
        #[cfg_attr(test, ts(type = "ActionPolicyFields"))]
        policy: Value,
    },
    /// `POST /policies/{id}/versions/{version_id}/submit`: a draft is to be reviewed
    SubmitPolicyVersion {
        /// The policy.
        policy_id: String,
        /// The version, by its id.
        version_id: String,
    },
    /// `POST /policies/{id}/versions/{version_id}/review`: whoever asks becomes the reviewer
    ReviewPolicyVersion {
        /// The policy.
        policy_id: String,
        /// The version, by its id.
        version_id: String,
    },
    /// `POST /policies/{id}/versions/{version_id}/activate`: what was reviewed comes into force
    ActivatePolicyVersion {
        /// The policy.
        policy_id: String,
        /// The version, by its id.
        version_id: String,
    },
    /// `POST /policies/{id}/versions/{version_id}/rollback`: what was in force is so again, as a new version
    RollBackPolicy {
        /// The policy.
        policy_id: String,
        /// The version, by its id.
        version_id: String,
    },
    /// `POST /policies/{id}/versions/{version_id}/diff`
    DiffPolicyVersions {
        /// The policy.
        policy_id: String,
        /// The version to compare from, by its id.
        from: String,
        /// What to compare it with.
        to: versions::DiffTarget,
    },
    /// `POST /policies/{id}/exceptions`
    CreateException {
        /// The policy.
        policy_id: String,
        /// For whom, why and how long.
        exception: exceptions::NewException,
    },
    /// `GET /policies/{id}/exceptions`
    ListExceptions {
        /// The policy.
        policy_id: String,
        /// Which part of the list.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        page: PageRequest,
    },
    /// `GET /policies/{id}/exceptions/{exception_id}`
    GetException {
        /// The policy.
        policy_id: String,
        /// The exception.
        id: String,
    },
    /// `DELETE /policies/{id}/exceptions/{exception_id}`: it ends at once
    DeleteException {
        /// The policy.
        policy_id: String,
        /// The exception.
        id: String,
    },
    /// `POST /kill-switch/kill`
    Kill {
        /// What.
        target_type: TargetType,
        /// Which.
        target_id: String,
        /// Why.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        reason: Option<String>,
    },
    /// `POST /kill-switch/revive`
    Revive {
        /// What.
        target_type: TargetType,
        /// Which.
        target_id: String,
    },
    /// `GET /kill-switch/check`
    CheckKillSwitch {
        /// What.
        target_type: TargetType,
        /// Which.
        target_id: String,
    },
    /// `GET /kill-switch/active`
    ListKillSwitches(PageRequest),
    /// `GET /settings`
    GetSettings {},
    /// `PUT /settings`: these, and the defaults of all others
    PutSettings(ActionSettings),
    /// `GET /policies/sync`
    Sync(sync::SyncRequest),
    /// `POST /sweep`, one step of it; for the host alone
    Sweep {
        /// How long everything is kept after it is over. Default 30 days; at least one.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, type = "number | null"))]
        older_than_seconds: Option<u64>,
        /// Where an earlier step ended.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, type = "string | null"))]
        cursor: Option<String>,
    },
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionResultOutcome"))]
#[serde(rename_all = "lowercase")]
pub enum ResultOutcome {
    /// It succeeded.
    Success,
    /// It failed.
    Error,
}

/// A question to [`ActionService`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ActionRequest {
    /// The organisation.
    pub org_id: String,
    /// What is asked for.
    pub operation: ActionOperation,
    /// The host's id for this operation: what is created gets it, and the same operation twice is one.
    pub operation_id: String,
    /// The time, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub now_ms: u64,
    /// The answers to the needs of earlier rounds.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

/// One operation while it runs.
pub struct ActionService<'a> {
    org_id: &'a str,
    operation_id: &'a str,
    now_ms: u64,
    cache: &'a mut Cache,
}

impl ActionService<'_> {
    /// Runs an operation to its next step.
    ///
    /// # Errors
    /// `malformed_request` for an empty id; those of facts.
    pub fn run(request: ActionRequest, cache: &mut Cache) -> Result<Step, Error> {
        for (path, id) in [("/org_id", &request.org_id), ("/operation_id", &request.operation_id)] {
            if id.trim().is_empty() {
                return Err(Error::new(ErrorCode::MalformedRequest, "an id is empty").at(path));
            }
        }
        let ActionRequest { org_id, operation, operation_id, now_ms, facts } = request;
        let mut service = ActionService { org_id: &org_id, operation_id: &operation_id, now_ms, cache };
        Asking::new(facts)?.guessing().run(|asking| service.perform(asking, operation))
    }

    fn perform(&mut self, asking: &Asking, operation: ActionOperation) -> Result<Done, Stop> {
        use ActionOperation as Operation;
        match operation {
            Operation::Authorize { call, explain } => self.authorize(asking, &call, explain),
            Operation::Ask { call, explain } => self.ask(asking, &call, explain),
            Operation::Resume { reservation_id, call } => self.resume(asking, &reservation_id, &call),
            Operation::Settle { reservation_id, cost_usd } => self.settle(asking, &reservation_id, &cost_usd),
            Operation::Release { reservation_id } => self.release(asking, &reservation_id),
            Operation::RecordResult { reservation_id, outcome, result, cost_usd } => {
                self.record_result(asking, &reservation_id, outcome, result, cost_usd.as_ref())
            }
            Operation::ResetRun { session_id, run_id } => self.reset_run(asking, session_id, run_id),
            Operation::GetApproval { id } => self.get_approval(asking, &id),
            Operation::ListApprovals(page) => self.list_approvals(asking, &page),
            Operation::ListPendingApprovals(page) => self.list_pending_approvals(asking, &page),
            Operation::DecideApproval { id, decision, notes } => self.decide_approval(asking, &id, decision, &notes),
            Operation::RespondToApproval { id, response } => self.respond_to_approval(asking, &id, &response),
            Operation::CancelApproval { id } => self.cancel_approval(asking, &id),
            Operation::ListInterventions(query) => self.list_interventions(asking, &query),
            Operation::ListDecisions(page) => self.list_decisions(asking, &page),
            Operation::CreatePolicy { policy } => self.create_policy(asking, policy),
            Operation::ListPolicies(page) => self.list_policies(asking, &page),
            Operation::GetPolicy { id } => self.get_policy(asking, &id),
            Operation::ReplacePolicy { id, policy } => self.replace_policy(asking, &id, policy),
            Operation::PatchPolicy { id, change } => self.patch_policy(asking, &id, change),
            Operation::EnablePolicy { id } => self.switch_policy(asking, &id, true),
            Operation::DisablePolicy { id } => self.switch_policy(asking, &id, false),
            Operation::DeletePolicy { id } => self.delete_policy(asking, &id),
            Operation::TestAlert { policy_id } => self.test_alert(asking, &policy_id),
            Operation::ListPolicyVersions { policy_id, page } => self.list_policy_versions(asking, &policy_id, &page),
            Operation::GetPolicyVersion { policy_id, version_id } => {
                self.get_policy_version(asking, &policy_id, &version_id)
            }
            Operation::DraftPolicyVersion { policy_id, policy } => {
                self.draft_policy_version(asking, &policy_id, policy)
            }
            Operation::SubmitPolicyVersion { policy_id, version_id } => {
                self.submit_policy_version(asking, &policy_id, &version_id)
            }
            Operation::ReviewPolicyVersion { policy_id, version_id } => {
                self.review_policy_version(asking, &policy_id, &version_id)
            }
            Operation::ActivatePolicyVersion { policy_id, version_id } => {
                self.activate_policy_version(asking, &policy_id, &version_id)
            }
            Operation::RollBackPolicy { policy_id, version_id } => {
                self.roll_back_policy(asking, &policy_id, &version_id)
            }
            Operation::DiffPolicyVersions { policy_id, from, to } => {
                self.diff_policy_versions(asking, &policy_id, &from, to)
            }
            Operation::CreateException { policy_id, exception } => self.create_exception(asking, &policy_id, exception),
            Operation::ListExceptions { policy_id, page } => self.list_exceptions(asking, &policy_id, &page),
            Operation::GetException { policy_id, id } => self.get_exception(asking, &policy_id, &id),
            Operation::DeleteException { policy_id, id } => self.delete_exception(asking, &policy_id, &id),
            Operation::Kill { target_type, target_id, reason } => self.kill(asking, target_type, &target_id, reason),
            Operation::Revive { target_type, target_id } => self.revive(asking, target_type, &target_id),
            Operation::CheckKillSwitch { target_type, target_id } => {
                self.check_kill_switch(asking, target_type, &target_id)
            }
            Operation::ListKillSwitches(page) => self.list_kill_switches(asking, &page),
            Operation::GetSettings {} => self.get_settings(asking),
            Operation::PutSettings(settings) => self.put_settings(asking, &settings),
            Operation::Sync(request) => self.sync(asking, request),
            Operation::Sweep { older_than_seconds, cursor } => {
                self.sweep(asking, older_than_seconds, cursor.as_deref())
            }
        }
    }
}
