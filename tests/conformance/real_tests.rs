//! Tests of other people: the `test_` rules of public repositories that OPA passes, as this engine runs them.
//!
//! Which they are says `real-tests.jsonl` beside the other data. The sources lie in the folder that `REGATE_POLICIES` names, each
//! repository in a folder of its own, under its name without its owner. All of them are v0.

use crate::crew::{self, Ending};
use crate::data::{Folder, RealTest};
use crate::data_files::{self, DataFiles};
use crate::policies;
use crate::table::Table;
use regate::error::ErrorCode;
use regate::rego::check::outline::Outline;
use regate::rego::testing::{self, Outcome, Selection};
use regate::rego::{Allowance, Capabilities, Compilation, Diagnostic, Dialect, DialectRule, Module, compile};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Tests that are shown with why they do not pass.
const SHOWN: usize = 40;
/// The time at which the tests are run: some compare dates with it.
const NOW_MS: u64 = 1_700_000_000_000;
/// What an error of an engine says that finds out while it runs that it lacks a builtin.
const NOT_AVAILABLE: [&str; 2] = ["is not available in this engine", "could not find function"];

/// Folders that are compiled together, and the tests in them that OPA passes, as `data.package.rule`.
struct Suite {
    repository: String,
    modules: Vec<Module>,
    data: DataFiles,
    wanted: BTreeSet<String>,
}

/// Why a test does not pass.
#[derive(Clone)]
enum Miss {
    /// A builtin is missing.
    Missing(String),
    /// Anything else.
    Difference(String),
}

type Misses = BTreeMap<String, Miss>;

/// Prints how many pass and why others do not; false where the engine differs.
pub fn report(folder: &Folder) -> Result<bool, String> {
    println!("\ntests of public repositories: those that OPA passes, and how many of them pass here\n");
    let Some(sources) = policies::folder() else {
        println!("not run; {}\n", policies::how_to_give());
        return Ok(true);
    };
    let mut repositories: BTreeMap<String, Vec<RealTest>> = BTreeMap::new();
    for test in folder.real_tests()? {
        repositories.entry(test.repository.clone()).or_default().push(test);
    }
    let (mut suites, mut absent) = (Vec::new(), Vec::new());
    for (repository, tests) in repositories {
        let root = sources.join(repository.rsplit('/').next().unwrap_or_default());
        if root.is_dir() {
            suites.extend(suites_of(&root, &tests)?);
        } else {
            absent.push(format!("{repository}: not run; {} is not there", root.display()));
        }
    }
    let results = crew::run(suites.into_iter().map(Arc::new).collect(), |suite: &Arc<Suite>| suite.misses());
    let differences = print(&results);
    absent.iter().for_each(|line| println!("{line}"));
    Ok(differences == 0)
}

/// The suites of a repository. One whose tests have several numbers is compiled folder by folder, in their order, where tests are.
fn suites_of(root: &Path, tests: &[RealTest]) -> Result<Vec<Suite>, String> {
    let mut numbered: BTreeMap<u32, Vec<&RealTest>> = BTreeMap::new();
    for test in tests {
        numbered.entry(test.suite).or_default().push(test);
    }
    let Some(first) = tests.first() else { return Ok(Vec::new()) };
    let folders: Vec<PathBuf> = first.folder.split(" + ").map(|folder| root.join(folder)).collect();
    if numbered.len() == 1 {
        return numbered.into_values().map(|tests| Suite::read(root, &folders, &tests)).collect();
    }
    let mut files = Vec::new();
    folders.iter().try_for_each(|folder| policies::files_below(folder, &mut files))?;
    let with_tests: BTreeSet<&Path> = files
        .iter()
        .filter(|file| file.to_string_lossy().ends_with("_test.rego"))
        .filter_map(|file| file.parent())
        .collect();
    if with_tests.len() != numbered.len() {
        return Err(format!("{} folders with tests, not {}", with_tests.len(), numbered.len()));
    }
    let suites = with_tests.into_iter().zip(numbered.into_values());
    suites.map(|(folder, tests)| Suite::read(root, &[folder.to_path_buf()], &tests)).collect()
}

impl Suite {
    fn read(root: &Path, folders: &[PathBuf], tests: &[&RealTest]) -> Result<Self, String> {
        let mut suite = Self {
            repository: tests.first().map_or_else(String::new, |test| test.repository.clone()),
            modules: Vec::new(),
            data: DataFiles::default(),
            wanted: tests.iter().filter(|test| test.opa).map(|test| test.test.clone()).collect(),
        };
        for folder in folders {
            let mut files = Vec::new();
            policies::files_below(folder, &mut files)?;
            for file in files {
                if policies::is_rego(&file) {
                    suite.modules.push(policies::module(root, &file)?);
                } else if data_files::is_data(&file) {
                    suite.data.add(folder, &file)?;
                }
            }
        }
        Ok(suite)
    }

    fn compile(&self, modules: &[Module]) -> Result<Compilation, String> {
        let data = serde_json::to_string(&self.data.document).map_err(|error| error.to_string())?;
        compile(modules.to_vec(), Some(data.as_bytes()), DialectRule::Fixed(Dialect::V0), &Capabilities::default())
            .map_err(|error| error.to_string())
    }

