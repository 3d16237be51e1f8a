// Runs on a host's store: evaluated once, under one state of the set-up, kept small, previewed, and told in order.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { governance, providerTokens, routedStore } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { ALLOWS, HOUR, team, world } from "./governance-world.mjs";
import { NO_DESTROYS, planOf } from "./plans.mjs";
import { refused, rejectsCode } from "./regate-error.mjs";

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

describe("the preview of a stored run", () => {
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

  test("nobody starts a promotion by their own word", async () => {
    const { as } = await world();
    for (const who of ["ann", "ci"]) {
      await refused(() => as(who).runs.create({ workspace_id: "w-1", trigger: "promotion", promoted_from: "w-0" }), "invalid_request", 400, /workspaces\.promote/);
    }
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

describe("the list of runs", () => {
  test("is of the organisation or a workspace, newest first, page by page", async () => {
    const { as, run, host, clock } = await world();
    await as("adam").workspaces.put("w-2", { name: "other", project_id: "shop" });
    const made = [];
    for (const workspace_id of ["w-1", "w-2", "w-1"]) {
      clock.now += HOUR;
      made.push((await run(planOf("add"), { workspace_id })).id);
    }
    const elsewhere = governance(host, { org_id: "o-2" }).as("ci");
    const idsOf = ({ runs }) => runs.map(({ id }) => id);
    const all = await as("ann").runs.list();
    assert.deepEqual([idsOf(all), all.cursor], [[...made].reverse(), null]);
    assert.deepEqual(all.runs[0], await as("ann").runs.get(made[2]));
    assert.deepEqual(idsOf(await as("ann").runs.list({ workspace_id: "w-1" })), [made[2], made[0]]);
    assert.deepEqual(idsOf(await governance(host, { org_id: "o-1", asker: "ann", workspace_id: "w-2" }).runs.list()), [made[1]]);
    assert.deepEqual(await elsewhere.runs.list(), { runs: [], cursor: null });
    const paged = [];
    let cursor = null;
    do {
      const page = await as("ann").runs.list({ limit: 1, cursor });
      assert.equal(page.runs.length, 1);
      paged.push(...idsOf(page));
      cursor = page.cursor;
    } while (cursor !== null);
    assert.deepEqual(paged.toSorted(), made.toSorted());
  });

  test("fills a page past what is not of it", async () => {
    const { as, run } = await world();
    await as("adam").workspaces.put("w-2", { name: "other", project_id: "shop" });
    for (const workspace_id of ["w-1", "w-1", "w-2"]) await run(planOf("add"), { workspace_id });
    assert.equal((await as("ann").runs.list({ workspace_id: "w-2", limit: 1 })).runs.length, 1);
  });

  test("leaves out what the caller may not see", async () => {
    const { as, run, host } = await world({
      functions: {
        who: ({ asker, resource }) => {
          const may = asker === "half" && resource.id === "w-1" ? ["read"] : asker === "half" || asker === "nick" ? [] : ["read", "write", "trigger"];
          return { id: asker, email: null, org_role: may.length > 1 ? "admin" : null, is_session: asker !== "ci", may };
        },
      },
    });
    await as("adam").workspaces.put("w-2", { name: "other", project_id: "shop" });
    const { id } = await run(planOf("add"));
    await run(planOf("add"), { workspace_id: "w-2" });
    assert.deepEqual((await as("half").runs.list()).runs.map((seen) => seen.id), [id]);
    assert.deepEqual((await as("nick").runs.list()).runs, []);
    assert.equal((await governance(host, { org_id: "o-1", asker: "adam" }).runs.list()).runs.length, 2);
  });

  test("refuses a limit and a cursor that are none, and a failure of the host is no empty list", async () => {
    const { as, host } = await world();
    for (const limit of [0, 101, 1.5, "5"]) await refused(() => as("ann").runs.list({ limit }), "invalid_request", 400, /1 to 100/);
    await refused(() => as("ann").runs.list({ cursor: "x" }), "invalid_request", 400, /cursor/);
    await refused(() => as("ann").runs.list({ workspace_id: 1 }), "invalid_request", 400, /workspace_id/);
    const listing = (list) => governance({ ...host, list }, { org_id: "o-1", asker: "ann" }).runs.list();
    await rejectsCode(listing(() => { throw new Error("down"); }), "host_failed");
    await rejectsCode(listing(() => ({ records: [{ value: null }], cursor: null })), "host_failed");
    await rejectsCode(listing(({ cursor }) => ({ records: [], cursor: cursor ?? "again" })), "host_failed");
    const routed = routedStore(() => memoryStore());
    await rejectsCode(listing((query) => routed.list(query)), "host_failed");
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
