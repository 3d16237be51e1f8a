// Decisions end to end on the in-memory host: held, approved, allowed; conflicts, failures and lies of the host.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { prepareGovernance } from "regate";
import { memoryHost } from "regate/adapters/memory";
import { DESTROY_RULE, NO_DESTROYS, planOf, policySet, runContext } from "./plans.mjs";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

const NOW = Date.UTC(2024, 10, 20, 12);
const governed = (config = { approval_rules: [DESTROY_RULE] }) => prepareGovernance(config);
const hostAt = (options = {}) => memoryHost({ now: () => NOW, ...options });
const ids = (notices) => notices.map(({ id }) => id);

describe("a plan that needs approval", () => {
  test("is held, asked for once, and allowed when the approval is loaded", async () => {
    const governance = governed();
    const host = hostAt();
    const plan = planOf("destroy", "add");

    const first = await governance.decide(plan, runContext(), host);
    assert.equal(first.decision.kind, "hold");
    assert.equal(first.run_status, "pending_approval");
    assert.equal(first.committed, true);
    const [requirement] = first.decision.requirements;
    assert.equal(requirement.status, "active");
    assert.equal(requirement.name, DESTROY_RULE.name);
    assert.deepEqual(host.notices.map(({ kind }) => kind), ["approval_requested"]);
    assert.equal(host.notices[0].requirement.id, requirement.id);
    assert.equal(host.run("r-1").status, "pending_approval");

    const second = await governance.decide(plan, runContext(), host);
    assert.equal(second.decision.kind, "hold", "nothing was approved");
    assert.deepEqual(host.notices.length, 1, "asked for once");

    host.approve({ run_id: "r-1", requirement_id: requirement.id, approver_id: "u-9" });
    const third = await governance.decide(plan, runContext(), host);
    assert.equal(third.decision.kind, "allow");
    assert.equal(third.run_status, "completed");
    assert.deepEqual(host.notices.map(({ kind }) => kind), ["approval_requested", "run_decided"]);
    assert.equal(new Set(ids(host.notices)).size, 2);
    assert.equal(host.run("r-1").status, "completed");
    const audits = host.list({ kind: "audit", limit: 10, cursor: null }).records;
    assert.deepEqual(audits.map(({ value }) => value.decision_id), ["decision-1", "decision-2", "decision-3"]);
  });

  test("is not approved by who started it, by whatever name, where that is forbidden", async () => {
    const governance = governed({ approval_rules: [{ ...DESTROY_RULE, forbid_self_approval: true }] });
    for (const [approver_id, run] of [["u-1", {}], ["dana@example.com", {}], ["DANA@example.com", {}], ["pat@example.com", { triggered_by: "pat@example.com" }]]) {
      const host = hostAt();
      const held = await governance.decide(planOf("destroy"), runContext("r-1", run), host);
      host.approve({ run_id: "r-1", requirement_id: held.decision.requirements[0].id, approver_id });
      assert.equal((await governance.decide(planOf("destroy"), runContext("r-1", run), host)).decision.kind, "hold", approver_id);
      host.approve({ run_id: "r-1", requirement_id: held.decision.requirements[0].id, approver_id: "u-9" });
      assert.equal((await governance.decide(planOf("destroy"), runContext("r-1", run), host)).decision.kind, "allow");
    }
    const host = hostAt();
    const held = await governance.decide(planOf("destroy"), runContext(), host);
    host.reject({ run_id: "r-1", requirement_id: held.decision.requirements[0].id, approver_id: "u-1" });
    assert.equal((await governance.decide(planOf("destroy"), runContext(), host)).decision.kind, "deny", "a no counts, whoever says it");
  });

  test("is not said to have ended when it is asked about with another trigger", async () => {
    const governance = governed();
    const host = hostAt();
    const held = await governance.decide(planOf("destroy"), runContext(), host);
    const other = await governance.decide(planOf("destroy"), runContext("r-1", { trigger: "pr" }), host);
    assert.deepEqual([other.decision.kind, other.decision.reasons[0].code], ["deny", "run_already_decided"]);
    assert.equal(host.run("r-1").status, "pending_approval");
    assert.deepEqual(host.notices.map(({ kind }) => kind), ["approval_requested"]);
    host.approve({ run_id: "r-1", requirement_id: held.decision.requirements[0].id, approver_id: "u-9" });
    assert.equal((await governance.decide(planOf("destroy"), runContext(), host)).decision.kind, "allow");
    assert.deepEqual(host.notices.map(({ kind, id }) => [kind, id]).at(-1), ["run_decided", "r-1:completed"]);
  });

  test("is rejected by one rejection", async () => {
    const governance = governed();
    const host = hostAt();
    const held = await governance.decide(planOf("destroy"), runContext(), host);
    host.reject({ run_id: "r-1", requirement_id: held.decision.requirements[0].id, approver_id: "u-9", comment: "not today" });
    const decided = await governance.decide(planOf("destroy"), runContext(), host);
    assert.equal(decided.decision.kind, "deny");
    assert.equal(decided.run_status, "rejected");
    assert.match(decided.decision.reasons[0].message, /not today/);
  });

  test("approvals of another plan do not count", async () => {
    const governance = governed();
    const host = hostAt();
    const held = await governance.decide(planOf("destroy"), runContext(), host);
    host.approve({ run_id: "r-1", requirement_id: held.decision.requirements[0].id, approver_id: "u-9" });
    const other = await governance.decide(planOf("destroy", "destroy"), runContext(), host);
    assert.notEqual(other.decision.kind, "allow");
  });

  test("an approval for one run is none for another", async () => {
    const governance = governed();
    const host = hostAt();
    const held = await governance.decide(planOf("destroy"), runContext("r-1"), host);
    host.approve({ run_id: "r-1", requirement_id: held.decision.requirements[0].id, approver_id: "u-9" });
    assert.equal((await governance.decide(planOf("destroy"), runContext("r-2"), host)).decision.kind, "hold");
  });
});

