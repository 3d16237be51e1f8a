//! What is wrong with a document, in the words of OPA.

use super::super::{Failure, take_steps};
use super::parser::Refused;
use super::tree::Place;
use crate::rego::vm::machine::Stop;

/// All that is wrong with a query.
#[derive(Debug, Default)]
pub struct Report {
    text: String,
}

impl Report {
    /// Adds a message with its place.
    ///
    /// # Errors
    /// There are no steps left for it.
    pub fn add(&mut self, steps: &mut u64, at: Option<Place>, message: &str) -> Result<(), Failure> {
        take_steps(steps, 2 + message.len() as u64 / 8)?;
        self.text.push_str("input");
        if let Some(at) = at {
            self.text.push_str(&format!(":{}:{}", at.line, at.column));
        }
        self.text.push_str(": ");
        self.text.push_str(message);
        self.text.push('\n');
        Ok(())
    }

    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// As a failure of the builtin.
    pub fn into_failure(self) -> Failure {
        Failure::of_builtin(with_place_behind(&self.text))
    }

    /// Why definitions make no schema.
    pub fn of_schema(at: Option<Place>, message: &str) -> Failure {
        let file = if at.is_some_and(|at| at.is_in_prelude) { "prelude.graphql" } else { "input" };
        let (line, column) = at.map_or((-1, -1), |at| (i64::from(at.line), at.column));
        Failure::of_builtin(format!(
            "Error in gqlparser SchemaDocument to Schema conversion: {file}:{line}:{column}: {message}"
        ))
    }
}

/// Why a text is no document.
pub fn refused(refused: Refused) -> Failure {
    match refused {
        Refused::TooDeep => Failure::Stop(Stop::Limit("graphql_nesting")),
        Refused::Mistake(mistake) => Failure::of_builtin(with_place_behind(&format!(
            "input:{}:{}: {}",
            mistake.at.line, mistake.at.column, mistake.message
        ))),
    }
}

/// `input:LINE:COLUMN: message` as OPA says it. Where there are several messages, those behind the first keep their places before them.
fn with_place_behind(text: &str) -> String {
    let parts: Vec<&str> = text.splitn(4, ':').collect();
    if let [_, line, column, message] = parts.as_slice()
        && let (Ok(line), Ok(column)) = (line.parse::<u64>(), column.parse::<u64>())
    {
        let message = message.trim_start_matches(' ');
        let message = message.strip_suffix(".\n").unwrap_or(message);
        return format!("{message} in GraphQL string at location {line}:{column}");
    }
    format!("GraphQL parse error: {text}")
}
