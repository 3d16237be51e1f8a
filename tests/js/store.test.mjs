// The store in memory keeps the contract of every store; a host over a store; and notices that survive a crash.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deliverNotices, governance, hostOver, prepareGovernance, routedStore } from "regate";
import { memoryHost, memoryStore } from "regate/adapters/memory";
import { storeContract } from "regate/store-contract";
import { DESTROY_RULE, planOf, runContext } from "./plans.mjs";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

describe("the store in memory", () => {
  for (const { name, run } of storeContract) {
    test(name, () => {
      const store = memoryStore();
      return run(() => store);
    });
  }

  test("hands out copies", () => {
    const store = memoryStore();
    const value = { a: 1 };
    const key = { partition: "p", kind: "run", key: "a" };
    store.commit({ partition: "p", idempotency_key: "1", expect: [], put: [{ kind: "run", key: "a", value }], append: [] });
    value.a = 2;
    store.read([key])[0].value.a = 3;
    store.list({ kind: "run", limit: 1, cursor: null }).records[0].value.a = 4;
    assert.deepEqual(store.read([key])[0].value, { a: 1 });
  });

  test("lists all partitions, in their order", () => {
    const store = memoryStore();
    for (const partition of ["b", "a"]) {
      const put = ["2", "1"].map((key) => ({ kind: "run", key, value: partition + key }));
      store.commit({ partition, idempotency_key: "1", expect: [], put, append: [] });
    }
    const first = store.list({ kind: "run", limit: 3, cursor: null });
    const second = store.list({ kind: "run", limit: 3, cursor: first.cursor });
    assert.deepEqual([...first.records, ...second.records].map(({ value }) => value), ["a1", "a2", "b1", "b2"]);
    assert.equal(second.cursor, null);
    throwsCode(() => store.list({ kind: "run", limit: 0, cursor: null }), "malformed_request");
  });
});

describe("lists in memory", () => {
  // Few names, so that records are deleted and come again; surrogates, because their order is that of units.
  const NAMES = ["", "a", "aa", "b", "~", "é", "😀", "\uffff", ...Array.from({ length: 30 }, (_, at) => `r-${(at * 7919) % 31}`)];

  for (const seed of [1, 2, 3, 4, 5, 6]) {
    test(`give what a search through everything finds, in its order (seed ${seed})`, () => {
      let state = seed;
      const below = (count) => (state = (state * 48_271) % 2_147_483_647) % count;
      const one = (items) => items[below(items.length)];
      const store = memoryStore();
      const live = new Map();
      const byPlace = (a, b) => (a.partition === b.partition ? (a.key < b.key ? -1 : 1) : a.partition < b.partition ? -1 : 1);
      for (let round = 0; round < 60; round++) {
        // Between two lists one commit or many, into a few partitions or all.
        for (let commit = below(40); commit >= 0; commit--) {
          const partition = one(NAMES);
          const put = Array.from({ length: 1 + below(4) }, () => ({ kind: one(["run", "audit"]), key: one(NAMES), value: below(3) === 0 ? null : below(100) }));
          store.commit({ partition, idempotency_key: `${round}/${commit}`, expect: [], put, append: [] });
          for (const { kind, key, value } of put) {
            const place = JSON.stringify([kind, partition, key]);
            if (value === null) live.delete(place);
            else live.set(place, { kind, partition, key, value });
          }
        }
        const query = { kind: one(["run", "audit", "none"]), limit: 1 + below(50) };
        if (below(2) === 0) query.partition = one(NAMES);
        if (below(3) === 0) query.from = one(NAMES);
        if (below(3) === 0) query.to = one(NAMES);
        const { kind, partition, from, to, limit } = query;
        const wanted = [...live.values()]
          .filter((record) => record.kind === kind && (partition === undefined || record.partition === partition))
          .filter(({ key }) => (from === undefined || key >= from) && (to === undefined || key < to))
          .sort(byPlace);
        let cursor = null;
        const found = [];
        do {
          const page = store.list({ ...query, cursor });
          assert.equal(page.records.length, Math.min(limit, wanted.length - found.length));
          found.push(...page.records);
          cursor = page.cursor;
        } while (cursor !== null);
        assert.deepEqual(found.map(({ version, ...record }) => record), wanted.map(({ ...record }) => record));
      }
    });
  }
});

