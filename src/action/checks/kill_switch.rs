//! A target that was stopped takes no action: agent, then run, then mission.

use super::{Asked, Finding};
use crate::action::state::{StateKey, StateValue, TargetType};
use crate::action::verdict::{Denial, ReasonCode};
use crate::decision::Stop;
use serde_json::json;

/// The targets of a call.
pub fn targets(call: &crate::action::call::ActionCall) -> impl Iterator<Item = (TargetType, &String)> {
    let targets =
        [(TargetType::Agent, &call.agent_id), (TargetType::Run, &call.run_id), (TargetType::Mission, &call.mission_id)];
    targets.into_iter().filter_map(|(target_type, id)| id.as_ref().map(|id| (target_type, id)))
}

/// Refuses with `AGENT_KILLED`.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn check(asked: &Asked<'_>) -> Result<Finding, Stop> {
    for (target_type, id) in targets(asked.call) {
        let Some(StateValue::KillSwitch(switch)) = asked.known.state(&StateKey::KillSwitch(target_type, id.clone()))?
        else {
            continue;
        };
        if switch.is_active {
            let why = switch.reason.as_deref().map_or_else(String::new, |reason| format!(": {reason}"));
            let mut denial =
                Denial::new(ReasonCode::AgentKilled, format!("the {} `{id}` was stopped{why}", target_type.as_str()))
                    .guided("take no further action; somebody must revive it first");
            denial.details = json!({
                "target_type": target_type, "target_id": id, "reason": switch.reason,
                "killed_by": switch.killed_by, "killed_at": switch.killed_at,
            });
            return Ok(denial.into());
        }
    }
    Ok(Finding::Passed)
}
