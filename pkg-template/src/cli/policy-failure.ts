// What `regate policy` ends with: its exit codes are those of the tool that people know, and so are the codes of its failures.

import { RegateError } from "../errors.js";
import { RefusedError } from "../refused-error.js";
import { CliFailure, isInternal } from "./failure.js";

/** Whatever has no exit code of its own. */
export const EXIT_GENERAL = 1;
/** Bad arguments, or an input that cannot be read. */
export const EXIT_ARGUMENTS = 2;
/** There is nothing of that name. */
export const EXIT_NOT_FOUND = 5;
/** Somebody said no. */
export const EXIT_CANCELLED = 6;
/** Policies, configurations or tests are not as they must be. */
export const EXIT_INVALID = 7;
/** Something did not end in time. */
export const EXIT_TIMED_OUT = 8;

/** A failure with a code of its own and an exit code. */
export class PolicyFailure extends CliFailure {
  constructor(code: string, exitCode: number, message: string) {
    super(message, code, exitCode);
  }
}

// What the host, and so the store, failed at.
const OF_STORE = ["host_failed", "conflict_not_resolved"];

/** How the sentence about a decision or a query that failed begins. */
export const DECISION_FAILED = "failed to make decision: ";

/**
 * What a decision or a query that threw ends with. `prefix` is how the sentence begins where the evaluation failed.
 *
 * INVARIANT (no decision): whatever is thrown is a failure. What is a mistake of this program, and what the store says, stays what it is.
 */
export function failureOfDecision(thrown: unknown, prefix: string = DECISION_FAILED): unknown {
  if (!(thrown instanceof RegateError) || isInternal(thrown)) return thrown;
  if (thrown instanceof RefusedError || OF_STORE.includes(thrown.code)) return thrown;
  if (thrown.code === "input_not_yaml") return new PolicyFailure("policy.input_invalid", EXIT_ARGUMENTS, `${DECISION_FAILED}${thrown.message}`);
  return new PolicyFailure("policy.eval_failed", EXIT_INVALID, `${prefix}${thrown.message}`);
}

/** What holds for every verb of `regate policy`. */
export const POLICY_USAGE = `Common options:
  -h, --help           Show this text; regate policy VERB --help for one verb
  -V, --version        Print the version

Exit codes: 0 ok, 1 failed, 2 bad arguments or input, 3 internal error, 5 not found, 6 cancelled, 7 not valid:
policies that do not load, configurations that do not compile, tests that fail, a decision that is refused with
--strict; 8 another process did not let go of the folder in time.`;
