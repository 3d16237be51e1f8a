//! One evaluation case: how it is run, and how what comes back is judged.

use crate::data::SuiteCase;
use crate::json::{self, Reading};
use regate::error::{Error, ErrorCode};
use regate::rego::builtins::all_granted;
use regate::rego::{
    Allowance, Answer, Capabilities, Dialect, DialectRule, Document, Evaluation, HostAnswer, HostAnswers, HostCall,
    Module, Program, Round, compile,
};
use serde_json::Value;
use std::net::ToSocketAddrs as _;
use std::rc::Rc;

/// The time that the request tells: cases compare it with itself, and with that of certificates which are valid in 2025.
pub const NOW_MS: u64 = 1_750_000_000_000;

/// What became of a case.
pub struct Verdict {
    pub strict: bool,
    pub lenient: bool,
    /// Why it misses, strictly or altogether.
    pub miss: Option<Miss>,
}

pub struct Miss {
    pub cause: Cause,
    /// The words of the engine, or what was wanted and given.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    MissingBuiltin,
    DoesNotCompile,
    WrongResult,
    ExpectedError,
    UnexpectedError,
    OtherCode,
    Limit,
    Panic,
    TimeOut,
}

impl Cause {
    pub const ALL: [Self; 9] = [
        Self::MissingBuiltin,
        Self::DoesNotCompile,
        Self::WrongResult,
        Self::ExpectedError,
        Self::UnexpectedError,
        Self::OtherCode,
        Self::Limit,
        Self::Panic,
        Self::TimeOut,
    ];

    pub const fn words(self) -> &'static str {
        match self {
            Self::MissingBuiltin => "missing builtin",
            Self::DoesNotCompile => "does not compile",
            Self::WrongResult => "wrong result",
            Self::ExpectedError => "expected an error, got a result",
            Self::UnexpectedError => "error where a result is wanted",
            Self::OtherCode => "fails as wanted, with another code (passes leniently)",
            Self::Limit => "limit",
            Self::Panic => "panic",
            Self::TimeOut => "does not end",
        }
    }
}

impl Verdict {
    fn pass() -> Self {
        Self { strict: true, lenient: true, miss: None }
    }

    pub fn miss(cause: Cause, detail: impl Into<String>) -> Self {
        Self { strict: false, lenient: cause == Cause::OtherCode, miss: Some(Miss { cause, detail: detail.into() }) }
    }
}

pub fn dialect(version: &str) -> Dialect {
    if version == "v0" { Dialect::V0 } else { Dialect::V1 }
}

/// Runs a case and judges it.
pub fn judge(case: &SuiteCase) -> Verdict {
    let program = match program(case) {
        Ok(program) => program,
        Err(verdict) => return verdict,
    };
    let wants_error = case.want_error_code.is_some() || case.want_error.is_some();
    match ask(&program, case) {
        Ok(rows) if wants_error => Verdict::miss(Cause::ExpectedError, Value::from(rows).to_string()),
        Ok(rows) => {
            let reading = Reading {
                sort: case.sort_bindings,
                verdict_only: case
                    .builtins
                    .iter()
                    .any(|name| matches!(name.as_str(), "json.match_schema" | "json.verify_schema")),
            };
            let wanted = json::rows(case.want_result.iter().flatten(), reading);
            if json::rows(&rows, reading) == wanted {
                Verdict::pass()
            } else {
                let wanted = Value::from(case.want_result.clone().unwrap_or_default());
                Verdict::miss(Cause::WrongResult, format!("{} instead of {wanted}", Value::from(rows)))
            }
        }
        Err(error) if error.code == ErrorCode::LimitExceeded => Verdict::miss(Cause::Limit, error.message),
        Err(error) if is_missing_builtin(&error) => Verdict::miss(Cause::MissingBuiltin, error.message),
        Err(error) if !wants_error => Verdict::miss(Cause::UnexpectedError, error.to_string()),
        Err(error) if case.want_error_code.as_deref().is_none_or(|code| code == error.code.as_str()) => Verdict::pass(),
        Err(error) => {
            let wanted = case.want_error_code.as_deref().unwrap_or_default();
            Verdict::miss(Cause::OtherCode, format!("{error} instead of {wanted}"))
        }
    }
}

