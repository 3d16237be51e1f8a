//! The states that a policy set was in: who changed what, when; compared, and brought back.

use super::Administration;
use super::access::{EffectiveRole, escaped};
use super::policy_sets::Found;
use super::stored::{self, StoredPolicy, StoredPolicySet, StoredSource, kind};
use crate::decision::audit::timestamp;
use crate::decision::{Asking, Change, Done, Identity, Kept, Page, PageRequest, Record, Refusal, RefusalCode, Stop};
use crate::governance::configuration::SourceType;
use crate::sorted;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a change did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The set was created.
    Created,
    /// Fields of the set were changed.
    Changed,
    /// A policy was added.
    PolicyAdded,
    /// A policy was changed.
    PolicyChanged,
    /// A policy was removed.
    PolicyRemoved,
    /// The policies were loaded from the folder of a git set.
    Loaded,
    /// An earlier version was brought back.
    Restored,
    /// The set was deleted.
    Deleted,
}

/// A state that a policy set was in. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PolicySetVersion {
    /// Counts from 1.
    #[cfg_attr(test, ts(type = "number"))]
    pub version: u64,
    /// What led to it.
    pub change: ChangeKind,
    /// The policy that was added, changed or removed, or the version that was brought back.
    pub about: Option<String>,
    /// Who did it.
    pub author_id: Option<String>,
    /// Their e-mail.
    pub author_email: Option<String>,
    /// When, as RFC 3339 in UTC.
    pub created_at: String,
    /// The set in this state.
    pub set: StoredPolicySet,
}

/// A part of the list of a set's versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicySetVersionPage {
    /// The versions, the first first.
    pub versions: Vec<PolicySetVersion>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

/// What differs between two versions of a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicySetDiff {
    /// The earlier, or the one compared from.
    #[cfg_attr(test, ts(type = "number"))]
    pub from: u64,
    /// The one compared to.
    #[cfg_attr(test, ts(type = "number"))]
    pub to: u64,
    /// Fields of the set that differ.
    pub fields: Vec<FieldDiff>,
    /// Policies that differ, by their names.
    pub policies: Vec<PolicyDiff>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FieldDiff {
    /// The field.
    pub field: String,
    /// Its value in the first version.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub from: Value,
    /// Its value in the second.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub to: Value,
}

/// A policy that differs. A policy that is there only once has null on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicyDiff {
    /// Its name.
    pub name: String,
    /// The policy in the first version.
    pub from: Option<PolicyText>,
    /// The policy in the second.
    pub to: Option<PolicyText>,
}

/// A policy with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicyText {
    /// For people.
    pub description: String,
    /// The text.
    pub rego_source: String,
}

/// Writes the next state of a set, as the set's record and as a version that stays.
pub(super) fn next(
    mut set: StoredPolicySet,
    author: &Identity,
    now_ms: u64,
    change_kind: ChangeKind,
    about: Option<String>,
    change: &mut Change,
) -> Result<StoredPolicySet, Stop> {
    set.version += 1;
    let version = PolicySetVersion {
        version: set.version,
        change: change_kind,
        about,
        author_id: author.id.clone(),
        author_email: author.email.clone(),
        created_at: timestamp(now_ms),
        set: set.clone(),
    };
    if change_kind != ChangeKind::Deleted {
        change.put(Record::of(kind::POLICY_SET, set.id.clone(), &set)?);
    }
    change.append(Record::of(kind::POLICY_SET_VERSION, stored::version_key(&set.id, set.version), &version)?);
    Ok(set)
}

