// What must be true of each commit of a run, from the state before it to the state after it.

import assert from "node:assert/strict";
import { differenceOf, expectedOf } from "./model.mjs";
import { checkApplies } from "./run-applies.mjs";
import { checkNotices } from "./run-notices.mjs";
import { checkVotes } from "./run-votes.mjs";
import { TERMINAL } from "./statuses.mjs";

const PUT = ["governed_run", "waiting_run", "policy_results", "plan", "outbox"];
const APPENDED = ["run_approval", "governance_event", "audit"];
/** Where a run may go from where it is. */
const NEXT = {
  queued: ["in_progress", "pending_approval", "completed", "rejected", "failed", "aborted"],
  in_progress: ["pending_approval", "completed", "rejected", "failed", "aborted"],
  pending_approval: ["completed", "queued", "rejected", "aborted"],
};

/** Throws at the first thing that is broken. `before` and `after` are the records of the run's partition by kind and key. */
export function checkRunCommit({ commit, before, after, journal }) {
  for (const { kind } of commit.put) assert.ok(PUT.includes(kind), `a \`${kind}\` was put`);
  for (const { kind } of commit.append) assert.ok(APPENDED.includes(kind), `a \`${kind}\` was appended`);
  for (const { kind, key } of commit.append) assert.ok(!before[kind]?.has(key), `the ${kind} ${key} was written over`);
  const written = [...commit.put, ...commit.append];
  const runs = commit.put.filter(({ kind }) => kind === "governed_run").map(({ value }) => value);
  if (runs.length === 0) return checkBesideRuns(written, journal);
  const orgs = new Set([...after.governed_run.values()].map(({ org_id }) => org_id));
  assert.equal(orgs.size, 1, "runs of two organisations share a partition");
  const appended = (kind) => commit.append.filter((record) => record.kind === kind).map(({ value }) => value);
  const context = {
    journal,
    before,
    after,
    ...journal.operation(commit.idempotency_key),
    events: appended("governance_event"),
    approvals: appended("run_approval"),
    audits: appended("audit"),
    notices: written.filter(({ kind, value }) => kind === "outbox" && value !== null).map(({ value }) => value),
  };
  const changes = runs.map((run) => ({ run, was: before.governed_run?.get(run.id) }));
  for (const change of changes) checkRun(change, context);
  checkApplies(changes, context);
  checkAudits(changes, context);
  checkNotices(changes, context);
}

// A preview replaces results and nothing else; what was told leaves the outbox.
function checkBesideRuns(written, journal) {
  const isPreview = written.every(({ kind, value }) => kind === "policy_results" && value !== null);
  const isTold = written.every(({ kind, key, value }) => kind === "outbox" && value === null && journal.told.has(key));
  assert.ok((isPreview && written.length === 1) || isTold, `a commit without a run wrote ${JSON.stringify(written).slice(0, 300)}`);
}

function checkRun(change, context) {
  const { run, was } = change;
  if (was === undefined) assert.equal(run.run_type === "apply", run.id.includes("~"), `${run.id}: what it is`);
  else checkKept(run, was);
  checkEvents(change, context);
  if (run.evaluation !== null && !was?.evaluation) checkEvaluation(run, context);
  checkVotes(change, context);
  checkStages(change, context);
  checkEnd(change, context);
  const waiting = context.after.waiting_run?.get(run.id);
  if (run.status !== "pending_approval") return assert.equal(waiting, undefined, `${run.id} is ${run.status} and listed as waiting`);
  const up = run.requirements.filter(({ status, expires_at_ms }) => status === "active" && expires_at_ms !== null).map(({ expires_at_ms }) => expires_at_ms);
  assert.deepEqual(waiting, { run_id: run.id, org_id: run.org_id, next_at_ms: up.length === 0 ? null : Math.min(...up) }, `${run.id}: how it waits`);
}

