//! Asking partial rules for one element.

use super::super::code::{Label, ProcedureId, Register};
use super::{Asks, Machine, Run, Stop};
use crate::rego::value::Value;

/// An element that is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element {
    /// What gives one element.
    pub procedure: ProcedureId,
    /// What gives all of them.
    pub whole: ProcedureId,
    pub key: Value,
    /// Whether it is one of a set in which nothing can fail.
    pub is_set: bool,
}

/// Whoever asks for more elements than this one by one gets all of them, which takes no longer than a few: of a set in which nothing can
/// fail. What nobody asks for may fail elsewhere, as keys of an object that contradict each other.
const FEW: usize = 8;

impl Machine {
    /// Puts the element into a register and goes on behind the next instruction; or puts all of them there, for the next instruction
    /// to look into.
    pub(super) fn ask_element(&mut self, run: &mut Run, asked: Element, to: Register, or: Label) -> Result<(), Stop> {
        let Some(world) = self.worlds.last() else { return Err(Stop::internal("nothing is asked of any world")) };
        if world.hidden.binary_search(&asked.procedure).is_ok() || world.answers.contains_key(&asked.whole) {
            return self.ask_inside(run, asked.whole, to, or);
        }
        if let Some(known) = world.element(asked.procedure, asked.key, &self.stores) {
            self.set_or(run, to, known, or);
            if known.is_defined() {
                run.next += 1;
            }
            return Ok(());
        }
        let are_many = asked.is_set && !run.request.strict_builtin_errors && world.elements_of(asked.procedure) >= FEW;
        // Only what is quickly compared is kept by its key.
        if are_many || !asked.key.is_scalar() {
            return self.ask_inside(run, asked.whole, to, or);
        }
        run.next += 1;
        self.wait(run, to, or, Asks::Element(asked.procedure, asked.key));
        self.registers.push(asked.key);
        self.enter(asked.procedure, run)
    }
}
