// What an organisation sets up for its agents, from JavaScript: each method once, what it changes for calls, and who may.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileActionPolicy, mergeActionPolicies } from "regate";
import { organisation } from "./action-organisation.mjs";
import { refused, rejectsCode, throwsCode } from "./regate-error.mjs";

const word = ({ decision, reason_code }) => (reason_code === undefined ? decision : `${decision} ${reason_code}`);

describe("policies", () => {
  test("are created, seen, changed, switched off and deleted", async () => {
    const { as, service } = await organisation();
    const { policies } = as("adam");
    const made = await policies.create({ name: "safety", denied_actions: ["drop"], session_budget: 5 });
    assert.deepEqual([made.name, made.scope, made.enabled, made.session_budget, made.warnings], ["safety", "global", true, 5, []]);
    assert.equal(word(await service.authorize({ name: "drop" })), "deny DENIED_ACTION");
    const patched = await policies.patch(made.id, { denied_actions: null, run_budget: 2 });
    assert.deepEqual([patched.denied_actions, patched.run_budget, patched.session_budget], [[], 2, 5]);
    assert.equal(word(await service.authorize({ name: "drop" })), "allow");
    assert.equal((await policies.replace(made.id, { name: "safety", denied_actions: ["drop"] })).session_budget, null);
    assert.equal((await policies.disable(made.id)).enabled, false);
    assert.equal(word(await service.authorize({ name: "drop" })), "allow");
    await policies.enable(made.id);
    assert.equal((await as("eve").policies.get(made.id)).enabled, true);
    assert.deepEqual((await as("eve").policies.list()).data.map(({ id }) => id), [made.id]);
    assert.deepEqual(await policies.delete(made.id), { id: made.id });
    await refused(() => policies.get(made.id), "not_found", 404);
    assert.equal(word(await service.authorize({ name: "drop" })), "allow", "nothing applies, and yet something was set up");
  });

  test("are refused with everything that is wrong with them", async () => {
    const { as } = await organisation();
    await assert.rejects(as("adam").policies.create({ name: "p", session_budget: -1, runbudget: 1 }), ({ code, status, policyErrors }) => {
      assert.deepEqual([code, status], ["invalid_request", 400]);
      assert.deepEqual(policyErrors.map(({ code, path }) => [code, path]), [["UNKNOWN_FIELD", ["runbudget"]], ["RANGE", ["session_budget"]]]);
      return true;
    });
    await rejectsCode(as("adam").policies.create({ name: "p", session_budget: NaN }), "input_not_json", { path: "/policy/session_budget" });
    await as("adam").policies.create({ name: "p" });
    await refused(() => as("adam").policies.create({ name: "p" }), "name_in_use", 409);
    await refused(() => as("eve").policies.create({ name: "q" }), "not_permitted", 403);
    await refused(() => as("agent").policies.list(), "not_permitted", 403);
  });

  test("that 20 people make at once are all there", async () => {
    const { as } = await organisation({ later: true });
    await Promise.all(Array.from({ length: 20 }, (_, at) => as("adam").policies.create({ name: `p ${at}` })));
    assert.equal((await as("adam").policies.list({ limit: 100 })).data.length, 20);
  });
});

describe("versions", () => {
  test("are drafted, submitted, reviewed, activated, compared and brought back", async () => {
    const { as, service } = await organisation({ policies: [{ denied_actions: ["a"] }] });
    const { versions } = as("adam");
    const draft = await versions.draft("p-1", { name: "policy 1", denied_actions: ["b"] });
    assert.deepEqual([draft.status, draft.version_number, draft.warnings], ["draft", 2, []]);
    assert.equal(word(await service.authorize({ name: "b" })), "allow");
    assert.equal((await versions.submit("p-1", draft.id)).status, "in_review");
    await refused(() => versions.activate("p-1", draft.id), "wrong_state", 409);
    await refused(() => versions.review("p-1", draft.id), "not_permitted", 403, /author/);
    assert.equal((await as("ann").versions.review("p-1", draft.id)).reviewer_id, "ann");
    assert.equal((await versions.activate("p-1", draft.id)).current_version_id, draft.id);
    assert.deepEqual([word(await service.authorize({ name: "a" })), word(await service.authorize({ name: "b" }))], ["allow", "deny DENIED_ACTION"]);
    const [first] = (await versions.list("p-1")).data;
    const diff = await versions.diff("p-1", first.id, { version: draft.id });
    assert.deepEqual(diff.fields, { denied_actions: { added: ["b"], removed: ["a"] } });
    assert.equal((await versions.diff("p-1", first.id, { fields: { name: "policy 1", denied_actions: ["a"] } })).change_summary, "Nothing changed");
    assert.equal((await versions.rollback("p-1", first.id)).newest_version, 3);
    assert.equal(word(await service.authorize({ name: "a" })), "deny DENIED_ACTION");
    assert.deepEqual((await versions.list("p-1")).data.map(({ status }) => status), ["archived", "archived", "active"]);
    assert.equal((await versions.get("p-1", draft.id)).version_number, 2);
  });
});

