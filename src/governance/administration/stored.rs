//! What is kept of an organisation's set-up: the records, their kinds and keys.

use super::access::{Scope, escaped};
use crate::decision::{Need, SetUp};
use crate::governance::configuration::{Enforcement, ExternalCheckProvider, PlanDetail, Profile, SourceType};
use serde::{Deserialize, Serialize};

/// The kinds of record in the partition of an organisation.
pub mod kind {
    /// A policy set; key: its id.
    pub const POLICY_SET: &str = "policy_set";
    /// A name in use; key: scope and name.
    pub const POLICY_SET_NAME: &str = "policy_set_name";
    /// A state that a policy set was in; key: its id and the version.
    pub const POLICY_SET_VERSION: &str = "policy_set_version";
    /// The text of a policy; key: its digest.
    pub const POLICY_SOURCE: &str = "policy_source";
    /// An approval rule; key: its id.
    pub const APPROVAL_RULE: &str = "approval_rule";
    /// An external check provider; key: its id.
    pub const PROVIDER: &str = "external_check_provider";
    /// A name in use; key: the name.
    pub const PROVIDER_NAME: &str = "external_check_provider_name";
    /// What holds for the whole organisation; key: `all`.
    pub const SETTINGS: &str = "settings";
    /// A workspace; key: its id.
    pub const WORKSPACE: &str = "workspace";
    /// The kinds that a run is evaluated under.
    pub const EVALUATED: [&str; 3] = [POLICY_SET, APPROVAL_RULE, PROVIDER];
}

/// The partition of everything that an organisation has set up.
pub fn partition(org_id: &str) -> String {
    format!("org/{org_id}")
}

/// A policy set, without the texts of its policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct StoredPolicySet {
    /// The id.
    pub id: String,
    /// Unique within its scope; never changes.
    pub name: String,
    /// For people.
    pub description: String,
    /// Whether a violation rejects a run.
    pub enforcement: Enforcement,
    /// Where its policies come from; never changes.
    pub source_type: SourceType,
    /// A label.
    pub profile: Profile,
    /// Project scope; never changes.
    pub project_id: Option<String>,
    /// Workspace scope; never changes.
    pub workspace_id: Option<String>,
    /// The folder, for a git set; never changes.
    pub git_path: Option<String>,
    /// Whether it is evaluated.
    pub enabled: bool,
    /// How much of the plan its policies see.
    pub plan_detail: PlanDetail,
    /// Counts the states that it was in, from 1.
    #[cfg_attr(test, ts(type = "number"))]
    pub version: u64,
    /// Its policies, by their names.
    pub policies: Vec<StoredPolicy>,
}

/// A policy of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct StoredPolicy {
    /// The id.
    pub id: String,
    /// Unique within the set.
    pub name: String,
    /// For people.
    pub description: String,
    /// The digest of its text: `sha256:` and lower-case hexadecimal.
    pub source_digest: String,
}

/// The text of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredSource {
    /// The text.
    pub rego_source: String,
}

/// An external check provider. Its secret is with the host: here is only whether there is one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredProvider {
    /// The provider, with the scopes that it is attached to.
    pub provider: ExternalCheckProvider,
    /// Whether a secret was stored for it.
    pub has_secret: bool,
}

/// What holds for the whole organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether nobody may vote on a run that they started, whatever the rule says. Default false.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub forbid_self_approval: bool,
    /// What is left out of the decision log, as JSON pointers that begin with `/input/` or `/result/`, such as
    /// `/input/workspace/attributes/token`. Default: nothing.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub audit_masks: Vec<String>,
}

/// A workspace (section 1.2), as far as governance goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct StoredWorkspace {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The project that it lives in.
    pub project_id: String,
    /// What users have set, for policies to read.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// Whether a plan that governance lets pass is applied without being asked for.
    pub auto_apply: bool,
}

impl StoredPolicySet {
    /// Where it lives.
    pub fn scope(&self) -> Scope {
        Scope::of(self.project_id.as_deref(), self.workspace_id.as_deref())
    }
}

/// The need of a policy set.
pub fn set_need(org_id: &str, id: &str) -> Need {
    need(org_id, kind::POLICY_SET, id.to_owned())
}

/// The need of the name of a policy set.
pub fn set_name_need(org_id: &str, scope: &Scope, name: &str) -> Need {
    need(org_id, kind::POLICY_SET_NAME, set_name_key(scope, name))
}

/// The key of the name of a policy set (G62).
pub fn set_name_key(scope: &Scope, name: &str) -> String {
    format!("{}/{}", scope.key(), escaped(name))
}

/// The need of a state that a set was in.
pub fn version_need(org_id: &str, set_id: &str, version: u64) -> Need {
    need(org_id, kind::POLICY_SET_VERSION, version_key(set_id, version))
}

/// The key of a state that a set was in: in the order of the versions.
pub fn version_key(set_id: &str, version: u64) -> String {
    format!("{}/{version:012}", escaped(set_id))
}

/// The need of the text of a policy.
pub fn source_need(org_id: &str, digest: &str) -> Need {
    need(org_id, kind::POLICY_SOURCE, digest.to_owned())
}

/// The need of an approval rule.
pub fn rule_need(org_id: &str, id: &str) -> Need {
    need(org_id, kind::APPROVAL_RULE, id.to_owned())
}

/// The need of an external check provider.
pub fn provider_need(org_id: &str, id: &str) -> Need {
    need(org_id, kind::PROVIDER, id.to_owned())
}

/// The need of the name of a provider: unique in the organisation.
pub fn provider_name_need(org_id: &str, name: &str) -> Need {
    need(org_id, kind::PROVIDER_NAME, name.to_owned())
}

/// The need of what holds for the whole organisation.
pub fn settings_need(org_id: &str) -> Need {
    need(org_id, kind::SETTINGS, "all".to_owned())
}

/// The need of a workspace.
pub fn workspace_need(org_id: &str, id: &str) -> Need {
    need(org_id, kind::WORKSPACE, id.to_owned())
}

/// Where all this is kept.
pub fn set_up(org_id: &str) -> SetUp {
    SetUp { partition: partition(org_id), counted: &kind::EVALUATED }
}

/// The need of the number of changes.
pub fn configuration_need(org_id: &str) -> Need {
    set_up(org_id).configuration()
}

fn need(org_id: &str, kind: &str, key: String) -> Need {
    Need::Record { partition: partition(org_id), kind: kind.to_owned(), key, again: false }
}
