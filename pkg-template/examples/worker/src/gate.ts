// From a request to an answer: a decision, a refusal of a malformed request, or a deny when anything else goes wrong.

import { RegateError, type Governance, type GovernanceOutcome } from "regate";
import type { GateBundle } from "./gate-bundle.ts";
import { planBody } from "./plan-body.ts";
import { Refusal } from "./refusal.ts";
import { runContext } from "./run-context.ts";

/** The body of an answer that decides. */
export type GateAnswer = Pick<
  GovernanceOutcome,
  "decision" | "run_status" | "enforced_status" | "response" | "requirements" | "digest" | "revision"
>;

// What the engine throws because of the plan, and not because something is broken here.
const PLAN_ERRORS = new Set(["input_not_json", "not_a_plan", "plan_is_a_stream", "plan_is_binary", "plan_errored"]);
// The limits on a document. Those on what policies do are met inside a decision, which is then a deny.
const PLAN_LIMITS = new Set(["data_nesting", "input_bytes", "number_exponent", "number_digits"]);

/**
 * Answers one request.
 *
 * INVARIANT (fail closed): only the one `return` inside `try` can say allow, and it says what the engine decided.
 * Whatever is thrown on the way becomes an error of the caller or a deny.
 */
export async function gate(request: Request, bundle: GateBundle, governance: () => Governance): Promise<Response> {
  try {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/") throw new Refusal(404, { code: "unknown_path", message: `there is nothing at \`${pathname}\``, help: "POST the plan to /" });
    if (request.method !== "POST") {
      throw new Refusal(405, { code: "method_not_allowed", message: `the method is \`${request.method}\``, help: "POST the output of `terraform show -json tfplan`" });
    }
    const context = runContext(searchParams, bundle);
    const plan = await planBody(request);
    const { decision, run_status, enforced_status, response, requirements, digest, revision } = governance().preview(plan, context);
    const answer: GateAnswer = { decision, run_status, enforced_status, response, requirements, digest, revision };
    return json(200, answer, { "regate-decision": decision.kind });
  } catch (thrown) {
    const refusal = refusalOf(thrown);
    return refusal === undefined ? failClosed(thrown) : refuse(refusal);
  }
}

// Undefined when the caller is not to blame.
function refusalOf(thrown: unknown): Refusal | undefined {
  if (thrown instanceof Refusal) return thrown;
  if (!(thrown instanceof RegateError)) return undefined;
  const isLimit = thrown.code === "limit_exceeded" && PLAN_LIMITS.has(thrown.limit?.name ?? "");
  return PLAN_ERRORS.has(thrown.code) || isLimit ? new Refusal(400, thrown) : undefined;
}

// The plan was not decided on. Whoever reads only the decision reads a deny.
function refuse({ status, code, message, help, limit, path }: Refusal): Response {
  const decision = { kind: "deny", reasons: [{ code, message }] };
  return json(status, { decision, error: { code, message, help, limit, path } }, status === 405 ? { allow: "POST" } : {});
}

function failClosed(thrown: unknown): Response {
  console.error(thrown);
  const reason =
    thrown instanceof RegateError
      ? { code: thrown.code, message: thrown.message }
      : { code: "internal_error", message: "the gate failed; its log says why" };
  const decision = { kind: "deny", reasons: [reason] };
  const denied = { decision, run_status: null, enforced_status: null, response: null, requirements: [], digest: null, revision: null };
  return json(500, denied, { "regate-decision": "deny" });
}

function json(status: number, body: object, headers: Record<string, string>): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}
