//! Every value inside the arguments with the way to it: for the search for personal data, and for the host's moderator.

use super::field_path::FieldPath;
use serde_json::{Map, Value};

/// Shows each value that is neither an object nor a list, in the order in which the arguments have them.
pub fn each_leaf<'a>(arguments: &'a Map<String, Value>, see: &mut dyn FnMut(FieldPath, &'a Value)) {
    in_fields(arguments, FieldPath::Root, see);
}

fn in_fields<'a>(fields: &'a Map<String, Value>, at: FieldPath, see: &mut dyn FnMut(FieldPath, &'a Value)) {
    for (name, value) in fields {
        in_value(value, FieldPath::Field(&at, name), see);
    }
}

fn in_value<'a>(value: &'a Value, at: FieldPath, see: &mut dyn FnMut(FieldPath, &'a Value)) {
    match value {
        Value::Object(fields) => in_fields(fields, at, see),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                in_value(item, FieldPath::Place(&at, place), see);
            }
        }
        leaf => see(at, leaf),
    }
}

/// The strings of the arguments with their paths.
pub fn texts(arguments: &Map<String, Value>) -> Vec<(String, &str)> {
    let mut texts = Vec::new();
    each_leaf(arguments, &mut |at, value| {
        if let Value::String(text) = value {
            texts.push((at.to_string(), text.as_str()));
        }
    });
    texts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
    use super::texts;
    use serde_json::{Map, Value};

    #[test]
    fn texts_come_with_their_paths() {
        let arguments: Map<String, Value> =
            serde_json::from_str(r#"{"b": "x", "a": {"l": ["y", {"c": "z"}, [5, "w"]], "n": null}}"#).unwrap();
        let found = texts(&arguments);
        let found: Vec<(&str, &str)> = found.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        assert_eq!(found, [("b", "x"), ("a.l[0]", "y"), ("a.l[1].c", "z"), ("a.l[2][1]", "w")]);
    }
}
