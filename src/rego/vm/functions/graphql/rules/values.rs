//! Values: that they are of the types that are expected.

use super::super::super::Failure;
use super::super::schema_rules::is_compatible;
use super::super::tree::{Definition, Kind, Type, Value};
use super::super::walk::{ValueNote, Walk, needed};
use super::literals::{Integer, shown};
use super::suggestions::question;
use crate::sorted;

/// The scalars whose values are checked: of others nobody knows what they take.
const SCALARS: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// A value with what it is to be.
#[derive(Clone, Copy)]
struct Expected<'a> {
    value: &'a Value<'a>,
    of_type: &'a Type<'a>,
    definition: &'a Definition<'a>,
}

impl Expected<'_> {
    fn is_one_of(&self, names: &[&str]) -> bool {
        self.definition.is_one_of(names)
    }

    /// It is of another type.
    fn mismatch(&self) -> String {
        let shown = shown(self.value);
        let of_type = self.of_type.to_string();
        match of_type.as_str() {
            "Int" | "Int!" => {
                let is_small = |number| i32::try_from(number).is_ok();
                match Integer::of(&self.value.raw) {
                    Integer::OutOfRange => format!("Int cannot represent non 32-bit signed integer value: {shown}"),
                    Integer::Read(number) if !is_small(number) => {
                        format!("Int cannot represent non 32-bit signed integer value: {shown}")
                    }
                    _ => format!("Int cannot represent non-integer value: {shown}"),
                }
            }
            "String" | "String!" | "[String]" => format!("String cannot represent a non string value: {shown}"),
            "Boolean" | "Boolean!" => format!("Boolean cannot represent a non boolean value: {shown}"),
            "Float" | "Float!" => format!("Float cannot represent non numeric value: {shown}"),
            "ID" | "ID!" => format!("ID cannot represent a non-string and non-integer value: {shown}"),
            _ if self.definition.kind == "ENUM" => {
                format!("Enum \"{of_type}\" cannot represent non-enum value: {shown}.")
            }
            _ => format!("Expected value of type \"{of_type}\", found {shown}."),
        }
    }
}

