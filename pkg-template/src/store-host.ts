// A host over a store: the records from the database, the rest from callbacks.

import { RegateError } from "./errors.js";
import type { Host, MaybePromise, WhoRequest } from "./host.js";
import { moderated, type ModerationRequest } from "./moderation.js";
import type { HostRecord, ListQuery, RecordKey, Store } from "./store.js";
import type { Approval, Fact, Identity, ModerationResult, Need, Notice } from "./wire.js";

/** The need of the votes on a run. */
export type ApprovalsNeed = Extract<Need, { kind: "approvals" }>;

/** A team. */
export interface Team {
  id: string;
  name: string;
  /** Whether nobody is in it: administrators vote in its place, so that no run waits for ever. */
  is_empty?: boolean;
}

/** A Rego file of a folder. */
export interface RegoFile {
  /** For diagnostics; its last part names the policy. */
  path: string;
  text: string;
}

/** What a store cannot know. */
export interface HostCallbacks {
  /** Who is asking; null where that is nobody known. A failure is a refusal. */
  who(request: WhoRequest): MaybePromise<Identity | null>;
  /** Tells the world: approvers, providers, whoever waits. May be called twice with a notice of the same id. */
  notify(notices: readonly Notice[]): MaybePromise<void>;
  /** The votes on a run, where another system keeps them. Default: the records of the kind `approval` in the run's partition. */
  approvals?(need: ApprovalsNeed): MaybePromise<Approval[]>;
  /** The Rego files of a folder of a repository, for policy sets from git; null where there is no such folder. Default: none is. */
  files?(path: string, orgId: string): MaybePromise<RegoFile[] | null>;
  /** A person of the organisation, or null where there is none of this id. Default: every id is somebody's. */
  user?(id: string, orgId: string): MaybePromise<{ id: string } | null>;
  /** A team of the organisation, by its id or else by its exact name, or null. Default: every name is a team's id. */
  team?(idOrName: string, orgId: string): MaybePromise<Team | null>;
  /** Whether a person is in a team, now. Default: nobody is in any. */
  isMember?(userId: string, teamId: string, orgId: string): MaybePromise<boolean>;
  /** Milliseconds since 1970. Default: the clock of the platform. */
  now?(): number;
  /** An id that was never used. Default: a random UUID. */
  newId?(): string;
  /** A whole number from 0 that seeds the random builtins of one decision. Default: a random one. */
  randomSeed?(): number;
  /** The workspaces that follow one, for promotions. Default: promotions are refused. */
  downstream?(workspaceId: string, orgId: string): MaybePromise<readonly string[]>;
  /**
   * What a moderator says of the arguments of an agent's call, where a policy wants them moderated: a result for each text that it has
   * something to say of. Null: there is no such moderator. Without this function, or with null, such calls are denied.
   */
  moderate?(request: ModerationRequest): MaybePromise<ModerationResult[] | null>;
  /** Signs a message with a provider's secret. `providerTokens` makes this and `verify` of a host's secrets. */
  sign?(providerId: string, message: string): MaybePromise<string>;
  /** Whether a token is the signature of a message, compared in constant time. */
  verify?(providerId: string, message: string, token: string): MaybePromise<boolean>;
  /** Stores a provider's secret, or replaces it. What it throws is passed on to nobody, since it may name the secret. */
  storeSecret?(providerId: string, secret: string): MaybePromise<void>;
}

/** Makes a host of a store, such as that of `regate/adapters/drizzle`, and the callbacks for what a store cannot know. */
export function hostOver(store: Store, callbacks: HostCallbacks): Host {
  return {
    load: (needs) => loadFrom(store, callbacks, needs),
    commit: (commit) => store.commit(commit),
    list: (query) => store.list(query),
    notify: (notices) => callbacks.notify(notices),
    who: (request) => callbacks.who(request),
    now: () => callbacks.now?.() ?? Date.now(),
    newId: () => callbacks.newId?.() ?? crypto.randomUUID(),
    randomSeed: () => callbacks.randomSeed?.() ?? randomSeed(),
    ...(callbacks.downstream === undefined ? {} : { downstream: callbacks.downstream.bind(callbacks) }),
    ...(callbacks.sign === undefined ? {} : { sign: callbacks.sign.bind(callbacks) }),
    ...(callbacks.verify === undefined ? {} : { verify: callbacks.verify.bind(callbacks) }),
    ...(callbacks.storeSecret === undefined ? {} : { storeSecret: callbacks.storeSecret.bind(callbacks) }),
  };
}

