// The host: what a program gives the driver so that decisions can be made with its records, its clock and its people.

import type { Commit, Fact, Need, Notice } from "./wire.js";

/** A value, now or later. */
export type MaybePromise<T> = T | Promise<T>;

/** What the driver asks leave for. */
export type Verb = "trigger";

/** Who wants something to be done. */
export interface WhoRequest {
  verb: Verb;
  org_id: string;
  workspace_id: string;
  run_id: string;
}

/** Who is asking, and what they may do. */
export interface Identity {
  id: string | null;
  email: string | null;
  /** A verb that is not in this list is refused. */
  may: readonly Verb[];
}

/** A record of the host's store. */
export interface HostRecord {
  kind: string;
  key: string;
  version: string;
  value: unknown;
}

/** Keys from `from` (inclusive) to `to` (exclusive), in the order of their UTF-16 units. */
export interface KeyRange {
  from?: string;
  to?: string;
}

/** A part of a list. `cursor` is null when nothing follows. */
export interface Page {
  records: HostRecord[];
  cursor: string | null;
}

/**
 * What the host must do for the driver.
 *
 * The driver calls nothing else: no clock, no randomness, no network of its own. An exception or a malformed answer
 * before a commit is acknowledged makes the decision a denial.
 */
export interface Host {
  /**
   * One fact for each need, in any order, with the version of the record that was read (null: there is none).
   *
   * - need `run`: the value that a commit put for this run, or null.
   * - need `approvals`: a list of votes for this run, digest and revision; from the host's own system if it keeps them.
   */
  load(needs: readonly Need[]): MaybePromise<Fact[]>;
  /**
   * Performs a commit atomically, or nothing of it. `"conflict"` when a record has not the version that is expected.
   *
   * The same `idempotency_key` a second time changes nothing and is `"ok"`.
   */
  commit(commit: Commit): MaybePromise<"ok" | "conflict">;
  /** The records of a kind, at most `limit`, from where an earlier page's cursor points. */
  list(kind: string, range: KeyRange, limit: number, cursor: string | null): MaybePromise<Page>;
  /**
   * Tells the world. The driver calls it once, after the commit, and not again: another decision on the same run makes
   * no second notice. So that each is told at least once, the host keeps what `Decided.undelivered` hands back and
   * delivers it again. A notice that comes twice has the same id.
   */
  notify(notices: readonly Notice[]): MaybePromise<void>;
  /** Who is asking. A failure is a refusal. */
  who(request: WhoRequest): MaybePromise<Identity>;
  /** Milliseconds since 1970. */
  now(): number;
  /** An id that was never used. */
  newId(): string;
  /** A whole number from 0 that seeds the random builtins of one decision. */
  randomSeed(): number;
  /** Signs a message with a provider's secret, which never leaves the host. */
  sign?(providerId: string, message: string): MaybePromise<string>;
  /** Whether a token is the signature of a message, compared in constant time. */
  verify?(providerId: string, message: string, token: string): MaybePromise<boolean>;
  /** Stores a provider's secret. Without it, storing a secret through the engine is refused. */
  storeSecret?(providerId: string, secret: string): MaybePromise<void>;
}