describe("preview", () => {
  test("is the same decision and response as enforcement, and performs nothing", async () => {
    const configs = [{}, { approval_rules: [DESTROY_RULE] }, { approval_rules: [DESTROY_RULE], policy_sets: [policySet(NO_DESTROYS)] }];
    for (const config of configs) {
      for (const plan of [planOf(), planOf("add"), planOf("destroy")]) {
        const governance = governed(config);
        const host = hostAt();
        const preview = governance.preview(plan, { ...runContext(), nowMs: NOW });
        assert.deepEqual([host.commits, host.notices], [[], []]);
        const decided = await governance.decide(plan, runContext(), host);
        assert.deepEqual(preview.decision, decided.decision);
        assert.deepEqual(preview.response, decided.response);
        assert.deepEqual(preview.digest, decided.digest);
        assert.deepEqual(preview.effects.notices, decided.effects.notices);
        governance.free();
      }
    }
  });

  test("of a run that nobody in particular started is about the same input as enforcement", async () => {
    const governance = governed();
    const { user, ...context } = runContext();
    assert.ok(user !== undefined);
    const preview = governance.preview(planOf("destroy"), context);
    assert.deepEqual(preview.digest, (await governance.decide(planOf("destroy"), context, hostAt())).digest);
  });

  test("without a context is about the neutral run", () => {
    const governance = governed({ policy_sets: [policySet(`package forgecroft.policy

import rego.v1

deny contains sprintf("%s %s %s %s", [input.workspace.id, input.run.trigger, input.org.id, input.user.email])
`)] });
    const zeros = "00000000-0000-0000-0000-000000000000";
    assert.deepEqual(governance.preview(planOf()).response.policy_results[0].violations, [`${zeros} manual ${zeros} stub@example.invalid`]);
  });

  test("does not leave out in silence what applies to some workspaces only", () => {
    const anything = policySet(NO_DESTROYS, { name: "everywhere" });
    const provider = { id: "p-1", name: "Scanner", callback_url: "https://scan.example.com/" };
    const { workspace, run, org } = runContext();
    const scoped = [
      [{ policy_sets: [anything, policySet(NO_DESTROYS, { workspace_id: "w-1" })] }, /the policy set `safety` applies to one workspace only/, "workspace"],
      [{ policy_sets: [policySet(NO_DESTROYS, { project_id: "p-1" })] }, /the policy set `safety` applies to one project only/, "workspace"],
      [{ approval_rules: [{ ...DESTROY_RULE, workspace_id: "w-1" }] }, /the approval rule `Destroys are read` applies to one workspace only/, "workspace"],
      [{ external_check_providers: [{ ...provider, scopes: [{ scope_type: "project", scope_id: "x" }] }] }, /the external check `Scanner` applies to one project only/, "workspace"],
      [{ external_check_providers: [{ ...provider, scopes: [{ scope_type: "org", scope_id: "o-1" }] }] }, /the external check `Scanner` applies to one organisation only/, "org"],
    ];
    for (const [config, sentence, part] of scoped) {
      const governance = prepareGovernance(config);
      // What becomes of the configuration afterwards changes nothing.
      for (const key of Object.keys(config)) delete config[key];
      for (const context of [undefined, {}, { run }, part === "org" ? { workspace, run } : { run, org }]) {
        const error = throwsCode(() => governance.preview(planOf(), context), "malformed_request", { path: `/${part}` });
        assert.match(error.message, sentence);
        assert.match(error.help, /\{ workspace, run, org \}/);
      }
      assert.equal(typeof governance.preview(planOf(), { workspace, run, org }).decision.kind, "string");
    }
    const off = prepareGovernance({
      policy_sets: [anything, policySet(NO_DESTROYS, { workspace_id: "w-1", enabled: false })],
      external_check_providers: [{ ...provider, scopes: [] }],
    });
    assert.equal(off.preview(planOf("destroy")).decision.kind, "deny");
  });

  test("names a misspelt field of its context and a wrong plan", () => {
    const governance = governed();
    throwsCode(() => governance.preview(planOf(), { workspaces: {} }), "malformed_request");
    throwsCode(() => governance.preview(planOf(), { run: { id: "r", trigger: "tuesday" } }), "malformed_request", { path: "/run/trigger" });
    throwsCode(() => governance.preview({ hello: 1 }), "not_a_plan");
    throwsCode(() => governance.preview(planOf(), { nowMs: -1 }), "malformed_request", { path: "/now_ms" });
  });
});

