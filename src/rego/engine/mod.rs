//! The Rego engine of this version: the only file that names `regorus`, so that it can be replaced by replacing this folder.
//!
//! Only its interpreter is used. Its virtual machine answers wrongly on conflicts, function defaults and `with`.

mod aside;
mod bounds;
pub mod guard;
mod guarded_builtins;
mod queries;
mod regex_builtins;
mod replaced_builtins;

pub use queries::{Query, prepare_query};

use super::analysis::Bundle;
use super::builtins::HostFunction;
use super::document;
use super::host::{HostAnswers, HostCall};
use super::meter::{self, Allowance};
use super::source::Dialect;
use crate::error::{Error, ErrorCode};
use anyhow::Error as EngineError;
use regorus::utils::limits::{ExecutionTimerConfig, TimeSource, set_time_source};
use regorus::{Engine as Interpreter, Value};
use serde::Deserialize;
use std::cell::RefCell;
use std::num::{NonZeroU32, NonZeroUsize};
use std::rc::Rc;
use std::sync::Once;
use std::time::Duration;

/// Whether it lacks what the checks look for in its place: template strings, operators that are called by their names, rules whose
/// heads have empty brackets.
pub const IS_INTERIM: bool = true;

/// Whether it tells which lines it has evaluated.
pub const TELLS_LINES: bool = false;

/// What the engine calls itself in `capabilities()`.
pub const NAME: &str = "regorus 0.14.1 (interpreter)";

/// What the engine refused, and where.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The code, where the engine gives one. This one does not.
    pub code: Option<ErrorCode>,
    /// The index of the module, where the engine named one.
    pub module: Option<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The engine's words.
    pub message: String,
}

/// A document as the engine keeps it.
#[derive(Debug, Clone)]
pub struct Document(Value);

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
        let mut reader = serde_json::Deserializer::from_str(text);
        // The nesting check has bounded the recursion already.
        reader.disable_recursion_limit();
        let value = Value::deserialize(&mut reader).map_err(|error| document::not_json(&error))?;
        reader.end().map_err(|error| document::not_json(&error))?;
        Ok(Self(value))
    }

    /// Reads the text of a data document whose size and nesting have been checked.
    ///
    /// # Errors
    /// `input_not_json`.
    pub fn read_data(text: &str) -> Result<Self, Error> {
        Self::read_text(text)
    }

    /// How many parts of a path stand in the document, as far as objects lead, and whether what stands there is an object.
    pub fn depth_of<'a>(&self, path: impl Iterator<Item = &'a String>) -> (usize, bool) {
        let mut at = &self.0;
        let mut depth = 0;
        for part in path {
            let next = at.as_object().ok().and_then(|object| object.get(&Value::from(part.as_str())));
            let Some(next) = next else { break };
            at = next;
            depth += 1;
        }
        (depth, at.as_object().is_ok())
    }

    /// Whether it is a JSON object.
    pub fn is_object(&self) -> bool {
        self.0.as_object().is_ok()
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

impl Printed {
    /// Takes the place from the engine's line: `m0:3: text`.
    fn of_line(line: String) -> Self {
        let mut parts = line.splitn(3, ':');
        let module = parts.next().and_then(|name| name.strip_prefix('m')).and_then(|index| index.parse().ok());
        let row = parts.next().and_then(|row| row.parse().ok());
        match (module, row, parts.next()) {
            (Some(module), Some(line), Some(text)) => {
                Self { module: Some(module), line, text: text.strip_prefix(' ').unwrap_or(text).to_owned() }
            }
            _ => Self { module: None, line: 1, text: line },
        }
    }
}

/// The text of a module for the parser, with the dialect to read it in.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The text.
    pub text: &'a str,
    /// Which Rego it is.
    pub dialect: Dialect,
}

/// Whether the engine's parser can read a text that passed [`guard`].
///
/// # Errors
/// The first thing that the parser refused.
fn can_read(source: &Source<'_>) -> Result<(), Failure> {
    add(&mut new_engine(), 0, source)
}

