// `RegateError`: a mistake of the calling program, or an evaluation that could not end, with a stable code.

import type { ErrorAnswer, LimitReached } from "./wire.js";

/** Everything that the wire error carries besides its code and sentence, and the exception that led to it. */
export interface ErrorDetails {
  help?: string | undefined;
  limit?: LimitReached | undefined;
  path?: string | undefined;
  cause?: unknown;
}

/**
 * Misuse throws this; expected outcomes (diagnostics, decisions) are values.
 *
 * Match on `code`, which never changes its meaning; show `message` and `help` to people.
 */
export class RegateError extends Error {
  /** The stable code, such as `input_not_json`. */
  readonly code: string;
  /** How to mend it, where that is known. */
  declare readonly help?: string;
  /** Which limit was reached and the value that was in force, for `limit_exceeded`. */
  declare readonly limit?: LimitReached;
  /** The JSON pointer of the faulty value inside the request or document. */
  declare readonly path?: string;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "RegateError";
    this.code = code;
    if (details.help !== undefined) this.help = details.help;
    if (details.limit !== undefined) this.limit = details.limit;
    if (details.path !== undefined) this.path = details.path;
  }
}

/** The error that an answer of the engine carries. */
export function errorFromWire(answer: ErrorAnswer): RegateError {
  return new RegateError(answer.code, answer.message, answer);
}

/** The sentence of whatever was thrown, which in JS need not be an `Error`. */
export function messageOf(thrown: unknown): string {
  // Even asking what it is may run somebody's code, which may throw again.
  try {
    if (thrown instanceof Error) return String(thrown.message === "" ? thrown.name : thrown.message);
    return String(thrown);
  } catch {
    return "an exception that cannot be shown";
  }
}
