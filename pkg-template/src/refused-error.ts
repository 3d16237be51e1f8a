// An operation that was refused, and the HTTP status that fits.

import { RegateError } from "./errors.js";
import type { Refusal, RefusalCode } from "./wire.js";

/** Why an operation is refused: by the engine, or because the host has not what it takes. */
type RefusedCode = RefusalCode | "not_implemented";

/** An operation that was refused: nothing was changed. `status` is what an HTTP handler answers. */
export class RefusedError extends RegateError {
  /** The HTTP status: 400, 401, 403, 404, 409, 429 or 501. */
  readonly status: number;
  /** What is wrong with a policy, each finding at its place. */
  readonly diagnostics: NonNullable<Refusal["diagnostics"]>;
  /** Everything that is wrong with an action policy, each error at its place. */
  readonly policyErrors: NonNullable<Refusal["policy_errors"]>;
  /** A word that says more than the code, such as `INVALID_VERSION_STATE`; undefined where there is none. */
  readonly reason: string | undefined;

  constructor(refusal: Omit<Refusal, "code"> & { code: RefusedCode }) {
    super(refusal.code, refusal.message, { path: refusal.path });
    this.status = STATUS[refusal.code];
    this.diagnostics = refusal.diagnostics ?? [];
    this.policyErrors = refusal.policy_errors ?? [];
    this.reason = refusal.reason;
  }
}

const STATUS: { [code in RefusedCode]: number } = {
  invalid_request: 400,
  unauthorized: 401,
  not_permitted: 403,
  not_found: 404,
  name_in_use: 409,
  wrong_state: 409,
  no_approvers: 409,
  too_soon: 429,
  not_implemented: 501,
};
