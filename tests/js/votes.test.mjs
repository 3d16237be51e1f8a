// Stages and votes beside the cases in `tests/cases/governance`: who may, what counts, and what a crash leaves.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deliverNotices } from "regate";
import { HOUR, team, world } from "./governance-world.mjs";
import { planOf } from "./plans.mjs";
import { refused } from "./regate-error.mjs";

describe("stages and votes", () => {
  const TWO_STAGES = [team("one"), team("two", { stage: 2, min_approvals: 2 })];

  test("26, 27: others than those who are asked now are refused, and nothing is recorded", async () => {
    const { as, run, events } = await world({ rules: TWO_STAGES });
    const { id } = await run();
    await refused(() => as("bob").runs.approve(id), "not_permitted", 403, /no open requirement/);
    await refused(() => as("bob").runs.reject(id), "not_permitted", 403);
    await refused(() => as("tim").runs.approve(id), "not_permitted", 403, /may not `approve`/);
    await refused(() => as("adam").runs.approve(id), "not_permitted", 403, /no open requirement/);
    await refused(() => as("nick").runs.approve(id), "not_found", 404);
    assert.deepEqual(await as("ann").runs.approvals(id), []);
    assert.deepEqual(await events(id), ["requirement_active"]);
  });

  test("somebody without an id does not vote", async () => {
    for (const id of ["", null]) {
      const who = () => ({ id, email: "x@example.com", org_role: "owner", is_session: true, may: ["read", "write", "trigger", "approve"] });
      const { as, run } = await world({ rules: [{ name: "admins", approver_type: "org_role", approver_role: "admin" }], functions: { who } });
      const held = await run(planOf("destroy"), { trigger: "manual", triggered_by: "x@example.com" });
      await refused(() => as("adam").runs.approve(held.id), "not_permitted", 403, /only people vote/);
    }
  });

  test("32: whoever pushed has started the run of a push", async () => {
    const { as, run } = await world({ rules: [team("one", { forbid_self_approval: true })] });
    const { id } = await run(planOf("destroy"), { triggered_by: "Ann@example.com" });
    await refused(() => as("ann").runs.approve(id), "not_permitted", 403, /whoever started the run/);
    assert.equal((await as("bea").runs.approve(id)).status, "completed");
    const stopped = await run(planOf("destroy"), { triggered_by: "ann@example.com" });
    assert.equal((await as("ann").runs.reject(stopped.id, "my mistake")).status, "rejected", "a no is no self-approval");
  });

  test("32: who started the run may vote, and it is told; unless a rule or the organisation forbids it", async () => {
    const { as, run } = await world({ rules: [team("one")] });
    const byAnn = { trigger: "manual", user: { id: "ann", email: "ann@example.com" } };
    const { id } = await run(planOf("destroy"), byAnn);
    assert.equal((await as("ann").runs.approve(id)).status, "completed");
    const vote = (await as("ann").runs.timeline(id)).events.find(({ event_type }) => event_type === "approval_received");
    assert.equal(vote.details.self_approval, true);
    const [rule] = (await as("adam").approvalRules.list()).approval_rules;
    await as("adam").approvalRules.change(rule.id, { forbid_self_approval: true });
    const second = await run(planOf("destroy"), byAnn);
    await refused(() => as("ann").runs.approve(second.id), "not_permitted", 403, /started the run/);
    assert.equal((await as("bea").runs.approve(second.id)).status, "completed");
    await as("adam").approvalRules.change(rule.id, { forbid_self_approval: false });
    await as("adam").settings.put({ forbid_self_approval: true });
    const third = await run(planOf("destroy"), byAnn);
    await refused(() => as("ann").runs.approve(third.id), "not_permitted", 403, /started the run/);
    await as("adam").settings.put({ forbid_self_approval: false });
    await refused(() => as("ann").runs.approve(third.id), "not_permitted", 403, /started the run/);
  });

  test("32: whoever asked for the run started it, whatever is said of the user", async () => {
    const { as, run } = await world({ rules: [team("one", { forbid_self_approval: true })] });
    const own = await as("ann").runs.create({ workspace_id: "w-1", trigger: "manual" });
    assert.deepEqual(own.user, { id: "ann", email: "ann@example.com" });
    await refused(() => as("ann").runs.create({ workspace_id: "w-1", trigger: "manual", user: { id: "bob", email: null } }), "invalid_request", 400, /in the name of another/);
    await as("ann").runs.deliverPlan(own.id, planOf("destroy"));
    await refused(() => as("ann").runs.approve(own.id), "not_permitted", 403, /started the run/);
    const byMail = await run(planOf("destroy"), { user: { id: null, email: "Ann@Example.com" } });
    await refused(() => as("ann").runs.approve(byMail.id), "not_permitted", 403, /started the run/);
    assert.equal((await as("bea").runs.approve(byMail.id)).status, "completed");
    const pr = await run(planOf("destroy"), { trigger: "pr" });
    const { run: apply } = await as("ann").changesets.apply(pr.id);
    await refused(() => as("ann").runs.approve(apply.id), "not_permitted", 403, /started the run/);
    assert.deepEqual((await as("ann").runs.timeline(pr.id)).events.at(-1).actor_id, "ann");
    assert.equal((await as("bea").runs.approve(apply.id)).status, "queued");
  });

  test("33, 37 of the gaps: approvers are told again after five minutes, while the run waits", async () => {
    const { as, run, told, clock } = await world({ rules: [team("one")] });
    const { id } = await run();
    await as("ann").runs.renotify(id);
    clock.now += 5 * 60 * 1000 - 1;
    await refused(() => as("ann").runs.renotify(id), "too_soon", 429);
    assert.equal(new Set(told.map((notice) => notice.id)).size, 2);
    await refused(() => as("tim").runs.renotify(id), "not_permitted", 403);
    await as("ann").runs.approve(id);
    clock.now += HOUR;
    await refused(() => as("ann").runs.renotify(id), "wrong_state", 409);
  });

  test("teams: by name from Rego, unknown ones and empty ones fall to administrators", async () => {
    const asks = (name) => `package forgecroft.policy\n\nimport rego.v1\n\nrequire_approval contains {"team": "${name}"} if true\n`;
    for (const [name, may, mayNot] of [["one", "ann", "bob"], ["t-one", "ann", "adam"], ["gone", "adam", "ann"], ["none", "olga", "ann"], ["One", "adam", "ann"]]) {
      const { as, run } = await world({ policies: { asks: { rego_source: asks(name) } } });
      const { id } = await run();
      await refused(() => as(mayNot).runs.approve(id), "not_permitted", 403);
      assert.equal((await as(may).runs.approve(id)).status, "completed", name);
    }
  });

  test("teams: what a rule or a policy meant stays what it means, whoever takes the name", async () => {
    const teams = [{ id: "t-1", name: "owners" }];
    const functions = { team: (idOrName) => teams.find(({ id }) => id === idOrName) ?? teams.find(({ name }) => name === idOrName) ?? null, isMember: (user, id) => user === "bob" && id === "t-evil" };
    const asks = "package forgecroft.policy\n\nimport rego.v1\n\nrequire_approval contains {\"team\": \"gone\", \"reason\": \"why\"} if true\n";
    const { as, run } = await world({ rules: [{ name: "r", approver_type: "team", approver_id: "owners" }], policies: { asks: { rego_source: asks } }, functions });
    const [rule] = (await as("adam").approvalRules.list()).approval_rules;
    assert.equal(rule.approver_id, "t-1", "kept by its id");
    const { id, requirements } = await run();
    const asked = requirements.find(({ source }) => source === "opa");
    assert.deepEqual([asked.approver_type, asked.approver_role, asked.reason], ["org_role", "admin", "why; there is no team `gone`"]);
    teams.splice(0, 1, { id: "t-evil", name: "t-1" }, { id: "t-evil", name: "gone" });
    await refused(() => as("bob").runs.approve(id), "not_permitted", 403);
    assert.equal((await as("adam").runs.approve(id)).status, "completed", "administrators stand in for both");
  });

  test("two who vote at once are both counted, and the last one completes the run", async () => {
    const { as, run, told } = await world({ rules: [team("two", { min_approvals: 2 }), team("one")], workspace: { auto_apply: true } });
    const { id } = await run();
    const answers = await Promise.all(["ann", "bob", "bea"].map((name) => as(name).runs.approve(id).catch(({ code }) => code)));
    const after = await as("ann").runs.get(id);
    assert.equal(after.status, "completed", JSON.stringify(answers));
    assert.equal((await as("ann").runs.approvals(id)).length, after.votes.length - (after.votes.filter(({ user_id }) => user_id === "bea").length > 1 ? 1 : 0));
    assert.equal(told.filter(({ kind }) => kind === "run_decided").length, 1);
    assert.equal(told.filter(({ kind }) => kind === "apply_queued").length, 1);
  });
});

