//! External check providers: created, seen, changed and deleted, attached to scopes; whether a secret is stored (section 2.4).
//!
//! INVARIANT (secrets): a provider's secret never comes here. The engine says who may store one, and keeps that there is one.

use super::Administration;
use super::access::{EffectiveRole, Scope, not_permitted_in, require, role_in};
use super::policy_sets::done;
use super::stored::{self, StoredProvider, kind};
use crate::decision::asking::json;
use crate::decision::{
    Asking, Change, Done, Kept, Need, Page, PageRequest, Record, Refusal, RefusalCode, Stop, StoredName,
};
use crate::error::{Error, ErrorCode};
use crate::governance::configuration::{
    EscalationAction, ExternalCheckProvider, GovernanceConfig, ProviderScope, ScopeType,
};
use crate::typed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Hours to escalation, where nothing else is said. It is written out in the record.
const TIMEOUT_HOURS: u64 = 24;

/// The fields of a provider that have operations of their own, or none.
const FIXED: [&str; 3] = ["id", "scopes", "has_secret"];

/// What an external check provider is created from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct NewExternalCheckProvider {
    /// Unique within the organisation.
    pub name: String,
    /// Where it is called; HTTPS.
    pub callback_url: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// Hours to escalation; 0: never. Default 24.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<f64>"))]
    pub timeout_hours: Option<u64>,
    /// Default reject.
    #[serde(default)]
    pub escalation_action: Option<EscalationAction>,
    /// The team, for `escalate_to`; without it, administrators.
    #[serde(default)]
    pub escalation_team_id: Option<String>,
}

/// What may be changed of a provider: any field that it is created from; null takes one back to its default.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
pub struct ExternalCheckProviderChange(
    #[cfg_attr(test, ts(type = "Partial<NewExternalCheckProvider>"))] Map<String, Value>,
);

/// An external check provider as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExternalCheckProviderSeen {
    /// The id: part of the message that is signed.
    pub id: String,
    /// Unique within the organisation.
    pub name: String,
    /// Where it is called; HTTPS.
    pub callback_url: String,
    /// For people.
    pub description: Option<String>,
    /// Hours to escalation; 0: never.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout_hours: u64,
    /// What happens then.
    pub escalation_action: EscalationAction,
    /// The team, for `escalate_to`; without it, administrators.
    pub escalation_team_id: Option<String>,
    /// Where it takes part; without any, nowhere.
    pub scopes: Vec<ProviderScope>,
    /// Whether a secret was stored for it. The secret itself is the host's, and never shown.
    pub has_secret: bool,
    /// What the caller may do with it: `admin`, or `read`.
    pub effective_role: EffectiveRole,
}

/// A part of a list of providers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExternalCheckProviderPage {
    /// Those that the caller may see.
    pub external_check_providers: Vec<ExternalCheckProviderSeen>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

/// What attaching a scope gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AttachedScope {
    /// The provider as it is now.
    pub external_check_provider: ExternalCheckProviderSeen,
    /// What will keep the provider from answering, for people; null: nothing that is known.
    pub warning: Option<String>,
}

struct FoundProvider {
    stored: StoredProvider,
    record_version: Option<String>,
    role: EffectiveRole,
}

