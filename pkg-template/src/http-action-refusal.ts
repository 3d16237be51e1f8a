// How an action handler answers what is wrong with a request: 422 with all of it, as clients of policy servers expect.

import { isCallers, refusalOf } from "./http-refusal.js";
import { RefusedError } from "./refused-error.js";

/** The answer to what was thrown; undefined: as everywhere. */
export function refuseAction(thrown: unknown): Response | undefined {
  if (thrown instanceof RefusedError) {
    const { code, message, path, policyErrors } = thrown;
    return code === "invalid_request" ? invalid(code, message, path, policyErrors) : undefined;
  }
  if (!isCallers(thrown) || refusalOf(thrown).status === 413) return undefined;
  return invalid(thrown.code, thrown.message, thrown.path, []);
}

function invalid(code: string, message: string, path: string | undefined, errors: readonly object[]): Response {
  const parts = path?.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")) ?? [];
  const all = errors.length > 0 ? errors : [{ path: parts, code, message }];
  return Response.json({ error: message, code, ...(path === undefined ? {} : { path }), errors: all }, { status: 422 });
}
