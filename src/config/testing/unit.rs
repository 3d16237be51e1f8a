//! The test rules of the policies themselves (section 5.3): asked without an input, and without metadata.

use super::run::TestResult;
use crate::config::ConfigPolicies;
use crate::error::Error;
use crate::rego::Allowance;
use crate::rego::testing::{self, HostOfTests, Outcome, Selection};
use crate::sorted::InOrder;

impl ConfigPolicies {
    /// Runs the rules whose names begin with `test_`, by file and place. One whose name begins with `todo_test_` is not run, and has not
    /// passed.
    ///
    /// # Errors
    /// None in practice: the policies have been compiled before.
    pub fn run_unit_tests(&self, selection: &Selection, allowance: Allowance) -> Result<Vec<TestResult>, Error> {
        let Some(program) = &self.program else { return Ok(Vec::new()) };
        let program = program.with_data(b"{}")?;
        let mut results = testing::run(&program, selection, allowance, &mut HostOfTests::default());
        results.order_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        let of_result = |result: testing::TestResult| TestResult {
            name: format!("data.{}.{}", result.package, result.name),
            passed: result.outcome == Outcome::Passed,
            error: result.message.filter(|_| result.outcome == Outcome::Error),
            context: None,
        };
        Ok(results.into_iter().map(of_result).collect())
    }
}
