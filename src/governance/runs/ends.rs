//! How a run ends other than by governance: failed, aborted, applied; and a changeset that is discarded.

use super::Runs;
use super::found::wrong_state;
use super::stored::{RunChange, RunState, RunType, StoredRun, kind, plan_run_of};
use super::timeline::{self, Actor};
use super::votes::decided;
use crate::decision::{Asking, Done, Identity, Refusal, RefusalCode, RequirementStatus, Stop, Verb};
use serde_json::{Value, json};

impl Runs<'_> {
    /// `POST /runs/{id}/fail`: it ended in an error before governance, or while it was applied.
    pub(super) fn fail_run(&self, asking: &Asking, id: &str, error_summary: &str) -> Result<Done, Stop> {
        let (mut run, version) = self.found(asking, id)?;
        let identity = self.permitted(asking, &run.workspace_id, Verb::Trigger)?;
        if !matches!(run.status, RunState::Queued | RunState::InProgress) {
            return Err(wrong_state(&run, "cannot fail any more"));
        }
        run.error_summary = Some(error_summary.to_owned());
        let details = json!({ "error_summary": error_summary });
        self.ended(run, version, RunState::Failed, "run_failed", &identity, details)
    }

    /// `POST /runs/{id}/start`: somebody works on it.
    pub(super) fn start_run(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (mut run, version) = self.found(asking, id)?;
        self.permitted(asking, &run.workspace_id, Verb::Trigger)?;
        if run.status != RunState::Queued {
            return Err(wrong_state(&run, "cannot be started"));
        }
        run.status = RunState::InProgress;
        run.updated_at_ms = self.now_ms;
        let change = RunChange::of(id, version, self.operation_id);
        Self::done(change, &run, &run)
    }

    /// `POST /workspaces/{w}/runs/{r}/abort`: open requirements are cancelled.
    pub(super) fn abort_run(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (mut run, version) = self.found(asking, id)?;
        let identity = self.permitted(asking, &run.workspace_id, Verb::Abort)?;
        if run.status.is_terminal() {
            return Err(wrong_state(&run, "cannot be aborted any more"));
        }
        for requirement in &mut run.requirements {
            if matches!(requirement.status, RequirementStatus::Pending | RequirementStatus::Active) {
                requirement.status = RequirementStatus::Cancelled;
            }
        }
        self.ended(run, version, RunState::Aborted, "run_aborted", &identity, json!({}))
    }

    /// `POST /runs/{id}/applied`: the apply was performed.
    pub(super) fn complete_apply(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (mut run, version) = self.found(asking, id)?;
        let identity = self.permitted(asking, &run.workspace_id, Verb::Trigger)?;
        if run.run_type != RunType::Apply || !matches!(run.status, RunState::Queued | RunState::InProgress) {
            return Err(wrong_state(&run, "was not to be applied"));
        }
        let (mut plan_run, plan_version) = self.found_plan_run(asking, plan_run_of(id))?;
        if let Some(changeset) = &mut plan_run.changeset {
            changeset.applied_at_ms = Some(self.now_ms);
        }
        plan_run.updated_at_ms = self.now_ms;
        run.status = RunState::Completed;
        run.updated_at_ms = self.now_ms;
        let mut change = RunChange::of(id, version, self.operation_id);
        timeline::record(&mut run, &mut change, self.now_ms, "apply_completed", &Actor::of(&identity), json!({}))?;
        change.expect_run(&plan_run.id, plan_version);
        change.put(kind::RUN, plan_run.id.clone(), &plan_run)?;
        change.tell(decided(&run))?;
        Self::done(change, &run, &run)
    }

    /// `POST /workspaces/{w}/changesets/{c}/discard`: it is never applied then. A pending run may still be decided (G33).
    pub(super) fn discard_changeset(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (mut run, version) = self.found_plan_run(asking, id)?;
        let identity = self.permitted(asking, &run.workspace_id, Verb::Apply)?;
        let last = run.changeset.as_ref().and_then(|changeset| changeset.apply_runs.last()).cloned();
        if let Some(last) = last {
            let (apply, _) = self.found(asking, &last)?;
            if !apply.status.is_terminal() {
                return Err(wrong_state(&apply, "applies the changeset"));
            }
        }
        let now_ms = self.now_ms;
        let open = run.changeset.as_mut().filter(|set| set.applied_at_ms.is_none() && set.discarded_at_ms.is_none());
        let Some(changeset) = open else {
            return Err(Refusal::new(RefusalCode::WrongState, "the changeset was applied or discarded already").into());
        };
        changeset.discarded_at_ms = Some(now_ms);
        run.updated_at_ms = now_ms;
        let mut change = RunChange::of(id, version, self.operation_id);
        timeline::record(&mut run, &mut change, now_ms, "changeset_discarded", &Actor::of(&identity), json!({}))?;
        Self::done(change, &run, &run)
    }

    fn ended(
        &self,
        mut run: StoredRun,
        version: Option<String>,
        status: RunState,
        event: &str,
        identity: &Identity,
        details: Value,
    ) -> Result<Done, Stop> {
        run.status = status;
        run.updated_at_ms = self.now_ms;
        let mut change = RunChange::of(&run.id, version, self.operation_id);
        timeline::record(&mut run, &mut change, self.now_ms, event, &Actor::of(identity), details)?;
        change.tell(decided(&run))?;
        Self::done(change, &run, &run)
    }
}
