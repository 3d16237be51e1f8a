//! What an organisation has set up: policy sets, approval rules, external check providers, with every constraint on them.

use crate::error::{Error, ErrorCode};
use crate::policy::contract::INTEGER_MOST;
use crate::sorted;
use serde::{Deserialize, Deserializer, Serialize};

/// Policy sets, approval rules and providers as the host keeps them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(deny_unknown_fields, default)]
pub struct GovernanceConfig {
    /// Layer 1.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub policy_sets: Vec<PolicySet>,
    /// Layer 2.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub approval_rules: Vec<ApprovalRule>,
    /// Layer 3.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub external_check_providers: Vec<ExternalCheckProvider>,
}

/// Whether a violation rejects a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Enforcement {
    /// A violation rejects the run.
    #[default]
    Mandatory,
    /// A violation is recorded as a warning.
    Advisory,
}

/// Where a set's policies come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum SourceType {
    /// The host's store.
    #[default]
    Db,
    /// A folder of a repository.
    Git,
}

/// A label; it filters nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Terraform.
    #[default]
    Terraform,
    /// Kubernetes.
    Kubernetes,
    /// Security.
    Security,
    /// Anything else.
    Custom,
}

/// How much of the plan the policies of a set see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum PlanDetail {
    /// Addresses, types and providers: the input of section 4.
    #[default]
    Summary,
    /// `input.plan` as well: values before and after, sensitive ones masked.
    Full,
}

/// A policy set (section 1.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct PolicySet {
    /// The host's id.
    #[serde(default)]
    pub id: Option<String>,
    /// Unique within its scope.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether a violation rejects a run. Default mandatory.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub enforcement: Enforcement,
    /// Default true.
    #[serde(default = "yes")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub enabled: bool,
    /// Default db.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub source_type: SourceType,
    /// The folder, for a git set.
    #[serde(default)]
    pub git_path: Option<String>,
    /// A label.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub profile: Profile,
    /// Project scope.
    #[serde(default)]
    pub project_id: Option<String>,
    /// Workspace scope; it wins over `project_id`.
    #[serde(default)]
    pub workspace_id: Option<String>,
    /// How much of the plan the policies see. Default summary.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub plan_detail: PlanDetail,
    /// The policies. Each is evaluated on its own.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub policies: Vec<Policy>,
}

/// A policy (section 1.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The host's id.
    #[serde(default)]
    pub id: Option<String>,
    /// Unique within its set.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// The text.
    pub rego_source: String,
}

/// Who approves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ApproverType {
    /// One person.
    User,
    /// The members of a team.
    Team,
    /// Everyone of at least a role.
    OrgRole,
}

/// What happens when a requirement is not decided in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EscalationAction {
    /// It is satisfied.
    AutoApprove,
    /// It is handed to a team.
    EscalateTo,
    /// It is rejected, and the run with it.
    Reject,
}

impl EscalationAction {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AutoApprove => "auto_approve",
            Self::EscalateTo => "escalate_to",
            Self::Reject => "reject",
        }
    }
}

/// What starts a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// A person.
    Manual,
    /// A push to the branch.
    Push,
    /// A timer.
    Schedule,
    /// A pull request.
    Pr,
    /// A promotion from an upstream workspace.
    Promotion,
}

/// When an approval rule matches (section 1.9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Condition {
    /// On every run.
    #[default]
    Always,
    /// When more than this many resources are destroyed; 0 means any.
    DestroyedGt(#[cfg_attr(test, ts(type = "number"))] u64),
    /// When more than this many resources are added.
    AddedGt(#[cfg_attr(test, ts(type = "number"))] u64),
    /// When more than this many resources are changed.
    ChangedGt(#[cfg_attr(test, ts(type = "number"))] u64),
    /// When the run was started this way.
    TriggerIs(Trigger),
}

/// A condition as it is read: `typed` reads such an enum by its tag.
#[derive(Deserialize)]
#[serde(remote = "Condition", rename = "tag type value", rename_all = "snake_case")]
enum Read {
    Always,
    DestroyedGt(u64),
    AddedGt(u64),
    ChangedGt(u64),
    TriggerIs(Trigger),
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Read::deserialize(deserializer)
    }
}

/// An approval rule (section 1.8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// The host's id.
    #[serde(default)]
    pub id: Option<String>,
    /// Shown to approvers.
    pub name: String,
    /// Who approves.
    pub approver_type: ApproverType,
    /// The user or team.
    #[serde(default)]
    pub approver_id: Option<String>,
    /// The lowest role, for `org_role`.
    #[serde(default)]
    pub approver_role: Option<String>,
    /// Default 1.
    #[serde(default = "one")]
    #[cfg_attr(test, ts(optional, as = "Option<f64>"))]
    pub min_approvals: u64,
    /// Default 1, the first.
    #[serde(default = "one")]
    #[cfg_attr(test, ts(optional, as = "Option<f64>"))]
    pub stage: u64,
    /// Absent: always.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// Hours to escalation; absent or 0: never.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<f64>"))]
    pub timeout_hours: Option<u64>,
    /// Absent: reject.
    #[serde(default)]
    pub escalation_action: Option<EscalationAction>,
    /// The team, for `escalate_to`.
    #[serde(default)]
    pub escalation_team_id: Option<String>,
    /// For the timeline.
    #[serde(default)]
    pub escalation_reason: Option<String>,
    /// Project scope.
    #[serde(default)]
    pub project_id: Option<String>,
    /// Workspace scope; it wins over `project_id`.
    #[serde(default)]
    pub workspace_id: Option<String>,
    /// Whether whoever started the run may not vote on what this rule asks for. Default false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub forbid_self_approval: bool,
    /// Who made it, when no administrator did.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Default true.
    #[serde(default = "yes")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub enabled: bool,
}

