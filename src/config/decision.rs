//! The decision on one configuration: section 2, step by step.

use super::ConfigPolicies;
use super::silences::{self, Passed};
use crate::error::{Error, ErrorCode};
use crate::rego::program::Failed;
use crate::rego::{Allowance, Diagnostic, Document};
use crate::sorted::{self, InOrder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The package whose rules decide.
pub const ORG: &str = "org";

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigStatus"))]
pub enum Status {
    /// Nothing violates anything.
    #[serde(rename = "PASS")]
    Pass,
    /// There are violations, none of them of a rule that is hard.
    #[serde(rename = "SOFT_FAIL")]
    SoftFail,
    /// A rule that is hard is violated.
    #[serde(rename = "HARD_FAIL")]
    HardFail,
    /// The policies could not be evaluated.
    #[serde(rename = "ERROR")]
    Error,
}

/// One violation of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigViolation"))]
#[serde(deny_unknown_fields)]
pub struct Violation {
    /// The name of the rule.
    pub rule: String,
    /// What the rule says.
    pub reason: String,
}

/// A decision, as it is told and kept. What is empty is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigDecision", optional_fields))]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What was decided.
    pub status: Status,
    /// Why the policies could not be evaluated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<String>"))]
    pub reason: String,
    /// The rules that took part, in the order of their bytes. One that an array names twice is here twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
    pub enabled_rules: Vec<String>,
    /// Violations of rules that are hard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Violation>>"))]
    pub hard_failures: Vec<Violation>,
    /// Violations of all other rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Violation>>"))]
    pub soft_failures: Vec<Violation>,
}

/// A decision and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigDecided"))]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// What the decision passes over in silence: a rule that answers what is no violation, a name that leads nowhere.
    pub warnings: Vec<Diagnostic>,
    /// Evaluation steps.
    #[cfg_attr(test, ts(type = "number"))]
    pub steps: u64,
    /// Units of memory.
    #[cfg_attr(test, ts(type = "number"))]
    pub memory_units: u64,
}

impl Decision {
    fn of_status(status: Status) -> Self {
        let (enabled_rules, hard_failures, soft_failures) = (Vec::new(), Vec::new(), Vec::new());
        Self { status, reason: String::new(), enabled_rules, hard_failures, soft_failures }
    }

    /// That the policies could not be evaluated.
    pub fn error(reason: String) -> Self {
        Self { reason, ..Self::of_status(Status::Error) }
    }
}

impl Decided {
    /// A decision for which nothing was evaluated.
    pub const fn without_evaluation(decision: Decision) -> Self {
        Self { decision, warnings: Vec::new(), steps: 0, memory_units: 0 }
    }
}

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The configuration as JSON; where there is none it is `null`.
    pub input: Option<&'a Document>,
    /// The JSON text of `data.meta`.
    pub meta: &'a str,
}

impl ConfigPolicies {
    /// Decides on one configuration.
    ///
    /// # Errors
    /// A failed call, and no decision: `invalid_configuration` for a control name of the wrong kind (step 4), `limit_exceeded` for an
    /// evaluation that reaches a limit, `input_not_json` for metadata that is none.
    pub fn decide(&mut self, question: Question<'_>, allowance: Allowance) -> Result<Decided, Error> {
        self.set_meta(question.meta)?;
        let Some(program) = &self.program else {
            return Ok(Decided::without_evaluation(Decision::of_status(Status::Pass)));
        };
        let nothing = Document::read(b"null")?;
        let input = question.input.unwrap_or(&nothing);
        let answer = match program.evaluate_whole(&[ORG.to_owned()], Some(input), allowance) {
            Ok(evaluation) => evaluation.answer,
            Err(failed) => return error_of(*failed).map(|decision| self.decided(decision, Vec::new())),
        };
        let Some(Value::Object(org)) = answer.to_value()? else {
            return Err(Error::new(ErrorCode::InvalidConfiguration, "no org policy evaluations found")
                .with_help("the policies of a bundle stand in `package org`"));
        };
        let mut passed = Passed::default();
        let decision = Decision::of_answers(&org, &mut passed)?;
        let warnings = silences::of_answers(program, &passed);
        Ok(self.decided(decision, warnings))
    }

    fn decided(&self, decision: Decision, warnings: Vec<Diagnostic>) -> Decided {
        let cost = self.program.as_ref().map(|program| program.cost()).unwrap_or_default();
        Decided { decision, warnings, steps: cost.steps, memory_units: cost.memory_units }
    }

    /// Puts the metadata into the data of the program, where it is not there yet.
    pub(super) fn set_meta(&mut self, meta: &str) -> Result<(), Error> {
        if self.meta.as_deref() == Some(meta) {
            return Ok(());
        }
        if let Some(program) = &mut self.program {
            // Until it is there, it is not known what is.
            self.meta = None;
            program.update_data(&["meta".to_owned()], Some(meta.as_bytes()))?;
        }
        self.meta = Some(meta.to_owned());
        Ok(())
    }
}

