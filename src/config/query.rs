//! A raw query of the policies: its solutions in the shape that the original prints (section 6.6).

use super::ConfigPolicies;
use super::decision::Question;
use crate::error::{Error, ErrorCode};
use crate::rego::check::by_opa;
use crate::rego::diagnostic::Text;
use crate::rego::syntax::tokens;
use crate::rego::syntax::tree::{Literal, LiteralKind, Statement, Term, TermKind};
use crate::rego::syntax::{self, visit};
use crate::rego::{Allowance, Dialect, Document, Program, document};
use serde_json::Value;

/// Before and behind a query that is read as the body of a rule. A comment may close the query.
const BEFORE: &str = "package query\n\nquery {\ntrue\n";
const BEHIND: &str = "\n}\n";

/// The words that a query of the original does not know, because it has no imports.
const WORDS: [&str; 4] = ["contains", "every", "if", "in"];

const NO_IMPORTS: &str = "a query has no imports, and so none of the words that policies import";

impl ConfigPolicies {
    /// Asks a query: the value of its only expression in its only solution, an array of the values of all expressions in all solutions
    /// where there are several, and `null` where there is none.
    ///
    /// # Errors
    /// `rego_parse_error`, `rego_unsafe_var_error` and the like for a query in which something is wrong, and as
    /// [`ConfigPolicies::decide`] for an evaluation that fails.
    pub fn query(&mut self, query: &str, question: Question<'_>, allowance: Allowance) -> Result<Value, Error> {
        self.set_meta(question.meta)?;
        let asked = Captured::of(query).map_err(unprepared)?;
        let nothing = Document::read(b"null")?;
        let input = Some(question.input.unwrap_or(&nothing));
        let Some(program) = &self.program else {
            return Err(Error::new(ErrorCode::InvalidConfiguration, "no rego policies found"));
        };
        let rows = ask(program, &asked, input, allowance)?;
        let values = rows.iter().flat_map(|row| asked.values(row));
        let mut values: Vec<Value> = values.collect();
        Ok(match values.len() {
            0 => Value::Null,
            1 => values.pop().unwrap_or_default(),
            _ => Value::Array(values),
        })
    }
}

fn ask(
    program: &Program,
    asked: &Captured,
    input: Option<&Document>,
    allowance: Allowance,
) -> Result<Vec<Value>, Error> {
    let (rows, _) = program
        .query(&asked.text, input, allowance)
        .map_err(|error| if error.code.as_str().starts_with("rego_") { unprepared(error) } else { error })?;
    match document::value_of_text(&rows)? {
        Value::Array(rows) => Ok(rows),
        _ => Ok(Vec::new()),
    }
}

/// The error for a query that cannot be asked.
fn unprepared(mut error: Error) -> Error {
    error.message = format!("failed to prepare context for evaluation: {}", error.message);
    error
}

/// A query that gives the values of its expressions.
struct Captured {
    text: String,
    /// By expression: the variable with its value, where it is no `true`.
    names: Vec<Option<String>>,
}

