// Runs on a host's store, from plan to the last vote: the behaviour cases of the specification by their numbers, and races.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deliverNotices, governance, hostOver, providerTokens } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { NO_DESTROYS, planOf } from "./plans.mjs";
import { refused } from "./regate-error.mjs";

const HOUR = 3_600_000;
const VERBS = ["read", "write", "trigger", "apply", "approve", "reject", "abort"];
const ALLOWS = "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains \"never\" if false\n";

/** People: a role in the organisation, what they may do in workspaces, and their teams. */
const PEOPLE = {
  olga: { org_role: "owner", may: VERBS },
  adam: { org_role: "admin", may: VERBS },
  ann: { org_role: "member", may: VERBS, teams: ["t-one"] },
  bob: { org_role: "member", may: VERBS, teams: ["t-two"] },
  bea: { org_role: "member", may: VERBS, teams: ["t-two", "t-one"] },
  tim: { org_role: "member", may: ["read"], teams: ["t-one"] },
  key: { org_role: "admin", may: VERBS, is_session: false },
  ci: { org_role: null, may: ["trigger", "read"], is_session: false },
  nick: { org_role: null, may: [] },
};
const TEAMS = [{ id: "t-one", name: "one" }, { id: "t-two", name: "two" }, { id: "t-none", name: "none", is_empty: true }];

async function world({ workspace = {}, rules = [], policies = {}, functions = {} } = {}) {
  const store = memoryStore();
  const clock = { now: Date.UTC(2024, 10, 20, 12) };
  const told = [];
  let ids = 0;
  const host = hostOver(store, {
    who: ({ asker }) => {
      const { org_role, may, is_session = true } = PEOPLE[asker];
      return { id: asker, email: `${asker}@example.com`, org_role, is_session, may };
    },
    notify: (notices) => void told.push(...notices),
    team: (idOrName) => TEAMS.find(({ id }) => id === idOrName) ?? TEAMS.find(({ name }) => name === idOrName) ?? null,
    isMember: (user, team) => PEOPLE[user].teams?.includes(team) ?? false,
    now: () => clock.now,
    newId: () => `id-${++ids}`,
    randomSeed: () => 0,
    ...functions,
  });
  const service = governance(host, { org_id: "o-1" });
  const as = (name) => service.as(name);
  await as("adam").workspaces.put("w-1", { name: "shop-production", project_id: "shop", ...workspace });
  for (const rule of rules) await as("adam").approvalRules.create(rule);
  for (const [name, { rego_source, ...set }] of Object.entries(policies)) {
    const { id } = await as("adam").policySets.create({ name, ...set });
    await as("adam").policySets.policies.add(id, { name, rego_source });
  }
  const run = async (plan = planOf("destroy"), fields = {}) => {
    const created = await as("ci").runs.create({ workspace_id: "w-1", trigger: "push", ...fields });
    return (await as("ci").runs.deliverPlan(created.id, plan)).run;
  };
  const events = async (id) => (await as("adam").runs.timeline(id)).events.map(({ event_type, actor_id }) => (actor_id === null ? event_type : `${event_type} ${actor_id}`));
  return { store, host, clock, told, as, run, events };
}

const team = (name, more = {}) => ({ name: `team ${name}`, approver_type: "team", approver_id: `t-${name}`, ...more });

