//! tmp
use crate::action::policy::GroundingRule;
use crate::action::state::EvidenceRecord;
use serde_json::Value;
pub fn is_grounded<'a>(_: &GroundingRule, v: &Value, c: impl Iterator<Item = &'a EvidenceRecord>, _: bool) -> bool {
    c.into_iter().any(|c| c.result == *v)
}
