// A simulated world: people, services, providers and administrators of two organisations on one store, in two processes, under
// conflicts, lost replies, repeats, crashes, facts that change, and a clock that jumps. What must be true after any schedule stands in
// `tests/world`: of each commit of a run (`run-*.mjs`), of what is read in between (`reads.mjs`), and in the end (`end.mjs`).
//
// REGATE_WORLD_SEEDS=200 runs more seeds; a failure prints its seed, and REGATE_WORLD_SEED=N runs that one alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../world/simulate.mjs";

const ROUNDS = 100;
const only = process.env.REGATE_WORLD_SEED;
const seeds = only === undefined ? Array.from({ length: Number(process.env.REGATE_WORLD_SEEDS ?? 20) }, (_, at) => at + 1) : [Number(only)];

test(`${seeds.length} worlds of ${ROUNDS} rounds`, async (context) => {
  const counts = { steps: 0, faults: {}, operations: {}, refusals: {}, ends: {} };
  for (const seed of seeds) {
    try {
      await simulate(seed, ROUNDS, counts);
    } catch (thrown) {
      throw new Error(`REGATE_WORLD_SEED=${seed} node --test tests/js/world.test.mjs: ${thrown.message}`, { cause: thrown });
    }
  }
  context.diagnostic(`${counts.steps} steps`);
  for (const name of ["operations", "faults", "refusals", "ends"]) context.diagnostic(`${name} ${JSON.stringify(counts[name])}`);
  if (only !== undefined) return;
  // A world in which something never happens shows nothing about it.
  for (const [name, { done }] of Object.entries(counts.operations)) assert.ok(done > 0, `nobody could ${name}`);
  for (const end of ["completed", "rejected", "pending_approval", "aborted", "failed"]) assert.ok(counts.ends.plans?.[end] > 0, `no plan is ${end}`);
  for (const end of ["completed", "rejected", "pending_approval"]) assert.ok(counts.ends["applies of pull requests"]?.[end] > 0, `no apply of a pull request is ${end}`);
});
