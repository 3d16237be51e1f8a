//! The walk through a query: it finds out what everything in it is under the schema, and asks the rules about each part once it has
//! been through it. What the rules find depends on what was walked before, so they are asked in the order that OPA asks them in.

use super::super::{Failure, take_steps};
use super::report::Report;
use super::rules::Memory;
use super::schema::Schema;
use super::tree::{
    Argument, ArgumentDefinition, Definition, Directive, DirectiveDefinition, Field, FieldDefinition, Fragment, Inline,
    Kind, NodeId, Operation, Place, QueryDocument, Selection, Spread, Type, Value, Variable,
};
use crate::limits;
use crate::rego::vm::machine::Stop;
use crate::sorted;

/// Selections inside one another, those of fragments included.
const LEVELS: u64 = 2 * limits::GRAPHQL_NESTING;

/// What a field is.
#[derive(Debug, Clone, Copy, Default)]
pub struct FieldNote<'a> {
    pub definition: Option<&'a FieldDefinition<'a>>,
    /// The type that it is selected from.
    pub object: Option<&'a Definition<'a>>,
}

/// What a value is to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct ValueNote<'a> {
    pub expected: Option<&'a Type<'a>>,
    /// Whether something else takes its place where it is null.
    pub has_default: bool,
    pub definition: Option<&'a Definition<'a>>,
    /// What it stands for, where it is a variable.
    pub variable: Option<&'a Variable<'a>>,
}

/// A directive in its place.
#[derive(Debug, Clone, Copy)]
pub struct PlacedDirective<'a> {
    pub directive: &'a Directive<'a>,
    pub definition: Option<&'a DirectiveDefinition<'a>>,
    pub location: &'static str,
}

/// What is there to be walked, and what has been found.
pub struct Walk<'a, 'w> {
    pub(super) schema: &'a Schema<'a>,
    pub(super) document: &'a QueryDocument<'a>,
    typename: &'a FieldDefinition<'a>,
    pub(super) steps: &'w mut u64,
    pub(super) report: Report,
    pub(super) fragments: sorted::Map<&'a str, &'a Fragment<'a>>,
    /// The operation that is walked; none while a fragment is.
    pub(super) operation: Option<&'a Operation<'a>>,
    /// The variables of the operation that were met.
    pub(super) used_variables: sorted::Set<&'a str>,
    /// Fragments that were walked with the operation or fragment.
    walked: sorted::Set<&'a str>,
    levels: u64,
    fields: Vec<FieldNote<'a>>,
    spreads: Vec<Option<&'a Fragment<'a>>>,
    values: Vec<ValueNote<'a>>,
    pub(super) memory: Memory<'a>,
}

/// All that is wrong with a query. `typename` is what `__typename` is, everywhere.
///
/// # Errors
/// A limit was reached, or the document lacks what every text has.
pub fn validate<'a>(
    schema: &'a Schema<'a>,
    document: &'a QueryDocument<'a>,
    typename: &'a FieldDefinition<'a>,
    steps: &mut u64,
) -> Result<Report, Failure> {
    take_steps(steps, document.fragments.len() as u64)?;
    let mut fragments = sorted::Map::new();
    for fragment in &document.fragments {
        fragments.entry(fragment.name.as_ref()).or_insert(fragment);
    }
    let mut walk = Walk {
        schema,
        document,
        typename,
        steps,
        report: Report::default(),
        fragments,
        operation: None,
        used_variables: sorted::Set::new(),
        walked: sorted::Set::new(),
        levels: 0,
        fields: Vec::new(),
        spreads: Vec::new(),
        values: Vec::new(),
        memory: Memory::default(),
    };
    for operation in &document.operations {
        walk.walk_operation(operation)?;
    }
    for fragment in &document.fragments {
        walk.walk_fragment(fragment)?;
    }
    Ok(walk.report)
}

/// The place for what is known of a node.
fn slot<T: Clone + Default>(of: &mut Vec<T>, id: NodeId) -> Option<&mut T> {
    let at = id as usize;
    if at >= of.len() {
        of.resize(at + 1, T::default());
    }
    of.get_mut(at)
}

/// What a part of a document has to have. Every text has it; a document that came as an object may lack it.
pub fn needed<'a, T>(part: &'a Option<T>, what: &str) -> Result<&'a T, Failure> {
    part.as_ref().ok_or_else(|| Failure::of_builtin(format!("a GraphQL document lacks a {what}")))
}

