//! A schema that queries are held to: the definitions of a document with those that every schema has, under their names.

use super::super::{Context, Failure};
use super::prelude;
use super::report::{Report, refused};
use super::schema_parser::schema_document;
use super::tree::{
    Definition, DirectiveDefinition, FieldDefinition, Place, SchemaDefinition, SchemaDocument, Text, Type,
};
use crate::sorted;
use std::borrow::Cow;
use std::rc::Rc;

/// A definition, by its place among all of a schema.
pub type TypeId = usize;

/// The definitions of a schema.
#[derive(Debug, Default)]
pub struct Schema<'s> {
    definitions: Vec<Definition<'s>>,
    by_name: sorted::Map<Text<'s>, TypeId>,
    directives: sorted::Map<Text<'s>, DirectiveDefinition<'s>>,
    /// The types of which a value of an interface or a union may be. Of an object, itself.
    possible: sorted::Map<Text<'s>, Vec<TypeId>>,
    query: Option<TypeId>,
    mutation: Option<TypeId>,
    subscription: Option<TypeId>,
}

impl<'s> Schema<'s> {
    /// Puts the definitions of a document together. What they say is checked by [`super::schema_rules`].
    ///
    /// # Errors
    /// They contradict one another, or a limit was reached.
    pub fn of(
        context: &mut Context<'_>,
        document: SchemaDocument<'s>,
    ) -> Result<(Self, Vec<SchemaDefinition<'s>>), Failure> {
        let mut built = schema_document(prelude::PRELUDE, true).map_err(refused)?;
        for (definition, line) in built.definitions.iter_mut().zip(prelude::LINES) {
            let column = if definition.kind == "SCALAR" { 8 } else { 6 };
            definition.at = Some(Place { line, column, is_in_prelude: true });
        }
        let count = document.definitions.len() + document.extensions.len() + document.directives.len();
        context.charge(200 + 8 * count as u64)?;
        let mut schema = Self::default();
        for definition in built.definitions.into_iter().chain(document.definitions) {
            if schema.by_name.contains_key(&definition.name) {
                return Err(conflict(definition.at, &format!("Cannot redeclare type {}.", definition.name)));
            }
            schema.add(definition);
        }
        for extension in document.extensions {
            schema.extend(extension)?;
        }
        schema.find_possible_types(context)?;
        for directive in built.directives.into_iter().chain(document.directives) {
            let is_again = schema.directives.contains_key(&directive.name);
            // A schema may define them once more, in a newer or older way.
            let known = ["include", "skip", "deprecated", "specifiedBy", "defer", "oneOf"];
            if is_again && !known.contains(&directive.name.as_ref()) {
                return Err(conflict(directive.at, &format!("Cannot redeclare directive {}.", directive.name)));
            }
            schema.directives.insert(directive.name.clone(), directive);
        }
        if let [_, second, ..] = document.schemas.as_slice() {
            let message = "Cannot have multiple schema entry points, consider schema extensions instead.";
            return Err(conflict(second.at, message));
        }
        Ok((schema, document.schemas.into_iter().chain(document.schema_extensions).collect()))
    }

    fn add(&mut self, definition: Definition<'s>) -> TypeId {
        let id = self.definitions.len();
        self.by_name.insert(definition.name.clone(), id);
        self.definitions.push(definition);
        id
    }

    fn extend(&mut self, extension: Definition<'s>) -> Result<(), Failure> {
        let id = self.by_name.get(&extension.name).copied();
        // What is extended need not be there.
        let id = id.unwrap_or_else(|| {
            let Definition { kind, name, at, .. } = &extension;
            self.add(Definition { kind: kind.clone(), name: name.clone(), at: *at, ..Definition::default() })
        });
        let Some(definition) = self.definitions.get_mut(id) else { return Ok(()) };
        if definition.kind != extension.kind {
            let message = format!(
                "Cannot extend type {} because the base type is a {}, not {}.",
                extension.name, definition.kind, extension.kind
            );
            return Err(conflict(extension.at, &message));
        }
        definition.directives.extend(extension.directives);
        definition.interfaces.extend(extension.interfaces);
        definition.fields.extend(extension.fields);
        definition.types.extend(extension.types);
        definition.values.extend(extension.values);
        Ok(())
    }

