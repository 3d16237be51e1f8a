//! Comprehensions. One that stands in a loop is evaluated once where it can be.
//!
//! What nothing of the loop goes into has the same value each time, and is kept. What takes values of the loop first to compare something with
//! them is begun once, for all values that they may have, and kept by those: of `[x | some x in xs; x.owner == owner; ok(x)]`, an object
//! from owner to all `x`. Statements behind the comparison are for one value of the loop alone: where they could end an evaluation, ask the
//! host, or take values of the loop themselves, they are evaluated each time, for what was found under that value.
//!
//! INVARIANT (kept): registers of what is kept are nobody else's in the rule, and without a value when it begins. Under `with` nothing is
//! kept: what is replaced may differ each time.

use super::element_index::reaches_rules;
use super::term::{Scope, count};
use super::writer::{Place, read};
use super::{CompileError, Compiled};
use crate::rego::analysis::lowered::{Comprehension, Expr, ExprKind, Function, Rule, Term, TermKind, VarId};
use crate::rego::analysis::walk::{self, Skip};
use crate::rego::vm::code::{Collection, Instruction, Operand, Register};
use crate::sorted;

/// How a comprehension is evaluated.
enum Plan {
    /// Each time.
    EachTime,
    /// Once for all.
    Once,
    /// Once for all values of some variables.
    ByKeys(ByKeys),
}

