// A host that keeps everything in memory: for tests, demonstrations and programs that decide once. Forgets at exit.

import { RegateError } from "../errors.js";
import type { Host, HostRecord, Identity, KeyRange, Page, WhoRequest } from "../host.js";
import type { Approval, Commit, Fact, Need, Notice, RunRecord } from "../wire.js";

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

/** The host of `memoryHost()`, with what tests and demonstrations look at. */
export class MemoryHost implements Host {
  /** Every commit that was performed, in order. */
  readonly commits: Commit[] = [];
  /** Every notice that was delivered, in order. */
  readonly notices: Notice[] = [];

  readonly #identity: Identity;
  readonly #clock: () => number;
  readonly #records = new Map<string, HostRecord>();
  readonly #approvals = new Map<string, Approval[]>();
  readonly #idempotencyKeys = new Set<string>();
  readonly #failures = new Map<Callback, unknown[]>();
  #conflicts = 0;
  #versions = 0;
  #ids = 0;
  #seeds = 0;

  constructor(options: MemoryHostOptions) {
    this.#identity = options.identity ?? { id: null, email: null, may: ["trigger"] };
    this.#clock = options.now ?? Date.now;
  }

  load(needs: readonly Need[]): Fact[] {
    this.#failIfAsked("load");
    return needs.map((need) => {
      switch (need.kind) {
        case "run": {
          const record = this.record("run", need.run_id);
          return { need, version: record?.version ?? null, value: record?.value ?? null };
        }
        case "approvals": {
          const approvals = this.#approvals.get(need.run_id) ?? [];
          const given = approvals.filter((vote) => vote.digest === need.digest && vote.revision === need.revision);
          return { need, version: null, value: structuredClone(given) };
        }
      }
    });
  }

  commit(commit: Commit): "ok" | "conflict" {
    this.#failIfAsked("commit");
    const idempotencyKey = JSON.stringify([commit.partition, commit.idempotency_key]);
    if (this.#idempotencyKeys.has(idempotencyKey)) return "ok";
    if (this.#conflicts > 0) {
      this.#conflicts--;
      return "conflict";
    }
    for (const { kind, key, version } of commit.expect) {
      if ((this.#records.get(recordKey(kind, key))?.version ?? null) !== version) return "conflict";
    }
    for (const { kind, key } of commit.append) {
      // An appended record is never changed: the same key again would be one.
      if (this.#records.has(recordKey(kind, key))) return "conflict";
    }
    for (const { kind, key, value } of [...commit.put, ...commit.append]) {
      const version = String(++this.#versions);
      this.#records.set(recordKey(kind, key), { kind, key, version, value: structuredClone(value) });
    }
    this.#idempotencyKeys.add(idempotencyKey);
    this.commits.push(structuredClone(commit));
    return "ok";
  }

  list(kind: string, range: KeyRange, limit: number, cursor: string | null): Page {
    this.#failIfAsked("list");
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RegateError("malformed_request", "the limit of a list is a whole number from 1");
    }
    const matching = [...this.#records.values()]
      .filter((record) => record.kind === kind)
      .filter(({ key }) => (range.from === undefined || key >= range.from) && (range.to === undefined || key < range.to))
      .filter(({ key }) => cursor === null || key > cursor)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const records = matching.slice(0, limit);
    const last = records.at(-1);
    return {
      records: structuredClone(records),
      cursor: matching.length > records.length && last !== undefined ? last.key : null,
    };
  }

  notify(notices: readonly Notice[]): void {
    this.#failIfAsked("notify");
    this.notices.push(...structuredClone(notices));
  }

  who(_request: WhoRequest): Identity {
    this.#failIfAsked("who");
    return this.#identity;
  }

  now(): number {
    this.#failIfAsked("now");
    return this.#clock();
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
  record(kind: string, key: string): HostRecord | undefined {
    return structuredClone(this.#records.get(recordKey(kind, key)));
  }

  /** What is kept of a run, or undefined. */
  run(runId: string): RunRecord | undefined {
    return this.record("run", runId)?.value as RunRecord | undefined;
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
    this.#approvals.set(run_id, [...(this.#approvals.get(run_id) ?? []), vote]);
  }

  #failIfAsked(callback: Callback): void {
    const failures = this.#failures.get(callback);
    if (failures === undefined || failures.length === 0) return;
    throw failures.shift();
  }
}

function recordKey(kind: string, key: string): string {
  return JSON.stringify([kind, key]);
}
