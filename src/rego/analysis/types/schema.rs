//! The type of the documents that a JSON schema describes.
//!
//! As OPA reads schemas: `type`, `properties`, `items`, `anyOf`, `allOf` and `$ref` within the schema say something
//! about the type, and everything else is left to those who validate documents. An object has the properties that are
//! named and no others, whatever `additionalProperties` says. Of several words in `type` one counts: `boolean`,
//! `string`, `number`, `object`, `array`, in this order.
//!
//! A definition that refers to itself is `any` where it does.

use super::{Key, Type};
use crate::limits;
use crate::sorted;
use serde_json::Value;
use std::fmt;

/// A schema that gives no type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// What is wrong with it, in one sentence.
    pub message: String,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SchemaError {}

/// The type of the documents that a schema describes.
///
/// # Errors
/// For what is no schema, for parts of `allOf` of different types, and for references to other schemas.
pub fn type_of(schema: &Value) -> Result<Type, SchemaError> {
    if !matches!(schema, Value::Object(_) | Value::Bool(_)) {
        return fail("a schema is an object or a boolean");
    }
    Reader { root: schema, known: sorted::Map::new(), open: sorted::Set::new() }.read(schema, 0)
}

fn fail<T>(message: impl Into<String>) -> Result<T, SchemaError> {
    Err(SchemaError { message: message.into() })
}

struct Reader<'a> {
    root: &'a Value,
    /// The types of definitions that have been read, by their pointers.
    known: sorted::Map<&'a str, Type>,
    /// The pointers of definitions that are being read.
    open: sorted::Set<&'a str>,
}

/// What the reader needs of one schema, or of several that hold together.
#[derive(Default)]
struct Parts<'a> {
    words: Vec<&'a str>,
    properties: Vec<(&'a str, &'a Value)>,
    items: Option<Items<'a>>,
}

