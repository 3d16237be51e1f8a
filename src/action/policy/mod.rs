//! The policy: what one policy says about actions, every field with its type and its default (section 1.1).

mod check;
pub mod compile;
pub mod errors;
pub mod given;
mod report;
mod source;

use crate::sorted;
pub use check::ranges;

use super::money::Usd;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the record of a policy has beside its id and what its author says: a record that is given back is read without them.
pub const SET_BY_THE_SERVICE: [&str; 5] =
    ["organization_id", "current_version_id", "created_at", "updated_at", "newest_version"];

/// What an author says in one policy.
///
/// INVARIANT: whatever holds one has been validated: ranges, patterns and schemas are right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyFields", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct PolicyFields {
    /// Unique in the organisation.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// A policy that is off says nothing. Default true.
    #[serde(default = "yes")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub enabled: bool,
    /// Whom it is about. Default `global`.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub scope: Scope,
    /// The agent, run, group or mission; none for `global`.
    #[serde(default)]
    pub target_id: Option<String>,
    /// The most that a session may cost, in US dollars. Default: no limit.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub session_budget: Option<Usd>,
    /// The most that a run may cost. Default: no limit.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub run_budget: Option<Usd>,
    /// The most that an action may cost in a session, over all its calls.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "Record<string, number>"))]
    pub action_budgets: sorted::Map<String, Usd>,
    /// Actions that are never allowed.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub denied_actions: Vec<String>,
    /// The only actions that are allowed; an empty list allows none. Default: no such list.
    #[serde(default)]
    pub allowed_actions: Option<Vec<String>>,
    /// How often an action may be taken.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub rate_limits: sorted::Map<String, RateLimit>,
    /// Whether violations stop a call; false warns only, where no other policy is strict. Default true.
    #[serde(default = "yes")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub strict_mode: bool,
    /// Whether the approval criteria of this policy count. Without any criterion every action needs an approval. Default false.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub require_approval: bool,
    /// Actions that need an approval.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub approval_actions: Vec<String>,
    /// Tags that need an approval; compared with their case.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub approval_tags: Vec<String>,
    /// Risk levels that need an approval: exactly these, not "or above".
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub approval_risk_levels: Vec<RiskLevel>,
    /// The cost from which on an approval is needed.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub approval_threshold_usd: Option<Usd>,
    /// How long to wait for an approval: 1 to 2592000. Default 3600.
    #[serde(default = "an_hour")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub approval_timeout_seconds: u64,
    /// Who may approve where no rule names anybody: e-mails or ids.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub default_approvers: Vec<String>,
    /// Who may approve what; the first that matches counts (decision 24).
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub approval_rules: Vec<ApprovalRule>,
    /// The actions that must have succeeded before an action, in the same run.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub evidence_requirements: sorted::Map<String, Vec<String>>,
    /// How old evidence and grounds may be, by the action that relies on them.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "Record<string, number>"))]
    pub evidence_max_age_seconds: sorted::Map<String, u64>,
    /// Actions that change something. They have no effect by themselves; compiling warns of one that nothing precedes.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub commit_actions: Vec<String>,
    /// Actions whose results are kept as evidence.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub evidence_actions: Vec<String>,
    /// What the arguments of an action must look like: a subset of JSON Schema.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "Record<string, Record<string, unknown>>"))]
    pub argument_constraints: sorted::Map<String, Map<String, Value>>,
    /// Where the arguments of an action must come from: action, argument, rule.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub grounding_rules: sorted::Map<String, sorted::Map<String, GroundingRule>>,
    /// What personal data the arguments of an action must not hold.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub pii_rules: sorted::Map<String, PiiRule>,
    /// What content the arguments of an action must not hold.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub moderation_rules: sorted::Map<String, ModerationRule>,
    /// How often an action may be tried with the same arguments.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub loop_rules: sorted::Map<String, LoopRule>,
    /// Whether every action without a rule in `pii_rules` has the default one. Default false.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub pii_default_enabled: bool,
    /// The same for `moderation_rules`.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub moderation_default_enabled: bool,
    /// The same for `loop_rules`.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub loop_default_enabled: bool,
    /// The parts of a budget, in percent, from which on a warning is given: 1 to 100. Default `[80]`.
    #[serde(default = "four_fifths")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub budget_warning_thresholds: Vec<u8>,
}

