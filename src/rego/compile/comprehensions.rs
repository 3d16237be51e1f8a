//! Comprehensions. One that stands in a loop is evaluated once where it can be.
//!
//! What nothing of the loop goes into has the same value each time, and is kept. What takes values of the loop only to compare
//! something with them is evaluated once without them, for all values that they may have, and kept by those: `[x | some x in xs;
//! x.owner == owner]` becomes an object from owner to array.
//!
//! INVARIANT (kept): registers of what is kept are nobody else's in the rule, and without a value when it begins. Under `with` nothing is
//! kept: what is replaced may differ each time.

use super::term::{Scope, count};
use super::writer::{Place, read};
use super::{CompileError, Compiled};
use crate::rego::analysis::lowered::{Comprehension, Expr, ExprKind, Function, Rule, Term, TermKind, VarId};
use crate::rego::analysis::walk::{self, Skip};
use crate::rego::vm::code::{Collection, Instruction, Operand, Register};
use std::collections::BTreeSet;

/// How a comprehension is evaluated.
enum Plan {
    /// Each time.
    EachTime,
    /// Once for all.
    Once,
    /// Once for all values of these variables, which the statements at these places compare something with.
    ByKeys(Vec<(usize, VarId)>),
}

impl<'s> Scope<'_, '_, 's> {
    /// The value of a comprehension.
    pub(super) fn comprehension(&mut self, term: &Term<'s>) -> Compiled<Operand> {
        let (inner, of) = parts(term).ok_or_else(|| CompileError::new("a comprehension is to stand here"))?;
        let kept = self.kept.get(&address(inner)).copied();
        match (self.plan(inner, of), kept) {
            (Plan::Once, Some(kept)) => {
                let (compute, known) = (self.writer.place(), self.writer.place());
                self.writer.push(Instruction::IsDefined { value: kept, or: compute.label() });
                self.writer.push(Instruction::Jump { to: known.label() });
                self.writer.here(compute);
                let value = self.evaluated(inner, of)?;
                self.writer.push(Instruction::Move { to: kept, from: value });
                self.writer.here(known);
                Ok(read(kept))
            }
            (Plan::ByKeys(keys), Some(kept)) => self.by_keys(inner, of, &keys, kept),
            _ => self.evaluated(inner, of),
        }
    }

    fn evaluated(&mut self, inner: &Comprehension<'s>, of: Collection) -> Compiled<Operand> {
        let bound = self.bound();
        let (mark, to) = (self.writer.register()?, self.writer.register()?);
        self.writer.push(Instruction::Collect { mark });
        let done = self.writer.place();
        let next = self.body(&inner.body, done)?;
        if let Some(key) = &inner.key {
            let key = self.operand(key)?;
            self.writer.push(Instruction::Push { value: key });
        }
        self.pushes(&inner.value, next, done)?;
        self.writer.push(match of {
            Collection::Array => Instruction::CollectedArray { to, mark },
            Collection::Set => Instruction::CollectedSet { to, mark },
            Collection::Object => Instruction::CollectedObject { to, mark },
        });
        self.restore_bound(bound);
        Ok(read(to))
    }

    fn pushes(&mut self, value: &Term<'s>, next: Place, done: Place) -> Compiled<()> {
        let value = self.operand(value)?;
        self.writer.push(Instruction::Push { value });
        if next != done {
            self.writer.push(Instruction::Jump { to: next.label() });
        }
        self.writer.here(done);
        Ok(())
    }

    /// What stands under the values of the keys among the comprehensions for all values that they may have.
    fn by_keys(
        &mut self,
        inner: &Comprehension<'s>,
        of: Collection,
        keys: &[(usize, VarId)],
        kept: Register,
    ) -> Compiled<Operand> {
        let (compute, known) = (self.writer.place(), self.writer.place());
        self.writer.push(Instruction::IsDefined { value: kept, or: compute.label() });
        self.writer.push(Instruction::Jump { to: known.label() });
        self.writer.here(compute);
        let bound = self.bound();
        let mark = self.writer.register()?;
        self.writer.push(Instruction::Collect { mark });
        let done = self.writer.place();
        let mut next = done;
        let mut found = Vec::new();
        for (at, expr) in inner.body.iter().enumerate() {
            match (keys.iter().find(|(of_key, _)| *of_key == at), &expr.kind) {
                (Some((_, key)), ExprKind::Unify(left, right)) => {
                    let other = if left.as_var() == Some(*key) { right } else { left };
                    let (value, fail) = self.value(other, next)?;
                    (found, next) = (found.into_iter().chain([value]).collect(), fail);
                }
                _ => next = self.body(std::slice::from_ref(expr), next)?,
            }
        }
        let (first, to) = (self.moved_in_a_row(&found)?, self.writer.register()?);
        self.writer.push(Instruction::MakeArray { to, first, count: count(found.len())? });
        self.writer.push(Instruction::Push { value: read(to) });
        self.pushes(&inner.value, next, done)?;
        self.writer.push(Instruction::CollectedIndex { to: kept, mark, of });
        self.restore_bound(bound);
        self.writer.here(known);
        let own: Vec<Operand> =
            keys.iter().map(|(_, id)| self.register(*id).map(read)).collect::<Compiled<Vec<Operand>>>()?;
        let (first, key, to) = (self.moved_in_a_row(&own)?, self.writer.register()?, self.writer.register()?);
        let (none, end) = (self.writer.place(), self.writer.place());
        self.writer.push(Instruction::MakeArray { to: key, first, count: count(own.len())? });
        self.writer.push(Instruction::Lookup { to, of: read(kept), key: read(key), or: none.label() });
        self.writer.push(Instruction::Jump { to: end.label() });
        self.writer.here(none);
        self.writer.push(match of {
            Collection::Array => Instruction::MakeArray { to, first, count: 0 },
            _ => Instruction::MakeSet { to, first, count: 0 },
        });
        self.writer.here(end);
        Ok(read(to))
    }

