// The methods of `governance(host).runs` and `.changesets`: runs from creation to the last vote.

import type { Input } from "./document.js";
import type { Host } from "./host.js";
import type { Asking } from "./host-calls.js";
import { performRun, RefusedError } from "./operation.js";
import type { Page } from "./store.js";
import type {
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
  create(run: NewRun): Promise<StoredRun>;
  /** Says that somebody works on it. Needs `trigger`. */
  start(id: string): Promise<StoredRun>;
  /**
   * Evaluates the plan (`terraform show -json`) and decides: completed, pending approval or rejected. Needs `trigger`.
   *
   * The same plan again gives the same answer and changes nothing; another plan is refused (`wrong_state`).
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
  requirements(id: string): Promise<Requirement[]>;
  approvals(id: string): Promise<RunApproval[]>;
  policyResults(id: string): Promise<PolicyResult[]>;
  /** What happened, in order. `broken_at` names the first entry that is not as it was recorded. */
  timeline(id: string): Promise<Timeline>;
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
  /** Takes a provider's answer whose token the host's `verify` finds right; anything else is refused before the run is looked at. */
  receive(answer: CheckAnswer): Promise<StoredRun>;
}

/** What a sweep did. */
export interface Sweep {
  /** The runs that were acted on. */
  swept: SweptRun[];
  /** How many runs could not be swept; the rest was. They are tried again by the next sweep. */
  failed: number;
  /** What the first of them failed with. */
  failure?: unknown;
  /** When to call next, in milliseconds since 1970; null: not before another run waits. Sooner is harmless. */
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
export function runsOf(host: Host, asking: Asking): { runs: Runs; changesets: Changesets; checks: Checks; sweep(): Promise<Sweep> } {
  // The answer of each operation is the engine's: its type is written beside the call.
  const ask = async <T>(operation: RunOperation, plan?: Input): Promise<T> => (await performRun(operation, plan, host, asking)) as T;
  return {
    runs: {
      create: (run) => ask({ create_run: run }),
      start: (id) => ask({ start_run: { id } }),
      deliverPlan: (id, plan) => ask({ deliver_plan: { id } }, plan),
      fail: (id, error_summary) => ask({ fail_run: { id, error_summary } }),
      approve: (id, comment = "") => ask({ vote: { id, decision: "approved", comment } }),
      reject: (id, comment = "") => ask({ vote: { id, decision: "rejected", comment } }),
      renotify: (id) => ask({ renotify: { id } }),
      abort: (id) => ask({ abort_run: { id } }),
      completeApply: (id) => ask({ complete_apply: { id } }),
      get: (id) => ask({ get_run: { id } }),
      requirements: async (id) => (await ask<{ requirements: Requirement[] }>({ list_requirements: { id } })).requirements,
      approvals: async (id) => (await ask<{ approvals: RunApproval[] }>({ list_approvals: { id } })).approvals,
      policyResults: async (id) => (await ask<{ policy_results: PolicyResult[] }>({ list_policy_results: { id } })).policy_results,
      timeline: (id) => ask({ get_timeline: { id } }),
      preview: (id) => ask({ preview_run: { id } }),
    },
    checks: {
      receive: async ({ run_id, provider_id, token, decision, reason = "" }) => {
        if (!(await isRightToken(host, run_id, provider_id, token))) {
          throw new RefusedError({ code: "unauthorized", message: "the token is not that of this provider for this run" });
        }
        return ask({ receive_check: { id: run_id, provider_id, decision, reason } });
      },
    },
    sweep: () => sweep(host, asking, ask),
    changesets: {
      apply: (id) => ask({ apply_changeset: { id } }),
      discard: (id) => ask({ discard_changeset: { id } }),
    },
  };
}

// A host without `verify`, a provider without a secret and a wrong token are answered alike.
async function isRightToken(host: Host, runId: string, providerId: string, token: unknown): Promise<boolean> {
  if (host.verify === undefined || typeof token !== "string" || token === "") return false;
  try {
    return (await host.verify(providerId, `${providerId}:${runId}`, token)) === true;
  } catch {
    return false;
  }
}

// INVARIANT (sweep): only runs that wait are looked at, each in a commit of its own, so that a sweep that ends early or runs
// beside another does nothing twice.
async function sweep(host: Host, asking: Asking, ask: <T>(operation: RunOperation) => Promise<T>): Promise<Sweep> {
  const now = host.now();
  const result: Sweep = { swept: [], failed: 0, next_at_ms: null };
  let cursor: string | null = null;
  do {
    const page: Page = await host.list({ kind: "waiting_run", limit: 100, cursor });
    for (const { value } of page.records) {
      const waiting = value as { run_id: string; org_id: string; next_at_ms: number | null };
      if (waiting.org_id !== asking.org_id) continue;
      let at = waiting.next_at_ms;
      if (at !== null && at <= now) {
        try {
          const run = await ask<SweptRun>({ sweep_run: { id: waiting.run_id } });
          if (run.acted_on.length > 0) result.swept.push(run);
          at = run.next_at_ms;
        } catch (thrown) {
          // One run must not keep the others from being swept.
          if (result.failed++ === 0) result.failure = thrown;
        }
      }
      if (at !== null && (result.next_at_ms === null || at < result.next_at_ms)) result.next_at_ms = at;
    }
    cursor = page.cursor;
  } while (cursor !== null);
  return result;
}
