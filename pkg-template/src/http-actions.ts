// Action policies as an HTTP handler, from `Request` to `Response`: for a Worker, a server in Node, and tests.

import { mergeActionPolicies, type PolicyToMerge } from "./action-policy-merge.js";
import { compileActionPolicy, type ActionPolicyFormat, type ConvertActionPolicy } from "./action-policy-source.js";
import type { ActionPolicyPatch } from "./action-set-up.js";
import { simulateActions } from "./action-simulation.js";
import { actions, type ActionService, type CallResult } from "./actions.js";
import type { Host } from "./host.js";
import { identified, withHost } from "./host-calls.js";
import { askedForApproval, createdApproval, reservedBudget } from "./http-action-compat.js";
import { gathered, limitOf, type Asked } from "./http-action-lists.js";
import { refuseAction } from "./http-action-refusal.js";
import { APPROVAL_FILTERS, filterOf } from "./http-approval-filter.js";
import { exactBody, optionalExactBody } from "./http-exact-body.js";
import { json, nothing, onlyFields, textField } from "./http-fields.js";
import { handlerOf, type Matched as MatchedRoute, type Route as RouteOf } from "./http-routes.js";
import { requireKnownOptions } from "./options.js";
import { RefusedError } from "./refused-error.js";
import type {
  ActionApprovalPage,
  ActionCall,
  ActionPolicyDiffTarget,
  ActionPolicyFields,
  ActionSettings,
  InterventionQuery,
  KillTargetType,
  NewActionException,
  SimulateActionsRequest,
} from "./wire.js";

/** How a handler is mounted. */
export interface ActionHandlerOptions {
  /** The organisation, or how a request names it. */
  org_id: string | ((request: Request) => string | Promise<string>);
  /** What all paths begin with, such as `/api/v1`. Default: nothing. */
  base?: string;
  /** The most bytes of a body. Default 2 MiB. */
  bodyBytes?: number;
  /** Who may call `POST /sweep`: the host's own timer. Default: nobody. */
  maySweep?: (request: Request) => boolean | Promise<boolean>;
  /** Reads policies in prose, for `POST /policies/compile` by anybody whom the host's `who` knows. Default: prose is refused. */
  convert?: ConvertActionPolicy;
}

const HANDLER_OPTIONS = ["org_id", "base", "bodyBytes", "maySweep", "convert"] as const satisfies readonly (keyof ActionHandlerOptions)[];

const BODY_BYTES = 2 * 1024 * 1024;

/**
 * Makes a handler with the paths, bodies and codes of action policies.
 *
 * Who is asking is the host's to say: its `who` gets the `Request` as `asker`, and whom it does not know is refused with 401. What stores
 * nothing (`/policies/compile`, `/policies/merge`, `/policies/simulate`) is for everybody whom it knows. A decision is answered with 200,
 * whatever it says: look at `decision`. An error is `{error, code}` with a sentence; what is wrong with a body is 422 with all of it in
 * `errors`.
 */
export function actionHandler(host: Host, options: ActionHandlerOptions): (request: Request) => Promise<Response> {
  requireKnownOptions(options, HANDLER_OPTIONS, "actionHandler()");
  return handlerOf(ROUTES, {
    base: options.base ?? "",
    trailingSlashes: true,
    refuse: refuseAction,
    contextOf: async (request) => {
      const org_id = typeof options.org_id === "string" ? options.org_id : await options.org_id(request);
      const asking = { org_id, asker: request };
      const requireSomebody = async (): Promise<void> => void (await withHost(() => identified({ type: "org", id: org_id }, host, asking)));
      return { options, service: actions(host, asking), requireSomebody };
    },
  });
}

/** What a route is given. */
interface Context {
  service: ActionService;
  options: ActionHandlerOptions;
  /** Refuses a request of nobody's. For routes that ask the service nothing: the service asks the host's `who` itself. */
  requireSomebody: () => Promise<void>;
}

type Matched = MatchedRoute<Context>;
type Route = RouteOf<Context>;

