//! `Report`: what is wrong with a policy, collected on the way through it, so that all of it is said at once.

use super::errors::{PathPart, PolicyError, PolicyErrorCode, PolicyWarning};
use super::source::tree::{Node, cut};
use crate::limits;
use crate::rego::diagnostic::Text;
use crate::sorted::InOrder;
use serde_json::Value;

/// The errors and warnings so far, and the way to where the reader stands.
#[derive(Debug, Default)]
pub struct Report {
    path: Vec<PathPart>,
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
    /// Errors and warnings beyond the limit: they are counted and not kept.
    more_errors: usize,
    more_warnings: usize,
    patterns: usize,
}

/// An error, or a warning, which has no code and no value.
#[derive(Debug)]
struct Finding {
    path: Vec<PathPart>,
    code: Option<PolicyErrorCode>,
    /// The byte of the text at which it belongs.
    at: usize,
    message: String,
    value: Option<Value>,
}

impl Report {
    /// Reads what stands under a field or a place of a list.
    pub fn within<T>(&mut self, part: impl Into<PathPart>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.enter(part);
        let answer = read(self);
        self.leave();
        answer
    }

    /// Goes to a field or a place of a list. For readers that cannot lend the report; each must leave again.
    pub fn enter(&mut self, part: impl Into<PathPart>) {
        self.path.push(part.into());
    }

    /// Goes back.
    pub fn leave(&mut self) {
        self.path.pop();
    }

    /// How many objects and lists the reader stands in.
    pub fn depth(&self) -> usize {
        self.path.len()
    }

    /// Whether there is no error.
    pub fn is_sound(&self) -> bool {
        self.errors.is_empty()
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.errors.len() + self.more_errors
    }

    /// Counts regular expressions of the policy; gives how many there are with these.
    pub fn count_patterns(&mut self, more: usize) -> usize {
        self.patterns = self.patterns.saturating_add(more);
        self.patterns
    }

    /// The value where the reader stands, in words: its path.
    pub fn name(&self) -> String {
        if self.path.is_empty() { "the policy".to_owned() } else { format!("`{}`", written(&self.path)) }
    }

    /// Reports an error where the reader stands.
    pub fn error(&mut self, at: usize, code: PolicyErrorCode, message: impl Into<String>) {
        let path = self.path.clone();
        self.add_error(Finding { path, code: Some(code), at, message: message.into(), value: None });
    }

    /// Reports an error of the whole text.
    pub fn error_of_text(&mut self, at: usize, code: PolicyErrorCode, message: impl Into<String>) {
        self.add_error(Finding { path: Vec::new(), code: Some(code), at, message: message.into(), value: None });
    }

    /// Reports an error about a value, which is shown where it is small.
    pub fn error_about(&mut self, node: &Node, code: PolicyErrorCode, message: impl Into<String>) {
        let (path, value) = (self.path.clone(), node.shown_value());
        self.add_error(Finding { path, code: Some(code), at: node.at, message: message.into(), value });
    }

    /// Reports an error whose path begins where the reader stands.
    pub fn error_below(&mut self, at: usize, error: PolicyError) {
        let path = self.path.iter().cloned().chain(error.path).collect();
        self.add_error(Finding { path, code: Some(error.code), at, message: error.message, value: error.value });
    }

    /// Warns of something where the reader stands.
    pub fn warn(&mut self, at: usize, message: impl Into<String>) {
        if self.warnings.len() < limits::DIAGNOSTICS {
            let path = self.path.clone();
            self.warnings.push(Finding { path, code: None, at, message: message.into(), value: None });
        } else {
            self.more_warnings += 1;
        }
    }

    /// Reads something and keeps its errors, but no warnings: they were given already.
    pub fn without_warnings<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = (self.warnings.len(), self.more_warnings);
        let answer = read(self);
        self.warnings.truncate(before.0);
        self.more_warnings = before.1;
        answer
    }

    /// The errors, by path and code, with their lines and columns where there is a text. Where there are more than are told, that is
    /// said behind them, in the place of the last.
    pub fn into_errors(self, text: Option<&str>) -> Vec<PolicyError> {
        let with_place = |(finding, line, column): (Finding, _, _)| {
            let code = finding.code?;
            Some(PolicyError { path: finding.path, code, message: finding.message, line, column, value: finding.value })
        };
        let mut errors: Vec<PolicyError> = placed(self.errors, text).filter_map(with_place).collect();
        if let Some(last) = errors.last().filter(|_| self.more_errors > 0) {
            let message = and_more(self.more_errors, "error");
            errors.push(PolicyError { code: PolicyErrorCode::MoreErrors, message, value: None, ..last.clone() });
        }
        errors
    }

    /// The warnings, by path, with their lines and columns where there is a text; told as the errors are.
    pub fn into_warnings(self, text: Option<&str>) -> Vec<PolicyWarning> {
        let with_place = |(finding, line, column): (Finding, _, _)| PolicyWarning {
            path: finding.path,
            message: finding.message,
            line,
            column,
        };
        let mut warnings: Vec<PolicyWarning> = placed(self.warnings, text).map(with_place).collect();
        if let Some(last) = warnings.last().filter(|_| self.more_warnings > 0) {
            warnings.push(PolicyWarning { message: and_more(self.more_warnings, "warning"), ..last.clone() });
        }
        warnings
    }

    // What is beyond the limit is not kept: a text of a megabyte can hold a quarter of a million mistakes.
    fn add_error(&mut self, finding: Finding) {
        if self.errors.len() < limits::DIAGNOSTICS {
            self.errors.push(finding);
        } else {
            self.more_errors += 1;
        }
    }
}

fn and_more(more: usize, what: &str) -> String {
    let plural = if more == 1 { "" } else { "s" };
    format!("and {more} more {what}{plural}: mend those that are told, then check again")
}

/// Findings in their order, each with its line and column where there is a text.
fn placed(mut findings: Vec<Finding>, text: Option<&str>) -> impl Iterator<Item = (Finding, Option<u32>, Option<u32>)> {
    let code = |finding: &Finding| finding.code.map(PolicyErrorCode::as_str);
    findings.order_by(|a, b| (&a.path, code(a), a.at, &a.message).cmp(&(&b.path, code(b), b.at, &b.message)));
    let lines = text.map(|text| Text::new("", text));
    findings.into_iter().map(move |finding| {
        let place = lines.as_ref().map(|text| text.places(finding.at..finding.at).0);
        (finding, place.map(|place| place.line), place.map(|place| place.column))
    })
}

/// A path as people write it, such as `rate_limits.search.max_count` or `approval_rules[0].approvers`.
pub fn written(path: &[PathPart]) -> String {
    let mut text = String::new();
    for part in path {
        match part {
            PathPart::Place(place) => text.push_str(&format!("[{place}]")),
            PathPart::Field(field) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(&cut(field));
            }
        }
    }
    text
}
