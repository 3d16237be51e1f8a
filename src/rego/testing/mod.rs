//! Tests: every rule whose name begins with `test_` is asked, and passes when it is true.
//!
//! A rule with variables behind its name, `test_sum[case] if { … }`, is a table: each case is judged by itself. Of several
//! rules of one name each is a test: the second of `test_x` is `test_x#01`.

mod apart;
mod cases;
pub mod coverage;
mod found;
mod marked;
mod text;

use super::pattern::Pattern;
use super::program::{Answer, Program};
use crate::error::{Error, ErrorCode};
use crate::rego::allowance::Allowance;
use crate::rego::diagnostic::Text;
use crate::rego::document;
use crate::rego::host::{HostAnswers, HostCall};
use crate::sorted;
use apart::Apart;
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
    /// The name of the rule, with what stands in front of it in the head: `a.test_x`. Further rules of one name are
    /// numbered: `test_x#01`, `a["test_x#01"]`.
    pub name: String,
    /// The module that declares it.
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

    /// Whether a test of this full name is run.
    pub fn is_selected(&self, full_name: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(full_name))
    }

    fn of<'p>(&self, mut tests: Vec<Found<'p>>) -> Vec<Found<'p>> {
        tests.retain(|test| self.pattern.is_none() || self.is_selected(&test.full_name()));
        tests
    }
}

/// What the tests of a program are asked of.
struct Asked<'p> {
    program: &'p Program,
    /// The program in which each test has a name of its own, where it is another.
    apart: Result<Option<Apart>, Error>,
    /// The program whose tables say which cases they begin, where there are tables.
    marked: Option<Result<Marked, Error>>,
}

impl<'p> Asked<'p> {
    /// What tests are asked of, with the tests that were selected. `watch` makes of a program what is run.
    fn of(
        program: &'p Program,
        selection: &Selection,
        watch: impl Fn(Program) -> Result<Program, Error>,
    ) -> (Self, Vec<Found<'p>>) {
        let tests = found::tests(program.outlines());
        let apart = Apart::of(program, &tests).and_then(|apart| {
            apart.map(|Apart { program, sign }| Ok(Apart { program: watch(program)?, sign })).transpose()
        });
        let tests = selection.of(tests);
        let has_tables = tests.iter().any(|test| test.is_table && !test.is_skipped);
        let mut asked = Self { program, apart, marked: None };
        asked.marked = asked.program().ok().filter(|_| has_tables).map(|(program, _)| {
            let Marked { program, mark } = Marked::of(program)?;
            Ok(Marked { program: watch(program)?, mark })
        });
        (asked, tests)
    }

    /// The program without marks, and the sign in the names of its tests.
    ///
    /// # Errors
    /// Where the rules of one name are not told apart.
    fn program(&self) -> Result<(&Program, &str), Error> {
        match &self.apart {
            Ok(None) => Ok((self.program, "")),
            Ok(Some(apart)) => Ok((&apart.program, &apart.sign)),
            Err(error) => Err(untold("which rule of one name holds", &error.message)),
        }
    }

    /// The lines that were seen: changed texts have the same.
    fn lines_seen(&self) -> sorted::Set<(usize, usize)> {
        let apart = self.apart.iter().flatten().map(|apart| &apart.program);
        let marked = self.marked.iter().flatten().map(|marked| &marked.program);
        sorted::Set::from_iter([self.program].into_iter().chain(apart).chain(marked).flat_map(Program::lines_seen))
    }
}

/// What the host has answered to tests, and what it has not.
#[derive(Debug, Default)]
pub struct HostOfTests {
    /// What it has answered in earlier rounds.
    pub answers: Rc<HostAnswers>,
    /// The calls that tests needed beside those. Each such test is in error, because nobody has answered yet.
    pub needs: sorted::Set<HostCall>,
}

/// Runs tests, in source order.
pub fn run(program: &Program, selection: &Selection, allowance: Allowance, host: &mut HostOfTests) -> Vec<TestResult> {
    let (asked, tests) = Asked::of(program, selection, Ok);
    results(&asked, &tests, allowance, host)
}

/// Runs tests, in source order, and says which lines they have evaluated.
///
/// # Errors
/// None in practice: the data of the program has been read before.
pub fn run_with_coverage(
    program: &Program,
    selection: &Selection,
    allowance: Allowance,
    host: &mut HostOfTests,
) -> Result<(Vec<TestResult>, Coverage), Error> {
    let program = program.watched()?;
    let (asked, tests) = Asked::of(&program, selection, |program| program.watched());
    let results = results(&asked, &tests, allowance, host);
    let coverage = Coverage::of(&program, &asked.lines_seen());
    Ok((results, coverage))
}

fn results(asked: &Asked<'_>, tests: &[Found<'_>], allowance: Allowance, host: &mut HostOfTests) -> Vec<TestResult> {
    let texts = asked.program.modules().iter().map(|module| Text::new(&module.path, &module.source));
    let texts: Vec<Text<'_>> = texts.collect();
    let of_test = |test: &Found<'_>| texts.get(test.module).map(|text| result(asked, test, text, allowance, host));
    tests.iter().filter_map(of_test).collect()
}

fn result(
    asked: &Asked<'_>,
    test: &Found<'_>,
    text: &Text<'_>,
    allowance: Allowance,
    host: &mut HostOfTests,
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
    let (program, sign) = match asked.program() {
        Ok(asked) => asked,
        Err(error) => return TestResult { outcome: Outcome::Error, message: Some(error.message), ..result },
    };
    let path = test.named(sign);
    let outcome = if test.is_table {
        run_table(asked.marked.as_ref(), test, &path, allowance, host, &mut result)
    } else {
        run_one(program, &test.in_package(&path), allowance, host, &mut result)
    };
    // Whoever reads a message knows the rule by the name of the test.
    let in_words = |message: String| if sign.is_empty() { message } else { message.replace(sign, "#") };
    match outcome {
        Ok(None) => result.outcome = Outcome::Passed,
        Ok(Some(message)) => (result.outcome, result.message) = (Outcome::Failed, Some(in_words(message))),
        Err(error) => (result.outcome, result.message) = (Outcome::Error, Some(in_words(error.message))),
    }
    result
}

/// Why the test did not pass, where it did not.
fn run_one(
    program: &Program,
    path: &[String],
    allowance: Allowance,
    host: &mut HostOfTests,
    result: &mut TestResult,
) -> Result<Option<String>, Error> {
    let (answer, prints) = program.run_test(path, allowance, &host.answers, &mut host.needs);
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
    path: &[String],
    allowance: Allowance,
    host: &mut HostOfTests,
    result: &mut TestResult,
) -> Result<Option<String>, Error> {
    let marked = match marked {
        Some(Ok(marked)) => marked,
        Some(Err(error)) => return Err(untold(CASES, &error.message)),
        None => return Err(untold(CASES, "the table was not prepared")),
    };
    let test_path = test.in_package(path);
    let (answer, prints) = marked.program.run_test(&test_path, allowance, &host.answers, &mut host.needs);
    let (begun, prints) = marked.begun(&test.outline.full_name(path), prints);
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

/// What is not told of a table that could not be changed.
const CASES: &str = "which cases the test has";

fn untold(what: &str, why: &str) -> Error {
    Error::new(ErrorCode::NotEvaluated, format!("{what} cannot be told: {why}"))
}

/// The first part of a text, where it is long.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