describe("conflicts", () => {
  test("are read again and retried", async () => {
    const governance = governed();
    const host = hostAt();
    host.conflictNext(3);
    const loads = countCalls(host, "load");
    const decided = await governance.decide(planOf("destroy"), runContext(), host);
    assert.equal(decided.decision.kind, "hold");
    assert.equal(decided.committed, true);
    assert.equal(decisionCommits(host).length, 1);
    assert.equal(loads(), 4 * 2, "both needs are read again after each conflict");
    assert.equal(host.notices.length, 1);
  });

  test("are retried eight times and then deny", async () => {
    const governance = governed({});
    const host = hostAt();
    const commits = countCalls(host, "commit");
    host.conflictNext(8);
    assert.equal((await governance.decide(planOf(), runContext("r-8"), host)).decision.kind, "allow");
    assert.equal(commits(), 9 + 1, "and one for what was told");
    host.conflictNext(9);
    const decided = await governance.decide(planOf(), runContext("r-9"), host);
    assert.deepEqual(decided.decision.reasons.map(({ code }) => code), ["conflict_not_resolved"]);
    assert.equal(decided.committed, false);
    assert.equal(decided.run_status, null);
    assert.deepEqual(decided.effects, { commit: null, notices: [] });
    assert.equal(host.run("r-9"), undefined);
  });

  test("two decisions that race for one run commit one after the other", async () => {
    const governance = governed();
    const host = hostAt();
    const slow = pausing(host);
    const both = await Promise.all([
      governance.decide(planOf("destroy"), runContext(), slow),
      governance.decide(planOf("destroy"), runContext(), slow),
    ]);
    assert.deepEqual(both.map(({ decision }) => decision.kind), ["hold", "hold"]);
    assert.equal(host.notices.length, 1, "asked for once although two asked at the same time");
  });

  test("a commit that was lost on its way back is one commit", async () => {
    const governance = governed({});
    const host = hostAt();
    const lossy = Object.assign(Object.create(host), {
      load: (needs) => host.load(needs),
      commit(commit) {
        host.commit(commit);
        assert.equal(host.commit(commit), "ok", "the same key again");
        return "ok";
      },
    });
    delegate(lossy, host);
    assert.equal((await governance.decide(planOf(), runContext(), lossy)).decision.kind, "allow");
    assert.equal(decisionCommits(host).length, 1);
  });
});

