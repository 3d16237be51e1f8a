// A simulated world of agents: calls, settlements, approvals and changes of the set-up of two organisations on one store, in two
// processes, under conflicts, lost replies, repeats, crashes, late results and a clock that jumps. What must be true after any schedule
// stands in `tests/action-world`: of each commit (`commits.mjs`), and in the end (`end.mjs`).
//
// REGATE_WORLD_SEEDS=200 runs more seeds; a failure prints its seed, and REGATE_WORLD_SEED=N runs that one alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../action-world/simulate.mjs";

const ROUNDS = 100;
const only = process.env.REGATE_WORLD_SEED;
const seeds = only === undefined ? Array.from({ length: Number(process.env.REGATE_WORLD_SEEDS ?? 20) }, (_, at) => at + 1) : [Number(only)];

test(`${seeds.length} worlds of ${ROUNDS} rounds`, async (context) => {
  const counts = { steps: 0, faults: {}, operations: {}, refusals: {}, decisions: {} };
  for (const seed of seeds) {
    try {
      await simulate(seed, ROUNDS, counts);
    } catch (thrown) {
      throw new Error(`REGATE_WORLD_SEED=${seed} node --test tests/js/actions-world.test.mjs: ${thrown.message}`, { cause: thrown });
    }
  }
  context.diagnostic(`${counts.steps} steps`);
  for (const name of ["operations", "faults", "refusals", "decisions"]) context.diagnostic(`${name} ${JSON.stringify(counts[name])}`);
  if (only !== undefined) return;
  // A world in which something never happens shows nothing about it.
  for (const [name, { done }] of Object.entries(counts.operations)) assert.ok(done > 0, `nobody could ${name}`);
  const words = ["allow", "require_approval", "BUDGET_EXCEEDED", "RATE_LIMITED", "DENIED_ACTION", "AGENT_KILLED", "IDEMPOTENCY_IN_PROGRESS", "POLICY_VIOLATION"];
  for (const word of words) assert.ok(counts.decisions[word] > 0, `no decision is ${word}`);
});
