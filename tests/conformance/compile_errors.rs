//! Compile errors against those of OPA: the set of file, code and row of the first stage that has errors. Parser and
//! analysis are asked themselves: diagnostics leave out what OPA only repeats, and have what it does not get to.

use crate::case::dialect;
use crate::crew::{self, Ending};
use crate::data::CompileCase;
use crate::table::Table;
use regate::rego::analysis::{self, ModuleInput, Options, Told};
use regate::rego::diagnostic::Text;
use regate::rego::stage::Stage;
use regate::rego::syntax::{Parsed, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What came of all cases.
pub struct CompileErrors {
    results: Vec<(Arc<CompileCase>, Comparison)>,
}

/// One case against OPA.
struct Comparison {
    verdict: Verdict,
    messages_equal: bool,
    found: Vec<Finding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Equal,
    /// OPA has errors, and none was found.
    Accepted,
    /// Errors where OPA has none.
    Refused,
    OtherCode,
    OtherPlace,
    Failed,
}

impl Verdict {
    const MISSES: [Self; 5] = [Self::Accepted, Self::Refused, Self::OtherCode, Self::OtherPlace, Self::Failed];

    const fn words(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::OtherCode => "code",
            Self::OtherPlace => "place",
            Self::Failed => "failed",
        }
    }
}

#[derive(Debug, Clone)]
struct Finding {
    file: String,
    code: String,
    row: u32,
    message: String,
}

/// Compiles the modules of every case.
pub fn run(cases: Vec<CompileCase>) -> CompileErrors {
    let cases = cases.into_iter().map(Arc::new).collect();
    let results = crew::run(cases, |case: &Arc<CompileCase>| compare(case))
        .into_iter()
        .map(|(case, ending)| {
            let failed = |words: &str| Comparison {
                verdict: Verdict::Failed,
                messages_equal: false,
                found: vec![Finding {
                    file: String::new(),
                    code: "failed".to_owned(),
                    row: 0,
                    message: words.to_owned(),
                }],
            };
            let comparison = match ending {
                Ending::Done(comparison) => comparison,
                Ending::Panicked(words) => failed(&format!("panic: {words}")),
                Ending::TimedOut => failed("does not end"),
            };
            (case, comparison)
        })
        .collect();
    CompileErrors { results }
}

fn compare(case: &CompileCase) -> Comparison {
    let found = as_opa_prints(case);
    let found_set: BTreeSet<_> =
        found.iter().map(|finding| (finding.file.as_str(), finding.code.as_str(), finding.row)).collect();
    let wanted: BTreeSet<_> =
        case.errors.iter().map(|error| (error.file.as_str(), error.code.as_str(), error.row)).collect();
    let codes = |set: &BTreeSet<(&str, &str, u32)>| set.iter().map(|entry| entry.1.to_owned()).collect::<BTreeSet<_>>();
    let verdict = if found_set == wanted {
        Verdict::Equal
    } else if found_set.is_empty() {
        Verdict::Accepted
    } else if wanted.is_empty() {
        Verdict::Refused
    } else if codes(&found_set) == codes(&wanted) {
        Verdict::OtherPlace
    } else {
        Verdict::OtherCode
    };
    let found_words: BTreeSet<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
    let wanted_words: BTreeSet<&str> = case.errors.iter().map(|error| error.message.as_str()).collect();
    let messages_equal = verdict == Verdict::Equal && found_words == wanted_words;
    Comparison { verdict, messages_equal, found }
}

/// What OPA would print: the errors of the first stage that has any, each at OPA's place. The checks here go on, so that
/// an author sees all at once.
fn as_opa_prints(case: &CompileCase) -> Vec<Finding> {
    let dialect = dialect(&case.version);
    let parsed: Vec<Parsed<'_>> = case.modules.iter().map(|module| parse(&module.source, dialect)).collect();
    let inputs: Vec<ModuleInput<'_>> = case
        .modules
        .iter()
        .zip(&parsed)
        .map(|(module, parsed)| ModuleInput { path: &module.path, source: &module.source, parsed })
        .collect();
    let place = |module: usize, byte: u32| {
        let module = case.modules.get(module)?;
        let (place, _) = Text::new(&module.path, &module.source).places(byte as usize..byte as usize);
        Some((module.path.clone(), place.line))
    };
    let mut found: Vec<(Stage, Finding)> = Vec::new();
    for (module, parsed) in parsed.iter().enumerate() {
        for error in parsed.errors.iter().filter(|error| !error.is_beyond_opa) {
            let Some((file, row)) = place(module, error.opa_byte()) else { continue };
            let (code, message) = ("rego_parse_error".to_owned(), error.message.clone().into_owned());
            found.push((Stage::Parse, Finding { file, code, row, message }));
        }
    }
    let options = Options { strict: case.strict, ..Options::default() };
    let analysed = analysis::findings(&inputs, &options);
    for finding in analysed.iter().filter(|finding| finding.told != Told::ByUs) {
        let (module, byte) = finding.opa.unwrap_or((finding.module, finding.span.start));
        let Some((file, row)) = place(module, byte) else { continue };
        found.push((
            finding.stage,
            Finding { file, code: finding.code.to_owned(), row, message: finding.message.clone() },
        ));
    }
    let first = found.iter().map(|(stage, _)| *stage).min();
    found.into_iter().filter(|(stage, _)| Some(*stage) == first).map(|(_, finding)| finding).collect()
}