/// An external check provider (section 1.12) with the scopes that it is attached to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct ExternalCheckProvider {
    /// The host's id: part of the message that is signed.
    pub id: String,
    /// Unique within the organisation.
    pub name: String,
    /// Where it is called; HTTPS.
    pub callback_url: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// Hours to escalation. Default 24.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<f64>"))]
    pub timeout_hours: Option<u64>,
    /// Default reject.
    #[serde(default)]
    pub escalation_action: Option<EscalationAction>,
    /// The team, for `escalate_to`; without it, administrators.
    #[serde(default)]
    pub escalation_team_id: Option<String>,
    /// Where it takes part; without any, nowhere.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub scopes: Vec<ProviderScope>,
}

/// One scope that a provider is attached to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ProviderScope {
    /// What kind of scope.
    pub scope_type: ScopeType,
    /// Which.
    pub scope_id: String,
}

/// The kinds of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ScopeType {
    /// The organisation.
    Org,
    /// A project.
    Project,
    /// A workspace.
    Workspace,
}

const fn yes() -> bool {
    true
}

const fn one() -> u64 {
    1
}

impl GovernanceConfig {
    /// Checks every constraint that the types do not hold.
    ///
    /// # Errors
    /// `invalid_configuration` with the path to the value.
    pub fn check(&self) -> Result<(), Error> {
        let mut names = sorted::Set::new();
        for (at, set) in self.policy_sets.iter().enumerate() {
            let path = format!("/policy_sets/{at}");
            set.check(&path)?;
            let scope = (set.project_id.as_deref().filter(|_| set.workspace_id.is_none()), set.workspace_id.as_deref());
            if !names.insert((scope, set.name.as_str())) {
                return Err(invalid(
                    format!("two policy sets of one scope are named `{}`", set.name),
                    format!("{path}/name"),
                ));
            }
        }
        for (at, rule) in self.approval_rules.iter().enumerate() {
            rule.check(&format!("/approval_rules/{at}"))?;
        }
        let mut names = sorted::Set::new();
        let mut ids = sorted::Set::new();
        for (at, provider) in self.external_check_providers.iter().enumerate() {
            let path = format!("/external_check_providers/{at}");
            provider.check(&path)?;
            if !names.insert(provider.name.as_str()) {
                return Err(invalid(format!("two providers are named `{}`", provider.name), format!("{path}/name")));
            }
            if !ids.insert(provider.id.as_str()) {
                return Err(invalid(format!("two providers have the id `{}`", provider.id), format!("{path}/id")));
            }
        }
        Ok(())
    }
}

impl PolicySet {
    fn check(&self, path: &str) -> Result<(), Error> {
        not_empty(&self.name, &format!("{path}/name"))?;
        check_scope(self.project_id.as_deref(), self.workspace_id.as_deref(), path)?;
        if self.source_type == SourceType::Git && self.git_path.as_deref().unwrap_or("").is_empty() {
            return Err(invalid("a policy set from git needs `git_path`", format!("{path}/git_path")));
        }
        let mut names = sorted::Set::new();
        for (at, policy) in self.policies.iter().enumerate() {
            not_empty(&policy.name, &format!("{path}/policies/{at}/name"))?;
            if !names.insert(policy.name.as_str()) {
                return Err(invalid(
                    format!("two policies of the set `{}` are named `{}`", self.name, policy.name),
                    format!("{path}/policies/{at}/name"),
                ));
            }
        }
        Ok(())
    }
}

