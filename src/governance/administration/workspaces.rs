//! Workspaces, as far as governance goes: project, name, attributes, `auto_apply` (sections 1.2 and 2.6).

use super::Administration;
use super::access::{EffectiveRole, Scope, not_permitted_in, require};
use super::policy_sets::done;
use super::stored::{self, StoredWorkspace, kind};
use crate::decision::{Asking, Change, Done, Kept, Need, Record, Refusal, RefusalCode, Stop};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What a workspace is put from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// The name.
    pub name: String,
    /// The project that it lives in.
    pub project_id: String,
    /// What users have set, for policies to read. Default: nothing.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "Record<string, unknown>", optional))]
    pub attributes: Option<Map<String, Value>>,
    /// Default false.
    #[serde(default)]
    pub auto_apply: Option<bool>,
}

impl Administration<'_> {
    /// `PUT /workspaces/{id}`: needs `write` at the workspace. A new one needs it at its project, too. To take one out of its
    /// project, and so out of the policies there, needs the right to delete what lives in that project.
    pub(super) fn put_workspace(&self, asking: &Asking, id: &str, new: NewWorkspace) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        for (path, text) in [("/id", id), ("/name", new.name.as_str()), ("/project_id", new.project_id.as_str())] {
            if text.trim().is_empty() {
                return Err(Refusal::field(path, "an id or a name is empty").into());
            }
        }
        let need = stored::workspace_need(self.org_id, id);
        let kept: Kept<StoredWorkspace> = asking.record(need.clone())?;
        let mut needed = vec![(Scope::Workspace(id.to_owned()), EffectiveRole::Write)];
        let before = kept.value.as_ref().map(|known| &known.project_id);
        if before != Some(&new.project_id) {
            needed.push((Scope::Project(new.project_id.clone()), EffectiveRole::Write));
            needed.extend(before.map(|project| (Scope::Project(project.clone()), EffectiveRole::Admin)));
        }
        for (scope, _) in &needed {
            asking.want(Need::Access { resource: scope.resource(self.org_id) });
        }
        for (scope, role) in &needed {
            require(asking, self.org_id, scope, *role, || not_permitted_in(scope))?;
        }
        let workspace = StoredWorkspace {
            id: id.to_owned(),
            name: new.name,
            project_id: new.project_id,
            attributes: new.attributes.unwrap_or_default(),
            auto_apply: new.auto_apply.unwrap_or(false),
        };
        if kept.value.as_ref() == Some(&workspace) {
            return Done::answer(&workspace);
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(need, kept.version);
        change.put(Record::of(kind::WORKSPACE, id, &workspace)?);
        done(change, &workspace)
    }

    /// `GET /workspaces/{id}`
    pub(super) fn get_workspace(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let kept: Kept<StoredWorkspace> = asking.record(stored::workspace_need(self.org_id, id))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no workspace `{id}`"));
        let workspace = kept.value.ok_or_else(missing)?;
        require(asking, self.org_id, &Scope::Workspace(id.to_owned()), EffectiveRole::Read, missing)?;
        Done::answer(&workspace)
    }
}
