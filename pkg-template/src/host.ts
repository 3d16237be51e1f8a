// The host: what a program gives the driver so that decisions can be made with its records, its clock and its people.

import type { ListQuery, Page } from "./store.js";
import type { Commit, Fact, Identity, Need, Notice, Resource } from "./wire.js";

/** A value, now or later. */
export type MaybePromise<T> = T | Promise<T>;

/** Who wants something to be done with what. */
export interface WhoRequest {
  /** What the program passed with the call, such as a session or an HTTP request; undefined where it passed nothing. */
  asker: unknown;
  org_id: string;
  /**
   * What they want to do something with: the organisation, a project or a workspace. For actions: an agent (`agent`), as which a call is
   * made with `trigger`, or the organisation, where the call names no agent.
   */
  resource: Resource;
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
   * - need `record`: what a commit put there, or null.
   * - need `records`: `{records: [{key, version, value}], cursor}`, all of them or a page.
   * - need `user`: `{id}`, need `team`: `{id, name, is_empty?}`; or null where there is none.
   * - need `member`: whether a person is in a team, true or false.
   * - need `moderation`: a list of what a moderator says of the arguments of a call, or null where there is no such moderator.
   * - need `files`: the `*.rego` files of a folder as `{path, text}`, or null where there is none.
   *
   * `hostOver` answers all of them from a store.
   */
  load(needs: readonly Need[]): MaybePromise<Fact[]>;
  /**
   * Performs a commit atomically, or nothing of it. `"conflict"` when a record has not the version that is expected.
   *
   * The same `idempotency_key` a second time changes nothing and is `"ok"`: a commit that throws may be sent once more, because its
   * reply may have been lost.
   */
  commit(commit: Commit): MaybePromise<"ok" | "conflict">;
  /** Records of one kind, page by page. */
  list(query: ListQuery): MaybePromise<Page>;
  /**
   * Tells the world. The driver calls it after the commit. Each notice was committed, too, as a record of the kind `outbox`,
   * which the driver deletes when this has returned; `deliverNotices()` tells what a crash or a failure has left there.
   * So each notice is told at least once; one that comes twice has the same id.
   */
  notify(notices: readonly Notice[]): MaybePromise<void>;
  /**
   * Who is asking, and what they may do with the resource; null where that is nobody known (`unauthorized`, 401). A failure is a
   * refusal. Verbs that governance does not know permit nothing.
   */
  who(request: WhoRequest): MaybePromise<Identity | null>;
  /** Milliseconds since 1970. */
  now(): number;
  /** An id that was never used. */
  newId(): string;
  /** A whole number from 0 that seeds the random builtins of one decision. */
  randomSeed(): number;
  /** The workspaces that follow one, for promotions. Without it a promotion is refused (501). */
  downstream?(workspaceId: string, orgId: string): MaybePromise<readonly string[]>;
  /** Signs a message with a provider's secret, which never leaves the host. */
  sign?(providerId: string, message: string): MaybePromise<string>;
  /**
   * Whether a token is the signature of a message, compared in constant time. False is a refusal; where it throws, `host_failed`. What
   * it or `sign` throws is passed on to nobody, since it may name the secret.
   */
  verify?(providerId: string, message: string, token: string): MaybePromise<boolean>;
  /**
   * Stores a provider's secret, or replaces it: only when whoever asks may. Without it, storing one is refused (501).
   *
   * What it throws is passed on to nobody, since it may name the secret.
   */
  storeSecret?(providerId: string, secret: string): MaybePromise<void>;
}
