//! The rules of an index that can hold: where their lists begin, and the next one of them.
//!
//! The state is a row of registers: a place in the lists of the index for the rules that are always tried, and one for each of its tests.

use super::super::code::{Label, Register};
use super::{Kind, Machine, Run, Stop, Value, constant};

impl Machine {
    /// Puts the places of their lists where the values stand that are tested.
    ///
    /// # Errors
    /// There are no steps left for as many tests.
    pub(super) fn candidates(&mut self, run: &mut Run, index: u32, state: Register) -> Result<(), Stop> {
        let Some(index) = self.program.code.indexes.get(index as usize) else {
            return Err(Stop::internal("there is no such index"));
        };
        run.charge(index.tests.len() as u64)?;
        // INVARIANT (seen): a rule that is left out holds no builtin that would have failed, and no line that would have been seen.
        let tries_all = !self.program.behind.is_empty() || index.calls_builtins && run.request.strict_builtin_errors;
        let at = run.base as usize + usize::from(state.0);
        let mut registers = self.registers.iter_mut().skip(at);
        if let Some(always) = registers.next() {
            *always = Value::count(if tries_all { index.lists.len() } else { 0 });
        }
        for (value, test) in registers.zip(&index.tests) {
            let keys = constant(&self.program.code, test.keys);
            let start = test.start(&self.stores, keys, *value).filter(|_| !tries_all);
            *value = start.map_or(Value::UNDEFINED, |start| Value::count(start as usize));
        }
        Ok(())
    }

    /// Goes on at the next rule that can hold, in the order of the rules.
    pub(super) fn next_candidate(&mut self, run: &mut Run, index: u32, state: Register, or: Label) {
        let Some(index) = self.program.code.indexes.get(index as usize) else { return run.go(or) };
        let at = run.base as usize + usize::from(state.0);
        let row = self.registers.iter_mut().skip(at).take(1 + index.tests.len());
        let places = row.filter_map(|register| match register.kind() {
            Kind::Integer(place) => Some((index.rule_at(place.max(0) as usize), place.max(0) as usize, register)),
            _ => None,
        });
        let next = places.min_by_key(|(rule, ..)| *rule);
        let Some((label, place, register)) =
            next.and_then(|(rule, place, register)| Some((*index.rules.get(rule)?, place, register)))
        else {
            return run.go(or);
        };
        *register = Value::count(place + 1);
        run.go(label);
    }
}
