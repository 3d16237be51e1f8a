//! `Program`: checked modules and data, ready to be asked.

mod data;

pub(super) use data::read_data;

use super::allowance::Allowance;
use super::builtins;
use super::check::by_opa::OpaError;
use super::check::outline::{Outline, RuleKind};
use super::check::{self, Capabilities, Purpose};
use super::diagnostic::Diagnostic;
use super::document;
use super::engine::{Document, Entry, Failure, Prepared, Printed, Query, Question, Raw, Reply, Room};
use super::host::{HostAnswers, HostCall};
use super::query::{self, Asked};
use super::revision::Revision;
use super::source::{self, Dialect, DialectRule, Module};
use super::value::reach::Reach;
use super::vm::Cost;
use crate::error::{Error, ErrorCode};
use crate::sorted::{self, InOrder};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// What a policy said. Undefined is an answer of its own, and never false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The rule gave no value.
    Undefined,
    /// The value as JSON text; sets are arrays in the order of Rego. What is asked for most, a boolean, takes no memory.
    Value(Cow<'static, str>),
}

impl Answer {
    /// The value as a tree.
    ///
    /// # Errors
    /// None in practice: the text comes from the engine.
    pub fn to_value(&self) -> Result<Option<serde_json::Value>, Error> {
        match self {
            Self::Undefined => Ok(None),
            Self::Value(text) => document::value_of_text(text).map(Some),
        }
    }
}

/// An answer and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What the policy said.
    pub answer: Answer,
    /// Evaluation steps.
    pub steps: u64,
    /// Units of memory.
    pub memory_units: u64,
}

/// What one round of an evaluation gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Round {
    /// The answer.
    Answered(Evaluation),
    /// Calls that the host is to answer first. What the policy says may depend on them, so nothing else is said.
    Needs(Vec<HostCall>),
}

/// Why an evaluation has no answer, with the place apart from the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The error as any evaluation gives it.
    pub error: Error,
    /// Its words without the place.
    pub message: String,
    /// The module and the line, from 1, where they are known.
    pub place: Option<(String, usize)>,
}

impl Failed {
    fn of(error: Error) -> Self {
        Self { message: error.message.clone(), place: None, error }
    }
}

/// Modules and their data, checked.
pub struct Program {
    pub(super) parts: Parts,
    /// The text of the data document.
    pub(super) data: Option<String>,
    pub(super) prepared: Prepared,
    /// Queries that have been checked.
    queries: RefCell<VecDeque<(String, Rc<Query>)>>,
    /// Entrypoints that have been looked up.
    entries: RefCell<Vec<(String, Rc<Entry>)>>,
    revision: String,
    /// What the last evaluation has taken.
    cost: Cell<Cost>,
}

/// What a program is made of, beside its data and its code.
#[derive(Clone)]
pub(super) struct Parts {
    /// The modules; their texts are empty where the program has come without them.
    pub modules: Vec<Module>,
    pub has_sources: bool,
    /// By module.
    pub dialects: Vec<Dialect>,
    /// By module.
    pub outlines: Vec<Outline>,
    /// What a query may call, as what the modules may.
    pub capabilities: Capabilities,
    /// The revision without the data.
    pub revision: Revision,
}

/// What `compile` gives: a program when nothing is wrong, and every finding.
pub struct Compilation {
    /// The program, when there is no error among the diagnostics.
    pub program: Option<Program>,
    /// The findings in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// The errors as OPA tells them: those of the first stage that has any.
    pub by_opa: Vec<OpaError>,
    /// The dialect of each module by its path.
    pub dialects: sorted::Map<String, Dialect>,
    /// What each module declares, in the order given; absent where it does not parse.
    pub outlines: Vec<Option<Outline>>,
}

/// Compiles modules and data to a program.
///
/// # Errors
/// `limit_exceeded` for a bundle that is too large, `malformed_request` for two modules of one path, `input_not_json`
/// for data that is no JSON object, `rego_compile_error` for data where a rule stands. What is wrong with the text is a diagnostic, never an error.
pub fn compile(
    modules: Vec<Module>,
    data: Option<&[u8]>,
    rule: DialectRule,
    capabilities: &Capabilities,
) -> Result<Compilation, Error> {
    let rules = vec![rule; modules.len()];
    compile_each(modules, data, &rules, capabilities)
}

