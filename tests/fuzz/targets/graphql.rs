//! Any query and schema are taken or refused by all of their builtins alike.
#![no_main]

#[path = "../../laws/untrusted/asked.rs"]
#[allow(dead_code, reason = "not every target asks in every way")]
mod asked;
#[path = "../../laws/untrusted/graphql.rs"]
mod graphql;
#[path = "../pace.rs"]
mod pace;
#[path = "../../laws/untrusted/unfolded.rs"]
mod unfolded;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| graphql::check(bytes));
