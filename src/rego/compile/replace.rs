//! Statements with `with`: what is replaced holds while they are asked, and no longer.

use super::body::comparison;
use super::term::Scope;
use super::writer::{Place, Writer, read};
use super::{CompileError, Compiled, Compiler, Purpose};
use crate::rego::analysis::lowered::{
    Bundle, Expr, ExprKind, Function, Ref, RefHead, Replacement as By, Root, Target, Term, TermKind, VarId,
};
use crate::rego::analysis::rule_tree::{Constant, NodeId};
use crate::rego::analysis::walk::{self, Part};
use crate::rego::vm::code::{Callee, Comparison, Instruction, Operand, ProcedureId, Replacement};
use crate::sorted::{self, InOrder};

impl<'s> Scope<'_, '_, 's> {
    /// A statement with replacements. Where it gives values to variables, all its solutions are found first: what follows
    /// is asked without the replacements.
    pub(super) fn under_replacements(&mut self, expr: &Expr<'s>, fail: Place) -> Compiled<Place> {
        let (first, count, values) = self.replacements(expr)?;
        let replace = Instruction::Replace { first, count, values };
        let restored = self.writer.place();
        let gets = if expr.is_negated { Vec::new() } else { self.unbound_in(expr) };
        if gets.is_empty() {
            let holds = self.writer.place();
            self.writer.push(replace);
            self.within_with(|scope| scope.unreplaced(expr, restored))?;
            self.writer.push(Instruction::Restore);
            self.writer.push(Instruction::Jump { to: holds.label() });
            self.writer.here(restored);
            self.writer.push(Instruction::Restore);
            self.writer.push(Instruction::Jump { to: fail.label() });
            self.writer.here(holds);
            return Ok(fail);
        }
        let bound = self.bound();
        let (mark, solutions) = (self.writer.register()?, self.writer.register()?);
        self.writer.push(Instruction::Collect { mark });
        self.writer.push(replace);
        let next = self.within_with(|scope| scope.unreplaced(expr, restored))?;
        let found = gets.iter().map(|&id| self.register(id).map(read)).collect::<Compiled<Vec<Operand>>>()?;
        let found_first = self.moved_in_a_row(&found)?;
        let solution = self.writer.register()?;
        let of = super::term::count(found.len())?;
        self.writer.push(Instruction::MakeArray { to: solution, first: found_first, count: of });
        self.writer.push(Instruction::Push { value: read(solution) });
        if next != restored {
            self.writer.push(Instruction::Jump { to: next.label() });
        }
        self.writer.here(restored);
        self.writer.push(Instruction::Restore);
        self.writer.push(Instruction::CollectedArray { to: solutions, mark });
        self.restore_bound(bound);
        let (_, value, next) = self.iterate(read(solutions), fail)?;
        for (at, &id) in gets.iter().enumerate() {
            let key = self.compiler.constants.count(at)?;
            let to = self.register(id)?;
            self.writer.push(Instruction::Lookup { to, of: read(value), key, or: next.label() });
            self.bind(id);
        }
        Ok(next)
    }

    fn replacements(&mut self, expr: &Expr<'s>) -> Compiled<(u32, u16, crate::rego::vm::code::Register)> {
        let mut values = Vec::new();
        let mut replacements = Vec::new();
        for with in expr.replacements() {
            let undefined = self.compiler.constants.undefined()?;
            let (value, by) = match &with.value {
                By::Function(function) => (undefined, Some(self.callee(function)?)),
                By::Value(term) => match &term.kind {
                    TermKind::Ref(reference) => self.asked_when_called(reference, undefined)?,
                    _ => (self.operand(term)?, None),
                },
            };
            values.push(value);
            replacements.push(match &with.target {
                Target::Document(reference) => self.document_target(reference)?,
                Target::Function(function) => Replacement::Function { of: self.callee(function)?, by },
                Target::Refused(_) => return Err(CompileError::new("nothing that can be replaced")),
            });
        }
        let first = u32::try_from(self.compiler.code.replacements.len()).unwrap_or(u32::MAX);
        let count = super::term::count(replacements.len())?;
        self.compiler.code.replacements.extend(replacements);
        Ok((first, count, self.moved_in_a_row(&values)?))
    }

    /// A rule, or a part of what it gives, that is asked each time that the function is called which it replaces: by a procedure of its own.
    fn asked_when_called(&mut self, reference: &Ref<'s>, undefined: Operand) -> Compiled<(Operand, Option<Callee>)> {
        let mut writer = Writer::default();
        let mut scope = Scope::new(self.compiler, &mut writer, self.rule)?;
        let none = scope.writer.place();
        scope.fails = Some(none);
        let (value, _) = scope.reference(reference, none)?;
        scope.writer.push(Instruction::Return { value });
        writer.here(none);
        writer.push(Instruction::Fail);
        let path = self.compiler.path_constant(NodeId::DATA)?;
        let procedure = self.compiler.add(path);
        self.compiler.place_code(&writer, procedure)?;
        Ok((undefined, Some(Callee::Procedure(procedure))))
    }

