//! Terms: calls are taken out, names become variables or full paths.

use super::super::declared::names_declared;
use super::super::lowered::{Body, Call, Comprehension, Expr, ExprKind, Function, Ref, RefHead, Term, TermKind, VarId};
use super::{Lowering, needs_evaluation};
use crate::rego::syntax::tree::{self, LiteralKind, Span, TemplatePart};
use std::borrow::Cow;

impl<'s> Lowering<'_, '_, 's> {
    /// A term. What has to be asked first is put before it.
    pub(super) fn term(&mut self, term: &'s tree::Term<'s>, before: &mut Body<'s>) -> Term<'s> {
        let (span, opa) = (term.span, term.opa_start());
        let kind = match &term.kind {
            tree::TermKind::Null => TermKind::Null,
            tree::TermKind::Boolean(value) => TermKind::Boolean(*value),
            tree::TermKind::Number(digits) => TermKind::Number(Cow::Borrowed(digits)),
            tree::TermKind::String(text) => TermKind::String(Cow::Borrowed(text)),
            tree::TermKind::Var(name) => return self.variable(name, span, opa),
            tree::TermKind::Ref(reference) => TermKind::Ref(Box::new(self.reference(reference, before))),
            tree::TermKind::Call(_) | tree::TermKind::Infix(_) | tree::TermKind::In(_) => {
                return self.call_for_value(term, before);
            }
            tree::TermKind::Template(parts) => return self.template(parts, span, before),
            tree::TermKind::Array(items) => TermKind::Array(self.terms(items, before)),
            tree::TermKind::Set(items) => TermKind::Set(self.terms(items, before)),
            tree::TermKind::Object(pairs) => TermKind::Object(
                pairs.iter().map(|(key, value)| (self.term(key, before), self.term(value, before))).collect(),
            ),
            tree::TermKind::ArrayComprehension(inner) => TermKind::ArrayComprehension(self.comprehension(inner)),
            tree::TermKind::SetComprehension(inner) => TermKind::SetComprehension(self.comprehension(inner)),
            tree::TermKind::ObjectComprehension(inner) => TermKind::ObjectComprehension(self.comprehension(inner)),
            tree::TermKind::Broken => {
                self.is_broken = true;
                TermKind::Broken
            }
        };
        Term { span, opa, kind }
    }

    pub(super) fn terms(&mut self, terms: &'s [tree::Term<'s>], before: &mut Body<'s>) -> Vec<Term<'s>> {
        terms.iter().map(|term| self.term(term, before)).collect()
    }

    /// A reference. What it begins with is a variable or a full path in the end.
    pub(super) fn reference(&mut self, reference: &'s tree::Ref<'s>, before: &mut Body<'s>) -> Ref<'s> {
        let head_span = reference.head.span;
        let mut lowered = match &reference.head.kind {
            tree::TermKind::Var(name) => Ref { head: self.head(name, head_span), head_span, parts: Vec::new() },
            _ => {
                let head = self.term(&reference.head, before);
                self.as_ref(head, before)
            }
        };
        for part in &reference.parts {
            let part = self.term(&part.term, before);
            lowered.parts.push(part);
        }
        lowered
    }

    /// A term as the beginning of a reference: what is neither a variable nor a reference gets a variable.
    pub(super) fn as_ref(&mut self, term: Term<'s>, before: &mut Body<'s>) -> Ref<'s> {
        let head_span = term.span;
        let id = match term.kind {
            TermKind::Ref(reference) => return *reference,
            TermKind::Var(id) => id,
            _ => self.captured(term, before),
        };
        Ref { head: RefHead::Var(id), head_span, parts: Vec::new() }
    }

    /// Puts `variable = term` into a body, and gives the variable.
    pub(super) fn captured(&mut self, term: Term<'s>, body: &mut Body<'s>) -> VarId {
        let id = self.made(term.span);
        self.unified(id, term, body);
        id
    }

    /// Puts `variable = term` into a body.
    pub(super) fn unified(&self, id: VarId, term: Term<'s>, body: &mut Body<'s>) {
        let (span, opa) = (term.span, term.opa);
        let made = Term { span, opa, kind: TermKind::Var(id) };
        body.push(Expr { span, opa, is_negated: false, is_made: true, kind: ExprKind::Unify(made, term), with: None });
    }

    /// Puts `variable = term` into a body, and gives the variable as a term.
    pub(super) fn variable_for(&mut self, term: Term<'s>, body: &mut Body<'s>) -> Term<'s> {
        let (span, opa) = (term.span, term.opa);
        Term { span, opa, kind: TermKind::Var(self.captured(term, body)) }
    }

