//! Evaluation: one call, through the checks in their order, to a verdict. No clock, no store: time and state come in, and what
//! would change comes out.

use super::call::ActionCall;
use super::checks::{
    Asked, Finding, Traces, allowlist, approval, argument_constraints, budgets, declared, denylist, evidence,
    grounding, idempotency, kill_switch, loop_guard, moderation, no_policy, pii, rate_limits,
};
use super::exceptions::{self, Exception};
use super::policies::Policies;
use super::rules::{ActionRules, RulesCache};
use super::settings::ActionSettings;
use super::state::{AccountKey, Bucket, Changes, Knowledge};
use super::verdict::{ApprovalAsked, CheckOutcome, CheckSeen, Denial, ReasonCode, Verdict, Warning, WarningKind};
use crate::decision::{NonEmpty, Stop};
use crate::sorted;
use std::rc::Rc;

/// What an organisation has set up.
pub struct Setup<'a> {
    /// The policies.
    pub policies: &'a Policies,
    /// The exceptions from them.
    pub exceptions: &'a [Exception],
    /// What holds for all decisions.
    pub settings: &'a ActionSettings,
}

/// For what a call is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be taken now.
    Authorize,
    /// To know what would be said. The same evaluation, of which nothing is committed.
    Ask,
    /// To be taken after it was approved: what it consumes is held already.
    Resume,
}

/// What evaluation came to.
#[derive(Debug)]
pub struct Evaluation {
    /// The verdict.
    pub verdict: Verdict,
    /// What is worth a word.
    pub warnings: Vec<Warning>,
    /// The exceptions without which the verdict would be stricter.
    pub exceptions: Vec<Exception>,
    /// What the policies said.
    pub rules: Rc<ActionRules>,
    /// What they and those say that exceptions left out.
    pub all: Rc<ActionRules>,
    /// The way through the checks.
    pub checks: Vec<CheckSeen>,
    /// What changes whatever comes of the call.
    pub always: Changes,
    /// The accounts that it is spent from.
    pub accounts: sorted::Set<AccountKey>,
    /// Whether a refused call uses up a slot of its rate and its money, too: as the release has it.
    pub used_up: UsedUp,
}

/// What a refused call uses up where the release is reproduced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsedUp {
    /// A slot of its rate.
    pub slot: bool,
    /// Its money.
    pub money: bool,
}

/// The steps of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    KillSwitch,
    Idempotency,
    NoPolicy,
    Denylist,
    Allowlist,
    RateLimits,
    Evidence,
    Arguments,
    Pii,
    Moderation,
    LoopGuard,
    Grounding,
    Declared,
    Budgets,
    Approval,
}

const STEPS: [Step; 15] = [
    Step::KillSwitch,
    Step::Idempotency,
    Step::NoPolicy,
    Step::Denylist,
    Step::Allowlist,
    Step::RateLimits,
    Step::Evidence,
    Step::Arguments,
    Step::Pii,
    Step::Moderation,
    Step::LoopGuard,
    Step::Grounding,
    Step::Declared,
    Step::Budgets,
    Step::Approval,
];

/// The order of the release: idempotency before kill switches, budgets before what the call declares.
const STEPS_0_4: [Step; 15] = [
    Step::Idempotency,
    Step::KillSwitch,
    Step::NoPolicy,
    Step::Denylist,
    Step::Allowlist,
    Step::RateLimits,
    Step::Evidence,
    Step::Arguments,
    Step::Pii,
    Step::Moderation,
    Step::LoopGuard,
    Step::Grounding,
    Step::Budgets,
    Step::Declared,
    Step::Approval,
];

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::KillSwitch => "kill_switch",
            Self::Idempotency => "idempotency",
            Self::NoPolicy => "no_policy",
            Self::Denylist => "denied_actions",
            Self::Allowlist => "allowed_actions",
            Self::RateLimits => "rate_limits",
            Self::Evidence => "evidence",
            Self::Arguments => "argument_constraints",
            Self::Pii => "pii",
            Self::Moderation => "moderation",
            Self::LoopGuard => "loop",
            Self::Grounding => "grounding",
            Self::Declared => "declared",
            Self::Budgets => "budgets",
            Self::Approval => "approval",
        }
    }

    /// Whether it is made of a call that was approved: not of the slot that it holds already, and not what was just decided. Its money
    /// is compared again, in the place of what it holds: somebody may have lowered the budget meanwhile.
    const fn is_repeated(self) -> bool {
        !matches!(self, Self::Idempotency | Self::RateLimits | Self::Moderation | Self::LoopGuard | Self::Approval)
    }
}

