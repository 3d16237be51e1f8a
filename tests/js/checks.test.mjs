// External checks beside the cases in `tests/cases/governance`: tokens, answers, and checks that were handed on.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { providerTokens } from "regate";
import { HOUR, team, world } from "./governance-world.mjs";
import { refused } from "./regate-error.mjs";

describe("external checks", () => {
  const SECRET = "test-provider-secret";
  const tokens = providerTokens(() => SECRET);

  async function checked(more = {}, options = {}) {
    const made = await world({ ...options, functions: { ...tokens, storeSecret() {}, ...options.functions } });
    const provider = await made.as("adam").providers.create({ name: "scan", callback_url: "https://scan.example/check", ...more });
    await made.as("adam").providers.attachScope(provider.id, { scope_type: "workspace", scope_id: "w-1" });
    const answer = async (run_id, decision, more = {}) =>
      made.as("ci").checks.receive({ run_id, provider_id: provider.id, token: await tokens.sign(provider.id, `${provider.id}:${run_id}`), decision, reason: "looked", ...more });
    return { ...made, provider, answer };
  }

  test("48: a token for another run or provider is refused before the run is looked at", async () => {
    const { run, answer, provider, as } = await checked();
    const { id } = await run();
    const wrong = [await tokens.sign(provider.id, `${provider.id}:other`), await tokens.sign("other", `other:${id}`), "", "zz", "0".repeat(64)];
    for (const token of wrong) await refused(() => answer(id, "pass", { token }), "unauthorized", 401);
    await refused(() => answer("none", "pass", { token: "0".repeat(64) }), "unauthorized", 401);
    assert.equal((await as("adam").runs.get(id)).status, "pending_approval");
    await refused(() => answer("none", "pass"), "not_found", 404);
    await assert.rejects(answer(id, "maybe"), (thrown) => thrown.code === "malformed_request");
    const without = await checked({}, { functions: { verify: undefined } });
    const other = await without.run();
    await refused(() => without.answer(other.id, "pass"), "unauthorized", 401);
    const broken = await checked({}, { functions: { verify: () => Promise.reject(new Error("vault")) } });
    const third = await broken.run();
    await assert.rejects(broken.answer(third.id, "pass"), (thrown) => thrown.code === "host_failed");
  });

  test("49: a check counts once, and only while the run waits", async () => {
    const { run, answer, as } = await checked({}, { rules: [team("one")] });
    const { id } = await run();
    assert.equal((await answer(id, "pass")).status, "pending_approval");
    await refused(() => answer(id, "fail"), "wrong_state", 409);
    await as("ann").runs.approve(id);
    await refused(() => answer(id, "fail"), "wrong_state", 409);
    const other = await as("ci").runs.create({ workspace_id: "w-1", trigger: "push" });
    await refused(() => answer(other.id, "pass"), "not_found", 404);
  });

  test("people do not vote on a check, and a provider does not vote for people", async () => {
    const { run, as, answer } = await checked({}, { rules: [team("one")] });
    const { id } = await run();
    await refused(() => as("adam").runs.approve(id), "not_permitted", 403);
    const after = await as("ann").runs.approve(id);
    assert.deepEqual([after.status, after.requirements.map(({ status }) => status)], ["pending_approval", ["satisfied", "active"]]);
    assert.equal((await answer(id, "pass")).status, "completed");
  });

  test("a check that was handed on is answered by people, and by the provider no more", async () => {
    const { run, as, answer, clock, told } = await checked({ timeout_hours: 1, escalation_action: "escalate_to" });
    const { id } = await run();
    clock.now += HOUR;
    assert.equal((await as("adam").sweep()).swept.length, 1);
    assert.equal(told.at(-1).kind, "approval_requested");
    await refused(() => answer(id, "pass"), "wrong_state", 409, /handed on/);
    await refused(() => as("ann").runs.approve(id), "not_permitted", 403);
    assert.equal((await as("adam").runs.approve(id)).status, "completed");
  });
});
