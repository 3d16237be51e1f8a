//! `ActionRules`: what several policies together say about one action. Merging happens here (section 3.1, decisions 1 to 10).
//!
//! INVARIANT (stricter only): one more policy never makes anything milder. So each rule of each policy stays what it is, and all of
//! them are checked; where only the strictest can matter, it alone is kept.

use super::money::Usd;
use super::policies::Policy;
use super::policy::{GroundingRule, LoopRule, ModerationRule, RateLimit, Scope};
use super::settings::ActionSettings;
use super::verdict::BudgetType;
use crate::sorted::{self, InOrder};
use std::rc::Rc;

/// What the policies that apply say about one action.
#[derive(Debug)]
pub struct ActionRules {
    /// The policies, from broad to narrow.
    pub policies: Vec<Rc<Policy>>,
    /// Whether violations stop a call: unless all policies say no.
    pub strict: bool,
    /// The policies that deny it.
    pub denied_by: Vec<String>,
    /// The policies whose allowlist does not have it.
    pub not_allowed_by: Vec<String>,
    /// What all allowlists have, where there is any.
    pub alternatives: sorted::Set<String>,
    /// Every limit on how often it is taken.
    pub rates: Vec<(RateLimit, String)>,
    /// The actions that must have succeeded before, in the order of the policies that say so, and those policies.
    pub requirements: Vec<String>,
    /// The policies that say so.
    pub required_by: Vec<String>,
    /// How old evidence and grounds may be.
    pub max_age_seconds: Option<u64>,
    /// Where its arguments must come from.
    pub grounds: Vec<(String, GroundingRule, String)>,
    /// The policies that constrain its arguments.
    pub constrained_by: Vec<Rc<Policy>>,
    /// The policies that look for personal data in them.
    pub pii_by: Vec<Rc<Policy>>,
    /// What content they must not hold.
    pub moderation: Vec<(ModerationRule, String)>,
    /// How often it may be tried with the same arguments.
    pub loops: Vec<(LoopRule, String)>,
    /// What may be spent, in the order in which it is checked.
    pub budgets: Vec<Budget>,
    /// The thresholds of warnings.
    pub warning_thresholds: sorted::Set<u8>,
    /// Whether its result is evidence.
    pub produces_evidence: bool,
}

/// What may be spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Which kind.
    pub budget_type: BudgetType,
    /// How much.
    pub limit: Usd,
    /// The policy that says so.
    pub policy_id: String,
    /// Its scope.
    pub scope: Scope,
    /// Its target.
    pub target: String,
}

impl ActionRules {
    /// What policies say about an action. They come in the order of [`super::policies::Policies`].
    pub fn of(policies: Vec<Rc<Policy>>, action: &str, settings: &ActionSettings) -> Self {
        let mut rules = Self {
            strict: policies.is_empty() || policies.iter().any(|policy| policy.fields.strict_mode),
            denied_by: Vec::new(),
            not_allowed_by: Vec::new(),
            alternatives: sorted::Set::new(),
            rates: Vec::new(),
            requirements: Vec::new(),
            required_by: Vec::new(),
            max_age_seconds: None,
            grounds: Vec::new(),
            constrained_by: Vec::new(),
            pii_by: Vec::new(),
            moderation: Vec::new(),
            loops: Vec::new(),
            budgets: Vec::new(),
            warning_thresholds: sorted::Set::new(),
            produces_evidence: false,
            policies: Vec::new(),
        };
        let mut allowed: Option<sorted::Set<&str>> = None;
        for policy in &policies {
            rules.add_lists(policy, action);
            rules.add_arguments(policy, action);
            rules.add_budgets(policy, action);
            if let Some(list) = &policy.fields.allowed_actions {
                let list = sorted::Set::from_iter(list.iter().map(String::as_str));
                allowed = Some(match allowed {
                    None => list,
                    Some(mut earlier) => {
                        earlier.retain(|action| list.contains(action));
                        earlier
                    }
                });
            }
        }
        rules.alternatives = sorted::Set::from_iter(allowed.into_iter().flatten().map(str::to_owned));
        rules.alternatives.retain(|other| !policies.iter().any(|policy| policy.fields.denied_actions.contains(other)));
        if settings.compat_0_4 {
            rules.keep_the_last();
        }
        // Session before run before action; the lowest limit first, because it is the one that is reached.
        rules
            .budgets
            .order_by(|a, b| (a.budget_type, a.limit, &a.policy_id).cmp(&(b.budget_type, b.limit, &b.policy_id)));
        rules.policies = policies;
        rules
    }

