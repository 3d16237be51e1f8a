//! The names that a body declares, and the names that a term holds.

use crate::rego::syntax::tree::{Body, Comprehension, Domain, Literal, LiteralKind, TemplatePart, Term, TermKind};
use crate::sorted::InOrder;

/// The names that a body declares with `:=` and `some`, also inside of `every`, but not inside of comprehensions.
pub fn names_declared<'s>(body: &'s Body<'s>) -> Vec<&'s str> {
    let mut names = Vec::new();
    push_declared(body, &mut names);
    names
}

fn push_declared<'s>(body: &'s Body<'s>, names: &mut Vec<&'s str>) {
    for literal in &body.literals {
        match &literal.kind {
            LiteralKind::Assign(binary) => names_in(&binary.left, &Heads::Counted, names),
            LiteralKind::Some(some) => names.extend(some.iter().map(|name| name.text.as_ref())),
            LiteralKind::SomeIn(domain) => {
                for pattern in domain.key.iter().chain([&domain.value]) {
                    names_in(pattern, &Heads::Counted, names);
                }
            }
            LiteralKind::Every(_, body) => push_declared(body, names),
            LiteralKind::Term(_) | LiteralKind::Unify(_) | LiteralKind::Broken => {}
        }
    }
}

/// The names that `some key, value in collection` declares: those of the patterns that are not in the collection.
pub fn names_of_some<'s>(domain: &'s Domain<'s>) -> Vec<&'s str> {
    let mut names = Vec::new();
    if let Some(key) = &domain.key {
        names_in(key, &Heads::LeftOut, &mut names);
    }
    names_of_pattern(&domain.value, &mut names);
    let mut others = Vec::new();
    names_in(&domain.collection, &Heads::Counted, &mut others);
    others.order();
    names.retain(|name| others.binary_search(name).is_err());
    names.order();
    names.dedup();
    names
}

/// The names that a pattern gives a value: not those of keys, sets alone, calls and references.
fn names_of_pattern<'s>(term: &'s Term<'s>, names: &mut Vec<&'s str>) {
    match &term.kind {
        TermKind::Var(name) if !matches!(*name, "_" | "data" | "input") => names.push(name),
        TermKind::Array(items) => items.iter().for_each(|item| names_in(item, &Heads::LeftOut, names)),
        TermKind::Object(pairs) => pairs.iter().for_each(|(_, value)| names_of_pattern(value, names)),
        _ => {}
    }
}

/// Whether the names that references begin with count.
pub enum Heads {
    /// They do.
    Counted,
    /// They do not.
    LeftOut,
}

/// All names in a term but `_`.
pub fn names_in<'s>(term: &'s Term<'s>, heads: &Heads, names: &mut Vec<&'s str>) {
    match &term.kind {
        TermKind::Var("_") => {}
        TermKind::Var(name) => names.push(name),
        TermKind::Ref(reference) => {
            if matches!(heads, Heads::Counted) || reference.head.as_var().is_none() {
                names_in(&reference.head, heads, names);
            }
            reference.parts.iter().for_each(|part| names_in(&part.term, heads, names));
        }
        TermKind::Call(call) => {
            if matches!(heads, Heads::Counted) {
                names_in(&call.function, heads, names);
            }
            call.args.iter().for_each(|arg| names_in(arg, heads, names));
        }
        TermKind::Infix(infix) => [&infix.left, &infix.right].iter().for_each(|side| names_in(side, heads, names)),
        TermKind::In(domain) => names_in_domain(domain, heads, names),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| names_in(item, heads, names)),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                names_in(key, heads, names);
                names_in(value, heads, names);
            }
        }
        TermKind::ArrayComprehension(inner)
        | TermKind::SetComprehension(inner)
        | TermKind::ObjectComprehension(inner) => {
            names_in_comprehension(inner, heads, names);
        }
        TermKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expression(literal) = part {
                    names_in_literal(literal, heads, names);
                }
            }
        }
        TermKind::Null | TermKind::Boolean(_) | TermKind::Number(_) | TermKind::String(_) | TermKind::Broken => {}
    }
}

fn names_in_domain<'s>(domain: &'s Domain<'s>, heads: &Heads, names: &mut Vec<&'s str>) {
    for term in domain.key.iter().chain([&domain.value, &domain.collection]) {
        names_in(term, heads, names);
    }
}

fn names_in_comprehension<'s>(inner: &'s Comprehension<'s>, heads: &Heads, names: &mut Vec<&'s str>) {
    for term in inner.key.iter().chain([&inner.value]) {
        names_in(term, heads, names);
    }
    inner.body.literals.iter().for_each(|literal| names_in_literal(literal, heads, names));
}

fn names_in_literal<'s>(literal: &'s Literal<'s>, heads: &Heads, names: &mut Vec<&'s str>) {
    match &literal.kind {
        LiteralKind::Term(term) => names_in(term, heads, names),
        LiteralKind::Assign(binary) | LiteralKind::Unify(binary) => {
            names_in(&binary.left, heads, names);
            names_in(&binary.right, heads, names);
        }
        LiteralKind::Some(some) => names.extend(some.iter().map(|name| name.text.as_ref())),
        LiteralKind::SomeIn(domain) => names_in_domain(domain, heads, names),
        LiteralKind::Every(domain, body) => {
            names_in_domain(domain, heads, names);
            body.literals.iter().for_each(|literal| names_in_literal(literal, heads, names));
        }
        LiteralKind::Broken => {}
    }
    for with in &literal.with {
        names_in(&with.target, heads, names);
        names_in(&with.value, heads, names);
    }
}
