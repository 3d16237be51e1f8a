// What `regate policy` ends with: its exit codes are those of the tool that people know, and so are the codes of its failures.

import { CliFailure } from "./failure.js";

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

/** What holds for every verb of `regate policy`. */
export const POLICY_USAGE = `Common options:
  -h, --help           Show this text; regate policy VERB --help for one verb
  -V, --version        Print the version

Exit codes: 0 ok, 2 bad arguments or input, 3 internal error, 5 not found, 6 cancelled, 7 not valid: policies
that do not load, tests that fail, a decision that is refused with --strict.`;
