//! What is wrong with a tree. Each way to say it is one function that is not copied into its callers: a derived reader has a
//! dozen of them.

use serde::de::{Expected, Unexpected};
use std::fmt::{Debug, Display, Formatter};

/// What is wrong, and where: the path grows from the value outwards while the reader returns. Behind one word, because every reader hands
/// it on.
pub struct Fault(Box<Parts>);

struct Parts {
    message: String,
    path: String,
}

impl Fault {
    #[cold]
    #[inline(never)]
    pub fn new(message: String) -> Self {
        Self(Box::new(Parts { message, path: String::new() }))
    }

    #[cold]
    #[inline(never)]
    pub fn inside(mut self, part: &str) -> Self {
        let part = part.replace('~', "~0").replace('/', "~1");
        self.0.path.insert_str(0, &format!("/{part}"));
        self
    }

    /// The message, and the path as a JSON pointer.
    pub fn into_parts(self) -> (String, String) {
        (self.0.message, self.0.path)
    }
}

impl Debug for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    #[cold]
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    #[cold]
    #[inline(never)]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("invalid type: {}, expected {expected}", words_of(found)))
    }

    #[cold]
    #[inline(never)]
    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("invalid value: {}, expected {expected}", words_of(found)))
    }

    #[cold]
    #[inline(never)]
    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("invalid length {length}, expected {expected}"))
    }

    #[cold]
    #[inline(never)]
    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::new(not_known("variant", variant, known))
    }

    #[cold]
    #[inline(never)]
    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::new(not_known("field", field, known))
    }

    #[cold]
    #[inline(never)]
    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("missing field `{field}`"))
    }

    #[cold]
    #[inline(never)]
    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("duplicate field `{field}`"))
    }
}

/// What was found, in serde's words. Its own way to say them prints floats, of which there are none here: what is wrong with a number is
/// said by its digits.
fn words_of(found: Unexpected<'_>) -> String {
    let kind = match found {
        Unexpected::Bool(value) => return format!("boolean `{value}`"),
        Unexpected::Unsigned(value) => return format!("integer `{value}`"),
        Unexpected::Signed(value) => return format!("integer `{value}`"),
        Unexpected::Char(value) => return format!("character `{value}`"),
        Unexpected::Str(text) => return format!("string {text:?}"),
        Unexpected::Other(words) => words,
        Unexpected::Float(_) => "floating point",
        Unexpected::Bytes(_) => "byte array",
        Unexpected::Unit => "unit value",
        Unexpected::Option => "Option value",
        Unexpected::NewtypeStruct => "newtype struct",
        Unexpected::Seq => "sequence",
        Unexpected::Map => "map",
        Unexpected::Enum => "enum",
        Unexpected::UnitVariant => "unit variant",
        Unexpected::NewtypeVariant => "newtype variant",
        Unexpected::TupleVariant => "tuple variant",
        Unexpected::StructVariant => "struct variant",
    };
    kind.to_owned()
}

fn not_known(what: &str, name: &str, known: &[&str]) -> String {
    let expected = match known {
        [] => return format!("unknown {what} `{name}`, there are no {what}s"),
        [one] => format!("`{one}`"),
        [one, other] => format!("`{one}` or `{other}`"),
        _ => format!("one of `{}`", known.join("`, `")),
    };
    format!("unknown {what} `{name}`, expected {expected}")
}
