//! Kill switches: a target that was stopped, until it is revived (section 1.8).

use serde::{Deserialize, Serialize};

/// What can be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "KillTargetType"))]
#[serde(rename_all = "lowercase")]
pub enum TargetType {
    /// An agent.
    Agent,
    /// A run.
    Run,
    /// A mission.
    Mission,
}

impl TargetType {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Run => "run",
            Self::Mission => "mission",
        }
    }
}

/// A target that is or was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct KillSwitch {
    /// The id.
    pub id: String,
    /// The organisation.
    pub organization_id: String,
    /// What is stopped.
    pub target_type: TargetType,
    /// Which.
    pub target_id: String,
    /// Why.
    pub reason: Option<String>,
    /// Whether it is stopped now.
    pub is_active: bool,
    /// Who stopped it.
    pub killed_by: Option<String>,
    /// When, as RFC 3339 in UTC.
    pub killed_at: String,
    /// Who revived it.
    pub revived_by: Option<String>,
    /// When, as RFC 3339 in UTC.
    pub revived_at: Option<String>,
}
