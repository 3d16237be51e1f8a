// One world from its seed: set up, lived in for some rounds, and looked at in the end.

import assert from "node:assert/strict";
import { governance } from "regate";
import { chance, choices as choicesOf } from "./chance.mjs";
import { checkEnd } from "./end.mjs";
import { Moments } from "./history.mjs";
import { hostsOf } from "./hosts.mjs";
import { Journal } from "./journal.mjs";
import { NOTHING, isExpected, operationsOf } from "./operations.mjs";
import { ownTime } from "./own-time.mjs";
import { ADMINISTRATOR } from "./people.mjs";
import { SOURCES } from "./policies.mjs";

/** Lives a world for so many rounds, and adds to the counts. Throws when something is broken. */
export async function simulate(seed, rounds, counts) {
  const giveBack = ownTime(chance(-seed));
  try {
    await live(chance(seed), rounds, counts);
  } finally {
    giveBack();
  }
}

async function live(random, rounds, counts) {
  const choices = choicesOf(random);
  const clock = { now: Date.UTC(2024, 10, 20) };
  const journal = new Journal(new Moments(), clock, choices);
  const world = hostsOf(journal, choices);
  const answers = { runs: [], votes: [] };
  const service = (org) => governance(world.hosts[0], { org_id: org }).as(ADMINISTRATOR[org]);
  await settle(service, choices);
  const operations = operationsOf(world, choices, answers);
  world.faults.on = true;
  for (let round = 0; round < rounds; round++) {
    await Promise.all(chosen(operations, world, choices).map((operation) => perform(operation, counts)));
    assert.deepEqual(journal.violations, [], `in round ${round + 1}`);
  }
  world.faults.on = false;
  for (const [kind, count] of Object.entries(world.faults.counts)) counts.faults[kind] = (counts.faults[kind] ?? 0) + count;
  await checkEnd(world, answers, counts);
  assert.deepEqual(journal.violations, [], "in the end");
}

// What goes on at once: anything, a crowd about one run, or an upheaval of what is set up while runs are decided on.
function chosen(operations, world, { often, below, pick, weighed }) {
  // Mostly one that people are about to decide on.
  const all = ["o-1", "o-2"].flatMap((org) => world.journal.runs(org));
  const runs = often(0.8) ? all.filter(({ status }) => status === "pending_approval") : all.slice(-3);
  world.focus = runs.length > 0 && often(0.35) ? pick(runs) : undefined;
  if (world.focus !== undefined) return Array.from({ length: 2 + below(4) }, () => weighed(operations.filter(({ about }) => about === "run" || about === "decision")));
  const some = (count, about) => Array.from({ length: count }, () => weighed(operations.filter((operation) => operation.about === about)));
  const isUpheaval = often(0.25);
  world.slowness = isUpheaval ? 0.2 : 0.02;
  if (isUpheaval) return [...some(1 + below(2), "decision"), ...some(3 + below(3), "setup")];
  return Array.from({ length: 1 + below(4) }, () => weighed(operations));
}

async function perform({ name, act }, counts) {
  counts.steps++;
  const count = (counts.operations[name] ??= { done: 0, refused: 0 });
  try {
    if ((await act()) !== NOTHING) count.done++;
  } catch (thrown) {
    // Refusals and failures of the host are expected; anything else is a defect.
    if (!isExpected(thrown)) throw new Error(`${name}: ${thrown.message}`, { cause: thrown });
    count.refused++;
    const code = thrown.code ?? thrown.message;
    counts.refusals[code] = (counts.refusals[code] ?? 0) + 1;
  }
}

// Both organisations begin alike, down to the ids of workspaces.
async function settle(service, { pick, often }) {
  for (const org of Object.keys(ADMINISTRATOR)) {
    const { workspaces, approvalRules, policySets, providers } = service(org);
    await workspaces.put("w-1", { name: "shop", project_id: "p-1", auto_apply: true });
    if (org === "o-1") await workspaces.put("w-2", { name: "shop two", project_id: "p-2" });
    await approvalRules.create({ name: `rule ${org}`, approver_type: "team", approver_id: "t-one", condition: { type: "destroyed_gt", value: 0 } });
    const { id } = await policySets.create({ name: `set ${org}`, enforcement: pick(["mandatory", "advisory"]) });
    await policySets.policies.add(id, { name: `policy ${org}`, rego_source: pick(SOURCES) });
    if (often(0.5)) continue;
    const provider = await providers.create({ name: `scan ${org}`, callback_url: "https://scan.example/checks", timeout_hours: 4, escalation_action: pick(["escalate_to", "reject"]) });
    await providers.storeSecret(provider.id, `secret of ${org}`);
    await providers.attachScope(provider.id, { scope_type: "workspace", scope_id: "w-1" });
  }
}
