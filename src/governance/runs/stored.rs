//! What is kept of a run: the records, their kinds and keys. All runs of one changeset share a partition, that of its plan run.

use crate::decision::{Commit, Expectation, Need, Notice, Reason, Record, Requirement, Stop, asking::json};
use crate::governance::configuration::Trigger;
use crate::governance::policy_sets::PolicyResult;
use crate::governance::request::User;
use serde::{Deserialize, Serialize};

/// The kinds of record in the partition of a changeset.
pub mod kind {
    /// A run; key: its id.
    pub const RUN: &str = "governed_run";
    /// A run that waits; key: its id. It is there as long as the run is pending, so that a sweep looks at nothing else.
    pub const WAITING: &str = "waiting_run";
    /// What the policies said of a run; key: its id. A preview replaces it.
    pub const RESULTS: &str = "policy_results";
    /// A vote; key: the run's id and a number.
    pub const APPROVAL: &str = "run_approval";
    /// An event of the timeline; key: the run's id and a number.
    pub const EVENT: &str = "governance_event";
    /// A part of the plan, as JSON text; key: its number.
    pub const PLAN: &str = "plan";
    /// An entry of the decision log; key: the id of the decision.
    pub const AUDIT: &str = "audit";
    /// A notice that is to be told; key: its id.
    pub const OUTBOX: &str = "outbox";
}

/// Where a run stands (section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Not started yet.
    Queued,
    /// Being worked on.
    InProgress,
    /// People or providers have not decided yet.
    PendingApproval,
    /// Success.
    Completed,
    /// Ended in an error.
    Failed,
    /// Governance said no.
    Rejected,
    /// A user stopped it.
    Aborted,
}

impl RunState {
    /// Whether nothing changes it any more.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Rejected | Self::Aborted)
    }

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::PendingApproval => "pending_approval",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Aborted => "aborted",
        }
    }
}

/// The kinds of run that governance knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum RunType {
    /// Makes a plan, which is evaluated.
    Plan,
    /// Applies a plan.
    Apply,
}

/// What a plan was made from, and what became of it (section 1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Changeset {
    /// `git` or `api`.
    pub source_type: String,
    /// The commit, for git.
    pub source_ref: Option<String>,
    /// The pull request that made it.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub pr_number: Option<u64>,
    /// When it was applied, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub applied_at_ms: Option<u64>,
    /// When it was discarded: it is never applied then.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub discarded_at_ms: Option<u64>,
    /// The runs that apply it, in their order.
    pub apply_runs: Vec<String>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct StoredRun {
    /// The id.
    pub id: String,
    /// The organisation. To every other one the run does not exist: roles are held in an organisation.
    pub org_id: String,
    /// Where it takes place.
    pub workspace_id: String,
    /// What it does.
    pub run_type: RunType,
    /// What started it; for an apply, what started the plan.
    pub trigger: Trigger,
    /// Who or what, for people.
    pub triggered_by: Option<String>,
    /// Who started it, for policies.
    pub user: Option<User>,
    /// Who asked for it, as the host knew them: whatever `user` says, this is who may not vote where self-approval is forbidden.
    pub asked_by: Option<User>,
    /// Where it stands.
    pub status: RunState,
    /// Entries of the plan, once there is one.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub added_count: Option<u64>,
    /// As `added_count`.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub changed_count: Option<u64>,
    /// As `added_count`.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub destroyed_count: Option<u64>,
    /// Why it failed.
    pub error_summary: Option<String>,
    /// Why it was rejected; empty otherwise.
    pub reasons: Vec<Reason>,
    /// What was asked for: snapshots of the evaluation.
    pub requirements: Vec<Requirement>,
    /// Who has voted, and on what.
    pub votes: Vec<CountedVote>,
    /// What the evaluation was about; absent before it.
    pub evaluation: Option<EvaluationOfRun>,
    /// Where it came from, on the plan run.
    pub changeset: Option<Changeset>,
    /// The parts that the plan is kept in, on the plan run.
    #[cfg_attr(test, ts(type = "number"))]
    pub plan_parts: u64,
    /// Entries of the timeline so far.
    #[cfg_attr(test, ts(type = "number"))]
    pub events: u64,
    /// The hash of the last of them.
    pub last_event_hash: String,
    /// When approvers were last told again on demand, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub renotified_at_ms: Option<u64>,
    /// When it was created, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub created_at_ms: u64,
    /// When it was last changed.
    #[cfg_attr(test, ts(type = "number"))]
    pub updated_at_ms: u64,
}