/// Modules and data, analysed and ready to be asked.
pub struct Prepared {
    /// Never evaluated, so that a failed evaluation can leave nothing behind.
    pristine: Interpreter,
    working: RefCell<Option<Interpreter>>,
}

/// Analyses modules that parse: order of evaluation, unsafe variables.
///
/// # Errors
/// The first thing that the analysis refused.
pub fn prepare(
    sources: &[Source<'_>],
    _: &Bundle<'_>,
    of_host: &[HostFunction],
    data: Option<&Document>,
) -> Result<Prepared, Failure> {
    let mut engine = new_engine();
    for (index, source) in sources.iter().enumerate() {
        // A name in a comment is one too many: this engine would find out only when it gets to the call.
        let named = |line: &str| of_host.iter().any(|function| line.contains(function.name.as_str()));
        if let Some(line) = source.text.lines().position(named) {
            let message = "it does not call functions of the host".to_owned();
            return Err(Failure { code: None, module: Some(index), line: line + 1, message });
        }
        add(&mut engine, index, source)?;
    }
    if sources.iter().any(|source| bounds::needs_format_check(source.text)) {
        guarded_builtins::check_formats(&mut engine);
    }
    if let Some(data) = data {
        engine.add_data(data.0.clone()).map_err(|error| failure(&error))?;
    }
    // A query that touches nothing makes the engine analyse every module.
    meter::start(Allowance::default());
    engine.eval_query("true".to_owned(), false).map_err(|error| failure(&error))?;
    Ok(Prepared { pristine: engine, working: RefCell::new(None) })
}

/// What an evaluation gave, as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// No value.
    Undefined,
    /// A value; sets are arrays in the engine's order.
    Value(String),
    /// The host is to answer these calls first. This engine does not call it.
    Needs(Vec<HostCall>),
}

/// What to ask.
#[derive(Clone, Copy)]
pub enum Question<'a> {
    /// What stands at a path below `data`.
    Path {
        /// The path.
        path: &'a [String],
        /// Whether a rule stands there and nothing else: then the engine can be asked for it directly.
        is_rule: bool,
    },
    /// A query, for all of its solutions.
    Query(&'a Query),
}

/// `data.a["b c"]` of a path.
fn reference(path: &[String]) -> String {
    let mut reference = "data".to_owned();
    for part in path {
        let is_name = !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !part.starts_with(|c: char| c.is_ascii_digit());
        if is_name {
            reference.push('.');
            reference.push_str(part);
        } else {
            reference.push_str(&format!("[{}]", serde_json::Value::from(part.as_str())));
        }
    }
    reference
}

impl Prepared {
    /// Nothing: this engine has no form but its own.
    pub fn to_bytes(&self, _: bool) -> Option<Vec<u8>> {
        None
    }

    /// Nothing, for the same reason.
    pub fn of_bytes(_: &[u8], _: Option<&Document>) -> Option<Result<Self, Failure>> {
        None
    }

    /// Nothing: this engine mixes what it knows with its data.
    pub fn update_data(
        &self,
        _: &[String],
        _: Option<&str>,
        _: impl FnOnce(&Document) -> Result<(), Error>,
    ) -> Option<Result<(), Error>> {
        None
    }

    /// Nothing: the data is what it was given.
    pub fn data_text(&self) -> Option<String> {
        None
    }

    /// Nothing: this engine mixes what it knows with its data.
    pub fn with_data(&self, _: Option<&Document>) -> Option<Self> {
        None
    }

    /// Asks for one value.
    ///
    /// # Errors
    /// What the engine refused. A limit that was reached is told by the meter, whatever comes back here.
    pub fn ask(
        &self,
        question: Question<'_>,
        input: Option<&Document>,
        allowance: Allowance,
        _: &Rc<HostAnswers>,
    ) -> Result<Raw, Failure> {
        self.run(input, allowance, false, |engine| answer_to(engine, question)).map(|(raw, _)| raw)
    }

