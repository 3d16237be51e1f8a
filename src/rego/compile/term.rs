//! Terms: what has a value is an operand, and what has none yet takes it from what it is matched with.

use super::writer::{Place, Writer, behind, read};
use super::{CompileError, Compiled, Compiler, comprehensions};
use crate::rego::analysis::lowered::{Rule, Term, TermKind, VarId};
use crate::rego::vm::code::{Comparison, Instruction, Operand, Register};
use crate::sorted::{self, InOrder};

/// One rule while it is compiled: which of its variables have a value, and where.
pub(super) struct Scope<'c, 'b, 's> {
    pub compiler: &'c mut Compiler<'b, 's>,
    pub writer: &'c mut Writer,
    pub rule: &'b Rule<'s>,
    registers: Vec<Option<Register>>,
    bound: Vec<bool>,
    /// Which variables get another value each time that a loop goes on.
    of_loop: Vec<bool>,
    /// Variables in the order in which they got their values.
    order: Vec<VarId>,
    /// How many loops are open.
    loops: usize,
    /// How many statements with `with` are open.
    replaced: usize,
    /// Where it goes on when the statement fails that is being compiled, or the head.
    pub fails: Option<Place>,
    /// Where comprehensions are kept, by their addresses.
    pub kept: sorted::Map<usize, Register>,
}

impl<'c, 'b, 's> Scope<'c, 'b, 's> {
    /// No variable has a value yet.
    pub fn new(compiler: &'c mut Compiler<'b, 's>, writer: &'c mut Writer, rule: &'b Rule<'s>) -> Compiled<Self> {
        let count = rule.variables.len();
        writer.stands_for_again(None);
        let mut kept = sorted::Map::new();
        for address in comprehensions::addresses(rule) {
            let (to, from) = (writer.register()?, compiler.constants.undefined()?);
            writer.push(Instruction::Move { to, from });
            kept.insert(address, to);
        }
        Ok(Self {
            compiler,
            writer,
            rule,
            registers: vec![None; count],
            bound: vec![false; count],
            of_loop: vec![false; count],
            order: Vec::new(),
            loops: 0,
            replaced: 0,
            fails: None,
            kept,
        })
    }

    /// How many variables have got values so far, for [`Scope::begins_loop`].
    pub fn mark(&self) -> usize {
        self.order.len()
    }

    /// The variables that have got values since `mark`, and have them still.
    pub fn bound_since(&self, mark: usize) -> Vec<VarId> {
        let mut since: Vec<VarId> = self.order.iter().skip(mark).copied().filter(|id| self.is_bound(*id)).collect();
        since.sort_unstable();
        since.dedup();
        since
    }

    /// A loop has begun, whose variables have got their values since `mark`.
    pub fn begins_loop(&mut self, mark: usize) {
        for id in self.order.iter().skip(mark) {
            if let Some(of_loop) = self.of_loop.get_mut(id.0 as usize) {
                *of_loop = true;
            }
        }
        self.loops += 1;
    }

    /// As many loops end.
    pub fn ends_loops(&mut self, count: usize) {
        self.loops -= count;
    }

    /// What is done while something is replaced.
    pub fn within_with<T>(&mut self, work: impl FnOnce(&mut Self) -> Compiled<T>) -> Compiled<T> {
        self.replaced += 1;
        let done = work(self);
        self.replaced -= 1;
        done
    }

    /// What is done where something has failed, or was gone through to its end: from here on, what calls the host leaves unanswered counts.
    /// `None` where the host has no functions.
    pub fn begins_to_ask(&mut self) -> Compiled<Option<Register>> {
        if self.compiler.host.is_empty() {
            return Ok(None);
        }
        let to = self.writer.register()?;
        self.writer.push(Instruction::Unanswered { to });
        Ok(Some(to))
    }

    /// Nothing follows from a call that the host has not answered since: it goes on where the whole fails.
    pub fn ends_to_ask(&mut self, since: Option<Register>, fail: Place) {
        if let Some(since) = since {
            self.writer.push(Instruction::NoneUnanswered { since, or: fail.label() });
        }
    }

    pub fn is_in_loop(&self) -> bool {
        self.loops > 0
    }

    pub fn is_under_with(&self) -> bool {
        self.replaced > 0
    }

    /// Whether a variable has a value, and another one each time that a loop goes on.
    pub fn is_of_loop(&self, id: VarId) -> bool {
        self.is_bound(id) && self.of_loop.get(id.0 as usize).copied().unwrap_or(false)
    }

    /// Which variables have a value.
    pub fn bound(&self) -> Vec<bool> {
        self.bound.clone()
    }

    /// Forgets the values that variables have got since.
    pub fn restore_bound(&mut self, bound: Vec<bool>) {
        self.bound = bound;
    }

    pub fn is_bound(&self, id: VarId) -> bool {
        self.bound.get(id.0 as usize).copied().unwrap_or(false)
    }

