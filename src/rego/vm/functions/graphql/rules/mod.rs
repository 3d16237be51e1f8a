//! The rules that a query is held to. For each kind of part, those that look at it are asked in the order of the names that OPA has
//! for them.

mod fields;
mod fragments;
mod literals;
mod operations;
mod overlapping;
mod suggestions;
mod values;

use super::super::Failure;
use super::tree::{Definition, Directive, Field, Fragment, Inline, Operation, Spread, Type, Value, Variable};
use super::walk::{PlacedDirective, Walk};
use crate::sorted;
use overlapping::Compared;

/// What rules remember of the parts that they have seen.
#[derive(Debug, Default)]
pub struct Memory<'a> {
    /// Directives that were told to be in a wrong place, with line and column.
    misplaced: sorted::Set<(&'a str, u32, i64)>,
    /// Fragments from which circles were looked for.
    searched: sorted::Set<&'a str>,
    /// Fragments that operations spread.
    spread: sorted::Set<&'a str>,
    /// Whether operations are done.
    is_in_fragments: bool,
    fragment_names: sorted::Set<&'a str>,
    operation_names: sorted::Set<&'a str>,
    compared: Compared<'a>,
}

impl<'a> Walk<'a, '_> {
    pub(super) fn on_variable(&mut self, variable: &'a Variable<'a>, of_type: &Type<'a>) -> Result<(), Failure> {
        let name = of_type.inner();
        if self.schema.type_of(name).is_none() {
            self.tell(variable.at, format!("Unknown type \"{name}\"."))?;
        }
        Ok(())
    }

    pub(super) fn on_operation(&mut self, operation: &'a Operation<'a>) -> Result<(), Failure> {
        self.known_root(operation)?;
        self.lone_anonymous(operation)?;
        self.no_unused_variables(operation)?;
        self.overlapping(&operation.selections)?;
        self.single_field_subscription(operation)?;
        self.unique_operation_names(operation)?;
        self.unique_variable_names(operation)?;
        self.variables_are_inputs(operation)
    }

    pub(super) fn on_field(&mut self, field: &'a Field<'a>) -> Result<(), Failure> {
        let note = self.field_note(field);
        self.fields_on_correct_type(field, note)?;
        self.known_field_arguments(field, note)?;
        self.introspection_depth(field)?;
        if self.operation.is_some() {
            self.overlapping(&field.selections)?;
        }
        self.provided_field_arguments(field, note)?;
        self.scalar_leafs(field, note)?;
        self.unique_arguments(&field.arguments)
    }

    pub(super) fn on_fragment(
        &mut self,
        fragment: &'a Fragment<'a>,
        definition: Option<&'a Definition<'a>>,
    ) -> Result<(), Failure> {
        self.fragment_on_composite_type(fragment, definition)?;
        self.fragment_on_known_type(fragment, definition)?;
        self.no_fragment_circles(fragment)?;
        self.no_unused_fragment(fragment)?;
        self.overlapping(&fragment.selections)?;
        self.unique_fragment_names(fragment)
    }

    pub(super) fn on_inline(
        &mut self,
        inline: &'a Inline<'a>,
        parent: Option<&'a Definition<'a>>,
    ) -> Result<(), Failure> {
        self.inline_on_composite_type(inline)?;
        self.inline_on_known_type(inline)?;
        self.overlapping(&inline.selections)?;
        self.possible_inline(inline, parent)
    }

    pub(super) fn on_spread(
        &mut self,
        spread: &'a Spread<'a>,
        parent: Option<&'a Definition<'a>>,
    ) -> Result<(), Failure> {
        let fragment = self.fragment_of(spread);
        if fragment.is_none() {
            self.tell(spread.at, format!("Unknown fragment \"{}\".", spread.name))?;
        }
        if !self.memory.is_in_fragments {
            self.memory.spread.insert(&spread.name);
        }
        match fragment {
            Some(fragment) => self.possible_spread(spread, fragment, parent),
            None => Ok(()),
        }
    }

    pub(super) fn on_directive(&mut self, placed: PlacedDirective<'a>) -> Result<(), Failure> {
        self.known_directive_arguments(placed)?;
        self.known_directive(placed)?;
        self.provided_directive_arguments(placed)?;
        self.unique_arguments(&placed.directive.arguments)
    }

    pub(super) fn on_directive_list(&mut self, directives: &'a [Directive<'a>]) -> Result<(), Failure> {
        let mut seen = sorted::Set::new();
        for directive in directives {
            let is_again = !seen.insert(directive.name.as_ref());
            if is_again && directive.name != "repeatable" {
                let name = &directive.name;
                let message = format!("The directive \"@{name}\" can only be used once at this location.");
                self.tell(directive.at, message)?;
            }
        }
        Ok(())
    }

    pub(super) fn on_value(&mut self, value: &'a Value<'a>) -> Result<(), Failure> {
        let note = self.value_note(value);
        self.no_undefined_variable(value, note)?;
        self.unique_input_fields(value)?;
        self.value_of_correct_type(value, note)?;
        self.variable_in_allowed_position(value, note)
    }
}