#[derive(Clone, Copy)]
enum Items<'a> {
    /// All items are of one schema.
    Every(&'a Value),
    /// Each item has its own.
    Each(&'a [Value]),
}

impl<'a> Reader<'a> {
    fn read(&mut self, schema: &'a Value, level: u16) -> Result<Type, SchemaError> {
        let Value::Object(keywords) = schema else { return Ok(Type::Any) };
        if level > limits::TYPE_NESTING {
            return Ok(Type::Any);
        }
        if let Some(Value::String(pointer)) = keywords.get("$ref") {
            return self.read_reference(pointer, level);
        }
        let own = Parts::of(schema)?;
        if let Some(Value::Array(choices)) = keywords.get("anyOf") {
            let core = if own.words.is_empty() { Type::Unknown } else { self.read_parts(&own, level)? };
            let is_core_exact = matches!(&core, Type::Object(object) if object.rest.is_none());
            let mut types = if is_core_exact { vec![core] } else { Vec::new() };
            for choice in choices {
                types.push(self.read(choice, level + 1)?);
            }
            return Ok(Type::any_of(types).known_or(Type::Any));
        }
        if let Some(Value::Array(all)) = keywords.get("allOf") {
            let mut together: Option<Parts<'a>> = None;
            for part in all {
                let part = Parts::of(self.resolve(part)?)?.guessed();
                together = Some(match together {
                    Some(before) => before.and(part)?,
                    None => part,
                });
            }
            let together = match together {
                Some(together) if !own.words.is_empty() => together.and(own)?,
                Some(together) => together,
                None => own,
            };
            return self.read_parts(&together, level);
        }
        self.read_parts(&own, level)
    }

    fn read_reference(&mut self, pointer: &'a str, level: u16) -> Result<Type, SchemaError> {
        if let Some(known) = self.known.get(pointer) {
            return Ok(known.clone());
        }
        if !self.open.insert(pointer) {
            return Ok(Type::Any);
        }
        let target = self.target(pointer)?;
        let read = self.read(target, level + 1)?;
        self.open.remove(pointer);
        self.known.insert(pointer, read.clone());
        Ok(read)
    }

    fn target(&self, pointer: &str) -> Result<&'a Value, SchemaError> {
        let Some(path) = pointer.strip_prefix('#') else {
            return fail(format!("the schema refers to another one, `{pointer}`, and nothing is fetched"));
        };
        self.root.pointer(path).map_or_else(|| fail(format!("the schema has nothing at `{pointer}`")), Ok)
    }

    /// What a schema refers to, if it is a reference.
    fn resolve(&self, schema: &'a Value) -> Result<&'a Value, SchemaError> {
        let mut schema = schema;
        for _ in 0..limits::TYPE_NESTING {
            match schema.get("$ref").and_then(Value::as_str) {
                Some(pointer) => schema = self.target(pointer)?,
                None => return Ok(schema),
            }
        }
        Ok(&Value::Bool(true))
    }

    fn read_parts(&mut self, parts: &Parts<'a>, level: u16) -> Result<Type, SchemaError> {
        let has = |word: &str| parts.words.contains(&word);
        if has("boolean") {
            Ok(Type::Boolean)
        } else if has("string") {
            Ok(Type::String)
        } else if has("integer") || has("number") {
            Ok(Type::Number)
        } else if has("object") || (!has("array") && !parts.properties.is_empty()) {
            if parts.properties.is_empty() {
                return Ok(Type::object_of(Type::Any, Type::Any));
            }
            let mut fields = Vec::new();
            for &(name, schema) in &parts.properties {
                fields.push((Key::string(name), self.read(schema, level + 1)?));
            }
            Ok(Type::object(fields, None))
        } else if has("array") || parts.items.is_some() {
            match parts.items {
                Some(Items::Every(schema)) => Ok(Type::array_of(self.read(schema, level + 1)?)),
                Some(Items::Each(schemas)) => {
                    let mut items = Vec::new();
                    for schema in schemas {
                        items.push(self.read(schema, level + 1)?);
                    }
                    Ok(Type::array(items, None))
                }
                None => Ok(Type::array_of(Type::Any)),
            }
        } else {
            Ok(Type::Any)
        }
    }
}

impl<'a> Parts<'a> {
    fn of(schema: &'a Value) -> Result<Self, SchemaError> {
        let words = match schema.get("type") {
            None => Vec::new(),
            Some(Value::String(word)) => vec![word.as_str()],
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
            Some(_) => return fail("the `type` of a schema is a word or a list of words"),
        };
        const WORDS: [&str; 7] = ["array", "boolean", "integer", "number", "null", "object", "string"];
        if let Some(word) = words.iter().find(|word| !WORDS.contains(word)) {
            return fail(format!("`{word}` is no type of JSON schema"));
        }
        let properties = match schema.get("properties") {
            Some(Value::Object(properties)) => {
                properties.iter().map(|(name, schema)| (name.as_str(), schema)).collect()
            }
            _ => Vec::new(),
        };
        let items = match schema.get("items") {
            Some(Value::Array(schemas)) if schemas.is_empty() => None,
            Some(Value::Array(schemas)) => Some(Items::Each(schemas)),
            Some(schema) => Some(Items::Every(schema)),
            None => None,
        };
        Ok(Self { words, properties, items })
    }

    /// With the type that properties or items speak of, where it is not named.
    fn guessed(mut self) -> Self {
        let word = match (self.properties.as_slice(), self.items) {
            ([_, ..], _) => "object",
            ([], Some(_)) => "array",
            ([], None) => return self,
        };
        if !self.words.contains(&word) {
            self.words.push(word);
        }
        self
    }

    /// What holds where both hold.
    fn and(mut self, other: Self) -> Result<Self, SchemaError> {
        if self.words != other.words {
            let written = |words: &[&str]| if words.is_empty() { "undefined".to_owned() } else { words.join(",") };
            return fail(format!(
                "unable to merge these schemas: type mismatch: {} and {}",
                written(&self.words),
                written(&other.words)
            ));
        }
        self.properties.extend(other.properties);
        self.items = match (self.items, other.items) {
            (Some(Items::Each(ours)), Some(Items::Each(theirs))) if theirs.len() > ours.len() => {
                Some(Items::Each(theirs))
            }
            (ours, theirs) => ours.or(theirs),
        };
        Ok(self)
    }
}
