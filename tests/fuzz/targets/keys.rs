//! Any key is taken or refused, and what is signed with one is verified by it.
#![no_main]

#[path = "../../laws/untrusted/asked.rs"]
#[allow(dead_code, reason = "not every target asks in every way")]
mod asked;
#[path = "../../laws/untrusted/keys.rs"]
mod keys;
#[path = "../pace.rs"]
mod pace;
#[path = "../../laws/untrusted/unfolded.rs"]
mod unfolded;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| keys::check(bytes));
