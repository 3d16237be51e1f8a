// The stores that governance is measured on, each with a way to write records in bulk.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql";
import { createTables, drizzleStore } from "regate/adapters/drizzle";
import { memoryStore } from "regate/adapters/memory";
import { benchFolder, pathOf } from "../places.mjs";

/** Opens a store by its name. `fill(partitions)` writes what an iterable gives, `{ partition, records, commits }`, commits by their keys. */
export const STORES = {
  memory: openMemory,
  libsql: () => openLibsql("delete"),
  "libsql with a write-ahead log": () => openLibsql("wal"),
};

async function openMemory() {
  const store = memoryStore();
  return {
    store,
    // Record by record, as they were written: a record that was deleted was there before.
    async fill(partitions) {
      for (const { partition, records, commits } of partitions) {
        const live = records.map((record) => ({ ...record, value: record.value ?? {} }));
        const gone = records.filter(({ value }) => value === null);
        store.commit({ partition, idempotency_key: commits[0], expect: [], put: live, append: [] });
        if (gone.length > 0) store.commit({ partition, idempotency_key: commits[1] ?? "gone", expect: [], put: gone, append: [] });
      }
    },
    close() {},
  };
}

const AT_ONCE = 200;

async function openLibsql(journalMode) {
  mkdirSync(benchFolder, { recursive: true });
  const folder = mkdtempSync(join(pathOf(benchFolder), "governance-"));
  const client = createClient({ url: `file:${join(folder, "regate.db")}` });
  await client.execute(`pragma journal_mode = ${journalMode}`);
  const db = drizzle(client);
  await createTables(db);
  return {
    store: drizzleStore(db),
    async fill(partitions) {
      let [records, commits, held] = [[], [], 0];
      const write = () =>
        client.batch(
          [
            {
              sql: `insert into regate_records select value->>0, value->>1, value->>2, 1, value->>3 from json_each(?)`,
              args: [JSON.stringify(records.splice(0))],
            },
            { sql: `insert into regate_commits select value->>0, value->>1, value->>1 from json_each(?)`, args: [JSON.stringify(commits.splice(0))] },
          ],
          "write",
        );
      for (const { partition, records: some, commits: keys } of partitions) {
        for (const { kind, key, value } of some) records.push([partition, kind, key, value === null ? null : JSON.stringify(value)]);
        for (const key of keys) commits.push([partition, key]);
        if (++held % AT_ONCE === 0) await write();
      }
      if (records.length > 0) await write();
    },
    close() {
      client.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