    fn add_lists(&mut self, policy: &Policy, action: &str) {
        let Policy { id, fields, .. } = policy;
        let has = |list: &[String]| list.iter().any(|name| name == action);
        if has(&fields.denied_actions) {
            self.denied_by.push(id.clone());
        }
        if fields.allowed_actions.as_ref().is_some_and(|list| !has(list)) {
            self.not_allowed_by.push(id.clone());
        }
        if let Some(limit) = fields.rate_limits.get(action) {
            self.rates.push((*limit, id.clone()));
        }
        if let Some(required) = fields.evidence_requirements.get(action) {
            self.required_by.push(id.clone());
            for name in required {
                if !self.requirements.contains(name) {
                    self.requirements.push(name.clone());
                }
            }
        }
        if let Some(seconds) = fields.evidence_max_age_seconds.get(action) {
            self.max_age_seconds = Some(self.max_age_seconds.map_or(*seconds, |earlier| earlier.min(*seconds)));
        }
        self.produces_evidence |= has(&fields.evidence_actions);
    }

    fn add_arguments(&mut self, policy: &Rc<Policy>, action: &str) {
        let fields = &policy.fields;
        let id = &policy.id;
        for (argument, rule) in fields.grounding_rules.get(action).into_iter().flatten() {
            self.grounds.push((argument.clone(), rule.clone(), id.clone()));
        }
        if policy.schemas.contains_key(action) {
            self.constrained_by.push(Rc::clone(policy));
        }
        // A default is a policy's own: another policy's rule for the action does not switch it off.
        if policy.detector(action).is_some() {
            self.pii_by.push(Rc::clone(policy));
        }
        let moderation = fields.moderation_rules.get(action).cloned();
        let moderation = moderation.or_else(|| fields.moderation_default_enabled.then(ModerationRule::default));
        self.moderation.extend(moderation.map(|rule| (rule, id.clone())));
        let loops = fields.loop_rules.get(action).cloned();
        let loops = loops.or_else(|| fields.loop_default_enabled.then(LoopRule::default));
        self.loops.extend(loops.map(|rule| (rule, id.clone())));
    }

    fn add_budgets(&mut self, policy: &Policy, action: &str) {
        let Policy { id, fields, .. } = policy;
        let limits = [
            (BudgetType::Session, fields.session_budget),
            (BudgetType::Run, fields.run_budget),
            (BudgetType::Action, fields.action_budgets.get(action).copied()),
        ];
        let mut has_budget = false;
        for (budget_type, limit) in limits {
            let Some(limit) = limit else { continue };
            has_budget = true;
            self.budgets.push(Budget {
                budget_type,
                limit,
                policy_id: id.clone(),
                scope: fields.scope,
                target: fields.target_id.clone().unwrap_or_default(),
            });
        }
        if has_budget {
            self.warning_thresholds.extend(fields.budget_warning_thresholds.iter().copied());
        }
    }

    /// The narrowest policy alone constrains and grounds, as the release has it (decision 7).
    fn keep_the_last(&mut self) {
        let last = self.constrained_by.pop();
        self.constrained_by = last.into_iter().collect();
        if let Some(last) = self.grounds.last().map(|(_, _, id)| id.clone()) {
            self.grounds.retain(|(_, _, id)| *id == last);
        }
    }

    /// The longest window of any rate: older calls need not be kept.
    pub fn longest_window_seconds(&self) -> u64 {
        self.rates.iter().map(|(limit, _)| limit.window_seconds).max().unwrap_or_default()
    }

    /// Whether the arguments of a call decide anything.
    pub fn look_at_arguments(&self) -> bool {
        !self.constrained_by.is_empty()
            || !self.pii_by.is_empty()
            || !self.moderation.is_empty()
            || !self.loops.is_empty()
            || !self.grounds.is_empty()
    }

    /// The ids of the policies.
    pub fn policy_ids(&self) -> Vec<String> {
        self.policies.iter().map(|policy| policy.id.clone()).collect()
    }
}

/// The rules that were made, so that policies are merged once and not for each call.
#[derive(Debug, Default)]
pub struct RulesCache {
    made: sorted::Map<(Vec<usize>, String), Rc<ActionRules>>,
}

/// How many rules are kept; then all are forgotten, and made again as they are needed.
const KEPT: usize = 1_024;

impl RulesCache {
    /// The rules of policies for an action, made now or before. The policies are told apart by where they lie in memory, which holds
    /// because what is kept holds them.
    pub fn rules(&mut self, policies: Vec<Rc<Policy>>, action: &str, settings: &ActionSettings) -> Rc<ActionRules> {
        let places = policies.iter().map(|policy| Rc::as_ptr(policy) as usize).collect();
        let key = (places, action.to_owned());
        if let Some(made) = self.made.get(&key) {
            return Rc::clone(made);
        }
        if self.made.len() >= KEPT {
            self.made.clear();
        }
        let rules = Rc::new(ActionRules::of(policies, action, settings));
        self.made.insert(key, Rc::clone(&rules));
        rules
    }
}