impl Administration<'_> {
    /// `POST /external-check-providers`
    pub(super) fn create_provider(&self, asking: &Asking, new: NewExternalCheckProvider) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        asking.want(stored::provider_name_need(self.org_id, &new.name));
        let provider = provider_of(new, self.operation_id.to_owned(), Vec::new());
        check(&provider)?;
        let missing = || not_permitted_in(&Scope::Org);
        let (_, role) = require(asking, self.org_id, &Scope::Org, EffectiveRole::Write, missing)?;
        let name_version = self.free_provider_name(asking, &provider.name)?;
        let provider = self.with_escalation_team(asking, provider)?;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::provider_need(self.org_id, &provider.id), None);
        change.expect(stored::provider_name_need(self.org_id, &provider.name), name_version);
        put_name(&mut change, &provider)?;
        put(change, StoredProvider { provider, has_secret: false }, role)
    }

    /// `GET /external-check-providers`
    pub(super) fn list_providers(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        let need = page.need(stored::partition(self.org_id), kind::PROVIDER, None)?;
        asking.want(need.clone());
        let identity = asking.access(Scope::Org.resource(self.org_id))?;
        let Some(role) = role_in(&Scope::Org, &identity) else {
            return Done::answer(&ExternalCheckProviderPage { external_check_providers: Vec::new(), cursor: None });
        };
        let listed: Page<StoredProvider> = asking.records(need)?;
        let external_check_providers = listed.records.into_iter().map(|record| seen(record.value, role)).collect();
        Done::answer(&ExternalCheckProviderPage { external_check_providers, cursor: listed.cursor })
    }

    /// `GET /external-check-providers/{id}`
    pub(super) fn get_provider(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let found = self.found_provider(asking, id, EffectiveRole::Read)?;
        Done::answer(&seen(found.stored, found.role))
    }

    /// `PATCH /external-check-providers/{id}`: pending runs keep what was asked of the provider.
    pub(super) fn change_provider(
        &self,
        asking: &Asking,
        id: &str,
        change: ExternalCheckProviderChange,
    ) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        if change.0.is_empty() {
            return Err(Refusal::field("", "nothing is to be changed: give a field of the provider").into());
        }
        if let Some(fixed) = FIXED.iter().find(|field| change.0.contains_key(**field)) {
            let message = format!("`{fixed}` of a provider is not changed here");
            return Err(Refusal::field(format!("/{fixed}"), message).into());
        }
        if let Some(Value::String(name)) = change.0.get("name") {
            asking.want(stored::provider_name_need(self.org_id, name));
        }
        let found = self.writable_provider(asking, id)?;
        let provider = changed(&found.stored.provider, change.0)?;
        check(&provider)?;
        let provider = self.with_escalation_team(asking, provider)?;
        if provider == found.stored.provider {
            return Done::answer(&seen(found.stored, found.role));
        }
        let old_name = found.stored.provider.name.clone();
        let mut names = Vec::new();
        if provider.name != old_name {
            names.push((provider.name.clone(), self.free_provider_name(asking, &provider.name)?));
            names.push((old_name.clone(), self.provider_name(asking, &old_name)?.version));
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::provider_need(self.org_id, id), found.record_version);
        if !names.is_empty() {
            put_name(&mut change, &provider)?;
            change.put(Record::deleted(kind::PROVIDER_NAME, old_name));
        }
        for (name, version) in names {
            change.expect(stored::provider_name_need(self.org_id, &name), version);
        }
        put(change, StoredProvider { provider, ..found.stored }, found.role)
    }

    /// `DELETE /external-check-providers/{id}`: its name is free again; requirements of pending runs are snapshots and stay.
    pub(super) fn delete_provider(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let found = self.writable_provider(asking, id)?;
        let name = found.stored.provider.name;
        let name_version = self.provider_name(asking, &name)?.version;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::provider_need(self.org_id, id), found.record_version);
        change.expect(stored::provider_name_need(self.org_id, &name), name_version);
        change.put(Record::deleted(kind::PROVIDER, id));
        change.put(Record::deleted(kind::PROVIDER_NAME, name));
        done(change, &serde_json::json!({ "id": id }))
    }

    /// `POST /external-check-providers/{id}/scopes`
    pub(super) fn attach_scope(&self, asking: &Asking, id: &str, scope: ProviderScope) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        if scope.scope_id.trim().is_empty() {
            return Err(Refusal::field("/scope_id", "a scope needs the id of what it is").into());
        }
        // It would apply to nothing, and the provider would never be asked.
        if scope.scope_type == ScopeType::Org && scope.scope_id != self.org_id {
            let message = format!("the only organisation that can be attached is `{}`", self.org_id);
            return Err(Refusal::field("/scope_id", message).into());
        }
        let FoundProvider { mut stored, record_version, role } = self.writable_provider(asking, id)?;
        let name = stored.provider.name.clone();
        if stored.provider.scopes.contains(&scope) {
            let message = format!("the provider `{name}` is attached to {} already", words(&scope));
            return Err(Refusal::new(RefusalCode::WrongState, message).into());
        }
        stored.provider.scopes.push(scope);
        let warning = (!stored.has_secret).then(|| {
            format!("the provider `{name}` has no secret: whatever it answers is refused until one is stored, and its timeout decides")
        });
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::provider_need(self.org_id, id), record_version);
        change.put(Record::of(kind::PROVIDER, id, &stored)?);
        done(change, &AttachedScope { external_check_provider: seen(stored, role), warning })
    }

    /// `DELETE /external-check-providers/{id}/scopes`
    pub(super) fn detach_scope(&self, asking: &Asking, id: &str, scope: &ProviderScope) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let FoundProvider { mut stored, record_version, role } = self.writable_provider(asking, id)?;
        let attached = stored.provider.scopes.len();
        stored.provider.scopes.retain(|known| known != scope);
        if stored.provider.scopes.len() == attached {
            let message = format!("the provider `{}` is not attached to {}", stored.provider.name, words(scope));
            return Err(Refusal::new(RefusalCode::NotFound, message).into());
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::provider_need(self.org_id, id), record_version);
        put(change, stored, role)
    }

    /// `POST /external-check-providers/{id}/secret`, before the host stores it: whether whoever asks may.
    pub(super) fn authorize_provider_secret(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        self.writable_provider(asking, id)?;
        Done::answer(&serde_json::json!({ "id": id }))
    }

    /// `POST /external-check-providers/{id}/secret`, after the host stored it: that there is one.
    pub(super) fn record_provider_secret(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        let FoundProvider { stored, record_version, role } = self.writable_provider(asking, id)?;
        if stored.has_secret {
            return Done::answer(&seen(stored, role));
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::provider_need(self.org_id, id), record_version);
        put(change, StoredProvider { has_secret: true, ..stored }, role)
    }

    /// Owners and administrators change providers (G72).
    fn writable_provider(&self, asking: &Asking, id: &str) -> Result<FoundProvider, Stop> {
        self.found_provider(asking, id, EffectiveRole::Write)
    }

    fn found_provider(&self, asking: &Asking, id: &str, needed: EffectiveRole) -> Result<FoundProvider, Stop> {
        asking.want(Need::Access { resource: Scope::Org.resource(self.org_id) });
        let kept: Kept<StoredProvider> = asking.record(stored::provider_need(self.org_id, id))?;
        let missing = || Refusal::new(RefusalCode::NotFound, format!("there is no external check provider `{id}`"));
        let stored = kept.value.ok_or_else(missing)?;
        let (_, role) = require(asking, self.org_id, &Scope::Org, needed, missing)?;
        Ok(FoundProvider { stored, record_version: kept.version, role })
    }

    fn provider_name(&self, asking: &Asking, name: &str) -> Result<Kept<StoredName>, Stop> {
        asking.record(stored::provider_name_need(self.org_id, name))
    }

    /// The version of the record of a name that no provider has.
    fn free_provider_name(&self, asking: &Asking, name: &str) -> Result<Option<String>, Stop> {
        let kept = self.provider_name(asking, name)?;
        if kept.value.is_some() {
            let message = format!("the organisation has an external check provider `{name}`");
            let refusal = Refusal::new(RefusalCode::NameInUse, message);
            return Err(Refusal { path: Some("/name".to_owned()), ..refusal }.into());
        }
        Ok(kept.version)
    }

    /// The provider with the id of the team that it names.
    fn with_escalation_team(
        &self,
        asking: &Asking,
        mut provider: ExternalCheckProvider,
    ) -> Result<ExternalCheckProvider, Stop> {
        if let Some(team) = &provider.escalation_team_id {
            if team.trim().is_empty() {
                return Err(Refusal::field("/escalation_team_id", "an id is empty; leave the field out instead").into());
            }
            provider.escalation_team_id = Some(self.team_id(asking, "/escalation_team_id", team)?);
        }
        Ok(provider)
    }
}

