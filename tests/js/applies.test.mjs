// Applies and changesets: what follows a plan that may go ahead, and the plan of a pull request.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { team, world } from "./governance-world.mjs";
import { NO_DESTROYS, planOf } from "./plans.mjs";
import { refused } from "./regate-error.mjs";

describe("applies", () => {
  for (const [number, auto_apply, discards, queued] of [[34, true, false, 1], [35, true, true, 0], [36, false, false, 0]]) {
    test(`${number}: auto_apply ${auto_apply}${discards ? ", discarded while it waited" : ""}: ${queued} apply run`, async () => {
      const { as, run, told } = await world({ rules: [team("one")], workspace: { auto_apply } });
      const { id } = await run();
      if (discards) await as("bob").changesets.discard(id);
      const after = await as("ann").runs.approve(id);
      assert.equal(after.status, "completed");
      assert.deepEqual(after.changeset.apply_runs.length, queued);
      assert.equal(told.filter(({ kind }) => kind === "apply_queued").length, queued);
      if (queued === 1) {
        const apply = await as("ci").runs.get(after.changeset.apply_runs[0]);
        assert.deepEqual([apply.run_type, apply.status], ["apply", "queued"]);
        await as("ci").runs.start(apply.id);
        assert.equal((await as("ci").runs.completeApply(apply.id)).status, "completed");
        assert.ok((await as("ci").runs.get(id)).changeset.applied_at_ms > 0);
        await refused(() => as("bob").changesets.apply(id), "wrong_state", 409);
        await refused(() => as("bob").changesets.discard(id), "wrong_state", 409);
      }
    });
  }

  test("without a need a clean plan is applied at once where auto_apply is on, and never twice", async () => {
    const { as, run } = await world({ workspace: { auto_apply: true } });
    const { id, changeset } = await run();
    assert.equal(changeset.apply_runs.length, 1);
    await refused(() => as("bob").changesets.apply(id), "wrong_state", 409);
    await refused(() => as("bob").changesets.discard(id), "wrong_state", 409);
    await as("ci").runs.fail(changeset.apply_runs[0], "no credentials");
    assert.equal((await as("bob").changesets.apply(id)).run.status, "queued", "a failed apply may be tried again");
  });

  test("a discarded changeset is never applied", async () => {
    const { as, run } = await world();
    const { id } = await run();
    await refused(() => as("tim").changesets.discard(id), "not_permitted", 403);
    await as("bob").changesets.discard(id);
    await refused(() => as("bob").changesets.discard(id), "wrong_state", 409);
    await refused(() => as("bob").changesets.apply(id), "wrong_state", 409);
    await refused(() => as("bob").changesets.apply("none"), "not_found", 404);
  });

  test("57, 59: the plan of a pull request completes, and is decided on when it is to be applied", async () => {
    const pr = { trigger: "pr", changeset: { source_type: "git", source_ref: "abc", pr_number: 7 } };
    const denied = await world({ policies: { safety: { rego_source: NO_DESTROYS } }, workspace: { auto_apply: true } });
    const looked = await denied.run(planOf("destroy"), pr);
    assert.deepEqual([looked.status, looked.changeset.apply_runs], ["completed", []]);
    assert.equal((await denied.as("ann").runs.policyResults(looked.id))[0].passed, false);
    const { run: rejected, decision } = await denied.as("bob").changesets.apply(looked.id);
    assert.deepEqual([rejected.run_type, rejected.status, decision.kind], ["apply", "rejected", "deny"]);

    const asked = await world({ rules: [team("one")] });
    const { id, requirements } = await asked.run(planOf("destroy"), pr);
    assert.deepEqual(requirements, []);
    assert.deepEqual(asked.told.map(({ kind }) => kind), ["run_decided"]);
    const { run: held } = await asked.as("bob").changesets.apply(id);
    assert.equal(held.status, "pending_approval");
    await refused(() => asked.as("bob").changesets.apply(id), "wrong_state", 409);
    await refused(() => asked.as("ci").runs.completeApply(held.id), "wrong_state", 409);
    assert.equal((await asked.as("ann").runs.approve(held.id)).status, "queued");
    assert.deepEqual(asked.told.map(({ kind }) => kind), ["run_decided", "approval_requested", "apply_queued"]);
    assert.equal((await asked.as("ci").runs.completeApply(held.id)).status, "completed");
    assert.ok((await asked.as("ci").runs.get(id)).changeset.applied_at_ms > 0);
  });

  test("a run that was aborted stays so", async () => {
    const { as, run } = await world({ rules: [team("one"), team("two", { stage: 2 })] });
    const { id } = await run();
    await refused(() => as("tim").runs.abort(id), "not_permitted", 403);
    const after = await as("bob").runs.abort(id);
    assert.equal(after.status, "aborted");
    assert.deepEqual(after.requirements.map(({ status }) => status), ["cancelled", "cancelled"]);
    await refused(() => as("ann").runs.approve(id), "wrong_state", 409);
    await refused(() => as("bob").runs.abort(id), "wrong_state", 409);
  });
});
