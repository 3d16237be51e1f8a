//! Policies: created, seen, changed and deleted (sections 1.1 and 2.1). What was in force before is in [`versions`](super::versions).

use super::ActionService;
use super::access::{organisation, require};
use super::log;
use super::stored::{self, StoredException, StoredPolicy, kind};
use super::validated::{Validated, snapshot_of, validated};
use super::versions::{NewVersion, PolicyVersion, VersionStatus, number_of, version_id};
use crate::action::diff::PolicyDiff;
use crate::action::policy::PolicyFields;
use crate::action::policy::errors::PolicyWarning;
use crate::action::settings::ActionSettings;
use crate::action::state::{ExceptionUses, StateKey};
use crate::decision::audit::timestamp;
use crate::decision::{
    Asking, Change, Done, Identity, Kept, Need, Page, PageRequest, Record, Refusal, RefusalCode, Stop, StoredName, Verb,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A policy that was changed, and what its fields say and may not mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ChangedActionPolicy"))]
pub struct ChangedPolicy {
    /// The policy.
    #[serde(flatten)]
    pub policy: StoredPolicy,
    /// What its fields say and may not mean.
    pub warnings: Vec<PolicyWarning>,
}

/// A part of the list of policies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionPolicyPage"))]
pub struct PolicyPage {
    /// The policies, by their ids.
    pub data: Vec<StoredPolicy>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

/// A policy that was read, with who asks.
pub(super) struct FoundPolicy {
    pub(super) policy: StoredPolicy,
    pub(super) record_version: Option<String>,
    pub(super) identity: Identity,
}

impl ActionService<'_> {
    /// `POST /policies`: with its first version (decision 30).
    pub(super) fn create_policy(&self, asking: &Asking, policy: Value) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        let identity = require(asking, organisation(self.org_id), Verb::Write)?;
        let Validated { fields, snapshot, warnings } = validated(policy, "/policy")?;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        self.take_name(asking, &mut change, &fields.name, self.operation_id, "/policy/name")?;
        let new = NewVersion { number: 1, status: VersionStatus::Active, summary: "Created".to_owned(), snapshot };
        let now = timestamp(self.now_ms);
        let policy = StoredPolicy {
            id: self.operation_id.to_owned(),
            organization_id: self.org_id.to_owned(),
            current_version_id: version_id(self.operation_id, new.number),
            created_at: now.clone(),
            updated_at: now,
            newest_version: new.number,
            fields,
        };
        self.add_version(&mut change, &policy.id, new, &identity)?;
        change.expect(stored::policy_need(self.org_id, &policy.id), None);
        change.put(Record::of(kind::POLICY, policy.id.clone(), &policy)?);
        done(change, &ChangedPolicy { policy, warnings })
    }

    /// `GET /policies`
    pub(super) fn list_policies(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        let need = page.need(stored::partition(self.org_id), kind::POLICY, None)?;
        asking.want(need.clone());
        require(asking, organisation(self.org_id), Verb::Read)?;
        let listed: Page<StoredPolicy> = asking.records(need)?;
        let data = listed.records.into_iter().map(|record| record.value).collect();
        Done::answer(&PolicyPage { data, cursor: listed.cursor })
    }

    /// `GET /policies/{id}`
    pub(super) fn get_policy(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        Done::answer(&self.found_policy(asking, id, Verb::Read)?.policy)
    }

    /// `PUT /policies/{id}`: these fields, and the defaults of all others (decision 32).
    pub(super) fn replace_policy(&self, asking: &Asking, id: &str, policy: Value) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        let found = self.found_policy(asking, id, Verb::Write)?;
        self.update(asking, &found, validated(policy, "/policy")?, "/policy/name")
    }

    /// `PATCH /policies/{id}`: these fields in the place of its own; null puts the default back (decision 32).
    pub(super) fn patch_policy(&self, asking: &Asking, id: &str, change: Map<String, Value>) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        let found = self.found_policy(asking, id, Verb::Write)?;
        let patched = patched(&found.policy.fields, change)?;
        self.update(asking, &found, validated(patched, "/change")?, "/change/name")
    }

    /// `POST /policies/{id}/enable`, `/disable`: an update (decision 33).
    pub(super) fn switch_policy(&self, asking: &Asking, id: &str, enabled: bool) -> Result<Done, Stop> {
        self.patch_policy(asking, id, Map::from_iter([("enabled".to_owned(), Value::from(enabled))]))
    }

    /// `DELETE /policies/{id}`: its exceptions go with it, and its name is free again. Its versions stay in the store, and nobody is
    /// shown them any more.
    pub(super) fn delete_policy(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        // INVARIANT (all of them): the state of the set-up is read first. Who adds an exception afterwards changes it.
        let change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id);
        asking.want(stored::settings_need(self.org_id));
        let found = self.found_policy(asking, id, Verb::Delete)?;
        let mut change = change?;
        let of_policy = |kind: &str| Need::Records {
            partition: stored::partition(self.org_id),
            kind: kind.to_owned(),
            from: Some(stored::folder(id)),
            to: Some(stored::end_of_folder(id)),
            limit: None,
            cursor: None,
        };
        let uses_kind = StateKey::ExceptionUses { policy_id: String::new(), id: String::new() }.kind();
        asking.want(of_policy(kind::EXCEPTION));
        asking.want(of_policy(uses_kind));
        self.free_name(asking, &mut change, &found.policy.fields.name)?;
        let exceptions: Page<StoredException> = asking.records(of_policy(kind::EXCEPTION))?;
        let uses: Page<ExceptionUses> = asking.records(of_policy(uses_kind))?;
        let exceptions = exceptions.records.into_iter().map(|record| (kind::EXCEPTION, record.key, record.version));
        let uses = uses.records.into_iter().map(|record| (uses_kind, record.key, record.version));
        for (kind, key, version) in exceptions.chain(uses) {
            change.expect(stored::set_up(self.org_id).record(kind, key.clone()), Some(version));
            change.put(Record::deleted(kind, key));
        }
        let settings: Kept<ActionSettings> = asking.record(stored::settings_need(self.org_id))?;
        let input = json!({ "policy_id": id, "act": "delete", "by": found.identity.id });
        let result = json!({ "name": found.policy.fields.name, "version_id": found.policy.current_version_id });
        self.enter_change(&mut change, &settings.value.unwrap_or_default(), log::POLICY, input, result)?;
        change.expect(stored::policy_need(self.org_id, id), found.record_version);
        change.put(Record::deleted(kind::POLICY, id));
        done(change, &json!({ "id": id }))
    }

    /// A policy, for whoever may do this in the organisation.
    pub(super) fn found_policy(&self, asking: &Asking, id: &str, verb: Verb) -> Result<FoundPolicy, Stop> {
        asking.want(stored::policy_need(self.org_id, id));
        let identity = require(asking, organisation(self.org_id), verb)?;
        let kept: Kept<StoredPolicy> = asking.record(stored::policy_need(self.org_id, id))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no policy `{id}`"));
        Ok(FoundPolicy { policy: kept.value.ok_or_else(missing)?, record_version: kept.version, identity })
    }

    /// New fields as a new version; the same fields again are no change (decision 31).
    fn update(&self, asking: &Asking, found: &FoundPolicy, validated: Validated, path: &str) -> Result<Done, Stop> {
        let Validated { fields, snapshot, warnings } = validated;
        let diff = PolicyDiff::between(&snapshot_of(&found.policy.fields)?, &snapshot)?;
        if diff.is_empty() {
            return Done::answer(&ChangedPolicy { policy: found.policy.clone(), warnings });
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        let number = found.policy.newest_version + 1;
        let new = NewVersion { number, status: VersionStatus::Active, summary: diff.summary(), snapshot };
        self.add_version(&mut change, &found.policy.id, new, &found.identity)?;
        let policy = self.in_force(asking, &mut change, found, fields, number, path)?;
        done(change, &ChangedPolicy { policy, warnings })
    }

    /// Puts a version of a policy in force that is written with the same change: the one before it is archived. `path` is where its name
    /// comes from.
    pub(super) fn in_force(
        &self,
        asking: &Asking,
        change: &mut Change,
        found: &FoundPolicy,
        fields: PolicyFields,
        number: u64,
        path: &str,
    ) -> Result<StoredPolicy, Stop> {
        let before = &found.policy;
        let current = number_of(&before.id, &before.current_version_id).unwrap_or_default();
        let current_need = stored::version_need(self.org_id, &before.id, current);
        asking.want(current_need.clone());
        if fields.name != before.fields.name {
            asking.want(stored::name_need(self.org_id, &before.fields.name));
            self.take_name(asking, change, &fields.name, &before.id, path)?;
            self.free_name(asking, change, &before.fields.name)?;
        }
        let kept: Kept<PolicyVersion> = asking.record(current_need.clone())?;
        if let Some(version) = kept.value {
            change.expect(current_need, kept.version);
            let archived = PolicyVersion { status: VersionStatus::Archived, ..version };
            change.put(Record::of(kind::POLICY_VERSION, stored::version_key(&before.id, current), &archived)?);
        }
        let after = StoredPolicy {
            current_version_id: version_id(&before.id, number),
            updated_at: timestamp(self.now_ms),
            newest_version: before.newest_version.max(number),
            fields,
            ..before.clone()
        };
        change.expect(stored::policy_need(self.org_id, &after.id), found.record_version.clone());
        change.put(Record::of(kind::POLICY, after.id.clone(), &after)?);
        Ok(after)
    }

    /// Gives a name to a policy, where no policy has it (decision 40).
    fn take_name(&self, asking: &Asking, change: &mut Change, name: &str, id: &str, path: &str) -> Result<(), Stop> {
        let need = stored::name_need(self.org_id, name);
        let kept: Kept<StoredName> = asking.record(need.clone())?;
        if kept.value.is_some() {
            let refusal = Refusal::new(RefusalCode::NameInUse, format!("the organisation has a policy `{name}`"));
            return Err(Refusal { path: Some(path.to_owned()), ..refusal }.into());
        }
        change.expect(need, kept.version);
        change.put(Record::of(kind::POLICY_NAME, name, &StoredName { id: id.to_owned() })?);
        Ok(())
    }

    fn free_name(&self, asking: &Asking, change: &mut Change, name: &str) -> Result<(), Stop> {
        let need = stored::name_need(self.org_id, name);
        let kept: Kept<StoredName> = asking.record(need.clone())?;
        change.expect(need, kept.version);
        change.put(Record::deleted(kind::POLICY_NAME, name));
        Ok(())
    }
}

/// All fields of a policy with some in the place of its own.
fn patched(fields: &PolicyFields, change: Map<String, Value>) -> Result<Value, Stop> {
    let mut all = snapshot_of(fields)?;
    for (field, value) in change {
        // In the nested form of files one of them would stand for several fields.
        if matches!(field.as_str(), "budgets" | "evidence") {
            let message = format!("a change names each field by its own name, such as `session_budget`, not `{field}`");
            return Err(Refusal::field(format!("/change/{field}"), message).into());
        }
        if value.is_null() {
            all.shift_remove(&field);
        } else {
            all.insert(field, value);
        }
    }
    Ok(Value::Object(all))
}

/// An answer and the commit that makes it true.
pub(super) fn done(change: Change, answer: &impl Serialize) -> Result<Done, Stop> {
    let mut done = Done::answer(answer)?;
    done.effects.commit = Some(change.commit()?);
    Ok(done)
}
