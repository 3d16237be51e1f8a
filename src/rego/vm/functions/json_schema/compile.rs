//! From a document to a schema.

use super::super::patterns::Compiled;
use super::super::{Context, Failure};
use super::documents::member;
use super::keywords::Keywords;
use super::references::References;
use super::schema::{Dependency, Items, Rest, Schema, SchemaId, Schemas};
use crate::limits;
use crate::rego::value::{Kind, Slice, Value};
use crate::rego::vm::machine::Stop;
use crate::sorted;
use std::rc::Rc;

/// Units that a part of a schema takes while documents are held to it.
const UNITS_OF_SCHEMA: u64 = 1024;

/// The version of the language. Without one that is known, all keywords mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Draft {
    Four,
    Six,
    Seven,
    Any,
}

impl Draft {
    fn of(context: &Context<'_>, root: Value) -> Result<Self, Failure> {
        let pairs = match root.kind() {
            Kind::Object(pairs) => pairs,
            Kind::Boolean(_) => return Ok(Self::Any),
            _ => return Err(wrong("schema is invalid")),
        };
        let Some(named) = member(context.stores, pairs, "$schema") else { return Ok(Self::Any) };
        let Some(named) = context.stores.as_str(named) else { return Err(wrong("$schema must be of type string")) };
        Ok(match named.strip_suffix('#').unwrap_or(named) {
            "http://json-schema.org/draft-04/schema" => Self::Four,
            "http://json-schema.org/draft-06/schema" => Self::Six,
            "http://json-schema.org/draft-07/schema" => Self::Seven,
            _ => Self::Any,
        })
    }
}

/// The document is no schema.
pub fn wrong(message: impl Into<String>) -> Failure {
    Failure::of_builtin(message)
}

/// A keyword has a value of another type.
pub fn wrong_type(expected: &str, given: &str) -> Failure {
    wrong(format!("Invalid type. Expected: {expected}, given: {given}"))
}

/// Compiles a schema.
///
/// # Errors
/// It is none, or a limit was reached.
pub fn compile(context: &mut Context<'_>, root: Value) -> Result<Schemas, Failure> {
    let draft = Draft::of(context, root)?;
    let references = References::of(context, root)?;
    let mut compiler =
        Compiler { context, references, draft, schemas: Vec::new(), known: sorted::Map::new(), pending: Vec::new() };
    compiler.schema(root, 0)?;
    // What is referred to is compiled once, behind whatever refers to it, so that no chain of references goes down.
    while let Some((id, part)) = compiler.pending.pop() {
        compiler.fill(id, part, 0)?;
    }
    Ok(compiler.schemas)
}

struct Compiler<'a, 'c> {
    context: &'a mut Context<'c>,
    references: References,
    draft: Draft,
    schemas: Schemas,
    /// What references lead to, in full.
    known: sorted::Map<Rc<str>, SchemaId>,
    pending: Vec<(SchemaId, Value)>,
}

impl Compiler<'_, '_> {
    fn reserve(&mut self) -> Result<SchemaId, Failure> {
        let id = self.schemas.len();
        self.context.room(UNITS_OF_SCHEMA * (id as u64 + 1))?;
        self.schemas.push(Schema::default());
        Ok(id)
    }

    /// A part of the schema.
    fn schema(&mut self, part: Value, levels: u64) -> Result<SchemaId, Failure> {
        let id = self.reserve()?;
        self.fill(id, part, levels)?;
        Ok(id)
    }

    fn fill(&mut self, id: SchemaId, part: Value, levels: u64) -> Result<(), Failure> {
        // INVARIANT (depth): every part inside another one comes through here.
        if levels >= limits::JSON_SCHEMA_NESTING {
            return Err(Failure::Stop(Stop::Limit("json_schema_nesting")));
        }
        self.context.charge(40)?;
        let mut schema = Schema::default();
        match part.kind() {
            Kind::Boolean(pass) if self.draft >= Draft::Six => schema.pass = Some(pass),
            Kind::Object(pairs) => self.keywords(&mut schema, pairs, levels + 1)?,
            _ => return Err(wrong("Expected: valid schema, given: Invalid JSON")),
        }
        if let Some(slot) = self.schemas.get_mut(id) {
            *slot = schema;
        }
        Ok(())
    }

    fn get(&self, pairs: Slice, name: &str) -> Option<Value> {
        member(self.context.stores, pairs, name)
    }

