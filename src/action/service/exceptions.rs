//! Exceptions from a policy: made, seen and ended (section 5). What they do to a call is in [`exceptions`](crate::action::exceptions).

use super::ActionService;
use super::kill_switches::check_reason;
use super::log;
use super::policies::done;
use super::stored::{self, StoredException, kind, settings_need, state_need};
use crate::action::exceptions::{BrokenRule, Exception};
use crate::action::settings::ActionSettings;
use crate::action::state::ExceptionUses;
use crate::decision::asking::json;
use crate::decision::audit::timestamp;
use crate::decision::{
    Asking, Change, Done, Kept, Page, PageRequest, Record, Refusal, RefusalCode, Stop, Verb, instant,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What an exception is made from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "NewActionException", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct NewException {
    /// The agents that it is for. At least one agent or run is named.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub agent_ids: Vec<String>,
    /// The runs that it is for. Where both lists are given, either may match.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub run_ids: Vec<String>,
    /// The actions that it is for. Default: all.
    #[serde(default)]
    pub actions: Option<Vec<String>>,
    /// Why, in at most 2000 characters.
    pub reason: String,
    /// When it begins, as RFC 3339. Default: at once.
    #[serde(default)]
    pub starts_at: Option<String>,
    /// When it is over, as RFC 3339. At least one of this and `max_uses` is given; whichever comes first ends it.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// How often it may be used, from 1.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub max_uses: Option<u64>,
}

/// An exception as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "StoredActionException"))]
pub struct ExceptionSeen {
    /// The id.
    pub id: String,
    /// The policy.
    pub policy_id: String,
    /// The agents that it is for.
    pub agent_ids: Vec<String>,
    /// The runs that it is for.
    pub run_ids: Vec<String>,
    /// The actions that it is for; null: all.
    pub actions: Option<Vec<String>>,
    /// Why.
    pub reason: String,
    /// When it begins, as RFC 3339 in UTC; null: it has begun.
    pub starts_at: Option<String>,
    /// When it is over; null: only its uses end it.
    pub expires_at: Option<String>,
    /// How often it may be used; null: only its time ends it.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub max_uses: Option<u64>,
    /// How often it was used, with the calls that wait for an approval.
    #[cfg_attr(test, ts(type = "number"))]
    pub uses: u64,
    /// Whether it may be used now.
    pub is_live: bool,
    /// Who made it.
    pub created_by: Option<String>,
    /// When, as RFC 3339 in UTC.
    pub created_at: String,
}

/// A part of the list of a policy's exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionExceptionPage"))]
pub struct ExceptionPage {
    /// The exceptions, by their ids.
    pub data: Vec<ExceptionSeen>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

impl ActionService<'_> {
    /// `POST /policies/{id}/exceptions`
    pub(super) fn create_exception(&self, asking: &Asking, policy_id: &str, new: NewException) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        asking.want(settings_need(self.org_id));
        let identity = self.found_policy(asking, policy_id, Verb::Write)?.identity;
        let stored = StoredException {
            exception: self.exception(policy_id, new)?,
            created_by: identity.id,
            created_at: timestamp(self.now_ms),
        };
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        let id = &stored.exception.id;
        change.expect(stored::exception_need(self.org_id, policy_id, id), None);
        change.put(Record::of(kind::EXCEPTION, stored::exception_key(policy_id, id), &stored)?);
        let by = stored.created_by.clone();
        let seen = self.seen(stored, &ExceptionUses::default());
        self.log_exception(asking, &mut change, &seen, "create", by)?;
        done(change, &seen)
    }

    /// `GET /policies/{id}/exceptions`
    pub(super) fn list_exceptions(&self, asking: &Asking, policy_id: &str, page: &PageRequest) -> Result<Done, Stop> {
        let folder = stored::folder(policy_id);
        let need = page.need(stored::partition(self.org_id), kind::EXCEPTION, Some(&folder))?;
        asking.want(need.clone());
        self.found_policy(asking, policy_id, Verb::Read)?;
        let listed: Page<StoredException> = asking.records(need)?;
        let stored: Vec<StoredException> = listed.records.into_iter().map(|record| record.value).collect();
        for stored in &stored {
            asking.want(state_need(self.org_id, &stored.exception.uses_key()));
        }
        let mut data = Vec::new();
        for stored in stored {
            let uses = self.uses(asking, &stored.exception)?.value.unwrap_or_default();
            data.push(self.seen(stored, &uses));
        }
        Done::answer(&ExceptionPage { data, cursor: listed.cursor })
    }

    /// `GET /policies/{id}/exceptions/{exception_id}`
    pub(super) fn get_exception(&self, asking: &Asking, policy_id: &str, id: &str) -> Result<Done, Stop> {
        asking.want(stored::exception_need(self.org_id, policy_id, id));
        self.found_policy(asking, policy_id, Verb::Read)?;
        let stored = self.found_exception(asking, policy_id, id)?.0;
        let uses = self.uses(asking, &stored.exception)?.value.unwrap_or_default();
        Done::answer(&self.seen(stored, &uses))
    }

    /// `DELETE /policies/{id}/exceptions/{exception_id}`: it ends at once. What was spent under it stays spent.
    pub(super) fn delete_exception(&self, asking: &Asking, policy_id: &str, id: &str) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        asking.want(settings_need(self.org_id));
        asking.want(stored::exception_need(self.org_id, policy_id, id));
        let identity = self.found_policy(asking, policy_id, Verb::Delete)?.identity;
        let (stored, record_version) = self.found_exception(asking, policy_id, id)?;
        let uses = self.uses(asking, &stored.exception)?;
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::exception_need(self.org_id, policy_id, id), record_version);
        change.put(Record::deleted(kind::EXCEPTION, stored::exception_key(policy_id, id)));
        let uses_key = stored.exception.uses_key();
        let seen = self.seen(stored, &uses.value.clone().unwrap_or_default());
        if uses.value.is_some() {
            change.expect(state_need(self.org_id, &uses_key), uses.version);
            change.put(Record::deleted(uses_key.kind(), uses_key.key()));
        }
        self.log_exception(asking, &mut change, &seen, "delete", identity.id)?;
        done(change, &json!({ "id": id }))
    }

    /// Who let whom pass is known also when the exception is gone.
    fn log_exception(
        &self,
        asking: &Asking,
        change: &mut Change,
        exception: &ExceptionSeen,
        act: &str,
        by: Option<String>,
    ) -> Result<(), Stop> {
        let settings: Kept<ActionSettings> = asking.record(settings_need(self.org_id))?;
        let input = json!({ "exception_id": exception.id, "policy_id": exception.policy_id, "act": act, "by": by });
        self.enter_change(change, &settings.value.unwrap_or_default(), log::EXCEPTION, input, json(exception)?)
    }

    fn found_exception(
        &self,
        asking: &Asking,
        policy_id: &str,
        id: &str,
    ) -> Result<(StoredException, Option<String>), Stop> {
        let kept: Kept<StoredException> = asking.record(stored::exception_need(self.org_id, policy_id, id))?;
        let missing =
            || Refusal::new(RefusalCode::NotFound, format!("the policy `{policy_id}` has no exception `{id}`"));
        Ok((kept.value.ok_or_else(missing)?, kept.version))
    }

    fn uses(&self, asking: &Asking, exception: &Exception) -> Result<Kept<ExceptionUses>, Stop> {
        asking.record(state_need(self.org_id, &exception.uses_key()))
    }

    fn seen(&self, stored: StoredException, uses: &ExceptionUses) -> ExceptionSeen {
        let StoredException { exception, created_by, created_at } = stored;
        let uses = uses.count(self.now_ms);
        let is_live = exception.is_in_time(self.now_ms) && exception.max_uses.is_none_or(|most| uses < most);
        ExceptionSeen {
            id: exception.id,
            policy_id: exception.policy_id,
            agent_ids: exception.agent_ids,
            run_ids: exception.run_ids,
            actions: exception.actions,
            reason: exception.reason,
            starts_at: exception.starts_at_ms.map(timestamp),
            expires_at: exception.expires_at_ms.map(timestamp),
            max_uses: exception.max_uses,
            uses,
            is_live,
            created_by,
            created_at,
        }
    }

    /// The exception that somebody wants, where it keeps every rule.
    fn exception(&self, policy_id: &str, new: NewException) -> Result<Exception, Refusal> {
        let NewException { agent_ids, run_ids, actions, reason, starts_at, expires_at, max_uses } = new;
        if reason.trim().is_empty() {
            return Err(Refusal::field("/exception/reason", "an exception says why: `reason` is empty"));
        }
        check_reason(Some(&reason)).map_err(|refusal| below("/exception", refusal))?;
        let exception = Exception {
            id: self.operation_id.to_owned(),
            policy_id: policy_id.to_owned(),
            agent_ids,
            run_ids,
            actions,
            reason,
            starts_at_ms: time(starts_at.as_deref(), "/exception/starts_at")?,
            expires_at_ms: time(expires_at.as_deref(), "/exception/expires_at")?,
            max_uses,
        };
        exception
            .check()
            .map_err(|BrokenRule { path, message }| Refusal::field(format!("/exception{path}"), message))?;
        if exception.expires_at_ms.is_some_and(|expires_at_ms| expires_at_ms <= self.now_ms) {
            let message = format!("`expires_at` is over: it is {} now", timestamp(self.now_ms));
            return Err(Refusal::field("/exception/expires_at", message));
        }
        let Exception { agent_ids, run_ids, actions, .. } = exception;
        Ok(Exception {
            agent_ids: each_once(agent_ids),
            run_ids: each_once(run_ids),
            actions: actions.map(each_once),
            ..exception
        })
    }
}

/// Names, each once.
fn each_once(list: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in list {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn time(text: Option<&str>, path: &str) -> Result<Option<u64>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let message = || format!("`{text}` is not a time as RFC 3339, such as `2026-01-31T12:00:00Z`");
    Ok(Some(instant(text).ok_or_else(|| Refusal::field(path, message()))?))
}

fn below(place: &str, refusal: Refusal) -> Refusal {
    Refusal { path: refusal.path.map(|path| format!("{place}{path}")), ..refusal }
}
