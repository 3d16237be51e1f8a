// One operation on a host: many at once, replies that are lost, callbacks that use the service, and what is refused before anything.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { governance, hostOver, providerTokens } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { planOf } from "./plans.mjs";
import { refused, rejectsCode, throwsCode } from "./regate-error.mjs";

const MINUTE = 60_000;
const VERBS = ["read", "write", "trigger", "apply", "approve", "reject", "abort"];
const soon = () => new Promise((resolve) => setTimeout(resolve, 1));

/** A host whose store answers later, as a database does: between its answers others come in. */
function world(functions = {}) {
  const store = memoryStore();
  const clock = { now: Date.UTC(2024, 10, 20, 12) };
  const later = {
    read: async (keys) => (await soon(), store.read(keys)),
    commit: async (commit) => (await soon(), store.commit(commit)),
    list: async (query) => (await soon(), store.list(query)),
  };
  const host = hostOver(later, {
    who: ({ asker }) => ({ id: asker, email: null, org_role: "admin", is_session: true, may: VERBS }),
    notify() {},
    isMember: () => true,
    now: () => clock.now,
    ...functions,
  });
  const service = governance(host, { org_id: "o-1", asker: "ada" });
  const pending = async (min_approvals = 1, rule = {}) => {
    await service.workspaces.put("w-1", { name: "shop", project_id: "p-1" });
    await service.approvalRules.create({ name: "owners", approver_type: "team", approver_id: "t-1", min_approvals, ...rule });
    return planned();
  };
  const planned = async () => {
    const { id } = await service.runs.create({ workspace_id: "w-1", trigger: "manual" });
    return (await service.runs.deliverPlan(id, planOf("destroy"))).run.id;
  };
  return { store, host, service, clock, pending, planned };
}

describe("many operations at once", () => {
  test("40 people vote on one run, and each vote counts", async () => {
    const { service, pending } = world();
    const id = await pending(40);
    const people = Array.from({ length: 40 }, (_, at) => `p-${at}`);
    const answers = await Promise.allSettled(people.map((person) => service.as(person).runs.approve(id)));
    assert.deepEqual(answers.filter(({ status }) => status === "rejected"), []);
    const run = await service.runs.get(id);
    assert.deepEqual([run.status, run.requirements[0].approvals_count], ["completed", 40]);
    assert.deepEqual((await service.runs.approvals(id)).map(({ user_id }) => user_id), people, "in the order in which they came");
  });

  test("20 workspaces are put", async () => {
    const { service, store } = world();
    const ids = Array.from({ length: 20 }, (_, at) => `w-${at}`);
    const answers = await Promise.allSettled(ids.map((id) => service.workspaces.put(id, { name: id, project_id: "p-1" })));
    assert.deepEqual(answers.filter(({ status }) => status === "rejected"), []);
    assert.equal(store.list({ kind: "workspace", limit: 100, cursor: null }).records.length, 20);
  });

  test("two processes on one store, with ten votes each", async () => {
    const { service, host, pending } = world();
    const id = await pending(20);
    // Another host object has turns of its own.
    const other = governance({ ...host }, { org_id: "o-1" });
    const votes = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? service : other).as(`p-${at}`).runs.approve(id));
    assert.deepEqual((await Promise.allSettled(votes)).filter(({ status }) => status === "rejected"), []);
    assert.equal((await service.runs.get(id)).status, "completed");
  });

  test("operations on different runs do not wait for each other", async () => {
    const { service, host, pending, planned } = world();
    const [held, free] = [await pending(), await planned()];
    const { commit } = host;
    let release;
    const gate = new Promise((resolve) => (release = resolve));
    host.commit = async (change) => {
      if (change.partition === `run/${held}`) await gate;
      return commit(change);
    };
    const first = service.runs.approve(held);
    assert.equal((await service.runs.approve(free)).status, "completed");
    assert.equal((await service.runs.get(held)).status, "pending_approval", "who reads does not wait either");
    release();
    assert.equal((await first).status, "completed");
  });

  test("conflicts that do not end are said, after pauses", async () => {
    const { service, host } = world();
    let commits = 0;
    host.commit = () => (commits++, "conflict");
    const started = performance.now();
    await rejectsCode(service.workspaces.put("w-1", { name: "shop", project_id: "p-1" }), "conflict_not_resolved");
    assert.ok(commits > 9, `${commits} commits`);
    assert.ok(performance.now() - started > 50, "it was tried again at once");
  });
});