impl PolicyFields {
    /// A policy of this name that says nothing.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            enabled: true,
            scope: Scope::Global,
            target_id: None,
            session_budget: None,
            run_budget: None,
            action_budgets: sorted::Map::new(),
            denied_actions: Vec::new(),
            allowed_actions: None,
            rate_limits: sorted::Map::new(),
            strict_mode: true,
            require_approval: false,
            approval_actions: Vec::new(),
            approval_tags: Vec::new(),
            approval_risk_levels: Vec::new(),
            approval_threshold_usd: None,
            approval_timeout_seconds: an_hour(),
            default_approvers: Vec::new(),
            approval_rules: Vec::new(),
            evidence_requirements: sorted::Map::new(),
            evidence_max_age_seconds: sorted::Map::new(),
            commit_actions: Vec::new(),
            evidence_actions: Vec::new(),
            argument_constraints: sorted::Map::new(),
            grounding_rules: sorted::Map::new(),
            pii_rules: sorted::Map::new(),
            moderation_rules: sorted::Map::new(),
            loop_rules: sorted::Map::new(),
            pii_default_enabled: false,
            moderation_default_enabled: false,
            loop_default_enabled: false,
            budget_warning_thresholds: four_fifths(),
        }
    }
}

const fn yes() -> bool {
    true
}

const fn an_hour() -> u64 {
    3600
}

fn four_fifths() -> Vec<u8> {
    vec![80]
}

/// Whom a policy is about, from broad to narrow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionScope"))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Everybody.
    #[default]
    Global,
    /// A group of agents.
    Group,
    /// A mission.
    Mission,
    /// An agent.
    Agent,
    /// A run.
    Run,
}

impl Scope {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Group => "group",
            Self::Mission => "mission",
            Self::Agent => "agent",
            Self::Run => "run",
        }
    }
}

/// How often an action may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Calls in the window. Default 999999; 0 refuses every call.
    #[serde(default = "no_maximum")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub max_count: u64,
    /// The window, from 1. Default 60.
    #[serde(default = "a_minute")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub window_seconds: u64,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { max_count: no_maximum(), window_seconds: a_minute() }
    }
}

const fn no_maximum() -> u64 {
    999_999
}

const fn a_minute() -> u64 {
    60
}

/// How risky a call is, from the most to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum RiskLevel {
    /// Critical.
    Critical,
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low.
    Low,
    /// Minimal.
    Minimal,
}

/// How urgent an approval is, from the most to the least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ApprovalPriority"))]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Critical.
    Critical,
    /// High.
    High,
    /// Medium.
    #[default]
    Medium,
    /// Low.
    Low,
}

/// Who may approve what (decision 24). Its criteria are all to be met; one without any matches every call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionApprovalRule", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// For people.
    #[serde(default)]
    pub name: Option<String>,
    /// The action is one of these.
    #[serde(default)]
    pub actions: Option<Vec<String>>,
    /// A tag is one of these.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// The risk level is one of these.
    #[serde(default)]
    pub risk_levels: Option<Vec<RiskLevel>>,
    /// The cost is at least this.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub min_cost_usd: Option<Usd>,
    /// Who may approve: e-mails or ids.
    pub approvers: Vec<String>,
    /// How long to wait. Default: that of the policy.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub timeout_seconds: Option<u64>,
    /// How urgent it is. Default `medium`.
    #[serde(default)]
    pub priority: Option<Priority>,
}

/// Where an argument must come from: a field of an earlier result, or of the arguments of an earlier call (section 1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GroundingRule {
    /// The action that gave it.
    pub source_action: String,
    /// The dotted path to it. A whole number is a place in a list (decision 14).
    pub source_field: String,
    /// In what of that action. Default `result`.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub source_from: SourceFrom,
}

