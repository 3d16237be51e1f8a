//! The state that a request begins with: written by hand as a few lists, or the records of a store.

use super::given::GivenSetUp;
use crate::action::arguments::digest::arguments_hash;
use crate::action::call::ActionCall;
use crate::action::checks::{budgets, evidence, idempotency, loop_guard, rate_limits};
use crate::action::money::Usd;
use crate::action::rules::{ActionRules, RulesCache};
use crate::action::state::account::Held;
use crate::action::state::record_key::state_key;
use crate::action::state::{
    Changes, EvidenceRecord, ExceptionUses, IdempotencyEntry, KillSwitch, Memory, StateKey, StateValue, TargetType,
    account, loops, rate,
};
use crate::decision::Stop;
use crate::decision::audit::timestamp;
use crate::error::{Error, ErrorCode};
use crate::sorted::{self, InOrder};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::rc::Rc;

/// What earlier calls left behind. Everything may be left out: then there is nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionState"))]
#[serde(deny_unknown_fields, default)]
pub struct GivenState {
    /// What was spent.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub spend: Vec<GivenSpend>,
    /// The results of actions.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub evidence: Vec<GivenEvidence>,
    /// The calls that count for rate limits.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub taken: Vec<GivenTaking>,
    /// The attempts that count as loops.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub tried: Vec<GivenAttempt>,
    /// The results of calls with an idempotency key.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub made: Vec<GivenResult>,
    /// What was stopped.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub killed: Vec<GivenKill>,
    /// How often exceptions were used.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub exception_uses: Vec<GivenUses>,
    /// Records of a store, or those that an earlier answer gave. What stands in the other lists comes on top of them.
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub records: Vec<StateRecord>,
}

/// What was spent on an action, or is held for a call that waits.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionSpend", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct GivenSpend {
    /// The action.
    pub action: String,
    /// How much, in US dollars.
    #[cfg_attr(test, ts(type = "number"))]
    pub cost_usd: Usd,
    /// The session.
    pub session_id: Option<String>,
    /// The run.
    pub run_id: Option<String>,
    /// The agent: only looked at where budgets are counted by scope.
    pub agent_id: Option<String>,
    /// The mission: likewise.
    pub mission_id: Option<String>,
    /// The group: likewise.
    pub group_id: Option<String>,
    /// Until when it is held for a call that waits, in milliseconds since 1970. Absent: it was spent.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub held_until_ms: Option<u64>,
}

/// The result of an action.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionEvidence", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct GivenEvidence {
    /// The action.
    pub action: String,
    /// The run.
    pub run_id: Option<String>,
    /// The session, where there is no run.
    pub session_id: Option<String>,
    /// Its arguments.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "Record<string, unknown>"))]
    pub kwargs: Map<String, Value>,
    /// What it gave.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub result: Value,
    /// When, in milliseconds since 1970. Absent: just now.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub at_ms: Option<u64>,
}

/// A call that counts for rate limits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionTaking", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct GivenTaking {
    /// The action.
    pub action: String,
    /// The session.
    pub session_id: Option<String>,
    /// When, in milliseconds since 1970. Absent: just now.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub at_ms: Option<u64>,
    /// Until when its slot is held for a call that waits. Absent: the call was made.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub held_until_ms: Option<u64>,
}

/// An attempt that counts as a loop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionAttempt", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct GivenAttempt {
    /// The action.
    pub action: String,
    /// The session.
    pub session_id: Option<String>,
    /// The agent, run, mission and group say which policies' loop rules see it.
    pub agent_id: Option<String>,
    /// The run.
    pub run_id: Option<String>,
    /// The mission.
    pub mission_id: Option<String>,
    /// The group.
    pub group_id: Option<String>,
    /// Its arguments.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, type = "Record<string, unknown>"))]
    pub kwargs: Map<String, Value>,
    /// When, in milliseconds since 1970. Absent: just now.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub at_ms: Option<u64>,
}

/// The result of a call with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionResult", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct GivenResult {
    /// The action.
    pub action: String,
    /// The key.
    pub idempotency_key: String,
    /// The run.
    pub run_id: Option<String>,
    /// The session, where there is no run.
    pub session_id: Option<String>,
    /// What it gave. Absent: the call is under way.
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    #[serde(default, deserialize_with = "super::given::present")]
    pub result: Option<Value>,
    /// When the key was seen first, in milliseconds since 1970. Absent: just now.
    #[cfg_attr(test, ts(optional, type = "number | null"))]
    pub at_ms: Option<u64>,
    /// Until when the key is taken.
    #[cfg_attr(test, ts(type = "number"))]
    pub expires_at_ms: u64,
}