describe("a callback that uses the service on the same run", () => {
  for (const callback of ["load", "commit"]) {
    test(`${callback}: nobody waits for ever`, { timeout: 20_000 }, async () => {
      const { service, host, pending } = world();
      const id = await pending(3);
      const whole = host[callback];
      let inner;
      host[callback] = async (given) => {
        if (inner === undefined) {
          inner = service.as("inner").runs.approve(id);
          await inner;
        }
        return whole(given);
      };
      await service.as("outer").runs.approve(id);
      const people = (await service.runs.approvals(id)).map(({ user_id }) => user_id);
      assert.ok(people.includes("inner") && people.includes("outer"), people.join());
    });
  }

  test("notify: it is called after the turn, and nobody waits", async () => {
    const { service, host, clock, pending } = world();
    const id = await pending();
    clock.now += 5 * MINUTE;
    let status;
    host.notify = async ([{ kind }]) => {
      if (kind === "approval_requested") ({ status } = await service.as("inner").runs.approve(id));
    };
    const started = performance.now();
    await service.runs.renotify(id);
    assert.equal(status, "completed");
    assert.ok(performance.now() - started < 1500, "it waited for the operation that waits for it");
  });

  test("an operation that never ends keeps later ones waiting once, not each of them", { timeout: 20_000 }, async () => {
    const { service, host, pending } = world();
    const id = await pending(4);
    const { commit } = host;
    let isFirst = true;
    host.commit = (change) => {
      if (!isFirst) return commit(change);
      isFirst = false;
      return new Promise(() => {});
    };
    service.as("gone").runs.approve(id);
    await Promise.all([service.as("ann").runs.approve(id), service.as("bob").runs.approve(id)]);
    const started = performance.now();
    await service.as("cy").runs.approve(id);
    assert.ok(performance.now() - started < 1500, "it waited for the one that never ends");
    assert.deepEqual((await service.runs.approvals(id)).map(({ user_id }) => user_id).sort(), ["ann", "bob", "cy"]);
  });
});

describe("a commit whose reply is lost", () => {
  test("is sent again as it was: the operation succeeds, and there is one change", async () => {
    const { service, host, store, pending } = world();
    const id = await pending();
    const { commit } = host;
    const sent = [];
    host.commit = async (change) => {
      sent.push(JSON.stringify(change));
      const answer = await commit(change);
      if (sent.length === 1) throw new Error("the line broke");
      return answer;
    };
    assert.equal((await service.runs.approve(id)).status, "completed");
    assert.equal(sent[1], sent[0]);
    assert.equal((await service.runs.approvals(id)).length, 1);
    assert.equal((await service.runs.timeline(id)).broken_at, null);
    sent.length = 0;
    await service.policySets.create({ name: "safety" });
    const sets = store.list({ kind: "policy_set", limit: 10, cursor: null }).records;
    assert.deepEqual(sets.map(({ value }) => value.version ?? 1), [1]);
    assert.equal(sent.length, 2);
  });

  test("is sent twice at most, and then the host has failed", async () => {
    const { service, host } = world();
    let sent = 0;
    host.commit = () => {
      sent++;
      throw new Error("s3cret");
    };
    const thrown = await rejectsCode(service.policySets.create({ name: "safety" }), "host_failed");
    assert.ok(!thrown.message.includes("s3cret"));
    assert.deepEqual([sent, thrown.cause.message], [2, "s3cret"]);
  });
});

