//! What can be asked of compiled code, over documents that have been read: between programs and the runtime.

use super::allowance::Allowance;
use super::analysis::Bundle;
use super::builtins::HostFunction;
use super::compile;
use super::document;
use super::host::{HostAnswers, HostCall};
use super::value::reach::{Node, Reach};
use super::value::{self, Cut, Form, Kind, ReadError, Space, Store, Stores, Value};
use super::vm::code::ProcedureId;
use super::vm::{self, Cost, Executable, Machine, Request, Stop};
use crate::error::{Error, ErrorCode, LimitReached};
use crate::limits;
use crate::sorted;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// What the engine calls itself in `capabilities()`.
pub const NAME: &str = "regate";

/// Why an evaluation has no answer, and where.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The code.
    pub code: ErrorCode,
    /// The limit that was reached, where one was.
    pub limit: Option<LimitReached>,
    /// The index of the module, where it is known.
    pub module: Option<usize>,
    /// The line, from 1.
    pub line: usize,
    /// What went wrong.
    pub message: String,
}

impl Failure {
    fn internal(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::EvalInternalError, limit: None, module: None, line: 1, message: message.into() }
    }
}

/// A line that a policy has printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The index of the module.
    pub module: Option<usize>,
    /// The line of the module, from 1.
    pub line: usize,
    /// What was printed.
    pub text: String,
}

/// Memory that inputs have taken, for the next one.
#[derive(Debug, Default)]
pub struct Room {
    /// For the bytes of a text.
    pub bytes: Vec<u8>,
    store: Store,
}

/// A document that has been read.
#[derive(Debug, Clone)]
pub struct Document(value::Document);

impl Document {
    /// Reads the bytes of an input document.
    ///
    /// # Errors
    /// `limit_exceeded` for size and nesting, `input_not_json` for anything that is not one JSON text.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        read(Space::Input, document::text(bytes)?)
    }

    /// Reads the bytes of an input document for a program that can look at so much of it: of all else nothing is kept, and it is checked as
    /// strictly. It takes the memory of `room`, beside its own bytes.
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn read_reached(bytes: Vec<u8>, reach: &Reach, room: Room) -> Result<Self, Error> {
        let mut text = document::owned_text(bytes)?;
        let read = value::Document::read_reached(room.store, Space::Input, &mut text, levels(), reach);
        read.map(Self).map_err(|error| read_error(error, &text))
    }

    /// Reads an input document that stands on a tape, whose records are those of what can be reached; `text` is the UTF-8 of its strings.
    ///
    /// # Errors
    /// `limit_exceeded` for size and nesting, `input_not_json` for a tape that is damaged.
    pub fn read_tape(tape: &[u32], text: Vec<u8>, reach: &Reach) -> Result<Self, Error> {
        document::check_size(tape.len().max(text.len()))?;
        let text = String::from_utf8(text).map_err(|error| document::not_utf8(error.utf8_error()))?;
        let read = value::Document::read_tape(Space::Input, tape, text, levels(), reach);
        read.map(Self).map_err(|error| read_error(error, ""))
    }

    /// Reads the text of a data document.
    ///
    /// # Errors
    /// `input_not_json`.
    pub fn read_data(text: &str) -> Result<Self, Error> {
        read(Space::Data, text)
    }

    /// How many parts of a path stand in the document, as far as objects lead, and whether what stands there is an object.
    pub fn depth_of<'a>(&self, path: impl Iterator<Item = &'a String>) -> (usize, bool) {
        self.0.depth_of(path.map(String::as_str))
    }

    /// The text of an input document.
    #[cfg(all(feature = "second-opinion", not(target_arch = "wasm32")))]
    pub fn text(&self) -> String {
        self.0.text(Space::Input)
    }

    /// The document as a tree, where requests are read from small ones.
    #[cfg(not(feature = "trees"))]
    pub fn tree(&self) -> crate::typed::json::Value {
        self.0.tree()
    }

    /// Whether it is a JSON object.
    pub fn is_object(&self) -> bool {
        self.0.is_object()
    }
}