// A run is what it was; what was asked stays asked, and a final word stays.
function checkKept(run, was) {
  for (const field of ["id", "org_id", "workspace_id", "run_type", "trigger", "triggered_by", "user", "asked_by", "created_at_ms"]) {
    assert.deepEqual(run[field], was[field], `${run.id}: its ${field} changed`);
  }
  if (was.evaluation !== null) assert.deepEqual(run.evaluation, was.evaluation, `${run.id} was evaluated twice`);
  if (was.status !== run.status) assert.ok(NEXT[was.status]?.includes(run.status), `${run.id} was ${was.status} and became ${run.status}`);
  if (TERMINAL.includes(was.status)) {
    for (const field of ["requirements", "votes", "reasons", "plan_parts"]) assert.deepEqual(run[field], was[field], `${run.id} had ended, and its ${field} changed`);
  }
  if (was.evaluation === null) return;
  assert.deepEqual(run.requirements.map(({ id }) => id), was.requirements.map(({ id }) => id), `${run.id}: requirements came or went`);
  for (const [at, requirement] of run.requirements.entries()) {
    const known = was.requirements[at];
    for (const field of ["source", "source_id", "name", "min_approvals", "stage", "timeout_hours", "escalation_action", "escalation_team_id", "forbids_self_approval"]) {
      assert.deepEqual(requirement[field], known[field], `${run.id}: the ${field} of ${known.name} changed`);
    }
    const isResolved = ["satisfied", "rejected", "cancelled"].includes(known.status);
    if (isResolved) assert.equal(requirement.status, known.status, `${run.id}: ${known.name} was ${known.status}`);
    if (known.status === "active") assert.notEqual(requirement.status, "pending", `${run.id}: ${known.name} was closed again`);
  }
}

function checkEvents({ run, was }, { events }) {
  const own = events.filter(({ run_id }) => run_id === run.id);
  const first = (was?.events ?? 0) + 1;
  const ids = own.map((_, at) => `${run.id}/${String(first + at).padStart(12, "0")}`);
  assert.deepEqual(own.map(({ id }) => id), ids, `${run.id}: the numbers of its events`);
  assert.equal(run.events, first - 1 + own.length, `${run.id}: how many events it has`);
  assert.equal(run.last_event_hash, own.at(-1)?.hash ?? was?.last_event_hash ?? "", `${run.id}: the hash of its last event`);
}

function checkEvaluation(run, { journal, from, plan, after }) {
  const [planId] = run.id.split("~");
  if (run.run_type === "plan") journal.plans.set(run.id, plan);
  const actions = journal.plans.get(planId);
  assert.ok(actions !== undefined, `${run.id} was evaluated, and nobody delivered a plan`);
  const kept = after.policy_results?.get(run.id);
  assert.ok(kept !== undefined, `${run.id}: its results are not kept`);
  const people = journal.people[run.org_id];
  const teams = (team) => people.history.since(from).map((state) => people.team(team, state));
  const setups = journal.setups[run.org_id].since(from);
  let difference;
  const isExplained = setups.some((setup) => {
    const expected = expectedOf(setup, { org: run.org_id, run, actions, teams });
    difference = differenceOf(expected, { status: run.status, requirements: run.requirements, results: kept.policy_results });
    return difference === undefined;
  });
  assert.ok(isExplained, `${run.id} was not decided on as any set-up since it was asked has it: ${difference}`);
  if (setups.length === 1) checkRevision(run, setups[0], journal);
}

// One revision is one set of policies, rules and providers, also in two organisations.
function checkRevision(run, setup, journal) {
  const { policy_set, approval_rule, external_check_provider, policy_source } = setup;
  const sets = [...policy_set.values()].map(({ name, enforcement, plan_detail, project_id, workspace_id, enabled, policies }) => {
    const texts = policies.map(({ name: policy, source_digest }) => [policy, policy_source.get(source_digest).rego_source]);
    return JSON.stringify([name, enforcement, plan_detail, workspace_id === null ? project_id : null, workspace_id, enabled, texts.sort()]);
  });
  const rules = [...approval_rule.values()].map((rule) => JSON.stringify(rule));
  const providers = [...external_check_provider.values()].map(({ provider }) => JSON.stringify(provider));
  const contents = JSON.stringify([sets.sort(), rules.sort(), providers.sort()]);
  const { revision } = run.evaluation;
  assert.equal(journal.revisions.get(revision) ?? contents, contents, `${run.id}: the revision ${revision} stands for two set-ups`);
  journal.revisions.set(revision, contents);
}