    /// Asks and keeps what was printed, a line an entry.
    ///
    /// # Errors
    /// As [`Prepared::ask`].
    pub fn ask_with_prints(
        &self,
        question: Question<'_>,
        input: Option<&Document>,
        allowance: Allowance,
        _: &Rc<HostAnswers>,
    ) -> (Result<Raw, Failure>, Vec<Printed>) {
        let mut prints = Vec::new();
        let answer = self.run(input, allowance, true, |engine| answer_to(engine, question)).map(|(raw, printed)| {
            prints = printed.into_iter().map(Printed::of_line).collect();
            raw
        });
        (answer, prints)
    }

    /// None: this engine does not tell lines.
    pub fn watched(&self, _: Option<&Document>) -> Option<Self> {
        None
    }

    /// None.
    pub fn lines_seen(&self) -> Vec<(usize, usize)> {
        Vec::new()
    }

    fn run<T>(
        &self,
        input: Option<&Document>,
        allowance: Allowance,
        gather_prints: bool,
        ask: impl FnOnce(&mut Interpreter) -> Result<T, EngineError>,
    ) -> Result<(T, Vec<String>), Failure> {
        // Taken out while it works: a failed evaluation drops it, and with it whatever state the failure left.
        let taken = self.working.try_borrow_mut().ok().and_then(|mut working| working.take());
        let mut engine = taken.unwrap_or_else(|| self.pristine.clone());
        engine.set_strict_builtin_errors(allowance.strict_builtin_errors);
        engine.set_gather_prints(gather_prints);
        engine.set_input(input.map_or(Value::Undefined, |input| input.0.clone()));
        meter::start(allowance);
        let answer = ask(&mut engine);
        meter::look_at_the_heap();
        let answer = answer.map_err(|error| failure(&error))?;
        let prints = if gather_prints { engine.take_prints().unwrap_or_default() } else { Vec::new() };
        engine.set_input(Value::Undefined);
        // What a stopped evaluation has kept would count for the next one's heap.
        if meter::stopped().is_none()
            && let Ok(mut working) = self.working.try_borrow_mut()
        {
            *working = Some(engine);
        }
        Ok((answer, prints))
    }
}

fn answer_to(engine: &mut Interpreter, question: Question<'_>) -> Result<Raw, EngineError> {
    match question {
        Question::Path { path, is_rule: true } => text_of(engine.eval_rule(reference(path))?),
        Question::Path { path, is_rule: false } => value_of(engine, reference(path)),
        Question::Query(query) => {
            if bounds::needs_format_check(query.expression()) {
                // A second check is refused by the engine, and not needed.
                guarded_builtins::check_formats(engine);
            }
            value_of(engine, query.expression().to_owned())
        }
    }
}

fn value_of(engine: &mut Interpreter, expression: String) -> Result<Raw, EngineError> {
    let results = engine.eval_query(expression, false)?;
    match results.result.first().and_then(|result| result.expressions.first()) {
        Some(expression) => text_of(expression.value.clone()),
        None => Ok(Raw::Undefined),
    }
}

fn text_of(value: Value) -> Result<Raw, EngineError> {
    match value {
        Value::Undefined => Ok(Raw::Undefined),
        value => Ok(Raw::Value(compact(&value)?)),
    }
}

/// The value as JSON text without blanks; the engine's own writer puts them in.
fn compact(value: &Value) -> Result<String, EngineError> {
    let mut text = bounds::Text::new(meter::allowance().limits.memory_bytes);
    let written = serde_json::to_writer(&mut text, value);
    // Value and text are both there now, and a query's values are not any more when it has ended.
    meter::look_at_the_heap();
    written.map_err(|error| anyhow::anyhow!("the answer cannot be written: {error}"))?;
    String::from_utf8(text.into_bytes()).map_err(|error| anyhow::anyhow!("the answer cannot be written: {error}"))
}

