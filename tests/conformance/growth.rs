//! Time against size: parsing, checking and formatting generated policies of 10 to 100,000 lines. Where the time is linear, a line
//! of a long policy takes as long as one of a short policy.

use crate::generated;
use crate::table::Table;
use regate::rego::syntax::{format, parse};
use regate::rego::{self, Capabilities, Dialect, DialectRule, Module};
use std::hint::black_box;
use std::time::{Duration, Instant};

const LINES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
/// How long one figure is measured, and how often at least.
const PATIENCE: Duration = Duration::from_millis(300);
const SAMPLES: usize = 5;

/// Prints the table; false where one of these policies has a finding.
pub fn report() -> Result<bool, String> {
    let mut table =
        Table::new(&["lines", "modules", "KiB", "parse ms", "check ms", "format ms", "parse", "check", "format"]);
    for lines in LINES {
        let modules = generated::policies(lines);
        if let Some(finding) = check(&modules)?.first() {
            println!("a generated policy of {lines} lines has a finding: {finding}");
            return Ok(false);
        }
        let took = [
            fastest(|| modules.iter().for_each(|module| drop(black_box(parse(&module.source, Dialect::V1))))),
            fastest(|| drop(black_box(check(&modules)))),
            fastest(|| modules.iter().for_each(|module| drop(black_box(formatted(&module.source))))),
        ];
        let bytes: usize = modules.iter().map(|module| module.source.len()).sum();
        let mut row = vec![lines.to_string(), modules.len().to_string(), format!("{:.1}", bytes as f64 / 1024.0)];
        row.extend(took.map(|took| format!("{:.2}", took.as_secs_f64() * 1e3)));
        row.extend(took.map(|took| format!("{:.1}", took.as_secs_f64() * 1e6 / lines as f64)));
        table.row(row);
    }
    println!(
        "time against size: generated policies without a finding, of 20,000 lines in a module at the most; the fastest of\n\
         several times. The last three columns are microseconds for each line; parsing is a part of checking and formatting.\n\n{}",
        table.text()
    );
    Ok(true)
}

fn check(modules: &[Module]) -> Result<Vec<String>, String> {
    let findings = rego::find(modules, DialectRule::V1, &Capabilities::default()).map_err(|error| error.to_string())?;
    Ok(findings.diagnostics.into_iter().map(|finding| finding.message).collect())
}

fn formatted(source: &str) -> String {
    format::format(source, &parse(source, Dialect::V1))
}

/// The fastest of several times: what else the machine does is no part of it.
fn fastest(mut work: impl FnMut()) -> Duration {
    let begin = Instant::now();
    let mut samples = Vec::new();
    while samples.len() < SAMPLES || begin.elapsed() < PATIENCE {
        let start = Instant::now();
        work();
        samples.push(start.elapsed());
    }
    samples.into_iter().min().unwrap_or_default()
}
