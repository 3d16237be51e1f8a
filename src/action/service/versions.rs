//! Versions of a policy: drafted, submitted, reviewed, activated, brought back and compared (section 4).
//!
//! INVARIANT (versions): what a version says never changes; its status does. At most one of a policy is active: the one that its
//! policy names.

use super::ActionService;
use super::facts::ActionChange;
use super::policies::{ChangedPolicy, done};
use super::stored::{self, StoredPolicy, kind};
use super::validated::{Validated, snapshot_of, validated};
use crate::action::diff::PolicyDiff;
use crate::action::policy::errors::PolicyWarning;
use crate::action::settings::ActionSettings;
use crate::decision::audit::timestamp;
use crate::decision::{
    Asking, Change, Done, Identity, Kept, Page, PageRequest, Record, Refusal, RefusalCode, Stop, Verb,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyVersionStatus"))]
#[serde(rename_all = "snake_case")]
pub enum VersionStatus {
    /// Somebody works on it.
    Draft,
    /// Somebody is to look at it.
    InReview,
    /// It is in force.
    Active,
    /// It was in force.
    Archived,
}

impl VersionStatus {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }
}

/// A version of a policy (section 1.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyVersion"))]
#[serde(deny_unknown_fields)]
pub struct PolicyVersion {
    /// The id.
    pub id: String,
    /// The policy.
    pub policy_id: String,
    /// Counts from 1.
    #[cfg_attr(test, ts(type = "number"))]
    pub version_number: u64,
    /// Where it stands.
    pub status: VersionStatus,
    /// All fields of the policy.
    // As they were kept: fields of an older release that would be refused today must still be seen.
    #[cfg_attr(test, ts(type = "Required<ActionPolicyFields>"))]
    pub policy_data: Map<String, Value>,
    /// What it changed, in a line for people.
    pub change_summary: String,
    /// Who made it.
    pub author_id: Option<String>,
    /// Who reviewed it. Whoever changes a policy directly reviews that change.
    pub reviewer_id: Option<String>,
    /// When, as RFC 3339 in UTC.
    pub reviewed_at: Option<String>,
    /// When it was made, as RFC 3339 in UTC.
    pub created_at: String,
}

/// A draft, and what its fields say and may not mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "DraftedActionPolicyVersion"))]
pub struct DraftedVersion {
    /// The draft.
    #[serde(flatten)]
    pub version: PolicyVersion,
    /// What its fields say and may not mean.
    pub warnings: Vec<PolicyWarning>,
}

/// A part of the list of a policy's versions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyVersionPage"))]
pub struct PolicyVersionPage {
    /// The versions, by their numbers.
    pub data: Vec<PolicyVersion>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

/// With what a version is compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyDiffTarget"))]
#[serde(rename_all = "snake_case")]
pub enum DiffTarget {
    /// Another version of the policy, by its id.
    Version(String),
    /// Fields of a policy that are not kept yet.
    Fields(#[cfg_attr(test, ts(type = "ActionPolicyFields"))] Value),
}

/// What differs between two versions, or between a version and fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyVersionDiff"))]
pub struct PolicyVersionDiff {
    /// The version that is compared from.
    pub from: String,
    /// The version that is compared to; null: the fields that were given.
    pub to: Option<String>,
    /// In a line for people.
    pub change_summary: String,
    /// The fields that differ.
    pub fields: PolicyDiff,
}

/// A version that is to be written.
pub(super) struct NewVersion {
    pub(super) number: u64,
    pub(super) status: VersionStatus,
    pub(super) summary: String,
    pub(super) snapshot: Map<String, Value>,
}

/// A version with the version of its record.
struct FoundVersion {
    version: PolicyVersion,
    record_version: Option<String>,
}

/// The id of a version: the policy and the number are in it.
pub fn version_id(policy_id: &str, number: u64) -> String {
    format!("v_{policy_id}_{number}")
}

/// The number of a version of a policy by its id; none: it is no id of this policy's versions.
pub fn number_of(policy_id: &str, id: &str) -> Option<u64> {
    let number = id.strip_prefix("v_")?.strip_prefix(policy_id)?.strip_prefix('_')?.parse().ok()?;
    // `+1` and `01` are other texts of the same number.
    (version_id(policy_id, number) == id).then_some(number)
}

impl ActionService<'_> {
    /// `GET /policies/{id}/versions`
    pub(super) fn list_policy_versions(&self, asking: &Asking, id: &str, page: &PageRequest) -> Result<Done, Stop> {
        let folder = stored::folder(id);
        let need = page.need(stored::partition(self.org_id), kind::POLICY_VERSION, Some(&folder))?;
        asking.want(need.clone());
        self.found_policy(asking, id, Verb::Read)?;
        let listed: Page<PolicyVersion> = asking.records(need)?;
        let data = listed.records.into_iter().map(|record| record.value).collect();
        Done::answer(&PolicyVersionPage { data, cursor: listed.cursor })
    }

