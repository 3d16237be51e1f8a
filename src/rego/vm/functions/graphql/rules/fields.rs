//! Fields, arguments and directives: whether there are such, and whether they have what they need.

use super::super::super::Failure;
use super::super::tree::{Argument, Definition, Field, Selection};
use super::super::walk::{FieldNote, PlacedDirective, Walk, needed};
use super::suggestions::{alike, either, question};
use crate::sorted;

/// Fields of the schema's own types that lists inside one another are asked for by.
const LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];
/// How deep they may lie.
const LISTS_DEEP: u32 = 3;

impl<'a> Walk<'a, '_> {
    pub(super) fn fields_on_correct_type(&mut self, field: &Field<'a>, note: FieldNote<'a>) -> Result<(), Failure> {
        let (Some(object), None) = (note.object, note.definition) else { return Ok(()) };
        let mut message = format!("Cannot query field \"{}\" on type \"{}\".", field.name, object.name);
        let types = self.types_with_field(object, &field.name)?;
        if !types.is_empty() {
            message += &format!(" Did you mean to use an inline fragment on {}?", either(&types, "\""));
        } else if object.is_kind(&["OBJECT", "INTERFACE"]) {
            let names = object.fields.iter().map(|field| field.name.as_ref());
            let alike = alike(self.steps, &field.name, names)?;
            if !alike.is_empty() {
                message += &format!(" Did you mean {}?", either(&alike, "\""));
            }
        }
        self.tell(field.at, message)
    }

    /// The types that a value of an interface or a union may be of and that have a field, with their interfaces that have it, those
    /// first that most of them share.
    fn types_with_field(&mut self, parent: &Definition<'a>, name: &str) -> Result<Vec<&'a str>, Failure> {
        if !parent.is_kind(&["INTERFACE", "UNION"]) {
            return Ok(Vec::new());
        }
        let mut uses: sorted::Map<&'a str, usize> = sorted::Map::new();
        let (mut interfaces, mut objects) = (Vec::new(), Vec::new());
        for found in self.schema.possible_types(&parent.name).flatten() {
            self.charge(1 + found.fields.len() as u64 / 8)?;
            if found.field(name).is_none() {
                continue;
            }
            objects.push(found.name.as_ref());
            for interface in &found.interfaces {
                let Some(of) = self.schema.type_of(interface) else { continue };
                self.charge(1 + of.fields.len() as u64 / 8)?;
                if of.field(name).is_some() {
                    let count = uses.entry(&of.name).or_default();
                    if *count == 0 {
                        interfaces.push(of.name.as_ref());
                    }
                    *count += 1;
                }
            }
        }
        interfaces.extend(objects);
        interfaces.sort_by_key(|name| (std::cmp::Reverse(uses.get(name).copied().unwrap_or(0)), *name));
        Ok(interfaces)
    }

    pub(super) fn known_field_arguments(&mut self, field: &Field<'a>, note: FieldNote<'a>) -> Result<(), Failure> {
        let (Some(object), Some(definition)) = (note.object, note.definition) else { return Ok(()) };
        for argument in &field.arguments {
            if definition.arguments.iter().any(|known| known.name == argument.name) {
                continue;
            }
            let names = definition.arguments.iter().map(|known| known.name.as_ref());
            let question = question(self.steps, "Did you mean", "\"", &argument.name, names)?;
            let (of, name) = (&object.name, &field.name);
            self.tell(field.at, format!("Unknown argument \"{}\" on field \"{of}.{name}\".{question}", argument.name))?;
        }
        Ok(())
    }

    pub(super) fn known_directive_arguments(&mut self, placed: PlacedDirective<'a>) -> Result<(), Failure> {
        let Some(definition) = placed.definition else { return Ok(()) };
        for argument in placed.directive.arguments.iter() {
            if definition.arguments.iter().any(|known| known.name == argument.name) {
                continue;
            }
            let names = definition.arguments.iter().map(|known| known.name.as_ref());
            let question = question(self.steps, "Did you mean", "\"", &argument.name, names)?;
            let message = format!(
                "Unknown argument \"{}\" on directive \"@{}\".{question}",
                argument.name, placed.directive.name
            );
            self.tell(placed.directive.at, message)?;
        }
        Ok(())
    }

    pub(super) fn known_directive(&mut self, placed: PlacedDirective<'a>) -> Result<(), Failure> {
        let PlacedDirective { directive, definition, location } = placed;
        let name = &directive.name;
        let Some(definition) = definition else {
            return self.tell(directive.at, format!("Unknown directive \"@{name}\"."));
        };
        self.charge(definition.locations.len() as u64 / 4)?;
        let at = directive.at.unwrap_or_default();
        if definition.locations.iter().all(|known| known != location)
            && self.memory.misplaced.insert((name, at.line, at.column))
        {
            self.tell(directive.at, format!("Directive \"@{name}\" may not be used on {location}."))?;
        }
        Ok(())
    }

    pub(super) fn provided_field_arguments(&mut self, field: &Field<'a>, note: FieldNote<'a>) -> Result<(), Failure> {
        let Some(definition) = note.definition else { return Ok(()) };
        for wanted in &definition.arguments {
            let of_type = needed(&wanted.of_type, "type of an argument")?;
            let is_needed = of_type.is_required && wanted.default.is_none();
            if is_needed && field.arguments.iter().all(|argument| argument.name != wanted.name) {
                let argument = format!("argument \"{}\" of type \"{of_type}\"", wanted.name);
                let message = format!("Field \"{}\" {argument} is required, but it was not provided.", field.name);
                self.tell(field.at, message)?;
            }
        }
        Ok(())
    }

    pub(super) fn provided_directive_arguments(&mut self, placed: PlacedDirective<'a>) -> Result<(), Failure> {
        let Some(definition) = placed.definition else { return Ok(()) };
        for wanted in &definition.arguments {
            let of_type = needed(&wanted.of_type, "type of an argument")?;
            let is_needed = of_type.is_required && wanted.default.is_none();
            if is_needed && placed.directive.arguments.iter().all(|argument| argument.name != wanted.name) {
                let argument = format!("argument \"{}\" of type \"{of_type}\"", wanted.name);
                let message =
                    format!("Directive \"@{}\" {argument} is required, but it was not provided.", definition.name);
                self.tell(placed.directive.at, message)?;
            }
        }
        Ok(())
    }

    pub(super) fn unique_arguments(&mut self, arguments: &'a [Argument<'a>]) -> Result<(), Failure> {
        let mut seen: sorted::Map<&str, u32> = sorted::Map::new();
        for argument in arguments {
            let count = seen.entry(&argument.name).or_default();
            *count += 1;
            if *count == 2 {
                self.tell(argument.at, format!("There can be only one argument named \"{}\".", argument.name))?;
            }
        }
        Ok(())
    }

    pub(super) fn scalar_leafs(&mut self, field: &Field<'a>, note: FieldNote<'a>) -> Result<(), Failure> {
        let Some(of_type) = note.definition.and_then(|definition| definition.of_type.as_ref()) else { return Ok(()) };
        let Some(found) = self.schema.type_of(of_type.inner()) else { return Ok(()) };
        let name = &field.name;
        match (found.is_leaf(), field.selections.is_empty()) {
            (true, false) => {
                let why = format!("since type \"{}\" has no subfields.", found.name);
                self.tell(field.at, format!("Field \"{name}\" must not have a selection {why}"))
            }
            (false, true) => {
                let what = format!("Field \"{name}\" of type \"{of_type}\" must have a selection of subfields.");
                self.tell(field.at, format!("{what} Did you mean \"{name} {{ ... }}\"?"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn introspection_depth(&mut self, field: &'a Field<'a>) -> Result<(), Failure> {
        if !matches!(field.name.as_ref(), "__schema" | "__type") {
            return Ok(());
        }
        if self.is_field_too_deep(field, &mut sorted::Set::new(), 0)? {
            self.tell(field.at, "Maximum introspection depth exceeded")?;
        }
        Ok(())
    }

    fn is_field_too_deep(
        &mut self,
        field: &'a Field<'a>,
        inside: &mut sorted::Set<&'a str>,
        lists: u32,
    ) -> Result<bool, Failure> {
        let lists = lists + u32::from(LISTS.contains(&field.name.as_ref()));
        if lists >= LISTS_DEEP {
            return Ok(true);
        }
        self.is_selection_too_deep(&field.selections, inside, lists)
    }

    /// `inside`: the fragments that are looked through.
    fn is_selection_too_deep(
        &mut self,
        selections: &'a [Selection<'a>],
        inside: &mut sorted::Set<&'a str>,
        lists: u32,
    ) -> Result<bool, Failure> {
        self.enter()?;
        for selection in selections {
            self.charge(1)?;
            let is_too_deep = match selection {
                Selection::Field(field) => self.is_field_too_deep(field, inside, lists)?,
                Selection::Inline(inline) => self.is_selection_too_deep(&inline.selections, inside, lists)?,
                Selection::Spread(spread) => match self.fragment_of(spread) {
                    Some(fragment) if inside.insert(&spread.name) => {
                        let found = self.is_selection_too_deep(&fragment.selections, inside, lists)?;
                        inside.remove(spread.name.as_ref());
                        found
                    }
                    _ => false,
                },
            };
            if is_too_deep {
                self.leave();
                return Ok(true);
            }
        }
        self.leave();
        Ok(false)
    }
}
