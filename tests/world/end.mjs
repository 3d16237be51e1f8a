// What must be true when all is over: nothing was lost, nothing is left untold, and what was acknowledged is still so.

import assert from "node:assert/strict";
import { deliverNotices, governance } from "regate";
import { ADMINISTRATOR, ORGS } from "./people.mjs";
import { TERMINAL } from "./statuses.mjs";

export async function checkEnd({ journal, hosts, store }, answers, counts) {
  await deliverNotices(hosts[0]);
  assert.deepEqual(await deliverNotices(hosts[1]), { delivered: 0, failed: 0 }, "notices are left");
  checkTold(journal);
  for (const org of ORGS) {
    const service = governance(hosts[1], { org_id: org }).as(ADMINISTRATOR[org]);
    await checkSwept(service, org, journal);
    for (const run of journal.runs(org)) await checkRead(run, service, { journal, store });
    await checkLists(service, org, journal);
  }
  await deliverNotices(hosts[0]);
  checkTold(journal);
  checkAnswers(answers, journal);
  for (const { run_type, trigger, status } of ORGS.flatMap((org) => journal.runs(org))) {
    const kind = run_type === "apply" ? (trigger === "pr" ? "applies of pull requests" : "applies") : trigger === "pr" ? "plans of pull requests" : "plans";
    counts.ends[kind] ??= {};
    counts.ends[kind][status] = (counts.ends[kind][status] ?? 0) + 1;
  }
}

function checkTold({ notices, told }) {
  for (const [id, notice] of notices) assert.deepEqual(told.get(id), notice, `what was told as ${id}`);
  for (const id of told.keys()) assert.ok(notices.has(id), `${id} was told and never committed`);
}

// What was due is acted on by one sweep, and by that one alone.
async function checkSwept(service, org, { clock }) {
  const { failed } = await service.sweep();
  assert.equal(failed, 0, `${org}: runs could not be swept`);
  const { swept, next_at_ms } = await service.sweep();
  assert.deepEqual(swept, [], `${org}: a second sweep did something`);
  assert.ok(next_at_ms === null || next_at_ms > clock.now, `${org}: something is due and was not swept`);
}

async function checkRead(known, { runs }, { journal, store }) {
  const { id } = known;
  const [planId] = id.split("~");
  const now = journal.partitions.get(`run/${planId}`).governed_run.get(id);
  assert.deepEqual(await runs.get(id), now, `${id}: how it is read`);
  const { events, broken_at } = await runs.timeline(id);
  assert.deepEqual([broken_at, events.length], [null, now.events], `${id}: its timeline`);
  const written = (journal.audits.get(`run/${planId}`) ?? []).map(({ decision_id }) => decision_id).sort();
  assert.deepEqual((await runs.decisionLog(id)).map(({ decision_id }) => decision_id).sort(), written, `${id}: its decision log`);
  const approvals = await runs.approvals(id);
  assert.deepEqual(approvals.flatMap(({ user_id, requirement_ids }) => requirement_ids.map((requirement_id) => ({ requirement_id, user_id }))), now.votes, `${id}: its votes`);
  const last = journal.results.get(id)?.at(-1) ?? [];
  assert.deepEqual(await runs.policyResults(id), last, `${id}: its results`);
  const stored = store.list({ partition: `run/${planId}`, kind: "governed_run", limit: 100, cursor: null }).records.map(({ value }) => value);
  assert.deepEqual(stored.find((run) => run.id === id), now, `${id}: how it is kept`);
}

async function checkLists({ policySets, approvalRules, providers }, org, journal) {
  const ids = (listed) => listed.map(({ id }) => id).sort();
  const known = (kind) => [...journal.setup(org)[kind].keys()].sort();
  assert.deepEqual(ids(await everyPage((page) => policySets.list(page), "policy_sets")), known("policy_set"), `${org}: its policy sets`);
  assert.deepEqual(ids(await everyPage((page) => approvalRules.list(page), "approval_rules")), known("approval_rule"), `${org}: its rules`);
  assert.deepEqual(ids(await everyPage((page) => providers.list(page), "external_check_providers")), known("external_check_provider"), `${org}: its providers`);
}

async function everyPage(list, name) {
  const all = [];
  let cursor = null;
  do {
    const page = await list({ limit: 2, ...(cursor === null ? {} : { cursor }) });
    all.push(...page[name]);
    cursor = page.cursor;
  } while (cursor !== null);
  return all;
}

// Answers may come late, after newer ones: what they say is compared with how the run is in the end.
function checkAnswers({ runs, votes }, journal) {
  const kept = (id) => journal.partitions.get(`run/${id.split("~")[0]}`)?.governed_run.get(id);
  for (const answer of runs) {
    const run = kept(answer.id);
    assert.ok(run !== undefined, `${answer.id} was acknowledged and is not there`);
    if (TERMINAL.includes(answer.status)) assert.equal(run.status, answer.status, `${answer.id} was ${answer.status} and came back`);
    if (answer.evaluation !== null) assert.deepEqual(run.requirements.map(({ id }) => id), answer.requirements.map(({ id }) => id), `${answer.id}: what it was said to require`);
  }
  for (const [key, acknowledged] of Object.entries(groups(votes))) {
    const { id, person, decision } = acknowledged[0];
    const counted = [...(journal.partitions.get(`run/${id.split("~")[0]}`).run_approval?.values() ?? [])].filter((vote) => vote.run_id === id && vote.user_id === person && vote.decision === decision);
    assert.ok(counted.length >= acknowledged.length, `${key}: ${acknowledged.length} votes were acknowledged, and ${counted.length} are kept`);
  }
}

function groups(votes) {
  const grouped = {};
  for (const vote of votes) (grouped[`${vote.person} ${vote.decision} ${vote.id}`] ??= []).push(vote);
  return grouped;
}
