//! Layer 1: which policy sets apply, and what their policies say of a plan.

use super::configuration::{Enforcement, PlanDetail, PolicySet, SourceType};
use super::contract::{DENY, REQUIRE_APPROVAL};
use super::request::GovernanceRequest;
use crate::decision::digest;
use crate::error::Error;
use crate::limits::{self, EvaluationLimits};
use crate::policy::contract::{Contract, Elements};
use crate::policy::validation;
use crate::rego::check::outline::{Outline, RuleKind};
use crate::rego::{Allowance, Answer, Diagnostic, Document, Module, Program};
use crate::sorted::InOrder;
use serde::Serialize;
use serde_json::{Value, json};

/// A policy set whose policies are compiled.
pub struct PreparedSet {
    /// The set as the host keeps it.
    pub set: PolicySet,
    /// Its policies in the order of names.
    pub policies: Vec<PreparedPolicy>,
    /// The content digest of all that decides what the set says.
    pub revision: String,
}

/// A policy that can be asked, or the reason why it cannot.
pub struct PreparedPolicy {
    name: String,
    id: String,
    /// A policy that is not valid stays and fails closed whenever it is asked.
    program: Result<Program, String>,
    /// Whether the text declares `require_approval`, also as a default. Where the text does not parse it might.
    may_require_approval: bool,
}

/// The result of one policy (section 1.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PolicyResult {
    /// The set.
    pub policy_set_name: String,
    /// The policy.
    pub policy_name: String,
    /// Whether a violation rejects the run.
    pub enforcement: Enforcement,
    /// Whether there is no violation.
    pub passed: bool,
    /// The messages of `deny`.
    pub violations: Vec<String>,
    /// Where the set stands among those that were asked: two scopes may hold sets of one name. Not kept.
    #[serde(skip)]
    #[cfg_attr(test, ts(skip))]
    pub set_at: usize,
}

/// An approval that a policy asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedApproval {
    /// The id of the policy.
    pub policy_id: String,
    /// The policy.
    pub policy_name: String,
    /// Who approves.
    pub approvers: Approvers,
    /// Approvals needed.
    pub min: u64,
    /// The stage.
    pub stage: u64,
    /// Why.
    pub reason: String,
    /// Hours to escalation; 0: never.
    pub timeout_hours: u64,
}

/// Who approves what a policy asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approvers {
    /// A team, by name or id as the policy wrote it.
    Team(String),
    /// Administrators: the policy failed where it could have asked.
    Administrators,
}

/// What layer 1 says.
#[derive(Debug, Default)]
pub struct Layer {
    /// One result for each policy, passed ones included.
    pub results: Vec<PolicyResult>,
    /// Approvals that policies asked for, whatever the enforcement of their set.
    pub asked: Vec<AskedApproval>,
}

/// Validates and compiles the policies of a set.
///
/// # Errors
/// `limit_exceeded` for a text that is too large.
pub fn prepare(set: PolicySet, contract: &Contract, diagnostics: &mut Vec<Diagnostic>) -> Result<PreparedSet, Error> {
    let mut policies = Vec::new();
    for policy in &set.policies {
        let module = Module { path: format!("{}/{}", set.name, policy.name), source: policy.rego_source.clone() };
        let validated = validation::validate(module, contract)?;
        let may_require_approval = match &validated.outline {
            Some(outline) => declares_require_approval(outline),
            // A text that does not parse may have meant to: what cannot be read is asked for.
            None => policy.rego_source.contains(REQUIRE_APPROVAL),
        };
        diagnostics.extend(validated.validation.diagnostics);
        let program = match (validated.program, validated.validation.error) {
            (Some(program), None) => Ok(program),
            (_, error) => Err(error.unwrap_or_else(|| "the policy does not compile".to_owned())),
        };
        policies.push(PreparedPolicy {
            name: policy.name.clone(),
            id: policy.id.clone().unwrap_or_else(|| format!("{}/{}", set.name, policy.name)),
            program,
            may_require_approval,
        });
    }
    if set.source_type == SourceType::Git && policies.is_empty() {
        // What a folder would say is not known before it was loaded, and that is not that it says nothing.
        let folder = set.git_path.clone().unwrap_or_default();
        policies.push(PreparedPolicy {
            program: Err(format!("the folder `{folder}` of the policy set was never loaded")),
            id: format!("{}/{folder}", set.name),
            name: folder,
            may_require_approval: true,
        });
    }
    policies.order_by(|a, b| a.name.cmp(&b.name));
    let revision = digest::of_value(&json!({
        "name": set.name,
        "enforcement": set.enforcement,
        "plan_detail": set.plan_detail,
        "project_id": set.project_id,
        "workspace_id": set.workspace_id,
        "enabled": set.enabled,
        "policies": set.policies.iter().map(|policy| json!([policy.name, policy.rego_source])).collect::<Vec<_>>(),
    }));
    Ok(PreparedSet { set, policies, revision })
}

