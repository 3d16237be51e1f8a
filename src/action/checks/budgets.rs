//! What may be spent: session, then run, then action (section 3.4). Equality passes.

use super::{Asked, Finding, Traces};
use crate::action::call::ActionCall;
use crate::action::evaluation::Purpose;
use crate::action::money::Usd;
use crate::action::policies::Policy;
use crate::action::rules::Budget;
use crate::action::settings::{ActionSettings, BudgetAccounts};
use crate::action::state::{AccountKey, StateKey, account};
use crate::action::verdict::{BudgetExceeded, BudgetType, Denial, ReasonCode, Warning, WarningKind};
use crate::decision::Stop;
use crate::sorted;
use std::rc::Rc;

/// The accounts that a call is spent from: the caller's, and those of the scopes whose budgets are counted by scope.
pub fn accounts(call: &ActionCall, settings: &ActionSettings, policies: &[Rc<Policy>]) -> sorted::Set<AccountKey> {
    let session = call.session().to_owned();
    let mut accounts = sorted::Set::from_iter([
        AccountKey::Session(session.clone()),
        AccountKey::Run { session, run: call.run_id.clone() },
    ]);
    if settings.budget_accounts == BudgetAccounts::Scope {
        // Every policy that applies, with a budget or without: one that gets a budget tomorrow is to know what was spent today.
        for policy in policies {
            let (scope, target) = (policy.fields.scope, policy.fields.target_id.clone().unwrap_or_default());
            accounts.insert(AccountKey::Scope { scope, target: target.clone() });
            if let Some(run) = &call.run_id {
                accounts.insert(AccountKey::ScopeRun { scope, target, run: run.clone() });
            }
        }
    }
    accounts
}

/// The account that a budget is compared with.
fn account_of(asked: &Asked<'_>, budget: &Budget) -> AccountKey {
    let call = asked.call;
    let session = call.session().to_owned();
    let (scope, target) = (budget.scope, budget.target.clone());
    match (asked.settings.budget_accounts, budget.budget_type, &call.run_id) {
        (BudgetAccounts::Caller, BudgetType::Session | BudgetType::Action, _) => AccountKey::Session(session),
        (BudgetAccounts::Caller, BudgetType::Run, run) => AccountKey::Run { session, run: run.clone() },
        (BudgetAccounts::Scope, BudgetType::Run, Some(run)) => AccountKey::ScopeRun { scope, target, run: run.clone() },
        // A call in no run counts with those of its session that are in none.
        (BudgetAccounts::Scope, BudgetType::Run, None) => AccountKey::Run { session, run: None },
        (BudgetAccounts::Scope, ..) => AccountKey::Scope { scope, target },
    }
}

/// Refuses with `BUDGET_EXCEEDED`, and warns of budgets that are nearly used up.
///
/// # Errors
/// As [`crate::action::state::Knowledge::state`].
pub fn check(asked: &Asked<'_>, traces: &mut Traces) -> Result<Finding, Stop> {
    let mut warned: Vec<(BudgetType, Usd)> = Vec::new();
    let mut denial: Option<Denial> = None;
    for budget in &asked.rules.budgets {
        let kept = account(asked.known, &StateKey::Account(account_of(asked, budget)))?;
        let before = match budget.budget_type {
            BudgetType::Action => kept.total_of(&asked.call.name, asked.now_ms),
            BudgetType::Session | BudgetType::Run => kept.total(asked.now_ms),
        };
        let projected = before.plus(asked.cost);
        if projected > budget.limit {
            // The first that fails is told; others of the same kind only add who says so.
            match &mut denial {
                None => denial = Some(exceeded(asked, budget, projected)),
                Some(first) if first.budget.as_ref().is_some_and(|told| told.budget_type == budget.budget_type) => {
                    first.policy_ids.push(budget.policy_id.clone());
                }
                Some(_) => {}
            }
        }
        if budget.budget_type != BudgetType::Action
            && asked.purpose != Purpose::Resume
            && !warned.contains(&(budget.budget_type, budget.limit))
            && let Some(warning) = warning(asked, budget, before, projected)
        {
            warned.push((budget.budget_type, budget.limit));
            traces.warnings.push(warning);
        }
    }
    // Nothing is committed of a refused call, so it crosses no threshold (decision 44).
    if denial.is_some() && asked.rules.strict && asked.purpose == Purpose::Authorize {
        traces.warnings.retain(|warning| warning.kind != WarningKind::BudgetWarning);
    }
    Ok(denial.map_or(Finding::Passed, Into::into))
}

fn exceeded(asked: &Asked<'_>, budget: &Budget, spent: Usd) -> Denial {
    let kind = budget.budget_type.as_str();
    let limit = budget.limit;
    let mut denial = Denial::new(
        ReasonCode::BudgetExceeded,
        format!(
            "the {kind} budget of {limit} USD does not suffice: with `{}` {spent} USD would be spent",
            asked.call.name
        ),
    )
    .by([budget.policy_id.clone()])
    .guided("stop, or take a cheaper action; somebody must raise the budget first");
    denial.budget = Some(BudgetExceeded { budget_type: budget.budget_type, spent, limit });
    denial
}

/// A warning for the highest threshold that the call crosses. Who only asks is told of one that was crossed before, too; who resumes
/// was told when the money was held.
fn warning(asked: &Asked<'_>, budget: &Budget, before: Usd, projected: Usd) -> Option<Warning> {
    let percent = projected.percent_of(budget.limit)?;
    let reached = |threshold: &u8, spent: Usd| spent.percent_of(budget.limit) >= Some(u128::from(*threshold));
    let crossed = |threshold: &&u8| {
        reached(threshold, projected) && (asked.purpose == Purpose::Ask || !reached(threshold, before))
    };
    let threshold = *asked.rules.warning_thresholds.iter().filter(crossed).max()?;
    let kind = budget.budget_type.as_str();
    Some(Warning {
        kind: WarningKind::BudgetWarning,
        message: format!("{percent} % of the {kind} budget of {} USD is used up with this call", budget.limit),
        policy_ids: vec![budget.policy_id.clone()],
        reason_code: None,
        budget_type: Some(budget.budget_type),
        threshold: Some(threshold),
        percent: u64::try_from(percent).ok(),
    })
}