impl<'a> Walk<'a, '_> {
    /// Takes steps for what is about to be done.
    pub(super) fn charge(&mut self, steps: u64) -> Result<(), Failure> {
        take_steps(self.steps, steps)
    }

    /// Says that something is wrong.
    pub(super) fn tell(&mut self, at: Option<Place>, message: impl AsRef<str>) -> Result<(), Failure> {
        self.report.add(self.steps, at, message.as_ref())
    }

    /// What is known of a field.
    pub(super) fn field_note(&self, field: &Field<'a>) -> FieldNote<'a> {
        self.fields.get(field.id as usize).copied().unwrap_or_default()
    }

    /// What a spread stands for, where that is known.
    pub(super) fn fragment_of(&self, spread: &Spread<'a>) -> Option<&'a Fragment<'a>> {
        self.spreads.get(spread.id as usize).copied().flatten()
    }

    /// What is known of a value.
    pub(super) fn value_note(&self, value: &Value<'a>) -> ValueNote<'a> {
        self.values.get(value.id as usize).copied().unwrap_or_default()
    }

    /// Goes down one level.
    ///
    /// # Errors
    /// It is one too many.
    pub(super) fn enter(&mut self) -> Result<(), Failure> {
        self.levels += 1;
        if self.levels > LEVELS { Err(Failure::Stop(Stop::Limit("graphql_nesting"))) } else { Ok(()) }
    }

    /// Goes up again.
    pub(super) const fn leave(&mut self) {
        self.levels -= 1;
    }

    fn walk_operation(&mut self, operation: &'a Operation<'a>) -> Result<(), Failure> {
        self.walked.clear();
        self.used_variables.clear();
        self.operation = Some(operation);
        self.charge(4 + operation.variables.len() as u64)?;
        for variable in &operation.variables {
            let of_type = needed(&variable.of_type, "type of a variable")?;
            self.on_variable(variable, of_type)?;
            if let Some(default) = &variable.default {
                self.expect_value(default, of_type, None);
            }
        }
        let location = match operation.operation.as_ref() {
            "mutation" => "MUTATION",
            "subscription" => "SUBSCRIPTION",
            "query" | "" => "QUERY",
            other => return Err(Failure::of_builtin(format!("got unknown operation type \"{other}\""))),
        };
        let root = self.schema.root(&operation.operation);
        for variable in &operation.variables {
            if let Some(default) = &variable.default {
                self.walk_value(default)?;
            }
            self.walk_directives(&variable.directives, "VARIABLE_DEFINITION")?;
        }
        self.walk_directives(&operation.directives, location)?;
        self.walk_selections(root, &operation.selections)?;
        self.on_operation(operation)?;
        self.operation = None;
        Ok(())
    }

    fn walk_fragment(&mut self, fragment: &'a Fragment<'a>) -> Result<(), Failure> {
        self.walked.clear();
        self.charge(4)?;
        let definition = self.schema.type_of(&fragment.on);
        self.walk_directives(&fragment.directives, "FRAGMENT_DEFINITION")?;
        self.walk_selections(definition, &fragment.selections)?;
        self.on_fragment(fragment, definition)
    }

    fn walk_directives(&mut self, directives: &'a [Directive<'a>], location: &'static str) -> Result<(), Failure> {
        self.charge(directives.len() as u64)?;
        for directive in directives {
            let definition = self.schema.directive(&directive.name);
            let definitions = definition.map_or(&[][..], |definition| &definition.arguments);
            self.walk_arguments(&directive.arguments, definitions)?;
            self.on_directive(PlacedDirective { directive, definition, location })?;
        }
        self.on_directive_list(directives)
    }

    fn walk_arguments(
        &mut self,
        arguments: &'a [Argument<'a>],
        definitions: &'a [ArgumentDefinition<'a>],
    ) -> Result<(), Failure> {
        // Each is looked for by several rules.
        let pairs = (arguments.len() as u64).saturating_mul(definitions.len() as u64);
        self.charge(arguments.len() as u64 + definitions.len() as u64 / 8 + pairs / 4)?;
        for argument in arguments {
            let value = needed(&argument.value, "value of an argument")?;
            if let Some(definition) = definitions.iter().find(|definition| definition.name == argument.name) {
                let of_type = needed(&definition.of_type, "type of an argument")?;
                self.expect_value(value, of_type, Some(&definition.default));
            }
            self.walk_value(value)?;
        }
        Ok(())
    }

    /// Says what a value is to be. `default`: what takes its place where it is not given; `None` where nothing can.
    fn expect_value(&mut self, value: &'a Value<'a>, of_type: &'a Type<'a>, default: Option<&'a Option<Value<'a>>>) {
        let definition = self.schema.type_behind(Some(of_type));
        if let Some(note) = slot(&mut self.values, value.id) {
            note.expected = Some(of_type);
            note.definition = definition;
            match default {
                Some(default) => note.has_default = default.as_ref().is_some_and(|default| default.kind != Kind::Null),
                None => note.has_default |= value.expects_default,
            }
        }
    }

    fn walk_value(&mut self, value: &'a Value<'a>) -> Result<(), Failure> {
        self.charge(2 + value.children.len() as u64)?;
        match (value.kind, self.operation) {
            (Kind::Variable, Some(operation)) => {
                self.charge(operation.variables.len() as u64 / 8)?;
                let variable = operation.variables.iter().find(|variable| variable.name == value.raw);
                if let Some(variable) = variable {
                    self.used_variables.insert(&variable.name);
                }
                if let Some(note) = slot(&mut self.values, value.id) {
                    note.variable = variable;
                }
            }
            (Kind::Object, _) => {
                let of = self.value_note(value).definition;
                for child in &value.children {
                    self.charge(of.map_or(0, |of| of.fields.len() as u64 / 8))?;
                    let inner = needed(&child.value, "value of a field")?;
                    if let Some(field) = of.and_then(|of| of.field(&child.name)) {
                        let of_type = needed(&field.of_type, "type of a field")?;
                        self.expect_value(inner, of_type, Some(&field.default));
                    }
                    self.walk_value(inner)?;
                }
            }
            (Kind::List, _) => {
                let note = self.value_note(value);
                for child in &value.children {
                    let inner = needed(&child.value, "value of an item")?;
                    let item = note.expected.and_then(|expected| expected.item.as_deref());
                    if let (Some(item), Some(own)) = (item, slot(&mut self.values, inner.id)) {
                        own.expected = Some(item);
                        own.definition = note.definition;
                        own.has_default |= inner.expects_default;
                    }
                    self.walk_value(inner)?;
                }
            }
            _ => {}
        }
        self.on_value(value)
    }

    fn walk_selections(
        &mut self,
        parent: Option<&'a Definition<'a>>,
        selections: &'a [Selection<'a>],
    ) -> Result<(), Failure> {
        if selections.is_empty() {
            return Ok(());
        }
        self.enter()?;
        for selection in selections {
            self.charge(4)?;
            match selection {
                Selection::Field(field) => self.walk_field(parent, field)?,
                Selection::Inline(inline) => self.walk_inline(parent, inline)?,
                Selection::Spread(spread) => self.walk_spread(parent, spread)?,
            }
        }
        self.leave();
        Ok(())
    }

    fn walk_field(&mut self, parent: Option<&'a Definition<'a>>, field: &'a Field<'a>) -> Result<(), Failure> {
        self.charge(parent.map_or(0, |parent| parent.fields.len() as u64 / 8))?;
        let definition = if field.name == "__typename" {
            Some(self.typename)
        } else {
            parent.and_then(|parent| parent.field(&field.name)).map(AsRef::as_ref)
        };
        if let Some(note) = slot(&mut self.fields, field.id) {
            *note = FieldNote { definition, object: parent };
        }
        let next = self.schema.type_behind(definition.and_then(|definition| definition.of_type.as_ref()));
        let arguments = definition.map_or(&[][..], |definition| &definition.arguments);
        self.walk_arguments(&field.arguments, arguments)?;
        self.walk_directives(&field.directives, "FIELD")?;
        self.walk_selections(next, &field.selections)?;
        self.on_field(field)
    }

    fn walk_inline(&mut self, parent: Option<&'a Definition<'a>>, inline: &'a Inline<'a>) -> Result<(), Failure> {
        let next = if inline.on.is_empty() { parent } else { self.schema.type_of(&inline.on) };
        self.walk_directives(&inline.directives, "INLINE_FRAGMENT")?;
        self.walk_selections(next, &inline.selections)?;
        self.on_inline(inline, parent)
    }

    fn walk_spread(&mut self, parent: Option<&'a Definition<'a>>, spread: &'a Spread<'a>) -> Result<(), Failure> {
        let fragment = self.fragments.get(spread.name.as_ref()).copied();
        if let Some(note) = slot(&mut self.spreads, spread.id) {
            *note = fragment;
        }
        self.walk_directives(&spread.directives, "FRAGMENT_SPREAD")?;
        if let Some(fragment) = fragment
            && self.walked.insert(&fragment.name)
        {
            self.walk_selections(self.schema.type_of(&fragment.on), &fragment.selections)?;
        }
        self.on_spread(spread, parent)
    }
}
