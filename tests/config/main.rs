//! Policies of CI configurations through the whole surface: their names, what loading refuses, decisions, the library, and YAML.
#![cfg(feature = "config")]
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

mod decisions;
mod hostile;
mod library;
mod loading;
mod names;
mod yaml;

use regate::api::Engine;
use serde_json::{Value, json};

/// The rows of a table that do not give what they must: the table is gone through to its end, and each names itself.
#[derive(Default)]
pub struct Rows {
    wrong: Vec<String>,
}

impl Rows {
    pub fn same(&mut self, row: &str, given: &Value, wanted: &Value) {
        if given != wanted {
            self.wrong.push(format!("{row}\n    gives {given}\n    wants {wanted}"));
        }
    }

    /// That a text holds another one.
    pub fn holds(&mut self, row: &str, given: &str, wanted: &str) {
        if !given.contains(wanted) {
            self.wrong.push(format!("{row}\n    gives {given}\n    wants … {wanted} …"));
        }
    }

    pub fn end(self) {
        assert!(self.wrong.is_empty(), "{} rows are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}

/// The whole answer of an operation, `ok` or `error`.
pub fn call(engine: &mut Engine, operation: &str, request: &Value, document: Option<&[u8]>) -> Value {
    serde_json::from_str(&engine.call(operation, &request.to_string(), document)).unwrap()
}

/// Policies that are asked.
pub struct Policies {
    pub engine: Engine,
    pub loaded: Value,
}

impl Policies {
    /// Loads files, each with its path.
    pub fn load(files: &[(&str, &str)]) -> Self {
        let mut engine = Engine::new();
        let policies: Vec<Value> =
            files.iter().map(|(path, source)| json!({ "path": path, "source": source })).collect();
        let mut answer = call(&mut engine, "load_config_policies", &json!({ "policies": policies }), None);
        let loaded = if answer.get("ok").is_some() { answer["ok"].take() } else { answer };
        Self { engine, loaded }
    }

    /// Loads one file `a.rego`.
    pub fn of(source: &str) -> Self {
        Self::load(&[("a.rego", source)])
    }

    /// Why they are refused; empty where they are not.
    pub fn refused(&self) -> String {
        self.loaded["error"]["message"].as_str().unwrap_or_default().to_owned()
    }

    /// What was found, as `severity code file:line message`.
    pub fn findings(&self) -> Vec<String> {
        self.loaded["diagnostics"].as_array().unwrap().iter().map(finding).collect()
    }

    /// The whole answer to a question, with an input of JSON.
    pub fn ask(&mut self, operation: &str, input: &Value, mut request: Value) -> Value {
        assert!(self.loaded["handle"].is_u64(), "the policies are refused: {}", self.loaded);
        request["handle"] = self.loaded["handle"].clone();
        request["format"] = json!("json");
        request["now_ms"] = json!(0);
        request["seed"] = json!(0);
        call(&mut self.engine, operation, &request, Some(input.to_string().as_bytes()))
    }

    /// The decision with what stands beside it.
    pub fn decided(&mut self, input: &Value, meta: &Value) -> Value {
        let mut answer = self.ask("decide_config", input, json!({ "meta": meta }));
        assert!(answer.get("ok").is_some(), "no decision: {answer}");
        answer["ok"].take()
    }

    pub fn decide(&mut self, input: &Value, meta: &Value) -> Value {
        self.decided(input, meta)["decision"].take()
    }

    /// What a query answers; its error where it has none.
    pub fn query(&mut self, query: &str, input: &Value, meta: &Value) -> Value {
        let mut answer = self.ask("query_config", input, json!({ "meta": meta, "query": query }));
        if answer.get("ok").is_some() { answer["ok"]["value"].take() } else { answer["error"].take() }
    }
}

/// A finding in one line.
pub fn finding(found: &Value) -> String {
    let text = |field: &str| found[field].as_str().unwrap_or_default();
    format!("{} {} {}:{} {}", text("severity"), text("code"), text("file"), found["start"]["line"], text("message"))
}

/// A text behind the head that most policies have: its first line is line 7.
pub fn policy(rules: &str) -> String {
    format!("package org\n\nimport future.keywords\n\npolicy_name[\"demo\"]\n\n{rules}")
}

/// The same with an import of the library.
pub fn policy_with(part: &str, rules: &str) -> String {
    format!("package org\n\nimport data.circleci.{part}\nimport future.keywords\npolicy_name[\"demo\"]\n\n{rules}")
}
