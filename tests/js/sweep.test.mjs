// Time beside the cases in `tests/cases/governance`: what was not decided when its time was up.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HOUR, team, world } from "./governance-world.mjs";
import { refused } from "./regate-error.mjs";

describe("time", () => {
  const timed = (escalation_action, more = {}) => team("one", { timeout_hours: 24, escalation_action, ...more });

  test("39: reject ends the run; so does a rule that says nothing, and a policy's requirement", async () => {
    const asks = "package forgecroft.policy\n\nimport rego.v1\n\nrequire_approval contains {\"team\": \"one\", \"timeout_hours\": 24} if true\n";
    for (const options of [{ rules: [timed("reject")] }, { rules: [team("one", { timeout_hours: 24 })] }, { policies: { asks: { rego_source: asks } } }]) {
      const { run, as, clock, told } = await world({ ...options, rules: [...(options.rules ?? []), team("two", { stage: 2 })] });
      const { id } = await run();
      clock.now += 24 * HOUR;
      await as("adam").sweep();
      const after = await as("adam").runs.get(id);
      assert.equal(after.status, "rejected");
      assert.equal(after.reasons[0].code, "approval_timed_out");
      assert.deepEqual(after.requirements.map(({ status }) => status).sort(), ["cancelled", "rejected"]);
      assert.equal(told.at(-1).run_status, "rejected");
      await refused(() => as("ann").runs.approve(id), "wrong_state", 409);
    }
  });

  test("43: sweeping every five minutes acts within the hour", async () => {
    const { run, as, clock } = await world({ rules: [team("one", { timeout_hours: 1, escalation_action: "auto_approve" })] });
    const { id } = await run();
    const started = clock.now;
    while ((await as("adam").runs.get(id)).status === "pending_approval") {
      clock.now += 5 * 60_000;
      await as("adam").sweep();
    }
    assert.ok(clock.now >= started + HOUR && clock.now <= started + 2 * HOUR);
  });

  test("nobody is asked about a run that the same sweep rejects", async () => {
    const { run, as, clock, told } = await world({ rules: [timed("escalate_to", { escalation_team_id: "t-two" }), team("two", { timeout_hours: 24 }), timed("auto_approve", { name: "third" })] });
    const { id } = await run();
    const before = told.length;
    clock.now += 25 * HOUR;
    await as("adam").sweep();
    const { status, requirements } = await as("adam").runs.get(id);
    assert.equal(status, "rejected");
    assert.deepEqual(requirements.map((requirement) => requirement.status).sort(), ["cancelled", "cancelled", "rejected"]);
    assert.deepEqual(told.slice(before).map(({ kind }) => kind), ["run_decided"]);
  });

  test("sweeping twice, and beside a vote, is sweeping once", async () => {
    const { run, as, clock, told } = await world({ rules: [timed("auto_approve")], workspace: { auto_apply: true } });
    const { id } = await run();
    clock.now += 24 * HOUR;
    await Promise.all([as("adam").sweep(), as("adam").sweep(), as("ann").runs.approve(id).catch(() => {})]);
    await as("adam").sweep();
    const after = await as("adam").runs.get(id);
    assert.deepEqual([after.status, after.changeset.apply_runs.length], ["completed", 1]);
    assert.equal(told.filter(({ kind }) => kind === "run_decided").length, 1);
    const events = (await as("adam").runs.timeline(id)).events.map(({ event_type }) => event_type);
    assert.equal(events.filter((event) => event === "requirement_auto_approved" || event === "requirement_satisfied").length, 1);
  });

  test("one run that cannot be swept keeps no other from it", async () => {
    const { run, as, clock, host } = await world({ rules: [timed("auto_approve")] });
    const [broken, whole] = [await run(), await run()];
    clock.now += 25 * HOUR;
    const commit = host.commit;
    host.commit = (change) => {
      if (change.partition === `run/${broken.id}`) throw new Error("no space");
      return commit(change);
    };
    const first = await as("adam").sweep();
    assert.deepEqual([first.swept.map(({ run_id }) => run_id), first.failed, first.failure.code], [[whole.id], 1, "host_failed"]);
    assert.equal(first.next_at_ms, clock.now + 60_000);
    host.commit = commit;
    assert.deepEqual((await as("adam").sweep()).swept.map(({ run_id }) => run_id), [broken.id]);
  });

  test("a run that has ended is looked at no more", async () => {
    const { run, as, clock, store } = await world({ rules: [timed("reject")] });
    const ended = [await run(), await run(), await run()];
    await as("ann").runs.approve(ended[0].id);
    await as("ann").runs.reject(ended[1].id);
    await as("bob").runs.abort(ended[2].id);
    assert.deepEqual(store.list({ kind: "waiting_run", limit: 10, cursor: null }).records, []);
    clock.now += 25 * HOUR;
    assert.deepEqual(await as("adam").sweep(), { swept: [], failed: 0, next_at_ms: null });
    assert.deepEqual((await Promise.all(ended.map(({ id }) => as("adam").runs.get(id)))).map(({ status }) => status), ["completed", "rejected", "aborted"]);
  });
});
