// The store: records with versions, and one way to change them. What an adapter for a database implements.

import type { MaybePromise } from "./host.js";
import type { Commit } from "./wire.js";

/** Which record. A kind is a word of the engine's (`run`, `audit`, ...); partition and key are made of the host's ids. */
export interface RecordKey {
  /**
   * Where it lies: `org/ID` what an organisation has set up for governance, `run/ID` a run, `actions/ID` everything about the actions of
   * an organisation's agents, `config/ID/CONTEXT` the policies of its CI configurations and what they decided. A commit lies in one, and
   * so may a database of its own: a Durable Object for each.
   */
  partition: string;
  kind: string;
  key: string;
}

/** A record as it stands. */
export interface HostRecord extends RecordKey {
  /** Differs from that of every earlier state of the record. */
  version: string;
  /** Plain JSON, as it was put. */
  value: unknown;
}

/** Which records to list: those of a kind, from `from` (inclusive) to `to` (exclusive). */
export interface ListQuery {
  /** Left out: those of every partition. */
  partition?: string;
  kind: string;
  from?: string;
  to?: string;
  /** The most records that a page has, from 1. */
  limit: number;
  /** Where an earlier page ended; null for the first page. */
  cursor: string | null;
}

/** A part of a list, ordered by partition, then key. `cursor` is null when nothing follows. */
export interface Page {
  records: HostRecord[];
  cursor: string | null;
}

/**
 * Records with versions, changed by commits that are atomic: all of a commit or nothing of it.
 *
 * `storeContract` of `regate/store-contract` holds an implementation to each sentence here.
 *
 * - A record whose value is null was deleted: it is not listed, and `read` gives it with null. It keeps counting versions, so that a
 *   commit which expects it never to have been there, or in an earlier state, meets a conflict.
 * - Order: keys of printable ASCII are ordered by their characters. Other keys come in an order that stays the same.
 * - Two handles on the same data, in two tabs or two processes, keep all this between them.
 */
export interface Store {
  /** The records that are or were there, in any order, all of one moment. A record that was never put is left out. */
  read(keys: readonly RecordKey[]): MaybePromise<HostRecord[]>;
  /**
   * Performs a commit. `"conflict"` when a record has not the version that is expected (null: it was never put), or when a
   * record to append exists.
   *
   * The same `idempotency_key` in the same partition a second time changes nothing and is `"ok"`, whatever else differs: the
   * first reply was lost. What cannot be written is thrown, and nothing of it is written.
   */
  commit(commit: Commit): MaybePromise<"ok" | "conflict">;
  /** The records of one kind. What is committed between two pages may be in the later one or not; all else is listed once. */
  list(query: ListQuery): MaybePromise<Page>;
}
