//! What the arguments of an action must look like (section 3.6). The constraints of all policies hold (decision 7).

use super::{Asked, Finding};
use crate::action::arguments::schema::ArgumentViolation;
use crate::action::verdict::{Denial, ReasonCode};

/// Refuses with `ARGUMENT_CONSTRAINT_VIOLATED`.
pub fn check(asked: &Asked<'_>) -> Finding {
    if asked.settings.compat_0_4 && asked.call.kwargs.is_empty() {
        return Finding::Passed;
    }
    let mut violations: Vec<ArgumentViolation> = Vec::new();
    let mut policy_ids = Vec::new();
    for policy in &asked.rules.constrained_by {
        let Some(schema) = policy.schemas.get(&asked.call.name) else { continue };
        let found = schema.violations(&asked.call.kwargs);
        if !found.is_empty() {
            policy_ids.push(policy.id.clone());
        }
        for violation in found {
            if !violations.contains(&violation) {
                violations.push(violation);
            }
        }
    }
    refusal(asked, violations).map_or(Finding::Passed, |denial| denial.by(policy_ids).into())
}

/// The refusal of a call with such arguments; none where nothing is wrong with them.
pub fn refusal(asked: &Asked<'_>, violations: Vec<ArgumentViolation>) -> Option<Denial> {
    let first = violations.first()?;
    let more = match violations.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let message = format!("the arguments of `{}` break a constraint: {}{more}", asked.call.name, first.message);
    let mut denial = Denial::new(ReasonCode::ArgumentConstraintViolated, message)
        .guided("correct the arguments that are named, then try again");
    denial.remediation.argument_violations = violations;
    Some(denial)
}
