//! Values as texts, and whether scalars can be read.

use super::super::super::{Failure, take_steps};
use super::super::tree::{Kind, Value};
use super::super::walk::Walk;
use crate::limits;
use crate::rego::value::double;
use crate::rego::value::quotes::quoted;

/// A value as errors show it.
pub fn shown(value: &Value<'_>) -> String {
    let children = |with_names: bool| {
        let child = |child: &super::super::tree::Child<'_>| {
            let value = child.value.as_ref().map_or_else(|| "<nil>".to_owned(), shown);
            if with_names { format!("{}:{value}", child.name) } else { value }
        };
        value.children.iter().map(child).collect::<Vec<_>>().join(",")
    };
    match value.kind {
        Kind::Variable => format!("${}", value.raw),
        Kind::String | Kind::Block => quoted(&value.raw, false),
        Kind::List => format!("[{}]", children(false)),
        Kind::Object => format!("{{{}}}", children(true)),
        _ => value.raw.clone().into_owned(),
    }
}

/// An integer as Go reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integer {
    Read(i64),
    OutOfRange,
    Malformed,
}

impl Integer {
    /// Of 64 bits.
    pub fn of(text: &str) -> Self {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Malformed;
        }
        text.parse().map_or(Self::OutOfRange, Self::Read)
    }
}

impl<'a> Walk<'a, '_> {
    /// Whether all scalars in a value can be read. `levels` is how many values are looked through.
    pub(super) fn can_be_read(&mut self, value: &'a Value<'a>, levels: u64) -> Result<bool, Failure> {
        take_steps(self.steps, 1 + value.children.len() as u64)?;
        match value.kind {
            Kind::Integer => Ok(matches!(Integer::of(&value.raw), Integer::Read(_))),
            Kind::Float => Ok(double::read(&value.raw).is_some_and(f64::is_finite)),
            Kind::Boolean => Ok(matches!(
                value.raw.as_ref(),
                "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False"
            )),
            Kind::List | Kind::Object => {
                for child in value.children.iter().filter_map(|child| child.value.as_ref()) {
                    if !self.can_be_read(child, levels)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Kind::Variable => {
                let default = self.value_note(value).variable.and_then(|variable| variable.default.as_ref());
                match default {
                    // A default of an object may name its own variable.
                    Some(default) if levels < limits::GRAPHQL_NESTING => self.can_be_read(default, levels + 1),
                    Some(_) => Ok(false),
                    None => Ok(true),
                }
            }
            _ => Ok(true),
        }
    }
}