fn put_name(change: &mut Change, provider: &ExternalCheckProvider) -> Result<(), Stop> {
    let id = StoredName { id: provider.id.clone() };
    change.put(Record::of(kind::PROVIDER_NAME, provider.name.clone(), &id)?);
    Ok(())
}

/// Writes the next state of a provider, which is the answer, too.
fn put(mut change: Change, stored: StoredProvider, role: EffectiveRole) -> Result<Done, Stop> {
    change.put(Record::of(kind::PROVIDER, stored.provider.id.clone(), &stored)?);
    done(change, &seen(stored, role))
}

fn seen(stored: StoredProvider, effective_role: EffectiveRole) -> ExternalCheckProviderSeen {
    let StoredProvider { provider, has_secret } = stored;
    ExternalCheckProviderSeen {
        id: provider.id,
        name: provider.name,
        callback_url: provider.callback_url,
        description: provider.description,
        timeout_hours: provider.timeout_hours.unwrap_or(TIMEOUT_HOURS),
        escalation_action: provider.escalation_action.unwrap_or(EscalationAction::Reject),
        escalation_team_id: provider.escalation_team_id,
        scopes: provider.scopes,
        has_secret,
        effective_role,
    }
}

fn words(scope: &ProviderScope) -> String {
    match scope.scope_type {
        ScopeType::Org => Scope::Org,
        ScopeType::Project => Scope::Project(scope.scope_id.clone()),
        ScopeType::Workspace => Scope::Workspace(scope.scope_id.clone()),
    }
    .words()
}

