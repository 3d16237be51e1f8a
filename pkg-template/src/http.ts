// Governance as an HTTP handler, from `Request` to `Response`: for a Worker, a server in Node, and tests.

import { governance, type GovernanceService } from "./administration.js";
import { playground, validate } from "./authoring.js";
import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { readBody, readJson } from "./http-body.js";
import { requireKnownOptions } from "./options.js";
import { RefusedError } from "./refused-error.js";
import type { NewRun, PageRequest, ProviderScope } from "./wire.js";

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
  return async (request) => {
    try {
      return await answer(request, host, options);
    } catch (thrown) {
      return refusal(thrown);
    }
  };
}

/** A request that was matched to a route. */
interface Matched {
  request: Request;
  service: GovernanceService;
  /** What the path has in the places of the pattern's names. */
  at: (name: string) => string;
  query: URLSearchParams;
  host: Host;
  options: GovernanceHandlerOptions;
}

type Route = readonly [method: string, pattern: string, run: (matched: Matched) => Promise<Response>];

const json = async (value: unknown, status = 200): Promise<Response> => Response.json(await value, { status });
const nothing = async (done: Promise<unknown>): Promise<Response> => {
  await done;
  return new Response(null, { status: 204 });
};

// The bodies are the engine's to check: it names a field that it does not know.
const body = <T>({ request }: Matched): Promise<T> => readJson(request, JSON_BYTES) as Promise<T>;

