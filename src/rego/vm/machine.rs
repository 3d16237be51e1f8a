//! `Machine`: the loop that runs instructions.

mod asked;
mod calls;
mod candidates;
mod documents;
mod elements;
mod host;
mod watch;

use super::code::{Callee, Code, Comparison, Instruction, Label, Operand, Position, ProcedureId, Register, Source};
use super::collect;
use super::executable::Executable;
use super::world::World;
use crate::limits;
use crate::rego::host::{HostAnswers, HostCall};
use crate::rego::memory::allocated_bytes;
use crate::rego::value::{Document, Kind, Slice, Space, Store, Stores, TooLarge, Value};
use crate::sorted;
use std::rc::Rc;

/// Why an evaluation ended without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The policy contradicts itself, or a builtin failed and that was to be an error.
    Error {
        /// The code, as OPA has it.
        code: &'static str,
        /// What went wrong.
        message: String,
    },
    /// A limit was reached, by its name.
    Limit(&'static str),
    /// The host is to say what its functions are for the calls that [`Machine::take_needs`] gives.
    Needs,
}

impl Stop {
    /// Two values where one can be.
    pub fn conflict(message: &str) -> Self {
        Self::Error { code: "eval_conflict_error", message: message.to_owned() }
    }

    /// What no compiled program does.
    pub fn internal(message: &str) -> Self {
        Self::Error { code: "eval_internal_error", message: message.to_owned() }
    }
}

impl From<TooLarge> for Stop {
    fn from(_: TooLarge) -> Self {
        Self::Limit("memory_units")
    }
}

/// What an evaluation may use, and what it is told of the world.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// Instructions and units of work of builtins.
    pub steps: u64,
    /// Units of memory, as [`Stores::units`] counts them.
    pub units: u64,
    /// Procedures inside one another.
    pub depth: usize,
    /// The time, in nanoseconds since 1970.
    pub now_ns: Option<i64>,
    /// The seed of what is to be by chance.
    pub seed: Option<u64>,
    /// Whether a builtin that fails is an error.
    pub strict_builtin_errors: bool,
}

/// What an evaluation has taken. The same program, data, input and request take the same on every machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Instructions and units of work of builtins.
    pub steps: u64,
    /// Units of memory.
    pub memory_units: u64,
}

/// What runs code: the values of the evaluation that is under way, and room for the next one.
#[derive(Debug)]
pub struct Machine {
    /// The program that was asked last.
    program: Rc<Executable>,
    /// Where all values lie.
    pub stores: Stores,
    /// The data document.
    data: Value,
    registers: Vec<Value>,
    frames: Vec<Frame>,
    collected: Vec<Value>,
    worlds: Vec<World>,
    prints: Vec<Print>,
    /// What the builtin that runs has printed.
    printed: Vec<String>,
    /// What the last evaluation has taken.
    cost: Cost,
    /// What the policy was at when the last evaluation stopped.
    stopped_at: Option<Position>,
    /// Calls of the host to which the last evaluation had no answer, by what makes them one.
    needs: sorted::Map<HostCall, HostCall>,
    /// Which instructions of a watched program have been come to.
    seen: Vec<bool>,
}

/// What a policy has printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print {
    /// Where the call of `print` stands.
    pub position: Option<Position>,
    /// The line.
    pub text: String,
}

/// A procedure that waits for another one.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// Where it goes on.
    next: u32,
    /// Where its registers begin.
    base: u32,
    /// Where the value goes.
    to: Register,
    /// Where it goes on without one.
    or: Label,
    /// What is being asked, where its answer is kept.
    asks: Asks,
    /// Whether what is called is asked in a world of its own.
    has_world: bool,
}

/// What a frame waits for.
#[derive(Debug, Clone, Copy)]
enum Asks {
    /// The value of a call.
    Call,
    /// What a procedure gives.
    Procedure(ProcedureId),
    /// What a procedure gives for a key.
    Element(ProcedureId, Value),
}

