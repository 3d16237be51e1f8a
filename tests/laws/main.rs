//! Laws: what must hold for every configuration, plan, text and program, tried on generated ones.
//!
//! The generated inputs are the same in each run. `PROPTEST_RNG_SEED` chooses others, `PROPTEST_CASES` more of them; a
//! counterexample is made small before it is shown.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

mod action_policies;
mod action_records;
mod actions_merging;
mod actions_simulation;
mod approvals;
mod arguments;
mod bits;
mod decisions;
mod generated;
mod masks;
mod places;
mod programs;
mod reads;
mod rule_indexes;
mod syntax;
mod texts;
mod untrusted;
mod yaml;

use proptest::test_runner::{Config, RngSeed};
use regate::api::Engine;
use serde_json::Value;

/// How often a law is tried, unless the environment says otherwise.
pub fn tries(cases: u32) -> Config {
    let mut config = Config { failure_persistence: None, max_global_rejects: u32::MAX, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(0x5EED);
    }
    config
}

/// What an operation answers: what stands under `ok`, or the whole `{"error": …}`.
pub fn call(engine: &mut Engine, operation: &str, request: &Value, document: Option<&[u8]>) -> Value {
    let answer: Value = serde_json::from_str(&engine.call(operation, &request.to_string(), document)).unwrap();
    answer.get("ok").cloned().unwrap_or(answer)
}
