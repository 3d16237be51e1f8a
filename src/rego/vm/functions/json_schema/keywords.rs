//! Keywords whose values are no schemas.

use super::super::patterns::Compiled;
use super::super::{Context, Failure};
use super::compile::{Draft, wrong, wrong_type};
use super::documents::member;
use super::numbers::{comparable, is_integer};
use super::schema::{Bounds, Schema, TYPES};
use crate::rego::value::{Kind, Slice, Value};
use std::cmp::Ordering;

/// The pairs of one part of a schema, and where what they say goes.
pub struct Keywords<'a> {
    pub context: Context<'a>,
    pub pairs: Slice,
    pub draft: Draft,
}

impl Keywords<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        member(self.context.stores, self.pairs, name)
    }

    /// A string, where there is one.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match self.context.stores.as_str(value) {
            Some(text) => {
                let text = text.to_owned();
                self.context.charge(text.len() as u64 / 32)?;
                Ok(Some(text))
            }
            None => Err(wrong_type("string", name)),
        }
    }

    /// An array, where there is one.
    pub fn list(&mut self, name: &str) -> Result<Option<Vec<Value>>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let Kind::Array(items) = value.kind() else { return Err(wrong(format!("{name} must be of an array"))) };
        self.context.charge(1 + u64::from(items.len))?;
        Ok(Some(self.context.stores.items(items).to_vec()))
    }

    pub fn types(&mut self, schema: &mut Schema) -> Result<(), Failure> {
        let Some(value) = self.get("type") else { return Ok(()) };
        let names = match value.kind() {
            Kind::String(_) => vec![value],
            Kind::Array(_) => self.list("type")?.unwrap_or_default(),
            _ => return Err(wrong_type("type", "string/array of strings")),
        };
        for name in names {
            let Some(name) = self.context.stores.as_str(name) else {
                return Err(wrong_type("type", "string/array of strings"));
            };
            let Some(known) = TYPES.into_iter().find(|known| *known == name) else {
                let valid = TYPES.join(" ");
                return Err(wrong(format!(
                    "has a primitive type that is NOT VALID -- given: /{name}/ Expected valid values are:[{valid}]"
                )));
            };
            if schema.types.contains(&known) {
                return Err(wrong(format!("{known} type is duplicated")));
            }
            schema.types.push(known);
        }
        Ok(())
    }

    pub fn numbers(&mut self, schema: &mut Schema) -> Result<(), Failure> {
        let zero = Value::count(0);
        if let Some(number) = self.get("multipleOf") {
            if !is_number(number) {
                return Err(wrong_type("number", "multipleOf"));
            }
            if self.context.stores.compare(number, zero) != Ordering::Greater {
                return Err(wrong("multipleOf must be strictly greater than 0"));
            }
            schema.multiple_of = Some(number);
        }
        let bounds = [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")];
        let [least, most] = bounds.map(|(name, exclusive)| self.bound(name, exclusive));
        (schema.minimum, schema.exclusive_minimum) = least?;
        (schema.maximum, schema.exclusive_maximum) = most?;
        Ok(())
    }

    /// A bound, and the one that is itself outside.
    fn bound(&self, name: &str, exclusive_name: &str) -> Result<(Option<Value>, Option<Value>), Failure> {
        let bound = self.get(name);
        if bound.is_some_and(|bound| !is_number(bound)) {
            return Err(wrong(format!("{name} must be of a number")));
        }
        let Some(exclusive) = self.get(exclusive_name) else { return Ok((bound, None)) };
        match (exclusive.kind(), self.draft) {
            (Kind::Boolean(is_exclusive), Draft::Four | Draft::Any) => match (bound, is_exclusive) {
                (None, _) => Err(wrong(format!("{exclusive_name} cannot be used without {name}"))),
                (Some(bound), true) => Ok((None, Some(bound))),
                (Some(bound), false) => Ok((Some(bound), None)),
            },
            (Kind::Integer(_) | Kind::Number(_), Draft::Six | Draft::Seven | Draft::Any) => {
                Ok((bound, Some(exclusive)))
            }
            (_, Draft::Four) => Err(wrong_type("boolean", exclusive_name)),
            (_, Draft::Any) => Err(wrong_type("boolean/number", exclusive_name)),
            _ => Err(wrong_type("number", exclusive_name)),
        }
    }

    /// How many there may be.
    fn bounds(&mut self, least: &str, most: &str) -> Result<Bounds, Failure> {
        Ok(Bounds { least: self.count(least)?, most: self.count(most)? })
    }

    fn count(&mut self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        // As in OPA, a count is written without a fraction and without an exponent.
        let count = match value.kind() {
            Kind::Integer(count) => Some(count),
            Kind::Number(text) if is_integer(&mut self.context, value)? => self.context.stores.text(text).parse().ok(),
            _ => None,
        };
        match count {
            None => Err(wrong(format!("{name} must be of an integer"))),
            Some(count) if count < 0 => Err(wrong(format!("{name} must be greater than or equal to 0"))),
            Some(count) => Ok(Some(count)),
        }
    }

    pub fn strings(&mut self, schema: &mut Schema) -> Result<(), Failure> {
        schema.lengths = self.bounds("minLength", "maxLength")?;
        if is_crossed(schema.lengths) {
            return Err(wrong("minLength cannot be greater than maxLength"));
        }
        if let Some(pattern) = self.text("pattern")? {
            let compiled = Compiled::of(&mut self.context, &pattern).map_err(|failure| match failure {
                Failure::Wrong { .. } => wrong("pattern must be a valid regex"),
                stop => stop,
            })?;
            schema.pattern = Some((compiled, pattern));
        }
        schema.format = self.text("format")?.filter(|format| !format.is_empty());
        Ok(())
    }

    pub fn objects(&mut self, schema: &mut Schema) -> Result<(), Failure> {
        schema.property_counts = self.bounds("minProperties", "maxProperties")?;
        if is_crossed(schema.property_counts) {
            return Err(wrong("minProperties cannot be greater than maxProperties"));
        }
        let required = self.list("required")?.unwrap_or_default();
        if required.iter().any(|name| self.context.stores.as_str(*name).is_none()) {
            return Err(wrong_type("string", "required"));
        }
        let mut sorted: Vec<&str> = required.iter().filter_map(|name| self.context.stores.as_str(*name)).collect();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(wrong("required items must be unique"));
        }
        schema.required = required;
        Ok(())
    }

    pub fn arrays(&mut self, schema: &mut Schema) -> Result<(), Failure> {
        schema.item_counts = self.bounds("minItems", "maxItems")?;
        match self.get("uniqueItems").map(Value::kind) {
            None => {}
            Some(Kind::Boolean(is_unique)) => schema.has_unique_items = is_unique,
            Some(_) => return Err(wrong("uniqueItems must be of a boolean")),
        }
        Ok(())
    }

    pub fn values(&mut self, schema: &mut Schema) -> Result<(), Failure> {
        if let Some(constant) = self.get("const").filter(|_| self.draft >= Draft::Six) {
            schema.constant = Some(comparable(&mut self.context, constant)?);
        }
        let Some(values) = self.list("enum")? else { return Ok(()) };
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            texts.push(comparable(&mut self.context, value)?);
        }
        let mut sorted: Vec<&String> = texts.iter().collect();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(wrong("enum items must be unique"));
        }
        schema.values = Some(texts);
        Ok(())
    }
}

fn is_number(value: Value) -> bool {
    matches!(value.kind(), Kind::Integer(_) | Kind::Number(_))
}

fn is_crossed(bounds: Bounds) -> bool {
    bounds.least.zip(bounds.most).is_some_and(|(least, most)| least > most)
}
