// Governance as an HTTP handler, from `Request` to `Response`: for a Worker, a server in Node, and tests.

import { governance, type GovernanceService } from "./administration.js";
import { playground, validate } from "./authoring.js";
import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { readBody, readJson } from "./http-body.js";
import { json, nothing, onlyFields, optionalBody, pageOf, textField, whole } from "./http-fields.js";
import { errorAnswer, handlerOf, type Matched as MatchedRoute, type Route as RouteOf } from "./http-routes.js";
import { requireKnownOptions } from "./options.js";
import { RefusedError } from "./refused-error.js";
import type { NewRun, ProviderScope } from "./wire.js";

/** How a handler is mounted. */
export interface GovernanceHandlerOptions {
  /** The organisation, or how a request names it. */
  org_id: string | ((request: Request) => string | Promise<string>);
  /** What all paths begin with, such as `/api`. Default: nothing. */
  base?: string;
  /** The most bytes of a plan. Default 8 MiB. */
  planBytes?: number;
  /** Who may call `POST /sweep`: the host's own timer. Default: nobody. */
  maySweep?: (request: Request) => boolean | Promise<boolean>;
}

const HANDLER_OPTIONS = ["org_id", "base", "planBytes", "maySweep"] as const satisfies readonly (keyof GovernanceHandlerOptions)[];

const PLAN_BYTES = 8 * 1024 * 1024;
const JSON_BYTES = 2 * 1024 * 1024;
const PLAYGROUND_SOURCE_BYTES = 64 * 1024;
const PLAYGROUND_BYTES = 1024 * 1024;

/**
 * Makes a handler with the paths, bodies and codes of governance.
 *
 * Who is asking is the host's to say: its `who` gets the `Request` as `asker`. An error is `{error, code}` with a sentence, beside
 * `path` and `diagnostics` where there are any. What is unexpected is a 500 without details.
 */
export function governanceHandler(host: Host, options: GovernanceHandlerOptions): (request: Request) => Promise<Response> {
  requireKnownOptions(options, HANDLER_OPTIONS, "governanceHandler()");
  return handlerOf(ROUTES, {
    base: options.base ?? "",
    contextOf: async (request, names) => {
      const org_id = typeof options.org_id === "string" ? options.org_id : await options.org_id(request);
      const workspace = names.get("workspace");
      const isOfRun = names.has("id") && workspace !== undefined;
      return { options, service: governance(host, { org_id, asker: request, ...(isOfRun ? { workspace_id: workspace } : {}) }) };
    },
  });
}

/** What a route is given. */
interface Context {
  service: GovernanceService;
  options: GovernanceHandlerOptions;
}

type Matched = MatchedRoute<Context>;
type Route = RouteOf<Context>;

// The bodies are the engine's to check: it names a field that it does not know.
const body = <T>({ request }: Matched): Promise<T> => readJson(request, JSON_BYTES) as Promise<T>;

