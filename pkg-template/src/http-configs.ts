// Policies of CI configurations as an HTTP handler, from `Request` to `Response`: the paths and bodies of the service that the command line
// of organisations knows, and the gate before a pipeline.

import { compiledBy, type ConfigCompiler } from "./config-policies.js";
import { configPolicies, type ConfigLogQuery, type ConfigService } from "./config-service.js";
import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { readJson } from "./http-body.js";
import { json, onlyFields, whole } from "./http-fields.js";
import { handlerOf, type Matched as MatchedRoute, type Route as RouteOf } from "./http-routes.js";
import { requireKnownOptions } from "./options.js";
import { RefusedError } from "./refused-error.js";
import type { ConfigDecisionMade } from "./wire.js";

/** How a handler is mounted. */
export interface ConfigHandlerOptions {
  /** What all paths begin with. Default `/api/v2`, where the command line looks for them. */
  base?: string;
  /**
   * Compiles the configurations of triggers. `"none"`: policies see configurations as they are written, and nothing under `_compiled_`, which
   * a configuration may not say itself.
   * There is no default, because policies that look at what was compiled would let pass what was not.
   */
  compiler: ConfigCompiler | "none";
  /** The most bytes of a body. Default 8 MiB. */
  bodyBytes?: number;
}

const HANDLER_OPTIONS = ["base", "compiler", "bodyBytes"] as const satisfies readonly (keyof ConfigHandlerOptions)[];

const BODY_BYTES = 8 * 1024 * 1024;

/** What the gate answers. */
export interface ConfigTriggerAnswer {
  /** Whether the pipeline may be triggered. */
  triggered: boolean;
  /** `PASS`, `SOFT_FAIL`, `HARD_FAIL` or `ERROR` with rules and reasons; null where policies are not evaluated at all. */
  decision: ConfigDecisionMade["decision"];
  /** The id of the decision in the log. */
  decision_id: string | null;
  /** Why it may not. */
  error?: string;
}

/**
 * Makes a handler over a host's store: bundles, decisions, logs and settings of `/owner/OWNER/context/CONTEXT`, and
 * `POST …/trigger`, which decides whether a pipeline may be triggered, and keeps the decision.
 *
 * A trigger is answered with 200 where it may go on, and with 403 where a rule that is hard is violated or the policies could not be
 * evaluated (unless the settings say `errors_trigger`). INVARIANT (closed): any other status is a failure, and no pipeline.
 *
 * Who is asking is the host's to say: its `who` gets the `Request` as `asker`.
 */
export function configHandler(host: Host, options: ConfigHandlerOptions): (request: Request) => Promise<Response> {
  requireKnownOptions(options, HANDLER_OPTIONS, "configHandler()");
  const { compiler, base = "/api/v2", bodyBytes = BODY_BYTES } = options;
  if (compiler !== "none" && typeof compiler !== "function") {
    throw new RegateError("malformed_request", 'configHandler() needs `compiler`: a function, or "none"', { path: "/compiler" });
  }
  return handlerOf(ROUTES, {
    base,
    trailingSlashes: true,
    refuse: refusedInput,
    contextOf: async (request, names) => {
      const service = configPolicies(host, { org_id: names.get("owner") ?? "", context: names.get("context") ?? "", asker: request });
      return { service, compiler, bodyBytes };
    },
  });
}

interface Context {
  service: ConfigService;
  compiler: ConfigCompiler | "none";
  bodyBytes: number;
}

type Matched = MatchedRoute<Context>;
type Route = RouteOf<Context>;

const PLACE = "/owner/:owner/context/:context";

const ROUTES: readonly Route[] = [
  ["POST", `${PLACE}/policy-bundle`, push],
  ["GET", `${PLACE}/policy-bundle`, async (m) => json(m.context.service.fetch())],
  ["GET", `${PLACE}/policy-bundle/:name`, async (m) => json(m.context.service.fetch(m.at("name")))],
  ["POST", `${PLACE}/decision`, async (m) => json(decision(m))],
  ["GET", `${PLACE}/decision`, async (m) => json(m.context.service.logs(filtersOf(m.query)))],
  ["GET", `${PLACE}/decision/settings`, async (m) => json(m.context.service.settings())],
  ["PATCH", `${PLACE}/decision/settings`, async (m) => json(m.context.service.setSettings((await body(m)) as object))],
  ["GET", `${PLACE}/decision/:id`, async (m) => json(m.context.service.log(m.at("id")))],
  ["GET", `${PLACE}/decision/:id/policy-bundle`, async (m) => json(m.context.service.logBundle(m.at("id")))],
  ["POST", `${PLACE}/trigger`, trigger],
];

const body = ({ request, context: { bodyBytes } }: Matched): Promise<unknown> => readJson(request, bodyBytes);

// What is wrong with a configuration is the caller's, and so is what its compiler says of it.
function refusedInput(thrown: unknown): Response | undefined {
  if (!(thrown instanceof RegateError) || thrown instanceof RefusedError) return undefined;
  const { code, message } = thrown;
  if (code === "input_not_yaml") return Response.json({ error: message, code }, { status: 400 });
  return code === "config_not_compiled" ? Response.json({ error: message, code }, { status: 422 }) : undefined;
}

