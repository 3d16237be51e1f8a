//! Values as JSON text, and back.

use super::json_writer::Writer;
use super::operands::{object, string};
use super::texts::{Draft, read, steps_of};
use super::{Answer, Context, Failure, Function};
use crate::limits;
use crate::rego::value::quotes::quoted;
use crate::rego::value::{self, Kind, ReadError, Space, Stores, UNITS_OF_WORD, Value};
use crate::rego::vm::machine::Stop;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "json.marshal" => Function::One(|context, value| {
            Draft::make(context, |context, draft| Writer::new(context.stores, draft, None).write(value))
        }),
        "json.marshal_with_options" => Function::Two(marshal),
        "json.unmarshal" => Function::One(unmarshal),
        "json.is_valid" => Function::One(is_valid),
        _ => return None,
    })
}

/// A key of an object in JSON: the string that it is, or its JSON.
pub fn key(context: &mut Context<'_>, key: Value) -> Result<String, Failure> {
    if context.stores.as_str(key).is_some() {
        return string(context, key, 1);
    }
    Draft::write(context, |context, draft| Writer::new(context.stores, draft, None).write(key))
}

fn marshal(context: &mut Context<'_>, value: Value, options: Value) -> Answer {
    let pairs = object(options, 2)?;
    let (mut prefix, mut indent) = (String::new(), "\t".to_owned());
    let (mut is_pretty, mut is_indented) = (None, false);
    let stores = &*context.stores;
    for [key, value] in stores.pairs(pairs) {
        let wrong = |how: &str| Failure::of_type(format!("operand 2 {how}"));
        let Some(name) = stores.as_str(*key) else {
            return Err(wrong("failed to stringify a key that is no string"));
        };
        match (name, value.kind()) {
            ("pretty", Kind::Boolean(pretty)) => is_pretty = Some(pretty),
            ("pretty", _) => return Err(wrong("key \"pretty\" failed cast to bool")),
            ("prefix" | "indent", Kind::String(text)) => {
                let option = if name == "prefix" { &mut prefix } else { &mut indent };
                *option = stores.text(text).to_owned();
                is_indented = true;
            }
            ("prefix" | "indent", _) => return Err(wrong(&format!("key \"{name}\" failed cast to string"))),
            _ => return Err(wrong(&format!("object contained unknown key {}", quoted(name, false)))),
        }
    }
    let is_indented = is_pretty.unwrap_or(is_indented);
    Draft::make(context, |context, draft| {
        if is_indented {
            draft.push(&prefix)?;
        }
        let lines = is_indented.then_some((prefix.as_str(), indent.as_str()));
        Writer::new(context.stores, draft, lines).write(value)
    })
}

fn unmarshal(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    let text = context.stores.text(text).to_owned();
    value_of(context, &text)
}

/// The value that a text says in JSON. Reading it is charged for.
///
/// # Errors
/// It is no JSON, or too large.
pub fn value_of(context: &mut Context<'_>, text: &str) -> Answer {
    match parse(context, text)? {
        Parsed::Value(value) => Ok(value),
        Parsed::NotJson(why) => Err(Failure::of_builtin(why)),
    }
}

/// What a text is.
pub enum Parsed {
    /// JSON, which says this.
    Value(Value),
    /// Something else, for a reason.
    NotJson(String),
}

/// Reads a text as JSON, after that has been charged for.
///
/// # Errors
/// It is too large.
pub fn parse(context: &mut Context<'_>, text: &str) -> Result<Parsed, Failure> {
    // A value takes two bytes at the least, and a word.
    context.room(6 * text.len() as u64)?;
    context.charge(steps_of(8 * text.len() as u64))?;
    let text = with_whole_characters(text);
    let before = context.stores.store(Space::Heap).size();
    let found = value::read(context.stores, Space::Heap, text, limits::DATA_NESTING as usize);
    let after = context.stores.store(Space::Heap).size();
    let words = (after.1 - before.1) as u64;
    context.stores.charge((after.0 - before.0) as u64 + words * UNITS_OF_WORD)?;
    match found {
        Ok(value) => Ok(Parsed::Value(value)),
        Err(ReadError::NotJson { at, why }) => Ok(Parsed::NotJson(format!("invalid JSON at byte {at}: {why}"))),
        Err(other) => Err(not_read(other)),
    }
}

fn not_read(error: ReadError) -> Failure {
    match error {
        ReadError::TooLarge => value::TooLarge.into(),
        ReadError::Endless(bound) => Failure::Stop(Stop::Limit(bound.limit().0)),
        _ => Failure::Stop(Stop::Limit("data_nesting")),
    }
}

fn is_valid(context: &mut Context<'_>, text: Value) -> Answer {
    if context.stores.as_str(text).is_none() {
        return Ok(Value::FALSE);
    }
    let [text] = read(context, [text])?;
    let text = context.stores.text(text).to_owned();
    Ok(Value::boolean(is_json(context, &text)?))
}

/// Whether a text is JSON. Reading it is charged for.
pub fn is_json(context: &mut Context<'_>, text: &str) -> Result<bool, Failure> {
    context.room(6 * text.len() as u64)?;
    context.charge(steps_of(8 * text.len() as u64))?;
    let text = with_whole_characters(text);
    // What it says is not wanted: it lies nowhere.
    match value::read(&mut Stores::default(), Space::Heap, text, limits::DATA_NESTING as usize) {
        Ok(_) => Ok(true),
        Err(ReadError::NotJson { .. }) => Ok(false),
        Err(other) => Err(not_read(other)),
    }
}

/// The text with what OPA reads for half of a character (`\ud800`), which no string can hold.
fn with_whole_characters(text: &str) -> String {
    let half = |text: &str| {
        let digits = text.strip_prefix("\\u").and_then(|digits| digits.get(..4))?;
        u32::from_str_radix(digits, 16).ok().filter(|code| (0xd800..0xe000).contains(code))
    };
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        whole.push_str(before);
        let second = escape.get(6..).and_then(half);
        let length = match half(escape) {
            None => 2,
            Some(0xd800..0xdc00) if second.is_some_and(|code| code >= 0xdc00) => 12,
            Some(_) => {
                whole.push_str("\\ufffd");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
        };
        // Half of what stands behind a backslash may be one character of several bytes.
        let (kept, behind) = escape.split_at_checked(length).unwrap_or((escape, ""));
        if kept.len() > 12 {
            whole.push('\\');
            rest = escape.get(1..).unwrap_or_default();
        } else {
            whole.push_str(kept);
            rest = behind;
        }
    }
    whole.push_str(rest);
    whole
}