impl Captured {
    fn of(query: &str) -> Result<Self, Error> {
        let source = format!("{BEFORE}{query}{BEHIND}");
        let parsed = syntax::parse(&source, Dialect::V0);
        if let Some(error) = parsed.told().next() {
            let place = place_in(query, error.span.start as usize);
            let line = format!("{place}: rego_parse_error: {}", error.message);
            // A word that a policy imports is a variable here, which stands in the way and has no value.
            return Err(match word_in(query) {
                Some((word, at)) => {
                    let unsafe_word =
                        format!("{}: rego_unsafe_var_error: var {word} is unsafe", place_in(query, at + BEFORE.len()));
                    Error::new(ErrorCode::RegoUnsafeVarError, by_opa::list(&[unsafe_word, line])).with_help(NO_IMPORTS)
                }
                None => Error::new(ErrorCode::RegoParseError, by_opa::list(&[line])),
            });
        }
        let [_, Statement::Rule(rule)] = parsed.tree.statements.as_slice() else {
            return Err(Error::new(ErrorCode::RegoParseError, "the query closes a bracket that it has not opened"));
        };
        let mut unknown = None;
        visit::terms(&parsed.tree, &mut |term| {
            if let TermKind::Var(name) = &term.kind {
                unknown = unknown.or(WORDS.into_iter().find(|word| word == name));
            }
        });
        if let Some(word) = unknown {
            return Err(
                Error::new(ErrorCode::RegoUnsafeVarError, format!("var {word} is unsafe")).with_help(NO_IMPORTS)
            );
        }
        // INVARIANT (closed): a query can neither end the body that it is put in nor change the statement before it.
        let end = source.trim_end().len();
        let is_whole = rule.elses.is_empty() && rule.chained.is_empty() && rule.span.end as usize == end;
        let literals = match rule.body.as_ref().map(|body| body.literals.as_slice()) {
            Some([first, rest @ ..]) if is_whole && is_helper(first, &source) => rest,
            _ => return Err(Error::new(ErrorCode::RegoParseError, "the query is no list of expressions")),
        };
        if literals.is_empty() {
            return Err(Error::new(ErrorCode::RegoParseError, "the query is empty"));
        }
        let mut captured = Self { text: String::new(), names: Vec::new() };
        let is_only = literals.len() == 1;
        let stem = free_stem(query);
        for literal in literals {
            let name = captured_term(literal).map(|term| {
                let name = format!("{stem}{}", captured.names.len());
                let (inner, with) = (term.span.text(&source), after(literal, term, &source));
                captured.text.push_str(&format!("{name} = ({inner}\n){with}\n"));
                // The value of a single expression may be false, and of several none.
                if !is_only || has_several_solutions(term) {
                    captured.text.push_str(&format!("{name}\n"));
                }
                name
            });
            if name.is_none() {
                captured.text.push_str(literal.span.text(&source));
                captured.text.push('\n');
            }
            captured.names.push(name);
        }
        Ok(captured)
    }

    /// The values of the expressions in one solution.
    fn values(&self, row: &Value) -> Vec<Value> {
        let value = |name: &Option<String>| match name {
            Some(name) => row.get(name).cloned().unwrap_or_default(),
            None => Value::Bool(true),
        };
        self.names.iter().map(value).collect()
    }
}

/// The term whose value an expression has.
fn captured_term<'t, 's>(literal: &'t Literal<'s>) -> Option<&'t Term<'s>> {
    match &literal.kind {
        LiteralKind::Term(term) if !literal.is_negated && !is_print(term) => Some(term),
        _ => None,
    }
}

/// Whether a term is a call without a value.
fn is_print(term: &Term<'_>) -> bool {
    matches!(&term.kind, TermKind::Call(call) if call.function.as_var() == Some("print"))
}

/// What stands behind the term of an expression: its `with`.
fn after<'q>(literal: &Literal<'_>, term: &Term<'_>, source: &'q str) -> &'q str {
    source.get(term.outer().end as usize..literal.span.end as usize).unwrap_or_default()
}

/// The first word of a query that policies import, and its byte.
fn word_in(query: &str) -> Option<(&'static str, usize)> {
    let tokens = tokens::scan(query).tokens;
    let mut spans = tokens.iter().map(|token| token.span);
    spans.find_map(|span| {
        let text = span.text(query);
        WORDS.into_iter().find(|word| *word == text).map(|word| (word, span.start as usize))
    })
}

/// `line:column` of a byte of the text in which a query was put.
fn place_in(query: &str, byte: usize) -> String {
    let at = byte.saturating_sub(BEFORE.len()).min(query.len());
    let (place, _) = Text::new("query", query).places(at..at);
    format!("{}:{}", place.line, place.column)
}

fn has_several_solutions(term: &Term<'_>) -> bool {
    let mut has_variable = false;
    visit::terms_of_term(term, &mut |term| {
        if let TermKind::Ref(reference) = &term.kind {
            has_variable |= reference.parts.iter().any(|part| part.term.as_var().is_some());
        }
    });
    has_variable
}

/// The beginning of names that the query does not use: it has more underscores in a row than any there.
fn free_stem(query: &str) -> String {
    let longest = query.split(|c| c != '_').map(str::len).max().unwrap_or(0);
    format!("value{}", "_".repeat(longest + 1))
}

/// Whether a statement is the one that was put before the query, with nothing added to it.
fn is_helper(literal: &Literal<'_>, source: &str) -> bool {
    let is_true = matches!(&literal.kind, LiteralKind::Term(term) if matches!(term.kind, TermKind::Boolean(true)));
    is_true && literal.with.is_empty() && literal.span.text(source) == "true"
}
