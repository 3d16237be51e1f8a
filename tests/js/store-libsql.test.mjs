// The store over drizzle, on libsql: the contract, two connections and two processes on one file, crashes, limits, and query plans.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { LibsqlError, createClient } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import { deliverNotices, hostOver, prepareGovernance } from "regate";
import { createTables, drizzleStore, regateTables } from "regate/adapters/drizzle";
import { storeContract } from "regate/store-contract";
import { DESTROY_RULE, planOf, runContext } from "./plans.mjs";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(root, "target", "store-libsql-"));
const clients = [];
after(() => {
  for (const client of clients) client.close();
  rmSync(scratch, { recursive: true, force: true });
});

let files = 0;
const newFile = () => `file:${join(scratch, `${++files}.db`)}`;

/** A connection, closed after the tests. */
function clientOf(url) {
  const client = createClient({ url });
  clients.push(client);
  return client;
}

/** A store in a new database in memory, beside its client. */
async function inMemory(options) {
  const client = clientOf(":memory:");
  const db = drizzle(client);
  await createTables(db);
  return { client, db, store: drizzleStore(db, options) };
}

const commitOf = (fields) => ({ partition: "p", idempotency_key: crypto.randomUUID(), expect: [], put: [], append: [], ...fields });
const recordKey = (key) => ({ partition: "p", kind: "run", key });

describe("the contract of a store", () => {
  describe("in memory", async () => {
    const { store } = await inMemory();
    for (const { name, run } of storeContract) test(name, () => run(() => store));
  });

  describe("in a file that two clients have open", async () => {
    const url = newFile();
    const dbs = [drizzle(clientOf(url)), drizzle(clientOf(url))];
    await Promise.all(dbs.map((db) => createTables(db)));
    const stores = dbs.map((db) => drizzleStore(db));
    let opened = 0;
    for (const { name, run } of storeContract) test(name, () => run(() => stores[opened++ % stores.length]));
  });

  describe("in a file with a write-ahead log that two clients have open", async () => {
    const url = newFile();
    const clients = [clientOf(url), clientOf(url)];
    await clients[0].execute("pragma journal_mode = wal");
    assert.deepEqual((await clients[1].execute("pragma journal_mode")).rows.map((row) => row[0]), ["wal"]);
    const dbs = clients.map((client) => drizzle(client));
    await Promise.all(dbs.map((db) => createTables(db)));
    const stores = dbs.map((db) => drizzleStore(db));
    let opened = 0;
    for (const { name, run } of storeContract) test(name, () => run(() => stores[opened++ % stores.length]));
  });

  describe("in tables that a migration made of the schema", async () => {
    const client = clientOf(":memory:");
    await client.executeMultiple(migrationOf(Object.values(regateTables)));
    const store = drizzleStore(drizzle(client));
    for (const { name, run } of storeContract) test(name, () => run(() => store));
  });
});

/** The statements that drizzle-kit writes for tables: columns, primary keys and indexes, and nothing that the schema does not say. */
function migrationOf(tables) {
  return tables
    .flatMap((table) => {
      const { name, columns, primaryKeys, indexes } = getTableConfig(table);
      const parts = columns.map((column) => `"${column.name}" ${column.getSQLType()}${column.notNull ? " not null" : ""}`);
      for (const key of primaryKeys) parts.push(`primary key (${namesOf(key.columns)})`);
      const made = indexes.map(({ config }) => `create index "${config.name}" on "${name}" (${namesOf(config.columns)}) where "value" is not null`);
      return [`create table "${name}" (${parts.join(", ")})`, ...made];
    })
    .join(";\n");
}

function namesOf(columns) {
  return columns.map(({ name }) => `"${name}"`).join(", ");
}

/** Tables, columns and indexes, as SQLite describes them. */
async function shapeOf(client) {
  const { rows } = await client.execute("select name, type from sqlite_schema where name like 'regate%' order by name");
  return Promise.all(
    rows.map(async ({ name, type }) => {
      const { rows: parts } = await client.execute(`pragma ${type === "table" ? "table_info" : "index_xinfo"}("${name}")`);
      return { name, type, parts: parts.map((part) => ({ ...part })) };
    }),
  );
}

