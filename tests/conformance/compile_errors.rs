//! Compile errors against those of OPA: the set of file, code and row of the first stage that has errors.

use crate::case::dialect;
use crate::crew::{self, Ending};
use crate::data::CompileCase;
use crate::table::Table;
use regate::rego::{Capabilities, Diagnostic, DialectRule, Module, compile};
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
    let modules =
        case.modules.iter().map(|module| Module { path: module.path.clone(), source: module.source.clone() }).collect();
    let found = match compile(modules, None, DialectRule::Fixed(dialect(&case.version)), &Capabilities::default()) {
        Ok(compilation) => first_stage(&compilation.diagnostics),
        Err(error) => {
            vec![Finding { file: String::new(), code: error.code.as_str().to_owned(), row: 0, message: error.message }]
        }
    };
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

/// OPA stops at the first stage that has errors; the checks here go on, so that an author sees all at once.
fn first_stage(diagnostics: &[Diagnostic]) -> Vec<Finding> {
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|finding| finding.is_error()).collect();
    let first = errors.iter().map(|finding| stage(finding)).min();
    errors
        .iter()
        .filter(|finding| Some(stage(finding)) == first)
        .map(|finding| Finding {
            file: finding.opa_place.as_ref().map_or(&finding.file, |place| &place.file).clone(),
            code: finding.code.clone(),
            row: finding.opa_place.as_ref().map_or(finding.start.line, |place| place.line),
            message: finding.message.clone(),
        })
        .collect()
}

/// Where OPA would find it: parsing, names, rules beside one another, calls, safety, recursion, types.
fn stage(finding: &Diagnostic) -> u8 {
    match finding.code.as_str() {
        "rego_parse_error" | "limit_exceeded" => 0,
        "rego_compile_error" => 1,
        "rego_type_error"
            if finding.message.starts_with("multiple default") || finding.message.starts_with("conflicting rule") =>
        {
            2
        }
        "rego_type_error" if finding.message.starts_with("undefined function") => 3,
        "rego_unsafe_var_error" => 4,
        "rego_recursion_error" => 5,
        "rego_type_error" => 6,
        // What OPA does not say: a builtin that is not here.
        _ => 7,
    }
}

impl CompileErrors {
    pub fn cases(&self) -> usize {
        self.results.len()
    }

    pub fn equal(&self) -> usize {
        self.count(|_, comparison| comparison.verdict == Verdict::Equal)
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
        table.row(self.row("compiled as ever", |case| !case.strict));
        table.row(self.row("compiled with --strict by OPA", |case| case.strict));
        table.row(self.row("all", |_| true));
        println!(
            "compile errors: equal to OPA in file, code and row, and in the message too; the misses: accepted where OPA"
        );
        println!(
            "refuses, refused where OPA accepts, another code, another place, no end or a panic. There is no strict mode"
        );
        println!(
            "here: its cases are compiled as the others, and those that OPA refuses for it alone cannot be equal.\n\n{}",
            table.text()
        );
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
