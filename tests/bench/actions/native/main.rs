//! `cargo bench --bench action_decisions`: decisions on calls of agents, natively, on a host that is a map in memory.
//!
//! The same policies, calls and rounds as in Node and in workerd (`../lane.mjs`). With `--json` one line for `npm run bench -- --actions`,
//! which passes `--policies`, `--records`, `--rounds` and `--calls`, too.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends with a word where its own host is wrong"
)]

mod effort;
mod host;
mod lane;
mod workload;

use effort::Effort;
use lane::{Lane, OPERATIONS};
use serde_json::{Value, json};

fn main() {
    let effort = Effort::of(std::env::args().skip(1));
    let rows: Vec<Value> = effort.policies.iter().map(|&policies| measured(policies, &effort)).collect();
    if effort.json {
        println!("{}", json!({ "rows": rows }));
    } else {
        for row in &rows {
            print(row);
        }
    }
}

/// Microseconds of one call, for each round.
fn measured(policies: u32, effort: &Effort) -> Value {
    let mut lane = Lane::with(policies);
    lane.fill(effort.records_before());
    let exchanges = lane.exchanges();
    let before = lane.records();
    let mut times: Vec<[Vec<f64>; 3]> = vec![Default::default(); OPERATIONS.len()];
    for round in 0..=effort.rounds {
        for (at, operation) in OPERATIONS.iter().enumerate() {
            let (whole, engine) = lane.timed(operation, effort.calls);
            let json = lane::json_alone(&exchanges[*operation], effort.calls);
            // The first round warms up.
            if round == 0 {
                continue;
            }
            for (samples, time) in times[at].iter_mut().zip([whole, engine, json]) {
                samples.push(time.as_secs_f64() * 1e6 / f64::from(effort.calls));
            }
        }
    }
    let operations: serde_json::Map<String, Value> = OPERATIONS
        .iter()
        .zip(times)
        .map(|(name, [whole, engine, json])| {
            ((*name).to_owned(), json!({ "whole": whole, "engine": engine, "json": json }))
        })
        .collect();
    json!({
        "policies": policies, "records": { "before": before, "after": lane.records() }, "operations": operations,
        // For the others: the very texts that crossed the door, and what they were about.
        "exchanges": exchanges, "policy": workload::policy(policies - 1), "call": workload::call(7),
    })
}

fn print(row: &Value) {
    println!("{} policies, {} to {} records", row["policies"], row["records"]["before"], row["records"]["after"]);
    for name in OPERATIONS {
        let median = |part: &str| {
            let mut times: Vec<f64> =
                row["operations"][name][part].as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        let whole = median("whole");
        let (engine, json) = (median("engine"), median("json"));
        println!("  {name:<10}{whole:>8.1} us a call, of which the engine {engine:.1} us; its JSON alone {json:.1} us");
    }
}
