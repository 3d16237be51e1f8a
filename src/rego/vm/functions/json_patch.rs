//! `json.patch`: a document after a row of edits.

use super::edit::{Document, Refused};
use super::operands::array;
use super::{Answer, Context, Failure, Function, paths};
use crate::rego::value::{Kind, Space, Value};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    (name == "json.patch").then_some(Function::Two(patch))
}

/// The names of what an edit says.
struct Names {
    op: Value,
    path: Value,
    from: Value,
    value: Value,
}

/// What an edit does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

fn patch(context: &mut Context<'_>, document: Value, edits: Value) -> Answer {
    let edits = array(edits, 2)?;
    context.charge(u64::from(edits.len))?;
    let mut name = |name| context.stores.make_string(Space::Heap, name);
    let names = Names { op: name("op")?, path: name("path")?, from: name("from")?, value: name("value")? };
    let mut document = Document::new(document);
    for edit in context.stores.items(edits).to_vec() {
        match apply(context, &mut document, edit, &names) {
            Ok(()) => {}
            // An edit that cannot be made is no error: the patch has no result.
            Err(Refused::Path | Refused::Failure(Failure::Wrong { .. })) => return Ok(Value::UNDEFINED),
            Err(Refused::Failure(failure)) => return Err(failure),
        }
    }
    document.value(context)
}

fn apply(context: &mut Context<'_>, document: &mut Document, edit: Value, names: &Names) -> Result<(), Refused> {
    if !matches!(edit.kind(), Kind::Object(_)) {
        return Err(Refused::Path);
    }
    let said = |context: &Context<'_>, name| {
        let value = context.stores.get(edit, name);
        if value.is_defined() { Ok(value) } else { Err(Refused::Path) }
    };
    let op = said(context, names.op)?;
    let op = match context.stores.as_str(op) {
        Some("add") => Op::Add,
        Some("remove") => Op::Remove,
        Some("replace") => Op::Replace,
        Some("move") => Op::Move,
        Some("copy") => Op::Copy,
        Some("test") => Op::Test,
        _ => return Err(Refused::Path),
    };
    let path = said(context, names.path)?;
    let path = paths::parts(context, path)?;
    match op {
        Op::Add => {
            let value = said(context, names.value)?;
            document.insert(context, &path, value)
        }
        Op::Remove => document.remove(context, &path),
        Op::Replace => {
            let value = said(context, names.value)?;
            document.remove(context, &path)?;
            document.insert(context, &path, value)
        }
        Op::Move | Op::Copy => {
            let from = said(context, names.from)?;
            let from = paths::parts(context, from)?;
            let value = document.value_at(context, &from)?;
            if op == Op::Move {
                document.remove(context, &from)?;
            }
            document.insert(context, &path, value)
        }
        Op::Test => {
            let (value, found) = (said(context, names.value)?, document.value_at(context, &path)?);
            if context.stores.equals(found, value) { Ok(()) } else { Err(Refused::Path) }
        }
    }
}
