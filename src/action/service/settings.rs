//! What holds for all decisions of an organisation.

use super::ActionService;
use super::access::{organisation, require};
use super::log;
use super::policies::done;
use super::stored::{self, kind};
use crate::action::settings::ActionSettings;
use crate::decision::asking::json as to_json;
use crate::decision::{Asking, Change, Done, Kept, Record, Refusal, Stop, Verb};
use serde_json::json;
use std::ops::RangeInclusive;

/// From a second to a day.
const SECONDS: RangeInclusive<u64> = 1..=86_400;

impl ActionService<'_> {
    /// `PUT /settings`: these, and the defaults of all others.
    pub(super) fn put_settings(&self, asking: &Asking, settings: &ActionSettings) -> Result<Done, Stop> {
        asking.want(stored::set_up(self.org_id).configuration());
        asking.want(stored::settings_need(self.org_id));
        let by = require(asking, organisation(self.org_id), Verb::Write)?.id;
        check(settings)?;
        let kept: Kept<ActionSettings> = asking.record(stored::settings_need(self.org_id))?;
        if kept.value.as_ref() == Some(settings) {
            return Done::answer(settings);
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::settings_need(self.org_id), kept.version);
        change.put(Record::of(kind::SETTINGS, "all", settings)?);
        self.enter_change(&mut change, settings, log::SETTINGS, json!({ "by": by }), to_json(settings)?)?;
        done(change, settings)
    }

    /// `GET /settings`
    pub(super) fn get_settings(&self, asking: &Asking) -> Result<Done, Stop> {
        asking.want(stored::settings_need(self.org_id));
        require(asking, organisation(self.org_id), Verb::Read)?;
        let kept: Kept<ActionSettings> = asking.record(stored::settings_need(self.org_id))?;
        Done::answer(&kept.value.unwrap_or_default())
    }
}

fn check(settings: &ActionSettings) -> Result<(), Refusal> {
    let ranges = [("reservation_seconds", settings.reservation_seconds), ("refresh_seconds", settings.refresh_seconds)];
    for (field, seconds) in ranges {
        if !SECONDS.contains(&seconds) {
            let message = format!("`{field}` is from {} to {}", SECONDS.start(), SECONDS.end());
            return Err(Refusal::field(format!("/{field}"), message));
        }
    }
    for (at, mask) in settings.audit_masks.iter().enumerate() {
        if !["/input/", "/result/"].iter().any(|part| mask.starts_with(part)) {
            let message = format!("the mask `{mask}` does not begin with `/input/` or `/result/`");
            return Err(Refusal::field(format!("/audit_masks/{at}"), message));
        }
    }
    Ok(())
}
