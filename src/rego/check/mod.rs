//! From texts to checked modules: every finding that can be made without running anything, each at its place.
//!
//! The parser reads each module, the analysis looks at all of them together, and only what passes both reaches the engine.

pub mod by_opa;
pub mod data;
mod found;
pub mod outline;
pub mod patterns;
mod target;

use super::analysis::{self, ModuleInput, Options, Told};
use super::builtins::{self, HostFunction};
use super::diagnostic::{self, Diagnostic, Text};
use super::engine::{self, Document, Prepared};
use super::source::{Dialect, DialectRule, Module};
use super::syntax::tokens::{self, Kind, Tokens};
use super::syntax::tree::{Import, Statement, Tree};
use super::syntax::{self, Parsed};
use crate::error::Error;
use crate::sorted;
use by_opa::OpaError;
use outline::Outline;
use serde::Deserialize;

/// What a policy may call, and how strictly it is looked at.
#[derive(Debug, Clone, Default)]
pub struct Capabilities {
    /// Builtins that are refused.
    pub refused: Vec<String>,
    /// Builtins that do not exist: a call of one is that of a function that nobody knows.
    pub unknown: Vec<String>,
    /// Whether what OPA finds with `--strict` is an error: what is unused, and builtins of old policies.
    pub strict: bool,
    /// Functions that the host declares.
    pub host_functions: Vec<HostFunction>,
    /// The build that is to run it.
    pub target: Target,
    /// Which of rules of one name in several modules come first. It decides where a contradiction between them is told.
    pub order: ModuleOrder,
}

/// The order of modules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ModuleOrder {
    /// By their paths, as OPA has it.
    #[default]
    ByPath,
    /// As they are given.
    AsGiven,
}

/// A build that runs programs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The one with everything.
    #[default]
    Full,
    /// The one without a compiler and without families that need heavy tables or cryptography: what it lacks is a warning.
    Edge,
}

/// Modules after the checks.
pub struct Checked {
    /// The dialect of each module, in the order given.
    pub dialects: Vec<Dialect>,
    /// What each module declares; none where it does not parse.
    pub outlines: Vec<Option<Outline>>,
    /// Every finding, in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// The errors as OPA tells them.
    pub by_opa: Vec<OpaError>,
    /// The modules, ready to be asked, where that was wanted and there is no error.
    pub prepared: Option<Prepared>,
    /// The query, ready to be asked, where there is one and there is no error.
    pub query: Option<Result<engine::Query, Error>>,
}

/// What becomes of modules in which nothing is wrong.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// They are to be asked, over this data.
    Evaluation(Option<&'a Document>),
    /// An author wants to know what is wrong.
    Findings,
    /// The last module holds a query, which is no part of any document, and is asked for the values of these variables.
    Query(&'a sorted::Set<String>),
}

/// Checks modules as one bundle: grammar, names, rules beside one another, calls, order of evaluation, types.
pub fn check(modules: &[Module], rule: DialectRule, capabilities: &Capabilities, purpose: Purpose<'_>) -> Checked {
    check_by(modules, |_| rule, capabilities, purpose)
}

/// The same with a rule for the dialect of each module.
pub fn check_each(
    modules: &[Module],
    rules: &[DialectRule],
    capabilities: &Capabilities,
    purpose: Purpose<'_>,
) -> Checked {
    check_by(modules, |index| rules.get(index).copied().unwrap_or_default(), capabilities, purpose)
}

/// The same for modules whose dialects are known, in the order of the modules.
pub fn check_in_dialects(
    modules: &[Module],
    dialects: &[Dialect],
    capabilities: &Capabilities,
    purpose: Purpose<'_>,
) -> Checked {
    let rule = |index: usize| DialectRule::Fixed(dialects.get(index).copied().unwrap_or(Dialect::V1));
    check_by(modules, rule, capabilities, purpose)
}

fn check_by(
    modules: &[Module],
    rule: impl Fn(usize) -> DialectRule,
    capabilities: &Capabilities,
    purpose: Purpose<'_>,
) -> Checked {
    let texts: Vec<Text<'_>> = modules.iter().map(|module| Text::new(&module.path, &module.source)).collect();
    let read: Vec<Parsed<'_>> =
        texts.iter().enumerate().map(|(index, text)| read(text.source(), rule(index))).collect();
    let mut diagnostics = Vec::new();
    for (text, parsed) in texts.iter().zip(&read) {
        diagnostics.extend(parsed.told().map(|error| found::syntax_error(text, error)));
    }
    let inputs: Vec<ModuleInput<'_>> = texts
        .iter()
        .zip(&read)
        .map(|(text, parsed)| ModuleInput { path: text.path(), source: text.source(), parsed })
        .collect();
    let analysis::Checked { findings, bundle } =
        analysis::check_with_types(&inputs, &options(capabilities, purpose, modules.len()));
    let of_author = findings.iter().filter(|finding| finding.told != Told::ByOpa);
    diagnostics.extend(of_author.filter_map(|finding| found::finding(&texts, finding)));
    // INVARIANT (refused): what OPA refuses is refused, also where all that was found is thought to follow from something else.
    // Of the mistakes of a text one is told in any case.
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let of_opa = findings.iter().filter(|finding| finding.told == Told::ByOpa);
        diagnostics.extend(of_opa.filter_map(|finding| found::finding(&texts, finding)));
    }
    for (text, parsed) in texts.iter().zip(&read) {
        diagnostics.extend(patterns::findings(text, &parsed.tree));
    }
    diagnostics.extend(target::findings(&texts, &bundle, capabilities));
    let outlines: Vec<Option<Outline>> =
        read.iter().map(|parsed| parsed.is_module().then(|| Outline::of(&parsed.tree))).collect();
    let (mut prepared, mut query) = (None, None);
    if !diagnostics.iter().any(Diagnostic::is_error) {
        match purpose {
            Purpose::Evaluation(data) => match engine::prepare(&bundle, &capabilities.host_functions, data) {
                Ok(ready) => prepared = Some(ready),
                Err(error) => diagnostics.extend(found::not_evaluated(&texts, &error)),
            },
            Purpose::Query(names) => {
                query = Some(engine::prepare_query(&bundle, &capabilities.host_functions, names));
            }
            Purpose::Findings => {}
        }
    }
    Checked {
        dialects: read.iter().map(|parsed| parsed.dialect).collect(),
        outlines,
        by_opa: by_opa::errors(&texts, &read, &findings),
        diagnostics: diagnostic::in_source_order(diagnostics),
        prepared,
        query,
    }
}

