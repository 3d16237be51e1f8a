//! What templates work on: parts of a document, and what functions give.

use super::super::text_floats::general;
use super::super::texts::Draft;
use super::super::{Context, Failure};
use crate::rego::value::double;
use crate::rego::value::{Kind, Stores, Value};
use std::rc::Rc;

/// A value in a template.
#[derive(Debug, Clone)]
pub enum Item {
    /// There is none: a key that is missing, or what was looked for in it.
    Nothing,
    /// A part of the document. Its numbers are texts to a template, as OPA hands them over.
    Data(Value),
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(Rc<str>),
}

/// What can be compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Nothing,
    Boolean,
    Integer,
    Float,
    Text,
    /// An array or an object.
    Collection,
}

impl Item {
    pub fn family(&self) -> Family {
        match self {
            Self::Nothing => Family::Nothing,
            Self::Boolean(_) => Family::Boolean,
            Self::Integer(_) => Family::Integer,
            Self::Float(_) => Family::Float,
            Self::Text(_) => Family::Text,
            Self::Data(value) => match value.kind() {
                Kind::Boolean(_) => Family::Boolean,
                Kind::Integer(_) | Kind::Number(_) | Kind::String(_) => Family::Text,
                Kind::Array(_) | Kind::Set(_) | Kind::Object(_) => Family::Collection,
                _ => Family::Nothing,
            },
        }
    }

    /// Whether a condition holds.
    pub fn holds(&self, stores: &Stores) -> bool {
        match self {
            Self::Nothing => false,
            Self::Boolean(value) => *value,
            Self::Integer(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Data(value) => match value.kind() {
                Kind::Boolean(value) => value,
                Kind::String(text) => text.len > 0,
                // As texts they are not empty.
                Kind::Integer(_) | Kind::Number(_) => true,
                _ => stores.len(*value).is_some_and(|len| len > 0),
            },
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Data(value) => match value.kind() {
                Kind::Boolean(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The text of one that is a text. What reading it takes is charged for.
    pub fn as_text(&self, context: &mut Context<'_>) -> Result<Option<Rc<str>>, Failure> {
        let text: Rc<str> = match self {
            Self::Text(text) => return Ok(Some(text.clone())),
            Self::Data(value) => match value.kind() {
                Kind::String(text) | Kind::Number(text) => Rc::from(context.stores.text(text)),
                Kind::Integer(value) => Rc::from(value.to_string()),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        context.charge(1 + text.len() as u64 / 16)?;
        Ok(Some(text))
    }

    /// What Go calls its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Nothing => "nil",
            Self::Boolean(_) => "bool",
            Self::Integer(_) => "int",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::Data(value) => match value.kind() {
                Kind::Boolean(_) => "bool",
                Kind::Integer(_) | Kind::Number(_) => "json.Number",
                Kind::String(_) => "string",
                Kind::Array(_) | Kind::Set(_) => "[]interface {}",
                Kind::Object(_) => "map[string]interface {}",
                _ => "nil",
            },
        }
    }
}

/// Writes an item as Go prints it; `nothing` is what stands for none.
///
/// # Errors
/// There is no room for it.
pub fn print(stores: &Stores, draft: &mut Draft, item: &Item, nothing: &str) -> Result<(), Failure> {
    match item {
        Item::Nothing => draft.push(nothing),
        Item::Boolean(value) => draft.push(if *value { "true" } else { "false" }),
        Item::Integer(value) => draft.push(&value.to_string()),
        Item::Float(value) => {
            draft.work(double::work(*value))?;
            draft.push(&float(*value))
        }
        Item::Text(text) => draft.push(text),
        Item::Data(value) if !value.is_defined() || *value == Value::NULL => draft.push(nothing),
        Item::Data(value) => print_value(stores, draft, *value),
    }
}

/// A float as Go prints one by itself.
pub fn float(value: f64) -> String {
    let size = general(value, None);
    if value.is_sign_negative() { format!("-{size}") } else { size }
}

/// What is written of a value with parts.
enum Open {
    Value(Value),
    Word(&'static str),
    /// A key, and a colon behind it.
    Key(Value),
}

fn print_value(stores: &Stores, draft: &mut Draft, value: Value) -> Result<(), Failure> {
    // INVARIANT (depth): what is not written yet stands in a list, and nothing recurses.
    let mut open = vec![Open::Value(value)];
    while let Some(next) = open.pop() {
        let value = match next {
            Open::Word(word) => {
                draft.push(word)?;
                continue;
            }
            Open::Key(key) => {
                draft.push(stores.as_str(key).unwrap_or_default())?;
                draft.push(":")?;
                continue;
            }
            Open::Value(value) => value,
        };
        match value.kind() {
            Kind::Null => draft.push("<nil>")?,
            Kind::Boolean(value) => draft.push(if value { "true" } else { "false" })?,
            Kind::Integer(value) => draft.push(&value.to_string())?,
            Kind::Number(text) | Kind::String(text) => draft.push(stores.text(text))?,
            Kind::Array(items) | Kind::Set(items) => {
                draft.work(1 + u64::from(items.len) / 4)?;
                draft.push("[")?;
                open.push(Open::Word("]"));
                for (at, item) in stores.items(items).iter().enumerate().rev() {
                    open.push(Open::Value(*item));
                    if at > 0 {
                        open.push(Open::Word(" "));
                    }
                }
            }
            Kind::Object(pairs) => {
                draft.work(1 + u64::from(pairs.len) / 2)?;
                draft.push("map[")?;
                open.push(Open::Word("]"));
                for (at, [key, value]) in stores.pairs(pairs).iter().enumerate().rev() {
                    open.push(Open::Value(*value));
                    open.push(Open::Key(*key));
                    if at > 0 {
                        open.push(Open::Word(" "));
                    }
                }
            }
            Kind::Undefined | Kind::Place(_) => {}
        }
    }
    Ok(())
}
