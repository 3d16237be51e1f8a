//! Decisions of a log made again: under the same policies nothing differs, under others it shows what would.
//!
//! The state is rebuilt from the log itself: what was allowed was spent, whatever is decided now. So each decision is made again as
//! things stood when it was made. What would have come of other decisions is what `simulate_actions` tells.

use super::decision_log::{self, About, Logged, LoggedDecision, Was};
use super::entries::check_count;
use super::given::{self, GivenException, GivenPolicy, GivenSetUp};
use super::given_state::GivenState;
use super::warnings::{SimulationWarning, WarningKind, Warnings};
use super::world::{World, failed};
use crate::action::checks::kill_switch;
use crate::action::consumption::{self, Confirmation};
use crate::action::evaluation::{Evaluation, Purpose};
use crate::action::exceptions::Exception;
use crate::action::service::approvals::{ApprovalStatus, StoredApproval};
use crate::action::service::authorize::{after_approval, told};
use crate::action::settings::ActionSettings;
use crate::action::state::{
    AccountKey, Bucket, Changes, KillSwitch, Reservation, ReservationStatus, StateKey, StateValue, account, beginnings,
};
use crate::action::verdict::{ActionDecision, ReasonCode, Word};
use crate::decision::{Identity, NonEmpty, Stop};
use crate::error::Error;
use crate::sorted::{self, InOrder};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::VecDeque;

/// A decision log, and the policies under which its decisions are made again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ReplayActionDecisionsRequest"))]
#[serde(deny_unknown_fields)]
pub struct RedecideRequest {
    /// The entries, from the oldest, as `listDecisions` gives them.
    #[cfg_attr(test, ts(type = "AuditRecord[]"))]
    pub decisions: Vec<Value>,
    /// The policies: those of then, or others.
    pub policies: Vec<GivenPolicy>,
    /// The exceptions from them.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub exceptions: Vec<GivenException>,
    /// What holds for all decisions.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub settings: ActionSettings,
    /// Whether anything was ever set up. Absent: whether there are policies, or any decision of the log was made under some.
    #[serde(default)]
    #[cfg_attr(test, ts(optional = nullable))]
    pub configured: Option<bool>,
    /// The state with which the log begins. Default: nothing, which is right for a log from its beginning.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub initial_state: GivenState,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionDecisionsReplay"))]
pub struct Redecisions {
    /// Every decision that is another now: another word, another reason, or a refusal or a hold of other policies.
    pub differences: Vec<Difference>,
    /// All of them together.
    pub summary: RedecisionSummary,
    /// What makes this less certain.
    pub warnings: Vec<SimulationWarning>,
}

/// A decision that is another now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionDecisionDifference", optional_fields))]
pub struct Difference {
    /// The place of its entry in the request, from 0.
    pub index: usize,
    /// Its id.
    pub decision_id: String,
    /// `action/authorize` or `action/resume`.
    pub path: String,
    /// The action.
    pub action: String,
    /// When it was made.
    pub timestamp: String,
    /// The revision of the policies under which it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// What was decided.
    pub was: Redecided,
    /// What is decided now.
    pub now: Redecided,
}

/// The parts of a decision that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionDecisionInShort", optional_fields))]
pub struct Redecided {
    /// The final word.
    pub decision: Word,
    /// Why, where it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The policies that it comes from; for an allowed call those that were looked at.
    pub policy_ids: Vec<String>,
}

/// All entries together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionDecisionsReplaySummary"))]
pub struct RedecisionSummary {
    /// The entries of the log.
    pub entries: usize,
    /// The decisions among them.
    pub decisions: usize,
    /// The decisions that were made again.
    pub redecided: usize,
    /// Those of them that differ.
    pub differences: usize,
    /// The decisions that could not be made again: their inputs are not in the log, or a moderator would have to be asked.
    pub not_redecided: usize,
}

/// How many entries of one millisecond are looked at to find the one that comes next.
const LOOKED_AHEAD: usize = 64;

/// Makes the decisions of a log again.
///
/// # Errors
/// `malformed_request`, `invalid_configuration`, `limit_exceeded`, with the path to what is wrong.
pub fn redecide(request: RedecideRequest) -> Result<Redecisions, Error> {
    let RedecideRequest { decisions, policies, exceptions, settings, configured, initial_state } = request;
    check_count(decisions.len(), "/decisions")?;
    let mut warnings = Warnings::default();
    let mut summary = RedecisionSummary { entries: decisions.len(), ..RedecisionSummary::default() };
    let entries = decision_log::read(decisions, "/decisions", &mut warnings)?;
    let configured = configured.unwrap_or_else(|| entries.iter().any(|entry| entry.revision.is_some()));
    let policies = given::policies(policies, "/policies", configured)?;
    let exceptions = given::exceptions(exceptions, &[&policies])?;
    let set_up = GivenSetUp { policies, exceptions, settings };
    let begins_ms = entries.first().map_or(0, |entry| entry.at_ms);
    let state = initial_state.memory(&set_up, begins_ms, "/initial_state")?;
    summary.decisions = entries.iter().filter(|entry| matches!(entry.about, About::Decision(_))).count();
    let world = World::new(&set_up, state);
    let mut history = History { world, approvals: sorted::Map::new(), warnings, summary, differences: Vec::new() };
    let mut pending = VecDeque::new();
    for entry in entries {
        if pending.front().is_some_and(|earlier: &Logged| earlier.at_ms < entry.at_ms) {
            history.all_of_one_time(&mut pending).map_err(failed)?;
        }
        pending.push_back(entry);
    }
    history.all_of_one_time(&mut pending).map_err(failed)?;
    let History { mut differences, mut summary, warnings, .. } = history;
    differences.order_by_key(|difference| difference.index);
    summary.differences = differences.len();
    Ok(Redecisions { differences, summary, warnings: warnings.told() })
}

/// The state as the log tells it.
struct History<'a> {
    world: World<'a>,
    approvals: sorted::Map<String, StoredApproval>,
    warnings: Warnings,
    summary: RedecisionSummary,
    differences: Vec<Difference>,
}

