//! What an operation on a run begins with: the run, its workspace and plan, who asks, and what policies are asked.

use super::Runs;
use super::stored::{PlanPart, StoredRun, plan_part_need, run_need};
use crate::decision::{Asking, Identity, Kept, Need, Refusal, RefusalCode, Resource, ResourceType, Stop, Verb};
use crate::error::{Error, ErrorCode};
use crate::governance::administration::stored::{StoredWorkspace, configuration_need, workspace_need};
use crate::governance::plan::{KeptPlan, Plan};
use crate::governance::request::{GovernanceRequest, Org, Run, Workspace};
use crate::typed;

impl Runs<'_> {
    /// Asks in one round for what an evaluation begins with: rounds are bounded.
    pub(super) fn want_setup(&self, asking: &Asking, workspace_id: &str) {
        let resource = Resource { r#type: ResourceType::Workspace, id: workspace_id.to_owned() };
        asking.want(Need::Access { resource });
        asking.want(workspace_need(self.org_id, workspace_id));
        asking.want(configuration_need(self.org_id));
    }

    /// The plan of a run, as it was kept.
    pub(super) fn kept_plan(&self, asking: &Asking, plan_run: &StoredRun) -> Result<Plan, Stop> {
        for part in 0..plan_run.plan_parts {
            asking.want(plan_part_need(&plan_run.id, part));
        }
        let mut text = String::new();
        for part in 0..plan_run.plan_parts {
            let kept: Kept<PlanPart> = asking.record(plan_part_need(&plan_run.id, part))?;
            text.push_str(&kept.value.map(|part| part.text).unwrap_or_default());
        }
        let kept = serde_json::from_str(&text)
            .map_err(|error| Error::new(ErrorCode::FactWrongShape, format!("the kept plan cannot be read: {error}")))?;
        let kept: KeptPlan = typed::read(kept, ErrorCode::FactWrongShape, "the kept plan cannot be read")?;
        Ok(Plan::from_kept(kept))
    }

    /// What policies are asked about a run.
    pub(super) fn request(&self, run: &StoredRun, workspace: &StoredWorkspace) -> GovernanceRequest {
        GovernanceRequest {
            workspace: Workspace {
                id: workspace.id.clone(),
                name: workspace.name.clone(),
                attributes: Some(workspace.attributes.clone()),
                project_id: Some(workspace.project_id.clone()),
                detected_attributes: None,
            },
            run: Run {
                id: run.id.clone(),
                // Section 4.1: policies are asked about plans only, also where a plan is about to be applied.
                run_type: "plan".to_owned(),
                trigger: run.trigger,
                triggered_by: run.triggered_by.clone(),
            },
            org: Org { id: self.org_id.to_owned() },
            user: run.user.clone(),
            decision_id: self.operation_id.to_owned(),
            now_ms: self.now_ms,
            seed: Some(self.seed),
            facts: Vec::new(),
        }
    }

    /// A run with the version of its record.
    pub(super) fn found(&self, asking: &Asking, id: &str) -> Result<(StoredRun, Option<String>), Stop> {
        let kept: Kept<StoredRun> = asking.record(run_need(id))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no run `{id}`"));
        // INVARIANT (organisation): partitions of runs do not name it, so it is looked at before anything else is.
        let is_here = |run: &StoredRun| {
            let is_named = self.workspace_id.is_none_or(|workspace| workspace == run.workspace_id);
            run.org_id == self.org_id && run.id == id && is_named
        };
        let run = kept.value.filter(is_here).ok_or_else(missing)?;
        Ok((run, kept.version))
    }

    /// The plan run that a changeset is named after.
    pub(super) fn found_plan_run(&self, asking: &Asking, id: &str) -> Result<(StoredRun, Option<String>), Stop> {
        let (run, version) = self.found(asking, id)?;
        if run.changeset.is_none() {
            return Err(Refusal::new(RefusalCode::NotFound, format!("there is no changeset `{id}`")).into());
        }
        Ok((run, version))
    }

    /// The workspace of a run, as it is now.
    pub(super) fn workspace(&self, asking: &Asking, id: &str) -> Result<StoredWorkspace, Stop> {
        let kept: Kept<StoredWorkspace> = asking.record(workspace_need(self.org_id, id))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no workspace `{id}`"));
        Ok(kept.value.ok_or_else(missing)?)
    }

    /// Who asks, where they may do this with a workspace. Whoever may do nothing with it is told that it is not there.
    pub(super) fn permitted(&self, asking: &Asking, workspace_id: &str, verb: Verb) -> Result<Identity, Stop> {
        let resource = Resource { r#type: ResourceType::Workspace, id: workspace_id.to_owned() };
        let identity = asking.access(resource)?;
        if identity.may(verb) {
            return Ok(identity);
        }
        if identity.may.is_empty() && identity.org_role.is_none() {
            return Err(Refusal::new(RefusalCode::NotFound, "there is no such run or workspace").into());
        }
        let word = typed::written(&verb).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
        let message = format!("{} may not `{word}` in the workspace `{workspace_id}`", identity.name());
        Err(Refusal::new(RefusalCode::NotPermitted, message).into())
    }
}

/// The refusal of what a run's status does not allow.
pub(super) fn wrong_state(run: &StoredRun, why: &str) -> Stop {
    Refusal::new(RefusalCode::WrongState, format!("the run `{}` is `{}` and {why}", run.id, run.status.as_str())).into()
}
