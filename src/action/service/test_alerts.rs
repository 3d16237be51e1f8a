//! Test alerts: whether those who would be asked about a policy are reached (decision 47).

use super::ActionService;
use super::facts::ActionChange;
use crate::decision::{Asking, Done, Notice, Refusal, RefusalCode, Stop, Verb};
use serde::Serialize;

/// A test alert that is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionTestAlert"))]
pub struct TestAlert {
    /// The policy.
    pub policy_id: String,
    /// Who is told: e-mails or ids.
    pub recipients: Vec<String>,
    /// What it is.
    #[cfg_attr(test, ts(type = "\"test\""))]
    pub kind: &'static str,
}

impl ActionService<'_> {
    /// `POST /policies/{id}/test-alert`: to its `default_approvers`.
    pub(super) fn test_alert(&self, asking: &Asking, policy_id: &str) -> Result<Done, Stop> {
        let policy = self.found_policy(asking, policy_id, Verb::Write)?.policy;
        let recipients = policy.fields.default_approvers;
        if recipients.is_empty() {
            let message =
                format!("nobody would be told: the policy `{}` has no `default_approvers`", policy.fields.name);
            return Err(Refusal::new(RefusalCode::NoApprovers, message).into());
        }
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        change.tell(Notice::ActionTestAlert {
            id: format!("{}:test", self.operation_id),
            org_id: self.org_id.to_owned(),
            policy_id: policy_id.to_owned(),
            recipients: recipients.clone(),
        })?;
        change.done(&TestAlert { policy_id: policy_id.to_owned(), recipients, kind: "test" })
    }
}
