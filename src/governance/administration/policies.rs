//! The policies of a set: added, changed and removed one by one, each validated as in the editor; or loaded from a folder.

use super::Administration;
use super::access::EffectiveRole;
use super::policy_sets::{Found, PolicySetSeen, done};
use super::stored::{self, StoredPolicy, StoredPolicySet, StoredSource, kind};
use super::versions::{self, ChangeKind};
use crate::decision::{Asking, Change, Done, Need, Record, Refusal, RefusalCode, Stop, digest};
use crate::governance::configuration::SourceType;
use crate::governance::contract;
use crate::policy::validate;
use crate::rego::{Diagnostic, Module};
use crate::sorted::InOrder;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a policy is added from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct NewPolicy {
    /// Unique within the set.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// The text.
    pub rego_source: String,
}

/// What may be changed of a policy; at least one of these.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct PolicyChange {
    /// Unique within the set.
    #[serde(default)]
    pub name: Option<String>,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// The text.
    #[serde(default)]
    pub rego_source: Option<String>,
}

/// A policy as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicySeen {
    /// The id.
    pub id: String,
    /// The set that it belongs to.
    pub policy_set_id: String,
    /// The name.
    pub name: String,
    /// For people.
    pub description: String,
    /// The text.
    pub rego_source: String,
}

/// The policies of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicyList {
    /// By their names.
    pub policies: Vec<PolicySeen>,
}

/// What loading a git set gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoadedPolicySet {
    /// The set as it is now.
    pub policy_set: PolicySetSeen,
    /// What is wrong with its policies. One that is not valid stays, and fails closed when it is asked.
    pub diagnostics: Vec<Diagnostic>,
}

/// A Rego file of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderFile {
    path: String,
    text: String,
}

impl Administration<'_> {
    /// `GET /policy-sets/{id}/policies`
    pub(super) fn list_policies(&self, asking: &Asking, set_id: &str) -> Result<Done, Stop> {
        let Found { set, .. } = self.found(asking, set_id, EffectiveRole::Read)?;
        for policy in &set.policies {
            asking.want(stored::source_need(self.org_id, &policy.source_digest));
        }
        let policies = set.policies.iter().map(|policy| self.seen(asking, &set, policy)).collect::<Result<_, _>>()?;
        Done::answer(&PolicyList { policies })
    }

    /// `POST /policy-sets/{id}/policies`
    pub(super) fn add_policy(&self, asking: &Asking, set_id: &str, new: NewPolicy) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let found = self.writable(asking, set_id)?;
        check_name(&found.set, &new.name, None)?;
        check_source(&new.name, &new.rego_source)?;
        let policy = StoredPolicy {
            id: self.operation_id.to_owned(),
            name: new.name.clone(),
            description: new.description.unwrap_or_default(),
            source_digest: source_digest(&new.rego_source),
        };
        let mut set = found.set.clone();
        set.policies.push(policy.clone());
        self.policy_changed(asking, found, set, &policy, Some(new.rego_source), ChangeKind::PolicyAdded)
    }

    /// `PATCH /policy-sets/{id}/policies/{policy}`
    pub(super) fn change_policy(
        &self,
        asking: &Asking,
        set_id: &str,
        policy_id: &str,
        fields: PolicyChange,
    ) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let PolicyChange { name, description, rego_source } = fields;
        if name.is_none() && description.is_none() && rego_source.is_none() {
            return Err(
                Refusal::field("", "nothing is to be changed: give one of name, description, rego_source").into()
            );
        }
        let found = self.writable(asking, set_id)?;
        let mut set = found.set.clone();
        let missing = || Refusal::new(RefusalCode::NotFound, format!("the set has no policy `{policy_id}`"));
        let policy = set.policies.iter_mut().find(|policy| policy.id == policy_id).ok_or_else(missing)?;
        if let Some(name) = name {
            check_name(&found.set, &name, Some(policy_id))?;
            policy.name = name;
        }
        if let Some(description) = description {
            policy.description = description;
        }
        if let Some(source) = &rego_source {
            check_source(&policy.name, source)?;
            policy.source_digest = source_digest(source);
        }
        let policy = policy.clone();
        self.policy_changed(asking, found, set, &policy, rego_source, ChangeKind::PolicyChanged)
    }

    /// `DELETE /policy-sets/{id}/policies/{policy}`
    pub(super) fn remove_policy(&self, asking: &Asking, set_id: &str, policy_id: &str) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let found = self.writable(asking, set_id)?;
        let mut set = found.set.clone();
        let missing = || Refusal::new(RefusalCode::NotFound, format!("the set has no policy `{policy_id}`"));
        let at = set.policies.iter().position(|policy| policy.id == policy_id).ok_or_else(missing)?;
        let name = set.policies.remove(at).name;
        self.changed(asking, found, set, ChangeKind::PolicyRemoved, Some(name))
    }

    /// `POST /policy-sets/{id}/load`: the policies of a git set become those of its folder, without tests (G60).
    pub(super) fn load_policy_set(&self, asking: &Asking, set_id: &str) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let found = self.found(asking, set_id, EffectiveRole::Write)?;
        let Some(folder) = found.set.git_path.clone().filter(|_| found.set.source_type == SourceType::Git) else {
            return Err(
                Refusal::new(RefusalCode::WrongState, "only a policy set from git is loaded from a folder").into()
            );
        };
        let files: Option<Vec<FolderFile>> =
            asking.value(Need::Files { org_id: self.org_id.to_owned(), path: folder.clone() })?;
        let files = files.ok_or_else(|| {
            Refusal::new(RefusalCode::NotFound, format!("there is no folder `{folder}` to load the policies from"))
        })?;
        let mut files: Vec<(String, FolderFile)> = files
            .into_iter()
            .filter(|file| file.path.ends_with(".rego") && !file.path.ends_with("_test.rego"))
            .map(|file| (policy_name(&file.path).to_owned(), file))
            .collect();
        files.order_by(|a, b| a.0.cmp(&b.0));
        if files.is_empty() {
            // A set without policies would let everything pass.
            return Err(Refusal::new(
                RefusalCode::WrongState,
                format!("the folder `{folder}` has no policy (*.rego, tests apart)"),
            )
            .into());
        }
        if let Some(pair) = files.windows(2).find(|pair| matches!(pair, [a, b] if a.0 == b.0)) {
            let name = pair.first().map(|(name, _)| name.as_str()).unwrap_or_default();
            return Err(Refusal::new(
                RefusalCode::NameInUse,
                format!("two files of `{folder}` would be the policy `{name}`"),
            )
            .into());
        }
        let contract = contract::contract()?;
        let mut diagnostics = Vec::new();
        let mut policies = Vec::new();
        for (name, file) in &files {
            let module = Module { path: file.path.clone(), source: file.text.clone() };
            diagnostics.extend(validate(module, &contract)?.validation.diagnostics);
            policies.push(StoredPolicy {
                id: digest::of_value(&json!([set_id, name])),
                name: name.clone(),
                description: String::new(),
                source_digest: source_digest(&file.text),
            });
        }
        let set = StoredPolicySet { policies, ..found.set.clone() };
        if set == found.set {
            return Done::answer(&LoadedPolicySet {
                policy_set: PolicySetSeen { set, effective_role: found.role },
                diagnostics,
            });
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::set_need(self.org_id, set_id), found.record_version);
        for (_, file) in files {
            change.put(source_record(file.text)?);
        }
        let set = versions::next(set, &found.identity, self.now_ms, ChangeKind::Loaded, Some(folder), &mut change)?;
        done(change, &LoadedPolicySet { policy_set: PolicySetSeen { set, effective_role: found.role }, diagnostics })
    }

    /// A set whose policies whoever asks may change here. Those of a git set are changed in its repository (G60).
    fn writable(&self, asking: &Asking, set_id: &str) -> Result<Found, Stop> {
        let found = self.found(asking, set_id, EffectiveRole::Write)?;
        if found.set.source_type == SourceType::Git {
            return Err(Refusal::new(
                RefusalCode::WrongState,
                format!("the policies of `{}` come from git: change them there", found.set.name),
            )
            .into());
        }
        Ok(found)
    }

    fn policy_changed(
        &self,
        asking: &Asking,
        found: Found,
        mut set: StoredPolicySet,
        policy: &StoredPolicy,
        source: Option<String>,
        change_kind: ChangeKind,
    ) -> Result<Done, Stop> {
        set.policies.order_by(|a, b| a.name.cmp(&b.name));
        if set == found.set {
            return Done::answer(&self.seen(asking, &set, policy)?);
        }
        // Read before anything is written: what is not new is in the store.
        let rego_source = match &source {
            Some(source) => source.clone(),
            None => self.policy_text(asking, policy)?.rego_source,
        };
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::set_need(self.org_id, &set.id), found.record_version);
        if let Some(source) = source {
            change.put(source_record(source)?);
        }
        let about = Some(policy.name.clone());
        let set = versions::next(set, &found.identity, self.now_ms, change_kind, about, &mut change)?;
        done(change, &seen(&set, policy, rego_source))
    }

    fn seen(&self, asking: &Asking, set: &StoredPolicySet, policy: &StoredPolicy) -> Result<PolicySeen, Stop> {
        Ok(seen(set, policy, self.policy_text(asking, policy)?.rego_source))
    }
}

