//! The cases of a table: what the answer says of each, and those that were begun and are not in it.

use super::{Outcome, TestCase};
use crate::sorted;
use serde_json::Value;

/// INVARIANT (depth): cases are nested no deeper, so that whoever walks them may recurse. What is deeper is no case, and has not passed.
const DEEPEST: usize = 16;

#[derive(Default)]
struct Node {
    /// Whether the answer says that it is true.
    is_true: bool,
    below: sorted::Map<String, Node>,
}

/// The cases of a table by their names, out of its value and the names that were begun, part by part.
pub(super) fn of(value: &Value, begun: &[Vec<String>]) -> Vec<TestCase> {
    let mut root = node(value, 0);
    for path in begun {
        let mut at = &mut root;
        for part in path.iter().take(DEEPEST) {
            at = at.below.entry(part.clone()).or_default();
        }
    }
    finished(root.below)
}

fn node(value: &Value, depth: usize) -> Node {
    match value {
        Value::Object(fields) if depth < DEEPEST => Node {
            is_true: false,
            below: sorted::Map::from_iter(fields.iter().map(|(name, value)| (name.clone(), node(value, depth + 1)))),
        },
        value => Node { is_true: value == &Value::Bool(true), below: sorted::Map::new() },
    }
}

fn finished(nodes: sorted::Map<String, Node>) -> Vec<TestCase> {
    let case = |(name, node): (String, Node)| {
        let is_innermost = node.below.is_empty();
        let cases = finished(node.below);
        let holds = if is_innermost { node.is_true } else { cases.iter().all(|case| case.outcome == Outcome::Passed) };
        TestCase { name, outcome: if holds { Outcome::Passed } else { Outcome::Failed }, cases }
    };
    nodes.into_iter().map(case).collect()
}

/// How the innermost of some cases ended.
pub(super) fn outcomes(cases: &[TestCase], outcomes: &mut Vec<Outcome>) {
    for case in cases {
        if case.cases.is_empty() {
            outcomes.push(case.outcome);
        } else {
            self::outcomes(&case.cases, outcomes);
        }
    }
}
