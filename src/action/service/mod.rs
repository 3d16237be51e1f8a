//! Action policies on a host's store: what is set up, what is decided, what is settled.
//!
//! Every operation is a function from a request and facts to an answer and its effects; [`ActionService::run`] is the whole surface
//! on one screen.

mod access;
pub mod approvals;
pub mod authorize;
mod facts;
pub mod interventions;
pub mod log;
pub mod moderation_notes;
pub mod settlement;
pub mod setup;
pub mod stored;

use super::call::ActionCall;
use crate::decision::{Asking, Done, Fact, PageRequest, Step, Stop};
use crate::error::{Error, ErrorCode};
use serde::Deserialize;
use serde_json::Value;
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
        Asking::new(facts)?.run(|asking| service.perform(asking, operation))
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
            Operation::DecideApproval { id, decision, notes } => self.decide_approval(asking, &id, decision, &notes),
            Operation::RespondToApproval { id, response } => self.respond_to_approval(asking, &id, &response),
            Operation::CancelApproval { id } => self.cancel_approval(asking, &id),
            Operation::ListInterventions(query) => self.list_interventions(asking, &query),
            Operation::ListDecisions(page) => self.list_decisions(asking, &page),
        }
    }
}
