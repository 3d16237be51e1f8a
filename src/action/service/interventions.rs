//! Interventions: what was done about a call that could not simply be taken (section 1.9).

use super::ActionService;
use super::access::{organisation, require};
use super::facts::ActionChange;
use super::log::without_arguments;
use super::stored::{kind, log_key, partition};
use crate::action::call::ActionCall;
use crate::action::money::Usd;
use crate::action::policy::RiskLevel;
use crate::action::verdict::{ActionDecision, ReasonCode, WarningKind, Word};
use crate::decision::audit::timestamp;
use crate::decision::{Asking, Done, Listed, Page, PageRequest, Refusal, Stop, Verb, instant};
use crate::typed;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum InterventionType {
    /// The call was stopped by a list, a kill switch or a mode.
    HardBlock,
    /// The call waits for an approval, or one came to nothing.
    ApprovalRequired,
    /// The action was taken too often.
    RateLimited,
    /// A budget does not suffice.
    BudgetExceeded,
    /// A budget is nearly used up.
    BudgetWarning,
    /// No policy is strict: the call was let pass.
    Warning,
    /// Evidence, grounds or right arguments are missing.
    MissingEvidence,
    /// The arguments hold personal data.
    PiiBlocked,
    /// The arguments hold content that is not wanted.
    ContentBlocked,
    /// The same call was tried over and over.
    LoopDetected,
    /// The result of the same call stood in for it.
    IdempotentReplay,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum InterventionOutcome {
    /// The call was stopped.
    Blocked,
    /// Somebody was asked, or nobody answered in time.
    Escalated,
    /// Somebody approved it.
    ApprovedAfterReview,
    /// Somebody refused it.
    RejectedAfterReview,
    /// Something else stood in for it.
    Modified,
    /// It was let pass.
    Warned,
}

/// Something that was done about a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Intervention {
    /// The id.
    pub id: String,
    /// What was done.
    #[serde(rename = "type")]
    pub intervention_type: InterventionType,
    /// What came of it.
    pub outcome: InterventionOutcome,
    /// The action.
    pub action_name: String,
    /// What it was for, where the call says.
    pub description: Option<String>,
    /// The agent.
    pub agent_id: Option<String>,
    /// The run.
    pub run_id: Option<String>,
    /// The task.
    pub task_id: Option<String>,
    /// The mission.
    pub mission_id: Option<String>,
    /// The policy; the first where there are several.
    pub policy_id: Option<String>,
    /// What it would have cost, in US dollars.
    #[cfg_attr(test, ts(type = "number"))]
    pub estimated_cost_usd: Usd,
    /// What it cost.
    #[cfg_attr(test, ts(type = "number"))]
    pub actual_cost_usd: Usd,
    /// What was not spent.
    #[cfg_attr(test, ts(type = "number"))]
    pub cost_prevented_usd: Usd,
    /// How grave it was.
    pub risk_level: RiskLevel,
    /// What was protected.
    #[cfg_attr(test, ts(type = "Record<string, number>"))]
    pub blast_radius: Value,
    /// Why.
    pub reason: String,
    /// What a check found.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub context: Value,
    /// What the caller was told to do.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub remediation_payload: Value,
    /// The organisation.
    pub organization_id: String,
    /// When, as RFC 3339 in UTC.
    pub timestamp: String,
}

/// Which interventions. All that is given must match.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields, default)]
pub struct InterventionQuery {
    /// What was done.
    #[serde(rename = "type")]
    pub intervention_type: Option<InterventionType>,
    /// What came of it.
    pub outcome: Option<InterventionOutcome>,
    /// The action, exactly.
    pub action_name: Option<String>,
    /// The agent.
    pub agent_id: Option<String>,
    /// The run.
    pub run_id: Option<String>,
    /// The policy.
    pub policy_id: Option<String>,
    /// How grave it was.
    pub risk_level: Option<RiskLevel>,
    /// Not earlier than this, as RFC 3339.
    pub start_date: Option<String>,
    /// Earlier than this, as RFC 3339.
    pub end_date: Option<String>,
    /// The most entries that are looked at: 1 to 100. Default 50.
    pub limit: Option<u32>,
    /// Where an earlier page ended.
    pub cursor: Option<String>,
}

