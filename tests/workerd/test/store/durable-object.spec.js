// The store over drizzle, in Durable Objects of one partition each: the contract through their methods, what they refuse, and decisions.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { deliverNotices, hostOver, prepareGovernance } from "regate";
import { drizzleStore } from "regate/adapters/drizzle";
import { storeContract } from "regate/store-contract";
import { describe, expect, it } from "vitest";
import { DESTROY_RULE, planOf, runContext } from "../../../js/plans.mjs";
import { commitOf, fiveLarge, recordKey, tooLarge } from "./commits.js";

const partition = (name) => env.PARTITIONS.getByName(name);

describe("the contract of a store", () => {
  it.each(storeContract.map((check) => [check.name, check]))("%s", async (_, check) => {
    await check.run(partition);
  });

  it.each(storeContract.map((check) => [check.name, check]))("inside one object: %s", async (_, check) => {
    await runInDurableObject(partition(`all/${check.name}`), ({ db }) => check.run(() => drizzleStore(db)));
  });
});

describe("an object of one partition", () => {
  it("refuses every other, and lists its own", async () => {
    const mine = partition("mine");
    expect(await mine.commit(commitOf("mine", { put: [{ kind: "run", key: "a", value: 1 }] }))).toBe("ok");
    await runInDurableObject(mine, async ({ store }) => {
      const wrong = { name: "RegateError", code: "wrong_partition" };
      await expect(async () => store.read([recordKey("mine", "a"), recordKey("other", "a")])).rejects.toMatchObject(wrong);
      await expect(async () => store.commit(commitOf("other"))).rejects.toMatchObject(wrong);
      await expect(async () => store.list({ partition: "other", kind: "run", limit: 1, cursor: null })).rejects.toMatchObject(wrong);
      const { records } = await store.list({ kind: "run", limit: 10, cursor: null });
      expect(records).toEqual([{ ...recordKey("mine", "a"), version: "1", value: 1 }]);
    });
  });

  it("keeps a commit longer than a parameter may be", async () => {
    const commit = commitOf("long", { put: fiveLarge() });
    await runInDurableObject(partition("long"), async ({ store }) => {
      expect(await store.commit(commit)).toBe("ok");
      const records = await store.read(commit.put.map(({ key }) => recordKey("long", key)));
      expect(records.length).toBe(5);
      expect(records.every(({ key, value }) => value === commit.put[Number(key)].value)).toBe(true);
    });
  });

  it("throws what it cannot hold, and writes nothing beside it", async () => {
    await runInDurableObject(partition("large"), async ({ store }, { storage }) => {
      await expect(async () => store.commit(commitOf("large", { put: tooLarge() }))).rejects.toThrow();
      expect(await store.read([recordKey("large", "a"), recordKey("large", "b")])).toEqual([]);
      expect(storage.sql.exec("select count(*) as commits from regate_commits").one()).toEqual({ commits: 0 });
    });
  });
});

describe("governance", () => {
  it("holds a plan, and allows it after the vote, in an object that was gone in between", async () => {
    const governance = prepareGovernance({ approval_rules: [DESTROY_RULE] });
    const told = [];
    const hostOf = ({ store }) =>
      hostOver(store, {
        who: () => ({ id: "u-1", email: null, may: ["trigger"] }),
        notify: (notices) => void told.push(...notices),
      });
    const run = partition("run/r-1");

    const held = await runInDurableObject(run, (object) => governance.decide(planOf("destroy"), runContext(), hostOf(object)));
    expect(held).toMatchObject({ decision: { kind: "hold" }, run_status: "pending_approval", committed: true });
    await evictDurableObject(run);

    const [record] = await run.read([recordKey("run/r-1", "r-1")]);
    expect(record.value.status).toBe("pending_approval");
    const { digest, revision } = record.value;
    const vote = { requirement_id: held.decision.requirements[0].id, approver_id: "u-9", decision: "approved", digest, revision };
    expect(await run.commit(commitOf("run/r-1", { append: [{ kind: "approval", key: "000000001", value: vote }] }))).toBe("ok");

    await runInDurableObject(run, async (object) => {
      const decided = await governance.decide(planOf("destroy"), runContext(), hostOf(object));
      expect(decided).toMatchObject({ decision: { kind: "allow" }, run_status: "completed", committed: true });
      expect(await deliverNotices(hostOf(object))).toEqual({ delivered: 0, failed: 0 });
    });
    expect(told.map(({ kind }) => kind)).toEqual(["approval_requested", "run_decided"]);
    expect((await run.list({ kind: "audit", limit: 10, cursor: null })).records.length).toBe(2);
  });
});
