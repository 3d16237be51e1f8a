//! What an organisation sets up, and who may: policy sets and their policies with versions, approval rules, external
//! check providers, workspaces (section 2).
//!
//! Every operation is a function from a request and facts to an answer and its effects; [`Administration::run`] is the
//! whole surface on one screen.

mod access;
mod approval_rules;
mod policies;
mod policy_sets;
mod providers;
mod settings;
pub mod stored;
mod versions;
mod workspaces;

pub use access::EffectiveRole;
pub use approval_rules::{ApprovalRuleChange, ApprovalRulePage, ApprovalRuleSeen};
pub use policies::{LoadedPolicySet, NewPolicy, PolicyChange, PolicyList, PolicySeen};
pub use policy_sets::{NewPolicySet, PolicySetChange, PolicySetPage, PolicySetSeen};
pub use providers::{
    AttachedScope, ExternalCheckProviderChange, ExternalCheckProviderPage, ExternalCheckProviderSeen,
    NewExternalCheckProvider,
};
pub use versions::{ChangeKind, PolicySetDiff, PolicySetVersion, PolicySetVersionPage};
pub use workspaces::NewWorkspace;

use crate::decision::{Asking, Done, Fact, PageRequest, Step, Stop};
use crate::error::{Error, ErrorCode};
use crate::governance::configuration::{ApprovalRule, ProviderScope};
use serde::Deserialize;

/// One operation on what an organisation has set up.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum AdministrationOperation {
    /// `POST /policy-sets`
    CreatePolicySet(NewPolicySet),
    /// `GET /policy-sets`
    ListPolicySets(PageRequest),
    /// `GET /policy-sets/{id}`
    GetPolicySet {
        /// The set.
        id: String,
    },
    /// `PATCH /policy-sets/{id}`
    ChangePolicySet {
        /// The set.
        id: String,
        /// What changes.
        change: PolicySetChange,
    },
    /// `DELETE /policy-sets/{id}`
    DeletePolicySet {
        /// The set.
        id: String,
    },
    /// `GET /policy-sets/{id}/policies`
    ListPolicies {
        /// The set.
        policy_set_id: String,
    },
    /// `POST /policy-sets/{id}/policies`
    AddPolicy {
        /// The set.
        policy_set_id: String,
        /// The policy.
        policy: NewPolicy,
    },
    /// `PATCH /policy-sets/{id}/policies/{policyId}`
    ChangePolicy {
        /// The set.
        policy_set_id: String,
        /// The policy.
        id: String,
        /// What changes.
        change: PolicyChange,
    },
    /// `DELETE /policy-sets/{id}/policies/{policyId}`
    RemovePolicy {
        /// The set.
        policy_set_id: String,
        /// The policy.
        id: String,
    },
    /// `POST /policy-sets/{id}/load`
    LoadPolicySet {
        /// The set.
        id: String,
    },
    /// `GET /policy-sets/{id}/versions`
    ListPolicySetVersions {
        /// The set.
        policy_set_id: String,
        /// Which part of the list.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        page: PageRequest,
    },
    /// `GET /policy-sets/{id}/versions/{version}`
    GetPolicySetVersion {
        /// The set.
        policy_set_id: String,
        /// The version.
        #[cfg_attr(test, ts(type = "number"))]
        version: u64,
    },
    /// `GET /policy-sets/{id}/diff?from=1&to=2`
    DiffPolicySetVersions {
        /// The set.
        policy_set_id: String,
        /// The version to compare from.
        #[cfg_attr(test, ts(type = "number"))]
        from: u64,
        /// The version to compare to.
        #[cfg_attr(test, ts(type = "number"))]
        to: u64,
    },
    /// `POST /policy-sets/{id}/versions/{version}/restore`
    RestorePolicySetVersion {
        /// The set.
        policy_set_id: String,
        /// The version to bring back.
        #[cfg_attr(test, ts(type = "number"))]
        version: u64,
    },
    /// `POST /approval-rules`
    CreateApprovalRule(ApprovalRule),
    /// `GET /approval-rules`
    ListApprovalRules(PageRequest),
    /// `GET /approval-rules/{id}`
    GetApprovalRule {
        /// The rule.
        id: String,
    },
    /// `PATCH /approval-rules/{id}`
    ChangeApprovalRule {
        /// The rule.
        id: String,
        /// What changes.
        change: ApprovalRuleChange,
    },
    /// `DELETE /approval-rules/{id}`
    DeleteApprovalRule {
        /// The rule.
        id: String,
    },
    /// `POST /approval-rules/{id}/promote`
    PromoteApprovalRule {
        /// The rule.
        id: String,
    },
    /// `POST /external-check-providers`
    CreateExternalCheckProvider(NewExternalCheckProvider),
    /// `GET /external-check-providers`
    ListExternalCheckProviders(PageRequest),
    /// `GET /external-check-providers/{id}`
    GetExternalCheckProvider {
        /// The provider.
        id: String,
    },
    /// `PATCH /external-check-providers/{id}`
    ChangeExternalCheckProvider {
        /// The provider.
        id: String,
        /// What changes.
        change: ExternalCheckProviderChange,
    },
    /// `DELETE /external-check-providers/{id}`
    DeleteExternalCheckProvider {
        /// The provider.
        id: String,
    },
    /// `POST /external-check-providers/{id}/scopes`
    AttachProviderScope {
        /// The provider.
        id: String,
        /// Where it is to take part.
        scope: ProviderScope,
    },
    /// `DELETE /external-check-providers/{id}/scopes`
    DetachProviderScope {
        /// The provider.
        id: String,
        /// Where it is to take part no more.
        scope: ProviderScope,
    },
    /// `POST /external-check-providers/{id}/secret`, before the host stores it: whether whoever asks may.
    AuthorizeProviderSecret {
        /// The provider.
        id: String,
    },
    /// `POST /external-check-providers/{id}/secret`, after the host stored it: that there is one.
    RecordProviderSecret {
        /// The provider.
        id: String,
    },
    /// `PUT /settings`
    PutSettings(stored::Settings),
    /// `GET /settings`
    GetSettings {},
    /// `PUT /workspaces/{id}`
    PutWorkspace {
        /// The workspace.
        id: String,
        /// What it is.
        workspace: NewWorkspace,
    },
    /// `GET /workspaces/{id}`
    GetWorkspace {
        /// The workspace.
        id: String,
    },
}

