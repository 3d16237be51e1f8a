//! A run from its creation to its evaluation, and what follows when it may go ahead.

use super::Runs;
use super::found::wrong_state;
use super::prepared::Prepared;
use super::stored::{
    Changeset, EvaluationOfRun, PlanPart, RunChange, RunState, RunType, StoredResults, StoredRun, kind, part_key,
};
use super::timeline::{self, Actor};
use crate::decision::audit::timestamp;
use crate::decision::{Asking, Decision, Done, Notice, Reason, Refusal, Requirement, Source, Stop, Verb};
use crate::error::{Error, ErrorCode};
use crate::governance::administration::stored::workspace_need;
use crate::governance::configuration::Trigger;
use crate::governance::evaluation::{Governance, decision_of, looked_at};
use crate::governance::people;
use crate::governance::plan::Plan;
use crate::governance::request::{GovernanceRequest, User};
use crate::governance::run_record::{RunRecord, RunStatus};
use crate::limits;
use crate::typed;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Bytes of one part of a kept plan: a record stays far below what a row of a database may hold.
const PART_BYTES: usize = 500_000;

/// What a run is created from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// Where it takes place; the workspace must be known.
    pub workspace_id: String,
    /// What starts it. A person starts runs by hand, `manual`; all else is reported by a service.
    pub trigger: Trigger,
    /// Who or what, for people: the e-mail of who pushed, as a rule. A person starts a run as who they are.
    #[serde(default)]
    pub triggered_by: Option<String>,
    /// Who starts it; absent for a push, a schedule or a promotion.
    #[serde(default)]
    pub user: Option<User>,
    /// What the plan is made from.
    #[serde(default)]
    pub changeset: Option<NewChangeset>,
    /// The workspace that is promoted, where the host has found that this one follows it: a person may start such a run.
    #[serde(default)]
    pub promoted_from: Option<String>,
}

/// What a changeset is created from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct NewChangeset {
    /// `git` or `api`. Default api.
    #[serde(default)]
    pub source_type: Option<String>,
    /// The commit, for git.
    #[serde(default)]
    pub source_ref: Option<String>,
    /// The pull request.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number | null", optional))]
    pub pr_number: Option<u64>,
}

/// A run after its plan was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlannedRun {
    /// The run.
    pub run: StoredRun,
    /// The final word on it, as it stands.
    pub decision: Decision,
}

