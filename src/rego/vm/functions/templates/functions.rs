//! The functions that templates call.

use super::super::text_format::format;
use super::super::text_verbs::Argument;
use super::super::texts::Draft;
use super::super::{Context, Failure};
use super::comparison::{are_equal, is_less};
use super::escapes;
use super::execution::wrong;
use super::items::{Family, Item, print};
use super::tree::Function;
use crate::rego::value::{Kind, Space, Value};

/// What is written for nothing.
pub const NO_VALUE: &str = "<no value>";

/// What a function gives. There are as many arguments as it takes.
///
/// # Errors
/// They are wrong, or a limit was reached.
pub fn call(context: &mut Context<'_>, function: Function, arguments: &[Item]) -> Result<Item, Failure> {
    context.charge(1 + arguments.len() as u64)?;
    let failed = |message: String| wrong(format!("error calling {}: {message}", function.name()));
    let found = match (function, arguments) {
        (Function::Not, [item]) => Ok(Item::Boolean(!item.holds(context.stores))),
        (Function::Length, [item]) => length(context, item),
        (Function::Index, [item, keys @ ..]) => index(context, item, keys),
        (Function::Slice, [item, bounds @ ..]) => return slice(context, item, bounds)?.map_err(failed),
        (Function::Equal, [_]) => Err("missing argument for comparison".to_owned()),
        (Function::Equal, [first, others @ ..]) => {
            let mut is_any = Ok(false);
            for other in others {
                is_any = are_equal(context, first, other)?;
                if is_any != Ok(false) {
                    break;
                }
            }
            is_any.map(Item::Boolean)
        }
        (Function::NotEqual, [a, b]) => are_equal(context, a, b)?.map(|is_equal| Item::Boolean(!is_equal)),
        (Function::Less, [a, b]) => is_less(context, a, b)?.map(Item::Boolean),
        (Function::GreaterOrEqual, [a, b]) => is_less(context, a, b)?.map(|is_less| Item::Boolean(!is_less)),
        (Function::LessOrEqual | Function::Greater, [a, b]) => {
            let is_wanted = function == Function::LessOrEqual;
            match is_less(context, a, b)? {
                Ok(true) => Ok(Item::Boolean(is_wanted)),
                Ok(false) => are_equal(context, a, b)?.map(|is_equal| Item::Boolean(is_equal == is_wanted)),
                Err(message) => Err(message),
            }
        }
        (Function::Print | Function::PrintLine, items) => {
            return Ok(Item::Text(joined(context, items, function == Function::PrintLine, "<nil>")?.into()));
        }
        (Function::PrintFormat, [pattern, items @ ..]) => return printf(context, pattern, items),
        (Function::Html | Function::JavaScript | Function::UrlQuery, items) => {
            let text = joined(context, items, false, NO_VALUE)?;
            let escaped = Draft::write(context, |_, draft| match function {
                Function::Html => escapes::html(draft, &text),
                Function::JavaScript => escapes::java_script(draft, &text),
                _ => escapes::url_query(draft, &text),
            });
            return Ok(Item::Text(escaped?.into()));
        }
        (Function::Call, _) => Err("non-function of type string".to_owned()),
        _ => Err("wrong number of args".to_owned()),
    };
    found.map_err(failed)
}

fn length(context: &mut Context<'_>, item: &Item) -> Result<Item, String> {
    let bytes = match item {
        Item::Text(text) => text.len(),
        Item::Data(value) => match value.kind() {
            Kind::String(text) | Kind::Number(text) => text.len as usize,
            Kind::Integer(value) => value.to_string().len(),
            Kind::Null => return Err("len of nil pointer".to_owned()),
            _ => match context.stores.len(*value) {
                Some(len) => len as usize,
                None => return Err(format!("len of type {}", item.type_name())),
            },
        },
        Item::Nothing => return Err("len of nil pointer".to_owned()),
        _ => return Err(format!("len of type {}", item.type_name())),
    };
    Ok(Item::Integer(bytes as i64))
}

fn position(key: &Item, len: usize, is_bound: bool) -> Result<usize, String> {
    let Item::Integer(at) = key else {
        return Err(match key {
            Item::Nothing => "cannot index slice/array with nil".to_owned(),
            other => format!("cannot index slice/array with type {}", other.type_name()),
        });
    };
    let limit = if is_bound { len + 1 } else { len };
    usize::try_from(*at).ok().filter(|at| *at < limit).ok_or_else(|| format!("index out of range: {at}"))
}