    fn keywords(&mut self, schema: &mut Schema, pairs: Slice, levels: u64) -> Result<(), Failure> {
        let key_of_id = match self.draft {
            Draft::Four => "id",
            Draft::Any if self.get(pairs, "id").is_some() => "id",
            _ => "$id",
        };
        self.plain(pairs).text(key_of_id)?;
        self.definitions(pairs, levels)?;
        self.plain(pairs).text("title")?;
        self.plain(pairs).text("description")?;
        if let Some(reference) = self.plain(pairs).text("$ref")? {
            let (id, is_known) = self.refer(pairs, &reference)?;
            schema.reference = Some(id);
            // What stands beside it is never asked for. OPA reads it all the same where it has met the reference before.
            if !is_known {
                return Ok(());
            }
        }
        self.plain(pairs).types(schema)?;
        schema.properties = self.properties(pairs, levels)?;
        schema.other_properties = self.rest(pairs, "additionalProperties", levels)?;
        self.pattern_properties(schema, pairs, levels)?;
        if self.draft >= Draft::Six {
            let kind = "Invalid type. Expected: valid schema, given: patternProperties";
            schema.property_names = self.one(pairs, "propertyNames", kind, levels)?;
        }
        self.dependencies(schema, pairs, levels)?;
        schema.items = self.items(pairs, levels)?;
        schema.other_items = self.rest(pairs, "additionalItems", levels)?;
        self.plain(pairs).numbers(schema)?;
        self.plain(pairs).strings(schema)?;
        self.plain(pairs).objects(schema)?;
        self.plain(pairs).arrays(schema)?;
        if let Some(contains) = self.get(pairs, "contains").filter(|_| self.draft >= Draft::Six) {
            schema.contains = Some(self.schema(contains, levels)?);
        }
        self.plain(pairs).values(schema)?;
        schema.one_of = self.several(pairs, "oneOf", levels)?;
        schema.any_of = self.several(pairs, "anyOf", levels)?;
        schema.all_of = self.several(pairs, "allOf", levels)?;
        schema.not = self.one(pairs, "not", "not must be of an object", levels)?;
        if self.draft >= Draft::Seven {
            schema.condition = self.one(pairs, "if", "if must be of an object", levels)?;
            schema.then = self.one(pairs, "then", "then must be of an object", levels)?;
            schema.otherwise = self.one(pairs, "else", "else must be of an object", levels)?;
        }
        Ok(())
    }

