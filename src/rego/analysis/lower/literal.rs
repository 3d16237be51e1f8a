//! Bodies, statement by statement.

use super::super::declared::names_of_some;
use super::super::finding::{Finding, code};
use super::super::lowered::{Body, Every, Expr, ExprKind, Function, Origin, Term, TermKind, With};
use super::super::scopes::{Declaration, Occurrence};
use super::Lowering;
use super::call::Use;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::{self, LiteralKind, Span};
use std::sync::Arc;

/// What a statement becomes.
struct Said<'s> {
    /// What is asked before it.
    before: Body<'s>,
    /// What it says; nothing for a declaration.
    kind: Option<ExprKind<'s>>,
}

impl<'s> Lowering<'_, '_, 's> {
    pub(super) fn body(&mut self, body: &'s tree::Body<'s>) -> Body<'s> {
        let mut lowered = Body::new();
        for literal in &body.literals {
            self.literal(literal, &mut lowered);
        }
        lowered
    }

    fn literal(&mut self, literal: &'s tree::Literal<'s>, body: &mut Body<'s>) {
        let (span, opa) = (literal.span, literal.span.start);
        let Said { before, kind } = self.said(literal);
        let (mut all, with) = self.replacements(&literal.with);
        for mut expr in before {
            expr.with.clone_from(&with);
            all.push(expr);
        }
        if let Some(kind) = kind {
            // What is printed is not replaced: OPA puts the call into an expression of its own.
            let with = if is_print(&kind) { None } else { with };
            // A negated assignment has been refused, and what it declares is not unsafe as well.
            let is_negated = literal.is_negated && !matches!(literal.kind, LiteralKind::Assign(_));
            all.push(Expr { span, opa, is_negated, is_made: false, kind, with });
        }
        body.append(&mut all);
    }

    fn said(&mut self, literal: &'s tree::Literal<'s>) -> Said<'s> {
        let mut before = Body::new();
        let kind = match &literal.kind {
            LiteralKind::Term(term) => match self.call(term, Use::Statement, &mut before) {
                Some(call) => ExprKind::Call(call),
                None => ExprKind::Term(self.term(term, &mut before)),
            },
            LiteralKind::Unify(binary) => {
                self.see("eq");
                let left = self.term(&binary.left, &mut before);
                let right = self.term(&binary.right, &mut before);
                ExprKind::Unify(left, right)
            }
            LiteralKind::Assign(binary) => {
                if literal.is_negated {
                    self.refuse_variable(
                        literal.span,
                        literal.span.start,
                        "cannot assign vars inside negated expression".to_owned(),
                        "compare with `==` instead",
                    );
                }
                self.no_root_variable(&binary.left, literal.span);
                let right = self.term(&binary.right, &mut before);
                let left = self.assigned(&binary.left, literal.span.start, &mut before);
                ExprKind::Unify(left, right)
            }
            LiteralKind::Some(names) => {
                for name in names {
                    self.declared(&name.text, name.span, literal.span.start);
                }
                return Said { before, kind: None };
            }
            LiteralKind::SomeIn(domain) => {
                let (left, right) = self.some_in(domain, literal.span.start, &mut before);
                ExprKind::Unify(left, right)
            }
            LiteralKind::Every(domain, body) => {
                ExprKind::Every(Box::new(self.every(domain, body, literal.span.start, &mut before)))
            }
            LiteralKind::Broken => {
                self.is_broken = true;
                ExprKind::Broken
            }
        };
        Said { before, kind: Some(kind) }
    }

    /// `input` and `data` are no names for variables.
    fn no_root_variable(&mut self, left: &'s tree::Term<'s>, literal: Span) {
        let Some(name @ ("input" | "data")) = left.as_var() else { return };
        if self.context.keeps_roots {
            let message = format!("variables must not shadow {name} (use a different variable name)");
            let finding =
                Finding::error(Stage::CheckKeywordOverrides, code::COMPILE, self.context.module, left.span, message);
            self.refuse(finding.at(literal.start).help("give the variable another name"));
        }
    }

    /// Declares a name that has to be used.
    fn declared(&mut self, name: &'s str, span: Span, opa: u32) {
        if let Some(variable) = self.declare(name, span, Occurrence::Declared, opa) {
            self.scopes.expect_use(Declaration { variable, span, opa, occurrence: Occurrence::Declared });
        }
    }

    /// What stands to the left of `:=`: its names are declared.
    fn assigned(&mut self, term: &'s tree::Term<'s>, literal: u32, before: &mut Body<'s>) -> Term<'s> {
        let (span, opa) = (term.span, term.opa_start());
        let kind = match &term.kind {
            tree::TermKind::Var(name) => match self.declare(name, span, Occurrence::Assigned, opa) {
                Some(variable) => {
                    self.scopes.expect_use(Declaration {
                        variable,
                        span,
                        opa: literal,
                        occurrence: Occurrence::Assigned,
                    });
                    TermKind::Var(variable)
                }
                None => return self.variable(name, span, opa),
            },
            tree::TermKind::Array(items) => {
                TermKind::Array(items.iter().map(|item| self.assigned(item, literal, before)).collect())
            }
            tree::TermKind::Object(pairs) => TermKind::Object(
                pairs
                    .iter()
                    .map(|(key, value)| (self.term(key, before), self.assigned(value, literal, before)))
                    .collect(),
            ),
            tree::TermKind::Broken => {
                self.is_broken = true;
                TermKind::Broken
            }
            other => {
                let message = format!("cannot assign to {}", kind_name(other));
                self.refuse_variable(span, opa, message, "to the left of `:=` stand new names; compare with `==`");
                TermKind::Broken
            }
        };
        Term { span, opa, kind }
    }

    /// `some key, value in collection` is `value = collection[key]`.
    fn some_in(&mut self, domain: &'s tree::Domain<'s>, literal: u32, before: &mut Body<'s>) -> (Term<'s>, Term<'s>) {
        for name in names_of_some(domain) {
            let span = place_of(name, domain);
            self.declare(name, span, Occurrence::Declared, literal);
        }
        self.see("eq");
        let value = self.term(&domain.value, before);
        let collection = self.term(&domain.collection, before);
        let (span, opa) = (collection.span, collection.opa);
        let mut reference = self.as_ref(collection, before);
        let key = match &domain.key {
            Some(key) => self.term(key, before),
            None => self.key_for(&domain.value),
        };
        reference.parts.push(key);
        (value, Term { span, opa, kind: TermKind::Ref(Box::new(reference)) })
    }

    fn every(
        &mut self,
        domain: &'s tree::Domain<'s>,
        body: &'s tree::Body<'s>,
        literal: u32,
        before: &mut Body<'s>,
    ) -> Every<'s> {
        let names = |term: &'s tree::Term<'s>| term.as_var().filter(|&name| name != "_");
        let own = domain.key.iter().chain([&domain.value]).filter_map(names).collect();
        self.ignored.open(own);
        let collection = self.term(&domain.collection, before);
        let collection = self.variable_for(collection, before);
        self.scopes.open();
        let first = body.literals.first().map_or(literal, |first| first.span.start);
        let key = match &domain.key {
            Some(key) => self.of_every(key, literal, first),
            None => self.key_for(&domain.value),
        };
        let value = self.of_every(&domain.value, literal, first);
        let body = self.body(body);
        let closed = self.close_scope();
        // OPA reads what is in the body a second time, as part of the body around it.
        for name in closed.seen {
            self.see(name);
        }
        self.ignored.close();
        Every { key, value, domain: collection, body }
    }

    /// A variable for the keys, where only the values are named.
    fn key_for(&mut self, value: &'s tree::Term<'s>) -> Term<'s> {
        let span = value.span;
        Term { span, opa: value.opa_start(), kind: TermKind::Var(self.made(span)) }
    }

    fn of_every(&mut self, term: &'s tree::Term<'s>, literal: u32, first: u32) -> Term<'s> {
        let (span, opa) = (term.span, term.opa_start());
        let kind = match term.as_var() {
            Some("_") => TermKind::Var(self.new_variable("_", span, Origin::Wildcard)),
            Some(name) => match self.declare(name, span, Occurrence::Declared, literal) {
                Some(variable) => {
                    self.scopes.expect_use(Declaration {
                        variable,
                        span,
                        opa: first,
                        occurrence: Occurrence::Declared,
                    });
                    TermKind::Var(variable)
                }
                None => return self.variable(name, span, opa),
            },
            None => {
                self.is_broken = true;
                TermKind::Broken
            }
        };
        Term { span, opa, kind }
    }

    /// What is replaced while a statement is asked, and what has to be asked for it before.
    pub(super) fn replacements(&mut self, with: &'s [tree::With<'s>]) -> (Body<'s>, Option<Arc<[With<'s>]>>) {
        let mut before = Body::new();
        if with.is_empty() {
            return (before, None);
        }
        let lowered: Vec<With<'s>> = with.iter().map(|with| self.replacement(with, &mut before)).collect();
        (before, Some(lowered.into()))
    }

    /// Says that what `with` names cannot be replaced.
    pub(super) fn refuse_with(&mut self, code: &'static str, span: Span, opa: u32, message: String, help: &str) {
        let finding = Finding::error(Stage::RewriteWithValues, code, self.context.module, span, message);
        self.refuse(finding.at(opa).help(help));
    }
}

