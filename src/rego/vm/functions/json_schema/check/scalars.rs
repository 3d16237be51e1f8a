//! What is asked of scalars, and of every value.

use super::super::super::Failure;
use super::super::formats::has_format;
use super::super::numbers::{comparable, is_multiple, shown};
use super::super::report::{Path, Report};
use super::super::schema::{Bounds, Schema};
use super::Check;
use crate::rego::value::{Slice, Value};
use std::cmp::Ordering;

impl Check<'_, '_> {
    pub(super) fn common(
        &mut self,
        schema: &Schema,
        node: Value,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        if schema.constant.is_some() || schema.values.is_some() {
            let own = comparable(self.context, node)?;
            if let Some(constant) = schema.constant.as_ref().filter(|constant| **constant != own) {
                let description = format!("{} does not match: {constant}", path.field(self.context)?);
                self.tell(report, path, "const", description)?;
            }
            if let Some(values) = &schema.values {
                self.context.charge(values.len() as u64)?;
                if !values.contains(&own) {
                    // OPA of this version takes everything where there is no value to be had.
                    let bytes: usize = values.iter().map(|value| value.len() + 2).sum();
                    self.context.charge(bytes as u64 / 8)?;
                    let allowed = if values.is_empty() { "(none)".to_owned() } else { values.join(", ") };
                    let field = path.field(self.context)?;
                    let description = format!("{field} must be one of the following: {allowed}");
                    self.tell(report, path, "enum", description)?;
                }
            }
        }
        if let Some(format) = &schema.format
            && !has_format(self.context, node, format)?
        {
            self.tell(report, path, "format", format!("Does not match format '{format}'"))?;
        }
        report.score += 1;
        Ok(())
    }

    pub(super) fn bounds(
        &mut self,
        bounds: Bounds,
        count: i64,
        words: [(&'static str, &str, &str); 2],
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        let [(least_kind, before_least, behind_least), (most_kind, before_most, behind_most)] = words;
        if let Some(least) = bounds.least.filter(|least| count < *least) {
            self.tell(report, path, least_kind, format!("{before_least}{least}{behind_least}"))?;
        }
        if let Some(most) = bounds.most.filter(|most| count > *most) {
            self.tell(report, path, most_kind, format!("{before_most}{most}{behind_most}"))?;
        }
        Ok(())
    }

    pub(super) fn string(
        &mut self,
        schema: &Schema,
        text: Slice,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        if schema.lengths.least.is_some() || schema.lengths.most.is_some() {
            self.context.charge(u64::from(text.len) / 16)?;
            let count = self.context.stores.text(text).chars().count() as i64;
            let words = [
                ("string_gte", "String length must be greater than or equal to ", ""),
                ("string_lte", "String length must be less than or equal to ", ""),
            ];
            self.bounds(schema.lengths, count, words, report, path)?;
        }
        if let Some((pattern, written)) = &schema.pattern
            && !pattern.is_match(self.context, text)?
        {
            self.tell(report, path, "pattern", format!("Does not match pattern '{written}'"))?;
        }
        report.score += 1;
        Ok(())
    }

    pub(super) fn number(
        &mut self,
        schema: &Schema,
        number: Value,
        report: &mut Report,
        path: &Path<'_>,
    ) -> Result<(), Failure> {
        if let Some(of) = schema.multiple_of
            && !is_multiple(self.context, number, of)?
        {
            let of = shown(self.context, of)?;
            self.tell(report, path, "multiple_of", format!("Must be a multiple of {of}"))?;
        }
        let bounds: [(_, &[Ordering], _, _); 4] = [
            (schema.maximum, &[Ordering::Greater], "number_lte", "less than or equal to"),
            (schema.exclusive_maximum, &[Ordering::Greater, Ordering::Equal], "number_lt", "less than"),
            (schema.minimum, &[Ordering::Less], "number_gte", "greater than or equal to"),
            (schema.exclusive_minimum, &[Ordering::Less, Ordering::Equal], "number_gt", "greater than"),
        ];
        for (bound, outside, kind, words) in bounds {
            let Some(bound) = bound else { continue };
            if outside.contains(&self.context.stores.compare(number, bound)) {
                let bound = shown(self.context, bound)?;
                self.tell(report, path, kind, format!("Must be {words} {bound}"))?;
            }
        }
        report.score += 1;
        Ok(())
    }
}
