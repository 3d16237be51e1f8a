//! `Verdict`: what evaluation came to, and [`ActionDecision`], how it is told.

use super::arguments::personal_data::PiiMatch;
use super::arguments::schema::ArgumentViolation;
use super::money::Usd;
use super::policy::Priority;
use crate::decision::NonEmpty;
use crate::sorted::InOrder;
use crate::typed;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a call is refused, in a word that never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionReasonCode"))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonCode {
    /// The agent, the run or the mission was stopped.
    AgentKilled,
    /// A call with this idempotency key is under way.
    IdempotencyInProgress,
    /// Nothing was ever set up, and the mode refuses every call.
    PolicyNotConfigured,
    /// Nothing was ever set up, and the mode refuses what may change something.
    NoPolicyForWrite,
    /// The action is on a list of denied ones.
    DeniedAction,
    /// The action is not on a list of allowed ones.
    NotInAllowlist,
    /// The action was taken too often.
    RateLimited,
    /// An action that must have succeeded before did not.
    MissingEvidence,
    /// It did, but too long ago.
    StaleEvidence,
    /// Arguments break a constraint.
    ArgumentConstraintViolated,
    /// Arguments hold personal data.
    PiiDetected,
    /// Arguments hold content that is not wanted.
    ContentModerated,
    /// The same call was tried over and over.
    LoopDetected,
    /// An argument does not come from where it must.
    UngroundedArgument,
    /// A budget does not suffice.
    BudgetExceeded,
    /// An approval was refused, or came to nothing.
    PolicyViolation,
    /// The cost is no amount from 0.
    InvalidCost,
    /// The evaluation failed.
    EvaluationError,
}

impl ReasonCode {
    /// The word.
    pub fn word(self) -> String {
        typed::written(&self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether the caller can mend it: by waiting, by gathering evidence, by other arguments (decision 43).
    pub const fn is_recoverable(self) -> bool {
        matches!(
            self,
            Self::IdempotencyInProgress
                | Self::RateLimited
                | Self::MissingEvidence
                | Self::StaleEvidence
                | Self::ArgumentConstraintViolated
                | Self::PiiDetected
                | Self::ContentModerated
                | Self::LoopDetected
                | Self::UngroundedArgument
        )
    }

    /// Whether policies that are not strict only warn of it (decision 22).
    pub const fn may_be_a_warning(self) -> bool {
        matches!(
            self,
            Self::DeniedAction
                | Self::NotInAllowlist
                | Self::RateLimited
                | Self::MissingEvidence
                | Self::StaleEvidence
                | Self::ArgumentConstraintViolated
                | Self::PiiDetected
                | Self::ContentModerated
                | Self::LoopDetected
                | Self::UngroundedArgument
                | Self::BudgetExceeded
        )
    }

    /// The rule of a policy that it comes from; none where it is no rule of one.
    pub const fn policy_rule(self) -> Option<&'static str> {
        Some(match self {
            Self::DeniedAction => "denied_actions",
            Self::NotInAllowlist => "allowed_actions",
            Self::RateLimited => "rate_limits",
            Self::MissingEvidence | Self::StaleEvidence => "evidence_requirements",
            Self::ArgumentConstraintViolated => "argument_constraints",
            Self::UngroundedArgument => "grounding_rules",
            Self::BudgetExceeded => "budgets",
            Self::PiiDetected => "pii_guard",
            Self::ContentModerated => "moderation_guard",
            Self::LoopDetected => "loop_guard",
            Self::PolicyNotConfigured | Self::NoPolicyForWrite => "enforcement_mode",
            Self::PolicyViolation => "require_approval",
            Self::EvaluationError => "evaluation_error",
            Self::AgentKilled => "kill_switch",
            Self::IdempotencyInProgress => "idempotency",
            Self::InvalidCost => return None,
        })
    }
}

/// What evaluation came to.
///
/// INVARIANT: a hold says who is to approve, and a denial why; neither can be built without.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The action may be taken now.
    Allow,
    /// The action was taken already under this idempotency key: here is its result, and it must not be taken again.
    Replay(IdempotentReplay),
    /// The action may be taken when each of these is approved.
    Hold(NonEmpty<ApprovalAsked>),
    /// The action may not be taken.
    Deny(Box<Denial>),
}

impl Verdict {
    /// How strict it is: an order for comparing, from allow over the number of approvals that it takes to deny.
    pub fn strictness(&self) -> usize {
        match self {
            Self::Allow | Self::Replay(_) => 0,
            Self::Hold(asked) => asked.iter().count(),
            Self::Deny(_) => usize::MAX,
        }
    }
}

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Denial {
    /// The stable code.
    pub code: ReasonCode,
    /// One plain sentence.
    pub message: String,
    /// The policies that refuse it.
    pub policy_ids: Vec<String>,
    /// Whether the caller can mend it.
    pub recoverable: bool,
    /// The budget that does not suffice.
    pub budget: Option<BudgetExceeded>,
    /// What the caller can do.
    pub remediation: Remediation,
    /// What a check found beside that, for records and people.
    pub details: Value,
}