/// A decision that was made again.
struct Again {
    evaluation: Evaluation,
    /// None: it cannot be made again.
    decision: Option<ActionDecision>,
}

impl History<'_> {
    /// Goes through the entries of one millisecond. The log does not say in which order they were made, so any order in which they
    /// agree with it may have been theirs. Decisions that agree come first: what else there is may be what others wait for.
    fn all_of_one_time(&mut self, pending: &mut VecDeque<Logged>) -> Result<(), Stop> {
        while let Some((at, again)) = self.next_of(pending)? {
            let Some(entry) = pending.remove(at) else { return Ok(()) };
            match (&entry.about, again) {
                (About::Decision(decision), Some(again)) => self.decided(&entry, decision, again)?,
                (About::Decision(_), None) => self.warnings.add(WarningKind::DecisionMissing, entry.index),
                (_, _) => self.happened(&entry)?,
            }
        }
        Ok(())
    }

    /// The place of the entry that comes next; of a decision also what is decided now.
    fn next_of(&mut self, pending: &VecDeque<Logged>) -> Result<Option<(usize, Option<Again>)>, Stop> {
        let mut first = None;
        let mut happening = None;
        for (at, entry) in pending.iter().enumerate().take(LOOKED_AHEAD) {
            match &entry.about {
                About::Decision(decision) => {
                    let again = self.again(entry, decision)?;
                    let agrees = again
                        .as_ref()
                        .is_some_and(|again| again.decision.as_ref().is_none_or(|now| !differ(&decision.was, now)));
                    if agrees {
                        return Ok(Some((at, again)));
                    }
                    // What is resumed may be held by a decision that comes later.
                    if again.is_some() || pending.len() == 1 {
                        first = first.or(Some((at, again)));
                    }
                }
                about => {
                    if happening.is_none() && self.is_ready(about) {
                        happening = Some((at, None));
                    }
                }
            }
        }
        let any = (!pending.is_empty()).then_some((0, None));
        Ok(happening.or(first).or(any))
    }

    /// Whether what an entry is about is known.
    fn is_ready(&self, about: &About) -> bool {
        match about {
            About::Settle(id, _) | About::Release(id) | About::Result(id, ..) => self.reservation(id).is_some(),
            About::Approval { id, .. } => self.approvals.contains_key(id),
            About::Reset { .. } | About::Decision(_) | About::Nothing => true,
        }
    }

    fn reservation(&self, id: &str) -> Option<Reservation> {
        match self.world.state.parts().get(&StateKey::Reservation(id.to_owned())) {
            Some(StateValue::Reservation(reservation)) => Some((**reservation).clone()),
            _ => None,
        }
    }

    /// Makes a decision again; none where what was resumed is not known.
    fn again(&mut self, entry: &Logged, logged: &LoggedDecision) -> Result<Option<Again>, Stop> {
        self.put_kill_switches(entry, logged);
        let LoggedDecision { call, moderation, resumed, .. } = logged;
        let waiting = match resumed {
            None => None,
            Some(id) => match (self.reservation(id), self.approvals.get(id).cloned()) {
                (Some(reservation), Some(approval)) => Some((reservation, approval)),
                _ => return Ok(None),
            },
        };
        let (purpose, without) = match &waiting {
            None => (Purpose::Authorize, Changes::new()),
            Some((reservation, _)) => (Purpose::Resume, consumption::without_own(reservation, &self.world.state)?),
        };
        let mut evaluate = |others_are_content| {
            self.world.evaluate_noted(call, entry.at_ms, purpose, moderation, others_are_content, &without)
        };
        let (evaluation, is_sure) = match evaluate(false) {
            Err(Stop::Needs) => (evaluate(true)?, false),
            other => (other?, true),
        };
        let is_sure = is_sure && has_its_inputs(entry, logged, &evaluation);
        let decision = match &waiting {
            None => told(&evaluation, false),
            Some((reservation, approval)) => {
                let is_held = consumption::is_held(reservation, &self.world.state)?;
                after_approval(&evaluation, reservation, approval, call, is_held, entry.at_ms)
            }
        };
        Ok(Some(Again { evaluation, decision: is_sure.then_some(decision) }))
    }

    /// Kill switches are not in the log; that one stopped a call is, and that none did.
    fn put_kill_switches(&mut self, entry: &Logged, logged: &LoggedDecision) {
        let LoggedDecision { call, was, .. } = logged;
        let killed = was.reason_code == Some(ReasonCode::AgentKilled);
        let detail = |name: &str| was.details.get(name).and_then(Value::as_str);
        let named = detail("target_type").zip(detail("target_id"));
        let mut changes = Changes::new();
        let mut is_put = false;
        for (target_type, id) in kill_switch::targets(call) {
            let is_named = named.is_none_or(|named| named == (target_type.as_str(), id));
            let value = if killed && is_named && !is_put {
                is_put = true;
                StateValue::KillSwitch(KillSwitch {
                    id: String::new(),
                    organization_id: String::new(),
                    target_type,
                    target_id: id.clone(),
                    reason: detail("reason").map(str::to_owned),
                    is_active: true,
                    killed_by: detail("killed_by").map(str::to_owned),
                    killed_at: detail("killed_at").unwrap_or(&entry.timestamp).to_owned(),
                    revived_by: None,
                    revived_at: None,
                })
            } else {
                StateValue::Gone
            };
            changes.insert(StateKey::KillSwitch(target_type, id.clone()), value);
        }
        self.world.state.apply(changes);
    }

    /// Compares a decision, and lets come of it what came of it.
    fn decided(&mut self, entry: &Logged, logged: &LoggedDecision, again: Again) -> Result<(), Stop> {
        self.put_kill_switches(entry, logged);
        let Again { mut evaluation, decision } = again;
        match decision {
            None => {
                self.summary.not_redecided += 1;
                self.warnings.add(WarningKind::NotRedecided, entry.index);
            }
            Some(now) => {
                self.summary.redecided += 1;
                if differ(&logged.was, &now) {
                    self.differences.push(difference(entry, logged, now));
                }
            }
        }
        evaluation.exceptions = self.applied(logged);
        if let Some(reservation) = logged.resumed.as_ref().and_then(|id| self.reservation(id)) {
            return self.resumed(entry, logged, &reservation, &evaluation);
        }
        self.taken(entry, logged, &evaluation)
    }

    /// The exceptions that were used.
    fn applied(&self, logged: &LoggedDecision) -> Vec<Exception> {
        let applied = &logged.was.exceptions_applied;
        let exceptions = self.world.set_up.exceptions.iter();
        exceptions.filter(|exception| applied.contains(&exception.id)).cloned().collect()
    }

    /// What a call took when it was decided.
    fn taken(&mut self, entry: &Logged, logged: &LoggedDecision, evaluation: &Evaluation) -> Result<(), Stop> {
        let LoggedDecision { call, was, .. } = logged;
        let reserved = was.reservation.as_ref().map(|reserved| reserved.amount_usd);
        let cost = reserved.or_else(|| call.cost()).unwrap_or_default();
        self.world.state.apply(evaluation.always.clone());
        let taking = self.world.taking(call, cost, evaluation, entry.at_ms, &entry.id);
        let changes = match was.decision {
            Word::Allow if was.idempotent_replay.is_some() => Changes::new(),
            Word::Allow => taking.allow()?.0,
            Word::Deny => taking.refuse()?,
            Word::RequireApproval => {
                let timeout_seconds = was.approval.as_ref().map_or(0, |approval| approval.timeout_seconds);
                let (changes, reservation) = taking.hold(timeout_seconds, &entry.id)?;
                let asked = was.approval.as_ref().map(|approval| approval.asked.clone()).unwrap_or_default();
                if let Some(asked) = NonEmpty::from_vec(asked) {
                    let approval = StoredApproval::ask("", call, &reservation, &asked, &nobody(), entry.at_ms);
                    self.approvals.insert(entry.id.clone(), approval);
                }
                changes
            }
        };
        self.world.state.apply(changes);
        Ok(())
    }

    /// What came of a call that waited.
    fn resumed(
        &mut self,
        entry: &Logged,
        logged: &LoggedDecision,
        waiting: &Reservation,
        evaluation: &Evaluation,
    ) -> Result<(), Stop> {
        // What was given back already is not given back again.
        if waiting.status != ReservationStatus::Held {
            return Ok(());
        }
        let settings = &self.world.set_up.settings;
        let state = &self.world.state;
        let approval = self.approvals.get(&waiting.id);
        let is_over = approval.is_none_or(|approval| approval.status_at(entry.at_ms).is_over());
        let (changes, _) = if logged.was.decision == Word::Allow {
            let reserved = logged.was.reservation.as_ref().map(|reserved| reserved.amount_usd);
            let cost = reserved.or_else(|| logged.call.cost()).unwrap_or(waiting.amount);
            let reservation_seconds = settings.reservation_seconds;
            let confirmation = Confirmation { reservation: waiting, cost, evaluation, reservation_seconds };
            consumption::confirm(&confirmation, state, entry.at_ms)?
        } else if !is_over && consumption::is_held(waiting, state)? {
            return Ok(());
        } else {
            consumption::release(waiting, settings.compat_0_4, state, entry.at_ms)?
        };
        self.world.state.apply(changes);
        Ok(())
    }

    /// What happened beside decisions.
    fn happened(&mut self, entry: &Logged) -> Result<(), Stop> {
        if !self.is_ready(&entry.about) {
            self.warnings.add(WarningKind::DecisionMissing, entry.index);
            return Ok(());
        }
        match &entry.about {
            About::Decision(_) | About::Nothing => {}
            About::Settle(id, cost) => self.change(id, |reservation, state| {
                consumption::settle(reservation, *cost, state).map(|(changes, _)| changes)
            })?,
            About::Release(id) => self.change(id, |reservation, state| {
                consumption::release(reservation, false, state, entry.at_ms).map(|(changes, _)| changes)
            })?,
            About::Result(id, outcome, cost) => {
                self.change(id, |reservation, state| {
                    consumption::record_result(reservation, outcome, state, entry.at_ms).map(|(changes, _)| changes)
                })?;
                if let Some(cost) = cost {
                    self.change(id, |reservation, state| {
                        consumption::settle(reservation, *cost, state).map(|(changes, _)| changes)
                    })?;
                }
            }
            About::Approval { id, status, notes } => {
                if let Some(approval) = self.approvals.get_mut(id) {
                    approval.status = *status;
                    approval.decision_notes.clone_from(notes);
                }
                if matches!(status, ApprovalStatus::Rejected | ApprovalStatus::Cancelled) {
                    let keep = self.world.set_up.settings.compat_0_4;
                    self.change(id, |reservation, state| match reservation.status {
                        ReservationStatus::Held => {
                            consumption::release(reservation, keep, state, entry.at_ms).map(|(changes, _)| changes)
                        }
                        _ => Ok(Changes::new()),
                    })?;
                }
            }
            About::Reset { session, run } => self.reset(session, run.as_ref())?,
        }
        Ok(())
    }

    fn change(
        &mut self,
        id: &str,
        change: impl FnOnce(&Reservation, &crate::action::state::Memory) -> Result<Changes, Stop>,
    ) -> Result<(), Stop> {
        if let Some(reservation) = self.reservation(id) {
            let changes = change(&reservation, &self.world.state)?;
            self.world.state.apply(changes);
            self.forget_what_is_over(id);
        }
        Ok(())
    }

    /// Nobody comes back to a call that was released, or whose cost and result were told.
    fn forget_what_is_over(&mut self, id: &str) {
        let is_over = self.reservation(id).is_some_and(|reservation| match reservation.status {
            ReservationStatus::Settled => reservation.has_result,
            ReservationStatus::Released | ReservationStatus::Held | ReservationStatus::Open => false,
        });
        if is_over {
            self.world.forget(id);
            self.approvals.remove(id);
        }
    }

    /// As the service does it: what is held for calls that wait stays, and costs from before correct nothing any more.
    fn reset(&mut self, session: &str, run: Option<&String>) -> Result<(), Stop> {
        let state = &self.world.state;
        let folder = Bucket::folder(run.map(String::as_str), session);
        let evidence = state
            .parts()
            .keys()
            .filter(|key| matches!(key, StateKey::Evidence { .. }) && key.key().starts_with(&folder));
        let mut changes: Changes = sorted::Map::from_iter(evidence.map(|key| (key.clone(), StateValue::Gone)));
        let begun = Bucket::beginnings(run.map(String::as_str), session);
        let count = beginnings(state, &begun)? + 1;
        changes.insert(begun, StateValue::Beginnings(count));
        let of_run = StateKey::Account(AccountKey::Run { session: session.to_owned(), run: run.cloned() });
        let of_scopes = state.parts().keys().filter(|key| match key {
            StateKey::Account(AccountKey::ScopeRun { run: of, .. }) => run == Some(of),
            _ => false,
        });
        for key in of_scopes.chain([&of_run]) {
            let mut spending = account(state, key)?;
            spending.begin_anew();
            changes.insert(key.clone(), StateValue::Account(spending));
        }
        self.world.state.apply(changes);
        Ok(())
    }
}