fn read(space: Space, text: &str) -> Result<Document, Error> {
    value::Document::read(space, text.to_owned(), levels()).map(Document).map_err(|error| read_error(error, text))
}

fn levels() -> usize {
    usize::try_from(limits::DATA_NESTING).unwrap_or(usize::MAX)
}

/// A data document in which nothing stands.
fn empty_data() -> value::Document {
    value::Document::read(Space::Data, "{}".to_owned(), 1).unwrap_or_else(|_| value::Document::none())
}

/// Twice as much as there is, and room for small ones.
fn compact_at(data: &value::Document) -> usize {
    const ROOM: usize = 64 * 1024;
    data.size().saturating_mul(2).saturating_add(ROOM)
}

fn read_error(error: ReadError, text: &str) -> Error {
    match error {
        ReadError::NotJson { at, why } => document::not_json_at(text, at, why),
        ReadError::TooDeep { .. } => document::too_deep(),
        ReadError::Endless(bound) => document::endless(bound),
        ReadError::Damaged => {
            Error::new(ErrorCode::InputNotJson, "the document is no tape that was written for this engine")
        }
        ReadError::TooLarge => {
            let limit = limits::INPUT_BYTES;
            Error::limit("input_bytes", limit, "the document has more parts than a document can have")
        }
    }
}

/// Modules and data, compiled and ready to be asked.
pub struct Prepared {
    program: Rc<Executable>,
    machine: RefCell<Machine>,
    /// How much the data may take before parts that were replaced are left behind.
    compact_at: Cell<usize>,
    /// What can be looked at of the input, by what is asked.
    reached: RefCell<Vec<(ProcedureId, Rc<Reach>)>>,
}

/// What can be asked: a path below `data`, looked up once.
pub struct Entry {
    /// The path.
    #[cfg(all(feature = "second-opinion", not(target_arch = "wasm32")))]
    pub path: Vec<String>,
    /// Where the way begins: in what a procedure gives, or in the data.
    from: Option<ProcedureId>,
    /// The way from there.
    steps: Vec<String>,
    /// What can be looked at of the input, where that was asked.
    reach: OnceCell<Rc<Reach>>,
}

/// A query, compiled.
pub struct Query {
    program: Rc<Executable>,
    entry: ProcedureId,
}

/// Compiles modules in which nothing is wrong.
///
/// # Errors
/// What there is too much of for a program.
pub fn prepare(
    bundle: &Bundle<'_>,
    host: &[HostFunction],
    data: Option<&Document>,
) -> Result<Prepared, compile::CompileError> {
    Ok(Prepared::new(Rc::new(Executable::new(compile::compile(bundle, host)?)), data))
}

/// Compiles the query in the last module of a bundle in which nothing is wrong. Its solutions are objects of what is
/// called by these names.
///
/// # Errors
/// `not_evaluated` where there is too much of something for a program.
pub fn prepare_query(bundle: &Bundle<'_>, host: &[HostFunction], names: &sorted::Set<String>) -> Result<Query, Error> {
    let (code, entry) =
        compile::compile_query(bundle, host, names).map_err(|error| Error::new(error.code, error.message))?;
    Ok(Query { program: Rc::new(Executable::new(code)), entry })
}

/// What an evaluation gave, as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// No value.
    Undefined,
    /// A value; sets are arrays in their order.
    Value(Cow<'static, str>),
    /// The host is to answer these calls first.
    Needs(Vec<HostCall>),
}