describe("a store over many", () => {
  for (const { name, run } of storeContract) {
    test(name, () => {
      const stores = new Map();
      return run(() => routedStore((partition) => {
        if (!stores.has(partition)) stores.set(partition, memoryStore());
        return stores.get(partition);
      }));
    });
  }

  test("reads across them, and needs the partition of a list", async () => {
    const stores = { a: memoryStore(), b: memoryStore() };
    const store = routedStore(async (partition) => stores[partition]);
    for (const partition of ["a", "b"]) {
      await store.commit({ partition, idempotency_key: "1", expect: [], put: [{ kind: "run", key: "k", value: partition }], append: [] });
    }
    const records = await store.read([{ partition: "a", kind: "run", key: "k" }, { partition: "b", kind: "run", key: "k" }, { partition: "b", kind: "run", key: "none" }]);
    assert.deepEqual(records.map(({ value }) => value).sort(), ["a", "b"]);
    assert.equal(stores.a.list({ kind: "run", limit: 10, cursor: null }).records.length, 1);
    await rejectsCode(store.list({ kind: "run", limit: 10, cursor: null }), "partition_needed");
  });

  test("runs lie apart from the set-up", async () => {
    const [setup, runs] = [memoryStore(), memoryStore()];
    const host = hostOver(routedStore((partition) => (partition.startsWith("run/") ? runs : setup)), {
      who: ({ asker }) => ({ id: asker, email: null, org_role: "admin", is_session: true, may: ["read", "write", "trigger", "approve"] }),
      notify() {},
    });
    const service = governance(host, { org_id: "o-1", asker: "ada" });
    await service.workspaces.put("w-1", { name: "shop", project_id: "p-1" });
    await service.approvalRules.create({ name: "admins", approver_type: "org_role", approver_role: "admin" });
    const { id } = await service.runs.create({ workspace_id: "w-1", trigger: "manual" });
    assert.equal((await service.runs.deliverPlan(id, planOf("destroy"))).run.status, "pending_approval");
    assert.equal((await service.runs.approve(id)).status, "completed");
    assert.equal(setup.list({ kind: "governed_run", limit: 10, cursor: null }).records.length, 0);
    assert.equal(runs.list({ kind: "approval_rule", limit: 10, cursor: null }).records.length, 0);
  });
});

test("time is looked at run by run where each run has a store of its own", async () => {
  const setup = memoryStore();
  const stores = new Map();
  let now = 0;
  const host = hostOver(routedStore((partition) => (partition.startsWith("run/") ? stores.get(partition) ?? stores.set(partition, memoryStore()).get(partition) : setup)), {
    who: ({ asker }) => ({ id: asker, email: null, org_role: "admin", is_session: true, may: ["read", "write", "trigger", "approve"] }),
    notify() {},
    now: () => now,
  });
  const service = governance(host, { org_id: "o-1", asker: "ada" });
  await service.workspaces.put("w-1", { name: "shop", project_id: "p-1" });
  await service.approvalRules.create({ name: "admins", approver_type: "org_role", approver_role: "admin", timeout_hours: 1, escalation_action: "auto_approve" });
  const held = async () => {
    const { id } = await service.runs.create({ workspace_id: "w-1", trigger: "manual" });
    await service.runs.deliverPlan(id, planOf("destroy"));
    return id;
  };
  const [one, other] = [await held(), await held()];
  assert.deepEqual(await service.sweep({ run_id: one }), { swept: [], failed: 0, next_at_ms: 3_600_000 });
  now = 3_600_000;
  const { swept, next_at_ms } = await service.sweep({ run_id: one });
  assert.deepEqual([swept.map(({ run_id }) => run_id), next_at_ms], [[one], null]);
  assert.deepEqual([(await service.runs.get(one)).status, (await service.runs.get(other)).status], ["completed", "pending_approval"]);
  await assert.rejects(service.sweep(), ({ code }) => code === "host_failed");
  await assert.rejects(service.sweep({ run_id: 5 }), ({ code, path }) => code === "malformed_request" && path === "/run_id");
});

