//! `SecondOpinion`: regorus, asked the same as our own engine. The only file that names it.
//!
//! Where both answer and the answers differ, the first difference is told, natively: in wasm a panic of it would end the module. Not every difference is a mistake of ours: what
//! regorus is known to answer otherwise than OPA stands in `tests/differential/known.rs`.

use super::builtins;
use super::program::{Answer, Program};
use super::source::Dialect;
use crate::error::Error;
use regorus::{Engine, Value as Peer};
use serde_json::Value;
use std::cell::Cell;
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Brackets inside one another that its parser, which doubles its time with each of them, is given.
const BRACKETS: usize = 12;
/// Steps of ours beyond which it is not asked: it takes many times as long, and nothing stops it.
const STEPS: u64 = 100_000;

/// What an engine says, in one form for both.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// No value.
    Undefined,
    /// A value; sets are arrays in the order of OPA, and numbers are written alike.
    Value(Value),
    /// An error, in its words.
    Error(String),
}

impl Said {
    /// What our engine says.
    pub fn of_ours(answer: Result<&Answer, &Error>) -> Self {
        let value = answer.map_err(Clone::clone).and_then(Answer::to_value);
        match value {
            Ok(None) => Self::Undefined,
            Ok(Some(value)) => Self::Value(plain(value)),
            Err(error) => Self::Error(format!("{}: {}", error.code.as_str(), error.message)),
        }
    }

    /// Whether two engines say the same. What an error says is not compared.
    pub fn is_same(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Error(_), Self::Error(_))) || self == other
    }
}

/// regorus with the modules and the data of a program.
pub struct SecondOpinion(Engine);

impl SecondOpinion {
    /// Gives it modules, each with its path and dialect, and data as JSON text.
    ///
    /// # Errors
    /// What it cannot read, in its words. A panic of it is one of them.
    pub fn new<'a>(
        modules: impl IntoIterator<Item = (&'a str, &'a str, Dialect)>,
        data: Option<&str>,
    ) -> Result<Self, String> {
        let read = || -> Result<Engine, String> {
            let words = |error: &dyn std::fmt::Display| error.to_string();
            let mut engine = Engine::new();
            for (path, source, dialect) in modules {
                engine.set_rego_v0(dialect == Dialect::V0);
                engine.add_policy(path.to_owned(), source.to_owned()).map_err(|error| words(&error))?;
            }
            if let Some(data) = data {
                engine.add_data_json(data).map_err(|error| words(&error))?;
            }
            Ok(engine)
        };
        catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("a panic".to_owned())).map(Self)
    }

    /// What stands at a reference, such as `data.a.b`, over an input document as JSON text. Each question is put to an engine that has been
    /// asked nothing before.
    pub fn ask(&self, reference: &str, input: Option<&str>, is_strict: bool) -> Said {
        let mut engine = self.0.clone();
        engine.set_strict_builtin_errors(is_strict);
        let answer = catch_unwind(AssertUnwindSafe(|| {
            if let Some(input) = input {
                engine.set_input_json(input).map_err(|error| error.to_string())?;
            }
            let results = engine.eval_query(reference.to_owned(), false).map_err(|error| error.to_string())?;
            let expression = results.result.first().and_then(|row| row.expressions.first());
            Ok(expression.map_or(Peer::Undefined, |expression| expression.value.clone()))
        }));
        match answer {
            Err(_) => Said::Error("a panic".to_owned()),
            Ok(Err(message)) => Said::Error(message),
            Ok(Ok(Peer::Undefined)) => Said::Undefined,
            Ok(Ok(value)) => Said::Value(plain(json(&value))),
        }
    }
}

/// Asks it what a program has answered at a path, and tells of the first difference of a thread. It is not asked what it cannot read, what took
/// long, and what depends on the request or the host.
pub(super) fn compare(
    program: &Program,
    path: &[String],
    input: Option<&str>,
    is_strict: bool,
    ours: Result<&Answer, &Error>,
) {
    thread_local!(static IS_TOLD: Cell<bool> = const { Cell::new(false) });
    let sources = program.modules().iter().map(|module| module.source.as_str());
    let is_too_much = ours.is_err_and(|error| error.limit.is_some()) || program.cost().steps > STEPS;
    // What the request or the host says, it is not told.
    let is_told_more = |name: &String| builtins::find(name).is_some_and(|builtin| builtin.is_nondeterministic);
    let asks_the_world = !program.host_functions().is_empty() || program.builtins().iter().any(is_told_more);
    if IS_TOLD.get()
        || asks_the_world
        || is_too_much
        || sources.clone().any(|source| source.is_empty() || brackets(source) > BRACKETS)
    {
        return;
    }
    let dialects = program.dialects();
    let modules = program.modules().iter().map(|module| {
        let dialect = dialects.get(&module.path).copied().unwrap_or(Dialect::V1);
        (module.path.as_str(), module.source.as_str(), dialect)
    });
    let Ok(second) = SecondOpinion::new(modules, program.data_text().as_deref()) else { return };
    let (ours, theirs) = (Said::of_ours(ours), second.ask(&reference(path), input, is_strict));
    // An error of the one alone is most often something that it lacks.
    if matches!(theirs, Said::Error(_)) && !matches!(ours, Said::Error(_)) {
        return;
    }
    if !ours.is_same(&theirs) {
        IS_TOLD.set(true);
        tell(&format!("regorus says something else of `{}`\nours:   {ours:?}\ntheirs: {theirs:?}", path.join("/")));
    }
}