fn program(case: &SuiteCase) -> Result<Program, Verdict> {
    let modules = case
        .modules
        .iter()
        .enumerate()
        .map(|(index, source)| Module { path: format!("module-{index}.rego"), source: source.clone() })
        .collect();
    let data = case.data.as_ref().map(Value::to_string);
    let rule = DialectRule::Fixed(dialect(&case.version));
    let capabilities = Capabilities { host_functions: all_granted(), ..Capabilities::default() };
    let compilation = compile(modules, data.as_deref().map(str::as_bytes), rule, &capabilities).map_err(|error| {
        Verdict::miss(if error.limit.is_some() { Cause::Limit } else { Cause::DoesNotCompile }, error.to_string())
    })?;
    let Some(program) = compilation.program else {
        let errors: Vec<_> = compilation.diagnostics.iter().filter(|finding| finding.is_error()).collect();
        let cause = if errors.iter().any(|finding| finding.code == ErrorCode::BuiltinNotAvailable.as_str()) {
            Cause::MissingBuiltin
        } else if errors.iter().any(|finding| finding.limit.is_some()) {
            Cause::Limit
        } else {
            Cause::DoesNotCompile
        };
        let words: Vec<String> = errors
            .iter()
            .map(|finding| format!("{}:{}: {}: {}", finding.file, finding.start.line, finding.code, finding.message))
            .collect();
        return Err(Verdict::miss(cause, words.join("; ")));
    };
    Ok(program)
}

/// The rows of the case's query.
fn ask(program: &Program, case: &SuiteCase) -> Result<Vec<Value>, Error> {
    let allowance = Allowance {
        now_ms: Some(NOW_MS),
        seed: Some(1),
        strict_builtin_errors: case.strict_error,
        ..Allowance::default()
    };
    let term = case.input_term.as_deref();
    let term_as_json = term.and_then(|term| serde_json::from_str::<Value>(term).ok());
    let input = case.input.as_ref().or(term_as_json.as_ref()).map(Value::to_string);
    // A term with sets is no JSON document: the query brings it along.
    let query = match (&input, term) {
        (None, Some(term)) => format!("{} with input as {term}", case.query),
        _ => case.query.clone(),
    };
    let input = input.map(|text| Document::read(text.as_bytes())).transpose()?;
    let rows = answered(program, &query, input.as_ref(), allowance)?;
    serde_json::from_str(&rows).map_err(|error| Error::new(ErrorCode::EvalInternalError, error.to_string()))
}

/// The rows as text, with a host that knows what this machine does.
fn answered(program: &Program, query: &str, input: Option<&Document>, allowance: Allowance) -> Result<String, Error> {
    let mut host = HostAnswers::default();
    for _ in 0..8 {
        match program.query_with_host(query, input, allowance, &Rc::new(host.clone()))? {
            Round::Answered(Evaluation { answer: Answer::Value(rows), .. }) => return Ok(rows.into_owned()),
            Round::Answered(_) => return Err(Error::new(ErrorCode::EvalInternalError, "the query has no answer")),
            Round::Needs(calls) => {
                for call in calls {
                    let answer = of_this_machine(&call);
                    host.insert(call, answer);
                }
            }
        }
    }
    Err(Error::new(ErrorCode::EvalInternalError, "the query needs the host again and again"))
}

/// Names are looked up; nothing is sent anywhere.
fn of_this_machine(call: &HostCall) -> HostAnswer {
    let arguments: Vec<String> = serde_json::from_str(&call.arguments).unwrap_or_default();
    match (call.function.as_str(), arguments.first()) {
        ("net.lookup_ip_addr", Some(name)) => match (name.as_str(), 0).to_socket_addrs() {
            Ok(found) => {
                let addresses: Vec<String> = found.map(|address| address.ip().to_string()).collect();
                HostAnswer::Value(Value::from(addresses).to_string())
            }
            Err(error) => HostAnswer::Failed(format!("lookup {name}: {error}")),
        },
        _ => HostAnswer::Failed("nothing is sent from here".to_owned()),
    }
}

/// A function that the engine finds out to lack while it runs; what the checks found before was no run at all.
fn is_missing_builtin(error: &Error) -> bool {
    error.code == ErrorCode::BuiltinNotAvailable || error.message.contains("could not find function")
}
