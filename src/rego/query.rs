//! A query with variables, as one expression: an array with an object from variable to value for each way to be true.

use super::check::outline::Outline;
use super::check::{self, Capabilities, functions};
use super::diagnostic::{Diagnostic, Text};
use super::engine::{self, Source};
use super::source::Dialect;
use super::syntax::guard;
use super::syntax::lexer::{self, Kind, Token};
use crate::error::{Error, ErrorCode};
use crate::limits;

/// The expression for `query`: `[{"x": x} | x := 1]`. An engine judges each statement in a comprehension as it does in a
/// rule, while what its own queries give back for statements that fail is not something to decide on.
///
/// # Errors
/// `limit_exceeded` for a query that breaks a bound on texts, `rego_parse_error` for one that does not parse,
/// `rego_compile_error` and `builtin_not_available` for its calls, which are checked as those of a module are.
pub fn expression(query: &str, outlines: &[Outline], capabilities: &Capabilities) -> Result<String, Error> {
    let tokens = lexer::tokens(query);
    check_brackets(query, &tokens)?;
    let row = variables(query, &tokens).iter().map(|name| format!(r#""{name}": {name}"#)).collect::<Vec<_>>();
    // A line of its own for the query, and one for the end: a comment may close it.
    let expression = format!("[{{{}}} |\n{query}\n]", row.join(", "));
    check_text(query, &tokens, outlines, capabilities)?;
    let text = Text::new("query", &expression);
    match guard::findings(&text, &lexer::tokens(&expression)).into_iter().next() {
        None if is_too_deep(&expression, &tokens) => {
            let limit = limits::EXPRESSION_NESTING;
            let message = format!(
                "more than {limit} expressions inside one another, the query as a whole among them; the limit is \
                 `expression_nesting`"
            );
            Err(Error::limit("expression_nesting", limit, message)
                .with_help("name the inner parts: `x := …; y := f(x)`"))
        }
        None => Ok(expression),
        Some(finding) => Err(error(finding)),
    }
}

/// Whether a query that parses by itself is too deep as a part of the expression.
fn is_too_deep(expression: &str, tokens: &[Token]) -> bool {
    let (mut depth, mut deepest) = (0_u64, 0);
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = depth.max(deepest);
    }
    let module = format!("package query\n\nanswer := {expression}\n");
    // Parsed only where it may be: most queries are flat.
    deepest > limits::EXPRESSION_NESTING / 2 && engine::parse(&Source { text: &module, dialect: Dialect::V1 }).is_err()
}

/// Checks a query as the body of a rule.
fn check_text(query: &str, tokens: &[Token], outlines: &[Outline], capabilities: &Capabilities) -> Result<(), Error> {
    // The first statement makes the brace a body, whatever the query begins with.
    const HEAD: &str = "package query\n\nanswer if {\ntrue\n";
    let module = format!("{HEAD}{query}\n}}\n");
    let text = Text::new("query", &module);
    let module_tokens = lexer::tokens(&module);
    if let Some(finding) = guard::findings(&text, &module_tokens).into_iter().next() {
        return Err(at_its_place(query, finding, HEAD.len()));
    }
    match engine::parse(&Source { text: &module, dialect: Dialect::V1 }) {
        Ok(mut outline) => {
            // A query stands in no package: no rule has a name of this one.
            outline.package = vec!["\0".to_owned()];
            let declared = functions::Declared::by(outlines.iter());
            match functions::findings_in(&text, &outline, &declared, capabilities).into_iter().next() {
                None => Ok(()),
                Some(finding) => Err(at_its_place(query, finding, HEAD.len())),
            }
        }
        Err(failure) => {
            let mut finding = check::parse_error(&text, &module_tokens, &failure);
            let end = tokens
                .iter()
                .rev()
                .find(|token| !matches!(token.kind, Kind::Comment | Kind::Newline))
                .map_or(0, |token| token.range.end);
            let start = (finding.start.byte as usize).saturating_sub(HEAD.len());
            let found = module.get(finding.start.byte as usize..finding.end.byte as usize).unwrap_or("").to_owned();
            if start >= end && finding.limit.is_none() {
                return Err(ends_too_early(query, end));
            }
            // What the engine misses there is the end of what we have put around the query.
            let misses_the_end = finding.message.contains("`}`") || finding.message.contains("`]`");
            let says_nothing = finding.message.trim() == "expecting" || found == "import";
            if misses_the_end || says_nothing {
                finding.message = format!("unexpected `{found}`");
                finding.help = Some(match found.as_str() {
                    "import" | "package" => "a query has no imports: write the whole path, as in `data.a.b`".to_owned(),
                    _ => "a query is statements, each on a line of its own or behind a `;`".to_owned(),
                });
            }
            Err(at_its_place(query, finding, HEAD.len()))
        }
    }
}

fn ends_too_early(query: &str, end: usize) -> Error {
    let text = Text::new("query", query);
    let finding = Diagnostic::error(&text, end..end, "rego_parse_error", "the query ends too early");
    at_its_place(query, finding, 0)
}

/// The error for a finding, with its line and column in the query.
fn at_its_place(query: &str, mut finding: Diagnostic, bytes_before: usize) -> Error {
    let start = (finding.start.byte as usize).saturating_sub(bytes_before);
    let (place, _) = Text::new("query", query).places(start..start);
    finding.message = format!("{} (line {}, column {} of the query)", finding.message, place.line, place.column);
    error(finding)
}

fn error(finding: Diagnostic) -> Error {
    let mut error = match (finding.limit, finding.code.as_str()) {
        (Some(limit), _) => Error::limit(&limit.name, limit.value, finding.message),
        (None, "rego_parse_error") => Error::new(ErrorCode::RegoParseError, finding.message),
        (None, "builtin_not_available") => Error::new(ErrorCode::BuiltinNotAvailable, finding.message),
        (None, _) => Error::new(ErrorCode::RegoCompileError, finding.message),
    };
    error.help = finding.help;
    error
}

// INVARIANT (closed): a query cannot end the comprehension that it is put in.
fn check_brackets(query: &str, tokens: &[Token]) -> Result<(), Error> {
    let refuse = |message: String| Err(Error::new(ErrorCode::RegoParseError, message));
    let mut open: Vec<&str> = Vec::new();
    let mut is_empty = true;
    for token in tokens {
        let text = token.text(query);
        match token.kind {
            Kind::Open => open.push(text),
            Kind::Close => match (open.pop(), text) {
                (Some("("), ")") | (Some("["), "]") | (Some("{"), "}") => {}
                (opened, _) => {
                    let opened = opened.map(|opened| format!(" for `{opened}`")).unwrap_or_default();
                    return refuse(format!("unexpected `{text}`{opened} in the query"));
                }
            },
            Kind::String { closed: false } | Kind::RawString { closed: false } => {
                return refuse("a string in the query is not closed".to_owned());
            }
            _ => {}
        }
        is_empty &= matches!(token.kind, Kind::Comment | Kind::Newline);
    }
    if let Some(opened) = open.last() {
        return refuse(format!("`{opened}` is not closed in the query"));
    }
    if is_empty {
        return refuse("the query is empty".to_owned());
    }
    Ok(())
}

/// The variables that a query gives back, in order of their names: every name in it that is not one of a rule, a
/// function or a keyword, outside of comprehensions and `every`, whose variables are their own.
fn variables(query: &str, tokens: &[Token]) -> Vec<String> {
    let tokens: Vec<&Token> =
        tokens.iter().filter(|token| !matches!(token.kind, Kind::Comment | Kind::Newline)).collect();
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text(query));
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let word = token.text(query);
        let behind_dot = at > 0 && text(at - 1) == ".";
        if token.kind == Kind::Open && word != "(" && is_comprehension(query, &tokens, at) {
            at = closing(&tokens, at) + 1;
        } else if word == "every" && !behind_dot {
            // Its body is the first brace whose content is no part of the domain: the last one of the statement.
            at = end_of_every(query, &tokens, at);
        } else {
            if token.kind == Kind::Word && !behind_dot && !is_reserved(word) && !is_call(query, &tokens, at) {
                names.push(word.to_owned());
            }
            at += 1;
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether the bracket at `at` begins a comprehension: a `|` before any comma, and no index of what stands before it.
fn is_comprehension(query: &str, tokens: &[&Token], at: usize) -> bool {
    let begins = |token: &Token| tokens.get(at).is_some_and(|open| open.range.start == token.range.end);
    let is_index = at
        .checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_some_and(|before| begins(before) && matches!(before.kind, Kind::Word | Kind::Close));
    let mut depth = 0_usize;
    let mut separators = tokens.iter().skip(at + 1).take(closing(tokens, at) - at).filter_map(|token| {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Symbol if depth == 0 => return Some(token.text(query)),
            _ => {}
        }
        None
    });
    !is_index && separators.find(|separator| matches!(*separator, "|" | ",")) == Some("|")
}

/// Where the bracket at `at` closes.
fn closing(tokens: &[&Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index;
        }
    }
    tokens.len()
}

