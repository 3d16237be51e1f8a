//! The last form of a body: comparisons become unifications, and references and comprehensions that are arguments,
//! elements or indices get a variable before the expression that they stand in.

use super::lowered::{Body, Bundle, Call, Expr, ExprKind, Function, Origin, Ref, Term, TermKind, VarId, Variable};

/// Brings all bodies to that form.
pub fn finish(bundle: &mut Bundle<'_>) {
    for rule in &mut bundle.rules {
        let mut finishing = Finishing { variables: &mut rule.variables };
        for branch in &mut rule.branches {
            let body = std::mem::take(&mut branch.body);
            branch.body = finishing.body(body);
        }
    }
}

struct Finishing<'v, 's> {
    variables: &'v mut Vec<Variable<'s>>,
}

impl<'s> Finishing<'_, 's> {
    fn body(&mut self, body: Body<'s>) -> Body<'s> {
        let mut finished = Body::with_capacity(body.len());
        for mut expr in body {
            let mut before = Body::new();
            let kind = std::mem::replace(&mut expr.kind, ExprKind::Broken);
            expr.kind = match as_unification(kind) {
                ExprKind::Unify(left, right) => {
                    let left = self.whole(left, &mut before);
                    ExprKind::Unify(left, self.whole(right, &mut before))
                }
                ExprKind::Term(term) => ExprKind::Term(self.whole(term, &mut before)),
                ExprKind::Call(mut call) => {
                    call.args = call.args.into_iter().map(|arg| self.part(arg, &mut before)).collect();
                    ExprKind::Call(call)
                }
                ExprKind::Every(mut every) => {
                    every.body = self.body(every.body);
                    ExprKind::Every(every)
                }
                ExprKind::Broken => ExprKind::Broken,
            };
            for made in &mut before {
                made.with.clone_from(&expr.with);
            }
            finished.append(&mut before);
            finished.push(expr);
        }
        finished
    }

    /// A term that an expression consists of: a reference or comprehension stays, and what is in it is taken out.
    fn whole(&mut self, mut term: Term<'s>, before: &mut Body<'s>) -> Term<'s> {
        match &mut term.kind {
            TermKind::Ref(reference) => self.indices(reference, before),
            TermKind::ArrayComprehension(inner)
            | TermKind::SetComprehension(inner)
            | TermKind::ObjectComprehension(inner) => {
                let body = std::mem::take(&mut inner.body);
                inner.body = self.body(body);
            }
            _ => return self.part(term, before),
        }
        term
    }

    /// A part of an expression: a reference or comprehension is put before it, with a variable in its place.
    fn part(&mut self, mut term: Term<'s>, before: &mut Body<'s>) -> Term<'s> {
        term.kind = match term.kind {
            TermKind::Ref(_)
            | TermKind::ArrayComprehension(_)
            | TermKind::SetComprehension(_)
            | TermKind::ObjectComprehension(_) => {
                let (span, opa) = (term.span, term.opa);
                let whole = self.whole(term, before);
                let id = VarId(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
                self.variables.push(Variable { name: "", span, origin: Origin::Made, is_told: false });
                let made = Term { span, opa, kind: TermKind::Var(id) };
                let kind = ExprKind::Unify(made.clone(), whole);
                before.push(Expr { span, opa, is_negated: false, is_made: true, kind, with: None });
                return made;
            }
            TermKind::Array(items) => TermKind::Array(self.parts(items, before)),
            TermKind::Set(items) => TermKind::Set(self.parts(items, before)),
            TermKind::Object(pairs) => TermKind::Object(
                pairs.into_iter().map(|(key, value)| (self.part(key, before), self.part(value, before))).collect(),
            ),
            other => other,
        };
        term
    }

    fn parts(&mut self, items: Vec<Term<'s>>, before: &mut Body<'s>) -> Vec<Term<'s>> {
        items.into_iter().map(|item| self.part(item, before)).collect()
    }

    fn indices(&mut self, reference: &mut Ref<'s>, before: &mut Body<'s>) {
        let parts = std::mem::take(&mut reference.parts);
        reference.parts = self.parts(parts, before);
    }
}

/// `a == b` as a statement.
fn as_unification(kind: ExprKind<'_>) -> ExprKind<'_> {
    match kind {
        ExprKind::Call(Call { function: Function::Builtin("equal"), function_span, args }) => {
            match <[Term<'_>; 2]>::try_from(args) {
                Ok([left, right]) => ExprKind::Unify(left, right),
                Err(args) => ExprKind::Call(Call { function: Function::Builtin("equal"), function_span, args }),
            }
        }
        other => other,
    }
}
