//! Queries as one expression: an array with an object from variable to value for each way to be true.

use super::{Failure, Source, can_read, guard};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::rego::analysis::Bundle;
use crate::rego::builtins::HostFunction;
use crate::rego::diagnostic::Text;
use crate::rego::source::Dialect;
use crate::rego::syntax::tokens;
use std::collections::BTreeSet;

/// A query that the engine can be asked.
pub struct Query(String);

impl Query {
    /// The expression.
    pub fn expression(&self) -> &str {
        &self.0
    }
}

/// The expression for a query in which nothing is wrong: `[{"x": x} | x := 1]`. The engine judges each statement in a comprehension
/// as it does in a rule, while what its own queries give back for statements that fail is not something to decide on.
///
/// # Errors
/// `limit_exceeded` and `not_evaluated` where the engine cannot bear it.
pub fn prepare_query(
    query: &str,
    _: &Bundle<'_>,
    _: &[HostFunction],
    names: &BTreeSet<String>,
) -> Result<Query, Error> {
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
    can_read(&Source { text: &whole, dialect: Dialect::V1 }).map_err(|failure| beyond_the_engine(query, &failure))?;
    Ok(Query(expression))
}

fn beyond_the_engine(query: &str, failure: &Failure) -> Error {
    // Where the engine is too deep inside of brackets it may say something else.
    let is_deep = depth_of(query) > limits::EXPRESSION_NESTING / 2;
    if !is_deep && !failure.message.contains("expression nesting too deep") {
        let message = format!("this is Rego, and the engine of this version cannot evaluate it: {}", failure.message);
        return Error::new(ErrorCode::NotEvaluated, message);
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