const of = ({ context }: Matched): ActionService => context.service;
const most = ({ context }: Matched): number => context.options.bodyBytes ?? BODY_BYTES;
// The bodies are the engine's to check: it names a field that it does not know.
const body = <T>(m: Matched): Promise<T> => exactBody(m.request, most(m)) as Promise<T>;

const ROUTES: readonly Route[] = [
  ["POST", "/actions/authorize", async (m) => json(of(m).authorize(await body<ActionCall>(m), explained(m)))],
  ["POST", "/actions/check", async (m) => json(of(m).ask(await body<ActionCall>(m), explained(m)))],
  ["POST", "/actions/:id/resume", async (m) => json(of(m).resume(m.at("id"), await body<ActionCall>(m)))],
  ["POST", "/actions/:id/settle", async (m) => json(of(m).settle(m.at("id"), onlyFields(await body(m), ["cost_usd"])["cost_usd"] as number))],
  ["POST", "/actions/:id/release", async (m) => json(of(m).release(m.at("id")))],
  ["POST", "/actions/:id/result", async (m) => json(of(m).recordResult(m.at("id"), onlyFields(await body(m), ["outcome", "result", "cost_usd"]) as unknown as CallResult))],
  ["POST", "/runs/reset", async (m) => json(of(m).resetRun(await body(m)))],
  ["POST", "/policies", async (m) => json(of(m).policies.create(await body<ActionPolicyFields>(m)), 201)],
  ["GET", "/policies", async (m) => json(listed(m, (page) => of(m).policies.list(page)))],
  ["GET", "/policies/sync", async (m) => json(of(m).sync(queried(m, ["agent_id", "run_id", "group_id", "mission_id", "etag"])))],
  ["POST", "/policies/compile", ofSomebody(compile)],
  ["POST", "/policies/merge", ofSomebody(async (m) => json(mergeActionPolicies(onlyFields(await body(m), ["policies"])["policies"] as PolicyToMerge[])))],
  ["POST", "/policies/simulate", ofSomebody(async (m) => json(simulateActions(await body<SimulateActionsRequest>(m))))],
  ["GET", "/policies/:id", async (m) => json(of(m).policies.get(m.at("id")))],
  ["PUT", "/policies/:id", async (m) => json(of(m).policies.replace(m.at("id"), await body<ActionPolicyFields>(m)))],
  ["PATCH", "/policies/:id", async (m) => json(of(m).policies.patch(m.at("id"), await body<ActionPolicyPatch>(m)))],
  ["DELETE", "/policies/:id", async (m) => nothing(of(m).policies.delete(m.at("id")))],
  ["POST", "/policies/:id/enable", async (m) => json(of(m).policies.enable(m.at("id")))],
  ["POST", "/policies/:id/disable", async (m) => json(of(m).policies.disable(m.at("id")))],
  ["POST", "/policies/:id/test-alert", async (m) => json(of(m).testAlert(m.at("id")))],
  ["GET", "/policies/:id/versions", async (m) => json(listed(m, (page) => of(m).versions.list(m.at("id"), page)))],
  ["POST", "/policies/:id/versions", async (m) => json(of(m).versions.draft(m.at("id"), await body<ActionPolicyFields>(m)), 201)],
  ["GET", "/policies/:id/versions/:version", async (m) => json(of(m).versions.get(m.at("id"), m.at("version")))],
  ["POST", "/policies/:id/versions/:version/submit", async (m) => json(of(m).versions.submit(m.at("id"), m.at("version")))],
  ["POST", "/policies/:id/versions/:version/review", async (m) => json(of(m).versions.review(m.at("id"), m.at("version")))],
  ["POST", "/policies/:id/versions/:version/activate", async (m) => json(of(m).versions.activate(m.at("id"), m.at("version")))],
  ["POST", "/policies/:id/versions/:version/rollback", async (m) => json(of(m).versions.rollback(m.at("id"), m.at("version")))],
  ["POST", "/policies/:id/versions/:version/diff", async (m) => json(of(m).versions.diff(m.at("id"), m.at("version"), await body<ActionPolicyDiffTarget>(m)))],
  ["GET", "/policies/:id/exceptions", async (m) => json(listed(m, (page) => of(m).exceptions.list(m.at("id"), page)))],
  ["POST", "/policies/:id/exceptions", async (m) => json(of(m).exceptions.create(m.at("id"), await body<NewActionException>(m)), 201)],
  ["GET", "/policies/:id/exceptions/:exception", async (m) => json(of(m).exceptions.get(m.at("id"), m.at("exception")))],
  ["DELETE", "/policies/:id/exceptions/:exception", async (m) => nothing(of(m).exceptions.delete(m.at("id"), m.at("exception")))],
  ["POST", "/approvals", async (m) => createdApproval(await body(m), of(m))],
  ["GET", "/approvals", async (m) => approvals(m, (page) => of(m).approvals.list(page))],
  ["GET", "/approvals/pending", async (m) => approvals(m, (page) => of(m).approvals.pending(page))],
  ["POST", "/approvals/check", async (m) => json(askedForApproval(m.query, of(m)))],
  ["GET", "/approvals/:id", async (m) => json(of(m).approvals.get(m.at("id")))],
  ["GET", "/approvals/:id/poll", async (m) => json(of(m).approvals.get(m.at("id")))],
  ["POST", "/approvals/:id/approve", async (m) => json(of(m).approvals.approve(m.at("id"), await notes(m)))],
  ["POST", "/approvals/:id/reject", async (m) => json(of(m).approvals.reject(m.at("id"), await notes(m)))],
  ["POST", "/approvals/:id/request-info", async (m) => json(of(m).approvals.requestInfo(m.at("id"), textField(await body(m), "question")))],
  ["POST", "/approvals/:id/respond", async (m) => json(of(m).approvals.respond(m.at("id"), textField(await body(m), "response")))],
  ["POST", "/approvals/:id/cancel", async (m) => json(of(m).approvals.cancel(m.at("id")))],
  ["POST", "/kill-switch/kill", async (m) => json(kill(m))],
  ["POST", "/kill-switch/revive", async (m) => json(revive(m))],
  ["GET", "/kill-switch/check", async (m) => json(of(m).killSwitches.check(m.query.get("target_type") as KillTargetType, m.query.get("target_id") ?? ""))],
  ["GET", "/kill-switch/active", async (m) => json(listed(m, (page) => of(m).killSwitches.active(page)))],
  ["POST", "/budgets/reserve", async (m) => reservedBudget(await body(m), of(m))],
  ["GET", "/interventions", async (m) => json(interventions(m))],
  ["GET", "/decisions", async (m) => decisions(m)],
  ["POST", "/sweep", async (m) => json(sweep(m))],
  ["GET", "/settings", async (m) => json(of(m).settings.get())],
  ["PUT", "/settings", async (m) => json(of(m).settings.put(await body<ActionSettings>(m)))],
];

