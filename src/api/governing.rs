//! The operations of governance on what one caller holds: a prepared configuration, and a policy that is tried.

use super::{Engine, from_value, unknown_handle};
use crate::error::Error;
use crate::governance::{self, Governance, GovernanceConfig, GovernanceRequest, playground};
use crate::rego::{Allowance, Diagnostic};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaygroundRequest {
    pub rego_source: String,
    pub now_ms: Option<u64>,
    pub seed: Option<u64>,
}

/// A governance configuration that can be asked.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "PrepareAnswer"))]
pub struct PreparedAnswer {
    /// The handle.
    pub handle: u32,
    /// The content digest of the whole configuration.
    pub revision: String,
    /// What is wrong with its policies. Those that are not valid fail closed.
    pub diagnostics: Vec<Diagnostic>,
}

impl Engine {
    pub(super) fn prepare_governance(&mut self, config: GovernanceConfig) -> Result<PreparedAnswer, Error> {
        let governance = Governance::prepare(config)?;
        self.last_handle = self.last_handle.wrapping_add(1);
        let answer = PreparedAnswer {
            handle: self.last_handle,
            revision: governance.revision().to_owned(),
            diagnostics: governance.diagnostics().to_vec(),
        };
        self.governance.insert(self.last_handle, governance);
        Ok(answer)
    }

    /// The request is a handle beside the fields of a [`GovernanceRequest`].
    pub(super) fn govern(
        &self,
        mut request: Value,
        document: Option<&[u8]>,
    ) -> Result<governance::GovernanceStep, Error> {
        let handle = request.as_object_mut().and_then(|fields| fields.remove("handle"));
        let handle: u32 = from_value(handle.unwrap_or_default()).map_err(|error| error.at("/handle"))?;
        let governance = self.governance.get(&handle).ok_or_else(|| unknown_handle(handle))?;
        let question: GovernanceRequest = from_value(request)?;
        governance.evaluate(&question, document.unwrap_or_default())
    }
}

pub(super) fn play(
    request: &PlaygroundRequest,
    document: Option<&[u8]>,
) -> Result<playground::PlaygroundAnswer, Error> {
    let allowance = Allowance { now_ms: request.now_ms, seed: request.seed, ..Allowance::default() };
    playground::evaluate(&request.rego_source, document.unwrap_or(b"{}"), allowance)
}
