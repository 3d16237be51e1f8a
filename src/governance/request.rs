//! What is asked: the run, its workspace, organisation and user; and the input that policies see.

use super::configuration::{PlanDetail, Trigger};
use super::plan::Plan;
use crate::decision::Fact;
use crate::error::{Error, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// One question: may this run go ahead?
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GovernanceRequest {
    /// Where the run takes place.
    pub workspace: Workspace,
    /// The run.
    pub run: Run,
    /// The organisation.
    pub org: Org,
    /// Who started the run; null for a push, a schedule or a promotion.
    pub user: Option<User>,
    /// The host's id for this decision.
    pub decision_id: String,
    /// The time, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub now_ms: u64,
    /// Seeds `rand.intn` and `uuid.rfc4122`.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number", optional))]
    pub seed: Option<u64>,
    /// The answers to the needs of earlier rounds.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

/// A workspace (section 1.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// What users have set, for policies to read.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "Record<string, unknown>", optional))]
    pub attributes: Option<Map<String, Value>>,
    /// The project, for scopes. Policies do not see it.
    #[serde(default)]
    pub project_id: Option<String>,
    /// Accepted and not used: it is taken from the plan.
    #[serde(default, skip_serializing)]
    #[cfg_attr(test, ts(type = "unknown", optional))]
    pub detected_attributes: Option<Value>,
}

/// A run (section 1.4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The id.
    pub id: String,
    /// `plan`: only plans are evaluated.
    #[serde(default = "plan")]
    #[cfg_attr(test, ts(optional, as = "Option<String>"))]
    pub run_type: String,
    /// What started it.
    pub trigger: Trigger,
    /// Who or what, for people; an e-mail as a rule.
    #[serde(default)]
    pub triggered_by: Option<String>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Org {
    /// The id.
    pub id: String,
}

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The id.
    pub id: Option<String>,
    /// The e-mail.
    pub email: Option<String>,
}

fn plan() -> String {
    "plan".to_owned()
}

impl GovernanceRequest {
    /// Checks what the types do not hold.
    ///
    /// # Errors
    /// `malformed_request` with the path to the value.
    pub fn check(&self) -> Result<(), Error> {
        if self.run.run_type != "plan" {
            return Err(Error::new(
                ErrorCode::MalformedRequest,
                format!("a run of type `{}` is not evaluated; only plans are", self.run.run_type),
            )
            .at("/run/run_type"));
        }
        for (path, id) in [
            ("/workspace/id", &self.workspace.id),
            ("/run/id", &self.run.id),
            ("/org/id", &self.org.id),
            ("/decision_id", &self.decision_id),
        ] {
            if id.trim().is_empty() {
                return Err(Error::new(ErrorCode::MalformedRequest, "an id is empty").at(path));
            }
        }
        Ok(())
    }

    /// The input of section 4: these five keys and no others, plus `plan` where a set asks for full detail.
    ///
    /// # Errors
    /// As [`Plan::detail`].
    pub fn input(&self, plan: &Plan, detail: PlanDetail) -> Result<Value, Error> {
        let user = self.user.clone().unwrap_or_default();
        let mut input = json!({
            "workspace": {
                "id": self.workspace.id,
                "name": self.workspace.name,
                "attributes": self.workspace.attributes.clone().unwrap_or_default(),
                "detected_attributes": plan.detected_attributes,
            },
            "run": {
                "id": self.run.id,
                "run_type": self.run.run_type,
                "trigger": self.run.trigger,
                "triggered_by": self.run.triggered_by.as_deref().unwrap_or("system"),
            },
            "org": { "id": self.org.id },
            "user": { "id": user.id, "email": user.email },
            "plan_changes": plan.plan_changes,
        });
        if detail == PlanDetail::Full
            && let Value::Object(fields) = &mut input
        {
            fields.insert("plan".to_owned(), plan.detail()?);
        }
        Ok(input)
    }

    /// Whether something with this scope applies: none is the organisation, a workspace wins over a project.
    pub fn in_scope(&self, project_id: Option<&str>, workspace_id: Option<&str>) -> bool {
        match (project_id, workspace_id) {
            (_, Some(workspace)) => workspace == self.workspace.id,
            (Some(project), None) => self.workspace.project_id.as_deref() == Some(project),
            (None, None) => true,
        }
    }
}
