//! What must hold of a schema. The first rule that is broken is told.

use super::super::{Context, Failure};
use super::report::Report;
use super::schema::Schema;
use super::tree::{
    ArgumentDefinition, Definition, Directive, DirectiveDefinition, FieldDefinition, Kind, Place, SchemaDefinition,
    SchemaDocument, Type,
};
use crate::rego::value::quotes::quoted;

/// Makes a schema of a document.
///
/// # Errors
/// The document is no schema, or a limit was reached.
pub fn schema<'s>(context: &mut Context<'_>, document: SchemaDocument<'s>) -> Result<Schema<'s>, Failure> {
    let has_schema = !document.schemas.is_empty();
    let (mut schema, entries) = Schema::of(context, document)?;
    for entry in &entries {
        find_roots(&mut schema, entry)?;
        Rules { schema: &schema, context }.directives(&entry.directives, "SCHEMA", None)?;
    }
    let mut rules = Rules { schema: &schema, context };
    schema.types().try_for_each(|definition| rules.definition(definition))?;
    schema.directives().try_for_each(|directive| rules.directive_definition(directive))?;
    if !has_schema {
        for (operation, name) in [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")] {
            if schema.root(operation).is_none() {
                schema.set_root(operation, name);
            }
        }
    }
    schema.add_introspection();
    Ok(schema)
}

fn find_roots(schema: &mut Schema<'_>, entry: &SchemaDefinition<'_>) -> Result<(), Failure> {
    for root in &entry.operations {
        if !schema.set_root(&root.operation, &root.name) {
            let message = format!("Schema root {} refers to a type {} that does not exist.", root.operation, root.name);
            return wrong(root.at, message);
        }
    }
    Ok(())
}

fn wrong(at: Option<Place>, message: impl AsRef<str>) -> Result<(), Failure> {
    Err(Report::of_schema(at, message.as_ref()))
}

/// The type of something that has to have one. A document that came as an object may lack it.
fn needed<'a, 's>(of_type: Option<&'a Type<'s>>) -> Result<&'a Type<'s>, Failure> {
    of_type.ok_or_else(|| Failure::of_builtin("a GraphQL document lacks the type of something that has one"))
}

/// Names that begin with two underscores are for what asks about schemas.
fn name(at: Option<Place>, name: &str) -> Result<(), Failure> {
    if name.starts_with("__") {
        let why = "which is reserved by GraphQL introspection.";
        return wrong(at, format!("Name \"{name}\" must not begin with \"__\", {why}"));
    }
    Ok(())
}

struct Rules<'a, 'c, 's> {
    schema: &'a Schema<'s>,
    context: &'a mut Context<'c>,
}

impl<'s> Rules<'_, '_, 's> {
    fn definition(&mut self, definition: &Definition<'s>) -> Result<(), Failure> {
        let of = (&definition.kind, &definition.name);
        let is_input = definition.kind == "INPUT_OBJECT";
        for field in &definition.fields {
            name(field.at, &field.name)?;
            self.known(needed(field.of_type.as_ref())?)?;
            self.arguments(&field.arguments, None)?;
            let location = if is_input { "INPUT_FIELD_DEFINITION" } else { "FIELD_DEFINITION" };
            self.directives(&field.directives, location, None)?;
        }
        self.context.charge((definition.types.len() + definition.values.len()) as u64)?;
        for member in &definition.types {
            match self.schema.type_of(member) {
                None => return wrong(definition.at, format!("Undefined type {}.", quoted(member, false))),
                Some(found) if found.kind != "OBJECT" => {
                    let message = format!("{} type {} must be OBJECT.", definition.kind, quoted(member, false));
                    return wrong(definition.at, message);
                }
                Some(_) => {}
            }
        }
        for interface in &definition.interfaces {
            self.implements(definition, interface)?;
        }
        match of.0.as_ref() {
            "OBJECT" | "INTERFACE" => self.output_fields(definition)?,
            "ENUM" => self.values(definition)?,
            "INPUT_OBJECT" => self.input_fields(definition)?,
            _ => {}
        }
        // Each is compared with all behind it.
        let count = definition.fields.len() as u64;
        self.context.charge(count.saturating_mul(count) / 32)?;
        for (at, first) in definition.fields.iter().enumerate() {
            let again = definition.fields.iter().skip(at + 1).find(|field| field.name == first.name);
            if let Some(again) = again {
                return wrong(again.at, format!("Field {}.{} can only be defined once.", of.1, again.name));
            }
        }
        if !definition.is_builtin {
            name(definition.at, &definition.name)?;
        }
        self.directives(&definition.directives, &definition.kind, None)
    }

