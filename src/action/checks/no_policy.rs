//! Where nothing was ever set up no policy can vouch for a call: the enforcement mode decides (section 3.3).

use super::Asked;
use crate::action::settings::EnforcementMode;
use crate::action::verdict::{Denial, ReasonCode, Warning, WarningKind};
use serde_json::json;

/// Decides by the mode: a refusal, or a warning that nothing vouches for the call.
///
/// # Errors
/// The refusal.
pub fn check(asked: &Asked<'_>) -> Result<Warning, Box<Denial>> {
    let mode = match asked.call.fail_closed {
        Some(true) => EnforcementMode::FailClosed,
        Some(false) => EnforcementMode::FailOpen,
        None => asked.settings.enforcement_mode,
    };
    let code = match mode {
        EnforcementMode::FailClosed => ReasonCode::PolicyNotConfigured,
        EnforcementMode::FailClosedWrites if asked.call.is_write() => ReasonCode::NoPolicyForWrite,
        EnforcementMode::FailOpen | EnforcementMode::FailClosedWrites => {
            return Ok(Warning {
                kind: WarningKind::NoPolicy,
                message: format!("no policy was ever set up; the mode `{}` lets the call pass", mode.as_str()),
                policy_ids: Vec::new(),
                reason_code: None,
                budget_type: None,
                threshold: None,
                percent: None,
            });
        }
    };
    let message = match code {
        ReasonCode::NoPolicyForWrite => "no policy was ever set up, and the call may change something",
        _ => "no policy was ever set up",
    };
    let mut denial = Denial::new(code, message).guided("create a policy, or set another enforcement mode");
    denial.details = json!({ "enforcement_mode": mode.as_str(), "impact": asked.call.impact });
    Err(Box::new(denial))
}