describe("the tables", () => {
  test("are those of the schema, and are made once", async () => {
    const { client, db, store } = await inMemory();
    const migrated = clientOf(":memory:");
    await migrated.executeMultiple(migrationOf(Object.values(regateTables)));
    const [made, wanted] = [await shapeOf(client), await shapeOf(migrated)];
    assert.deepEqual(made.map(({ name }) => name), ["regate_commits", "regate_records", "regate_records_live"]);
    assert.deepEqual(made, wanted);
    await store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] }));
    await createTables(db);
    assert.equal((await store.read([recordKey("a")]))[0].value, 1);
  });

  test("without them, nothing is read or written", async () => {
    const store = drizzleStore(drizzle(clientOf(":memory:")));
    await assert.rejects(async () => store.read([recordKey("a")]));
    await assert.rejects(async () => store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] })));
  });
});

describe("texts and values", () => {
  test("keys that SQLite's JSON cannot tell apart are told apart", async () => {
    const { store } = await inMemory();
    const keys = ["a", "a\u0000b", "a\u0000c", "a\u0000", "a\u0001", "a\u00010000", "a\u00010000b", "a\ud800", "a\udfff", "a\ud83d\ude00", "a\ufffd", '"', "\\", "\\u0000"];
    await store.commit(commitOf({ put: keys.map((key, at) => ({ kind: key, key, value: at })) }));
    for (const [at, key] of keys.entries()) {
      assert.deepEqual(await store.read([{ partition: "p", kind: key, key }]), [{ partition: "p", kind: key, key, version: "1", value: at }]);
    }
    await store.commit(commitOf({ put: keys.map((key, at) => ({ kind: "run", key, value: at })) }));
    const listed = [];
    let cursor = null;
    do {
      const page = await store.list({ kind: "run", limit: 4, cursor });
      listed.push(...page.records.map(({ key }) => key));
      ({ cursor } = page);
    } while (cursor !== null);
    assert.deepEqual(listed.sort(), [...keys].sort());
  });

  test("partitions and idempotency keys of such texts are told apart", async () => {
    const { store } = await inMemory();
    for (const text of ["x\ud800", "x\ud801", "x\u0000", "x\u0000y"]) {
      const write = { partition: text, idempotency_key: "1", put: [{ kind: "run", key: "a", value: text.length }] };
      assert.equal(await store.commit(commitOf(write)), "ok");
      assert.equal((await store.read([{ partition: text, kind: "run", key: "a" }]))[0].version, "1");
      assert.equal(await store.commit(commitOf({ idempotency_key: text, put: [{ kind: "run", key: "a", value: 1 }] })), "ok");
    }
    assert.equal((await store.read([recordKey("a")]))[0].version, "4");
  });

  const cycle = {};
  cycle.self = [cycle];
  const wrong = {
    undefined,
    "undefined inside": { a: undefined },
    "a function": () => 1,
    "a symbol": [Symbol("s")],
    "a BigInt": { a: [1n] },
    NaN: Number.NaN,
    infinity: [-Infinity],
    "a Date": { at: new Date(0) },
    "a Map": new Map(),
    "a hole": [1, , 2],
    "a cycle": cycle,
    "half of a pair": "\ud800",
  };
  for (const [what, value] of Object.entries(wrong)) {
    test(`${what} is refused, and nothing is written`, async () => {
      const { client, store } = await inMemory();
      for (const part of ["put", "append"]) {
        const records = [{ kind: "run", key: "a", value: 1 }, { kind: "run", key: "b", value }];
        const error = await rejectsCode(store.commit(commitOf({ [part]: records })), "input_not_json");
        assert.match(error.message, /^the value of a record/);
      }
      const { rows } = await client.execute("select (select count(*) from regate_records) + (select count(*) from regate_commits) as rows");
      assert.equal(rows[0].rows, 0);
    });
  }

  test("commits longer than one parameter are performed whole", async () => {
    const { store } = await inMemory();
    const values = [600_000, 10, 900_000, 3_000_000, 1].map((length) => `"\\é`.repeat(length / 2));
    const put = values.map((value, at) => ({ kind: "run", key: String(at), value }));
    assert.equal(await store.commit(commitOf({ put })), "ok");
    const records = await store.read(put.map(({ key }) => recordKey(key)));
    assert.equal(records.length, values.length);
    for (const { key, value } of records) assert.ok(value === values[Number(key)], `the value of ${key}`);
    const expect = records.map(({ kind, key, version }) => ({ kind, key, version }));
    expect[3].version = "7";
    assert.equal(await store.commit(commitOf({ expect, put: put.map((record) => ({ ...record, value: 1 })) })), "conflict");
    assert.ok((await store.read([recordKey("3")]))[0].value === values[3]);
  });

  test("of two records of one key in a commit the later one counts", async () => {
    const { store } = await inMemory();
    const record = (value) => ({ kind: "run", key: "a", value });
    assert.equal(await store.commit(commitOf({ put: [record(1), record(2)], append: [record(3)] })), "ok");
    assert.equal((await store.read([recordKey("a")]))[0].value, 3);
  });

  test("a version is its exact text", async () => {
    const { store } = await inMemory();
    await store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] }));
    for (const version of ["01", "1.0", " 1", "+1", "1e0", "", "1\u0000"]) {
      assert.equal(await store.commit(commitOf({ expect: [{ kind: "run", key: "a", version }] })), "conflict", version);
    }
  });
});

