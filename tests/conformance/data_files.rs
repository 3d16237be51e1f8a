//! Data files of a folder, JSON and YAML, as one document: what a file holds stands under the folders that lead to it.

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};

/// A document, and the files that are no part of it, each with the reason.
#[derive(Default)]
pub struct DataFiles {
    pub document: Map<String, Value>,
    left_out: Vec<String>,
}

impl DataFiles {
    /// Adds a file that lies below a folder.
    pub fn add(&mut self, root: &Path, file: &Path) -> Result<(), String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let is_json = file.extension().is_some_and(|extension| extension == "json");
        let read = if is_json { serde_json::from_str(&text).map_err(|error| error.to_string()) } else { yaml(&text) };
        let placed = read.and_then(|value| {
            let value = folders_to(root, file)
                .into_iter()
                .rev()
                .fold(value, |value, folder| Value::Object(Map::from_iter([(folder, value)])));
            match value {
                // A file that contradicts another one is left out as a whole.
                Value::Object(object) if fits(&self.document, &object) => {
                    merge(&mut self.document, object);
                    Ok(())
                }
                Value::Object(_) => Err("another file says something else at the same path".to_owned()),
                _ => Err("it is no object".to_owned()),
            }
        });
        if let Err(why) = placed {
            self.left_out.push(format!("{}: {why}", file.display()));
        }
        Ok(())
    }

    /// How many files are left out, and the first of them.
    pub fn left_out_words(&self) -> Option<String> {
        let first = self.left_out.first()?;
        Some(format!("data files that are left out: {}, such as {first}", self.left_out.len()))
    }
}

/// Whether a file may hold data.
pub fn is_data(file: &Path) -> bool {
    file.extension().is_some_and(|extension| ["json", "yaml", "yml"].iter().any(|known| extension == *known))
}

/// The folders between a root and a file.
fn folders_to(root: &Path, file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(root).unwrap_or(file).parent().map(PathBuf::from).unwrap_or_default();
    inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
}

fn fits(document: &Map<String, Value>, more: &Map<String, Value>) -> bool {
    more.iter().all(|(key, value)| match (document.get(key), value) {
        (None, _) => true,
        (Some(Value::Object(own)), Value::Object(value)) => fits(own, value),
        (Some(own), value) => own == value,
    })
}

fn merge(document: &mut Map<String, Value>, more: Map<String, Value>) {
    for (key, value) in more {
        match (document.get_mut(&key), value) {
            (Some(Value::Object(own)), Value::Object(value)) => merge(own, value),
            (_, value) => {
                document.insert(key, value);
            }
        }
    }
}

/// A collection that has been begun.
enum Open {
    List(Vec<Value>),
    Object(Map<String, Value>, Option<String>),
}

/// The first document of a text. What stands for something else, such as an alias, is refused.
fn yaml(text: &str) -> Result<Value, String> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        let done = match event {
            Event::StreamStart | Event::DocumentStart(..) => continue,
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Object(Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items)) => Value::Array(items),
                Some(Open::Object(pairs, None)) => Value::Object(pairs),
                _ => return Err("a key has no value".to_owned()),
            },
            Event::Scalar(text, ScalarStyle::Plain, _, None) => plain(&text),
            Event::Scalar(text, ..) => Value::String(text.into_owned()),
            Event::DocumentEnd | Event::StreamEnd => return Ok(Value::Null),
            _ => return Err(format!("{event:?} is not read here ({span:?})")),
        };
        match open.last_mut() {
            None => return Ok(done),
            Some(Open::List(items)) => items.push(done),
            Some(Open::Object(pairs, key)) => match key.take() {
                Some(key) => {
                    pairs.insert(key, done);
                }
                None => {
                    *key = Some(match done {
                        Value::String(text) => text,
                        Value::Array(_) | Value::Object(_) => return Err("a key is no text".to_owned()),
                        other => other.to_string(),
                    });
                }
            },
        }
    }
    Ok(Value::Null)
}

fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match serde_json::from_str(text) {
            Ok(number @ Value::Number(_)) => number,
            _ => Value::String(text.to_owned()),
        },
    }
}