fn seen(set: &StoredPolicySet, policy: &StoredPolicy, rego_source: String) -> PolicySeen {
    PolicySeen {
        id: policy.id.clone(),
        policy_set_id: set.id.clone(),
        name: policy.name.clone(),
        description: policy.description.clone(),
        rego_source,
    }
}

fn check_name(set: &StoredPolicySet, name: &str, own_id: Option<&str>) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::field("/name", "a policy needs a name"));
    }
    if set.policies.iter().any(|policy| policy.name == name && own_id != Some(policy.id.as_str())) {
        let message = format!("the set `{}` has a policy `{name}`", set.name);
        return Err(Refusal { path: Some("/name".to_owned()), ..Refusal::new(RefusalCode::NameInUse, message) });
    }
    Ok(())
}

/// The same checks as in the editor (section 5): a policy that does not keep its contract is not taken.
fn check_source(name: &str, source: &str) -> Result<(), Stop> {
    if source.trim().is_empty() {
        return Err(Refusal::field("/rego_source", "the policy is empty").into());
    }
    let module = Module { path: format!("{name}.rego"), source: source.to_owned() };
    let validation = validate(module, &contract::contract()?)?.validation;
    match validation.error {
        None => Ok(()),
        Some(error) => {
            Err(Refusal { diagnostics: validation.diagnostics, ..Refusal::field("/rego_source", error) }.into())
        }
    }
}

fn source_digest(source: &str) -> String {
    digest::of_value(&json!(source))
}

fn source_record(rego_source: String) -> Result<crate::decision::Record, Stop> {
    let key = source_digest(&rego_source);
    Record::of(kind::POLICY_SOURCE, key, &StoredSource { rego_source })
}

/// The last part of a path, without `.rego`.
fn policy_name(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".rego").unwrap_or(name)
}