const ROUTES: readonly Route[] = [
  ["POST", "/policy-sets/validate-rego", async (m) => validateRego(m)],
  ["POST", "/policy-sets/evaluate-rego", async (m) => evaluateRego(m)],
  ["POST", "/policy-sets", async (m) => json(m.context.service.policySets.create(await body(m)), 201)],
  ["GET", "/policy-sets", async (m) => json(m.context.service.policySets.list(pageOf(m.query)))],
  ["GET", "/policy-sets/:id", async (m) => json(m.context.service.policySets.get(m.at("id")))],
  ["PATCH", "/policy-sets/:id", async (m) => json(m.context.service.policySets.change(m.at("id"), await body(m)))],
  ["DELETE", "/policy-sets/:id", async (m) => nothing(m.context.service.policySets.delete(m.at("id")))],
  ["POST", "/policy-sets/:id/load", async (m) => json(m.context.service.policySets.load(m.at("id")))],
  ["GET", "/policy-sets/:id/policies", async (m) => json(m.context.service.policySets.policies.list(m.at("id")))],
  ["POST", "/policy-sets/:id/policies", async (m) => json(m.context.service.policySets.policies.add(m.at("id"), await body(m)), 201)],
  ["PATCH", "/policy-sets/:id/policies/:policy", async (m) => json(m.context.service.policySets.policies.change(m.at("id"), m.at("policy"), await body(m)))],
  ["DELETE", "/policy-sets/:id/policies/:policy", async (m) => nothing(m.context.service.policySets.policies.remove(m.at("id"), m.at("policy")))],
  ["GET", "/policy-sets/:id/versions", async (m) => json(m.context.service.policySets.versions.list(m.at("id"), pageOf(m.query)))],
  ["GET", "/policy-sets/:id/versions/:version", async (m) => json(m.context.service.policySets.versions.get(m.at("id"), whole(m.at("version"), "version")))],
  ["POST", "/policy-sets/:id/versions/:version/restore", async (m) => json(m.context.service.policySets.versions.restore(m.at("id"), whole(m.at("version"), "version")))],
  ["GET", "/policy-sets/:id/diff", async (m) => json(m.context.service.policySets.versions.diff(m.at("id"), whole(m.query.get("from"), "from"), whole(m.query.get("to"), "to")))],
  ["POST", "/approval-rules", async (m) => json(m.context.service.approvalRules.create(await body(m)), 201)],
  ["GET", "/approval-rules", async (m) => json(m.context.service.approvalRules.list(pageOf(m.query)))],
  ["GET", "/approval-rules/:id", async (m) => json(m.context.service.approvalRules.get(m.at("id")))],
  ["PATCH", "/approval-rules/:id", async (m) => json(m.context.service.approvalRules.change(m.at("id"), await body(m)))],
  ["DELETE", "/approval-rules/:id", async (m) => nothing(m.context.service.approvalRules.delete(m.at("id")))],
  ["POST", "/approval-rules/:id/promote", async (m) => json(m.context.service.approvalRules.promote(m.at("id")))],
  ["POST", "/external-check-providers", async (m) => json(m.context.service.providers.create(await body(m)), 201)],
  ["GET", "/external-check-providers", async (m) => json(m.context.service.providers.list(pageOf(m.query)))],
  ["GET", "/external-check-providers/:id", async (m) => json(m.context.service.providers.get(m.at("id")))],
  ["PATCH", "/external-check-providers/:id", async (m) => json(m.context.service.providers.change(m.at("id"), await body(m)))],
  ["DELETE", "/external-check-providers/:id", async (m) => nothing(m.context.service.providers.delete(m.at("id")))],
  ["POST", "/external-check-providers/:id/secret", async (m) => nothing(storeSecret(m))],
  ["POST", "/external-check-providers/:id/scopes", async (m) => json(m.context.service.providers.attachScope(m.at("id"), await body(m)), 201)],
  ["DELETE", "/external-check-providers/:id/scopes/:type/:scope", async (m) => json(m.context.service.providers.detachScope(m.at("id"), scopeOf(m)))],
  ["GET", "/settings", async (m) => json(m.context.service.settings.get())],
  ["PUT", "/settings", async (m) => json(m.context.service.settings.put(await body(m)))],
  ["GET", "/workspaces/:workspace", async (m) => json(m.context.service.workspaces.get(m.at("workspace")))],
  ["PUT", "/workspaces/:workspace", async (m) => json(m.context.service.workspaces.put(m.at("workspace"), await body(m)))],
  ["POST", "/workspaces/:workspace/promote", async (m) => json(m.context.service.workspaces.promote(m.at("workspace"), await optionalBody(m.request, JSON_BYTES)), 201)],
  ["POST", "/workspaces/:workspace/runs", async (m) => json(m.context.service.runs.create(await newRun(m)), 201)],
  ["GET", "/workspaces/:workspace/runs", async (m) => json(m.context.service.runs.list({ ...pageOf(m.query), workspace_id: m.at("workspace") }))],
  ["GET", "/runs", async (m) => json(m.context.service.runs.list(pageOf(m.query)))],
  ["GET", "/workspaces/:workspace/runs/:id", async (m) => json(m.context.service.runs.get(m.at("id")))],
  ["GET", "/runs/:id", async (m) => json(m.context.service.runs.get(m.at("id")))],
  ["POST", "/runs/:id/start", async (m) => json(m.context.service.runs.start(m.at("id")))],
  ["POST", "/runs/:id/plan", async (m) => json(m.context.service.runs.deliverPlan(m.at("id"), await readBody(m.request, m.context.options.planBytes ?? PLAN_BYTES)))],
  ["POST", "/runs/:id/fail", async (m) => json(m.context.service.runs.fail(m.at("id"), textField(await body(m), "error_summary")))],
  ["POST", "/runs/:id/applied", async (m) => json(m.context.service.runs.completeApply(m.at("id")))],
  ["POST", "/workspaces/:workspace/runs/:id/approve", async (m) => json(m.context.service.runs.approve(m.at("id"), await commentOf(m)))],
  ["POST", "/workspaces/:workspace/runs/:id/reject", async (m) => json(m.context.service.runs.reject(m.at("id"), await commentOf(m)))],
  ["GET", "/workspaces/:workspace/runs/:id/approvals", async (m) => json(m.context.service.runs.approvals(m.at("id")))],
  ["POST", "/workspaces/:workspace/runs/:id/renotify", async (m) => json(m.context.service.runs.renotify(m.at("id")))],
  ["POST", "/workspaces/:workspace/runs/:id/abort", async (m) => json(m.context.service.runs.abort(m.at("id")))],
  ["GET", "/runs/:id/approval-requirements", async (m) => json(m.context.service.runs.requirements(m.at("id")))],
  ["GET", "/runs/:id/policy-results", async (m) => json(m.context.service.runs.policyResults(m.at("id")))],
  ["POST", "/runs/:id/governance-preview", async (m) => json(m.context.service.runs.preview(m.at("id")))],
  ["GET", "/runs/:id/governance-timeline", async (m) => timeline(m)],
  ["GET", "/runs/:id/decision-log", async (m) => json(m.context.service.runs.decisionLog(m.at("id")))],
  ["POST", "/runs/:id/external-checks/:provider", async (m) => json(receiveCheck(m))],
  ["POST", "/workspaces/:workspace/changesets/:id/apply", async (m) => json(m.context.service.changesets.apply(m.at("id")), 201)],
  ["POST", "/workspaces/:workspace/changesets/:id/discard", async (m) => json(m.context.service.changesets.discard(m.at("id")))],
  ["POST", "/sweep", async (m) => json(sweep(m))],
];

