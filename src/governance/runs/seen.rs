//! What may be seen of a run: itself, its requirements, votes, results and timeline; and its preview under the set-up of now.

use super::found::wrong_state;
use super::stored::{
    RunApproval, RunChange, RunState, RunType, StoredResults, StoredRun, kind, partition, plan_part_need, results_need,
    run_need,
};
use super::timeline::{TimelineEntry, broken_at};
use super::{Runs, decided, stored};
use crate::decision::audit::timestamp;
use crate::decision::{Asking, Done, Effects, Kept, Need, Page, Refusal, Requirement, Stop, Verb};
use crate::governance::evaluation::Governance;
use crate::governance::policy_sets::PolicyResult;
use crate::sorted::InOrder;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The requirements of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RequirementList {
    /// In the order rules, policies, providers.
    pub requirements: Vec<Requirement>,
}

/// The votes on a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunApprovalList {
    /// In the order in which they were cast.
    pub approvals: Vec<RunApproval>,
}

/// What the policies said of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicyResultList {
    /// One for each policy; empty before an evaluation.
    pub policy_results: Vec<PolicyResult>,
}

/// The decision log of a run's changeset.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DecisionLog {
    /// In the order of time: the evaluations of its runs, and the final words that votes, checks or time gave later. What the settings mask is left out.
    #[cfg_attr(test, ts(type = "AuditRecord[]"))]
    pub decisions: Vec<Value>,
}

/// What happened to a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Timeline {
    /// In order.
    pub events: Vec<TimelineEntry>,
    /// The first entry that is not as it was recorded; null: all are.
    pub broken_at: Option<String>,
}

impl Runs<'_> {
    /// `GET /runs/{id}`
    pub(super) fn get_run(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        Done::answer(&self.readable(asking, id)?.0)
    }

    /// `GET /runs/{id}/approval-requirements`
    pub(super) fn list_requirements(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (run, _) = self.readable(asking, id)?;
        Done::answer(&RequirementList { requirements: run.requirements })
    }

    /// `GET /workspaces/{w}/runs/{r}/approvals`
    pub(super) fn list_approvals(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(entries(id, kind::APPROVAL));
        self.readable(asking, id)?;
        Done::answer(&RunApprovalList { approvals: all(asking, id, kind::APPROVAL)? })
    }

    /// `GET /runs/{id}/policy-results`
    pub(super) fn list_results(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(results_need(id));
        self.readable(asking, id)?;
        let kept: Kept<StoredResults> = asking.record(results_need(id))?;
        let policy_results = kept.value.map(|results| results.policy_results).unwrap_or_default();
        Done::answer(&PolicyResultList { policy_results })
    }

    /// `GET /runs/{id}/governance-timeline`
    pub(super) fn timeline(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(entries(id, kind::EVENT));
        let (run, version) = self.readable(asking, id)?;
        let events: Vec<TimelineEntry> = all(asking, id, kind::EVENT)?;
        // What happens between the two would look like tampering.
        let now: Kept<StoredRun> = asking.record(run_need(id).again())?;
        if now.version != version {
            return Err(Stop::Stale);
        }
        let broken_at = broken_at(&events, &run);
        Done::answer(&Timeline { events, broken_at })
    }

    /// `GET /runs/{id}/decision-log`
    pub(super) fn decision_log(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let log = Need::Records {
            partition: partition(id),
            kind: kind::AUDIT.to_owned(),
            from: None,
            to: None,
            limit: None,
            cursor: None,
        };
        asking.want(log.clone());
        self.readable(asking, id)?;
        let page: Page<Value> = asking.records(log)?;
        let mut decisions: Vec<Value> = page.records.into_iter().map(|record| record.value).collect();
        let text = |entry: &Value, field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        // What was approved in the same millisecond was evaluated before.
        decisions.order_by_key(|entry| (text(entry, "timestamp"), text(entry, "path") == decided::PATH));
        Done::answer(&DecisionLog { decisions })
    }

    /// `POST /runs/{id}/governance-preview`: what the set-up of now says of the plan that was kept. It replaces the run's
    /// results and changes nothing else (section 8).
    pub(super) fn preview_run(&mut self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(results_need(id));
        let (run, _) = self.found(asking, id)?;
        self.want_setup(asking, &run.workspace_id);
        for part in 0..run.plan_parts {
            asking.want(plan_part_need(id, part));
        }
        let (run, _) = self.readable(asking, id)?;
        if run.run_type != RunType::Plan {
            return Err(Refusal::field("/id", "only the run of a plan is previewed").into());
        }
        if !matches!(run.status, RunState::Completed | RunState::PendingApproval | RunState::Rejected) {
            return Err(wrong_state(&run, "has no plan to preview"));
        }
        let results: Kept<StoredResults> = asking.record(results_need(id))?;
        let plan = self.kept_plan(asking, &run)?;
        let workspace = self.workspace(asking, &run.workspace_id)?;
        let prepared = self.cache.prepared(asking, self.org_id)?;
        let request = self.request(&run, &workspace);
        let digest = Governance::digest_of(&request, &plan)?;
        let record = prepared.governance.enforced(&request, &plan, digest, &[])?;
        let mut done = Done::answer(&record.response)?;
        let replaced = StoredResults {
            run_id: id.to_owned(),
            policy_results: record.response.policy_results.clone(),
            evaluated_at: timestamp(self.now_ms),
        };
        let mut commit = RunChange::results_of(id, results.version, self.operation_id);
        commit.put(kind::RESULTS, id, &replaced)?;
        done.effects = Effects { commit: Some(commit.into_commit()), notices: Vec::new() };
        Ok(done)
    }

    /// A run that whoever asks may see.
    fn readable(&self, asking: &Asking, id: &str) -> Result<(StoredRun, Option<String>), Stop> {
        let (run, version) = self.found(asking, id)?;
        self.permitted(asking, &run.workspace_id, Verb::Read)?;
        Ok((run, version))
    }
}

fn entries(id: &str, kind: &str) -> Need {
    Need::Records {
        partition: partition(id),
        kind: kind.to_owned(),
        from: Some(stored::entry_key(id, 0)),
        // Numbers are digits; what follows them in the order of ASCII ends the range.
        to: Some(format!("{id}/:")),
        limit: None,
        cursor: None,
    }
}

fn all<T: DeserializeOwned>(asking: &Asking, id: &str, kind: &str) -> Result<Vec<T>, Stop> {
    let page: Page<T> = asking.records(entries(id, kind))?;
    Ok(page.records.into_iter().map(|record| record.value).collect())
}