    /// `GET /policies/{id}/versions/{version_id}`
    pub(super) fn get_policy_version(&self, asking: &Asking, policy_id: &str, id: &str) -> Result<Done, Stop> {
        self.want_version(asking, policy_id, id);
        self.found_policy(asking, policy_id, Verb::Read)?;
        Done::answer(&self.found_version(asking, policy_id, id)?.version)
    }

    /// `POST /policies/{id}/versions`: fields that are not in force yet.
    pub(super) fn draft_policy_version(&self, asking: &Asking, policy_id: &str, policy: Value) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        let found = self.found_policy(asking, policy_id, Verb::Write)?;
        let Validated { snapshot, warnings, .. } = validated(policy, "/policy")?;
        let diff = PolicyDiff::between(&snapshot_of(&found.policy.fields)?, &snapshot)?;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        let number = found.policy.newest_version + 1;
        let new = NewVersion { number, status: VersionStatus::Draft, summary: diff.summary(), snapshot };
        let version = self.add_version(&mut change, policy_id, new, &found.identity)?;
        change.expect(stored::policy_need(self.org_id, policy_id), found.record_version);
        let policy = StoredPolicy { newest_version: number, ..found.policy };
        change.put(Record::of(kind::POLICY, policy_id, &policy)?);
        done(change, &DraftedVersion { version, warnings })
    }

    /// `POST /policies/{id}/versions/{version_id}/submit`
    pub(super) fn submit_policy_version(&self, asking: &Asking, policy_id: &str, id: &str) -> Result<Done, Stop> {
        self.want_version(asking, policy_id, id);
        self.found_policy(asking, policy_id, Verb::Write)?;
        let FoundVersion { version, record_version } = self.found_version(asking, policy_id, id)?;
        if version.status != VersionStatus::Draft {
            return Err(wrong_state(&version, "only a draft is submitted for review"));
        }
        let version = PolicyVersion { status: VersionStatus::InReview, ..version };
        self.put_version(asking, record_version, &version)
    }

    /// `POST /policies/{id}/versions/{version_id}/review`: whoever asks becomes the reviewer; the status stays (decision 34).
    pub(super) fn review_policy_version(&self, asking: &Asking, policy_id: &str, id: &str) -> Result<Done, Stop> {
        asking.want(stored::settings_need(self.org_id));
        self.want_version(asking, policy_id, id);
        let identity = self.found_policy(asking, policy_id, Verb::Approve)?.identity;
        let FoundVersion { version, record_version } = self.found_version(asking, policy_id, id)?;
        if !matches!(version.status, VersionStatus::Draft | VersionStatus::InReview) {
            return Err(wrong_state(&version, "only a version that is not in force yet is reviewed"));
        }
        let Some(reviewer_id) = identity.id.clone().filter(|id| !id.trim().is_empty()) else {
            let message = "a reviewer is somebody: whoever asks here has no id";
            return Err(Refusal::new(RefusalCode::NotPermitted, message).into());
        };
        let settings: Kept<ActionSettings> = asking.record(stored::settings_need(self.org_id))?;
        if version.author_id.as_ref() == Some(&reviewer_id) && !settings.value.unwrap_or_default().may_review_own {
            let message = format!("{} is the author of this version: somebody else reviews it", identity.name());
            return Err(Refusal::new(RefusalCode::NotPermitted, message).into());
        }
        let reviewed_at = Some(timestamp(self.now_ms));
        let version = PolicyVersion { reviewer_id: Some(reviewer_id), reviewed_at, ..version };
        self.put_version(asking, record_version, &version)
    }

