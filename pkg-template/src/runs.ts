// The methods of `governance(host).runs` and `.changesets`: runs from creation to the last vote.

import type { Input } from "./document.js";
import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { askHost, hostTime, isObject, malformed, readAnswer, withHost, type Asking } from "./host-calls.js";
import { performRun } from "./operation.js";
import { requireKnownOptions } from "./options.js";
import { RefusedError } from "./refused-error.js";
import { listRuns, type RunListRequest, type RunPage } from "./run-list.js";
import { runPartition } from "./store-host.js";
import type {
  AuditRecord,
  CheckDecision,
  NewRun,
  PlannedRun,
  PolicyResult,
  PreviewResponse,
  Requirement,
  RunApproval,
  RunOperation,
  StoredRun,
  SweptRun,
  Timeline,
} from "./wire.js";

/** Runs. A run is evaluated once, when its plan is delivered, under the sets, rules and providers of that moment. */
export interface Runs {
  /** Needs `trigger` at the workspace, which must have been put. */
  create(run: Omit<NewRun, "promoted_from">): Promise<StoredRun>;
  /** Says that somebody works on it. Needs `trigger`. */
  start(id: string): Promise<StoredRun>;
  /**
   * Evaluates the plan (`terraform show -json`) and decides: completed, pending approval or rejected. Needs `trigger`.
   *
   * The same plan again changes nothing and is answered with the run as it is now; another plan is refused (`wrong_state`).
   */
  deliverPlan(id: string, plan: Input): Promise<PlannedRun>;
  /** Says that it ended in an error. Needs `trigger`. */
  fail(id: string, errorSummary: string): Promise<StoredRun>;
  /** Votes for everything that is open and asks for the caller: a person with `approve` at the workspace. */
  approve(id: string, comment?: string): Promise<StoredRun>;
  /** Votes against: the run is rejected. A person with `reject` at the workspace. */
  reject(id: string, comment?: string): Promise<StoredRun>;
  /** Tells the approvers of a pending run again, at most once in 5 minutes. Needs `approve` or `write`. */
  renotify(id: string): Promise<StoredRun>;
  /** Stops a run that has not ended. Needs `abort`. */
  abort(id: string): Promise<StoredRun>;
  /** Says that an apply run was performed. Needs `trigger`. */
  completeApply(id: string): Promise<StoredRun>;
  get(id: string): Promise<StoredRun>;
  /**
   * Those that the caller may see, of the organisation or of one workspace. A page may have fewer than its limit, even none, and yet
   * more follows where it has a cursor.
   *
   * Pages come in the store's order, that of the ids; each page is newest first. Where the host's `newId` gives ids that sort
   * backwards in time, so is the whole list. The store must list across partitions, as all of ours do that are not routed.
   */
  list(request?: RunListRequest): Promise<RunPage>;
  requirements(id: string): Promise<Requirement[]>;
  approvals(id: string): Promise<RunApproval[]>;
  policyResults(id: string): Promise<PolicyResult[]>;
  /** What happened, in order. `broken_at` names the first entry that is not as it was recorded. */
  timeline(id: string): Promise<Timeline>;
  /**
   * The decision log of its changeset, in the order of time: what was evaluated under which policies, and the final word where it
   * came later by votes, checks or time. A run that was aborted has no such word: its timeline tells who did it. Without what the
   * settings mask.
   */
  decisionLog(id: string): Promise<AuditRecord[]>;
  /** What the set-up of now says of the run's plan. Replaces the stored policy results and changes nothing else. */
  preview(id: string): Promise<PreviewResponse>;
}

/** The answer of an external check provider, as it came in. */
export interface CheckAnswer {
  run_id: string;
  provider_id: string;
  /** What stood behind `Authorization: Bearer`. */
  token: string;
  decision: CheckDecision;
  reason?: string;
}

/** External checks. */
export interface Checks {
  /**
   * Takes a provider's answer whose token the host's `verify` finds right; anything else is refused before the run is looked at.
   * Where `verify` throws, nobody knows whether the token is right: `host_failed`, and the provider may send its answer again.
   */
  receive(answer: CheckAnswer): Promise<StoredRun>;
}

/** What is swept. */
export interface SweepOptions {
  /**
   * The run whose partition alone is swept, by its id: where each run has a store of its own, such as a Durable Object, whose alarm
   * calls this. Default: the runs of every partition that the host's `list` reaches.
   */
  run_id?: string;
}

