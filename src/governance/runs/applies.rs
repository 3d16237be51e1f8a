//! Applies: what follows a plan that may go ahead, and the plan of a pull request that is decided on first (G5, G7).

use super::Runs;
use super::found::wrong_state;
use super::planned::PlannedRun;
use super::stored::{RunChange, RunState, RunType, StoredRun, kind, plan_part_need, plan_run_of, run_need};
use super::timeline::{self, Actor};
use crate::decision::{Asking, Decision, Done, Notice, Refusal, RefusalCode, Stop, Verb};
use crate::governance::configuration::Trigger;
use crate::governance::evaluation::{Governance, decision_of};
use crate::governance::request::User;
use serde_json::json;

impl Runs<'_> {
    /// Queues the apply of a completed plan, unless its changeset was discarded.
    pub(super) fn queue_apply(&self, plan_run: &mut StoredRun, change: &mut RunChange) -> Result<(), Stop> {
        let Some(apply) = self.new_apply(plan_run) else { return Ok(()) };
        change.put(kind::RUN, apply.id.clone(), &apply)?;
        change.expect_run(&apply.id, None);
        let details = json!({ "apply_run_id": apply.id });
        timeline::record(plan_run, change, self.now_ms, "apply_queued", &Actor::System, details)?;
        self.tell_queued(&apply, change)
    }

    /// A new apply run of a changeset that may be applied.
    fn new_apply(&self, plan_run: &mut StoredRun) -> Option<StoredRun> {
        let changeset = plan_run.changeset.as_mut()?;
        if changeset.discarded_at_ms.is_some() || changeset.applied_at_ms.is_some() {
            return None;
        }
        let id = format!("{}~apply{}", plan_run.id, changeset.apply_runs.len() + 1);
        changeset.apply_runs.push(id.clone());
        let (org_id, workspace_id) = (plan_run.org_id.clone(), plan_run.workspace_id.clone());
        Some(StoredRun {
            triggered_by: plan_run.triggered_by.clone(),
            user: plan_run.user.clone(),
            asked_by: plan_run.asked_by.clone(),
            added_count: plan_run.added_count,
            changed_count: plan_run.changed_count,
            destroyed_count: plan_run.destroyed_count,
            ..StoredRun::queued(id, org_id, workspace_id, RunType::Apply, plan_run.trigger, self.now_ms)
        })
    }

    /// `POST /workspaces/{w}/changesets/{c}/apply`: the plan of a pull request is evaluated first, for it was only looked
    /// at before (G7).
    pub(super) fn apply_changeset(&mut self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (mut plan_run, version) = self.found_plan_run(asking, id)?;
        self.want_setup(asking, &plan_run.workspace_id);
        // In the same round: rounds are bounded.
        for part in 0..plan_run.plan_parts {
            asking.want(plan_part_need(&plan_run.id, part));
        }
        for apply in plan_run.changeset.iter().flat_map(|changeset| changeset.apply_runs.last()) {
            asking.want(run_need(apply));
        }
        let identity = self.permitted(asking, &plan_run.workspace_id, Verb::Apply)?;
        if plan_run.status != RunState::Completed {
            return Err(wrong_state(&plan_run, "has no plan to apply"));
        }
        let last = plan_run.changeset.as_ref().and_then(|changeset| changeset.apply_runs.last()).cloned();
        if let Some(last) = last {
            let (apply, _) = self.found(asking, &last)?;
            if !apply.status.is_terminal() {
                return Err(wrong_state(&apply, "applies this changeset already"));
            }
        }
        let Some(mut apply) = self.new_apply(&mut plan_run) else {
            let message = "the changeset was applied or discarded";
            return Err(Refusal::new(RefusalCode::WrongState, message).into());
        };
        // Whoever asks for it has started it, beside whoever started the plan.
        apply.asked_by = Some(User { id: identity.id.clone(), email: identity.email.clone() });
        let mut change = RunChange::of(&plan_run.id, version, self.operation_id);
        change.expect_run(&apply.id, None);
        plan_run.updated_at_ms = self.now_ms;
        let details = json!({ "apply_run_id": apply.id });
        timeline::record(&mut plan_run, &mut change, self.now_ms, "apply_requested", &Actor::of(&identity), details)?;
        let decision = if plan_run.trigger == Trigger::Pr {
            let plan = self.kept_plan(asking, &plan_run)?;
            let workspace = self.workspace(asking, &plan_run.workspace_id)?;
            let prepared = self.cache.prepared(asking, self.org_id)?;
            let request = self.request(&apply, &workspace);
            let digest = Governance::digest_of(&request, &plan)?;
            let record = prepared.governance.enforced(&request, &plan, digest, &[])?;
            let record = self.with_approvers(asking, &prepared, record)?;
            self.settle_evaluation(&mut apply, &mut change, &prepared, &request, &plan, &record)?;
            decision_of(&record)
        } else {
            Decision::Allow
        };
        if apply.status == RunState::Queued {
            self.tell_queued(&apply, &mut change)?;
        }
        change.put(kind::RUN, apply.id.clone(), &apply)?;
        change.wait(&apply)?;
        Self::done(change, &plan_run, &PlannedRun { run: apply, decision })
    }

    /// Tells whoever performs applies.
    pub(super) fn tell_queued(&self, apply: &StoredRun, change: &mut RunChange) -> Result<(), Stop> {
        change.tell(Notice::ApplyQueued {
            id: format!("{}:queued", apply.id),
            org_id: self.org_id.to_owned(),
            run_id: apply.id.clone(),
            plan_run_id: plan_run_of(&apply.id).to_owned(),
        })
    }
}