fn new_engine() -> Interpreter {
    watch();
    let mut engine = Interpreter::new();
    engine.set_strict_builtin_errors(false);
    engine.set_policy_length_config(regorus::PolicyLengthConfig {
        // Our own limits on size stand before the parser; long lines are legal Rego.
        max_col: NonZeroU32::MAX,
        max_file_bytes: NonZeroUsize::MAX,
        max_lines: NonZeroUsize::MAX,
    });
    if let Some(interval) = NonZeroU32::new(meter::STEPS_PER_TICK) {
        engine.set_execution_timer_config(ExecutionTimerConfig {
            limit: Duration::from_secs(1),
            check_interval: interval,
        });
    }
    for (name, arguments, call) in replaced_builtins::REPLACED {
        // Cannot fail: each name is added once to a new engine.
        let _ = engine.add_extension(
            name.to_owned(),
            arguments,
            Box::new(move |values: Vec<Value>| {
                let values = values
                    .iter()
                    .map(|value| {
                        document::value_of_text(&compact(value)?).map_err(|error| anyhow::anyhow!(error.message))
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                match call(&values) {
                    Ok(Some(value)) => Document::read_text(&value.to_string())
                        .map(|document| document.0)
                        .map_err(|error| anyhow::anyhow!(error.message)),
                    Ok(None) => Ok(Value::Undefined),
                    Err(message)
                        if meter::allowance().strict_builtin_errors || message.contains("the request carries") =>
                    {
                        Err(anyhow::anyhow!(message))
                    }
                    Err(_) => Ok(Value::Undefined),
                }
            }),
        );
    }
    guarded_builtins::check_all(&mut engine);
    regex_builtins::add_all(&mut engine);
    engine
}

fn add(engine: &mut Interpreter, index: usize, source: &Source<'_>) -> Result<(), Failure> {
    engine.set_rego_v0(source.dialect == Dialect::V0);
    engine.add_policy(format!("m{index}"), source.text.to_owned()).map(|_| ()).map_err(|error| failure(&error))
}

/// The engine asks a clock whether time is up; ours counts steps and looks at heap and stack instead.
struct Watch;

impl TimeSource for Watch {
    fn now(&self) -> Option<Duration> {
        Some(if meter::tick() { Duration::from_secs(meter::later()) } else { Duration::ZERO })
    }
}

fn watch() {
    static WATCH: Watch = Watch;
    static ONCE: Once = Once::new();
    // A second registration would be refused; the first is ours for the life of the process.
    ONCE.call_once(|| {
        let _ = set_time_source(&WATCH);
    });
}

/// Reads the place and the words out of the engine's error text: `--> m0:3:7`, the line with a caret, `error: words`.
fn failure(error: &anyhow::Error) -> Failure {
    let text = error.to_string();
    let place = text
        .split("\n--> ")
        .nth(1)
        .or_else(|| text.strip_prefix("--> "))
        .and_then(|rest| rest.lines().next())
        .unwrap_or("");
    let mut parts = place.rsplitn(3, ':');
    let _column = parts.next();
    let line = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let module = parts.next().and_then(|name| name.strip_prefix('m')).and_then(|index| index.parse().ok());
    let message = match text.split_once("\nerror: ") {
        // Words that follow further places (a chain of calls) belong to the message.
        Some((_, words)) => {
            let mut parts = words.split("\n-->");
            let words = parts.next().unwrap_or(words).trim();
            // Words that end with a colon are about the place behind it.
            let line = parts.next().and_then(|place| place.lines().next()).and_then(|place| place.rsplit(':').nth(1));
            match line.filter(|_| words.ends_with(':')) {
                Some(line) => format!("{words} {line}"),
                None => words.to_owned(),
            }
        }
        None => text.trim().to_owned(),
    };
    Failure { code: None, module, line, message }
}
