// Promotion: plan runs in the workspaces that follow one, as far as whoever asks may start them.

import type { Host } from "./host.js";
import { askHost, malformed, readAnswer, withHost, type Asking } from "./host-calls.js";
import { administer, performRun } from "./operation.js";
import { requireKnownOptions } from "./options.js";
import { RefusedError } from "./refused-error.js";
import type { StoredRun } from "./wire.js";

/** Which of the workspaces that follow. */
export interface PromotionRequest {
  /** Only these. Default: all of them. */
  workspace_ids?: readonly string[];
}

/**
 * Queues a plan run with the trigger `promotion` in each workspace that follows; those in which the caller may not trigger are left
 * out. Each run is a commit of its own: after a failure some may be queued.
 */
export async function promote(id: string, request: PromotionRequest, host: Host, asking: Asking): Promise<StoredRun[]> {
  requireKnownOptions(request, ["workspace_ids"], "promote()");
  const { workspace_ids } = request;
  // Whoever may not see the workspace learns nothing of what follows it.
  await administer({ get_workspace: { id } }, host, asking);
  const downstream = await withHost(() => downstreamOf(id, host, asking));
  const runs: StoredRun[] = [];
  for (const workspace_id of chosen(workspace_ids, downstream, id)) {
    try {
      runs.push((await performRun({ create_run: { workspace_id, trigger: "promotion", promoted_from: id } }, undefined, host, asking)) as StoredRun);
    } catch (thrown) {
      if (!(thrown instanceof RefusedError) || !["not_permitted", "not_found"].includes(thrown.code)) throw thrown;
    }
  }
  return runs;
}

async function downstreamOf(id: string, host: Host, { org_id }: Asking): Promise<string[]> {
  if (host.downstream === undefined) {
    throw new RefusedError({ code: "not_implemented", message: "this host knows no order of workspaces: it has no downstream()" });
  }
  const answer: unknown = await askHost("downstream", () => host.downstream?.(id, org_id) ?? []);
  return readAnswer("downstream", () => {
    const ids: unknown[] = Array.isArray(answer) ? [...(answer as unknown[])] : [undefined];
    if (!ids.every((following) => typeof following === "string")) throw malformed("downstream", "a list of ids of workspaces");
    return [...new Set(ids as string[])];
  });
}

function chosen(wanted: unknown, downstream: string[], id: string): string[] {
  if (wanted === undefined || wanted === null) return downstream;
  if (!Array.isArray(wanted)) throw new RefusedError({ code: "invalid_request", message: "`workspace_ids` is a list of ids", path: "/workspace_ids" });
  for (const [at, one] of wanted.entries()) {
    if (downstream.includes(one as string)) continue;
    throw new RefusedError({ code: "invalid_request", message: `\`${String(one)}\` does not follow the workspace \`${id}\``, path: `/workspace_ids/${at}` });
  }
  return [...new Set(wanted as string[])];
}
