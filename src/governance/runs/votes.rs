//! Votes: by entitled people only, one for each person and requirement; stages that open one after the other (section 6).

use super::Runs;
use super::found::wrong_state;
use super::stored::{CountedVote, RunApproval, RunChange, RunState, RunType, StoredRun, entry_key, kind};
use super::timeline::{self, Actor};
use crate::decision::audit::timestamp;
use crate::decision::{
    Asking, Done, Identity, Notice, OrgRole, Reason, Refusal, RefusalCode, Requirement, RequirementStatus, Stop, Verb,
};
use crate::error::ErrorCode;
use crate::governance::people::{self, Starters};
use crate::governance::requirements::Vote;
use crate::typed;
use serde_json::json;

/// How long approvers are left alone after they were told again, in milliseconds.
const RENOTIFY_MS: u64 = 5 * 60 * 1000;

impl Runs<'_> {
    /// `POST /workspaces/{w}/runs/{r}/approve` and `/reject`
    pub(super) fn vote(&self, asking: &Asking, id: &str, vote: Vote, comment: &str) -> Result<Done, Stop> {
        let (mut run, version) = self.found(asking, id)?;
        let verb = match vote {
            Vote::Approved => Verb::Approve,
            Vote::Rejected => Verb::Reject,
        };
        let identity = self.permitted(asking, &run.workspace_id, verb)?;
        // Keys never vote, whatever they carry (G14), and neither does somebody without an id: it is what votes are counted by.
        let Some(user_id) = identity.id.clone().filter(|id| identity.is_session && !id.is_empty()) else {
            let message = "only people vote: an API key or a service is not one";
            return Err(Refusal::new(RefusalCode::NotPermitted, message).into());
        };
        if run.status != RunState::PendingApproval {
            return Err(wrong_state(&run, "waits for no vote"));
        }
        let open = open_to_people(&run);
        let starters = Starters::of([&run.user, &run.asked_by].into_iter().flatten(), run.triggered_by.as_deref());
        let is_own = starters.include(identity.id.as_deref(), identity.email.as_deref());
        self.want_teams(asking, &open, &user_id);
        let mut entitled = Vec::new();
        for requirement in &open {
            // Only a yes is self-approval: whoever started a run may always stop it.
            let is_self_approval = is_own && vote == Vote::Approved && requirement.forbids_self_approval;
            if !is_self_approval && self.is_entitled(asking, requirement, &identity, &user_id)? {
                entitled.push(requirement.id.clone());
            }
        }
        if entitled.is_empty() {
            let why =
                if is_own && vote == Vote::Approved && open.iter().any(|requirement| requirement.forbids_self_approval)
                {
                    "whoever started the run may not vote on it"
                } else {
                    "no open requirement asks for them"
                };
            let message = format!("{} may not vote on this run now: {why}", identity.name());
            return Err(Refusal::new(RefusalCode::NotPermitted, message).into());
        }
        let voted = |requirement: &String| {
            run.votes.iter().any(|vote| vote.user_id == user_id && vote.requirement_id == *requirement)
        };
        entitled.retain(|requirement| !voted(requirement));
        if entitled.is_empty() {
            let message = format!("{} has voted on everything that is open", identity.name());
            return Err(Refusal::new(RefusalCode::WrongState, message).into());
        }
        let mut change = RunChange::of(id, version, self.operation_id);
        run.updated_at_ms = self.now_ms;
        let actor = Actor::User(user_id.clone());
        let approval = RunApproval {
            id: self.operation_id.to_owned(),
            run_id: run.id.clone(),
            user_id: user_id.clone(),
            user_email: identity.email.clone(),
            decision: if vote == Vote::Approved { "approved" } else { "rejected" }.to_owned(),
            comment: comment.to_owned(),
            requirement_ids: entitled.clone(),
            created_at: timestamp(self.now_ms),
        };
        change.append(kind::APPROVAL, entry_key(&run.id, run.events + 1), &approval)?;
        let mut details = json!({ "decision": approval.decision, "comment": comment, "requirement_ids": entitled });
        if is_own && let Some(details) = details.as_object_mut() {
            // Self-approval is allowed unless it is forbidden, and always told (G25).
            details.insert("self_approval".to_owned(), true.into());
        }
        timeline::record(&mut run, &mut change, self.now_ms, "approval_received", &actor, details)?;
        for requirement in &entitled {
            run.votes.push(CountedVote { requirement_id: requirement.clone(), user_id: user_id.clone() });
        }
        match vote {
            Vote::Approved => self.approved(&mut run, &mut change, &entitled, &actor)?,
            Vote::Rejected => {
                let name = identity.name().to_owned();
                self.rejected(&mut run, &mut change, &entitled, &actor, &name, comment)?;
            }
        }
        self.settle(asking, &mut run, &mut change)?;
        Self::done(change, &run, &run)
    }

    /// Counts a yes, opens stages, and ends the run's waiting when nothing is left.
    pub(super) fn approved(
        &self,
        run: &mut StoredRun,
        change: &mut RunChange,
        met: &[String],
        actor: &Actor,
    ) -> Result<(), Stop> {
        let mut satisfied = Vec::new();
        for requirement in run.requirements.iter_mut().filter(|requirement| met.contains(&requirement.id)) {
            requirement.approvals_count += 1;
            if requirement.approvals_count >= requirement.min_approvals {
                requirement.status = RequirementStatus::Satisfied;
                satisfied.push(
                    json!({ "requirement_id": requirement.id, "name": requirement.name, "stage": requirement.stage }),
                );
            }
        }
        for details in satisfied {
            timeline::record(run, change, self.now_ms, "requirement_satisfied", actor, details)?;
        }
        self.open_next(run, change)
    }

    /// Opens the next stage when the one before it is met; ends the waiting when none is left.
    pub(super) fn open_next(&self, run: &mut StoredRun, change: &mut RunChange) -> Result<(), Stop> {
        let is_open = |requirement: &&Requirement| requirement.status != RequirementStatus::Satisfied;
        let Some(stage) = run.requirements.iter().filter(is_open).map(|requirement| requirement.stage).min() else {
            return self.all_met(run, change);
        };
        let before: Vec<String> = run
            .requirements
            .iter()
            .filter(|requirement| requirement.status == RequirementStatus::Active)
            .map(|requirement| requirement.id.clone())
            .collect();
        for requirement in &mut run.requirements {
            if requirement.stage == stage && requirement.status == RequirementStatus::Pending {
                requirement.activate(self.now_ms);
            }
        }
        self.tell_opened(run, change, &before)?;
        let opened: Vec<Requirement> = run
            .requirements
            .iter()
            .filter(|requirement| requirement.status == RequirementStatus::Active && !before.contains(&requirement.id))
            .cloned()
            .collect();
        for requirement in opened {
            change.tell(requested(run, requirement, String::new()))?;
        }
        Ok(())
    }

    fn all_met(&self, run: &mut StoredRun, change: &mut RunChange) -> Result<(), Stop> {
        match run.run_type {
            RunType::Plan => {
                run.status = RunState::Completed;
                change.tell(decided(run))
            }
            // What is left is to perform it (G7).
            RunType::Apply => {
                run.status = RunState::Queued;
                self.tell_queued(run, change)
            }
        }
    }

    /// A no ends the run: what it was given on is rejected, everything else that is open is cancelled.
    pub(super) fn rejected(
        &self,
        run: &mut StoredRun,
        change: &mut RunChange,
        refused: &[String],
        actor: &Actor,
        who: &str,
        comment: &str,
    ) -> Result<(), Stop> {
        let mut told = Vec::new();
        for requirement in &mut run.requirements {
            if refused.contains(&requirement.id) {
                requirement.status = RequirementStatus::Rejected;
                let why = if comment.is_empty() { String::new() } else { format!(": {comment}") };
                run.reasons.push(Reason {
                    requirement_id: Some(requirement.id.clone()),
                    ..Reason::new("approval_rejected", format!("{who} rejected `{}`{why}", requirement.name))
                });
                told.push(json!({ "requirement_id": requirement.id, "name": requirement.name, "stage": requirement.stage, "comment": comment }));
            } else if matches!(requirement.status, RequirementStatus::Pending | RequirementStatus::Active) {
                requirement.status = RequirementStatus::Cancelled;
            }
        }
        for details in told {
            timeline::record(run, change, self.now_ms, "requirement_rejected", actor, details)?;
        }
        run.status = RunState::Rejected;
        change.tell(decided(run))
    }

    /// `POST /workspaces/{w}/runs/{r}/renotify`
    pub(super) fn renotify(&self, asking: &Asking, id: &str) -> Result<Done, Stop> {
        let (mut run, version) = self.found(asking, id)?;
        let identity = match self.permitted(asking, &run.workspace_id, Verb::Approve) {
            Err(Stop::Refused(_)) => self.permitted(asking, &run.workspace_id, Verb::Write)?,
            identity => identity?,
        };
        if run.status != RunState::PendingApproval {
            return Err(wrong_state(&run, "waits for no vote"));
        }
        if run.renotified_at_ms.is_some_and(|at| self.now_ms < at.saturating_add(RENOTIFY_MS)) {
            return Err(Refusal::new(RefusalCode::TooSoon, "approvers were told again less than 5 minutes ago").into());
        }
        run.renotified_at_ms = Some(self.now_ms);
        run.updated_at_ms = self.now_ms;
        let mut change = RunChange::of(id, version, self.operation_id);
        timeline::record(&mut run, &mut change, self.now_ms, "approvers_notified", &Actor::of(&identity), json!({}))?;
        let open = open_to_people(&run);
        for requirement in open {
            change.tell(requested(&run, requirement, format!(":{}", self.now_ms)))?;
        }
        Self::done(change, &run, &run)
    }

    /// Asks for all teams in one round, and then for all memberships.
    fn want_teams(&self, asking: &Asking, open: &[Requirement], user_id: &str) {
        let teams: Vec<&String> = open
            .iter()
            .filter(|requirement| requirement.approver_type == "team")
            .filter_map(|requirement| requirement.approver_id.as_ref())
            .collect();
        for team in &teams {
            asking.want(people::team_need(self.org_id, team));
        }
        for team in teams {
            if let Ok(Some(team)) = people::team_of_id(asking, self.org_id, team) {
                asking.want(people::member_need(self.org_id, user_id, &team.id));
            }
        }
    }

    /// Whether a requirement asks for this person, now (G23, G27 to G29, G32).
    fn is_entitled(
        &self,
        asking: &Asking,
        requirement: &Requirement,
        identity: &Identity,
        user_id: &str,
    ) -> Result<bool, Stop> {
        let approver = requirement.approver_id.as_deref().unwrap_or_default();
        Ok(match requirement.approver_type.as_str() {
            "user" => approver == user_id,
            "org_role" => {
                let needed = requirement.approver_role.as_deref().and_then(role);
                needed.is_some_and(|needed| identity.org_role.is_some_and(|role| role >= needed))
            }
            "team" => match people::team_of_id(asking, self.org_id, approver)? {
                // A team that is not there, or has nobody in it: administrators may, so that nothing waits for ever.
                None => identity.is_org_admin(),
                Some(team) if team.is_empty && identity.is_org_admin() => true,
                Some(team) => asking.value(people::member_need(self.org_id, user_id, &team.id))?,
            },
            _ => false,
        })
    }
}

