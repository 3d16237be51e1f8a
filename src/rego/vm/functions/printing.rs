//! `print`: a line for what is looked at while a policy is written.

use super::operands::{array, set, string};
use super::texts::steps_of;
use super::{Answer, Context, Function};
use crate::rego::value::{Form, Kind, Value, write};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    (name == "internal.print").then_some(Function::One(print))
}

/// Prints pieces, each a set of what it can be: nothing where it is undefined, and a line for each way to choose.
fn print(context: &mut Context<'_>, pieces: Value) -> Answer {
    /// Lines of one print; further ways to choose are left out.
    const LINES: usize = 100;
    /// Bytes of one value; what is longer is cut.
    const BYTES: usize = 64 * 1024;
    let mut lines = vec![String::new()];
    let pieces = array(pieces, 1)?;
    for at in 0..pieces.len as usize {
        let piece = context.stores.items(pieces).get(at).copied().unwrap_or(Value::UNDEFINED);
        let values = context.stores.items(set(piece, 1)?).iter().take(LINES).copied().collect::<Vec<_>>();
        let mut choices = Vec::with_capacity(values.len());
        for value in values {
            let text = match value.kind() {
                Kind::String(_) => string(context, value, 1)?,
                _ => {
                    let mut text = String::new();
                    // What is too long is cut where it is.
                    let _ = write(context.stores, value, Form::Rego, &mut text, BYTES);
                    context.charge(steps_of(text.len() as u64))?;
                    text
                }
            };
            choices.push(text);
        }
        if choices.is_empty() {
            choices.push("<undefined>".to_owned());
        }
        let gap = if at == 0 { "" } else { " " };
        let bytes = |texts: &[String]| texts.iter().map(|text| text.len() as u64 + 1).sum::<u64>();
        let longer = bytes(&lines) * choices.len() as u64 + bytes(&choices) * lines.len() as u64;
        context.room(longer)?;
        context.charge(steps_of(longer))?;
        lines = lines
            .iter()
            .flat_map(|line| choices.iter().map(move |choice| format!("{line}{gap}{choice}")))
            .take(LINES)
            .collect();
    }
    let bytes: usize = lines.iter().map(String::len).sum();
    context.stores.charge(bytes as u64)?;
    context.prints.append(&mut lines);
    Ok(Value::TRUE)
}
