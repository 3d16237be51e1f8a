//! Policy sets: created, seen, changed and deleted (section 2.1).

use super::Administration;
use super::access::{EffectiveRole, Scope, not_permitted_in, require, role_in};
use super::stored::{self, StoredPolicySet, StoredWorkspace, kind};
use super::versions::{self, ChangeKind};
use crate::decision::{
    Asking, Change, Done, Kept, Need, Page, PageRequest, Record, Refusal, RefusalCode, Stop, StoredName,
};
use crate::governance::configuration::{Enforcement, PlanDetail, Profile, SourceType};
use serde::{Deserialize, Serialize};

/// What a policy set is created from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct NewPolicySet {
    /// Unique within its scope.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// Default mandatory.
    #[serde(default)]
    pub enforcement: Option<Enforcement>,
    /// Default db.
    #[serde(default)]
    pub source_type: Option<SourceType>,
    /// Default terraform.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// Project scope.
    #[serde(default)]
    pub project_id: Option<String>,
    /// Workspace scope. Together with `project_id`, that must be the workspace's.
    #[serde(default)]
    pub workspace_id: Option<String>,
    /// The folder, for a git set.
    #[serde(default)]
    pub git_path: Option<String>,
    /// Default summary.
    #[serde(default)]
    pub plan_detail: Option<PlanDetail>,
}

/// What may be changed of a policy set; at least one of these.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct PolicySetChange {
    /// Whether a violation rejects a run.
    #[serde(default)]
    pub enforcement: Option<Enforcement>,
    /// Whether it is evaluated.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// A label.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// How much of the plan its policies see.
    #[serde(default)]
    pub plan_detail: Option<PlanDetail>,
}

/// A policy set as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicySetSeen {
    /// The set.
    #[serde(flatten)]
    pub set: StoredPolicySet,
    /// What the caller may do with it.
    pub effective_role: EffectiveRole,
}

/// A part of a list of policy sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicySetPage {
    /// Those that the caller may see.
    pub policy_sets: Vec<PolicySetSeen>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

/// A set that was read, with who asks.
pub struct Found {
    /// The set.
    pub set: StoredPolicySet,
    /// The version of its record.
    pub record_version: Option<String>,
    /// Who asks.
    pub identity: crate::decision::Identity,
    /// Their role.
    pub role: EffectiveRole,
}

