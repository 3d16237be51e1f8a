// What must be true of the votes, the answers of providers, and the passing of time, in each commit of a run.

import assert from "node:assert/strict";

/** Who voted on what was entitled to, voted on what was open, and counts once; what is met or refused is so for a reason. */
export function checkVotes({ run, was }, context) {
  const { events, approvals } = context;
  const own = { events: events.filter(({ run_id }) => run_id === run.id), approvals: approvals.filter(({ run_id }) => run_id === run.id) };
  const cast = castVotes(run, was, own, context);
  for (const approval of cast) checkEntitled(approval, run, was, context);
  const checks = own.events.filter(({ event_type }) => event_type === "external_check_received");
  for (const event of checks) checkAnswer(event, run, was, context);
  // What was evaluated just now was not voted on.
  if (!was?.evaluation) return assert.deepEqual([run.votes, cast, checks], [[], [], []], `${run.id}: it has votes before it was evaluated`);
  for (const requirement of run.requirements) checkResolved(requirement, run, was, { ...own, checks, now: context.journal.clock.now });
}

function castVotes(run, was, { events, approvals }) {
  const before = was?.votes ?? [];
  assert.deepEqual(run.votes.slice(0, before.length), before, `${run.id}: votes were changed`);
  const added = run.votes.slice(before.length).map(({ requirement_id, user_id }) => `${user_id} ${requirement_id}`);
  const kept = approvals.flatMap(({ user_id, requirement_ids }) => requirement_ids.map((id) => `${user_id} ${id}`));
  assert.deepEqual(added, kept, `${run.id}: its votes are not those that are kept`);
  const pairs = run.votes.map(({ requirement_id, user_id }) => `${user_id} ${requirement_id}`);
  assert.equal(new Set(pairs).size, pairs.length, `${run.id}: a vote counts twice`);
  assert.ok(approvals.length <= 1, `${run.id}: two votes in one commit`);
  const told = events.filter(({ event_type }) => event_type === "approval_received").map(({ actor_id, details }) => [actor_id, details.decision, details.requirement_ids]);
  assert.deepEqual(told, approvals.map(({ user_id, decision, requirement_ids }) => [user_id, decision, requirement_ids]), `${run.id}: its votes in the timeline`);
  return approvals;
}

function checkEntitled({ user_id, decision, requirement_ids }, run, was, { journal, from }) {
  assert.equal(was.status, "pending_approval", `${run.id} was ${was.status} and was voted on`);
  assert.ok(requirement_ids.length > 0, `${run.id}: a vote on nothing`);
  for (const id of requirement_ids) {
    const requirement = was.requirements.find((known) => known.id === id);
    assert.equal(requirement?.status, "active", `${run.id}: a vote on ${requirement?.name}, which is ${requirement?.status}`);
    assert.ok(journal.people[run.org_id].couldVote(user_id, was, requirement, decision, from), `${run.id}: ${user_id} was not entitled to vote on ${requirement.name}`);
  }
  if (decision === "rejected") assert.equal(run.status, "rejected", `${run.id} was rejected by ${user_id} and is ${run.status}`);
}

function checkAnswer({ actor_id, details }, run, was, { journal }) {
  const requirement = was.requirements.find(({ id }) => id === details.requirement_id);
  const { source, source_id, approver_type, status } = requirement ?? {};
  assert.deepEqual([source, source_id, approver_type, status], ["external_check", details.provider_id, "external_provider", "active"], `${run.id}: the check that ${actor_id} answered`);
  assert.ok(journal.verified.has(`${details.provider_id} ${run.id}`), `${run.id}: an answer of ${details.provider_id} without a right token`);
  if (details.decision === "fail") assert.equal(run.status, "rejected", `${run.id}: a check failed, and it is ${run.status}`);
}

function checkResolved(requirement, run, was, { events, approvals, checks, now }) {
  const { id, name, min_approvals } = requirement;
  const known = was.requirements.find((other) => other.id === id);
  const of = (type) => events.filter(({ event_type, details }) => event_type === type && details.requirement_id === id).length;
  const voted = (decision) => approvals.some((approval) => approval.decision === decision && approval.requirement_ids.includes(id));
  const answered = (decision) => checks.some(({ details }) => details.requirement_id === id && details.decision === decision);
  const isUp = known.status === "active" && known.expires_at_ms !== null && known.expires_at_ms <= now;
  const yes = (voted("approved") ? 1 : 0) + (answered("pass") ? 1 : 0);
  assert.equal(requirement.approvals_count, known.approvals_count + yes, `${run.id}: the count of ${name}`);
  const isHandedOn = of("requirement_escalated") === 1;
  const approver = ({ approver_type, approver_id, approver_role, expires_at_ms }) => ({ approver_type, approver_id, approver_role, expires_at_ms });
  if (isHandedOn) {
    assert.ok(isUp && known.escalation_action === "escalate_to", `${run.id}: ${name} was handed on before its time was up`);
    const team = known.escalation_team_id;
    const expected = team === null ? { approver_type: "org_role", approver_id: null, approver_role: "admin" } : { approver_type: "team", approver_id: team, approver_role: null };
    assert.deepEqual(approver(requirement), { ...expected, expires_at_ms: null }, `${run.id}: whom ${name} was handed to`);
  } else if (known.status !== "pending") {
    assert.deepEqual(approver(requirement), approver(known), `${run.id}: who approves ${name} changed`);
  }
  const isMet = requirement.approvals_count >= min_approvals;
  const isWaived = of("requirement_auto_approved") === 1;
  if (isWaived) assert.ok(isUp && known.escalation_action === "auto_approve" && requirement.status === "satisfied", `${run.id}: ${name} was waived before its time was up`);
  if (requirement.status === "satisfied") {
    if (known.status !== "satisfied") assert.ok(isWaived || (yes > 0 && isMet && of("requirement_satisfied") === 1), `${run.id}: ${name} is met by too few`);
  } else if (requirement.status === "active") {
    assert.ok(!isMet, `${run.id}: ${name} has all its votes and is open`);
  }
  if (requirement.status !== "rejected" || known.status === "rejected") return;
  const isTimedOut = isUp && known.escalation_action === "reject";
  assert.ok(voted("rejected") || answered("fail") || isTimedOut, `${run.id}: nobody rejected ${name}`);
  assert.equal(of("requirement_rejected"), 1, `${run.id}: that ${name} was rejected`);
  assert.equal(run.status, "rejected", `${run.id}: ${name} was rejected and the run is not`);
}