describe("who is asking", () => {
  const identity = (may) => world({ who: () => ({ id: "ada", email: null, org_role: "admin", is_session: true, may }) });

  test("may have rights that governance does not know of: they permit nothing, and break nothing", async () => {
    const { service, pending } = identity([...VERBS, "manage_members", "manage_grants", "force_unlock", "use", "constructor", ""]);
    assert.equal((await service.runs.approve(await pending())).status, "completed");
    const nobody = world({ who: () => ({ id: "n", email: null, org_role: "member", is_session: true, may: ["manage_members", "Read"] }) });
    await refused(() => nobody.service.workspaces.put("w-1", { name: "shop", project_id: "p-1" }), "not_permitted", 403);
  });

  test("a right that is no word is malformed", async () => {
    for (const right of [1, null, { toString: () => "write" }, ["write"]]) {
      await rejectsCode(identity([...VERBS, right]).service.settings.put({}), "host_failed");
    }
    // A hole.
    await rejectsCode(identity(["read", , "write"]).service.settings.put({}), "host_failed");
  });
});

describe("the answer of an external check", () => {
  const tokens = providerTokens(() => "test-provider-secret");

  async function checked(functions = {}) {
    const made = world({ ...tokens, storeSecret() {}, ...functions });
    await made.service.workspaces.put("w-1", { name: "shop", project_id: "p-1" });
    const { id: provider_id } = await made.service.providers.create({ name: "scan", callback_url: "https://scan.example/" });
    await made.service.providers.attachScope(provider_id, { scope_type: "workspace", scope_id: "w-1" });
    const token = (run_id) => tokens.sign(provider_id, `${provider_id}:${run_id}`);
    return { ...made, provider_id, token };
  }

  test("is for one run: an id that changes when it is read passes no token for another", async () => {
    const { service, planned, provider_id, token } = await checked();
    const [mine, others] = [await planned(), await planned()];
    const twoFaced = (seen, asked) => ({ toString: () => seen, toJSON: () => asked });
    const answer = { run_id: mine, provider_id, token: await token(mine), decision: "pass" };
    await rejectsCode(service.checks.receive({ ...answer, run_id: twoFaced(mine, others) }), "malformed_request", { path: "/run_id" });
    await rejectsCode(service.checks.receive({ ...answer, provider_id: twoFaced(provider_id, provider_id) }), "malformed_request", { path: "/provider_id" });
    let reads = 0;
    const changing = {
      ...answer,
      get run_id() {
        return reads++ === 0 ? mine : others;
      },
    };
    assert.equal((await service.checks.receive(changing)).id, mine);
    assert.equal((await service.runs.get(others)).status, "pending_approval");
  });

  test("that is none is malformed", async () => {
    const { service } = await checked();
    const broken = {
      get run_id() {
        throw new TypeError("read");
      },
    };
    for (const answer of [undefined, null, "pass", 1, {}, broken]) await rejectsCode(service.checks.receive(answer), "malformed_request");
  });

  test("may be sent again where the host could not verify it, and not where it has nothing to verify with", async () => {
    let isDown = true;
    const verify = (...given) => {
      if (isDown) throw new Error("the vault of s3cret");
      return tokens.verify(...given);
    };
    const { service, planned, provider_id, token } = await checked({ verify });
    const run_id = await planned();
    const answer = { run_id, provider_id, token: await token(run_id), decision: "pass" };
    const thrown = await rejectsCode(service.checks.receive(answer), "host_failed");
    assert.ok(!thrown.message.includes("s3cret"));
    isDown = false;
    assert.equal((await service.checks.receive(answer)).status, "completed");
    const without = await checked({ verify: undefined });
    const other = await without.planned();
    const unverified = { run_id: other, provider_id: without.provider_id, token: await without.token(other), decision: "pass" };
    await refused(() => without.service.checks.receive(unverified), "unauthorized", 401);
  });
});

