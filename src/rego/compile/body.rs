//! Bodies: one statement after the other, each going on where the one before it has held.

use super::term::Scope;
use super::writer::{Place, behind, read};
use super::{CompileError, Compiled};
use crate::rego::analysis::lowered::{Call, Every, Expr, ExprKind, Function, Term};
use crate::rego::builtins;
use crate::rego::vm::code::{Comparison, Instruction, Operand, Register};

impl<'s> Scope<'_, '_, 's> {
    /// The statements of a body. Answers where to go on for another solution: to `fail` where there can be no other.
    pub(super) fn body(&mut self, body: &[Expr<'s>], fail: Place) -> Compiled<Place> {
        let (mut next, mut loops) = (fail, 0);
        for expr in body {
            let mark = self.mark();
            let before = next;
            next = self.expr(expr, before)?;
            if next != before {
                self.begins_loop(mark);
                loops += 1;
            }
        }
        self.ends_loops(loops);
        Ok(next)
    }

    fn expr(&mut self, expr: &Expr<'s>, fail: Place) -> Compiled<Place> {
        let before = self.writer.stands_for(self.rule.module, expr.span);
        let fails = self.fails.replace(fail);
        let next = if expr.replacements().is_empty() {
            self.unreplaced(expr, fail)
        } else {
            self.under_replacements(expr, fail)
        };
        self.fails = fails;
        self.writer.stands_for_again(before);
        next
    }

    /// A statement without its `with`.
    pub(super) fn unreplaced(&mut self, expr: &Expr<'s>, fail: Place) -> Compiled<Place> {
        if !expr.is_negated {
            return self.kind(&expr.kind, fail);
        }
        let bound = self.bound();
        let fails = self.writer.place();
        let asked = self.begins_to_ask()?;
        self.kind(&expr.kind, fails)?;
        self.writer.push(Instruction::Jump { to: fail.label() });
        self.writer.here(fails);
        self.ends_to_ask(asked, fail);
        self.restore_bound(bound);
        Ok(fail)
    }

    fn kind(&mut self, kind: &ExprKind<'s>, fail: Place) -> Compiled<Place> {
        let outer = self.fails.replace(fail);
        let next = self.statement(kind, fail);
        self.fails = outer;
        next
    }

    fn statement(&mut self, kind: &ExprKind<'s>, fail: Place) -> Compiled<Place> {
        match kind {
            ExprKind::Term(term) => {
                let (value, fail) = self.value(term, fail)?;
                self.writer.push(Instruction::Holds { value, or: fail.label() });
                Ok(fail)
            }
            ExprKind::Call(call) => self.call(call, fail),
            ExprKind::Unify(left, right) => self.unify(left, right, fail),
            ExprKind::Every(every) => self.every(every, fail),
            ExprKind::Broken => Err(CompileError::new("a part of the text could not be read")),
        }
    }

    fn every(&mut self, every: &Every<'s>, fail: Place) -> Compiled<Place> {
        let bound = self.bound();
        let over = self.operand(&every.domain)?;
        let state = self.writer.registers_in_a_row(2)?;
        let done = self.writer.place();
        let of_all = self.begins_to_ask()?;
        self.writer.push(Instruction::Iterate { state, over, or: fail.label() });
        let next = self.writer.place_here();
        let mark = self.mark();
        let (key, value) = (self.register_of(&every.key)?, self.register_of(&every.value)?);
        self.writer.push(Instruction::Next { state, key, value, or: done.label() });
        self.begins_loop(mark);
        let of_turn = self.begins_to_ask()?;
        let broken = if of_turn.is_some() { self.writer.place() } else { fail };
        self.body(&every.body, broken)?;
        self.ends_loops(1);
        self.writer.push(Instruction::Jump { to: next.label() });
        if of_turn.is_some() {
            // A turn that lacks an answer of the host may hold: the next one is asked in the same round.
            self.writer.here(broken);
            self.ends_to_ask(of_turn, next);
            self.writer.push(Instruction::Jump { to: fail.label() });
        }
        self.writer.here(done);
        self.ends_to_ask(of_all, fail);
        self.restore_bound(bound);
        Ok(fail)
    }

    /// The register of a term that is a variable, which has a value from here on.
    fn register_of(&mut self, term: &Term<'s>) -> Compiled<Register> {
        match term.as_var() {
            Some(id) => {
                self.bind(id);
                self.register(id)
            }
            None => Err(CompileError::new("a variable is to stand here")),
        }
    }

    fn call(&mut self, call: &Call<'s>, fail: Place) -> Compiled<Place> {
        let Some(arity) = self.compiler.arity(&call.function) else {
            return Err(CompileError::new("nothing is known of a function that is called"));
        };
        let result = call.args.get(arity);
        let args = call.args.get(..arity).unwrap_or_default();
        if let (Function::Builtin(name), [left, right], None) = (&call.function, args, result)
            && let Some(how) = self.compiler.compares(name)
        {
            let (left, right) = (self.operand(left)?, self.operand(right)?);
            self.writer.push(Instruction::Compare { how, left, right, or: fail.label() });
            return Ok(fail);
        }
        if let Function::Builtin(name) = &call.function
            && let Some(said) = self.compiler.metadata(name, self.rule)?
        {
            // It is an object or an array, and never false.
            if let Some(result) = result {
                self.matches(result, said, fail)?;
            }
            return Ok(fail);
        }
        let first = self.in_a_row(args)?;
        let to = self.writer.register()?;
        let or = fail.label();
        match &call.function {
            Function::Builtin(name) => {
                let builtin = self.compiler.builtin(name);
                self.writer.push(Instruction::CallBuiltin { to, builtin, arguments: first, or });
                if builtins::find(name).is_some_and(|builtin| builtin.is_relation) {
                    return self.each_result(read(to), result, fail);
                }
            }
            Function::Rules(node) => {
                let procedure = self.compiler.procedure(*node, super::Purpose::Function)?;
                self.writer.push(Instruction::Call { to, procedure, arguments: first, or });
            }
            Function::Host(at) => {
                let function = self.compiler.host(*at)?;
                self.writer.push(Instruction::CallHost { to, function, arguments: first, or });
            }
            Function::Unknown { .. } => return Err(CompileError::new("nothing is known of a function that is called")),
        }
        match result {
            Some(result) => self.matches(result, read(to), fail)?,
            None => self.writer.push(Instruction::Holds { value: read(to), or }),
        }
        Ok(fail)
    }

    /// The results of a builtin that has many: it gives an array of them.
    fn each_result(&mut self, results: Operand, pattern: Option<&Term<'s>>, fail: Place) -> Compiled<Place> {
        let (_, value, next) = self.iterate(results, fail)?;
        if let Some(pattern) = pattern {
            self.matches(pattern, read(value), next)?;
        }
        Ok(next)
    }

    /// Walks what has parts. Answers the registers of key and value, and where the next ones are taken.
    pub(super) fn iterate(&mut self, over: Operand, fail: Place) -> Compiled<(Register, Register, Place)> {
        let state = self.writer.registers_in_a_row(4)?;
        let (key, value) = (behind(state, 2), behind(state, 3));
        self.writer.push(Instruction::Iterate { state, over, or: fail.label() });
        let next = self.writer.place_here();
        self.writer.push(Instruction::Next { state, key, value, or: fail.label() });
        Ok((key, value, next))
    }
}

/// How a builtin compares that is written as a sign.
pub(super) fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        "equal" => Comparison::Equal,
        "neq" => Comparison::NotEqual,
        "lt" => Comparison::Less,
        "lte" => Comparison::LessOrEqual,
        "gt" => Comparison::Greater,
        "gte" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}
