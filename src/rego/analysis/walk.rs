//! Walks over the lowered form.

use super::lowered::{
    Body, Comprehension, Expr, ExprKind, Ref, RefHead, Replacement, Rule, Target, Term, TermKind, VarId,
};
use crate::rego::syntax::tree::Span;

/// Which variables of a term count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Skip {
    /// Those that references begin with do not.
    pub ref_heads: bool,
    /// Those in keys of objects do not.
    pub object_keys: bool,
    /// Those in comprehensions do not.
    pub closures: bool,
    /// Those in sets do not.
    pub sets: bool,
}

/// Every variable of a term that counts, each time that it stands there, with its place.
pub fn variables(term: &Term<'_>, skip: Skip, each: &mut impl FnMut(VarId, Span)) {
    match &term.kind {
        TermKind::Var(id) => each(*id, term.span),
        TermKind::Ref(reference) => variables_of_ref(reference, skip, each),
        TermKind::Array(items) => items.iter().for_each(|item| variables(item, skip, each)),
        TermKind::Set(items) if !skip.sets => items.iter().for_each(|item| variables(item, skip, each)),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                if !skip.object_keys {
                    variables(key, skip, each);
                }
                variables(value, skip, each);
            }
        }
        TermKind::ArrayComprehension(inner)
        | TermKind::SetComprehension(inner)
        | TermKind::ObjectComprehension(inner) => {
            if !skip.closures {
                variables_of_comprehension(inner, skip, each);
            }
        }
        TermKind::Null
        | TermKind::Boolean(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Set(_)
        | TermKind::Broken => {}
    }
}

fn variables_of_ref(reference: &Ref<'_>, skip: Skip, each: &mut impl FnMut(VarId, Span)) {
    if let RefHead::Var(id) = reference.head
        && !skip.ref_heads
    {
        each(id, reference.head_span);
    }
    reference.parts.iter().for_each(|part| variables(part, skip, each));
}

fn variables_of_comprehension(inner: &Comprehension<'_>, skip: Skip, each: &mut impl FnMut(VarId, Span)) {
    inner.key.iter().chain([&inner.value]).for_each(|term| variables(term, skip, each));
    inner.body.iter().for_each(|expr| variables_of_expr(expr, skip, each));
}

/// Every variable of an expression that counts. Of `every` without closures, that is what it walks alone.
pub fn variables_of_expr(expr: &Expr<'_>, skip: Skip, each: &mut impl FnMut(VarId, Span)) {
    match &expr.kind {
        ExprKind::Term(term) => variables(term, skip, each),
        ExprKind::Call(call) => call.args.iter().for_each(|arg| variables(arg, skip, each)),
        ExprKind::Unify(left, right) => [left, right].iter().for_each(|side| variables(side, skip, each)),
        ExprKind::Every(every) => {
            variables(&every.domain, skip, each);
            if skip.closures {
                return;
            }
            [&every.key, &every.value].iter().for_each(|term| variables(term, skip, each));
            every.body.iter().for_each(|expr| variables_of_expr(expr, skip, each));
        }
        ExprKind::Broken => {}
    }
    variables_of_with(expr, skip, each);
}

/// The variables of what is replaced while an expression is asked, and of what takes its place.
pub fn variables_of_with(expr: &Expr<'_>, skip: Skip, each: &mut impl FnMut(VarId, Span)) {
    for with in expr.replacements() {
        match &with.target {
            Target::Document(reference) => variables_of_ref(reference, Skip { ref_heads: true, ..skip }, each),
            Target::Function(_) | Target::Refused(_) => {}
        }
        if let Replacement::Value(term) = &with.value {
            variables(term, skip, each);
        }
    }
}

/// The comprehensions of a term that are in no other.
pub fn comprehensions<'t, 's>(term: &'t Term<'s>, each: &mut impl FnMut(&'t Comprehension<'s>)) {
    match &term.kind {
        TermKind::Ref(reference) => reference.parts.iter().for_each(|part| comprehensions(part, each)),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| comprehensions(item, each)),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                comprehensions(key, each);
                comprehensions(value, each);
            }
        }
        TermKind::ArrayComprehension(inner)
        | TermKind::SetComprehension(inner)
        | TermKind::ObjectComprehension(inner) => {
            each(inner);
        }
        _ => {}
    }
}

