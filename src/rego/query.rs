//! A query with variables: it is read as the body of a rule, and asked for an object from variable to value for each way to be true.

use super::builtins;
use super::check::{self, Capabilities, Purpose};
use super::diagnostic::{Diagnostic, Text};
use super::engine::Query;
use super::source::{Dialect, Module};
use super::syntax::tokens::{self, Kind};
use super::syntax::tree::{Body, Literal, LiteralKind, Statement, Term, TermKind, Tree};
use super::syntax::{self, SyntaxError};
use super::words::unused_name;
use crate::error::{Error, ErrorCode};
use crate::sorted;

/// What stands behind a query when it is read as the body of a rule. A line of its own: a comment may close the query.
const BEHIND: &str = "\n}\n";

/// The modules that a query is asked of.
pub struct Asked<'a> {
    /// The modules, in which nothing is wrong.
    pub modules: &'a [Module],
    /// The dialect of each.
    pub dialects: &'a [Dialect],
    /// What a query may call, as what they may.
    pub capabilities: &'a Capabilities,
}

/// A query, ready to be asked: for the values of its variables in each way in which it is true.
///
/// # Errors
/// `limit_exceeded` for a query that breaks a bound on texts, `rego_parse_error` for one that does not parse, and what a
/// check finds in a rule with this body in a package of its own beside the modules.
pub fn prepare(query: &str, asked: &Asked<'_>) -> Result<Query, Error> {
    let placed = Placed::new(query, asked.modules);
    let parsed = syntax::parse(&placed.module.source, Dialect::V1);
    if let Some(error) = parsed.told().next() {
        return Err(placed.syntax_error(query, error));
    }
    // INVARIANT (closed): a query cannot end the body that it is put in.
    let Some(body) = only_body(&parsed.tree, &placed.module.source) else {
        return Err(at(query, ErrorCode::RegoParseError, "the query closes a bracket that it has not opened", 0));
    };
    let literals = body.literals.get(1..).unwrap_or_default();
    if literals.is_empty() {
        return Err(Error::new(ErrorCode::RegoParseError, "the query is empty"));
    }
    let mut names = sorted::Set::new();
    literals.iter().for_each(|literal| variables(literal, &mut names));
    placed.check(query, &sorted::Set::from_iter(names.into_iter().map(str::to_owned)), asked)
}

/// A query as the body of the only rule of a module.
struct Placed {
    module: Module,
    /// Where the query begins in the module.
    start: usize,
}

impl Placed {
    /// Path, package and rule have names that neither the modules nor the query use.
    fn new(query: &str, modules: &[Module]) -> Self {
        let texts = modules.iter().flat_map(|module| [&module.path, &module.source]).map(String::as_str);
        let name = unused_name("query", texts.chain([query]));
        // The first statement makes the brace a body, whatever the query begins with.
        let before = format!("package {name}\n\n{name} if {{\ntrue\n");
        let source = format!("{before}{query}{BEHIND}");
        Self { module: Module { path: name, source }, start: before.len() }
    }

    /// The query, or the first thing, in the order of OPA's stages, that a check of the modules and the query finds in it.
    fn check(&self, query: &str, names: &sorted::Set<String>, asked: &Asked<'_>) -> Result<Query, Error> {
        let modules: Vec<Module> = asked.modules.iter().chain([&self.module]).cloned().collect();
        let dialects: Vec<Dialect> = asked.dialects.iter().copied().chain([Dialect::V1]).collect();
        let capabilities = Capabilities { strict: false, ..asked.capabilities.clone() };
        let purpose = Purpose::Query(names);
        let checked = check::check_in_dialects(&modules, &dialects, &capabilities, purpose);
        // Nothing is wrong with the modules by themselves: what is found in one of them is there because of the query.
        let errors = checked.diagnostics.into_iter().filter(Diagnostic::is_error);
        let first = errors.min_by_key(|finding| (finding.stage.is_none(), finding.stage, finding.start.byte));
        match (first, checked.query) {
            (Some(finding), _) => Err(self.error_of(query, finding)),
            (None, Some(query)) => query,
            // INVARIANT (prepared): where nothing is wrong, the engine has been asked to prepare it.
            (None, None) => Err(Error::new(ErrorCode::EvalInternalError, "the query was not prepared")),
        }
    }

