//! `IdempotencyEntry`: what became of a call with an idempotency key (section 3.2, step 2).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What became of a call with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdempotencyEntry {
    /// The call that has the key.
    pub reservation: String,
    /// When the key was seen first, in milliseconds since 1970.
    pub first_seen_at_ms: u64,
    /// Until when the key is taken, in milliseconds since 1970.
    pub expires_at_ms: u64,
    /// Its result, where there is one.
    pub result: Option<Value>,
}
