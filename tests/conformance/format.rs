//! Formatting against that of OPA, byte for byte, and twice against once.

use crate::case::dialect;
use crate::crew::{self, Ending};
use crate::data::FormatCase;
use regate::rego::Dialect;
use regate::rego::syntax::{format, parse};
use std::sync::Arc;

/// What came of all texts.
pub struct Formats {
    results: Vec<(Arc<FormatCase>, Verdict)>,
}

struct Verdict {
    is_equal: bool,
    is_stable: bool,
    formatted: String,
}

/// Formats every text.
pub fn run(cases: Vec<FormatCase>) -> Formats {
    let cases = cases.into_iter().map(Arc::new).collect();
    let results = crew::run(cases, |case: &Arc<FormatCase>| judge(case))
        .into_iter()
        .map(|(case, ending)| {
            let failed = |words: &str| Verdict { is_equal: false, is_stable: false, formatted: words.to_owned() };
            let verdict = match ending {
                Ending::Done(verdict) => verdict,
                Ending::Panicked(words) => failed(&format!("panic: {words}")),
                Ending::TimedOut => failed("does not end"),
            };
            (case, verdict)
        })
        .collect();
    Formats { results }
}

fn judge(case: &FormatCase) -> Verdict {
    let dialect = dialect(&case.version);
    let formatted = formatted(&case.source, dialect);
    Verdict {
        is_equal: formatted == case.formatted,
        is_stable: self::formatted(&formatted, dialect) == formatted,
        formatted,
    }
}

fn formatted(source: &str, dialect: Dialect) -> String {
    format::format(source, &parse(source, dialect))
}

impl Formats {
    pub fn cases(&self) -> usize {
        self.results.len()
    }

    pub fn equal(&self) -> usize {
        self.results.iter().filter(|(_, verdict)| verdict.is_equal).count()
    }

    pub fn stable(&self) -> usize {
        self.results.iter().filter(|(_, verdict)| verdict.is_stable).count()
    }

    pub fn print_misses(&self) {
        for (case, verdict) in &self.results {
            if verdict.is_equal && verdict.is_stable {
                continue;
            }
            let why = if verdict.is_equal { "not stable" } else { "differs" };
            let pairs = verdict.formatted.lines().zip(case.formatted.lines());
            let first = pairs.enumerate().find(|(_, (ours, theirs))| ours != theirs);
            let first = first.map(|(at, (ours, theirs))| format!("line {}: {ours:?} | OPA: {theirs:?}", at + 1));
            println!("format {} {why} {}", case.id, first.unwrap_or_default());
        }
    }
}