    /// The term, or a variable that a body gives its value where it has to be evaluated.
    pub(super) fn evaluated(&mut self, term: Term<'s>, body: &mut Body<'s>) -> Term<'s> {
        if needs_evaluation(&term) { self.variable_for(term, body) } else { term }
    }

    fn comprehension(&mut self, inner: &'s tree::Comprehension<'s>) -> Box<Comprehension<'s>> {
        self.ignored.open(names_declared(&inner.body));
        self.scopes.open();
        let mut body = self.body(&inner.body);
        let mut before = Body::new();
        let key = inner.key.as_ref().map(|key| self.term(key, &mut before));
        let value = self.term(&inner.value, &mut before);
        body.append(&mut before);
        let key = key.map(|key| self.evaluated(key, &mut body));
        let value = self.evaluated(value, &mut body);
        self.close_scope();
        self.ignored.close();
        Box::new(Comprehension { key, value, body })
    }

    /// A template string is a call with its pieces: each expression a set that is empty where it is undefined.
    fn template(&mut self, parts: &'s [TemplatePart<'s>], span: Span, before: &mut Body<'s>) -> Term<'s> {
        let mut pieces = Vec::new();
        for part in parts {
            match part {
                TemplatePart::Text(text, span) => {
                    pieces.push(Term { span: *span, opa: span.start, kind: TermKind::String(Cow::Borrowed(text)) })
                }
                TemplatePart::Expression(literal) => {
                    self.scopes.open();
                    pieces.push(self.template_expression(literal));
                    self.close_scope();
                }
            }
        }
        let array = Term { span, opa: span.start, kind: TermKind::Array(pieces) };
        self.value_of(
            Call { function: Function::Builtin("internal.template_string"), function_span: span, args: vec![array] },
            (span, span.start),
            before,
        )
    }

    fn template_expression(&mut self, literal: &'s tree::Literal<'s>) -> Term<'s> {
        let (span, opa) = (literal.span, literal.span.start);
        let mut body = Body::new();
        let LiteralKind::Term(term) = &literal.kind else {
            self.is_broken = true;
            return Term { span, opa, kind: TermKind::Broken };
        };
        let is_scalar = matches!(
            term.kind,
            tree::TermKind::Null | tree::TermKind::Boolean(_) | tree::TermKind::Number(_) | tree::TermKind::String(_)
        );
        if is_scalar && literal.with.is_empty() {
            return self.term(term, &mut body);
        }
        self.no_relation_in_template(term);
        let value = self.term(term, &mut body);
        let (mut all, with) = self.replacements(&literal.with);
        let value = self.variable_for(value, &mut body);
        for expr in &mut body {
            expr.with.clone_from(&with);
        }
        all.append(&mut body);
        self.set_of(value, all)
    }

    /// The set of the values that a variable has in a body.
    pub(super) fn set_of(&mut self, value: Term<'s>, body: Body<'s>) -> Term<'s> {
        let (span, opa) = (value.span, value.opa);
        let inner = Comprehension { key: None, value, body };
        Term { span, opa, kind: TermKind::SetComprehension(Box::new(inner)) }
    }
}