impl Denial {
    /// A denial with its code and its sentence; the same sentence is its guidance until another is given.
    pub fn new(code: ReasonCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            policy_ids: Vec::new(),
            recoverable: code.is_recoverable(),
            budget: None,
            remediation: Remediation { retry_guidance: message.clone(), ..Remediation::of(code) },
            details: Value::Null,
            message,
        }
    }

    /// Says which policies refuse it.
    #[must_use]
    pub fn by(mut self, policy_ids: impl IntoIterator<Item = String>) -> Self {
        self.policy_ids = policy_ids.into_iter().collect();
        self
    }

    /// Says what the caller can do.
    #[must_use]
    pub fn guided(mut self, guidance: impl Into<String>) -> Self {
        self.remediation.retry_guidance = guidance.into();
        self
    }
}

/// A budget that does not suffice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetExceeded {
    /// Which kind.
    pub budget_type: BudgetType,
    /// What would be spent with this call.
    pub spent: Usd,
    /// What may be spent.
    pub limit: Usd,
}

/// A kind of budget, in the order in which they are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum BudgetType {
    /// `session_budget`
    Session,
    /// `run_budget`
    Run,
    /// `action_budgets`
    Action,
}

impl BudgetType {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Run => "run",
            Self::Action => "action",
        }
    }
}

/// What the caller of a refused action can do (section 1.12).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Remediation {
    /// The code of the refusal.
    pub reason_code: ReasonCode,
    /// Actions that must succeed first, and never did.
    pub missing_requirements: Vec<String>,
    /// All actions that must succeed first.
    pub required_prior_actions: Vec<String>,
    /// What to do, in words.
    pub retry_guidance: String,
    /// Actions that may be taken instead.
    pub safe_alternatives: Vec<String>,
    /// Actions that succeeded too long ago.
    pub stale_evidence: Vec<String>,
    /// What is wrong with the arguments.
    pub argument_violations: Vec<ArgumentViolation>,
    /// Arguments that do not come from where they must.
    pub ungrounded_arguments: Vec<UngroundedArgument>,
    /// When to try again, in whole seconds; null: waiting does not help. Of rates and of calls under way only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub retry_after_seconds: Option<Option<u64>>,
}

impl Remediation {
    fn of(reason_code: ReasonCode) -> Self {
        Self {
            reason_code,
            missing_requirements: Vec::new(),
            required_prior_actions: Vec::new(),
            retry_guidance: String::new(),
            safe_alternatives: Vec::new(),
            stale_evidence: Vec::new(),
            argument_violations: Vec::new(),
            ungrounded_arguments: Vec::new(),
            retry_after_seconds: None,
        }
    }
}

/// An argument that does not come from where it must (section 3.8).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UngroundedArgument {
    /// The argument.
    pub field: String,
    /// Where it must come from: `action.field`.
    pub expected_source: String,
    /// What it is.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub actual_value: Value,
}

/// Something that is worth a word and stops nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionWarning", optional_fields))]
pub struct Warning {
    /// What kind.
    pub kind: WarningKind,
    /// One plain sentence.
    pub message: String,
    /// The policies that it comes from.
    pub policy_ids: Vec<String>,
    /// The code with which a strict policy would refuse the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// The budget, for `budget_warning`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_type: Option<BudgetType>,
    /// The threshold that was crossed, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u8>,
    /// What is spent with this call, in percent of the budget, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub percent: Option<u64>,
}

/// A kind of warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionWarningKind"))]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// A budget is nearly used up.
    BudgetWarning,
    /// No policy that applies is strict: this would be a refusal.
    NotStrict,
    /// Nothing was ever set up, and the mode lets it pass.
    NoPolicy,
}

/// An approval that is asked for: by one policy, or by the call itself (decision 48).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionApprovalAsked"))]
#[serde(deny_unknown_fields)]
pub struct ApprovalAsked {
    /// The policy; null: the call itself asks for it.
    pub policy_id: Option<String>,
    /// What asked for it: `approval_rules[0]`, `approval_actions`, `approval_tags`, `approval_risk_levels`,
    /// `approval_threshold_usd`, `require_approval` or `requires_human_approval`.
    pub matched_criterion: String,
    /// Who may approve: e-mails or ids. Empty: whoever has the right to approve.
    pub approvers: Vec<String>,
    /// How long to wait.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout_seconds: u64,
    /// How urgent it is.
    pub priority: Priority,
}

/// The result of the call that had the same idempotency key.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct IdempotentReplay {
    /// What the action gave then. Do not take it again.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub value: Value,
    /// When the key was seen first, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub first_seen_at_ms: u64,
}

/// The final word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionVerdict"))]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Take the action; unless `idempotent_replay` is there, whose value is the result.
    Allow,
    /// Do not take it.
    Deny,
    /// Do not take it yet.
    RequireApproval,
}

