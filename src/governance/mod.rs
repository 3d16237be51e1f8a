//! May this change go ahead? Policy sets, approval rules and external checks, asked of a Terraform plan.

pub mod administration;
pub mod configuration;
pub mod contract;
pub mod evaluation;
pub mod people;
pub mod plan;
pub mod playground;
pub mod policy_sets;
pub mod request;
pub mod requirements;
pub mod response;
pub mod run_record;
pub mod runs;

mod approval_rules;
mod external_checks;

pub use administration::{Administration, AdministrationRequest};
pub use configuration::GovernanceConfig;
pub use evaluation::{Governance, GovernanceOutcome, GovernanceStep};
pub use request::GovernanceRequest;
pub use runs::{RunRequest, Runs};
