//! `IdempotencyEntry`: what became of a call with an idempotency key (section 3.2, step 2).

use serde::{Deserialize, Deserializer, Serialize};
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
    /// Its result, where there is one. A call that gave null has one.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub result: Option<Value>,
}

/// What is there is a result, null too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
