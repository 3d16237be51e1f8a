//! Test rules: every rule whose name begins with `test_` is asked, and passes when it is true.

use super::check::outline::RuleKind;
use super::diagnostic::Text;
use super::meter::Allowance;
use super::program::{Answer, Program};
use serde::Serialize;

/// How one test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The rule is true.
    Passed,
    /// The rule is undefined or another value.
    Failed,
    /// The evaluation ended in an error.
    Error,
    /// The rule's name begins with `todo_test_`: it is not run.
    Skipped,
}

/// One test rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct TestResult {
    /// The package, without `data`.
    pub package: String,
    /// The rule.
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
}

/// Runs the tests whose full name (`package.rule`) contains `only`, in source order.
pub fn run(program: &Program, only: Option<&str>, allowance: Allowance) -> Vec<TestResult> {
    let mut results: Vec<TestResult> = Vec::new();
    for (module, outline) in program.modules().iter().zip(program.outlines()) {
        let text = Text::new(&module.path, &module.source);
        for rule in &outline.rules {
            let Some(name) = rule.path.first() else { continue };
            let is_test = name.starts_with("test_") || name.starts_with("todo_test_");
            if !is_test || matches!(rule.kind, RuleKind::Function { .. }) || rule.is_default {
                continue;
            }
            let package = outline.package_text();
            let full = format!("{package}.{name}");
            let known = results.iter().any(|result| result.package == package && result.name == *name);
            if known || only.is_some_and(|only| !full.contains(only)) {
                continue;
            }
            let (start, _) = text.places(rule.name_range.clone());
            let mut result = TestResult {
                package,
                name: name.clone(),
                file: module.path.clone(),
                line: start.line,
                outcome: Outcome::Skipped,
                message: None,
                prints: Vec::new(),
            };
            if name.starts_with("test_") {
                let path: Vec<String> = outline.package.iter().chain([name]).cloned().collect();
                let (answer, prints) = program.run_test(&path, allowance);
                result.prints = prints;
                (result.outcome, result.message) = match answer {
                    Ok(Answer::Value(value)) if value == "true" => (Outcome::Passed, None),
                    Ok(Answer::Value(value)) => (Outcome::Failed, Some(format!("the test is {value}, not true"))),
                    Ok(Answer::Undefined) => (Outcome::Failed, Some("the test is undefined".to_owned())),
                    Err(error) => (Outcome::Error, Some(error.message)),
                };
            }
            results.push(result);
        }
    }
    results
}
