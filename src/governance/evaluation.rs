//! May this run go ahead? One function for preview and enforcement: it computes the decision, the response and the
//! effects. A preview answers its needs with nothing and performs no effect.

use super::configuration::{ApprovalRule, Enforcement, ExternalCheckProvider, GovernanceConfig, Trigger};
use super::contract;
use super::people::Starters;
use super::plan::Plan;
use super::policy_sets::{self, PreparedSet};
use super::request::GovernanceRequest;
use super::requirements::{self, Approval, Rejection};
use super::response::{self, PreviewResponse};
use super::run_record::{self, RunRecord, RunStatus};
use super::{approval_rules, external_checks};
use crate::decision::audit::{BundleRevision, timestamp};
use crate::decision::{
    AuditRecord, Commit, Decision, Effects, Expectation, Facts, Need, NonEmpty, Notice, Reason, Record, Requirement,
    RequirementStatus, Source, digest,
};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::policy::Contract;
use crate::rego::{Diagnostic, Document};
use crate::sorted::{self, InOrder};
use crate::typed;
use serde::Serialize;
use serde_json::json;

/// A configuration whose policies are compiled: what runs are asked against.
pub struct Governance {
    contract: Contract,
    sets: Vec<PreparedSet>,
    rules: Vec<ApprovalRule>,
    providers: Vec<ExternalCheckProvider>,
    revision: String,
    diagnostics: Vec<Diagnostic>,
}

/// What an evaluation needs, or what it decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GovernAnswer"))]
#[serde(rename_all = "snake_case")]
pub enum GovernanceStep {
    /// Ask the host, and run again from the start with the facts.
    Needs(Vec<Need>),
    /// Done.
    Outcome(Box<GovernanceOutcome>),
}

/// The final word on a run, what every layer said, and what enforcement does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GovernanceOutcome {
    /// The final word.
    pub decision: Decision,
    /// The status that the run gets.
    pub run_status: RunStatus,
    /// The status that enforcement gives to a plan like this. It differs from `run_status` for the plan of a pull request,
    /// which completes whatever was found.
    pub enforced_status: RunStatus,
    /// What every layer said.
    pub response: PreviewResponse,
    /// Every requirement with where it stands, later stages included.
    pub requirements: Vec<Requirement>,
    /// The digest of what was evaluated: an approval names it.
    pub digest: String,
    /// The revision of policies, rules and providers: an approval names it.
    pub revision: String,
    /// What enforcement does.
    pub effects: Effects,
    /// The entry of the decision log.
    pub audit: AuditRecord,
}

/// What was recorded of the run before this evaluation.
struct Before {
    record: RunRecord,
    /// The run has its final word: nothing that is said now replaces it.
    is_kept: bool,
}

impl Governance {
    /// Checks a configuration and compiles its policies. A policy that is not valid stays, and fails closed when it is
    /// asked.
    ///
    /// # Errors
    /// `invalid_configuration` with the path to the value, `limit_exceeded` for a text that is too large.
    pub fn prepare(config: GovernanceConfig) -> Result<Self, Error> {
        config.check()?;
        let contract = contract::contract()?;
        let mut diagnostics = Vec::new();
        let GovernanceConfig { mut policy_sets, mut approval_rules, mut external_check_providers } = config;
        policy_sets.order_by_key(|set| (scope(set.project_id.as_ref(), set.workspace_id.as_ref()), set.name.clone()));
        approval_rules
            .order_by_key(|rule| (scope(rule.project_id.as_ref(), rule.workspace_id.as_ref()), rule.name.clone()));
        external_check_providers.order_by(|a, b| a.name.cmp(&b.name));
        let sets = policy_sets
            .into_iter()
            .map(|set| policy_sets::prepare(set, &contract, &mut diagnostics))
            .collect::<Result<Vec<_>, _>>()?;
        let revision = digest::of_value(&json!({
            "policy_sets": sets.iter().map(|set| &set.revision).collect::<Vec<_>>(),
            "approval_rules": approval_rules,
            "external_check_providers": external_check_providers,
        }));
        Ok(Self { contract, sets, rules: approval_rules, providers: external_check_providers, revision, diagnostics })
    }