/** A store whose calls after a number of them fail, as in a process that ends. */
function crashing(store, callsLeft) {
  const call = (name) => (...args) => {
    if (callsLeft-- <= 0) throw new Error("the process has ended");
    return store[name](...args);
  };
  return { read: call("read"), commit: call("commit"), list: call("list") };
}

describe("a host over a store", () => {
  const identity = { id: "u-1", email: null, may: ["trigger"] };

  test("decides, keeps what it decided, and counts the votes in the store", async () => {
    const governance = prepareGovernance({ approval_rules: [DESTROY_RULE] });
    const store = memoryStore();
    const told = [];
    const host = () => hostOver(store, { who: () => identity, notify: (notices) => void told.push(...notices) });
    const held = await governance.decide(planOf("destroy"), runContext(), host());
    assert.equal(held.decision.kind, "hold");
    const [requirement] = held.requirements;
    const vote = { requirement_id: requirement.id, approver_id: "u-9", decision: "approved", digest: held.digest, revision: held.revision };
    const append = [{ kind: "approval", key: "1", value: vote }];
    assert.equal(store.commit({ partition: "run/r-1", idempotency_key: "vote", expect: [], put: [], append }), "ok");
    const allowed = await governance.decide(planOf("destroy"), runContext(), host());
    assert.equal(allowed.decision.kind, "allow");
    assert.notEqual(allowed.audit.decision_id, held.audit.decision_id);
    assert.deepEqual(told.map(({ kind }) => kind), ["approval_requested", "run_decided"]);
  });

  test("votes may come from another system", async () => {
    const governance = prepareGovernance({ approval_rules: [DESTROY_RULE] });
    const store = memoryStore();
    const votes = [];
    const host = hostOver(store, { who: () => identity, notify() {}, approvals: async () => votes });
    const { requirements, digest, revision } = await governance.decide(planOf("destroy"), runContext(), host);
    votes.push({ requirement_id: requirements[0].id, approver_id: "u-9", decision: "approved", digest, revision });
    assert.equal((await governance.decide(planOf("destroy"), runContext(), host)).decision.kind, "allow");
  });

  test("tells every notice at least once, wherever the process ended", async () => {
    const governance = prepareGovernance({ approval_rules: [DESTROY_RULE] });
    let toldOnce = 0;
    for (let calls = 0; ; calls++) {
      const store = memoryStore();
      const told = [];
      const functions = { who: () => identity, notify: (notices) => void told.push(...notices.map(({ id }) => id)) };
      const decided = await governance.decide(planOf("destroy"), runContext(), hostOver(crashing(store, calls), functions));
      // Another process begins: it tells what was left, and decides if nothing was decided.
      await deliverNotices(hostOver(store, functions));
      const again = await governance.decide(planOf("destroy"), runContext(), hostOver(store, functions));
      assert.equal(again.decision.kind, "hold");
      assert.equal(new Set(told).size, 1, `after ${calls} calls: ${told}`);
      if (told.length === 1) toldOnce++;
      assert.deepEqual(await deliverNotices(hostOver(store, functions)), { delivered: 0, failed: 0 }, "nothing is left");
      if (decided.decision.kind === "hold" && told.length === 1) break;
    }
    assert.ok(toldOnce > 1);
  });

  test("a notice that cannot be told stays, and others are told", async () => {
    const governance = prepareGovernance({ approval_rules: [DESTROY_RULE] });
    const host = memoryHost();
    for (const id of ["r-1", "r-2", "r-3"]) {
      host.failNext("notify");
      const { undelivered } = await governance.decide(planOf("destroy"), runContext(id), host);
      assert.equal(undelivered.length, 1);
    }
    const failure = new Error("no line");
    host.failNext("notify", failure);
    assert.deepEqual(await deliverNotices(host), { delivered: 2, failed: 1, failure });
    assert.deepEqual(host.notices.map(({ run_id }) => run_id), ["r-2", "r-3"]);
    assert.deepEqual(await deliverNotices(host, { partition: "run/r-2" }), { delivered: 0, failed: 0 });
    assert.deepEqual(await deliverNotices(host, { partition: "run/r-1" }), { delivered: 1, failed: 0 });
  });
});