/// Evaluates a call.
///
/// # Errors
/// [`Stop::Needs`], and what is wrong with a record.
pub fn evaluate(
    setup: &Setup<'_>,
    cache: &mut RulesCache,
    call: &ActionCall,
    known: &dyn Knowledge,
    now_ms: u64,
    purpose: Purpose,
) -> Result<Evaluation, Stop> {
    let applicable = setup.policies.applicable(call);
    let chosen = exceptions::chosen(setup.exceptions, call, known, now_ms)?;
    let chosen: Vec<&Exception> = chosen
        .into_iter()
        .filter(|exception| applicable.iter().any(|policy| policy.id == exception.policy_id))
        .collect();
    let all = cache.rules(applicable.clone(), &call.name, setup.settings);
    let mut with = |left_out: &[&Exception]| {
        let policies: Vec<_> = applicable
            .iter()
            .filter(|policy| !left_out.iter().any(|exception| exception.policy_id == policy.id))
            .cloned()
            .collect();
        let rules = cache.rules(policies, &call.name, setup.settings);
        checked(setup, rules, &all, call, known, now_ms, purpose)
    };
    let mut evaluation = with(&chosen)?;
    let mut left_out = chosen.clone();
    if !matches!(evaluation.verdict, Verdict::Deny(_)) {
        // INVARIANT (a use is counted): a policy is left out where the verdict would be stricter with it, and that is a use. Every other
        // one applies, so that what it limits is counted as without an exception.
        for exception in chosen {
            let fewer: Vec<&Exception> = left_out.iter().copied().filter(|other| other.id != exception.id).collect();
            let stricter = with(&fewer)?;
            if stricter.verdict.strictness() <= evaluation.verdict.strictness() {
                evaluation = stricter;
                left_out = fewer;
            }
        }
        evaluation.exceptions = left_out.into_iter().cloned().collect();
    }
    Ok(evaluation)
}

/// One way through the checks.
fn checked(
    setup: &Setup<'_>,
    rules: Rc<ActionRules>,
    all: &Rc<ActionRules>,
    call: &ActionCall,
    known: &dyn Knowledge,
    now_ms: u64,
    purpose: Purpose,
) -> Result<Evaluation, Stop> {
    let mut walk = Walk {
        checks: Vec::new(),
        traces: Traces::default(),
        used_up: UsedUp::default(),
        strict: rules.strict,
        compat: setup.settings.compat_0_4,
    };
    let (verdict, accounts) = match call.cost() {
        None => {
            let message = format!("the cost of `{}` is not an amount from 0", call.name);
            let denial =
                Denial::new(ReasonCode::InvalidCost, message).guided("give a finite number from 0, in US dollars");
            (Verdict::Deny(Box::new(denial)), sorted::Set::new())
        }
        Some(cost) => {
            // What is spent under an exception counts for the policy that is left out, too.
            let accounts = budgets::accounts(call, setup.settings, &all.policies);
            let settings = setup.settings;
            let asked = Asked { call, cost, rules: &rules, all, accounts: &accounts, settings, known, now_ms, purpose };
            (walk.through(&asked, setup.policies.configured)?, accounts)
        }
    };
    Ok(Evaluation {
        verdict,
        warnings: walk.traces.warnings,
        exceptions: Vec::new(),
        checks: walk.checks,
        always: walk.traces.always,
        accounts,
        used_up: walk.used_up,
        rules,
        all: Rc::clone(all),
    })
}

/// The way through the checks, and what it leaves behind.
struct Walk {
    checks: Vec<CheckSeen>,
    traces: Traces,
    used_up: UsedUp,
    strict: bool,
    compat: bool,
}

impl Walk {
    fn through(&mut self, asked: &Asked<'_>, configured: bool) -> Result<Verdict, Stop> {
        let steps = if self.compat { &STEPS_0_4 } else { &STEPS };
        for step in steps {
            if asked.purpose == Purpose::Resume && !step.is_repeated() {
                continue;
            }
            if let Some(verdict) = self.step(*step, asked, configured)? {
                return Ok(verdict);
            }
            if self.compat {
                self.used_up.slot |= *step == Step::RateLimits && !asked.rules.rates.is_empty();
                self.used_up.money |= *step == Step::Budgets;
            }
        }
        Ok(Verdict::Allow)
    }