/** What takes the host's time, or its language model's, and touches none of its records: for anybody whom its `who` knows. */
function ofSomebody(run: Route[2]): Route[2] {
  return async (m) => {
    await m.context.requireSomebody();
    return run(m);
  };
}

function explained({ query }: Matched): { explain: boolean } {
  const explain = query.get("explain") ?? "false";
  if (explain === "true" || explain === "false") return { explain: explain === "true" };
  throw new RefusedError({ code: "invalid_request", message: "`explain` is true or false", path: "/explain" });
}

/** Texts of the query. Absent ones are left out; an unknown one is refused: a filter that is misspelt would show everything. */
function queried<Name extends string>({ query }: Matched, names: readonly Name[]): { [name in Name]?: string } {
  const found: { [name in Name]?: string } = {};
  for (const [name, value] of query) {
    if (!names.includes(name as Name)) throw new RefusedError({ code: "invalid_request", message: `unknown parameter \`${name}\``, path: `/${name}` });
    found[name as Name] = value;
  }
  return found;
}

const PAGE = ["skip", "limit", "cursor"] as const;

async function listed<Item>(m: Matched, list: (page: { limit: number; cursor?: string }) => Promise<{ data: Item[]; cursor: string | null }>): Promise<object> {
  const { items, cursor } = await gathered(limitOf(queried(m, PAGE)), async (page) => {
    const { data, cursor } = await list(page);
    return { items: data, cursor };
  });
  return { data: items, cursor };
}

