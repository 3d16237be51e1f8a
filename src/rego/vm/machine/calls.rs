//! Procedures and builtins that are asked and called, and what takes their place under `with`.

use super::super::code::{Callee, Label, ProcedureId, Register, Replacement};
use super::super::functions::{Callable, Context, Failure};
use super::super::world::{Substitute, World, with_path};
use super::{Asks, Frame, Machine, Print, Run, Stop, path_of};
use crate::rego::memory::allocated_bytes;
use crate::rego::value::{UNITS_OF_WORD, Value};
use crate::sorted::InOrder;

/// No builtin takes more arguments.
const MOST_ARGUMENTS: usize = 4;
/// Units of memory of a value that a procedure has given, and is kept.
const UNITS_OF_ANSWER: u64 = 4 * UNITS_OF_WORD;
/// Units of memory of an element that is kept, with its key.
const UNITS_OF_ELEMENT: u64 = 12 * UNITS_OF_WORD;

impl Machine {
    /// Begins a procedure, whose arguments stand where its registers begin.
    pub(super) fn enter(&mut self, procedure: ProcedureId, run: &mut Run) -> Result<(), Stop> {
        let Some(procedure) = self.program.code.procedures.get(procedure.0 as usize) else {
            return Err(Stop::internal("there is no such procedure"));
        };
        if self.frames.len() >= run.request.depth {
            return Err(Stop::Limit("depth"));
        }
        let own = run.base as usize + usize::from(procedure.registers);
        if own as u64 > run.request.units / UNITS_OF_WORD {
            return Err(Stop::Limit("memory_units"));
        }
        // A wall behind the cost model, which no evaluation reaches while each of its units stands for bytes enough.
        if allocated_bytes() > run.heap_ceiling {
            return Err(Stop::Limit("heap_bytes"));
        }
        let (start, registers) = (procedure.start, procedure.registers);
        // They are filled each time.
        run.charge(u64::from(registers) / 32)?;
        self.registers.resize(own, Value::UNDEFINED);
        run.go(start);
        Ok(())
    }

    /// Ends a procedure. Answers with its value where nothing waits for it.
    ///
    /// Where the host has not answered a call in it, it has none: whoever waits for it goes on as behind such a call.
    ///
    /// # Errors
    /// There are not enough units of memory to keep the value.
    pub(super) fn leave(&mut self, run: &mut Run, value: Value) -> Result<Option<Value>, Stop> {
        let lacks_answers = run.asking.is_some_and(|waiting| self.frames.len() <= waiting);
        let value = if lacks_answers { Value::UNANSWERED } else { value };
        let Some(frame) = self.frames.pop() else { return Ok(Some(value)) };
        if let Some(world) = self.worlds.last_mut() {
            match frame.asks {
                Asks::Call => {}
                Asks::Procedure(procedure) => {
                    self.stores.charge(UNITS_OF_ANSWER)?;
                    world.keep_answer(procedure, value);
                }
                Asks::Element(procedure, key) => {
                    self.stores.charge(UNITS_OF_ELEMENT)?;
                    world.keep_element(procedure, key, value, &self.stores);
                }
            }
        }
        if frame.has_world {
            self.worlds.pop();
        }
        self.registers.truncate(run.base as usize);
        run.base = frame.base;
        run.next = frame.next;
        self.take(run, frame.to, value, frame.or);
        if lacks_answers {
            run.asking = Some(self.frames.len());
        }
        Ok(None)
    }

    /// Takes what is known of a procedure or an element: its value, or that it lacks an answer of the host.
    pub(super) fn take(&mut self, run: &mut Run, to: Register, known: Value, or: Label) {
        if known == Value::UNANSWERED {
            self.goes_on_without(run, or);
        } else {
            self.set_or(run, to, known, or);
        }
    }

    /// Goes on without an answer of the host: nothing that is found in this procedure from here on is an answer.
    pub(super) fn goes_on_without(&self, run: &mut Run, or: Label) {
        run.unanswered += 1;
        run.asking = run.asking.max(Some(self.frames.len()));
        run.go(or);
    }

    pub(super) fn ask_inside(
        &mut self,
        run: &mut Run,
        procedure: ProcedureId,
        to: Register,
        or: Label,
    ) -> Result<(), Stop> {
        let Some(world) = self.worlds.last() else { return Err(Stop::internal("nothing is asked of any world")) };
        if let Some(known) = world.answer(procedure) {
            self.take(run, to, known, or);
            return Ok(());
        }
        if world.hidden.binary_search(&procedure).is_ok() {
            let path = self.program.code.procedures.get(procedure.0 as usize).map(|procedure| procedure.path);
            let found = self.data_at(path.map_or(Value::UNDEFINED, |path| self.value(run, path)))?;
            self.set_or(run, to, found, or);
            return Ok(());
        }
        self.wait(run, to, or, Asks::Procedure(procedure));
        self.enter(procedure, run)
    }

    /// Puts the procedure that runs behind those that wait, and begins new registers behind its own.
    pub(super) fn wait(&mut self, run: &mut Run, to: Register, or: Label, asks: Asks) {
        self.frames.push(Frame { next: run.next, base: run.base, to, or, asks, has_world: false });
        run.base = u32::try_from(self.registers.len()).unwrap_or(u32::MAX);
    }