/** The partition of everything that belongs to a run. */
export function runPartition(runId: string): string {
  return `run/${runId}`;
}

/** The record of a run. */
export function runKey(runId: string): RecordKey {
  return { partition: runPartition(runId), kind: "run", key: runId };
}

async function loadFrom(store: Store, callbacks: HostCallbacks, needs: readonly Need[]): Promise<Fact[]> {
  const keys = needs.flatMap((need) => keyOf(need) ?? []);
  // All at once, so that they are of one moment.
  const records = keys.length === 0 ? [] : await store.read(keys);
  return Promise.all(
    needs.map(async (need): Promise<Fact> => {
      switch (need.kind) {
        case "run":
        case "record": {
          const wanted = keyOf(need);
          const record = records.find(({ partition, kind, key }) => wanted?.partition === partition && wanted.kind === kind && wanted.key === key);
          return { need, version: record?.version ?? null, value: record?.value ?? null };
        }
        case "records":
          return { need, version: null, value: await recordsOf(store, need) };
        case "approvals":
          return { need, version: null, value: await approvalsOf(store, callbacks, need) };
        case "files":
          return { need, version: null, value: (await callbacks.files?.(need.path, need.org_id)) ?? null };
        case "user":
          return { need, version: null, value: callbacks.user === undefined ? { id: need.id } : ((await callbacks.user(need.id, need.org_id)) ?? null) };
        case "team": {
          const { team, org_id } = need;
          return { need, version: null, value: callbacks.team === undefined ? { id: team, name: team } : ((await callbacks.team(team, org_id)) ?? null) };
        }
        case "member":
          return { need, version: null, value: (await callbacks.isMember?.(need.user_id, need.team_id, need.org_id)) === true };
        case "moderation":
          return { need, version: null, value: await moderated(need, callbacks) };
        case "access":
          throw new RegateError("malformed_request", "who may do what is not loaded: the driver asks `who`");
      }
    }),
  );
}

function keyOf(need: Need): RecordKey | undefined {
  if (need.kind === "run") return runKey(need.run_id);
  if (need.kind === "record") return { partition: need.partition, kind: need.record, key: need.key };
  return undefined;
}

async function recordsOf(store: Store, need: Extract<Need, { kind: "records" }>): Promise<{ records: object[]; cursor: string | null }> {
  const { partition, record: kind, from, to, limit, cursor = null } = need;
  const query = { partition, kind, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const page = limit === undefined ? { records: await everyRecord(store, query), cursor: null } : await store.list({ ...query, limit, cursor });
  return { records: page.records.map(({ key, version, value }) => ({ key, version, value })), cursor: page.cursor };
}

async function everyRecord(store: Store, query: Omit<ListQuery, "limit" | "cursor">): Promise<HostRecord[]> {
  const records: HostRecord[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.list({ ...query, limit: 100, cursor });
    records.push(...page.records);
    cursor = page.cursor;
  } while (cursor !== null);
  return records;
}

async function approvalsOf(store: Store, callbacks: HostCallbacks, need: ApprovalsNeed): Promise<Approval[]> {
  if (callbacks.approvals !== undefined) return callbacks.approvals(need);
  const records = await everyRecord(store, { partition: runPartition(need.run_id), kind: "approval" });
  const votes = records.map(({ value }) => value as Approval);
  return votes.filter((vote) => vote.digest === need.digest && vote.revision === need.revision);
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
