//! Operations and their variables.

use super::super::super::Failure;
use super::super::tree::{Operation, Place, Selection};
use super::super::walk::{Walk, needed};
use crate::rego::value::quotes::quoted;
use crate::sorted;

impl<'a> Walk<'a, '_> {
    pub(super) fn known_root(&mut self, operation: &Operation<'a>) -> Result<(), Failure> {
        let kind = &operation.operation;
        if self.schema.root(kind).is_none() {
            self.tell(operation.at, format!("Schema does not support operation type \"{kind}\""))?;
        }
        Ok(())
    }

    pub(super) fn lone_anonymous(&mut self, operation: &Operation<'a>) -> Result<(), Failure> {
        if operation.name.is_empty() && self.document.operations.len() > 1 {
            self.tell(operation.at, "This anonymous operation must be the only defined operation.")?;
        }
        Ok(())
    }

    pub(super) fn no_unused_variables(&mut self, operation: &'a Operation<'a>) -> Result<(), Failure> {
        let mut seen = sorted::Set::new();
        for variable in &operation.variables {
            // What is met is the first of a name.
            let is_first = seen.insert(variable.name.as_ref());
            if variable.is_used || is_first && self.used_variables.contains(variable.name.as_ref()) {
                continue;
            }
            let within =
                if operation.name.is_empty() { String::new() } else { format!(" in operation \"{}\"", operation.name) };
            self.tell(variable.at, format!("Variable \"${}\" is never used{within}.", variable.name))?;
        }
        Ok(())
    }

    pub(super) fn unique_operation_names(&mut self, operation: &'a Operation<'a>) -> Result<(), Failure> {
        if !self.memory.operation_names.insert(&operation.name) {
            self.tell(operation.at, format!("There can be only one operation named \"{}\".", operation.name))?;
        }
        Ok(())
    }

    pub(super) fn unique_variable_names(&mut self, operation: &Operation<'a>) -> Result<(), Failure> {
        let mut seen: sorted::Map<&str, u32> = sorted::Map::new();
        for variable in &operation.variables {
            let count = seen.entry(&variable.name).or_default();
            *count += 1;
            if *count == 2 {
                self.tell(variable.at, format!("There can be only one variable named \"${}\".", variable.name))?;
            }
        }
        Ok(())
    }

    pub(super) fn variables_are_inputs(&mut self, operation: &Operation<'a>) -> Result<(), Failure> {
        for variable in &operation.variables {
            let of_type = needed(&variable.of_type, "type of a variable")?;
            if self.schema.type_of(of_type.inner()).is_some_and(|found| !found.is_input()) {
                let message = format!("Variable \"${}\" cannot be non-input type \"{of_type}\".", variable.name);
                self.tell(variable.at, message)?;
            }
        }
        Ok(())
    }

    pub(super) fn single_field_subscription(&mut self, operation: &'a Operation<'a>) -> Result<(), Failure> {
        if operation.operation != "subscription" || self.schema.root("subscription").is_none() {
            return Ok(());
        }
        let mut fields = Vec::new();
        self.top_fields(&operation.selections, &mut fields, &mut sorted::Set::new())?;
        let mut seen = sorted::Set::new();
        fields.retain(|(name, _)| seen.insert(*name));
        let name = match operation.name.as_ref() {
            "" => "Anonymous Subscription".to_owned(),
            name => format!("Subscription {}", quoted(name, false)),
        };
        if let [_, (_, at), ..] = fields.as_slice() {
            self.tell(*at, format!("{name} must select only one top level field."))?;
        }
        for (field, at) in fields {
            if field.starts_with("__") {
                self.tell(at, format!("{name} must not select an introspection top level field."))?;
            }
        }
        Ok(())
    }

    fn top_fields(
        &mut self,
        selections: &'a [Selection<'a>],
        fields: &mut Vec<(&'a str, Option<Place>)>,
        inside: &mut sorted::Set<&'a str>,
    ) -> Result<(), Failure> {
        self.enter()?;
        for selection in selections {
            self.charge(1)?;
            match selection {
                Selection::Field(field) => fields.push((&field.name, field.at)),
                Selection::Inline(inline) => self.top_fields(&inline.selections, fields, inside)?,
                Selection::Spread(spread) => match self.fragment_of(spread) {
                    // OPA looks no further in this selection set.
                    None => break,
                    Some(fragment) if inside.insert(&fragment.name) => {
                        self.top_fields(&fragment.selections, fields, inside)?;
                    }
                    Some(_) => {}
                },
            }
        }
        self.leave();
        Ok(())
    }
}
