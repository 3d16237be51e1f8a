//! Tests: every rule whose name begins with `test_` is asked, and passes when it is true.
//!
//! A rule with variables behind its name, `test_sum[case] if { … }`, is a table: each case is judged by itself.

mod cases;
pub mod coverage;
mod found;
mod marked;

use super::engine;
use super::pattern::Pattern;
use super::program::{Answer, Program};
use crate::error::{Error, ErrorCode};
use crate::rego::diagnostic::Text;
use crate::rego::document;
use crate::rego::meter::Allowance;
use coverage::Coverage;
use found::Found;
use marked::Marked;
use serde::Serialize;
use std::rc::Rc;

/// How one test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The rule is true; of a table, every case is.
    Passed,
    /// The rule is undefined or another value; of a table, a case is, or there is no case.
    Failed,
    /// The evaluation ended in an error.
    Error,
    /// The rule's name begins with `todo_test_`: it is not run.
    Skipped,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct TestResult {
    /// The package, without `data`.
    pub package: String,
    /// The name of the rule, with what stands in front of it in the head: `a.test_x`.
    pub name: String,
    /// The module that declares it first.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, where it did not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What it printed.
    pub prints: Vec<String>,
    /// The cases of a table, by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<TestCase>>"))]
    pub cases: Vec<TestCase>,
}

impl TestResult {
    /// How it ended, once for each innermost case; where there is none, once.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        cases::outcomes(&self.cases, &mut outcomes);
        if outcomes.is_empty() || self.outcome == Outcome::Error { vec![self.outcome] } else { outcomes }
    }
}

/// One case of a table, or several that have the first parts of their names in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct TestCase {
    /// Its name: a string as it is, another value as JSON.
    pub name: String,
    /// How it ended: passed or failed.
    pub outcome: Outcome,
    /// The cases inside it, by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    // Named in words: what writes the types would follow a type that holds itself without end.
    #[cfg_attr(test, ts(type = "Array<TestCase>", optional))]
    pub cases: Vec<TestCase>,
}

/// Which tests are run.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pattern: Option<Rc<Pattern>>,
}

impl Selection {
    /// Those whose full names, such as `data.shop.test_price`, match a regular expression of RE2 anywhere.
    ///
    /// # Errors
    /// `malformed_request` for a text that is no pattern.
    pub fn matching(pattern: &str) -> Result<Self, Error> {
        let pattern = Pattern::of(pattern).map_err(|why| {
            Error::new(ErrorCode::MalformedRequest, format!("`{pattern}` is no pattern: {}", why.in_words()))
                .at("/run")
                .with_help("`run` is a regular expression that is looked for in names such as `data.shop.test_price`")
        })?;
        Ok(Self { pattern: Some(pattern) })
    }

    fn of<'p>(&self, program: &'p Program) -> Vec<Found<'p>> {
        let mut tests = found::tests(program.outlines());
        if let Some(pattern) = &self.pattern {
            tests.retain(|test| pattern.is_match(&test.full_name()));
        }
        tests
    }
}

/// Runs tests, in source order.
pub fn run(program: &Program, selection: &Selection, allowance: Allowance) -> Vec<TestResult> {
    let tests = selection.of(program);
    let marked = has_tables(&tests).then(|| Marked::of(program));
    results(program, marked.as_ref(), &tests, allowance)
}

/// Whether this build tells which lines its tests have evaluated.
///
/// # Errors
/// `not_evaluated` where it does not.
pub fn check_coverage() -> Result<(), Error> {
    if engine::TELLS_LINES { Ok(()) } else { Err(no_coverage()) }
}

fn no_coverage() -> Error {
    Error::new(ErrorCode::NotEvaluated, "the engine of this version does not tell which lines it has evaluated")
        .at("/coverage")
        .with_help("run the tests without coverage")
}

