// What must be told of each commit of a run: exactly this, each under an id of its own.

import assert from "node:assert/strict";
import { TERMINAL } from "./statuses.mjs";

/** The notices that are committed with a run are those that what happened asks for. */
export function checkNotices(changes, { journal, notices, events }) {
  const expected = changes.flatMap(({ run, was }) => expectedNotices(run, was, events, journal.clock.now));
  assert.deepEqual(notices.map(({ id, kind }) => `${kind} ${id}`).sort(), expected.map(({ id, kind }) => `${kind} ${id}`).sort(), "what is to be told");
  for (const notice of notices) {
    const { run } = changes.find(({ run: { id } }) => id === notice.run_id) ?? {};
    assert.equal(notice.org_id, run?.org_id, `${notice.id}: the organisation that is told`);
    if ("digest" in notice) assert.deepEqual([notice.digest, notice.revision], [run.evaluation.digest, run.evaluation.revision], `${notice.id}: what it is about`);
    if (notice.kind === "external_check_requested") assert.equal(notice.sign_message, `${notice.provider_id}:${run.id}`, `${notice.id}: what is signed`);
    if (notice.kind === "run_decided") assert.equal(notice.run_status, run.status, `${notice.id}: the final word`);
    if (notice.kind === "approval_requested") assert.deepEqual(notice.requirement, run.requirements.find(({ id }) => id === notice.requirement.id), `${notice.id}: what is asked`);
  }
}

function expectedNotices(run, was, events, now) {
  const own = events.filter(({ run_id }) => run_id === run.id);
  const notices = [];
  for (const requirement of run.requirements) {
    const { id, status, approver_type } = requirement;
    const known = was?.requirements.find((other) => other.id === id);
    const kind = approver_type === "external_provider" ? "external_check_requested" : "approval_requested";
    if (status === "active" && known?.status !== "active") notices.push({ kind, id: `${id}:requested` });
    for (const event of own) {
      if (event.event_type === "requirement_escalated" && event.details.requirement_id === id) notices.push({ kind: "approval_requested", id: `${id}:requested:escalated` });
      if (event.event_type === "approvers_notified" && status === "active" && kind === "approval_requested") notices.push({ kind, id: `${id}:requested:${run.renotified_at_ms}` });
    }
  }
  if (own.some(({ event_type }) => event_type === "approvers_notified")) {
    assert.ok(run.renotified_at_ms <= now && run.renotified_at_ms - (was.renotified_at_ms ?? -Infinity) >= 300_000, `${run.id}: approvers were told again too soon`);
  }
  if (TERMINAL.includes(run.status) && run.status !== was?.status) notices.push({ kind: "run_decided", id: `${run.id}:${run.status}` });
  const isQueued = run.run_type === "apply" && run.status === "queued" && was?.status !== "queued";
  if (isQueued) notices.push({ kind: "apply_queued", id: `${run.id}:queued` });
  return notices;
}