/// The same with a rule for the dialect of each module.
///
/// # Errors
/// As [`compile`].
pub fn compile_each(
    modules: Vec<Module>,
    data: Option<&[u8]>,
    rules: &[DialectRule],
    capabilities: &Capabilities,
) -> Result<Compilation, Error> {
    source::check_bundle(&modules)?;
    let data_text = data.map(document::text).transpose()?.map(str::to_owned);
    let data = data_text.as_deref().map(read_data).transpose()?;
    let checked = check::check_each(&modules, rules, capabilities, Purpose::Evaluation(data.as_ref()));
    if let Some(data) = &data {
        check::data::conflict(checked.outlines.iter().flatten(), data)?;
    }
    let dialects = sorted::Map::from_iter(
        modules.iter().zip(&checked.dialects).map(|(module, &dialect)| (module.path.clone(), dialect)),
    );
    let outlines = checked.outlines.clone();
    let program = checked.prepared.map(|prepared| {
        let parts = Parts {
            outlines: checked.outlines.into_iter().flatten().collect(),
            revision: Revision::of_modules(&modules, &checked.dialects),
            modules,
            has_sources: true,
            dialects: checked.dialects,
            capabilities: capabilities.clone(),
        };
        Program::new(parts, data_text, prepared)
    });
    Ok(Compilation { program, diagnostics: checked.diagnostics, by_opa: checked.by_opa, dialects, outlines })
}

impl Program {
    pub(super) fn new(parts: Parts, data: Option<String>, prepared: Prepared) -> Self {
        Self {
            revision: parts.revision.with_data(data.as_deref()),
            parts,
            data,
            prepared,
            queries: RefCell::default(),
            entries: RefCell::default(),
            cost: Cell::default(),
        }
    }

    /// The content digest of modules, dialects and data.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// That of a program whose data was updated part by part does not follow from its data.
    pub(super) fn set_revision(&mut self, revision: String) {
        self.revision = revision;
    }

    /// The modules; their texts are empty where the program has come without them.
    pub fn modules(&self) -> &[Module] {
        &self.parts.modules
    }

    /// What each module declares, in the order of the modules.
    pub fn outlines(&self) -> &[Outline] {
        &self.parts.outlines
    }

    /// The dialect of each module by its path.
    pub fn dialects(&self) -> sorted::Map<String, Dialect> {
        let modules = self.parts.modules.iter().zip(&self.parts.dialects);
        sorted::Map::from_iter(modules.map(|(module, &dialect)| (module.path.clone(), dialect)))
    }

    /// What can be asked: every rule that is no function, as `package/parts/rule`, sorted.
    pub fn entrypoints(&self) -> Vec<String> {
        let mut entrypoints: Vec<String> = self
            .parts
            .outlines
            .iter()
            .flat_map(|outline| {
                outline
                    .rules
                    .iter()
                    .filter(|rule| !matches!(rule.kind, RuleKind::Function { .. }))
                    .map(|rule| format!("{}/{}", outline.package.join("/"), rule.path.join("/")))
            })
            .collect();
        entrypoints.order();
        entrypoints.dedup();
        entrypoints
    }

    /// What can be looked at of the input when an entrypoint is asked.
    ///
    /// # Errors
    /// `unknown_entrypoint`, as [`Program::evaluate`].
    pub fn reached(&self, entrypoint: &str) -> Result<Reach, Error> {
        Ok(self.prepared.reached(&*self.entry(entrypoint)?).clone())
    }

    /// Asks one entrypoint as [`Program::evaluate_with_host`] does, of an input that `read` gives once it is known what of it matters.
    ///
    /// # Errors
    /// As [`Program::evaluate`], and those of `read`, which come before any other.
    pub fn evaluate_reading(
        &self,
        entrypoint: &str,
        read: impl FnOnce(&Reach) -> Result<Option<Document>, Error>,
        allowance: Allowance,
        host: &Rc<HostAnswers>,
    ) -> Result<Round, Error> {
        match self.entry(entrypoint) {
            Ok(entry) => {
                let input = read(self.prepared.reached(&entry))?;
                self.evaluate_entry(&entry, input.as_ref(), allowance, host)
            }
            Err(error) => read(&Reach::default()).and(Err(error)),
        }
    }

    /// The memory of the input that was asked about last.
    pub fn take_room(&self) -> Room {
        self.prepared.take_room()
    }

