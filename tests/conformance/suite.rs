//! The evaluation cases as a table: passes by group and dialect, and the causes of the misses.

use crate::case::{self, Cause, Verdict};
use crate::crew::{self, Ending};
use crate::data::SuiteCase;
use crate::table::Table;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What came of all cases.
pub struct Suite {
    results: Vec<(Arc<SuiteCase>, Verdict)>,
}

/// Passes among a number of cases.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub cases: usize,
    pub strict: usize,
    pub lenient: usize,
}

impl Tally {
    fn add(&mut self, verdict: &Verdict) {
        self.cases += 1;
        self.strict += usize::from(verdict.strict);
        self.lenient += usize::from(verdict.lenient);
    }

    fn cells(self) -> [String; 3] {
        [self.cases.to_string(), self.strict.to_string(), self.lenient.to_string()]
    }
}

/// The tallies of one group: v0, v1, both.
#[derive(Default)]
pub struct ByDialect {
    pub v0: Tally,
    pub v1: Tally,
    pub both: Tally,
}

impl ByDialect {
    fn add(&mut self, version: &str, verdict: &Verdict) {
        if version == "v0" { &mut self.v0 } else { &mut self.v1 }.add(verdict);
        self.both.add(verdict);
    }
}

/// Runs the cases.
pub fn run(cases: Vec<SuiteCase>) -> Suite {
    let cases = cases.into_iter().map(Arc::new).collect();
    let results = crew::run(cases, |case: &Arc<SuiteCase>| case::judge(case))
        .into_iter()
        .map(|(case, ending)| {
            let verdict = match ending {
                Ending::Done(verdict) => verdict,
                Ending::Panicked(words) => Verdict::miss(Cause::Panic, words),
                Ending::TimedOut => Verdict::miss(Cause::TimeOut, "given up"),
            };
            (case, verdict)
        })
        .collect();
    Suite { results }
}

impl Suite {
    pub fn cases(&self) -> usize {
        self.results.len()
    }

    pub fn strict(&self) -> usize {
        self.results.iter().filter(|(_, verdict)| verdict.strict).count()
    }

    pub fn groups(&self) -> BTreeMap<&str, ByDialect> {
        let mut groups: BTreeMap<&str, ByDialect> = BTreeMap::new();
        for (case, verdict) in &self.results {
            groups.entry(&case.group).or_default().add(&case.version, verdict);
        }
        groups
    }

    pub fn print(&self) {
        let mut table = Table::new(&[
            "group", "v0", "strict", "lenient", "v1", "strict", "lenient", "all", "strict", "lenient", "misses",
        ]);
        let mut all = ByDialect::default();
        for (case, verdict) in &self.results {
            all.add(&case.version, verdict);
        }
        for (group, tallies) in self.groups() {
            table.row(self.row(group, &tallies, Some(group)));
        }
        table.rule();
        table.row(self.row("all groups", &all, None));
        println!("\nevaluation cases, and how many pass\n\n{}", table.text());

        let mut causes = Table::new(&["cause of a miss", "v0", "v1", "all"]);
        for cause in Cause::ALL {
            let count = |version: &str| self.misses(cause, None).filter(|case| case.version == version).count();
            let (v0, v1) = (count("v0"), count("v1"));
            causes.row([cause.words().to_owned(), v0.to_string(), v1.to_string(), (v0 + v1).to_string()]);
        }
        println!("{}", causes.text());
    }

    pub fn print_misses(&self) {
        for (case, verdict) in &self.results {
            if let Some(miss) = &verdict.miss {
                println!("miss {} [{}] {}", case.id, miss.cause.words(), miss.detail.replace('\n', "\\n"));
            }
        }
    }

    fn row(&self, name: &str, tallies: &ByDialect, group: Option<&str>) -> Vec<String> {
        let mut row = vec![name.to_owned()];
        for tally in [tallies.v0, tallies.v1, tallies.both] {
            row.extend(tally.cells());
        }
        let causes: Vec<String> = Cause::ALL
            .iter()
            .map(|&cause| (cause, self.misses(cause, group).count()))
            .filter(|&(_, count)| group.is_some() && count > 0)
            .map(|(cause, count)| format!("{}: {count}", cause.words()))
            .collect();
        row.push(causes.join(", "));
        row
    }

    fn misses(&self, cause: Cause, group: Option<&str>) -> impl Iterator<Item = &SuiteCase> {
        self.results.iter().filter_map(move |(case, verdict)| {
            let is_it = verdict.miss.as_ref().is_some_and(|miss| miss.cause == cause)
                && group.is_none_or(|group| case.group == group);
            is_it.then_some(case.as_ref())
        })
    }
}
