//! Kill switches: an agent, a run or a mission is stopped, and revived (sections 1.8 and 2.2).
//!
//! They are no part of what is set up: whoever stops a target must not make every prepared set-up out of date.

use super::ActionService;
use super::access::{organisation, require, require_caller_or_reader};
use super::facts::ActionChange;
use super::log::{self, Entry};
use super::stored::{self, kind, partition, settings_need, state_need};
use crate::action::settings::ActionSettings;
use crate::action::state::{KillSwitch, StateKey, StateValue, TargetType};
use crate::decision::asking::json;
use crate::decision::audit::timestamp;
use crate::decision::{Asking, Done, Identity, Kept, Page, PageRequest, Refusal, RefusalCode, Stop, Verb, instant};
use crate::limits;
use serde::Serialize;
use serde_json::Value;

/// Whether a target is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KillSwitchCheck {
    /// Whether it is.
    pub is_killed: bool,
    /// What.
    pub target_type: TargetType,
    /// Which.
    pub target_id: String,
    /// Why, where it is stopped.
    pub reason: Option<String>,
    /// Since when, as RFC 3339 in UTC.
    pub killed_at: Option<String>,
}

/// A part of the list of stopped targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KillSwitchPage {
    /// Those that are stopped now, the newest first.
    pub data: Vec<KillSwitch>,
    /// Where the next page begins; null: nothing follows.
    pub cursor: Option<String>,
}

impl ActionService<'_> {
    /// `POST /kill-switch/kill`
    pub(super) fn kill(
        &self,
        asking: &Asking,
        target_type: TargetType,
        target_id: &str,
        reason: Option<String>,
    ) -> Result<Done, Stop> {
        check_target(target_id)?;
        check_reason(reason.as_deref())?;
        let (identity, known) = self.switch_to_turn(asking, target_type, target_id)?;
        if known.as_ref().is_some_and(|switch| switch.is_active) {
            let message = format!("the {} `{target_id}` is stopped already", target_type.as_str());
            return Err(Refusal::new(RefusalCode::WrongState, message).into());
        }
        let switch = KillSwitch {
            id: self.operation_id.to_owned(),
            organization_id: self.org_id.to_owned(),
            target_type,
            target_id: target_id.to_owned(),
            reason,
            is_active: true,
            killed_by: identity.id,
            killed_at: timestamp(self.now_ms),
            revived_by: None,
            revived_at: None,
        };
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        change.put(kind::STOPPED, stopped_key(&switch), &switch)?;
        self.turned(asking, change, log::KILL, switch)
    }

    /// `POST /kill-switch/revive`
    pub(super) fn revive(&self, asking: &Asking, target_type: TargetType, target_id: &str) -> Result<Done, Stop> {
        check_target(target_id)?;
        let (identity, known) = self.switch_to_turn(asking, target_type, target_id)?;
        let Some(killed) = known.filter(|switch| switch.is_active) else {
            let message = format!("the {} `{target_id}` is not stopped", target_type.as_str());
            return Err(Refusal::new(RefusalCode::NotFound, message).into());
        };
        let mut change = ActionChange::begin(asking, self.org_id, self.operation_id);
        change.put(kind::STOPPED, stopped_key(&killed), &Value::Null)?;
        let switch = KillSwitch {
            is_active: false,
            revived_by: identity.id,
            revived_at: Some(timestamp(self.now_ms)),
            ..killed
        };
        self.turned(asking, change, log::REVIVE, switch)
    }

    /// `GET /kill-switch/check`: for whoever may ask for the agent, or sees the organisation.
    pub(super) fn check_kill_switch(
        &self,
        asking: &Asking,
        target_type: TargetType,
        target_id: &str,
    ) -> Result<Done, Stop> {
        check_target(target_id)?;
        let need = state_need(self.org_id, &key_of(target_type, target_id));
        asking.want(need.clone());
        match target_type {
            TargetType::Agent => require_caller_or_reader(asking, self.org_id, Some(target_id))?,
            TargetType::Run | TargetType::Mission => require(asking, organisation(self.org_id), Verb::Read)?,
        };
        let known: Kept<KillSwitch> = asking.record(need)?;
        let active = known.value.filter(|switch| switch.is_active);
        Done::answer(&KillSwitchCheck {
            is_killed: active.is_some(),
            target_type,
            target_id: target_id.to_owned(),
            killed_at: active.as_ref().map(|switch| switch.killed_at.clone()),
            reason: active.and_then(|switch| switch.reason),
        })
    }

    /// `GET /kill-switch/active`
    pub(super) fn list_kill_switches(&self, asking: &Asking, page: &PageRequest) -> Result<Done, Stop> {
        let need = page.need(partition(self.org_id), kind::STOPPED, None)?;
        asking.want(need.clone());
        require(asking, organisation(self.org_id), Verb::Read)?;
        let listed: Page<KillSwitch> = asking.records(need)?;
        let data = listed.records.into_iter().map(|record| record.value).collect();
        Done::answer(&KillSwitchPage { data, cursor: listed.cursor })
    }

    /// Who turns a switch, and the switch as it is.
    fn switch_to_turn(
        &self,
        asking: &Asking,
        target_type: TargetType,
        target_id: &str,
    ) -> Result<(Identity, Option<KillSwitch>), Stop> {
        let need = state_need(self.org_id, &key_of(target_type, target_id));
        asking.want(settings_need(self.org_id));
        asking.want(need.clone());
        let identity = require(asking, organisation(self.org_id), Verb::Abort)?;
        let known: Kept<KillSwitch> = asking.record(need)?;
        Ok((identity, known.value))
    }

    /// Writes a switch as it is now, and enters who turned it into the log.
    fn turned(
        &self,
        asking: &Asking,
        mut change: ActionChange<'_>,
        path: &'static str,
        switch: KillSwitch,
    ) -> Result<Done, Stop> {
        let key = key_of(switch.target_type, &switch.target_id);
        change.apply([(key, StateValue::KillSwitch(switch.clone()))].into())?;
        let settings: Kept<ActionSettings> = asking.record(settings_need(self.org_id))?;
        let by = if switch.is_active { &switch.killed_by } else { &switch.revived_by };
        let input = serde_json::json!({
            "target_type": switch.target_type, "target_id": switch.target_id, "reason": switch.reason, "by": by,
        });
        let entry = Entry { path, input, result: json(&switch)?, revision: None, digest: String::new() };
        self.enter(&mut change, &settings.value.unwrap_or_default(), entry)?;
        change.done(&switch)
    }
}

fn key_of(target_type: TargetType, target_id: &str) -> StateKey {
    StateKey::KillSwitch(target_type, target_id.to_owned())
}

fn stopped_key(switch: &KillSwitch) -> String {
    let killed_at_ms = instant(&switch.killed_at).unwrap_or_default();
    stored::stopped_key(killed_at_ms, &key_of(switch.target_type, &switch.target_id))
}

fn check_target(target_id: &str) -> Result<(), Refusal> {
    if target_id.trim().is_empty() {
        return Err(Refusal::field("/target_id", "`target_id` is empty"));
    }
    Ok(())
}

/// Refuses a reason that is longer than what is kept.
pub(super) fn check_reason(reason: Option<&str>) -> Result<(), Refusal> {
    let most = limits::REASON_CHARS;
    if reason.is_some_and(|reason| reason.chars().count() > most) {
        return Err(Refusal::field("/reason", format!("`reason` has at most {most} characters")));
    }
    Ok(())
}
