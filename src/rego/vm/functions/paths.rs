//! Paths into documents, as `json.filter`, `json.remove` and `json.patch` take them.

use super::operands::{string, wrong_type};
use super::{Context, Failure};
use crate::limits;
use crate::rego::value::{Kind, Space, Value};
use crate::rego::vm::machine::Stop;

/// The parts of a path: of a text those between slashes, of an array its items.
pub fn parts(context: &mut Context<'_>, path: Value) -> Result<Vec<Value>, Failure> {
    let parts = match path.kind() {
        Kind::String(_) => {
            let text = string(context, path, 2)?;
            if text.is_empty() {
                return Ok(Vec::new());
            }
            let text = text.trim_start_matches('/');
            check_length(text.split('/').count())?;
            let written = text.split('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
            written.map(|part| Ok(context.stores.make_string(Space::Heap, &part)?)).collect::<Result<_, Failure>>()?
        }
        Kind::Array(items) => {
            check_length(items.len as usize)?;
            context.stores.items(items).to_vec()
        }
        _ => {
            let wanted = "one of {set, array} containing string paths or array of path segments";
            return Err(wrong_type(2, path, &[wanted]));
        }
    };
    context.charge(parts.len() as u64)?;
    Ok(parts)
}

/// INVARIANT (short paths): no path leads deeper than a document may nest, so that what is done along one may recurse.
fn check_length(parts: usize) -> Result<(), Failure> {
    if parts as u64 > limits::DATA_NESTING { Err(Failure::Stop(Stop::Limit("data_nesting"))) } else { Ok(()) }
}
