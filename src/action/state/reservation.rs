//! `Reservation`: what is held for one call, from the decision to its settlement.

use super::{AccountKey, Bucket, StateKey};
use crate::action::money::{Usd, exact};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is held for one call.
///
/// The cost of an allowed call is spent when it is allowed, so that no crash loses it; settling corrects it and releasing takes
/// it back. What is held for a call that waits counts until it is released or expires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reservation {
    /// The id: that of the decision.
    pub id: String,
    /// Where it stands.
    pub status: ReservationStatus,
    /// The action.
    pub action: String,
    /// The session.
    pub session: String,
    /// The run.
    pub run: Option<String>,
    /// The agent that asked.
    pub agent: Option<String>,
    /// The digest of the arguments.
    pub args_digest: String,
    /// The digest of what else a grant is bound to, where the call waits for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_digest: Option<String>,
    /// The short hash of the arguments, for evidence.
    pub args_hash: String,
    /// The money.
    #[serde(with = "exact")]
    pub amount: Usd,
    /// The accounts that it is spent from or held in.
    pub accounts: Vec<AccountKey>,
    /// How often each of them had begun anew when it was spent there. What has begun anew since has forgotten it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resets: Vec<u64>,
    /// How often its run had begun anew when it was allowed, where its result is evidence.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub beginnings: u64,
    /// When it was decided, in milliseconds since 1970: the time of its rate slot.
    pub at_ms: u64,
    /// When it expires.
    pub expires_at_ms: u64,
    /// Whether it took a slot of the action's rate.
    pub took_slot: bool,
    /// The exceptions that were used: policy and exception.
    pub exceptions: Vec<(String, String)>,
    /// The arguments, where the call's result is evidence.
    pub evidence: Option<Map<String, Value>>,
    /// The idempotency key, and how long a result is kept for it.
    pub idempotency: Option<(String, u64)>,
    /// The approval that it waits or waited for.
    pub approval: Option<String>,
    /// Whether a result was recorded.
    pub has_result: bool,
}

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum ReservationStatus {
    /// The call waits for an approval.
    Held,
    /// The call was allowed, and what it cost is not told yet.
    Open,
    /// What it cost was told.
    Settled,
    /// It was never made.
    Released,
}

impl Reservation {
    /// What counts how often its run began anew.
    pub fn beginnings_key(&self) -> StateKey {
        Bucket::beginnings(self.run.as_deref(), &self.session)
    }

    /// Whether a hold's time is up.
    pub const fn is_expired_hold(&self, now_ms: u64) -> bool {
        matches!(self.status, ReservationStatus::Held) && self.expires_at_ms <= now_ms
    }

    /// Where what belongs to its run is kept.
    pub fn bucket(&self) -> Bucket {
        Bucket::new(self.run.as_deref(), &self.session, self.agent.as_deref())
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
