// A store, and a host, that keep everything in memory: for tests, demonstrations and programs that decide once. Forgets at exit.

import { RegateError } from "../errors.js";
import type { Host, WhoRequest } from "../host.js";
import type { HostRecord, ListQuery, Page, RecordKey, Store } from "../store.js";
import { hostOver, runKey, runPartition } from "../store-host.js";
import { checkedListLimit, cursorOf, placeOf } from "../store-cursor.js";
import { LiveRecords } from "./memory/live-records.js";
import type { Approval, Commit, Fact, Identity, Need, Notice, RunRecord } from "../wire.js";

/** Makes a store in memory. */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly #records = new Map<string, HostRecord>();
  // For lists, so that they cost what they give and not what is stored.
  readonly #live = new LiveRecords();
  readonly #idempotencyKeys = new Set<string>();

  read(keys: readonly RecordKey[]): HostRecord[] {
    return keys.flatMap((key) => {
      const record = this.#records.get(recordKey(key));
      return record === undefined ? [] : [structuredClone(record)];
    });
  }

  commit(commit: Commit): "ok" | "conflict" {
    return this.perform(commit) === "conflict" ? "conflict" : "ok";
  }

  perform(commit: Commit): "performed" | "repeated" | "conflict" {
    const { partition } = commit;
    const idempotencyKey = JSON.stringify([partition, commit.idempotency_key]);
    if (this.#idempotencyKeys.has(idempotencyKey)) return "repeated";
    for (const { kind, key, version } of commit.expect) {
      if ((this.#records.get(recordKey({ partition, kind, key }))?.version ?? null) !== version) return "conflict";
    }
    for (const { kind, key } of commit.append) {
      if (this.#records.has(recordKey({ partition, kind, key }))) return "conflict";
    }
    // Copied first: what cannot be copied is thrown before anything is written.
    const written = structuredClone([...commit.put, ...commit.append]);
    for (const { kind, key, value } of written) {
      const id = recordKey({ partition, kind, key });
      const before = this.#records.get(id);
      const record = { partition, kind, key, version: String(Number(before?.version ?? 0) + 1), value };
      this.#records.set(id, record);
      const wasLive = before !== undefined && before.value !== null;
      if (value !== null && !wasLive) this.#live.add(record);
      if (value === null && wasLive) this.#live.remove(record);
    }
    this.#idempotencyKeys.add(idempotencyKey);
    return "performed";
  }

  list(query: ListQuery): Page {
    const limit = checkedListLimit(query);
    const { kind } = query;
    // One more than the page has, to know whether anything follows.
    const places = this.#live.list(query, placeOf(query.cursor), limit + 1);
    const page = places.slice(0, limit);
    return { records: this.read(page.map((place) => ({ ...place, kind }))), cursor: cursorOf(page, places.length > limit) };
  }
}

function recordKey({ partition, kind, key }: RecordKey): string {
  return JSON.stringify([partition, kind, key]);
}

/** The callbacks that can be made to fail. */
export type Callback = "load" | "commit" | "list" | "notify" | "who" | "now" | "newId" | "randomSeed";

/** How a memory host begins. */
export interface MemoryHostOptions {
  /** Who is asking. Default: nobody in particular, who may do everything. */
  identity?: Identity;
  /** The clock, in milliseconds since 1970. Default: the clock of the platform. */
  now?: () => number;
}

/** A vote of a person or a provider on a requirement. */
export interface VoteOptions {
  run_id: string;
  requirement_id: string;
  approver_id: string;
  comment?: string;
}

/** Makes a host that keeps records, votes and notices in memory. */
export function memoryHost(options: MemoryHostOptions = {}): MemoryHost {
  return new MemoryHost(options);
}

const ANYBODY: Identity = {
  id: null,
  email: null,
  org_role: "owner",
  is_session: true,
  may: ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"],
};

/** The host of `memoryHost()`, with what tests and demonstrations look at. */
export class MemoryHost implements Host {
  /** Every commit that was performed, in order. */
  readonly commits: Commit[] = [];
  /** Every notice that was delivered, in order. */
  readonly notices: Notice[] = [];

  readonly #store = new MemoryStore();
  readonly #host: Host;
  readonly #failures = new Map<Callback, unknown[]>();
  #conflicts = 0;
  #ids = 0;
  #seeds = 0;
  #votes = 0;

  constructor(options: MemoryHostOptions) {
    const identity = options.identity ?? ANYBODY;
    this.#host = hostOver(this.#store, {
      who: () => identity,
      notify: (notices) => void this.notices.push(...structuredClone(notices)),
      ...(options.now === undefined ? {} : { now: options.now }),
    });
  }

  async load(needs: readonly Need[]): Promise<Fact[]> {
    this.#failIfAsked("load");
    return this.#host.load(needs);
  }

  commit(commit: Commit): "ok" | "conflict" {
    this.#failIfAsked("commit");
    if (this.#conflicts > 0) {
      this.#conflicts--;
      return "conflict";
    }
    const answer = this.#store.perform(commit);
    if (answer === "performed") this.commits.push(structuredClone(commit));
    return answer === "conflict" ? "conflict" : "ok";
  }

  list(query: ListQuery): Page {
    this.#failIfAsked("list");
    return this.#store.list(query);
  }

  notify(notices: readonly Notice[]): void {
    this.#failIfAsked("notify");
    void this.#host.notify(notices);
  }

  async who(request: WhoRequest): Promise<Identity | null> {
    this.#failIfAsked("who");
    return this.#host.who(request);
  }

  now(): number {
    this.#failIfAsked("now");
    return this.#host.now();
  }

  newId(): string {
    this.#failIfAsked("newId");
    return `decision-${++this.#ids}`;
  }

  randomSeed(): number {
    this.#failIfAsked("randomSeed");
    return ++this.#seeds;
  }

  /** Records that a person approves a requirement of a run that waits for it. */
  approve(vote: VoteOptions): void {
    this.#vote(vote, "approved");
  }

  /** Records that a person rejects a requirement of a run that waits for it. */
  reject(vote: VoteOptions): void {
    this.#vote(vote, "rejected");
  }

  /** A record as it stands, or undefined. */
  record(key: RecordKey): HostRecord | undefined {
    return this.#store.read([key])[0];
  }

  /** What is kept of a run, or undefined. */
  run(runId: string): RunRecord | undefined {
    return this.record(runKey(runId))?.value as RunRecord | undefined;
  }

  /** Makes the next call of a callback throw. Asked for more than once, as many calls throw, in order. */
  failNext(callback: Callback, thrown: unknown = new Error("asked to fail")): void {
    this.#failures.set(callback, [...(this.#failures.get(callback) ?? []), thrown]);
  }

  /** Makes the next commits meet a conflict, as if somebody else had been faster. */
  conflictNext(times = 1): void {
    this.#conflicts += times;
  }

  // INVARIANT (snapshot): a vote carries the digest and the revision of the evaluation that asked for it, and counts for it alone.
  #vote({ run_id, requirement_id, approver_id, comment }: VoteOptions, decision: Approval["decision"]): void {
    const run = this.run(run_id);
    if (run === undefined) throw new RegateError("unknown_run", `there is no run \`${run_id}\``);
    if (!run.requirements.some((requirement) => requirement.id === requirement_id)) {
      throw new RegateError("unknown_requirement", `the run \`${run_id}\` has no requirement \`${requirement_id}\``);
    }
    const { digest, revision } = run;
    const vote: Approval = { requirement_id, approver_id, decision, digest, revision };
    if (comment !== undefined) vote.comment = comment;
    // Numbered, so that votes are loaded in the order in which they came.
    const key = String(++this.#votes).padStart(9, "0");
    this.#store.commit({
      partition: runPartition(run_id),
      idempotency_key: `vote:${key}`,
      expect: [],
      put: [],
      append: [{ kind: "approval", key, value: vote }],
    });
  }

  #failIfAsked(callback: Callback): void {
    const failures = this.#failures.get(callback);
    if (failures === undefined || failures.length === 0) return;
    throw failures.shift();
  }
}