impl StoredRun {
    /// A run that nothing has happened to yet.
    pub fn queued(
        id: String,
        org_id: String,
        workspace_id: String,
        run_type: RunType,
        trigger: Trigger,
        now_ms: u64,
    ) -> Self {
        Self {
            id,
            org_id,
            workspace_id,
            run_type,
            trigger,
            triggered_by: None,
            user: None,
            asked_by: None,
            status: RunState::Queued,
            added_count: None,
            changed_count: None,
            destroyed_count: None,
            error_summary: None,
            reasons: Vec::new(),
            requirements: Vec::new(),
            votes: Vec::new(),
            evaluation: None,
            changeset: None,
            plan_parts: 0,
            events: 0,
            last_event_hash: String::new(),
            renotified_at_ms: None,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
        }
    }
}

/// What was evaluated, and under what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct EvaluationOfRun {
    /// The digest of the plan and the input.
    pub digest: String,
    /// The digest of the plan's text alone.
    pub plan_digest: String,
    /// The revision of policies, rules and providers.
    pub revision: String,
    /// Violations of mandatory sets.
    #[cfg_attr(test, ts(type = "number"))]
    pub mandatory_violations: u64,
}

/// A vote that counts for a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CountedVote {
    /// The requirement.
    pub requirement_id: String,
    /// The person.
    pub user_id: String,
}

/// What the policies said of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct StoredResults {
    /// The run.
    pub run_id: String,
    /// One for each policy.
    pub policy_results: Vec<PolicyResult>,
    /// When they were evaluated, as RFC 3339 in UTC.
    pub evaluated_at: String,
}

/// A vote, as it was cast (section 1.11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RunApproval {
    /// The id.
    pub id: String,
    /// The run.
    pub run_id: String,
    /// Who.
    pub user_id: String,
    /// Their e-mail.
    pub user_email: Option<String>,
    /// `approved` or `rejected`.
    pub decision: String,
    /// Why.
    pub comment: String,
    /// The requirements that it counts for.
    pub requirement_ids: Vec<String>,
    /// When, as RFC 3339 in UTC.
    pub created_at: String,
}

/// A run that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitingRun {
    /// The run.
    pub run_id: String,
    /// The organisation that it belongs to.
    pub org_id: String,
    /// When a sweep has something to do, in milliseconds since 1970; null: never.
    pub next_at_ms: Option<u64>,
}

/// A part of the kept plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPart {
    /// A part of the JSON text.
    pub text: String,
}

/// The id of the plan run in whose partition a run lies: an apply run is named after it.
pub fn plan_run_of(run_id: &str) -> &str {
    run_id.split_once('~').map_or(run_id, |(plan, _)| plan)
}

/// The partition of a run.
pub fn partition(run_id: &str) -> String {
    format!("run/{}", plan_run_of(run_id))
}

/// The need of a run.
pub fn run_need(run_id: &str) -> Need {
    need(run_id, kind::RUN, run_id.to_owned())
}

/// The need of what the policies said of a run.
pub fn results_need(run_id: &str) -> Need {
    need(run_id, kind::RESULTS, run_id.to_owned())
}

/// The need of a part of the plan.
pub fn plan_part_need(run_id: &str, part: u64) -> Need {
    need(run_id, kind::PLAN, part_key(part))
}

