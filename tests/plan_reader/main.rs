//! The Terraform plan reader: what it makes of every kind of change, document, encoding and mask.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says when it has nothing to read"
)]

mod actions;
mod laws;
mod real_plans;
mod sensitive;
mod shapes;
mod text;

use regate::error::Error;
use regate::governance::plan::{Change, Plan};
use serde_json::{Value, json};

fn read(plan: &Value) -> Plan {
    Plan::read(plan.to_string().as_bytes()).unwrap()
}

fn refused(document: impl AsRef<[u8]>) -> Error {
    match Plan::read(document.as_ref()) {
        Ok(plan) => panic!("this was read as a plan: {plan:?}"),
        Err(error) => error,
    }
}

fn plan_of(resource_changes: &Value) -> Value {
    json!({
        "format_version": "1.2",
        "terraform_version": "1.9.5",
        "planned_values": {"root_module": {}},
        "resource_changes": resource_changes,
    })
}

/// One entry of `resource_changes` without values.
fn entry(address: &str, actions: &[&str]) -> Value {
    let (resource_type, name) = address.split_once('.').unwrap();
    json!({
        "address": address,
        "mode": "managed",
        "type": resource_type,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": actions, "before": null, "after": null},
    })
}

/// The value with another part at a JSON pointer.
fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    if let Some(part) = value.pointer_mut(pointer) {
        *part = new;
    } else {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        value.pointer_mut(parent).unwrap()[key] = new;
    }
    value
}

fn addresses(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(|change| change.address.as_str()).collect()
}

/// Added, changed and destroyed addresses.
fn lists(plan: &Plan) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    (
        addresses(&plan.plan_changes.added),
        addresses(&plan.plan_changes.changed),
        addresses(&plan.plan_changes.destroyed),
    )
}

fn has_note(plan: &Plan, part: &str) -> bool {
    plan.notes.iter().any(|note| note.contains(part))
}

fn utf16(text: &str, mark: bool, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    mark.encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
}

/// The detail of one change with these parts.
fn detail_of(change: Value) -> Value {
    let mut change = change;
    if change.get("actions").is_none() {
        change["actions"] = json!(["update"]);
    }
    let plan = plan_of(&json!([with(entry("aws_a.a", &["update"]), "/change", change)]));
    read(&plan).detail().unwrap()["resource_changes"][0]["change"].clone()
}
