//! From what an author wrote to a policy, or to everything that is wrong with it.

use super::PolicyFields;
use super::errors::{PolicyError, PolicyErrorCode, PolicyWarning};
use super::report::Report;
use super::source::tree::{Node, cut};
use super::{check, source};
use crate::limits;
use serde::Serialize;
use serde_json::Value;

/// What the caller says beside the text.
#[derive(Debug, Clone, Copy, Default)]
pub struct CompileOptions<'a> {
    /// The name of a policy that does not say its own, such as that of its file. Without it the name must be there.
    pub name: Option<&'a str>,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "CompiledActionPolicy"))]
#[serde(untagged)]
pub enum Compiled {
    /// A policy.
    Policy {
        /// That it is one.
        #[cfg_attr(test, ts(type = "true"))]
        ok: bool,
        /// Its fields, with every default.
        #[cfg_attr(test, ts(type = "Required<ActionPolicyFields>"))]
        policy: Box<PolicyFields>,
        /// What it says and may not mean.
        warnings: Vec<PolicyWarning>,
    },
    /// No policy.
    Errors {
        /// That it is none.
        #[cfg_attr(test, ts(type = "false"))]
        ok: bool,
        /// Everything that is wrong with it, by path and code; at least one. Of very many the first, and then how many more there are.
        errors: Vec<PolicyError>,
    },
}

impl From<Result<(PolicyFields, Vec<PolicyWarning>), Vec<PolicyError>>> for Compiled {
    fn from(checked: Result<(PolicyFields, Vec<PolicyWarning>), Vec<PolicyError>>) -> Self {
        match checked {
            Ok((policy, warnings)) => Self::Policy { ok: true, policy: Box::new(policy), warnings },
            Err(errors) => Self::Errors { ok: false, errors },
        }
    }
}

/// Compiles the text of a policy. Stores nothing, and asks nobody.
///
/// The formats `yaml`, `yml` and `json` are read here. Whoever can turn `prose`, `markdown` and `md` into an object gives it to
/// [`check`]: it is held to the same rules.
pub fn compile(source: &str, source_format: &str, options: CompileOptions<'_>) -> Compiled {
    let mut report = Report::default();
    let fields =
        read(source, source_format, &mut report).and_then(|root| check::read(&mut report, &root, options.name));
    answer(report, fields, Some(source)).into()
}

/// Checks a policy that is an object already.
///
/// # Errors
/// Everything that is wrong with it, by path and code.
pub fn check(
    value: Value,
    options: CompileOptions<'_>,
) -> Result<(PolicyFields, Vec<PolicyWarning>), Vec<PolicyError>> {
    let mut report = Report::default();
    let root = source::read_object(value, &mut report);
    let fields = root.and_then(|root| check::read(&mut report, &root, options.name));
    answer(report, fields, None)
}

// INVARIANT (sound): fields leave only where nothing was reported.
fn answer(
    report: Report,
    fields: Option<PolicyFields>,
    text: Option<&str>,
) -> Result<(PolicyFields, Vec<PolicyWarning>), Vec<PolicyError>> {
    match fields {
        Some(fields) if report.is_sound() => Ok((fields, report.into_warnings(text))),
        _ => Err(report.into_errors(text)),
    }
}

/// The tree of a text; none where it cannot be read, which was reported.
fn read(source: &str, source_format: &str, report: &mut Report) -> Option<Node> {
    let read: fn(&str, &mut Report) -> Option<Node> = match source_format {
        "yaml" | "yml" => source::read_yaml,
        "json" => source::read_json,
        "prose" | "markdown" | "md" => needs_a_converter,
        unknown => {
            let message = format!(
                "there is no format `{}`; the formats are `yaml`, `yml`, `json`, `prose`, `markdown` and `md`",
                cut(unknown)
            );
            report.error_of_text(0, PolicyErrorCode::UnsupportedFormat, message);
            return None;
        }
    };
    if source.len() as u64 > limits::SOURCE_BYTES {
        let message = format!("the text has {} bytes; a policy has at most {}", source.len(), limits::SOURCE_BYTES);
        report.error_of_text(0, PolicyErrorCode::Range, message);
        return None;
    }
    if source.trim_start_matches('\u{feff}').trim().is_empty() {
        report.error_of_text(0, PolicyErrorCode::EmptySource, "there is nothing in the text");
        return None;
    }
    read(source, report)
}

fn needs_a_converter(_: &str, report: &mut Report) -> Option<Node> {
    let message = "prose is not read here: supply a converter that turns the text into an object of fields, \
                   or write the policy as YAML or JSON";
    report.error_of_text(0, PolicyErrorCode::UnsupportedFormat, message);
    None
}
