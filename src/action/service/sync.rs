//! What a client fetches to know the policies that apply to it, and fetches again from time to time (sections 2.1 and 3.1).
//!
//! Exceptions are no part of it: their uses are counted here. A client that decides by what it fetched is stricter, never milder.

use super::ActionService;
use super::access::require_caller_or_reader;
use crate::action::call::ActionCall;
use crate::action::merged::{Merged, PolicyConflict};
use crate::action::policy::PolicyFields;
use crate::action::settings::{ActionSettings, BudgetAccounts, EnforcementMode};
use crate::decision::asking::json;
use crate::decision::{Asking, Done, Refusal, Stop, digest};
use serde::{Deserialize, Serialize};

/// For whom a client asks. All that is given applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionSyncRequest", optional_fields = nullable))]
#[serde(deny_unknown_fields, default)]
pub struct SyncRequest {
    /// The agent.
    pub agent_id: Option<String>,
    /// The run.
    pub run_id: Option<String>,
    /// The group of agents.
    pub group_id: Option<String>,
    /// The mission.
    pub mission_id: Option<String>,
    /// The etag of what the client has.
    pub etag: Option<String>,
}

/// What a client fetches.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionSync"))]
#[serde(untagged)]
pub enum Synced {
    /// The client has it already.
    NotModified {
        /// That it has.
        #[cfg_attr(test, ts(type = "true"))]
        not_modified: bool,
        /// As below.
        configured: bool,
        /// As below.
        etag: String,
        /// As below.
        #[cfg_attr(test, ts(type = "number"))]
        refresh_after_seconds: u64,
    },
    /// What the client has not.
    Policies {
        /// That it has not.
        #[cfg_attr(test, ts(type = "false"))]
        not_modified: bool,
        /// Whether anybody ever made a policy. Where it is false the mode decides; where it is true and there are no policies, everything
        /// is allowed.
        configured: bool,
        /// The policies that apply and are on, from broad to narrow.
        policies: Vec<SyncedPolicy>,
        /// Where they give different values for one field.
        conflicts: Vec<PolicyConflict>,
        /// What holds beside them.
        settings: ClientSettings,
        /// A digest of all this: given back, it saves sending the same again.
        etag: String,
        /// How long it may be used, in seconds.
        #[cfg_attr(test, ts(type = "number"))]
        refresh_after_seconds: u64,
    },
}

/// A policy as a client fetches it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "SyncedActionPolicy"))]
pub struct SyncedPolicy {
    /// The id.
    pub id: String,
    /// What it says.
    #[serde(flatten)]
    #[cfg_attr(test, ts(flatten))]
    pub fields: PolicyFields,
}

/// What of an organisation's settings a client needs to decide by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionClientSettings"))]
pub struct ClientSettings {
    /// What becomes of a call where no policy can vouch for it.
    pub enforcement_mode: EnforcementMode,
    /// Whose spending budgets are compared with.
    pub budget_accounts: BudgetAccounts,
    /// Whether only the newest fresh result of an action grounds an argument.
    pub latest_ground_only: bool,
    /// Whether the defects of AgentSentinel 0.4.0 are reproduced.
    pub compat_0_4: bool,
}

impl From<&ActionSettings> for ClientSettings {
    fn from(settings: &ActionSettings) -> Self {
        Self {
            enforcement_mode: settings.enforcement_mode,
            budget_accounts: settings.budget_accounts,
            latest_ground_only: settings.latest_ground_only,
            compat_0_4: settings.compat_0_4,
        }
    }
}

impl ActionService<'_> {
    /// `GET /policies/sync`: for whoever may ask for the agent, or sees the organisation.
    pub(super) fn sync(&mut self, asking: &Asking, request: SyncRequest) -> Result<Done, Stop> {
        let SyncRequest { agent_id, run_id, group_id, mission_id, etag: known } = request;
        let ids = [("agent_id", &agent_id), ("run_id", &run_id), ("group_id", &group_id), ("mission_id", &mission_id)];
        for (field, id) in ids {
            if id.as_ref().is_some_and(|id| id.trim().is_empty()) {
                return Err(
                    Refusal::field(format!("/{field}"), format!("`{field}` is empty: leave it out instead")).into()
                );
            }
        }
        let access = require_caller_or_reader(asking, self.org_id, agent_id.as_deref());
        let prepared = self.cache.prepared(asking, self.org_id, None);
        access?;
        let (prepared, _) = prepared?;
        let call = ActionCall { agent_id, run_id, group_id, mission_id, ..ActionCall::named("") };
        let policies: Vec<SyncedPolicy> = prepared
            .policies
            .applicable(&call)
            .into_iter()
            .map(|policy| SyncedPolicy { id: policy.id.clone(), fields: policy.fields.clone() })
            .collect();
        let settings = ClientSettings::from(&prepared.settings);
        let configured = prepared.policies.configured;
        let etag = digest::of_value(&json(&(configured, &policies, &settings))?);
        let refresh_after_seconds = prepared.settings.refresh_seconds;
        if known.as_ref() == Some(&etag) {
            return Done::answer(&Synced::NotModified { not_modified: true, configured, etag, refresh_after_seconds });
        }
        let each: Vec<(&str, &PolicyFields)> =
            policies.iter().map(|policy| (policy.id.as_str(), &policy.fields)).collect();
        let conflicts = Merged::of(&each).conflicts;
        Done::answer(&Synced::Policies {
            not_modified: false,
            configured,
            policies,
            conflicts,
            settings,
            etag,
            refresh_after_seconds,
        })
    }
}
