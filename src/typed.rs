//! From a JSON tree to a type, where a struct is an object and nothing else.
//!
//! Serde's own reader takes an array for a struct, field by field in the order of their declaration: `[]` would be a
//! configuration without policies, and the third text of a list the trigger of a run. Here it is refused.

use crate::error::{Error, ErrorCode};
use crate::limits;
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

/// Reads a type out of a tree.
///
/// # Errors
/// An error with the code that is given, a sentence that begins with `what`, and the path to the value.
pub fn read<T: DeserializeOwned>(value: Value, code: ErrorCode, what: &str) -> Result<T, Error> {
    T::deserialize(Tree(value)).map_err(|fault| {
        let failed = Error::new(code, format!("{what}: {}", in_words(&fault.message)));
        if fault.path.is_empty() { failed } else { failed.at(fault.path) }
    })
}

/// What is wrong, and where: the path grows from the value outwards while the reader returns.
#[derive(Debug)]
struct Fault {
    message: String,
    path: String,
}

impl Fault {
    fn inside(mut self, part: &str) -> Self {
        let part = part.replace('~', "~0").replace('/', "~1");
        self.path.insert_str(0, &format!("/{part}"));
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), path: String::new() }
    }
}

/// Fields that have limits of their own: texts of policies, the arguments and results of calls.
const OWN_LIMITS: [&str; 3] = ["/rego_source", "/kwargs", "/result"];

/// Checks that texts and lists of a caller are no larger than what is kept of them may be.
///
/// # Errors
/// `limit_exceeded` (`text_bytes`, `list_entries`) with the path to the value.
pub fn check_sizes(value: &Value, path: &str) -> Result<(), Error> {
    let refuse = |name: &str, limit: u64, message: String| Err(Error::limit(name, limit, message).at(path));
    let too_many = |count: usize| count as u64 > limits::LIST_ENTRIES;
    if OWN_LIMITS.iter().any(|field| path.ends_with(field)) {
        return Ok(());
    }
    match value {
        Value::String(text) if text.len() as u64 > limits::TEXT_BYTES => {
            refuse("text_bytes", limits::TEXT_BYTES, format!("a text has {} bytes", text.len()))
        }
        Value::Array(items) if too_many(items.len()) => {
            refuse("list_entries", limits::LIST_ENTRIES, format!("a list has {} entries", items.len()))
        }
        Value::Object(fields) if too_many(fields.len()) => {
            refuse("list_entries", limits::LIST_ENTRIES, format!("an object has {} entries", fields.len()))
        }
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(at, item)| check_sizes(item, &format!("{path}/{at}")))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(key, item)| check_sizes(item, &format!("{path}/{key}"))),
        _ => Ok(()),
    }
}

/// The reader's message without the names of types.
fn in_words(message: &str) -> String {
    let mut words = message
        .replace("invalid type: sequence", "an array is there")
        .replace("invalid type: map", "an object is there")
        .replace("invalid type: null", "null is there")
        .replace("invalid type: ", "")
        .replace("invalid value: ", "")
        .replace("unit value", "nothing")
        .replace("expected u64", "expected a whole number from 0")
        .replace("expected u32", "expected a whole number from 0")
        .replace("expected a sequence", "expected an array")
        .replace("expected a map", "expected an object");
    for (kind, meant) in [("struct ", "an object"), ("unit variant ", "no value"), ("newtype variant ", "a value")] {
        while let Some(at) = words.find(&format!("expected {kind}")) {
            let start = at + "expected ".len();
            let rest = words.get(start + kind.len()..).unwrap_or("");
            let name = rest.find(|c: char| !(c.is_alphanumeric() || c == ':' || c == '_')).unwrap_or(rest.len());
            words.replace_range(start..start + kind.len() + name, meant);
        }
    }
    words
}

/// A tree that is read strictly.
struct Tree(Value);

impl Tree {
    fn object<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields { fields: fields.into_iter(), entry: None }),
            other => Err(Fault::custom(format!("{} is there, expected an object", kind_of(&other)))),
        }
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(value) => value.deserialize_any(visitor).map_err(Fault::custom),
            Value::String(value) => visitor.visit_string(value),
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter().enumerate())),
            Value::Object(_) => self.object(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.object(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let (name, content) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(fields) if fields.len() == 1 => match fields.into_iter().next() {
                Some((name, content)) => (name, Some(content)),
                None => return Err(Fault::custom("an empty object is there, expected one key")),
            },
            Value::Object(fields) => {
                return Err(Fault::custom(format!("an object with {} keys is there, expected one key", fields.len())));
            }
            other => return Err(Fault::custom(format!("{} is there, expected one of its words", kind_of(&other)))),
        };
        visitor.visit_enum(Choice { name, content })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Items(std::iter::Enumerate<std::vec::IntoIter<Value>>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some((at, item)) = self.0.next() else { return Ok(None) };
        seed.deserialize(Tree(item)).map(Some).map_err(|fault| fault.inside(&at.to_string()))
    }
}

struct Fields {
    fields: <Map<String, Value> as IntoIterator>::IntoIter,
    entry: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.fields.next() else { return Ok(None) };
        let name: StringDeserializer<Fault> = key.clone().into_deserializer();
        let read = seed.deserialize(name).map_err(|fault| fault.inside(&key))?;
        self.entry = Some((key, value));
        Ok(Some(read))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, value) = self.entry.take().unwrap_or_default();
        seed.deserialize(Tree(value)).map_err(|fault| fault.inside(&key))
    }
}

/// A variant by its name, with what it holds.
struct Choice {
    name: String,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Choice {
    type Error = Fault;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content), Fault> {
        let name: StringDeserializer<Fault> = self.name.clone().into_deserializer();
        let variant = seed.deserialize(name)?;
        Ok((variant, Content { name: self.name, value: self.content }))
    }
}

/// What a variant holds, under its name.
struct Content {
    name: String,
    value: Option<Value>,
}

impl<'de> VariantAccess<'de> for Content {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.value {
            None => Ok(()),
            Some(_) => Err(Fault::custom("a value is there, expected the word alone")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        let value = self.value.ok_or_else(|| Fault::custom("the word stands alone, expected an object with it"))?;
        seed.deserialize(Tree(value)).map_err(|fault| fault.inside(&self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        Tree(self.value.unwrap_or_default()).deserialize_any(visitor).map_err(|fault| fault.inside(&self.name))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        Tree(self.value.unwrap_or_default()).object(visitor).map_err(|fault| fault.inside(&self.name))
    }
}
