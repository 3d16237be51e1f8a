//! `strings.render_template`: templates as Go's `text/template` has them, over plain data. What has no meaning there (methods, functions
//! of a program, complex numbers) is refused.

mod comparison;
mod escapes;
mod execution;
mod functions;
mod items;
mod parser;
mod tokens;
mod tree;

use super::operands::{object, string};
use super::texts::Draft;
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Value};
use crate::rego::vm::machine::Stop;
use parser::{Refused, parse};

/// The name of the template that the text is, as OPA has it.
const NAME: &str = "template";
/// Units that a template takes while it is used, for each byte of its text.
const UNITS_OF_BYTE: u64 = 64;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    (name == "strings.render_template").then_some(Function::Two(render))
}

fn render(context: &mut Context<'_>, text: Value, data: Value) -> Answer {
    let text = string(context, text, 1)?;
    object(data, 2)?;
    check_data(context, data)?;
    context.charge(1 + text.len() as u64)?;
    context.room(UNITS_OF_BYTE * text.len() as u64)?;
    let templates = parse(&text, NAME).map_err(|refused| match refused {
        Refused::TooDeep => Failure::Stop(Stop::Limit("template_nesting")),
        Refused::Mistake(at, message) => {
            let line = text.get(..at).unwrap_or(&text).matches('\n').count() + 1;
            Failure::of_builtin(format!("template: {NAME}:{line}: {message}"))
        }
    })?;
    let written = Draft::write(context, |context, draft| execution::execute(context, &templates, NAME, data, draft))?;
    // OPA puts its own word in the place of Go's, wherever it stands.
    Draft::make(context, |_, draft| draft.push(&written.replace(functions::NO_VALUE, "<undefined>")))
}

/// Data have to be JSON: OPA reads them as such.
fn check_data(context: &mut Context<'_>, data: Value) -> Result<(), Failure> {
    let mut open = vec![data];
    while let Some(value) = open.pop() {
        match value.kind() {
            Kind::Set(_) => return Err(Failure::of_builtin("a template takes no sets")),
            Kind::Array(items) => {
                context.charge(1 + u64::from(items.len) / 4)?;
                open.extend(context.stores.items(items).iter().filter(|item| !item.is_scalar()));
            }
            Kind::Object(pairs) => {
                context.charge(1 + u64::from(pairs.len) / 4)?;
                let stores = &*context.stores;
                if stores.pairs(pairs).iter().any(|[key, _]| stores.as_str(*key).is_none()) {
                    return Err(Failure::of_builtin("a template takes no objects with keys that are no strings"));
                }
                open.extend(stores.pairs(pairs).iter().map(|[_, value]| *value).filter(|value| !value.is_scalar()));
            }
            _ => {}
        }
    }
    Ok(())
}
