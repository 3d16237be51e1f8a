//! `RunRecord`: what is kept of a run between two questions, on the host's store.

use super::response::PreviewResponse;
use crate::decision::{Reason, Requirement};
use crate::error::{Error, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
/// `fact_wrong_shape` with what is wrong.
pub fn read(value: &Value, run_id: &str) -> Result<Option<RunRecord>, Error> {
    if value.is_null() {
        return Ok(None);
    }
    let record: RunRecord = serde_path_to_error::deserialize(value).map_err(|error| {
        Error::new(ErrorCode::FactWrongShape, format!("the fact `run` is not a run record: {}", error.inner()))
            .at(format!("/{}", error.path()))
            .with_help("answer with the record as it was last committed, or null")
    })?;
    if record.run_id != run_id {
        return Err(Error::new(
            ErrorCode::FactWrongShape,
            format!("the fact `run` is the record of the run `{}`, and `{run_id}` was asked for", record.run_id),
        ));
    }
    Ok(Some(record))
}