fn declares_require_approval(outline: &Outline) -> bool {
    outline.rules_named(REQUIRE_APPROVAL).any(|rule| !matches!(rule.kind, RuleKind::Function { .. }))
}

/// Asks every policy of every set that applies. Scopes add up: a narrower set never overrides a wider one.
///
/// # Errors
/// Only for an input that cannot be built; a policy that fails is a result.
pub fn evaluate(
    sets: &[PreparedSet],
    contract: &Contract,
    request: &GovernanceRequest,
    input_of: impl Fn(PlanDetail) -> Result<Document, Error>,
) -> Result<Layer, Error> {
    let mut layer = Layer::default();
    let mut steps = Steps { left: limits::DECISION_STEPS };
    let mut summary = None;
    let mut full = None;
    for (set_at, prepared) in sets.iter().enumerate().filter(|(_, prepared)| prepared.applies(request)) {
        let set = &prepared.set;
        let slot = match set.plan_detail {
            PlanDetail::Summary => &mut summary,
            PlanDetail::Full => &mut full,
        };
        let input = match slot {
            Some(input) => input,
            None => slot.insert(input_of(set.plan_detail)?),
        };
        let before = layer.results.len();
        for policy in &prepared.policies {
            policy.ask(set, &Question { contract, input, request }, &mut steps, &mut layer);
        }
        for result in layer.results.iter_mut().skip(before) {
            result.set_at = set_at;
        }
    }
    keep_within_bounds(&mut layer.results);
    Ok(layer)
}

/// Cuts what a record of the results could not hold. INVARIANT (still a violation): a policy that has messages keeps one, of
/// which little is left when there is no room.
fn keep_within_bounds(results: &mut [PolicyResult]) {
    let mut left = limits::MESSAGES_BYTES;
    for result in results {
        let mut fitting = 0;
        for message in &result.violations {
            // As a record holds it.
            let bytes = serde_json::Value::from(message.as_str()).to_string().len();
            if bytes > left {
                break;
            }
            left -= bytes;
            fitting += 1;
        }
        let more = result.violations.len().saturating_sub(fitting.max(1));
        if fitting == 0
            && let Some(first) = result.violations.first_mut()
        {
            *first = cut(first, limits::CUT_MESSAGE_CHARS);
        }
        if more > 0 {
            result.violations.truncate(fitting.max(1));
            result.violations.push(format!("and {more} more"));
        }
    }
}

/// A text of a policy as far as it is kept.
fn kept(text: &str) -> String {
    cut(text, limits::MESSAGE_CHARS)
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl PreparedSet {
    /// Whether the set is asked about a run.
    pub fn applies(&self, request: &GovernanceRequest) -> bool {
        let set = &self.set;
        set.enabled && request.in_scope(set.project_id.as_deref(), set.workspace_id.as_deref())
    }

    /// The name of the set in a decision log. Sets of different scopes may share a name, so the scope stands before it.
    pub fn bundle_name(&self) -> String {
        match (&self.set.project_id, &self.set.workspace_id) {
            (_, Some(workspace)) => format!("workspace/{workspace}/{}", self.set.name),
            (Some(project), None) => format!("project/{project}/{}", self.set.name),
            (None, None) => self.set.name.clone(),
        }
    }
}

/// What every policy of a decision is asked.
struct Question<'a> {
    contract: &'a Contract,
    input: &'a Document,
    request: &'a GovernanceRequest,
}

/// The steps that are left for the policies of one decision: many policies within their limits are not within it together.
struct Steps {
    left: u64,
}

