//! `print`: a line for what is looked at while a policy is written.

use super::operands::{array, set};
use super::{Answer, Context, Function};
use crate::rego::value::{Form, Value, write};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    (name == "internal.print").then_some(Function::One(print))
}

/// Prints pieces, each a set of what it can be: nothing where it is undefined, and a line for each way to choose.
fn print(context: &mut Context<'_>, pieces: Value) -> Answer {
    const LINES: usize = 100;
    const BYTES: usize = 64 * 1024;
    let mut lines = vec![String::new()];
    for (at, piece) in context.stores.items(array(pieces, 1)?).iter().enumerate() {
        let choices: Vec<String> = context
            .stores
            .items(set(*piece, 1)?)
            .iter()
            .map(|value| match context.stores.as_str(*value) {
                Some(text) => text.to_owned(),
                None => {
                    let mut text = String::new();
                    // What is too long is cut where it is.
                    let _ = write(context.stores, *value, Form::Rego, &mut text, BYTES);
                    text
                }
            })
            .collect();
        let choices = if choices.is_empty() { vec!["<undefined>".to_owned()] } else { choices };
        let gap = if at == 0 { "" } else { " " };
        lines = lines
            .iter()
            .flat_map(|line| choices.iter().map(move |choice| format!("{line}{gap}{choice}")))
            .take(LINES)
            .collect();
    }
    let bytes: usize = lines.iter().map(String::len).sum();
    context.charge(bytes as u64 / 32 + 1)?;
    context.stores.charge(bytes as u64)?;
    context.prints.append(&mut lines);
    Ok(Value::TRUE)
}
