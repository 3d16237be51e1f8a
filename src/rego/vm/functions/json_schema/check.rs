//! A document, held to a schema. What is wrong is told in the order in which OPA looks; of what it looks at in no order, in the order
//! of keys.

mod collections;
mod scalars;

use super::super::{Context, Failure};
use super::numbers::is_integer;
use super::report::{Finding, Path, Report};
use super::schema::{Dependency, Schema, SchemaId, Schemas};
use crate::limits;
use crate::rego::value::{Kind, Value};
use crate::rego::vm::machine::Stop;

/// Units that a finding takes beside its texts.
const UNITS_OF_FINDING: u64 = 128;

/// All that is wrong with a document.
///
/// # Errors
/// A limit was reached.
pub fn check(context: &mut Context<'_>, schemas: &Schemas, document: Value) -> Result<Vec<Finding>, Failure> {
    let mut report = Report::default();
    Check { context, schemas, levels: 0, told: 0 }.apply(0, document, &mut report, &Path::ROOT)?;
    Ok(report.findings)
}

struct Check<'a, 'c> {
    context: &'a mut Context<'c>,
    schemas: &'a Schemas,
    levels: u64,
    /// Units of all findings, also of those that are not told in the end.
    told: u64,
}

impl<'a> Check<'a, '_> {
    fn tell(
        &mut self,
        report: &mut Report,
        path: &Path<'_>,
        kind: &'static str,
        description: String,
    ) -> Result<(), Failure> {
        self.context.charge(4 + description.len() as u64 / 16)?;
        let field = path.field(self.context)?;
        self.told += UNITS_OF_FINDING + (field.len() + description.len()) as u64;
        self.context.room(self.told)?;
        report.findings.push(Finding { kind, field, description });
        report.score -= 2;
        Ok(())
    }

    /// A report of its own.
    fn apart(&mut self, id: SchemaId, node: Value, path: &Path<'_>) -> Result<Report, Failure> {
        let mut report = Report::default();
        self.apply(id, node, &mut report, path)?;
        Ok(report)
    }

    fn apply(&mut self, id: SchemaId, node: Value, report: &mut Report, path: &Path<'_>) -> Result<(), Failure> {
        let mut id = id;
        let schema = loop {
            // Also for references that lead back to themselves.
            self.context.charge(8)?;
            let Some(schema) = self.schemas.get(id) else { return Ok(()) };
            match schema.reference {
                Some(reference) => id = reference,
                None => break schema,
            }
        };
        match schema.pass {
            Some(true) => return Ok(()),
            Some(false) => {
                return self.tell(report, path, "false", "False always fails validation".to_owned());
            }
            None => {}
        }
        // INVARIANT (depth): whatever is held to a part of a schema comes through here.
        self.levels += 1;
        if self.levels > limits::JSON_SCHEMA_NESTING {
            return Err(Failure::Stop(Stop::Limit("json_schema_nesting")));
        }
        if self.has_type(schema, node, report, path)? {
            self.combinations(schema, node, report, path)?;
            match node.kind() {
                Kind::Integer(_) | Kind::Number(_) => self.number(schema, node, report, path)?,
                Kind::Array(items) => self.array(schema, items, report, path)?,
                Kind::Object(pairs) => self.object(schema, node, pairs, report, path)?,
                _ => {}
            }
            self.common(schema, node, report, path)?;
            match node.kind() {
                Kind::String(text) => self.string(schema, text, report, path)?,
                Kind::Object(_) => self.properties(schema, node, report, path)?,
                _ => {}
            }
            report.score += 1;
        }
        self.levels -= 1;
        Ok(())
    }

    fn has_type(
        &mut self,
        schema: &Schema,
        node: Value,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<bool, Failure> {
        if schema.types.is_empty() {
            return Ok(true);
        }
        let given = match node.kind() {
            Kind::Boolean(_) => "boolean",
            Kind::Integer(_) | Kind::Number(_) if is_integer(self.context, node)? => "integer",
            Kind::Integer(_) | Kind::Number(_) => "number",
            Kind::String(_) => "string",
            Kind::Array(_) => "array",
            Kind::Object(_) => "object",
            _ => "null",
        };
        if schema.types.contains(&given) || given == "integer" && schema.types.contains(&"number") {
            return Ok(true);
        }
        let expected = match schema.types.as_slice() {
            [one] => (*one).to_owned(),
            several => format!("[{}]", several.join(",")),
        };
        let description = format!("Invalid type. Expected: {expected}, given: {given}");
        self.tell(report, path, "invalid_type", description)?;
        Ok(false)
    }

    /// Schemas that hold together with the part, or in its place.
    fn combinations(
        &mut self,
        schema: &'a Schema,
        node: Value,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        if !schema.any_of.is_empty() {
            let (valid, best) = self.best(&schema.any_of, node, path, true)?;
            if valid == 0 {
                let what = "Must validate at least one schema (anyOf)";
                self.tell(report, path, "number_any_of", what.to_owned())?;
                best.into_iter().for_each(|best| report.merge(best));
            }
        }
        if !schema.one_of.is_empty() {
            let (valid, best) = self.best(&schema.one_of, node, path, false)?;
            if valid != 1 {
                let what = "Must validate one and only one schema (oneOf)";
                self.tell(report, path, "number_one_of", what.to_owned())?;
            }
            if valid == 0 {
                best.into_iter().for_each(|best| report.merge(best));
            }
        }
        if !schema.all_of.is_empty() {
            let mut are_all_valid = true;
            for &id in &schema.all_of {
                let own = self.apart(id, node, path)?;
                are_all_valid &= own.is_valid();
                report.merge(own);
            }
            if !are_all_valid {
                self.tell(report, path, "number_all_of", "Must validate all the schemas (allOf)".to_owned())?;
            }
        }
        if let Some(id) = schema.not
            && self.apart(id, node, path)?.is_valid()
        {
            self.tell(report, path, "number_not", "Must not validate the schema (not)".to_owned())?;
        }
        if matches!(node.kind(), Kind::Object(_)) {
            self.dependencies(schema, node, report, path)?;
        }
        if let Some(id) = schema.condition {
            let (then, kind, what) = if self.apart(id, node, path)?.is_valid() {
                (schema.then, "condition_then", "Must validate \"then\" as \"if\" was valid")
            } else {
                (schema.otherwise, "condition_else", "Must validate \"else\" as \"if\" was not valid")
            };
            if let Some(then) = then {
                let own = self.apart(then, node, path)?;
                if !own.is_valid() {
                    self.tell(report, path, kind, what.to_owned())?;
                    report.merge(own);
                }
            }
        }
        report.score += 1;
        Ok(())
    }

    /// How many schemas take something, and what those say of it that come nearest. `stops`: one that takes it is enough.
    fn best(
        &mut self,
        ids: &[SchemaId],
        node: Value,
        path: &Path<'_>,
        stops: bool,
    ) -> Result<(usize, Option<Report>), Failure> {
        let mut valid = 0;
        let mut best: Option<Report> = None;
        for &id in ids {
            let own = self.apart(id, node, path)?;
            if own.is_valid() {
                valid += 1;
                if stops {
                    break;
                }
            } else if valid == 0 && best.as_ref().is_none_or(|best| own.score > best.score) {
                best = Some(own);
            }
        }
        Ok((valid, best))
    }

    fn dependencies(
        &mut self,
        schema: &'a Schema,
        node: Value,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        self.context.charge(schema.dependencies.len() as u64)?;
        for (key, needed) in &schema.dependencies {
            if !self.context.stores.get(node, *key).is_defined() {
                continue;
            }
            match needed {
                Dependency::Schema(id) => self.apply(*id, node, report, path)?,
                Dependency::Keys(keys) => {
                    self.context.charge(keys.len() as u64)?;
                    for key in keys {
                        if !self.context.stores.get(node, *key).is_defined() {
                            let key = self.context.stores.as_str(*key).unwrap_or_default();
                            let description = format!("Has a dependency on {key}");
                            self.tell(report, path, "missing_dependency", description)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}