describe("a host that fails before its commit is acknowledged", () => {
  for (const callback of ["who", "now", "newId", "randomSeed", "load", "commit"]) {
    test(`denies when ${callback}() throws`, async () => {
      const host = hostAt();
      host.failNext(callback, new Error("the database is away"));
      const decided = await governed().decide(planOf(), runContext(), host);
      assert.equal(decided.decision.kind, "deny");
      const [reason] = decided.decision.reasons;
      assert.equal(reason.code, "host_failed");
      assert.equal(reason.message, `the host's ${callback}() failed`);
      assert.equal(decided.failure.message, "the database is away");
      assert.ok(!JSON.stringify(decided).includes("database is away"), "what the host threw may hold secrets");
      assert.deepEqual([decided.committed, decided.run_status, host.notices.length], [false, null, 0]);
      assert.deepEqual(decided.audit.result.decision, decided.decision);
      // The next decision is not touched by it.
      assert.equal((await governed().decide(planOf(), runContext(), host)).decision.kind, "allow");
    });
  }

  test("denies when it throws something that is no Error", async () => {
    for (const thrown of [undefined, null, "text", 5, {}, Symbol("x"), Object.create(null)]) {
      const host = hostAt();
      const failing = delegate({ load: () => { throw thrown; } }, host);
      assert.equal((await governed().decide(planOf(), runContext(), failing)).decision.kind, "deny");
    }
  });

  test("denies when who knows nobody", async () => {
    const decided = await governed({}).decide(planOf(), runContext(), delegate({ who: () => null }, hostAt()));
    assert.deepEqual([decided.decision.kind, decided.decision.reasons[0].code, decided.committed], ["deny", "unauthorized", false]);
  });

  const need = { kind: "run", run_id: "r-1" };
  const lies = {
    "load gives nothing": { load: () => undefined },
    "load gives an object": { load: () => ({}) },
    "load gives an empty list": { load: () => [] },
    "load gives null in a list": { load: () => [null] },
    "load gives two facts for one need": { load: () => [{ need, version: null, value: null }, { need, version: "1", value: null }] },
    "load gives a need with a BigInt": { load: () => [{ need: { kind: "run", run_id: 1n }, version: null, value: null }] },
    "load gives a fact that throws when it is read": { load: () => [throwing("need")] },
    "load gives a version that throws when it is read": { load: () => [Object.assign(throwing("version"), { need, value: null })] },
    "load gives a value that throws when it is read": { load: () => [{ need, version: "1", value: throwing("run_id") }] },
    "load gives a list that throws when it is read": { load: () => new Proxy([], { get: (list, key) => (key === "then" ? undefined : fail()) }) },
    "who gives an identity that throws when it is read": { who: () => throwing("email") },
    "load answers another need": { load: () => [{ need: { kind: "run", run_id: "r-2" }, version: null, value: null }] },
    "load leaves out the version": { load: () => [{ need, value: null }] },
    "load leaves out the value": { load: () => [{ need, version: null }] },
    "load gives a number as the version": { load: () => [{ need, version: 1, value: null }] },
    "load gives a value that is no record": { load: () => [{ need, version: "1", value: "completed" }] },
    "load gives a record of another run": (host) => ({
      load: () => [{ need, version: "1", value: { ...host.run("r-0"), run_id: "r-7" } }],
    }),
    "load gives a record that says completed and nothing else": { load: () => [{ need, version: "1", value: { run_id: "r-1", status: "completed" } }] },
    "load gives a Map": { load: () => [{ need, version: "1", value: new Map() }] },
    "load gives a cycle": () => {
      const value = {};
      value.self = value;
      return { load: () => [{ need, version: "1", value }] };
    },
    "load is rejected": { load: () => Promise.reject(new Error("no")) },
    "load is no function": { load: 5 },
    "commit gives true": { commit: () => true },
    "commit gives nothing": { commit: () => undefined },
    "commit gives OK": { commit: async () => "OK" },
    "now gives a text": { now: () => "2024-11-20" },
    "now gives NaN": { now: () => NaN },
    "now gives a time before 1970": { now: () => -1 },
    "newId gives an empty text": { newId: () => " " },
    "newId gives a number": { newId: () => 7 },
    "randomSeed gives a fraction": { randomSeed: () => 0.5 },
    "randomSeed gives a text": { randomSeed: () => "seed" },
    "who gives an identity without rights": { who: () => ({ id: "u", email: null }) },
  };
  for (const [name, lie] of Object.entries(lies)) {
    test(`denies when ${name}`, async () => {
      const host = hostAt();
      await governed({}).decide(planOf(), runContext("r-0"), host);
      const lying = delegate(typeof lie === "function" ? lie(host) : { ...lie }, host);
      const decided = await governed({}).decide(planOf(), runContext(), lying);
      assert.equal(decided.decision.kind, "deny", JSON.stringify(decided.decision));
      assert.equal(decided.decision.reasons[0].code, "host_failed");
      assert.equal(decided.committed, false);
      assert.ok(!JSON.stringify(decided).includes("s3cret"));
    });
  }

  test("approvals that are no approvals deny", async () => {
    const host = hostAt();
    const load = (needs) => needs.map((need) => (need.kind === "approvals" ? { need, version: null, value: [{ requirement_id: "x" }] } : host.load([need])[0]));
    const decided = await governed().decide(planOf("destroy"), runContext(), delegate({ load }, host));
    assert.equal(decided.decision.reasons[0].code, "host_failed");
  });
});

