// From what a handler throws to its answer: the caller's mistakes with their codes, the host's failures without details.

import { RegateError } from "./errors.js";
import { RefusedError } from "./refused-error.js";

/** Answers what was thrown; undefined: as everywhere. */
export type Refuse = (thrown: unknown) => Response | undefined;

// What the engine says of a request or a document, and not of something that is broken here.
const CALLERS = new Set(["malformed_request", "input_not_json", "not_a_plan", "plan_is_a_stream", "plan_is_binary", "plan_errored", "invalid_configuration", "limit_exceeded"]);

/** Whether the engine found a mistake of the caller's. */
export function isCallers(thrown: unknown): thrown is RegateError {
  return thrown instanceof RegateError && CALLERS.has(thrown.code);
}

/** The answer to what was thrown: `{error, code}` with a sentence, beside `path`, `reason`, `errors`, `diagnostics` and `limit` where there are any. */
export function refusalOf(thrown: unknown): Response {
  if (thrown instanceof RefusedError) {
    const { status, code, message, path, reason, policyErrors, diagnostics } = thrown;
    const found = { ...(policyErrors.length === 0 ? {} : { errors: policyErrors }), ...(diagnostics.length === 0 ? {} : { diagnostics }) };
    // What is undefined is left out.
    return Response.json({ error: message, code, path, reason, ...found }, { status });
  }
  if (thrown instanceof RegateError) {
    const { code, message, path, limit } = thrown;
    const more = { ...(path === undefined ? {} : { path }), ...(limit === undefined ? {} : { limit }) };
    if (code === "limit_exceeded" && limit?.name.endsWith("_bytes") === true) return Response.json({ error: message, code, ...more }, { status: 413 });
    if (isCallers(thrown)) return Response.json({ error: message, code, ...more }, { status: 400 });
    if (code === "conflict_not_resolved") return Response.json({ error: message, code }, { status: 409 });
    if (code === "host_failed") return Response.json({ error: "the host failed", code }, { status: 500 });
  }
  return Response.json({ error: "the request failed", code: "internal_error" }, { status: 500 });
}
