//! Syntax that is newer than the Rego of the original, which refuses to read it: template strings, and keywords as names in references.
//! Metadata is older than that, and the original does not look at it.

use crate::rego::Dialect;
use crate::rego::syntax::tree::{Name, Part, Span, Statement, TermKind, Tree};
use crate::rego::syntax::{is_keyword, visit};
use crate::sorted::InOrder;
use std::borrow::Cow;

/// What a text has of it, in order: where, and what the original says of it.
pub fn find(tree: &Tree<'_>, source: &str, dialect: Dialect) -> Vec<(Span, String)> {
    let imported: Vec<&str> = tree.imports().flat_map(|import| import.keywords()).copied().collect();
    let is_word = |span: Span| {
        let word = span.text(source);
        is_keyword(word, dialect) || imported.contains(&word)
    };
    let mut found = Vec::new();
    let mut look = |span: Span| {
        if is_word(span) {
            found.push((span, format!("unexpected {} keyword", span.text(source))));
        }
    };
    let parts = |parts: &[Part<'_>], look: &mut dyn FnMut(Span)| {
        parts.iter().filter(|part| part.is_dotted).for_each(|part| look(part.term.span));
    };
    let names = |names: &[Name<'_>], look: &mut dyn FnMut(Span)| {
        names.iter().skip(1).for_each(|name| look(name.span));
    };
    for statement in &tree.statements {
        match statement {
            Statement::Package(package) => names(&package.path, &mut look),
            Statement::Import(import) if !import.is_of_keywords() => names(&import.path, &mut look),
            Statement::Rule(rule) => parts(&rule.head.reference, &mut look),
            Statement::Import(_) | Statement::Broken(_) => {}
        }
    }
    let mut templates = Vec::new();
    visit::terms(tree, &mut |term| match &term.kind {
        TermKind::Ref(reference) => parts(&reference.parts, &mut look),
        TermKind::Template(_) => templates.push((term.span, "illegal token".to_owned())),
        _ => {}
    });
    found.extend(templates);
    found.order_by(|(one, _), (other, _)| one.cmp(other));
    found.dedup();
    found
}

/// A text whose blocks of metadata are comments like any other; everything stands where it stood.
pub fn without_metadata<'s>(source: &'s str, tree: &Tree<'_>) -> Cow<'s, str> {
    const BEGIN: &str = "METADATA";
    let begins = |span: &&Span| span.text(source).trim_start_matches('#').trim() == BEGIN;
    let mut text = Cow::Borrowed(source);
    for span in tree.comments.iter().filter(begins) {
        let place = span.range();
        let other = span.text(source).replace(BEGIN, "metadata");
        text.to_mut().replace_range(place, &other);
    }
    text
}
