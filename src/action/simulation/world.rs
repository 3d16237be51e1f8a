//! `World`: an organisation's set-up over a private state, on a clock that the caller moves.

use super::given::GivenSetUp;
use crate::action::call::ActionCall;
use crate::action::consumption::{self, Confirmation, Outcome, Taking};
use crate::action::evaluation::{Evaluation, Purpose, evaluate};
use crate::action::money::Usd;
use crate::action::rules::RulesCache;
use crate::action::service::authorize::{check_call, held, told};
use crate::action::service::moderation_notes::ModerationNote;
use crate::action::state::{
    Changed, Changes, Knowledge, Memory, ModerationResult, Reservation, ReservationStatus, StateKey, StateValue,
};
use crate::action::verdict::{ActionDecision, Verdict};
use crate::decision::Stop;
use crate::error::{Error, ErrorCode};
use crate::sorted;

/// A set-up over a private state.
pub struct World<'a> {
    /// What is set up.
    pub set_up: &'a GivenSetUp,
    /// What calls left behind.
    pub state: Memory,
    cache: RulesCache,
}

/// What became of a request for an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Nothing yet: the call waits until its time is up.
    Nothing,
    /// Yes, at once.
    Yes,
    /// No, at once.
    No,
}

/// A call that was decided.
pub struct Decided {
    /// What evaluation came to.
    pub evaluation: Evaluation,
    /// The decision as it is told.
    pub decision: ActionDecision,
    /// What is taken or held for it.
    pub reservation: Option<Reservation>,
}

impl<'a> World<'a> {
    /// A set-up over a state.
    pub fn new(set_up: &'a GivenSetUp, state: Memory) -> Self {
        Self { set_up, state, cache: RulesCache::default() }
    }

    /// Evaluates a call. Nothing is taken.
    ///
    /// # Errors
    /// None in practice: a memory knows everything.
    pub fn evaluate(&mut self, call: &ActionCall, now_ms: u64, purpose: Purpose) -> Result<Evaluation, Stop> {
        evaluate(&self.set_up.setup(), &mut self.cache, call, &self.state, now_ms, purpose)
    }

    /// The same, where moderators say what was noted, and `without` is over the state. Of one of whom nothing was noted it is not known what it says, or, where that is
    /// wanted, that nothing is wrong.
    ///
    /// # Errors
    /// [`Stop::Needs`] where that is not known.
    pub fn evaluate_noted(
        &mut self,
        call: &ActionCall,
        now_ms: u64,
        purpose: Purpose,
        notes: &[ModerationNote],
        others_are_content: bool,
        without: &Changes,
    ) -> Result<Evaluation, Stop> {
        let noted = Noted { state: &self.state, notes, others_are_content };
        let known = Changed { below: &noted, changes: without.clone() };
        evaluate(&self.set_up.setup(), &mut self.cache, call, &known, now_ms, purpose)
    }

    /// Decides on a call that is to be taken now, and takes what it takes.
    ///
    /// # Errors
    /// As [`World::evaluate`].
    pub fn authorize(&mut self, call: &ActionCall, now_ms: u64, id: &str, explain: bool) -> Result<Decided, Stop> {
        let evaluation = self.evaluate(call, now_ms, Purpose::Authorize)?;
        let mut decision = told(&evaluation, explain);
        let mut reservation = None;
        // A mistake of the caller is no decision, and changes nothing.
        if let Some(cost) = call.cost() {
            let (changes, taken) = self.taking(call, cost, &evaluation, now_ms, id).take()?;
            self.state.apply(evaluation.always.clone());
            self.state.apply(changes);
            decision.reservation = taken.as_ref().map(held);
            if let (Verdict::Hold(_), Some(taken), Some(approval)) =
                (&evaluation.verdict, &taken, &mut decision.approval)
            {
                approval.approval_id.clone_from(&taken.approval);
            }
            reservation = taken;
        }
        Ok(Decided { evaluation, decision, reservation })
    }