    /// Says that a variable has a value.
    pub fn bind(&mut self, id: VarId) {
        let at = id.0 as usize;
        if let (Some(bound), Some(of_loop)) = (self.bound.get_mut(at), self.of_loop.get_mut(at)) {
            *bound = true;
            *of_loop = self.loops > 0;
            self.order.push(id);
        }
    }

    /// The register of a variable.
    pub fn register(&mut self, id: VarId) -> Compiled<Register> {
        if let Some(&Some(register)) = self.registers.get(id.0 as usize) {
            return Ok(register);
        }
        let register = self.writer.register()?;
        if let Some(known) = self.registers.get_mut(id.0 as usize) {
            *known = Some(register);
        }
        Ok(register)
    }

    /// Whether every variable of a term has a value. References and comprehensions count as terms that are evaluated.
    pub fn is_ground(&self, term: &Term<'_>) -> bool {
        match &term.kind {
            TermKind::Var(id) => self.is_bound(*id),
            TermKind::Array(items) | TermKind::Set(items) => items.iter().all(|item| self.is_ground(item)),
            TermKind::Object(pairs) => pairs.iter().all(|(key, value)| self.is_ground(key) && self.is_ground(value)),
            TermKind::Ref(_) => false,
            _ => true,
        }
    }

    /// The value of a term, however it is found. Answers also where to go on for another one.
    pub fn value(&mut self, term: &Term<'s>, fail: Place) -> Compiled<(Operand, Place)> {
        match &term.kind {
            TermKind::Ref(reference) => self.reference(reference, fail),
            _ => Ok((self.operand(term)?, fail)),
        }
    }

    /// The value of a term that is no reference and whose variables have values.
    pub fn operand(&mut self, term: &Term<'s>) -> Compiled<Operand> {
        if let Some(constant) = self.compiler.constants.of_term(term)? {
            return Ok(constant);
        }
        match &term.kind {
            TermKind::Var(id) if self.is_bound(*id) => self.register(*id).map(read),
            TermKind::Array(items) => {
                let first = self.in_a_row(items)?;
                let (to, count) = (self.writer.register()?, count(items.len())?);
                self.writer.push(Instruction::MakeArray { to, first, count });
                Ok(read(to))
            }
            TermKind::Set(items) => {
                let first = self.in_a_row(items)?;
                let (to, count) = (self.writer.register()?, count(items.len())?);
                self.writer.push(Instruction::MakeSet { to, first, count });
                Ok(read(to))
            }
            TermKind::Object(pairs) => {
                let parts: Vec<Operand> = in_order_of_keys(pairs)
                    .into_iter()
                    .flat_map(|(key, value)| [key, value])
                    .map(|term| self.operand(term))
                    .collect::<Compiled<_>>()?;
                let first = self.moved_in_a_row(&parts)?;
                let (to, pairs) = (self.writer.register()?, count(pairs.len())?);
                self.writer.push(Instruction::MakeObject { to, first, pairs });
                Ok(read(to))
            }
            TermKind::ArrayComprehension(_) | TermKind::SetComprehension(_) | TermKind::ObjectComprehension(_) => {
                self.comprehension(term)
            }
            _ => Err(CompileError::new("a term is used before it has a value")),
        }
    }