/// What waits for people: a check does too, once it was handed on.
fn open_to_people(run: &StoredRun) -> Vec<Requirement> {
    let is_open = |requirement: &&Requirement| {
        requirement.status == RequirementStatus::Active && requirement.approver_type != "external_provider"
    };
    run.requirements.iter().filter(is_open).cloned().collect()
}

fn role(word: &str) -> Option<OrgRole> {
    typed::read(word.into(), ErrorCode::FactWrongShape, "a role").ok()
}

/// The notice that somebody is asked to approve; `again` tells a repeated one from the first.
pub(super) fn requested(run: &StoredRun, requirement: Requirement, again: String) -> Notice {
    let evaluation = run.evaluation.as_ref();
    Notice::ApprovalRequested {
        id: format!("{}:requested{again}", requirement.id),
        org_id: run.org_id.clone(),
        run_id: run.id.clone(),
        digest: evaluation.map(|evaluation| evaluation.digest.clone()).unwrap_or_default(),
        revision: evaluation.map(|evaluation| evaluation.revision.clone()).unwrap_or_default(),
        requirement,
    }
}

/// The notice of the final word.
pub(super) fn decided(run: &StoredRun) -> Notice {
    Notice::RunDecided {
        id: format!("{}:{}", run.id, run.status.as_str()),
        org_id: run.org_id.clone(),
        run_id: run.id.clone(),
        run_status: run.status.as_str().to_owned(),
    }
}
