// The statements of a store, the same for every database. Lists are one parameter each, JSON text, because D1 takes 100 parameters.

import { and, asc, eq, gt, gte, isNotNull, lt, sql, type SQL } from "drizzle-orm";
import type { ListQuery, RecordKey } from "../../store.js";
import type { Place } from "../../store-cursor.js";
import type { Commit, StoredRecord } from "../../wire.js";
import type { Database, Question, Statements, Write } from "./database.js";
import { columnOfKey } from "./key-column.js";
import { regateTables } from "./tables.js";
import { textOfValue } from "../value-text.js";

const { regateRecords: records, regateCommits: commits } = regateTables;

/** A record as a row. */
export interface RecordRow {
  partition: string;
  kind: string;
  key: string;
  version: number;
  value: string | null;
}

/** A list of one partition or of all, from behind a place. */
export interface ListRange extends Omit<ListQuery, "partition" | "limit" | "cursor"> {
  partition: string | undefined;
  after: Place | undefined;
  atMost: number;
}

/** The records of these keys, all of one moment. */
export function readStatement(keys: readonly RecordKey[]): (db: Database) => Question<RecordRow> {
  const asked = JSON.stringify(keys.map(({ partition, kind, key }) => [partition, kind, key].map(columnOfKey)));
  const isAsked = sql`(${records.partition}, ${records.kind}, ${records.key}) in (
    select asked.value->>0, asked.value->>1, asked.value->>2 from json_each(${asked}) as asked
  )`;
  return (db) => uncached(db.select().from(records).where(isAsked));
}

/** The records of a kind that were not deleted, in order. */
export function listStatement({ partition, kind, from, to, after, atMost }: ListRange): (db: Database) => Question<RecordRow> {
  const isListed = and(
    eq(records.kind, columnOfKey(kind)),
    // Said so that the index without the deleted can serve.
    isNotNull(records.value),
    partition === undefined ? undefined : eq(records.partition, columnOfKey(partition)),
    from === undefined ? undefined : isFrom(from, after),
    to === undefined ? undefined : lt(records.key, columnOfKey(to)),
    after === undefined ? undefined : isBehind(after, partition),
  );
  const order = [asc(records.partition), asc(records.key)];
  const limit = Math.min(atMost, 2 ** 31 - 1);
  return (db) => uncached(db.select().from(records).where(isListed).orderBy(...order).limit(limit));
}

// The plus keeps the index for the comparison with the place: each page would else begin at `from`.
function isFrom(from: string, after: Place | undefined): SQL {
  return after === undefined ? gte(records.key, columnOfKey(from)) : sql`+${records.key} >= ${columnOfKey(from)}`;
}

// With the partition given, a comparison of the key alone is one that the index serves.
function isBehind({ partition, key }: Place, given: string | undefined): SQL {
  if (given !== undefined) return gt(records.key, columnOfKey(key));
  return sql`(${records.partition}, ${records.key}) > (${columnOfKey(partition)}, ${columnOfKey(key)})`;
}

/**
 * The statements of a commit. What JSON cannot say is thrown here, before one of them runs.
 *
 * INVARIANT (compare and set): the first statement puts the commit's row there, with the id of this attempt, only where every expectation
 * holds; all that follow write only where the row has this id. So the outcome, the row, is there when the commit was performed, by this
 * attempt or by an earlier one with its idempotency key.
 */
export function commitStatements(commit: Commit): (db: Database) => Statements<{ attempt: string }> {
  const partition = columnOfKey(commit.partition);
  const idempotencyKey = columnOfKey(commit.idempotency_key);
  const expected = expectationsOf(commit);
  const written = parametersOf([...commit.put, ...commit.append]);
  const row = and(eq(commits.partition, partition), eq(commits.idempotencyKey, idempotencyKey));
  return (db) => {
    // New each time: an attempt that failed for the caller may have been performed all the same.
    const attempt = crypto.randomUUID();
    const isMine = sql`exists (select 1 from ${commits} where ${row} and ${commits.attempt} = ${attempt})`;
    const begin = db
      .insert(commits)
      .select(
        sql`select ${partition}, ${idempotencyKey}, ${attempt} where not exists (
          select 1 from json_each(${expected}) as expected
          left join ${records} on ${records.partition} = ${partition}
            and ${records.kind} = expected.value->>0 and ${records.key} = expected.value->>1
          where cast(${records.version} as text) is not (expected.value->>2)
        )`,
      )
      .onConflictDoNothing();
    const outcome = db.select({ attempt: commits.attempt }).from(commits).where(row);
    return { writes: [begin, ...written.map((parameters) => write(db, partition, parameters, isMine))], outcome: uncached(outcome) };
  };
}

// A record to append is one that was never there.
function expectationsOf({ expect, append }: Commit): string {
  const expectations = [...expect, ...append.map(({ kind, key }) => ({ kind, key, version: null }))];
  const columns = expectations.map(({ kind, key, version }) => [kind, key, version].map((text) => (text === null ? null : columnOfKey(text))));
  return JSON.stringify(columns);
}

// Records to write in one statement: a list as JSON text, or one that is too large to be in a list.
type Parameters = { list: string } | { kind: string; key: string; value: string | null };

// D1 and Durable Objects take texts of at most 2 MB.
const LONGEST_LIST_BYTES = 1_000_000;

function parametersOf(written: readonly StoredRecord[]): Parameters[] {
  const statements: Parameters[] = [];
  let list: string[] = [];
  let bytes = 0;
  const endList = (): void => {
    if (list.length > 0) statements.push({ list: `[${list.join(",")}]` });
    [list, bytes] = [[], 0];
  };
  // Of two records of one key the later one counts.
  const byKey = new Map(written.map((record) => [JSON.stringify([record.kind, record.key]), record]));
  for (const record of byKey.values()) {
    const [kind, key, value] = [columnOfKey(record.kind), columnOfKey(record.key), textOfValue(record.value)];
    const item = JSON.stringify([kind, key, value]);
    const itemBytes = new TextEncoder().encode(item).length + 1;
    if (bytes + itemBytes > LONGEST_LIST_BYTES) endList();
    if (itemBytes > LONGEST_LIST_BYTES) {
      statements.push({ kind, key, value });
    } else {
      list.push(item);
      bytes += itemBytes;
    }
  }
  endList();
  return statements;
}

function write(db: Database, partition: string, parameters: Parameters, isMine: SQL): Write {
  const rows =
    "list" in parameters
      ? sql`select ${partition}, written.value->>0, written.value->>1, 1, written.value->>2
          from json_each(${parameters.list}) as written where ${isMine}`
      : sql`select ${partition}, ${parameters.kind}, ${parameters.key}, 1, ${parameters.value} where ${isMine}`;
  return db
    .insert(records)
    .select(rows)
    .onConflictDoUpdate({
      target: [records.partition, records.kind, records.key],
      set: { version: sql`${records.version} + 1`, value: sql`excluded.value` },
    });
}

// A cache that drizzle was given would answer with versions that are no more.
function uncached<Q extends { $withCache(config: false): unknown }>(question: Q): Q {
  question.$withCache(false);
  return question;
}
