//! `Requirement`: what would turn a hold into an allow.

use serde::{Deserialize, Serialize};

/// What asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An approval rule.
    ApprovalRule,
    /// A policy's `require_approval`.
    Opa,
    /// An external check provider.
    ExternalCheck,
}

/// Where a requirement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RequirementStatus {
    /// Its stage is not open yet.
    Pending,
    /// It is open for decisions.
    Active,
    /// It is met.
    Satisfied,
    /// It was refused.
    Rejected,
    /// The run ended before it was decided.
    Cancelled,
}

/// One requirement, as a snapshot: later edits of what asked for it do not touch it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// A digest of what it was asked for: the same evaluation gives the same id.
    pub id: String,
    /// What asked for it.
    pub source: Source,
    /// The id of the rule, policy or provider.
    pub source_id: String,
    /// Shown to approvers.
    pub name: String,
    /// Why it is asked for; empty where nobody said.
    pub reason: String,
    /// `user`, `team`, `org_role` or `external_provider`.
    pub approver_type: String,
    /// The user, team or provider; a team named by a policy stands as the policy wrote it.
    pub approver_id: Option<String>,
    /// The lowest role that may approve, for `org_role`.
    pub approver_role: Option<String>,
    /// Approvals needed, by different approvers.
    #[cfg_attr(test, ts(type = "number"))]
    pub min_approvals: u64,
    /// Approvals counted.
    #[cfg_attr(test, ts(type = "number"))]
    pub approvals_count: u64,
    /// The stage, from 1.
    #[cfg_attr(test, ts(type = "number"))]
    pub stage: u64,
    /// Where it stands.
    pub status: RequirementStatus,
    /// When it opened, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub activated_at_ms: Option<u64>,
    /// When it escalates, in milliseconds since 1970; null: never.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub expires_at_ms: Option<u64>,
    /// Hours from opening to escalation; 0: never.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout_hours: u64,
    /// What escalation does: `auto_approve`, `escalate_to` or `reject`.
    pub escalation_action: String,
    /// The team that it is handed to.
    pub escalation_team_id: Option<String>,
    /// Why, for the timeline.
    pub escalation_reason: Option<String>,
    /// Whether whoever started the run may not vote on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub forbids_self_approval: bool,
}

const HOUR_MS: u64 = 3_600_000;

/// The last time that every JS number holds: what expires later never does.
const LATEST_MS: u64 = (1 << 53) - 1;

impl Requirement {
    /// Opens it for decisions. Its clock starts now, so that a later stage does not expire while it waits.
    pub fn activate(&mut self, now_ms: u64) {
        self.status = RequirementStatus::Active;
        self.activated_at_ms = Some(now_ms);
        self.expires_at_ms = (self.timeout_hours > 0)
            .then(|| now_ms.saturating_add(self.timeout_hours.saturating_mul(HOUR_MS)).min(LATEST_MS));
    }
}
