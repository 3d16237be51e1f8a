// A store in any SQLite that drizzle-orm drives: D1, the storage of a Durable Object, libsql. One schema and one set of statements.

import type { TablesRelationalConfig } from "drizzle-orm";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";
import { RegateError } from "../errors.js";
import type { HostRecord, ListQuery, Page, RecordKey, Store } from "../store.js";
import { checkedListLimit, cursorOf, placeOf } from "../store-cursor.js";
import type { Commit } from "../wire.js";
import { connectionOf, type Connection, type Database, type Question } from "./drizzle/database.js";
import { keyOfColumn } from "./drizzle/key-column.js";
import { withPatience } from "./drizzle/patience.js";
import { commitStatements, listStatement, readStatement, type RecordRow } from "./drizzle/statements.js";
import { TABLES_SQL } from "./drizzle/tables.js";

export { regateTables } from "./drizzle/tables.js";

/** What a store over drizzle may be told. */
export interface DrizzleStoreOptions {
  /**
   * The one partition that the database holds, where each has a database of its own: a Durable Object for each run. Another
   * partition is then refused with `wrong_partition`, and a list that names none is of this one.
   */
  partition?: string;
}

/**
 * Makes a store of a database of `drizzle-orm/d1`, `drizzle-orm/durable-sqlite` or `drizzle-orm/libsql`.
 *
 * Its tables must be there: see `createTables` and `regateTables`.
 *
 * ```js
 * const db = drizzle(env.DB);
 * await createTables(db);
 * const host = hostOver(drizzleStore(db), { who, notify });
 * ```
 *
 * Values are JSON: what JSON cannot say is refused with `input_not_json` before anything is written. What the database refuses,
 * such as a record of more than 2 MB in D1 or a Durable Object, is thrown as the database threw it. A file that another process has
 * locked is tried again for 10 seconds, then it is `database_busy`; libsql's connections to it get a `busy_timeout` of at least 2 seconds.
 */
export function drizzleStore<
  Kind extends "sync" | "async",
  Result,
  Schema extends Record<string, unknown>,
  Relations extends TablesRelationalConfig,
>(db: BaseSQLiteDatabase<Kind, Result, Schema, Relations>, options: DrizzleStoreOptions = {}): Store {
  return new DrizzleStore(connectionOf(db), options.partition);
}

/**
 * Makes the tables and the index, where they are not there yet. For databases without migrations: at the start of a program, or in
 * the constructor of a Durable Object, inside `blockConcurrencyWhile`.
 */
export async function createTables<
  Kind extends "sync" | "async",
  Result,
  Schema extends Record<string, unknown>,
  Relations extends TablesRelationalConfig,
>(db: BaseSQLiteDatabase<Kind, Result, Schema, Relations>): Promise<void> {
  const connection = connectionOf(db);
  await withPatience(() => connection.script(TABLES_SQL));
}

class DrizzleStore implements Store {
  readonly #connection: Connection;
  readonly #partition: string | undefined;

  constructor(connection: Connection, partition: string | undefined) {
    this.#connection = connection;
    this.#partition = partition;
  }

  async read(keys: readonly RecordKey[]): Promise<HostRecord[]> {
    for (const { partition } of keys) this.#require(partition);
    if (keys.length === 0) return [];
    return (await this.#read(readStatement(keys))).map(recordOf);
  }

  async commit(commit: Commit): Promise<"ok" | "conflict"> {
    this.#require(commit.partition);
    const statements = commitStatements(commit);
    // A row of the commit is there when this attempt performed it, or an earlier one of the same idempotency key.
    const performed = await withPatience(() => this.#connection.atOnce(statements));
    return performed.length > 0 ? "ok" : "conflict";
  }

  async list(query: ListQuery): Promise<Page> {
    const limit = checkedListLimit(query);
    const after = placeOf(query.cursor);
    const partition = query.partition ?? this.#partition;
    if (partition !== undefined) this.#require(partition);
    if (partition !== undefined && after !== undefined && after.partition !== partition) {
      throw new RegateError("malformed_request", "the cursor is none of this list's", { path: "/cursor" });
    }
    // One more than the page has, to know whether anything follows.
    const rows = await this.#read(listStatement({ ...query, partition, after, atMost: limit + 1 }));
    const records = rows.slice(0, limit).map(recordOf);
    return { records, cursor: cursorOf(records, rows.length > limit) };
  }

  #read(question: (db: Database) => Question<RecordRow>): Promise<RecordRow[]> {
    return withPatience(() => this.#connection.read(question));
  }

  #require(partition: string): void {
    if (this.#partition === undefined || partition === this.#partition) return;
    throw new RegateError("wrong_partition", `the partition \`${partition}\` was asked of the store of \`${this.#partition}\``, {
      help: "ask the database of that partition, such as the Durable Object of its name",
    });
  }
}

function recordOf({ partition, kind, key, version, value }: RecordRow): HostRecord {
  return {
    partition: keyOfColumn(partition),
    kind: keyOfColumn(kind),
    key: keyOfColumn(key),
    version: String(version),
    value: value === null ? null : (JSON.parse(value) as unknown),
  };
}
