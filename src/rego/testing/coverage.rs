//! Coverage: which lines of the modules the tests have evaluated.
//!
//! A line counts where the head of a rule or a statement begins on it. A statement is covered when it was evaluated,
//! whatever it gave, and a head when a body of it has held. As in OPA, `some x in xs` counts when it was evaluated and
//! not when it was not, and `some x` never counts.

use crate::rego::program::Program;
use crate::rego::source::{Dialect, Module};
use crate::rego::syntax;
use crate::rego::syntax::tree::{LiteralKind, Span};
use crate::rego::syntax::visit::{self, Node};
use crate::sorted;
use serde::Serialize;

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Line {
    /// Its number, from 1.
    pub row: u32,
}

/// Lines one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LineRange {
    /// The first.
    pub start: Line,
    /// The last.
    pub end: Line,
}

/// The coverage of one module.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FileCoverage {
    /// The lines that were evaluated.
    pub covered: Vec<LineRange>,
    /// Those that were not.
    pub not_covered: Vec<LineRange>,
    /// How many were.
    pub covered_lines: u32,
    /// How many were not.
    pub not_covered_lines: u32,
    /// How many of a hundred were; 0 where no line counts.
    pub coverage: f64,
}

/// The coverage of a program. Its fields are those of OPA.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Coverage {
    /// Each module by its path.
    pub files: sorted::Map<String, FileCoverage>,
    /// How many lines were evaluated.
    pub covered_lines: u32,
    /// How many were not.
    pub not_covered_lines: u32,
    /// How many of a hundred were; 0 where no line counts.
    pub coverage: f64,
}

impl Coverage {
    /// What was seen of a program, as lines with the indices of their modules.
    pub(super) fn of(program: &Program, seen: &sorted::Set<(usize, usize)>) -> Self {
        let mut coverage = Self::default();
        for (index, (module, &dialect)) in program.modules().iter().zip(&program.parts.dialects).enumerate() {
            let file = of_module(module, dialect, |row| seen.contains(&(index, row)));
            coverage.covered_lines += file.covered_lines;
            coverage.not_covered_lines += file.not_covered_lines;
            coverage.files.insert(module.path.clone(), file);
        }
        coverage.coverage = percentage(coverage.covered_lines, coverage.not_covered_lines);
        coverage
    }
}

fn of_module(module: &Module, dialect: Dialect, is_seen: impl Fn(usize) -> bool) -> FileCoverage {
    let lines = lines(module, dialect);
    let (covered, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|&(row, _)| is_seen(row));
    let not_covered: Vec<_> = others.into_iter().filter(|&(_, must)| must).collect();
    let (covered_lines, not_covered_lines) = (count(covered.len()), count(not_covered.len()));
    FileCoverage {
        covered: ranges(covered.into_iter().map(|(row, _)| row)),
        not_covered: ranges(not_covered.into_iter().map(|(row, _)| row)),
        covered_lines,
        not_covered_lines,
        coverage: percentage(covered_lines, not_covered_lines),
    }
}

/// The lines of a module that count, each with whether it counts also where it was not evaluated.
fn lines(module: &Module, dialect: Dialect) -> sorted::Map<usize, bool> {
    let parsed = syntax::parse(&module.source, dialect);
    let mut starts = vec![0];
    starts.extend(module.source.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1));
    let mut lines = sorted::Map::new();
    let mut add = |span: Span, must: bool| {
        let row = starts.partition_point(|&start| start <= span.start as usize);
        *lines.entry(row).or_insert(false) |= must;
    };
    for rule in parsed.tree.rules() {
        add(rule.head.span, true);
        rule.elses.iter().for_each(|branch| add(branch.span, true));
    }
    visit::nodes(&parsed.tree, &mut |node| {
        if let Node::Literal(literal) = node {
            match literal.kind {
                LiteralKind::Some(_) | LiteralKind::Broken => {}
                LiteralKind::SomeIn(_) => add(literal.span, false),
                LiteralKind::Term(_) | LiteralKind::Assign(_) | LiteralKind::Unify(_) | LiteralKind::Every(..) => {
                    add(literal.span, true);
                }
            }
        }
    });
    lines
}

fn ranges(rows: impl Iterator<Item = usize>) -> Vec<LineRange> {
    let mut ranges: Vec<LineRange> = Vec::new();
    for row in rows.map(count) {
        match ranges.last_mut() {
            Some(last) if last.end.row.saturating_add(1) == row => last.end.row = row,
            _ => ranges.push(LineRange { start: Line { row }, end: Line { row } }),
        }
    }
    ranges
}

fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

fn percentage(covered: u32, not_covered: u32) -> f64 {
    let all = f64::from(covered) + f64::from(not_covered);
    if all > 0.0 { 100.0 * f64::from(covered) / all } else { 0.0 }
}
