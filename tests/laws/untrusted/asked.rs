//! One policy that is asked about many texts: each rule calls a builtin, and is asked twice, so that what is undefined is also told why.

use super::pace;
use regate::error::ErrorCode;
use regate::limits::EvaluationLimits;
use regate::rego::{Allowance, Answer, Capabilities, DialectRule, Document, Module, Program, compile};
use serde_json::Value;

/// A policy whose rules read the input.
pub struct Asked {
    program: Program,
    steps: u64,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A value, as JSON text.
    Value(String),
    /// Nothing, because the builtin refused what it was given, with these words.
    Refused(String),
    /// Nothing, because it was more than the limit of this name allows.
    TooMuch(String),
}

impl Found {
    /// The value as a tree, where there is one.
    pub fn value(&self) -> Option<Value> {
        match self {
            Self::Value(text) => Some(serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))),
            _ => None,
        }
    }

    /// Whether the value is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Value(text) if text == "true")
    }

    /// Whether there was more work than the limits allow, so that nothing can be said of the text.
    pub fn is_too_much(&self) -> bool {
        matches!(self, Self::TooMuch(_))
    }
}

impl Asked {
    /// The policy of these rules, each `name := call`. An evaluation may take so many steps.
    pub fn of(rules: &str, steps: u64) -> Self {
        let modules = vec![Module { path: "policy.rego".into(), source: format!("package policy\n\n{rules}") }];
        let compiled = compile(modules, None, DialectRule::V1, &Capabilities::default());
        let compiled = compiled.unwrap_or_else(|error| panic!("{error}"));
        let findings = compiled.diagnostics;
        Self { program: compiled.program.unwrap_or_else(|| panic!("{findings:?}")), steps }
    }

    /// What a rule answers. Whether errors are strict changes what is said of a failure, and nothing else.
    pub fn ask(&self, rule: &str, input: &Value) -> Found {
        self.ask_document(rule, &document(input))
    }

    /// The same of an input that was read before.
    pub fn ask_document(&self, rule: &str, input: &Document) -> Found {
        let entrypoint = format!("policy/{rule}");
        let ask = |strict_builtin_errors| {
            let limits = EvaluationLimits { steps: self.steps, ..EvaluationLimits::default() };
            // Some day in 2026, so that certificates and tokens are looked at in a time.
            let allowance = Allowance { limits, now_ms: Some(1_790_000_000_000), seed: Some(1), strict_builtin_errors };
            // In a target, the time is held to the steps.
            pace::held(|| (self.program.evaluate(&entrypoint, Some(input), allowance), self.program.cost().steps))
        };
        let (loose, strict) = (ask(false), ask(true));
        match (loose, strict) {
            (Ok(loose), Ok(strict)) => {
                assert_eq!(loose, strict, "{rule}: strict errors change an answer");
                match loose.answer {
                    Answer::Value(text) => Found::Value(text.into_owned()),
                    Answer::Undefined => panic!("{rule} is undefined, and nothing says why"),
                }
            }
            (Ok(loose), Err(error)) if error.code == ErrorCode::EvalBuiltinError => {
                assert_eq!(loose.answer, Answer::Undefined, "{rule}: {error}");
                assert!(!error.message.is_empty());
                Found::Refused(error.message)
            }
            (Err(loose), Err(strict)) => {
                assert_eq!(
                    (loose.code, strict.code),
                    (ErrorCode::LimitExceeded, ErrorCode::LimitExceeded),
                    "{rule}: {loose}, {strict}"
                );
                let limit = loose.limit.unwrap_or_else(|| panic!("{rule}: a limit without a name"));
                Found::TooMuch(limit.name)
            }
            (loose, strict) => panic!("{rule}: {loose:?}, and with strict errors {strict:?}"),
        }
    }
}

/// Whether a value can be an input: not all that is JSON can, such as a number with an exponent of a million.
pub fn is_input(value: &Value) -> bool {
    Document::read(value.to_string().as_bytes()).is_ok()
}

/// A value as an input document.
pub fn document(value: &Value) -> Document {
    Document::read(value.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}: {value}"))
}