    /// What a call takes.
    pub fn taking<'b>(
        &'b self,
        call: &'b ActionCall,
        cost: Usd,
        evaluation: &'b Evaluation,
        now_ms: u64,
        id: &'b str,
    ) -> Taking<'b> {
        Taking { call, cost, evaluation, settings: &self.set_up.settings, known: &self.state, now_ms, id }
    }

    /// A call that waits is answered, and resumed where the answer is yes. Gives what is open for it, where it is made now.
    ///
    /// # Errors
    /// As [`World::evaluate`].
    pub fn answer(
        &mut self,
        call: &ActionCall,
        waiting: &Reservation,
        answered: Answered,
        now_ms: u64,
    ) -> Result<Option<Reservation>, Stop> {
        if answered == Answered::Nothing {
            return Ok(None);
        }
        let known = Changed { below: &self.state, changes: consumption::without_own(waiting, &self.state)? };
        let again = evaluate(&self.set_up.setup(), &mut self.cache, call, &known, now_ms, Purpose::Resume)?;
        let settings = &self.set_up.settings;
        let (changes, after) = match (answered, &again.verdict) {
            (Answered::Yes, Verdict::Allow) => {
                let confirmation = Confirmation {
                    reservation: waiting,
                    cost: waiting.amount,
                    evaluation: &again,
                    reservation_seconds: settings.reservation_seconds,
                };
                consumption::confirm(&confirmation, &self.state, now_ms)?
            }
            // What stands against it may go away: it is held until its time is up.
            (Answered::Yes, _) => return Ok(None),
            _ => consumption::release(waiting, settings.compat_0_4, &self.state, now_ms)?,
        };
        self.state.apply(changes);
        Ok((after.status == ReservationStatus::Open).then_some(after))
    }

    /// What became of a call that was made.
    ///
    /// # Errors
    /// As [`World::evaluate`].
    pub fn record(&mut self, open: &Reservation, outcome: &Outcome, now_ms: u64) -> Result<(), Stop> {
        let (changes, _) = consumption::record_result(open, outcome, &self.state, now_ms)?;
        self.state.apply(changes);
        Ok(())
    }

    /// Nobody will come back to a call: what is kept for that alone is forgotten. What it took or holds stays.
    pub fn forget(&mut self, id: &str) {
        self.state.apply(sorted::Map::from_iter([(StateKey::Reservation(id.to_owned()), StateValue::Gone)]));
    }
}

/// A state, and what was noted of moderators.
struct Noted<'a> {
    state: &'a Memory,
    notes: &'a [ModerationNote],
    others_are_content: bool,
}

impl Knowledge for Noted<'_> {
    fn state(&self, key: &StateKey) -> Result<Option<StateValue>, Stop> {
        self.state.state(key)
    }

    fn moderation(&self, _: &ActionCall, moderator: Option<&str>) -> Result<Option<Vec<ModerationResult>>, Stop> {
        match self.notes.iter().find(|note| note.moderator.as_deref() == moderator) {
            Some(note) => Ok(note.results.clone()),
            None if self.others_are_content => Ok(Some(Vec::new())),
            None => Err(Stop::Needs),
        }
    }
}

/// What an evaluation over a memory failed with.
pub fn failed(stop: Stop) -> Error {
    match stop {
        Stop::Failed(error) => error,
        Stop::Refused(refusal) => {
            Error { path: refusal.path, ..Error::new(ErrorCode::MalformedRequest, refusal.message) }
        }
        Stop::Needs | Stop::Stale => Error::new(ErrorCode::EvalInternalError, "a memory does not know its own state"),
    }
}

/// Refuses a call that the service would refuse, at its place in the request.
///
/// # Errors
/// `malformed_request`.
pub fn checked(call: &ActionCall, path: &str) -> Result<(), Error> {
    check_call(call).map_err(|stop| {
        let error = failed(stop);
        let field = error.path.clone().unwrap_or_default();
        let field = field.trim_start_matches("/operation").trim_start_matches("/call").to_owned();
        error.at(format!("{path}{field}"))
    })
}
