// What a command ends with: exit codes, and failures that are the user's to mend.

import { RegateError, messageOf } from "../errors.js";
import { ServerFailure } from "./server-failure.js";

/** Allowed, or passed. */
export const EXIT_OK = 0;
/** Denied, held, or failed. */
export const EXIT_FAILED = 1;
/** The command line or an input is wrong. */
export const EXIT_USAGE = 2;
/** A mistake of this program, or a server that fails. */
export const EXIT_INTERNAL = 3;

/** A wrong command line or an unreadable input, in one sentence. */
export class CliFailure extends Error {
  /** The code that programs know it by. */
  readonly code: string;
  /** What the command ends with. */
  readonly exitCode: number;

  constructor(message: string, code = "usage_or_input", exitCode: number = EXIT_USAGE) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

// Limits on what was passed in; the others are limits on what a policy does.
const INPUT_LIMITS = new Set([
  "input_bytes",
  "data_nesting",
  "number_exponent",
  "number_digits",
  "request_bytes",
  "source_bytes",
  "bundle_bytes",
  "modules",
]);

const INTERNAL_CODES = new Set([
  "engine_trapped",
  "engine_not_loaded",
  "engine_not_supported",
  "not_a_wasm_file",
  "unknown_operation",
  "unknown_handle",
  "released",
  "needs_did_not_converge",
]);

/** Whether an error is a mistake of this program, whatever was passed in. */
export function isInternal({ code }: RegateError): boolean {
  return INTERNAL_CODES.has(code);
}

/** Whatever was thrown, for programs: what `--format json` prints under `error`. */
export function failureObject(thrown: unknown): object {
  if (thrown instanceof CliFailure) return { code: thrown.code, message: thrown.message };
  if (thrown instanceof ServerFailure) return { code: thrown.code, message: thrown.message, ...thrown.details };
  if (!(thrown instanceof RegateError)) return { code: "internal_error", message: messageOf(thrown) };
  const { code, message, help, limit, path } = thrown;
  return { code, message, help, limit, path };
}

/** The exit code for whatever was thrown. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CliFailure) return thrown.exitCode;
  if (thrown instanceof ServerFailure) return thrown.isRefusal ? EXIT_FAILED : thrown.isMistake ? EXIT_USAGE : EXIT_INTERNAL;
  if (!(thrown instanceof RegateError) || isInternal(thrown)) return EXIT_INTERNAL;
  if (thrown.code.startsWith("eval_")) return EXIT_FAILED;
  if (thrown.code === "limit_exceeded") return INPUT_LIMITS.has(thrown.limit?.name ?? "") ? EXIT_USAGE : EXIT_FAILED;
  return EXIT_USAGE;
}
