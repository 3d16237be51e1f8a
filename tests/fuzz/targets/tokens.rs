//! Any token is taken or refused, what was signed is verified and read back, and nothing that was changed is.
#![no_main]

#[path = "../../laws/untrusted/asked.rs"]
#[allow(dead_code, reason = "not every target asks in every way")]
mod asked;
#[path = "../pace.rs"]
mod pace;
#[path = "../../laws/untrusted/tokens.rs"]
mod tokens;
#[path = "../../laws/untrusted/unfolded.rs"]
mod unfolded;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| tokens::check(bytes));
