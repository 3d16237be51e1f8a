//! Public policies: repositories of other people, in the folder that `REGATE_POLICIES` names, each in a folder of its own. Every file
//! of theirs that ends in `.rego` is read as v1, and as v0 where it is no module of v1.

use crate::table::Table;
use regate::limits::DIAGNOSTICS;
use regate::rego::{self, Capabilities, Diagnostic, Dialect, DialectRule, Module};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const VARIABLE: &str = "REGATE_POLICIES";
const RULE: DialectRule = DialectRule::V1ThenV0;
/// Findings that are shown of one repository.
const SHOWN: usize = 10;

/// What says of Rego in which nothing is wrong that the engine cannot evaluate it.
const OF_THE_ENGINE: [&str; 3] = ["builtin_not_available", "not_evaluated", "limit_exceeded"];

/// How many files of one repository are what.
struct Repository {
    files: usize,
    parse: usize,
    v1: usize,
    /// Without a finding when each is checked by itself.
    right_alone: usize,
    /// Without a finding when all are checked as one bundle.
    right_together: usize,
    /// Of those, the ones that the engine evaluates.
    evaluated: usize,
    findings: Vec<String>,
}

/// The folder with the checkouts, where there is one.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).map(PathBuf::from)
}

/// What a person who sees that nothing was read can do.
pub fn how_to_give() -> String {
    format!("{VARIABLE} names a folder that holds checkouts of repositories, one folder each")
}

/// Prints the table; false where a file does not parse.
pub fn report() -> Result<bool, String> {
    let Some(folder) = folder() else {
        println!("public policies: not read; {}\n", how_to_give());
        return Ok(true);
    };
    let mut table = Table::new(&["repository", "files", "parse", "v1", "v0", "by itself", "together", "evaluated"]);
    let mut findings = Vec::new();
    let mut all_parse = true;
    for path in entries(&folder)?.into_iter().filter(|path| path.is_dir()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let repository = Repository::read(&path)?;
        let Repository { files, parse, v1, right_alone, right_together, evaluated, .. } = repository;
        all_parse &= parse == files;
        let figures = [files, parse, v1, files - v1, right_alone, right_together, evaluated];
        table.row([name.clone()].into_iter().chain(figures.map(|figure| figure.to_string())));
        findings.extend(repository.findings.into_iter().map(|finding| format!("{name}/{finding}")));
    }
    println!(
        "public policies: how many files parse; how many have no finding when each is checked by itself, where functions of other\n\
         files are undefined; how many when all files of the repository are checked together, as one bundle; and how many of those\n\
         the engine evaluates.\n\n{}",
        table.text()
    );
    findings.iter().for_each(|finding| println!("{finding}"));
    if !all_parse {
        println!("public policies: not all files parse; the run fails");
    }
    Ok(all_parse)
}

impl Repository {
    fn read(folder: &Path) -> Result<Self, String> {
        let mut modules = Vec::new();
        let mut files = Vec::new();
        files_below(folder, &mut files)?;
        for file in files.iter().filter(|file| is_rego(file)) {
            modules.push(module(folder, file)?);
        }
        let together = findings(&modules)?;
        let (of_engine, wrong): (Vec<_>, Vec<_>) = together.iter().partition(|finding| is_of_engine(finding));
        let files_of = |findings: &[&Diagnostic]| -> BTreeSet<String> {
            findings.iter().map(|finding| finding.file.clone()).collect()
        };
        let (not_evaluated, wrong_files) = (files_of(&of_engine), files_of(&wrong));
        if together.len() >= DIAGNOSTICS {
            println!("{}: more findings than are reported, so that files behind them seem right", folder.display());
        }
        let mut repository = Self {
            files: modules.len(),
            parse: 0,
            v1: 0,
            right_alone: 0,
            right_together: 0,
            evaluated: 0,
            findings: wrong.iter().take(SHOWN).map(|finding| words(finding)).collect(),
        };
        for module in &modules {
            let formatted = rego::format(module, RULE).map_err(|error| error.to_string())?;
            repository.parse += usize::from(formatted.diagnostics.is_empty());
            repository.v1 += usize::from(formatted.dialect == Dialect::V1);
            let alone = findings(std::slice::from_ref(module))?;
            repository.right_alone += usize::from(alone.iter().all(is_of_engine));
            let is_right = !wrong_files.contains(&module.path);
            repository.right_together += usize::from(is_right);
            repository.evaluated += usize::from(is_right && !not_evaluated.contains(&module.path));
        }
        Ok(repository)
    }
}

fn findings(modules: &[Module]) -> Result<Vec<Diagnostic>, String> {
    let findings = rego::find(modules, RULE, &Capabilities::default()).map_err(|error| error.to_string())?;
    Ok(findings.diagnostics)
}

fn is_of_engine(finding: &Diagnostic) -> bool {
    OF_THE_ENGINE.contains(&finding.code.as_str())
}

fn words(finding: &Diagnostic) -> String {
    format!("{}:{}: {}: {}", finding.file, finding.start.line, finding.code, finding.message)
}

/// A file as a module, named by its path below a root.
pub fn module(root: &Path, file: &Path) -> Result<Module, String> {
    let source = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let path = file.strip_prefix(root).unwrap_or(file).to_string_lossy().into_owned();
    Ok(Module { path, source })
}

/// Whether a file holds Rego.
pub fn is_rego(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rego")
}

/// The files in a folder and in the folders below it, in order.
pub fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    for path in entries(folder)? {
        if path.is_dir() {
            files_below(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// What is in a folder, sorted, without links: a checkout may have one that leads in a circle.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        if !entry.file_type().map_err(wrong)?.is_symlink() {
            paths.push(entry.path());
        }
    }
    paths.sort_unstable();
    Ok(paths)
}
