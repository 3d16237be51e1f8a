// The approvals of calls that are held: who decides on them, and waiting for that.

import { RegateError } from "./errors.js";
import type { MaybePromise } from "./host.js";
import { requireKnownOptions } from "./options.js";
import { RefusedError } from "./refused-error.js";
import type { ActionApproval, ActionApprovalPage, ActionOperation, PageRequest } from "./wire.js";

/** How long, and how, somebody waits for an approval. */
export interface WaitOptions {
  /** How often it is looked at, in milliseconds. Default 5000. */
  pollMs?: number;
  /** How long is waited at the most. Default: until it expires. */
  timeoutMs?: number;
  /** Ends the waiting: its reason is thrown. */
  signal?: AbortSignal;
  /** Answers a question of an approver. Called once for each question that was answered; undefined leaves it to somebody else. */
  onInfoRequested?: (approval: ActionApproval) => MaybePromise<string | undefined>;
}

/** Approvals of calls. */
export interface ActionApprovals {
  /** For whoever may `trigger` for its agent, or `read` the organisation. */
  get(id: string): Promise<ActionApproval>;
  /** Those of the organisation, in the order of their ids. Needs `read`. A page may have fewer than its limit. */
  list(page?: PageRequest): Promise<ActionApprovalPage>;
  /** Those that can still be decided. As `list`, without reading the others. */
  pending(page?: PageRequest): Promise<ActionApprovalPage>;
  /** Says yes to everything that asks for the caller: a person with `approve` whom it names, or any where it names nobody. */
  approve(id: string, notes?: string): Promise<ActionApproval>;
  /** Says no, and gives back what was held. A person with `reject`, as for `approve`. */
  reject(id: string, notes?: string): Promise<ActionApproval>;
  /** Asks the caller of the action something first. A person with `approve`. */
  requestInfo(id: string, question: string): Promise<ActionApproval>;
  /** Answers the question. Needs `trigger` for the agent. */
  respond(id: string, response: string): Promise<ActionApproval>;
  /** Withdraws it, and gives back what was held. Needs `trigger` for the agent. */
  cancel(id: string): Promise<ActionApproval>;
  /**
   * Waits until it is approved, rejected, expired or cancelled, and gives it. Throws `approval_timed_out` after `timeoutMs`: the
   * approval is left as it is. A host that fails now and then is asked again; what it fails with five times in a row is thrown.
   */
  waitFor(id: string, options?: WaitOptions): Promise<ActionApproval>;
}

/** The approvals of a service, whose operations `perform` performs. */
export function approvalsOf(perform: <T>(operation: ActionOperation) => Promise<T>): ActionApprovals {
  const approvals: ActionApprovals = {
    get: (id) => perform({ get_approval: { id } }),
    list: (page = {}) => perform({ list_approvals: page }),
    pending: (page = {}) => perform({ list_pending_approvals: page }),
    approve: (id, notes = "") => perform({ decide_approval: { id, decision: "approve", notes } }),
    reject: (id, notes = "") => perform({ decide_approval: { id, decision: "reject", notes } }),
    requestInfo: (id, question) => perform({ decide_approval: { id, decision: "request_info", notes: question } }),
    respond: (id, response) => perform({ respond_to_approval: { id, response } }),
    cancel: (id) => perform({ cancel_approval: { id } }),
    waitFor: async (id, options = {}) => waitFor(id, checkedWait(options), approvals),
  };
  return approvals;
}

const WAIT_OPTIONS = ["pollMs", "timeoutMs", "signal", "onInfoRequested"] as const satisfies readonly (keyof WaitOptions)[];

/** Refuses options of waiting that make no sense. */
export function checkedWait(options: unknown): WaitOptions {
  requireKnownOptions(options, WAIT_OPTIONS, "waitFor()");
  const checked = options as WaitOptions;
  for (const name of ["pollMs", "timeoutMs"] as const) {
    const value: unknown = checked[name];
    if (value === undefined || (typeof value === "number" && value >= (name === "pollMs" ? 1 : 0))) continue;
    throw new RegateError("malformed_request", `\`${name}\` is a number of milliseconds`, { path: `/${name}` });
  }
  return checked;
}

const POLL_MS = 5000;
const MOST_FAILURES = 5;

async function waitFor(id: string, options: WaitOptions, approvals: ActionApprovals): Promise<ActionApproval> {
  const { pollMs = POLL_MS, timeoutMs = Infinity, signal, onInfoRequested } = options;
  const started = performance.now();
  let failures = 0;
  let answered: string | null = null;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const approval = await approvals.get(id);
      failures = 0;
      const { status, info_request_message: question } = approval;
      if (status !== "pending" && status !== "info_requested") return approval;
      if (status === "pending") answered = null;
      if (status === "info_requested" && question !== answered && onInfoRequested !== undefined) {
        const response = await onInfoRequested(approval);
        if (response !== undefined) await responded(id, response, approvals);
        answered = question;
      }
    } catch (thrown) {
      if (!isPassing(thrown) || ++failures === MOST_FAILURES) throw thrown;
    }
    const left = timeoutMs - (performance.now() - started);
    if (left <= 0) {
      throw new RegateError("approval_timed_out", `nobody decided on the approval \`${id}\` within ${timeoutMs} ms`, {
        help: "wait for it again, or withdraw it with approvals.cancel()",
      });
    }
    await pause(Math.min(pollMs, left), signal);
  }
}

async function responded(id: string, response: string, approvals: ActionApprovals): Promise<void> {
  try {
    await approvals.respond(id, response);
  } catch (thrown) {
    // Somebody else has answered, or it was decided: the next look tells.
    if (!(thrown instanceof RefusedError) || thrown.code !== "wrong_state") throw thrown;
  }
}

// A failure that says nothing of the approval: the next look may well succeed.
function isPassing(thrown: unknown): boolean {
  return thrown instanceof RegateError && (thrown.code === "host_failed" || thrown.code === "engine_trapped");
}

// The longest that a timer takes.
const LONGEST_MS = 2 ** 31 - 1;

/** A pause that a signal ends, whose reason is then thrown. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, Math.min(ms, LONGEST_MS));
    signal?.addEventListener("abort", abort, { once: true });
  });
}
