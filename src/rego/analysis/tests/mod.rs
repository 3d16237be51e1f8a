//! Cases of what is refused and what is not: the text, with `‹` and `›` around each faulty range, and what is said of
//! it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

mod broken;
mod conflicts;
mod functions;
mod likely;
mod locals;
mod lowered_form;
mod names;
mod printed;
mod recursion;
mod replacements;
mod safety;
mod size;
mod told;

use super::finding::code::{COMPILE, NOT_ALLOWED, NOT_AVAILABLE, RECURSION, TYPE, UNSAFE_VAR};
use super::{Finding, ModuleInput, Options, Told, check};
use crate::rego::source::Dialect;
use crate::rego::syntax::{self, Parsed};

/// The text of a module without the marks, and the ranges between them in the order in which they begin.
fn unmarked(text: &str) -> (String, Vec<(usize, usize)>) {
    let mut plain = String::new();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let mut open = Vec::new();
    for c in text.chars() {
        match c {
            '‹' => {
                open.push(ranges.len());
                ranges.push((plain.len(), plain.len()));
            }
            '›' => ranges[open.pop().expect("a mark that ends nothing")].1 = plain.len(),
            c => plain.push(c),
        }
    }
    assert!(open.is_empty(), "a mark without an end: {text}");
    (plain, ranges)
}

/// What is said of modules, which a line of `===` divides; their files are `0.rego`, `1.rego` and so on.
fn findings(text: &str, dialect: Dialect, options: &Options) -> Vec<Finding> {
    let files: Vec<String> = (0..text.split("\n===\n").count()).map(|at| format!("{at}.rego")).collect();
    let sources: Vec<&str> = text.split("\n===\n").collect();
    let parsed: Vec<Parsed<'_>> = sources.iter().map(|source| syntax::parse(source, dialect)).collect();
    let inputs: Vec<ModuleInput<'_>> = files
        .iter()
        .zip(&sources)
        .zip(&parsed)
        .map(|((path, source), parsed)| ModuleInput { path, source, parsed })
        .collect();
    check(&inputs, options).findings
}

/// Holds what an author hears against the marks.
fn refused_with(marked: &str, dialect: Dialect, options: &Options, expected: &[(&str, &str)]) {
    let mut plain = Vec::new();
    let mut places = Vec::new();
    for (at, module) in marked.split("\n===\n").enumerate() {
        let (text, ranges) = unmarked(module);
        places.extend(ranges.into_iter().map(|range| (at, range)));
        plain.push(text);
    }
    let text = plain.join("\n===\n");
    let found: Vec<Finding> =
        findings(&text, dialect, options).into_iter().filter(|finding| finding.told != Told::ByOpa).collect();
    let have: Vec<_> = found
        .iter()
        .map(|finding| {
            let range = finding.span.range();
            ((finding.module, (range.start, range.end)), finding.code, finding.message.as_str())
        })
        .collect();
    let want: Vec<_> = places.iter().zip(expected).map(|(&place, &(code, message))| (place, code, message)).collect();
    assert_eq!(places.len(), expected.len(), "as many marks as findings: {marked}");
    assert_eq!(have, want, "{marked}");
    assert!(found.iter().all(|finding| finding.help.is_some()), "every finding says how to mend it: {found:?}");
}

fn refused(marked: &str, expected: &[(&str, &str)]) {
    refused_with(&format!("package p\n{marked}"), Dialect::V1, &Options::default(), expected);
}

fn refused_strict(marked: &str, expected: &[(&str, &str)]) {
    let options = Options { strict: true, ..Options::default() };
    refused_with(&format!("package p\n{marked}"), Dialect::V1, &options, expected);
}

fn accepted(text: &str) {
    refused(text, &[]);
}

fn accepted_strict(text: &str) {
    refused_strict(text, &[]);
}
