//! The queries of URLs: `a=b&c=d%20e`.

use super::encodings::{characters, string_of_bytes};
use super::json_texts;
use super::operands::object;
use super::texts::{Draft, read, steps_of};
use super::{Answer, Context, Failure, Function, take_steps};
use crate::rego::value::quotes::quoted;
use crate::rego::value::{Kind, Space, Value};
use crate::sorted;

/// Steps for one parameter, beside its text.
const STEPS_OF_A_PARAMETER: u64 = 4;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "urlquery.encode" => Function::One(encode),
        "urlquery.decode" => Function::One(decode),
        "urlquery.encode_object" => Function::One(encode_object),
        "urlquery.decode_object" => Function::One(decode_object),
        _ => return None,
    })
}

fn encode(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    Draft::make(context, |context, draft| push_encoded(draft, context.stores.text(text)))
}

fn push_encoded(draft: &mut Draft, text: &str) -> Result<(), Failure> {
    draft.room(text.len())?;
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => draft.push_char(char::from(byte))?,
            b' ' => draft.push("+")?,
            _ => {
                let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase();
                draft.push("%")?;
                draft.push_char(digit(byte >> 4))?;
                draft.push_char(digit(byte & 15))?;
            }
        }
    }
    Ok(())
}

fn decode(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    context.room(2 * u64::from(text.len))?;
    let bytes = decoded(context.stores.text(text)).map_err(Failure::of_builtin)?;
    string_of_bytes(context, &bytes)
}

/// The bytes of a text with its escapes read.
fn decoded(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'+' => b' ',
            b'%' => {
                let here = rest.clone();
                let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => (high << 4 | low) as u8,
                    _ => {
                        let shown: Vec<u8> = std::iter::once(b'%').chain(here.take(2)).collect();
                        return Err(format!("invalid URL escape {}", quoted(&characters(&shown), false)));
                    }
                }
            }
            other => other,
        };
        bytes.push(byte);
    }
    Ok(bytes)
}

fn encode_object(context: &mut Context<'_>, of: Value) -> Answer {
    let wrong = || Failure::of_type("operand 1 values must be string, array[string], or set[string]");
    let pairs = object(of, 1)?;
    context.charge(u64::from(pairs.len))?;
    // In the order of the keys as texts, which those that are no strings stand in by their JSON.
    let mut parameters: sorted::Map<String, Value> = sorted::Map::new();
    let mut bytes = 0;
    for at in 0..pairs.len as usize {
        let Some(&[key, value]) = context.stores.pairs(pairs).get(at) else { break };
        let key = json_texts::key(context, key)?;
        bytes += key.len() as u64;
        context.room(bytes)?;
        context.charge(STEPS_OF_A_PARAMETER)?;
        parameters.insert(key, value);
    }
    Draft::make(context, |context, draft| {
        let stores = &*context.stores;
        let mut push = |key: &str, value: Value| {
            let text = stores.as_str(value).ok_or_else(wrong)?;
            take_steps(context.steps, STEPS_OF_A_PARAMETER + steps_of(text.len() as u64))?;
            if !draft.is_empty() {
                draft.push("&")?;
            }
            push_encoded(draft, key)?;
            draft.push("=")?;
            push_encoded(draft, text)
        };
        for (key, value) in &parameters {
            match value.kind() {
                Kind::String(_) => push(key, *value)?,
                Kind::Array(items) | Kind::Set(items) => {
                    for item in stores.items(items) {
                        push(key, *item)?;
                    }
                }
                _ => return Err(wrong()),
            }
        }
        Ok(())
    })
}

fn decode_object(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    // Each parameter is a text, and a place in a list of them.
    context.room(8 * u64::from(text.len))?;
    let text = context.stores.text(text).to_owned();
    let mut parameters: sorted::Map<String, Vec<Value>> = sorted::Map::new();
    for parameter in text.split('&').filter(|parameter| !parameter.is_empty()) {
        if parameter.contains(';') {
            return Err(Failure::of_builtin("invalid semicolon separator in query"));
        }
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let key = characters(&decoded(key).map_err(Failure::of_builtin)?);
        let value = characters(&decoded(value).map_err(Failure::of_builtin)?);
        context.charge(STEPS_OF_A_PARAMETER)?;
        let value = context.stores.make_string(Space::Heap, &value)?;
        parameters.entry(key).or_default().push(value);
    }
    let mut pairs = Vec::with_capacity(parameters.len());
    for (key, values) in parameters {
        let key = context.stores.make_string(Space::Heap, &key)?;
        pairs.push([key, context.stores.make_array(Space::Heap, &values)?]);
    }
    Ok(context.stores.make_object(Space::Heap, &mut pairs)?)
}