/// Behind the body of the `every` at `at`: the first brace that neither begins the domain nor belongs to it.
fn end_of_every(query: &str, tokens: &[&Token], at: usize) -> usize {
    let mut index = at + 1;
    while let Some(token) = tokens.get(index) {
        if token.kind == Kind::Open {
            let before = tokens.get(index - 1);
            let ends_domain = before
                .is_some_and(|before| before.kind != Kind::Symbol && !matches!(before.text(query), "in" | "every"));
            let end = closing(tokens, index) + 1;
            if ends_domain && token.text(query) == "{" {
                return end;
            }
            index = end;
        } else {
            index += 1;
        }
    }
    index
}

/// Whether the name at `at` is that of a function: called, or put in the place of another by `with`.
fn is_call(query: &str, tokens: &[&Token], at: usize) -> bool {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text(query));
    let before = at.checked_sub(1).map_or("", text);
    let mut end = at + 1;
    while text(end) == "." {
        end += 2;
    }
    before == "with"
        || text(end) == "("
        || (before == "as" && super::builtins::find(&path(query, tokens, at, end)).is_some())
}

fn path(query: &str, tokens: &[&Token], at: usize, end: usize) -> String {
    tokens.iter().take(end).skip(at).map(|token| token.text(query)).collect()
}

fn is_reserved(word: &str) -> bool {
    let keywords = [
        "_", "as", "contains", "data", "default", "else", "every", "false", "if", "import", "in", "input", "not",
        "null", "package", "some", "true", "with",
    ];
    keywords.contains(&word)
}
