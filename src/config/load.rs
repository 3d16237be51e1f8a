//! From the files of a bundle to policies that can be asked: every refusal of section 1 with its text, and each also as a diagnostic.
//!
//! The stages follow one another, and the text tells of the first that finds something; the diagnostics tell of all. What the original
//! tells in an order of chance is told by path and place here.

use super::library::{self, Linked};
use super::lint::{self, BranchUses};
use super::newer_syntax;
use super::policy_name::{self, NoName};
use super::silences;
use crate::error::Error;
use crate::rego::check::ModuleOrder;
use crate::rego::check::by_opa::{self, OpaError};
use crate::rego::diagnostic::{self, Severity, Text};
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::Span;
use crate::rego::syntax::{self, Parsed};
use crate::rego::value::quotes::quoted;
use crate::rego::{self, Capabilities, Compilation, Diagnostic, Dialect, DialectRule, Module, Program, source};
use crate::sorted::{self, InOrder};
use serde::Serialize;
use std::borrow::Cow;

/// Builtins that the original has not: those that reach the network, and newer ones (section 7.2).
const UNKNOWN_BUILTINS: [&str; 5] =
    ["array.flatten", "http.send", "internal.template_string", "io.jwt.verify_eddsa", "net.lookup_ip_addr"];

/// The stage of loading that refuses a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigLoadStage"))]
#[serde(rename_all = "snake_case")]
pub enum LoadStage {
    /// A text is no module, or has no name.
    Parse,
    /// Two policies have one name.
    Names,
    /// A module is in another package, or asks for the branch by its old name.
    Lint,
    /// The modules do not compile together.
    Compile,
}

/// Why a bundle is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigLoadError"))]
pub struct LoadError {
    /// The stage.
    pub stage: LoadStage,
    /// All that the stage found, as the original tells it (section 1.3).
    pub message: String,
}

/// What loading gives.
pub struct Loading {
    /// The policies, where nothing is wrong.
    pub policies: Option<ConfigPolicies>,
    /// Why there are none.
    pub error: Option<LoadError>,
    /// Every finding, by path and place. Those of severity warning refuse nothing.
    pub diagnostics: Vec<Diagnostic>,
}

/// Policies that can be asked.
pub struct ConfigPolicies {
    /// The program; the empty bundle has none.
    pub(super) program: Option<Program>,
    /// By name.
    policies: Vec<LoadedPolicy>,
    /// The metadata that stands in the data of the program.
    pub(super) meta: Option<String>,
}

/// One policy of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPolicy {
    /// Its name.
    pub name: String,
    /// The path of its file.
    pub path: String,
    /// Its text.
    pub source: String,
}

/// A file that was read.
struct File<'m> {
    text: Text<'m>,
    parsed: Parsed<'m>,
    /// What the original does not read.
    newer: Vec<(Span, String)>,
    name: Result<String, NoName>,
}

impl<'m> File<'m> {
    fn read(module: &'m Module) -> Self {
        let parsed = syntax::parse(&module.source, Dialect::V0);
        let name = policy_name::read(&parsed.tree, &module.source);
        let newer = newer_syntax::find(&parsed.tree, &module.source, parsed.dialect);
        Self { text: Text::new(&module.path, &module.source), parsed, newer, name }
    }

    /// The name of a policy that is one.
    fn policy_name(&self) -> Option<&str> {
        self.name.as_deref().ok().filter(|_| self.is_module())
    }

    /// Whether the original reads it.
    fn is_module(&self) -> bool {
        self.parsed.is_module() && self.newer.is_empty()
    }

    fn finding(&self, span: Span, code: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(&self.text, span.range(), code, message)
    }

    fn line(&self, span: Span) -> u32 {
        self.text.places(span.range()).0.line
    }
}

