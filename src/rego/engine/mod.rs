//! The Rego engine of this version: the only file that names `regorus`, so that it can be replaced by replacing this folder.
//!
//! Only its interpreter is used. Its virtual machine answers wrongly on conflicts, function defaults and `with`.

mod bounds;
mod outline;
mod replaced_builtins;

use super::check::outline::Outline;
use super::document;
use super::meter::{self, Allowance, Stopped};
use super::source::Dialect;
use crate::error::Error;
use regorus::utils::limits::{ExecutionTimerConfig, TimeSource, set_time_source};
use serde::Deserialize;
use std::cell::RefCell;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Once;
use std::time::Duration;

/// What the engine calls itself in `capabilities()`.
pub const NAME: &str = "regorus 0.14.1 (interpreter)";

/// What the engine refused, and where: a module by its index, a line, and a column as the engine counts.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The index of the module, where the engine named one.
    pub module: Option<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The engine's column, from 1: a tab is four, a string in quotes counts bytes, a raw string characters.
    pub column: usize,
    /// The engine's words.
    pub message: String,
}

/// A document as the engine keeps it.
#[derive(Debug, Clone)]
pub struct Document(regorus::Value);

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
        let value = regorus::Value::deserialize(&mut reader).map_err(|error| document::not_json(&error))?;
        reader.end().map_err(|error| document::not_json(&error))?;
        Ok(Self(value))
    }

    /// Whether it is a JSON object.
    pub fn is_object(&self) -> bool {
        self.0.as_object().is_ok()
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

/// Parses one module.
///
/// # Errors
/// The first thing that the parser refused.
pub fn parse(source: &Source<'_>) -> Result<Outline, Failure> {
    let mut engine = new_engine();
    add(&mut engine, 0, source)?;
    // The tree straight from the engine: its own way through JSON text takes most of the time of a check.
    let tree = engine.get_modules().first().map(|module| serde_json::to_value(&**module)).transpose();
    let refused = |message: String| Failure { module: Some(0), line: 1, column: 1, message };
    let tree = tree.map_err(|error| refused(error.to_string()))?;
    outline::read(&tree.unwrap_or_default(), source.text).map_err(|message| refused(message.to_owned()))
}

/// Modules and data, analysed and ready to be asked.
pub struct Prepared {
    /// Never evaluated, so that a failed evaluation can leave nothing behind.
    pristine: regorus::Engine,
    working: RefCell<Option<regorus::Engine>>,
}

/// Analyses modules that parse: order of evaluation, unsafe variables.
///
/// # Errors
/// The first thing that the analysis refused.
pub fn prepare(sources: &[Source<'_>], data: Option<&Document>) -> Result<Prepared, Failure> {
    let mut engine = new_engine();
    for (index, source) in sources.iter().enumerate() {
        add(&mut engine, index, source)?;
    }
    if sources.iter().any(|source| bounds::needs_format_check(source.text)) {
        check_formats(&mut engine);
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
}

/// What to ask.
#[derive(Debug, Clone, Copy)]
pub enum Question<'a> {
    /// A rule by its full path, `data.a.b`. It must exist.
    Rule(&'a str),
    /// A reference that may be a package or lead into a rule's value.
    Reference(&'a str),
}

impl Prepared {
    /// Asks for one value.
    ///
    /// # Errors
    /// What the engine refused. A limit that was reached is told by the meter, whatever comes back here.
    pub fn ask(&self, question: Question<'_>, input: Option<&Document>, allowance: Allowance) -> Result<Raw, Failure> {
        self.run(input, allowance, false, |engine| match question {
            Question::Rule(path) => text_of(engine.eval_rule(path.to_owned())?),
            Question::Reference(path) => {
                let results = engine.eval_query(path.to_owned(), false)?;
                match results.result.first().and_then(|result| result.expressions.first()) {
                    Some(expression) => text_of(expression.value.clone()),
                    None => Ok(Raw::Undefined),
                }
            }
        })
        .map(|(raw, _)| raw)
    }

    /// Asks a rule and keeps what it printed, a line an entry, with module names such as `m0` in front.
    ///
    /// # Errors
    /// As [`Prepared::ask`].
    pub fn ask_with_prints(&self, rule: &str, allowance: Allowance) -> (Result<Raw, Failure>, Vec<String>) {
        let mut prints = Vec::new();
        let answer = self.run(None, allowance, true, |engine| text_of(engine.eval_rule(rule.to_owned())?)).map(
            |(raw, printed)| {
                prints = printed;
                raw
            },
        );
        (answer, prints)
    }

    /// Runs a query with variables; each result is the JSON text of an object from variable to value.
    ///
    /// # Errors
    /// As [`Prepared::ask`].
    pub fn query(&self, query: &str, input: Option<&Document>, allowance: Allowance) -> Result<Vec<String>, Failure> {
        self.run(input, allowance, false, |engine| {
            if bounds::needs_format_check(query) {
                // A second check is refused by the engine, and not needed.
                check_formats(engine);
            }
            let results = engine.eval_query(query.to_owned(), false)?;
            results.result.iter().map(|result| compact(&result.bindings)).collect()
        })
        .map(|(rows, _)| rows)
    }

    fn run<T>(
        &self,
        input: Option<&Document>,
        allowance: Allowance,
        gather_prints: bool,
        ask: impl FnOnce(&mut regorus::Engine) -> Result<T, anyhow::Error>,
    ) -> Result<(T, Vec<String>), Failure> {
        // Taken out while it works: a failed evaluation drops it, and with it whatever state the failure left.
        let taken = self.working.try_borrow_mut().ok().and_then(|mut working| working.take());
        let mut engine = taken.unwrap_or_else(|| self.pristine.clone());
        engine.set_strict_builtin_errors(allowance.strict_builtin_errors);
        engine.set_gather_prints(gather_prints);
        engine.set_input(input.map_or(regorus::Value::Undefined, |input| input.0.clone()));
        meter::start(allowance);
        let answer = ask(&mut engine).map_err(|error| failure(&error))?;
        let prints = if gather_prints { engine.take_prints().unwrap_or_default() } else { Vec::new() };
        engine.set_input(regorus::Value::Undefined);
        if let Ok(mut working) = self.working.try_borrow_mut() {
            *working = Some(engine);
        }
        Ok((answer, prints))
    }
}

fn text_of(value: regorus::Value) -> Result<Raw, anyhow::Error> {
    match value {
        regorus::Value::Undefined => Ok(Raw::Undefined),
        value => Ok(Raw::Value(compact(&value)?)),
    }
}

/// The value as JSON text without blanks; the engine's own writer puts them in.
fn compact(value: &regorus::Value) -> Result<String, anyhow::Error> {
    serde_json::to_string(value).map_err(|error| anyhow::anyhow!("the answer cannot be written: {error}"))
}

fn new_engine() -> regorus::Engine {
    watch();
    let mut engine = regorus::Engine::new();
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
            Box::new(move |values: Vec<regorus::Value>| {
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
                    Ok(None) => Ok(regorus::Value::Undefined),
                    Err(message)
                        if meter::allowance().strict_builtin_errors || message.contains("the request carries") =>
                    {
                        Err(anyhow::anyhow!(message))
                    }
                    Err(_) => Ok(regorus::Value::Undefined),
                }
            }),
        );
    }
    check_shifts(&mut engine);
    engine
}

/// Puts a check of its format before every `sprintf`.
fn check_formats(engine: &mut regorus::Engine) {
    let _ = engine.add_extension(
        "sprintf".to_owned(),
        2,
        Box::new(|operands: Vec<regorus::Value>| {
            let format = operands.first().and_then(|format| format.as_string().ok());
            if format.is_some_and(|format| bounds::is_too_wide(format)) {
                meter::stop(Stopped::FormatWidth);
                return Ok(regorus::Value::Undefined);
            }
            ask_aside("formatted", operands)
        }),
    );
}

/// Puts a check of its length before every `bits.lsh`.
fn check_shifts(engine: &mut regorus::Engine) {
    let _ = engine.add_extension(
        "bits.lsh".to_owned(),
        2,
        Box::new(|operands: Vec<regorus::Value>| {
            if operands.get(1).map(compact).transpose()?.is_some_and(|shift| bounds::is_too_long(&shift)) {
                meter::stop(Stopped::ShiftBits);
                return Ok(regorus::Value::Undefined);
            }
            ask_aside("shifted", operands)
        }),
    );
}

/// The engine's own builtins behind a check: a builtin that is replaced cannot be called any more, so another engine,
/// in which it is not, is asked.
fn ask_aside(rule: &str, operands: Vec<regorus::Value>) -> Result<regorus::Value, anyhow::Error> {
    const MODULE: &str =
        "package aside\n\nformatted := sprintf(input[0], input[1])\n\nshifted := bits.lsh(input[0], input[1])\n";
    thread_local! {
        static ASIDE: RefCell<Option<regorus::Engine>> = const { RefCell::new(None) };
    }
    ASIDE.with(|aside| {
        let mut aside = aside.try_borrow_mut()?;
        let engine = match aside.as_mut() {
            Some(engine) => engine,
            None => {
                let mut engine = regorus::Engine::new();
                engine.add_policy("aside".to_owned(), MODULE.to_owned())?;
                aside.insert(engine)
            }
        };
        engine.set_strict_builtin_errors(meter::allowance().strict_builtin_errors);
        engine.set_input(regorus::Value::from(operands));
        let answer = engine.eval_rule(format!("data.aside.{rule}"));
        engine.set_input(regorus::Value::Undefined);
        // Its words alone: the place that it names is not one of the author's.
        answer.map_err(|error| anyhow::anyhow!(failure(&error).message))
    })
}

fn add(engine: &mut regorus::Engine, index: usize, source: &Source<'_>) -> Result<(), Failure> {
    engine.set_rego_v0(source.dialect == Dialect::V0);
    engine.add_policy(format!("m{index}"), source.text.to_owned()).map(|_| ()).map_err(|error| failure(&error))
}

/// The engine asks a clock whether time is up; ours counts steps and looks at heap and stack instead.
struct Watch;

impl TimeSource for Watch {
    fn now(&self) -> Option<Duration> {
        Some(if meter::tick() { Duration::MAX } else { Duration::ZERO })
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
    let column = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let line = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let module = parts.next().and_then(|name| name.strip_prefix('m')).and_then(|index| index.parse().ok());
    let message = match text.split_once("\nerror: ") {
        // Words that follow further places (a chain of calls) belong to the message.
        Some((_, words)) => words.split("\n-->").next().unwrap_or(words).trim().to_owned(),
        None => text.trim().to_owned(),
    };
    Failure { module, line, column, message }
}
