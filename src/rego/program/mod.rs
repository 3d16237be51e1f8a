//! `Program`: checked modules and data, ready to be asked.

mod data;

pub(super) use data::read_data;

use super::check::outline::{Outline, RuleKind};
use super::check::{self, Capabilities, Purpose};
use super::diagnostic::Diagnostic;
use super::document;
use super::engine::{self, Document, Failure, Prepared, Printed, Query, Question, Raw};
use super::host::{HostAnswers, HostCall};
use super::meter::{self, Allowance};
use super::query::{self, Asked};
use super::revision::Revision;
use super::source::{self, Dialect, DialectRule, Module};
use crate::error::{Error, ErrorCode};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// What a policy said. Undefined is an answer of its own, and never false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The rule gave no value.
    Undefined,
    /// The value as JSON text; sets are arrays in the order of Rego.
    Value(String),
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
}

/// What one round of an evaluation gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Round {
    /// The answer.
    Answered(Evaluation),
    /// Calls that the host is to answer first. What the policy says may depend on them, so nothing else is said.
    Needs(Vec<HostCall>),
}

/// Modules and their data, checked.
pub struct Program {
    pub(super) parts: Parts,
    /// The text of the data document.
    pub(super) data: Option<String>,
    pub(super) prepared: Prepared,
    /// Queries that have been checked.
    queries: RefCell<VecDeque<(String, Rc<Query>)>>,
    revision: String,
    /// Paths of rules that the engine can be asked for directly.
    rules: BTreeSet<Vec<String>>,
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
    /// The dialect of each module by its path.
    pub dialects: BTreeMap<String, Dialect>,
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
    let dialects =
        modules.iter().zip(&checked.dialects).map(|(module, &dialect)| (module.path.clone(), dialect)).collect();
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
    Ok(Compilation { program, diagnostics: checked.diagnostics, dialects, outlines })
}

/// Rules whose whole head is a single name: the engine answers them without a query of its own.
fn askable_rules(outlines: &[Outline]) -> BTreeSet<Vec<String>> {
    let mut rules = BTreeSet::new();
    let mut others = BTreeSet::new();
    // The engine's name for a rule knows no brackets.
    let is_name = |part: &String| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    for outline in outlines {
        for rule in &outline.rules {
            let path: Vec<String> = outline.package.iter().chain(rule.path.first()).cloned().collect();
            let simple = rule.path.len() == 1
                && path.iter().all(is_name)
                && !matches!(rule.kind, RuleKind::Function { .. } | RuleKind::PartialObject);
            if simple { &mut rules } else { &mut others }.insert(path);
        }
    }
    rules.difference(&others).cloned().collect()
}

