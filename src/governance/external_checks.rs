//! Layer 3: which external check providers take part, and what they are sent.

use super::configuration::{ExternalCheckProvider, ScopeType};
use super::plan::PlanChanges;
use super::request::GovernanceRequest;
use crate::decision::audit::timestamp;
use crate::decision::{Delivery, Notice, Requirement};
use crate::limits;
use serde_json::json;

/// Three tries with growing pauses, ten seconds each (section 7.4).
const DELIVERY: Delivery = Delivery { tries: 3, timeout_ms: 10_000, first_pause_ms: 1_000 };

/// The providers with an attached scope that covers the workspace, in the order of names. Without a scope: never.
pub fn in_scope<'a>(
    providers: &'a [ExternalCheckProvider],
    request: &GovernanceRequest,
) -> Vec<&'a ExternalCheckProvider> {
    providers
        .iter()
        .filter(|provider| {
            provider.scopes.iter().any(|scope| match scope.scope_type {
                ScopeType::Org => scope.scope_id == request.org.id,
                ScopeType::Project => request.workspace.project_id.as_deref() == Some(&scope.scope_id),
                ScopeType::Workspace => scope.scope_id == request.workspace.id,
            })
        })
        .collect()
}

/// The call that a provider gets (section 7.4). The host signs and sends it: secrets never come here.
pub fn notice(
    provider: &ExternalCheckProvider,
    request: &GovernanceRequest,
    changes: &PlanChanges,
    requirement: &Requirement,
    digest: &str,
    revision: &str,
) -> Notice {
    let run_id = &request.run.id;
    let told = (changes.added.len() + changes.changed.len() + changes.destroyed.len()) as u64;
    Notice::ExternalCheckRequested {
        id: format!("{}:requested", requirement.id),
        org_id: request.org.id.clone(),
        run_id: run_id.clone(),
        digest: digest.to_owned(),
        revision: revision.to_owned(),
        provider_id: provider.id.clone(),
        callback_url: provider.callback_url.clone(),
        sign_message: format!("{}:{run_id}", provider.id),
        body: json!({
            "event": "external_check.requested",
            "provider_id": provider.id,
            "run_id": run_id,
            "workspace_id": request.workspace.id,
            "workspace_name": request.workspace.name,
            "project_id": request.workspace.project_id,
            "org_id": request.org.id,
            "run_type": request.run.run_type,
            "trigger": request.run.trigger,
            "triggered_by": request.run.triggered_by,
            // A plan too large to be told is not told in part: what is left out could be what matters.
            "plan_changes": (told <= limits::TOLD_CHANGES).then_some(changes),
            "respond_to": format!("/runs/{run_id}/external-checks/{}", provider.id),
            "expires_at": requirement.expires_at_ms.map(timestamp),
        }),
        delivery: DELIVERY,
    }
}
