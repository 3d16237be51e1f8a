//! The evaluation cases as calls of the engine's door, each with its answer: what the module in wasm must answer to the byte, with the steps
//! and the units of memory that it took.

use crate::case::NOW_MS;
use crate::data::SuiteCase;
use regate::api::Engine;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Writes a line for each call: the operation, its request and document, and the answer. `compile` begins a new engine.
pub fn record(cases: &[SuiteCase], path: &Path) -> Result<(), String> {
    let words = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = BufWriter::new(File::create(path).map_err(words)?);
    for case in cases {
        let mut engine = Engine::new();
        let mut call = |operation: &str, request: &Value, document: Option<&str>| {
            let request = request.to_string();
            let answer = engine.call(operation, &request, document.map(str::as_bytes));
            let line = json!({
                "id": case.id, "operation": operation, "request": request, "document": document, "answer": answer,
            });
            writeln!(file, "{line}").map_err(words)?;
            Ok::<_, String>(serde_json::from_str::<Value>(&answer).unwrap_or_default())
        };
        let modules = case.modules.iter().enumerate();
        let modules: Vec<Value> =
            modules.map(|(at, source)| json!({ "path": format!("module-{at}.rego"), "source": source })).collect();
        let request = match &case.data {
            Some(data) => json!({ "modules": modules, "dialect": case.version, "data": data }),
            None => json!({ "modules": modules, "dialect": case.version }),
        };
        let compiled = call("compile", &request, None)?;
        let Some(handle) = compiled.pointer("/ok/handle").filter(|handle| !handle.is_null()) else { continue };
        let request = json!({
            "handle": handle,
            "query": case.query,
            "now_ms": NOW_MS,
            "seed": 1,
            "strict_builtin_errors": case.strict_error,
        });
        let input = case.input.as_ref().map(Value::to_string);
        call("query", &request, input.as_deref())?;
    }
    file.flush().map_err(words)
}