/// A decision on one call (decision 3.11).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct ActionDecision {
    /// The final word.
    pub decision: Word,
    /// Why, unless it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// One plain sentence, unless it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The rule that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_rule: Option<String>,
    /// Which budget does not suffice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_type: Option<BudgetType>,
    /// What would be spent with this call, in US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub spent: Option<Usd>,
    /// What may be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub limit: Option<Usd>,
    /// The policies that it comes from; for an allowed call those that were looked at.
    pub policy_ids: Vec<String>,
    /// Whether the caller can mend it.
    pub recoverable: bool,
    /// What the caller can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediation: Option<Remediation>,
    /// What a check found beside that.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub details: Value,
    /// What is waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalOfDecision>,
    /// What is worth a word and stopped nothing.
    pub warnings: Vec<Warning>,
    /// The exceptions without which the word would be stricter.
    pub exceptions_applied: Vec<String>,
    /// What is held for the call until it is settled; of `ask` there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationOfDecision>,
    /// The call was made already: its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotent_replay: Option<IdempotentReplay>,
    /// The way through the checks, where it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub checks: Vec<CheckSeen>,
}

/// What is waited for, of all policies together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct ApprovalOfDecision {
    /// The approval to ask after; of `ask` there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<String>,
    /// Who may approve, of all of `asked`.
    pub approvers: Vec<String>,
    /// The shortest of `asked`.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout_seconds: u64,
    /// The most urgent of `asked`.
    pub priority: Priority,
    /// The first of `asked`.
    pub matched_criterion: String,
    /// What each policy asks for. All of it must be approved.
    pub asked: Vec<ApprovalAsked>,
}

impl ApprovalOfDecision {
    /// All that is asked for together.
    pub fn of(asked: &NonEmpty<ApprovalAsked>) -> Self {
        let mut approvers: Vec<String> = asked.iter().flat_map(|asked| asked.approvers.iter().cloned()).collect();
        approvers.order();
        approvers.dedup();
        Self {
            approval_id: None,
            approvers,
            timeout_seconds: asked.iter().map(|asked| asked.timeout_seconds).min().unwrap_or_default(),
            priority: asked.iter().map(|asked| asked.priority).min().unwrap_or_default(),
            matched_criterion: asked.iter().map(|asked| asked.matched_criterion.clone()).next().unwrap_or_default(),
            asked: asked.iter().cloned().collect(),
        }
    }
}

/// What is held for a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReservationOfDecision {
    /// The id to settle, release or resume with.
    pub id: String,
    /// The money, in US dollars.
    #[cfg_attr(test, ts(type = "number"))]
    pub amount_usd: Usd,
    /// Until when, in milliseconds since 1970. The cost of an allowed call stays spent afterwards; a hold is given back.
    #[cfg_attr(test, ts(type = "number"))]
    pub expires_at_ms: u64,
}

/// One check on the way of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CheckSeen {
    /// The check.
    pub check: &'static str,
    /// What came of it.
    pub outcome: CheckOutcome,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionCheckOutcome"))]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Nothing stands against the call.
    Passed,
    /// It would be refused, but no policy is strict.
    Warned,
    /// It is refused.
    Refused,
    /// It waits.
    Held,
    /// The result of the same call stands in for it.
    Replayed,
}

impl ActionDecision {
    /// A verdict as it is told.
    pub fn of(verdict: &Verdict, policy_ids: Vec<String>) -> Self {
        let allowed = Self {
            decision: Word::Allow,
            reason_code: None,
            message: None,
            policy_rule: None,
            budget_type: None,
            spent: None,
            limit: None,
            policy_ids,
            recoverable: false,
            remediation: None,
            details: Value::Null,
            approval: None,
            warnings: Vec::new(),
            exceptions_applied: Vec::new(),
            reservation: None,
            idempotent_replay: None,
            checks: Vec::new(),
        };
        match verdict {
            Verdict::Allow => allowed,
            Verdict::Replay(replay) => Self { idempotent_replay: Some(replay.clone()), ..allowed },
            Verdict::Hold(asked) => Self {
                decision: Word::RequireApproval,
                policy_rule: Some("require_approval".to_owned()),
                message: Some("the call needs an approval".to_owned()),
                policy_ids: asked.iter().filter_map(|asked| asked.policy_id.clone()).collect(),
                approval: Some(ApprovalOfDecision::of(asked)),
                ..allowed
            },
            Verdict::Deny(denial) => Self {
                decision: Word::Deny,
                reason_code: Some(denial.code),
                message: Some(denial.message.clone()),
                policy_rule: denial.code.policy_rule().map(str::to_owned),
                budget_type: denial.budget.as_ref().map(|budget| budget.budget_type),
                spent: denial.budget.as_ref().map(|budget| budget.spent),
                limit: denial.budget.as_ref().map(|budget| budget.limit),
                policy_ids: denial.policy_ids.clone(),
                recoverable: denial.recoverable,
                remediation: Some(denial.remediation.clone()),
                details: denial.details.clone(),
                ..allowed
            },
        }
    }
}

/// What a check of personal data found, for the details of a denial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PiiDetails<'a> {
    /// The form of these details.
    pub guardrail_schema_version: u8,
    /// `pii`
    pub guardrail: &'static str,
    /// The categories that were found, each once.
    pub categories: Vec<&'a str>,
    /// Where, each place once.
    pub fields: Vec<&'a str>,
    /// Everything that was found.
    pub matches: &'a [PiiMatch],
}