/// What to ask.
#[derive(Clone, Copy)]
pub enum Question<'a> {
    /// What stands at a path below `data`.
    Path(&'a [String]),
    /// What an entry of this program answers.
    Entry(&'a Entry),
    /// All of `data` is evaluated, and what stands at a path below it is answered.
    Whole(&'a [String]),
    /// A query, for all of its solutions.
    Query(&'a Query),
}

/// What came of a question.
#[derive(Debug)]
pub struct Reply {
    /// The answer, or why there is none.
    pub answer: Result<Raw, Failure>,
    /// What was taken.
    pub cost: Cost,
    /// What was printed, a line an entry.
    pub prints: Vec<Printed>,
}

impl Prepared {
    fn new(program: Rc<Executable>, data: Option<&Document>) -> Self {
        let none = value::Document::none();
        let data = data.map_or(&none, |data| &data.0);
        let (machine, compact_at) = (RefCell::new(Machine::new(data)), Cell::new(compact_at(data)));
        Self { program, machine, compact_at, reached: RefCell::default() }
    }

    /// The program as bytes, with the places of its text or without them; none where it cannot be written.
    pub fn to_bytes(&self, with_positions: bool) -> Option<Vec<u8>> {
        vm::bytes::write(&self.program, with_positions)
    }

    /// The program that [`Prepared::to_bytes`] wrote, of so many modules.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn of_bytes(bytes: &[u8], modules: usize, data: Option<&Document>) -> Result<Self, &'static str> {
        Ok(Self::new(Rc::new(Executable::new(vm::bytes::read(bytes, modules)?)), data))
    }

    /// The functions of the host that the code calls.
    pub fn host_functions(&self) -> Vec<String> {
        self.program.code.host_functions.iter().map(|import| import.name.clone()).collect()
    }

    /// The same code over other data.
    pub fn with_data(&self, data: Option<&Document>) -> Self {
        Self::new(Rc::clone(&self.program), data)
    }

    /// Puts a part into the data document, at a path of keys, or takes away what stands there, where `check` finds nothing wrong with what
    /// comes of it.
    ///
    /// # Errors
    /// As [`Document::read_data`] for the part, and what `check` finds. Then nothing has changed.
    pub fn update_data(
        &mut self,
        path: &[String],
        part: Option<&str>,
        check: impl FnOnce(&Document) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let machine = self.machine.get_mut();
        let mut data = machine.take_data();
        let before = data.value;
        if !before.is_defined() {
            data = empty_data();
        }
        let (depth, is_object) = data.depth_of(path.iter().map(String::as_str));
        if part.is_some() && depth < path.len() && !is_object {
            data.value = before;
            machine.set_data(&data);
            let place = path.get(..depth).unwrap_or_default().join("/");
            return Err(Error::new(
                ErrorCode::MalformedRequest,
                format!("in the data a value that is no object stands at `{place}`: nothing can be put below it"),
            )
            .at("/path")
            .with_help("replace that value, or take it away first"));
        }
        let done = data
            .set_part(Space::Data, path, part.map(str::to_owned), levels())
            .map_err(|error| read_error(error, part.unwrap_or_default()))
            .and_then(|()| check(&Document(data.clone())));
        if done.is_err() {
            data.value = before;
        }
        // Parts that were replaced are left behind when they are most of what lies there.
        if data.size() > self.compact_at.get()
            && let Ok(whole) = value::Document::read(Space::Data, data.text(Space::Data), levels())
        {
            data = whole;
            self.compact_at.set(compact_at(&data));
        }
        machine.set_data(&data);
        done
    }

    /// The text of the data document.
    pub fn data_text(&self) -> Option<String> {
        let mut machine = self.machine.try_borrow_mut().ok()?;
        let data = machine.take_data();
        machine.set_data(&data);
        data.value.is_defined().then(|| data.text(Space::Data))
    }

    /// The same code over data, which says which lines it has evaluated.
    pub fn watched(&self, data: Option<&Document>) -> Self {
        Self::new(Rc::new(self.program.watched()), data)
    }

    /// The lines in which something that watched code has evaluated begins, each with its module.
    pub fn lines_seen(&self) -> Vec<(usize, usize)> {
        self.machine.try_borrow().map(|machine| machine.lines_seen()).unwrap_or_default()
    }

    /// The entry that a path below `data` is; none where nothing can be asked there.
    pub fn entry(&self, path: &[String]) -> Option<Entry> {
        let Asked { from, steps, .. } = Asked::path(&self.program, path)?;
        Some(Entry {
            #[cfg(all(feature = "second-opinion", not(target_arch = "wasm32")))]
            path: path.to_vec(),
            from,
            steps: steps.to_vec(),
            reach: OnceCell::new(),
        })
    }

    /// The memory of the input that was asked about last, unless somebody holds it or it is more than is worth keeping.
    pub fn take_room(&self) -> Room {
        const KEPT: usize = 1 << 20;
        let input = self.machine.try_borrow_mut().ok().and_then(|mut machine| machine.take_input());
        let small = input.filter(|store| store.capacity() <= KEPT);
        let (bytes, store) = small.map(Store::into_room).unwrap_or_default();
        Room { bytes, store }
    }

    /// What can be looked at of the input to answer an entry.
    pub fn reached<'e>(&self, entry: &'e Entry) -> &'e Reach {
        entry.reach.get_or_init(|| {
            // What is data is answered without the input.
            let Some(procedure) = entry.from else { return Rc::new(Reach::new(vec![Node::default()])) };
            // Many paths may lead into what one procedure answers.
            let mut known = self.reached.borrow_mut();
            if let Some((_, reach)) = known.iter().find(|(own, _)| *own == procedure) {
                return Rc::clone(reach);
            }
            let reach = Rc::new(reached(&self.program, procedure));
            if known.len() >= MOST_REACHED {
                known.clear();
            }
            known.push((procedure, Rc::clone(&reach)));
            reach
        })
    }

    /// Asks for one value.
    pub fn ask(
        &self,
        question: Question<'_>,
        input: Option<&Document>,
        allowance: Allowance,
        host: &Rc<HostAnswers>,
    ) -> Reply {
        let refused =
            |why: &str| Reply { answer: Err(Failure::internal(why)), cost: Cost::default(), prints: Vec::new() };
        let Ok(mut machine) = self.machine.try_borrow_mut() else {
            return refused("the program is being asked already");
        };
        let asked = match question {
            Question::Query(query) => Some(Asked { program: &query.program, from: Some(query.entry), steps: &[] }),
            Question::Path(path) => Asked::path(&self.program, path),
            Question::Entry(Entry { from, steps, .. }) => Some(Asked { program: &self.program, from: *from, steps }),
            Question::Whole(path) => Asked::path(&self.program, &[]).map(|asked| Asked { steps: path, ..asked }),
        };
        match asked {
            Some(asked) => run(&mut machine, &asked, input, allowance, host),
            None => refused("nothing can be asked at this path"),
        }
    }
}