describe("a store of one partition", () => {
  test("refuses every other, and lists its own", async () => {
    const { db, store } = await inMemory({ partition: "p" });
    await store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] }));
    await drizzleStore(db).commit(commitOf({ partition: "other", put: [{ kind: "run", key: "b", value: 2 }] }));
    const other = { partition: "other", kind: "run", key: "b" };
    await rejectsCode(store.read([recordKey("a"), other]), "wrong_partition");
    await rejectsCode(store.commit(commitOf({ partition: "other" })), "wrong_partition");
    await rejectsCode(store.list({ partition: "other", kind: "run", limit: 1, cursor: null }), "wrong_partition");
    for (const query of [{}, { partition: "p" }]) {
      const { records } = await store.list({ ...query, kind: "run", limit: 10, cursor: null });
      assert.deepEqual(records.map(({ key }) => key), ["a"]);
    }
  });
});

describe("lists over all partitions", () => {
  test("have each record once, in order, from page to page", async () => {
    const { store } = await inMemory();
    for (const partition of ["c", "a", "b"]) {
      const put = ["3", "1", "2"].map((key) => ({ kind: "outbox", key, value: partition + key }));
      await store.commit(commitOf({ partition, put }));
    }
    await store.commit(commitOf({ partition: "b", put: [{ kind: "outbox", key: "2", value: null }] }));
    for (const limit of [1, 2, 3, 8, 100]) {
      const values = [];
      let cursor = null;
      do {
        const page = await store.list({ kind: "outbox", limit, cursor });
        values.push(...page.records.map(({ value }) => value));
        ({ cursor } = page);
      } while (cursor !== null);
      assert.deepEqual(values, ["a1", "a2", "a3", "b1", "b3", "c1", "c2", "c3"], `pages of ${limit}`);
    }
    const page = await store.list({ kind: "outbox", limit: 1, cursor: null });
    await rejectsCode(store.list({ partition: "b", kind: "outbox", limit: 1, cursor: page.cursor }), "malformed_request");
  });
});

describe("a database that cannot be one transaction", () => {
  test("is refused at once", async () => {
    const { db } = await inMemory();
    await db.transaction(async (inside) => throwsCode(() => drizzleStore(inside), "unsupported_database"));
    throwsCode(() => drizzleStore({ batch() {} }), "unsupported_database");
  });
});

const COUNTING = `
  import { createClient } from "@libsql/client";
  import { drizzle } from "drizzle-orm/libsql";
  import { createTables, drizzleStore } from "regate/adapters/drizzle";
  const db = drizzle(createClient({ url: process.argv[1] }));
  await createTables(db);
  const store = drizzleStore(db);
  const key = { partition: "p", kind: "run", key: "count" };
  let conflicts = 0;
  for (let done = 0; done < 100; ) {
    const [record] = await store.read([key]);
    const put = [{ kind: "run", key: "count", value: (record?.value ?? 0) + 1 }];
    const append = [{ kind: "audit", key: crypto.randomUUID(), value: done }];
    const expect = [{ kind: "run", key: "count", version: record?.version ?? null }];
    const answer = await store.commit({ partition: "p", idempotency_key: crypto.randomUUID(), expect, put, append });
    if (answer === "ok") done++;
    else conflicts++;
  }
  console.log(JSON.stringify({ conflicts }));
`;

const WRITING = `
  import { createClient } from "@libsql/client";
  const client = createClient({ url: process.argv[1] });
  const writing = await client.transaction("write");
  await writing.execute("update regate_records set value = '2'");
  // Beyond a write that is about to end, nobody can read either.
  await writing.executeMultiple("pragma cache_spill = 1; pragma cache_size = 1; create table filler as select zeroblob(1000000) as part");
  console.log("locked");
  setTimeout(async () => {
    await writing.commit();
    client.close();
  }, 500);
`;