    /// `POST /policies/{id}/versions/{version_id}/activate`: what was reviewed comes into force.
    pub(super) fn activate_policy_version(&self, asking: &Asking, policy_id: &str, id: &str) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        self.want_version(asking, policy_id, id);
        let found = self.found_policy(asking, policy_id, Verb::Write)?;
        let FoundVersion { version, record_version } = self.found_version(asking, policy_id, id)?;
        if !matches!(version.status, VersionStatus::Draft | VersionStatus::InReview) {
            return Err(wrong_state(&version, "only a version that is not in force yet is activated"));
        }
        if version.reviewer_id.is_none() {
            return Err(wrong_state(&version, "somebody must review it before it is activated"));
        }
        let Validated { fields, warnings, .. } = validated_today(&version)?;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        let number = version.version_number;
        change.expect(stored::version_need(self.org_id, policy_id, number), record_version);
        let version = PolicyVersion { status: VersionStatus::Active, ..version };
        change.put(Record::of(kind::POLICY_VERSION, stored::version_key(policy_id, number), &version)?);
        let policy = self.in_force(asking, &mut change, &found, fields, number, "/version_id")?;
        done(change, &ChangedPolicy { policy, warnings })
    }

    /// `POST /policies/{id}/versions/{version_id}/rollback`: what was in force is so again, as a new version (decisions 35 to 37).
    pub(super) fn roll_back_policy(&self, asking: &Asking, policy_id: &str, id: &str) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        self.want_version(asking, policy_id, id);
        let found = self.found_policy(asking, policy_id, Verb::Write)?;
        let FoundVersion { version, .. } = self.found_version(asking, policy_id, id)?;
        if version.status != VersionStatus::Archived {
            return Err(wrong_state(&version, "only a version that was in force is brought back"));
        }
        let Validated { fields, snapshot, warnings } = validated_today(&version)?;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        let number = found.policy.newest_version + 1;
        let summary = format!("Rolled back to version {}", version.version_number);
        let new = NewVersion { number, status: VersionStatus::Active, summary, snapshot };
        self.add_version(&mut change, policy_id, new, &found.identity)?;
        let policy = self.in_force(asking, &mut change, &found, fields, number, "/version_id")?;
        done(change, &ChangedPolicy { policy, warnings })
    }

    /// `POST /policies/{id}/versions/{version_id}/diff`
    pub(super) fn diff_policy_versions(
        &self,
        asking: &Asking,
        policy_id: &str,
        from: &str,
        to: DiffTarget,
    ) -> Result<Done, Stop> {
        self.want_version(asking, policy_id, from);
        if let DiffTarget::Version(to) = &to {
            self.want_version(asking, policy_id, to);
        }
        self.found_policy(asking, policy_id, Verb::Read)?;
        let before = self.found_version(asking, policy_id, from)?.version;
        let (to, after) = match to {
            DiffTarget::Version(to) => {
                let version = self.found_version(asking, policy_id, &to)?.version;
                (Some(version.id), version.policy_data)
            }
            DiffTarget::Fields(fields) => (None, validated(fields, "/to/fields")?.snapshot),
        };
        let fields = PolicyDiff::between(&before.policy_data, &after)?;
        Done::answer(&PolicyVersionDiff { from: before.id, to, change_summary: fields.summary(), fields })
    }

    /// Writes a version that was never there. Whoever makes one that is active at once answers for it: they are its reviewer.
    pub(super) fn add_version(
        &self,
        change: &mut Change,
        policy_id: &str,
        new: NewVersion,
        author: &Identity,
    ) -> Result<PolicyVersion, Stop> {
        let reviewer_id = author.id.clone().filter(|_| new.status == VersionStatus::Active);
        let created_at = timestamp(self.now_ms);
        let version = PolicyVersion {
            id: version_id(policy_id, new.number),
            policy_id: policy_id.to_owned(),
            version_number: new.number,
            status: new.status,
            policy_data: new.snapshot,
            change_summary: new.summary,
            author_id: author.id.clone(),
            reviewed_at: reviewer_id.as_ref().map(|_| created_at.clone()),
            reviewer_id,
            created_at,
        };
        change.expect(stored::version_need(self.org_id, policy_id, new.number), None);
        change.put(Record::of(kind::POLICY_VERSION, stored::version_key(policy_id, new.number), &version)?);
        Ok(version)
    }

    /// Asks for a version in the same round as everything else.
    fn want_version(&self, asking: &Asking, policy_id: &str, id: &str) {
        if let Some(number) = number_of(policy_id, id) {
            asking.want(stored::version_need(self.org_id, policy_id, number));
        }
    }

    fn found_version(&self, asking: &Asking, policy_id: &str, id: &str) -> Result<FoundVersion, Stop> {
        let missing = || Refusal::new(RefusalCode::NotFound, format!("the policy `{policy_id}` has no version `{id}`"));
        let number = number_of(policy_id, id).ok_or_else(missing)?;
        let kept: Kept<PolicyVersion> = asking.record(stored::version_need(self.org_id, policy_id, number))?;
        Ok(FoundVersion { version: kept.value.ok_or_else(missing)?, record_version: kept.version })
    }

    /// A version that is not in force has changed its state: nothing that is evaluated did.
    fn put_version(
        &self,
        asking: &Asking,
        record_version: Option<String>,
        version: &PolicyVersion,
    ) -> Result<Done, Stop> {
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        let (policy_id, number) = (&version.policy_id, version.version_number);
        change.expect(stored::version_need(self.org_id, policy_id, number), record_version);
        change.put(kind::POLICY_VERSION, stored::version_key(policy_id, number), version)?;
        change.done(version)
    }
}

