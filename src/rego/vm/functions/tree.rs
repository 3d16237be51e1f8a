//! Objects with many fields, which become values all at once.

use super::encodings::plain;
use super::integers::{make, make_word};
use super::{Answer, Context};
use crate::rego::value::{Space, Value};
use num_bigint::{BigInt, BigUint};

/// What is to become a value. It is as deep as the program makes it, never as an operand is.
#[derive(Debug)]
pub enum Tree {
    /// Null.
    Null,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Number(i64),
    /// An integer of any size.
    Natural(BigUint),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// Fields with their names, each once.
    Object(Vec<(&'static str, Tree)>),
}

impl Tree {
    /// A list; null where it would be empty, as Go writes what was never made.
    pub fn list(items: Vec<Self>) -> Self {
        if items.is_empty() { Self::Null } else { Self::List(items) }
    }

    /// The same of texts.
    pub fn texts(texts: Vec<String>) -> Self {
        Self::list(texts.into_iter().map(Self::Text).collect())
    }

    /// A list of small numbers.
    pub fn numbers(numbers: &[u32]) -> Self {
        Self::List(numbers.iter().map(|number| Self::Number(i64::from(*number))).collect())
    }

    /// Bytes, which are written in base64.
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::Text(plain(bytes))
    }

    /// The value. What it takes is charged for.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn make(self, context: &mut Context<'_>) -> Answer {
        context.charge(1)?;
        Ok(match self {
            Self::Null => Value::NULL,
            Self::Boolean(boolean) => Value::boolean(boolean),
            Self::Number(number) => make_word(context, number)?,
            Self::Natural(number) => make(context, &BigInt::from(number))?,
            Self::Text(text) => {
                context.charge(text.len() as u64 / 32)?;
                context.stores.make_string(Space::Heap, &text)?
            }
            Self::List(items) => {
                let items = items.into_iter().map(|item| item.make(context)).collect::<Result<Vec<_>, _>>()?;
                context.stores.make_array(Space::Heap, &items)?
            }
            Self::Object(fields) => {
                let mut pairs = Vec::with_capacity(fields.len());
                for (name, field) in fields {
                    let name = context.stores.make_string(Space::Heap, name)?;
                    pairs.push([name, field.make(context)?]);
                }
                context.stores.make_object(Space::Heap, &mut pairs)?
            }
        })
    }
}