    fn find_possible_types(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        for (id, definition) in self.definitions.iter().enumerate() {
            context.charge((definition.types.len() + definition.interfaces.len()) as u64)?;
            if definition.kind == "UNION" {
                // Members that nobody defines are found later.
                let members = definition.types.iter().filter_map(|name| self.by_name.get(name).copied());
                self.possible.entry(definition.name.clone()).or_default().extend(members);
            }
            if definition.is_kind(&["INPUT_OBJECT", "OBJECT", "INTERFACE"]) {
                for interface in &definition.interfaces {
                    self.possible.entry(interface.clone()).or_default().push(id);
                }
            }
            if definition.is_kind(&["INPUT_OBJECT", "OBJECT"]) {
                self.possible.entry(definition.name.clone()).or_default().push(id);
            }
        }
        Ok(())
    }

    /// The type of a name.
    pub fn type_of(&self, name: &str) -> Option<&Definition<'s>> {
        self.by_name.get(name).and_then(|id| self.definitions.get(*id))
    }

    /// The type that a reference leads to, through lists.
    pub fn type_behind(&self, of_type: Option<&Type<'s>>) -> Option<&Definition<'s>> {
        self.type_of(of_type?.inner())
    }

    /// All types in the order of their names.
    pub fn types(&self) -> impl Iterator<Item = &Definition<'s>> {
        self.by_name.values().filter_map(|id| self.definitions.get(*id))
    }

    /// All directives in the order of their names.
    pub fn directives(&self) -> impl Iterator<Item = &DirectiveDefinition<'s>> {
        self.directives.values()
    }

    /// The directive of a name.
    pub fn directive(&self, name: &str) -> Option<&DirectiveDefinition<'s>> {
        self.directives.get(name)
    }

    /// The types of which a value of this one may be.
    pub fn possible_types(&self, name: &str) -> impl ExactSizeIterator<Item = Option<&Definition<'s>>> {
        self.possible.get(name).map_or(&[][..], Vec::as_slice).iter().map(|id| self.definitions.get(*id))
    }

    /// The type at which operations of a kind begin.
    pub fn root(&self, operation: &str) -> Option<&Definition<'s>> {
        let id = match operation {
            "query" | "" => self.query,
            "mutation" => self.mutation,
            "subscription" => self.subscription,
            _ => None,
        };
        self.definitions.get(id?)
    }

    /// Says at which type operations of a kind begin; false where there is no such type.
    pub fn set_root(&mut self, operation: &str, name: &str) -> bool {
        let Some(&id) = self.by_name.get(name) else { return false };
        match operation {
            "query" => self.query = Some(id),
            "mutation" => self.mutation = Some(id),
            "subscription" => self.subscription = Some(id),
            _ => {}
        }
        true
    }

    /// Gives queries the fields by which a schema is asked about itself.
    pub fn add_introspection(&mut self) {
        let Some(query) = self.query.and_then(|id| self.definitions.get_mut(id)) else { return };
        let named =
            |name: &'static str, is_required| Some(Type { name: Cow::Borrowed(name), is_required, ..Type::default() });
        let schema =
            FieldDefinition { name: "__schema".into(), of_type: named("__Schema", true), ..FieldDefinition::default() };
        let argument = super::tree::ArgumentDefinition {
            name: "name".into(),
            of_type: named("String", true),
            ..super::tree::ArgumentDefinition::default()
        };
        let of_type = FieldDefinition {
            name: "__type".into(),
            of_type: named("__Type", false),
            arguments: vec![argument],
            ..FieldDefinition::default()
        };
        query.fields.extend([Rc::new(schema), Rc::new(of_type)]);
    }
}

fn conflict(at: Option<Place>, message: &str) -> Failure {
    Report::of_schema(at, message)
}
