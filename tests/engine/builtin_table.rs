//! The table of builtins against OPA's own list.

use regate::rego::analysis::types::{Operand, Type};
use regate::rego::builtins::{Builtin, all, find};
use serde_json::{Value, json};

/// The entry as OPA lists it.
fn listed(builtin: &Builtin) -> Value {
    let declared = builtin.declared().unwrap_or_else(|| panic!("`{}` cannot be read", builtin.signature));
    let operand = |operand: &Operand| {
        let mut listed = type_as_json(&operand.of);
        if let Some(name) = &operand.name {
            listed["name"] = json!(name);
        }
        listed
    };
    let mut decl = json!({"type": "function"});
    if !declared.signature.args.is_empty() {
        decl["args"] = declared.signature.args.iter().map(operand).collect();
    }
    if let Some(more) = &declared.signature.more {
        decl["variadic"] = operand(more);
    }
    if let Some(result) = &declared.signature.result {
        decl["result"] = operand(result);
    }
    let mut listed = json!({"name": builtin.name, "decl": decl});
    if !builtin.categories.is_empty() {
        listed["categories"] = json!(builtin.categories);
    }
    if let Some(infix) = builtin.infix {
        listed["infix"] = json!(infix);
    }
    for (name, holds) in [
        ("deprecated", builtin.is_deprecated),
        ("nondeterministic", builtin.is_nondeterministic),
        ("relation", builtin.is_relation),
    ] {
        if holds {
            listed[name] = json!(true);
        }
    }
    listed
}

fn type_as_json(of: &Type) -> Value {
    match of {
        Type::Any => json!({"type": "any"}),
        Type::Union(union) => json!({"type": "any", "of": union.members.iter().map(type_as_json).collect::<Vec<_>>()}),
        Type::Set(set) => json!({"type": "set", "of": type_as_json(&set.of)}),
        Type::Array(array) => {
            let mut listed = json!({"type": "array"});
            if !array.items.is_empty() {
                listed["static"] = array.items.iter().map(type_as_json).collect();
            }
            if let Some(rest) = &array.rest {
                listed["dynamic"] = type_as_json(rest);
            }
            listed
        }
        Type::Object(object) => {
            let mut listed = json!({"type": "object"});
            if !object.fields.is_empty() {
                listed["static"] = object
                    .fields
                    .iter()
                    .map(|(key, value)| json!({"key": key.to_string(), "value": type_as_json(value)}))
                    .collect();
            }
            if let Some((key, value)) = &object.rest {
                listed["dynamic"] = json!({"key": type_as_json(key), "value": type_as_json(value)});
            }
            listed
        }
        scalar => json!({"type": scalar.to_string()}),
    }
}

#[test]
fn the_table_is_that_of_opa() {
    let folder = std::env::var("REGATE_CONFORMANCE").unwrap_or_else(|_| "../shared/conformance".into());
    let Ok(text) = std::fs::read_to_string(format!("{folder}/builtins.json")) else {
        println!("skipped: there is no builtins.json in {folder}");
        return;
    };
    let wanted: Value = serde_json::from_str(&text).unwrap();
    let wanted = wanted["builtins"].as_array().cloned().unwrap_or_default();
    assert_eq!(wanted.len(), all().count());
    for wanted in wanted {
        let name = wanted["name"].as_str().unwrap_or_default();
        let builtin = find(name).unwrap_or_else(|| panic!("`{name}` is not in the table"));
        assert_eq!(listed(builtin), wanted);
    }
}
