//! Arrays.

use super::integers::word;
use super::operands::array;
use super::{Answer, Context, Function};
use crate::rego::value::{Kind, Slice, Space, UNITS_OF_WORD, Value};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "array.concat" => Function::Two(concat),
        "array.flatten" => Function::One(flatten),
        "array.reverse" => Function::One(reverse),
        "array.slice" => Function::Three(slice),
        _ => return None,
    })
}

fn concat(context: &mut Context<'_>, first: Value, second: Value) -> Answer {
    let (a, b) = (array(first, 1)?, array(second, 2)?);
    match (a.len, b.len) {
        (0, _) => return Ok(second),
        (_, 0) => return Ok(first),
        _ => {}
    }
    context.charge(u64::from(a.len) + u64::from(b.len))?;
    let items = [context.stores.items(a), context.stores.items(b)].concat();
    Ok(context.stores.make_array(Space::Heap, &items)?)
}

/// Items that are arrays give theirs, which stay as they are.
fn flatten(context: &mut Context<'_>, of: Value) -> Answer {
    let items = array(of, 1)?;
    context.charge(u64::from(items.len))?;
    let len_of = |item: &Value| if let Kind::Array(inner) = item.kind() { u64::from(inner.len) } else { 1 };
    let len: u64 = context.stores.items(items).iter().map(len_of).sum();
    context.charge(len)?;
    context.room(len.saturating_mul(UNITS_OF_WORD))?;
    let mut flat = Vec::new();
    for item in context.stores.items(items) {
        match item.kind() {
            Kind::Array(inner) => flat.extend_from_slice(context.stores.items(inner)),
            _ => flat.push(*item),
        }
    }
    Ok(context.stores.make_array(Space::Heap, &flat)?)
}

fn reverse(context: &mut Context<'_>, of: Value) -> Answer {
    let items = array(of, 1)?;
    context.charge(u64::from(items.len))?;
    let reversed: Vec<Value> = context.stores.items(items).iter().rev().copied().collect();
    Ok(context.stores.make_array(Space::Heap, &reversed)?)
}

/// The items from one place to before another, which are moved into the array. It lies where the array lies.
fn slice(context: &mut Context<'_>, of: Value, start: Value, stop: Value) -> Answer {
    let items = array(of, 1)?;
    let (start, stop) = (word(context, start, 2)?, word(context, stop, 3)?);
    let stop = u32::try_from(stop.clamp(0, i64::from(items.len))).unwrap_or(0);
    let start = u32::try_from(start.clamp(0, i64::from(stop))).unwrap_or(0);
    Ok(Value::array(Slice { at: items.at + start, len: stop - start, ..items }))
}
