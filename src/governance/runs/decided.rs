//! The final word on a run that waited: what auto-apply and the decision log make of it.

use super::Runs;
use super::planned::as_record;
use super::stored::{RunChange, RunState, StoredRun, kind};
use crate::decision::audit::{AuditRecord, timestamp};
use crate::decision::{Asking, Kept, Stop};
use crate::governance::administration::stored::{Settings, settings_need};
use crate::governance::evaluation::decision_of;
use crate::sorted;
use serde_json::json;

/// What the entries of final words are about, in the decision log.
pub(super) const PATH: &str = "governance/approval";

impl Runs<'_> {
    /// After a vote, a check or a sweep: where the run waits no more, its final word goes into the decision log, and the apply
    /// of a completed plan is queued where the workspace says so (section 3.8).
    pub(super) fn settle(&self, asking: &Asking, run: &mut StoredRun, change: &mut RunChange) -> Result<(), Stop> {
        if run.status == RunState::PendingApproval {
            return Ok(());
        }
        asking.want(settings_need(self.org_id));
        let auto_apply = run.status == RunState::Completed && self.workspace(asking, &run.workspace_id)?.auto_apply;
        let settings: Kept<Settings> = asking.record(settings_need(self.org_id))?;
        let mut entry = self.entry(run);
        entry.mask(&settings.value.unwrap_or_default().audit_masks);
        change.append(kind::AUDIT, self.operation_id, &entry)?;
        if auto_apply {
            self.queue_apply(run, change)?;
        }
        Ok(())
    }

    fn entry(&self, run: &StoredRun) -> AuditRecord {
        let evaluation = run.evaluation.as_ref();
        let requirements: Vec<_> = run
            .requirements
            .iter()
            .map(|requirement| {
                json!({
                    "id": requirement.id,
                    "name": requirement.name,
                    "status": requirement.status,
                    "approvals_count": requirement.approvals_count,
                })
            })
            .collect();
        AuditRecord {
            decision_id: self.operation_id.to_owned(),
            path: PATH.to_owned(),
            input: json!({
                "run": { "id": run.id, "run_type": run.run_type, "trigger": run.trigger },
                "workspace": { "id": run.workspace_id },
                "org": { "id": run.org_id },
                "requirements": requirements,
                "votes": run.votes,
            }),
            result: json!({
                "decision": decision_of(&as_record(run)),
                "run_status": run.status,
                "revision": evaluation.map(|evaluation| &evaluation.revision),
            }),
            // Policies were asked when the plan was evaluated; nothing is asked of them now.
            bundles: sorted::Map::new(),
            digest: evaluation.map(|evaluation| evaluation.digest.clone()).unwrap_or_default(),
            timestamp: timestamp(self.now_ms),
            erased: Vec::new(),
        }
    }
}
