//! The plan with its values and without what is sensitive: `input.plan` of policies that ask for the full plan.

use serde::de::MapAccess;
use serde_json::{Map, Value};

use super::Plan;
use super::document::{Fields, Found, Seen};
use super::mask::masked_change;
use super::text::{json_error, parse};
use crate::error::Error;

/// The two parts of the document whose sensitive values are marked exactly.
#[derive(Default)]
struct Marked {
    resource_changes: Value,
    output_changes: Value,
}

impl<'de> Fields<'de> for Marked {
    fn read<A: MapAccess<'de>>(&mut self, key: &str, object: &mut A) -> Result<Seen, A::Error> {
        match key {
            "resource_changes" => self.resource_changes = object.next_value()?,
            "output_changes" => self.output_changes = object.next_value()?,
            _ => return Ok(Seen::Left),
        }
        Ok(Seen::Read)
    }
}

/// What stands beside the change of a resource: names and positions, which are never sensitive in Terraform.
const NAMES: [&str; 11] = [
    "address",
    "previous_address",
    "module_address",
    "mode",
    "type",
    "name",
    "index",
    "index_unknown",
    "provider_name",
    "deposed",
    "action_reason",
];

pub(super) fn detail(plan: &Plan, text: &str) -> Result<Value, Error> {
    let marked: Found<Marked> = parse(text).map_err(|error| json_error(&error, text, text.as_bytes()))?;
    let marked = match marked {
        Found::Is(marked) => marked,
        Found::Absent | Found::Wrong => Marked::default(),
    };
    let mut detail = Map::new();
    for (key, version) in [("format_version", &plan.format_version), ("terraform_version", &plan.terraform_version)] {
        if let Some(version) = version {
            detail.insert(key.to_owned(), Value::String(version.clone()));
        }
    }
    for (key, flag) in
        [("errored", plan.flags.errored), ("complete", plan.flags.complete), ("applyable", plan.flags.applyable)]
    {
        if let Some(flag) = flag {
            detail.insert(key.to_owned(), Value::Bool(flag));
        }
    }
    let resource_changes = match marked.resource_changes {
        Value::Array(entries) => entries.into_iter().map(resource_change).collect(),
        _ => Vec::new(),
    };
    detail.insert("resource_changes".to_owned(), Value::Array(resource_changes));
    let output_changes = match marked.output_changes {
        Value::Object(outputs) => outputs.into_iter().map(|(name, body)| (name, change(body))).collect(),
        _ => Map::new(),
    };
    detail.insert("output_changes".to_owned(), Value::Object(output_changes));
    detail.insert("notes".to_owned(), Value::Array(plan.notes.iter().cloned().map(Value::String).collect()));
    Ok(Value::Object(detail))
}

fn resource_change(entry: Value) -> Value {
    let mut shown = Map::new();
    if let Value::Object(mut entry) = entry {
        for key in NAMES {
            if let Some(name @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) = entry.remove(key) {
                shown.insert(key.to_owned(), name);
            }
        }
        let body = entry.remove("change").unwrap_or(Value::Null);
        shown.insert("change".to_owned(), change(body));
    }
    Value::Object(shown)
}

fn change(body: Value) -> Value {
    let mut shown = Map::new();
    if let Value::Object(mut body) = body {
        if let Some(actions) = body.remove("actions") {
            // Reading the plan made sure that these are words.
            shown.insert("actions".to_owned(), actions);
        }
        // That it is imported, without the id or identity: the plan does not say whether these are secret.
        let imported = body.get("importing").is_some_and(|part| !part.is_null());
        shown.append(&mut masked_change(&mut body));
        if imported {
            shown.insert("importing".to_owned(), Value::Object(Map::new()));
        }
    }
    Value::Object(shown)
}
