//! Bodies and what stands in them.

use super::super::{Answer, Failure};
use super::nodes::Nodes;
use crate::rego::syntax::tree::{Body, Domain, Literal, LiteralKind, Name, TermKind, With};
use crate::rego::value::Value;

impl Nodes<'_, '_> {
    /// The body of a rule; where there is none, it is `true`.
    pub(super) fn rule_body(&mut self, body: Option<&Body<'_>>) -> Answer {
        match body {
            Some(body) => self.body(&body.literals),
            None => {
                let terms = self.truth()?;
                let expression = self.object(&[("index", Value::count(0)), ("terms", terms)])?;
                self.array(&[expression])
            }
        }
    }

    pub(super) fn body(&mut self, literals: &[Literal<'_>]) -> Answer {
        let mut whole = Vec::with_capacity(literals.len());
        for (at, literal) in literals.iter().enumerate() {
            whole.push(self.literal(literal, at)?);
        }
        self.array(&whole)
    }

    pub(super) fn literal(&mut self, literal: &Literal<'_>, at: usize) -> Answer {
        self.context.charge(2)?;
        let mut fields = vec![("index", Value::count(at)), ("terms", self.statement(&literal.kind)?)];
        if literal.is_negated {
            fields.push(("negated", Value::TRUE));
        }
        if !literal.with.is_empty() {
            fields.push(("with", self.replacements(&literal.with)?));
        }
        self.object(&fields)
    }

    fn replacements(&mut self, with: &[With<'_>]) -> Answer {
        let mut whole = Vec::with_capacity(with.len());
        for one in with {
            let (target, value) = (self.term(&one.target)?, self.term(&one.value)?);
            whole.push(self.object(&[("target", target), ("value", value)])?);
        }
        self.array(&whole)
    }

    /// What a statement says: a term, a call as an array, or an object of its own.
    fn statement(&mut self, kind: &LiteralKind<'_>) -> Answer {
        let call = match kind {
            LiteralKind::Term(term) => match &term.kind {
                TermKind::Call(call) => self.call(call)?,
                TermKind::Infix(infix) => self.infix(infix)?,
                TermKind::In(domain) => self.member(domain)?,
                _ => return self.term(term),
            },
            LiteralKind::Assign(sides) => {
                vec![self.builtin("assign")?, self.term(&sides.left)?, self.term(&sides.right)?]
            }
            LiteralKind::Unify(sides) => {
                vec![self.builtin("eq")?, self.term(&sides.left)?, self.term(&sides.right)?]
            }
            LiteralKind::Some(names) => return self.some(names),
            LiteralKind::SomeIn(domain) => {
                let member = self.member(domain)?;
                let member = self.array(&member)?;
                let member = self.node("call", member)?;
                let symbols = self.array(&[member])?;
                return self.object(&[("symbols", symbols)]);
            }
            LiteralKind::Every(domain, body) => return self.every(domain, body),
            LiteralKind::Broken => return Err(Failure::of_builtin("a part of the module cannot be read")),
        };
        self.array(&call)
    }

    fn some(&mut self, names: &[Name<'_>]) -> Answer {
        let symbols = names.iter().map(|name| self.variable(&name.text)).collect::<Result<Vec<_>, _>>()?;
        let symbols = self.array(&symbols)?;
        self.object(&[("symbols", symbols)])
    }

    fn every(&mut self, domain: &Domain<'_>, body: &Body<'_>) -> Answer {
        let key = match &domain.key {
            Some(key) => self.term(key)?,
            None => Value::NULL,
        };
        let value = self.term(&domain.value)?;
        let collection = self.term(&domain.collection)?;
        let body = self.body(&body.literals)?;
        self.object(&[("key", key), ("value", value), ("domain", collection), ("body", body)])
    }
}
