//! Which rules are tests: those in whose heads a name begins with `test_` or `todo_test_`.

use super::super::check::outline::{Outline, RuleKind, path_text};
use crate::sorted;
use std::ops::Range;

/// A test of a program.
pub(super) struct Found<'p> {
    /// The outline of the module that declares it.
    pub outline: &'p Outline,
    /// That module, by its index.
    pub module: usize,
    /// The rule, by its index.
    pub rule: usize,
    /// Which further body of the rule it is, where it is one.
    pub chained: Option<usize>,
    /// Where its name begins to stand; of a further body, the body.
    pub range: Range<usize>,
    /// Whether it is not to be run yet.
    pub is_skipped: bool,
    /// Whether it has variables behind the name, which name cases.
    pub is_table: bool,
    /// How many tests of the same name come before it.
    pub number: usize,
    /// How many parts of the head lead to the name.
    pub length: usize,
    /// The path from the package to the name, as the rule has it.
    path: &'p [String],
}

impl Found<'_> {
    /// The path from the package to the name, as it is written: `test_x`, and `test_x#01` of the second rule.
    pub fn name(&self) -> String {
        path_text(&self.named("#"))
    }

    /// `data.<package>.<name>`.
    pub fn full_name(&self) -> String {
        self.outline.full_name(&self.named("#"))
    }

    /// The path from the package to the name, where a sign stands between the names of further rules and their numbers.
    pub fn named(&self, sign: &str) -> Vec<String> {
        let mut path = self.path.to_vec();
        if let Some(last) = path.last_mut() {
            last.push_str(&self.ending(sign));
        }
        path
    }

    /// The path from `data` to a path of the package.
    pub fn in_package(&self, path: &[String]) -> Vec<String> {
        self.outline.package.iter().chain(path).cloned().collect()
    }

    /// What the name of a further rule has at its end.
    pub fn ending(&self, sign: &str) -> String {
        if self.number == 0 { String::new() } else { format!("{sign}{:02}", self.number) }
    }
}

/// How many names of a path lead to that of a test, where one of them is one.
pub(super) fn length_of_name<'n>(path: impl Iterator<Item = &'n str>) -> Option<(usize, bool)> {
    path.enumerate().find_map(|(at, name)| {
        let is_skipped = name.starts_with("todo_test_");
        (is_skipped || name.starts_with("test_")).then_some((at + 1, is_skipped))
    })
}

/// The tests of modules, in source order. As in OPA each rule is one, also a default and each further body of a head; rules
/// of one name are numbered, unless they are skipped. Functions are no tests.
pub(super) fn tests(outlines: &[Outline]) -> Vec<Found<'_>> {
    let mut tests: Vec<Found<'_>> = Vec::new();
    let mut counts: sorted::Map<Vec<&str>, usize> = sorted::Map::new();
    for (module, outline) in outlines.iter().enumerate() {
        for (at, rule) in outline.rules.iter().enumerate() {
            if matches!(rule.kind, RuleKind::Function { .. }) {
                continue;
            }
            let Some((length, is_skipped)) = length_of_name(rule.path.iter().map(String::as_str)) else { continue };
            let path = rule.path.get(..length).unwrap_or_default();
            let count = counts.entry(outline.package.iter().chain(path).map(String::as_str).collect()).or_default();
            let first = (None, &rule.name_range);
            let chained = rule.chained.iter().enumerate().map(|(body, range)| (Some(body), range));
            for (chained, range) in std::iter::once(first).chain(chained) {
                tests.push(Found {
                    outline,
                    module,
                    rule: at,
                    chained,
                    range: range.clone(),
                    is_skipped,
                    is_table: rule.has_open_keys,
                    number: if is_skipped { 0 } else { *count },
                    length,
                    path,
                });
                *count += 1;
            }
        }
    }
    tests
}
