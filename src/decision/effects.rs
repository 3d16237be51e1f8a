//! Telling is data: at most one atomic commit, then notices. The host performs them in this order.

use super::asking::{Stop, json};
use super::requirement::Requirement;
use serde::Serialize;
use serde_json::Value;

/// What enforcement does. A preview performs none of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Effects {
    /// Applied first, whole or not at all.
    pub commit: Option<Commit>,
    /// Sent after the commit was acknowledged, each at least once. The commit puts each as a record of the kind `outbox`.
    pub notices: Vec<Notice>,
}

/// One atomic change of the host's store, inside one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Commit {
    /// The partition that every key lies in.
    pub partition: String,
    /// The same key twice is one commit.
    pub idempotency_key: String,
    /// The versions that were read. One that differs now is a conflict.
    pub expect: Vec<Expectation>,
    /// Records to replace.
    pub put: Vec<Record>,
    /// Records to add; they are never changed.
    pub append: Vec<Record>,
}

/// The version of a record that a commit stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Expectation {
    /// The kind of record.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// The version that was read; null: there was none.
    pub version: Option<String>,
}

/// A record to write. The host gives it its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "StoredRecord"))]
pub struct Record {
    /// The kind of record.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// What it says; null deletes the record.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub value: Value,
}

impl Record {
    /// A record that says this.
    ///
    /// # Errors
    /// None in practice.
    pub fn of(kind: &str, key: impl Into<String>, value: &impl Serialize) -> Result<Self, Stop> {
        Ok(Self { kind: kind.to_owned(), key: key.into(), value: json(value)? })
    }

    /// The deletion of a record.
    pub fn deleted(kind: &str, key: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), key: key.into(), value: Value::Null }
    }
}

/// How the host sends a request, and tries again after an error of the network or the server. What is never delivered leaves the
/// requirement open, so that its timeout decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Delivery {
    /// How often it is sent at the most.
    #[cfg_attr(test, ts(type = "number"))]
    pub tries: u32,
    /// How long one try may take, in milliseconds.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout_ms: u64,
    /// The pause before the second try, in milliseconds; each later one is twice as long.
    #[cfg_attr(test, ts(type = "number"))]
    pub first_pause_ms: u64,
}

/// Something to tell, with an id that stays the same when it is told again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// Somebody is asked to approve.
    ApprovalRequested {
        /// The stable id.
        id: String,
        /// The organisation.
        org_id: String,
        /// The run.
        run_id: String,
        /// The digest that an approval must name.
        digest: String,
        /// The revision that an approval must name.
        revision: String,
        /// What is asked for.
        requirement: Requirement,
    },
    /// A provider is to be called.
    ExternalCheckRequested {
        /// The stable id.
        id: String,
        /// The organisation.
        org_id: String,
        /// The run.
        run_id: String,
        /// The digest that the result must name.
        digest: String,
        /// The revision that the result must name.
        revision: String,
        /// The provider.
        provider_id: String,
        /// Where to send it.
        callback_url: String,
        /// What the host signs with the provider's secret: `providerID:runID`.
        sign_message: String,
        /// The body to send.
        #[cfg_attr(test, ts(type = "unknown"))]
        body: Value,
        /// How to send it.
        delivery: Delivery,
    },
    /// A plan is to be applied.
    ApplyQueued {
        /// The stable id.
        id: String,
        /// The organisation.
        org_id: String,
        /// The apply run.
        run_id: String,
        /// The run whose plan is applied.
        plan_run_id: String,
    },
    /// Somebody is asked to approve a call of an agent.
    ActionApprovalRequested {
        /// The stable id.
        id: String,
        /// The organisation.
        org_id: String,
        /// The approval.
        approval_id: String,
        /// Who is asked: e-mails or ids; nobody in particular where it is empty.
        approvers: Vec<String>,
        /// The approval as it is kept.
        #[cfg_attr(test, ts(type = "ActionApproval"))]
        approval: Value,
    },
    /// An approval of a call of an agent was decided.
    ActionApprovalDecided {
        /// The stable id.
        id: String,
        /// The organisation.
        org_id: String,
        /// The approval.
        approval_id: String,
        /// What is held for the call.
        reservation_id: String,
        /// `approved` or `rejected`.
        status: String,
    },
    /// Somebody tries whether those who would be asked about an action policy are reached.
    ActionTestAlert {
        /// The stable id.
        id: String,
        /// The organisation.
        org_id: String,
        /// The policy.
        policy_id: String,
        /// Who is told: e-mails or ids.
        recipients: Vec<String>,
    },
    /// The run has its final word.
    RunDecided {
        /// The stable id.
        id: String,
        /// The organisation.
        org_id: String,
        /// The run.
        run_id: String,
        /// `completed`, `rejected`, `failed` or `aborted`.
        run_status: String,
    },
}

impl Notice {
    /// The stable id.
    pub fn id(&self) -> &str {
        match self {
            Self::ApprovalRequested { id, .. }
            | Self::ExternalCheckRequested { id, .. }
            | Self::ApplyQueued { id, .. }
            | Self::ActionApprovalRequested { id, .. }
            | Self::ActionApprovalDecided { id, .. }
            | Self::ActionTestAlert { id, .. }
            | Self::RunDecided { id, .. } => id,
        }
    }
}
