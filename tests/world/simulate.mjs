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
    await Promise.all(Array.from({ length: 1 + choices.below(4) }, () => perform(choices.weighed(operations), counts)));
    assert.deepEqual(journal.violations, [], `in round ${round + 1}`);
  }
  world.faults.on = false;
  for (const [kind, count] of Object.entries(world.faults.counts)) counts.faults[kind] = (counts.faults[kind] ?? 0) + count;
  await checkEnd(world, answers, counts);
  assert.deepEqual(journal.violations, [], "in the end");
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
