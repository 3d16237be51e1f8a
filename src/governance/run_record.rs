//! `RunRecord`: what is kept of a run between two questions, on the host's store.

use super::configuration::Trigger;
use super::response::PreviewResponse;
use crate::decision::{Fact, Reason, Requirement, RequirementStatus};
use crate::error::{Error, ErrorCode};
use crate::typed;
use serde::{Deserialize, Serialize};

/// Where governance has left a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Governance let it complete.
    Completed,
    /// People or providers have not decided yet.
    PendingApproval,
    /// Governance said no.
    Rejected,
}

impl RunStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::PendingApproval => "pending_approval",
            Self::Rejected => "rejected",
        }
    }

    /// Whether nothing changes it any more.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Rejected)
    }
}

/// What is kept of a run. Requirements and digests are snapshots of the evaluation that made them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// The run.
    pub run_id: String,
    /// Where governance has left it.
    pub status: RunStatus,
    /// What started the run.
    pub trigger: Trigger,
    /// The status that enforcement gives; for a pull request's plan it is not the run's.
    pub enforced_status: RunStatus,
    /// The digest of what was evaluated.
    pub digest: String,
    /// The revision under which it was.
    pub revision: String,
    /// What was asked for.
    pub requirements: Vec<Requirement>,
    /// Why it was rejected; empty otherwise.
    pub reasons: Vec<Reason>,
    /// What the layers said.
    pub response: PreviewResponse,
}

/// Reads the fact `run`.
///
/// # Errors
/// `fact_wrong_shape` with what is wrong: a record that could not have been committed decides nothing.
pub fn read(fact: &Fact, run_id: &str) -> Result<Option<RunRecord>, Error> {
    let wrong = |message: String| {
        Error::new(ErrorCode::FactWrongShape, message)
            .with_help("answer with the record and its version as they were last committed, or with null for both")
    };
    if fact.value.is_null() {
        return match fact.version {
            None => Ok(None),
            Some(_) => Err(wrong("the fact `run` has a version and no record".to_owned())),
        };
    }
    if fact.version.is_none() {
        return Err(wrong("the fact `run` has a record and no version".to_owned()));
    }
    let record: RunRecord =
        typed::read(fact.value.clone(), ErrorCode::FactWrongShape, "the fact `run` is not a run record")?;
    if record.run_id != run_id {
        return Err(wrong(format!(
            "the fact `run` is the record of the run `{}`, and `{run_id}` was asked for",
            record.run_id
        )));
    }
    record.check().map_err(|message| wrong(format!("the fact `run` {message}")))?;
    Ok(Some(record))
}

impl RunRecord {
    /// What every record keeps that this engine commits.
    fn check(&self) -> Result<(), &'static str> {
        let all_met = self.requirements.iter().all(|requirement| requirement.status == RequirementStatus::Satisfied);
        if self.requirements.iter().any(|requirement| requirement.min_approvals == 0 || requirement.stage == 0) {
            return Err("has a requirement that nobody has to meet");
        }
        match self.status {
            RunStatus::PendingApproval if all_met => Err("is pending, and has nothing to wait for"),
            RunStatus::Completed if !all_met => Err("is completed, and has a requirement that is not met"),
            RunStatus::Rejected if self.reasons.is_empty() => Err("is rejected, and gives no reason"),
            _ => Ok(()),
        }
    }
}
