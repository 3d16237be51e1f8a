//! `rego.parse_module`: the syntax tree of a module, as `opa parse --format json` writes it.
//!
//! A module is read as v1, and as v0 where it is none: the builtin is not told in which dialect the policy that asks is written.

mod bodies;
mod nodes;
mod rules;
mod terms;

use super::operands::string;
use super::texts::steps_of;
use super::{Answer, Context, Failure, Function};
use crate::rego::source::Dialect;
use crate::rego::syntax::{self, Parsed};
use crate::rego::value::Value;
use crate::rego::vm::machine::Stop;
use nodes::Nodes;

/// Units that a module takes while it is read, for each byte of its text.
const UNITS_OF_BYTE: u64 = 64;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    (name == "rego.parse_module").then_some(Function::Two(parse))
}

fn parse(context: &mut Context<'_>, file: Value, source: Value) -> Answer {
    let file = string(context, file, 1)?;
    let source = string(context, source, 2)?;
    // Each dialect is tried, and the parser looks at a byte as long as others at a few.
    context.charge(steps_of(64 * source.len() as u64))?;
    context.room(UNITS_OF_BYTE * source.len() as u64)?;
    let parsed = syntax::parse(&source, Dialect::V1);
    if parsed.is_module() {
        return Nodes::new(context, &source).module(&parsed.tree, &file);
    }
    let of_v0 = syntax::parse(&source, Dialect::V0);
    if of_v0.is_module() {
        return Nodes::new(context, &source).module(&of_v0.tree, &file);
    }
    Err(refused(&file, &source, &parsed))
}

/// Why a text is no module, in the words of OPA.
fn refused(file: &str, source: &str, parsed: &Parsed<'_>) -> Failure {
    if let Some((limit, _)) = parsed.errors.iter().find_map(|error| error.limit) {
        return Failure::Stop(Stop::Limit(limit));
    }
    let errors: Vec<_> = parsed.errors.iter().filter(|error| !error.is_beyond_opa).collect();
    let of_line = |error: &&syntax::SyntaxError| {
        let at = error.opa_byte() as usize;
        let before = source.get(..at.min(source.len())).unwrap_or_default();
        let row = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = source.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let mark = " ".repeat(before.len() - start);
        let message = &error.message;
        format!("{file}:{row}: rego_parse_error: {message}\n\t{line}\n\t{mark}^")
    };
    match errors.as_slice() {
        [one] => Failure::of_builtin(format!("1 error occurred: {}", of_line(one))),
        several => {
            let told: Vec<String> = several.iter().take(10).map(of_line).collect();
            Failure::of_builtin(format!("{} errors occurred:\n{}", several.len(), told.join("\n")))
        }
    }
}
