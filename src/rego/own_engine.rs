//! Our own engine, behind the same seam as [`super::engine`]: compiler and runtime, in the build with the feature `own-engine`.

use super::analysis::rule_tree::NodeId;
use super::analysis::{self, ModuleInput, Options};
use super::compile;
use super::document;
use super::meter::{self, Allowance, Stopped};
use super::source::Dialect;
use super::syntax::{self, Parsed};
use super::value::{self, Form, ReadError, Space, Value};
use super::vm::code::{Code, ProcedureId};
use super::vm::{Machine, Request, Stop};
use super::words::unused_name;
use crate::error::{Error, ErrorCode};
use crate::limits;
use std::cell::RefCell;

/// Whether it lacks what the checks look for in its place.
pub const IS_INTERIM: bool = false;

/// What the engine calls itself in `capabilities()`.
pub const NAME: &str = "regate";

/// What the engine refused, and where.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The code, where the engine gives one.
    pub code: Option<ErrorCode>,
    /// The index of the module, where the engine named one.
    pub module: Option<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The engine's words.
    pub message: String,
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self { code: None, module: None, line: 1, message: message.into() }
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

/// What of a text this engine cannot bear.
pub mod guard {
    use crate::rego::diagnostic::{Diagnostic, Text};
    use crate::rego::syntax::tokens::Tokens;

    /// Nothing: what the parser reads, the compiler takes.
    pub fn findings(_: &Text<'_>, _: &Tokens) -> Vec<Diagnostic> {
        Vec::new()
    }
}

/// A document: its text, which is JSON.
#[derive(Debug, Clone)]
pub struct Document {
    text: String,
    /// Where rules and data would stand at one path.
    tree: serde_json::Value,
}

impl Document {
    /// Reads JSON bytes.
    ///
    /// # Errors
    /// `limit_exceeded` for size and nesting, `input_not_json` for anything that is not one JSON text.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        Self::read_text(document::text(bytes)?)
    }

    /// Reads a text whose size and nesting have been checked.
    ///
    /// # Errors
    /// `input_not_json`.
    pub fn read_text(text: &str) -> Result<Self, Error> {
        Ok(Self { text: text.to_owned(), tree: document::value_of_text(text)? })
    }

    /// How many parts of a path stand in the document, as far as objects lead, and whether what stands there is an object.
    pub fn depth_of<'a>(&self, path: impl Iterator<Item = &'a String>) -> (usize, bool) {
        let mut at = &self.tree;
        let mut depth = 0;
        for part in path {
            let Some(next) = at.as_object().and_then(|object| object.get(part)) else { break };
            at = next;
            depth += 1;
        }
        (depth, at.is_object())
    }

    /// Whether it is a JSON object.
    pub fn is_object(&self) -> bool {
        self.tree.is_object()
    }
}

/// The text of a module, with the dialect to read it in.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The text.
    pub text: &'a str,
    /// Which Rego it is.
    pub dialect: Dialect,
}

/// Whether the engine can read a text that has passed the parser.
///
/// # Errors
/// None: it reads what the parser has read.
pub fn can_read(_: &Source<'_>) -> Result<(), Failure> {
    Ok(())
}

/// Modules and data, compiled and ready to be asked.
pub struct Prepared {
    sources: Vec<(String, Dialect)>,
    data: Option<Document>,
    machine: RefCell<Machine>,
}

/// Compiles modules in which nothing is wrong.
///
/// # Errors
/// What the compiler cannot say in code.
pub fn prepare(sources: &[Source<'_>], data: Option<&Document>) -> Result<Prepared, Failure> {
    let sources: Vec<(String, Dialect)> =
        sources.iter().map(|source| (source.text.to_owned(), source.dialect)).collect();
    let machine = machine(&sources, data, None)?;
    Ok(Prepared { sources, data: data.cloned(), machine: RefCell::new(machine) })
}

/// `apart` is the package of a question, which is part of no document.
fn machine(sources: &[(String, Dialect)], data: Option<&Document>, apart: Option<&str>) -> Result<Machine, Failure> {
    let mut machine = Machine::new(code(sources, apart)?);
    if let Some(data) = data {
        let value = read(&mut machine, Space::Data, &data.text)?;
        machine.set_data(value);
    }
    Ok(machine)
}

fn code(sources: &[(String, Dialect)], apart: Option<&str>) -> Result<Code, Failure> {
    let parsed: Vec<Parsed<'_>> = sources.iter().map(|(text, dialect)| syntax::parse(text, *dialect)).collect();
    let inputs: Vec<ModuleInput<'_>> =
        sources.iter().zip(&parsed).map(|((source, _), parsed)| ModuleInput { path: "", source, parsed }).collect();
    let asked = apart.map(|_| sources.len().saturating_sub(1));
    let bundle = analysis::check(&inputs, &Options { apart: asked, ..Options::default() }).bundle;
    let apart = apart.and_then(|name| bundle.tree.named(NodeId::DATA, name));
    compile::compile(&bundle, apart).map_err(|error| Failure::new(error.message))
}

fn read(machine: &mut Machine, space: Space, text: &str) -> Result<Value, Failure> {
    let levels = usize::try_from(limits::DATA_NESTING).unwrap_or(usize::MAX);
    value::read(&mut machine.stores, space, text.to_owned(), levels).map_err(|error| match error {
        ReadError::NotJson { at, why } => Failure::new(format!("the document is not JSON: {why} (byte {at})")),
        ReadError::TooDeep { .. } => Failure::new("the document nests too deep"),
        ReadError::TooLarge => Failure::new("the document is too large"),
    })
}

/// What an evaluation gave, as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// No value.
    Undefined,
    /// A value; sets are arrays in their order.
    Value(String),
}