fn is_print(kind: &ExprKind<'_>) -> bool {
    matches!(kind, ExprKind::Call(call) if call.function == Function::Builtin("internal.print"))
}

/// Where a name stands in the patterns of `some … in`.
fn place_of<'s>(name: &'s str, domain: &'s tree::Domain<'s>) -> Span {
    fn find(term: &tree::Term<'_>, name: &str) -> Option<Span> {
        match &term.kind {
            tree::TermKind::Var(other) => (*other == name).then_some(term.span),
            tree::TermKind::Array(items) | tree::TermKind::Set(items) => items.iter().find_map(|item| find(item, name)),
            tree::TermKind::Object(pairs) => {
                pairs.iter().find_map(|(key, value)| find(value, name).or_else(|| find(key, name)))
            }
            _ => None,
        }
    }
    let key = domain.key.as_ref();
    key.and_then(|key| find(key, name)).or_else(|| find(&domain.value, name)).unwrap_or_else(|| domain.span())
}

/// The kind of a term in OPA's words.
fn kind_name(kind: &tree::TermKind<'_>) -> &'static str {
    match kind {
        tree::TermKind::Null => "null",
        tree::TermKind::Boolean(_) => "boolean",
        tree::TermKind::Number(_) => "number",
        tree::TermKind::String(_) => "string",
        tree::TermKind::Template(_) => "templatestring",
        tree::TermKind::Var(_) | tree::TermKind::Broken => "var",
        tree::TermKind::Ref(_) => "ref",
        tree::TermKind::Call(_) | tree::TermKind::Infix(_) | tree::TermKind::In(_) => "call",
        tree::TermKind::Array(_) => "array",
        tree::TermKind::Object(_) => "object",
        tree::TermKind::Set(_) => "set",
        tree::TermKind::ArrayComprehension(_) => "arraycomprehension",
        tree::TermKind::SetComprehension(_) => "setcomprehension",
        tree::TermKind::ObjectComprehension(_) => "objectcomprehension",
    }
}
