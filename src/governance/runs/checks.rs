//! The answer of an external check provider (section 7.3). Whether its token was right is the host's word, given before.

use super::Runs;
use super::found::wrong_state;
use super::stored::{RunChange, RunState};
use super::timeline::{self, Actor};
use crate::decision::{Asking, Done, Refusal, RefusalCode, RequirementStatus, Source, Stop};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a provider says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum CheckDecision {
    /// The requirement is met.
    Pass,
    /// The run is rejected.
    Fail,
}

impl Runs<'_> {
    /// `POST /runs/{id}/external-checks/{providerId}`, after the token was found right.
    ///
    /// A check counts once; one that was handed on when its time was up counts no more.
    pub(super) fn receive_check(
        &self,
        asking: &Asking,
        id: &str,
        provider_id: &str,
        decision: CheckDecision,
        reason: &str,
    ) -> Result<Done, Stop> {
        let (mut run, version) = self.found(asking, id)?;
        let found = run
            .requirements
            .iter()
            .find(|requirement| requirement.source == Source::ExternalCheck && requirement.source_id == provider_id)
            .cloned();
        let Some(requirement) = found else {
            let message = "this provider has no check on this run";
            return Err(Refusal::new(RefusalCode::NotFound, message).into());
        };
        if run.status != RunState::PendingApproval {
            return Err(wrong_state(&run, "waits for no check"));
        }
        if requirement.status != RequirementStatus::Active || requirement.approver_type != "external_provider" {
            return Err(Refusal::new(RefusalCode::WrongState, "the check is decided, or was handed on").into());
        }
        let mut change = RunChange::of(id, version, self.operation_id);
        run.updated_at_ms = self.now_ms;
        let actor = Actor::Provider(provider_id.to_owned());
        let details = json!({ "provider_id": provider_id, "requirement_id": requirement.id, "decision": decision, "reason": reason });
        timeline::record(&mut run, &mut change, self.now_ms, "external_check_received", &actor, details)?;
        let about = [requirement.id.clone()];
        match decision {
            CheckDecision::Pass => self.approved(&mut run, &mut change, &about, &actor)?,
            CheckDecision::Fail => self.rejected(&mut run, &mut change, &about, &actor, "its provider", reason)?,
        }
        self.settle(asking, &mut run, &mut change)?;
        Self::done(change, &run, &run)
    }
}
