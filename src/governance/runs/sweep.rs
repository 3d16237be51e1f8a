//! Time: what was not decided when its time was up (section 6.5). Sweeping twice is sweeping once.

use super::Runs;
use super::stored::{RunChange, RunState, StoredRun};
use super::timeline::{self, Actor};
use super::votes::{decided, requested};
use crate::decision::{Asking, Done, Reason, Requirement, RequirementStatus, Stop};
use crate::sorted::InOrder;
use serde::Serialize;
use serde_json::json;

/// What a sweep did to a run, and when the next has something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SweptRun {
    /// The run.
    pub run_id: String,
    /// The requirements that were acted on.
    pub acted_on: Vec<String>,
    /// The first time at which something is up, in milliseconds since 1970; null: nothing is.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub next_at_ms: Option<u64>,
}

impl Runs<'_> {
    /// `POST /sweep`, for one run: every open requirement whose time is up is acted on, never before it is.
    pub(super) fn sweep_run(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (mut run, version) = self.found(asking, id)?;
        let mut due: Vec<&Requirement> = if run.status == RunState::PendingApproval {
            run.requirements.iter().filter(|open| is_due(open, self.now_ms)).collect()
        } else {
            Vec::new()
        };
        // What ends the run comes first: nobody is asked about one that is rejected in the same breath.
        due.order_by_key(|open| !rejects(open));
        let due: Vec<String> = due.into_iter().map(|open| open.id.clone()).collect();
        if due.is_empty() {
            let next_at_ms = next_at(&run);
            return Done::answer(&SweptRun { run_id: run.id, acted_on: due, next_at_ms });
        }
        let mut change = RunChange::of(id, version, self.operation_id);
        run.updated_at_ms = self.now_ms;
        let mut acted_on = Vec::new();
        for requirement in due {
            // The first may have ended the run.
            if run.status == RunState::PendingApproval {
                self.time_is_up(&mut run, &mut change, &requirement)?;
                acted_on.push(requirement);
            }
        }
        self.settle(asking, &mut run, &mut change)?;
        let answer = SweptRun { run_id: run.id.clone(), acted_on, next_at_ms: next_at(&run) };
        Self::done(change, &run, &answer)
    }

    fn time_is_up(&self, run: &mut StoredRun, change: &mut RunChange, id: &str) -> Result<(), Stop> {
        let Some(requirement) = run.requirements.iter_mut().find(|requirement| requirement.id == id) else {
            return Ok(());
        };
        let mut details =
            json!({ "requirement_id": requirement.id, "name": requirement.name, "stage": requirement.stage });
        if let (Some(reason), Some(details)) = (&requirement.escalation_reason, details.as_object_mut()) {
            details.insert("reason".to_owned(), reason.as_str().into());
        }
        match requirement.escalation_action.as_str() {
            "auto_approve" => {
                requirement.status = RequirementStatus::Satisfied;
                timeline::record(run, change, self.now_ms, "requirement_auto_approved", &Actor::System, details)?;
                self.open_next(run, change)
            }
            "escalate_to" => {
                // Votes that were cast stay counted, and there is no second deadline (G20).
                requirement.expires_at_ms = None;
                match requirement.escalation_team_id.clone() {
                    Some(team) => {
                        requirement.approver_type = "team".to_owned();
                        requirement.approver_id = Some(team);
                        requirement.approver_role = None;
                    }
                    // A provider need not name one (G19).
                    None => {
                        requirement.approver_type = "org_role".to_owned();
                        requirement.approver_id = None;
                        requirement.approver_role = Some("admin".to_owned());
                    }
                }
                let escalated = requirement.clone();
                if let Some(details) = details.as_object_mut() {
                    details.insert("approver_type".to_owned(), escalated.approver_type.as_str().into());
                    details.insert("approver_id".to_owned(), escalated.approver_id.clone().into());
                    details.insert("approver_role".to_owned(), escalated.approver_role.clone().into());
                }
                timeline::record(run, change, self.now_ms, "requirement_escalated", &Actor::System, details)?;
                change.tell(requested(run, escalated, ":escalated".to_owned()))
            }
            // Whatever else stands there: what nobody approved is not approved.
            _ => {
                requirement.status = RequirementStatus::Rejected;
                run.reasons.push(Reason {
                    requirement_id: Some(requirement.id.clone()),
                    ..Reason::new("approval_timed_out", format!("nobody decided on `{}` in time", requirement.name))
                });
                for other in &mut run.requirements {
                    if matches!(other.status, RequirementStatus::Pending | RequirementStatus::Active) {
                        other.status = RequirementStatus::Cancelled;
                    }
                }
                timeline::record(run, change, self.now_ms, "requirement_rejected", &Actor::System, details)?;
                run.status = RunState::Rejected;
                change.tell(decided(run))
            }
        }
    }
}

/// Whether it rejects the run when its time is up, as everything does that says nothing else.
fn rejects(requirement: &Requirement) -> bool {
    !matches!(requirement.escalation_action.as_str(), "auto_approve" | "escalate_to")
}

fn is_due(requirement: &Requirement, now_ms: u64) -> bool {
    requirement.status == RequirementStatus::Active && requirement.expires_at_ms.is_some_and(|at| at <= now_ms)
}

/// The first time at which an open requirement of a pending run is up.
pub(super) fn next_at(run: &StoredRun) -> Option<u64> {
    if run.status != RunState::PendingApproval {
        return None;
    }
    let open = run.requirements.iter().filter(|requirement| requirement.status == RequirementStatus::Active);
    open.filter_map(|requirement| requirement.expires_at_ms).min()
}
