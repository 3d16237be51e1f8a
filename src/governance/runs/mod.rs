//! Runs on a host's store: evaluated once when their plan is there, held until entitled people have voted, and told
//! afterwards (sections 2.5, 2.6, 3, 6 and 8).
//!
//! Every operation is a function from a request and facts to an answer and its effects; [`Runs::run`] is the whole surface
//! on one screen.

mod applies;
mod checks;
mod decided;
mod ends;
mod found;
mod planned;
pub mod prepared;
mod seen;
pub mod stored;
mod sweep;
mod timeline;
mod votes;

pub use checks::CheckDecision;
pub use planned::{NewChangeset, NewRun, PlannedRun};
pub use seen::{DecisionLog, PolicyResultList, RequirementList, RunApprovalList, Timeline};
pub use stored::StoredRun;
pub use sweep::SweptRun;

use crate::decision::{Asking, Done, Fact, Step, Stop};
use crate::error::{Error, ErrorCode};
use crate::governance::requirements::Vote;
use prepared::Cache;
use serde::{Deserialize, Serialize};
use stored::RunChange;

/// One operation on a run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum RunOperation {
    /// `POST /workspaces/{id}/runs`
    CreateRun(NewRun),
    /// `POST /runs/{id}/start`
    StartRun {
        /// The run.
        id: String,
    },
    /// `POST /runs/{id}/plan`, with the plan as the document of the call
    DeliverPlan {
        /// The run.
        id: String,
    },
    /// `POST /runs/{id}/fail`
    FailRun {
        /// The run.
        id: String,
        /// What went wrong.
        error_summary: String,
    },
    /// `POST /workspaces/{w}/runs/{id}/approve` and `/reject`
    Vote {
        /// The run.
        id: String,
        /// Yes or no.
        decision: Vote,
        /// Why.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        comment: String,
    },
    /// `POST /runs/{id}/external-checks/{providerId}`; the host has found the token right
    ReceiveCheck {
        /// The run.
        id: String,
        /// The provider.
        provider_id: String,
        /// What it says.
        decision: CheckDecision,
        /// Why.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        reason: String,
    },
    /// `POST /sweep`, for one run; for the host alone
    SweepRun {
        /// The run.
        id: String,
    },
    /// `POST /workspaces/{w}/runs/{id}/renotify`
    Renotify {
        /// The run.
        id: String,
    },
    /// `POST /workspaces/{w}/runs/{id}/abort`
    AbortRun {
        /// The run.
        id: String,
    },
    /// `POST /workspaces/{w}/changesets/{id}/apply`
    ApplyChangeset {
        /// The run whose plan is applied.
        id: String,
    },
    /// `POST /workspaces/{w}/changesets/{id}/discard`
    DiscardChangeset {
        /// The run whose plan is discarded.
        id: String,
    },
    /// `POST /runs/{id}/applied`
    CompleteApply {
        /// The apply run.
        id: String,
    },
    /// `GET /runs/{id}`
    GetRun {
        /// The run.
        id: String,
    },
    /// `GET /runs/{id}/approval-requirements`
    ListRequirements {
        /// The run.
        id: String,
    },
    /// `GET /workspaces/{w}/runs/{id}/approvals`
    ListApprovals {
        /// The run.
        id: String,
    },
    /// `GET /runs/{id}/policy-results`
    ListPolicyResults {
        /// The run.
        id: String,
    },
    /// `GET /runs/{id}/governance-timeline`
    GetTimeline {
        /// The run.
        id: String,
    },
    /// `GET /runs/{id}/decision-log`
    GetDecisionLog {
        /// The run.
        id: String,
    },
    /// `POST /runs/{id}/governance-preview`
    PreviewRun {
        /// The run.
        id: String,
    },
}

/// A question to [`Runs`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// The organisation.
    pub org_id: String,
    /// The workspace that the run must lie in, where the caller has named one: elsewhere it is not found.
    #[serde(default)]
    #[cfg_attr(test, ts(optional))]
    pub workspace_id: Option<String>,
    /// What is asked for.
    pub operation: RunOperation,
    /// The host's id for this operation: a run that is created gets it, and the same operation twice is one.
    pub operation_id: String,
    /// The time, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub now_ms: u64,
    /// Seeds the random builtins of an evaluation.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number", optional))]
    pub seed: u64,
    /// The answers to the needs of earlier rounds.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

/// One operation while it runs.
pub struct Runs<'a> {
    org_id: &'a str,
    workspace_id: Option<&'a str>,
    operation_id: &'a str,
    now_ms: u64,
    seed: u64,
    cache: &'a mut Cache,
}

impl Runs<'_> {
    /// Runs an operation to its next step. `document` is the plan of `deliver_plan`.
    ///
    /// # Errors
    /// `malformed_request` for an empty id; the plan reader's errors; those of facts.
    pub fn run(request: RunRequest, document: Option<&[u8]>, cache: &mut Cache) -> Result<Step, Error> {
        for (path, id) in [("/org_id", &request.org_id), ("/operation_id", &request.operation_id)] {
            if id.trim().is_empty() {
                return Err(Error::new(ErrorCode::MalformedRequest, "an id is empty").at(path));
            }
        }
        let RunRequest { org_id, workspace_id, operation, operation_id, now_ms, seed, facts } = request;
        let workspace_id = workspace_id.as_deref();
        let mut runs = Runs { org_id: &org_id, workspace_id, operation_id: &operation_id, now_ms, seed, cache };
        Asking::new(facts)?.run(|asking| runs.perform(asking, operation, document.unwrap_or_default()))
    }

    fn perform(&mut self, asking: &Asking, operation: RunOperation, document: &[u8]) -> Result<Done, Stop> {
        match operation {
            RunOperation::CreateRun(new) => self.create_run(asking, new),
            RunOperation::StartRun { id } => self.start_run(asking, &id),
            RunOperation::DeliverPlan { id } => self.deliver_plan(asking, &id, document),
            RunOperation::FailRun { id, error_summary } => self.fail_run(asking, &id, &error_summary),
            RunOperation::Vote { id, decision, comment } => self.vote(asking, &id, decision, &comment),
            RunOperation::ReceiveCheck { id, provider_id, decision, reason } => {
                self.receive_check(asking, &id, &provider_id, decision, &reason)
            }
            RunOperation::SweepRun { id } => self.sweep_run(asking, &id),
            RunOperation::Renotify { id } => self.renotify(asking, &id),
            RunOperation::AbortRun { id } => self.abort_run(asking, &id),
            RunOperation::ApplyChangeset { id } => self.apply_changeset(asking, &id),
            RunOperation::DiscardChangeset { id } => self.discard_changeset(asking, &id),
            RunOperation::CompleteApply { id } => self.complete_apply(asking, &id),
            RunOperation::GetRun { id } => self.get_run(asking, &id),
            RunOperation::ListRequirements { id } => self.list_requirements(asking, &id),
            RunOperation::ListApprovals { id } => self.list_approvals(asking, &id),
            RunOperation::ListPolicyResults { id } => self.list_results(asking, &id),
            RunOperation::GetTimeline { id } => self.timeline(asking, &id),
            RunOperation::GetDecisionLog { id } => self.decision_log(asking, &id),
            RunOperation::PreviewRun { id } => self.preview_run(asking, &id),
        }
    }

    /// An answer, and the commit of the run that makes it true.
    fn done(change: RunChange, run: &StoredRun, answer: &impl Serialize) -> Result<Done, Stop> {
        let mut done = Done::answer(answer)?;
        done.effects = change.effects(run)?;
        Ok(done)
    }
}
