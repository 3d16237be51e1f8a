//! Roles: what whoever asks may do with what lives in a scope (sections 1.5, 2.1).

pub use crate::decision::key::escaped;
use crate::decision::{Asking, Identity, Refusal, RefusalCode, Resource, ResourceType, Stop, Verb};
use serde::{Deserialize, Serialize};

/// Where a policy set, a rule or a provider lives, and what runs it applies to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The organisation.
    Org,
    /// A project.
    Project(String),
    /// A workspace.
    Workspace(String),
}

impl Scope {
    /// The scope of something with these two fields: a workspace wins over a project (G61).
    pub fn of(project_id: Option<&str>, workspace_id: Option<&str>) -> Self {
        match (project_id, workspace_id) {
            (_, Some(workspace)) => Self::Workspace(workspace.to_owned()),
            (Some(project), None) => Self::Project(project.to_owned()),
            (None, None) => Self::Org,
        }
    }

    /// The resource that rights in this scope are held on.
    pub fn resource(&self, org_id: &str) -> Resource {
        let (r#type, id) = match self {
            Self::Org => (ResourceType::Org, org_id),
            Self::Project(id) => (ResourceType::Project, id.as_str()),
            Self::Workspace(id) => (ResourceType::Workspace, id.as_str()),
        };
        Resource { r#type, id: id.to_owned() }
    }

    /// The scope as part of a key. Ids are the host's: what divides the parts is escaped in them.
    pub fn key(&self) -> String {
        match self {
            Self::Org => "org".to_owned(),
            Self::Project(id) => format!("project/{}", escaped(id)),
            Self::Workspace(id) => format!("workspace/{}", escaped(id)),
        }
    }

    /// The scope in a message.
    pub fn words(&self) -> String {
        match self {
            Self::Org => "the organisation".to_owned(),
            Self::Project(id) => format!("the project `{id}`"),
            Self::Workspace(id) => format!("the workspace `{id}`"),
        }
    }
}

/// What the caller may do with something in a scope, from the least to the most (section 1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum EffectiveRole {
    /// See it.
    Read,
    /// Change it.
    Write,
    /// Delete it, too.
    Admin,
}

/// The role of whoever asks in a scope. Organisation-wide things are changed by owners and administrators only.
pub fn role_in(scope: &Scope, identity: &Identity) -> Option<EffectiveRole> {
    if identity.is_org_admin() {
        return Some(EffectiveRole::Admin);
    }
    if *scope != Scope::Org {
        if identity.may(Verb::Delete) {
            return Some(EffectiveRole::Admin);
        }
        if identity.may(Verb::Write) {
            return Some(EffectiveRole::Write);
        }
    }
    (identity.may(Verb::Read) || (*scope == Scope::Org && identity.org_role.is_some())).then_some(EffectiveRole::Read)
}

/// Who asks, with their role in a scope, or a refusal where it is less than what is needed.
///
/// # Errors
/// [`Stop::Needs`]; `not_permitted`. Whoever may not even see it is told the same as of a thing that is not there.
pub fn require(
    asking: &Asking,
    org_id: &str,
    scope: &Scope,
    needed: EffectiveRole,
    missing: impl FnOnce() -> Refusal,
) -> Result<(Identity, EffectiveRole), Stop> {
    let identity = asking.access(scope.resource(org_id))?;
    let Some(role) = role_in(scope, &identity) else { return Err(missing().into()) };
    if role >= needed {
        return Ok((identity, role));
    }
    let what = match needed {
        EffectiveRole::Read => "see what lives in",
        EffectiveRole::Write => "change what lives in",
        EffectiveRole::Admin => "delete what lives in",
    };
    Err(Refusal::new(RefusalCode::NotPermitted, format!("{} may not {what} {}", identity.name(), scope.words())).into())
}

/// The refusal of whoever may not create something in a scope.
pub fn not_permitted_in(scope: &Scope) -> Refusal {
    Refusal::new(RefusalCode::NotPermitted, format!("whoever asks has no right in {}", scope.words()))
}