    fn error_of(&self, query: &str, finding: Diagnostic) -> Error {
        let code = ErrorCode::named(&finding.code).unwrap_or(ErrorCode::RegoCompileError);
        let mut error = if finding.file == self.module.path {
            at(query, code, &finding.message, (finding.start.byte as usize).saturating_sub(self.start))
        } else {
            Error::new(code, format!("{} ({}:{})", finding.message, finding.file, finding.start.line))
        };
        error.limit = finding.limit;
        error.help = finding.help.map(|help| match help.split_once(", or import the package") {
            Some(("check the name", _)) => {
                "a query has no imports: write the whole path of a function, as in `data.a.b(1)`".to_owned()
            }
            Some((before, _)) => before.to_owned(),
            None => help,
        });
        error
    }

    fn syntax_error(&self, query: &str, found: &SyntaxError) -> Error {
        if let Some((name, value)) = found.limit {
            let mut error = Error::limit(name, value, found.message.clone().into_owned());
            error.help = found.help.as_ref().map(|help| help.clone().into_owned());
            return error;
        }
        let byte = (found.span.start as usize).saturating_sub(self.start);
        let end = end_of(query);
        if byte >= end {
            let message = if end == 0 { "the query is empty" } else { "the query ends too early" };
            return at(query, ErrorCode::RegoParseError, message, end);
        }
        let is_import = query.get(byte..).is_some_and(|rest| rest.starts_with("import") || rest.starts_with("package"));
        let mut error = at(query, ErrorCode::RegoParseError, &found.message, byte);
        error.help = if is_import {
            Some("a query has no imports: write the whole path, as in `data.a.b`".to_owned())
        } else {
            found.help.as_ref().map(|help| help.clone().into_owned())
        };
        error
    }
}

/// The body that the query was put in, where it is the only one and ends where it was to end.
fn only_body<'t, 's>(tree: &'t Tree<'s>, module: &str) -> Option<&'t Body<'s>> {
    let [_, Statement::Rule(rule)] = tree.statements.as_slice() else { return None };
    let end = module.trim_end().len();
    let is_whole = rule.elses.is_empty() && rule.chained.is_empty() && rule.span.end as usize == end;
    rule.body.as_ref().filter(|_| is_whole)
}

/// The error at a byte of the query. What it says in further lines, such as the types of arguments, stands behind the
/// place.
fn at(query: &str, code: ErrorCode, message: &str, byte: usize) -> Error {
    let (place, _) = Text::new("query", query).places(byte..byte);
    let (first, more) = message.split_at(message.find('\n').unwrap_or(message.len()));
    Error::new(code, format!("{first} (line {}, column {} of the query){more}", place.line, place.column))
}

/// Where the last token of the query ends.
fn end_of(query: &str) -> usize {
    let tokens = tokens::scan(query).tokens;
    tokens.iter().rev().find(|token| token.kind != Kind::End).map_or(0, |token| token.span.end as usize)
}

/// The variables that a statement gives back: every name in it, outside of comprehensions and `every`, whose variables are
/// their own.
fn variables<'s>(literal: &Literal<'s>, names: &mut sorted::Set<&'s str>) {
    match &literal.kind {
        LiteralKind::Term(term) => of_term(term, names),
        LiteralKind::Assign(binary) | LiteralKind::Unify(binary) => {
            of_term(&binary.left, names);
            of_term(&binary.right, names);
        }
        LiteralKind::SomeIn(domain) => {
            domain.key.iter().chain([&domain.value, &domain.collection]).for_each(|term| of_term(term, names));
        }
        // They are declared here, and get their values in other statements.
        LiteralKind::Some(_) | LiteralKind::Every(..) | LiteralKind::Broken => {}
    }
    for with in &literal.with {
        let is_function = with.value.dotted_name().is_some_and(|name| builtins::find(&name).is_some());
        if !is_function {
            of_term(&with.value, names);
        }
    }
}

fn of_term<'s>(term: &Term<'s>, names: &mut sorted::Set<&'s str>) {
    let mut all = |terms: &[Term<'s>]| terms.iter().for_each(|term| of_term(term, names));
    match &term.kind {
        TermKind::Var("_" | "data" | "input") => {}
        TermKind::Var(name) => {
            names.insert(name);
        }
        TermKind::Array(items) | TermKind::Set(items) => all(items),
        TermKind::Call(call) => all(&call.args),
        TermKind::Object(pairs) => {
            for (key, value) in pairs {
                of_term(key, names);
                of_term(value, names);
            }
        }
        TermKind::Ref(reference) => {
            of_term(&reference.head, names);
            reference.parts.iter().for_each(|part| of_term(&part.term, names));
        }
        TermKind::Infix(infix) => {
            of_term(&infix.left, names);
            of_term(&infix.right, names);
        }
        TermKind::In(domain) => {
            domain.key.iter().chain([&domain.value, &domain.collection]).for_each(|term| of_term(term, names));
        }
        _ => {}
    }
}
