//! From what the layers ask for to requirements in stages, and from approvals to what is met.

use super::configuration::{ApprovalRule, ApproverType, EscalationAction, ExternalCheckProvider};
use super::people::Starters;
use super::policy_sets::{Approvers, AskedApproval, Layer};
use crate::decision::{Requirement, RequirementStatus, Source};
use crate::error::{Error, ErrorCode};
use crate::rego::hex;
use crate::sorted::{self, InOrder};
use crate::typed;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Hours until a provider's check escalates, where nothing else is said.
const PROVIDER_TIMEOUT_HOURS: u64 = 24;

/// A decision that somebody gave on a requirement, as the host answers the need `approvals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The requirement.
    pub requirement_id: String,
    /// Who decided: a user, or the provider for its check. The host has checked that they may.
    pub approver_id: String,
    /// What they decided.
    pub decision: Vote,
    /// The digest of what was evaluated when they decided.
    pub digest: String,
    /// The revision under which approval was asked.
    pub revision: String,
    /// Why.
    #[serde(default)]
    pub comment: Option<String>,
}

/// What an approver decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Vote {
    /// Yes.
    Approved,
    /// No: the run is rejected.
    Rejected,
}

/// The requirements of a plan: rules, then what policies asked for, then providers. None is open yet.
///
/// The id of each is a digest of the evaluation and of its place in it, so that a second evaluation of the same plan
/// under the same policies names the same requirements.
pub fn requirements(
    digest: &str,
    revision: &str,
    layer: &Layer,
    rules: &[&ApprovalRule],
    providers: &[&ExternalCheckProvider],
) -> Vec<Requirement> {
    let mut requirements: Vec<Requirement> = Vec::new();
    requirements.extend(rules.iter().map(|rule| of_rule(rule)));
    requirements.extend(layer.asked.iter().map(of_policy));
    requirements.extend(providers.iter().map(|provider| of_provider(provider)));
    for (at, requirement) in requirements.iter_mut().enumerate() {
        let bytes =
            Sha256::digest(format!("{digest} {revision} {at} {:?} {}", requirement.source, requirement.source_id));
        requirement.id = hex(&bytes).chars().take(32).collect();
    }
    requirements
}

fn blank(source: Source, source_id: String, name: String) -> Requirement {
    Requirement {
        id: String::new(),
        source,
        source_id,
        name,
        reason: String::new(),
        approver_type: String::new(),
        approver_id: None,
        approver_role: None,
        min_approvals: 1,
        approvals_count: 0,
        stage: 1,
        status: RequirementStatus::Pending,
        activated_at_ms: None,
        expires_at_ms: None,
        timeout_hours: 0,
        escalation_action: EscalationAction::Reject.as_str().to_owned(),
        escalation_team_id: None,
        escalation_reason: None,
        forbids_self_approval: false,
    }
}

fn of_rule(rule: &ApprovalRule) -> Requirement {
    Requirement {
        approver_type: match rule.approver_type {
            ApproverType::User => "user",
            ApproverType::Team => "team",
            ApproverType::OrgRole => "org_role",
        }
        .to_owned(),
        approver_id: rule.approver_id.clone(),
        approver_role: rule.approver_role.clone(),
        min_approvals: rule.min_approvals,
        stage: rule.stage,
        timeout_hours: rule.timeout_hours.unwrap_or(0),
        escalation_action: rule.escalation_action.unwrap_or(EscalationAction::Reject).as_str().to_owned(),
        escalation_team_id: rule.escalation_team_id.clone(),
        escalation_reason: rule.escalation_reason.clone(),
        forbids_self_approval: rule.forbid_self_approval,
        ..blank(Source::ApprovalRule, rule.id.clone().unwrap_or_else(|| rule.name.clone()), rule.name.clone())
    }
}

fn of_policy(asked: &AskedApproval) -> Requirement {
    let (approver_type, approver_id, approver_role) = match &asked.approvers {
        Approvers::Team(team) => ("team", Some(team.clone()), None),
        Approvers::Administrators => ("org_role", None, Some("admin".to_owned())),
    };
    Requirement {
        reason: asked.reason.clone(),
        approver_type: approver_type.to_owned(),
        approver_id,
        approver_role,
        min_approvals: asked.min,
        stage: asked.stage,
        timeout_hours: asked.timeout_hours,
        ..blank(Source::Opa, asked.policy_id.clone(), asked.policy_name.clone())
    }
}