/// `data.a["b c"]` of a path.
fn reference(path: &[String]) -> String {
    path.iter().fold("data".to_owned(), |text, part| format!("{text}[{}]", Value::from(part.as_str())))
}

/// The most brackets inside one another, those in strings and comments counted as well.
fn brackets(source: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

#[allow(clippy::print_stderr, reason = "whoever develops a policy with this feature looks there")]
fn tell(difference: &str) {
    eprintln!("{difference}");
}

/// A value as JSON, with sets in the order of OPA.
fn json(value: &Peer) -> Value {
    match value {
        Peer::Set(set) => {
            let mut elements: Vec<&Peer> = set.iter().collect();
            elements.sort_by(|a, b| order(a, b));
            Value::Array(elements.into_iter().map(json).collect())
        }
        Peer::Array(items) => Value::Array(items.iter().map(json).collect()),
        Peer::Object(pairs) => Value::Object(pairs.iter().map(|(key, value)| (key_text(key), json(value))).collect()),
        Peer::Undefined => Value::String("<undefined>".to_owned()),
        other => other.to_json_str().ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null),
    }
}

fn key_text(key: &Peer) -> String {
    match key {
        Peer::String(text) => text.to_string(),
        other => json(other).to_string(),
    }
}

fn rank(value: &Peer) -> u8 {
    match value {
        Peer::Null => 0,
        Peer::Bool(_) => 1,
        Peer::Number(_) => 2,
        Peer::String(_) => 3,
        Peer::Array(_) => 4,
        Peer::Object(_) => 5,
        Peer::Set(_) => 6,
        Peer::Undefined => 7,
    }
}

/// OPA's order, in which objects come before sets.
fn order(a: &Peer, b: &Peer) -> Ordering {
    match (a, b) {
        (Peer::Array(a), Peer::Array(b)) => in_turn(a.iter().zip(b.iter()), a.len(), b.len()),
        (Peer::Set(a), Peer::Set(b)) => {
            let (mut a, mut b): (Vec<&Peer>, Vec<&Peer>) = (a.iter().collect(), b.iter().collect());
            a.sort_by(|a, b| order(a, b));
            b.sort_by(|a, b| order(a, b));
            in_turn(a.iter().copied().zip(b.iter().copied()), a.len(), b.len())
        }
        (Peer::Object(a), Peer::Object(b)) => {
            let (mut a, mut b): (Vec<_>, Vec<_>) = (a.iter().collect(), b.iter().collect());
            a.sort_by(|(a, _), (b, _)| order(a, b));
            b.sort_by(|(a, _), (b, _)| order(a, b));
            let pairs = a.iter().zip(&b).flat_map(|((k, v), (l, w))| [(*k, *l), (*v, *w)]);
            in_turn(pairs, a.len(), b.len())
        }
        _ => rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)),
    }
}

fn in_turn<'a>(pairs: impl Iterator<Item = (&'a Peer, &'a Peer)>, a: usize, b: usize) -> Ordering {
    pairs.map(|(a, b)| order(a, b)).find(|order| order.is_ne()).unwrap_or(a.cmp(&b))
}

/// Numbers by their value, whatever they are written as.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            match text.parse::<f64>() {
                Ok(float) if float.fract() == 0.0 && float.abs() < 1e15 => Value::from(float as i64),
                // The last digits of a fraction are the business of who prints it.
                Ok(float) if text.contains(['.', 'e', 'E']) => Value::from(format!("{float:.12e}")),
                _ => Value::Number(number),
            }
        }
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Object(pairs) => {
            let mut pairs: Vec<(String, Value)> = pairs.into_iter().map(|(key, value)| (key, plain(value))).collect();
            pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(pairs.into_iter().collect())
        }
        other => other,
    }
}