describe("who is asking", () => {
  test("a caller who may not trigger is denied", async () => {
    const host = hostAt({ identity: { id: "u-2", email: "kim@example.com", may: [] } });
    const decided = await governed().decide(planOf(), runContext(), host);
    assert.equal(decided.decision.reasons[0].code, "not_permitted");
    assert.match(decided.decision.reasons[0].message, /kim@example\.com/);
    assert.equal(host.commits.length, 0);
  });

  test("is not the user of the run: votes count whoever asks next", async () => {
    const { user: _, ...context } = runContext();
    let identity = { id: "u-2", email: "kim@example.com", may: ["trigger"] };
    const memory = hostAt();
    const host = delegate({ who: () => identity }, memory);
    const held = await governed().decide(planOf("destroy"), context, host);
    assert.deepEqual(held.audit.input.user, { id: null, email: null });
    memory.approve({ run_id: "r-1", requirement_id: held.decision.requirements[0].id, approver_id: "u-9" });
    identity = { id: "u-3", email: "sam@example.com", may: ["trigger"] };
    const decided = await governed().decide(planOf("destroy"), context, host);
    assert.equal(decided.digest, held.digest);
    assert.equal(decided.decision.kind, "allow");
  });
});

describe("after the commit", () => {
  test("a failing notify changes nothing and hands the notices back", async () => {
    const host = hostAt();
    host.failNext("notify", new Error("no mail today"));
    const decided = await governed().decide(planOf("destroy"), runContext(), host);
    assert.equal(decided.decision.kind, "hold");
    assert.equal(decided.committed, true);
    assert.deepEqual(decided.undelivered, decided.effects.notices);
    assert.equal(decided.undelivered.length, 1);
    assert.equal(decided.undelivered_reason, "the host's notify() failed");
    assert.equal(decided.failure.message, "no mail today");
    host.notify(decided.undelivered);
    assert.deepEqual(ids(host.notices), ids(decided.effects.notices));
  });
});

