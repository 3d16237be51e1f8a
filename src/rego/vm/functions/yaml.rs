//! Values as YAML, and back. OPA goes by way of JSON in both directions, with a reader for YAML 1.1.

mod copies;
mod document;
mod emitter;
mod key_order;
mod reader;
mod scalar;
mod scalar_style;
#[cfg(test)]
mod tests;
mod writer;

use super::texts::{Draft, read, steps_of};
use super::{Answer, Context, Failure, Function};
use crate::rego::syntax::yaml::{self, Bound, Lines, Mistake, Yaml};
use crate::rego::value::{Slice, TooLarge, Value};
use crate::rego::vm::machine::Stop;
pub use document::{NotRead, json_text};
pub use key_order::compare as compare_keys;
use reader::Reader;
pub use scalar_style::{Style, escape_of, is_printed, is_simple_key, of as style_of};
use writer::Writer;

/// Units that a value of a text takes while it waits to be made.
const UNITS_OF_NODE: u64 = 128;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "yaml.marshal" => Function::One(|context, value| {
            Draft::make(context, |context, draft| Writer::new(context.stores, draft).write(value))
        }),
        "yaml.unmarshal" => Function::One(unmarshal),
        "yaml.is_valid" => Function::One(is_valid),
        _ => return None,
    })
}

fn unmarshal(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    let yaml = tree(context, text)?;
    Reader::new(context, text, &yaml).read()
}

fn is_valid(context: &mut Context<'_>, text: Value) -> Answer {
    if context.stores.as_str(text).is_none() {
        return Ok(Value::FALSE);
    }
    match unmarshal(context, text) {
        Ok(_) => Ok(Value::TRUE),
        Err(Failure::Wrong { .. }) => Ok(Value::FALSE),
        Err(stop) => Err(stop),
    }
}

/// The first document of a text.
fn tree(context: &mut Context<'_>, text: Slice) -> Result<Yaml, Failure> {
    let most = room_for_tree(context, text)?;
    yaml::read(context.stores.text(text), most).map_err(refused)
}

/// Charges for reading a text, and says how many values there is room for.
fn room_for_tree(context: &mut Context<'_>, text: Slice) -> Result<usize, Failure> {
    // The parser looks at a byte as long as others at a few.
    context.charge(steps_of(32 * u64::from(text.len)))?;
    let scalars = 2 * u64::from(text.len);
    context.room(scalars)?;
    let most = (context.stores.units - scalars) / UNITS_OF_NODE;
    Ok(usize::try_from(most).unwrap_or(usize::MAX))
}

fn refused(mistake: Mistake) -> Failure {
    match (mistake.bound, mistake.lines.and_then(Lines::by_problem)) {
        (Some(Bound::Depth), _) => Failure::Stop(Stop::Limit("data_nesting")),
        (Some(Bound::Values), _) => TooLarge.into(),
        (None, Some(line)) => Failure::of_builtin(format!("yaml: line {line}: {}", mistake.problem())),
        (None, None) => Failure::of_builtin(format!("yaml: {}", mistake.problem())),
    }
}
