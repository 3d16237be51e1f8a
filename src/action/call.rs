//! The call: what an agent wants to do, and everything that is said of it beforehand (section 1.4).

use super::money::Usd;
use super::policy::{GroundingRule, RiskLevel};
use crate::sorted;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One call of an action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct ActionCall {
    /// The action. Names are compared exactly, with their case; there are no wildcards.
    pub name: String,
    /// What it will cost in US dollars, at the most. Default 0. Anything but an amount from 0 is `INVALID_COST`.
    #[serde(default = "nothing")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub cost_usd: Value,
    /// Labels that approval criteria look at.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub tags: Vec<String>,
    /// The arguments by their names.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "Record<string, unknown>"))]
    pub kwargs: Map<String, Value>,
    /// How risky it is.
    #[serde(default)]
    pub risk_level: Option<RiskLevel>,
    /// What it changes: `read`, `low`, `medium` or `high`. Only looked at where no policy can vouch, and then anything but the exact
    /// words `read` and `low` is a write. Default `medium`.
    #[serde(default)]
    pub impact: Option<String>,
    /// Whether the call itself asks for an approval.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub requires_human_approval: bool,
    /// What approvers are told.
    #[serde(default)]
    pub approval_description: Option<String>,
    /// The agent.
    #[serde(default)]
    pub agent_id: Option<String>,
    /// The run. Evidence and `run_budget` belong to it.
    #[serde(default)]
    pub run_id: Option<String>,
    /// The session: what `session_budget`, `action_budgets`, rates and loops are counted in. Without one, all such calls of the
    /// organisation are one session.
    #[serde(default)]
    pub session_id: Option<String>,
    /// The task.
    #[serde(default)]
    pub task_id: Option<String>,
    /// The mission.
    #[serde(default)]
    pub mission_id: Option<String>,
    /// The group of agents.
    #[serde(default)]
    pub group_id: Option<String>,
    /// What runs the agent; for the records.
    #[serde(default)]
    pub harness: Option<String>,
    /// For whom the agent acts; for the records.
    #[serde(default)]
    pub principal: Option<String>,
    /// Whether its result is evidence, also where no policy says so.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub produces_evidence: bool,
    /// Whether it changes something; for the records.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub is_commit: bool,
    /// Actions that must have succeeded before, beside those of policies.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub requires: Vec<String>,
    /// How old the evidence and the grounds that the call itself asks for may be.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub evidence_max_age_seconds: Option<u64>,
    /// Where arguments must come from, beside what policies say.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub grounding_rules: sorted::Map<String, GroundingRule>,
    /// What the arguments must look like, beside what policies say.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "Record<string, unknown> | null"))]
    pub argument_constraints: Option<Map<String, Value>>,
    /// The same key in the same run is one call: the second gets the result of the first.
    #[serde(default)]
    pub idempotency_key: Option<String>,
    /// How long a result is kept for that. Default 3600.
    #[serde(default)]
    pub idempotency_ttl_seconds: Option<f64>,
    /// What holds where no policy can vouch: true is `fail_closed`, false `fail_open`. Default: the mode that is set.
    #[serde(default)]
    pub fail_closed: Option<bool>,
}

fn nothing() -> Value {
    0.into()
}

/// How long the result of a call with an idempotency key is kept where the call does not say.
const IDEMPOTENCY_TTL_SECONDS: f64 = 3600.0;

impl ActionCall {
    /// A call of this action, of which nothing else is said.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            cost_usd: nothing(),
            tags: Vec::new(),
            kwargs: Map::new(),
            risk_level: None,
            impact: None,
            requires_human_approval: false,
            approval_description: None,
            agent_id: None,
            run_id: None,
            session_id: None,
            task_id: None,
            mission_id: None,
            group_id: None,
            harness: None,
            principal: None,
            produces_evidence: false,
            is_commit: false,
            requires: Vec::new(),
            evidence_max_age_seconds: None,
            grounding_rules: sorted::Map::new(),
            argument_constraints: None,
            idempotency_key: None,
            idempotency_ttl_seconds: None,
            fail_closed: None,
        }
    }

    /// The cost; none where it is no amount from 0.
    pub fn cost(&self) -> Option<Usd> {
        Usd::of_value(&self.cost_usd)
    }

    /// Whether it may change something, as far as anybody said.
    pub fn is_write(&self) -> bool {
        !matches!(self.impact.as_deref(), Some("read" | "low"))
    }

    /// The session that it is counted in.
    pub fn session(&self) -> &str {
        self.session_id.as_deref().unwrap_or_default()
    }

    /// How long its result is kept, in milliseconds.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast stops at the ends of the range"
    )]
    pub fn idempotency_ttl_ms(&self) -> u64 {
        let seconds = self.idempotency_ttl_seconds.unwrap_or(IDEMPOTENCY_TTL_SECONDS);
        (seconds * 1000.0).round() as u64
    }
}
