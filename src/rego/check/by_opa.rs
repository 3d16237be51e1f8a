//! What OPA would print of modules: the errors of the first stage that has any, each at the place that OPA gives it.

use crate::rego::analysis::{Finding, Told};
use crate::rego::diagnostic::{Severity, Text};
use crate::rego::stage::Stage;
use crate::rego::syntax::Parsed;
use crate::sorted::InOrder;

/// An error as OPA tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpaError {
    /// The stage in which it is found.
    pub stage: Stage,
    /// The index of the module under which it is told.
    pub module: usize,
    /// The line under which it is told, from 1.
    pub line: u32,
    /// The code.
    pub code: &'static str,
    /// What is wrong. It may have several lines.
    pub message: String,
    /// The byte of the module under which it is told.
    byte: u32,
}

/// The code of what keeps a text from being a module.
const PARSE: &str = "rego_parse_error";

/// The errors of the first stage that has any, by module and place. Where OPA has none there may still be some of ours: limits, and
/// builtins that are refused.
pub fn errors(texts: &[Text<'_>], read: &[Parsed<'_>], findings: &[Finding]) -> Vec<OpaError> {
    let mut errors = Vec::new();
    for (module, parsed) in read.iter().enumerate() {
        for error in parsed.errors.iter().filter(|error| !error.is_beyond_opa && error.limit.is_none()) {
            let message = error.message.clone().into_owned();
            errors.push(OpaError {
                stage: Stage::Parse,
                module,
                line: 0,
                code: PARSE,
                message,
                byte: error.opa_byte(),
            });
        }
    }
    for finding in findings {
        if finding.told == Told::ByUs || finding.severity != Severity::Error {
            continue;
        }
        let (module, byte) = finding.opa_place();
        let (stage, code, message) = (finding.stage, finding.code, with_types(finding));
        errors.push(OpaError { stage, module, line: 0, code, message, byte });
    }
    let first = errors.iter().map(|error| error.stage).min();
    errors.retain(|error| Some(error.stage) == first);
    errors.order_by(|a, b| (a.module, a.byte, &a.message).cmp(&(b.module, b.byte, &b.message)));
    errors.dedup();
    for error in &mut errors {
        if let Some(text) = texts.get(error.module) {
            error.line = text.places(error.byte as usize..error.byte as usize).0.line;
        }
    }
    errors
}

/// The message with the types that do not go together, each in a line behind it. What a function that is not there has for help is ours.
fn with_types(finding: &Finding) -> String {
    let mut message = finding.message.clone();
    if finding.stage == Stage::CheckTypes && !message.starts_with("undefined function ") {
        for line in finding.help.iter().flat_map(|help| help.lines()) {
            message.push_str("\n\t");
            message.push_str(line);
        }
    }
    message
}

impl OpaError {
    /// As OPA writes it: `file:line: code: message`.
    pub fn text(&self, file: &str) -> String {
        format!("{file}:{}: {}: {}", self.line, self.code, self.message)
    }
}

/// The errors as one text: a number and one error, or a number and a line for each.
pub fn list(errors: &[String]) -> String {
    match errors {
        [] => "no error(s)".to_owned(),
        [one] => format!("1 error occurred: {one}"),
        all => format!("{} errors occurred:\n{}", all.len(), all.join("\n")),
    }
}
