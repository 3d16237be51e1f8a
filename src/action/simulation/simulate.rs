//! Many calls on a virtual clock: what policies would have said of them, and what changes (section 7.1).

use super::comparison::{Changed, from_decision, from_record};
use super::entries::{self, Entry, RecordedOutcome};
use super::given::{self, GivenException, GivenPolicy, GivenSetUp};
use super::given_state::GivenState;
use super::warnings::{SimulationWarning, WarningKind, Warnings};
use super::world::{Answered, Decided, World, failed};
use crate::action::consumption::Outcome;
use crate::action::money::Usd;
use crate::action::rules::ActionRules;
use crate::action::settings::ActionSettings;
use crate::action::state::{ModerationResult, ReservationStatus};
use crate::action::verdict::{ActionDecision, ReasonCode, Word};
use crate::decision::Stop;
use crate::error::{Error, ErrorCode};
use crate::sorted;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Calls, and the policies that they are decided under.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "SimulateActionsRequest", optional_fields = nullable))]
#[serde(deny_unknown_fields)]
pub struct SimulateRequest {
    /// The policies, all of them. What changes is told beside what became of each call when it was recorded.
    pub policies: Option<Vec<GivenPolicy>>,
    /// In their place: the policies as they might be, all of them. What changes is told beside `base`.
    pub candidate: Option<Vec<GivenPolicy>>,
    /// The policies as they are, all of them.
    pub base: Option<Vec<GivenPolicy>>,
    /// The exceptions from all these.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub exceptions: Vec<GivenException>,
    /// What holds for all decisions.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub settings: ActionSettings,
    /// Whether anything was ever set up. True also where there are policies. Default false.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub configured: bool,
    /// The calls, written out.
    #[cfg_attr(test, ts(as = "Option<Vec<super::entries::SimulatedCall>>"))]
    pub calls: Option<Vec<Value>>,
    /// In their place: the entries of a ledger.
    #[cfg_attr(test, ts(as = "Option<Vec<super::entries::LedgerEntry>>"))]
    pub ledger_entries: Option<Vec<Value>>,
    /// What earlier calls left behind. Default: nothing.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub initial_state: GivenState,
    /// What becomes of calls that need an approval. Default `none`.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub approve: Approve,
    /// What a moderator says of entries that do not say it themselves: `[]` is that nothing is wrong.
    pub moderation: Option<Vec<ModerationResult>>,
}

/// What becomes of calls that need an approval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "SimulatedApprovals"))]
#[serde(rename_all = "lowercase")]
pub enum Approve {
    /// Nobody answers: what is held for them is held until the time of the approval is up.
    #[default]
    None,
    /// All are approved at once.
    All,
    /// Those that were made when they were recorded are approved at once, those that were rejected are refused at once, and nobody
    /// answers the others.
    Recorded,
}

/// What became of each call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionSimulation"))]
pub struct Simulation {
    /// One for each entry that was not skipped, in the order in which they were decided: that of their times.
    pub results: Vec<SimulatedResult>,
    /// All of them together.
    pub summary: SimulationSummary,
    /// What makes the results less certain.
    pub warnings: Vec<SimulationWarning>,
}

/// The decision on one call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "SimulatedActionResult", optional_fields))]
pub struct SimulatedResult {
    /// The place of its entry in the request, from 0.
    pub index: usize,
    /// The id of its entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<String>,
    /// The action.
    pub action: String,
    /// When.
    pub timestamp: String,
    /// The final word. A call that needs an approval and gets it stays `require_approval`.
    pub decision: Word,
    /// Why, where it is refused.
    #[cfg_attr(test, ts(optional = false))]
    pub reason_code: Option<ReasonCode>,
    /// The rule that it comes from, unless it is allowed.
    #[cfg_attr(test, ts(optional = false))]
    pub policy_rule: Option<String>,
    /// The policies that it comes from; for an allowed call those that were looked at.
    pub policy_ids: Vec<String>,
    /// What became of it when it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_outcome: Option<RecordedOutcome>,
    /// What changed.
    pub changed: Changed,
    /// What it costs, in US dollars.
    #[cfg_attr(test, ts(type = "number"))]
    pub cost_usd: Usd,
}