    fn plan(&self, inner: &Comprehension<'s>, of: Collection) -> Plan {
        if !self.is_in_loop() || self.is_under_with() || prints(&inner.body) {
            return Plan::EachTime;
        }
        let mut of_loop = BTreeSet::new();
        let mut note = |id: VarId, _| {
            if self.is_of_loop(id) {
                of_loop.insert(id);
            }
        };
        let all = Skip::default();
        inner.key.iter().chain([&inner.value]).for_each(|term| walk::variables(term, all, &mut note));
        inner.body.iter().for_each(|expr| walk::variables_of_expr(expr, all, &mut note));
        if of_loop.is_empty() {
            return Plan::Once;
        }
        // Two values under one key are an error only where that key is asked for.
        if of == Collection::Object {
            return Plan::EachTime;
        }
        self.keys(inner, of_loop).map_or(Plan::EachTime, Plan::ByKeys)
    }

    /// The statements that compare a variable of the loop with something, where those variables stand nowhere else.
    fn keys(&self, inner: &Comprehension<'s>, mut of_loop: BTreeSet<VarId>) -> Option<Vec<(usize, VarId)>> {
        let mut keys = Vec::new();
        let mut known = BTreeSet::new();
        for (at, expr) in inner.body.iter().enumerate() {
            let key = self.compared(expr, &known).filter(|id| of_loop.remove(id));
            match key {
                Some(key) => keys.push((at, key)),
                None => walk::variables_of_expr(expr, Skip::default(), &mut |id, _| {
                    known.insert(id);
                }),
            }
        }
        // Those that were taken for keys must not stand elsewhere, and none may be left.
        let is_elsewhere = |id: &VarId| {
            let mut stands = 0;
            let mut note = |other: VarId, _| stands += usize::from(other == *id);
            inner.key.iter().chain([&inner.value]).for_each(|term| walk::variables(term, Skip::default(), &mut note));
            inner.body.iter().for_each(|expr| walk::variables_of_expr(expr, Skip::default(), &mut note));
            stands > 1
        };
        (of_loop.is_empty() && !keys.iter().any(|(_, id)| is_elsewhere(id))).then_some(keys)
    }

    /// The variable of the loop that a statement compares something with that has a value by then.
    fn compared(&self, expr: &Expr<'s>, known: &BTreeSet<VarId>) -> Option<VarId> {
        let ExprKind::Unify(left, right) = &expr.kind else { return None };
        if expr.is_negated || !expr.replacements().is_empty() {
            return None;
        }
        let of_loop = |term: &Term<'_>| term.as_var().filter(|id| self.is_of_loop(*id));
        let (key, other) = match (of_loop(left), of_loop(right)) {
            (Some(key), None) => (key, right),
            (None, Some(key)) => (key, left),
            _ => return None,
        };
        let mut has_values = true;
        walk::variables(other, Skip::default(), &mut |id, _| {
            has_values &= known.contains(&id) || self.is_bound(id) && !self.is_of_loop(id);
        });
        has_values.then_some(key)
    }
}

/// Registers in which a rule keeps what its comprehensions are, by the address of each.
pub(super) fn addresses(rule: &Rule<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Expr<'_>> = rule.branches.iter().flat_map(|branch| &branch.body).collect();
    while let Some(expr) = waiting.pop() {
        if let ExprKind::Every(every) = &expr.kind {
            waiting.extend(&every.body);
        }
        for term in walk::terms_of(expr) {
            walk::comprehensions(term, &mut |inner| {
                found.push(address(inner));
                waiting.extend(&inner.body);
            });
        }
    }
    found
}

fn address(inner: &Comprehension<'_>) -> usize {
    std::ptr::from_ref(inner) as usize
}

fn parts<'t, 's>(term: &'t Term<'s>) -> Option<(&'t Comprehension<'s>, Collection)> {
    match &term.kind {
        TermKind::ArrayComprehension(inner) => Some((inner, Collection::Array)),
        TermKind::SetComprehension(inner) => Some((inner, Collection::Set)),
        TermKind::ObjectComprehension(inner) => Some((inner, Collection::Object)),
        _ => None,
    }
}

/// Whether something is printed, which is to be seen each time.
fn prints(body: &[Expr<'_>]) -> bool {
    let mut waiting: Vec<&Expr<'_>> = body.iter().collect();
    while let Some(expr) = waiting.pop() {
        match &expr.kind {
            ExprKind::Call(call) if call.function == Function::Builtin("internal.print") => return true,
            ExprKind::Every(every) => waiting.extend(&every.body),
            _ => {}
        }
        for term in walk::terms_of(expr) {
            walk::comprehensions(term, &mut |inner| waiting.extend(&inner.body));
        }
    }
    false
}