/// Procedures of which is kept what can be looked at from them.
const MOST_REACHED: usize = 256;

/// What can be looked at from an entrypoint, as its code says.
#[cfg(feature = "compiler")]
fn reached(program: &Executable, entry: ProcedureId) -> Reach {
    vm::reach(program, entry)
}

/// The same as it came with the program: what finds it in code is part of the compiler. Everything, where it is not said.
#[cfg(not(feature = "compiler"))]
fn reached(program: &Executable, entry: ProcedureId) -> Reach {
    let known = program.code.reads.iter().find(|(own, _)| *own == entry);
    known.and_then(|(_, numbers)| Reach::of_numbers(numbers, &program.constants)).unwrap_or_default()
}

/// What is asked of a machine.
struct Asked<'a> {
    program: &'a Rc<Executable>,
    /// Where the way begins: in what a procedure gives, or in the data.
    from: Option<ProcedureId>,
    /// The way from there.
    steps: &'a [String],
}

impl<'a> Asked<'a> {
    /// The entrypoint that leads farthest to a path, and the rest of the path.
    fn path(program: &'a Rc<Executable>, path: &'a [String]) -> Option<Self> {
        let leading = program.code.entrypoints.iter().filter(|entry| path.starts_with(&entry.path));
        let entry = leading.max_by_key(|entry| entry.path.len())?;
        let steps = path.get(entry.path.len()..).unwrap_or_default();
        Some(if entry.holds_rules_only_below && !steps.is_empty() {
            Self { program, from: None, steps: path }
        } else {
            Self { program, from: Some(entry.procedure), steps }
        })
    }
}