    /// The entry that an entrypoint is.
    fn entry(&self, entrypoint: &str) -> Result<Rc<Entry>, Error> {
        const KEPT: usize = 64;
        let mut known = self.entries.borrow_mut();
        if let Some((_, entry)) = known.iter().find(|(known, _)| known == entrypoint) {
            return Ok(Rc::clone(entry));
        }
        let found = self.prepared.entry(&self.path(entrypoint)?).map(Rc::new);
        // INVARIANT (declared): the document of all data is an entry, so that each path leads on from one.
        let entry =
            found.ok_or_else(|| Error::new(ErrorCode::EvalInternalError, "nothing can be asked at this path"))?;
        if known.len() >= KEPT {
            known.clear();
        }
        known.push((entrypoint.to_owned(), Rc::clone(&entry)));
        Ok(entry)
    }

    /// Asks one entrypoint: a rule, a package, or a path into a rule's value.
    ///
    /// # Errors
    /// `unknown_entrypoint` where the program declares nothing at the path, `limit_exceeded` with the limit, and the
    /// `eval_…` codes.
    pub fn evaluate(
        &self,
        entrypoint: &str,
        input: Option<&Document>,
        allowance: Allowance,
    ) -> Result<Evaluation, Error> {
        match self.evaluate_with_host(entrypoint, input, allowance, &Rc::default())? {
            Round::Answered(evaluation) => Ok(evaluation),
            Round::Needs(calls) => Err(host_is_not_asked(&calls)),
        }
    }

    /// Asks one entrypoint of a program that calls functions of the host, with what the host has answered so far. Where answers are missing,
    /// the host gives them, and the program is asked again.
    ///
    /// # Errors
    /// As [`Program::evaluate`].
    pub fn evaluate_with_host(
        &self,
        entrypoint: &str,
        input: Option<&Document>,
        allowance: Allowance,
        host: &Rc<HostAnswers>,
    ) -> Result<Round, Error> {
        self.evaluate_entry(&*self.entry(entrypoint)?, input, allowance, host)
    }

    fn evaluate_entry(
        &self,
        entry: &Entry,
        input: Option<&Document>,
        allowance: Allowance,
        host: &Rc<HostAnswers>,
    ) -> Result<Round, Error> {
        let answer = match self.settle(self.prepared.ask(Question::Entry(entry), input, allowance, host)) {
            Ok(Raw::Undefined) => Ok(Answer::Undefined),
            Ok(Raw::Value(text)) => Ok(Answer::Value(text)),
            Ok(Raw::Needs(calls)) => return Ok(Round::Needs(calls)),
            Err(error) => Err(error),
        };
        #[cfg(all(feature = "second-opinion", not(target_arch = "wasm32")))]
        {
            let input = input.map(Document::text);
            let is_strict = allowance.strict_builtin_errors;
            super::second_opinion::compare(self, &entry.path, input.as_deref(), is_strict, answer.as_ref());
        }
        let Cost { steps, memory_units } = self.cost();
        Ok(Round::Answered(Evaluation { answer: answer?, steps, memory_units }))
    }

    /// Evaluates all of `data`, and answers what stands at a path below it. What fails anywhere fails the whole.
    ///
    /// # Errors
    /// As [`Program::evaluate`], with the place where it happened.
    pub fn evaluate_whole(
        &self,
        path: &[String],
        input: Option<&Document>,
        allowance: Allowance,
    ) -> Result<Evaluation, Box<Failed>> {
        let reply = self.prepared.ask(Question::Whole(path), input, allowance, &Rc::default());
        let place = match &reply.answer {
            Err(failure) => Some((failure.module, failure.line, failure.message.clone())),
            Ok(_) => None,
        };
        let answer = match self.settle(reply) {
            Ok(Raw::Undefined) => Answer::Undefined,
            Ok(Raw::Value(text)) => Answer::Value(text),
            Ok(Raw::Needs(calls)) => return Err(Box::new(Failed::of(host_is_not_asked(&calls)))),
            Err(error) => {
                let (module, line, message) = place.unwrap_or_default();
                let file = module.and_then(|index| self.parts.modules.get(index)).map(|module| module.path.clone());
                return Err(Box::new(Failed { message, place: file.map(|file| (file, line)), error }));
            }
        };
        let Cost { steps, memory_units } = self.cost();
        Ok(Evaluation { answer, steps, memory_units })
    }

    /// What the last evaluation or query has taken, whatever came of it.
    pub fn cost(&self) -> Cost {
        self.cost.get()
    }

