// What must be true of every commit on actions: who was allowed what, computed a second time from the reservations alone.

import assert from "node:assert/strict";
import { parts, spendingOf } from "./spending.mjs";

export const usd = (amount) => Math.round(Number(amount) * 1e6);
export const all = (records, kind) => [...(records[kind]?.values() ?? [])];

/** What becomes of reservations in each kind of entry: from and to, as `open>settled`. */
const STEPS = {
  "action/authorize allow": ["none>open"],
  "action/authorize require_approval": ["none>held"],
  "action/authorize deny": [],
  "action/authorize replay": [],
  "action/resume allow": ["held>open"],
  "action/resume deny": ["held>released"],
  "action/settle": ["open>settled"],
  "action/release": ["open>released", "held>released"],
  "action/result": ["open>open", "open>settled", "settled>settled"],
  "action/approval": ["held>released"],
};
const MUST_STEP = ["action/authorize allow", "action/authorize require_approval", "action/resume allow", "action/settle", "action/release", "action/result"];

export function checkCommit({ commit, before, after, known, isBegun }) {
  const audits = commit.append.filter(({ kind }) => kind === "audit").map(({ value }) => value);
  if (commit.idempotency_key.endsWith(":told") || commit.idempotency_key.startsWith("told:")) {
    return assert.ok(audits.length === 0 && commit.put.every(({ kind, value }) => kind === "outbox" && value === null), "what was told is taken out, and nothing else");
  }
  assert.ok(isBegun, "nobody began it");
  assert.ok(audits.length <= 1, "it is audited twice");
  const steps = stepsOf(commit, before);
  if (audits.length === 0) return assert.deepEqual(steps, [], "calls change, and nothing is audited");
  const [audit] = audits;
  assert.equal(audit.decision_id, commit.idempotency_key, "it is audited under another id");
  assert.ok(!known.audits.has(audit.decision_id), "it was audited before");
  known.audits.set(audit.decision_id, audit);
  // An operation keeps the time at which it began: one that comes late has an earlier one than those before it.
  known.latest = Math.max(known.latest, Date.parse(audit.timestamp));
  const name = nameOf(audit);
  checkSteps(name, steps);
  follow(audit, name, steps, known, after);
  if (name.startsWith("action/authorize") || name.startsWith("action/resume")) checkDecision(audit, name, steps, known, after);
  checkAccounts(known, after);
}

function nameOf({ path, result }) {
  if (result?.decision === undefined) return path;
  return `${path} ${result.idempotent_replay === undefined ? result.decision : "replay"}`;
}

function stepsOf(commit, before) {
  return commit.put
    .filter(({ kind }) => kind === "action_reservation")
    .map(({ key, value }) => {
      const was = before.action_reservation?.get(key);
      return { id: key, was, is: value, step: `${was?.status ?? "none"}>${value.status}` };
    });
}

function checkSteps(name, steps) {
  const allowed = STEPS[name] ?? [];
  for (const { id, step, was, is } of steps) {
    assert.ok(allowed.includes(step), `${name} makes ${id} ${step}`);
    if (step === "held>open") assert.ok(usd(is.amount) <= usd(was.amount), `${id} costs more than was approved`);
    if (name === "action/result") assert.ok(!was.has_result && is.has_result, `${id} gets a second result`);
    if (step === "open>released") assert.ok(!was.has_result, `${id} is given back after its result`);
  }
  assert.ok(steps.length <= 1, `${name} changes ${steps.length} calls`);
  if (MUST_STEP.includes(name)) assert.equal(steps.length, 1, `${name} changes no call`);
}

/** Keeps what the records do not say: which calls a run has forgotten, when they were made, and what they were. */
function follow(audit, name, steps, known, after) {
  const [step] = steps;
  if (audit.path === "action/reset") {
    const run = parts(audit.input.session_id, audit.input.run_id);
    known.epochs.set(run, (known.epochs.get(run) ?? 0) + 1);
  }
  if (step?.is.status === "open" && step.was?.status !== "open") {
    known.ofRun.set(step.id, known.epochs.get(parts(step.is.session, step.is.run)) ?? 0);
  }
  if (step !== undefined && step.was === undefined) {
    known.times.set(step.id, known.latest);
    known.calls.set(step.id, audit.input);
  }
  if (name === "action/result" && audit.input.outcome === "success" && step.was.expires_at_ms > known.latest) known.succeeded.set(step.id, known.latest);
  assert.ok(after !== undefined);
}

