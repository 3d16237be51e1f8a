//! Rules and their heads.

use super::super::{Answer, Failure};
use super::nodes::Nodes;
use crate::rego::syntax::tree::{Body, Else, Head, HeadValue, Part, Rule, Term, TermKind};
use crate::rego::value::Value;

/// What the heads of all branches and bodies of a rule have in common: the fields but the value.
type Common = Vec<(&'static str, Value)>;

impl Nodes<'_, '_> {
    /// A rule, with each body that is chained to it as a rule of its own.
    pub(super) fn rule(&mut self, rule: &Rule<'_>, rules: &mut Vec<Value>) -> Result<(), Failure> {
        let has_if = rule.body.as_ref().is_some_and(|body| body.has_if);
        let whole = self.branch(rule, has_if, rule.body.as_ref(), &rule.elses)?;
        rules.push(whole);
        for body in &rule.chained {
            let whole = self.branch(rule, has_if, Some(body), &[])?;
            rules.push(whole);
        }
        Ok(())
    }

    fn branch(&mut self, rule: &Rule<'_>, has_if: bool, body: Option<&Body<'_>>, elses: &[Else<'_>]) -> Answer {
        let fields = self.common(rule, has_if)?;
        let is_set = rule.head.key.is_some();
        let head = self.head(&fields, rule.head.value.as_ref(), is_set)?;
        let mut whole = vec![("head", head), ("body", self.rule_body(body)?)];
        if rule.is_default {
            whole.push(("default", Value::TRUE));
        }
        if let Some(otherwise) = self.otherwise(rule, has_if, elses)? {
            whole.push(("else", otherwise));
        }
        self.object(&whole)
    }

    /// The branches that are tried where a body does not hold, each inside the one before it.
    fn otherwise(&mut self, rule: &Rule<'_>, has_if: bool, elses: &[Else<'_>]) -> Result<Option<Value>, Failure> {
        let mut written = Vec::with_capacity(elses.len());
        for branch in elses {
            let fields = self.common(rule, has_if)?;
            let head = self.head(&fields, branch.value.as_ref(), false)?;
            written.push((head, self.rule_body(branch.body.as_ref())?));
        }
        let mut inner = None;
        for (head, body) in written.into_iter().rev() {
            let mut whole = vec![("head", head), ("body", body)];
            whole.extend(inner.map(|inner| ("else", inner)));
            inner = Some(self.object(&whole)?);
        }
        Ok(inner)
    }

    fn head(&mut self, fields: &[(&'static str, Value)], value: Option<&HeadValue<'_>>, is_set: bool) -> Answer {
        let mut fields = fields.to_vec();
        match value {
            Some(value) => {
                fields.push(("value", self.term(&value.term)?));
                if value.is_assigned {
                    fields.push(("assign", Value::TRUE));
                }
            }
            None if is_set => {}
            None => fields.push(("value", self.truth()?)),
        }
        self.object(&fields)
    }

    fn common(&mut self, rule: &Rule<'_>, has_if: bool) -> Result<Common, Failure> {
        let head = &rule.head;
        let mut fields = Vec::with_capacity(6);
        let parts = self.head_reference(head)?;
        if has_name(rule, has_if) {
            fields.push(("name", self.text(head.name())?));
        }
        let parts_of_key = parts.get(1).copied();
        fields.push(("ref", self.array(&parts)?));
        if let Some(args) = &head.args {
            let args = self.terms(args)?;
            fields.push(("args", self.array(&args)?));
        }
        match &head.key {
            Some(key) => fields.push(("key", self.term(key)?)),
            None if has_key(rule, has_if) => fields.extend(parts_of_key.map(|key| ("key", key))),
            None => {}
        }
        Ok(fields)
    }

    fn head_reference(&mut self, head: &Head<'_>) -> Result<Vec<Value>, Failure> {
        let mut parts = Vec::with_capacity(head.reference.len());
        for (at, part) in head.reference.iter().enumerate() {
            parts.push(match (&part.term.kind, at) {
                (TermKind::Var(name), 0) => self.variable(name)?,
                _ => self.term(&part.term)?,
            });
        }
        Ok(parts)
    }
}

/// The second part of a reference that has two, where it could be the key of a rule.
fn second<'a, 's>(rule: &'a Rule<'s>) -> Option<&'a Term<'s>> {
    let is_plain = !rule.is_default && rule.head.args.is_none() && rule.head.key.is_none();
    match rule.head.reference.as_slice() {
        [_, Part { term, .. }] if is_plain => Some(term),
        _ => None,
    }
}

/// Whether OPA gives a head a name: of a reference of two parts, as the forms before references had them.
fn has_name(rule: &Rule<'_>, has_if: bool) -> bool {
    rule.head.reference.len() < 2 || second(rule).is_some() && (!has_if || rule.head.value.is_some())
}

/// Whether OPA takes the second part of a reference for a key.
fn has_key(rule: &Rule<'_>, has_if: bool) -> bool {
    second(rule).is_some_and(|part| !has_if || !part.is_ground() || matches!(part.kind, TermKind::Ref(_)))
}