describe("exceptions", () => {
  test("lift one policy for an agent, for a number of calls", async () => {
    const { as, service } = await organisation({ policies: [{ denied_actions: ["x"] }] });
    const exception = await as("adam").exceptions.create("p-1", { agent_ids: ["bot"], reason: "a migration", max_uses: 2 });
    const call = { name: "x", agent_id: "bot" };
    const words = [];
    for (let i = 0; i < 3; i++) words.push(word(await service.authorize(call)));
    assert.deepEqual(words, ["allow", "allow", "deny DENIED_ACTION"]);
    assert.equal((await as("eve").exceptions.get("p-1", exception.id)).uses, 2);
    await as("adam").exceptions.delete("p-1", exception.id);
    assert.deepEqual((await as("eve").exceptions.list("p-1")).data, []);
  });

  test("of two calls at once for the last use one gets it", async () => {
    const { as, service } = await organisation({ policies: [{ denied_actions: ["x"] }], later: true });
    await as("adam").exceptions.create("p-1", { agent_ids: ["bot"], reason: "once", max_uses: 1 });
    // Of different sessions, so that they do not take turns.
    const words = await Promise.all(Array.from({ length: 20 }, (_, at) => service.authorize({ name: "x", agent_id: "bot", session_id: `s-${at}` })));
    assert.equal(words.filter(({ decision }) => decision === "allow").length, 1);
  });
});

describe("kill switches", () => {
  test("stop an agent at once, and let it go on", async () => {
    const { as, service } = await organisation({ policies: [{}] });
    const { killSwitches } = as("adam");
    const killed = await killSwitches.kill("agent", "bot", "it went wild");
    assert.deepEqual([killed.is_active, killed.killed_by], [true, "adam"]);
    const denied = await service.authorize({ name: "a", agent_id: "bot" });
    assert.deepEqual([word(denied), denied.details.reason], ["deny AGENT_KILLED", "it went wild"]);
    await refused(() => killSwitches.kill("agent", "bot"), "wrong_state", 409);
    assert.equal((await service.killSwitches.check("agent", "bot")).is_killed, true);
    assert.deepEqual((await as("eve").killSwitches.active()).data.map(({ target_id }) => target_id), ["bot"]);
    await refused(() => service.killSwitches.kill("agent", "other"), "not_permitted", 403);
    await killSwitches.revive("agent", "bot");
    await refused(() => killSwitches.revive("agent", "bot"), "not_found", 404);
    assert.equal(word(await service.authorize({ name: "a", agent_id: "bot" })), "allow");
  });
});

describe("what else is there", () => {
  test("settings, and the mode that holds where no policy can vouch", async () => {
    const { as, service } = await organisation();
    assert.equal((await as("adam").settings.get()).enforcement_mode, "fail_closed_writes");
    await as("adam").settings.put({ enforcement_mode: "fail_closed" });
    assert.equal(word(await service.authorize({ name: "a", impact: "read" })), "deny POLICY_NOT_CONFIGURED");
    await refused(() => as("eve").settings.put({}), "not_permitted", 403);
  });

  test("a client that decides by itself is told what changed", async () => {
    const { as, service } = await organisation({ policies: [{ session_budget: 5 }, { scope: "agent", target_id: "bot", session_budget: 3 }, { scope: "agent", target_id: "other" }] });
    const synced = await service.sync({ agent_id: "bot" });
    assert.deepEqual([synced.configured, synced.policies.map(({ id }) => id), synced.conflicts.map(({ field }) => field)], [true, ["p-1", "p-2"], ["session_budget"]]);
    assert.equal((await service.sync({ agent_id: "bot", etag: synced.etag })).not_modified, true);
    await as("adam").policies.disable("p-1");
    assert.equal((await service.sync({ agent_id: "bot", etag: synced.etag })).not_modified, false);
  });

  test("a test alert for the approvers of a policy", async () => {
    const { as, told } = await organisation({ policies: [{ default_approvers: ["ann@example.com"] }, {}] });
    assert.deepEqual(await as("adam").testAlert("p-1"), { policy_id: "p-1", recipients: ["ann@example.com"], kind: "test" });
    assert.deepEqual(told.map(({ kind, recipients }) => [kind, recipients]), [["action_test_alert", ["ann@example.com"]]]);
    await refused(() => as("adam").testAlert("p-2"), "no_approvers", 409);
  });

  test("policies that are compiled and merged, and stored nowhere", async () => {
    const compiled = await compileActionPolicy("session_budget: 5\ndenied_actions: [a]\n", "yaml", { name: "file" });
    assert.equal(compiled.ok, true);
    const { merged, conflicts } = mergeActionPolicies([{ id: "one", ...compiled.policy }, { name: "two", session_budget: 3, denied_actions: ["b"] }]);
    assert.deepEqual([merged.session_budget, merged.denied_actions, conflicts[0].policy_ids], [3, ["a", "b"], ["one", "two"]]);
    throwsCode(() => mergeActionPolicies([{ name: "p", session_budget: -1 }]), "invalid_configuration");
  });
});