/// A module as `opa fmt` lays it out, in the dialect that it is written in, with what cannot be read in it.
pub fn format(module: &Module, rule: DialectRule) -> (String, Dialect, Vec<Diagnostic>) {
    let text = Text::new(&module.path, &module.source);
    let parsed = read(&module.source, rule);
    let diagnostics = parsed.told().map(|error| found::syntax_error(&text, error)).collect();
    (syntax::format::format(&module.source, &parsed), parsed.dialect, diagnostic::in_source_order(diagnostics))
}

/// `modules` are as many as are checked.
fn options(capabilities: &Capabilities, purpose: Purpose<'_>, modules: usize) -> Options {
    Options {
        strict: capabilities.strict,
        host_functions: capabilities.host_functions.clone(),
        refused: capabilities.refused.clone(),
        unknown: capabilities.unknown.clone(),
        in_given_order: capabilities.order == ModuleOrder::AsGiven,
        absent: builtins::all()
            .filter(|builtin| !builtin.is_evaluated())
            .map(|builtin| builtin.name.to_owned())
            .collect(),
        apart: matches!(purpose, Purpose::Query(_)).then(|| modules.saturating_sub(1)),
    }
}

/// Finds the dialect of one module and parses it.
fn read(source: &str, rule: DialectRule) -> Parsed<'_> {
    let tokens = tokens::scan(source);
    let first = match rule {
        DialectRule::Fixed(dialect) => dialect,
        DialectRule::V1 | DialectRule::V1ThenV0 => Dialect::V1,
    };
    let parsed = syntax::parse_tokens(source, &tokens, first);
    if rule == DialectRule::V1ThenV0 && !parsed.is_module() && !parsed.tree.imports().any(Import::is_rego_v1) {
        let old = syntax::parse_tokens(source, &tokens, Dialect::V0);
        // INVARIANT (guess): nobody has asked for v0. A rule that holds because a keyword was not imported is none that an author means.
        let is_meant = old.is_module() && !analysis::has_followers(source, &old.tree);
        // Where neither is a module: the errors of the dialect that the author seems to write, never both lists.
        if is_meant || !is_written_as_v1(source, &tokens, &parsed.tree) {
            return old;
        }
    }
    parsed
}

/// Whether any head uses `if` or `contains`, also in what could not be read: what the author seems to write.
fn is_written_as_v1(source: &str, tokens: &Tokens, tree: &Tree<'_>) -> bool {
    tree.statements.iter().any(|statement| match statement {
        Statement::Rule(rule) => rule.head.has_contains || rule.body.as_ref().is_some_and(|body| body.has_if),
        Statement::Broken(span) => {
            let from = tokens.tokens.partition_point(|token| token.span.start < span.start);
            let within = tokens.tokens.iter().skip(from).take_while(|token| token.span.end <= span.end);
            let mut behind_name = false;
            let mut uses = false;
            for token in within {
                // As a word of a head it stands behind a name or an index, and begins no call.
                let begins_call = source.get(token.span.end as usize..).is_some_and(|rest| rest.starts_with('('));
                uses |= behind_name && !begins_call && matches!(token.kind, Kind::If | Kind::Contains);
                behind_name = matches!(token.kind, Kind::Name | Kind::RightBracket | Kind::RightParen)
                    || token.kind.is_keyword() && token.kind != Kind::Import;
            }
            uses
        }
        Statement::Package(_) | Statement::Import(_) => false,
    })
}