async function commentOf(m: Matched): Promise<string> {
  const { comment = "" } = onlyFields(await optionalBody(m.request, JSON_BYTES), ["comment"]);
  if (typeof comment === "string") return comment;
  throw new RefusedError({ code: "invalid_request", message: "`comment` is a string", path: "/comment" });
}

async function storeSecret(m: Matched): Promise<unknown> {
  return m.context.service.providers.storeSecret(m.at("id"), textField(await body(m), "api_token"));
}

function scopeOf(m: Matched): ProviderScope {
  return { scope_type: m.at("type") as ProviderScope["scope_type"], scope_id: m.at("scope") };
}

// INVARIANT (token first): what the body says is looked at after the token was found right.
async function receiveCheck(m: Matched): Promise<unknown> {
  const token = /^Bearer +(\S+)$/i.exec(m.request.headers.get("authorization") ?? "")?.[1] ?? "";
  const fields = await body<unknown>(m).catch((thrown: unknown) => thrown);
  let answered: { decision?: unknown; reason?: unknown } = {};
  let wrong: Error | undefined;
  try {
    if (fields instanceof Error) throw fields;
    answered = onlyFields(fields, ["decision", "reason"]);
  } catch (thrown) {
    wrong = thrown as Error;
  }
  const { decision, reason = "" } = answered;
  try {
    const { id, status } = await m.context.service.checks.receive({ run_id: m.at("id"), provider_id: m.at("provider"), token, decision: decision as never, reason: reason as never });
    // A provider learns what became of the run, and not who voted on it.
    return { run_id: id, status };
  } catch (thrown) {
    // The token was right: now the caller may know what is wrong with the body. After a failure of the host nobody knows that.
    if (wrong !== undefined && thrown instanceof RegateError && thrown.code !== "unauthorized" && thrown.code !== "host_failed") throw wrong;
    throw thrown;
  }
}

// The workspace stands in the path; the rest is the engine's to check.
async function newRun(m: Matched): Promise<NewRun> {
  const fields = await body<object>(m);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) throw new RefusedError({ code: "invalid_request", message: "the body is an object with `trigger`" });
  if (Object.hasOwn(fields, "workspace_id")) throw new RefusedError({ code: "invalid_request", message: "`workspace_id` stands in the path", path: "/workspace_id" });
  return { ...fields, workspace_id: m.at("workspace") } as NewRun;
}

// The list of the specification; what is not as it was recorded is said beside it.
async function timeline(m: Matched): Promise<Response> {
  const { events, broken_at } = await m.context.service.runs.timeline(m.at("id"));
  return Response.json(events, broken_at === null ? {} : { headers: { "regate-timeline-broken-at": encodeURIComponent(broken_at) } });
}

async function sweep({ request, context: { service, options } }: Matched): Promise<unknown> {
  if ((await options.maySweep?.(request)) === true) return service.sweep();
  throw new RefusedError({ code: "not_permitted", message: "sweeping is for the host's own timer" });
}

// A source that is missing is one that is not valid, as an empty one is.
async function validateRego({ request }: Matched): Promise<Response> {
  const { rego_source = "" } = onlyFields(await readJson(request, PLAYGROUND_SOURCE_BYTES * 2), ["rego_source"]);
  return Response.json(validate(playgroundSource(rego_source)));
}

function playgroundSource(source: unknown): string {
  if (typeof source !== "string") throw new RefusedError({ code: "invalid_request", message: "`rego_source` is a string", path: "/rego_source" });
  if (new TextEncoder().encode(source).length <= PLAYGROUND_SOURCE_BYTES) return source;
  throw new RegateError("limit_exceeded", `the source is larger than ${PLAYGROUND_SOURCE_BYTES} bytes`, { limit: { name: "input_bytes", value: PLAYGROUND_SOURCE_BYTES } });
}

async function evaluateRego({ request }: Matched): Promise<Response> {
  const { rego_source, input = {} } = onlyFields(await readJson(request, PLAYGROUND_BYTES + 2 * PLAYGROUND_SOURCE_BYTES), ["rego_source", "input"]);
  const source = playgroundSource(rego_source);
  try {
    return Response.json(playground(source, input as never));
  } catch (thrown) {
    // Whatever is wrong with the policy is the caller's (G44).
    if (thrown instanceof RegateError && thrown.code !== "engine_trapped") return errorAnswer(400, thrown.code, thrown.message);
    throw thrown;
  }
}
