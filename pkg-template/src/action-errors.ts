// What a guarded action throws: it may not be taken, not yet, or it was taken and that could not be recorded.

import type { FailedDecision } from "./action-denial.js";
import { RegateError } from "./errors.js";
import type { ActionReasonCode, Remediation, ReservationOfDecision } from "./wire.js";

/** A refusal in the form that agent tools exchange: `to_dict()` of the SDK that these policies come from. */
export interface ActionErrorDict {
  /** Such as `BudgetExceededError`. */
  error_type: string;
  /** Such as `BUDGET_EXCEEDED`. */
  error_code: string;
  message: string;
  details: Record<string, unknown>;
  /** Whether the caller can mend it: by waiting, by gathering evidence, by other arguments. */
  recoverable: boolean;
}

/** The action may not be taken. `code` is `action_denied`; `reason_code` says why. */
export class ActionDeniedError extends RegateError {
  readonly decision: FailedDecision;
  readonly action_name: string;
  readonly reason_code: ActionReasonCode;
  readonly error_type: string;
  readonly error_code: string;
  readonly recoverable: boolean;
  readonly remediation: Remediation | undefined;
  readonly details: Record<string, unknown>;
  /** Where it was not known whether something was taken, and that could not be given back. Not enumerable. */
  declare readonly record_failure?: RecordFailure<never>;

  constructor(decision: FailedDecision, actionName: string) {
    super("action_denied", decision.message ?? "the action may not be taken", {
      help: decision.remediation?.retry_guidance,
      cause: decision.failure,
    });
    this.name = "ActionDeniedError";
    this.decision = decision;
    this.action_name = actionName;
    this.reason_code = decision.reason_code ?? "EVALUATION_ERROR";
    this.recoverable = decision.recoverable;
    this.remediation = decision.remediation;
    const { type, code, details } = kindOf(this.reason_code);
    this.error_type = type;
    this.error_code = code;
    this.details = { ...details(decision, actionName), remediation: decision.remediation };
  }

  /** The refusal for another program, or for the agent itself. */
  toDict(): ActionErrorDict {
    const { error_type, error_code, message, details, recoverable } = this;
    return { error_type, error_code, message, details, recoverable };
  }

  /** The same, for JSON.stringify. */
  toJSON(): ActionErrorDict {
    return this.toDict();
  }
}

interface Kind {
  type: string;
  code: string;
  details(decision: FailedDecision, actionName: string): Record<string, unknown>;
}

const VIOLATION: Kind = {
  type: "PolicyViolationError",
  code: "POLICY_VIOLATION",
  details: ({ policy_rule, reason_code, details }, action_name) => ({ ...fieldsOf(details), ...(policy_rule === undefined ? {} : { policy_rule }), action_name, reason_code }),
};

const EVIDENCE: Kind = { type: "EvidenceViolationError", code: "EVIDENCE_VIOLATION", details: (_, action_name) => ({ action_name }) };

const KINDS: { readonly [code in ActionReasonCode]?: Kind } = {
  BUDGET_EXCEEDED: { type: "BudgetExceededError", code: "BUDGET_EXCEEDED", details: ({ spent, limit, budget_type }) => ({ spent, limit, budget_type }) },
  MISSING_EVIDENCE: EVIDENCE,
  STALE_EVIDENCE: EVIDENCE,
  ARGUMENT_CONSTRAINT_VIOLATED: EVIDENCE,
  UNGROUNDED_ARGUMENT: EVIDENCE,
  POLICY_NOT_CONFIGURED: { ...VIOLATION, type: "PolicyNotConfiguredError", code: "POLICY_NOT_CONFIGURED" },
  NO_POLICY_FOR_WRITE: { ...VIOLATION, type: "NoPolicyForWriteError", code: "NO_POLICY_FOR_WRITE" },
  AGENT_KILLED: { type: "AgentKilledError", code: "AGENT_KILLED", details: ({ details }) => fieldsOf(details) },
};

function kindOf(code: ActionReasonCode): Kind {
  return KINDS[code] ?? VIOLATION;
}

function fieldsOf(details: unknown): Record<string, unknown> {
  return typeof details === "object" && details !== null ? { ...details } : {};
}

