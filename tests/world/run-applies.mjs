// What must be true of the applies of a changeset, in each commit of its runs.

import assert from "node:assert/strict";
import { TERMINAL } from "./statuses.mjs";

/** One apply at a time, of a completed plan; none of what was discarded, and none twice. */
export function checkApplies(changes, { journal, before, after, events, from }) {
  const plan = [...after.governed_run.values()].find(({ run_type }) => run_type === "plan");
  const was = before.governed_run?.get(plan.id);
  const { apply_runs, applied_at_ms, discarded_at_ms } = plan.changeset;
  const old = was?.changeset ?? { apply_runs: [], applied_at_ms: null, discarded_at_ms: null };
  assert.deepEqual(apply_runs.slice(0, old.apply_runs.length), old.apply_runs, `${plan.id}: its applies were changed`);
  assert.deepEqual([...after.governed_run.keys()].filter((id) => id !== plan.id).sort(), [...apply_runs].sort(), `${plan.id}: its applies`);
  assert.ok(applied_at_ms === null || discarded_at_ms === null, `${plan.id} was discarded and applied`);
  const applies = apply_runs.map((id) => after.governed_run.get(id));
  const open = applies.filter(({ status }) => !TERMINAL.includes(status));
  assert.ok(open.length <= 1, `${plan.id}: ${open.map(({ id }) => id)} apply it at once`);
  assert.ok(open.length === 0 || (applied_at_ms === null && discarded_at_ms === null), `${plan.id} was applied or discarded, and ${open[0]?.id} goes on`);
  const done = applies.filter(({ status }) => status === "completed");
  assert.equal(done.length, applied_at_ms === null ? 0 : 1, `${plan.id}: how often it was applied`);
  if (old.applied_at_ms !== null) assert.equal(applied_at_ms, old.applied_at_ms, `${plan.id} was applied twice`);
  if (old.discarded_at_ms !== null) assert.equal(discarded_at_ms, old.discarded_at_ms, `${plan.id} was discarded twice`);
  const added = apply_runs.slice(old.apply_runs.length);
  assert.ok(added.length <= 1, `${plan.id}: two applies in one commit`);
  if (added.length === 1) {
    assert.equal(plan.status, "completed", `${plan.id} is ${plan.status} and is applied`);
    assert.equal(old.discarded_at_ms, null, `${plan.id} was discarded and is applied`);
    const apply = after.governed_run.get(added[0]);
    assert.equal(apply.evaluation !== null, plan.trigger === "pr", `${apply.id}: whether it was decided on`);
  }
  checkAutoApply(changes.find(({ run }) => run.id === plan.id), { journal, events, from, isAdded: added.length === 1, wasDiscarded: old.discarded_at_ms !== null });
}

// A plan that may go ahead is applied at once where its workspace says so, and nowhere else; that of a pull request never is.
function checkAutoApply(change, { journal, events, from, isAdded, wasDiscarded }) {
  if (change === undefined || change.run.status !== "completed") return;
  const { run, was } = change;
  const isAsked = events.some(({ event_type, run_id }) => event_type === "apply_requested" && run_id === run.id);
  const isQueued = events.some(({ event_type, run_id }) => event_type === "apply_queued" && run_id === run.id);
  assert.equal(isAdded, isAsked || isQueued, `${run.id}: its apply in the timeline`);
  if (was?.status === "completed") return assert.ok(!isQueued, `${run.id} was applied long after it completed`);
  const could = journal.setups[run.org_id].since(from).map((setup) => setup.workspace.get(run.workspace_id).auto_apply && run.trigger !== "pr" && !wasDiscarded);
  assert.ok(could.includes(isQueued), `${run.id}: whether it is applied at once is ${isQueued}`);
}
