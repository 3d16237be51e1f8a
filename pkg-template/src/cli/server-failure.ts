// What a server refused, or how it failed: a sentence, and the exit code that fits.

import type { Diagnostic } from "../wire.js";

/** What a failure carries besides its code and sentence. */
export interface ServerFailureDetails {
  /** The HTTP status, where there was an answer. */
  status?: number;
  /** How to mend it. */
  help?: string;
  /** The JSON pointer of the faulty value in what was sent. */
  path?: string;
  diagnostics?: readonly Diagnostic[];
}

/** A request that did not come to a result. */
export class ServerFailure extends Error {
  readonly code: string;
  readonly details: ServerFailureDetails;

  constructor(code: string, message: string, details: ServerFailureDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** Whether it may go better the next time: there was no answer, or one of a server in trouble. */
  get isPassing(): boolean {
    return PASSING.has(this.code) || (this.details.status ?? 0) >= 500;
  }

  /** Whether it is a rule of the server that was met, and no mistake. */
  get isRefusal(): boolean {
    return REFUSED.has(this.details.status ?? 0) && this.code !== UNEXPECTED;
  }

  /** Whether it is the caller's to mend. */
  get isMistake(): boolean {
    return MISTAKEN.has(this.details.status ?? 0) && this.code !== UNEXPECTED;
  }
}

/** The code of an answer that is not what the server should have said: it is never taken for a result. */
export const UNEXPECTED = "unexpected_answer";
export const UNREACHABLE = "server_unreachable";
export const TIMED_OUT = "server_timed_out";

const PASSING = new Set([UNREACHABLE, TIMED_OUT]);
const REFUSED = new Set([403, 409, 429]);
const MISTAKEN = new Set([400, 401, 404, 405, 413]);
