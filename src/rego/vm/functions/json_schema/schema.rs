//! A schema, compiled: what each part of it asks for.

use super::super::patterns::Compiled;
use crate::rego::value::Value;

/// A part of a schema, by its place among all.
pub type SchemaId = usize;

/// All parts of a schema; the first is the schema itself.
pub type Schemas = Vec<Schema>;

/// What is asked of what no other keyword names.
#[derive(Debug, Default, Clone, Copy)]
pub enum Rest {
    /// Nothing.
    #[default]
    Any,
    /// There is to be none.
    Nothing,
    /// It is held to a schema.
    Schema(SchemaId),
}

/// What is asked of the items of an array.
#[derive(Default)]
pub enum Items {
    #[default]
    Any,
    Each(SchemaId),
    /// Each of the first has a schema of its own.
    Row(Vec<SchemaId>),
}

/// What else is asked for where an object has a key.
pub enum Dependency {
    Keys(Vec<Value>),
    Schema(SchemaId),
}

/// What one part asks for.
#[derive(Default)]
pub struct Schema {
    /// Of a schema that is a boolean: whether it takes everything.
    pub pass: Option<bool>,
    /// What is asked for in the place of everything else.
    pub reference: Option<SchemaId>,
    pub types: Vec<&'static str>,
    /// By their names, in the order of keys.
    pub properties: Vec<(Value, SchemaId)>,
    pub other_properties: Rest,
    pub pattern_properties: Vec<(Compiled, SchemaId)>,
    pub property_names: Option<SchemaId>,
    /// By the keys, in their order.
    pub dependencies: Vec<(Value, Dependency)>,
    pub items: Items,
    pub other_items: Rest,
    pub multiple_of: Option<Value>,
    pub minimum: Option<Value>,
    pub exclusive_minimum: Option<Value>,
    pub maximum: Option<Value>,
    pub exclusive_maximum: Option<Value>,
    pub lengths: Bounds,
    pub pattern: Option<(Compiled, String)>,
    pub format: Option<String>,
    pub property_counts: Bounds,
    pub required: Vec<Value>,
    pub item_counts: Bounds,
    pub has_unique_items: bool,
    pub contains: Option<SchemaId>,
    /// As JSON, in which equal values are equal texts.
    pub constant: Option<String>,
    /// The same; `None` where nothing is said.
    pub values: Option<Vec<String>>,
    pub one_of: Vec<SchemaId>,
    pub any_of: Vec<SchemaId>,
    pub all_of: Vec<SchemaId>,
    pub not: Option<SchemaId>,
    pub condition: Option<SchemaId>,
    pub then: Option<SchemaId>,
    pub otherwise: Option<SchemaId>,
}

/// How many there may be.
#[derive(Debug, Default, Clone, Copy)]
pub struct Bounds {
    pub least: Option<i64>,
    pub most: Option<i64>,
}

/// The words that may stand for a type.
pub const TYPES: [&str; 7] = ["array", "boolean", "integer", "number", "null", "object", "string"];
