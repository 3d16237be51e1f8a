//! Rego terms inside of metadata: the documents that schemas describe, and what is said for compiling.

use super::super::parser::Output;
use super::super::tokens;
use super::super::tree::{Statement, TermKind};
use crate::rego::source::Dialect;

/// A term of Rego.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// `input`, `data` and whatever is followed by a lookup: its parts, the constant strings among them without quotes.
    Reference(Vec<String>),
    /// Any other name.
    Name(String),
    /// A constant string.
    Text(String),
    /// Any other term.
    Other,
}

/// Reads a text that is one term; nothing where it is none.
pub(super) fn read(text: &str) -> Option<Term> {
    // The term is read as the value of a rule, which has nothing else.
    let module = format!("package p\nr := {text}\n");
    let tokens = tokens::scan(&module);
    let Output { tree, mut errors, late, .. } = super::super::parser::parse(&module, &tokens, Dialect::V1);
    errors.extend(late);
    let [Statement::Package(_), Statement::Rule(rule)] = tree.statements.as_slice() else { return None };
    let is_value_only = rule.body.is_none() && rule.elses.is_empty() && rule.chained.is_empty();
    let term = rule.head.value.as_ref().map(|value| &value.term).filter(|_| is_value_only && errors.is_empty())?;
    Some(match &term.kind {
        TermKind::Ref(reference) => {
            let head = reference.head.span.text(&module).to_owned();
            let parts = reference.parts.iter().map(|part| match part.term.as_string() {
                Some(text) => text.to_owned(),
                None => part.term.span.text(&module).to_owned(),
            });
            Term::Reference(std::iter::once(head).chain(parts).collect())
        }
        TermKind::Var(name @ ("input" | "data")) => Term::Reference(vec![(*name).to_owned()]),
        TermKind::Var(name) => Term::Name((*name).to_owned()),
        TermKind::String(text) => Term::Text(text.to_string()),
        _ => Term::Other,
    })
}
