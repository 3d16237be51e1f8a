//! One procedure, instruction by instruction: what each register may hold of the input, at each place to which its instructions lead.

use super::held::NOTHING;
use super::paths::{DOCUMENT, Name};
use super::{Parts, Run};
use crate::rego::value::{Kind, LONG_KEY, Value};
use crate::rego::vm::code::{Callee, Instruction, Many, Operand, ProcedureId, Register, Replacement, Source};
use crate::rego::vm::rule_index::RuleIndex;
use crate::sorted;

/// What registers hold at a place.
type Registers = Vec<Parts>;

/// What is known at an instruction.
#[derive(Clone)]
enum Place {
    /// Only the instruction before leads there.
    Between,
    /// Others lead there too, and none of them has been come from.
    Target,
    /// What registers may hold.
    Known(Registers),
}

/// A run of one procedure.
struct Walk<'p> {
    procedure: ProcedureId,
    instructions: &'p [Instruction],
    /// Its first instruction.
    start: u32,
    /// What is known at each of its instructions.
    places: Vec<Place>,
    /// Those where more is known than they were run with.
    changed: sorted::Set<u32>,
    /// Whether the one value that the procedure says is said once.
    says_once: bool,
}

impl Walk<'_> {
    fn place(&self, at: u32) -> Option<&Place> {
        at.checked_sub(self.start).and_then(|at| self.places.get(at as usize))
    }
}

impl<'p> Run<'p> {
    /// Runs a procedure with all that is known now; `None` where it is too much to follow.
    pub(super) fn run(&mut self, procedure: ProcedureId) -> Option<()> {
        let own = *self.program.code.procedures.get(procedure.0 as usize)?;
        let start = own.start.0;
        let end = *self.ground.ends.get(procedure.0 as usize)?;
        let instructions = self.program.code.instructions.get(start as usize..end as usize)?;
        self.charge(instructions.len() as u64 / 8)?;
        let mut registers = self.known.get(&procedure)?.arguments.clone();
        registers.resize(usize::from(own.registers), NOTHING);
        let mut places = vec![Place::Between; instructions.len()];
        let mut leads_to = |at: u32| {
            let place = at.checked_sub(start).and_then(|at| places.get_mut(at as usize))?;
            *place = Place::Target;
            Some(())
        };
        let (mut defines, mut loops) = (Vec::new(), Vec::new());
        for (instruction, at) in instructions.iter().zip(start..) {
            let mut instruction = *instruction;
            if let Some(label) = instruction.label_mut() {
                leads_to(label.0)?;
                if label.0 <= at {
                    loops.push((label.0, at));
                }
            }
            match instruction {
                Instruction::AskElement { element, .. } => {
                    let steps = self.program.code.elements.get(element as usize)?.steps;
                    leads_to(at + 1 + u32::from(steps))?;
                }
                Instruction::NextCandidate { index, .. } => {
                    for &label in &self.index(index)?.rules {
                        leads_to(label)?;
                        if label <= at {
                            loops.push((label, at));
                        }
                    }
                }
                Instruction::Define { .. } => defines.push(at),
                _ => {}
            }
        }
        let says_once = match defines.as_slice() {
            [only] => !loops.iter().any(|(from, to)| from <= only && only <= to),
            _ => false,
        };
        *places.first_mut()? = Place::Known(registers);
        let changed = sorted::Set::from_iter([start]);
        let mut walk = Walk { procedure, instructions, start, places, changed, says_once };
        let collected = self.known.get(&procedure)?.collected;
        while let Some(from) = walk.changed.pop_first() {
            let Place::Known(registers) = walk.place(from)? else { return None };
            let registers = registers.clone();
            self.run_from(&mut walk, from, registers)?;
        }
        // What is collected goes to all that is made of it, also by instructions that were looked at before it was.
        if self.known.get(&procedure)?.collected != collected {
            self.waiting.insert(procedure);
        }
        Some(())
    }

