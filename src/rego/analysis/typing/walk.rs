//! What stands inside of terms and expressions: references, comprehensions and variables.

use super::super::lowered::{Expr, ExprKind, Term, TermKind, VarId};

/// The references of an expression, outer ones before those inside of them; none of those in comprehensions.
pub(super) fn references<'e, 's>(expr: &'e Expr<'s>) -> Vec<&'e Term<'s>> {
    let mut found = Vec::new();
    each_term(expr, &mut |term| push_references(term, &mut found));
    found
}

/// The comprehensions of an expression that stand in no other one.
pub(super) fn comprehensions<'e, 's>(expr: &'e Expr<'s>) -> Vec<&'e Term<'s>> {
    let mut found = Vec::new();
    each_term(expr, &mut |term| push_comprehensions(term, &mut found));
    found
}

/// Gives the terms of an expression in their order, those of the statements of `every` too.
fn each_term<'e, 's>(expr: &'e Expr<'s>, each: &mut impl FnMut(&'e Term<'s>)) {
    match &expr.kind {
        ExprKind::Term(term) => each(term),
        ExprKind::Call(call) => call.args.iter().for_each(each),
        ExprKind::Unify(left, right) => {
            each(left);
            each(right);
        }
        ExprKind::Every(every) => {
            [&every.key, &every.value, &every.domain].into_iter().for_each(&mut *each);
            for expr in &every.body {
                each_term(expr, each);
            }
        }
        ExprKind::Broken => {}
    }
}

fn push_references<'e, 's>(term: &'e Term<'s>, found: &mut Vec<&'e Term<'s>>) {
    match &term.kind {
        TermKind::Ref(reference) => {
            found.push(term);
            reference.parts.iter().for_each(|part| push_references(part, found));
        }
        TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| push_references(item, found)),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                push_references(key, found);
                push_references(value, found);
            }
        }
        _ => {}
    }
}

fn push_comprehensions<'e, 's>(term: &'e Term<'s>, found: &mut Vec<&'e Term<'s>>) {
    match &term.kind {
        TermKind::ArrayComprehension(_) | TermKind::SetComprehension(_) | TermKind::ObjectComprehension(_) => {
            found.push(term);
        }
        TermKind::Ref(reference) => reference.parts.iter().for_each(|part| push_comprehensions(part, found)),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| push_comprehensions(item, found)),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                push_comprehensions(key, found);
                push_comprehensions(value, found);
            }
        }
        _ => {}
    }
}

/// The variables of a pattern.
pub(super) fn push_variables(term: &Term<'_>, found: &mut Vec<VarId>) {
    match &term.kind {
        TermKind::Var(id) => found.push(*id),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| push_variables(item, found)),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                push_variables(key, found);
                push_variables(value, found);
            }
        }
        _ => {}
    }
}