/// A provider with the defaults written out: what is kept does not change when a default does.
fn provider_of(new: NewExternalCheckProvider, id: String, scopes: Vec<ProviderScope>) -> ExternalCheckProvider {
    ExternalCheckProvider {
        id,
        name: new.name,
        callback_url: new.callback_url,
        description: new.description,
        timeout_hours: Some(new.timeout_hours.unwrap_or(TIMEOUT_HOURS)),
        escalation_action: Some(new.escalation_action.unwrap_or(EscalationAction::Reject)),
        escalation_team_id: new.escalation_team_id,
        scopes,
    }
}

/// The provider with fields put in place of its own.
fn changed(provider: &ExternalCheckProvider, fields: Map<String, Value>) -> Result<ExternalCheckProvider, Stop> {
    let ExternalCheckProvider {
        id,
        name,
        callback_url,
        description,
        timeout_hours,
        escalation_action,
        escalation_team_id,
        scopes,
    } = provider.clone();
    let own = NewExternalCheckProvider {
        name,
        callback_url,
        description,
        timeout_hours,
        escalation_action,
        escalation_team_id,
    };
    let Value::Object(mut all) = json(&own)? else {
        return Err(Error::new(ErrorCode::EvalInternalError, "a provider is no object").into());
    };
    all.extend(fields);
    let new =
        typed::read(Value::Object(all), ErrorCode::MalformedRequest, "the change of the provider cannot be read")?;
    Ok(provider_of(new, id, scopes))
}

/// Every constraint that a configuration holds a provider to, as a refusal of a field.
fn check(provider: &ExternalCheckProvider) -> Result<(), Refusal> {
    const PLACE: &str = "/external_check_providers/0";
    let config = GovernanceConfig { external_check_providers: vec![provider.clone()], ..GovernanceConfig::default() };
    config.check().map_err(|error| {
        let path = error.path.unwrap_or_default();
        Refusal::field(path.strip_prefix(PLACE).unwrap_or(&path), error.message)
    })
}
