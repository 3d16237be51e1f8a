//! Policies of configurations on a host's records: bundles, decisions, the log, settings; and who may what.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod bundles;
mod decisions;
mod host;
mod log;
mod settings;