describe("a sweep", () => {
  const TIMED = { timeout_hours: 1, escalation_action: "auto_approve" };

  test("of a host that fails or gives something else is host_failed, without the host's words", async () => {
    for (const [callback, answer] of [
      ["now", () => "noon"],
      ["now", () => Number.NaN],
      ["list", () => null],
      ["list", () => ({ records: {}, cursor: null })],
      ["list", () => ({ records: [], cursor: 1 })],
      ["list", () => ({ records: [], cursor: "the same again" })],
      ["list", () => Promise.reject(new Error("s3cret"))],
      ["list", () => new Proxy({}, { get: () => { throw new Error("s3cret"); } })],
    ]) {
      const { service, host } = world();
      host[callback] = answer;
      const thrown = await rejectsCode(service.sweep(), "host_failed");
      assert.ok(!thrown.message.includes("s3cret"), thrown.message);
    }
    const { service, host } = world();
    const failure = new Error("s3cret");
    host.now = () => {
      throw failure;
    };
    assert.equal((await rejectsCode(service.sweep(), "host_failed")).cause, failure);
  });

  test("leaves out records that are none, counts them, and sweeps the rest", async () => {
    const { service, host, clock, pending } = world();
    const id = await pending(1, TIMED);
    clock.now += 60 * MINUTE;
    const { list } = host;
    const whole = { run_id: id, org_id: "o-1", next_at_ms: clock.now };
    host.list = async (query) => {
      const page = await list(query);
      if (query.kind !== "waiting_run") return page;
      const broken = [null, {}, { value: null }, { value: { ...whole, run_id: 1 } }, { value: { ...whole, org_id: undefined } }, { value: { ...whole, next_at_ms: "soon" } }];
      return { ...page, records: [...broken, ...page.records] };
    };
    const { swept, failed, failure, next_at_ms } = await service.sweep();
    assert.deepEqual([swept.map(({ run_id }) => run_id), failed, failure.code], [[id], 6, "host_failed"]);
    assert.equal(next_at_ms, clock.now + MINUTE);
  });

  test("tries a run that failed a minute later, and not at once", async () => {
    const { service, host, clock, pending } = world();
    await pending(1, TIMED);
    clock.now += 60 * MINUTE;
    const { commit } = host;
    host.commit = () => {
      throw new Error("no space");
    };
    const { failed, next_at_ms } = await service.sweep();
    assert.deepEqual([failed, next_at_ms], [1, clock.now + MINUTE]);
    host.commit = commit;
    assert.deepEqual((await service.sweep()).swept.length, 1);
  });

  test("is of the whole organisation, whatever workspace the service is for", async () => {
    const { service, host, clock, pending } = world();
    const id = await pending(1, TIMED);
    clock.now += 60 * MINUTE;
    const elsewhere = governance(host, { org_id: "o-1", asker: "ada", workspace_id: "w-2" });
    await refused(() => elsewhere.runs.get(id), "not_found", 404);
    const { swept, failed } = await elsewhere.sweep();
    assert.deepEqual([swept.map(({ run_id }) => run_id), failed], [[id], 0]);
    assert.equal((await service.runs.get(id)).status, "completed");
  });
});

describe("what is wrong with a call", () => {
  test("governance() without an organisation", () => {
    const { host } = world();
    for (const options of [undefined, null, "o-1", {}, { org_id: 1 }]) throwsCode(() => governance(host, options), "malformed_request", { path: "/org_id" });
    throwsCode(() => governance(host, { org_id: "o-1", workspace_id: 7 }), "malformed_request", { path: "/workspace_id" });
  });

  test("a plan whose code throws when it is looked at", async () => {
    const { service, pending } = world();
    await pending();
    const { id } = await service.runs.create({ workspace_id: "w-1", trigger: "manual" });
    const traps = Object.fromEntries(["getPrototypeOf", "get", "ownKeys", "has", "getOwnPropertyDescriptor"].map((trap) => [trap, () => { throw new TypeError("trapped"); }]));
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const plan of [new Proxy({}, traps), new Proxy([], traps), proxy]) {
      const thrown = await rejectsCode(service.runs.deliverPlan(id, plan), "input_not_json", { path: "" });
      assert.ok(thrown.cause instanceof TypeError);
    }
    assert.equal((await service.runs.get(id)).status, "queued");
  });

  test("a cursor that is none of the list's", async () => {
    const { service, host } = world();
    for (const list of [() => service.policySets.list({ cursor: "x" }), () => service.approvalRules.list({ cursor: "[1]" }), () => service.providers.list({ cursor: "[]" })]) {
      const thrown = await list().then(() => assert.fail("it was taken"), (error) => error);
      assert.deepEqual([thrown.code, thrown.status, thrown.path], ["invalid_request", 400, "/cursor"]);
    }
    // Another failure of the store stays the host's.
    host.load = () => {
      throw new RangeError("x");
    };
    await rejectsCode(service.policySets.list({ cursor: "x" }), "host_failed");
  });
});