    /// The content digest of the whole configuration.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// What is wrong with its policies.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Evaluates a plan: policy sets, then approval rules, then external checks; all three always.
    ///
    /// # Errors
    /// The plan reader's errors, `malformed_request`, and those of facts. A policy that fails is no error: it is
    /// a violation.
    pub fn evaluate(&self, request: &GovernanceRequest, plan: &[u8]) -> Result<GovernanceStep, Error> {
        request.check()?;
        let facts = Facts::new(request.facts.clone())?;
        let run_need = Need::Run { run_id: request.run.id.clone() };
        let Some(run_fact) = facts.answer(&run_need) else {
            facts.check_asked(&[])?;
            return Ok(GovernanceStep::Needs(vec![run_need]));
        };
        let recorded = run_record::read(run_fact, &request.run.id)?;

        let plan = Plan::read(plan)?;
        if plan.is_errored() {
            return Err(Error::new(ErrorCode::PlanErrored, "the plan ended in an error and is not evaluated")
                .with_help("mend what `terraform plan` said, and plan again"));
        }
        let evaluated = Self::digest_of(request, &plan)?;
        let asked_under = match &recorded {
            // A pending run keeps the revision under which its approvals were asked.
            Some(record) if record.digest == evaluated => record.revision.clone(),
            _ => self.revision.clone(),
        };
        let approvals_need = Need::Approvals {
            run_id: request.run.id.clone(),
            digest: evaluated.clone(),
            revision: asked_under.clone(),
        };
        facts.check_asked(&[run_need, approvals_need.clone()])?;
        let Some(approvals) = facts.answer(&approvals_need) else {
            return Ok(GovernanceStep::Needs(vec![approvals_need]));
        };
        let approvals_version = approvals.version.clone();
        let approvals = requirements::read_approvals(&approvals.value)?;

        let is_another = recorded.as_ref().is_some_and(|record| record.trigger != request.run.trigger);
        let next = match recorded.clone() {
            // What started a run does not change: a pending push does not become the plan of a pull request.
            Some(record) if is_another => decided_before(record),
            Some(record) if record.digest == evaluated => continued(record, &approvals, request),
            Some(record) if record.status.is_terminal() => decided_before(record),
            _ => self.evaluated(request, &plan, evaluated, &approvals)?,
        };
        let before = recorded.map(|record| Before { is_kept: record.status.is_terminal() || is_another, record });
        let run_id = &request.run.id;
        let expect = |kind: &str, version| Expectation { kind: kind.to_owned(), key: run_id.clone(), version };
        let mut expected = vec![expect("run", run_fact.version.clone())];
        // A host that versions approvals is told which it was: a vote that comes in between is a conflict.
        if approvals_version.is_some() {
            expected.push(expect("approvals", approvals_version));
        }
        Ok(GovernanceStep::Outcome(Box::new(self.outcome(request, &plan, before.as_ref(), expected, next)?)))
    }

    /// A first evaluation, or one of a new plan, with what becomes of the plan of a pull request.
    fn evaluated(
        &self,
        request: &GovernanceRequest,
        plan: &Plan,
        digest: String,
        approvals: &[Approval],
    ) -> Result<RunRecord, Error> {
        let record = self.enforced(request, plan, digest, approvals)?;
        Ok(if request.run.trigger == Trigger::Pr { looked_at(record) } else { record })
    }

    /// The digest of what is evaluated: the plan and the input that policies see.
    ///
    /// # Errors
    /// As [`Plan::detail`].
    pub(super) fn digest_of(request: &GovernanceRequest, plan: &Plan) -> Result<String, Error> {
        let input = request.input(plan, super::configuration::PlanDetail::Summary)?;
        Ok(digest::of_value(&json!({ "plan": plan.digest(), "input": input })))
    }

    /// What enforcement does: the three layers, then the outcome table of section 3.5.
    pub(super) fn enforced(
        &self,
        request: &GovernanceRequest,
        plan: &Plan,
        digest: String,
        approvals: &[Approval],
    ) -> Result<RunRecord, Error> {
        let input_of = |detail| Document::read(request.input(plan, detail)?.to_string().as_bytes());
        let layer = policy_sets::evaluate(&self.sets, &self.contract, request, input_of)?;
        let rules = approval_rules::matching(&self.rules, request, &plan.counts);
        let providers = external_checks::in_scope(&self.providers, request);
        let response = response::response(&layer, &rules, &providers);
        let record = RunRecord {
            run_id: request.run.id.clone(),
            status: RunStatus::Completed,
            enforced_status: RunStatus::Completed,
            trigger: request.run.trigger,
            revision: self.revision.clone(),
            requirements: Vec::new(),
            reasons: Vec::new(),
            response,
            digest,
        };
        let reasons = violations(&record.response);
        let requirements = requirements::requirements(&record.digest, &record.revision, &layer, &rules, &providers);
        let record = if !reasons.is_empty() {
            RunRecord { status: RunStatus::Rejected, reasons, ..record }
        } else if let Some(reason) = too_many(&requirements)? {
            RunRecord { status: RunStatus::Rejected, reasons: vec![reason], ..record }
        } else if !requirements.is_empty() {
            let pending = RunRecord { status: RunStatus::PendingApproval, requirements, ..record };
            continued(pending, approvals, request)
        } else {
            record
        };
        Ok(enforced(record))
    }