function checkDecision({ path, input, result, decision_id }, name, [step], known, after) {
  if (result.decision === "deny") return assert.ok(typeof result.reason_code === "string" && result.message !== "", "a denial says why");
  if (result.idempotent_replay !== undefined) return assert.equal(step, undefined, "a replay takes something");
  const { id, is } = step;
  assert.equal(result.reservation.id, id, "the decision names another call");
  const killed = [["agent", input.agent_id], ["run", input.run_id]].find(([type, target]) => after.kill_switch?.get(`${type}/${target}`)?.is_active === true);
  assert.equal(killed, undefined, `${name} though ${killed} is stopped`);
  if (path === "action/resume") {
    const approval = after.action_approval.get(is.approval);
    assert.equal(approval.status, "approved", "nobody approved it");
    const asked = known.calls.get(id);
    for (const field of ["name", "kwargs", "agent_id", "run_id", "session_id"]) assert.deepEqual(input[field], asked[field], `it was approved with another ${field}`);
    return;
  }
  assert.equal(id, decision_id, "the call has another id than its decision");
  assert.equal(usd(is.amount), usd(input.cost_usd), "it holds another amount than it costs");
  checkLimits({ input, id, known, after });
  checkDenied(input, result, after);
  checkKey(is, known, after);
}

/** Every budget, rate and exception, with this call. */
function checkLimits({ input, id, known, after }) {
  const policies = all(after, "action_policy").filter(({ enabled, scope, target_id }) => enabled && (scope === "global" || target_id === input.agent_id));
  const { session, run, action, slots, uses } = spendingOf(known, after);
  const least = (values) => Math.min(Infinity, ...values.filter((value) => value !== null && value !== undefined).map(usd));
  const within = (total = 0, limit, what) => assert.ok(total <= limit, `${id}: ${what} is ${total / 1e6} of ${limit / 1e6}`);
  within(session.get(input.session_id), least(policies.map(({ session_budget }) => session_budget)), "its session");
  within(run.get(parts(input.session_id, input.run_id)), least(policies.map(({ run_budget }) => run_budget)), "its run");
  within(action.get(parts(input.session_id, input.name)), least(policies.map(({ action_budgets }) => action_budgets[input.name])), "its action");
  for (const { max_count, window_seconds } of policies.flatMap(({ rate_limits }) => rate_limits[input.name] ?? [])) {
    const since = known.latest - window_seconds * 1000;
    const count = (slots.get(parts(input.session_id, input.name)) ?? []).filter((time) => time > since).length;
    assert.ok(count <= max_count, `${id}: \`${input.name}\` is taken ${count} times in ${window_seconds} s, of ${max_count}`);
  }
  for (const { id: exception, max_uses } of all(after, "action_exception")) {
    assert.ok((uses.get(exception) ?? 0) <= (max_uses ?? Infinity), `${exception} is used ${uses.get(exception)} times of ${max_uses}`);
  }
}

// What a policy denies passes with an exception from it alone.
function checkDenied(input, { exceptions_applied }, after) {
  const lifted = exceptions_applied.map((id) => all(after, "action_exception").find((exception) => exception.id === id)?.policy_id);
  for (const { id, enabled, scope, target_id, denied_actions } of all(after, "action_policy")) {
    const applies = enabled && (scope === "global" || target_id === input.agent_id);
    assert.ok(!applies || !denied_actions.includes(input.name) || lifted.includes(id), `${id} denies it`);
  }
}

// In no run, keys belong to the agent and the session.
const whose = ({ run, session, agent }) => (run === null ? JSON.stringify([session, agent]) : run);

// One call at a time under a key, and none while the result of an earlier one is kept.
function checkKey(is, known, after) {
  if (is.idempotency === null) return;
  const [key] = is.idempotency;
  for (const other of all(after, "action_reservation")) {
    const isSame = other.id !== is.id && other.idempotency?.[0] === key && other.action === is.action && whose(other) === whose(is);
    if (!isSame || other.status === "released") continue;
    const ended = known.succeeded.get(other.id);
    assert.ok(ended === undefined || ended + other.idempotency[1] <= known.latest, `${other.id} has given the result of its key`);
    const keptUntil = Math.max(other.expires_at_ms, other.at_ms + other.idempotency[1]);
    assert.ok(other.has_result || keptUntil <= known.latest, `${other.id} is under way with its key`);
  }
}

/** The accounts say what the reservations do. */
export function checkAccounts(known, after) {
  const { spent, held } = spendingOf(known, after);
  for (const [key, account] of after.action_account ?? []) {
    assert.equal(usd(account.spent), spent.get(key) ?? 0, `what ${key} has spent`);
    for (const [action, { spent: ofAction }] of Object.entries(account.actions)) {
      assert.equal(usd(ofAction), spent.get(`${key} ${action}`) ?? 0, `what ${key} has spent for ${action}`);
    }
    const missing = (held.get(key) ?? []).filter((id) => account.holds?.[id] === undefined);
    assert.deepEqual(missing, [], `what ${key} holds`);
  }
}
