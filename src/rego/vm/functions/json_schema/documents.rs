//! Operands as documents of JSON: every key is a string, and there are no sets.

use super::super::json_texts::{Parsed, parse};
use super::super::json_writer::Writer;
use super::super::texts::Draft;
use super::super::{Answer, Context, Failure};
use crate::rego::value::{Kind, Slice, Stores, Value};

/// A document or a schema, which may be JSON as text.
///
/// # Errors
/// It is neither, or a limit was reached.
pub fn of_operand(context: &mut Context<'_>, operand: Value) -> Answer {
    match operand.kind() {
        Kind::String(text) => {
            let text = context.stores.text(text).to_owned();
            match parse(context, &text)? {
                Parsed::Value(value) => Ok(value),
                Parsed::NotJson(_) => Err(Failure::of_builtin("invalid JSON string")),
            }
        }
        Kind::Object(_) | Kind::Array(_) if is_json(context, operand)? => Ok(operand),
        Kind::Object(_) | Kind::Array(_) => by_way_of_text(context, operand),
        _ => Err(Failure::of_builtin("wrong type, expected string or object")),
    }
}

/// Whether a value is JSON as it is.
fn is_json(context: &mut Context<'_>, value: Value) -> Result<bool, Failure> {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value.kind() {
            Kind::Set(_) => return Ok(false),
            Kind::Array(items) => {
                context.charge(1 + u64::from(items.len) / 4)?;
                open.extend(context.stores.items(items).iter().filter(|item| !item.is_scalar()));
            }
            Kind::Object(pairs) => {
                context.charge(1 + u64::from(pairs.len) / 4)?;
                let stores = &*context.stores;
                if stores.pairs(pairs).iter().any(|[key, _]| stores.as_str(*key).is_none()) {
                    return Ok(false);
                }
                open.extend(stores.pairs(pairs).iter().map(|[_, value]| *value).filter(|value| !value.is_scalar()));
            }
            _ => {}
        }
    }
    Ok(true)
}

fn by_way_of_text(context: &mut Context<'_>, value: Value) -> Answer {
    let text = Draft::make(context, |context, draft| Writer::new(context.stores, draft, None).write(value))?;
    of_operand(context, text)
}

/// What stands under a key of an object.
pub fn member(stores: &Stores, pairs: Slice, name: &str) -> Option<Value> {
    let pairs = stores.pairs(pairs);
    let at = pairs.binary_search_by(|[key, _]| stores.as_str(*key).unwrap_or_default().cmp(name)).ok()?;
    pairs.get(at).map(|[_, value]| *value)
}