/// The terms that stand in an expression itself.
pub fn terms_of<'t, 's>(expr: &'t Expr<'s>) -> impl Iterator<Item = &'t Term<'s>> {
    let (list, pair): (&[Term<'s>], [Option<&Term<'s>>; 2]) = match &expr.kind {
        ExprKind::Term(term) => (&[], [Some(term), None]),
        ExprKind::Call(call) => (&call.args, [None, None]),
        ExprKind::Unify(left, right) => (&[], [Some(left), Some(right)]),
        ExprKind::Every(every) => (&[], [Some(&every.domain), None]),
        ExprKind::Broken => (&[], [None, None]),
    };
    list.iter().chain(pair.into_iter().flatten())
}

/// Something in a rule that is evaluated.
#[derive(Debug, Clone, Copy)]
pub enum Part<'r, 's> {
    /// An expression of a body.
    Expr(&'r Expr<'s>),
    /// A term that is in no other term.
    Term(&'r Term<'s>),
    /// A comprehension.
    Comprehension(&'r Comprehension<'s>),
}

/// Everything that is evaluated in a rule: in its heads and its bodies, inside of comprehensions and `every`, and for what `with` puts in
/// the place of something.
pub fn parts<'r, 's>(rule: &'r Rule<'s>, each: &mut impl FnMut(Part<'r, 's>)) {
    let mut waiting: Vec<Part<'r, 's>> = rule.args.iter().map(Part::Term).collect();
    for branch in &rule.branches {
        waiting.extend(branch.reference.iter().chain(&branch.key).chain(&branch.value).map(Part::Term));
        waiting.extend(branch.body.iter().map(Part::Expr));
    }
    while let Some(part) = waiting.pop() {
        each(part);
        match part {
            Part::Expr(expr) => {
                waiting.extend(terms_of(expr).map(Part::Term));
                waiting.extend(expr.replacements().iter().filter_map(|with| match &with.value {
                    Replacement::Value(term) => Some(Part::Term(term)),
                    Replacement::Function(_) => None,
                }));
                if let ExprKind::Every(every) = &expr.kind {
                    waiting.extend(every.body.iter().map(Part::Expr));
                }
            }
            Part::Term(term) => comprehensions(term, &mut |inner| waiting.push(Part::Comprehension(inner))),
            Part::Comprehension(inner) => {
                waiting.extend(inner.key.iter().chain([&inner.value]).map(Part::Term));
                waiting.extend(inner.body.iter().map(Part::Expr));
            }
        }
    }
}

/// Every expression of a rule, those inside of comprehensions and `every` included, as long as `each` says to go into
/// one.
pub fn exprs<'r, 's>(rule: &'r Rule<'s>, each: &mut impl FnMut(&'r Expr<'s>) -> bool) {
    for branch in &rule.branches {
        exprs_of_body(&branch.body, each);
    }
}

fn exprs_of_body<'r, 's>(body: &'r Body<'s>, each: &mut impl FnMut(&'r Expr<'s>) -> bool) {
    for expr in body {
        if !each(expr) {
            continue;
        }
        for term in terms_of(expr) {
            exprs_of_term(term, each);
        }
        if let ExprKind::Every(every) = &expr.kind {
            exprs_of_body(&every.body, each);
        }
    }
}

fn exprs_of_term<'r, 's>(term: &'r Term<'s>, each: &mut impl FnMut(&'r Expr<'s>) -> bool) {
    match &term.kind {
        TermKind::Ref(reference) => reference.parts.iter().for_each(|part| exprs_of_term(part, each)),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| exprs_of_term(item, each)),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                exprs_of_term(key, each);
                exprs_of_term(value, each);
            }
        }
        TermKind::ArrayComprehension(inner)
        | TermKind::SetComprehension(inner)
        | TermKind::ObjectComprehension(inner) => {
            exprs_of_body(&inner.body, each);
        }
        _ => {}
    }
}