/** What a sweep did. */
export interface Sweep {
  /** The runs that were acted on. */
  swept: SweptRun[];
  /** How many runs could not be swept; the rest was. They are tried again by the next sweep. */
  failed: number;
  /** What the first of them failed with. */
  failure?: unknown;
  /**
   * When to call next, in milliseconds since 1970; null: not before another run waits. Sooner is harmless. Where a run failed, it is
   * tried again a minute after this sweep.
   */
  next_at_ms: number | null;
}

/** Changesets: what a plan run would change. A changeset has the id of its plan run. */
export interface Changesets {
  /** Queues an apply run; the plan of a pull request is decided on first. Needs `apply`. */
  apply(planRunId: string): Promise<PlannedRun>;
  /** Makes sure that it is never applied. A pending run may still be decided. Needs `apply`. */
  discard(planRunId: string): Promise<StoredRun>;
}

/** Runs, their checks and changesets, and time, of an organisation on a host. */
export function runsOf(host: Host, asking: Asking): { runs: Runs; changesets: Changesets; checks: Checks; sweep(options?: SweepOptions): Promise<Sweep> } {
  // The answer of each operation is the engine's: its type is written beside the call.
  const ask = async <T>(operation: RunOperation, plan?: Input): Promise<T> => (await performRun(operation, plan, host, asking)) as T;
  return {
    runs: {
      create: async (run) => {
        // Only a promotion says so, after the host has said what follows what: a caller's word would let a person name that trigger.
        if (isObject(run) && Object.hasOwn(run, "promoted_from")) {
          throw new RefusedError({ code: "invalid_request", message: "a promotion is asked for with workspaces.promote()", path: "/promoted_from" });
        }
        return ask({ create_run: run });
      },
      start: (id) => ask({ start_run: { id } }),
      deliverPlan: (id, plan) => ask({ deliver_plan: { id } }, plan),
      fail: (id, error_summary) => ask({ fail_run: { id, error_summary } }),
      approve: (id, comment = "") => ask({ vote: { id, decision: "approved", comment } }),
      reject: (id, comment = "") => ask({ vote: { id, decision: "rejected", comment } }),
      renotify: (id) => ask({ renotify: { id } }),
      abort: (id) => ask({ abort_run: { id } }),
      completeApply: (id) => ask({ complete_apply: { id } }),
      get: (id) => ask({ get_run: { id } }),
      list: (request = {}) => listRuns(request, host, asking),
      requirements: async (id) => (await ask<{ requirements: Requirement[] }>({ list_requirements: { id } })).requirements,
      approvals: async (id) => (await ask<{ approvals: RunApproval[] }>({ list_approvals: { id } })).approvals,
      policyResults: async (id) => (await ask<{ policy_results: PolicyResult[] }>({ list_policy_results: { id } })).policy_results,
      timeline: (id) => ask({ get_timeline: { id } }),
      decisionLog: async (id) => (await ask<{ decisions: AuditRecord[] }>({ get_decision_log: { id } })).decisions,
      preview: (id) => ask({ preview_run: { id } }),
    },
    checks: {
      receive: async (answer) => {
        const { run_id, provider_id, token, decision, reason } = checkAnswer(answer);
        if (!(await isRightToken(host, run_id, provider_id, token))) {
          throw new RefusedError({ code: "unauthorized", message: "the token is not that of this provider for this run" });
        }
        return ask({ receive_check: { id: run_id, provider_id, decision, reason } });
      },
    },
    // Time passes in every workspace of the organisation.
    sweep: async (options = {}) => sweep(host, { asker: asking.asker, org_id: asking.org_id }, sweptPartition(options)),
    changesets: {
      apply: (id) => ask({ apply_changeset: { id } }),
      discard: (id) => ask({ discard_changeset: { id } }),
    },
  };
}

// INVARIANT (one run): the token is checked for the very strings that the engine is asked about. An object could give its text
// anew each time that it is asked for.
function checkAnswer(answer: unknown): CheckAnswer & { reason: string } {
  const { run_id, provider_id, token, decision, reason = "" } = fieldsOf(answer);
  for (const [name, value] of Object.entries({ run_id, provider_id })) {
    if (typeof value !== "string") throw new RegateError("malformed_request", `checks.receive() needs \`${name}\`, a string`, { path: `/${name}` });
  }
  // The token is for isRightToken, the rest for the engine to check.
  return { run_id, provider_id, token, decision, reason } as CheckAnswer & { reason: string };
}