impl Machine {
    /// Has been asked nothing yet, and asks over this data document, which lies in its store.
    pub fn new(data: &Document) -> Self {
        let mut stores = Stores::default();
        stores.put(Space::Data, Rc::clone(&data.store));
        Self {
            program: Rc::default(),
            stores,
            data: data.value,
            registers: Vec::new(),
            frames: Vec::new(),
            collected: Vec::new(),
            worlds: Vec::new(),
            prints: Vec::new(),
            printed: Vec::new(),
            cost: Cost::default(),
            stopped_at: None,
            needs: sorted::Map::new(),
            seen: Vec::new(),
        }
    }

    /// Takes the data document out. The machine has none then.
    pub fn take_data(&mut self) -> Document {
        let value = std::mem::replace(&mut self.data, Value::UNDEFINED);
        // Whatever points into it is forgotten as well.
        self.stores.store_mut(Space::Heap).clear();
        Document { store: self.stores.take(Space::Data), value }
    }

    /// Puts another data document in the place of the present one.
    pub fn set_data(&mut self, data: &Document) {
        self.stores.put(Space::Data, Rc::clone(&data.store));
        self.data = data.value;
    }

    /// Takes the store of the input out, where nobody else holds it.
    pub fn take_input(&mut self) -> Option<Store> {
        Rc::try_unwrap(self.stores.take(Space::Input)).ok()
    }

    /// The data document, as what is asked for without evaluating anything: below a path at which no rule stands. What is made on the way
    /// from there takes of the units of the request.
    pub fn ask_data(&mut self, request: &Request) -> Value {
        (self.cost, self.stopped_at) = (Cost::default(), None);
        (self.stores.units, self.stores.most_work) = (request.units, request.steps);
        self.stores.take_work();
        self.prints.clear();
        self.stores.store_mut(Space::Heap).clear();
        self.data
    }

    /// What the last evaluation has taken.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// What the policy was at when the last evaluation stopped; nothing where it gave an answer.
    pub fn stopped_at(&self) -> Option<Position> {
        self.stopped_at
    }

    /// What the last evaluation has printed.
    pub fn take_prints(&mut self) -> Vec<Print> {
        std::mem::take(&mut self.prints)
    }

    /// The value of a procedure of a program without arguments; undefined where it has none.
    ///
    /// # Errors
    /// A conflict, a builtin that failed where that is an error, a limit, or calls that the host has not answered.
    pub fn ask(
        &mut self,
        program: &Rc<Executable>,
        procedure: ProcedureId,
        input: &Document,
        request: &Request,
        host: &Rc<HostAnswers>,
    ) -> Result<Value, Stop> {
        if !Rc::ptr_eq(&self.program, program) {
            self.program = Rc::clone(program);
            self.stores.put(Space::Program, Rc::clone(&program.constants));
        }
        self.stores.put(Space::Input, Rc::clone(&input.store));
        self.stores.store_mut(Space::Heap).clear();
        self.registers.clear();
        self.frames.clear();
        self.collected.clear();
        self.worlds.clear();
        self.worlds.push(World::new(input.value, self.data, Vec::new(), Vec::new()));
        self.stores.units = request.units;
        self.stores.most_work = request.steps;
        self.stores.take_work();
        let host = Rc::clone(host);
        let heap_ceiling = allocated_bytes().saturating_add(limits::HEAP_BYTES);
        let mut run = Run {
            steps: request.steps,
            request: *request,
            host,
            asking: None,
            unanswered: 0,
            base: 0,
            next: 0,
            heap_ceiling,
        };
        self.prints.clear();
        self.needs.clear();
        let answer = match self.run(procedure, &mut run) {
            // INVARIANT (asking): what was found without an answer of the host is none, and no error or limit.
            Ok(_) | Err(_) if run.asking.is_some() => Err(Stop::Needs),
            answer => answer,
        };
        self.stopped_at = answer.is_err().then(|| self.position(&run)).flatten();
        self.cost = Cost { steps: request.steps - run.steps, memory_units: request.units - self.stores.units };
        answer
    }
}

