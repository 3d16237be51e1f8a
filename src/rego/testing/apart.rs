//! A program in which each test can be asked by itself: rules of one name are told apart by names of their own.
//!
//! Rules of one name make one value together, so that one that holds would hide one that does not. As in OPA each is a test,
//! and whatever else speaks of the name means the first. So the names of the others get an ending.
//!
//! INVARIANT (lines): what is put in has no line end, so that whatever else is said of the texts names the same lines.

use super::found::Found;
use super::text::{Insertion, with};
use crate::error::Error;
use crate::limits;
use crate::rego::program::Program;
use crate::rego::syntax;
use crate::rego::syntax::tree::{Rule, Tree};
use crate::rego::words::unused_name;
use crate::sorted;
use std::ops::Range;

/// A program that tells the rules of one name apart.
pub(super) struct Apart {
    /// The program.
    pub program: Program,
    /// What stands between the name of a further rule and its number. It is part of no text.
    pub sign: String,
}

impl Apart {
    /// Renames all tests but the first of each name; nothing where each has a name of its own.
    ///
    /// # Errors
    /// What a check says of the changed texts: they may have become too long.
    pub fn of(program: &Program, tests: &[Found<'_>]) -> Result<Option<Self>, Error> {
        let mut further: sorted::Map<usize, Vec<&Found<'_>>> = sorted::Map::new();
        for test in tests.iter().filter(|test| test.number > 0) {
            further.entry(test.module).or_default().push(test);
        }
        if further.is_empty() {
            return Ok(None);
        }
        let sources = || program.modules().iter().map(|module| module.source.as_str());
        let names = program.outlines().iter().flat_map(|outline| &outline.rules).flat_map(|rule| &rule.path);
        let names = names.map(String::as_str);
        let sign = unused_name("_again_", sources().chain(names).chain(program.data.as_deref()));
        let mut room = limits::BUNDLE_BYTES;
        let changed = sources().zip(&program.parts.dialects).enumerate().map(|(module, (source, &dialect))| {
            let Some(tests) = further.get(&module) else { return source.to_owned() };
            let parsed = syntax::parse(source, dialect);
            with(source, renamings(&parsed.tree, source, tests, &sign, &mut room))
        });
        let program = program.with_sources(changed.collect(), None, &[])?;
        Ok(Some(Self { program, sign }))
    }
}

/// What is put into a module. A long head with many bodies would be written without end: once there is no more room, the
/// text is too long as it is.
fn renamings(tree: &Tree<'_>, source: &str, tests: &[&Found<'_>], sign: &str, room: &mut u64) -> Vec<Insertion> {
    let rules: Vec<&Rule<'_>> = tree.rules().collect();
    let mut insertions = Vec::new();
    for test in tests {
        let Some(rule) = rules.get(test.rule) else { continue };
        let Some(end) = end_of_name(rule, test.length) else { continue };
        let ending = test.ending(sign);
        let insertion = match test.chained {
            None => Insertion { at: end, text: ending },
            Some(body) => {
                let Some(body) = rule.chained.get(body) else { continue };
                Insertion { at: body.span.start as usize, text: head_again(tree, source, rule, end, &ending) }
            }
        };
        let left = room.checked_sub(insertion.text.len() as u64);
        insertions.push(insertion);
        *room = left.unwrap_or_default();
        if left.is_none() {
            break;
        }
    }
    insertions
}

/// The byte before which the name of a test is made longer.
fn end_of_name(rule: &Rule<'_>, length: usize) -> Option<usize> {
    let at = length.checked_sub(1)?;
    let part = rule.head.reference.get(at)?;
    let in_quotes = at > 0 && !part.is_dotted;
    Some(part.term.span.end as usize - usize::from(in_quotes))
}

/// The head of a rule for a further body of it, in one line: comments are left out.
fn head_again(tree: &Tree<'_>, source: &str, rule: &Rule<'_>, end: usize, ending: &str) -> String {
    let head = rule.head.span.range();
    let in_one_line = |part: Range<usize>| {
        let from = tree.comments.partition_point(|comment| (comment.start as usize) < part.start);
        let comments = tree.comments.iter().skip(from).map(|comment| comment.range());
        let mut text = String::new();
        let mut done = part.start;
        for comment in comments.take_while(|comment| comment.end <= part.end) {
            text.push_str(source.get(done..comment.start).unwrap_or_default());
            done = comment.end;
        }
        text.push_str(source.get(done..part.end).unwrap_or_default());
        text.replace(['\n', '\r'], " ")
    };
    // A text that asks for the word before the first body asks for it before each.
    let word = if rule.body.as_ref().is_some_and(|body| body.has_if) { " if" } else { "" };
    format!(" {}{ending}{}{word} ", in_one_line(head.start..end), in_one_line(end..head.end))
}