impl Administration<'_> {
    /// `POST /policy-sets`
    pub(super) fn create_policy_set(&self, asking: &Asking, new: NewPolicySet) -> Result<Done, Stop> {
        let scope = Scope::of(new.project_id.as_deref(), new.workspace_id.as_deref());
        asking.want(stored::configuration_need(self.org_id));
        asking.want(stored::set_name_need(self.org_id, &scope, &new.name));
        check_new(&new)?;
        let missing = || not_permitted_in(&scope);
        let (identity, role) = require(asking, self.org_id, &scope, EffectiveRole::Write, missing)?;
        // After the rights: it tells where a workspace lives.
        self.check_parent(asking, new.project_id.as_deref(), new.workspace_id.as_deref())?;
        let name_need = stored::set_name_need(self.org_id, &scope, &new.name);
        let name: Kept<StoredName> = asking.record(name_need.clone())?;
        if name.value.is_some() {
            let message = format!("{} has a policy set `{}`", scope.words(), new.name);
            return Err(
                Refusal { path: Some("/name".to_owned()), ..Refusal::new(RefusalCode::NameInUse, message) }.into()
            );
        }
        let set = StoredPolicySet {
            id: self.operation_id.to_owned(),
            name: new.name,
            description: new.description.unwrap_or_default(),
            enforcement: new.enforcement.unwrap_or_default(),
            source_type: new.source_type.unwrap_or_default(),
            profile: new.profile.unwrap_or_default(),
            project_id: new.project_id,
            workspace_id: new.workspace_id,
            git_path: new.git_path,
            enabled: true,
            plan_detail: new.plan_detail.unwrap_or_default(),
            version: 0,
            policies: Vec::new(),
        };
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(name_need, name.version);
        change.expect(stored::set_need(self.org_id, &set.id), None);
        let id = StoredName { id: set.id.clone() };
        change.put(Record::of(kind::POLICY_SET_NAME, stored::set_name_key(&scope, &set.name), &id)?);
        let set = versions::next(set, &identity, self.now_ms, ChangeKind::Created, None, &mut change)?;
        done(change, &PolicySetSeen { set, effective_role: role })
    }

    /// `GET /policy-sets`
    pub(super) fn list_policy_sets(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        let organisation = Scope::of(None, None).resource(self.org_id);
        asking.want(Need::Access { resource: organisation.clone() });
        let listed: Page<StoredPolicySet> =
            asking.records(page.need(stored::partition(self.org_id), kind::POLICY_SET, None)?)?;
        // Whoever is unknown is told so also where there is nothing to see.
        asking.access(organisation)?;
        let sets: Vec<StoredPolicySet> = listed.records.into_iter().map(|record| record.value).collect();
        for set in &sets {
            asking.want(Need::Access { resource: set.scope().resource(self.org_id) });
        }
        let mut policy_sets = Vec::new();
        for set in sets {
            let identity = asking.access(set.scope().resource(self.org_id))?;
            if let Some(effective_role) = role_in(&set.scope(), &identity) {
                policy_sets.push(PolicySetSeen { set, effective_role });
            }
        }
        Done::answer(&PolicySetPage { policy_sets, cursor: listed.cursor })
    }

    /// `GET /policy-sets/{id}`
    pub(super) fn get_policy_set(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let Found { set, role, .. } = self.found(asking, id, EffectiveRole::Read)?;
        Done::answer(&PolicySetSeen { set, effective_role: role })
    }

    /// `PATCH /policy-sets/{id}`
    pub(super) fn change_policy_set(&self, asking: &Asking, id: &str, fields: PolicySetChange) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let PolicySetChange { enforcement, enabled, description, profile, plan_detail } = fields;
        if enforcement.is_none()
            && enabled.is_none()
            && description.is_none()
            && profile.is_none()
            && plan_detail.is_none()
        {
            return Err(Refusal::field(
                "",
                "nothing is to be changed: give one of enforcement, enabled, description, profile, plan_detail",
            )
            .into());
        }
        let found = self.found(asking, id, EffectiveRole::Write)?;
        let mut set = found.set.clone();
        set.enforcement = enforcement.unwrap_or(set.enforcement);
        set.enabled = enabled.unwrap_or(set.enabled);
        set.description = description.unwrap_or(set.description);
        set.profile = profile.unwrap_or(set.profile);
        set.plan_detail = plan_detail.unwrap_or(set.plan_detail);
        self.changed(asking, found, set, ChangeKind::Changed, None)
    }

    /// `DELETE /policy-sets/{id}`: its name is free again; what it was stays in its versions.
    pub(super) fn delete_policy_set(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let found = self.found(asking, id, EffectiveRole::Admin)?;
        let name_need = stored::set_name_need(self.org_id, &found.set.scope(), &found.set.name);
        let name: Kept<StoredName> = asking.record(name_need.clone())?;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::set_need(self.org_id, id), found.record_version);
        change.expect(name_need, name.version);
        let name_key = stored::set_name_key(&found.set.scope(), &found.set.name);
        let last = versions::next(found.set, &found.identity, self.now_ms, ChangeKind::Deleted, None, &mut change)?;
        change.put(Record::deleted(kind::POLICY_SET, last.id.clone()));
        change.put(Record::deleted(kind::POLICY_SET_NAME, name_key));
        done(change, &serde_json::json!({ "id": last.id }))
    }

    /// A set that whoever asks has a role in.
    pub(super) fn found(&self, asking: &Asking, id: &str, needed: EffectiveRole) -> Result<Found, Stop> {
        let kept: Kept<StoredPolicySet> = asking.record(stored::set_need(self.org_id, id))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no policy set `{id}`"));
        let set = kept.value.ok_or_else(missing)?;
        let (identity, role) = require(asking, self.org_id, &set.scope(), needed, missing)?;
        Ok(Found { set, record_version: kept.version, identity, role })
    }

    /// Commits a new state of a set; the same state again is no change.
    pub(super) fn changed(
        &self,
        asking: &Asking,
        found: Found,
        set: StoredPolicySet,
        kind: ChangeKind,
        about: Option<String>,
    ) -> Result<Done, Stop> {
        if set == found.set {
            return Done::answer(&PolicySetSeen { set, effective_role: found.role });
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::set_need(self.org_id, &set.id), found.record_version);
        let set = versions::next(set, &found.identity, self.now_ms, kind, about, &mut change)?;
        done(change, &PolicySetSeen { set, effective_role: found.role })
    }

    /// A workspace scope must be known, and its project the one that is named beside it.
    pub(super) fn check_parent(
        &self,
        asking: &Asking,
        project_id: Option<&str>,
        workspace_id: Option<&str>,
    ) -> Result<(), Stop> {
        let (Some(project), Some(workspace)) = (project_id, workspace_id) else { return Ok(()) };
        let kept: Kept<StoredWorkspace> = asking.record(stored::workspace_need(self.org_id, workspace))?;
        match kept.value {
            None => Err(Refusal::field("/workspace_id", format!("there is no workspace `{workspace}`")).into()),
            Some(known) if known.project_id != project => Err(Refusal::field(
                "/project_id",
                format!("the workspace `{workspace}` does not live in the project `{project}`"),
            )
            .into()),
            Some(_) => Ok(()),
        }
    }
}

/// An answer and the commit that makes it true.
pub(super) fn done(change: Change, answer: &impl Serialize) -> Result<Done, Stop> {
    let mut done = Done::answer(answer)?;
    done.effects.commit = Some(change.commit()?);
    Ok(done)
}

/// Whether a path may lead out of the folder that it is meant to lie in.
fn leads_out(path: &str) -> bool {
    path.starts_with('/') || path.contains('\\') || path.contains(':') || path.split('/').any(|part| part == "..")
}

fn check_new(new: &NewPolicySet) -> Result<(), Refusal> {
    if new.name.trim().is_empty() {
        return Err(Refusal::field("/name", "a policy set needs a name"));
    }
    for (path, id) in [("/project_id", &new.project_id), ("/workspace_id", &new.workspace_id)] {
        if id.as_ref().is_some_and(|id| id.trim().is_empty()) {
            return Err(Refusal::field(path, "an id is empty; leave the field out instead"));
        }
    }
    let is_git = new.source_type == Some(SourceType::Git);
    let has_path = new.git_path.as_ref().is_some_and(|path| !path.trim().is_empty());
    match (is_git, has_path) {
        (true, false) => Err(Refusal::field("/git_path", "a policy set from git needs `git_path`")),
        (true, true) if leads_out(new.git_path.as_deref().unwrap_or_default()) => Err(Refusal::field(
            "/git_path",
            "`git_path` is a folder inside the repository: no `..`, no leading `/`, no `\\`",
        )),
        (false, true) => {
            Err(Refusal::field("/git_path", "`git_path` is for a policy set whose `source_type` is `git`"))
        }
        _ => Ok(()),
    }
}
