// The store over drizzle, on D1: the contract, and the limits of the platform.

import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { createTables, drizzleStore } from "regate/adapters/drizzle";
import { storeContract } from "regate/store-contract";
import { beforeAll, describe, expect, it } from "vitest";
import { commitOf, fiveLarge, recordKey, tooLarge } from "./commits.js";

const db = drizzle(env.DB);
const store = drizzleStore(db);

beforeAll(async () => {
  await createTables(db);
  await createTables(db);
});

describe("the contract of a store", () => {
  it.each(storeContract.map((check) => [check.name, check]))("%s", async (_, check) => {
    await check.run(() => store);
  });

  it.each(storeContract.map((check) => [check.name, check]))("in a session: %s", async (_, check) => {
    await check.run(() => drizzleStore(drizzle(env.DB.withSession("first-primary"))));
  });
});

describe("the limits of D1", () => {
  it("a commit longer than a parameter may be is performed whole", async () => {
    const commit = commitOf("long", { put: fiveLarge() });
    expect(await store.commit(commit)).toBe("ok");
    const records = await store.read(commit.put.map(({ key }) => recordKey("long", key)));
    expect(new Map(records.map(({ key, value }) => [key, value.length]))).toEqual(new Map(commit.put.map(({ key, value }) => [key, value.length])));
    expect(records.every(({ key, value }) => value === commit.put[Number(key)].value)).toBe(true);
  });

  it("a record that D1 cannot hold is thrown, and nothing beside it is written", async () => {
    await expect(async () => store.commit(commitOf("large", { put: tooLarge() }))).rejects.toThrow();
    expect(await store.read([recordKey("large", "a"), recordKey("large", "b")])).toEqual([]);
    const commits = await env.DB.prepare("select count(*) as commits from regate_commits where partition = 'large'").first("commits");
    expect(commits).toBe(0);
  });
});

describe("the plans of D1", () => {
  it("walk the records that a list gives, in their order", async () => {
    const seen = [];
    const logger = { logQuery: (sql, params) => seen.push({ sql, params }) };
    await drizzleStore(drizzle(env.DB, { logger })).list({ kind: "run", limit: 10, cursor: '["p","b"]' });
    expect(seen.length).toBe(1);
    const [{ sql, params }] = seen;
    const { results } = await env.DB.prepare(`explain query plan ${sql}`).bind(...params).all();
    const search = "SEARCH regate_records USING INDEX regate_records_live (kind=? AND (partition,key)>(?,?))";
    expect(results.map(({ detail }) => detail)).toEqual([search]);
  });
});