    /// What enforcement commits and tells, from where the run was to where it is now.
    fn outcome(
        &self,
        request: &GovernanceRequest,
        plan: &Plan,
        before: Option<&Before>,
        expect: Vec<Expectation>,
        now: RunRecord,
    ) -> Result<GovernanceOutcome, Error> {
        let decision = decision_of(&now);
        let audit = self.audit(request, plan, &now, &decision)?;
        let run_id = &request.run.id;
        let changed = before.is_none_or(|before| !before.is_kept && before.record != now);
        // What is said about another plan or trigger than the run was decided on is an answer, and changes nothing.
        let notices = if before.is_some_and(|before| before.is_kept) {
            Vec::new()
        } else {
            self.notices(request, plan, before.map(|before| &before.record), &now)
        };
        let mut put = if changed { vec![record("run", run_id, &now)?] } else { Vec::new() };
        // INVARIANT (outbox): what is to be told is committed with what makes it necessary, so that no crash loses it.
        for notice in &notices {
            put.push(record("outbox", notice.id(), notice)?);
        }
        let commit = Commit {
            partition: format!("run/{run_id}"),
            idempotency_key: format!("{run_id}:{}", request.decision_id),
            expect,
            put,
            append: vec![record("audit", &request.decision_id, &audit)?],
        };
        Ok(GovernanceOutcome {
            decision,
            run_status: now.status,
            enforced_status: now.enforced_status,
            response: now.response.clone(),
            digest: now.digest.clone(),
            revision: now.revision.clone(),
            effects: Effects { commit: Some(commit), notices },
            requirements: now.requirements,
            audit,
        })
    }

    /// Requirements that have just opened, and the final word when it has just been given. Each is told once: what the
    /// record shows to be told already is not told again.
    pub(super) fn notices(
        &self,
        request: &GovernanceRequest,
        plan: &Plan,
        before: Option<&RunRecord>,
        now: &RunRecord,
    ) -> Vec<Notice> {
        let told = |requirement: &Requirement| {
            before.is_some_and(|before| {
                before
                    .requirements
                    .iter()
                    .any(|known| known.id == requirement.id && known.status != RequirementStatus::Pending)
            })
        };
        let mut notices: Vec<Notice> = now
            .requirements
            .iter()
            .filter(|requirement| requirement.status == RequirementStatus::Active && !told(requirement))
            .filter_map(|requirement| match requirement.source {
                Source::ExternalCheck => {
                    self.providers.iter().find(|provider| provider.id == requirement.source_id).map(|provider| {
                        external_checks::notice(
                            provider,
                            request,
                            &plan.plan_changes,
                            requirement,
                            &now.digest,
                            &now.revision,
                        )
                    })
                }
                Source::ApprovalRule | Source::Opa => Some(Notice::ApprovalRequested {
                    id: format!("{}:requested", requirement.id),
                    org_id: request.org.id.clone(),
                    run_id: now.run_id.clone(),
                    digest: now.digest.clone(),
                    revision: now.revision.clone(),
                    requirement: requirement.clone(),
                }),
            })
            .collect();
        let was_terminal = before.is_some_and(|before| before.status.is_terminal());
        if now.status.is_terminal() && !was_terminal {
            notices.push(Notice::RunDecided {
                id: format!("{}:{}", now.run_id, now.status.as_str()),
                org_id: request.org.id.clone(),
                run_id: now.run_id.clone(),
                run_status: now.status.as_str().to_owned(),
            });
        }
        notices
    }

    pub(super) fn audit(
        &self,
        request: &GovernanceRequest,
        plan: &Plan,
        now: &RunRecord,
        decision: &Decision,
    ) -> Result<AuditRecord, Error> {
        // What was evaluated before an edit of the configuration was not evaluated under the sets of today.
        let is_of_today = now.revision == self.revision;
        let asked = self.sets.iter().filter(|set| is_of_today && set.applies(request));
        let bundles = sorted::Map::from_iter(
            asked.map(|set| (set.bundle_name(), BundleRevision { revision: set.revision.clone() })),
        );
        let mut audit = AuditRecord {
            decision_id: request.decision_id.clone(),
            path: "governance/run".to_owned(),
            input: request.input(plan, super::configuration::PlanDetail::Summary)?,
            result: json!({
                "decision": decision,
                "run_status": now.status,
                "revision": now.revision,
                "response": now.response,
            }),
            bundles,
            digest: now.digest.clone(),
            timestamp: timestamp(request.now_ms),
            erased: Vec::new(),
        };
        if plan.counts.total() > limits::TOLD_CHANGES {
            audit.mask(&["/input/plan_changes".to_owned()]);
        }
        Ok(audit)
    }
}

/// Organisation, then projects, then workspaces.
fn scope(project_id: Option<&String>, workspace_id: Option<&String>) -> u8 {
    match (project_id, workspace_id) {
        (None, None) => 0,
        (Some(_), None) => 1,
        (_, Some(_)) => 2,
    }
}

