// The decisions of an action service: authorize, ask and resume, which end in a decision whatever happens.

import { failedDecision, isCallersMistake, type FailedDecision } from "./action-denial.js";
import { actionText, writableCall } from "./action-text.js";
import { rememberSession, turnsOfSession } from "./action-turns.js";
import type { Host } from "./host.js";
import { isObject, type Asking } from "./host-calls.js";
import { performAction } from "./operation.js";
import { requireKnownOptions } from "./options.js";
import type { ActionCall, ActionDecision } from "./wire.js";

/** How a call is decided on. */
export interface DecisionOptions {
  /** Whether the decision says which checks the call went through. Default false. */
  explain?: boolean;
}

/** Decides on a call that is to be taken now. */
export async function authorize(call: ActionCall, options: DecisionOptions, host: Host, asking: Asking): Promise<FailedDecision> {
  requireKnownOptions(options, ["explain"], "authorize()");
  const { explain = false } = options;
  return decided("authorize", { call: writableCall(call), explain }, { session: sessionOf(call) }, host, asking);
}

/** Says what would be decided. */
export async function ask(call: ActionCall, options: DecisionOptions, host: Host, asking: Asking): Promise<FailedDecision> {
  requireKnownOptions(options, ["explain"], "ask()");
  const { explain = false } = options;
  return decided("ask", { call: writableCall(call), explain }, {}, host, asking);
}

/** Decides on a call that waited for an approval. */
export async function resume(reservationId: string, call: ActionCall, host: Host, asking: Asking): Promise<FailedDecision> {
  return decided("resume", { reservation_id: reservationId, call: writableCall(call) }, { session: sessionOf(call), held: reservationId }, host, asking);
}

function sessionOf(call: unknown): string {
  const session = isObject(call) ? call["session_id"] : undefined;
  return typeof session === "string" ? session : "";
}

/** What is known of a decision beforehand. */
interface Decided {
  /** The session whose turns it takes; absent: it changes nothing. */
  session?: string;
  /** The reservation that it is about; absent: it makes its own. */
  held?: string;
}

// INVARIANT (fail closed): a decision is given when its commit was acknowledged, and is otherwise a denial.
async function decided(name: string, fields: object, { session, held }: Decided, host: Host, asking: Asking): Promise<FailedDecision> {
  const operation = `{"${name}":${actionText(fields)}}`;
  const { org_id } = asking;
  const queues = session === undefined ? [] : turnsOfSession(org_id, session);
  let taken: string | undefined;
  try {
    const task = { operation, queues, onUncertain: (id: string) => void (taken = held ?? id) };
    const decision = (await performAction(task, host, asking)) as ActionDecision;
    const { reservation } = decision;
    if (reservation !== undefined && session !== undefined) rememberSession(host, org_id, reservation.id, session);
    return decision;
  } catch (thrown) {
    if (isCallersMistake(thrown)) throw thrown;
    return failedDecision(thrown, taken);
  }
}