describe("a crash between any two steps", () => {
  test("loses no vote, decides nothing twice, and every notice is told", async () => {
    for (let calls = 0; ; calls++) {
      const { as, run, host, told, clock } = await world({ rules: [team("one")], workspace: { auto_apply: true } });
      const { id } = await run();
      const whole = { ...host };
      let left = calls;
      for (const callback of ["load", "commit", "notify", "who"]) {
        host[callback] = (...args) => {
          if (left-- <= 0) throw new Error("the process has ended");
          return whole[callback](...args);
        };
      }
      const outcome = await as("ann").runs.approve(id).then(() => "done", ({ code }) => code);
      Object.assign(host, whole);
      clock.now += 1000;
      // The person tries again, as people do.
      const again = await as("ann").runs.approve(id).then(() => "done", ({ code }) => code);
      await deliverNotices(host);
      assert.ok([outcome, again].includes("done") || again === "wrong_state", `${calls}: ${outcome}, ${again}`);
      const after = await as("ann").runs.get(id);
      assert.equal(after.status, "completed");
      assert.equal((await as("ann").runs.approvals(id)).length, 1);
      assert.equal(after.changeset.apply_runs.length, 1);
      assert.deepEqual([...new Set(told.map(({ kind }) => kind))].sort(), ["apply_queued", "approval_requested", "run_decided"]);
      assert.equal((await as("ann").runs.timeline(id)).broken_at, null);
      if (outcome === "done" && left > 0) break;
    }
  });
});