/// All calls together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ActionSimulationSummary"))]
pub struct SimulationSummary {
    /// How many were decided.
    pub total: usize,
    /// How many are allowed.
    pub allowed: usize,
    /// How many are refused.
    pub denied: usize,
    /// How many need an approval, whether they get it or not.
    pub needs_approval: usize,
    /// How many are refused that were not.
    pub newly_blocked: usize,
    /// How many are allowed that were not.
    pub newly_allowed: usize,
    /// How many need an approval that did not.
    pub newly_needs_approval: usize,
    /// How many are refused for another reason.
    pub reason_changed: usize,
    /// How many were not decided, because something stood in for the call: `replayed` and `idempotent_replay`.
    pub skipped: usize,
    /// What the calls cost that are made: the allowed ones and those that are approved.
    #[cfg_attr(test, ts(type = "number"))]
    pub cost_allowed_usd: Usd,
    /// What the others would have cost.
    #[cfg_attr(test, ts(type = "number"))]
    pub cost_prevented_usd: Usd,
    /// How many are refused for each reason.
    #[cfg_attr(test, ts(type = "Partial<Record<ActionReasonCode, number>>"))]
    pub by_reason: sorted::Map<ReasonCode, usize>,
}

/// Simulates calls.
///
/// # Errors
/// `malformed_request`, `invalid_configuration`, `limit_exceeded`, with the path to what is wrong.
pub fn simulate(request: SimulateRequest) -> Result<Simulation, Error> {
    let mut warnings = Warnings::default();
    let SimulateRequest { policies, candidate, base, settings, configured, initial_state, approve, .. } = request;
    let (tried, base) = match (policies, candidate, base) {
        (Some(policies), None, None) => (given::policies(policies, "/policies", configured)?, None),
        (None, Some(candidate), Some(base)) => {
            let base = given::policies(base, "/base", configured)?;
            (given::policies(candidate, "/candidate", configured)?, Some(base))
        }
        _ => {
            let message = "give either `policies`, or `candidate` and `base`";
            return Err(Error::new(ErrorCode::MalformedRequest, message));
        }
    };
    let known: Vec<_> = std::iter::once(&tried).chain(&base).collect();
    let exceptions = given::exceptions(request.exceptions, &known)?;
    let of = |policies, exceptions, settings| GivenSetUp { policies, exceptions, settings };
    let base = base.map(|policies| of(policies, exceptions.clone(), settings.clone()));
    let tried = of(tried, exceptions, settings);
    let entries = entries::read(request.calls, request.ledger_entries, &mut warnings)?;
    let begins_ms = entries.first().map_or(0, |entry| entry.at_ms);
    let world = |set_up| {
        let state = initial_state.clone().memory(set_up, begins_ms, "/initial_state")?;
        Ok(Player { world: World::new(set_up, state), approve, moderation: &request.moderation })
    };
    let mut player = world(&tried)?;
    let mut beside = base.as_ref().map(world).transpose()?;
    let mut simulation =
        Simulation { results: Vec::new(), summary: SimulationSummary::default(), warnings: Vec::new() };
    for entry in entries {
        if entry.outcome.is_some_and(RecordedOutcome::stood_in) {
            simulation.summary.skipped += 1;
            continue;
        }
        let played = player.play(&entry).map_err(failed)?;
        warn(&entry, &played.rules, player.moderator(&entry).is_none(), &mut warnings);
        let changed = match &mut beside {
            None => from_record(entry.outcome, &played.decision),
            Some(beside) => from_decision(&beside.play(&entry).map_err(failed)?.decision, &played.decision),
        };
        simulation.add(entry, played, changed);
    }
    simulation.warnings = warnings.told();
    Ok(simulation)
}

/// A world in which entries happen one after the other.
struct Player<'a> {
    world: World<'a>,
    approve: Approve,
    moderation: &'a Option<Vec<ModerationResult>>,
}

/// What came of an entry.
struct Played {
    decision: ActionDecision,
    rules: std::rc::Rc<ActionRules>,
    is_made: bool,
}