/// A target that was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenActionKill", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct GivenKill {
    /// What kind of target.
    pub target_type: TargetType,
    /// Which.
    pub target_id: String,
    /// Why.
    pub reason: Option<String>,
}

/// How often an exception was used.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GivenExceptionUses"))]
#[serde(deny_unknown_fields)]
pub struct GivenUses {
    /// The policy.
    pub policy_id: String,
    /// The exception.
    pub exception_id: String,
    /// How often.
    #[cfg_attr(test, ts(type = "number"))]
    pub uses: u64,
}

/// A part of the state as a store keeps it. Its version and its partition may stand there, and say nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionStateRecord"))]
#[serde(deny_unknown_fields)]
pub struct StateRecord {
    /// Its kind, such as `action_account`.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// What it says.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub value: Value,
    /// Its version.
    #[serde(default, skip_serializing)]
    #[cfg_attr(test, ts(optional, type = "string"))]
    pub version: Option<Value>,
    /// Its partition.
    #[serde(default, skip_serializing)]
    #[cfg_attr(test, ts(optional, type = "string"))]
    pub partition: Option<Value>,
}

/// The state that an answer gives back, to begin the next request with.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionStateAfter"))]
pub struct StateAfter {
    /// Its parts, as a store keeps them.
    pub records: Vec<StateRecord>,
}

impl StateAfter {
    /// What a memory holds.
    ///
    /// # Errors
    /// None in practice.
    pub fn of(memory: &Memory) -> Result<Self, Stop> {
        let record = |(key, value): (&StateKey, &StateValue)| {
            let (kind, value) = (key.kind().to_owned(), value.to_json()?);
            Ok(StateRecord { kind, key: key.key(), value, version: None, partition: None })
        };
        Ok(Self { records: memory.parts().iter().map(record).collect::<Result<_, Stop>>()? })
    }
}

impl GivenState {
    /// The state at a time, under what is set up.
    ///
    /// # Errors
    /// `malformed_request` with the path to a record that is none of a state.
    pub fn memory(self, set_up: &GivenSetUp, now_ms: u64, path: &str) -> Result<Memory, Error> {
        let mut building = Building { memory: Memory::default(), cache: RulesCache::default(), set_up, now_ms };
        let Self { spend, evidence, mut taken, mut tried, made, killed, exception_uses, records } = self;
        for (at, record) in records.into_iter().enumerate() {
            building.record(record).map_err(|error| error.inside(&format!("{path}/records/{at}")))?;
        }
        taken.order_by_key(|taken| taken.at_ms.unwrap_or(now_ms));
        tried.order_by_key(|tried| tried.at_ms.unwrap_or(now_ms));
        let built = (|| {
            spend.into_iter().enumerate().try_for_each(|(at, spend)| building.spend(at, spend))?;
            evidence.into_iter().try_for_each(|evidence| building.evidence(evidence))?;
            taken.into_iter().enumerate().try_for_each(|(at, taken)| building.taken(at, &taken))?;
            tried.into_iter().try_for_each(|tried| building.tried(tried))
        })();
        built.map_err(super::world::failed)?;
        made.into_iter().for_each(|made| building.made(made));
        killed.into_iter().for_each(|killed| building.killed(killed));
        for GivenUses { policy_id, exception_id, uses } in exception_uses {
            let uses = ExceptionUses { uses, holds: sorted::Map::new() };
            building.put(StateKey::ExceptionUses { policy_id, id: exception_id }, StateValue::ExceptionUses(uses));
        }
        Ok(building.memory)
    }
}

/// A state while it is built.
struct Building<'a> {
    memory: Memory,
    cache: RulesCache,
    set_up: &'a GivenSetUp,
    now_ms: u64,
}