async function push(m: Matched): Promise<Response> {
  const { policies } = onlyFields(await body(m), ["policies"]);
  const given = textsOf(policies, "policies");
  const dry = m.query.get("dry") ?? "false";
  if (dry === "true") return json(m.context.service.diff(given));
  if (dry === "false") return json(m.context.service.push(given), 201);
  throw new RefusedError({ code: "invalid_request", message: "`dry` is `true` or `false`", path: "/dry" });
}

async function decision(m: Matched): Promise<unknown> {
  const { input, metadata } = onlyFields(await body(m), ["input", "metadata"]);
  const made = await m.context.service.decide({ inputYaml: text(input, "input"), ...metadataOf(metadata) });
  // The answer of the service that is known; where nothing is evaluated, nothing is violated.
  return made.decision ?? { status: "PASS" };
}

async function trigger(m: Matched): Promise<Response> {
  const fields = onlyFields(await body(m), ["config", "metadata", "pipeline_parameters"]);
  const config = text(fields["config"], "config");
  const metadata = metadataOf(fields["metadata"]);
  const { service, compiler } = m.context;
  const parameters = parametersOf(fields["pipeline_parameters"], compiler);
  if (compiler === "none") return answered(await service.decide({ inputYaml: config, ...metadata, gate: "decide" }));
  // Nobody is asked to compile what nobody looks at. INVARIANT (whole): where there is a compiler, nothing is decided without it, also
  // where the settings are changed in between.
  const first = await service.decide({ inputYaml: config, ...metadata, gate: "ask" });
  if (!first.enabled) return answered(first);
  const compiled = await compiledBy(compiler, config, parameters);
  return answered(await service.decide({ inputYaml: config, compiled, ...metadata, gate: "decide" }));
}

function answered(made: ConfigDecisionMade): Response {
  const answer: ConfigTriggerAnswer = {
    triggered: made.triggers,
    decision: made.decision,
    decision_id: made.log?.id ?? null,
    ...(made.triggers ? {} : { error: refusalOfTrigger(made) }),
  };
  return Response.json(answer, { status: made.triggers ? 200 : 403 });
}

function refusalOfTrigger({ decision: made }: ConfigDecisionMade): string {
  if (made?.status === "ERROR") return `the policies could not be evaluated: ${made.reason ?? ""}`;
  const failures = (made?.hard_failures ?? []).map(({ rule, reason }) => `${rule}: ${reason}`);
  return `the configuration violates ${failures.length === 1 ? "a rule" : "rules"} of the organisation: ${failures.join("; ")}`;
}

function parametersOf(parameters: unknown, compiler: ConfigCompiler | "none"): Record<string, unknown> {
  const refuse = (message: string): RefusedError => new RefusedError({ code: "invalid_request", message, path: "/pipeline_parameters" });
  if (parameters === undefined) return {};
  if (compiler === "none") throw refuse("nothing is compiled here, so that there is no use for `pipeline_parameters`");
  if (typeof parameters === "object" && parameters !== null && !Array.isArray(parameters)) return parameters as Record<string, unknown>;
  throw refuse("`pipeline_parameters` is an object");
}

function metadataOf(metadata: unknown): { metadata?: { [name: string]: unknown } } {
  if (metadata === undefined || metadata === null) return {};
  if (typeof metadata === "object" && !Array.isArray(metadata)) return { metadata: metadata as { [name: string]: unknown } };
  throw new RefusedError({ code: "invalid_request", message: "`metadata` is an object", path: "/metadata" });
}

function text(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new RefusedError({ code: "invalid_request", message: `\`${name}\` is a string`, path: `/${name}` });
}

function textsOf(value: unknown, name: string): { [path: string]: string } {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([path, source]) => [path, text(source, `${name}/${path.replaceAll("~", "~0").replaceAll("/", "~1")}`)]));
  }
  throw new RefusedError({ code: "invalid_request", message: `\`${name}\` is an object from path to text`, path: `/${name}` });
}

const FILTERS = ["status", "after", "before", "branch", "project_id"] as const;

// The most decisions of one answer.
const MOST_LOGS = 1000;

function filtersOf(query: URLSearchParams): ConfigLogQuery {
  const known = [...FILTERS, "build_number", "offset", "limit"] as readonly string[];
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new RefusedError({ code: "invalid_request", message: `there is no filter \`${unknown}\``, path: `/${unknown}` });
  if (Number(query.get("limit") ?? 0) > MOST_LOGS) throw new RefusedError({ code: "invalid_request", message: `\`limit\` is at most ${MOST_LOGS}`, path: "/limit" });
  const texts = Object.fromEntries(FILTERS.flatMap((name) => (query.get(name) === null ? [] : [[name, query.get(name)]])));
  const numbers = Object.fromEntries(
    (["build_number", "offset", "limit"] as const).flatMap((name) => (query.get(name) === null ? [] : [[name, whole(query.get(name), name)]])),
  );
  return { ...texts, ...numbers } as ConfigLogQuery;
}