    pub(super) fn call(
        &mut self,
        run: &mut Run,
        callee: Callee,
        arguments: Register,
        to: Register,
        or: Label,
    ) -> Result<(), Stop> {
        let substitute = self
            .worlds
            .last()
            .and_then(|world| world.functions.iter().find(|(of, _)| *of == callee).map(|(_, substitute)| *substitute));
        let callee = match substitute {
            None => callee,
            Some(Substitute::Value(value)) => {
                self.set_or(run, to, value, or);
                return Ok(());
            }
            Some(Substitute::Function(other)) => other,
        };
        match callee {
            Callee::Procedure(id) => {
                let count = self.program.code.procedures.get(id.0 as usize).map_or(0, |procedure| procedure.arguments);
                if count == 0 {
                    return self.ask_inside(run, id, to, or);
                }
                let from = run.base as usize + usize::from(arguments.0);
                self.wait(run, to, or, Asks::Call);
                if substitute.is_some() {
                    self.enter_own_world()?;
                }
                let given = from..from + usize::from(count);
                if given.end <= self.registers.len() {
                    self.registers.extend_from_within(given);
                }
                self.enter(id, run)
            }
            Callee::Host(function) => self.call_host(run, function, arguments, to, or),
            Callee::Builtin(id) => {
                let name = self.program.code.builtins.get(usize::from(id)).map(String::as_str).unwrap_or_default();
                let function = match self.program.builtins.get(usize::from(id)) {
                    Some(&Some(Callable::Here(function))) => function,
                    Some(&Some(Callable::Driver(asked))) => {
                        let name = name.to_owned();
                        let arguments = self.row(run, arguments, asked.arguments).to_vec();
                        return self.call_asked(run, &name, asked, &arguments, to, or);
                    }
                    _ => {
                        return Err(Stop::Error {
                            code: "builtin_not_available",
                            message: format!("the builtin {name} is not available in this engine"),
                        });
                    }
                };
                let mut own = [Value::UNDEFINED; MOST_ARGUMENTS];
                let given = self.row(run, arguments, function.arguments());
                let arguments = own.get_mut(..given.len()).unwrap_or_default();
                arguments.copy_from_slice(given);
                let mut context = Context {
                    stores: &mut self.stores,
                    steps: &mut run.steps,
                    request: &run.request,
                    prints: &mut self.printed,
                };
                let answer = function.call(&mut context, arguments);
                if !self.printed.is_empty() {
                    let position = self.position(run);
                    self.prints.extend(self.printed.drain(..).map(|text| Print { position, text }));
                }
                let failure = match answer {
                    Ok(value) => {
                        self.set_or(run, to, value, or);
                        return Ok(());
                    }
                    Err(failure) => failure,
                };
                run.fail(name, failure, or)
            }
        }
    }

    /// What takes the place of a function calls functions as they are.
    ///
    /// # Errors
    /// There is no memory left for a world.
    pub(super) fn enter_own_world(&mut self) -> Result<(), Stop> {
        let Some(world) = self.worlds.last() else { return Err(Stop::internal("nothing is called in any world")) };
        let own = World::new(world.input, world.data, world.hidden.clone(), Vec::new());
        self.stores.charge(own.units())?;
        self.worlds.push(own);
        if let Some(frame) = self.frames.last_mut() {
            frame.has_world = true;
        }
        Ok(())
    }

    pub(super) fn replace(&mut self, run: &mut Run, first: u32, count: u16, values: Register) -> Result<(), Stop> {
        let Some(world) = self.worlds.last() else { return Err(Stop::internal("nothing is replaced in any world")) };
        let mut next = World::new(world.input, world.data, world.hidden.clone(), world.functions.clone());
        let values = self.row(run, values, usize::from(count)).to_vec();
        let first = first as usize;
        let replacements = self.program.code.replacements.get(first..first + usize::from(count)).unwrap_or_default();
        for (replacement, value) in replacements.iter().zip(values) {
            match replacement {
                Replacement::Input { path } => {
                    let path = path_of(&self.program.code, &self.stores, *path);
                    next.input = with_path(&mut self.stores, next.input, &path, value)?;
                }
                Replacement::Data { path, hidden } => {
                    let path = path_of(&self.program.code, &self.stores, *path);
                    next.data = with_path(&mut self.stores, next.data, &path, value)?;
                    next.hidden.extend(hidden);
                }
                Replacement::Function { of, by } => {
                    let by = by.map_or(Substitute::Value(value), Substitute::Function);
                    next.functions.insert(0, (*of, by));
                }
            }
        }
        // What lies below a path that is replaced may be all rules that there are.
        run.charge(next.hidden.len() as u64 / 16)?;
        if self.worlds.len() >= run.request.depth {
            return Err(Stop::Limit("depth"));
        }
        next.hidden.order();
        next.hidden.dedup();
        self.stores.charge(next.units())?;
        self.worlds.push(next);
        Ok(())
    }

    /// What it is called that a rule has two values, or a function for the same arguments.
    pub(super) fn contradiction(&self, run: &Run) -> &'static str {
        let begun = self.program.code.procedures.iter().filter(|procedure| procedure.start.0 < run.next);
        match begun.max_by_key(|procedure| procedure.start.0) {
            Some(procedure) if procedure.arguments > 0 => "functions must not produce multiple outputs for same inputs",
            _ => "complete rules must not produce multiple outputs",
        }
    }
}

impl Run {
    /// Goes on behind a builtin that has no value: it is undefined, or ends the evaluation where that is asked for.
    pub(super) fn fail(&mut self, builtin: &str, failure: Failure, or: Label) -> Result<(), Stop> {
        match failure {
            Failure::Stop(stop) => Err(stop),
            Failure::Wrong { code, message } if self.request.strict_builtin_errors => {
                Err(Stop::Error { code, message: format!("{builtin}: {message}") })
            }
            Failure::Wrong { .. } => {
                self.go(or);
                Ok(())
            }
        }
    }
}