const ROUTES: readonly Route[] = [
  ["POST", "/policy-sets/validate-rego", async (m) => validateRego(m)],
  ["POST", "/policy-sets/evaluate-rego", async (m) => evaluateRego(m)],
  ["POST", "/policy-sets", async (m) => json(m.service.policySets.create(await body(m)), 201)],
  ["GET", "/policy-sets", async (m) => json(m.service.policySets.list(page(m)))],
  ["GET", "/policy-sets/:id", async (m) => json(m.service.policySets.get(m.at("id")))],
  ["PATCH", "/policy-sets/:id", async (m) => json(m.service.policySets.change(m.at("id"), await body(m)))],
  ["DELETE", "/policy-sets/:id", async (m) => nothing(m.service.policySets.delete(m.at("id")))],
  ["POST", "/policy-sets/:id/load", async (m) => json(m.service.policySets.load(m.at("id")))],
  ["GET", "/policy-sets/:id/policies", async (m) => json(m.service.policySets.policies.list(m.at("id")))],
  ["POST", "/policy-sets/:id/policies", async (m) => json(m.service.policySets.policies.add(m.at("id"), await body(m)), 201)],
  ["PATCH", "/policy-sets/:id/policies/:policy", async (m) => json(m.service.policySets.policies.change(m.at("id"), m.at("policy"), await body(m)))],
  ["DELETE", "/policy-sets/:id/policies/:policy", async (m) => nothing(m.service.policySets.policies.remove(m.at("id"), m.at("policy")))],
  ["GET", "/policy-sets/:id/versions", async (m) => json(m.service.policySets.versions.list(m.at("id"), page(m)))],
  ["GET", "/policy-sets/:id/versions/:version", async (m) => json(m.service.policySets.versions.get(m.at("id"), whole(m.at("version"), "version")))],
  ["POST", "/policy-sets/:id/versions/:version/restore", async (m) => json(m.service.policySets.versions.restore(m.at("id"), whole(m.at("version"), "version")))],
  ["GET", "/policy-sets/:id/diff", async (m) => json(m.service.policySets.versions.diff(m.at("id"), whole(m.query.get("from"), "from"), whole(m.query.get("to"), "to")))],
  ["POST", "/approval-rules", async (m) => json(m.service.approvalRules.create(await body(m)), 201)],
  ["GET", "/approval-rules", async (m) => json(m.service.approvalRules.list(page(m)))],
  ["GET", "/approval-rules/:id", async (m) => json(m.service.approvalRules.get(m.at("id")))],
  ["PATCH", "/approval-rules/:id", async (m) => json(m.service.approvalRules.change(m.at("id"), await body(m)))],
  ["DELETE", "/approval-rules/:id", async (m) => nothing(m.service.approvalRules.delete(m.at("id")))],
  ["POST", "/approval-rules/:id/promote", async (m) => json(m.service.approvalRules.promote(m.at("id")))],
  ["POST", "/external-check-providers", async (m) => json(m.service.providers.create(await body(m)), 201)],
  ["GET", "/external-check-providers", async (m) => json(m.service.providers.list(page(m)))],
  ["GET", "/external-check-providers/:id", async (m) => json(m.service.providers.get(m.at("id")))],
  ["PATCH", "/external-check-providers/:id", async (m) => json(m.service.providers.change(m.at("id"), await body(m)))],
  ["DELETE", "/external-check-providers/:id", async (m) => nothing(m.service.providers.delete(m.at("id")))],
  ["POST", "/external-check-providers/:id/secret", async (m) => nothing(storeSecret(m))],
  ["POST", "/external-check-providers/:id/scopes", async (m) => json(m.service.providers.attachScope(m.at("id"), await body(m)), 201)],
  ["DELETE", "/external-check-providers/:id/scopes/:type/:scope", async (m) => json(m.service.providers.detachScope(m.at("id"), scopeOf(m)))],
  ["GET", "/settings", async (m) => json(m.service.settings.get())],
  ["PUT", "/settings", async (m) => json(m.service.settings.put(await body(m)))],
  ["GET", "/workspaces/:workspace", async (m) => json(m.service.workspaces.get(m.at("workspace")))],
  ["PUT", "/workspaces/:workspace", async (m) => json(m.service.workspaces.put(m.at("workspace"), await body(m)))],
  ["POST", "/workspaces/:workspace/promote", async (m) => json(m.service.workspaces.promote(m.at("workspace"), await optionalBody(m)), 201)],
  ["POST", "/workspaces/:workspace/runs", async (m) => json(m.service.runs.create(await newRun(m)), 201)],
  ["GET", "/workspaces/:workspace/runs", async (m) => json(m.service.runs.list({ ...page(m), workspace_id: m.at("workspace") }))],
  ["GET", "/runs", async (m) => json(m.service.runs.list(page(m)))],
  ["GET", "/workspaces/:workspace/runs/:id", async (m) => json(m.service.runs.get(m.at("id")))],
  ["GET", "/runs/:id", async (m) => json(m.service.runs.get(m.at("id")))],
  ["POST", "/runs/:id/start", async (m) => json(m.service.runs.start(m.at("id")))],
  ["POST", "/runs/:id/plan", async (m) => json(m.service.runs.deliverPlan(m.at("id"), await readBody(m.request, m.options.planBytes ?? PLAN_BYTES)))],
  ["POST", "/runs/:id/fail", async (m) => json(m.service.runs.fail(m.at("id"), text(await body(m), "error_summary")))],
  ["POST", "/runs/:id/applied", async (m) => json(m.service.runs.completeApply(m.at("id")))],
  ["POST", "/workspaces/:workspace/runs/:id/approve", async (m) => json(m.service.runs.approve(m.at("id"), await commentOf(m)))],
  ["POST", "/workspaces/:workspace/runs/:id/reject", async (m) => json(m.service.runs.reject(m.at("id"), await commentOf(m)))],
  ["GET", "/workspaces/:workspace/runs/:id/approvals", async (m) => json(m.service.runs.approvals(m.at("id")))],
  ["POST", "/workspaces/:workspace/runs/:id/renotify", async (m) => json(m.service.runs.renotify(m.at("id")))],
  ["POST", "/workspaces/:workspace/runs/:id/abort", async (m) => json(m.service.runs.abort(m.at("id")))],
  ["GET", "/runs/:id/approval-requirements", async (m) => json(m.service.runs.requirements(m.at("id")))],
  ["GET", "/runs/:id/policy-results", async (m) => json(m.service.runs.policyResults(m.at("id")))],
  ["POST", "/runs/:id/governance-preview", async (m) => json(m.service.runs.preview(m.at("id")))],
  ["GET", "/runs/:id/governance-timeline", async (m) => timeline(m)],
  ["GET", "/runs/:id/decision-log", async (m) => json(m.service.runs.decisionLog(m.at("id")))],
  ["POST", "/runs/:id/external-checks/:provider", async (m) => json(receiveCheck(m))],
  ["POST", "/workspaces/:workspace/changesets/:id/apply", async (m) => json(m.service.changesets.apply(m.at("id")), 201)],
  ["POST", "/workspaces/:workspace/changesets/:id/discard", async (m) => json(m.service.changesets.discard(m.at("id")))],
  ["POST", "/sweep", async (m) => json(sweep(m))],
];

async function answer(request: Request, host: Host, options: GovernanceHandlerOptions): Promise<Response> {
  const url = new URL(request.url);
  const base = options.base ?? "";
  const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : undefined;
  const found = path === undefined ? [] : ROUTES.flatMap((route) => {
    const names = matched(route[1], path);
    return names === undefined ? [] : [{ route, names }];
  });
  if (found.length === 0) return error(404, "not_found", `there is nothing at \`${url.pathname}\``);
  const match = found.find(({ route: [method] }) => method === request.method);
  if (match === undefined) {
    const methods = found.map(({ route: [method] }) => method).join(", ");
    return error(405, "method_not_allowed", `\`${request.method}\` is not for this path: ${methods}`, { allow: methods });
  }
  const { names, route } = match;
  const org_id = typeof options.org_id === "string" ? options.org_id : await options.org_id(request);
  const workspace = names.get("workspace");
  const isOfRun = names.has("id") && workspace !== undefined;
  const service = governance(host, { org_id, asker: request, ...(isOfRun ? { workspace_id: workspace } : {}) });
  return route[2]({ request, service, at: (name) => names.get(name) ?? "", query: url.searchParams, host, options });
}

