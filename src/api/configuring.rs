//! The operations on policies of configurations: load them, decide, query, and read what is in YAML.

use super::wire::allowance;
use super::{Engine, unknown_handle};
use crate::config::decision::{Decided, Decision, Question};
use crate::config::input::given::{Format, Given, Giver, not_finite, read_given};
use crate::config::input::{self, Read, Rules};
use crate::config::load::{LoadError, load};
use crate::error::{Error, ErrorCode};
use crate::limits::EvaluationLimits;
use crate::rego::{Diagnostic, Module};
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
        let mut warnings = Vec::new();
        let mut decided = match read_given(document, format, compiled.as_deref(), Giver::Asker, &mut warnings)? {
            Given::NotFinite(name) => Decided::without_evaluation(Decision::error(not_finite(name))),
            Given::Document(input) => {
                let question = Question { input: input.as_ref(), meta: &meta.to_string() };
                policies.decide(question, allowance(limits, now_ms, seed, false))?
            }
        };
        decided.warnings.splice(0..0, warnings);
        Ok(decided)
    }

    pub(super) fn query_config(
        &mut self,
        request: QueryConfigRequest,
        document: Option<&[u8]>,
    ) -> Result<ValueAnswer, Error> {
        let QueryConfigRequest { handle, query, format, compiled, meta, limits, now_ms, seed } = request;
        let policies = self.config_policies.get_mut(&handle).ok_or_else(|| unknown_handle(handle))?;
        match read_given(document, format, compiled.as_deref(), Giver::Asker, &mut Vec::new())? {
            Given::NotFinite(name) => Err(Error::new(ErrorCode::InputNotJson, not_finite(name))),
            Given::Document(input) => {
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