describe("a run", () => {
  test("1: with nothing set up completes", async () => {
    const { run, told, as } = await world();
    const { status, id, evaluation } = await run();
    assert.equal(status, "completed");
    assert.match(evaluation.revision, /^sha256:/);
    assert.deepEqual(told.map(({ kind, run_status }) => [kind, run_status]), [["run_decided", "completed"]]);
    assert.deepEqual(await as("adam").runs.policyResults(id), []);
  });

  test("is evaluated once: the same plan again is the same answer, another is refused", async () => {
    const { as, store, told } = await world({ rules: [team("one")] });
    const { id } = await as("ci").runs.create({ workspace_id: "w-1", trigger: "push" });
    assert.equal((await as("ci").runs.get(id)).status, "queued");
    const first = await as("ci").runs.deliverPlan(id, planOf("destroy"));
    assert.deepEqual([first.run.status, first.decision.kind], ["pending_approval", "hold"]);
    assert.deepEqual([first.run.added_count, first.run.changed_count, first.run.destroyed_count], [0, 0, 1]);
    const count = () => store.list({ kind: "audit", limit: 100, cursor: null }).records.length;
    const audits = count();
    assert.deepEqual(await as("ci").runs.deliverPlan(id, planOf("destroy")), first);
    await refused(() => as("ci").runs.deliverPlan(id, planOf("add")), "wrong_state", 409);
    assert.equal(count(), audits);
    assert.deepEqual(told.map(({ kind }) => kind), ["approval_requested"]);
  });

  test("many deliveries at once are one evaluation", async () => {
    const { as, told, store } = await world({ rules: [team("one")] });
    const { id } = await as("ci").runs.create({ workspace_id: "w-1", trigger: "push" });
    const answers = await Promise.all(Array.from({ length: 6 }, () => as("ci").runs.deliverPlan(id, planOf("destroy"))));
    for (const { run } of answers) assert.deepEqual(run, answers[0].run);
    assert.equal(told.length, 1);
    assert.equal(store.list({ kind: "audit", limit: 100, cursor: null }).records.length, 1);
  });

  test("13: that policies rejected is not approved any more", async () => {
    const { as, run, events } = await world({ rules: [team("one")], policies: { safety: { rego_source: NO_DESTROYS } } });
    const { id, status, reasons, requirements } = await run();
    assert.equal(status, "rejected");
    assert.equal(reasons[0].policy_set, "safety");
    assert.deepEqual(requirements, []);
    await refused(() => as("ann").runs.approve(id), "wrong_state", 409);
    assert.equal((await as("ann").runs.get(id)).status, "rejected");
    assert.deepEqual(await events(id), ["policy_evaluated"]);
    assert.equal((await as("ann").runs.policyResults(id))[0].passed, false);
  });

  test("needs a workspace, rights, and a plan that can be read", async () => {
    const { as } = await world();
    await refused(() => as("ci").runs.create({ workspace_id: "w-9", trigger: "push" }), "not_found", 404);
    await refused(() => as("tim").runs.create({ workspace_id: "w-1", trigger: "push" }), "not_permitted", 403);
    await refused(() => as("nick").runs.create({ workspace_id: "w-1", trigger: "push" }), "not_found", 404);
    await assert.rejects(as("ci").runs.create({ workspace_id: "w-1", trigger: "tuesday" }), (thrown) => thrown.code === "malformed_request");
    await refused(() => as("ci").runs.create({ workspace_id: "w-1", trigger: "push", changeset: { source_type: "svn" } }), "invalid_request", 400);
    const { id } = await as("ci").runs.create({ workspace_id: "w-1", trigger: "push" });
    await refused(() => as("tim").runs.deliverPlan(id, planOf()), "not_permitted", 403);
    await refused(() => as("ci").runs.deliverPlan("none", planOf()), "not_found", 404);
    await assert.rejects(as("ci").runs.deliverPlan(id, "no json"), (thrown) => thrown.code === "input_not_json");
    await assert.rejects(as("ci").runs.deliverPlan(id, { ...planOf(), errored: true }), (thrown) => thrown.code === "plan_errored");
    assert.equal((await as("ci").runs.get(id)).status, "queued", "nothing was changed");
    assert.equal((await as("ci").runs.fail(id, "provider crashed")).error_summary, "provider crashed");
    await refused(() => as("ci").runs.deliverPlan(id, planOf()), "wrong_state", 409);
    await refused(() => as("nick").runs.get(id), "not_found", 404);
  });

  test("does not exist for another organisation, whatever its people may do there", async () => {
    const { as, run, host } = await world({ rules: [{ name: "admins", approver_type: "org_role", approver_role: "admin", timeout_hours: 1 }] });
    const { id } = await run();
    const other = governance(host, { org_id: "o-2", asker: "adam" });
    const { runs, changesets } = other;
    for (const call of [
      () => runs.approve(id),
      () => runs.reject(id),
      () => runs.get(id),
      () => runs.preview(id),
      () => runs.timeline(id),
      () => runs.approvals(id),
      () => runs.policyResults(id),
      () => runs.abort(id),
      () => runs.renotify(id),
      () => runs.deliverPlan(id, planOf("destroy")),
      () => changesets.apply(id),
      () => changesets.discard(id),
    ]) {
      await refused(call, "not_found", 404);
    }
    assert.deepEqual(await other.sweep(), { swept: [], failed: 0, next_at_ms: null });
    assert.equal((await as("adam").runs.approve(id)).status, "completed");
  });

  test("leaves out of the decision log what is masked there, and says so", async () => {
    const { as, run, store } = await world({ workspace: { attributes: { token: "hidden-2", owner: "ann" } } });
    await refused(() => as("adam").settings.put({ audit_masks: ["/decision_id"] }), "invalid_request", 400);
    await as("adam").settings.put({ audit_masks: ["/input/workspace/attributes/token", "/input/plan_changes/destroyed/0", "/result/none"] });
    await run();
    const [{ value }] = store.list({ kind: "audit", limit: 10, cursor: null }).records;
    assert.deepEqual(value.erased, ["/input/workspace/attributes/token", "/input/plan_changes/destroyed/0"]);
    assert.deepEqual(value.input.workspace.attributes, { owner: "ann" });
    assert.deepEqual(value.input.plan_changes.destroyed, [null]);
    assert.equal(value.result.decision.kind, "allow");
    assert.ok(!JSON.stringify(value).includes("hidden-2"));
  });

  test("is evaluated under the set-up of the moment, and keeps what was asked of it", async () => {
    const { as, run } = await world({ rules: [team("one")] });
    const first = await run();
    const [rule] = (await as("adam").approvalRules.list()).approval_rules;
    await as("adam").approvalRules.change(rule.id, { min_approvals: 2, approver_id: "t-two" });
    const second = await run();
    assert.deepEqual(second.requirements.map(({ approver_id, min_approvals }) => [approver_id, min_approvals]), [["t-two", 2]]);
    assert.equal((await as("ann").runs.approve(first.id)).status, "completed", "the first run asks for what it asked for");
    await as("adam").approvalRules.delete(rule.id);
    assert.equal((await run()).status, "completed");
    await refused(() => as("ann").runs.approve(second.id), "not_permitted", 403);
  });

  test("is never evaluated under a mixture of two set-ups", async () => {
    // A name of its own: what was prepared from equal set-ups is kept.
    const { as, host, run } = await world({ rules: [team("one", { name: "the old one" })] });
    // Between the first look and the last, one rule takes the place of the other: no moment has neither.
    const load = host.load;
    const [old] = (await as("adam").approvalRules.list()).approval_rules;
    let swapped = false;
    host.load = async (needs) => {
      const facts = await load(needs);
      if (!swapped && needs.some(({ kind, record }) => kind === "records" && record === "policy_set")) {
        swapped = true;
        await as("adam").approvalRules.create(team("two"));
        await as("adam").approvalRules.delete(old.id);
        // What a store without snapshots would give: the list before the one was made and after the other was gone.
        const rules = facts.find(({ need }) => need.kind === "records" && need.record === "approval_rule");
        rules.value = { records: [], cursor: null };
      }
      return facts;
    };
    const { status, requirements } = await run();
    assert.ok(swapped);
    assert.equal(status, "pending_approval");
    assert.deepEqual(requirements.map(({ approver_id }) => approver_id), ["t-two"]);
  });
});

