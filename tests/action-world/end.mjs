// What must be true when all is over: every decision is in the log once, nothing is left untold, and nothing is leaked.

import assert from "node:assert/strict";
import { actions, deliverNotices } from "regate";
import { all, checkAccounts, usd } from "./commits.mjs";
import { ORGS } from "./journal.mjs";
import { spendingOf } from "./spending.mjs";

export async function checkEnd(world, answers, counts) {
  const { journal, hosts, clock, store } = world;
  await deliverNotices(hosts[0]);
  assert.deepEqual(await deliverNotices(hosts[1]), { delivered: 0, failed: 0 }, "notices are left");
  for (const [id, notice] of journal.notices) assert.deepEqual(journal.told.get(id), notice, `what was told as ${id}`);
  for (const id of journal.told.keys()) assert.ok(journal.notices.has(id), `${id} was told and never committed`);
  for (const { org, decision } of answers.decisions) checkAnswer(decision, journal.known[org]);
  // Whatever waited for an approval has expired.
  clock.now += 86_400_000;
  for (const org of ORGS) {
    await checkLog(actions(hosts[1], { org_id: org, asker: "ada" }), journal.known[org], store, org);
    await settleAll(actions(hosts[0], { org_id: org, asker: "bot" }), journal.known[org]);
    await checkNothingLeaked(actions(hosts[1], { org_id: org, asker: "ada" }), journal.known[org]);
    for (const { result } of journal.known[org].audits.values()) {
      const word = result?.reason_code ?? result?.decision;
      if (word !== undefined) counts.decisions[word] = (counts.decisions[word] ?? 0) + 1;
    }
  }
}

// A decision that was answered was committed as it was answered. A call that still waits was decided before.
function checkAnswer(decision, { audits }) {
  const found = [...audits.values()].some(({ result }) => JSON.stringify(result) === JSON.stringify(decision));
  const stillWaits = decision.decision === "require_approval" && audits.has(decision.reservation.id);
  assert.ok(found || stillWaits, `a decision was answered and is in no log: ${JSON.stringify(decision)}`);
}

async function checkLog({ decisions }, { audits }, store, org) {
  const ids = [];
  let cursor = null;
  do {
    const page = await decisions.list({ limit: 100, ...(cursor === null ? {} : { cursor }) });
    ids.push(...page.decisions.map(({ decision_id }) => decision_id));
    cursor = page.cursor;
  } while (cursor !== null);
  assert.deepEqual(ids.toSorted(), [...audits.keys()].toSorted(), `${org}: the decision log`);
  assert.equal(new Set(ids).size, ids.length, `${org}: a decision is there twice`);
  assert.equal(store.list({ partition: `actions/${org}`, kind: "outbox", limit: 10, cursor: null }).records.length, 0);
}

// What has a result was made and stays spent; everything else was never made.
async function settleAll(service, { records }) {
  for (const { id, status, has_result, amount } of all(records, "action_reservation")) {
    if (status === "held" || (status === "open" && !has_result)) await service.release(id);
    else if (status === "open") await service.settle(id, Number(amount));
  }
}

async function checkNothingLeaked(service, known) {
  const { records } = known;
  const open = all(records, "action_reservation").filter(({ status }) => status === "open" || status === "held");
  assert.deepEqual(open, [], "calls are left open");
  checkAccounts(known, records);
  for (const [key, { holds = {} }] of records.action_account ?? []) assert.deepEqual(Object.keys(holds), [], `${key} still holds something`);
  const { uses, session } = spendingOf(known, records);
  for (const exception of all(records, "action_exception")) {
    const seen = await service.exceptions.get(exception.policy_id, exception.id);
    assert.equal(seen.uses, uses.get(exception.id) ?? 0, `the uses of ${exception.id}`);
  }
  // All that the settled calls have not spent is there, and not a cent more.
  const budget = all(records, "action_policy").find(({ name }) => name === "budgets").session_budget;
  for (const [session_id, spent] of session) {
    const left = usd(budget) - spent;
    const ask = (cost) => service.ask({ name: "other", session_id, run_id: "of its own", cost_usd: cost / 1e6 });
    const denied = async (cost) => (await ask(cost)).reason_code === "BUDGET_EXCEEDED";
    const { run_budget } = all(records, "action_policy").find(({ name }) => name === "budgets");
    const free = Math.min(Math.max(left, 0), usd(run_budget));
    if (left >= 0) assert.equal(await denied(free), false, `${session_id}: ${free / 1e6} are left and may not be spent`);
    assert.equal(await denied(free + 1), true, `${session_id}: more than ${free / 1e6} may be spent`);
  }
}
