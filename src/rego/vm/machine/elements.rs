//! Asking partial rules for one element, or for another part of what they give.

use super::super::code::{Label, Many, Register};
use super::{Asks, Machine, Run, Stop};
use crate::rego::value::Value;

/// Whoever asks for more elements than this one by one gets them from what is evaluated once for all, where nothing can fail in what nobody
/// asks for. That takes one pass over all that the bodies go through, which each element that is asked by itself may take as well.
const FEW: usize = 8;

impl Machine {
    /// Puts the element into a register and goes on behind the instructions that would look it up; or puts all of what it is a part of
    /// there, for those instructions to look into.
    pub(super) fn ask_element(
        &mut self,
        run: &mut Run,
        element: u32,
        key: Value,
        to: Register,
        or: Label,
    ) -> Result<(), Stop> {
        let Some(&asked) = self.program.code.elements.get(element as usize) else {
            return Err(Stop::internal("there is no such element"));
        };
        let Some(world) = self.worlds.last() else { return Err(Stop::internal("nothing is asked of any world")) };
        if world.hidden.binary_search(&asked.whole).is_ok() || world.answer(asked.whole).is_some() {
            return self.ask_inside(run, asked.whole, to, or);
        }
        if let Some(known) = world.element(asked.procedure, key, &self.stores) {
            self.take(run, to, known, or);
            if known.is_defined() && known != Value::UNANSWERED {
                run.next += u32::from(asked.steps);
            }
            return Ok(());
        }
        // Strict builtins end an evaluation by what they are given, and functions that take the place of others by anything.
        let nothing_fails = !run.request.strict_builtin_errors && world.functions.is_empty();
        let are_many = nothing_fails && world.elements_of(asked.procedure) >= FEW;
        let (procedure, asks) = match asked.many {
            Many::Whole if are_many => return self.ask_inside(run, asked.whole, to, or),
            Many::By(procedure) if are_many => (procedure, Asks::Call),
            _ => (asked.procedure, Asks::Element(asked.procedure, key)),
        };
        run.next += u32::from(asked.steps);
        self.wait(run, to, or, asks);
        self.registers.push(key);
        self.enter(procedure, run)
    }
}
