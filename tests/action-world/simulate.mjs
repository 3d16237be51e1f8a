// One world of agents from its seed: set up, lived in for some rounds, and looked at in the end.

import assert from "node:assert/strict";
import { actions } from "regate";
import { chance, choices as choicesOf } from "../world/chance.mjs";
import { hostsOf } from "../world/hosts.mjs";
import { isExpected } from "../world/operations.mjs";
import { ownTime } from "../world/own-time.mjs";
import { checkEnd } from "./end.mjs";
import { Journal, ORGS } from "./journal.mjs";
import { NOTHING, operationsOf } from "./operations.mjs";

/** Lives a world for so many rounds, and adds to the counts. Throws when something is broken. */
export async function simulate(seed, rounds, counts) {
  const giveBack = ownTime(chance(-seed));
  try {
    await live(seed, rounds, counts);
  } finally {
    giveBack();
  }
}

async function live(seed, rounds, counts) {
  const choices = choicesOf(chance(seed));
  const clock = { now: Date.UTC(2024, 10, 20) };
  const journal = new Journal(clock);
  const world = Object.assign(hostsOf(journal, choices), { clock, crowd: {} });
  const answers = { decisions: [] };
  for (const org of ORGS) await settle(actions(world.hosts[0], { org_id: org, asker: "ada" }), `seed ${seed}`, choices);
  const operations = operationsOf(world, choices, answers);
  world.faults.on = true;
  for (let round = 0; round < rounds; round++) {
    const { often, below, weighed, pick } = choices;
    world.slowness = often(0.2) ? 0.1 : 0.01;
    world.crowd.session = often(0.4) ? pick(["s-1", "s-2"]) : undefined;
    const many = often(0.3) ? 4 + below(8) : 1 + below(4);
    await Promise.all(Array.from({ length: many }, () => perform(weighed(operations), counts)));
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
    if (thrown.expected !== true && !isExpected(thrown)) throw new Error(`${name}: ${thrown.message}`, { cause: thrown });
    count.refused++;
    const code = thrown.code ?? thrown.message;
    counts.refusals[code] = (counts.refusals[code] ?? 0) + 1;
  }
}

// The seed is in what is set up, because the engine keeps what it has prepared: a world must not find that of an earlier one.
async function settle(service, description, { pick }) {
  await service.policies.create({
    name: "budgets",
    description,
    session_budget: pick([2, 3]),
    run_budget: pick([1, 1.5]),
    action_budgets: { pay: pick([1, 1.2]) },
    rate_limits: { look: { max_count: pick([2, 4]), window_seconds: 60 }, pay: { max_count: 5, window_seconds: 30 } },
    require_approval: true,
    approval_threshold_usd: 0.3,
    approval_timeout_seconds: 600,
  });
  await service.policies.create({ name: "no drops", denied_actions: ["drop"], scope: "agent", target_id: "bot-1" });
  await service.exceptions.create((await service.policies.list()).data.find(({ name }) => name === "no drops").id, { agent_ids: ["bot-1"], reason: "a test", max_uses: 2 });
}
