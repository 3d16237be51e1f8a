//! A query with variables, as one expression: an array with an object from variable to value for each way to be true.

use super::builtins;
use super::check::Capabilities;
use super::check::outline::{Outline, RuleKind};
use super::diagnostic::Text;
use super::engine::{self, Source, guard};
use super::source::Dialect;
use super::syntax::tokens::{self, Kind};
use super::syntax::tree::{Body, Call, Literal, LiteralKind, Span, Statement, Term, TermKind, Tree};
use super::syntax::{self, SyntaxError, visit};
use crate::error::{Error, ErrorCode};
use crate::limits;
use std::collections::BTreeSet;

/// What stands before a query when it is read as the body of a rule. The first statement makes the brace a body, whatever
/// the query begins with.
const BEFORE: &str = "package query\n\nanswer if {\ntrue\n";
/// What stands behind it. A line of its own: a comment may close the query.
const BEHIND: &str = "\n}\n";

/// The expression for `query`: `[{"x": x} | x := 1]`. An engine judges each statement in a comprehension as it does in a
/// rule, while what its own queries give back for statements that fail is not something to decide on.
///
/// # Errors
/// `limit_exceeded` for a query that breaks a bound on texts, `rego_parse_error` for one that does not parse,
/// `rego_compile_error` and `builtin_not_available` for its calls, which are checked as those of a module are.
pub fn expression(query: &str, outlines: &[Outline], capabilities: &Capabilities) -> Result<String, Error> {
    let module = format!("{BEFORE}{query}{BEHIND}");
    let parsed = syntax::parse(&module, Dialect::V1);
    if let Some(error) = parsed.told().next() {
        return Err(syntax_error(query, error));
    }
    // INVARIANT (closed): a query cannot end the body that it is put in.
    let Some(body) = only_body(&parsed.tree, &module) else {
        return Err(at(query, ErrorCode::RegoParseError, "the query closes a bracket that it has not opened", 0));
    };
    let literals = body.literals.get(1..).unwrap_or_default();
    if literals.is_empty() {
        return Err(Error::new(ErrorCode::RegoParseError, "the query is empty"));
    }
    check_functions(query, body, outlines, capabilities)?;
    let mut names = BTreeSet::new();
    literals.iter().for_each(|literal| variables(literal, &mut names));
    let row: Vec<String> = names.iter().map(|name| format!(r#""{name}": {name}"#)).collect();
    let expression = format!("[{{{}}} |\n{query}\n]", row.join(", "));
    let whole = format!("package query\n\nanswer := {expression}\n");
    if let Some(finding) = guard::findings(&Text::new("query", &whole), &tokens::scan(&whole)).into_iter().next()
        && let Some(limit) = finding.limit
    {
        let mut error = Error::limit(&limit.name, limit.value, finding.message);
        error.help = finding.help;
        return Err(error);
    }
    engine::can_read(&Source { text: &whole, dialect: Dialect::V1 })
        .map_err(|failure| beyond_the_engine(query, &failure))?;
    Ok(expression)
}

fn beyond_the_engine(query: &str, failure: &engine::Failure) -> Error {
    // Where the engine is too deep inside of brackets it may say something else.
    let is_deep = depth_of(query) > limits::EXPRESSION_NESTING / 2;
    if !is_deep && !failure.message.contains("expression nesting too deep") {
        let message = format!("this is Rego, and the engine of this version cannot evaluate it: {}", failure.message);
        return Error::new(ErrorCode::RegoCompileError, message);
    }
    let limit = limits::EXPRESSION_NESTING;
    let message = format!(
        "more than {limit} expressions inside one another, the query as a whole among them; the limit is \
         `expression_nesting`"
    );
    Error::limit("expression_nesting", limit, message).with_help("name the inner parts: `x := …; y := f(x)`")
}

/// How many brackets are open where most are.
fn depth_of(query: &str) -> u64 {
    let (mut depth, mut deepest) = (0_u64, 0);
    for token in tokens::scan(query).tokens {
        if token.kind.opens() {
            depth += 1;
        } else if token.kind.closes() {
            depth = depth.saturating_sub(1);
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The body that the query was put in, where it is the only one and ends where it was to end.
fn only_body<'t, 's>(tree: &'t Tree<'s>, module: &str) -> Option<&'t Body<'s>> {
    let [_, Statement::Rule(rule)] = tree.statements.as_slice() else { return None };
    let end = module.trim_end().len();
    let is_whole = rule.elses.is_empty() && rule.chained.is_empty() && rule.span.end as usize == end;
    rule.body.as_ref().filter(|_| is_whole)
}

/// The error at a byte of the query.
fn at(query: &str, code: ErrorCode, message: &str, byte: usize) -> Error {
    let (place, _) = Text::new("query", query).places(byte..byte);
    Error::new(code, format!("{message} (line {}, column {} of the query)", place.line, place.column))
}

/// Where the last token of the query ends.
fn end_of(query: &str) -> usize {
    let tokens = tokens::scan(query).tokens;
    tokens.iter().rev().find(|token| token.kind != Kind::End).map_or(0, |token| token.span.end as usize)
}

fn in_query(span: Span) -> usize {
    (span.start as usize).saturating_sub(BEFORE.len())
}

fn syntax_error(query: &str, found: &SyntaxError) -> Error {
    if let Some((name, value)) = found.limit {
        let mut error = Error::limit(name, value, found.message.clone().into_owned());
        error.help = found.help.as_ref().map(|help| help.clone().into_owned());
        return error;
    }
    let byte = in_query(found.span);
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

/// Every function that the query calls, or puts something else in the place of, is there and may be called.
fn check_functions(
    query: &str,
    body: &Body<'_>,
    outlines: &[Outline],
    capabilities: &Capabilities,
) -> Result<(), Error> {
    let mut problem = None;
    let mut tell = |found: Result<(), Refusal>, span: Span| {
        if let (Err(Refusal { code, message, help }), true) = (found, problem.is_none()) {
            let mut error = at(query, code, &message, in_query(span));
            error.help = help.map(str::to_owned);
            problem = Some(error);
        }
    };
    let mut statements = BTreeSet::new();
    calls_that_are_statements(body, &mut statements);
    visit::terms_of_body(body, &mut |term| match &term.kind {
        TermKind::Call(call) => {
            let may_name_result = statements.contains(&term.span);
            tell(check_call(call, may_name_result, outlines, capabilities), call.function.span);
        }
        TermKind::ArrayComprehension(found)
        | TermKind::SetComprehension(found)
        | TermKind::ObjectComprehension(found) => calls_that_are_statements(&found.body, &mut statements),
        _ => {}
    });
    let with = body.literals.iter().flat_map(|literal| &literal.with);
    for term in with.flat_map(|with| [&with.target, &with.value]) {
        if let Some(name) = term.dotted_name()
            && builtins::find(&name).is_some()
        {
            tell(check_builtin(&name, capabilities), term.span);
        }
    }
    problem.map_or(Ok(()), Err)
}

/// The calls that are statements of a body: only of those may the last argument be the result.
fn calls_that_are_statements(body: &Body<'_>, calls: &mut BTreeSet<Span>) {
    for literal in &body.literals {
        match &literal.kind {
            LiteralKind::Term(term) => {
                calls.insert(term.span);
            }
            LiteralKind::Every(_, body) => calls_that_are_statements(body, calls),
            _ => {}
        }
    }
}

/// Why a function cannot be called.
struct Refusal {
    code: ErrorCode,
    message: String,
    help: Option<&'static str>,
}

fn check_call(
    call: &Call<'_>,
    may_name_result: bool,
    outlines: &[Outline],
    capabilities: &Capabilities,
) -> Result<(), Refusal> {
    let undefined = |name: &str| Refusal {
        code: ErrorCode::RegoCompileError,
        message: format!("undefined function {name}"),
        help: Some("write the whole path of a function, as in `data.a.b(1)`"),
    };
    let Some(name) = call.function.dotted_name() else { return Err(undefined("without a name")) };
    let declared = outlines.iter().find_map(|outline| {
        outline.rules.iter().find_map(|rule| match rule.kind {
            RuleKind::Function { arguments } if outline.full_name(&rule.path) == name => Some(arguments),
            _ => None,
        })
    });
    let wanted = match (declared, builtins::find(&name)) {
        (Some(arguments), _) => arguments,
        (None, Some(builtin)) => {
            check_builtin(&name, capabilities)?;
            if name == "print" {
                return Ok(());
            }
            usize::from(builtin.arguments)
        }
        (None, None) => return Err(undefined(&name)),
    };
    let given = call.args.len();
    if given == wanted || may_name_result && given == wanted + 1 {
        return Ok(());
    }
    let arguments = if wanted == 1 { "argument" } else { "arguments" };
    let message = format!("{name}: arity mismatch: it takes {wanted} {arguments}, and {given} are given");
    Err(Refusal { code: ErrorCode::RegoCompileError, message, help: None })
}

fn check_builtin(name: &str, capabilities: &Capabilities) -> Result<(), Refusal> {
    if capabilities.refused.iter().any(|refused| refused == name) {
        return Err(Refusal {
            code: ErrorCode::RegoCompileError,
            message: format!("the builtin {name} is not allowed in this kind of policy"),
            help: Some("the host passes what a policy needs to know as input"),
        });
    }
    if builtins::is_missing(name) {
        return Err(Refusal {
            code: ErrorCode::BuiltinNotAvailable,
            message: format!("the builtin {name} is not available in this engine"),
            help: Some("`capabilities()` lists the builtins that are"),
        });
    }
    Ok(())
}

/// The variables that a statement gives back: every name in it, outside of comprehensions and `every`, whose variables are
/// their own.
fn variables<'s>(literal: &Literal<'s>, names: &mut BTreeSet<&'s str>) {
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

fn of_term<'s>(term: &Term<'s>, names: &mut BTreeSet<&'s str>) {
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