/// What an evaluation that failed means: a decision, unless a limit ended it.
fn error_of(failed: Failed) -> Result<Decision, Error> {
    let Failed { error, message, place } = failed;
    if error.limit.is_some() {
        return Err(error);
    }
    let place = place.map(|(file, line)| format!("{file}:{line}: ")).unwrap_or_default();
    Ok(Decision::error(format!("{place}{}: {message}", error.code.as_str())))
}

impl Decision {
    /// The decision that the values of all rules make: steps 4 to 9.
    ///
    /// # Errors
    /// `invalid_configuration`, see [`ConfigPolicies::decide`].
    fn of_answers(org: &serde_json::Map<String, Value>, passed: &mut Passed) -> Result<Self, Error> {
        let enable_rule = names(org, "enable_rule", passed)?;
        let hard_fail = names(org, "hard_fail", passed)?;
        let enable_hard = names(org, "enable_hard", passed)?;
        let by_rule = sorted::Set::from_iter(enable_rule.iter().copied());
        let hard = sorted::Set::from_iter(hard_fail.iter().chain(&enable_hard).copied());
        let mut enabled: Vec<&str> = enable_rule.clone();
        enabled.extend(enable_hard.iter().filter(|name| !by_rule.contains(*name)));
        let (mut hard_failures, mut soft_failures) = (Vec::new(), Vec::new());
        for (at, name) in enabled.iter().enumerate() {
            let control = if at < enable_rule.len() { "enable_rule" } else { "enable_hard" };
            let failures = if hard.contains(name) { &mut hard_failures } else { &mut soft_failures };
            failures.extend(
                violations(name, control, org.get(*name), passed)
                    .map(|reason| Violation { rule: (*name).to_owned(), reason: reason.to_owned() }),
            );
        }
        let taking_part = sorted::Set::from_iter(enabled.iter().copied());
        for name in hard_fail.iter().filter(|name| !taking_part.contains(*name)) {
            passed.not_enabled.push((*name).to_owned());
        }
        let status = match (hard_failures.is_empty(), soft_failures.is_empty()) {
            (false, _) => Status::HardFail,
            (true, false) => Status::SoftFail,
            (true, true) => Status::Pass,
        };
        enabled.order();
        for failures in [&mut hard_failures, &mut soft_failures] {
            failures.order_by(|one, other| one.in_order().cmp(other.in_order()));
        }
        let enabled_rules = enabled.into_iter().map(str::to_owned).collect();
        Ok(Self { status, reason: String::new(), enabled_rules, hard_failures, soft_failures })
    }
}

impl Violation {
    /// The bytes that it is sorted by: the name with the reason right behind it.
    fn in_order(&self) -> impl Iterator<Item = u8> {
        self.rule.bytes().chain(self.reason.bytes())
    }
}

/// The names that a control rule gives (step 4).
fn names<'o>(
    org: &'o serde_json::Map<String, Value>,
    control: &'static str,
    passed: &mut Passed,
) -> Result<Vec<&'o str>, Error> {
    match org.get(control) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(members)) => {
            let names: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
            if names.len() < members.len() {
                passed.members.push((control.to_owned(), members.len() - names.len()));
            }
            Ok(names)
        }
        Some(_) => Err(Error::new(ErrorCode::InvalidConfiguration, format!("invalid {control}: value is not a slice"))
            .with_help(format!("`{control}` is a set of the names of rules: `{control}[\"name\"]`"))),
    }
}

/// The reasons that the value of an enabled rule gives (section 1.7).
fn violations<'o>(
    name: &str,
    control: &'static str,
    value: Option<&'o Value>,
    passed: &mut Passed,
) -> impl Iterator<Item = &'o str> {
    let mut reasons = Vec::new();
    match value {
        None => passed.undefined.push((name.to_owned(), control)),
        Some(Value::String(reason)) => reasons.push(reason.as_str()),
        Some(Value::Array(members)) => {
            reasons.extend(members.iter().filter_map(Value::as_str));
            passed.skip(name, members.len() - reasons.len());
        }
        Some(Value::Object(fields)) => {
            reasons.extend(fields.values().filter_map(Value::as_str));
            passed.skip(name, fields.len() - reasons.len());
        }
        Some(Value::Bool(_)) => passed.values.push((name.to_owned(), "a boolean")),
        Some(Value::Number(_)) => passed.values.push((name.to_owned(), "a number")),
        Some(Value::Null) => passed.values.push((name.to_owned(), "null")),
    }
    reasons.into_iter()
}
