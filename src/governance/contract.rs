//! The governance contract: package `forgecroft.policy`, rules `deny` and `require_approval` (sections 4 and 5 of the specification).

use crate::error::Error;
use crate::policy::Contract;

/// The contract as data.
const CONTRACT: &str = include_str!("contract.json");

/// The rule whose strings are violations.
pub const DENY: &str = "deny";
/// The rule whose objects are approvals that a policy asks for.
pub const REQUIRE_APPROVAL: &str = "require_approval";

/// The governance contract.
///
/// # Errors
/// None in practice: the text is part of the build, and a test reads it.
pub fn contract() -> Result<Contract, Error> {
    Contract::from_json(CONTRACT)
}
