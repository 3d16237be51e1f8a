//! Decisions without a store: one call on a small state, many calls on a virtual clock, decisions of a log made again, recorded
//! outputs in the place of calls (section 7).
//!
//! INVARIANT (one evaluation): whatever is decided or taken here goes through `evaluate` and `consumption`, as in the service. This
//! folder reads what a caller gives, keeps a private state, and compares.

pub mod check;
pub mod comparison;
pub mod decision_log;
pub mod entries;
pub mod given;
pub mod given_state;
pub mod outputs;
pub mod redecision;
pub mod simulate;
pub mod warnings;
pub mod world;