    /// The values of terms in registers one after the other.
    pub fn in_a_row(&mut self, terms: &[Term<'s>]) -> Compiled<Register> {
        let operands = terms.iter().map(|term| self.operand(term)).collect::<Compiled<Vec<_>>>()?;
        self.moved_in_a_row(&operands)
    }

    /// Operands in registers one after the other.
    pub fn moved_in_a_row(&mut self, operands: &[Operand]) -> Compiled<Register> {
        let first = self.writer.registers_in_a_row(operands.len())?;
        for (at, &from) in operands.iter().enumerate() {
            self.writer.push(Instruction::Move { to: behind(first, at), from });
        }
        Ok(first)
    }

    /// Both terms are equal; variables without a value get one.
    pub fn unify(&mut self, left: &Term<'s>, right: &Term<'s>, fail: Place) -> Compiled<Place> {
        let is_evaluated = |term: &Term<'_>| matches!(term.kind, TermKind::Ref(_));
        if is_evaluated(left) {
            let (value, fail) = self.value(left, fail)?;
            if is_evaluated(right) {
                let (other, fail) = self.value(right, fail)?;
                self.equal(value, other, fail);
                return Ok(fail);
            }
            self.matches(right, value, fail)?;
            return Ok(fail);
        }
        if is_evaluated(right) {
            let (value, fail) = self.value(right, fail)?;
            self.matches(left, value, fail)?;
            return Ok(fail);
        }
        self.unify_all(vec![(left, right)], fail)?;
        Ok(fail)
    }

    /// Pairs of terms without references, each where one of them has a value: what has none yet may get it from another
    /// pair.
    fn unify_all(&mut self, pairs: Vec<(&Term<'s>, &Term<'s>)>, fail: Place) -> Compiled<()> {
        let mut left = pairs;
        while !left.is_empty() {
            let before = left.len();
            let mut more = Vec::new();
            let mut stays = Vec::new();
            for (a, b) in left {
                match (self.is_ground(a), self.is_ground(b)) {
                    (_, true) => {
                        let value = self.operand(b)?;
                        self.matches(a, value, fail)?;
                    }
                    (true, false) => {
                        let value = self.operand(a)?;
                        self.matches(b, value, fail)?;
                    }
                    (false, false) => match (&a.kind, &b.kind) {
                        (TermKind::Array(a), TermKind::Array(b)) if a.len() == b.len() => more.extend(a.iter().zip(b)),
                        (TermKind::Object(a), TermKind::Object(b)) if a.len() == b.len() => {
                            more.extend(self.same_keys(a, b, fail)?);
                        }
                        (TermKind::Var(_), _) | (_, TermKind::Var(_)) => stays.push((a, b)),
                        _ => self.writer.push(Instruction::Jump { to: fail.label() }),
                    },
                }
            }
            if more.is_empty() && stays.len() == before {
                // INVARIANT (safe): the check of safety has refused it.
                return Err(CompileError::new("two variables are equal and none of them has a value"));
            }
            stays.extend(more);
            left = stays;
        }
        Ok(())
    }

    /// The values of two objects under keys that are constants. Where they have different keys, they are not equal.
    fn same_keys<'t>(
        &mut self,
        a: &'t [(Term<'s>, Term<'s>)],
        b: &'t [(Term<'s>, Term<'s>)],
        fail: Place,
    ) -> Compiled<Vec<(&'t Term<'s>, &'t Term<'s>)>> {
        let mut pairs = Vec::new();
        for (key, value) in a {
            let own = self.compiler.constants.of_term(key)?;
            let mut found = None;
            for (other, of_other) in b {
                if own.is_some() && self.compiler.constants.of_term(other)? == own {
                    found = Some(of_other);
                }
            }
            match found {
                Some(other) => pairs.push((value, other)),
                None => self.writer.push(Instruction::Jump { to: fail.label() }),
            }
        }
        Ok(pairs)
    }

    fn equal(&mut self, left: Operand, right: Operand, fail: Place) {
        self.writer.push(Instruction::Compare { how: Comparison::Equal, left, right, or: fail.label() });
    }

    /// A value is what a term says; variables of the term without a value get one.
    pub fn matches(&mut self, pattern: &Term<'s>, value: Operand, fail: Place) -> Compiled<()> {
        if self.is_ground(pattern) {
            let own = self.operand(pattern)?;
            self.equal(own, value, fail);
            return Ok(());
        }
        match &pattern.kind {
            TermKind::Var(id) => {
                let to = self.register(*id)?;
                self.writer.push(Instruction::Move { to, from: value });
                self.bind(*id);
            }
            TermKind::Array(items) => {
                let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
                self.writer.push(Instruction::IsArray { value, count, or: fail.label() });
                for (at, item) in items.iter().enumerate() {
                    let key = self.compiler.constants.count(at)?;
                    self.matches_part(item, value, key, fail)?;
                }
            }
            TermKind::Object(pairs) => {
                let count = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
                self.writer.push(Instruction::IsObject { value, pairs: count, or: fail.label() });
                for (key, of_key) in pairs {
                    let key = self.operand(key)?;
                    self.matches_part(of_key, value, key, fail)?;
                }
            }
            _ => return Err(CompileError::new("a term without a value is matched with what cannot give it one")),
        }
        Ok(())
    }

    fn matches_part(&mut self, pattern: &Term<'s>, of: Operand, key: Operand, fail: Place) -> Compiled<()> {
        let to = self.writer.register()?;
        self.writer.push(Instruction::Lookup { to, of, key, or: fail.label() });
        self.matches(pattern, read(to), fail)
    }
}

/// The pairs of an object in the order in which they are put into it, where the last of equal keys stays: constants before
/// variables, and those before keys that are made.
fn in_order_of_keys<'t, 's>(pairs: &'t [(Term<'s>, Term<'s>)]) -> Vec<&'t (Term<'s>, Term<'s>)> {
    let mut pairs: Vec<_> = pairs.iter().collect();
    pairs.order_by_key(|(key, _)| match (key.as_var(), key.is_scalar()) {
        (_, true) => (0, 0),
        (Some(id), _) => (1, id.0),
        (None, _) => (2, 0),
    });
    pairs
}

/// Parts of one term.
pub fn count(parts: usize) -> Compiled<u16> {
    u16::try_from(parts).map_err(|_| CompileError::new("a term has more parts than can be compiled"))
}