impl Program {
    pub(super) fn new(parts: Parts, data: Option<String>, prepared: Prepared) -> Self {
        Self {
            rules: askable_rules(&parts.outlines),
            revision: parts.revision.with_data(data.as_deref()),
            parts,
            data,
            prepared,
            queries: RefCell::default(),
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
    pub fn dialects(&self) -> BTreeMap<String, Dialect> {
        self.parts
            .modules
            .iter()
            .zip(&self.parts.dialects)
            .map(|(module, &dialect)| (module.path.clone(), dialect))
            .collect()
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
        entrypoints.sort_unstable();
        entrypoints.dedup();
        entrypoints
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
        let path = self.path(entrypoint)?;
        let answer = self.prepared.ask(self.question(&path), input, allowance, host);
        let answer = match self.settle(answer, allowance)? {
            Raw::Undefined => Answer::Undefined,
            Raw::Value(text) => Answer::Value(within_limit(text, allowance)?),
            Raw::Needs(calls) => return Ok(Round::Needs(calls)),
        };
        Ok(Round::Answered(Evaluation { answer, steps: meter::steps() }))
    }

    /// Runs a query with variables: the JSON text of an array with an object from variable to value for each way in which
    /// the query is true.
    ///
    /// # Errors
    /// `rego_parse_error` for a query that does not parse, the code of the first thing that a check finds in it, such as
    /// `rego_unsafe_var_error` or `rego_type_error`, `sources_missing` for a program that has come without its texts, else as
    /// [`Program::evaluate`].
    pub fn query(&self, query: &str, input: Option<&Document>, allowance: Allowance) -> Result<(String, u64), Error> {
        let query = self.prepared_query(query)?;
        let rows = self.prepared.ask(Question::Query(&query), input, allowance, &Rc::default());
        match self.settle(rows, allowance)? {
            Raw::Needs(calls) => Err(host_is_not_asked(&calls)),
            Raw::Value(rows) => Ok((within_limit(rows, allowance)?, meter::steps())),
            // INVARIANT (defined): an array of all solutions always has a value.
            Raw::Undefined => Err(Error::new(ErrorCode::EvalInternalError, "the query has no answer")),
        }
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

    fn question<'a>(&self, path: &'a [String]) -> Question<'a> {
        Question::Path { path, is_rule: self.rules.contains(path) }
    }

    /// Runs the test rule at a path, and gives what it printed beside its answer.
    pub fn run_test(&self, path: &[String], allowance: Allowance) -> (Result<Answer, Error>, Vec<String>) {
        let (answer, prints) = self.prepared.ask_with_prints(self.question(path), None, allowance, &Rc::default());
        let answer = self.settle(answer, allowance).and_then(|raw| match raw {
            Raw::Undefined => Ok(Answer::Undefined),
            Raw::Value(text) => Ok(Answer::Value(text)),
            Raw::Needs(calls) => Err(host_is_not_asked(&calls)),
        });
        let prints = prints.into_iter().map(|Printed { module, line, text }| {
            let module = module.and_then(|index| self.parts.modules.get(index));
            module.map_or_else(|| text.clone(), |module| format!("{}:{line}: {text}", module.path))
        });
        (answer, prints.collect())
    }

    /// The same program, which says which lines it has evaluated; none where the engine does not tell.
    ///
    /// # Errors
    /// None in practice: its data has been read before.
    pub(super) fn watched(&self) -> Result<Option<Self>, Error> {
        let text = self.data_text();
        let data = text.as_deref().map(read_data).transpose()?;
        let prepared = self.prepared.watched(data.as_ref());
        Ok(prepared.map(|prepared| Self::new(self.parts.clone(), text.map(Cow::into_owned), prepared)))
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

    /// A limit that was reached beats whatever the engine answered: it may have swallowed the stop and gone on.
    fn settle<T>(&self, answer: Result<T, Failure>, allowance: Allowance) -> Result<T, Error> {
        if let Some(stopped) = meter::stopped() {
            let (name, value) = stopped.limit(&allowance);
            let place = answer.err().map(|failure| self.place_of(&failure)).unwrap_or_default();
            let message = format!("the evaluation reached the limit `{name}` of {value}{place}");
            return Err(Error::limit(name, value, message));
        }
        answer.map_err(|failure| self.evaluation_error(&failure, allowance))
    }

    fn evaluation_error(&self, failure: &Failure, allowance: Allowance) -> Error {
        let words = failure.message.as_str();
        let code = if let Some(code) = failure.code {
            code
        } else if words.contains("multiple outputs") || words.contains("conflicts with") {
            ErrorCode::EvalConflictError
        } else if words.contains("recursion detected") {
            ErrorCode::RegoRecursionError
        } else if failure.module.is_none() && is_parse_error(words) {
            // Modules have been parsed before: this is the query.
            ErrorCode::RegoParseError
        } else if failure.module.is_none() && words.contains("unsafe") {
            ErrorCode::RegoUnsafeVarError
        } else if is_operand_error(words) {
            ErrorCode::EvalTypeError
        } else if allowance.strict_builtin_errors || words.contains("the request carries") || is_operator_error(words) {
            ErrorCode::EvalBuiltinError
        } else {
            ErrorCode::EvalInternalError
        };
        let place = self.place_of(failure);
        if !engine::IS_INTERIM {
            return Error::new(code, format!("{words}{place}"));
        }
        // What the engine says of its own scopes is of use to nobody else.
        let words = words.lines().next().unwrap_or(words).split(" (path [").next().unwrap_or(words);
        let words = self.with_module_names(words);
        Error::new(code, format!("{words}{place}"))
    }

    /// Where it failed, as it stands behind a message.
    fn place_of(&self, failure: &Failure) -> String {
        let module = failure.module.and_then(|index| self.parts.modules.get(index));
        module.map(|module| format!(" ({}:{})", module.path, failure.line)).unwrap_or_default()
    }

    /// The engine knows modules as `m0:`, `m1:`, …; people know them by path.
    fn with_module_names(&self, words: &str) -> String {
        words
            .split(' ')
            .map(|word| {
                let (name, rest) = word.split_once(':').unwrap_or((word, ""));
                let module = name
                    .strip_prefix('m')
                    .and_then(|index| index.parse::<usize>().ok())
                    .and_then(|index| self.parts.modules.get(index));
                match module {
                    Some(module) if !rest.is_empty() => format!("{}:{rest}", module.path),
                    _ => word.to_owned(),
                }
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The path of `a/b c`; the first parts must lead to a package or a rule of the program, or into its data.
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

/// An answer, unless it is larger than it may be.
fn within_limit(text: String, allowance: Allowance) -> Result<String, Error> {
    let limit = allowance.limits.answer_bytes;
    if text.len() as u64 <= limit {
        return Ok(text);
    }
    // How much longer it would be is not known: the engine may have written no more of it.
    let message = format!("the answer has more bytes than the limit `answer_bytes` of {limit}");
    Err(Error::limit("answer_bytes", limit, message))
}

/// Whether the engine's words are those of its parser.
fn is_parse_error(words: &str) -> bool {
    ["expecting", "unexpected", "unmatched"].iter().any(|beginning| words.starts_with(beginning))
}

/// Whether the engine's words are about the type of a builtin's operand: OPA has a code of its own for these.
fn is_operand_error(words: &str) -> bool {
    ["expects", "requires", "must be array", "must be one of", "must be integer", "is not an object"]
        .iter()
        .any(|part| words.contains(part))
}

/// Whether an operator failed that the engine fails with also where builtins may: what stands around it is not undefined.
fn is_operator_error(words: &str) -> bool {
    words.contains("modulo on floating-point number")
}

impl Program {
    /// The builtins that the program calls, sorted.
    pub fn builtins(&self) -> Vec<String> {
        let calls = self.parts.outlines.iter().flat_map(|outline| &outline.calls);
        let mut names: Vec<String> = calls.filter(|name| super::builtins::find(name).is_some()).cloned().collect();
        names.sort_unstable();
        names.dedup();
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