/// Where an evaluation stands.
struct Run {
    steps: u64,
    request: Request,
    host: Rc<HostAnswers>,
    /// How many procedures wait for the innermost one in which a call stands that the host has not answered.
    asking: Option<usize>,
    /// How many calls it has not answered.
    unanswered: usize,
    base: u32,
    next: u32,
    /// How many bytes the heap of the module may hold.
    heap_ceiling: u64,
}

impl Run {
    fn go(&mut self, label: Label) {
        self.next = label.0;
    }

    fn charge(&mut self, steps: u64) -> Result<(), Stop> {
        self.steps = self.steps.checked_sub(steps).ok_or(Stop::Limit("steps"))?;
        Ok(())
    }
}

impl Machine {
    fn run(&mut self, procedure: ProcedureId, run: &mut Run) -> Result<Value, Stop> {
        self.enter(procedure, run)?;
        let program = Rc::clone(&self.program);
        let instructions = program.code.instructions.as_slice();
        loop {
            // INVARIANT (stopped): a comparison that gave up has counted more than there are steps.
            run.charge(1 + self.stores.take_work())?;
            let seen;
            let instruction = match instructions.get(run.next as usize) {
                Some(instruction) => instruction,
                None => {
                    seen = self.sees(run)?;
                    &seen
                }
            };
            run.next += 1;
            match *instruction {
                Instruction::Jump { to } => run.go(to),
                Instruction::Move { to, from } => {
                    let value = self.value(run, from);
                    self.set(run, to, value);
                }
                Instruction::Holds { value, or } => {
                    if !self.value(run, value).holds() {
                        run.go(or);
                    }
                }
                Instruction::IsDefined { value, or } => {
                    if !self.value(run, value.into()).is_defined() {
                        run.go(or);
                    }
                }
                Instruction::Compare { how, left, right, or } => {
                    let (left, right) = (self.value(run, left), self.value(run, right));
                    if !self.compares(how, left, right) {
                        run.go(or);
                    }
                }
                Instruction::Lookup { to, of, key, or } => {
                    let found = self.stores.get(self.value(run, of), self.value(run, key));
                    self.set_or(run, to, found, or);
                }
                Instruction::LookupPlace { to, of, key, or } => {
                    let (of, key) = (self.value(run, of), self.value(run, key));
                    self.look_up_place(run, of, key, to, or)?;
                }
                Instruction::Keys { to, of, or } => match self.keys(self.value(run, of))? {
                    Some(keys) => self.set(run, to, keys),
                    None => run.go(or),
                },
                Instruction::Document { to, of, or } => {
                    let of = self.value(run, of);
                    match of.kind() {
                        Kind::Place(place) => match self.program.code.places.get(place as usize) {
                            Some(place) => self.ask_inside(run, place.document, to, or)?,
                            None => run.go(or),
                        },
                        _ => self.set_or(run, to, of, or),
                    }
                }
                Instruction::Input { to, or } => {
                    let input = self.worlds.last().map_or(Value::UNDEFINED, |world| world.input);
                    self.set_or(run, to, input, or);
                }
                Instruction::Data { to, path, or } => {
                    let found = self.data_at(self.value(run, path))?;
                    self.set_or(run, to, found, or);
                }
                Instruction::Ask { to, procedure, or } => self.ask_inside(run, procedure, to, or)?,
                Instruction::AskElement { to, element, key, or } => {
                    let key = self.value(run, key);
                    self.ask_element(run, element, key, to, or)?;
                }
                Instruction::Call { to, procedure, arguments, or } => {
                    self.call(run, Callee::Procedure(procedure), arguments, to, or)?;
                }
                Instruction::CallBuiltin { to, builtin, arguments, or } => {
                    self.call(run, Callee::Builtin(builtin), arguments, to, or)?;
                }
                Instruction::CallHost { to, function, arguments, or } => {
                    self.call(run, Callee::Host(function), arguments, to, or)?;
                }
                Instruction::MakeArray { to, first, count } => {
                    let parts = row(&self.registers, run, first, usize::from(count));
                    let value = self.stores.make_array(Space::Heap, parts)?;
                    self.set(run, to, value);
                }
                Instruction::MakeSet { to, first, count } => {
                    let mut parts = self.row(run, first, usize::from(count)).to_vec();
                    let value = self.stores.make_set(Space::Heap, &mut parts)?;
                    self.set(run, to, value);
                }
                Instruction::MakeObject { to, first, pairs } => {
                    let mut parts = self.row(run, first, 2 * usize::from(pairs)).as_chunks().0.to_vec();
                    let value = self.stores.make_object(Space::Heap, &mut parts)?;
                    self.set(run, to, value);
                }
                Instruction::IsArray { value, count, or } => {
                    if !matches!(self.value(run, value).kind(), Kind::Array(Slice { len, .. }) if len == count) {
                        run.go(or);
                    }
                }
                Instruction::IsObject { value, pairs, or } => {
                    if !matches!(self.value(run, value).kind(), Kind::Object(Slice { len, .. }) if len == pairs) {
                        run.go(or);
                    }
                }
                Instruction::Candidates { index, state } => self.candidates(run, index, state)?,
                Instruction::NextCandidate { index, state, or } => self.next_candidate(run, index, state, or),
                Instruction::Iterate { state, over, or } => {
                    let over = self.value(run, over);
                    if self.stores.len(over).is_some() {
                        self.set(run, state, over);
                        self.set(run, Register(state.0.saturating_add(1)), Value::count(0));
                    } else {
                        run.go(or);
                    }
                }
                Instruction::Next { state, key, value, or } => self.next(run, state, key, value, or),
                Instruction::Collect { mark } => {
                    let at = Value::count(self.collected.len());
                    self.set(run, mark, at);
                }
                Instruction::Push { value } => {
                    let value = self.value(run, value);
                    self.collected.push(value);
                }
                Instruction::CollectedArray { to, mark } => {
                    let parts = self.collected_behind(run, mark);
                    let value = self.stores.make_array(Space::Heap, &parts)?;
                    self.set(run, to, value);
                }
                Instruction::CollectedSet { to, mark } => {
                    let mut parts = self.collected_behind(run, mark);
                    let value = self.stores.make_set(Space::Heap, &mut parts)?;
                    self.set(run, to, value);
                }
                Instruction::CollectedObject { to, mark } => {
                    let parts = self.collected_behind(run, mark);
                    let value = collect::object(&mut self.stores, &parts)?;
                    self.set(run, to, value);
                }
                Instruction::CollectedTree { to, mark } => {
                    let parts = self.collected_behind(run, mark);
                    let value = collect::tree(&mut self.stores, &parts)?;
                    self.set(run, to, value);
                }
                Instruction::CollectedIndex { to, mark, of } => {
                    let parts = self.collected_behind(run, mark);
                    let value = collect::index(&mut self.stores, &parts, of)?;
                    self.set(run, to, value);
                }
                Instruction::Define { to, value, is_of_key } => {
                    let (before, value) = (self.value(run, to.into()), self.value(run, value));
                    if before.is_defined() && !self.stores.equals(before, value) {
                        return Err(Stop::conflict(if is_of_key {
                            "object keys must be unique"
                        } else {
                            self.contradiction(run)
                        }));
                    }
                    self.set(run, to, value);
                }
                Instruction::Merge { to, under, over } => {
                    let (under, over) = (self.value(run, under), self.value(run, over));
                    let value = collect::merged(&mut self.stores, under, over, limits::DATA_NESTING)?;
                    self.set(run, to, value);
                }
                Instruction::Replace { first, count, values } => self.replace(run, first, count, values)?,
                Instruction::Restore => {
                    self.worlds.pop();
                }
                Instruction::Unanswered { to } => self.set(run, to, Value::count(run.unanswered)),
                Instruction::NoneUnanswered { since, or } => {
                    if self.value(run, since.into()) != Value::count(run.unanswered) {
                        run.go(or);
                    }
                }
                Instruction::Return { value } => {
                    run.charge(self.stores.take_work())?;
                    let value = self.value(run, value);
                    if let Some(answer) = self.leave(run, value)? {
                        return Ok(answer);
                    }
                }
                Instruction::Fail => {
                    if let Some(answer) = self.leave(run, Value::UNDEFINED)? {
                        return Ok(answer);
                    }
                }
            }
        }
    }

