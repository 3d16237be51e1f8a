//! Who may do what with the policies of an organisation's configurations: the host says.

use super::stored::Place;
use crate::decision::{Asking, Identity, Need, Refusal, RefusalCode, Resource, ResourceType, Stop, Verb};
use crate::typed;

impl Place<'_> {
    /// The need of who asks.
    pub(super) fn access_need(&self) -> Need {
        Need::Access { resource: self.organisation() }
    }

    fn organisation(&self) -> Resource {
        Resource { r#type: ResourceType::Org, id: self.org_id.to_owned() }
    }

    /// Who asks, where they may do this in the organisation. Its owners and administrators may.
    ///
    /// # Errors
    /// [`Stop::Needs`]; `not_permitted`.
    pub(super) fn require(&self, asking: &Asking, verb: Verb) -> Result<Identity, Stop> {
        let identity = asking.access(self.organisation())?;
        if identity.is_org_admin() || identity.may(verb) {
            return Ok(identity);
        }
        let word = typed::written(&verb).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
        let message = format!("{} may not `{word}` in this organisation", identity.name());
        Err(Refusal::new(RefusalCode::NotPermitted, message).into())
    }

    /// Who asks, where they are an owner or administrator of the organisation. `what` only those may do.
    ///
    /// # Errors
    /// [`Stop::Needs`]; `not_permitted`.
    pub(super) fn require_administrator(&self, asking: &Asking, what: &str) -> Result<Identity, Stop> {
        let identity = asking.access(self.organisation())?;
        if identity.is_org_admin() {
            return Ok(identity);
        }
        let message = format!("only owners and administrators of the organisation {what}");
        Err(Refusal::new(RefusalCode::NotPermitted, message).into())
    }
}