// A stage opens when all before it is met, and then all of it.
function checkStages({ run, was }, { journal, events }) {
  const { now } = journal.clock;
  for (const requirement of run.requirements) {
    const known = was?.requirements.find(({ id }) => id === requirement.id);
    const hasOpened = requirement.status === "active" && known?.status !== "active";
    if (!hasOpened) continue;
    const closed = run.requirements.find(({ stage, status }) => stage < requirement.stage && status !== "satisfied");
    assert.equal(closed, undefined, `${run.id}: stage ${requirement.stage} opened before ${closed?.name} was met`);
    const { activated_at_ms: at, expires_at_ms, timeout_hours } = requirement;
    assert.ok(at !== null && at <= now, `${run.id}: when ${requirement.name} was opened`);
    assert.equal(expires_at_ms, timeout_hours === 0 ? null : at + timeout_hours * 3_600_000, `${run.id}: when ${requirement.name} is up`);
    const told = events.filter(({ event_type, details }) => event_type === "requirement_active" && details.requirement_id === requirement.id);
    assert.equal(told.length, 1, `${run.id}: that ${requirement.name} opened`);
  }
  if (run.status !== "pending_approval") return;
  const open = run.requirements.filter(({ status }) => status !== "satisfied");
  assert.ok(open.length > 0, `${run.id} waits for nothing`);
  const first = Math.min(...open.map(({ stage }) => stage));
  for (const { name, stage, status } of open) {
    assert.equal(status, stage === first ? "active" : "pending", `${run.id}: ${name} of stage ${stage}, while stage ${first} is open`);
  }
}

function checkEnd({ run, was }) {
  if (run.status === was?.status) return;
  const statuses = run.requirements.map(({ status }) => status);
  const isPassed = run.status === "completed" || (run.run_type === "apply" && ["queued", "in_progress"].includes(run.status));
  if (isPassed) {
    assert.ok(statuses.every((status) => status === "satisfied"), `${run.id} is ${run.status} with something open`);
    const isDenied = run.evaluation?.mandatory_violations > 0 && !(run.trigger === "pr" && run.run_type === "plan");
    assert.ok(!isDenied, `${run.id} is ${run.status} against a mandatory policy`);
  }
  if (TERMINAL.includes(run.status)) assert.ok(!statuses.some((status) => ["pending", "active"].includes(status)), `${run.id} ended with something open`);
  if (run.status !== "rejected") return;
  const isRefused = statuses.includes("rejected") || run.evaluation.mandatory_violations > 0;
  assert.ok(isRefused && run.reasons.length > 0, `${run.id} was rejected for nothing`);
}

// One entry for each evaluation, one for each final word that came later, and none for anything else.
function checkAudits(changes, { journal, audits, from }) {
  const expected = changes.flatMap(({ run, was }) => {
    const isEvaluated = run.evaluation !== null && !was?.evaluation;
    const isDecided = was?.status === "pending_approval" && !["pending_approval", "aborted"].includes(run.status);
    return isEvaluated ? [["governance/run", run]] : isDecided ? [["governance/approval", run]] : [];
  });
  assert.deepEqual(audits.map(({ path }) => path), expected.map(([path]) => path), "what is in the decision log");
  for (const [at, [path, run]] of expected.entries()) {
    const { digest, input, result, bundles, decision_id } = audits[at];
    const kind = { completed: "allow", queued: "allow", pending_approval: "hold", rejected: "deny" }[run.status];
    assert.deepEqual([digest, input.run.id, result.revision, result.decision.kind], [run.evaluation.digest, run.id, run.evaluation.revision, kind], `${run.id}: its entry in the decision log`);
    if (path === "governance/approval") {
      const told = input.requirements.map(({ id, status, approvals_count }) => [id, status, approvals_count]);
      assert.deepEqual(told, run.requirements.map(({ id, status, approvals_count }) => [id, status, approvals_count]), `${run.id}: the requirements in its final word`);
      assert.deepEqual(input.votes, run.votes, `${run.id}: the votes in its final word`);
      assert.deepEqual(bundles, {}, `${run.id}: the bundles of its final word`);
      continue;
    }
    const names = journal.setups[run.org_id].since(from).map((setup) => expectedOf(setup, { org: run.org_id, run, actions: [], teams: () => [null] }).bundles);
    assert.ok(names.some((known) => JSON.stringify(known.sort()) === JSON.stringify(Object.keys(bundles).sort())), `${run.id}: the bundles of the decision ${decision_id}`);
  }
}