async function approvals(m: Matched, list: (page: Asked) => Promise<ActionApprovalPage>): Promise<Response> {
  const { status, priority, risk_level, agent_id, include_expired, ...page } = queried(m, [...PAGE, ...APPROVAL_FILTERS]);
  const asked = filterOf({ status, priority, risk_level, agent_id, include_expired });
  const { items, cursor } = await gathered(limitOf(page), async (part: Asked) => {
    const { approvals, cursor } = await list(part);
    return { items: approvals.filter(asked), cursor };
  });
  return Response.json({ approvals: items, cursor });
}

const INTERVENTION_FILTERS = ["type", "outcome", "action_name", "agent_id", "run_id", "policy_id", "risk_level", "start_date", "end_date"] as const;

async function interventions(m: Matched): Promise<object> {
  const { skip, limit, cursor: begin, ...filter } = queried(m, [...PAGE, ...INTERVENTION_FILTERS]);
  const from = limitOf({ ...(skip === undefined ? {} : { skip }), ...(limit === undefined ? {} : { limit }), ...(begin === undefined ? {} : { cursor: begin }) });
  const { items, cursor } = await gathered(from, async (page) => {
    // Which words there are is the engine's to say.
    const found = await of(m).interventions.list({ ...(filter as InterventionQuery), ...page });
    return { items: found.data, cursor: found.cursor };
  });
  return { data: items, cursor };
}

async function decisions(m: Matched): Promise<Response> {
  const { items, cursor } = await gathered(limitOf(queried(m, PAGE)), async (page) => {
    const found = await of(m).decisions.list(page);
    return { items: found.decisions, cursor: found.cursor };
  });
  return Response.json({ decisions: items, cursor });
}

async function compile(m: Matched): Promise<Response> {
  const { source, source_format, name } = onlyFields(await body(m), ["source", "source_format", "name"]);
  const { convert } = m.context.options;
  const compiled = await compileActionPolicy(source as string, source_format as ActionPolicyFormat, {
    ...(name === undefined ? {} : { name: name as string }),
    ...(convert === undefined ? {} : { convert }),
  });
  if (compiled.ok) return Response.json(compiled);
  return Response.json({ error: "the policy is not valid", code: "invalid_policy", errors: compiled.errors }, { status: 422 });
}

async function notes(m: Matched): Promise<string> {
  const { notes = "" } = onlyFields(await optionalExactBody(m.request, most(m)), ["notes"]);
  if (typeof notes === "string") return notes;
  throw new RefusedError({ code: "invalid_request", message: "`notes` is a string", path: "/notes" });
}

async function kill(m: Matched): Promise<unknown> {
  const { target_type, target_id, reason } = onlyFields(await body(m), ["target_type", "target_id", "reason"]);
  return of(m).killSwitches.kill(target_type as KillTargetType, target_id as string, reason as string | undefined);
}

async function revive(m: Matched): Promise<unknown> {
  const { target_type, target_id } = onlyFields(await body(m), ["target_type", "target_id"]);
  return of(m).killSwitches.revive(target_type as KillTargetType, target_id as string);
}

async function sweep(m: Matched): Promise<unknown> {
  if ((await m.context.options.maySweep?.(m.request)) !== true) {
    throw new RefusedError({ code: "not_permitted", message: "sweeping is for the host's own timer" });
  }
  const { older_than_seconds, cursor, steps } = onlyFields(await optionalExactBody(m.request, most(m)), ["older_than_seconds", "cursor", "steps"]);
  const options = { olderThanSeconds: older_than_seconds, cursor, steps };
  return of(m).sweep(Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));
}
