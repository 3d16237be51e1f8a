//! The operations on policies of configurations: load them, decide, query, and read what is in YAML.

use super::wire::allowance;
use super::{Engine, unknown_handle};
use crate::config::decision::{Decided, Decision, Question};
use crate::config::input::{self, Read, Rules};
use crate::config::load::{LoadError, load};
use crate::error::{Error, ErrorCode};
use crate::limits::EvaluationLimits;
use crate::rego::{Diagnostic, Document, Module, document};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadConfigPoliciesRequest {
    pub policies: Vec<Module>,
}

/// Policies of configurations, or why they are refused.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct LoadConfigPoliciesAnswer {
    /// The handle; absent where they are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<u32>,
    /// The content digest of the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The policies, by name.
    pub policies: Vec<PolicyLoaded>,
    /// Why they are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<LoadError>,
    /// Every finding, by path and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// One policy of a bundle.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigPolicy"))]
pub struct PolicyLoaded {
    /// Its name.
    pub name: String,
    /// The path of its file.
    pub path: String,
}

/// What an input is written in. It is the document beside the request.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Json,
    Yaml,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideConfigRequest {
    pub handle: u32,
    pub format: Format,
    /// The configuration as it was compiled, in YAML: it is put under `_compiled_`.
    pub compiled: Option<String>,
    #[serde(default)]
    pub meta: Value,
    #[serde(default)]
    pub limits: EvaluationLimits,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryConfigRequest {
    pub handle: u32,
    pub query: String,
    pub format: Format,
    pub compiled: Option<String>,
    #[serde(default)]
    pub meta: Value,
    #[serde(default)]
    pub limits: EvaluationLimits,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadConfigRequest {
    pub rules: Rules,
}

/// What a text in YAML says, or what a query answers.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigValue"))]
pub struct ValueAnswer {
    /// The value.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub value: Value,
}

/// An input, or the words for a number in it that is none.
enum Input {
    Document(Option<Document>),
    NotFinite(&'static str),
}

impl Engine {
    pub(super) fn load_config_policies(
        &mut self,
        request: LoadConfigPoliciesRequest,
    ) -> Result<LoadConfigPoliciesAnswer, Error> {
        let loading = load(request.policies)?;
        let mut answer = LoadConfigPoliciesAnswer {
            handle: None,
            revision: None,
            policies: Vec::new(),
            error: loading.error,
            diagnostics: loading.diagnostics,
        };
        if let Some(policies) = loading.policies {
            let loaded = policies.policies().iter();
            answer.policies =
                loaded.map(|policy| PolicyLoaded { name: policy.name.clone(), path: policy.path.clone() }).collect();
            answer.revision = Some(policies.revision());
            self.last_handle = self.last_handle.wrapping_add(1);
            self.config_policies.insert(self.last_handle, policies);
            answer.handle = Some(self.last_handle);
        }
        Ok(answer)
    }

    pub(super) fn decide_config(
        &mut self,
        request: DecideConfigRequest,
        document: Option<&[u8]>,
    ) -> Result<Decided, Error> {
        let DecideConfigRequest { handle, format, compiled, meta, limits, now_ms, seed } = request;
        let policies = self.config_policies.get_mut(&handle).ok_or_else(|| unknown_handle(handle))?;
        match read_input(document, format, compiled.as_deref())? {
            Input::NotFinite(name) => Ok(Decided::without_evaluation(Decision::error(not_finite(name)))),
            Input::Document(input) => {
                let question = Question { input: input.as_ref(), meta: &meta.to_string() };
                policies.decide(question, allowance(limits, now_ms, seed, false))
            }
        }
    }

    pub(super) fn query_config(
        &mut self,
        request: QueryConfigRequest,
        document: Option<&[u8]>,
    ) -> Result<ValueAnswer, Error> {
        let QueryConfigRequest { handle, query, format, compiled, meta, limits, now_ms, seed } = request;
        let policies = self.config_policies.get_mut(&handle).ok_or_else(|| unknown_handle(handle))?;
        match read_input(document, format, compiled.as_deref())? {
            Input::NotFinite(name) => Err(Error::new(ErrorCode::InputNotJson, not_finite(name))),
            Input::Document(input) => {
                let question = Question { input: input.as_ref(), meta: &meta.to_string() };
                let value = policies.query(&query, question, allowance(limits, now_ms, seed, false))?;
                Ok(ValueAnswer { value })
            }
        }
    }
}

/// What a text in YAML says.
pub(super) fn read_config(request: &ReadConfigRequest, document: Option<&[u8]>) -> Result<ValueAnswer, Error> {
    match input::read_bytes(document.unwrap_or_default(), request.rules).map_err(input::NotYaml::into_error)? {
        Read::Value(value) => Ok(ValueAnswer { value }),
        Read::NotFinite(name) => Err(Error::new(ErrorCode::InputNotYaml, not_finite(name))),
    }
}

fn not_finite(name: &str) -> String {
    format!("failed to prepare context for evaluation: json: unsupported value: {name}")
}

/// The input with what it was compiled to, where that is given.
fn read_input(bytes: Option<&[u8]>, format: Format, compiled: Option<&str>) -> Result<Input, Error> {
    if format == Format::Json && compiled.is_none() {
        return Ok(Input::Document(bytes.map(Document::read).transpose()?));
    }
    let mut value = match (bytes, format) {
        (None, _) => Value::Null,
        (Some(bytes), Format::Json) => document::value_of_text(document::text(bytes)?)?,
        (Some(bytes), Format::Yaml) => match configuration(input::read_bytes(bytes, Rules::Configuration))? {
            Read::Value(value) => value,
            Read::NotFinite(name) => return Ok(Input::NotFinite(name)),
        },
    };
    if let Some(compiled) = compiled {
        let compiled = match configuration(input::read(compiled, Rules::Configuration))? {
            Read::Value(value) => value,
            Read::NotFinite(name) => return Ok(Input::NotFinite(name)),
        };
        value = input::with_compiled(value, compiled)?;
    }
    Document::read(value.to_string().as_bytes()).map(|document| Input::Document(Some(document)))
}

fn configuration(read: Result<Read, input::NotYaml>) -> Result<Read, Error> {
    read.map_err(|mistake| {
        let mut error = mistake.into_error();
        error.message = format!("invalid input: {}", error.message);
        error
    })
}
