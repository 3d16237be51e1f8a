//! Template strings: the pieces of one, put together.

use super::operands::{array, type_name};
use super::texts::Draft;
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Form, Kind, Slice, Stores, Value};
use crate::rego::vm::machine::Stop;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    match name {
        "internal.template_string" => Some(Function::One(template)),
        _ => None,
    }
}

/// Pieces are strings and other scalars, or sets of what an expression is, which are empty where that is undefined.
fn template(context: &mut Context<'_>, pieces: Value) -> Answer {
    let pieces = array(pieces, 1)?;
    context.charge(u64::from(pieces.len))?;
    Draft::make(context, |context, draft| write(context.stores, draft, pieces))
}

fn write(stores: &Stores, draft: &mut Draft, pieces: Slice) -> Result<(), Failure> {
    for piece in stores.items(pieces) {
        let value = match piece.kind() {
            Kind::Set(values) => match stores.items(values) {
                [] => Value::UNDEFINED,
                [value] => *value,
                _ => {
                    return Err(Failure::Stop(Stop::conflict("template-strings must not produce multiple outputs")));
                }
            },
            Kind::Array(_) | Kind::Object(_) => {
                let message = format!("illegal argument type: {}", type_name(*piece));
                return Err(Failure::Stop(Stop::Error { code: "eval_internal_error", message }));
            }
            _ => *piece,
        };
        match value.kind() {
            Kind::Undefined => draft.push("<undefined>")?,
            Kind::String(text) => draft.push(stores.text(text))?,
            _ => draft.push_value(stores, value, Form::Rego)?,
        }
    }
    Ok(())
}