    /// Runs the instructions from a place to the next.
    fn run_from(&mut self, walk: &mut Walk<'p>, from: u32, mut registers: Registers) -> Option<()> {
        let mut at = from;
        loop {
            self.charge(1 + registers.len() as u64 / 8)?;
            let mut instruction = *walk.instructions.get(at.checked_sub(walk.start)? as usize)?;
            if let Some(label) = instruction.label_mut() {
                self.comes_to(walk, label.0, &registers)?;
            }
            if matches!(instruction, Instruction::Jump { .. } | Instruction::Fail) {
                return Some(());
            }
            if let Instruction::NextCandidate { index, .. } = instruction {
                let rules = &self.index(index)?.rules;
                return rules.iter().try_for_each(|label| self.comes_to(walk, *label, &registers));
            }
            self.step_over(walk, &instruction, &mut registers)?;
            match instruction {
                Instruction::Return { .. } => return Some(()),
                Instruction::AskElement { element, .. } => {
                    let steps = self.program.code.elements.get(element as usize)?.steps;
                    self.comes_to(walk, at + 1 + u32::from(steps), &registers)?;
                }
                _ => {}
            }
            at += 1;
            if !matches!(walk.place(at)?, Place::Between) {
                return self.comes_to(walk, at, &registers);
            }
        }
    }

    /// Adds what registers may hold at a place.
    fn comes_to(&mut self, walk: &mut Walk<'_>, at: u32, registers: &[Parts]) -> Option<()> {
        let place = at.checked_sub(walk.start)? as usize;
        let mut cleared;
        let mut registers = registers;
        // INVARIANT (rules): registers behind the state of an index are those of one rule, and are written before they are read.
        if let Instruction::NextCandidate { index, state, .. } = *walk.instructions.get(place)? {
            let of_rules = usize::from(state.0) + self.index(index)?.keys.len() + 1;
            cleared = registers.to_vec();
            cleared.iter_mut().skip(of_rules).for_each(|register| *register = NOTHING);
            registers = &cleared;
        }
        self.charge(registers.len() as u64 / 8)?;
        let known = walk.places.get_mut(place)?;
        let Place::Known(known) = known else {
            *known = Place::Known(registers.to_vec());
            walk.changed.insert(at);
            return Some(());
        };
        // Most registers hold what they held.
        for (own, other) in known.iter_mut().zip(registers).filter(|(own, other)| own != other) {
            let both = self.held.both(*own, *other, &mut self.work)?;
            if both != *own {
                *own = both;
                walk.changed.insert(at);
            }
        }
        Some(())
    }