    fn plain(&mut self, pairs: Slice) -> Keywords<'_> {
        let Self { context, draft, .. } = self;
        let context = Context {
            stores: &mut *context.stores,
            steps: &mut *context.steps,
            request: context.request,
            prints: &mut *context.prints,
        };
        Keywords { context, pairs, draft: *draft }
    }

    /// What a reference leads to, and whether it was met before.
    fn refer(&mut self, pairs: Slice, reference: &str) -> Result<(SchemaId, bool), Failure> {
        let full = self.references.full(pairs, reference);
        self.context.charge(2 + full.len() as u64 / 8)?;
        if let Some(id) = self.known.get(&full) {
            return Ok((*id, true));
        }
        let part = self.references.follow(self.context.stores, &full)?;
        if !is_schema(part) {
            return Err(wrong("valid schema must be of type object"));
        }
        let id = self.reserve()?;
        self.known.insert(full, id);
        self.pending.push((id, part));
        Ok((id, false))
    }

    /// The pairs under a keyword, in the order of their keys.
    fn named(&mut self, value: Value) -> Result<Option<Vec<[Value; 2]>>, Failure> {
        let Kind::Object(pairs) = value.kind() else { return Ok(None) };
        self.context.charge(1 + u64::from(pairs.len))?;
        Ok(Some(self.context.stores.pairs(pairs).to_vec()))
    }

    /// Definitions are schemas, whether or not anything refers to them.
    fn definitions(&mut self, pairs: Slice, levels: u64) -> Result<(), Failure> {
        let Some(value) = self.get(pairs, "definitions") else { return Ok(()) };
        let definitions = self.named(value)?.ok_or_else(|| wrong_type("array of schemas", "definitions"))?;
        for [_, definition] in definitions {
            if !is_schema(definition) {
                return Err(wrong_type("array of schemas", "definitions"));
            }
            self.schema(definition, levels)?;
        }
        Ok(())
    }

    fn properties(&mut self, pairs: Slice, levels: u64) -> Result<Vec<(Value, SchemaId)>, Failure> {
        let Some(value) = self.get(pairs, "properties") else { return Ok(Vec::new()) };
        let properties = self.named(value)?.ok_or_else(|| wrong("properties must be of type object"))?;
        properties.into_iter().map(|[name, schema]| Ok((name, self.schema(schema, levels)?))).collect()
    }

    fn rest(&mut self, pairs: Slice, name: &str, levels: u64) -> Result<Rest, Failure> {
        let Some(value) = self.get(pairs, name) else { return Ok(Rest::Any) };
        match value.kind() {
            Kind::Boolean(true) => Ok(Rest::Any),
            Kind::Boolean(false) => Ok(Rest::Nothing),
            Kind::Object(_) => Ok(Rest::Schema(self.schema(value, levels)?)),
            _ => Err(wrong_type("boolean/valid schema", name)),
        }
    }

    fn pattern_properties(&mut self, schema: &mut Schema, pairs: Slice, levels: u64) -> Result<(), Failure> {
        let Some(value) = self.get(pairs, "patternProperties") else { return Ok(()) };
        let patterns = self.named(value)?.ok_or_else(|| wrong_type("valid schema", "patternProperties"))?;
        for [pattern, part] in patterns {
            let pattern = self.context.stores.as_str(pattern).unwrap_or_default().to_owned();
            let compiled = Compiled::of(self.context, &pattern).map_err(|failure| match failure {
                Failure::Wrong { .. } => wrong(format!("Invalid regex pattern '{pattern}'")),
                stop => stop,
            })?;
            schema.pattern_properties.push((compiled, self.schema(part, levels)?));
        }
        Ok(())
    }

    /// A schema under a keyword; `refusal` is what is said of anything else.
    fn one(&mut self, pairs: Slice, name: &str, refusal: &str, levels: u64) -> Result<Option<SchemaId>, Failure> {
        match self.get(pairs, name) {
            None => Ok(None),
            Some(part) if is_schema(part) => Ok(Some(self.schema(part, levels)?)),
            Some(_) => Err(wrong(refusal)),
        }
    }

    fn several(&mut self, pairs: Slice, name: &str, levels: u64) -> Result<Vec<SchemaId>, Failure> {
        let parts = self.plain(pairs).list(name)?.unwrap_or_default();
        parts.into_iter().map(|part| self.schema(part, levels)).collect()
    }

    fn dependencies(&mut self, schema: &mut Schema, pairs: Slice, levels: u64) -> Result<(), Failure> {
        let Some(value) = self.get(pairs, "dependencies") else { return Ok(()) };
        let dependencies = self.named(value)?.ok_or_else(|| wrong("dependencies must be of type object"))?;
        for [name, needed] in dependencies {
            let needed = match needed.kind() {
                Kind::Array(items) => {
                    self.context.charge(u64::from(items.len))?;
                    let keys = self.context.stores.items(items).to_vec();
                    if keys.iter().any(|key| self.context.stores.as_str(*key).is_none()) {
                        return Err(wrong("dependency must be of type schema or array of strings"));
                    }
                    Dependency::Keys(keys)
                }
                _ if is_schema(needed) => Dependency::Schema(self.schema(needed, levels)?),
                _ => return Err(wrong("dependency must be of type schema or array of strings")),
            };
            schema.dependencies.push((name, needed));
        }
        Ok(())
    }

    fn items(&mut self, pairs: Slice, levels: u64) -> Result<Items, Failure> {
        let Some(value) = self.get(pairs, "items") else { return Ok(Items::Any) };
        let refused = || wrong_type("valid schema/array of schemas", "items");
        match value.kind() {
            Kind::Array(items) => {
                self.context.charge(u64::from(items.len))?;
                let parts = self.context.stores.items(items).to_vec();
                let each = |part| if is_schema(part) { self.schema(part, levels) } else { Err(refused()) };
                Ok(Items::Row(parts.into_iter().map(each).collect::<Result<_, _>>()?))
            }
            _ if is_schema(value) => Ok(Items::Each(self.schema(value, levels)?)),
            _ => Err(refused()),
        }
    }
}

/// Whether a value may be a schema.
fn is_schema(value: Value) -> bool {
    matches!(value.kind(), Kind::Object(_) | Kind::Boolean(_))
}