describe("processes and connections on one file", () => {
  for (const journal of ["delete", "wal"]) {
    test(`two processes that count lose nothing (journal: ${journal})`, async () => {
      const url = newFile();
      const client = clientOf(url);
      await client.execute(`pragma journal_mode = ${journal}`);
      const run = promisify(execFile);
      const counting = () => run(process.execPath, ["--input-type=module", "-e", COUNTING, url], { cwd: root, timeout: 60_000 });
      await Promise.all([counting(), counting()]);
      const store = drizzleStore(drizzle(client));
      const [record] = await store.read([recordKey("count")]);
      assert.deepEqual({ value: record.value, version: record.version }, { value: 200, version: "200" });
      const { rows } = await client.execute("select count(*) as audits from regate_records where kind = 'audit'");
      assert.equal(rows[0].audits, 200);
    });
  }

  test("a commit waits for the lock of another connection", async () => {
    const url = newFile();
    const [db, other] = [drizzle(clientOf(url)), clientOf(url)];
    await createTables(db);
    const held = await other.transaction("write");
    let answered = false;
    const store = drizzleStore(db);
    const answer = store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] })).finally(() => (answered = true));
    const started = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(performance.now() - started < 1500, "the program goes on meanwhile");
    assert.equal(answered, false);
    await held.commit();
    assert.equal(await answer, "ok");
    // The connection that waited goes on as before, and what it committed is there for the other.
    const [record] = await store.read([recordKey("a")]);
    assert.equal(await store.commit(commitOf({ expect: [{ kind: "run", key: "a", version: record.version }], put: [{ kind: "run", key: "a", value: 2 }] })), "ok");
    assert.equal((await drizzleStore(drizzle(other)).read([recordKey("a")]))[0].value, 2);
  });

  test("a question waits for a process that is writing, and keeps nobody from writing afterwards", async () => {
    const url = newFile();
    const [client, other] = [clientOf(url), clientOf(url)];
    await createTables(drizzle(client));
    const store = drizzleStore(drizzle(client));
    await store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] }));
    const writing = spawn(process.execPath, ["--input-type=module", "-e", WRITING, url], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(writing, "exit");
    await once(writing.stdout, "data");
    assert.equal((await store.read([recordKey("a")]))[0].value, 2);
    assert.deepEqual(await ended, [0, null]);
    await other.execute("update regate_records set value = '3'");
    assert.equal((await store.list({ kind: "run", limit: 1, cursor: null })).records[0].value, 3);
  });

  test("a commit that was performed although its answer was an error is not performed twice", async () => {
    const { client, store } = await inMemory();
    const batch = client.batch.bind(client);
    let lost = 0;
    client.batch = async (...call) => {
      const answer = await batch(...call);
      if (lost++ === 0) throw new LibsqlError("the answer was lost", "SQLITE_BUSY");
      return answer;
    };
    assert.equal(await store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }], append: [{ kind: "audit", key: "x", value: 1 }] })), "ok");
    assert.equal(lost, 2);
    assert.equal((await store.read([recordKey("a")]))[0].version, "1");
  });

  test("a file keeps its data when it is closed and opened", async () => {
    const url = newFile();
    const first = createClient({ url });
    await createTables(drizzle(first));
    const commit = commitOf({ put: [{ kind: "run", key: "a", value: { kept: true } }] });
    assert.equal(await drizzleStore(drizzle(first)).commit(commit), "ok");
    first.close();
    const store = drizzleStore(drizzle(clientOf(url)));
    assert.deepEqual((await store.read([recordKey("a")]))[0].value, { kept: true });
    assert.equal(await store.commit(commit), "ok", "the same commit again");
    assert.equal((await store.read([recordKey("a")]))[0].version, "1");
  });
});