impl Administration<'_> {
    /// `GET /policy-sets/{id}/versions`
    pub(super) fn list_policy_set_versions(&self, asking: &Asking, id: &str, page: &PageRequest) -> Result<Done, Stop> {
        self.found(asking, id, EffectiveRole::Read)?;
        let folder = format!("{}/", escaped(id));
        let listed: Page<PolicySetVersion> =
            asking.records(page.need(stored::partition(self.org_id), kind::POLICY_SET_VERSION, Some(&folder))?)?;
        let versions = listed.records.into_iter().map(|record| record.value).collect();
        Done::answer(&PolicySetVersionPage { versions, cursor: listed.cursor })
    }

    /// `GET /policy-sets/{id}/versions/{version}`
    pub(super) fn get_policy_set_version(&self, asking: &Asking, id: &str, version: u64) -> Result<Done, Stop> {
        self.found(asking, id, EffectiveRole::Read)?;
        Done::answer(&self.version(asking, id, version)?)
    }

    /// `GET /policy-sets/{id}/diff?from&to`
    pub(super) fn diff_policy_set_versions(&self, asking: &Asking, id: &str, from: u64, to: u64) -> Result<Done, Stop> {
        for version in [from, to] {
            asking.want(stored::version_need(self.org_id, id, version));
        }
        self.found(asking, id, EffectiveRole::Read)?;
        let (first, second) = (self.version(asking, id, from)?.set, self.version(asking, id, to)?.set);
        let (old, new) = (by_name(&first.policies), by_name(&second.policies));
        let names = sorted::Set::from_iter(old.keys().chain(new.keys()).copied());
        let differing: Vec<&str> = names
            .into_iter()
            .filter(|name| old.get(name).map(|policy| content(policy)) != new.get(name).map(|policy| content(policy)))
            .collect();
        for policy in differing.iter().flat_map(|name| [old.get(name), new.get(name)]).flatten() {
            asking.want(stored::source_need(self.org_id, &policy.source_digest));
        }
        let mut policies = Vec::new();
        for name in differing {
            let text =
                |policy: Option<&&StoredPolicy>| policy.map(|policy| self.policy_text(asking, policy)).transpose();
            policies.push(PolicyDiff { name: name.to_owned(), from: text(old.get(name))?, to: text(new.get(name))? });
        }
        let fields = fields(&first)
            .into_iter()
            .zip(fields(&second))
            .filter(|((_, from), (_, to))| from != to)
            .map(|((field, from), (_, to))| FieldDiff { field: field.to_owned(), from, to })
            .collect();
        Done::answer(&PolicySetDiff { from, to, fields, policies })
    }

    /// `POST /policy-sets/{id}/versions/{version}/restore`: the earlier state as a new version.
    pub(super) fn restore_policy_set_version(&self, asking: &Asking, id: &str, version: u64) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        asking.want(stored::version_need(self.org_id, id, version));
        let found: Found = self.found(asking, id, EffectiveRole::Write)?;
        if found.set.source_type == SourceType::Git {
            return Err(Refusal::new(
                RefusalCode::WrongState,
                "a policy set from git is brought back in its repository, and loaded again",
            )
            .into());
        }
        let earlier = self.version(asking, id, version)?.set;
        let set = StoredPolicySet { version: found.set.version, ..earlier };
        self.changed(asking, found, set, ChangeKind::Restored, Some(version.to_string()))
    }

    fn version(&self, asking: &Asking, id: &str, version: u64) -> Result<PolicySetVersion, Stop> {
        let kept: Kept<PolicySetVersion> = asking.record(stored::version_need(self.org_id, id, version))?;
        Ok(kept
            .value
            .ok_or_else(|| Refusal::new(RefusalCode::NotFound, format!("the policy set has no version {version}")))?)
    }

    /// A policy with its text.
    pub(super) fn policy_text(&self, asking: &Asking, policy: &StoredPolicy) -> Result<PolicyText, Stop> {
        let kept: Kept<StoredSource> = asking.record(stored::source_need(self.org_id, &policy.source_digest))?;
        // INVARIANT (sources): a text is written with the first policy that has it, and never deleted.
        let source = kept.value.ok_or_else(|| {
            crate::error::Error::new(
                crate::error::ErrorCode::FactWrongShape,
                format!("the text of the policy `{}` is not in the store", policy.name),
            )
        })?;
        Ok(PolicyText { description: policy.description.clone(), rego_source: source.rego_source })
    }
}

fn by_name(policies: &[StoredPolicy]) -> sorted::Map<&str, &StoredPolicy> {
    sorted::Map::from_iter(policies.iter().map(|policy| (policy.name.as_str(), policy)))
}

fn content(policy: &StoredPolicy) -> (&str, &str) {
    (&policy.description, &policy.source_digest)
}

/// The fields that a change of a set may touch.
fn fields(set: &StoredPolicySet) -> [(&'static str, Value); 5] {
    [
        ("description", Value::from(set.description.as_str())),
        ("enabled", Value::from(set.enabled)),
        ("enforcement", serde_json::json!(set.enforcement)),
        ("plan_detail", serde_json::json!(set.plan_detail)),
        ("profile", serde_json::json!(set.profile)),
    ]
}
