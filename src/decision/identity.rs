//! Who is asking, and what they may do: the host's answer, never the caller's.

use serde::{Deserialize, Serialize};

/// What somebody may do something with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// What kind of thing.
    pub r#type: ResourceType,
    /// Which.
    pub id: String,
}

/// The kinds of resource that rights are held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ResourceType {
    /// The organisation.
    Org,
    /// A project.
    Project,
    /// A workspace.
    Workspace,
    /// A software agent.
    Agent,
}

/// A role in the organisation, from the lowest rank to the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum OrgRole {
    /// Rank -1.
    Reader,
    /// Rank 0.
    Member,
    /// Rank 1.
    Admin,
    /// Rank 2.
    Owner,
}

/// Something that may be done with a resource (section 1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// See it.
    Read,
    /// Change it.
    Write,
    /// Delete it and what lives in it.
    Delete,
    /// Start a run.
    Trigger,
    /// Apply a plan.
    Apply,
    /// Vote for a run.
    Approve,
    /// Vote against a run.
    Reject,
    /// Stop a run.
    Abort,
}

/// Who is asking, and what they may do with one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The person's or key's id; none: nobody in particular.
    pub id: Option<String>,
    /// The e-mail.
    pub email: Option<String>,
    /// The role in the organisation; none: no role in it.
    #[serde(default)]
    pub org_role: Option<OrgRole>,
    /// Whether a person is there (a session), and not an API key: only people vote. Default: no.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub is_session: bool,
    /// What they may do with the resource. A verb that is not here is refused.
    pub may: Vec<Verb>,
}

impl Identity {
    /// Whether they may do this with the resource.
    pub fn may(&self, verb: Verb) -> bool {
        self.may.contains(&verb)
    }

    /// Whether they are an owner or administrator of the organisation.
    pub fn is_org_admin(&self) -> bool {
        self.org_role.is_some_and(|role| role >= OrgRole::Admin)
    }

    /// What to call them in a message.
    pub fn name(&self) -> &str {
        self.email.as_deref().or(self.id.as_deref()).unwrap_or("whoever is asking")
    }
}