impl Runs<'_> {
    /// `POST /workspaces/{id}/runs`
    pub(super) fn create_run(&self, asking: &Asking, new: NewRun) -> Result<Done, Stop> {
        asking.want(workspace_need(self.org_id, &new.workspace_id));
        let identity = self.permitted(asking, &new.workspace_id, Verb::Trigger)?;
        self.workspace(asking, &new.workspace_id)?;
        let asked_by = User { id: identity.id.clone(), email: identity.email.clone() };
        // A person starts a run as who they are; only a service may say whom it starts one for.
        let (user, triggered_by) = if identity.is_session {
            let is_other = new.user.as_ref().is_some_and(|user| user.id.is_some() && user.id != identity.id);
            if is_other {
                return Err(Refusal::field("/user", "a person cannot start a run in the name of another").into());
            }
            // What a rule or a policy asks of pushes and schedules must not be dodged, or met, by saying so.
            let is_promotion = new.trigger == Trigger::Promotion && new.promoted_from.is_some();
            if new.trigger != Trigger::Manual && !is_promotion {
                let message = "a person starts a run by hand, `manual`; pushes, schedules, pull requests and promotions are \
                               reported by a service";
                return Err(Refusal::field("/trigger", message).into());
            }
            if new.triggered_by.is_some_and(|name| ![&identity.email, &identity.id].contains(&&Some(name))) {
                return Err(Refusal::field("/triggered_by", "a person starts a run as who they are").into());
            }
            (Some(asked_by.clone()), identity.email.clone().or(identity.id.clone()))
        } else {
            (new.user, new.triggered_by)
        };
        if self.operation_id.contains(['~', '/']) {
            return Err(Error::new(ErrorCode::MalformedRequest, "the id of a run holds no `~` and no `/`")
                .at("/operation_id")
                .into());
        }
        let changeset = new.changeset.unwrap_or_default();
        let source_type = changeset.source_type.unwrap_or_else(|| "api".to_owned());
        if !matches!(source_type.as_str(), "git" | "api") {
            return Err(Refusal::field("/changeset/source_type", "`source_type` of a changeset is git or api").into());
        }
        let (id, org_id) = (self.operation_id.to_owned(), self.org_id.to_owned());
        let run = StoredRun {
            triggered_by,
            user,
            asked_by: Some(asked_by),
            changeset: Some(Changeset {
                source_type,
                source_ref: changeset.source_ref,
                pr_number: changeset.pr_number,
                applied_at_ms: None,
                discarded_at_ms: None,
                apply_runs: Vec::new(),
            }),
            ..StoredRun::queued(id, org_id, new.workspace_id, RunType::Plan, new.trigger, self.now_ms)
        };
        let change = RunChange::of(&run.id, None, self.operation_id);
        Self::done(change, &run, &run)
    }

    /// `POST /runs/{id}/plan`: the evaluation at plan completion, once for each run. The same plan again changes
    /// nothing and is answered with the run as it is now; another is refused.
    pub(super) fn deliver_plan(&mut self, asking: &Asking, id: &str, document: &[u8]) -> Result<Done, Stop> {
        let plan = Plan::read(document)?;
        if plan.is_errored() {
            return Err(Error::new(ErrorCode::PlanErrored, "the plan ended in an error and is not evaluated")
                .with_help("report the run as failed")
                .into());
        }
        let (mut run, version) = self.found(asking, id)?;
        self.want_setup(asking, &run.workspace_id);
        self.permitted(asking, &run.workspace_id, Verb::Trigger)?;
        if let Some(evaluation) = &run.evaluation
            && run.run_type == RunType::Plan
            && evaluation.plan_digest == plan.digest()
        {
            let decision = decision_of(&as_record(&run));
            return Done::answer(&PlannedRun { run, decision });
        }
        if run.run_type != RunType::Plan || !matches!(run.status, RunState::Queued | RunState::InProgress) {
            return Err(wrong_state(&run, "takes no plan"));
        }
        let workspace = self.workspace(asking, &run.workspace_id)?;
        let prepared = self.cache.prepared(asking, self.org_id)?;
        let request = self.request(&run, &workspace);
        let digest = Governance::digest_of(&request, &plan)?;
        let enforced = prepared.governance.enforced(&request, &plan, digest, &[])?;
        let enforced = self.with_approvers(asking, &prepared, enforced)?;
        let record = if run.trigger == Trigger::Pr { looked_at(enforced) } else { enforced };
        let mut change = RunChange::of(id, version, self.operation_id);
        let text = typed::written(&plan.keep()?)?.to_string();
        run.plan_parts = 0;
        for part in parts(&text) {
            change.put(kind::PLAN, part_key(run.plan_parts), &PlanPart { text: part.to_owned() })?;
            run.plan_parts += 1;
        }
        run.added_count = Some(plan.counts.added);
        run.changed_count = Some(plan.counts.changed);
        run.destroyed_count = Some(plan.counts.destroyed);
        self.settle_evaluation(&mut run, &mut change, &prepared, &request, &plan, &record)?;
        if run.status == RunState::Completed && workspace.auto_apply && run.trigger != Trigger::Pr {
            self.queue_apply(&mut run, &mut change)?;
        }
        let decision = decision_of(&record);
        let answer = PlannedRun { run: run.clone(), decision };
        Self::done(change, &run, &answer)
    }

    /// The outcome with its approvers as they are now: a team that a policy names is looked up once, and where there is none
    /// administrators are asked (G28). Nobody else can take its name afterwards.
    pub(super) fn with_approvers(
        &self,
        asking: &Asking,
        prepared: &Prepared,
        mut record: RunRecord,
    ) -> Result<RunRecord, Stop> {
        let is_named =
            |requirement: &&mut Requirement| requirement.source == Source::Opa && requirement.approver_type == "team";
        for requirement in record.requirements.iter_mut().filter(is_named) {
            asking.want(people::team_need(self.org_id, requirement.approver_id.as_deref().unwrap_or_default()));
        }
        for requirement in record.requirements.iter_mut().filter(is_named) {
            let name = requirement.approver_id.clone().unwrap_or_default();
            match people::team(asking, self.org_id, &name)? {
                Some(team) => requirement.approver_id = Some(team.id),
                None => {
                    requirement.approver_type = "org_role".to_owned();
                    requirement.approver_id = None;
                    requirement.approver_role = Some("admin".to_owned());
                    let why =
                        if requirement.reason.is_empty() { String::new() } else { format!("{}; ", requirement.reason) };
                    requirement.reason = format!("{why}there is no team `{name}`");
                }
            }
        }
        for requirement in &mut record.requirements {
            requirement.forbids_self_approval |= prepared.settings.forbid_self_approval;
        }
        Ok(record)
    }

    /// Takes the outcome of an evaluation over into a run: status, snapshots, results, events, notices, audit.
    pub(super) fn settle_evaluation(
        &self,
        run: &mut StoredRun,
        change: &mut RunChange,
        prepared: &Prepared,
        request: &GovernanceRequest,
        plan: &Plan,
        record: &RunRecord,
    ) -> Result<(), Stop> {
        run.updated_at_ms = self.now_ms;
        run.status = match (record.status, run.run_type) {
            // An apply that governance lets pass still has to be performed.
            (RunStatus::Completed, RunType::Apply) => RunState::Queued,
            (RunStatus::Completed, RunType::Plan) => RunState::Completed,
            (RunStatus::PendingApproval, _) => RunState::PendingApproval,
            (RunStatus::Rejected, _) => RunState::Rejected,
        };
        run.reasons.clone_from(&record.reasons);
        run.requirements.clone_from(&record.requirements);
        run.evaluation = Some(EvaluationOfRun {
            digest: record.digest.clone(),
            plan_digest: plan.digest(),
            revision: record.revision.clone(),
            mandatory_violations: record.response.mandatory_violations,
        });
        change.put(kind::RESULTS, run.id.clone(), &self.results(run, record))?;
        self.tell_evaluated(run, change, record)?;
        let mut audit = prepared.governance.audit(request, plan, record, &decision_of(record))?;
        audit.mask(&prepared.settings.audit_masks);
        change.append(kind::AUDIT, request.decision_id.clone(), &audit)?;
        for notice in prepared.governance.notices(request, plan, None, record) {
            match notice {
                // A queued apply has no final word yet.
                Notice::RunDecided { .. } if !run.status.is_terminal() => {}
                notice => change.tell(notice)?,
            }
        }
        Ok(())
    }

    /// One event for each set (G50), and one for each requirement that opened.
    fn tell_evaluated(&self, run: &mut StoredRun, change: &mut RunChange, record: &RunRecord) -> Result<(), Stop> {
        let mut sets: Vec<(usize, &str, bool, Vec<&String>)> = Vec::new();
        for result in &record.response.policy_results {
            match sets.last_mut().filter(|(at, ..)| *at == result.set_at) {
                Some((.., passed, violations)) => {
                    *passed &= result.passed;
                    violations.extend(&result.violations);
                }
                None => {
                    let violations = result.violations.iter().collect();
                    sets.push((result.set_at, &result.policy_set_name, result.passed, violations));
                }
            }
        }
        for (_, name, passed, violations) in sets {
            let count = violations.len();
            let told: Vec<&String> = violations.into_iter().take(limits::TOLD_MESSAGES).collect();
            let details = json!({
                "policy_set_name": name, "passed": passed, "violations": told, "violations_count": count,
            });
            timeline::record(run, change, self.now_ms, "policy_evaluated", &Actor::System, details)?;
        }
        self.tell_opened(run, change, &[])
    }

    /// An event for each requirement that is open now and was not before.
    pub(super) fn tell_opened(
        &self,
        run: &mut StoredRun,
        change: &mut RunChange,
        before: &[String],
    ) -> Result<(), Stop> {
        let opened: Vec<_> = run
            .requirements
            .iter()
            .filter(|requirement| requirement.status == crate::decision::RequirementStatus::Active)
            .filter(|requirement| !before.contains(&requirement.id))
            .map(|requirement| json!({ "requirement_id": requirement.id, "name": requirement.name, "stage": requirement.stage, "reason": requirement.reason }))
            .collect();
        for details in opened {
            timeline::record(run, change, self.now_ms, "requirement_active", &Actor::System, details)?;
        }
        Ok(())
    }

    fn results(&self, run: &StoredRun, record: &RunRecord) -> StoredResults {
        StoredResults {
            run_id: run.id.clone(),
            policy_results: record.response.policy_results.clone(),
            evaluated_at: timestamp(self.now_ms),
        }
    }
}

