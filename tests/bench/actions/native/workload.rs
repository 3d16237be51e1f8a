//! The policies and the calls: those of `../workload.mjs`, which are compared with these.

use serde_json::{Value, json};

/// How many sessions take turns in making calls.
pub const SESSIONS: u32 = 250;

/// A policy that has something to say about each call: a budget, a rate, a list, constraints, evidence.
pub fn policy(at: u32) -> Value {
    json!({
        "name": format!("policy {at}"),
        "run_budget": 1_000_000 + at,
        "denied_actions": [format!("forbidden-{at}")],
        "rate_limits": { "pay": { "max_count": 1_000, "window_seconds": 60 + at } },
        "evidence_actions": ["look"],
        "evidence_requirements": { "refund": ["look"] },
        "argument_constraints": {
            "pay": { "required": ["to"], "properties": { "amount": { "type": "number", "maximum": 1_000 + at } } },
        },
    })
}

/// A call, which all policies allow.
pub fn call(at: u32) -> Value {
    json!({
        "name": "pay",
        "cost_usd": 0.01,
        "session_id": format!("s{}", at % SESSIONS),
        "run_id": format!("r{}", at % SESSIONS),
        "agent_id": "a",
        "kwargs": { "to": "bob", "amount": at % 100 },
    })
}

/// What a call really cost.
pub const SETTLED_USD: f64 = 0.005;

/// When a call is made, in milliseconds since 1970: 50 in a second.
pub fn time_of(at: u32) -> u64 {
    1_000_000_000_000 + 20 * u64::from(at)
}
