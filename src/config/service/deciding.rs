//! Decisions under the bundle in force, each kept in the log with what it followed from.

use super::log::DecisionRecord;
use super::settings::ConfigSettings;
use super::stored::{BUNDLE, BundleVersion, DecisionPlace, SETTINGS, kind};
use super::{Change, ConfigService};
use crate::config::Decision;
use crate::config::decision::Status;
use crate::config::input::given::{Format, Giver, read_given};
use crate::decision::asking::json as to_json;
use crate::decision::audit::timestamp;
use crate::decision::{Asking, Done, Kept, Record, Refusal, RefusalCode, Stop, Verb, digest};
use crate::error::Error;
use crate::limits::{self, EvaluationLimits};
use crate::rego::{Allowance, Diagnostic};
use crate::sorted;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How is decided on the configuration that is the document beside the request.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "DecideConfigOptions", optional_fields))]
#[serde(deny_unknown_fields)]
pub struct DecideOptions {
    /// What it is written in. Default JSON.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub format: Format,
    /// What it was compiled to, in YAML: it is put under `_compiled_`.
    #[serde(default)]
    pub compiled: Option<String>,
    /// What is known of the pipeline: `data.meta` of the policies. Default null there, and empty in the log.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "Record<string, unknown> | null"))]
    pub metadata: Option<Value>,
    /// Whether the decision is kept in the log. Default true.
    #[serde(default = "yes")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub store: bool,
    /// That a gate asks, about what somebody wants to get through it: a configuration that could be read in two ways or says itself what it
    /// compiles to is refused, and so is one for which no bundle was ever pushed.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub gate: Option<GateStep>,
    /// What the evaluation may use. A limit that is reached fails the call.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub limits: EvaluationLimits,
}

/// What a gate asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigGateStep"))]
#[serde(rename_all = "snake_case")]
pub enum GateStep {
    /// Whether there is anything to decide, before a configuration is compiled: nothing is evaluated or kept.
    Ask,
    /// For the decision.
    Decide,
}

const fn yes() -> bool {
    true
}

/// What was decided, or that nothing is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ConfigDecisionMade"))]
pub struct DecisionMade {
    /// Whether the settings let anything be decided.
    pub enabled: bool,
    /// Whether the pipeline may be triggered. Whoever gates one looks at this, and at nothing else.
    pub triggers: bool,
    /// The decision; null where nothing was evaluated.
    pub decision: Option<Decision>,
    /// What is kept of it, masked; null where nothing is.
    pub log: Option<DecisionRecord>,
    /// What the decision passes over in silence.
    pub warnings: Vec<Diagnostic>,
}

/// What a status means for a pipeline (section 2): violations of rules that are hard keep it from being triggered, and so does what could
/// not be evaluated, unless the settings say otherwise.
const fn triggers(status: Status, errors_trigger: bool) -> bool {
    match status {
        Status::Pass | Status::SoftFail => true,
        Status::HardFail => false,
        Status::Error => errors_trigger,
    }
}

impl ConfigService<'_> {
    /// `POST …/decision`. A call that fails keeps nothing, and is no decision.
    pub(super) fn decide(&mut self, asking: &Asking, options: DecideOptions) -> Result<Done, Stop> {
        let DecideOptions { format, compiled, metadata, store, gate, limits } = options;
        let place = self.place;
        for record in [SETTINGS, BUNDLE] {
            asking.want(place.record(record));
        }
        place.require(asking, Verb::Trigger)?;
        check_metadata(metadata.as_ref())?;
        let kept_settings: Kept<ConfigSettings> = asking.record(place.record(SETTINGS))?;
        let settings = kept_settings.value.unwrap_or_default();
        if !settings.enabled {
            return Done::answer(&DecisionMade {
                enabled: false,
                triggers: true,
                decision: None,
                log: None,
                warnings: Vec::new(),
            });
        }
        let kept: Kept<BundleVersion> = asking.record(place.record(BUNDLE))?;
        // INVARIANT (known place): a name that was mistyped is no organisation without policies.
        if gate.is_some() && kept.value.is_none() {
            let message = "no policies were ever pushed here: nobody has said what complies";
            return Err(Refusal::new(RefusalCode::NotFound, message).into());
        }
        if gate == Some(GateStep::Ask) {
            return Done::answer(&DecisionMade {
                enabled: true,
                triggers: false,
                decision: None,
                log: None,
                warnings: Vec::new(),
            });
        }
        let bundle = kept.value.map_or_else(BundleVersion::nothing, Ok)?;
        bundle.check()?;
        let meta = metadata.as_ref().map_or_else(|| Value::Null.to_string(), Value::to_string);
        let (now_ms, seed) = (Some(self.now_ms), self.seed);
        let allowance = Allowance { limits, now_ms, seed, strict_builtin_errors: false };
        let input = self.document.map(digest::of_bytes);
        let is_yaml = format == Format::Yaml;
        let by = if gate.is_some() { Giver::Author } else { Giver::Asker };
        let by_author = by == Giver::Author;
        let question =
            json!([bundle.digest, input, is_yaml, compiled, by_author, meta, to_json(&limits)?, now_ms, seed]);
        let question = digest::of_value(&question);
        let decided = match self.cache.decided(&question) {
            Some(decided) => decided,
            None => {
                let mut warnings = Vec::new();
                let given = read_given(self.document, format, compiled.as_deref(), by, &mut warnings)?;
                self.cache.decide(asking, place, &bundle, (question, given, warnings), &meta, allowance)?
            }
        };
        let made = |log| DecisionMade {
            enabled: true,
            triggers: triggers(decided.decision.status, settings.errors_trigger),
            decision: Some(decided.decision.clone()),
            log,
            warnings: decided.warnings.clone(),
        };
        if !store {
            return Done::answer(&made(None));
        }
        let policies = bundle.policies.iter().map(|policy| (policy.name.clone(), policy.sha512.clone()));
        let mut record = DecisionRecord {
            id: self.operation_id.to_owned(),
            created_at: timestamp(self.now_ms),
            decision: decided.decision.clone(),
            metadata: metadata.unwrap_or_else(|| Value::Object(Map::new())),
            policies: sorted::Map::from_iter(policies),
            time_taken_ms: self.time_taken_ms,
            bundle_version: bundle.version,
            bundle_digest: bundle.digest.clone(),
            gate: gate.is_some(),
            erased: Vec::new(),
        };
        record.mask(&settings.mask);
        let key = self.log_key();
        let mut change = Change::default();
        // INVARIANT (one state): what was decided is true of the bundle and the settings at the moment of the commit.
        change.expect(SETTINGS, kept_settings.version);
        change.expect(BUNDLE, kept.version);
        change.append.push(Record::of(kind::DECISION, key.clone(), &record)?);
        change.append.push(Record::of(kind::DECISION_PLACE, self.operation_id, &DecisionPlace { key })?);
        self.done(&made(Some(record)), change)
    }
}

fn check_metadata(metadata: Option<&Value>) -> Result<(), Stop> {
    let Some(metadata) = metadata else { return Ok(()) };
    if !metadata.is_object() {
        return Err(Refusal::field("/metadata", "the metadata is no object").into());
    }
    let bytes = metadata.to_string().len() as u64;
    if bytes > limits::CONFIG_METADATA_BYTES {
        let (name, most) = ("config_metadata_bytes", limits::CONFIG_METADATA_BYTES);
        return Err(Error::limit(name, most, format!("the metadata has {bytes} bytes")).at("/metadata").into());
    }
    Ok(())
}