/// Loads the policies of a bundle. A text is read as v0, unless it imports `rego.v1`.
///
/// # Errors
/// `limit_exceeded` for a bundle that is too large, `malformed_request` for two files of one path. What is wrong with the texts is in
/// the [`Loading`].
pub fn load(mut modules: Vec<Module>) -> Result<Loading, Error> {
    source::check_bundle(&modules)?;
    modules.order_by(|one, other| one.path.cmp(&other.path));
    if modules.is_empty() {
        let policies = ConfigPolicies { program: None, policies: Vec::new(), meta: None };
        return Ok(Loading { policies: Some(policies), error: None, diagnostics: Vec::new() });
    }
    let sources: Vec<String> = modules.iter().map(|module| module.source.clone()).collect();
    for module in &mut modules {
        let parsed = syntax::parse(&module.source, Dialect::V0);
        if let Cow::Owned(text) = newer_syntax::without_metadata(&module.source, &parsed.tree) {
            module.source = text;
        }
    }
    let files: Vec<File<'_>> = modules.iter().map(File::read).collect();
    let mut stages = Stages::default();
    names(&files, &mut stages);
    repeated_names(&files, &mut stages);
    lints(&files, &mut stages);
    // Rules of one name are told in the order of the names of their policies.
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.order_by(|one, other| {
        let name = |at: &usize| files.get(*at).map(|file| (file.policy_name().unwrap_or_default(), file.text.path()));
        name(one).cmp(&name(other))
    });
    let linked = Linked::by(files.iter().map(|file| &file.parsed.tree));
    let policies: Vec<LoadedPolicy> = order
        .iter()
        .filter_map(|&at| {
            let (file, source) = (files.get(at)?, sources.get(at)?);
            let name = file.policy_name().unwrap_or_default().to_owned();
            Some(LoadedPolicy { name, path: file.text.path().to_owned(), source: source.clone() })
        })
        .collect();
    let together = order.iter().filter_map(|&at| modules.get(at)).cloned();
    let library = linked.modules(modules.iter().map(|module| module.path.as_str()));
    let library_paths: Vec<String> = library.iter().map(|module| module.path.clone()).collect();
    let compilation = rego::compile(
        together.chain(library).collect(),
        Some(b"{}"),
        DialectRule::Fixed(Dialect::V0),
        &capabilities(),
    )?;
    let paths: Vec<&str> =
        policies.iter().map(|policy| &policy.path).chain(&library_paths).map(String::as_str).collect();
    compiled(&compilation, &paths, &mut stages);
    let Compilation { program, diagnostics, .. } = compilation;
    stages.diagnostics.extend(diagnostics.into_iter().map(with_help));
    for file in &files {
        silences::of_text(&file.text, &file.parsed.tree, &mut stages.diagnostics);
    }
    // What is found in the library follows from how it is used, and no author can mend it there.
    let of_author = |finding: &Diagnostic| finding.is_error() || !library_paths.contains(&finding.file);
    stages.diagnostics.retain(of_author);
    let error = stages.error();
    let program = program.filter(|_| error.is_none());
    Ok(Loading {
        policies: program.map(|program| ConfigPolicies { program: Some(program), policies, meta: None }),
        error,
        diagnostics: diagnostic::in_source_order(stages.diagnostics),
    })
}

fn capabilities() -> Capabilities {
    Capabilities {
        unknown: UNKNOWN_BUILTINS.map(str::to_owned).to_vec(),
        strict: true,
        order: ModuleOrder::AsGiven,
        ..Capabilities::default()
    }
}

