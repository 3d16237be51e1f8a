//! What is asked of arrays and objects.

use super::super::super::Failure;
use super::super::numbers::comparable;
use super::super::report::{Path, Report, Step};
use super::super::schema::{Items, Rest, Schema, SchemaId};
use super::Check;
use crate::rego::value::{Kind, Slice, Value};
use crate::sorted;

impl<'a> Check<'a, '_> {
    pub(super) fn array(
        &mut self,
        schema: &'a Schema,
        items: Slice,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        self.context.charge(u64::from(items.len) / 4)?;
        let items = self.context.stores.items(items).to_vec();
        let (row, rest) = match &schema.items {
            Items::Any => (&[][..], None),
            Items::Each(id) => (&[][..], Some(*id)),
            Items::Row(row) => (
                row.as_slice(),
                match schema.other_items {
                    Rest::Schema(id) if !row.is_empty() => Some(id),
                    _ => None,
                },
            ),
        };
        for (at, item) in items.iter().enumerate() {
            let Some(id) = row.get(at).copied().or(rest) else { break };
            let path = Path { step: Step::Item(at), parent: Some(path) };
            let own = self.apart(id, *item, &path)?;
            report.merge(own);
        }
        if !row.is_empty() && items.len() > row.len() && matches!(schema.other_items, Rest::Nothing) {
            let what = "No additional items allowed on array";
            self.tell(report, path, "array_no_additional_items", what.to_owned())?;
        }
        let words = [
            ("array_min_items", "Array must have at least ", " items"),
            ("array_max_items", "Array must have at most ", " items"),
        ];
        self.bounds(schema.item_counts, items.len() as i64, words, report, path)?;
        if schema.has_unique_items {
            let mut seen: sorted::Map<String, usize> = sorted::Map::new();
            for (at, item) in items.iter().enumerate() {
                let text = comparable(self.context, *item)?;
                if let Some(before) = seen.insert(text, at) {
                    let description = format!("array items[{before},{at}] must be unique");
                    self.tell(report, path, "unique", description)?;
                }
            }
        }
        if let Some(id) = schema.contains {
            self.contains(id, &items, report, path)?;
        }
        report.score += 1;
        Ok(())
    }

    fn contains(&mut self, id: SchemaId, items: &[Value], report: &mut Report, path: &Path<'_>) -> Result<(), Failure> {
        let mut best: Option<Report> = None;
        for (at, item) in items.iter().enumerate() {
            let path = Path { step: Step::Item(at), parent: Some(path) };
            let own = self.apart(id, *item, &path)?;
            if own.is_valid() {
                return Ok(());
            }
            if best.as_ref().is_none_or(|best| own.score > best.score) {
                best = Some(own);
            }
        }
        self.tell(report, path, "contains", "At least one of the items must match".to_owned())?;
        best.into_iter().for_each(|best| report.merge(best));
        Ok(())
    }

    pub(super) fn object(
        &mut self,
        schema: &'a Schema,
        node: Value,
        pairs: Slice,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        let words = [
            ("array_min_properties", "Must have at least ", " properties"),
            ("array_max_properties", "Must have at most ", " properties"),
        ];
        self.bounds(schema.property_counts, i64::from(pairs.len), words, report, path)?;
        self.context.charge(schema.required.len() as u64)?;
        for name in &schema.required {
            if self.context.stores.get(node, *name).is_defined() {
                report.score += 1;
            } else {
                let name = self.context.stores.as_str(*name).unwrap_or_default();
                let description = format!("{name} is required");
                self.tell(report, path, "required", description)?;
            }
        }
        let looks_at_all = !schema.pattern_properties.is_empty()
            || !matches!(schema.other_properties, Rest::Any)
            || schema.property_names.is_some();
        if looks_at_all {
            // Each key is held against each pattern, and most keys are short.
            let patterns = schema.pattern_properties.len() as u64;
            self.context.charge(u64::from(pairs.len).saturating_mul(2 + 2 * patterns))?;
            let pairs = self.context.stores.pairs(pairs).to_vec();
            for [key, value] in &pairs {
                self.other_property(schema, *key, *value, report, path)?;
            }
            if let Some(id) = schema.property_names {
                for [key, _] in pairs {
                    let own = self.apart(id, key, path)?;
                    if !own.is_valid() {
                        let key = self.context.stores.as_str(key).unwrap_or_default();
                        let description = format!("Property name of \"{key}\" does not match");
                        self.tell(report, path, "invalid_property_name", description)?;
                        report.merge(own);
                    }
                }
            }
        }
        report.score += 1;
        Ok(())
    }

    /// What is asked of a property for its name's sake, or because nothing else is asked of it.
    fn other_property(
        &mut self,
        schema: &'a Schema,
        key: Value,
        value: Value,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        let inner = Path { step: Step::Key(key), parent: Some(path) };
        let mut has_pattern = false;
        if let Kind::String(name) = key.kind() {
            for (pattern, id) in &schema.pattern_properties {
                if pattern.is_match(self.context, name)? {
                    has_pattern = true;
                    let own = self.apart(*id, value, &inner)?;
                    report.merge(own);
                }
            }
        }
        if has_pattern {
            report.score += 1;
            return Ok(());
        }
        let stores = &*self.context.stores;
        if schema.properties.binary_search_by(|(name, _)| stores.compare(*name, key)).is_ok() {
            return Ok(());
        }
        match schema.other_properties {
            Rest::Any => Ok(()),
            Rest::Nothing => {
                let key = stores.as_str(key).unwrap_or_default();
                let description = format!("Additional property {key} is not allowed");
                self.tell(report, path, "additional_property_not_allowed", description)
            }
            Rest::Schema(id) => {
                let own = self.apart(id, value, &inner)?;
                report.merge(own);
                Ok(())
            }
        }
    }

    pub(super) fn properties(
        &mut self,
        schema: &'a Schema,
        node: Value,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        self.context.charge(schema.properties.len() as u64)?;
        for (name, id) in &schema.properties {
            let value = self.context.stores.get(node, *name);
            if value.is_defined() {
                self.apply(*id, value, report, &Path { step: Step::Key(*name), parent: Some(path) })?;
            }
        }
        Ok(())
    }
}