/// The key of a part of the plan.
pub fn part_key(part: u64) -> String {
    format!("{part:06}")
}

/// The key of the nth entry of a run: in the order in which they came. Ids of runs hold no slash.
pub fn entry_key(run_id: &str, number: u64) -> String {
    format!("{run_id}/{number:012}")
}

fn need(run_id: &str, kind: &str, key: String) -> Need {
    Need::Record { partition: partition(run_id), kind: kind.to_owned(), key, again: false }
}

/// The commit of one change of a run and of what lies in its partition.
pub struct RunChange {
    commit: Commit,
    notices: Vec<Notice>,
}

impl RunChange {
    /// Begins a change of a run that was read in this version; none for a new one.
    pub fn of(run_id: &str, version: Option<String>, operation_id: &str) -> Self {
        let expect = vec![Expectation { kind: kind::RUN.to_owned(), key: run_id.to_owned(), version }];
        Self {
            commit: Commit {
                partition: partition(run_id),
                idempotency_key: operation_id.to_owned(),
                expect,
                put: Vec::new(),
                append: Vec::new(),
            },
            notices: Vec::new(),
        }
    }

    /// Begins a change of nothing but a run's results.
    pub fn results_of(run_id: &str, version: Option<String>, operation_id: &str) -> Self {
        let mut change = Self::of(run_id, None, operation_id);
        change.commit.expect = vec![Expectation { kind: kind::RESULTS.to_owned(), key: run_id.to_owned(), version }];
        change
    }

    /// The commit alone.
    pub fn into_commit(self) -> Commit {
        self.commit
    }

    /// Expects another run of the partition as it was read.
    pub fn expect_run(&mut self, run_id: &str, version: Option<String>) {
        self.commit.expect.push(Expectation { kind: kind::RUN.to_owned(), key: run_id.to_owned(), version });
    }

    /// Replaces a record.
    ///
    /// # Errors
    /// None in practice.
    pub fn put(&mut self, kind: &str, key: impl Into<String>, value: &impl Serialize) -> Result<(), Stop> {
        self.commit.put.push(Record { kind: kind.to_owned(), key: key.into(), value: json(value)? });
        Ok(())
    }

    /// Adds a record that never changes.
    ///
    /// # Errors
    /// None in practice.
    pub fn append(&mut self, kind: &str, key: impl Into<String>, value: &impl Serialize) -> Result<(), Stop> {
        self.commit.append.push(Record { kind: kind.to_owned(), key: key.into(), value: json(value)? });
        Ok(())
    }

    /// Tells something after the commit; it is committed before.
    ///
    /// # Errors
    /// None in practice.
    pub fn tell(&mut self, notice: Notice) -> Result<(), Stop> {
        self.put(kind::OUTBOX, notice.id(), &notice)?;
        self.notices.push(notice);
        Ok(())
    }

    /// Lists a run among those that wait, or takes it out.
    ///
    /// # Errors
    /// None in practice.
    pub fn wait(&mut self, run: &StoredRun) -> Result<(), Stop> {
        if run.status == RunState::PendingApproval {
            let waiting = WaitingRun {
                run_id: run.id.clone(),
                org_id: run.org_id.clone(),
                next_at_ms: super::sweep::next_at(run),
            };
            return self.put(kind::WAITING, run.id.clone(), &waiting);
        }
        // Only a run that was asked about can have waited.
        if run.requirements.is_empty() {
            Ok(())
        } else {
            self.put(kind::WAITING, run.id.clone(), &serde_json::Value::Null)
        }
    }

    /// The effects: the run as it is now, and everything beside it.
    ///
    /// # Errors
    /// None in practice.
    pub fn effects(mut self, run: &StoredRun) -> Result<crate::decision::Effects, Stop> {
        self.put(kind::RUN, run.id.clone(), run)?;
        self.wait(run)?;
        Ok(crate::decision::Effects { commit: Some(self.commit), notices: self.notices })
    }
}
