//! One call on a small state: what would be said of it, and what it would leave behind.

use super::given::{self, GivenException, GivenPolicy, GivenSetUp};
use super::given_state::{GivenState, StateAfter};
use super::world::{World, checked, failed};
use crate::action::call::ActionCall;
use crate::action::consumption::Outcome;
use crate::action::evaluation::Purpose;
use crate::action::service::authorize::told;
use crate::action::settings::ActionSettings;
use crate::action::state::{Memory, ModerationResult, ReservationStatus, StateKey};
use crate::action::verdict::ActionDecision;
use crate::error::{Error, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A call, and everything that it is judged by.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "CheckActionRequest"))]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// The policies. Without an id a policy is called by its name, or `policy-1` and so on.
    pub policies: Vec<GivenPolicy>,
    /// The exceptions from them.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub exceptions: Vec<GivenException>,
    /// What holds for all decisions.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub settings: ActionSettings,
    /// Whether anything was ever set up. True also where there are policies. Default false.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub configured: bool,
    /// The call.
    pub call: ActionCall,
    /// What earlier calls left behind. Default: nothing.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub state: GivenState,
    /// What a moderator says of the arguments. Absent: there is no moderator, and a policy that wants one refuses the call.
    #[serde(default)]
    #[cfg_attr(test, ts(optional = nullable))]
    pub moderation: Option<Vec<ModerationResult>>,
    /// The time, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub now_ms: u64,
    /// Whether the way through the checks is told. Default false.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub explain: bool,
    /// Whether it is only asked, or taken: then the answer has the state afterwards. Default `ask`.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub purpose: CheckPurpose,
    /// What the call gives, where it is taken and allowed: its result is recorded at once. Absent: no result is recorded.
    #[serde(default, deserialize_with = "given::present")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub result: Option<Value>,
}

/// For what a call is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "CheckActionPurpose"))]
#[serde(rename_all = "lowercase")]
pub enum CheckPurpose {
    /// To know what would be said.
    #[default]
    Ask,
    /// To take it.
    Authorize,
}

/// The decision on a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "CheckedAction", optional_fields))]
pub struct Checked {
    /// The decision.
    pub decision: ActionDecision,
    /// The state afterwards, where the call was to be taken: give it back to check the next call on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateAfter>,
}

/// Checks a call.
///
/// # Errors
/// `malformed_request`, `invalid_configuration`, with the path to what is wrong.
pub fn check(request: CheckRequest) -> Result<Checked, Error> {
    let CheckRequest { policies, exceptions, settings, configured, call, state, now_ms, .. } = request;
    checked(&call, "/call")?;
    if request.result.is_some() && request.purpose == CheckPurpose::Ask {
        let message = "a call that is only asked about gives no result";
        return Err(Error::new(ErrorCode::MalformedRequest, message)
            .at("/result")
            .with_help("give `purpose: \"authorize\"` to take the call"));
    }
    let policies = given::policies(policies, "/policies", configured)?;
    let exceptions = given::exceptions(exceptions, &[&policies])?;
    let set_up = GivenSetUp { policies, exceptions, settings };
    let mut memory = state.memory(&set_up, now_ms, "/state")?;
    memory.moderated = request.moderation;
    let mut world = World::new(&set_up, memory);
    let (decision, state) = match request.purpose {
        CheckPurpose::Ask => {
            let evaluation = world.evaluate(&call, now_ms, Purpose::Ask).map_err(failed)?;
            (told(&evaluation, request.explain), None)
        }
        CheckPurpose::Authorize => {
            let id = next_id(&world.state);
            let decided = world.authorize(&call, now_ms, &id, request.explain).map_err(failed)?;
            let open = decided.reservation.filter(|reservation| reservation.status == ReservationStatus::Open);
            if let (Some(open), Some(result)) = (open, request.result) {
                world.record(&open, &Outcome::Success(result), now_ms).map_err(failed)?;
            }
            (decided.decision, Some(StateAfter::of(&world.state).map_err(failed)?))
        }
    };
    Ok(Checked { decision, state })
}

/// An id that no call of a state has: `call-1` on an empty one.
fn next_id(state: &Memory) -> String {
    let calls = state.parts().keys().filter(|key| matches!(key, StateKey::Reservation(_))).count();
    let ids = (calls + 1..).map(|number| format!("call-{number}"));
    let mut free = ids.filter(|id| !state.parts().contains_key(&StateKey::Reservation(id.clone())));
    free.next().unwrap_or_default()
}
