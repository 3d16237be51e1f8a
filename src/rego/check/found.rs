//! What parser, analysis and engine find, as diagnostics.

use super::outline;
use crate::limits;
use crate::rego::analysis::{Finding, Told};
use crate::rego::builtins;
use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::stage::Stage;
use crate::rego::syntax::SyntaxError;
use crate::rego::syntax::tree::{Import, Term, TermKind, Tree};
use crate::rego::syntax::visit::{self, Node};
use std::collections::BTreeSet;
use std::ops::Range;

/// A mistake in the grammar.
pub(super) fn syntax_error(text: &Text<'_>, error: &SyntaxError) -> Diagnostic {
    let code = if error.limit.is_some() { "limit_exceeded" } else { "rego_parse_error" };
    let mut diagnostic = Diagnostic::error(text, error.span.range(), code, error.message.clone());
    diagnostic.help = error.help.as_ref().map(|help| help.clone().into_owned());
    if let Some((name, value)) = error.limit {
        diagnostic = diagnostic.with_limit(name, value);
    } else if !error.is_beyond_opa {
        diagnostic = diagnostic.with_stage(Stage::Parse);
    }
    at_opa_line(diagnostic, text, error.opa_byte())
}

/// What the analysis finds.
pub(super) fn finding(texts: &[Text<'_>], finding: &Finding) -> Option<Diagnostic> {
    let text = texts.get(finding.module)?;
    let mut diagnostic = Diagnostic::error(text, finding.span.range(), finding.code, finding.message.clone());
    diagnostic.severity = finding.severity;
    diagnostic.help.clone_from(&finding.help);
    diagnostic.stage = (finding.told == Told::Always).then_some(finding.stage);
    match finding.opa {
        Some((module, byte)) if module == finding.module => Some(at_opa_line(diagnostic, text, byte)),
        Some((module, byte)) => {
            let other = texts.get(module)?;
            let line = line_of(other, byte);
            Some(diagnostic.with_opa_place(other.path(), line))
        }
        None => Some(diagnostic),
    }
}

fn line_of(text: &Text<'_>, byte: u32) -> u32 {
    text.places(byte as usize..byte as usize).0.line
}

/// Says where OPA reports it, where that is another line.
fn at_opa_line(diagnostic: Diagnostic, text: &Text<'_>, byte: u32) -> Diagnostic {
    let line = line_of(text, byte);
    if line == diagnostic.start.line { diagnostic } else { diagnostic.with_opa_place(text.path(), line) }
}

/// Rego in which nothing is wrong, and that the engine of this version cannot evaluate. `why` are the engine's words.
pub(super) fn not_evaluated(text: &Text<'_>, range: Range<usize>, why: &str) -> Diagnostic {
    if why.contains("expression nesting too deep") {
        let limit = limits::EXPRESSION_NESTING;
        let message = format!("more than {limit} expressions inside one another; the limit is `expression_nesting`");
        return Diagnostic::error(text, range, "limit_exceeded", message)
            .with_help("name the inner parts as rules of their own")
            .with_limit("expression_nesting", limit);
    }
    let message = format!("this is Rego, and the engine of this version cannot evaluate it: {why}");
    Diagnostic::error(text, range, "not_evaluated", message)
}

/// What is known to be beyond the engine without asking it: it finds some of that only when it gets there.
/// `declared` are the names of the rules of all modules: what a policy declares itself is no builtin.
pub(super) fn lacking(text: &Text<'_>, tree: &Tree<'_>, declared: &BTreeSet<&str>) -> Vec<Diagnostic> {
    let imported: BTreeSet<&str> = tree.imports().map(Import::name).collect();
    let mut found = Vec::new();
    visit::terms(tree, &mut |term| {
        if found.len() >= limits::DIAGNOSTICS {
            return;
        }
        match &term.kind {
            TermKind::Template(_) => found.push(
                not_evaluated(text, term.span.range(), "it has no template strings")
                    .with_help("use `sprintf(\"… %v …\", [x])`"),
            ),
            TermKind::Call(call) => {
                let name = call.function.dotted_name().unwrap_or_default();
                let first = name.split('.').next().unwrap_or_default();
                if builtins::is_missing(&name) && !declared.contains(first) && !imported.contains(first) {
                    let message = format!("the builtin {name} is not available in this engine");
                    found.push(
                        Diagnostic::error(text, call.function.span.range(), "builtin_not_available", message)
                            .with_help(
                                "`capabilities()` lists the builtins that are; an operator is written as its sign",
                            ),
                    );
                }
            }
            _ => {}
        }
    });
    found
}

/// Rules whose heads have empty brackets and that are asked by their names. OPA reads `f() := 1` as `f := 1`, and the engine
/// as a function: `f` would be undefined to it, and what is forbidden where `f` holds would be allowed.
pub(super) fn asked_without_brackets(modules: &[(&Text<'_>, &Tree<'_>)]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (text, tree) in modules {
        for rule in tree.rules().filter(|rule| outline::has_empty_brackets(&rule.head, text.source())) {
            let name = rule.head.name();
            if modules.iter().any(|(_, tree)| is_named_without_call(tree, name)) {
                found.push(
                    not_evaluated(text, rule.head.span.range(), "empty brackets make a function of a rule")
                        .with_help(format!("leave them out, and write `{name}` where `{name}()` is called")),
                );
            }
        }
    }
    found
}

/// Whether a name stands somewhere that is neither a head, nor a function that is called or put in the place of another.
fn is_named_without_call(tree: &Tree<'_>, name: &str) -> bool {
    let mut named = 0_usize;
    let mut explained = tree.rules().filter(|rule| rule.head.name() == name).count();
    let count = |term: &Term<'_>| {
        let path = term.dotted_name().unwrap_or_default();
        path.split('.').filter(|part| *part == name).count()
    };
    visit::nodes(tree, &mut |node| match node {
        // Where a document is replaced, its value is asked for.
        Node::With(with) if !matches!(root_of(&with.target), "input" | "data") => explained += count(&with.value),
        Node::With(_) | Node::Literal(_) => {}
        Node::Term(term) => match &term.kind {
            TermKind::Var(var) => named += usize::from(*var == name),
            TermKind::String(text) => named += usize::from(text == name),
            TermKind::Call(call) => explained += count(&call.function),
            _ => {}
        },
    });
    named > explained
}

fn root_of<'s>(term: &Term<'s>) -> &'s str {
    match &term.kind {
        TermKind::Ref(reference) => reference.head.as_var().unwrap_or_default(),
        _ => term.as_var().unwrap_or_default(),
    }
}
