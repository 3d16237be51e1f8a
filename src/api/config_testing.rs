//! The operations on tests of policies of configurations: open the files of a folder, go on to the next result, run test rules.

use super::{Engine, unknown_handle};
use crate::config::testing::run::{Options, ToCompile};
use crate::config::testing::{TestResult, TestRun, Turn};
use crate::error::{Error, ErrorCode};
use crate::rego::testing::Selection;
use crate::rego::{Allowance, Module};
use serde::{Deserialize, Serialize};

/// The tests of a folder that are being run, and the policies that they ask.
pub(super) struct OpenTests {
    policies: u32,
    run: TestRun,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenConfigTestsRequest {
    /// The handle of the policies.
    pub handle: u32,
    /// The files of tests, in YAML.
    pub files: Vec<Module>,
    /// A pattern of RE2 that the full names of the tests match which are run.
    pub run: Option<String>,
    /// Whether the host can compile configurations.
    #[serde(default)]
    pub has_compiler: bool,
    /// Whether each test tells what it went through.
    #[serde(default)]
    pub debug: bool,
}

/// Tests that can be run, or why there are none.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct OpenConfigTestsAnswer {
    /// The handle of the run; absent where there is nothing to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<u32>,
    /// Why none is run: a file that is not read, or two tests of one name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextConfigTestRequest {
    /// The handle of the run.
    pub handle: u32,
    /// What the host made of what it was asked to compile.
    pub compiled: Option<String>,
    /// Why it could not.
    pub compile_error: Option<String>,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
}

/// What came next in a run of tests: one of the two, or neither at its end.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct NextConfigTestAnswer {
    /// A test has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<TestResult>,
    /// The host is to compile a configuration, and to go on with what came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compile: Option<ToCompile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfigUnitTestsRequest {
    /// The handle of the policies.
    pub handle: u32,
    /// A pattern of RE2 that the full names of the tests match which are run.
    pub run: Option<String>,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
}

/// The results of test rules.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConfigUnitTestsAnswer {
    /// One for each rule, by file and place.
    pub results: Vec<TestResult>,
}

impl Engine {
    pub(super) fn open_config_tests(
        &mut self,
        request: OpenConfigTestsRequest,
    ) -> Result<OpenConfigTestsAnswer, Error> {
        let OpenConfigTestsRequest { handle, files, run, has_compiler, debug } = request;
        if !self.config_policies.contains_key(&handle) {
            return Err(unknown_handle(handle));
        }
        let options = Options { selection: selection(run.as_deref())?, has_compiler, debug };
        Ok(match TestRun::of(files, options) {
            Err(why) => OpenConfigTestsAnswer { handle: None, error: Some(why) },
            Ok(run) if run.is_empty() => OpenConfigTestsAnswer { handle: None, error: None },
            Ok(run) => {
                self.last_handle = self.last_handle.wrapping_add(1);
                self.config_tests.insert(self.last_handle, OpenTests { policies: handle, run });
                OpenConfigTestsAnswer { handle: Some(self.last_handle), error: None }
            }
        })
    }

    pub(super) fn next_config_test(&mut self, request: NextConfigTestRequest) -> Result<NextConfigTestAnswer, Error> {
        let NextConfigTestRequest { handle, compiled, compile_error, now_ms, seed } = request;
        let open = self.config_tests.get_mut(&handle).ok_or_else(|| unknown_handle(handle))?;
        let policies = self.config_policies.get_mut(&open.policies).ok_or_else(|| unknown_handle(open.policies))?;
        let compiled = match (compiled, compile_error) {
            (Some(_), Some(_)) => {
                let message = "a configuration was compiled, or it was not";
                return Err(Error::new(ErrorCode::MalformedRequest, message).at("/compile_error"));
            }
            (Some(text), None) => Some(Ok(text)),
            (None, why) => why.map(Err),
        };
        let allowance = Allowance { now_ms, seed, ..Allowance::default() };
        let turn = open.run.next(policies, compiled, allowance);
        Ok(match turn {
            Some(Turn::Ended(result)) => NextConfigTestAnswer { result: Some(result), compile: None },
            Some(Turn::Compile(config)) => NextConfigTestAnswer { result: None, compile: Some(config) },
            None => NextConfigTestAnswer { result: None, compile: None },
        })
    }

    pub(super) fn run_config_unit_tests(
        &self,
        request: &RunConfigUnitTestsRequest,
    ) -> Result<ConfigUnitTestsAnswer, Error> {
        let handle = request.handle;
        let policies = self.config_policies.get(&handle).ok_or_else(|| unknown_handle(handle))?;
        let allowance = Allowance { now_ms: request.now_ms, seed: request.seed, ..Allowance::default() };
        let results = policies.run_unit_tests(&selection(request.run.as_deref())?, allowance)?;
        Ok(ConfigUnitTestsAnswer { results })
    }
}

fn selection(pattern: Option<&str>) -> Result<Selection, Error> {
    Ok(pattern.map(Selection::matching).transpose()?.unwrap_or_default())
}
