// Sweeping: what nobody needs any more is forgotten, a few records at a time.

import { RegateError } from "./errors.js";
import { requireKnownOptions } from "./options.js";
import type { ActionOperation, ActionSweepStep } from "./wire.js";

/** What is swept. */
export interface ActionSweepOptions {
  /** How long calls, approvals and the like are kept after they are over, in seconds: at least a day. Default: 30 days. */
  olderThanSeconds?: number;
  /** Where an earlier sweep stopped. Default: at the beginning. */
  cursor?: string | null;
  /** After how many steps, of 50 records each, it stops: a Worker has so much time. Default: when everything was looked through. */
  steps?: number;
}

/** What a sweep did. */
export interface ActionSweep {
  /** How many records were forgotten. */
  forgotten: number;
  /** Where the next one goes on; null: everything was looked through. */
  cursor: string | null;
}

const SWEEP_OPTIONS = ["olderThanSeconds", "cursor", "steps"] as const satisfies readonly (keyof ActionSweepOptions)[];

/** Sweeps with the operations of a service. Each step is a commit of its own, so that one which ends early is only not done yet. */
export async function sweepActions(options: ActionSweepOptions, perform: <T>(operation: ActionOperation) => Promise<T>): Promise<ActionSweep> {
  requireKnownOptions(options, SWEEP_OPTIONS, "sweep()");
  const { olderThanSeconds: older_than_seconds = null, steps = Infinity } = options;
  if (typeof steps !== "number" || !(steps >= 1)) {
    throw new RegateError("malformed_request", "`steps` is a number from 1", { path: "/steps" });
  }
  let { cursor = null } = options;
  let forgotten = 0;
  for (let step = 0; step < steps; step++) {
    const done: ActionSweepStep = await perform({ sweep: { older_than_seconds, cursor } });
    forgotten += done.forgotten;
    cursor = done.cursor;
    if (cursor === null) break;
  }
  return { forgotten, cursor };
}