impl CompileErrors {
    pub fn cases(&self) -> usize {
        self.results.len()
    }

    pub fn equal(&self) -> usize {
        self.count(|_, comparison| comparison.verdict == Verdict::Equal)
    }

    /// Cases of which the messages are equal too.
    pub fn messages_equal(&self) -> usize {
        self.count(|_, comparison| comparison.messages_equal)
    }

    /// Cases that are not refused where OPA accepts them.
    pub fn not_refused(&self) -> usize {
        self.count(|_, comparison| comparison.verdict != Verdict::Refused)
    }

    /// Equal cases by mutation.
    pub fn mutations(&self) -> BTreeMap<&str, usize> {
        let mut mutations = BTreeMap::new();
        for (case, comparison) in &self.results {
            *mutations.entry(case.mutation.as_str()).or_default() += usize::from(comparison.verdict == Verdict::Equal);
        }
        mutations
    }

    pub fn print(&self) {
        let mut headings = vec!["mutation", "cases", "equal", "message"];
        headings.extend(Verdict::MISSES.map(Verdict::words));
        let mut table = Table::new(&headings);
        for mutation in self.mutations().keys() {
            table.row(self.row(mutation, |case| case.mutation == *mutation));
        }
        table.rule();
        for code in self.codes() {
            table
                .row(self.row(code, |case| case.errors.first().map_or("accepted by OPA", |error| &error.code) == code));
        }
        table.rule();
        table.row(self.row("v0", |case| case.version == "v0"));
        table.row(self.row("v1", |case| case.version == "v1"));
        table.row(self.row("compiled as ever", |case| !case.strict));
        table.row(self.row("compiled with --strict by OPA", |case| case.strict));
        table.row(self.row("all", |_| true));
        println!(
            "compile errors: equal to OPA in file, code and row, and in the message too; the misses: accepted where OPA"
        );
        println!(
            "refuses, refused where OPA accepts, another code, another place, no end or a panic.\n\n{}",
            table.text()
        );
    }

    /// The codes of OPA's errors, and what stands for none.
    fn codes(&self) -> BTreeSet<&str> {
        self.results
            .iter()
            .map(|(case, _)| case.errors.first().map_or("accepted by OPA", |error| error.code.as_str()))
            .collect()
    }

    pub fn print_misses(&self) {
        for (case, comparison) in &self.results {
            if comparison.verdict == Verdict::Equal {
                continue;
            }
            let found: Vec<String> =
                comparison.found.iter().map(|one| said(&one.file, one.row, &one.code, &one.message)).collect();
            let wanted: Vec<String> =
                case.errors.iter().map(|one| said(&one.file, one.row, &one.code, &one.message)).collect();
            let strict = if case.strict { " strict" } else { "" };
            println!(
                "differs {} [{}{strict}] {} | OPA: {}",
                case.id,
                comparison.verdict.words(),
                found.join("; "),
                wanted.join("; ")
            );
        }
    }

    fn row(&self, name: &str, chosen: impl Fn(&CompileCase) -> bool) -> Vec<String> {
        let count = |wanted: &dyn Fn(&Comparison) -> bool| {
            self.count(|case, comparison| chosen(case) && wanted(comparison)).to_string()
        };
        let mut row = vec![
            name.to_owned(),
            count(&|_| true),
            count(&|comparison| comparison.verdict == Verdict::Equal),
            count(&|comparison| comparison.messages_equal),
        ];
        row.extend(Verdict::MISSES.map(|verdict| count(&|comparison| comparison.verdict == verdict)));
        row
    }

    fn count(&self, wanted: impl Fn(&CompileCase, &Comparison) -> bool) -> usize {
        self.results.iter().filter(|(case, comparison)| wanted(case, comparison)).count()
    }
}

fn said(file: &str, row: u32, code: &str, message: &str) -> String {
    format!("{file}:{row}: {code}: {}", message.replace('\n', "\\n"))
}
