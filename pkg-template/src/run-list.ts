// A page of an organisation's runs: found in the host's store, and read as whoever asks may see them.

import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { askHost, HostFailure, identified, isObject, malformed, readAnswer, withHost, type Asking } from "./host-calls.js";
import { isAboutCursor, performRun } from "./operation.js";
import { requireKnownOptions } from "./options.js";
import { RefusedError } from "./refused-error.js";
import type { StoredRun } from "./wire.js";

/** Which part of the runs. */
export interface RunListRequest {
  /** Only those of this workspace. */
  workspace_id?: string | null;
  /** The most runs of a page: 1 to 100, default 50. */
  limit?: number | null;
  /** Where an earlier page ended. */
  cursor?: string | null;
}

/** A part of the runs. */
export interface RunPage {
  /** Those that the caller may see, newest first. */
  runs: StoredRun[];
  /** Where the next page begins; null: nothing follows. */
  cursor: string | null;
}

const LONGEST_PAGE = 100;
const DEFAULT_LIMIT = 50;
/** How many records one call looks at for its page: other organisations may have filled the store. */
const MOST_LOOKED_AT = 1000;
/** How often one call asks the store: where the caller may see few runs, a page may be short and still have a cursor. */
const MOST_ASKED = 20;

/**
 * INVARIANT (rights): a record only says that there is a run. What the caller is given comes from `get_run`, so that nobody
 * sees by a list what they may not see by its id.
 */
export async function listRuns(request: unknown, host: Host, asking: Asking): Promise<RunPage> {
  const { workspace_id, limit, cursor } = checkedRequest(request);
  return withHost(async () => {
    // Whoever is unknown is told so also where there is nothing to see.
    await identified({ type: "org", id: asking.org_id }, host, asking);
    const runs: StoredRun[] = [];
    let next = cursor;
    for (let looked = 0, asked = 0; ; asked++) {
      const page = await governedRuns(host, limit - runs.length, next);
      // An empty page counts, too: a host could give them for ever.
      looked += Math.max(1, page.looked);
      next = page.cursor;
      const wanted = page.runs.filter(({ org_id, workspace_id: of }) => {
        const isNamed = [workspace_id, asking.workspace_id].every((named) => named === undefined || named === of);
        return org_id === asking.org_id && isNamed;
      });
      for (const run of await Promise.all(wanted.map(({ id }) => seen(id, host, asking)))) if (run !== undefined) runs.push(run);
      if (next === null || runs.length >= limit || looked >= MOST_LOOKED_AT || asked >= MOST_ASKED) break;
    }
    // Runs of one moment stay in the store's order.
    runs.sort((a, b) => b.created_at_ms - a.created_at_ms);
    return { runs, cursor: next };
  });
}

function checkedRequest(request: unknown): { workspace_id: string | undefined; limit: number; cursor: string | null } {
  if (!isObject(request)) throw new RegateError("malformed_request", "runs.list() takes { workspace_id, limit, cursor }", { path: "" });
  requireKnownOptions(request, ["workspace_id", "limit", "cursor"], "runs.list()");
  const { workspace_id, limit, cursor } = request;
  const size = limit ?? DEFAULT_LIMIT;
  if (typeof size !== "number" || !Number.isInteger(size) || size < 1 || size > LONGEST_PAGE) {
    throw new RefusedError({ code: "invalid_request", message: `\`limit\` is a whole number from 1 to ${LONGEST_PAGE}`, path: "/limit" });
  }
  for (const [name, value] of Object.entries({ workspace_id, cursor })) {
    if (value === undefined || value === null || typeof value === "string") continue;
    throw new RefusedError({ code: "invalid_request", message: `\`${name}\` is a string`, path: `/${name}` });
  }
  return { workspace_id: (workspace_id as string | null | undefined) ?? undefined, limit: size, cursor: (cursor as string | null | undefined) ?? null };
}

// The run as it is now, or undefined for whoever may not see it.
async function seen(id: string, host: Host, asking: Asking): Promise<StoredRun | undefined> {
  try {
    return (await performRun({ get_run: { id } }, undefined, host, asking)) as StoredRun;
  } catch (thrown) {
    if (thrown instanceof RefusedError && (thrown.code === "not_permitted" || thrown.code === "not_found")) return undefined;
    throw thrown;
  }
}

interface GovernedRun {
  id: string;
  org_id: string;
  workspace_id: string;
}

async function governedRuns(host: Host, limit: number, cursor: string | null): Promise<{ runs: GovernedRun[]; looked: number; cursor: string | null }> {
  const answer = await listed(host, limit, cursor);
  return readAnswer("list", () => {
    const { records, cursor: next } = isObject(answer) ? answer : {};
    // The same page again would be read for ever.
    if (!Array.isArray(records) || (next !== null && typeof next !== "string") || (next !== null && next === cursor)) {
      throw malformed("list", "a page { records, cursor } that ends");
    }
    return { runs: records.map(governedRun), looked: records.length, cursor: next };
  });
}

async function listed(host: Host, limit: number, cursor: string | null): Promise<unknown> {
  try {
    return await askHost("list", () => host.list({ kind: "governed_run", limit, cursor }));
  } catch (thrown) {
    if (thrown instanceof HostFailure && isAboutCursor(thrown.failure)) {
      throw new RefusedError({ code: "invalid_request", message: "the cursor is none of this list's", path: "/cursor" });
    }
    throw thrown;
  }
}

function governedRun(record: unknown): GovernedRun {
  const value = isObject(record) ? record["value"] : undefined;
  const { id, org_id, workspace_id } = isObject(value) ? value : {};
  if (typeof id === "string" && typeof org_id === "string" && typeof workspace_id === "string") return { id, org_id, workspace_id };
  throw malformed("list", "records that are runs");
}