function fieldsOf(answer: unknown): { [name: string]: unknown } {
  if (!isObject(answer)) throw new RegateError("malformed_request", "checks.receive() needs an answer { run_id, provider_id, token, decision }", { path: "" });
  try {
    const { run_id, provider_id, token, decision, reason } = answer;
    return { run_id, provider_id, token, decision, reason };
  } catch (thrown) {
    throw new RegateError("malformed_request", "the answer that checks.receive() got failed when it was read", { path: "", cause: thrown });
  }
}

// A host without `verify`, a provider without a secret and a wrong token are answered alike.
async function isRightToken(host: Host, runId: string, providerId: string, token: unknown): Promise<boolean> {
  if (typeof token !== "string" || token === "") return false;
  // Looked up inside: even that is the host's code.
  return withHost(async () => (await askHost("verify", () => host.verify?.(providerId, `${providerId}:${runId}`, token))) === true);
}

function sweptPartition(options: unknown): { partition?: string } {
  requireKnownOptions(options, ["run_id"], "sweep()");
  const { run_id } = isObject(options) ? options : {};
  if (run_id === undefined) return {};
  if (typeof run_id !== "string" || run_id === "") throw new RegateError("malformed_request", "sweep() takes `run_id`, an id", { path: "/run_id" });
  // An apply run lives with its plan run.
  return { partition: runPartition(run_id.split("~")[0] ?? run_id) };
}

/** How long after a sweep the runs that failed are tried again, at least: not at once, and over and over. */
const FAILED_AGAIN_MS = 60_000;

// INVARIANT (sweep): only runs that wait are looked at, each in a commit of its own, so that a sweep that ends early or runs
// beside another does nothing twice.
async function sweep(host: Host, asking: Asking, partition: { partition?: string }): Promise<Sweep> {
  return withHost(async () => {
    const now = await hostTime(host);
    const result: Sweep = { swept: [], failed: 0, next_at_ms: null };
    let cursor: string | null = null;
    do {
      const page: WaitingPage = await waitingRuns(host, partition, cursor);
      for (const waiting of page.runs) {
        if (waiting !== "malformed" && waiting.org_id !== asking.org_id) continue;
        const at = await swept(waiting, now, host, asking, result);
        if (at !== null && (result.next_at_ms === null || at < result.next_at_ms)) result.next_at_ms = at;
      }
      cursor = page.cursor;
    } while (cursor !== null);
    return result;
  });
}

// Sweeps one run where its time is up, and gives when it is to be looked at again. One run must not keep the others from being swept.
async function swept(waiting: WaitingRun | "malformed", now: number, host: Host, asking: Asking, result: Sweep): Promise<number | null> {
  try {
    if (waiting === "malformed") throw new RegateError("host_failed", "the host's list() gave a waiting run that is none");
    if (waiting.next_at_ms === null || waiting.next_at_ms > now) return waiting.next_at_ms;
    const run = (await performRun({ sweep_run: { id: waiting.run_id } }, undefined, host, asking)) as SweptRun;
    if (run.acted_on.length > 0) result.swept.push(run);
    return run.next_at_ms;
  } catch (thrown) {
    if (result.failed++ === 0) result.failure = thrown;
    return now + FAILED_AGAIN_MS;
  }
}

interface WaitingRun {
  run_id: string;
  org_id: string;
  next_at_ms: number | null;
}

interface WaitingPage {
  runs: (WaitingRun | "malformed")[];
  cursor: string | null;
}

async function waitingRuns(host: Host, partition: { partition?: string }, cursor: string | null): Promise<WaitingPage> {
  const answer: unknown = await askHost("list", () => host.list({ ...partition, kind: "waiting_run", limit: 100, cursor }));
  return readAnswer("list", () => {
    const { records, cursor: next } = isObject(answer) ? answer : {};
    const isPage = Array.isArray(records) && (next === null || typeof next === "string");
    // The same page again would be read for ever.
    if (!isPage || (next !== null && next === cursor)) throw malformed("list", "a page { records, cursor } that ends");
    return { runs: records.map(waitingRun), cursor: next };
  });
}

function waitingRun(record: unknown): WaitingRun | "malformed" {
  try {
    const value = isObject(record) ? record["value"] : undefined;
    const { run_id, org_id, next_at_ms } = isObject(value) ? value : {};
    const isTime = next_at_ms === null || (typeof next_at_ms === "number" && Number.isFinite(next_at_ms));
    if (typeof run_id === "string" && typeof org_id === "string" && isTime) return { run_id, org_id, next_at_ms };
  } catch {
    // A getter of the host's.
  }
  return "malformed";
}