/// What to ask.
#[derive(Debug, Clone, Copy)]
pub enum Question<'a> {
    /// A rule by its full path, `data.a.b`. It must exist.
    Rule(&'a str),
    /// A reference that may be a package or lead into a rule's value.
    Reference(&'a str),
    /// Any expression that is a value.
    Expression(&'a str),
}

impl Prepared {
    /// Asks for one value.
    ///
    /// # Errors
    /// What the engine refused. A limit that was reached is told by the meter, whatever comes back here.
    pub fn ask(&self, question: Question<'_>, input: Option<&Document>, allowance: Allowance) -> Result<Raw, Failure> {
        self.ask_machine(question, input, allowance).0
    }

    /// Asks and keeps what was printed, a line an entry.
    ///
    /// # Errors
    /// As [`Prepared::ask`].
    pub fn ask_with_prints(
        &self,
        question: Question<'_>,
        allowance: Allowance,
    ) -> (Result<Raw, Failure>, Vec<Printed>) {
        self.ask_machine(question, None, allowance)
    }

    fn ask_machine(
        &self,
        question: Question<'_>,
        input: Option<&Document>,
        allowance: Allowance,
    ) -> (Result<Raw, Failure>, Vec<Printed>) {
        meter::start(allowance);
        if let Question::Rule(path) = question
            && let Ok(mut machine) = self.machine.try_borrow_mut()
            && let Some(procedure) = entry(machine.code(), path.strip_prefix("data.").unwrap_or(path))
        {
            return run(&mut machine, procedure, input, allowance);
        }
        let (Question::Rule(text) | Question::Reference(text) | Question::Expression(text)) = question;
        let name = unused_name("asked", self.sources.iter().map(|(text, _)| text.as_str()).chain([text]));
        let mut sources = self.sources.clone();
        sources.push((format!("package {name}\n\n{name} := {text}\n"), Dialect::V1));
        match machine(&sources, self.data.as_ref(), Some(&name)) {
            Err(failure) => (Err(failure), Vec::new()),
            Ok(mut machine) => match entry(machine.code(), &format!("{name}.{name}")) {
                Some(procedure) => run(&mut machine, procedure, input, allowance),
                None => (Err(Failure::new("the question has no code")), Vec::new()),
            },
        }
    }
}

fn entry(code: &Code, path: &str) -> Option<ProcedureId> {
    let steps: Vec<&str> = path.split('.').collect();
    code.entrypoints
        .iter()
        .find(|(path, _)| path.iter().map(String::as_str).eq(steps.iter().copied()))
        .map(|(_, id)| *id)
}

fn run(
    machine: &mut Machine,
    procedure: ProcedureId,
    input: Option<&Document>,
    allowance: Allowance,
) -> (Result<Raw, Failure>, Vec<Printed>) {
    machine.stores.store_mut(Space::Input).clear();
    let input = match input.map(|input| read(machine, Space::Input, &input.text)) {
        None => Value::UNDEFINED,
        Some(Ok(input)) => input,
        Some(Err(failure)) => return (Err(failure), Vec::new()),
    };
    let request = Request {
        steps: allowance.limits.steps,
        units: allowance.limits.memory_bytes,
        depth: limits::CALL_DEPTH,
        now_ns: allowance.now_ms.and_then(|now| i64::try_from(now).ok()?.checked_mul(1_000_000)),
        seed: allowance.seed,
        strict_builtin_errors: allowance.strict_builtin_errors,
    };
    let answer = machine.ask(procedure, input, &request);
    meter::charge(machine.steps());
    let placed = |code: Option<ErrorCode>, message: String| {
        let at = machine.stopped_at();
        let line = at.map_or(1, |at| machine.code().line(at));
        Failure { code, module: at.map(|at| at.module as usize), line, message }
    };
    let answer = match answer {
        Ok(value) if !value.is_defined() => Ok(Raw::Undefined),
        Ok(value) => {
            let mut text = String::new();
            let longest = usize::try_from(allowance.limits.answer_bytes).unwrap_or(usize::MAX);
            let is_whole = value::write(&machine.stores, value, Form::Json, &mut text, longest);
            // What is longer than an answer may be is told by who asked, by its length.
            if is_whole || text.len() > longest {
                Ok(Raw::Value(text))
            } else {
                Err(Failure::new("the keys of the answer lie too deep inside one another"))
            }
        }
        Err(Stop::Limit(name)) => {
            meter::stop(stopped(name));
            Err(placed(None, format!("the evaluation reached the limit `{name}`")))
        }
        Err(Stop::Error { code, message }) => {
            let code = ErrorCode::named(code).unwrap_or(ErrorCode::EvalInternalError);
            Err(placed(Some(code), message))
        }
    };
    let prints = machine.take_prints().into_iter().map(|print| {
        let line = print.position.map_or(1, |position| machine.code().line(position));
        Printed { module: print.position.map(|position| position.module as usize), line, text: print.text }
    });
    let prints = prints.collect();
    (answer, prints)
}

fn stopped(name: &str) -> Stopped {
    match name {
        "depth" => Stopped::Depth,
        "range_elements" => Stopped::RangeElements,
        "format_width" => Stopped::FormatWidth,
        "shift_bits" => Stopped::ShiftBits,
        "number_exponent" => Stopped::NumberExponent,
        "number_digits" => Stopped::NumberDigits,
        "data_nesting" => Stopped::DataNesting,
        "regex_bytes" => Stopped::RegexBytes,
        "regex_nesting" => Stopped::RegexNesting,
        "memory_units" => Stopped::Memory,
        _ => Stopped::Steps,
    }
}
