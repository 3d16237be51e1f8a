//! The rules of an index that can hold: where their lists begin, and the next one of them.
//!
//! The state is a row of registers: a place in the lists of the index for the rules that are always tried, and one for each of its tests.

use super::super::code::{Label, Register};
use super::{Kind, Machine, Run, Stop, Value};
use std::rc::Rc;

impl Machine {
    /// Puts the places of their lists where the values stand that are tested.
    ///
    /// # Errors
    /// There are no steps left for as many tests.
    pub(super) fn candidates(&mut self, run: &mut Run, index: u32, state: Register) -> Result<(), Stop> {
        let program = Rc::clone(&self.program);
        let Some(index) = program.code.indexes.get(index as usize) else {
            return Err(Stop::internal("there is no such index"));
        };
        run.charge(index.keys.len() as u64)?;
        // INVARIANT (seen): a rule that is left out holds no builtin that would have failed, and no line that would have been seen.
        let tries_all = !program.behind.is_empty() || index.calls_builtins && run.request.strict_builtin_errors;
        self.set(run, state, Value::count(if tries_all { index.lists.len() } else { 0 }));
        let mut register = state;
        for (test, keys) in index.keys.iter().enumerate() {
            register = Register(register.0.saturating_add(1));
            let value = self.value(run, register.into());
            let keys = program.code.constants.get(*keys as usize).copied().filter(|_| !tries_all);
            let start = keys.and_then(|keys| index.start(test, &self.stores, keys, value));
            self.set(run, register, start.map_or(Value::UNDEFINED, Value::count));
        }
        Ok(())
    }

    /// Goes on at the next rule that can hold, in the order of the rules.
    pub(super) fn next_candidate(&mut self, run: &mut Run, index: u32, state: Register, or: Label) {
        let Some(index) = self.program.code.indexes.get(index as usize) else { return run.go(or) };
        let (mut next, mut from) = (usize::MAX, (state, 0));
        let mut register = state;
        for _ in 0..=index.keys.len() {
            if let Kind::Integer(place) = self.value(run, register.into()).kind() {
                let place = place.max(0) as usize;
                let rule = index.rule_at(place);
                if rule < next {
                    (next, from) = (rule, (register, place));
                }
            }
            register = Register(register.0.saturating_add(1));
        }
        let Some(&label) = index.rules.get(next) else { return run.go(or) };
        let (register, place) = from;
        self.set(run, register, Value::count(place.saturating_add(1)));
        run.go(Label(label));
    }
}
