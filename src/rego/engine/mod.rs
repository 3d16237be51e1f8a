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
use super::syntax::numbers::{self, Bound, Strings};
use crate::error::Error;
use bounds::Measured;
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

    /// How many parts of a path stand in the document, as far as objects lead, and whether what stands there is an object.
    pub fn depth_of<'a>(&self, path: impl Iterator<Item = &'a String>) -> (usize, bool) {
        let mut at = &self.0;
        let mut depth = 0;
        for part in path {
            let next = at.as_object().ok().and_then(|object| object.get(&regorus::Value::from(part.as_str())));
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
    /// Any expression that is a value.
    Expression(&'a str),
}

impl Prepared {
    /// Asks for one value.
    ///
    /// # Errors
    /// What the engine refused. A limit that was reached is told by the meter, whatever comes back here.
    pub fn ask(&self, question: Question<'_>, input: Option<&Document>, allowance: Allowance) -> Result<Raw, Failure> {
        self.run(input, allowance, false, |engine| answer_to(engine, question)).map(|(raw, _)| raw)
    }

    /// Asks and keeps what was printed, a line an entry, with module names such as `m0` in front.
    ///
    /// # Errors
    /// As [`Prepared::ask`].
    pub fn ask_with_prints(&self, question: Question<'_>, allowance: Allowance) -> (Result<Raw, Failure>, Vec<String>) {
        let mut prints = Vec::new();
        let answer = self.run(None, allowance, true, |engine| answer_to(engine, question)).map(|(raw, printed)| {
            prints = printed;
            raw
        });
        (answer, prints)
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
        let answer = ask(&mut engine);
        meter::look_at_the_heap();
        let answer = answer.map_err(|error| failure(&error))?;
        let prints = if gather_prints { engine.take_prints().unwrap_or_default() } else { Vec::new() };
        engine.set_input(regorus::Value::Undefined);
        // What a stopped evaluation has kept would count for the next one's heap.
        if meter::stopped().is_none()
            && let Ok(mut working) = self.working.try_borrow_mut()
        {
            *working = Some(engine);
        }
        Ok((answer, prints))
    }
}

fn answer_to(engine: &mut regorus::Engine, question: Question<'_>) -> Result<Raw, anyhow::Error> {
    match question {
        Question::Rule(path) => text_of(engine.eval_rule(path.to_owned())?),
        Question::Reference(text) | Question::Expression(text) => {
            if matches!(question, Question::Expression(_)) && bounds::needs_format_check(text) {
                // A second check is refused by the engine, and not needed.
                check_formats(engine);
            }
            let results = engine.eval_query(text.to_owned(), false)?;
            match results.result.first().and_then(|result| result.expressions.first()) {
                Some(expression) => text_of(expression.value.clone()),
                None => Ok(Raw::Undefined),
            }
        }
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
    let text = serde_json::to_string(value);
    // Value and text are both there now, and a query's values are not any more when it has ended.
    meter::look_at_the_heap();
    text.map_err(|error| anyhow::anyhow!("the answer cannot be written: {error}"))
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
    for (name, rule) in [("to_number", "number"), ("json.unmarshal", "from_json"), ("yaml.unmarshal", "from_yaml")] {
        check_numbers(&mut engine, name, rule);
    }
    check_replacements(&mut engine);
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

/// Puts a check of its numbers before a builtin of one operand that reads text.
fn check_numbers(engine: &mut regorus::Engine, name: &str, rule: &'static str) {
    let strings = if name == "json.unmarshal" { Strings::AreQuoted } else { Strings::MayBeBare };
    let _ = engine.add_extension(
        name.to_owned(),
        1,
        Box::new(move |operands: Vec<regorus::Value>| {
            let text = operands.first().and_then(|text| text.as_string().ok());
            match text.and_then(|text| numbers::endless(text, strings)) {
                Some(bound) => {
                    meter::stop(match bound {
                        Bound::Exponent => Stopped::NumberExponent,
                        Bound::Digits => Stopped::NumberDigits,
                    });
                    Ok(regorus::Value::Undefined)
                }
                None => ask_aside(rule, operands),
            }
        }),
    );
}

/// Puts our own work, measured before it is done, in place of builtins that make long texts out of short ones. What is
/// no operand for them goes to the engine's own, for its words.
fn check_replacements(engine: &mut regorus::Engine) {
    type Own = fn(&[regorus::Value]) -> Option<Measured<regorus::Value>>;
    let all: [(&str, u8, &'static str, Own); 5] = [
        ("replace", 3, "replaced", |operands| {
            let [text, old, new] = strings(operands)?;
            Some(bounds::replaced(text, old, new).map(regorus::Value::from))
        }),
        ("strings.replace_n", 2, "replaced_by_table", |operands| {
            let (table, text) = (operands.first()?.as_object().ok()?, operands.get(1)?.as_string().ok()?);
            let mut text = text.to_string();
            for (old, new) in table.iter_sorted() {
                match bounds::replaced(&text, old.as_string().ok()?, new.as_string().ok()?) {
                    Measured::Made(next) => text = next,
                    Measured::TooLarge => return Some(Measured::TooLarge),
                }
            }
            Some(Measured::Made(regorus::Value::from(text)))
        }),
        ("regex.replace", 3, "replaced_by_pattern", |operands| {
            let [text, _, new] = strings(operands)?;
            // Counting the matches costs as much as the work: only where it may be too large.
            let is_too_large = bounds::is_too_large_replaced(text, new, text.chars().count() + 1)
                && ask_aside("matches", operands.to_vec()).ok().and_then(|matches| matches.as_u64().ok()).is_some_and(
                    |matches| bounds::is_too_large_replaced(text, new, usize::try_from(matches).unwrap_or(usize::MAX)),
                );
            is_too_large.then_some(Measured::TooLarge)
        }),
        ("concat", 2, "joined", |operands| {
            let delimiter = operands.first()?.as_string().ok()?;
            let parts: Vec<&str> = match operands.get(1)? {
                regorus::Value::Array(parts) => {
                    parts.iter().map(|part| Some(&**part.as_string().ok()?)).collect::<Option<_>>()?
                }
                regorus::Value::Set(parts) => {
                    parts.iter_sorted().map(|part| Some(&**part.as_string().ok()?)).collect::<Option<_>>()?
                }
                _ => return None,
            };
            Some(bounds::joined(&parts, delimiter).map(regorus::Value::from))
        }),
        ("indexof_n", 2, "indexes", |operands| {
            let [text, part] = strings(operands)?;
            let indexes = bounds::indexes(text, part).into_iter().map(regorus::Value::from);
            Some(Measured::Made(regorus::Value::from(indexes.collect::<Vec<_>>())))
        }),
    ];
    for (name, arguments, rule, own) in all {
        let _ = engine.add_extension(
            name.to_owned(),
            arguments,
            Box::new(move |operands: Vec<regorus::Value>| match own(&operands) {
                Some(Measured::Made(value)) => Ok(value),
                Some(Measured::TooLarge) => {
                    meter::stop(Stopped::Memory);
                    Ok(regorus::Value::Undefined)
                }
                None => ask_aside(rule, operands),
            }),
        );
    }
}

/// The operands as texts, if all of them are.
fn strings<const COUNT: usize>(operands: &[regorus::Value]) -> Option<[&str; COUNT]> {
    let texts: Vec<&str> =
        operands.iter().map(|operand| operand.as_string().ok().map(|text| &**text)).collect::<Option<_>>()?;
    texts.try_into().ok()
}

/// The engine's own builtins behind a check: a builtin that is replaced cannot be called any more, so another engine,
/// in which it is not, is asked.
fn ask_aside(rule: &str, operands: Vec<regorus::Value>) -> Result<regorus::Value, anyhow::Error> {
    const MODULE: &str = "package aside

formatted := sprintf(input[0], input[1])

shifted := bits.lsh(input[0], input[1])

number := to_number(input[0])

from_json := json.unmarshal(input[0])

from_yaml := yaml.unmarshal(input[0])

replaced := replace(input[0], input[1], input[2])

replaced_by_table := strings.replace_n(input[0], input[1])

replaced_by_pattern := regex.replace(input[0], input[1], input[2])

matches := count(regex.find_n(input[1], input[0], -1))

joined := concat(input[0], input[1])

indexes := indexof_n(input[0], input[1])
";
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
        if answer.is_err() {
            // What a failure leaves in an engine is not known.
            *aside = None;
        }
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