/// A question to [`Administration`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AdministrationRequest {
    /// The organisation.
    pub org_id: String,
    /// What is asked for.
    pub operation: AdministrationOperation,
    /// The host's id for this operation: what is created gets it, and the same operation twice is one.
    pub operation_id: String,
    /// The time, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub now_ms: u64,
    /// The answers to the needs of earlier rounds.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

/// One operation while it runs.
pub struct Administration<'a> {
    org_id: &'a str,
    operation_id: &'a str,
    now_ms: u64,
}

impl Administration<'_> {
    /// Runs an operation to its next step.
    ///
    /// # Errors
    /// `malformed_request` for an empty id; those of facts.
    pub fn run(request: AdministrationRequest) -> Result<Step, Error> {
        for (path, id) in [("/org_id", &request.org_id), ("/operation_id", &request.operation_id)] {
            if id.trim().is_empty() {
                return Err(Error::new(ErrorCode::MalformedRequest, "an id is empty").at(path));
            }
        }
        let AdministrationRequest { org_id, operation, operation_id, now_ms, facts } = request;
        let administration = Administration { org_id: &org_id, operation_id: &operation_id, now_ms };
        Asking::new(facts)?.run(|asking| administration.perform(asking, operation))
    }

    fn perform(&self, asking: &Asking, operation: AdministrationOperation) -> Result<Done, Stop> {
        use AdministrationOperation as Operation;
        match operation {
            Operation::CreatePolicySet(new) => self.create_policy_set(asking, new),
            Operation::ListPolicySets(page) => self.list_policy_sets(asking, &page),
            Operation::GetPolicySet { id } => self.get_policy_set(asking, &id),
            Operation::ChangePolicySet { id, change } => self.change_policy_set(asking, &id, change),
            Operation::DeletePolicySet { id } => self.delete_policy_set(asking, &id),
            Operation::ListPolicies { policy_set_id } => self.list_policies(asking, &policy_set_id),
            Operation::AddPolicy { policy_set_id, policy } => self.add_policy(asking, &policy_set_id, policy),
            Operation::ChangePolicy { policy_set_id, id, change } => {
                self.change_policy(asking, &policy_set_id, &id, change)
            }
            Operation::RemovePolicy { policy_set_id, id } => self.remove_policy(asking, &policy_set_id, &id),
            Operation::LoadPolicySet { id } => self.load_policy_set(asking, &id),
            Operation::ListPolicySetVersions { policy_set_id, page } => {
                self.list_policy_set_versions(asking, &policy_set_id, &page)
            }
            Operation::GetPolicySetVersion { policy_set_id, version } => {
                self.get_policy_set_version(asking, &policy_set_id, version)
            }
            Operation::DiffPolicySetVersions { policy_set_id, from, to } => {
                self.diff_policy_set_versions(asking, &policy_set_id, from, to)
            }
            Operation::RestorePolicySetVersion { policy_set_id, version } => {
                self.restore_policy_set_version(asking, &policy_set_id, version)
            }
            Operation::CreateApprovalRule(new) => self.create_approval_rule(asking, new),
            Operation::ListApprovalRules(page) => self.list_approval_rules(asking, &page),
            Operation::GetApprovalRule { id } => self.get_approval_rule(asking, &id),
            Operation::ChangeApprovalRule { id, change } => self.change_approval_rule(asking, &id, change),
            Operation::DeleteApprovalRule { id } => self.delete_approval_rule(asking, &id),
            Operation::PromoteApprovalRule { id } => self.promote_approval_rule(asking, &id),
            Operation::CreateExternalCheckProvider(new) => self.create_provider(asking, new),
            Operation::ListExternalCheckProviders(page) => self.list_providers(asking, &page),
            Operation::GetExternalCheckProvider { id } => self.get_provider(asking, &id),
            Operation::ChangeExternalCheckProvider { id, change } => self.change_provider(asking, &id, change),
            Operation::DeleteExternalCheckProvider { id } => self.delete_provider(asking, &id),
            Operation::AttachProviderScope { id, scope } => self.attach_scope(asking, &id, scope),
            Operation::DetachProviderScope { id, scope } => self.detach_scope(asking, &id, &scope),
            Operation::AuthorizeProviderSecret { id } => self.authorize_provider_secret(asking, &id),
            Operation::RecordProviderSecret { id } => self.record_provider_secret(asking, &id),
            Operation::PutSettings(settings) => self.put_settings(asking, settings),
            Operation::GetSettings {} => self.get_settings(asking),
            Operation::PutWorkspace { id, workspace } => self.put_workspace(asking, &id, workspace),
            Operation::GetWorkspace { id } => self.get_workspace(asking, &id),
        }
    }
}
