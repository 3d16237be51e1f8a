// The tables of a store: their schema for drizzle, and the statements that make them.

import { isNotNull } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// INVARIANT (version): counts up with every write and never goes back. A deleted record keeps its row, with null for its value.
const regateRecords = sqliteTable(
  "regate_records",
  {
    partition: text("partition").notNull(),
    kind: text("kind").notNull(),
    key: text("key").notNull(),
    version: integer("version").notNull(),
    /** JSON text; null when the record was deleted. */
    value: text("value"),
  },
  (table) => [
    primaryKey({ columns: [table.partition, table.kind, table.key] }),
    // For lists, over one partition and over all. Without the deleted: an outbox is mostly made of these.
    index("regate_records_live").on(table.kind, table.partition, table.key).where(isNotNull(table.value)),
  ],
);

// INVARIANT (repeat): a commit that was performed has its row, so that its idempotency key a second time changes nothing.
const regateCommits = sqliteTable(
  "regate_commits",
  {
    partition: text("partition").notNull(),
    idempotencyKey: text("idempotency_key").notNull(),
    /** Which of the attempts at the commit performed it. */
    attempt: text("attempt").notNull(),
  },
  (table) => [primaryKey({ columns: [table.partition, table.idempotencyKey] })],
);

/**
 * The tables that a store over drizzle reads and writes, for a schema from which drizzle-kit makes migrations:
 *
 * ```js
 * export const { regateRecords, regateCommits } = regateTables;
 * ```
 */
export const regateTables = { regateRecords, regateCommits };

// Records are rows with a rowid, because their values may be large, and a tree with large rows in its inner pages is deep. Commits are
// short: one tree instead of two.
/** Makes what `regateTables` describes, where it is not there yet. */
export const TABLES_SQL: readonly string[] = [
  `create table if not exists "regate_records" (
  "partition" text not null,
  "kind" text not null,
  "key" text not null,
  "version" integer not null,
  "value" text,
  primary key ("partition", "kind", "key")
)`,
  `create index if not exists "regate_records_live" on "regate_records" ("kind", "partition", "key") where "value" is not null`,
  `create table if not exists "regate_commits" (
  "partition" text not null,
  "idempotency_key" text not null,
  "attempt" text not null,
  primary key ("partition", "idempotency_key")
) without rowid`,
];