/// What is kept for all values of some variables.
struct ByKeys {
    /// The statements that compare a variable with something, by their places, and the variable.
    keys: Vec<(usize, VarId)>,
    /// How many statements are evaluated for all values: to the last that compares.
    statements: usize,
    /// Whether the others are, too, and the values are kept; else what the variables are then.
    is_all: bool,
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
            (Plan::ByKeys(by), Some(kept)) => self.by_keys(inner, of, &by, kept),
            _ => self.evaluated(inner, of),
        }
    }

    fn evaluated(&mut self, inner: &Comprehension<'s>, of: Collection) -> Compiled<Operand> {
        let bound = self.bound();
        let (mark, to) = (self.writer.register()?, self.writer.register()?);
        let asked = self.begins_to_ask()?;
        self.writer.push(Instruction::Collect { mark });
        let done = self.writer.place();
        let next = self.body(&inner.body, done)?;
        self.pushes(inner, next, done)?;
        self.collected(of, to, mark);
        let fails = self.fails()?;
        self.ends_to_ask(asked, fails);
        self.restore_bound(bound);
        Ok(read(to))
    }

    fn fails(&self) -> Compiled<Place> {
        self.fails.ok_or_else(|| CompileError::new("a comprehension stands in no statement"))
    }

    fn collected(&mut self, of: Collection, to: Register, mark: Register) {
        self.writer.push(match of {
            Collection::Array => Instruction::CollectedArray { to, mark },
            Collection::Set => Instruction::CollectedSet { to, mark },
            Collection::Object => Instruction::CollectedObject { to, mark },
        });
    }

    /// Collects what a comprehension speaks of, and goes on with the next solution.
    fn pushes(&mut self, inner: &Comprehension<'s>, next: Place, done: Place) -> Compiled<()> {
        if let Some(key) = &inner.key {
            let key = self.operand(key)?;
            self.writer.push(Instruction::Push { value: key });
        }
        let value = self.operand(&inner.value)?;
        self.pushes_value(value, next, done);
        Ok(())
    }

    fn pushes_value(&mut self, value: Operand, next: Place, done: Place) {
        self.writer.push(Instruction::Push { value });
        if next != done {
            self.writer.push(Instruction::Jump { to: next.label() });
        }
        self.writer.here(done);
    }

    /// What stands under the values of the keys among what is kept for all values that they may have.
    fn by_keys(&mut self, inner: &Comprehension<'s>, of: Collection, by: &ByKeys, kept: Register) -> Compiled<Operand> {
        let (compute, known) = (self.writer.place(), self.writer.place());
        self.writer.push(Instruction::IsDefined { value: kept, or: compute.label() });
        self.writer.push(Instruction::Jump { to: known.label() });
        self.writer.here(compute);
        let found = self.keeps(inner, of, by, kept)?;
        self.writer.here(known);
        let own: Vec<Operand> =
            by.keys.iter().map(|(_, id)| self.register(*id).map(read)).collect::<Compiled<Vec<Operand>>>()?;
        let (first, key, to) = (self.moved_in_a_row(&own)?, self.writer.register()?, self.writer.register()?);
        let (none, end) = (self.writer.place(), self.writer.place());
        self.writer.push(Instruction::MakeArray { to: key, first, count: count(own.len())? });
        self.writer.push(Instruction::Lookup { to, of: read(kept), key: read(key), or: none.label() });
        if !by.is_all {
            let rest = inner.body.get(by.statements..).unwrap_or_default();
            self.goes_on(inner, of, rest, &found, to)?;
        }
        self.writer.push(Instruction::Jump { to: end.label() });
        self.writer.here(none);
        self.writer.push(match of {
            Collection::Array => Instruction::MakeArray { to, first, count: 0 },
            Collection::Set => Instruction::MakeSet { to, first, count: 0 },
            Collection::Object => Instruction::MakeObject { to, first, pairs: 0 },
        });
        self.writer.here(end);
        Ok(read(to))
    }

    /// Keeps, by the values of the keys, all values of the comprehension, or what variables are where the comparisons hold: arrays of the
    /// values of these, which have none any more.
    fn keeps(
        &mut self,
        inner: &Comprehension<'s>,
        of: Collection,
        by: &ByKeys,
        kept: Register,
    ) -> Compiled<Vec<VarId>> {
        let (bound, before) = (self.bound(), self.mark());
        let mark = self.writer.register()?;
        let asked = self.begins_to_ask()?;
        self.writer.push(Instruction::Collect { mark });
        let done = self.writer.place();
        let mut next = done;
        let mut of_keys = Vec::new();
        let statements = if by.is_all { inner.body.len() } else { by.statements };
        for (at, expr) in inner.body.iter().take(statements).enumerate() {
            match (by.keys.iter().find(|(of_key, _)| *of_key == at), &expr.kind) {
                (Some((_, key)), ExprKind::Unify(left, right)) => {
                    let other = if left.as_var() == Some(*key) { right } else { left };
                    let (value, fail) = self.value(other, next)?;
                    of_keys.push(value);
                    next = fail;
                }
                _ => next = self.body(std::slice::from_ref(expr), next)?,
            }
        }
        let (first, to) = (self.moved_in_a_row(&of_keys)?, self.writer.register()?);
        self.writer.push(Instruction::MakeArray { to, first, count: count(of_keys.len())? });
        self.writer.push(Instruction::Push { value: read(to) });
        let found = self.bound_since(before);
        let (of, value) = if by.is_all {
            (of, self.operand(&inner.value)?)
        } else {
            let values = found.iter().map(|&id| self.register(id).map(read)).collect::<Compiled<Vec<Operand>>>()?;
            let (first, to) = (self.moved_in_a_row(&values)?, self.writer.register()?);
            self.writer.push(Instruction::MakeArray { to, first, count: count(values.len())? });
            (Collection::Array, read(to))
        };
        self.pushes_value(value, next, done);
        self.writer.push(Instruction::CollectedIndex { to: kept, mark, of });
        if asked.is_some() {
            // What is not whole is not kept.
            let (is_whole, is_not) = (self.writer.place(), self.writer.place());
            self.ends_to_ask(asked, is_not);
            self.writer.push(Instruction::Jump { to: is_whole.label() });
            self.writer.here(is_not);
            let (from, fails) = (self.compiler.constants.undefined()?, self.fails()?);
            self.writer.push(Instruction::Move { to: kept, from });
            self.writer.push(Instruction::Jump { to: fails.label() });
            self.writer.here(is_whole);
        }
        self.restore_bound(bound);
        Ok(found)
    }

    /// The comprehension for what was found under the values of the keys, from the statements on that are evaluated each time.
    fn goes_on(
        &mut self,
        inner: &Comprehension<'s>,
        of: Collection,
        rest: &[Expr<'s>],
        found: &[VarId],
        to: Register,
    ) -> Compiled<()> {
        let bound = self.bound();
        let mark = self.writer.register()?;
        let asked = self.begins_to_ask()?;
        self.writer.push(Instruction::Collect { mark });
        let done = self.writer.place();
        let (_, solution, next) = self.iterate(read(to), done)?;
        let before = self.mark();
        for (at, &id) in found.iter().enumerate() {
            let (key, to) = (self.compiler.constants.count(at)?, self.register(id)?);
            self.writer.push(Instruction::Lookup { to, of: read(solution), key, or: next.label() });
            self.bind(id);
        }
        self.begins_loop(before);
        let next = self.body(rest, next)?;
        self.pushes(inner, next, done)?;
        self.ends_loops(1);
        self.collected(of, to, mark);
        let fails = self.fails()?;
        self.ends_to_ask(asked, fails);
        self.restore_bound(bound);
        Ok(())
    }

    fn plan(&self, inner: &Comprehension<'s>, of: Collection) -> Plan {
        if !self.is_in_loop() || self.is_under_with() || prints(&inner.body) {
            return Plan::EachTime;
        }
        let all = Skip::default();
        let mut of_loop = sorted::Set::new();
        let mut note = |id: VarId, _| {
            if self.is_of_loop(id) {
                of_loop.insert(id);
            }
        };
        inner.key.iter().chain([&inner.value]).for_each(|term| walk::variables(term, all, &mut note));
        inner.body.iter().for_each(|expr| walk::variables_of_expr(expr, all, &mut note));
        if of_loop.is_empty() {
            return Plan::Once;
        }
        let keys = self.keys(inner, &of_loop);
        let Some((last, _)) = keys.last() else { return Plan::EachTime };
        let statements = last + 1;
        let rest = inner.body.get(statements..).unwrap_or_default();
        let mut takes_others = false;
        let mut look = |id: VarId, _| takes_others |= of_loop.contains(&id);
        walk::variables(&inner.value, all, &mut look);
        rest.iter().for_each(|expr| walk::variables_of_expr(expr, all, &mut look));
        // Two values under one key are an error only where that key is asked for.
        let is_all = of != Collection::Object
            && !takes_others
            && rest.iter().all(|expr| self.only_looks(expr))
            && self.is_looked_at(&inner.value);
        Plan::ByKeys(ByKeys { keys, statements, is_all })
    }

    /// The statements that compare a variable of the loop with something, each before the first in which one stands elsewhere, and before
    /// any that is for one value alone and could end an evaluation.
    fn keys(&self, inner: &Comprehension<'s>, of_loop: &sorted::Set<VarId>) -> Vec<(usize, VarId)> {
        let mut keys: Vec<(usize, VarId)> = Vec::new();
        let mut known = sorted::Set::new();
        for (at, expr) in inner.body.iter().enumerate() {
            if !keys.is_empty() && !self.only_looks(expr) {
                break;
            }
            let is_new = |id: &VarId| of_loop.contains(id) && keys.iter().all(|(_, key)| key != id);
            if let Some(key) = self.compared(expr, &known).filter(is_new) {
                keys.push((at, key));
                continue;
            }
            let mut takes_others = false;
            walk::variables_of_expr(expr, Skip::default(), &mut |id, _| {
                takes_others |= of_loop.contains(&id);
                known.insert(id);
            });
            if takes_others {
                break;
            }
        }
        keys
    }

    /// Whether a statement does nothing but to look into values and to compare them: it cannot end an evaluation but by its steps.
    fn only_looks(&self, expr: &Expr<'s>) -> bool {
        let calls_nothing = match &expr.kind {
            ExprKind::Term(_) | ExprKind::Unify(..) => true,
            ExprKind::Call(call) => {
                matches!(call.function, Function::Builtin(name) if self.compiler.compares(name).is_some())
            }
            ExprKind::Every(_) | ExprKind::Broken => false,
        };
        calls_nothing && expr.replacements().is_empty() && walk::terms_of(expr).all(|term| self.is_looked_at(term))
    }

    /// Whether nothing has to be evaluated in a term: it leads to no rule and has no comprehension in it.
    fn is_looked_at(&self, term: &Term<'s>) -> bool {
        let mut has_more = false;
        walk::comprehensions(term, &mut |_| has_more = true);
        !has_more && !reaches_rules(self.compiler, term)
    }

    /// The variable of the loop that a statement compares something with that has a value by then.
    fn compared(&self, expr: &Expr<'s>, known: &sorted::Set<VarId>) -> Option<VarId> {
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
