// Requests in the form of the platform that these policies come from: approvals that a client asks for, and reserved budgets.

import { mayBeTaken, type FailedDecision } from "./action-denial.js";
import type { ActionService } from "./actions.js";
import { onlyFields } from "./http-fields.js";
import { RefusedError } from "./refused-error.js";
import type { ActionCall, ActionDecision } from "./wire.js";

type Fields = { [name: string]: unknown };

// Both the names that its documentation has, and those that its client sends.
const APPROVAL_FIELDS = [
  ...["action_name", "description", "action_description", "agent_id", "run_id", "session_id", "task_id", "mission_id", "group_id"],
  ...["estimated_cost", "estimated_cost_usd", "risk_level", "priority", "timeout_seconds", "action_inputs", "context", "callback_url"],
];

/**
 * `POST /approvals`: a call that asks for an approval itself. Who is asked, how urgently and for how long is what policies say; what is
 * held for the call is in `reservation_id`, and `POST /actions/{reservation_id}/resume` takes it.
 */
export async function createdApproval(body: unknown, service: ActionService): Promise<Response> {
  const fields = onlyFields(body, APPROVAL_FIELDS);
  const { action_inputs, context, description, action_description } = fields;
  const { tags } = typeof context === "object" && context !== null ? (context as Fields) : {};
  const call = callOf(fields, {
    kwargs: action_inputs ?? {},
    tags: tags ?? [],
    approval_description: description ?? action_description ?? null,
    requires_human_approval: true,
  });
  const decision = await service.authorize(call);
  const { approval, reservation } = decision;
  if (decision.decision !== "require_approval" || approval?.approval_id === undefined) return denied(await givenBack(decision, service), 403);
  const { approval_id, status, created_at, expires_at } = await service.approvals.get(approval.approval_id);
  return Response.json({ approval_id, status, created_at, expires_at, reservation_id: reservation?.id }, { status: 201 });
}

/** `POST /approvals/check`: whether a call would need an approval. */
export async function askedForApproval(query: URLSearchParams, service: ActionService): Promise<object> {
  const { cost_usd, ...fields } = onlyFields(Object.fromEntries(query), ["action_name", "cost_usd", "agent_id", "run_id", "session_id"]);
  const { decision, reason_code, approval } = await service.ask(callOf({ ...fields, estimated_cost_usd: amountOf(cost_usd) }));
  const { approvers = [], timeout_seconds = null, priority = null, matched_criterion = null } = approval ?? {};
  return { requires_approval: decision === "require_approval", decision, ...(reason_code === undefined ? {} : { reason_code }), approvers, timeout_seconds, priority, matched_criterion };
}

/**
 * `POST /budgets/reserve`: 201 where the call is allowed, and else 402, whatever stands against it: a client that knows no other refusal
 * would count locally and go on. It cannot resume a call either, so nothing is held for one that needs an approval.
 */
export async function reservedBudget(body: unknown, service: ActionService): Promise<Response> {
  const decision = await service.authorize(callOf(onlyFields(body, ["action_name", "estimated_cost_usd", "group_id", "run_id", "agent_id", "session_id", "mission_id"])));
  const { reservation } = decision;
  if (decision.decision !== "allow" || reservation === undefined) return denied(await givenBack(decision, service), 402);
  const { id, amount_usd, expires_at_ms } = reservation;
  return Response.json({ reservation_id: id, amount_usd, expires_at: new Date(expires_at_ms).toISOString() }, { status: 201 });
}

const IDS = ["agent_id", "run_id", "session_id", "task_id", "mission_id", "group_id", "risk_level"];

function callOf(fields: Fields, more: Fields = {}): ActionCall {
  const { action_name, estimated_cost_usd, estimated_cost } = fields;
  if (typeof action_name !== "string") throw new RefusedError({ code: "invalid_request", message: "`action_name` is a string", path: "/action_name" });
  const ids = Object.fromEntries(IDS.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
  const cost = estimated_cost_usd ?? estimated_cost;
  return { name: action_name, ...(cost === undefined ? {} : { cost_usd: cost }), ...ids, ...more } as unknown as ActionCall;
}

// A query has texts alone. What is no number is denied by the engine, as everywhere.
function amountOf(text: unknown): unknown {
  const number = Number(text);
  if (text === undefined) return undefined;
  return typeof text === "string" && text.trim() !== "" && Number.isFinite(number) ? number : String(text);
}

/**
 * A refused decision after what is held for it, or may have been taken, was given back: it names that no more. Where it cannot be given
 * back, it names it still, and expires.
 */
async function givenBack(decision: FailedDecision, service: ActionService): Promise<ActionDecision> {
  const { approval, reservation, ...rest } = decision;
  const uncertain = mayBeTaken(decision);
  try {
    if (approval?.approval_id !== undefined && reservation !== undefined) {
      // One that was decided already cannot be withdrawn; what it holds can be given back.
      await service.approvals.cancel(approval.approval_id).catch(() => service.release(reservation.id));
    } else if (uncertain !== undefined) {
      await service.release(uncertain);
    }
    return rest;
  } catch {
    return decision;
  }
}

function denied(decision: ActionDecision, status: number): Response {
  const { reason_code, budget_type, spent, limit, approval, reservation } = decision;
  const message = reason_code === undefined ? "the call needs an approval: ask for it with POST /approvals" : decision.message;
  const code = reason_code ?? "APPROVAL_REQUIRED";
  const detail = {
    reason_code: code,
    ...(budget_type === undefined ? {} : { budget_type, spent, limit }),
    ...(approval?.approval_id === undefined ? {} : { approval_id: approval.approval_id, reservation_id: reservation?.id }),
  };
  return Response.json({ error: message, code, detail }, { status });
}