describe("a store that lags behind", () => {
  test("is asked again, and never lets pass what a rule would have held", async () => {
    for (const record of ["policy_set", "approval_rule", "external_check_provider"]) {
      const { as, host, run } = await world({ rules: [team("one", { name: `lag ${record}` })], policies: { safety: { rego_source: ALLOWS } }, functions: { storeSecret() {} } });
      const provider = await as("adam").providers.create({ name: "scan", callback_url: "https://scan.example/" });
      await as("adam").providers.attachScope(provider.id, { scope_type: "org", scope_id: "o-1" });
      const load = host.load;
      let lags = 1;
      host.load = async (needs) => {
        const facts = await load(needs);
        const list = facts.find(({ need }) => need.kind === "records" && need.record === record);
        if (list !== undefined && lags-- > 0) list.value = { records: [], cursor: null };
        return facts;
      };
      const { status, requirements } = await run();
      assert.deepEqual([status, requirements.length], ["pending_approval", 2], record);
      assert.ok(lags < 0);
    }
  });
});

describe("stages and votes", () => {
  const TWO_STAGES = [team("one"), team("two", { stage: 2, min_approvals: 2 })];

  test("21, 22: stage after stage", async () => {
    const { as, run, told, events } = await world({ rules: TWO_STAGES });
    const { id } = await run();
    const after = await as("ann").runs.approve(id, "fine");
    assert.equal(after.status, "pending_approval");
    assert.deepEqual(after.requirements.map(({ status }) => status), ["satisfied", "active"]);
    assert.equal((await as("bob").runs.approve(id)).status, "pending_approval");
    assert.equal((await as("bea").runs.approve(id)).status, "completed");
    assert.deepEqual(await events(id), [
      "requirement_active",
      "approval_received ann",
      "requirement_satisfied ann",
      "requirement_active",
      "approval_received bob",
      "approval_received bea",
      "requirement_satisfied bea",
    ]);
    assert.deepEqual(told.map(({ kind }) => kind), ["approval_requested", "approval_requested", "run_decided"]);
    const approvals = await as("ann").runs.approvals(id);
    assert.deepEqual(approvals.map(({ user_id, decision, comment }) => [user_id, decision, comment]), [["ann", "approved", "fine"], ["bob", "approved", ""], ["bea", "approved", ""]]);
    assert.equal(approvals[0].created_at, "2024-11-20T12:00:00.000Z");
  });

  test("23: one vote for each person and requirement", async () => {
    const { as, run } = await world({ rules: [team("two", { min_approvals: 2 })] });
    const { id } = await run();
    await as("bob").runs.approve(id);
    await refused(() => as("bob").runs.approve(id), "wrong_state", 409, /has voted/);
    assert.equal((await as("bob").runs.get(id)).requirements[0].approvals_count, 1);
    assert.equal((await as("bob").runs.approvals(id)).length, 1);
  });

  test("24: numbers of stages may have gaps", async () => {
    const { as, run } = await world({ rules: [team("one"), team("two", { stage: 3 })] });
    const { id } = await run();
    assert.deepEqual((await as("ann").runs.approve(id)).requirements.map(({ status }) => status), ["satisfied", "active"]);
    assert.equal((await as("bob").runs.approve(id)).status, "completed");
  });

  test("25: a stage opens when nothing in the one before it is unmet", async () => {
    const { as, run } = await world({ rules: [team("one"), team("two"), { name: "admins", approver_type: "org_role", approver_role: "admin", stage: 2 }] });
    const { id } = await run();
    const statusesOf = ({ requirements }) => Object.fromEntries(requirements.map(({ name, status }) => [name, status]));
    assert.deepEqual(statusesOf(await as("ann").runs.approve(id)), { "team one": "satisfied", "team two": "active", admins: "pending" });
    assert.equal(statusesOf(await as("bob").runs.approve(id)).admins, "active");
    assert.equal((await as("adam").runs.approve(id)).status, "completed");
  });

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

  test("28: keys never vote", async () => {
    const { as, run } = await world({ rules: [{ name: "admins", approver_type: "org_role", approver_role: "admin" }] });
    const { id } = await run();
    await refused(() => as("key").runs.approve(id), "not_permitted", 403, /only people vote/);
    await refused(() => as("key").runs.reject(id), "not_permitted", 403, /only people vote/);
    assert.equal((await as("adam").runs.approve(id)).status, "completed");
  });

  test("29: a completed run takes no vote", async () => {
    const { as, run } = await world();
    const { id } = await run();
    await refused(() => as("ann").runs.approve(id), "wrong_state", 409);
    await refused(() => as("ann").runs.reject(id), "wrong_state", 409);
  });

  test("30: one rejection is final", async () => {
    const { as, run, told, events } = await world({ rules: [team("one"), team("two"), team("two", { name: "later", stage: 2 })] });
    const { id } = await run();
    const after = await as("ann").runs.reject(id, "not today");
    assert.equal(after.status, "rejected");
    assert.deepEqual(after.requirements.map(({ name, status }) => [name, status]).sort(), [["later", "cancelled"], ["team one", "rejected"], ["team two", "cancelled"]]);
    assert.match(after.reasons[0].message, /not today/);
    await refused(() => as("bob").runs.approve(id), "wrong_state", 409);
    assert.deepEqual((await events(id)).slice(-2), ["approval_received ann", "requirement_rejected ann"]);
    assert.deepEqual(told.at(-1).run_status, "rejected");
  });

  test("31: an owner counts where an administrator is asked for, and a member does not", async () => {
    const { as, run } = await world({ rules: [{ name: "admins", approver_type: "org_role", approver_role: "admin" }] });
    const { id } = await run();
    await refused(() => as("ann").runs.approve(id), "not_permitted", 403);
    assert.equal((await as("olga").runs.approve(id)).status, "completed");
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
    await refused(() => as("ann").runs.renotify(id), "too_soon", 429);
    clock.now += 5 * 60 * 1000;
    await as("ann").runs.renotify(id);
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

describe("the preview of a stored run", () => {
  test("53: is of a plan that was evaluated", async () => {
    const { as, run } = await world({ workspace: { auto_apply: true } });
    const queued = await as("ci").runs.create({ workspace_id: "w-1", trigger: "push" });
    await refused(() => as("ann").runs.preview(queued.id), "wrong_state", 409);
    const { changeset } = await run();
    await refused(() => as("ann").runs.preview(changeset.apply_runs[0]), "invalid_request", 400);
  });

  test("54, 55, 56: uses the set-up of now, replaces the results, and changes nothing else", async () => {
    const { as, run, store, told } = await world({ policies: { safety: { rego_source: NO_DESTROYS } } });
    const { id } = await run();
    const before = await as("adam").runs.get(id);
    const [set] = (await as("adam").policySets.list()).policy_sets;
    await as("adam").policySets.policies.change(set.id, set.policies[0].id, { rego_source: ALLOWS });
    await as("adam").approvalRules.create(team("one"));
    const notices = told.length;
    for (let again = 0; again < 2; again++) {
      const preview = await as("ann").runs.preview(id);
      assert.equal(preview.mandatory_violations, 0);
      assert.deepEqual(preview.approval_preview.builtin_rules.map(({ name }) => name), ["team one"]);
      assert.equal((await as("ann").runs.policyResults(id)).length, 1, "not doubled");
    }
    assert.equal((await as("ann").runs.policyResults(id))[0].passed, true);
    assert.deepEqual(await as("adam").runs.get(id), before, "still rejected, nothing asked");
    assert.equal(told.length, notices);
    assert.equal(store.list({ kind: "audit", limit: 10, cursor: null }).records.length, 1);
    assert.equal((await as("adam").runs.timeline(id)).events.length, 1, "the original evaluation stays in the timeline");
  });

  test("sees what a policy set with the full plan sees, without what is sensitive", async () => {
    const full = "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains sprintf(\"%v\", [change.change.before]) if some change in input.plan.resource_changes\n";
    const { as, run, store } = await world({ policies: { full: { rego_source: full, plan_detail: "full", enforcement: "advisory" } } });
    const plan = planOf("destroy", "change");
    plan.resource_changes[0].change.before = { password: "hidden-1", size: "small" };
    plan.resource_changes[0].change.before_sensitive = { password: true };
    const { id } = await run(plan);
    const results = await as("ann").runs.policyResults(id);
    assert.equal(results[0].violations.length, 2);
    assert.deepEqual((await as("ann").runs.preview(id)).policy_results, results, "the kept plan gives the same answers");
    const everything = JSON.stringify(["governed_run", "plan", "policy_results", "audit", "governance_event", "outbox"].map((kind) => store.list({ kind, limit: 100, cursor: null }).records));
    assert.ok(everything.includes("aws_instance.web"));
    assert.ok(!everything.includes("hidden-1"), "a sensitive value was stored");
  });

  test("no record of a large plan outgrows a row of a database", async () => {
    const tokens = providerTokens(() => "s");
    const { as, run, store } = await world({ policies: { safety: { rego_source: NO_DESTROYS } }, functions: { ...tokens, storeSecret() {} } });
    const provider = await as("adam").providers.create({ name: "scan", callback_url: "https://scan.example/" });
    await as("adam").providers.attachScope(provider.id, { scope_type: "org", scope_id: "o-1" });
    const { id, status, reasons } = await run(planOf(...Array.from({ length: 6000 }, () => "destroy")));
    assert.deepEqual([status, reasons.length], ["rejected", 101]);
    assert.match(reasons.at(-1).message, /^and 5900 more/);
    const pending = await run(planOf(...Array.from({ length: 6000 }, () => "add")));
    assert.equal(pending.status, "pending_approval");
    for (const kind of ["governed_run", "policy_results", "audit", "outbox", "governance_event", "plan"]) {
      for (const { value } of store.list({ kind, limit: 100, cursor: null }).records) assert.ok(JSON.stringify(value).length < 1_100_000, kind);
    }
    assert.equal((await as("ann").runs.policyResults(id))[0].violations.length, 6000);
    const [audit] = store.list({ kind: "audit", limit: 1, cursor: null }).records;
    assert.deepEqual(audit.value.erased, ["/input/plan_changes"]);
  });

  test("texts and lists of a caller are bounded", async () => {
    const { as, run } = await world({ rules: [team("one")] });
    const { id } = await run();
    const long = "x".repeat(20_000);
    const is = (name) => (thrown) => thrown.code === "limit_exceeded" && thrown.limit.name === name;
    await assert.rejects(as("ann").runs.approve(id, long), is("text_bytes"));
    await assert.rejects(as("adam").policySets.create({ name: "s", description: long }), is("text_bytes"));
    await assert.rejects(as("ci").runs.create({ workspace_id: "w-1", trigger: "push", triggered_by: long }), is("text_bytes"));
    const attributes = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`a${at}`, 1]));
    await assert.rejects(as("adam").workspaces.put("w-1", { name: "n", project_id: "shop", attributes }), is("list_entries"));
    const { id: set } = await as("adam").policySets.create({ name: "s" });
    assert.equal((await as("adam").policySets.policies.add(set, { name: "p", rego_source: `${ALLOWS}\n# ${long}` })).name, "p");
  });

  test("a large plan is kept whole", async () => {
    const { as, run, store } = await world();
    const plan = planOf(...Array.from({ length: 3000 }, () => "destroy"));
    for (const { change } of plan.resource_changes) change.before = { text: "ä€😀".repeat(20) };
    const { id, plan_parts } = await run(plan);
    assert.ok(plan_parts > 1, String(plan_parts));
    for (const { value } of store.list({ kind: "plan", limit: 100, cursor: null }).records) assert.ok(value.text.length <= 500_000);
    assert.equal((await as("ann").runs.preview(id)).mandatory_violations, 0);
  });
});

describe("the timeline", () => {
  test("shows when an entry was changed, left out, or put elsewhere", async () => {
    const { as, run, store, host } = await world({ rules: [team("one")] });
    const { id } = await run();
    await as("ann").runs.approve(id);
    assert.equal((await as("ann").runs.timeline(id)).broken_at, null);
    const records = store.list({ partition: `run/${id}`, kind: "governance_event", limit: 10, cursor: null }).records;
    const tampered = async (put) => {
      await host.commit({ partition: `run/${id}`, idempotency_key: crypto.randomUUID(), expect: [], put, append: [] });
      const { broken_at } = await as("ann").runs.timeline(id);
      await host.commit({ partition: `run/${id}`, idempotency_key: crypto.randomUUID(), expect: [], put: records.map(({ kind, key, value }) => ({ kind, key, value })), append: [] });
      return broken_at;
    };
    const [first, second, third] = records;
    assert.equal(records.length, 3);
    assert.equal(await tampered([{ kind: second.kind, key: second.key, value: { ...second.value, actor_id: "bob" } }]), second.key);
    assert.equal(await tampered([{ kind: second.kind, key: second.key, value: null }]), third.key);
    assert.equal(await tampered([{ kind: third.kind, key: third.key, value: null }]), third.key);
    assert.equal(await tampered([{ kind: first.kind, key: first.key, value: second.value }]), second.key);
    assert.equal((await as("ann").runs.timeline(id)).broken_at, null);
  });

  test("holds one event for each set, with all that its policies said", async () => {
    const { as, run } = await world({ policies: { safety: { rego_source: NO_DESTROYS, enforcement: "advisory" }, zeta: { rego_source: ALLOWS } } });
    const [safety] = (await as("adam").policySets.list()).policy_sets;
    await as("adam").policySets.policies.add(safety.id, { name: "more", rego_source: ALLOWS });
    const { id } = await run();
    const events = (await as("ann").runs.timeline(id)).events.map(({ details }) => [details.policy_set_name, details.passed, details.violations.length]);
    assert.deepEqual(events, [["safety", false, 1], ["zeta", true, 0]]);
  });

  test("tells sets of one name in two scopes apart", async () => {
    const { as, run } = await world({ policies: { dup: { rego_source: NO_DESTROYS, enforcement: "advisory" } } });
    const { id: other } = await as("adam").policySets.create({ name: "dup", project_id: "shop" });
    await as("adam").policySets.policies.add(other, { name: "p", rego_source: ALLOWS });
    const { id } = await run();
    assert.deepEqual((await as("ann").runs.timeline(id)).events.map(({ details }) => [details.policy_set_name, details.passed]), [["dup", false], ["dup", true]]);
  });

  test("says who stopped, discarded, applied and told again", async () => {
    const { as, run, clock, events } = await world({ rules: [team("one")] });
    const stopped = await run();
    clock.now += HOUR;
    await as("ann").runs.renotify(stopped.id);
    await as("bob").changesets.discard(stopped.id);
    await as("bob").runs.abort(stopped.id);
    assert.deepEqual((await events(stopped.id)).slice(1), ["approvers_notified ann", "changeset_discarded bob", "run_aborted bob"]);
    const { id } = await run();
    await as("ann").runs.approve(id);
    const { run: apply } = await as("bob").changesets.apply(id);
    await as("ci").runs.completeApply(apply.id);
    assert.deepEqual([(await events(id)).at(-1), await events(apply.id)], ["apply_requested bob", ["apply_completed ci"]]);
    const failed = await as("ci").runs.create({ workspace_id: "w-1", trigger: "push" });
    await as("ci").runs.fail(failed.id, "no credentials");
    assert.deepEqual(await events(failed.id), ["run_failed ci"]);
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

  test("45, 46: a run waits for the check, which passes", async () => {
    const { run, told, answer, provider, as } = await checked();
    const { id, status, requirements } = await run();
    assert.equal(status, "pending_approval");
    assert.deepEqual(requirements.map(({ approver_type, stage }) => [approver_type, stage]), [["external_provider", 1]]);
    const [call] = told;
    assert.deepEqual([call.kind, call.callback_url, call.sign_message], ["external_check_requested", "https://scan.example/check", `${provider.id}:${id}`]);
    assert.equal(told.length, 1);
    assert.equal((await answer(id, "pass")).status, "completed");
    const events = (await as("adam").runs.timeline(id)).events;
    const received = events.find(({ event_type }) => event_type === "external_check_received");
    assert.deepEqual([received.actor_type, received.actor_id, received.details.decision], ["external_provider", provider.id, "pass"]);
  });

  test("47: one that fails rejects the run", async () => {
    const { run, answer } = await checked();
    const { id } = await run();
    const after = await answer(id, "fail", { reason: "a key is open" });
    assert.equal(after.status, "rejected");
    assert.match(after.reasons[0].message, /scan rejected `scan`: a key is open/);
  });

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

describe("time", () => {
  const timed = (escalation_action, more = {}) => team("one", { timeout_hours: 24, escalation_action, ...more });

  test("37: nothing happens before the time is up, and the sweep says when it is", async () => {
    const { run, as, clock } = await world({ rules: [timed("auto_approve")] });
    const { id } = await run();
    const started = clock.now;
    clock.now += 24 * HOUR - 60_000;
    assert.deepEqual(await as("adam").sweep(), { swept: [], failed: 0, next_at_ms: started + 24 * HOUR });
    assert.equal((await as("adam").runs.get(id)).status, "pending_approval");
    clock.now = started + 24 * HOUR;
    const { swept, next_at_ms } = await as("adam").sweep();
    assert.deepEqual([swept.map(({ run_id }) => run_id), next_at_ms], [[id], null]);
  });

  test("38: auto_approve meets the requirement, and opens the next stage", async () => {
    const { run, as, clock, events } = await world({ rules: [timed("auto_approve", { min_approvals: 3 }), team("two", { stage: 2 })] });
    const { id } = await run();
    clock.now += 25 * HOUR;
    await as("adam").sweep();
    const after = await as("adam").runs.get(id);
    assert.deepEqual([after.status, after.requirements.map(({ status }) => status)], ["pending_approval", ["satisfied", "active"]]);
    assert.deepEqual(await events(id), ["requirement_active", "requirement_auto_approved", "requirement_active"]);
    assert.equal((await as("bob").runs.approve(id)).status, "completed");
  });

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

  test("40: escalate_to hands it to the team, keeps the votes, and has no second deadline", async () => {
    const { run, as, clock, events } = await world({ rules: [timed("escalate_to", { escalation_team_id: "t-two", min_approvals: 2, escalation_reason: "owners are away" })] });
    const { id } = await run();
    await as("ann").runs.approve(id);
    clock.now += 24 * HOUR;
    assert.deepEqual((await as("adam").sweep()).swept.map(({ next_at_ms }) => next_at_ms), [null]);
    clock.now += 10_000 * HOUR;
    assert.deepEqual(await as("adam").sweep(), { swept: [], failed: 0, next_at_ms: null });
    const [requirement] = (await as("adam").runs.get(id)).requirements;
    assert.deepEqual([requirement.approver_id, requirement.approvals_count, requirement.status], ["t-two", 1, "active"]);
    const escalated = (await as("adam").runs.timeline(id)).events.find(({ event_type }) => event_type === "requirement_escalated");
    assert.equal(escalated.details.reason, "owners are away");
    assert.equal((await as("bob").runs.approve(id)).status, "completed");
    assert.equal((await events(id)).filter((event) => event.startsWith("requirement_escalated")).length, 1);
  });

  test("41: no timeout is never up", async () => {
    const asks = "package forgecroft.policy\n\nimport rego.v1\n\nrequire_approval contains {\"team\": \"one\", \"timeout_hours\": 0} if true\n";
    const { run, as, clock } = await world({ policies: { asks: { rego_source: asks } }, rules: [team("two")] });
    await run();
    clock.now += 366 * 24 * HOUR;
    assert.deepEqual(await as("adam").sweep(), { swept: [], failed: 0, next_at_ms: null });
  });

  test("42: a later stage does not age while it waits", async () => {
    const { run, as, clock } = await world({ rules: [team("one"), timed("reject", { name: "later", stage: 2 })] });
    const { id } = await run();
    clock.now += 100 * HOUR;
    assert.deepEqual((await as("adam").sweep()).swept, []);
    await as("ann").runs.approve(id);
    assert.equal((await as("adam").sweep()).next_at_ms, clock.now + 24 * HOUR);
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