    /// The tests that do not pass. Modules in which something is refused are left out, so that one does not hide the others.
    fn misses(&self) -> Misses {
        let mut misses = Misses::new();
        let mut modules = self.modules.clone();
        loop {
            let compilation = match self.compile(&modules) {
                Ok(compilation) => compilation,
                Err(error) => {
                    self.wanted.iter().for_each(|test| {
                        misses.entry(test.clone()).or_insert(Miss::Difference(error.clone()));
                    });
                    return misses;
                }
            };
            if let Some(program) = compilation.program {
                let allowance = Allowance { now_ms: Some(NOW_MS), seed: Some(1), ..Allowance::default() };
                let mut results: BTreeMap<String, Option<Miss>> =
                    testing::run(&program, &Selection::default(), allowance, &mut testing::HostOfTests::default())
                        .into_iter()
                        .map(|result| {
                            (full_name(&result.package, &result.name), miss_of(result.outcome, result.message))
                        })
                        .collect();
                for test in &self.wanted {
                    let found =
                        results.remove(test).unwrap_or_else(|| Some(Miss::Difference("no such rule".to_owned())));
                    if let Some(miss) = found {
                        misses.entry(test.clone()).or_insert(miss);
                    }
                }
                return misses;
            }
            let causes = causes(&compilation.diagnostics);
            for (module, outline) in modules.iter().zip(&compilation.outlines) {
                if let Some(cause) = causes.get(&module.path) {
                    self.leave_out(outline.as_ref(), cause, &mut misses);
                }
            }
            let before = modules.len();
            modules.retain(|module| !causes.contains_key(&module.path));
            if modules.len() == before {
                return misses;
            }
        }
    }

    /// The tests of a module that is left out do not pass because of it.
    fn leave_out(&self, outline: Option<&Outline>, cause: &Miss, misses: &mut Misses) {
        let Some(outline) = outline else { return };
        for rule in &outline.rules {
            let name = full_name(&outline.package_text(), rule.path.first().map_or("", String::as_str));
            if self.wanted.contains(&name) {
                misses.entry(name).or_insert_with(|| cause.clone());
            }
        }
    }
}

fn full_name(package: &str, rule: &str) -> String {
    format!("data.{package}.{rule}")
}

fn miss_of(outcome: Outcome, message: Option<String>) -> Option<Miss> {
    let message = message.unwrap_or_default();
    match outcome {
        Outcome::Passed => None,
        _ if NOT_AVAILABLE.iter().any(|words| message.contains(words)) => Some(Miss::Missing(message)),
        _ => Some(Miss::Difference(message)),
    }
}

/// By module, why it is left out.
fn causes(diagnostics: &[Diagnostic]) -> BTreeMap<String, Miss> {
    let mut causes = BTreeMap::new();
    for finding in diagnostics.iter().filter(|finding| finding.is_error()) {
        let cause = if finding.code == ErrorCode::BuiltinNotAvailable.as_str() {
            Miss::Missing(finding.message.clone())
        } else {
            Miss::Difference(format!("{}:{}: {}", finding.file, finding.start.line, finding.message))
        };
        causes.entry(finding.file.clone()).or_insert(cause);
    }
    causes
}

/// Prints the table, and each test that does not pass; answers how many of those are differences.
fn print(results: &[(Arc<Suite>, Ending<Misses>)]) -> usize {
    let mut table = Table::new(&["repository", "OPA passes", "pass here", "missing", "differ"]);
    let mut rows: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut lines = Vec::new();
    for (suite, ending) in results {
        let row = rows.entry(&suite.repository).or_default();
        let wanted = suite.wanted.len();
        let (missing, differ) = match ending {
            Ending::Done(misses) => {
                lines.extend(misses.iter().map(|(test, miss)| match miss {
                    Miss::Missing(words) => format!("{test}: missing: {words}"),
                    Miss::Difference(words) => format!("{test}: differs: {words}"),
                }));
                let missing = misses.values().filter(|miss| matches!(miss, Miss::Missing(_))).count();
                (missing, misses.len() - missing)
            }
            Ending::Panicked(words) => {
                lines.push(format!("{}: a panic: {words}", suite.repository));
                (0, wanted)
            }
            Ending::TimedOut => {
                lines.push(format!("{}: given up after some time", suite.repository));
                (0, wanted)
            }
        };
        for (total, more) in row.iter_mut().zip([wanted, wanted - missing - differ, missing, differ]) {
            *total += more;
        }
        lines.extend(suite.data.left_out_words());
    }
    let differences = rows.values().map(|[_, _, _, differ]| differ).sum();
    for (repository, row) in rows {
        table.row([repository.to_owned()].into_iter().chain(row.map(|count| count.to_string())));
    }
    println!("{}", table.text());
    lines.iter().take(SHOWN).for_each(|line| println!("{}", line.replace('\n', " ")));
    if lines.len() > SHOWN {
        println!("and {} more", lines.len() - SHOWN);
    }
    differences
}
