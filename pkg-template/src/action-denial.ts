// Decisions on calls fail closed: whatever goes wrong where a call is decided is a denial, never an allow and never an exception.

import { RegateError } from "./errors.js";
import { isObject } from "./host-calls.js";
import { RefusedError } from "./refused-error.js";
import type { ActionDecision } from "./wire.js";

/** A decision that the driver made by itself. */
export interface FailedDecision extends ActionDecision {
  /**
   * What was thrown, such as by a callback of the host. It may hold secrets, so no message repeats it, and it is not enumerable:
   * JSON.stringify and copies leave it out. For the host's own log.
   */
  readonly failure?: unknown;
}

// What is wrong with the call itself, or with the program before any call: its author must hear of it.
const CALLERS = new Set(["malformed_request", "input_not_json", "limit_exceeded", "not_initialised", "engine_not_loaded", "engine_not_supported"]);

/** Whether somebody made a mistake who is to be told by an exception: nothing was decided, and nothing was changed. */
export function isCallersMistake(thrown: unknown): boolean {
  try {
    return thrown instanceof RefusedError || (thrown instanceof RegateError && CALLERS.has(thrown.code));
  } catch {
    // A proxy that was thrown.
    return false;
  }
}

/**
 * The denial because of a failure. `reservationId` is what may have been taken all the same: the store was sent a commit, and nobody
 * knows what became of it.
 */
export function failedDecision(thrown: unknown, reservationId: string | undefined): FailedDecision {
  const isOurs = thrown instanceof RegateError;
  const code = isOurs ? thrown.code : "evaluation_error";
  const message = `the call could not be decided: ${isOurs ? thrown.message : "something unexpected failed"}`;
  const guidance = "do not take the action; try again when the failure is mended";
  const decision: FailedDecision = {
    decision: "deny",
    reason_code: "EVALUATION_ERROR",
    message,
    policy_rule: "evaluation_error",
    policy_ids: [],
    recoverable: false,
    remediation: {
      reason_code: "EVALUATION_ERROR",
      missing_requirements: [],
      required_prior_actions: [],
      retry_guidance: guidance,
      safe_alternatives: [],
      stale_evidence: [],
      argument_violations: [],
      ungrounded_arguments: [],
    },
    details: { code, ...(reservationId === undefined ? {} : { reservation_id: reservationId }) },
    warnings: [],
    exceptions_applied: [],
  };
  const failure: unknown = isOurs ? (thrown.cause ?? thrown) : thrown;
  return Object.defineProperty(decision, "failure", { value: failure, enumerable: false });
}

/** What may have been taken for a call all the same, where its denial is one because of a failure. */
export function mayBeTaken(decision: FailedDecision): string | undefined {
  // The engine's own denials name no reservation of the caller's.
  if (!Object.hasOwn(decision, "failure") || !isObject(decision.details)) return undefined;
  const { reservation_id } = decision.details;
  return typeof reservation_id === "string" ? reservation_id : undefined;
}
