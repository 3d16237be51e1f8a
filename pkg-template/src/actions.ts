// `actions(host)`: may this agent take this action now? One object with a method for each operation.

import { approvalsOf, type ActionApprovals } from "./action-approvals.js";
import { ask, authorize, resume, type DecisionOptions } from "./action-decisions.js";
import type { FailedDecision } from "./action-denial.js";
import { guard, type GuardedAction } from "./action-guard.js";
import { sweepActions, type ActionSweep, type ActionSweepOptions } from "./action-sweep.js";
import { setUpOf, type ActionSetUp } from "./action-set-up.js";
import { actionText, writableCost } from "./action-text.js";
import { turnsOfOrganisation, turnsOfReservation } from "./action-turns.js";
import { RegateError } from "./errors.js";
import type { GuardOptions } from "./guard-options.js";
import type { Host } from "./host.js";
import { isObject, type Asking } from "./host-calls.js";
import { performAction } from "./operation.js";
import { requireKnownOptions } from "./options.js";
import type {
  ActionCall,
  ActionDecisionLog,
  ActionOperation,
  ActionResultOutcome,
  InterventionPage,
  InterventionQuery,
  PageRequest,
  SettledCall,
} from "./wire.js";

/** For whom, and of which organisation. */
export interface ActionOptions {
  org_id: string;
  /** Who asks: whatever the host's `who` understands, such as a session or an HTTP request. */
  asker?: unknown;
}

/** What became of a call. */
export interface CallResult {
  outcome: ActionResultOutcome;
  /** What it gave, where it succeeded: JSON. Evidence and later calls with the same idempotency key have it. Default: null. */
  result?: unknown;
  /** What it really cost: settles it in the same commit. Default: its cost stays as it is. */
  cost_usd?: number;
}

/**
 * Action policies on the host's store.
 *
 * A method gives its answer when its change is committed. `authorize`, `ask` and `resume` end in a decision whatever the host does: a
 * callback that fails, malformed facts or conflicts that do not end are a denial with the reason `EVALUATION_ERROR`. The others throw
 * then. All throw a `RefusedError` (with `code` and HTTP `status`) where the caller may not, or where what is asked breaks a rule.
 */
export interface ActionService extends ActionSetUp {
  /** The same for somebody else. */
  as(asker: unknown): ActionService;
  /**
   * Decides on a call that is to be taken now, and takes what it costs. Needs `trigger` for its agent, or for the organisation where it
   * names none. Take the action where the decision is `allow` and has no `idempotent_replay`; then say what became of it.
   *
   * Anything but an amount from 0 as `cost_usd`, NaN and a price that is undefined included, is the denial `INVALID_COST`.
   */
  authorize(call: ActionCall, options?: DecisionOptions): Promise<FailedDecision>;
  /** What `authorize` would say: the same evaluation, of which nothing is kept. */
  ask(call: ActionCall, options?: DecisionOptions): Promise<FailedDecision>;
  /**
   * Decides on a call that was held, after its approval: `reservationId` is that of its decision. It is the call that was asked about:
   * action, arguments, run, session, agent, mission, group and what it requires are the same, and it costs no more. A denial leaves what is held until its time is up, so that it can be resumed when nothing stands
   * against it any more; only where the approval was refused, withdrawn or too late is it over.
   */
  resume(reservationId: string, call: ActionCall): Promise<FailedDecision>;
  /** Says what an allowed call really cost. The same twice is once. */
  settle(reservationId: string, costUsd: number): Promise<SettledCall>;
  /** Says that a call was never made: everything that it took is given back. Twice is once. */
  release(reservationId: string): Promise<SettledCall>;
  /** Says what became of an allowed call. */
  recordResult(reservationId: string, result: CallResult): Promise<SettledCall>;
  /** Forgets what a run of a session has spent, and its evidence. What the session has spent stays. Needs `trigger` for the organisation. */
  resetRun(run: { session_id?: string | null; run_id?: string | null }): Promise<{ run_id: string | null }>;
  /** Wraps a function: it is called where its call is allowed, and what became of it is recorded. */
  guard<Args extends unknown[], Result>(run: (...args: Args) => Result, options: GuardOptions<Args, Awaited<Result>>): GuardedAction<Args, Awaited<Result>>;
  readonly approvals: ActionApprovals;
  /** What was done about calls: refused, held, warned of. */
  readonly interventions: { list(query?: InterventionQuery): Promise<InterventionPage> };
  /** Every decision, settlement and result, once: the decision log. */
  readonly decisions: { list(page?: PageRequest): Promise<ActionDecisionLog> };
  /**
   * Forgets calls, approvals, idempotency keys and exceptions that are long over, and rates and loops that have left every window. For the
   * host's own timer: nobody is asked who wants it. What was spent stays, as do evidence (see `resetRun`) and the logs.
   */
  sweep(options?: ActionSweepOptions): Promise<ActionSweep>;
}

/** Action policies of an organisation on a host. Throws `malformed_request` without the id of one. */
export function actions(host: Host, options: ActionOptions): ActionService {
  const asking = checkedOptions(options);
  const { org_id } = asking;
  // The answer of each operation is the engine's: its type is written beside the call.
  const perform = async <T>(operation: ActionOperation): Promise<T> => {
    const [[name, fields] = ["", {}]] = Object.entries(operation);
    const queues = changesNothing(name) ? [] : turnsOfOrganisation(org_id);
    return (await performAction({ operation: `{"${name}":${actionText(fields)}}`, queues }, host, asking)) as T;
  };
  const ofCall = async (reservation_id: string, name: "settle" | "release" | "record_result", fields: object): Promise<SettledCall> => {
    const operation = `{"${name}":${actionText({ reservation_id, ...fields })}}`;
    return (await performAction({ operation, queues: turnsOfReservation(host, org_id, reservation_id) }, host, asking)) as SettledCall;
  };
  const service: ActionService = {
    ...setUpOf(perform),
    as: (asker) => actions(host, { org_id, asker }),
    authorize: (call, options = {}) => authorize(call, options, host, asking),
    ask: (call, options = {}) => ask(call, options, host, asking),
    resume: (reservationId, call) => resume(reservationId, call, host, asking),
    settle: (id, costUsd) => ofCall(id, "settle", { cost_usd: writableCost(costUsd) }),
    release: (id) => ofCall(id, "release", {}),
    recordResult: async (id, result) => {
      const { cost_usd, ...rest } = result;
      return ofCall(id, "record_result", { ...rest, ...(cost_usd === undefined ? {} : { cost_usd: writableCost(cost_usd) }) });
    },
    resetRun: (run) => perform({ reset_run: run }),
    guard: (run, options) => guard(run, options, service),
    approvals: approvalsOf(perform),
    interventions: { list: (query = {}) => perform({ list_interventions: query }) },
    decisions: { list: (page = {}) => perform({ list_decisions: page }) },
    sweep: async (options = {}) => sweepActions(options, perform),
  };
  return service;
}

function changesNothing(name: string): boolean {
  return /^(get|list|diff|check|sync)(_|$)/.test(name);
}

const ACTION_OPTIONS = ["org_id", "asker"] as const satisfies readonly (keyof ActionOptions)[];

// A program in JS may leave them out.
function checkedOptions(options: unknown): Asking {
  const { org_id, asker } = isObject(options) ? options : {};
  if (typeof org_id !== "string") {
    throw new RegateError("malformed_request", "actions() needs `org_id`, a string", { path: "/org_id", help: "call actions(host, { org_id, asker })" });
  }
  requireKnownOptions(options, ACTION_OPTIONS, "actions()");
  return { org_id, asker };
}