impl Steps {
    fn allowance(&self, request: &GovernanceRequest) -> Allowance {
        let limits = EvaluationLimits { steps: limits::STEPS.min(self.left), ..EvaluationLimits::default() };
        Allowance { limits, now_ms: Some(request.now_ms), seed: request.seed, ..Allowance::default() }
    }

    fn spend(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
    }
}

impl PreparedPolicy {
    /// Asks one policy. What it cannot say is never silence: its failure is a violation, and where it could have asked
    /// for an approval, an administrator must approve.
    fn ask(&self, set: &PolicySet, question: &Question<'_>, steps: &mut Steps, layer: &mut Layer) {
        let denied = self.elements(DENY, question, steps);
        let required = self.elements(REQUIRE_APPROVAL, question, steps);
        let mut violations: Vec<String> = denied.fitting.iter().filter_map(Value::as_str).map(kept).collect();
        let mut asked: Vec<AskedApproval> = required.fitting.iter().map(|object| self.asked_approval(object)).collect();
        // An evaluation that fails by itself gives the same words for both rules.
        let mut failures: Vec<String> = [denied.problem, required.problem]
            .into_iter()
            .flatten()
            .map(|problem| kept(&format!("policy evaluation error: {problem}")))
            .collect();
        failures.dedup();
        if let Some(reason) = failures.first()
            && self.may_require_approval
        {
            asked.push(AskedApproval {
                policy_id: self.id.clone(),
                policy_name: self.name.clone(),
                approvers: Approvers::Administrators,
                min: 1,
                stage: 1,
                reason: reason.clone(),
                timeout_hours: 0,
            });
        }
        violations.append(&mut failures);
        layer.results.push(PolicyResult {
            policy_set_name: set.name.clone(),
            policy_name: self.name.clone(),
            enforcement: set.enforcement,
            passed: violations.is_empty(),
            violations,
            // Numbered by `evaluate`.
            set_at: 0,
        });
        layer.asked.extend(asked);
    }

    /// What a rule of the contract yields. A rule that is undefined, or that the policy does not declare, yields nothing:
    /// it did not fire. Everything else that is not of the contract's shape is a problem.
    fn elements(&self, rule: &str, question: &Question<'_>, steps: &mut Steps) -> Elements {
        match self.answer(rule, question, steps) {
            Ok(None) => Elements::default(),
            Ok(Some(value)) => match question.contract.rule(rule) {
                Some(rule) => rule.elements(&value),
                None => failed(format!("the contract has no rule `{rule}`")),
            },
            Err(problem) => failed(problem),
        }
    }

    /// The value of a rule; None where it is undefined or not declared.
    fn answer(&self, rule: &str, question: &Question<'_>, steps: &mut Steps) -> Result<Option<Value>, String> {
        let Question { contract, input, request } = question;
        let program = self.program.as_ref().map_err(Clone::clone)?;
        let declared = program
            .outlines()
            .iter()
            .any(|outline| outline.rules_named(rule).any(|rule| !matches!(rule.kind, RuleKind::Function { .. })));
        if !declared {
            return Ok(None);
        }
        let evaluation = program.evaluate(&contract.entrypoint(rule), Some(input), steps.allowance(request));
        steps.spend(program.cost().steps);
        let evaluation = evaluation.map_err(|error| match &error.limit {
            Some(limit) if limit.name == "steps" && limit.value < limits::STEPS => {
                format!(
                    "the policies of this decision reached the limit `decision_steps` of {}",
                    limits::DECISION_STEPS
                )
            }
            _ => error.message,
        })?;
        match evaluation.answer {
            Answer::Undefined => Ok(None),
            answer @ Answer::Value(_) => answer.to_value().map_err(|error| error.message),
        }
    }

    /// Reads an object that the contract has checked; only keys with defaults may be absent.
    fn asked_approval(&self, object: &Value) -> AskedApproval {
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        let number = |key: &str, default| object.get(key).and_then(Value::as_u64).unwrap_or(default);
        AskedApproval {
            policy_id: self.id.clone(),
            policy_name: self.name.clone(),
            approvers: Approvers::Team(text("team")),
            min: number("min", 1),
            stage: number("stage", 1),
            reason: kept(&text("reason")),
            timeout_hours: number("timeout_hours", 0),
        }
    }
}

fn failed(problem: String) -> Elements {
    Elements { fitting: Vec::new(), problem: Some(problem) }
}