impl Player<'_> {
    fn moderator<'b>(&'b self, entry: &'b Entry) -> Option<&'b Vec<ModerationResult>> {
        entry.moderation.as_ref().or(self.moderation.as_ref())
    }

    /// Decides on an entry at its time, and lets become of it what was recorded.
    fn play(&mut self, entry: &Entry) -> Result<Played, Stop> {
        self.world.state.moderated = self.moderator(entry).cloned();
        let id = format!("entry-{}", entry.index);
        let Decided { evaluation, decision, reservation } =
            self.world.authorize(&entry.call, entry.at_ms, &id, false)?;
        let open = match reservation {
            Some(waiting) if waiting.status == ReservationStatus::Held => {
                self.world.answer(&entry.call, &waiting, self.answered(entry), entry.at_ms)?
            }
            open => open,
        };
        if let Some(open) = &open {
            match entry.outcome {
                Some(RecordedOutcome::Success) => {
                    let outcome = Outcome::Success(entry.outputs.clone());
                    self.world.record(open, &outcome, entry.at_ms)?;
                }
                Some(RecordedOutcome::Error) => self.world.record(open, &Outcome::Error, entry.at_ms)?,
                _ => {}
            }
        }
        self.world.forget(&id);
        Ok(Played { decision, rules: evaluation.rules, is_made: open.is_some() })
    }

    fn answered(&self, entry: &Entry) -> Answered {
        match (self.approve, entry.outcome) {
            (Approve::All, _) => Answered::Yes,
            (Approve::Recorded, Some(outcome)) if outcome.was_made() => Answered::Yes,
            (Approve::Recorded, Some(RecordedOutcome::Rejected)) => Answered::No,
            (Approve::None | Approve::Recorded, _) => Answered::Nothing,
        }
    }
}

/// Warns of what the policies look at and the entry does not have.
fn warn(entry: &Entry, rules: &ActionRules, has_no_moderation: bool, warnings: &mut Warnings) {
    if entry.has_no_inputs && rules.look_at_arguments() {
        warnings.add(WarningKind::InputsEmpty, entry.index);
    }
    if has_no_moderation && !rules.moderation.is_empty() && !entry.call.kwargs.is_empty() {
        warnings.add(WarningKind::ModerationMissing, entry.index);
    }
    let asks_by_risk = rules.policies.iter().any(|policy| {
        let fields = &policy.fields;
        let of_rules = fields.approval_rules.iter().any(|rule| rule.risk_levels.is_some());
        fields.require_approval && (of_rules || !fields.approval_risk_levels.is_empty())
    });
    if entry.call.risk_level.is_none() && asks_by_risk {
        warnings.add(WarningKind::RiskLevelMissing, entry.index);
    }
}

impl Simulation {
    fn add(&mut self, entry: Entry, played: Played, changed: Changed) {
        let Played { decision, is_made, .. } = played;
        let cost_usd = entry.call.cost().unwrap_or_default();
        let summary = &mut self.summary;
        summary.total += 1;
        match decision.decision {
            Word::Allow => summary.allowed += 1,
            Word::Deny => summary.denied += 1,
            Word::RequireApproval => summary.needs_approval += 1,
        }
        match changed {
            Changed::None => {}
            Changed::NewlyBlocked => summary.newly_blocked += 1,
            Changed::NewlyAllowed => summary.newly_allowed += 1,
            Changed::NewlyNeedsApproval => summary.newly_needs_approval += 1,
            Changed::ReasonChanged => summary.reason_changed += 1,
        }
        // A call for which the result of the same call stood in costs nothing either way.
        if decision.idempotent_replay.is_none() {
            let sum = if is_made { &mut summary.cost_allowed_usd } else { &mut summary.cost_prevented_usd };
            *sum = sum.plus(cost_usd);
        }
        if let Some(code) = decision.reason_code {
            *summary.by_reason.entry(code).or_default() += 1;
        }
        self.results.push(SimulatedResult {
            index: entry.index,
            entry_id: entry.id,
            action: entry.call.name,
            timestamp: entry.timestamp,
            decision: decision.decision,
            reason_code: decision.reason_code,
            policy_rule: decision.policy_rule,
            policy_ids: decision.policy_ids,
            recorded_outcome: entry.outcome,
            changed,
            cost_usd,
        });
    }
}