    /// Runs a query with variables: the JSON text of an array with an object from variable to value for each way in which
    /// the query is true.
    ///
    /// # Errors
    /// `rego_parse_error` for a query that does not parse, the code of the first thing that a check finds in it, such as
    /// `rego_unsafe_var_error` or `rego_type_error`, `sources_missing` for a program that has come without its texts, else as
    /// [`Program::evaluate`].
    pub fn query(&self, query: &str, input: Option<&Document>, allowance: Allowance) -> Result<(String, u64), Error> {
        match self.query_with_host(query, input, allowance, &Rc::default())? {
            Round::Needs(calls) => Err(host_is_not_asked(&calls)),
            Round::Answered(Evaluation { answer: Answer::Value(rows), steps, .. }) => Ok((rows.into_owned(), steps)),
            // INVARIANT (defined): an array of all solutions always has a value.
            Round::Answered(_) => Err(Error::new(ErrorCode::EvalInternalError, "the query has no answer")),
        }
    }

    /// Runs a query that may come to functions of the host, with what the host has answered so far, as [`Program::evaluate_with_host`]
    /// asks an entrypoint. The answer is the array of [`Program::query`].
    ///
    /// # Errors
    /// As [`Program::query`].
    pub fn query_with_host(
        &self,
        query: &str,
        input: Option<&Document>,
        allowance: Allowance,
        host: &Rc<HostAnswers>,
    ) -> Result<Round, Error> {
        let query = self.prepared_query(query)?;
        let answer = match self.settle(self.prepared.ask(Question::Query(&query), input, allowance, host))? {
            Raw::Needs(calls) => return Ok(Round::Needs(calls)),
            Raw::Value(rows) => Answer::Value(rows),
            Raw::Undefined => Answer::Undefined,
        };
        let Cost { steps, memory_units } = self.cost();
        Ok(Round::Answered(Evaluation { answer, steps, memory_units }))
    }

    /// A query is checked when it is first asked: a host asks the same one again and again.
    fn prepared_query(&self, query: &str) -> Result<Rc<Query>, Error> {
        const KEPT: usize = 16;
        let mut known = self.queries.borrow_mut();
        if let Some((_, prepared)) = known.iter().find(|(known, _)| known == query) {
            return Ok(Rc::clone(prepared));
        }
        if !self.parts.has_sources {
            return Err(Error::new(
                ErrorCode::SourcesMissing,
                "the program was loaded without its sources, and a query is checked against them",
            )
            .with_help("write the program with its sources, or ask one of its entrypoints"));
        }
        let Parts { modules, dialects, capabilities, .. } = &self.parts;
        let prepared = Rc::new(query::prepare(query, &Asked { modules, dialects, capabilities })?);
        if known.len() >= KEPT {
            known.pop_front();
        }
        known.push_back((query.to_owned(), Rc::clone(&prepared)));
        Ok(prepared)
    }

    /// Runs the test rule at a path, and gives what it printed beside its answer. Calls that the host has not answered are put behind
    /// `needs`, and are the error of the test where nobody answers them.
    pub fn run_test(
        &self,
        path: &[String],
        allowance: Allowance,
        host: &Rc<HostAnswers>,
        needs: &mut sorted::Set<HostCall>,
    ) -> (Result<Answer, Error>, Vec<String>) {
        let mut reply = self.prepared.ask(Question::Path(path), None, allowance, host);
        let prints = std::mem::take(&mut reply.prints);
        let answer = self.settle(reply).and_then(|raw| match raw {
            Raw::Undefined => Ok(Answer::Undefined),
            Raw::Value(text) => Ok(Answer::Value(text)),
            Raw::Needs(calls) => {
                let error = host_is_not_asked(&calls);
                needs.extend(calls);
                Err(error)
            }
        });
        let prints = prints.into_iter().map(|Printed { module, line, text }| {
            let module = module.and_then(|index| self.parts.modules.get(index));
            module.map_or_else(|| text.clone(), |module| format!("{}:{line}: {text}", module.path))
        });
        (answer, prints.collect())
    }

    /// The same program, which says which lines it has evaluated.
    ///
    /// # Errors
    /// None in practice: its data has been read before.
    pub(super) fn watched(&self) -> Result<Self, Error> {
        let text = self.data_text();
        let data = text.as_deref().map(read_data).transpose()?;
        let prepared = self.prepared.watched(data.as_ref());
        Ok(Self::new(self.parts.clone(), text.map(Cow::into_owned), prepared))
    }

    /// The lines in which something that a watched program has evaluated begins, each with the index of its module.
    pub(super) fn lines_seen(&self) -> Vec<(usize, usize)> {
        self.prepared.lines_seen()
    }

