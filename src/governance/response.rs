//! The preview response of section 8: what every layer says of a plan.

use super::configuration::{ApprovalRule, Enforcement, ExternalCheckProvider};
use super::policy_sets::{Approvers, AskedApproval, Layer, PolicyResult};
use serde::{Deserialize, Serialize};

/// The object of section 8.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PreviewResponse {
    /// One result for each policy, passed ones included.
    pub policy_results: Vec<PolicyResult>,
    /// What would ask for approval.
    pub approval_preview: ApprovalPreview,
    /// Violation messages of mandatory sets.
    #[cfg_attr(test, ts(type = "number"))]
    pub mandatory_violations: u64,
}

/// What would ask for approval.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ApprovalPreview {
    /// Whether any of the lists below has an entry.
    pub would_require_approval: bool,
    /// Approval rules that match.
    pub builtin_rules: Vec<MatchedRule>,
    /// What policies asked for.
    pub opa_requirements: Vec<AskedRequirement>,
    /// Providers in scope.
    pub external_providers: Vec<ProviderInScope>,
}

/// An approval rule that matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct MatchedRule {
    /// The rule.
    pub name: String,
    /// Approvals needed.
    #[cfg_attr(test, ts(type = "number"))]
    pub min_approvals: u64,
    /// The stage.
    #[cfg_attr(test, ts(type = "number"))]
    pub stage: u64,
}

/// What a policy asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AskedRequirement {
    /// The team as the policy wrote it; `org_role:admin` where a policy failed that could have asked.
    pub team: String,
    /// Approvals needed.
    #[cfg_attr(test, ts(type = "number"))]
    pub min: u64,
    /// The stage.
    #[cfg_attr(test, ts(type = "number"))]
    pub stage: u64,
    /// Why.
    pub reason: String,
}

/// A provider in scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ProviderInScope {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// Puts the three layers into the response.
pub fn response(layer: &Layer, rules: &[&ApprovalRule], providers: &[&ExternalCheckProvider]) -> PreviewResponse {
    let mandatory_violations = layer
        .results
        .iter()
        .filter(|result| result.enforcement == Enforcement::Mandatory)
        .map(|result| result.violations.len() as u64)
        .sum();
    PreviewResponse {
        policy_results: layer.results.clone(),
        approval_preview: ApprovalPreview {
            would_require_approval: !(layer.asked.is_empty() && rules.is_empty() && providers.is_empty()),
            builtin_rules: rules
                .iter()
                .map(|rule| MatchedRule {
                    name: rule.name.clone(),
                    min_approvals: rule.min_approvals,
                    stage: rule.stage,
                })
                .collect(),
            opa_requirements: layer.asked.iter().map(asked).collect(),
            external_providers: providers
                .iter()
                .map(|provider| ProviderInScope { id: provider.id.clone(), name: provider.name.clone() })
                .collect(),
        },
        mandatory_violations,
    }
}

fn asked(approval: &AskedApproval) -> AskedRequirement {
    AskedRequirement {
        team: match &approval.approvers {
            Approvers::Team(team) => team.clone(),
            Approvers::Administrators => "org_role:admin".to_owned(),
        },
        min: approval.min,
        stage: approval.stage,
        reason: approval.reason.clone(),
    }
}