    fn output_fields(&self, definition: &Definition<'s>) -> Result<(), Failure> {
        let Definition { kind, name, .. } = definition;
        if definition.fields.is_empty() {
            return wrong(definition.at, format!("{kind} {name}: must define one or more fields."));
        }
        let wanted = ["SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM"];
        for field in &definition.fields {
            if self.schema.type_behind(field.of_type.as_ref()).is_some_and(|found| !found.is_kind(&wanted)) {
                let message = format!("{kind} {name}: field must be one of {}.", wanted.join(", "));
                return wrong(field.at, message);
            }
        }
        Ok(())
    }

    fn input_fields(&self, definition: &Definition<'s>) -> Result<(), Failure> {
        let Definition { kind, name, .. } = definition;
        if definition.fields.is_empty() {
            return wrong(definition.at, format!("{kind} {name}: must define one or more input fields."));
        }
        let wanted = ["SCALAR", "ENUM", "INPUT_OBJECT"];
        for field in &definition.fields {
            let found = self.schema.type_behind(field.of_type.as_ref());
            if let Some(found) = found.filter(|found| !found.is_kind(&wanted)) {
                let wanted = wanted.join(", ");
                return wrong(field.at, format!("{} {}: field must be one of {wanted}.", found.kind, field.name));
            }
        }
        Ok(())
    }

    fn values(&mut self, definition: &Definition<'s>) -> Result<(), Failure> {
        let Definition { kind, name, .. } = definition;
        if definition.values.is_empty() {
            return wrong(definition.at, format!("{kind} {name}: must define one or more unique enum values."));
        }
        for value in &definition.values {
            if matches!(value.name.as_ref(), "true" | "false" | "null") {
                return wrong(definition.at, format!("{kind} {name}: non-enum value {}.", value.name));
            }
            self.directives(&value.directives, "ENUM_VALUE", None)?;
        }
        Ok(())
    }

    fn known(&mut self, of_type: &Type<'s>) -> Result<(), Failure> {
        self.context.charge(1)?;
        match self.schema.type_of(of_type.inner()) {
            Some(_) => Ok(()),
            None => wrong(of_type.at, format!("Undefined type {}.", of_type.inner())),
        }
    }

    fn directive_definition(&mut self, directive: &DirectiveDefinition<'s>) -> Result<(), Failure> {
        name(directive.at, &directive.name)?;
        self.arguments(&directive.arguments, Some(&directive.name))
    }