    /// The same program with other texts for its modules, in the dialects that they have, and maybe one more module of v1.
    /// What the builtins in `needed` do, they may do.
    ///
    /// # Errors
    /// `limit_exceeded` for texts that are too long, `rego_compile_error` where something is wrong with them.
    pub(super) fn with_sources(
        &self,
        sources: Vec<String>,
        more: Option<Module>,
        needed: &[&str],
    ) -> Result<Self, Error> {
        let mut parts = self.parts.clone();
        for (module, source) in parts.modules.iter_mut().zip(sources) {
            module.source = source;
        }
        parts.dialects.extend(more.iter().map(|_| Dialect::V1));
        parts.modules.extend(more);
        parts.capabilities.strict = false;
        parts.capabilities.refused.retain(|name| !needed.contains(&name.as_str()));
        source::check_bundle(&parts.modules)?;
        let text = self.data_text();
        let data = text.as_deref().map(|text| read_data(text).map(|data| (text, data))).transpose()?;
        Self::of_sources(parts, data.as_ref().map(|(text, data)| (*text, data)))
    }

    /// The answer, or the error with where it is.
    fn settle(&self, reply: Reply) -> Result<Raw, Error> {
        self.cost.set(reply.cost);
        reply.answer.map_err(|Failure { code, limit, module, line, message }| {
            let module = module.and_then(|index| self.parts.modules.get(index));
            let place = module.map(|module| format!(" ({}:{line})", module.path)).unwrap_or_default();
            let mut error = Error::new(code, format!("{message}{place}"));
            error.limit = limit;
            error
        })
    }

    /// The path of `a/b c`; the first parts must lead to a package or a rule of the program.
    fn path(&self, entrypoint: &str) -> Result<Vec<String>, Error> {
        let parts: Vec<String> = entrypoint.split('/').map(str::to_owned).collect();
        let declared = self.parts.outlines.iter().any(|outline| {
            let mut paths = outline.rules.iter().filter(|rule| !matches!(rule.kind, RuleKind::Function { .. }));
            let in_package = outline.package.starts_with(&parts);
            in_package
                || paths.any(|rule| {
                    let whole = outline.package.iter().chain(&rule.path);
                    whole.zip(&parts).all(|(a, b)| a == b) && parts.len() > outline.package.len()
                })
        });
        if declared {
            return Ok(parts);
        }
        Err(Error::new(
            ErrorCode::UnknownEntrypoint,
            format!("the program declares nothing at the entrypoint `{entrypoint}`"),
        )
        .with_help("`entrypoints` lists what can be asked, as `package/parts/rule`"))
    }
}

/// The error for calls of the host where nobody asks it.
fn host_is_not_asked(calls: &[HostCall]) -> Error {
    let name = calls.first().map_or("", |call| call.function.as_str());
    Error::new(
        ErrorCode::HostNotAsked,
        format!("the policy calls `{name}`, a function of the host, which is not asked here"),
    )
    .with_help("evaluate an entrypoint with the answers of the host; in a test, replace the function by `with`")
}

impl Program {
    /// The builtins that the program calls, sorted.
    pub fn builtins(&self) -> Vec<String> {
        let calls = self.parts.outlines.iter().flat_map(|outline| &outline.calls);
        // Those for which the host answers are functions of the host.
        let is_ours = |name: &&String| builtins::find(name).is_some() && !builtins::is_granted_by_host(name);
        let mut names: Vec<String> = calls.filter(is_ours).cloned().collect();
        names.order();
        names.dedup();
        names
    }

    /// The functions of the host that the program calls, sorted.
    pub fn host_functions(&self) -> Vec<String> {
        let mut names = self.prepared.host_functions();
        names.order();
        names
    }

    /// The program of parts whose texts are there: they are checked again.
    ///
    /// # Errors
    /// `rego_compile_error` where something is wrong with them.
    pub(super) fn of_sources(mut parts: Parts, data: Option<(&str, &Document)>) -> Result<Self, Error> {
        let purpose = Purpose::Evaluation(data.map(|(_, document)| document));
        let checked = check::check_in_dialects(&parts.modules, &parts.dialects, &parts.capabilities, purpose);
        let Some(prepared) = checked.prepared else {
            let first = checked.diagnostics.into_iter().find(Diagnostic::is_error);
            return Err(Error::new(
                ErrorCode::RegoCompileError,
                first.map_or_else(|| "the program does not compile".to_owned(), |finding| finding.message),
            ));
        };
        parts.outlines = checked.outlines.into_iter().flatten().collect();
        Ok(Self::new(parts, data.map(|(text, _)| text.to_owned()), prepared))
    }
}