// What stands in the places of the names, or undefined where the path is not of the pattern.
function matched(pattern: string, path: string): Map<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const names = new Map<string, string>();
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? "";
    if (!part.startsWith(":")) {
      if (part !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === "") return undefined;
    names.set(part.slice(1), decoded);
  }
  return names;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function page({ query }: Matched): PageRequest {
  const [limit, cursor] = [query.get("limit"), query.get("cursor")];
  return { ...(limit === null ? {} : { limit: whole(limit, "limit") }), ...(cursor === null ? {} : { cursor }) };
}

function whole(value: string | null, name: string): number {
  if (value !== null && /^\d{1,15}$/.test(value)) return Number(value);
  throw new RefusedError({ code: "invalid_request", message: `\`${name}\` is a whole number`, path: `/${name}` });
}

function text(fields: unknown, name: string): string {
  const only = onlyFields(fields, [name]);
  const value = only[name];
  if (typeof value === "string") return value;
  throw new RefusedError({ code: "invalid_request", message: `\`${name}\` is a string`, path: `/${name}` });
}

function onlyFields(value: unknown, names: readonly string[]): { [name: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RefusedError({ code: "invalid_request", message: `the body is an object with ${names.map((name) => `\`${name}\``).join(", ")}` });
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RefusedError({ code: "invalid_request", message: `unknown field \`${unknown}\``, path: `/${unknown}` });
  return value as { [name: string]: unknown };
}

// A vote and a promotion may come without a body.
async function optionalBody({ request }: Matched): Promise<object> {
  const bytes = await readBody(request, JSON_BYTES);
  if (bytes.length === 0) return {};
  return (await readJson(new Request(request.url, { method: "POST", body: bytes as BodyInit }), JSON_BYTES)) as object;
}

async function commentOf(m: Matched): Promise<string> {
  const { comment = "" } = onlyFields(await optionalBody(m), ["comment"]);
  if (typeof comment === "string") return comment;
  throw new RefusedError({ code: "invalid_request", message: "`comment` is a string", path: "/comment" });
}

async function storeSecret(m: Matched): Promise<unknown> {
  return m.service.providers.storeSecret(m.at("id"), text(await body(m), "api_token"));
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
    const { id, status } = await m.service.checks.receive({ run_id: m.at("id"), provider_id: m.at("provider"), token, decision: decision as never, reason: reason as never });
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
  const { events, broken_at } = await m.service.runs.timeline(m.at("id"));
  return Response.json(events, broken_at === null ? {} : { headers: { "regate-timeline-broken-at": encodeURIComponent(broken_at) } });
}

async function sweep({ request, service, options }: Matched): Promise<unknown> {
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
    if (thrown instanceof RegateError && thrown.code !== "engine_trapped") return error(400, thrown.code, thrown.message);
    throw thrown;
  }
}

// What the engine says of a request or a plan, and not of something that is broken here.
const CALLERS = new Set(["malformed_request", "input_not_json", "not_a_plan", "plan_is_a_stream", "plan_is_binary", "plan_errored", "invalid_configuration", "limit_exceeded"]);

function refusal(thrown: unknown): Response {
  if (thrown instanceof RefusedError) {
    const { status, code, message, path, diagnostics } = thrown;
    const more = { ...(path === undefined ? {} : { path }), ...(diagnostics.length === 0 ? {} : { diagnostics }) };
    return Response.json({ error: message, code, ...more }, { status });
  }
  if (thrown instanceof RegateError) {
    const { code, message, path, limit } = thrown;
    const more = { ...(path === undefined ? {} : { path }), ...(limit === undefined ? {} : { limit }) };
    if (code === "limit_exceeded" && limit?.name.endsWith("_bytes") === true) return Response.json({ error: message, code, ...more }, { status: 413 });
    if (CALLERS.has(code)) return Response.json({ error: message, code, ...more }, { status: 400 });
    if (code === "conflict_not_resolved") return error(409, code, message);
    if (code === "host_failed") return error(500, code, "the host failed");
  }
  return error(500, "internal_error", "the request failed");
}

function error(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: message, code }, { status, headers });
}