    /// `of`: the directive whose arguments they are.
    fn arguments(&mut self, arguments: &[ArgumentDefinition<'s>], of: Option<&str>) -> Result<(), Failure> {
        for argument in arguments {
            name(argument.at, &argument.name)?;
            let of_type = needed(argument.of_type.as_ref())?;
            self.known(of_type)?;
            let found = self.schema.type_of(of_type.inner());
            if let Some(found) = found.filter(|found| !found.is_input()) {
                let message = format!(
                    "cannot use {of_type} as argument {} because {} is not a valid input type",
                    argument.name, found.kind
                );
                return wrong(argument.at, message);
            }
            self.directives(&argument.directives, "ARGUMENT_DEFINITION", of)?;
        }
        Ok(())
    }

    fn directives(&mut self, directives: &[Directive<'s>], location: &str, of: Option<&str>) -> Result<(), Failure> {
        for directive in directives {
            name(directive.at, &directive.name)?;
            if let Some(of) = of.filter(|of| *of == directive.name) {
                return wrong(directive.at, format!("Directive {of} cannot refer to itself."));
            }
            let Some(definition) = self.schema.directive(&directive.name) else {
                return wrong(directive.at, format!("Undefined directive {}.", directive.name));
            };
            // Arguments are looked for in one another.
            let (given, wanted) = (directive.arguments.len() as u64, definition.arguments.len() as u64);
            let pairs = given.saturating_mul(wanted) / 8;
            self.context.charge(1 + given + wanted + pairs + definition.locations.len() as u64)?;
            if !definition.locations.iter().any(|found| found == location) {
                let message = format!("Directive {} is not applicable on {location}.", directive.name);
                return wrong(directive.at, message);
            }
            for argument in directive.arguments.iter() {
                if !definition.arguments.iter().any(|known| known.name == argument.name) {
                    let message = format!("Undefined argument {} for directive {}.", argument.name, directive.name);
                    return wrong(argument.at, message);
                }
            }
            for argument in &definition.arguments {
                if !needed(argument.of_type.as_ref())?.is_required || argument.default.is_some() {
                    continue;
                }
                let given = directive.arguments.iter().find(|given| given.name == argument.name);
                if given.and_then(|given| given.value.as_ref()).is_none_or(|value| value.kind == Kind::Null) {
                    let message =
                        format!("Argument {} for directive {} cannot be null.", argument.name, directive.name);
                    return wrong(directive.at, message);
                }
            }
        }
        Ok(())
    }

    fn implements(&mut self, definition: &Definition<'s>, interface: &str) -> Result<(), Failure> {
        let Some(wanted) = self.schema.type_of(interface) else {
            return wrong(definition.at, format!("Undefined type {}.", quoted(interface, false)));
        };
        if wanted.kind != "INTERFACE" {
            let message = format!("{} is a non interface type {}.", quoted(interface, false), wanted.kind);
            return wrong(definition.at, message);
        }
        let looks = (wanted.fields.len() as u64).saturating_mul(definition.fields.len() as u64);
        let ancestors = (wanted.interfaces.len() as u64).saturating_mul(definition.interfaces.len() as u64);
        self.context.charge(1 + looks.saturating_add(ancestors) / 8)?;
        for field in &wanted.fields {
            let Some(found) = definition.field(&field.name) else {
                let (of, by) = (&definition.name, &wanted.name);
                let message = format!("For {of} to implement {by} it must have a field called {}.", field.name);
                return wrong(definition.at, message);
            };
            self.implements_field((&definition.name, &wanted.name), field, found)?;
        }
        for ancestor in &wanted.interfaces {
            if definition.interfaces.contains(ancestor) {
                continue;
            }
            let of = &definition.name;
            let message = if ancestor == of {
                format!("Type {of} cannot implement {interface} because it would create a circular reference.")
            } else {
                format!("Type {of} must implement {ancestor} because it is implemented by {interface}.")
            };
            return wrong(definition.at, message);
        }
        Ok(())
    }

    fn implements_field(
        &mut self,
        (of, by): (&str, &str),
        wanted: &FieldDefinition<'s>,
        found: &FieldDefinition<'s>,
    ) -> Result<(), Failure> {
        let field = &wanted.name;
        let intro = format!("For {of} to implement {by}");
        let types = (needed(wanted.of_type.as_ref())?, needed(found.of_type.as_ref())?);
        if !self.is_covariant(types.0, types.1)? {
            return wrong(found.at, format!("{intro} the field {field} must have type {}.", types.0));
        }
        let pairs = (wanted.arguments.len() as u64).saturating_mul(found.arguments.len() as u64);
        self.context.charge(pairs / 4)?;
        for argument in &wanted.arguments {
            let same = found.arguments.iter().find(|found| found.name == argument.name);
            let must = format!("{intro} the field {field} must have the same arguments but");
            let Some(same) = same else {
                return wrong(found.at, format!("{must} it is missing {}.", argument.name));
            };
            let types = (needed(argument.of_type.as_ref())?, needed(same.of_type.as_ref())?);
            if !is_compatible(types.0, types.1) {
                return wrong(same.at, format!("{must} {} has the wrong type.", argument.name));
            }
        }
        for argument in &found.arguments {
            let is_known = wanted.arguments.iter().any(|known| known.name == argument.name);
            if !is_known && needed(argument.of_type.as_ref())?.is_required && argument.default.is_none() {
                let name = &argument.name;
                let message = format!(
                    "{intro} any additional arguments on {} must be optional or have a default value but {name} is required.",
                    found.name
                );
                return wrong(argument.at, message);
            }
        }
        Ok(())
    }

    fn is_covariant(&mut self, wanted: &Type<'s>, found: &Type<'s>) -> Result<bool, Failure> {
        let (mut wanted, mut found) = (wanted, found);
        loop {
            if wanted.is_required && !found.is_required {
                return Ok(false);
            }
            if !wanted.name.is_empty() {
                let possible = self.schema.possible_types(&wanted.name);
                self.context.charge(1 + possible.len() as u64 / 4)?;
                let mut possible = possible.flatten();
                return Ok(wanted.name == found.name || possible.any(|one| one.name == found.name));
            }
            let (Some(inner_wanted), Some(inner_found)) = (&wanted.item, &found.item) else { return Ok(false) };
            (wanted, found) = (inner_wanted, inner_found);
        }
    }
}

/// Whether a value of one type may stand where another is expected.
pub fn is_compatible(of_type: &Type<'_>, expected: &Type<'_>) -> bool {
    let (mut of_type, mut expected) = (of_type, expected);
    loop {
        if of_type.name != expected.name {
            return false;
        }
        match (&of_type.item, &expected.item) {
            (Some(_), None) => return false,
            // The required mark of the outer type counts only where those inside fit.
            (Some(inner), Some(inner_expected)) => {
                if expected.is_required && !of_type.is_required {
                    return false;
                }
                (of_type, expected) = (inner, inner_expected);
            }
            (None, _) => return of_type.is_required || !expected.is_required,
        }
    }
}
