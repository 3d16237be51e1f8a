//! Action policies through the whole surface: a host's records, many callers at once, faults; and what must hold whatever they do.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing, and what it tried where it is asked to"
)]

mod chance;
mod host;
mod strictness;
mod world;
