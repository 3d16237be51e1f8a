//! Types as OPA prints them in its errors.

use super::{Function, Type};
use std::fmt;

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("???"),
            Self::Null => f.write_str("null"),
            Self::Boolean => f.write_str("boolean"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::Any => f.write_str("any"),
            Self::Array(array) => {
                f.write_str("array")?;
                if !array.items.is_empty() {
                    write!(f, "<{}>", Listed(&array.items))?;
                }
                match &array.rest {
                    Some(rest) => write!(f, "[{rest}]"),
                    None => Ok(()),
                }
            }
            Self::Object(object) => {
                f.write_str("object")?;
                for (at, (key, value)) in object.fields.iter().enumerate() {
                    write!(f, "{}{key}: {value}", if at == 0 { "<" } else { ", " })?;
                }
                if !object.fields.is_empty() {
                    f.write_str(">")?;
                }
                match &object.rest {
                    Some((key, value)) => write!(f, "[{key}: {value}]"),
                    None => Ok(()),
                }
            }
            Self::Set(set) => write!(f, "set[{}]", set.of),
            Self::Union(union) => write!(f, "any<{}>", Listed(&union.members)),
            Self::Function(function) => function.fmt(f),
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}", Listed(&self.args))?;
        if let Some(more) = &self.more {
            write!(f, "{}{more}...", if self.args.is_empty() { "" } else { ", " })?;
        }
        write!(f, ") => {}", self.result.as_ref().unwrap_or(&Type::Unknown))
    }
}

/// Types with commas between them.
pub(super) struct Listed<'a>(pub &'a [Type]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, listed) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            listed.fmt(f)?;
        }
        Ok(())
    }
}
