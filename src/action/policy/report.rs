//! `Report`: what is wrong with a policy, collected on the way through it, so that all of it is said at once.

use super::errors::{PathPart, PolicyError, PolicyErrorCode, PolicyWarning};
use super::source::tree::{Node, cut};
use crate::limits;
use crate::rego::diagnostic::Text;

/// The errors and warnings so far, and the way to where the reader stands.
#[derive(Debug, Default)]
pub struct Report {
    path: Vec<PathPart>,
    // Each with the byte of the text at which it belongs.
    errors: Vec<(usize, PolicyError)>,
    warnings: Vec<(usize, PolicyWarning)>,
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
        self.errors.len()
    }

    /// The value where the reader stands, in words: its path.
    pub fn name(&self) -> String {
        if self.path.is_empty() { "the policy".to_owned() } else { format!("`{}`", written(&self.path)) }
    }

    /// Reports an error where the reader stands.
    pub fn error(&mut self, at: usize, code: PolicyErrorCode, message: impl Into<String>) {
        let error = PolicyError::new(self.path.clone(), code, message);
        self.add(at, error);
    }

    /// Reports an error of the whole text.
    pub fn error_of_text(&mut self, at: usize, code: PolicyErrorCode, message: impl Into<String>) {
        self.add(at, PolicyError::new(Vec::new(), code, message));
    }

    /// Reports an error about a value, which is shown where it is small.
    pub fn error_about(&mut self, node: &Node, code: PolicyErrorCode, message: impl Into<String>) {
        let mut error = PolicyError::new(self.path.clone(), code, message);
        error.value = node.shown_value();
        self.add(node.at, error);
    }

    /// Reports an error whose path begins where the reader stands.
    pub fn error_below(&mut self, at: usize, mut error: PolicyError) {
        error.path.splice(0..0, self.path.iter().cloned());
        self.add(at, error);
    }

    /// Warns of something where the reader stands.
    pub fn warn(&mut self, at: usize, message: impl Into<String>) {
        if self.warnings.len() < limits::DIAGNOSTICS {
            let warning = PolicyWarning { path: self.path.clone(), message: message.into(), line: None, column: None };
            self.warnings.push((at, warning));
        }
    }

    /// Reads something whose warnings were given already.
    pub fn without_warnings<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.warnings.len();
        let answer = read(self);
        self.warnings.truncate(before);
        answer
    }

    /// The errors, by path and code, with their lines and columns where there is a text.
    pub fn into_errors(mut self, text: Option<&str>) -> Vec<PolicyError> {
        self.errors.sort_by(|(a_at, a), (b_at, b)| {
            (&a.path, a.code.as_str(), a_at, &a.message).cmp(&(&b.path, b.code.as_str(), b_at, &b.message))
        });
        let lines = text.map(|text| Text::new("", text));
        let place = |(at, mut error): (usize, PolicyError)| {
            (error.line, error.column) = place_of(lines.as_ref(), at);
            error
        };
        self.errors.into_iter().map(place).collect()
    }

    /// The warnings, by path, with their lines and columns where there is a text.
    pub fn into_warnings(mut self, text: Option<&str>) -> Vec<PolicyWarning> {
        self.warnings.sort_by(|(a_at, a), (b_at, b)| (&a.path, a_at, &a.message).cmp(&(&b.path, b_at, &b.message)));
        let lines = text.map(|text| Text::new("", text));
        let place = |(at, mut warning): (usize, PolicyWarning)| {
            (warning.line, warning.column) = place_of(lines.as_ref(), at);
            warning
        };
        self.warnings.into_iter().map(place).collect()
    }

    // What is beyond the limit is not kept: a text of a megabyte can hold a quarter of a million mistakes.
    fn add(&mut self, at: usize, error: PolicyError) {
        if self.errors.len() < limits::DIAGNOSTICS {
            self.errors.push((at, error));
        }
    }
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

fn place_of(lines: Option<&Text<'_>>, at: usize) -> (Option<u32>, Option<u32>) {
    match lines {
        None => (None, None),
        Some(text) => {
            let (place, _) = text.places(at..at);
            (Some(place.line), Some(place.column))
        }
    }
}