/// A run as the decision on it is computed from.
pub(super) fn as_record(run: &StoredRun) -> RunRecord {
    let status = match run.status {
        RunState::Completed => RunStatus::Completed,
        RunState::PendingApproval => RunStatus::PendingApproval,
        RunState::Queued if run.run_type == RunType::Apply => RunStatus::Completed,
        RunState::Queued | RunState::InProgress | RunState::Failed | RunState::Rejected | RunState::Aborted => {
            RunStatus::Rejected
        }
    };
    let evaluation = run.evaluation.clone();
    let reasons = match run.status {
        RunState::Failed | RunState::Aborted if run.reasons.is_empty() => {
            vec![Reason::new("run_ended", format!("the run is `{}`", run.status.as_str()))]
        }
        _ => run.reasons.clone(),
    };
    RunRecord {
        run_id: run.id.clone(),
        status,
        trigger: run.trigger,
        enforced_status: status,
        digest: evaluation.as_ref().map(|evaluation| evaluation.digest.clone()).unwrap_or_default(),
        revision: evaluation.map(|evaluation| evaluation.revision).unwrap_or_default(),
        requirements: run.requirements.clone(),
        reasons,
        response: crate::governance::response::PreviewResponse::default(),
    }
}

/// A text in parts that end between characters.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.len() > PART_BYTES {
        let mut at = PART_BYTES;
        while !rest.is_char_boundary(at) {
            at -= 1;
        }
        let (part, behind) = rest.split_at(at);
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts
}
