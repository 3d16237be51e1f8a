//! Who may do what with actions: the host says, for the organisation or for one agent.

use crate::decision::{Asking, Identity, Need, Refusal, RefusalCode, Resource, ResourceType, Stop, Verb};
use crate::typed;

/// The organisation as a resource.
pub fn organisation(org_id: &str) -> Resource {
    Resource { r#type: ResourceType::Org, id: org_id.to_owned() }
}

/// What a call is asked for: its agent, or the organisation where it names none.
pub fn caller(org_id: &str, agent_id: Option<&str>) -> Resource {
    match agent_id {
        Some(id) => Resource { r#type: ResourceType::Agent, id: id.to_owned() },
        None => organisation(org_id),
    }
}

/// Who asks, where they may do this. Owners and administrators of the organisation may.
///
/// # Errors
/// [`Stop::Needs`]; `not_permitted`.
pub fn require(asking: &Asking, resource: Resource, verb: Verb) -> Result<Identity, Stop> {
    let words = match resource.r#type {
        ResourceType::Agent => format!("for the agent `{}`", resource.id),
        _ => "in this organisation".to_owned(),
    };
    let identity = asking.access(resource)?;
    if identity.is_org_admin() || identity.may(verb) {
        return Ok(identity);
    }
    let word = typed::written(&verb).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
    Err(Refusal::new(RefusalCode::NotPermitted, format!("{} may not `{word}` {words}", identity.name())).into())
}

/// Who asks, where they may ask for an agent, or else see the organisation.
///
/// # Errors
/// [`Stop::Needs`]; `not_permitted`.
pub fn require_caller_or_reader(asking: &Asking, org_id: &str, agent_id: Option<&str>) -> Result<Identity, Stop> {
    asking.want(Need::Access { resource: organisation(org_id) });
    match require(asking, caller(org_id, agent_id), Verb::Trigger) {
        // Only who was refused is asked about again: a question that is open yet is no answer.
        Err(Stop::Refused(_)) => require(asking, organisation(org_id), Verb::Read),
        ended => ended,
    }
}