    fn index(&self, number: u32) -> Option<&'p RuleIndex> {
        self.program.code.indexes.get(number as usize)
    }

    fn constant(&self, operand: Operand) -> Value {
        match operand.source() {
            Source::Constant(index) => self.program.code.constants.get(index as usize).copied(),
            Source::Register(_) => None,
        }
        .unwrap_or(Value::UNDEFINED)
    }

    /// The key that a constant is, where it is one that objects may have.
    fn name(&self, key: Operand) -> Option<Name> {
        let word = self.constant(key);
        match word.kind() {
            Kind::String(slice) => Some(Name { text: self.program.constants.text(slice).to_owned(), word }),
            _ => None,
        }
    }

    /// What an instruction does where it does not fail.
    fn step_over(&mut self, walk: &Walk<'_>, instruction: &Instruction, registers: &mut Registers) -> Option<()> {
        let own = |registers: &Registers, register: Register| {
            registers.get(usize::from(register.0)).copied().unwrap_or(NOTHING)
        };
        let of = |registers: &Registers, operand: Operand| match operand.source() {
            Source::Register(register) => own(registers, register),
            Source::Constant(_) => NOTHING,
        };
        let row = |registers: &Registers, first: Register, count: usize| -> Vec<Parts> {
            registers.iter().skip(usize::from(first.0)).take(count).copied().collect()
        };
        let (to, value) = match *instruction {
            Instruction::Move { to, from } => (to, of(registers, from)),
            Instruction::Compare { left, right, .. } => {
                // A scalar is kept as it is, and what is none differs from every scalar by its kind.
                if !self.constant(left).is_scalar() && !self.constant(right).is_scalar() {
                    self.looks_at(of(registers, left));
                    self.looks_at(of(registers, right));
                }
                return Some(());
            }
            Instruction::Lookup { to, of: from, key, .. } => (to, self.looked_up(registers, from, key, of)?),
            Instruction::LookupPlace { to, of: from, key, .. } => {
                let found = self.looked_up(registers, from, key, of)?;
                (to, self.with_places(walk, found)?)
            }
            Instruction::Keys { to, of: from, .. } => {
                let from = of(registers, from);
                self.walks(from)?;
                let inside = self.held.get(from).inside.clone();
                (to, self.held.keep(Vec::new(), inside)?)
            }
            Instruction::Document { to, of: from, .. } => (to, self.with_places(walk, of(registers, from))?),
            Instruction::Input { to, .. } => (to, self.held.keep(vec![DOCUMENT], Vec::new())?),
            Instruction::Ask { to, procedure, .. } => (to, self.answer(procedure, walk.procedure)),
            Instruction::AskElement { to, element, key, .. } => {
                self.looks_at(of(registers, key));
                let asked = *self.program.code.elements.get(element as usize)?;
                let mut found = self.answer(asked.procedure, walk.procedure);
                let whole = self.answer(asked.whole, walk.procedure);
                found = self.both(found, whole)?;
                if let Many::By(procedure) = asked.many {
                    let by = self.answer(procedure, walk.procedure);
                    found = self.both(found, by)?;
                }
                (to, found)
            }
            Instruction::Call { to, procedure, arguments, .. } => {
                let count = self.program.code.procedures.get(procedure.0 as usize)?.arguments;
                let arguments = row(registers, arguments, usize::from(count));
                let replaced = self.replaced(walk, Callee::Procedure(procedure), &arguments)?;
                self.gives(procedure, &arguments)?;
                let found = self.answer(procedure, walk.procedure);
                (to, self.both(found, replaced)?)
            }
            Instruction::CallBuiltin { to, builtin, arguments, .. } => {
                let function = self.program.builtins.get(usize::from(builtin)).copied().flatten();
                let arguments = row(registers, arguments, function.map_or(usize::MAX, |function| function.arguments()));
                arguments.iter().for_each(|argument| self.looks_at(*argument));
                (to, self.replaced(walk, Callee::Builtin(builtin), &arguments)?)
            }
            Instruction::CallHost { to, function, arguments, .. } => {
                let count = self.program.code.host_functions.get(usize::from(function))?.arguments;
                let arguments = row(registers, arguments, usize::from(count));
                arguments.iter().for_each(|argument| self.looks_at(*argument));
                (to, self.replaced(walk, Callee::Host(function), &arguments)?)
            }
            Instruction::MakeArray { to, first, count } => {
                let items = row(registers, first, usize::from(count));
                (to, self.held.around(items.into_iter())?)
            }
            Instruction::MakeSet { to, first, count } => {
                // Elements are compared with one another.
                row(registers, first, usize::from(count)).into_iter().for_each(|element| self.looks_at(element));
                (to, NOTHING)
            }
            Instruction::MakeObject { to, first, pairs } => {
                let parts = row(registers, first, 2 * usize::from(pairs));
                parts.iter().step_by(2).for_each(|key| self.looks_at(*key));
                (to, self.held.around(parts.into_iter().skip(1).step_by(2))?)
            }
            Instruction::IsArray { value, .. } | Instruction::IsObject { value, .. } => {
                return self.walks(of(registers, value));
            }
            Instruction::Candidates { index, state } => {
                // Of what is tested only scalars matter.
                for by in 0..=u16::try_from(self.index(index)?.keys.len()).ok()? {
                    self.put(registers, Register(state.0.saturating_add(by)), NOTHING);
                }
                return Some(());
            }
            Instruction::Iterate { state, over, .. } => {
                let over = of(registers, over);
                self.walks(over)?;
                self.put(registers, Register(state.0.saturating_add(1)), NOTHING);
                (state, over)
            }
            Instruction::Next { state, key, value, .. } => {
                let over = own(registers, state);
                // The elements of a set are their own keys.
                let inside = self.held.get(over).inside.clone();
                let of_key = self.held.keep(inside.clone(), inside)?;
                self.put(registers, key, of_key);
                (value, self.step(over, None)?)
            }
            Instruction::Push { value } => {
                let known = self.known.get(&walk.procedure)?.collected;
                let both = self.both(known, of(registers, value))?;
                self.known.get_mut(&walk.procedure)?.collected = both;
                return Some(());
            }
            Instruction::CollectedArray { to, .. } => {
                let collected = self.known.get(&walk.procedure)?.collected;
                (to, self.held.around(std::iter::once(collected))?)
            }
            Instruction::CollectedSet { to, .. }
            | Instruction::CollectedObject { to, .. }
            | Instruction::CollectedTree { to, .. }
            | Instruction::CollectedIndex { to, .. } => {
                let collected = self.known.get(&walk.procedure)?.collected;
                self.looks_at(collected);
                (to, NOTHING)
            }
            Instruction::Define { to, value, .. } => {
                let value = of(registers, value);
                if walk.says_once {
                    (to, value)
                } else {
                    // Another value than before is an error.
                    self.looks_at(value);
                    (to, NOTHING)
                }
            }
            Instruction::Merge { to, under, over } => {
                self.looks_at(of(registers, under));
                self.looks_at(of(registers, over));
                (to, NOTHING)
            }
            Instruction::Replace { first, count, values } => {
                for value in row(registers, values, usize::from(count)) {
                    self.looks_at(value);
                }
                let first = first as usize;
                let replacements = self.program.code.replacements.get(first..first + usize::from(count))?;
                for replacement in replacements {
                    if let Replacement::Input { path } = replacement {
                        self.copies(*path)?;
                    }
                }
                return Some(());
            }
            Instruction::Return { value } => return self.answers(walk.procedure, of(registers, value)),
            Instruction::Data { to, .. } | Instruction::Collect { mark: to } | Instruction::Unanswered { to } => {
                (to, NOTHING)
            }
            Instruction::Jump { .. }
            | Instruction::NextCandidate { .. }
            | Instruction::Fail
            | Instruction::Restore
            | Instruction::Holds { .. }
            | Instruction::IsDefined { .. }
            | Instruction::NoneUnanswered { .. } => return Some(()),
        };
        self.put(registers, to, value);
        Some(())
    }

    fn put(&self, registers: &mut Registers, to: Register, value: Parts) {
        if let Some(register) = registers.get_mut(usize::from(to.0)) {
            *register = value;
        }
    }

    fn looked_up(
        &mut self,
        registers: &Registers,
        from: Operand,
        key: Operand,
        of: impl Fn(&Registers, Operand) -> Parts,
    ) -> Option<Parts> {
        let from = of(registers, from);
        // It may be looked for in a set.
        self.looks_at(of(registers, key));
        if from == NOTHING {
            return Some(NOTHING);
        }
        match self.name(key) {
            // It takes steps to be compared with other keys: they are kept.
            Some(name) if name.text.len() >= LONG_KEY as usize => {
                self.looks_at(from);
                Some(NOTHING)
            }
            name => self.step(from, name.as_ref()),
        }
    }

    /// Adds what a step into a place below `data` may lead to.
    fn with_places(&mut self, walk: &Walk<'_>, found: Parts) -> Option<Parts> {
        let mut found = found;
        self.charge(self.ground.places.len() as u64)?;
        for &procedure in &self.ground.places {
            let answer = self.answer(procedure, walk.procedure);
            found = self.both(found, answer)?;
        }
        Some(found)
    }

    /// What takes the place of a function is given all of its arguments. Answers with what it may answer.
    fn replaced(&mut self, walk: &Walk<'_>, callee: Callee, arguments: &[Parts]) -> Option<Parts> {
        let Some(by) = self.ground.replaced.get(&callee) else { return Some(NOTHING) };
        arguments.iter().for_each(|argument| self.looks_at(*argument));
        let mut found = NOTHING;
        self.charge(by.len() as u64)?;
        for &callee in by {
            if let Callee::Procedure(procedure) = callee {
                let answer = self.answer(procedure, walk.procedure);
                found = self.both(found, answer)?;
            }
        }
        Some(found)
    }

    /// The objects on the way to a part of the input that is replaced are copied with all of their keys.
    fn copies(&mut self, path: Operand) -> Option<()> {
        let Kind::Array(steps) = self.constant(path).kind() else { return Some(()) };
        let mut at = Some(DOCUMENT);
        for word in self.program.constants.items(steps) {
            let Some(part) = at else { break };
            self.paths.any(part)?;
            at = match word.kind() {
                Kind::String(slice) if slice.len >= LONG_KEY => {
                    self.paths.whole(part);
                    None
                }
                Kind::String(slice) => {
                    let name = Name { text: self.program.constants.text(slice).to_owned(), word: *word };
                    self.paths.key(part, &name)?
                }
                // A number leads into an array.
                _ => self.paths.any(part)?,
            };
        }
        Some(())
    }
}