/** The action may not be taken yet: somebody must approve it. `code` is `action_held`. */
export class ActionHeldError extends RegateError {
  readonly decision: FailedDecision;
  readonly action_name: string;
  /** What to wait for: `approvals.waitFor(approval_id)`. */
  readonly approval_id: string;
  /** What is held for the call until it is approved. Resume with its id. */
  readonly reservation: ReservationOfDecision;

  constructor(decision: FailedDecision, actionName: string) {
    super("action_held", `\`${actionName}\` needs an approval`, {
      help: "wait with approvals.waitFor(approval_id), then call resume(reservation.id, ...) of the guarded function with the same arguments",
    });
    const { approval, reservation } = decision;
    if (approval?.approval_id === undefined || reservation === undefined) {
      throw new RegateError("engine_answer", "a decision holds a call and names no approval, or nothing that is held");
    }
    this.name = "ActionHeldError";
    this.decision = decision;
    this.action_name = actionName;
    this.approval_id = approval.approval_id;
    this.reservation = reservation;
  }
}

/**
 * For the guarded function to throw: it did nothing, so what was taken for the call is given back. What it throws otherwise counts as an
 * action that was tried: its cost stays.
 */
export class ActionNotTaken extends Error {
  /** Where what was taken could not be given back. Not enumerable. Whatever else a guarded function throws may have it, too. */
  declare readonly record_failure?: RecordFailure<never>;

  constructor(message = "the action was not taken", options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ActionNotTaken";
  }
}

/** A function that a guard was given for what is recorded. */
export type GuardMistake = "recorded" | "settle";

/** What could not be recorded of an action, or not as it should. */
export interface RecordFailure<Result> {
  /** Why not. */
  error: unknown;
  action_name: string;
  reservation_id: string;
  outcome: "success" | "error" | "not_taken";
  /** What the function gave, where it succeeded. */
  result?: Result;
  /** Whether what became of it is recorded all the same: then only `mistakes` failed. */
  is_recorded: boolean;
  /** Which of the guard's own functions failed. After `settle` the cost is as it was decided, after `recorded` null is the result. */
  mistakes: readonly GuardMistake[];
}

/**
 * The action was taken, and its result is here; but what became of it could not be recorded as it should. `code` is `action_not_recorded`.
 * Do not take it again. Where `is_recorded` is false, record it with `recordResult(reservation_id, ...)`: its cost stays as it was decided.
 * Where it is true, only `mistakes` failed; after `settle`, say what it cost with `settle(reservation_id, cost)`.
 */
export class ActionNotRecordedError<Result = unknown> extends RegateError {
  readonly action_name: string;
  readonly reservation_id: string;
  readonly result: Result;
  readonly is_recorded: boolean;
  readonly mistakes: readonly GuardMistake[];

  constructor(failure: RecordFailure<Result>) {
    const { error, action_name, reservation_id, result, is_recorded, mistakes } = failure;
    super("action_not_recorded", notRecorded(failure), { help: helpWith(failure), cause: error });
    this.name = "ActionNotRecordedError";
    this.action_name = action_name;
    this.reservation_id = reservation_id;
    this.result = result as Result;
    this.is_recorded = is_recorded;
    this.mistakes = mistakes;
  }
}

const LEFT: { readonly [mistake in GuardMistake]: string } = {
  recorded: "null is recorded as its result",
  settle: "its cost stays as it was decided",
};

function notRecorded({ action_name, is_recorded, mistakes }: RecordFailure<unknown>): string {
  if (!is_recorded) return `\`${action_name}\` was taken, and its result could not be recorded`;
  const failed = mistakes.map((name) => `\`${name}\``).join(" and ");
  return `\`${action_name}\` was taken and recorded, but ${failed} of its guard failed: ${mistakes.map((name) => LEFT[name]).join(", and ")}`;
}

// Names only what works then: what is recorded cannot be recorded again.
function helpWith({ is_recorded, mistakes }: RecordFailure<unknown>): string {
  const begin = "do not take it again: its result is in `result`";
  const end = "or give the guard `onRecordFailure`";
  if (!is_recorded) return `${begin}, and recordResult(reservation_id, ...) records it; ${end}`;
  const settles = mistakes.includes("settle") ? ", and settle(reservation_id, cost) says what it cost" : "";
  return `${begin}${settles}; mend the function, ${end}`;
}