impl Building<'_> {
    fn put(&mut self, key: StateKey, value: StateValue) {
        self.memory.apply(sorted::Map::from_iter([(key, value)]));
    }

    fn record(&mut self, record: StateRecord) -> Result<(), Error> {
        let StateRecord { kind, key, value, .. } = record;
        let Some(part) = state_key(&kind, &key) else {
            let message = format!("no state has a record `{kind}` with the key `{key}`");
            return Err(Error::new(ErrorCode::MalformedRequest, message)
                .with_help("give records as a store lists them, or as an earlier answer gave them"));
        };
        let value = StateValue::read(&part, value).map_err(|error| Error {
            code: ErrorCode::MalformedRequest,
            path: Some(format!("/value{}", error.path.clone().unwrap_or_default())),
            ..error
        })?;
        self.put(part, value);
        Ok(())
    }

    /// What the policies that apply to a call say about its action.
    fn rules(&mut self, call: &ActionCall) -> Rc<ActionRules> {
        self.cache.rules(self.set_up.policies.applicable(call), &call.name, &self.set_up.settings)
    }

    fn spend(&mut self, at: usize, spend: GivenSpend) -> Result<(), Stop> {
        let GivenSpend { action, cost_usd, session_id, run_id, agent_id, mission_id, group_id, held_until_ms } = spend;
        let call = ActionCall { session_id, run_id, agent_id, mission_id, group_id, ..ActionCall::named(&action) };
        let rules = self.rules(&call);
        let mut changes = Changes::new();
        for key in budgets::accounts(&call, &self.set_up.settings, &rules.policies) {
            let key = StateKey::Account(key);
            let mut account = account(&self.memory, &key)?;
            match held_until_ms {
                None => account.spend(&action, cost_usd),
                Some(expires_at_ms) => {
                    let held = Held { action: action.clone(), amount: cost_usd, expires_at_ms };
                    account.holds.insert(format!("given-{at}"), held);
                }
            }
            changes.insert(key, StateValue::Account(account));
        }
        self.memory.apply(changes);
        Ok(())
    }

    fn evidence(&mut self, given: GivenEvidence) -> Result<(), Stop> {
        let GivenEvidence { action, run_id, session_id, kwargs, result, at_ms } = given;
        let call = ActionCall { run_id, session_id, ..ActionCall::named(&action) };
        let key = evidence::key_of(&call, &action);
        let mut kept = crate::action::state::evidence(&self.memory, &key)?;
        kept.add(EvidenceRecord {
            timestamp_ms: at_ms.unwrap_or(self.now_ms),
            args_hash: arguments_hash(&kwargs, &[]),
            raw_kwargs: Value::Object(kwargs),
            result,
        });
        self.put(key, StateValue::Evidence(kept));
        Ok(())
    }

    fn taken(&mut self, at: usize, given: &GivenTaking) -> Result<(), Stop> {
        let call = ActionCall { session_id: given.session_id.clone(), ..ActionCall::named(&given.action) };
        let key = rate_limits::key_of(&call);
        let mut window = rate(&self.memory, &key)?;
        let at_ms = given.at_ms.unwrap_or(self.now_ms);
        // The window of no limit is longer: all that is given is kept.
        match given.held_until_ms {
            None => window.take(at_ms, u64::MAX),
            Some(until_ms) => window.hold(&format!("given-{at}"), at_ms, until_ms, u64::MAX),
        }
        self.put(key, StateValue::Rate(window));
        Ok(())
    }

    fn tried(&mut self, given: GivenAttempt) -> Result<(), Stop> {
        let GivenAttempt { action, session_id, agent_id, run_id, mission_id, group_id, kwargs, at_ms } = given;
        let call =
            ActionCall { session_id, agent_id, run_id, mission_id, group_id, kwargs, ..ActionCall::named(&action) };
        let rules = self.rules(&call);
        let key = loop_guard::key_of(&call);
        let mut history = loops(&self.memory, &key)?;
        loop_guard::attempt(&mut history, &rules.loops, &call.kwargs, at_ms.unwrap_or(self.now_ms));
        self.put(key, StateValue::Loops(history));
        Ok(())
    }

    fn made(&mut self, given: GivenResult) {
        let GivenResult { action, idempotency_key, run_id, session_id, result, at_ms, expires_at_ms } = given;
        let call =
            ActionCall { run_id, session_id, idempotency_key: Some(idempotency_key), ..ActionCall::named(&action) };
        let first_seen_at_ms = at_ms.unwrap_or(self.now_ms);
        let entry = IdempotencyEntry { reservation: String::new(), first_seen_at_ms, expires_at_ms, result };
        if let Some(key) = idempotency::key_of(&call) {
            self.put(key, StateValue::Idempotency(entry));
        }
    }

    fn killed(&mut self, given: GivenKill) {
        let GivenKill { target_type, target_id, reason } = given;
        let switch = KillSwitch {
            id: String::new(),
            organization_id: String::new(),
            target_type,
            target_id: target_id.clone(),
            reason,
            is_active: true,
            killed_by: None,
            killed_at: timestamp(self.now_ms),
            revived_by: None,
            revived_at: None,
        };
        self.put(StateKey::KillSwitch(target_type, target_id), StateValue::KillSwitch(switch));
    }
}