/// What a string leads to: a key, or the number of an item or of a key that is one.
///
/// # Errors
/// There is no memory left for the key: undefined would be an answer.
fn step_into(stores: &mut Stores, of: Value, step: &str) -> Result<Value, Stop> {
    if !matches!(of.kind(), Kind::Array(_)) {
        let key = stores.make_string(Space::Heap, step)?;
        let found = stores.get(of, key);
        if found.is_defined() {
            return Ok(found);
        }
    }
    Ok(match step.parse::<u32>() {
        Ok(number) if number.to_string() == step => stores.get(of, Value::count(number as usize)),
        _ => Value::UNDEFINED,
    })
}

fn run(
    machine: &mut Machine,
    asked: &Asked<'_>,
    input: Option<&Document>,
    allowance: Allowance,
    host: &Rc<HostAnswers>,
) -> Reply {
    let none;
    let input = match input {
        Some(input) => &input.0,
        None => {
            none = value::Document::none();
            &none
        }
    };
    let request = Request {
        steps: allowance.limits.steps,
        units: allowance.limits.memory_units,
        depth: limits::CALL_DEPTH,
        now_ns: allowance.now_ns(),
        seed: allowance.seed,
        strict_builtin_errors: allowance.strict_builtin_errors,
    };
    let found = match asked.from {
        Some(entry) => machine.ask(asked.program, entry, input, &request, host),
        None => Ok(machine.ask_data(&request)),
    };
    let found = found
        .and_then(|from| asked.steps.iter().try_fold(from, |value, step| step_into(&mut machine.stores, value, step)));
    let answer = match found {
        Ok(value) if !value.is_defined() => Ok(Raw::Undefined),
        Ok(value) => written(&machine.stores, value, allowance.limits.answer_bytes),
        Err(Stop::Needs) => Ok(Raw::Needs(machine.take_needs())),
        Err(stop) => {
            let at = machine.stopped_at();
            let (module, line) = (at.map(|at| at.module as usize), at.map_or(1, |at| asked.program.code.line(at)));
            Err(Failure { module, line, ..failure(stop, allowance) })
        }
    };
    let prints = machine.take_prints().into_iter().map(|print| {
        let line = print.position.map_or(1, |position| asked.program.code.line(position));
        Printed { module: print.position.map(|position| position.module as usize), line, text: print.text }
    });
    let prints = prints.collect();
    Reply { answer, cost: machine.cost(), prints }
}

/// A value as JSON text, of so many bytes at the most.
fn written(stores: &Stores, value: Value, longest: u64) -> Result<Raw, Failure> {
    let bytes = usize::try_from(longest).unwrap_or(usize::MAX);
    if let Kind::Boolean(is_true) = value.kind() {
        let text = if is_true { "true" } else { "false" };
        if text.len() <= bytes {
            return Ok(Raw::Value(Cow::Borrowed(text)));
        }
    }
    let mut text = String::new();
    match value::write(stores, value, Form::Json, &mut text, bytes) {
        Ok(()) => Ok(Raw::Value(Cow::Owned(text))),
        Err(Cut::TooLong) => {
            // How much longer it would be is not known: no more of it was written.
            let message = format!("the answer has more bytes than the limit `answer_bytes` of {longest}");
            Err(over("answer_bytes", longest, message))
        }
        Err(Cut::KeysTooDeep) => {
            let limit = limits::KEY_NESTING;
            let message =
                format!("keys of the answer lie deeper inside one another than the limit `key_nesting` of {limit}");
            Err(over("key_nesting", limit, message))
        }
    }
}

fn failure(stop: Stop, allowance: Allowance) -> Failure {
    match stop {
        Stop::Limit(name) => {
            let value = allowance.limit(name);
            over(name, value, format!("the evaluation reached the limit `{name}` of {value}"))
        }
        Stop::Error { code, message } => {
            let code = ErrorCode::named(code).unwrap_or(ErrorCode::EvalInternalError);
            Failure { code, ..Failure::internal(message) }
        }
        Stop::Needs => Failure::internal("the host is to answer first"),
    }
}

fn over(name: &str, value: u64, message: String) -> Failure {
    let limit = Some(LimitReached { name: name.to_owned(), value });
    Failure { code: ErrorCode::LimitExceeded, limit, ..Failure::internal(message) }
}
