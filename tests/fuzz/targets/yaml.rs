//! Any YAML is read, refused or too much by all of its builtins alike, and what was read is written as what it was.
#![no_main]

#[path = "../../laws/untrusted/asked.rs"]
#[allow(dead_code, reason = "not every target asks in every way")]
mod asked;
#[path = "../pace.rs"]
mod pace;
#[path = "../../laws/untrusted/unfolded.rs"]
mod unfolded;
#[path = "../../laws/untrusted/yaml.rs"]
mod yaml;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| yaml::check(bytes));
