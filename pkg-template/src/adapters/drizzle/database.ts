// What drizzle's databases for SQLite differ in: how statements run as one transaction.

import { is, sql, type TablesRelationalConfig } from "drizzle-orm";
import { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";
import { RegateError } from "../../errors.js";
import type { MaybePromise } from "../../host.js";
import { isLocalFile, localFile } from "./libsql-file.js";

/** What makes statements, asynchronous or not: awaiting what they give is right for both. */
export type Database = BaseSQLiteDatabase<"async", unknown>;

/** A write that has not run yet. */
export interface Write {
  run(): unknown;
}

/** A question that has not run yet. */
export interface Question<Row> {
  all(): MaybePromise<Row[]>;
}

/** The statements of one transaction, and what is read at its end. */
export interface Statements<Row> {
  /** The first takes the lock for writing: a transaction that only read before cannot take it once another has written. */
  writes: Write[];
  outcome: Question<Row>;
}

/** A database that runs statements. */
export interface Connection {
  /** Asks one question. */
  read<Row>(question: (db: Database) => Question<Row>): MaybePromise<Row[]>;
  /** Runs statements as one transaction: all of them or none, and nothing of others in between. */
  atOnce<Row>(statements: (db: Database) => Statements<Row>): MaybePromise<Row[]>;
  /** Runs statements that may each run again. */
  script(statements: readonly string[]): MaybePromise<void>;
}

/** A database whose `batch` is one transaction. */
export type Batching = Database & { batch(statements: readonly unknown[]): Promise<unknown[]> };

/** The connection of a database, or an error where it has no transaction that nobody else can get into. */
export function connectionOf<
  Kind extends "sync" | "async",
  Result,
  Schema extends Record<string, unknown>,
  Relations extends TablesRelationalConfig,
>(given: BaseSQLiteDatabase<Kind, Result, Schema, Relations>): Connection {
  const db: unknown = given;
  if (is(db, BaseSQLiteDatabase)) {
    if (isBatching(db)) return isLocalFile(db) ? localFile(db) : batching(db);
    // A transaction with its own `await`s would let others in between.
    if (Reflect.get(db, "resultKind") === "sync") return synchronous(db as Database);
  }
  throw new RegateError("unsupported_database", "the database has neither `batch` nor synchronous transactions", {
    help: "pass what drizzle() of drizzle-orm/d1, drizzle-orm/durable-sqlite or drizzle-orm/libsql gave",
  });
}

function isBatching(db: unknown): db is Batching {
  return typeof Reflect.get(db as object, "batch") === "function";
}

function batching(db: Batching): Connection {
  return {
    read: (question) => question(db).all(),
    async atOnce<Row>(statements: (db: Database) => Statements<Row>): Promise<Row[]> {
      const { writes, outcome } = statements(db);
      return (await db.batch([...writes, outcome])).at(-1) as Row[];
    },
    async script(statements) {
      for (const statement of statements) await db.run(sql.raw(statement));
    },
  };
}

function synchronous(db: Database): Connection {
  return {
    read: (question) => question(db).all(),
    atOnce<Row>(statements: (db: Database) => Statements<Row>): Row[] {
      const transact = db.transaction.bind(db) as unknown as (run: (inside: Database) => Row[]) => Row[];
      return transact((inside) => {
        const { writes, outcome } = statements(inside);
        for (const write of writes) write.run();
        return outcome.all() as Row[];
      });
    },
    script(statements) {
      for (const statement of statements) void db.run(sql.raw(statement));
    },
  };
}
