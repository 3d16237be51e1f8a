//! What is kept of an organisation's action policies: the records, their kinds and keys, in one partition.
//!
//! INVARIANT (one partition): a decision reads policies, kill switches, spending and exceptions, and writes most of them. Exceptions
//! count and budgets may sum over all of an organisation, so nothing narrower holds all the keys of a decision.

use crate::action::exceptions::Exception;
use crate::action::policy::PolicyFields;
use crate::action::state::{StateKey, escaped};
use crate::decision::{Need, SetUp};
use crate::typed;
use serde::{Deserialize, Deserializer, Serialize};

/// The kinds of record, beside those of the state.
pub mod kind {
    /// A policy; key: its id.
    pub const POLICY: &str = "action_policy";
    /// A name in use; key: the name.
    pub const POLICY_NAME: &str = "action_policy_name";
    /// A version of a policy; key: the policy's id and the number.
    pub const POLICY_VERSION: &str = "action_policy_version";
    /// An exception; key: the policy's id and its own.
    pub const EXCEPTION: &str = "action_exception";
    /// What holds for the whole organisation; key: `all`.
    pub const SETTINGS: &str = "action_settings";
    /// A target that is stopped now; key: from the newest to the oldest. The kill switch itself is a part of the state.
    pub const STOPPED: &str = "action_stopped";
    /// An approval; key: its id.
    pub const APPROVAL: &str = "action_approval";
    /// An approval that nobody has decided, with when it expires; key: its id. It is there until somebody does, so that who looks for
    /// what waits reads nothing else.
    pub const WAITING: &str = "action_waiting";
    /// A decision; key: time and id.
    pub const AUDIT: &str = "audit";
    /// Something that was done about a call; key: time and id.
    pub const INTERVENTION: &str = "action_intervention";
    /// A notice that is to be told; key: its id.
    pub const OUTBOX: &str = "outbox";
    /// The kinds that a decision is made under.
    pub const EVALUATED: [&str; 3] = [POLICY, EXCEPTION, SETTINGS];
}

/// The partition of everything about an organisation's actions.
pub fn partition(org_id: &str) -> String {
    format!("actions/{org_id}")
}

/// Where all this is kept.
pub fn set_up(org_id: &str) -> SetUp {
    SetUp { partition: partition(org_id), counted: &kind::EVALUATED }
}

/// The need of a part of the state.
pub fn state_need(org_id: &str, key: &StateKey) -> Need {
    set_up(org_id).record(key.kind(), key.key())
}

/// The need of what holds for the whole organisation.
pub fn settings_need(org_id: &str) -> Need {
    set_up(org_id).record(kind::SETTINGS, "all")
}

/// The need of a policy.
pub fn policy_need(org_id: &str, id: &str) -> Need {
    set_up(org_id).record(kind::POLICY, id)
}

/// The need of the name of a policy: unique in the organisation.
pub fn name_need(org_id: &str, name: &str) -> Need {
    set_up(org_id).record(kind::POLICY_NAME, name)
}

/// The need of a version of a policy.
pub fn version_need(org_id: &str, policy_id: &str, number: u64) -> Need {
    set_up(org_id).record(kind::POLICY_VERSION, version_key(policy_id, number))
}

/// The need of an exception.
pub fn exception_need(org_id: &str, policy_id: &str, id: &str) -> Need {
    set_up(org_id).record(kind::EXCEPTION, exception_key(policy_id, id))
}

/// A policy as it is kept and shown (section 1.1).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicy"))]
pub struct StoredPolicy {
    /// The id.
    pub id: String,
    /// The organisation.
    pub organization_id: String,
    /// The version that is in force.
    pub current_version_id: String,
    /// When it was created, as RFC 3339 in UTC.
    pub created_at: String,
    /// When it was changed last.
    pub updated_at: String,
    /// The number of its newest version, drafts included.
    #[cfg_attr(test, ts(type = "number"))]
    pub newest_version: u64,
    /// What the author says.
    #[serde(flatten)]
    pub fields: PolicyFields,
}

impl<'de> Deserialize<'de> for StoredPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Kept {
            id: String,
            organization_id: String,
            current_version_id: String,
            created_at: String,
            updated_at: String,
            newest_version: u64,
        }
        let (kept, fields): (Kept, PolicyFields) = typed::two_of(deserializer)?;
        let Kept { id, organization_id, current_version_id, created_at, updated_at, newest_version } = kept;
        Ok(Self { id, organization_id, current_version_id, created_at, updated_at, newest_version, fields })
    }
}

/// An exception as it is kept (section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredException {
    /// What it says.
    #[serde(flatten)]
    pub exception: Exception,
    /// Who made it.
    pub created_by: Option<String>,
    /// When, as RFC 3339 in UTC.
    pub created_at: String,
}

impl<'de> Deserialize<'de> for StoredException {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Kept {
            created_by: Option<String>,
            created_at: String,
        }
        let (exception, kept): (Exception, Kept) = typed::two_of(deserializer)?;
        Ok(Self { exception, created_by: kept.created_by, created_at: kept.created_at })
    }
}

/// What the keys of everything below a policy begin with.
pub fn folder(policy_id: &str) -> String {
    format!("{}/", escaped(policy_id))
}

/// What follows everything below a policy: in the order of ASCII a zero follows a slash.
pub fn end_of_folder(policy_id: &str) -> String {
    format!("{}0", escaped(policy_id))
}

/// The key of a version: in the order of their numbers.
pub fn version_key(policy_id: &str, number: u64) -> String {
    format!("{}/{number:012}", escaped(policy_id))
}

/// The key of an exception.
pub fn exception_key(policy_id: &str, id: &str) -> String {
    format!("{}/{}", escaped(policy_id), escaped(id))
}

/// The key of an entry of a log: in the order of time.
pub fn log_key(now_ms: u64, id: &str) -> String {
    format!("{now_ms:015}/{}", escaped(id))
}

/// The key of a target that is stopped: the newest comes first.
pub fn stopped_key(killed_at_ms: u64, switch: &StateKey) -> String {
    const END_OF_TIME_MS: u64 = 999_999_999_999_999;
    format!("{:015}/{}", END_OF_TIME_MS.saturating_sub(killed_at_ms), switch.key())
}