/// In what of an earlier action a ground is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum SourceFrom {
    /// Its result.
    #[default]
    Result,
    /// Its arguments.
    Kwargs,
}

/// What personal data arguments must not hold (section 1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PiiRule {
    /// What is looked for. Default: all categories.
    #[serde(default = "PiiCategory::all")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub categories: Vec<PiiCategory>,
    /// Further patterns by the names of their categories.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub extra_patterns: sorted::Map<String, String>,
    /// Categories that may be there, those of `extra_patterns` included.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub allow_categories: Vec<String>,
    /// Whether what was found is shown with all but its ends masked; false shows nothing of it. Default true.
    #[serde(default = "yes")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub redact_preview: bool,
}

impl Default for PiiRule {
    fn default() -> Self {
        Self {
            categories: PiiCategory::all(),
            extra_patterns: sorted::Map::new(),
            allow_categories: Vec::new(),
            redact_preview: true,
        }
    }
}

/// A kind of personal or secret data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PiiCategory {
    /// An e-mail address.
    Email,
    /// A US social security number.
    UsSsn,
    /// A credit card number.
    CreditCard,
    /// A US phone number.
    PhoneUs,
    /// Something like an API key.
    ApiKeyLike,
    /// An AWS access key id.
    AwsAccessKey,
    /// The head of a private key.
    PrivateKeyBlock,
}

impl PiiCategory {
    /// Every category.
    pub fn all() -> Vec<Self> {
        vec![
            Self::Email,
            Self::UsSsn,
            Self::CreditCard,
            Self::PhoneUs,
            Self::ApiKeyLike,
            Self::AwsAccessKey,
            Self::PrivateKeyBlock,
        ]
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::UsSsn => "us_ssn",
            Self::CreditCard => "credit_card",
            Self::PhoneUs => "phone_us",
            Self::ApiKeyLike => "api_key_like",
            Self::AwsAccessKey => "aws_access_key",
            Self::PrivateKeyBlock => "private_key_block",
        }
    }
}

/// What content arguments must not hold, as the host's moderator judges it (section 1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ModerationRule {
    /// `strict` refuses whatever is flagged; the others only the categories below. Default `balanced`.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub strictness: Strictness,
    /// Categories that are always refused.
    #[serde(default = "blocked_by_default")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub block_categories: Vec<String>,
    /// Which of the host's moderators judges. Default: the host's only one.
    #[serde(default)]
    #[cfg_attr(test, ts(optional = nullable))]
    pub moderator: Option<String>,
}

impl Default for ModerationRule {
    fn default() -> Self {
        Self { strictness: Strictness::Balanced, block_categories: blocked_by_default(), moderator: None }
    }
}

fn blocked_by_default() -> Vec<String> {
    ["violence", "self_harm", "sexual_minors", "hate_severe"].map(str::to_owned).to_vec()
}

/// How strictly content is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Strictness {
    /// Whatever is flagged is refused.
    Strict,
    /// The blocked categories are refused.
    #[default]
    Balanced,
    /// The same as `balanced`.
    Permissive,
}

/// How often an action may be tried with the same arguments (section 1.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct LoopRule {
    /// The attempt that is refused, from 1. Default 5.
    #[serde(default = "five")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub threshold: u64,
    /// The window in seconds; a fraction is fine. Default 10.
    #[serde(default = "ten_seconds")]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub window_seconds: f64,
    /// Arguments that do not count.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub arg_exclude: Vec<String>,
}

impl Default for LoopRule {
    fn default() -> Self {
        Self { threshold: five(), window_seconds: ten_seconds(), arg_exclude: Vec::new() }
    }
}

impl LoopRule {
    /// The window in milliseconds.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "validated: finite and above 0")]
    pub fn window_ms(&self) -> u64 {
        (self.window_seconds * 1000.0).round() as u64
    }
}

const fn five() -> u64 {
    5
}

const fn ten_seconds() -> f64 {
    10.0
}