/// A part of the list of interventions. A page may have fewer than its limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InterventionPage {
    /// Those that match, from the oldest.
    pub data: Vec<Intervention>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

const ONE_DOLLAR: &str = "1";

impl ActionService<'_> {
    /// Enters what was done about a call, where anything was.
    pub(super) fn intervene(
        &self,
        change: &mut ActionChange<'_>,
        call: &ActionCall,
        decision: &ActionDecision,
    ) -> Result<(), Stop> {
        let mut entries = Vec::new();
        for warning in &decision.warnings {
            let intervention_type = match warning.kind {
                WarningKind::BudgetWarning => InterventionType::BudgetWarning,
                WarningKind::NotStrict => InterventionType::Warning,
                // Said on every call of an organisation without policies: nothing that anybody would read.
                WarningKind::NoPolicy => continue,
            };
            entries.push(Intervention {
                reason: warning.message.clone(),
                policy_id: warning.policy_ids.first().cloned(),
                ..self.intervention(call, intervention_type, InterventionOutcome::Warned)
            });
        }
        match (decision.decision, decision.reason_code) {
            (Word::Deny, Some(code)) => entries.push(self.denied(call, decision, code)),
            (Word::RequireApproval, _) => entries.push(Intervention {
                reason: decision.message.clone().unwrap_or_default(),
                policy_id: decision.policy_ids.first().cloned(),
                blast_radius: json!({ "funds_protected": 0 }),
                ..self.intervention(call, InterventionType::ApprovalRequired, InterventionOutcome::Escalated)
            }),
            _ if decision.idempotent_replay.is_some() => {
                let mut replayed =
                    self.intervention(call, InterventionType::IdempotentReplay, InterventionOutcome::Modified);
                replayed.risk_level = RiskLevel::Low;
                replayed.cost_prevented_usd = replayed.estimated_cost_usd;
                replayed.reason = "the result of the same call stood in for it".to_owned();
                replayed.context = json!({ "guardrail_schema_version": 1, "guardrail": "idempotency" });
                entries.push(replayed);
            }
            _ => {}
        }
        for (at, mut entry) in entries.into_iter().enumerate() {
            entry.id = format!("{}:{at}", self.operation_id);
            change.append(kind::INTERVENTION, log_key(self.now_ms, &entry.id), &entry)?;
        }
        Ok(())
    }

    /// Enters what came of an approval.
    pub(super) fn reviewed(
        &self,
        change: &mut ActionChange<'_>,
        of: &super::approvals::StoredApproval,
        outcome: InterventionOutcome,
        reason: &str,
    ) -> Result<(), Stop> {
        let call = ActionCall {
            agent_id: of.agent_id.clone(),
            run_id: of.run_id.clone(),
            task_id: of.task_id.clone(),
            mission_id: of.mission_id.clone(),
            cost_usd: of.estimated_cost_usd.to_value(),
            approval_description: of.description.clone(),
            ..ActionCall::named(&of.action_name)
        };
        let mut entry = self.intervention(&call, InterventionType::ApprovalRequired, outcome);
        if outcome != InterventionOutcome::ApprovedAfterReview {
            entry.cost_prevented_usd = of.estimated_cost_usd;
            entry.blast_radius = json!({ "funds_protected": of.estimated_cost_usd });
        }
        entry.reason = reason.to_owned();
        entry.policy_id = of.asked.iter().find_map(|asked| asked.policy_id.clone());
        change.append(kind::INTERVENTION, log_key(self.now_ms, &entry.id), &entry)
    }

    fn denied(&self, call: &ActionCall, decision: &ActionDecision, code: ReasonCode) -> Intervention {
        let intervention_type = match code {
            ReasonCode::RateLimited => InterventionType::RateLimited,
            ReasonCode::BudgetExceeded => InterventionType::BudgetExceeded,
            ReasonCode::MissingEvidence
            | ReasonCode::StaleEvidence
            | ReasonCode::ArgumentConstraintViolated
            | ReasonCode::UngroundedArgument => InterventionType::MissingEvidence,
            ReasonCode::PiiDetected => InterventionType::PiiBlocked,
            ReasonCode::ContentModerated => InterventionType::ContentBlocked,
            ReasonCode::LoopDetected => InterventionType::LoopDetected,
            ReasonCode::PolicyViolation => InterventionType::ApprovalRequired,
            _ => InterventionType::HardBlock,
        };
        let mut entry = self.intervention(call, intervention_type, InterventionOutcome::Blocked);
        let cost = entry.estimated_cost_usd;
        let is_costly = Usd::parse(ONE_DOLLAR).is_some_and(|dollar| cost > dollar);
        let is_of_block =
            !matches!(intervention_type, InterventionType::MissingEvidence | InterventionType::ApprovalRequired);
        if is_costly && is_of_block {
            entry.risk_level = RiskLevel::High;
        }
        entry.cost_prevented_usd = cost;
        entry.blast_radius = match decision.limit {
            Some(limit) => json!({ "funds_protected": limit, "cost_prevented": cost }),
            None => json!({ "funds_protected": cost }),
        };
        entry.reason = decision.message.clone().unwrap_or_default();
        entry.policy_id = decision.policy_ids.first().cloned();
        entry.context = without_arguments(decision.details.clone());
        entry.remediation_payload = without_arguments(typed::written(&decision.remediation).unwrap_or_default());
        entry
    }

    fn intervention(
        &self,
        call: &ActionCall,
        intervention_type: InterventionType,
        outcome: InterventionOutcome,
    ) -> Intervention {
        Intervention {
            id: self.operation_id.to_owned(),
            intervention_type,
            outcome,
            action_name: call.name.clone(),
            description: call.approval_description.clone(),
            agent_id: call.agent_id.clone(),
            run_id: call.run_id.clone(),
            task_id: call.task_id.clone(),
            mission_id: call.mission_id.clone(),
            policy_id: None,
            estimated_cost_usd: call.cost().unwrap_or_default(),
            actual_cost_usd: Usd::ZERO,
            cost_prevented_usd: Usd::ZERO,
            risk_level: RiskLevel::Medium,
            blast_radius: json!({}),
            reason: String::new(),
            context: json!({}),
            remediation_payload: Value::Null,
            organization_id: self.org_id.to_owned(),
            timestamp: timestamp(self.now_ms),
        }
    }

    /// `GET /interventions`
    pub(super) fn list_interventions(&self, asking: &Asking, query: &InterventionQuery) -> Result<Done, Stop> {
        require(asking, organisation(self.org_id), Verb::Read)?;
        let page = PageRequest { limit: query.limit, cursor: query.cursor.clone() };
        let mut need = page.need(partition(self.org_id), kind::INTERVENTION, None)?;
        if let crate::decision::Need::Records { from, to, .. } = &mut need {
            *from = bound(query.start_date.as_deref(), "/start_date")?;
            *to = bound(query.end_date.as_deref(), "/end_date")?;
        }
        let listed: Page<Intervention> = asking.records(need)?;
        let data = listed.records.into_iter().map(|Listed { value, .. }| value).filter(|entry| query.matches(entry));
        Done::answer(&InterventionPage { data: data.collect(), cursor: listed.cursor })
    }
}

/// The first key of a time.
fn bound(date: Option<&str>, path: &str) -> Result<Option<String>, Refusal> {
    let Some(date) = date else { return Ok(None) };
    let at_ms = instant(date).ok_or_else(|| Refusal::field(path, format!("`{date}` is not a time as RFC 3339")))?;
    Ok(Some(format!("{at_ms:015}")))
}

impl InterventionQuery {
    fn matches(&self, entry: &Intervention) -> bool {
        let is = |wanted: &Option<String>, found: Option<&String>| wanted.is_none() || wanted.as_ref() == found;
        self.intervention_type.is_none_or(|wanted| wanted == entry.intervention_type)
            && self.outcome.is_none_or(|wanted| wanted == entry.outcome)
            && self.risk_level.is_none_or(|wanted| wanted == entry.risk_level)
            && is(&self.action_name, Some(&entry.action_name))
            && is(&self.agent_id, entry.agent_id.as_ref())
            && is(&self.run_id, entry.run_id.as_ref())
            && is(&self.policy_id, entry.policy_id.as_ref())
    }
}
