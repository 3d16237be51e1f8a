//! `ActionSettings`: what holds for all decisions of an organisation, whatever its policies say.

use serde::{Deserialize, Serialize};

/// What holds for a whole organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, ts(optional_fields))]
pub struct ActionSettings {
    /// What becomes of a call where no policy can vouch for it. Default `fail_closed_writes`.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub enforcement_mode: EnforcementMode,
    /// Whose spending the budgets of a policy are compared with (decision 10). Default `caller`.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub budget_accounts: BudgetAccounts,
    /// Whether only the newest fresh result of an action grounds an argument (decision 12). Default false: any fresh one.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub latest_ground_only: bool,
    /// Whether the author of a version may review it (decision 34). Default false.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub may_review_own: bool,
    /// How long an allowed call may take until it is settled, in seconds: 1 to 86400. Its cost stays spent afterwards. Default 900.
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub reservation_seconds: u64,
    /// How long clients may use the policies that they fetched before they fetch again, in seconds: 1 to 86400. Default 300.
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub refresh_seconds: u64,
    /// What is left out of the decision log, as JSON pointers that begin with `/input/` or `/result/`, such as `/input/kwargs/token`.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub audit_masks: Vec<String>,
    /// Whether the defects of AgentSentinel 0.4.0 are reproduced that its users may depend on: budgets are checked before what the call
    /// itself declares, refused calls use up rates and money, empty arguments pass every constraint, and of several policies the
    /// narrowest alone constrains and grounds an action's arguments. Default false.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub compat_0_4: bool,
}

impl Default for ActionSettings {
    fn default() -> Self {
        Self {
            enforcement_mode: EnforcementMode::default(),
            budget_accounts: BudgetAccounts::default(),
            latest_ground_only: false,
            may_review_own: false,
            reservation_seconds: 900,
            refresh_seconds: 300,
            audit_masks: Vec::new(),
            compat_0_4: false,
        }
    }
}

/// What becomes of a call where no policy can vouch for it because nothing was ever set up (section 3.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EnforcementMode {
    /// It is allowed where nothing was set up.
    FailOpen,
    /// It is allowed where it says that it changes little or nothing.
    #[default]
    FailClosedWrites,
    /// It is refused.
    FailClosed,
}

impl EnforcementMode {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailOpen => "fail_open",
            Self::FailClosedWrites => "fail_closed_writes",
            Self::FailClosed => "fail_closed",
        }
    }
}

/// Whose spending the budgets of a policy are compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum BudgetAccounts {
    /// The caller's session and run.
    #[default]
    Caller,
    /// Everything that was spent under the policy's own scope and target, in all sessions: by this agent, group or mission.
    Scope,
}
