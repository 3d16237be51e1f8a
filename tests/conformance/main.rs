//! Conformance: what this engine makes of a suite of evaluation cases and of compile errors, against what OPA makes of them.
//!
//! The data is not part of the project. It lies in the folder that `REGATE_CONFORMANCE` names, or in
//! `../shared/conformance` beside the project; without it the run says so and passes. `floor.json` holds what was
//! reached: below it the run fails, `BLESS=1` rewrites it. The argument `--misses`
//! lists every case that misses, with its cause; `--group=NAME` runs the evaluation cases of the groups whose names begin so, lists what
//! misses and looks at no floor; `--front-end` adds the figures of parser, checks and formatter, which take longer.
//! `--record=FILE` writes the evaluation cases as calls of the engine instead, for another build to give the same answers.
//! Where `REGATE_POLICIES` names a folder with checkouts of public repositories, their own tests are run as well.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program is a report: it prints")]

mod calls;
mod case;
mod compile_errors;
mod crew;
mod data;
mod data_files;
mod floor;
mod format;
mod front_end;
mod generated;
mod growth;
mod json;
mod nesting;
mod policies;
mod real_tests;
mod suite;
mod table;

use data::Folder;
use floor::Floor;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let only_listed = arguments.iter().any(|argument| argument == "--list");
    let other_test =
        arguments.iter().any(|argument| !argument.starts_with("--") && !"conformance".contains(argument.as_str()));
    // `cargo test NAME` asks every test program, and this one has a single test.
    if only_listed || other_test {
        return ExitCode::SUCCESS;
    }
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let compared = match Folder::find() {
        Some(folder) => match arguments.iter().find_map(|argument| argument.strip_prefix("--record=")) {
            Some(path) => folder.suite().and_then(|cases| calls::record(&cases, Path::new(path))).map(|()| true),
            None => match arguments.iter().find_map(|argument| argument.strip_prefix("--group=")) {
                Some(group) => report_group(&folder, group),
                None => report(&folder, has("--misses")),
            },
        },
        None => {
            println!("conformance skipped: {}", Folder::how_to_give());
            Ok(true)
        }
    };
    // Both are printed, also where the first fails.
    let measured = if has("--front-end") { front_end::report() } else { Ok(true) };
    let mut passed = true;
    for part in [compared, measured] {
        passed &= part.unwrap_or_else(|message| {
            eprintln!("conformance: {message}");
            false
        });
    }
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs the evaluation cases of some groups and prints what misses; false when something does.
fn report_group(folder: &Folder, group: &str) -> Result<bool, String> {
    let cases = folder.suite()?.into_iter().filter(|case| case.group.starts_with(group)).collect();
    let suite = suite::run(cases);
    suite.print_misses();
    suite.print();
    println!("suite: {} of {} pass", suite.strict(), suite.cases());
    Ok(suite.strict() == suite.cases())
}

/// Runs everything and prints it; false when a floor is broken.
fn report(folder: &Folder, list_misses: bool) -> Result<bool, String> {
    let suite = suite::run(folder.suite()?);
    let errors = compile_errors::run(folder.compile_errors()?);
    let formats = format::run(folder.formats()?);
    if list_misses {
        suite.print_misses();
        errors.print_misses();
        formats.print_misses();
    }
    suite.print();
    errors.print();
    println!(
        "\nformat: {} of {} texts stay as they are when they are formatted twice",
        formats.stable(),
        formats.cases()
    );
    let real = real_tests::report(folder)?;
    let floor = Floor::of(folder.digest()?, &suite, &errors, &formats);
    let holds = floor.compare_with_file()?;
    println!("suite: {} of {} pass", suite.strict(), suite.cases());
    println!("errors: {} of {} equal", errors.equal(), errors.cases());
    println!("format: {} of {} equal", formats.equal(), formats.cases());
    Ok(holds && real)
}