/// Runs tests, in source order, and says which lines they have evaluated.
///
/// # Errors
/// As [`check_coverage`].
pub fn run_with_coverage(
    program: &Program,
    selection: &Selection,
    allowance: Allowance,
) -> Result<(Vec<TestResult>, Coverage), Error> {
    let watched = |program: &Program| program.watched().and_then(|watched| watched.ok_or_else(no_coverage));
    let tests = selection.of(program);
    let program = watched(program)?;
    let marked = has_tables(&tests).then(|| {
        let Marked { program, mark } = Marked::of(&program)?;
        Ok(Marked { program: watched(&program)?, mark })
    });
    let results = results(&program, marked.as_ref(), &tests, allowance);
    // The changed texts have the same lines.
    let marked = marked.iter().flatten().map(|marked| &marked.program);
    let seen = [&program].into_iter().chain(marked).flat_map(Program::lines_seen).collect();
    let coverage = Coverage::of(&program, &seen);
    Ok((results, coverage))
}

fn has_tables(tests: &[Found<'_>]) -> bool {
    tests.iter().any(|test| test.is_table && !test.is_skipped)
}

fn results(
    program: &Program,
    marked: Option<&Result<Marked, Error>>,
    tests: &[Found<'_>],
    allowance: Allowance,
) -> Vec<TestResult> {
    let texts = program.modules().iter().map(|module| Text::new(&module.path, &module.source));
    let texts: Vec<Text<'_>> = texts.collect();
    let of_test = |test: &Found<'_>| texts.get(test.module).map(|text| result(program, marked, test, text, allowance));
    tests.iter().filter_map(of_test).collect()
}

fn result(
    program: &Program,
    marked: Option<&Result<Marked, Error>>,
    test: &Found<'_>,
    text: &Text<'_>,
    allowance: Allowance,
) -> TestResult {
    let (start, _) = text.places(test.range.clone());
    let mut result = TestResult {
        package: test.outline.package_text(),
        name: test.name(),
        file: text.path().to_owned(),
        line: start.line,
        outcome: Outcome::Skipped,
        message: None,
        prints: Vec::new(),
        cases: Vec::new(),
    };
    if test.is_skipped {
        return result;
    }
    let outcome = if test.is_table {
        run_table(marked, test, allowance, &mut result)
    } else {
        run_one(program, test, allowance, &mut result)
    };
    match outcome {
        Ok(None) => result.outcome = Outcome::Passed,
        Ok(Some(message)) => (result.outcome, result.message) = (Outcome::Failed, Some(message)),
        Err(error) => (result.outcome, result.message) = (Outcome::Error, Some(error.message)),
    }
    result
}

/// Why the test did not pass, where it did not.
fn run_one(
    program: &Program,
    test: &Found<'_>,
    allowance: Allowance,
    result: &mut TestResult,
) -> Result<Option<String>, Error> {
    let (answer, prints) = program.run_test(&test.full_path(), allowance);
    result.prints = prints;
    Ok(match answer? {
        Answer::Value(value) if value == "true" => None,
        Answer::Value(value) => Some(format!("the test is {}, not true", beginning(&value))),
        Answer::Undefined => Some("the test is undefined".to_owned()),
    })
}

/// The same of a table, with its cases.
///
/// INVARIANT (cases): a case that was begun and is not in the answer has failed, whatever the answer says; a table of
/// which nobody knows what was begun does not pass.
fn run_table(
    marked: Option<&Result<Marked, Error>>,
    test: &Found<'_>,
    allowance: Allowance,
    result: &mut TestResult,
) -> Result<Option<String>, Error> {
    let marked = match marked {
        Some(Ok(marked)) => marked,
        Some(Err(error)) => return Err(untold(&error.message)),
        None => return Err(untold("the table was not prepared")),
    };
    let (answer, prints) = marked.program.run_test(&test.full_path(), allowance);
    let (begun, prints) = marked.begun(&test.full_name(), prints);
    result.prints = prints;
    let value = match answer? {
        Answer::Value(text) => document::value_of_text(&text)?,
        Answer::Undefined => serde_json::Value::Null,
    };
    result.cases = cases::of(&value, &begun);
    let outcomes = result.outcomes();
    let failed = outcomes.iter().filter(|outcome| **outcome != Outcome::Passed).count();
    Ok(if result.cases.is_empty() {
        Some("no case was begun: what the table goes through is empty".to_owned())
    } else if failed > 0 {
        Some(format!("{failed} of {} cases failed", outcomes.len()))
    } else {
        None
    })
}

fn untold(why: &str) -> Error {
    Error::new(ErrorCode::NotEvaluated, format!("which cases the test has cannot be told: {why}"))
}

/// The first part of a text, where it is long.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