impl<'a> Walk<'a, '_> {
    pub(super) fn no_undefined_variable(&mut self, value: &Value<'a>, note: ValueNote<'a>) -> Result<(), Failure> {
        let Some(operation) = self.operation else { return Ok(()) };
        if value.kind != Kind::Variable || note.variable.is_some() {
            return Ok(());
        }
        let by = match operation.name.as_ref() {
            "" => String::new(),
            name => format!(" by operation \"{name}\""),
        };
        self.tell(value.at, format!("Variable \"${}\" is not defined{by}.", value.raw))
    }

    pub(super) fn unique_input_fields(&mut self, value: &'a Value<'a>) -> Result<(), Failure> {
        if value.kind != Kind::Object {
            return Ok(());
        }
        let mut seen = sorted::Set::new();
        for child in &value.children {
            if !seen.insert(child.name.as_ref()) {
                self.tell(child.at, format!("There can be only one input field named \"{}\".", child.name))?;
            }
        }
        Ok(())
    }

    pub(super) fn variable_in_allowed_position(
        &mut self,
        value: &Value<'a>,
        note: ValueNote<'a>,
    ) -> Result<(), Failure> {
        let (Some(expected), Some(variable), Some(_)) = (note.expected, note.variable, self.operation) else {
            return Ok(());
        };
        if value.kind != Kind::Variable {
            return Ok(());
        }
        let of_type = needed(&variable.of_type, "type of a variable")?;
        // Null never comes where something else takes its place.
        let has_default =
            note.has_default || variable.default.as_ref().is_some_and(|default| default.kind != Kind::Null);
        let wanted = Type { is_required: expected.is_required && !has_default, ..expected.clone() };
        if !is_compatible(of_type, &wanted) {
            let types = format!("of type \"{of_type}\" used in position expecting type \"{expected}\".");
            self.tell(value.at, format!("Variable \"${}\" {types}", value.raw))?;
        }
        Ok(())
    }

    pub(super) fn value_of_correct_type(&mut self, value: &'a Value<'a>, note: ValueNote<'a>) -> Result<(), Failure> {
        let (Some(definition), Some(of_type)) = (note.definition, note.expected) else { return Ok(()) };
        let expected = Expected { value, of_type, definition };
        if value.kind == Kind::Null && of_type.is_required {
            self.tell(value.at, format!("Expected value of type \"{of_type}\", found {}.", shown(value)))?;
        }
        if definition.kind == "SCALAR" && !expected.is_one_of(&SCALARS) {
            return Ok(());
        }
        self.charge(definition.values.len() as u64 / 4)?;
        if !self.can_be_read(value, 0)? {
            self.tell(value.at, expected.mismatch())?;
        }
        let fits = match value.kind {
            Kind::Null | Kind::Variable => true,
            Kind::List => of_type.item.is_some(),
            Kind::Integer => expected.is_one_of(&["Int", "Float", "ID"]),
            Kind::Float => expected.is_one_of(&["Float"]),
            Kind::Boolean => expected.is_one_of(&["Boolean"]),
            Kind::String | Kind::Block if definition.kind == "ENUM" => {
                let what = format!("Enum \"{of_type}\" cannot represent non-enum value: {}.", shown(value));
                return self.tell_with_values(expected, &what, "\"");
            }
            Kind::String | Kind::Block => expected.is_one_of(&["String", "ID"]),
            Kind::Enum if definition.kind != "ENUM" => {
                return self.tell_with_values(expected, &expected.mismatch(), "");
            }
            Kind::Enum => {
                if definition.values.iter().any(|known| known.name == value.raw) {
                    return Ok(());
                }
                let what = format!("Value \"{}\" does not exist in \"{of_type}\" enum.", shown(value));
                return self.tell_with_values(expected, &what, "\"");
            }
            Kind::Object => return self.object_of_correct_type(expected),
        };
        if fits { Ok(()) } else { self.tell(value.at, expected.mismatch()) }
    }

    /// Says what is wrong, and which values of an enumeration may have been meant.
    fn tell_with_values(&mut self, expected: Expected<'a>, what: &str, mark: &str) -> Result<(), Failure> {
        let values = expected.definition.values.iter().map(|known| known.name.as_ref());
        let question = question(self.steps, "Did you mean the enum value", mark, &expected.value.raw, values)?;
        self.tell(expected.value.at, format!("{what}{question}"))
    }

    fn object_of_correct_type(&mut self, expected: Expected<'a>) -> Result<(), Failure> {
        let Expected { value, definition, .. } = expected;
        let pairs = (definition.fields.len() as u64).saturating_mul(value.children.len() as u64);
        self.charge(1 + definition.fields.len() as u64 + pairs / 8)?;
        for field in &definition.fields {
            let of_type = needed(&field.of_type, "type of a field")?;
            let is_needed = of_type.is_required && field.default.is_none();
            if is_needed && value.children.iter().all(|child| child.name != field.name) {
                let what = format!("Field \"{}.{}\" of required type \"{of_type}\"", definition.name, field.name);
                self.tell(value.at, format!("{what} was not provided."))?;
            }
        }
        for _ in definition.directives.iter().filter(|directive| directive.name == "oneOf") {
            self.one_of(expected)?;
        }
        for child in value.children.iter().filter(|child| definition.field(&child.name).is_none()) {
            let names = definition.fields.iter().map(|field| field.name.as_ref());
            let question = question(self.steps, "Did you mean", "\"", &child.name, names)?;
            let what = format!("Field \"{}\" is not defined by type \"{}\".", child.name, definition.name);
            self.tell(child.at, format!("{what}{question}"))?;
        }
        Ok(())
    }

    /// Exactly one field is given, and it is not null.
    fn one_of(&mut self, expected: Expected<'a>) -> Result<(), Failure> {
        let Expected { value, definition, .. } = expected;
        let [only] = value.children.as_slice() else {
            let what = format!("OneOf Input Object \"{}\" must specify exactly one key.", definition.name);
            return self.tell(value.at, what);
        };
        let inner = needed(&only.value, "value of a field")?;
        match inner.kind {
            Kind::Null => {
                let first = definition.fields.first().map_or("", |field| &field.name);
                self.tell(inner.at, format!("Field \"{}.{first}\" must be non-null.", definition.name))
            }
            Kind::Variable => {
                // One that nobody defines is told of already.
                let Some(variable) = self.value_note(inner).variable else { return Ok(()) };
                if needed(&variable.of_type, "type of a variable")?.is_required {
                    return Ok(());
                }
                let what = format!("Variable \"{}\" must be non-nullable to be used", variable.name);
                self.tell(inner.at, format!("{what} for OneOf Input Object \"{}\".", definition.name))
            }
            _ => Ok(()),
        }
    }
}