    fn callee(&mut self, function: &Function<'s>) -> Compiled<Callee> {
        match function {
            Function::Builtin(name) => Ok(Callee::Builtin(self.compiler.builtin(name))),
            Function::Rules(node) => self.compiler.procedure(*node, Purpose::Function).map(Callee::Procedure),
            Function::Host(at) => self.compiler.host(*at).map(Callee::Host),
            Function::Unknown { .. } => Err(CompileError::new("nothing is known of a function that is replaced")),
        }
    }

    fn document_target(&mut self, reference: &Ref<'s>) -> Compiled<Replacement> {
        let RefHead::Path(path) = reference.head else { return Err(CompileError::new("no document is named here")) };
        let names = self.compiler.bundle.paths.names(path).to_vec();
        let mut steps: Vec<Constant<'s>> = names.into_iter().map(Constant::String).collect();
        for part in &reference.parts {
            steps.push(Constant::of(part).ok_or_else(|| CompileError::new("a path that is replaced is constant"))?);
        }
        let path_operand = self.compiler.constants.path(&steps)?;
        if self.compiler.bundle.paths.root(path) == Root::Input {
            return Ok(Replacement::Input { path: path_operand });
        }
        let mut node = Some(NodeId::DATA);
        for step in &steps {
            node = node.and_then(|node| self.compiler.bundle.tree.child(node, step));
        }
        let hidden = match node {
            Some(node) => self.procedures_below(node)?,
            None => Vec::new(),
        };
        Ok(Replacement::Data { path: path_operand, hidden })
    }

    /// What gives the values at a path and below it.
    fn procedures_below(&mut self, node: NodeId) -> Compiled<Vec<ProcedureId>> {
        let mut found = Vec::new();
        let mut nodes = vec![node];
        while let Some(node) = nodes.pop() {
            if !self.compiler.is_function(node) {
                if !self.compiler.rules(node).is_empty() {
                    found.push(self.compiler.procedure(node, Purpose::Value)?);
                }
                found.push(self.compiler.procedure(node, Purpose::Document)?);
            }
            let children = self.compiler.bundle.tree.node(node).map(|node| node.children.values().copied());
            nodes.extend(children.into_iter().flatten());
        }
        found.order();
        found.dedup();
        Ok(found)
    }

    /// The variables of a statement that have no value yet, and get one in it.
    fn unbound_in(&self, expr: &Expr<'s>) -> Vec<VarId> {
        let mut found = Vec::new();
        match &expr.kind {
            ExprKind::Term(term) => self.push_unbound(term, &mut found),
            ExprKind::Call(call) => call.args.iter().for_each(|arg| self.push_unbound(arg, &mut found)),
            ExprKind::Unify(left, right) => {
                self.push_unbound(left, &mut found);
                self.push_unbound(right, &mut found);
            }
            ExprKind::Every(_) | ExprKind::Broken => {}
        }
        found.order();
        found.dedup();
        found
    }

    fn push_unbound(&self, term: &Term<'s>, found: &mut Vec<VarId>) {
        match &term.kind {
            TermKind::Var(id) if !self.is_bound(*id) => found.push(*id),
            TermKind::Ref(reference) => reference.parts.iter().for_each(|part| self.push_unbound(part, found)),
            TermKind::Array(items) | TermKind::Set(items) => {
                items.iter().for_each(|item| self.push_unbound(item, found));
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs {
                    self.push_unbound(key, found);
                    self.push_unbound(value, found);
                }
            }
            _ => {}
        }
    }
}

/// The builtins that a statement replaces by `with`, anywhere.
pub(super) fn replaced_builtins(bundle: &Bundle<'_>) -> sorted::Set<&'static str> {
    let mut found = sorted::Set::new();
    for rule in &bundle.rules {
        walk::parts(rule, &mut |part| {
            let Part::Expr(expr) = part else { return };
            for with in expr.replacements() {
                if let Target::Function(Function::Builtin(name)) = &with.target {
                    found.insert(*name);
                }
            }
        });
    }
    found
}

impl Compiler<'_, '_> {
    /// How a builtin compares that is written as a sign; nothing where it is replaced somewhere, and so is called as any other.
    /// `==` is not: in OPA it is no call of `equal`, but the same as `=`.
    pub(super) fn compares(&self, name: &str) -> Option<Comparison> {
        comparison(name).filter(|how| *how == Comparison::Equal || !self.replaced.contains(name))
    }
}
