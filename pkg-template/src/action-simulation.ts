// What action policies would say: of one call on a small state, of many calls on a virtual clock, of the decisions of a log once more.
// Nothing is stored, and nobody is asked.

import { wholeMs } from "./clock.js";
import { callEngine } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import type {
  ActionDecisionsReplay,
  ActionSimulation,
  CheckActionRequest,
  CheckedAction,
  ReplayActionDecisionsRequest,
  SimulateActionsRequest,
} from "./wire.js";

/** A call, and everything that it is judged by. Without a time it is judged now. */
export type CheckActionQuestion = Omit<CheckActionRequest, "now_ms"> & { now_ms?: number };

/**
 * The decision on one call under policies that stand in the request.
 *
 * ```js
 * const { decision } = checkAction({
 *   policies: [{ name: "money", run_budget: 1 }],
 *   call: { name: "pay", cost_usd: 0.2, run_id: "r1" },
 *   state: { spend: [{ action: "pay", cost_usd: 0.9, run_id: "r1" }] },
 * });
 * decision.reason_code; // BUDGET_EXCEEDED
 * ```
 *
 * With `purpose: "authorize"` the call is taken, and the answer has the `state` with which the next call is checked.
 */
export function checkAction(request: CheckActionQuestion): CheckedAction {
  const { now_ms, ...rest } = asked(request, "checkAction()");
  return callExactly("check_action", { ...rest, now_ms: wholeMs(now_ms) }) as CheckedAction;
}

/**
 * What policies would have said of calls that were made, in a state of their own on a clock of their own: what would be newly
 * blocked, newly allowed, or newly need an approval. The same request gives the same answer.
 */
export function simulateActions(request: SimulateActionsRequest): ActionSimulation {
  return callExactly("simulate_actions", asked(request, "simulateActions()")) as ActionSimulation;
}

/**
 * Makes every decision of a decision log again, as things stood when it was made, and tells each that differs. Under the policies of
 * then none does.
 */
export function replayActionDecisions(request: ReplayActionDecisionsRequest): ActionDecisionsReplay {
  return callExactly("replay_action_decisions", asked(request, "replayActionDecisions()")) as ActionDecisionsReplay;
}

function asked<T extends object>(request: T, call: string): T {
  if (typeof request === "object" && request !== null && !Array.isArray(request)) return request;
  throw new RegateError("malformed_request", `the request of ${call} is no object`);
}

// Exact, because arguments that are told may hold integers that a JS number cannot.
function callExactly(operation: string, request: object): unknown {
  return callEngine(operation, request, { numbers: "exact" });
}