fn index(context: &mut Context<'_>, item: &Item, keys: &[Item]) -> Result<Item, String> {
    if matches!(item.family(), Family::Nothing) {
        return Err("index of untyped nil".to_owned());
    }
    let mut found = item.clone();
    for key in keys {
        found = match &found {
            Item::Text(text) => Item::Integer(byte(text, key)?),
            Item::Data(value) => match value.kind() {
                Kind::String(text) | Kind::Number(text) => Item::Integer(byte(context.stores.text(text), key)?),
                Kind::Integer(value) => Item::Integer(byte(&value.to_string(), key)?),
                Kind::Array(items) => {
                    let at = position(key, items.len as usize, false)?;
                    context.stores.items(items).get(at).map_or(Item::Nothing, |item| Item::Data(*item))
                }
                Kind::Object(pairs) => {
                    let name = match key {
                        Item::Text(text) => text.clone(),
                        Item::Data(key) => match context.stores.as_str(*key) {
                            Some(text) => text.into(),
                            None => return Err(wrong_key(&Item::Data(*key))),
                        },
                        other => return Err(wrong_key(other)),
                    };
                    let stores = &*context.stores;
                    let pairs = stores.pairs(pairs);
                    let at = pairs.binary_search_by(|[key, _]| stores.as_str(*key).unwrap_or_default().cmp(&name));
                    at.ok()
                        .and_then(|at| pairs.get(at))
                        .map_or(Item::Data(Value::NULL), |[_, value]| Item::Data(*value))
                }
                Kind::Null => return Err("index of nil pointer".to_owned()),
                _ => return Err(format!("can't index item of type {}", found.type_name())),
            },
            Item::Nothing => return Err("index of nil pointer".to_owned()),
            _ => return Err(format!("can't index item of type {}", found.type_name())),
        };
    }
    Ok(found)
}

fn wrong_key(key: &Item) -> String {
    match key.family() {
        Family::Nothing => "value is nil; should be of type string".to_owned(),
        _ => format!("value has type {}; should be string", key.type_name()),
    }
}

fn byte(text: &str, key: &Item) -> Result<i64, String> {
    let at = position(key, text.len(), false)?;
    Ok(text.as_bytes().get(at).copied().map_or(0, i64::from))
}

/// A part of a text or an array.
fn slice(context: &mut Context<'_>, item: &Item, bounds: &[Item]) -> Result<Result<Item, String>, Failure> {
    if bounds.len() > 3 {
        return Ok(Err(format!("too many slice indexes: {}", bounds.len())));
    }
    let part = |len: usize| -> Result<(usize, usize), String> {
        let mut found = [0, len, len];
        for (slot, bound) in found.iter_mut().zip(bounds) {
            *slot = position(bound, len, true)?;
        }
        let [from, to, most] = found;
        if from > to {
            return Err(format!("invalid slice index: {from} > {to}"));
        }
        if bounds.len() == 3 && to > most {
            return Err(format!("invalid slice index: {to} > {most}"));
        }
        Ok((from, to))
    };
    if let Item::Data(value) = item
        && let Kind::Array(items) = value.kind()
    {
        return Ok(match part(items.len as usize) {
            Ok((from, to)) => {
                let items = context.stores.items(items).get(from..to).unwrap_or_default().to_vec();
                context.charge(1 + items.len() as u64 / 4)?;
                Ok(Item::Data(context.stores.make_array(Space::Heap, &items)?))
            }
            Err(message) => Err(message),
        });
    }
    let Some(text) = item.as_text(context)? else {
        return Ok(Err(match item.family() {
            Family::Nothing => "slice of untyped nil".to_owned(),
            _ => format!("can't slice item of type {}", item.type_name()),
        }));
    };
    if bounds.len() == 3 {
        return Ok(Err("cannot 3-index slice a string".to_owned()));
    }
    Ok(part(text.len()).map(|(from, to)| {
        let bytes = text.as_bytes().get(from..to).unwrap_or_default();
        Item::Text(String::from_utf8_lossy(bytes).into())
    }))
}

/// Items one after the other. Between two of which none is a text there is a blank; `as_line`: between all, and a line ends behind them.
fn joined(context: &mut Context<'_>, items: &[Item], as_line: bool, nothing: &str) -> Result<String, Failure> {
    // The word that stands for nothing in an escaped text is a text like any other.
    let is_text = |item: &Item| match item.family() {
        Family::Nothing => nothing == NO_VALUE,
        family => family == Family::Text,
    };
    Draft::write(context, |context, draft| {
        let mut before: Option<&Item> = None;
        for item in items {
            if before.is_some_and(|before| as_line || !is_text(before) && !is_text(item)) {
                draft.push(" ")?;
            }
            print(context.stores, draft, item, nothing)?;
            before = Some(item);
        }
        if as_line { draft.push("\n") } else { Ok(()) }
    })
}

fn printf(context: &mut Context<'_>, pattern: &Item, items: &[Item]) -> Result<Item, Failure> {
    let is_text = matches!(pattern, Item::Text(_))
        || matches!(pattern, Item::Data(value) if context.stores.as_str(*value).is_some());
    let pattern = pattern.as_text(context)?.filter(|_| is_text);
    let Some(pattern) = pattern else { return Err(wrong("wrong type for value; expected string")) };
    let mut arguments = Vec::with_capacity(items.len());
    let mut bytes = 0_u64;
    for item in items {
        let argument = match item {
            Item::Integer(value) => Argument::Integer(*value),
            Item::Float(value) => Argument::Float(*value),
            other if other.as_bool().is_some() => Argument::Boolean(other.as_bool() == Some(true)),
            other => Argument::Text(joined(context, std::slice::from_ref(other), false, "<nil>")?),
        };
        bytes = bytes.saturating_add(argument.bytes());
        context.room(bytes)?;
        arguments.push(argument);
    }
    Ok(Item::Text(format(context, &pattern, &arguments)?.into()))
}