/// What a version says, where it may still be said.
fn validated_today(version: &PolicyVersion) -> Result<Validated, Stop> {
    validated(Value::Object(version.policy_data.clone()), "").map_err(|stop| match stop {
        Stop::Refused(refusal) => {
            let message = format!("version {} can no longer be in force: {}", version.version_number, refusal.message);
            Stop::Refused(Refusal { message, path: None, ..refusal })
        }
        stop => stop,
    })
}

fn wrong_state(version: &PolicyVersion, why: &str) -> Stop {
    let (number, status) = (version.version_number, version.status.as_str());
    let refusal = Refusal::new(RefusalCode::WrongState, format!("version {number} is {status}: {why}"));
    Stop::Refused(Refusal { reason: Some("INVALID_VERSION_STATE"), ..refusal })
}

#[cfg(test)]
mod tests {
    use super::number_of;

    #[test]
    fn an_id_of_a_version_is_that_of_one_policy_and_one_number() {
        for (policy, id, number) in [
            ("p", "v_p_1", Some(1)),
            ("p_1", "v_p_1_12", Some(12)),
            ("p", "v_p_1_12", None),
            ("q", "v_p_1", None),
            ("p", "v_p_01", None),
            ("p", "v_p_+1", None),
            ("p", "v_p_", None),
            ("p", "v_p", None),
            ("p", "1", None),
        ] {
            assert_eq!(number_of(policy, id), number, "{policy} {id}");
        }
    }
}
