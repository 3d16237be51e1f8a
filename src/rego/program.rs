//! `Program`: checked modules and data, ready to be asked, and their form as bytes.

use super::check::outline::{Outline, RuleKind};
use super::check::{self, Capabilities, Purpose};
use super::diagnostic::Diagnostic;
use super::document;
use super::engine::{self, Document, Failure, Prepared, Printed, Question, Raw};
use super::meter::{self, Allowance};
use super::query::{self, Asked};
use super::source::{self, Dialect, DialectRule, Module};
use crate::error::{Error, ErrorCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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

/// Modules and their data, checked.
pub struct Program {
    modules: Vec<Module>,
    dialects: Vec<Dialect>,
    outlines: Vec<Outline>,
    data: Option<String>,
    prepared: Prepared,
    /// What a query may call, as what the modules may.
    capabilities: Capabilities,
    /// Queries that have been checked, with their expressions.
    queries: RefCell<VecDeque<(String, String)>>,
    revision: String,
    /// Full paths of rules, `data.a.b`, that the engine can be asked for directly.
    rules: BTreeSet<String>,
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
    source::check_bundle(&modules)?;
    let data_text = data.map(document::text).transpose()?.map(str::to_owned);
    let data = data_text.as_deref().map(read_data).transpose()?;
    let checked = check::check(&modules, rule, capabilities, Purpose::Evaluation(data.as_ref()));
    if let Some(data) = &data {
        check::data::conflict(checked.outlines.iter().flatten(), data)?;
    }
    let dialects =
        modules.iter().zip(&checked.dialects).map(|(module, &dialect)| (module.path.clone(), dialect)).collect();
    let outlines = checked.outlines.clone();
    let program = checked.prepared.map(|prepared| {
        let outlines: Vec<Outline> = checked.outlines.into_iter().flatten().collect();
        let revision = revision(&modules, &checked.dialects, data_text.as_deref());
        Program {
            rules: askable_rules(&outlines),
            modules,
            dialects: checked.dialects,
            outlines,
            data: data_text,
            prepared,
            capabilities: capabilities.clone(),
            queries: RefCell::default(),
            revision,
        }
    });
    Ok(Compilation { program, diagnostics: checked.diagnostics, dialects, outlines })
}

/// Checks modules without making a program of them.
///
/// # Errors
/// `limit_exceeded` for a bundle that is too large, `malformed_request` for two modules of one path.
pub fn check(modules: &[Module], rule: DialectRule, capabilities: &Capabilities) -> Result<Findings, Error> {
    source::check_bundle(modules)?;
    let checked = check::check(modules, rule, capabilities, Purpose::Findings);
    let dialects =
        modules.iter().zip(&checked.dialects).map(|(module, &dialect)| (module.path.clone(), dialect)).collect();
    Ok(Findings { diagnostics: checked.diagnostics, dialects })
}

/// Lays a module out as `opa fmt` does. What cannot be read stays as it is written.
///
/// # Errors
/// `limit_exceeded` for a module that is too large.
pub fn format(module: &Module, rule: DialectRule) -> Result<Formatted, Error> {
    source::check_bundle(std::slice::from_ref(module))?;
    let (text, dialect, diagnostics) = check::format(module, rule);
    Ok(Formatted { text, dialect, diagnostics })
}

/// What [`format`] gives.
pub struct Formatted {
    /// The text.
    pub text: String,
    /// The dialect that it was read in.
    pub dialect: Dialect,
    /// What cannot be read in it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What `check` gives.
pub struct Findings {
    /// The findings in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// The dialect of each module by its path.
    pub dialects: BTreeMap<String, Dialect>,
}

fn read_data(text: &str) -> Result<Document, Error> {
    let document = Document::read_text(text)?;
    if document.is_object() {
        Ok(document)
    } else {
        Err(Error::new(ErrorCode::InputNotJson, "the data document is not a JSON object")
            .with_help("data is an object whose keys are the first parts of `data.…` paths"))
    }
}

/// The digest of all that decides what a program answers: paths, dialects, texts and data, each with its length.
fn revision(modules: &[Module], dialects: &[Dialect], data: Option<&str>) -> String {
    let mut parts: Vec<(&Module, Dialect)> = modules.iter().zip(dialects.iter().copied()).collect();
    parts.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    for (module, dialect) in parts {
        add(module.path.as_bytes());
        add(match dialect {
            Dialect::V0 => b"v0",
            Dialect::V1 => b"v1",
        });
        add(module.source.as_bytes());
    }
    if let Some(data) = data {
        add(b"data");
        add(data.as_bytes());
    }
    format!("sha256:{}", hex(&digest.finalize()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Rules whose whole head is a single name: the engine answers them without a query of its own.
fn askable_rules(outlines: &[Outline]) -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    let mut others = BTreeSet::new();
    for outline in outlines {
        for rule in &outline.rules {
            let name = rule.path.first().map_or("", String::as_str);
            let path = outline.full_name(&[name.to_owned()]);
            // The engine's name for a rule knows no brackets.
            let simple = rule.path.len() == 1
                && !path.contains('[')
                && !matches!(rule.kind, RuleKind::Function { .. } | RuleKind::PartialObject);
            if simple { &mut rules } else { &mut others }.insert(path);
        }
    }
    rules.difference(&others).cloned().collect()
}

impl Program {
    /// The content digest of modules, dialects and data.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The modules.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// What each module declares, in the order of the modules.
    pub fn outlines(&self) -> &[Outline] {
        &self.outlines
    }

    /// The dialect of each module by its path.
    pub fn dialects(&self) -> BTreeMap<String, Dialect> {
        self.modules.iter().zip(&self.dialects).map(|(module, &dialect)| (module.path.clone(), dialect)).collect()
    }

    /// What can be asked: every rule that is no function, as `package/parts/rule`, sorted.
    pub fn entrypoints(&self) -> Vec<String> {
        let mut entrypoints: Vec<String> = self
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
        let reference = self.reference(entrypoint)?;
        let answer = self.prepared.ask(self.question(&reference), input, allowance);
        let answer = match self.settle(answer, allowance)? {
            Raw::Undefined => Answer::Undefined,
            Raw::Value(text) => Answer::Value(within_limit(text, allowance)?),
        };
        Ok(Evaluation { answer, steps: meter::steps() })
    }

    /// Runs a query with variables: the JSON text of an array with an object from variable to value for each way in which
    /// the query is true.
    ///
    /// # Errors
    /// `rego_parse_error` for a query that does not parse, the code of the first thing that a check finds in it, such as
    /// `rego_unsafe_var_error` or `rego_type_error`, else as [`Program::evaluate`].
    pub fn query(&self, query: &str, input: Option<&Document>, allowance: Allowance) -> Result<(String, u64), Error> {
        let expression = self.expression(query)?;
        let rows = self.prepared.ask(Question::Expression(&expression), input, allowance);
        match self.settle(rows, allowance)? {
            Raw::Value(rows) => Ok((within_limit(rows, allowance)?, meter::steps())),
            // INVARIANT (defined): an array comprehension always has a value.
            Raw::Undefined => Err(Error::new(ErrorCode::EvalInternalError, "the query has no answer")),
        }
    }

    /// The expression of a query, which is checked when it is first asked: a host asks the same one again and again.
    fn expression(&self, query: &str) -> Result<String, Error> {
        const KEPT: usize = 16;
        let mut known = self.queries.borrow_mut();
        if let Some((_, expression)) = known.iter().find(|(known, _)| known == query) {
            return Ok(expression.clone());
        }
        let asked = Asked { modules: &self.modules, dialects: &self.dialects, capabilities: &self.capabilities };
        let expression = query::expression(query, &asked)?;
        if known.len() >= KEPT {
            known.pop_front();
        }
        known.push_back((query.to_owned(), expression.clone()));
        Ok(expression)
    }

    fn question<'a>(&self, reference: &'a str) -> Question<'a> {
        if self.rules.contains(reference) { Question::Rule(reference) } else { Question::Reference(reference) }
    }

    /// Runs one test rule, `data.a.b.test_x`, and gives what it printed beside its answer.
    pub fn run_test(&self, rule: &str, allowance: Allowance) -> (Result<Answer, Error>, Vec<String>) {
        let (answer, prints) = self.prepared.ask_with_prints(self.question(rule), allowance);
        let answer = self.settle(answer, allowance).map(|raw| match raw {
            Raw::Undefined => Answer::Undefined,
            Raw::Value(text) => Answer::Value(text),
        });
        let prints = prints.into_iter().map(|Printed { module, line, text }| {
            let module = module.and_then(|index| self.modules.get(index));
            module.map_or_else(|| text.clone(), |module| format!("{}:{line}: {text}", module.path))
        });
        (answer, prints.collect())
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
        let module = failure.module.and_then(|index| self.modules.get(index));
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
                    .and_then(|index| self.modules.get(index));
                match module {
                    Some(module) if !rest.is_empty() => format!("{}:{rest}", module.path),
                    _ => word.to_owned(),
                }
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// `data.a["b c"]` from `a/b c`; the first parts must lead to a package or a rule of the program, or into its data.
    fn reference(&self, entrypoint: &str) -> Result<String, Error> {
        let parts: Vec<&str> = entrypoint.split('/').collect();
        let declared = self.outlines.iter().any(|outline| {
            let mut paths = outline.rules.iter().filter(|rule| !matches!(rule.kind, RuleKind::Function { .. }));
            let in_package =
                parts.len() <= outline.package.len() && outline.package.iter().zip(&parts).all(|(a, b)| a == b);
            in_package
                || paths.any(|rule| {
                    let whole: Vec<&String> = outline.package.iter().chain(&rule.path).collect();
                    whole.iter().zip(&parts).all(|(a, b)| a.as_str() == *b) && parts.len() > outline.package.len()
                })
        });
        if !declared {
            return Err(Error::new(
                ErrorCode::UnknownEntrypoint,
                format!("the program declares nothing at the entrypoint `{entrypoint}`"),
            )
            .with_help("`entrypoints` lists what can be asked, as `package/parts/rule`"));
        }
        let mut reference = "data".to_owned();
        for part in parts {
            let is_name = !part.is_empty()
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !part.starts_with(|c: char| c.is_ascii_digit());
            if is_name {
                reference.push('.');
                reference.push_str(part);
            } else {
                reference.push_str(&format!("[{}]", serde_json::Value::from(part)));
            }
        }
        Ok(reference)
    }
}

/// An answer, unless it is larger than it may be.
fn within_limit(text: String, allowance: Allowance) -> Result<String, Error> {
    let limit = allowance.limits.answer_bytes;
    if text.len() as u64 <= limit {
        return Ok(text);
    }
    let message = format!("the answer has {} bytes; the limit `answer_bytes` is {limit}", text.len());
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

/// The first bytes of every program.
const MAGIC: &[u8; 6] = b"REGATE";
/// The version of the format that this build writes and reads.
const FORMAT: u16 = 1;
/// Magic, format, digest of the payload.
const HEADER_BYTES: usize = 6 + 2 + 32;

/// What the bytes carry in this version: checked sources, not code.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    modules: Vec<Module>,
    dialects: Vec<Dialect>,
    data: Option<String>,
    /// The builtins that the program calls, so that a build that lacks one can name it.
    builtins: Vec<String>,
    /// The builtins that it may not call: a query of it may not either.
    refused: Vec<String>,
}

impl Program {
    /// The builtins that the program calls, sorted.
    pub fn builtins(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .outlines
            .iter()
            .flat_map(|outline| outline.calls.iter().cloned())
            .filter(|name| super::builtins::find(name).is_some())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The program as bytes: a header with format and SHA-256 digest, then the payload.
    ///
    /// # Errors
    /// None in practice: every part is text.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let payload = serde_json::to_vec(&Payload {
            modules: self.modules.clone(),
            dialects: self.dialects.clone(),
            data: self.data.clone(),
            builtins: self.builtins(),
            refused: self.capabilities.refused.clone(),
        })
        .map_err(|error| Error::new(ErrorCode::EvalInternalError, error.to_string()))?;
        let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_be_bytes());
        bytes.extend_from_slice(&Sha256::digest(&payload));
        bytes.extend_from_slice(&payload);
        Ok(bytes)
    }

    /// The program that [`Program::to_bytes`] wrote.
    ///
    /// # Errors
    /// `program_damaged` for bytes that are no program or were changed, `program_version` for another format,
    /// `builtin_not_available` naming each builtin that this build lacks, `limit_exceeded` for a bundle too large.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let damaged = |what: &str| {
            Error::new(ErrorCode::ProgramDamaged, format!("these bytes are no Regate program: {what}"))
                .with_help("compile the policy again, or load the bytes again from where they were stored")
        };
        let (header, payload) = bytes.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged("they are too short"))?;
        let rest = header.strip_prefix(MAGIC).ok_or_else(|| damaged("they do not begin with `REGATE`"))?;
        let (format, digest) = rest.split_at_checked(2).ok_or_else(|| damaged("they are too short"))?;
        let format = u16::from_be_bytes([format.first().copied().unwrap_or(0), format.get(1).copied().unwrap_or(0)]);
        if format != FORMAT {
            return Err(Error::new(
                ErrorCode::ProgramVersion,
                format!("the program is of format {format}, and this build reads format {FORMAT}"),
            )
            .with_help("compile the policy again with the version that runs it"));
        }
        if Sha256::digest(payload).as_slice() != digest {
            return Err(damaged("their digest does not match"));
        }
        let payload: Payload = serde_json::from_slice(payload).map_err(|error| damaged(&error.to_string()))?;
        if payload.dialects.len() != payload.modules.len() {
            return Err(damaged("modules and dialects differ in number"));
        }
        let missing: Vec<&str> = payload
            .builtins
            .iter()
            .map(String::as_str)
            .filter(|name| super::builtins::is_missing(name) || super::builtins::find(name).is_none())
            .collect();
        if !missing.is_empty() {
            return Err(Error::new(
                ErrorCode::BuiltinNotAvailable,
                format!("the program calls builtins that this build lacks: {}", missing.join(", ")),
            )
            .with_help("`capabilities()` lists the builtins of this build"));
        }
        let capabilities = Capabilities { refused: payload.refused, ..Capabilities::default() };
        Self::from_checked(payload.modules, &payload.dialects, payload.data.as_deref(), capabilities)
    }

    /// A program of the same modules on other data.
    ///
    /// # Errors
    /// As [`compile`] for data.
    pub fn with_data(&self, data: &[u8]) -> Result<Self, Error> {
        let data = Some(document::text(data)?);
        Self::from_checked(self.modules.clone(), &self.dialects, data, self.capabilities.clone())
    }

    fn from_checked(
        modules: Vec<Module>,
        dialects: &[Dialect],
        data: Option<&str>,
        capabilities: Capabilities,
    ) -> Result<Self, Error> {
        source::check_bundle(&modules)?;
        let document = data.map(|text| document::check_shape(text).and_then(|()| read_data(text))).transpose()?;
        let checked =
            check::check_in_dialects(&modules, dialects, &capabilities, Purpose::Evaluation(document.as_ref()));
        if let Some(data) = &document {
            check::data::conflict(checked.outlines.iter().flatten(), data)?;
        }
        let Some(prepared) = checked.prepared else {
            let first = checked.diagnostics.into_iter().find(Diagnostic::is_error);
            return Err(Error::new(
                ErrorCode::RegoCompileError,
                first.map_or_else(|| "the program does not compile".to_owned(), |finding| finding.message),
            ));
        };
        let outlines: Vec<Outline> = checked.outlines.into_iter().flatten().collect();
        Ok(Self {
            rules: askable_rules(&outlines),
            revision: revision(&modules, dialects, data),
            modules,
            dialects: dialects.to_vec(),
            outlines,
            data: data.map(str::to_owned),
            prepared,
            capabilities,
            queries: RefCell::default(),
        })
    }
}
