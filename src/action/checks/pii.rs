//! Personal and secret data in arguments. The rules of all policies are tried (decision 41).

use super::{Asked, Finding};
use crate::action::arguments::personal_data::PiiMatch;
use crate::action::verdict::{Denial, PiiDetails, ReasonCode};
use crate::decision::{Stop, asking::json};
use crate::sorted;

/// Refuses with `PII_DETECTED`.
///
/// # Errors
/// None in practice.
pub fn check(asked: &Asked<'_>) -> Result<Finding, Stop> {
    let mut matches: Vec<PiiMatch> = Vec::new();
    let mut policy_ids = Vec::new();
    for policy in &asked.rules.pii_by {
        let Some(detector) = policy.detector(&asked.call.name) else { continue };
        let found = detector.find(&asked.call.kwargs);
        if !found.is_empty() {
            policy_ids.push(policy.id.clone());
        }
        for one in found {
            if !matches.contains(&one) {
                matches.push(one);
            }
        }
    }
    if matches.is_empty() {
        return Ok(Finding::Passed);
    }
    let categories = sorted::Set::from_iter(matches.iter().map(|found| found.category.as_str()));
    let fields = sorted::Set::from_iter(matches.iter().map(|found| found.field_path.as_str()));
    let named = |words: &sorted::Set<&str>| format!("`{}`", words.iter().copied().collect::<Vec<_>>().join("`, `"));
    let message = format!("the arguments hold personal data: {} in {}", named(&categories), named(&fields));
    let guidance = format!("take the personal data out of {}, then try again", named(&fields));
    let mut denial = Denial::new(ReasonCode::PiiDetected, message).by(policy_ids).guided(guidance);
    denial.details = json(&PiiDetails {
        guardrail_schema_version: 1,
        guardrail: "pii",
        categories: categories.into_iter().collect(),
        fields: fields.into_iter().collect(),
        matches: &matches,
    })?;
    Ok(denial.into())
}