fn of_provider(provider: &ExternalCheckProvider) -> Requirement {
    Requirement {
        approver_type: "external_provider".to_owned(),
        approver_id: Some(provider.id.clone()),
        timeout_hours: provider.timeout_hours.unwrap_or(PROVIDER_TIMEOUT_HOURS),
        escalation_action: provider.escalation_action.unwrap_or(EscalationAction::Reject).as_str().to_owned(),
        escalation_team_id: provider.escalation_team_id.clone(),
        ..blank(Source::ExternalCheck, provider.id.clone(), provider.name.clone())
    }
}

/// Reads the fact `approvals`.
///
/// # Errors
/// `fact_wrong_shape` with what is wrong: an approval that cannot be read is not passed over.
pub fn read_approvals(value: &serde_json::Value) -> Result<Vec<Approval>, Error> {
    let approvals: Vec<Approval> =
        typed::read(value.clone(), ErrorCode::FactWrongShape, "the fact `approvals` is not a list of approvals")?;
    for (at, approval) in approvals.iter().enumerate() {
        if approval.approver_id.trim() != approval.approver_id || approval.approver_id.is_empty() {
            return Err(Error::new(ErrorCode::FactWrongShape, "an approval does not name who gave it")
                .at(format!("/{at}/approver_id")));
        }
    }
    Ok(approvals)
}

/// Counts approvals and opens stages. An approval counts only for the evaluation that it names, only for a requirement
/// that was open before, and once for each approver: nobody can have been asked about one that opens now. Whoever started the
/// run does not approve what forbids it.
pub fn settle(
    requirements: &mut [Requirement],
    approvals: &[Approval],
    digest: &str,
    revision: &str,
    starters: &Starters,
    now_ms: u64,
) -> Vec<Rejection> {
    let counted: Vec<&Approval> =
        approvals.iter().filter(|approval| approval.digest == digest && approval.revision == revision).collect();
    let mut rejections = Vec::new();
    let mut stages: Vec<u64> = requirements.iter().map(|requirement| requirement.stage).collect();
    stages.order();
    stages.dedup();
    for stage in stages {
        let mut all_met = true;
        for requirement in requirements.iter_mut().filter(|requirement| requirement.stage == stage) {
            if requirement.status == RequirementStatus::Pending {
                requirement.activate(now_ms);
            } else if let Some(rejection) = count(requirement, &counted, starters) {
                rejections.push(rejection);
            }
            all_met &= requirement.status == RequirementStatus::Satisfied;
        }
        if !all_met {
            break;
        }
    }
    if !rejections.is_empty() {
        for requirement in requirements.iter_mut() {
            if matches!(requirement.status, RequirementStatus::Pending | RequirementStatus::Active) {
                requirement.status = RequirementStatus::Cancelled;
            }
        }
    }
    rejections
}

/// Somebody said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The requirement.
    pub requirement_id: String,
    /// Its name.
    pub name: String,
    /// Who.
    pub approver_id: String,
    /// Why; empty where they did not say.
    pub comment: String,
}

fn count(requirement: &mut Requirement, approvals: &[&Approval], starters: &Starters) -> Option<Rejection> {
    let here: Vec<&&Approval> = approvals
        .iter()
        .filter(|approval| approval.requirement_id == requirement.id)
        // Where one is named, only that one answers: the provider for its check, the person for their approval.
        .filter(|approval| {
            !matches!(requirement.approver_type.as_str(), "external_provider" | "user")
                || requirement.approver_id.as_deref() == Some(&approval.approver_id)
        })
        // A no counts, whoever says it.
        .filter(|approval| {
            !requirement.forbids_self_approval
                || approval.decision == Vote::Rejected
                || !starters.include(Some(&approval.approver_id), None)
        })
        .collect();
    if let Some(no) = here.iter().find(|approval| approval.decision == Vote::Rejected) {
        requirement.status = RequirementStatus::Rejected;
        return Some(Rejection {
            requirement_id: requirement.id.clone(),
            name: requirement.name.clone(),
            approver_id: no.approver_id.clone(),
            comment: no.comment.clone().unwrap_or_default(),
        });
    }
    let approvers = sorted::Set::from_iter(here.iter().map(|approval| approval.approver_id.as_str()));
    requirement.approvals_count = approvers.len() as u64;
    if requirement.approvals_count >= requirement.min_approvals {
        requirement.status = RequirementStatus::Satisfied;
    }
    None
}
