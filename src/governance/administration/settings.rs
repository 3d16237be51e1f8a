//! What holds for the whole organisation.

use super::Administration;
use super::access::{EffectiveRole, Scope, not_permitted_in, require};
use super::policy_sets::done;
use super::stored::{self, Settings, kind};
use crate::decision::{Asking, Change, Done, Kept, Record, Refusal, Stop};

impl Administration<'_> {
    /// `PUT /settings`: for owners and administrators.
    pub(super) fn put_settings(&self, asking: &Asking, settings: Settings) -> Result<Done, Stop> {
        asking.want(stored::configuration_need(self.org_id));
        asking.want(stored::settings_need(self.org_id));
        require(asking, self.org_id, &Scope::Org, EffectiveRole::Admin, || not_permitted_in(&Scope::Org))?;
        for (at, mask) in settings.audit_masks.iter().enumerate() {
            if !["/input/", "/result/"].iter().any(|part| mask.starts_with(part)) {
                let message = format!("the mask `{mask}` does not begin with `/input/` or `/result/`");
                return Err(Refusal::field(format!("/audit_masks/{at}"), message).into());
            }
        }
        let kept: Kept<Settings> = asking.record(stored::settings_need(self.org_id))?;
        if kept.value.as_ref() == Some(&settings) {
            return Done::answer(&settings);
        }
        let mut change = Change::begin(asking, stored::set_up(self.org_id), self.operation_id)?;
        change.expect(stored::settings_need(self.org_id), kept.version);
        change.put(Record::of(kind::SETTINGS, "all", &settings)?);
        done(change, &settings)
    }

    /// `GET /settings`
    pub(super) fn get_settings(&self, asking: &Asking) -> Result<Done, Stop> {
        asking.want(stored::settings_need(self.org_id));
        require(asking, self.org_id, &Scope::Org, EffectiveRole::Read, || not_permitted_in(&Scope::Org))?;
        let kept: Kept<Settings> = asking.record(stored::settings_need(self.org_id))?;
        Done::answer(&kept.value.unwrap_or_default())
    }
}
