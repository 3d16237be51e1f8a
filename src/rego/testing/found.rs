//! Which rules are tests: those in whose heads a name begins with `test_` or `todo_test_`.

use super::super::check::outline::{Outline, RuleKind, path_text};
use std::collections::BTreeMap;
use std::ops::Range;

/// A test of a program.
pub(super) struct Found<'p> {
    /// The outline of the module that declares it first.
    pub outline: &'p Outline,
    /// That module, by its index.
    pub module: usize,
    /// Where its name begins to stand.
    pub range: Range<usize>,
    /// Whether it is not to be run yet.
    pub is_skipped: bool,
    /// Whether one of its rules has variables behind the name, which name cases.
    pub is_table: bool,
    /// The path from the package to the name.
    path: Vec<String>,
}

impl Found<'_> {
    /// The path from the package to the name, as it is written.
    pub fn name(&self) -> String {
        path_text(&self.path)
    }

    /// The path from `data` to the test.
    pub fn full_path(&self) -> Vec<String> {
        self.outline.package.iter().chain(&self.path).cloned().collect()
    }

    /// `data.<package>.<name>`.
    pub fn full_name(&self) -> String {
        self.outline.full_name(&self.path)
    }
}

/// How many names of a path lead to that of a test, where one of them is one.
pub(super) fn length_of_name<'n>(path: impl Iterator<Item = &'n str>) -> Option<(usize, bool)> {
    path.enumerate().find_map(|(at, name)| {
        let is_skipped = name.starts_with("todo_test_");
        (is_skipped || name.starts_with("test_")).then_some((at + 1, is_skipped))
    })
}

/// The tests of modules, in source order. Rules of one name are one test; functions are none.
pub(super) fn tests(outlines: &[Outline]) -> Vec<Found<'_>> {
    let mut tests: Vec<Found<'_>> = Vec::new();
    let mut known: BTreeMap<(&[String], &[String]), usize> = BTreeMap::new();
    for (module, outline) in outlines.iter().enumerate() {
        for rule in &outline.rules {
            if matches!(rule.kind, RuleKind::Function { .. }) {
                continue;
            }
            let Some((length, is_skipped)) = length_of_name(rule.path.iter().map(String::as_str)) else { continue };
            let path = rule.path.get(..length).unwrap_or_default();
            let is_table = rule.has_open_keys;
            let at = *known.entry((&outline.package, path)).or_insert(tests.len());
            match tests.get_mut(at) {
                Some(known) => known.is_table |= is_table,
                None => {
                    let range = rule.name_range.clone();
                    tests.push(Found { outline, module, range, is_skipped, is_table, path: path.to_vec() });
                }
            }
        }
    }
    tests
}
