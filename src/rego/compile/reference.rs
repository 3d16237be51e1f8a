//! References: from where they begin, step by step, through packages and rules first.

use super::term::Scope;
use super::writer::{Place, read};
use super::{Compiled, Purpose};
use crate::rego::analysis::lowered::{Ref, RefHead, Root, Term};
use crate::rego::analysis::rule_tree::{Constant, NodeId};
use crate::rego::vm::code::{Instruction, Operand};
use std::borrow::Cow;

/// One step of a reference.
enum Step<'t, 's> {
    Constant(Constant<'s>),
    Term(&'t Term<'s>),
}

impl<'s> Scope<'_, '_, 's> {
    /// What a reference leads to, and where to go on for another value: variables in it without a value take every key.
    pub(super) fn reference(&mut self, reference: &Ref<'s>, fail: Place) -> Compiled<(Operand, Place)> {
        let path = match reference.head {
            RefHead::Var(id) => {
                let of = read(self.register(id)?);
                return self.look_up(of, reference.parts.iter().map(step_of), fail);
            }
            RefHead::Path(path) => path,
        };
        let names: Vec<Cow<'s, str>> = self.compiler.bundle.paths.names(path).to_vec();
        let names = names.into_iter().map(|name| Step::Constant(Constant::String(name)));
        let mut steps: Vec<Step<'_, 's>> = names.collect();
        steps.extend(reference.parts.iter().map(step_of));
        match self.compiler.bundle.paths.root(path) {
            Root::Input => {
                let to = self.writer.register()?;
                self.writer.push(Instruction::Input { to, or: fail.label() });
                self.look_up(read(to), steps.into_iter(), fail)
            }
            Root::Data => self.document(steps, fail),
        }
    }

    fn document(&mut self, steps: Vec<Step<'_, 's>>, fail: Place) -> Compiled<(Operand, Place)> {
        let mut node = NodeId::DATA;
        let mut steps = steps.into_iter().peekable();
        // Rules may add to what stands below them: their document is asked for as a whole.
        while self.compiler.rules(node).is_empty()
            && let Some(Step::Constant(key)) = steps.peek()
            && let Some(child) = self.compiler.bundle.tree.child(node, key)
        {
            node = child;
            steps.next();
        }
        if self.compiler.is_function(node) {
            self.writer.push(Instruction::Jump { to: fail.label() });
            return Ok((self.compiler.constants.undefined()?, fail));
        }
        if let Some(longest) = super::elements::longest_way(self.compiler, node) {
            let mut keys = Vec::new();
            while keys.len() < longest
                && let Some(step) = steps.peek()
                && let Some(key) = self.key(step)?
            {
                keys.push(key);
                steps.next();
            }
            // Of what is known of no step, all is asked.
            if !keys.is_empty() {
                let element = self.ask_element(node, &keys, fail)?;
                return self.look_up(element, steps, fail);
            }
        }
        let to = self.writer.register()?;
        if self.compiler.rules(node).is_empty() {
            match steps.peek() {
                // Below here nothing but data can be.
                Some(Step::Constant(_)) => {
                    let mut path: Vec<Constant<'s>> =
                        self.compiler.bundle.tree.path(node).into_iter().cloned().collect();
                    while let Some(Step::Constant(key)) = steps.peek() {
                        path.push(key.clone());
                        steps.next();
                    }
                    let path = self.compiler.constants.path(&path)?;
                    self.writer.push(Instruction::Data { to, path, or: fail.label() });
                }
                Some(Step::Term(_)) => return self.through_places(node, steps, fail),
                None => {
                    let procedure = self.compiler.procedure(node, Purpose::Document)?;
                    self.writer.push(Instruction::Ask { to, procedure, or: fail.label() });
                }
            }
        } else {
            let is_below = |key: &Constant<'s>| self.compiler.bundle.tree.child(node, key).is_some();
            let is_apart = matches!(steps.peek(), Some(Step::Constant(key)) if !is_below(key));
            let purpose = if is_apart { Purpose::Value } else { Purpose::Document };
            let procedure = self.compiler.procedure(node, purpose)?;
            self.writer.push(Instruction::Ask { to, procedure, or: fail.label() });
        }
        self.look_up(read(to), steps, fail)
    }

    /// From a place whose next step only evaluation knows. Nothing is asked but what the steps lead to.
    fn through_places<'t>(
        &mut self,
        node: NodeId,
        steps: impl Iterator<Item = Step<'t, 's>>,
        fail: Place,
    ) -> Compiled<(Operand, Place)>
    where
        's: 't,
    {
        let place = self.compiler.place(node)?;
        let (mut of, mut fail) = (self.compiler.constants.place(place)?, fail);
        for step in steps {
            let key = match &step {
                Step::Constant(constant) => self.compiler.constants.step_operand(constant)?,
                Step::Term(term) if self.is_ground(term) => self.operand(term)?,
                Step::Term(pattern) => {
                    let keys = self.writer.register()?;
                    self.writer.push(Instruction::Keys { to: keys, of, or: fail.label() });
                    let (_, key, next) = self.iterate(read(keys), fail)?;
                    self.matches(pattern, read(key), next)?;
                    fail = next;
                    read(key)
                }
            };
            let to = self.writer.register()?;
            self.writer.push(Instruction::LookupPlace { to, of, key, or: fail.label() });
            of = read(to);
        }
        let to = self.writer.register()?;
        self.writer.push(Instruction::Document { to, of, or: fail.label() });
        Ok((read(to), fail))
    }

    /// The key of a step, where nothing in it is without a value.
    fn key(&mut self, step: &Step<'_, 's>) -> Compiled<Option<Operand>> {
        Ok(match step {
            Step::Constant(constant) => Some(self.compiler.constants.step_operand(constant)?),
            Step::Term(term) if self.is_ground(term) => Some(self.operand(term)?),
            Step::Term(_) => None,
        })
    }

    fn look_up<'t>(
        &mut self,
        of: Operand,
        steps: impl Iterator<Item = Step<'t, 's>>,
        fail: Place,
    ) -> Compiled<(Operand, Place)>
    where
        's: 't,
    {
        let (mut of, mut fail) = (of, fail);
        for step in steps {
            if let Some(key) = self.key(&step)? {
                let to = self.writer.register()?;
                self.writer.push(Instruction::Lookup { to, of, key, or: fail.label() });
                of = read(to);
            } else if let Step::Term(pattern) = step {
                let (key, value, next) = self.iterate(of, fail)?;
                self.matches(pattern, read(key), next)?;
                (of, fail) = (read(value), next);
            }
        }
        Ok((of, fail))
    }
}

fn step_of<'t, 's>(term: &'t Term<'s>) -> Step<'t, 's> {
    match Constant::of(term) {
        Some(constant) => Step::Constant(constant),
        None => Step::Term(term),
    }
}
