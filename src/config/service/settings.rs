//! Whether anything is decided in a context, and what of a decision is kept (section 6.8).

use super::log::MASKED;
use super::stored::{SETTINGS, kind};
use super::{Change, ConfigService};
use crate::decision::asking::json as to_json;
use crate::decision::audit::{AuditRecord, timestamp};
use crate::decision::{Asking, Done, Kept, Record, Refusal, Stop, Verb};
use crate::sorted;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What holds for all decisions of a context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ConfigSettings {
    /// Whether configurations are decided on. Default true.
    pub enabled: bool,
    /// Whether a pipeline is triggered although its policies could not be evaluated (`ERROR`). Default false: what nobody could judge is
    /// refused.
    #[serde(default)]
    pub errors_trigger: bool,
    /// What of the metadata is not kept in the log: pointers that begin with `/metadata/`. Default none.
    #[serde(default)]
    pub mask: Vec<String>,
}

impl Default for ConfigSettings {
    fn default() -> Self {
        Self { enabled: true, errors_trigger: false, mask: Vec::new() }
    }
}

/// What is changed of the settings: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigSettingsChange", optional_fields = nullable))]
#[serde(deny_unknown_fields, default)]
pub struct SettingsChange {
    /// Whether configurations are decided on.
    pub enabled: Option<bool>,
    /// Whether a pipeline is triggered although its policies could not be evaluated.
    pub errors_trigger: Option<bool>,
    /// What of the metadata is not kept in the log.
    pub mask: Option<Vec<String>>,
}

/// What the entries of changed settings are about.
const PATH: &str = "config/settings";

impl ConfigService<'_> {
    /// `GET …/decision/settings`
    pub(super) fn get_settings(&self, asking: &Asking) -> Result<Done, Stop> {
        asking.want(self.place.record(SETTINGS));
        self.place.require(asking, Verb::Read)?;
        let kept: Kept<ConfigSettings> = asking.record(self.place.record(SETTINGS))?;
        Done::answer(&kept.value.unwrap_or_default())
    }

    /// `PATCH …/decision/settings`. Who changed what stays known: an entry of the kind `audit`.
    pub(super) fn change_settings(&self, asking: &Asking, given: SettingsChange) -> Result<Done, Stop> {
        asking.want(self.place.record(SETTINGS));
        let by = self.place.require_administrator(asking, "change the settings")?.id;
        let SettingsChange { enabled, errors_trigger, mask } = given;
        for (at, mask) in mask.iter().flatten().enumerate() {
            if !mask.strip_prefix(MASKED).is_some_and(|rest| rest.starts_with('/')) {
                let message = format!("the mask `{mask}` does not begin with `{MASKED}/`");
                return Err(Refusal::field(format!("/mask/{at}"), message).into());
            }
        }
        let kept: Kept<ConfigSettings> = asking.record(self.place.record(SETTINGS))?;
        let before = kept.value.unwrap_or_default();
        let after = ConfigSettings {
            enabled: enabled.unwrap_or(before.enabled),
            errors_trigger: errors_trigger.unwrap_or(before.errors_trigger),
            mask: mask.unwrap_or_else(|| before.mask.clone()),
        };
        if after == before {
            return Done::answer(&after);
        }
        let mut change = Change::default();
        change.expect(SETTINGS, kept.version);
        change.put.push(Record::of(kind::SETTINGS, SETTINGS.1, &after)?);
        let entry = AuditRecord {
            decision_id: self.operation_id.to_owned(),
            path: PATH.to_owned(),
            input: json!({ "by": by, "context": self.place.context }),
            result: to_json(&after)?,
            bundles: sorted::Map::new(),
            digest: String::new(),
            timestamp: timestamp(self.now_ms),
            erased: Vec::new(),
        };
        change.append.push(Record::of(kind::AUDIT, self.log_key(), &entry)?);
        self.done(&after, change)
    }
}