/// Whether the log has everything that a decision was made on.
fn has_its_inputs(entry: &Logged, logged: &LoggedDecision, evaluation: &Evaluation) -> bool {
    let LoggedDecision { call, resumed, inputs_redacted, .. } = logged;
    if entry.erased.is_empty() && !inputs_redacted {
        return true;
    }
    let of_arguments = |pointer: &String| pointer == "/input/kwargs" || pointer.starts_with("/input/kwargs/");
    let looked_at = evaluation.rules.look_at_arguments()
        || !call.grounding_rules.is_empty()
        || call.argument_constraints.is_some()
        // An approval is for the arguments that were asked about.
        || resumed.is_some();
    !inputs_redacted && !looked_at && entry.erased.iter().all(of_arguments)
}

fn differ(was: &Was, now: &ActionDecision) -> bool {
    was.decision != now.decision
        || was.reason_code != now.reason_code
        || (now.decision != Word::Allow && was.policy_ids != now.policy_ids)
}

fn difference(entry: &Logged, logged: &LoggedDecision, now: ActionDecision) -> Difference {
    let was = logged.was.clone();
    Difference {
        index: entry.index,
        decision_id: entry.id.clone(),
        path: entry.path.clone(),
        action: logged.call.name.clone(),
        timestamp: entry.timestamp.clone(),
        revision: entry.revision.clone(),
        was: Redecided {
            decision: was.decision,
            reason_code: was.reason_code,
            message: was.message,
            policy_ids: was.policy_ids,
        },
        now: Redecided {
            decision: now.decision,
            reason_code: now.reason_code,
            message: now.message,
            policy_ids: now.policy_ids,
        },
    }
}

const fn nobody() -> Identity {
    Identity { id: None, email: None, org_role: None, is_session: false, may: Vec::new() }
}
