//! `cargo bench --bench rego_decisions -- FOLDER COUNT`: decides COUNT times on the inputs of a workload, natively, for a profiler.
//!
//! The folder holds `policy.rego`, `entrypoint`, `data.json` where there is data, and `0.json`, `1.json`, …: `../profile.mjs` writes it.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program for a profiler ends with a word where its folder is wrong"
)]

use regate::api::{Engine, Outcome};
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (Some(folder), Some(count)) = (arguments.next(), arguments.next()) else {
        println!("usage: cargo bench --bench rego_decisions -- FOLDER COUNT");
        return;
    };
    let count: usize = count.parse().expect("COUNT is a whole number");
    let folder = PathBuf::from(folder);
    let text = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let inputs: Vec<Vec<u8>> = (0..).map_while(|at| fs::read(folder.join(format!("{at}.json"))).ok()).collect();
    let (source, entrypoint) = (text("policy.rego"), text("entrypoint"));

    let mut engine = Engine::new();
    let handle = compiled(&mut engine, &source, fs::read(folder.join("data.json")).ok().as_deref());
    // What is done once for a program is no part of a decision.
    for input in &inputs {
        decide(&mut engine, handle, &entrypoint, input);
    }
    for at in 0..count {
        black_box(decided(&mut engine, handle, &entrypoint, &inputs[at % inputs.len()]));
    }
}

fn compiled(engine: &mut Engine, source: &str, data: Option<&[u8]>) -> u32 {
    let request = serde_json::json!({ "modules": [{ "path": "policy.rego", "source": source }] });
    let answer = engine.call("compile", &request.to_string(), data);
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("an answer is JSON");
    let handle = answer["ok"]["handle"].as_u64().unwrap_or_else(|| panic!("the policy does not compile: {answer}"));
    u32::try_from(handle).expect("handles are small")
}

/// What is counted: one decision from the bytes of an input to the text of the answer, which is empty where the outcome says all. Never inlined,
/// so that a profiler finds it.
#[inline(never)]
fn decided(engine: &mut Engine, handle: u32, entrypoint: &str, input: &[u8]) -> String {
    decide(engine, handle, entrypoint, input)
}

#[inline(always)]
fn decide(engine: &mut Engine, handle: u32, entrypoint: &str, input: &[u8]) -> String {
    engine.reserve(input.len())[..input.len()].copy_from_slice(black_box(input));
    let outcome = black_box(engine.evaluate_reserved(handle, entrypoint, input.len(), 0));
    assert_ne!(outcome, Outcome::Text, "{}", engine.take_text());
    engine.take_text()
}