/// What each stage has found, as texts, and all findings at their places.
#[derive(Default)]
struct Stages {
    parse: Vec<String>,
    names: Vec<String>,
    lint: Vec<String>,
    /// As one text.
    compile: Option<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Stages {
    /// The error of the first stage that found something.
    fn error(&self) -> Option<LoadError> {
        let collected = [
            (LoadStage::Parse, "failed to parse policy file(s)", &self.parse),
            (LoadStage::Names, "failed to parse bundle", &self.names),
            (LoadStage::Lint, "failed policy linting", &self.lint),
        ];
        let of_stages = collected.into_iter().find(|(_, _, texts)| !texts.is_empty());
        if let Some((stage, prefix, texts)) = of_stages {
            return Some(LoadError { stage, message: format!("{prefix}: {}", joined(texts)) });
        }
        let list = self.compile.as_ref()?;
        Some(LoadError { stage: LoadStage::Compile, message: format!("failed to compile policy: {list}") })
    }
}

/// How the original joins what it collected.
fn joined(texts: &[String]) -> String {
    match texts {
        [one] => one.clone(),
        all => format!("{} error(s) occurred: {}", all.len(), all.join("; ")),
    }
}

fn names(files: &[File<'_>], stages: &mut Stages) {
    for file in files {
        let path = quoted(file.text.path(), false);
        for (span, message) in &file.newer {
            let help = "the Rego of these policies is that of OPA 1.4: write the key in brackets, `a[\"b\"]`, and texts with `sprintf`";
            stages.diagnostics.push(file.finding(*span, "rego_parse_error", message.clone()).with_help(help));
        }
        if !file.is_module() {
            stages.parse.push(format!("failed to parse file {path}: {}", syntax_errors(file)));
        } else if let Err(NoName { reason, help, span }) = &file.name {
            stages.parse.push(format!("failed to parse file: {path}: {reason}"));
            stages.diagnostics.push(file.finding(*span, "config_policy_name", reason.clone()).with_help(*help));
        }
    }
}

/// What OPA says of a text that is no module.
fn syntax_errors(file: &File<'_>) -> String {
    let of_opa = by_opa::errors(std::slice::from_ref(&file.text), std::slice::from_ref(&file.parsed), &[]);
    if let [only] = of_opa.as_slice()
        && only.message == "empty module"
    {
        return format!("{}:0: {}: {}", file.text.path(), only.code, only.message);
    }
    let mut texts: Vec<String> = of_opa.iter().map(|error| error.text(file.text.path())).collect();
    let newer = file.newer.iter();
    texts
        .extend(newer.map(|(span, why)| format!("{}:{}: rego_parse_error: {why}", file.text.path(), file.line(*span))));
    if texts.is_empty() {
        // Limits are ours.
        let ours = file
            .parsed
            .told()
            .map(|error| format!("{}:{}: limit_exceeded: {}", file.text.path(), file.line(error.span), error.message));
        texts.extend(ours);
    }
    by_opa::list(&texts)
}

fn repeated_names(files: &[File<'_>], stages: &mut Stages) {
    let mut by_name: sorted::Map<&str, Vec<&File<'_>>> = sorted::Map::new();
    for file in files {
        if let Some(name) = file.policy_name() {
            by_name.entry(name).or_default().push(file);
        }
    }
    for (name, same) in by_name.iter().filter(|(_, same)| same.len() > 1) {
        let message = format!("policy \"{name}\" declared {} times", same.len());
        for file in same {
            let span = file.parsed.tree.rules().next().map_or(Span::default(), |rule| rule.head.span);
            let others: Vec<&str> = same.iter().map(|file| file.text.path()).collect();
            let help = format!("give each policy a name of its own; this one is in {}", others.join(", "));
            stages.diagnostics.push(file.finding(span, "config_policy_name_repeated", message.clone()).with_help(help));
        }
        stages.names.push(message);
    }
}

fn lints(files: &[File<'_>], stages: &mut Stages) {
    const BRANCH: &str = "invalid use of data.meta.branch use data.meta.vcs.branch instead";
    for file in files {
        // A text that has no name is told of without one.
        let name = file.policy_name().unwrap_or_default();
        if let Some((message, span)) = lint::wrong_package(&file.parsed.tree) {
            let finding = file.finding(span, "config_package", message.clone());
            stages.diagnostics.push(finding.with_help("write `package org`: all policies of a bundle share it"));
            stages.lint.push(format!("\"{name}\": {message}"));
        }
        let BranchUses { refused, passed_over } = lint::branch_uses(&file.parsed.tree);
        if let Some(first) = refused.first() {
            let place = format!("{}:{}", file.text.path(), file.line(*first));
            stages.lint.push(format!("\"{name}\": {place}: {BRANCH}"));
        }
        let help = "write `data.meta.vcs.branch`";
        for span in refused {
            stages.diagnostics.push(file.finding(span, "config_branch_path", BRANCH).with_help(help));
        }
        for span in passed_over {
            let message = "there is no `data.meta.branch`: it is always undefined";
            let mut finding = file.finding(span, "config_branch_path", message).with_help(help);
            finding.severity = Severity::Warning;
            stages.diagnostics.push(finding);
        }
    }
}

/// What compiling found. `paths` are those of the modules in their order.
fn compiled(compilation: &Compilation, paths: &[&str], stages: &mut Stages) {
    let mut texts: Vec<String> = Vec::new();
    let mut of_opa: Vec<(&str, &OpaError)> = compilation
        .by_opa
        .iter()
        .filter(|error| error.stage != Stage::Parse)
        .map(|error| (paths.get(error.module).copied().unwrap_or_default(), error))
        .collect();
    of_opa.order_by(|(a, _), (b, _)| a.cmp(b));
    texts.extend(of_opa.into_iter().map(|(path, error)| error.text(path)));
    let errors = compilation.diagnostics.iter().filter(|finding| finding.is_error());
    if texts.is_empty() {
        // What OPA would take and this engine does not, such as more of something than a program can hold.
        texts.extend(
            errors.map(|error| format!("{}:{}: {}: {}", error.file, error.start.line, error.code, error.message)),
        );
    }
    stages.compile = (!texts.is_empty()).then(|| by_opa::list(&texts));
}

/// The finding with how to mend it, where it asks for something of the library.
fn with_help(mut finding: Diagnostic) -> Diagnostic {
    let function = finding.message.strip_prefix("undefined function ").map(str::to_owned);
    if let Some(help) = function.and_then(|name| library::help_for(&name)) {
        finding.help = Some(help.to_owned());
    } else if UNKNOWN_BUILTINS.iter().any(|name| finding.message == format!("undefined function {name}")) {
        finding.help =
            Some("policies of configurations have no network, and no builtins newer than OPA 1.4".to_owned());
    }
    finding
}

impl ConfigPolicies {
    /// The policies, by name.
    pub fn policies(&self) -> &[LoadedPolicy] {
        &self.policies
    }

    /// The policies alone, by name.
    pub fn into_loaded(self) -> Vec<LoadedPolicy> {
        self.policies
    }

    /// The content digest of the bundle, without metadata.
    pub fn revision(&self) -> String {
        let pairs: Vec<_> =
            self.policies.iter().map(|policy| serde_json::json!([policy.name, policy.source])).collect();
        crate::decision::digest::of_value(&serde_json::Value::Array(pairs))
    }
}
