// What a caller says about a run, copied before anybody else is asked: known parts only, and only what JSON holds exactly.

import { requestText } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import { parseAnswer } from "./json-answer.js";
import type { Org, Run, User, Workspace } from "./wire.js";

/** The parts of a context that were given. */
export interface KeptContext {
  workspace?: Workspace;
  run?: Run;
  org?: Org;
  user?: User | null;
  nowMs?: number;
}

const PARTS = ["workspace", "run", "org", "user", "nowMs"];

/**
 * A copy of a context, or `malformed_request` with the path of what is wrong with it.
 *
 * INVARIANT (request): what stands beside these parts in a request to the engine (the handle, the facts, the id of the
 * decision) is never the caller's to say.
 */
export function keptContext(context: unknown): KeptContext {
  const kept = parseAnswer(requestText(context as object), "exact");
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) {
    throw new RegateError("malformed_request", `the context is no object of ${PARTS.join(", ")}`, { path: "" });
  }
  const unknown = Object.keys(kept).find((key) => !PARTS.includes(key));
  if (unknown !== undefined) {
    throw new RegateError("malformed_request", `the context has an unknown part \`${unknown}\``, {
      path: pointer("", unknown),
      help: `a context holds ${PARTS.join(", ")}`,
    });
  }
  requireExact(kept, "");
  return kept as KeptContext;
}

// INVARIANT (plain JSON): outcomes and commits repeat the context, and hosts pass them to JSON.stringify, which refuses
// a BigInt; a number would be rounded. The depth is bounded by `requestText`.
function requireExact(value: unknown, path: string): void {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))) {
    throw new RegateError("malformed_request", `the context at \`${path}\` is an integer beyond 2^53 - 1`, {
      path,
      help: "pass it as a string",
    });
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) requireExact(part, pointer(path, key));
}

function pointer(path: string, key: string): string {
  return `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
