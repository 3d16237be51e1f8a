//! The operations `test` and `test_bundles`, with their wire types.

use super::authoring::{capabilities_under, dialect_rule, named_contract, one_data, read_bundles};
use super::authoring_requests::{BundlePart, ContractName};
use super::evaluation::{needs_of, told_by_host};
use super::wire::{EvaluationNeeds, GivenHostAnswer};
use crate::error::Error;
use crate::rego::builtins::{HostFunction, HostFunctionDeclaration, all_granted, read_granted, read_host_functions};
use crate::rego::testing::coverage::Coverage;
use crate::rego::testing::{self, HostOfTests, Outcome, Selection, TestResult};
use crate::rego::{self, Allowance, Capabilities, Compilation, Diagnostic, Dialect, Module};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestRequest {
    pub modules: Vec<Module>,
    pub data: Option<Value>,
    pub dialect: Option<Dialect>,
    pub contract: Option<ContractName>,
    /// The functions that a policy may call beside builtins and its own. A test replaces them.
    #[serde(default)]
    pub host_functions: Vec<HostFunctionDeclaration>,
    /// The builtins for which the host answers that it grants. Tests replace them by `with`, and may call all of them.
    #[serde(default)]
    pub host_builtins: Vec<String>,
    /// A pattern of RE2 that the full names of the tests match which are run.
    pub run: Option<String>,
    /// Whether it is told which lines the tests have evaluated.
    #[serde(default)]
    pub coverage: bool,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
    /// What the host has answered to the calls that earlier rounds needed. Where it is absent, the host is not asked, and a call of it is an error
    /// of its test.
    pub host_answers: Option<Vec<GivenHostAnswer>>,
}

/// Bundles whose tests are run together. Their bytes are the document beside the request, one bundle after the other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestBundlesRequest {
    pub bundles: Vec<BundlePart>,
    #[serde(default)]
    pub host_functions: Vec<HostFunctionDeclaration>,
    /// The builtins for which the host answers that it grants. Tests replace them by `with`, and may call all of them.
    #[serde(default)]
    pub host_builtins: Vec<String>,
    pub run: Option<String>,
    #[serde(default)]
    pub coverage: bool,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
    /// What the host has answered to the calls that earlier rounds needed. Where it is absent, the host is not asked, and a call of it is an error
    /// of its test.
    pub host_answers: Option<Vec<GivenHostAnswer>>,
}

/// The results of test rules.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "TestReport", optional_fields))]
pub struct TestAnswer {
    /// One for each test, in source order.
    pub results: Vec<TestResult>,
    /// How many are true. Of a table, each innermost case counts.
    pub passed: u32,
    /// How many are not; of a table, each such case.
    pub failed: u32,
    /// How many ended in an error.
    pub errors: u32,
    /// How many were not run.
    pub skipped: u32,
    /// Which lines they have evaluated, where that was asked for and something was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// What is wrong with the modules; with an error among them nothing was run.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a round of tests gave.
#[derive(Serialize)]
#[serde(untagged)]
pub enum TestRound {
    /// The host is to answer first.
    Needs(EvaluationNeeds),
    /// The results.
    Ended(TestAnswer),
}

/// Runs the tests of modules.
pub fn test(request: TestRequest, document: Option<&[u8]>) -> Result<TestRound, Error> {
    let contract = request.contract.map(named_contract).transpose()?;
    let selection = selection(request.run.as_deref())?;
    let rule = dialect_rule(request.dialect, contract.as_ref());
    let data = one_data(request.data, document)?;
    let capabilities = Capabilities {
        host_functions: known_in_tests(&request.host_functions, &request.host_builtins)?,
        ..capabilities_under(contract.as_ref())
    };
    let compilation = rego::compile(request.modules, data.as_deref(), rule, &capabilities)?;
    let allowance = Allowance { now_ms: request.now_ms, seed: request.seed, ..Allowance::default() };
    run(compilation, &selection, request.coverage, allowance, request.host_answers)
}

/// Runs the tests of bundles.
pub fn test_bundles(request: TestBundlesRequest, document: &[u8]) -> Result<TestRound, Error> {
    let selection = selection(request.run.as_deref())?;
    let capabilities = Capabilities {
        host_functions: known_in_tests(&request.host_functions, &request.host_builtins)?,
        ..Capabilities::default()
    };
    let compilation = read_bundles(&request.bundles, document)?.compile(&capabilities)?;
    let allowance = Allowance { now_ms: request.now_ms, seed: request.seed, ..Allowance::default() };
    run(compilation, &selection, request.coverage, allowance, request.host_answers)
}

/// The functions that a host declares, and those behind all builtins for which a host can answer: a test replaces them, so that it needs no
/// grant. What is not replaced is an error of its test where the host is not asked.
fn known_in_tests(declared: &[HostFunctionDeclaration], granted: &[String]) -> Result<Vec<HostFunction>, Error> {
    read_granted(granted)?;
    let mut functions = read_host_functions(declared)?;
    functions.extend(all_granted());
    Ok(functions)
}

fn selection(pattern: Option<&str>) -> Result<Selection, Error> {
    Ok(pattern.map(Selection::matching).transpose()?.unwrap_or_default())
}

fn run(
    compilation: Compilation,
    selection: &Selection,
    with_coverage: bool,
    allowance: Allowance,
    host_answers: Option<Vec<GivenHostAnswer>>,
) -> Result<TestRound, Error> {
    let is_asked = host_answers.is_some();
    let mut host = HostOfTests { answers: told_by_host(host_answers.unwrap_or_default())?, ..HostOfTests::default() };
    let (results, coverage) = match &compilation.program {
        None => (Vec::new(), None),
        Some(program) if with_coverage => {
            let (results, coverage) = testing::run_with_coverage(program, selection, allowance, &mut host)?;
            (results, Some(coverage))
        }
        Some(program) => (testing::run(program, selection, allowance, &mut host), None),
    };
    if is_asked && !host.needs.is_empty() {
        return Ok(TestRound::Needs(needs_of(host.needs)));
    }
    let outcomes: Vec<Outcome> = results.iter().flat_map(TestResult::outcomes).collect();
    let count = |outcome| outcomes.iter().filter(|&&ended| ended == outcome).count() as u32;
    Ok(TestRound::Ended(TestAnswer {
        passed: count(Outcome::Passed),
        failed: count(Outcome::Failed),
        errors: count(Outcome::Error),
        skipped: count(Outcome::Skipped),
        results,
        coverage,
        diagnostics: compilation.diagnostics,
    }))
}