    /// What of the text is being evaluated: where nothing says the instructions, what asks for them.
    fn position(&self, run: &Run) -> Option<Position> {
        let inner = std::iter::once(run.next);
        let mut nexts = inner.chain(self.frames.iter().rev().map(|frame| frame.next));
        nexts.find_map(|next| self.program.code.positions.of(next.saturating_sub(1)))
    }

    // Built for size it would be called for each operand; at the edge it is.
    #[cfg_attr(feature = "compiler", inline(always))]
    fn value(&self, run: &Run, operand: Operand) -> Value {
        let found = match operand.source() {
            Source::Register(register) => self.registers.get(run.base as usize + usize::from(register.0)),
            Source::Constant(index) => self.program.code.constants.get(index as usize),
        };
        found.copied().unwrap_or(Value::UNDEFINED)
    }

    fn set(&mut self, run: &Run, to: Register, value: Value) {
        if let Some(register) = self.registers.get_mut(run.base as usize + usize::from(to.0)) {
            *register = value;
        }
    }

    fn set_or(&mut self, run: &mut Run, to: Register, value: Value, or: Label) {
        if value.is_defined() {
            self.set(run, to, value);
        } else {
            run.go(or);
        }
    }

    /// The values of registers one after the other.
    fn row(&self, run: &Run, first: Register, count: usize) -> &[Value] {
        row(&self.registers, run, first, count)
    }