describe("query plans", () => {
  /** What SQLite does for each statement that a call runs. */
  async function plansOf(call) {
    const { client, store } = await inMemory();
    const statements = [];
    for (const name of ["execute", "batch"]) {
      const run = client[name].bind(client);
      client[name] = (asked, ...rest) => {
        statements.push(...[asked].flat());
        return run(asked, ...rest);
      };
    }
    await call(store);
    // Settings of a connection have no plan.
    const seen = statements.splice(0).filter((statement) => /^(select|insert)/.test(statement.sql));
    assert.notEqual(seen.length, 0);
    return Promise.all(
      seen.map(async ({ sql, args }) => {
        const { rows } = await client.execute({ sql: `explain query plan ${sql}`, args });
        return rows.map(({ detail }) => detail);
      }),
    );
  }

  /** No table is walked from end to end, and nothing is sorted: only lists that came as a parameter are. */
  function assertIndexed(plans) {
    for (const detail of plans.flat()) {
      assert.doesNotMatch(detail, /TEMP B-TREE/);
      if (detail.startsWith("SCAN")) assert.match(detail, /VIRTUAL TABLE|CONSTANT ROW/);
    }
  }

  test("a commit finds its records and its repeats by their keys", async () => {
    const put = [{ kind: "run", key: "a", value: 1 }, { kind: "run", key: "b", value: "x".repeat(1_000_001) }];
    const plans = await plansOf((store) => store.commit(commitOf({ expect: [{ kind: "run", key: "a", version: null }], put })));
    assert.equal(plans.length, 4);
    assertIndexed(plans);
    const all = plans.flat().join("\n");
    assert.match(all, /SEARCH regate_records USING INDEX \S+ \(partition=\? AND kind=\? AND key=\?\)/);
    assert.match(all, /SEARCH regate_commits USING PRIMARY KEY \(partition=\? AND idempotency_key=\?\)/);
  });

  test("records are read by their keys", async () => {
    const plans = await plansOf((store) => store.read([recordKey("a"), recordKey("b")]));
    assertIndexed(plans);
    assert.match(plans.flat().join("\n"), /SEARCH regate_records USING INDEX \S+ \(partition=\? AND kind=\? AND key=\?\)/);
  });

  const LISTS = {
    "a partition": [{ partition: "p" }, "kind=? AND partition=?"],
    "a part of a partition": [{ partition: "p", from: "a", to: "c" }, "kind=? AND partition=? AND key>? AND key<?"],
    "a later page of a partition": [{ partition: "p", cursor: '["p","b"]' }, "kind=? AND partition=? AND key>?"],
    "a later page of a part": [{ partition: "p", from: "a", to: "c", cursor: '["p","b"]' }, "kind=? AND partition=? AND key>? AND key<?"],
    "all partitions": [{}, "kind=?"],
    "a later page of all partitions": [{ cursor: '["p","b"]' }, "kind=? AND (partition,key)>(?,?)"],
  };
  for (const [what, [query, search]] of Object.entries(LISTS)) {
    test(`a list of ${what} walks the records that it gives, in their order`, async () => {
      const plans = await plansOf((store) => store.list({ kind: "run", limit: 10, cursor: null, ...query }));
      assertIndexed(plans);
      assert.deepEqual(plans, [[`SEARCH regate_records USING INDEX regate_records_live (${search})`]]);
    });
  }
});

describe("governance", () => {
  test("a held plan waits in a file, and is allowed after the vote, by another process's connection", async () => {
    const url = newFile();
    const governance = prepareGovernance({ approval_rules: [DESTROY_RULE] });
    const identity = { id: "u-1", email: null, may: ["trigger"] };
    const told = [];
    const hostOn = (client) => hostOver(drizzleStore(drizzle(client)), { who: () => identity, notify: (notices) => void told.push(...notices) });

    const first = createClient({ url });
    await createTables(drizzle(first));
    const held = await governance.decide(planOf("destroy"), runContext(), hostOn(first));
    assert.equal(held.decision.kind, "hold");
    assert.equal(held.committed, true);
    first.close();

    const second = clientOf(url);
    const store = drizzleStore(drizzle(second));
    const [run] = await store.read([{ partition: "run/r-1", kind: "run", key: "r-1" }]);
    assert.equal(run.value.status, "pending_approval");
    const { digest, revision } = run.value;
    const vote = { requirement_id: held.decision.requirements[0].id, approver_id: "u-9", decision: "approved", digest, revision };
    const commit = commitOf({ partition: "run/r-1", append: [{ kind: "approval", key: "000000001", value: vote }] });
    assert.equal(await store.commit(commit), "ok");

    const decided = await governance.decide(planOf("destroy"), runContext(), hostOn(second));
    assert.equal(decided.decision.kind, "allow");
    assert.equal(decided.committed, true);
    assert.deepEqual(told.map(({ kind }) => kind), ["approval_requested", "run_decided"]);
    assert.equal((await store.list({ partition: "run/r-1", kind: "audit", limit: 10, cursor: null })).records.length, 2);
    assert.deepEqual(await deliverNotices(hostOn(second)), { delivered: 0, failed: 0 });
  });
});