    /// One step; a verdict where it ends the way.
    fn step(&mut self, step: Step, asked: &Asked<'_>, configured: bool) -> Result<Option<Verdict>, Stop> {
        let finding = match step {
            Step::KillSwitch => kill_switch::check(asked)?,
            Step::Idempotency => match idempotency::check(asked)? {
                idempotency::Known::New => Finding::Passed,
                idempotency::Known::UnderWay(denial) => Finding::Refused(denial),
                idempotency::Known::Made(replay) => {
                    self.saw(step, CheckOutcome::Replayed);
                    return Ok(Some(Verdict::Replay(replay)));
                }
            },
            Step::NoPolicy if configured => Finding::Passed,
            Step::NoPolicy => match no_policy::check(asked) {
                Err(denial) => Finding::Refused(denial),
                Ok(warning) => {
                    self.traces.warnings.push(warning);
                    self.saw(step, CheckOutcome::Warned);
                    return Ok(None);
                }
            },
            Step::Denylist => denylist::check(asked),
            Step::Allowlist => allowlist::check(asked),
            Step::RateLimits => rate_limits::check(asked)?,
            Step::Evidence => evidence::check(asked)?,
            Step::Arguments => argument_constraints::check(asked),
            Step::Pii => pii::check(asked)?,
            Step::Moderation => moderation::check(asked)?,
            Step::LoopGuard => loop_guard::check(asked, &mut self.traces)?,
            Step::Grounding => grounding::check(asked)?,
            Step::Declared => declared::check(asked)?,
            Step::Budgets => budgets::check(asked, &mut self.traces)?,
            Step::Approval => {
                let all: Vec<ApprovalAsked> = approval::check(asked);
                match NonEmpty::from_vec(all) {
                    None => Finding::Passed,
                    Some(held) => match approval::crowded(asked)? {
                        Some(denial) => denial.into(),
                        None => {
                            self.saw(step, CheckOutcome::Held);
                            return Ok(Some(Verdict::Hold(held)));
                        }
                    },
                }
            }
        };
        Ok(match finding {
            Finding::Passed => {
                self.saw(step, CheckOutcome::Passed);
                None
            }
            // What the call itself declares is no policy's to soften, and who is asked for no end decides nothing.
            Finding::Refused(denial)
                if !self.strict
                    && !matches!(step, Step::Declared | Step::Approval)
                    && denial.code.may_be_a_warning() =>
            {
                self.saw(step, CheckOutcome::Warned);
                self.traces.warnings.push(Warning {
                    kind: WarningKind::NotStrict,
                    message: denial.message,
                    policy_ids: denial.policy_ids,
                    reason_code: Some(denial.code),
                    budget_type: None,
                    threshold: None,
                    percent: None,
                });
                None
            }
            Finding::Refused(denial) => {
                self.saw(step, CheckOutcome::Refused);
                Some(Verdict::Deny(denial))
            }
        })
    }

    fn saw(&mut self, step: Step, outcome: CheckOutcome) {
        self.checks.push(CheckSeen { check: step.name(), outcome });
    }
}

/// The parts of the state that a call will be judged by: what to ask for in one go. Nothing depends on it but the number of rounds.
pub fn wanted(call: &ActionCall, rules: &ActionRules, settings: &ActionSettings) -> Vec<super::state::StateKey> {
    use super::state::StateKey;
    let mut keys: Vec<StateKey> =
        kill_switch::targets(call).map(|(target_type, id)| StateKey::KillSwitch(target_type, id.clone())).collect();
    keys.extend(idempotency::key_of(call));
    if !rules.rates.is_empty() {
        keys.push(rate_limits::key_of(call));
    }
    if !rules.loops.is_empty() {
        keys.push(loop_guard::key_of(call));
    }
    let sources = rules.grounds.iter().map(|(_, rule, _)| &rule.source_action);
    let declared = call.grounding_rules.values().map(|rule| &rule.source_action);
    let actions =
        sorted::Set::from_iter(rules.requirements.iter().chain(&call.requires).chain(sources).chain(declared));
    keys.extend(actions.into_iter().map(|action| evidence::key_of(call, action)));
    if rules.produces_evidence || call.produces_evidence {
        keys.push(Bucket::beginnings(call.run_id.as_deref(), call.session()));
    }
    if call.cost().is_some() {
        keys.extend(budgets::accounts(call, settings, &rules.policies).into_iter().map(StateKey::Account));
    }
    keys
}