impl ApprovalRule {
    /// Checks every constraint that the types do not hold; `path` is where the rule stands.
    ///
    /// # Errors
    /// `invalid_configuration` with the path to the value.
    pub fn check(&self, path: &str) -> Result<(), Error> {
        not_empty(&self.name, &format!("{path}/name"))?;
        check_scope(self.project_id.as_deref(), self.workspace_id.as_deref(), path)?;
        let missing =
            |field: &str| Err(invalid(format!("the rule `{}` needs `{field}`", self.name), format!("{path}/{field}")));
        match self.approver_type {
            ApproverType::User | ApproverType::Team if is_blank(self.approver_id.as_deref()) => {
                return missing("approver_id");
            }
            ApproverType::OrgRole => {
                if !matches!(self.approver_role.as_deref(), Some("owner" | "admin" | "member" | "reader")) {
                    return Err(invalid(
                        format!("the rule `{}` needs `approver_role`: owner, admin, member or reader", self.name),
                        format!("{path}/approver_role"),
                    ));
                }
            }
            ApproverType::User | ApproverType::Team => {}
        }
        if self.min_approvals == 0 {
            return Err(invalid("`min_approvals` is at least 1", format!("{path}/min_approvals")));
        }
        if self.stage == 0 {
            return Err(invalid("`stage` is at least 1: stage 1 is the first", format!("{path}/stage")));
        }
        let numbers = [
            ("min_approvals", self.min_approvals),
            ("stage", self.stage),
            ("timeout_hours", self.timeout_hours.unwrap_or(0)),
        ];
        for (field, number) in numbers {
            not_too_large(number, &format!("{path}/{field}"))?;
        }
        if self.escalation_action == Some(EscalationAction::EscalateTo) && is_blank(self.escalation_team_id.as_deref())
        {
            return missing("escalation_team_id");
        }
        Ok(())
    }
}

impl ExternalCheckProvider {
    fn check(&self, path: &str) -> Result<(), Error> {
        not_empty(&self.id, &format!("{path}/id"))?;
        not_empty(&self.name, &format!("{path}/name"))?;
        if !is_https(&self.callback_url) {
            return Err(invalid(
                format!("the `callback_url` of `{}` must be an address that begins with `https://`", self.name),
                format!("{path}/callback_url"),
            ));
        }
        not_too_large(self.timeout_hours.unwrap_or(0), &format!("{path}/timeout_hours"))?;
        for (at, scope) in self.scopes.iter().enumerate() {
            not_empty(&scope.scope_id, &format!("{path}/scopes/{at}/scope_id"))?;
        }
        Ok(())
    }
}

/// Requirements repeat the number, and are kept as JSON.
fn not_too_large(number: u64, path: &str) -> Result<(), Error> {
    if number <= INTEGER_MOST {
        return Ok(());
    }
    Err(invalid(
        format!("{number} is larger than every number of JSON can be exactly: {INTEGER_MOST}"),
        path.to_owned(),
    ))
}

fn invalid(message: impl Into<String>, path: String) -> Error {
    Error::new(ErrorCode::InvalidConfiguration, message).at(path)
}

/// A scope with an empty id would apply to nothing, and what it holds would never be asked.
fn check_scope(project_id: Option<&str>, workspace_id: Option<&str>, path: &str) -> Result<(), Error> {
    for (field, id) in [("project_id", project_id), ("workspace_id", workspace_id)] {
        if let Some(id) = id {
            not_empty(id, &format!("{path}/{field}"))?;
        }
    }
    Ok(())
}

/// Whether an address names a host behind `https://`. Whether it can be called shows when it is.
fn is_https(address: &str) -> bool {
    const SCHEME: &str = "https://";
    let Some((scheme, rest)) = address.split_at_checked(SCHEME.len()) else { return false };
    let has_host = rest.starts_with(|first: char| first.is_alphanumeric() || first == '[');
    scheme.eq_ignore_ascii_case(SCHEME) && has_host && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

fn not_empty(text: &str, path: &str) -> Result<(), Error> {
    if is_blank(Some(text)) {
        return Err(invalid("a name or id is empty", path.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use super::{Condition, Trigger};
    use crate::error::{Error, ErrorCode};
    use crate::typed::{self, written};
    use serde_json::{Value, json};

    fn read(value: Value) -> Result<Condition, (String, String)> {
        let parts = |error: Error| (error.message, error.path.unwrap_or_default());
        typed::read(value, ErrorCode::MalformedRequest, "it").map_err(parts)
    }

    #[test]
    fn every_condition_is_read_as_it_is_written() {
        for condition in [
            Condition::Always,
            Condition::DestroyedGt(0),
            Condition::AddedGt(1),
            Condition::ChangedGt(2),
            Condition::TriggerIs(Trigger::Pr),
        ] {
            assert_eq!(read(written(&condition).unwrap()), Ok(condition));
        }
        assert_eq!(read(json!({"type": "always", "value": null})), Ok(Condition::Always));
        let refused = |value: Value| read(value).unwrap_err();
        assert_eq!(refused(json!({"type": "other", "value": 1})).1, "/type");
        assert_eq!(refused(json!({"type": "added_gt"})).0, "it: missing field `value`");
        assert_eq!(refused(json!({"type": "added_gt", "value": "1"})).1, "/value");
        assert_eq!(refused(json!({"type": "always", "value": 1})).0, "it: a value is there, expected the word alone");
        assert_eq!(refused(json!({"type": "always", "other": 1})).1, "/other");
    }
}