describe("misuse of decide throws", () => {
  test("a plan that is none, and a context without its ids", async () => {
    const governance = governed();
    await rejectsCode(governance.decide({ hello: 1 }, runContext(), hostAt()), "not_a_plan");
    await rejectsCode(governance.decide("{", runContext(), hostAt()), "input_not_json");
    for (const part of ["workspace", "run", "org"]) {
      const { [part]: _, ...context } = runContext();
      await rejectsCode(governance.decide(planOf(), context, hostAt()), "malformed_request", { path: `/${part}` });
    }
    await rejectsCode(governance.decide(planOf(), undefined, hostAt()), "malformed_request");
    await rejectsCode(governance.decide(planOf(), runContext("r", { trigger: "tuesday" }), hostAt()), "malformed_request");
    await rejectsCode(governance.decide(planOf(), { ...runContext(), tenant: "t" }, hostAt()), "malformed_request");
    governance.free();
    await rejectsCode(governance.decide(planOf(), runContext(), hostAt()), "released");
  });

  test("the caller may change plan and context while the host is asked", async () => {
    const governance = governed();
    const host = hostAt();
    const bytes = new TextEncoder().encode(JSON.stringify(planOf("destroy")));
    const context = runContext();
    const deciding = governance.decide(bytes, context, pausing(host));
    bytes.fill(0x20);
    context.run.id = "r-other";
    const decided = await deciding;
    assert.equal(decided.decision.kind, "hold");
    assert.deepEqual(Object.keys(host.run("r-1") ?? {}).length > 0, true);
    assert.equal(host.run("r-other"), undefined);
  });
});

describe("the in-memory host", () => {
  test("names a run or a requirement that is not there", async () => {
    const host = hostAt();
    throwsCode(() => host.approve({ run_id: "r-1", requirement_id: "x", approver_id: "u" }), "unknown_run");
    await governed().decide(planOf("destroy"), runContext(), host);
    throwsCode(() => host.approve({ run_id: "r-1", requirement_id: "x", approver_id: "u" }), "unknown_requirement");
  });
});

/** The commits of decisions; there are others, of notices that were told. */
function decisionCommits(host) {
  return host.commits.filter(({ append }) => append.some(({ kind }) => kind === "audit"));
}

function fail() {
  throw new Error("s3cret");
}

function throwing(property) {
  return Object.defineProperty({}, property, { enumerable: true, get: fail });
}

// A host that answers with `own` where it has it, and as `host` otherwise.
function delegate(own, host) {
  for (const callback of ["load", "commit", "list", "notify", "who", "now", "newId", "randomSeed"]) {
    if (!Object.hasOwn(own, callback)) own[callback] = (...args) => host[callback](...args);
  }
  return own;
}

// The same host, whose answers come later.
function pausing(host) {
  const later = (callback) => async (...args) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return host[callback](...args);
  };
  return delegate({ load: later("load"), commit: later("commit"), who: later("who") }, host);
}

function countCalls(host, callback) {
  const original = host[callback].bind(host);
  let calls = 0;
  host[callback] = (...args) => {
    calls++;
    return original(...args);
  };
  return () => calls;
}