/// Why a run cannot be held for its requirements: no approval that was asked for is dropped, so a run that asks for more than a
/// record can hold is not held at all.
fn too_many(requirements: &[Requirement]) -> Result<Option<Reason>, Error> {
    let text = typed::written(requirements)?.to_string();
    Ok((text.len() > limits::REQUIREMENTS_BYTES).then(|| {
        Reason::new(
            "limit_exceeded",
            format!(
                "rules and policies ask for {} approvals, which take {} bytes; the limit `requirements_bytes` is {}",
                requirements.len(),
                text.len(),
                limits::REQUIREMENTS_BYTES
            ),
        )
    }))
}

/// One reason for each violation of a mandatory set.
fn violations(response: &PreviewResponse) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = response
        .policy_results
        .iter()
        .filter(|result| result.enforcement == Enforcement::Mandatory)
        .flat_map(|result| {
            result.violations.iter().map(|violation| Reason {
                policy_set: Some(result.policy_set_name.clone()),
                policy: Some(result.policy_name.clone()),
                ..Reason::new("policy_violation", violation)
            })
        })
        .collect();
    if reasons.len() > limits::TOLD_MESSAGES {
        let more = reasons.len() - limits::TOLD_MESSAGES;
        reasons.truncate(limits::TOLD_MESSAGES);
        reasons.push(Reason::new("policy_violation", format!("and {more} more violations, in the policy results")));
    }
    reasons
}

/// Where a run stands after the approvals that have come. What is decided stays decided.
fn continued(mut record: RunRecord, approvals: &[Approval], request: &GovernanceRequest) -> RunRecord {
    if record.status.is_terminal() {
        return record;
    }
    let rejections = requirements::settle(
        &mut record.requirements,
        approvals,
        &record.digest,
        &record.revision,
        &Starters::of(&request.user, request.run.triggered_by.as_deref()),
        request.now_ms,
    );
    if !rejections.is_empty() {
        record.status = RunStatus::Rejected;
        record.reasons = rejections.iter().map(rejected).collect();
    } else if record.requirements.iter().all(|requirement| requirement.status == RequirementStatus::Satisfied) {
        record.status = RunStatus::Completed;
    }
    enforced(record)
}

fn rejected(rejection: &Rejection) -> Reason {
    let comment = if rejection.comment.is_empty() { String::new() } else { format!(": {}", rejection.comment) };
    Reason {
        requirement_id: Some(rejection.requirement_id.clone()),
        ..Reason::new("approval_rejected", format!("{} rejected `{}`{comment}", rejection.approver_id, rejection.name))
    }
}

/// A pull request's plan is looked at, not enforced: it completes, asks nobody, and says what enforcement would do.
pub(super) fn looked_at(record: RunRecord) -> RunRecord {
    RunRecord {
        status: RunStatus::Completed,
        enforced_status: record.status,
        requirements: Vec::new(),
        reasons: Vec::new(),
        ..record
    }
}

fn enforced(record: RunRecord) -> RunRecord {
    RunRecord { enforced_status: record.status, ..record }
}

/// A run has its final word for one plan only: asked with another, it is refused, and what is recorded stays.
fn decided_before(record: RunRecord) -> RunRecord {
    RunRecord {
        status: RunStatus::Rejected,
        reasons: vec![Reason::new(
            "run_already_decided",
            format!("the run is `{}` for another plan or trigger; a new plan needs a new run", record.status.as_str()),
        )],
        ..record
    }
}

/// The final word for where a run stands. A hold without an open requirement, or a rejection without a reason, cannot be
/// built, and is a deny.
pub(super) fn decision_of(record: &RunRecord) -> Decision {
    let deny = |reasons: Vec<Reason>| Decision::Deny {
        reasons: NonEmpty::from_vec(reasons)
            .unwrap_or_else(|| NonEmpty::one(Reason::new("run_rejected", "the run was rejected"))),
    };
    match record.status {
        RunStatus::Completed => Decision::Allow,
        RunStatus::Rejected => deny(record.reasons.clone()),
        RunStatus::PendingApproval => {
            let open = record
                .requirements
                .iter()
                .filter(|requirement| {
                    matches!(requirement.status, RequirementStatus::Active | RequirementStatus::Pending)
                })
                .cloned()
                .collect();
            match NonEmpty::from_vec(open) {
                Some(requirements) => Decision::Hold { requirements },
                None => {
                    deny(vec![Reason::new("nothing_to_wait_for", "the run waits, and nothing could lift the hold")])
                }
            }
        }
    }
}

fn record(kind: &str, key: &str, value: &impl Serialize) -> Result<Record, Error> {
    Ok(Record { kind: kind.to_owned(), key: key.to_owned(), value: typed::written(value)? })
}
