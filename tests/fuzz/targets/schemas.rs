//! Any JSON schema is one or none, and any document matches it or not.
#![no_main]

#[path = "../../laws/untrusted/asked.rs"]
#[allow(dead_code, reason = "not every target asks in every way")]
mod asked;
#[path = "../pace.rs"]
mod pace;
#[path = "../../laws/untrusted/schemas.rs"]
mod schemas;
#[path = "../../laws/untrusted/unfolded.rs"]
mod unfolded;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| schemas::check(bytes));
