//! The two engines, each asked the same: what they answer, in one form.

use regate::error::ErrorCode;
use regate::rego::{self, Allowance, Capabilities, DialectRule, Document, Module, Program};
use regorus::{Engine, Value as Peer};
use serde_json::Value;
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// There is no such rule.
    Nothing,
    Undefined,
    Value(Value),
    Error(String),
}

impl Said {
    /// Whether two engines say the same. What an error says is not compared.
    pub fn is_same(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Error(_), Self::Error(_))) || self == other
    }

    /// Whether both are values, both errors, or both neither.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Modules, data and input.
#[derive(Debug, Clone)]
pub struct Case {
    pub modules: Vec<String>,
    pub data: Value,
    pub input: Value,
    /// Whether a builtin that fails is an error.
    pub is_strict: bool,
}

/// Our engine, where the checks accept the modules.
pub struct Ours {
    program: Program,
    input: Document,
    is_strict: bool,
}

impl Ours {
    /// The engine, or the modules by number and the lines in which something is refused.
    pub fn read(case: &Case) -> Result<Self, Vec<(usize, u32)>> {
        let path = |at: usize| format!("m{at}.rego");
        let modules = case.modules.iter().enumerate();
        let modules = modules.map(|(at, source)| Module { path: path(at), source: source.clone() }).collect();
        let data = case.data.to_string();
        let capabilities = Capabilities { strict: false, ..Capabilities::default() };
        let compilation =
            rego::compile(modules, Some(data.as_bytes()), DialectRule::V1, &capabilities).map_err(|_| Vec::new())?;
        match compilation.program {
            Some(program) => {
                let input = Document::read(case.input.to_string().as_bytes()).map_err(|_| Vec::new())?;
                Ok(Self { program, input, is_strict: case.is_strict })
            }
            None => Err(compilation
                .diagnostics
                .iter()
                .filter(|finding| finding.is_error())
                .filter_map(|finding| {
                    let module = (0..case.modules.len()).find(|&at| path(at) == finding.file)?;
                    Some((module, finding.start.line))
                })
                .collect()),
        }
    }

    /// The answer under a path, `data.p.x`.
    pub fn ask(&self, path: &str) -> Said {
        let entrypoint = path.trim_start_matches("data.").replace('.', "/");
        let allowance =
            Allowance { now_ms: Some(0), seed: Some(1), strict_builtin_errors: self.is_strict, ..Allowance::default() };
        match self.program.evaluate(&entrypoint, Some(&self.input), allowance) {
            Err(error) if error.code == ErrorCode::UnknownEntrypoint => Said::Nothing,
            Err(error) => Said::Error(format!("{}: {}", error.code.as_str(), error.message)),
            Ok(evaluation) => match evaluation.answer.to_value() {
                Ok(None) => Said::Undefined,
                Ok(Some(value)) => Said::Value(plain(value)),
                Err(error) => Said::Error(error.message),
            },
        }
    }
}

/// regorus, where it reads the modules.
pub struct Theirs(Engine);

impl Theirs {
    pub fn new(case: &Case) -> Result<Self, String> {
        let engine = catch_unwind(|| -> Result<Engine, String> {
            let words = |error: &dyn std::fmt::Display| error.to_string();
            let mut engine = Engine::new();
            for (at, source) in case.modules.iter().enumerate() {
                engine.add_policy(format!("m{at}.rego"), source.clone()).map_err(|error| words(&error))?;
            }
            engine.add_data_json(&case.data.to_string()).map_err(|error| words(&error))?;
            engine.set_input_json(&case.input.to_string()).map_err(|error| words(&error))?;
            engine.set_strict_builtin_errors(case.is_strict);
            Ok(engine)
        });
        engine.unwrap_or_else(|_| Err("a panic".to_owned())).map(Self)
    }

    /// The answer under a path. Each is asked of an engine that has been asked nothing before.
    pub fn ask(&self, path: &str) -> Said {
        let mut engine = self.0.clone();
        let answer = catch_unwind(AssertUnwindSafe(|| {
            engine.eval_query(path.to_owned(), false).map(|results| {
                let expression = results.result.first().and_then(|row| row.expressions.first());
                expression.map_or(Peer::Undefined, |expression| expression.value.clone())
            })
        }));
        match answer {
            Err(_) => Said::Error("a panic".to_owned()),
            Ok(Err(error)) => Said::Error(format!("{error}")),
            Ok(Ok(Peer::Undefined)) => Said::Undefined,
            Ok(Ok(value)) => Said::Value(plain(json(&value))),
        }
    }
}

/// A value as JSON, with sets in the order of OPA.
fn json(value: &Peer) -> Value {
    match value {
        Peer::Set(set) => {
            let mut elements: Vec<&Peer> = set.iter().collect();
            elements.sort_by(|a, b| compare(a, b));
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
fn compare(a: &Peer, b: &Peer) -> Ordering {
    match (a, b) {
        (Peer::Array(a), Peer::Array(b)) => in_turn(a.iter().zip(b.iter()), a.len(), b.len()),
        (Peer::Set(a), Peer::Set(b)) => {
            let (mut a, mut b): (Vec<&Peer>, Vec<&Peer>) = (a.iter().collect(), b.iter().collect());
            a.sort_by(|a, b| compare(a, b));
            b.sort_by(|a, b| compare(a, b));
            in_turn(a.iter().copied().zip(b.iter().copied()), a.len(), b.len())
        }
        (Peer::Object(a), Peer::Object(b)) => {
            let (mut a, mut b): (Vec<_>, Vec<_>) = (a.iter().collect(), b.iter().collect());
            a.sort_by(|(a, _), (b, _)| compare(a, b));
            b.sort_by(|(a, _), (b, _)| compare(a, b));
            let pairs = a.iter().zip(&b).flat_map(|((k, v), (l, w))| [(*k, *l), (*v, *w)]);
            in_turn(pairs, a.len(), b.len())
        }
        _ => rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)),
    }
}

fn in_turn<'a>(pairs: impl Iterator<Item = (&'a Peer, &'a Peer)>, a: usize, b: usize) -> Ordering {
    pairs.map(|(a, b)| compare(a, b)).find(|order| order.is_ne()).unwrap_or(a.cmp(&b))
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