    fn collected_behind(&mut self, run: &Run, mark: Register) -> Vec<Value> {
        match self.value(run, mark.into()).kind_in_place() {
            Kind::Integer(at) => self.collected.split_off((at.max(0) as usize).min(self.collected.len())),
            _ => Vec::new(),
        }
    }

    fn compares(&self, how: Comparison, left: Value, right: Value) -> bool {
        match how {
            Comparison::Equal | Comparison::NotEqual => {
                self.stores.equals(left, right) == matches!(how, Comparison::Equal)
            }
            Comparison::Less => self.stores.compare(left, right).is_lt(),
            Comparison::LessOrEqual => self.stores.compare(left, right).is_le(),
            Comparison::Greater => self.stores.compare(left, right).is_gt(),
            Comparison::GreaterOrEqual => self.stores.compare(left, right).is_ge(),
        }
    }

    fn next(&mut self, run: &mut Run, state: Register, key: Register, value: Register, or: Label) {
        let at_register = Register(state.0.saturating_add(1));
        let over = self.value(run, state.into());
        let Kind::Integer(at) = self.value(run, at_register.into()).kind_in_place() else { return run.go(or) };
        let index = at.max(0) as usize;
        let found = match over.kind_in_place() {
            Kind::Array(items) => self.stores.items(items).get(index).map(|item| [Value::count(index), *item]),
            Kind::Object(pairs) => self.stores.pairs(pairs).get(index).copied(),
            Kind::Set(elements) => self.stores.items(elements).get(index).map(|element| [*element, *element]),
            _ => None,
        };
        let Some([found_key, found_value]) = found else { return run.go(or) };
        self.set(run, at_register, Value::count(index + 1));
        self.set(run, key, found_key);
        self.set(run, value, found_value);
    }
}

fn row<'r>(registers: &'r [Value], run: &Run, first: Register, count: usize) -> &'r [Value] {
    let at = run.base as usize + usize::from(first.0);
    registers.get(at..at + count).unwrap_or_default()
}

fn constant(code: &Code, operand: Operand) -> Value {
    match operand.source() {
        Source::Constant(index) => code.constants.get(index as usize).copied().unwrap_or(Value::UNDEFINED),
        Source::Register(_) => Value::UNDEFINED,
    }
}

fn path_of(code: &Code, stores: &Stores, path: Operand) -> Vec<Value> {
    match constant(code, path).kind() {
        Kind::Array(steps) => stores.items(steps).to_vec(),
        _ => Vec::new(),
    }
}
