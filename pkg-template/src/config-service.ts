// `configPolicies(host)`: policies of CI configurations on a host's store. Bundles are pushed and fetched, configurations decided on.

import { actionText } from "./action-text.js";
import { ownedBytes, type Input } from "./document.js";
import { engineDocument } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { isObject } from "./host-calls.js";
import { performConfig } from "./operation.js";
import { requireKnownOptions } from "./options.js";
import type {
  ConfigBundleDiff,
  ConfigBundleVersionPage,
  ConfigDecisionLog,
  ConfigDecisionMade,
  ConfigDecisionQuery,
  ConfigDecisionRecord,
  ConfigGateStep,
  ConfigOperation,
  ConfigSettings,
  ConfigSettingsChange,
  EvaluationLimits,
  FetchedConfigPolicy,
  PageRequest,
} from "./wire.js";

/** Of which organisation, and for what. */
export interface ConfigServiceOptions {
  org_id: string;
  /** Which of the organisation's bundles: any text. Default `config`. */
  context?: string;
  /** Who asks: whatever the host's `who` understands, such as a session or an HTTP request. */
  asker?: unknown;
}

/** A configuration that is to be decided on, as JSON or as YAML. */
export interface ConfigDecisionQuestion {
  /** The configuration as a value, JSON text or bytes. One of this and `inputYaml` must be there. */
  input?: Input;
  /** The configuration as text in YAML. */
  inputYaml?: string;
  /** What it was compiled to, in YAML: it is put under `_compiled_`. */
  compiled?: string;
  /** What is known of its pipeline: `data.meta` of the policies. Default: null there, and `{}` in the log. */
  metadata?: { [name: string]: unknown };
  /** Whether the decision is kept in the log. Default true. */
  store?: boolean;
  /**
   * That a gate asks, about what somebody wants to get through it. Then a configuration that could be read in two ways, or that says itself
   * what it compiles to, is refused, and so is a context to which nothing was ever pushed (`not_found`). `ask` says whether there is anything
   * to decide, and neither evaluates nor keeps anything; `decide` decides.
   */
  gate?: ConfigGateStep;
  /** What the evaluation may use. A limit that is reached fails the call: it gives no decision and keeps none. */
  limits?: EvaluationLimits;
}

/** Which decisions, newest first. */
export interface ConfigLogQuery extends Omit<ConfigDecisionQuery, "limit" | "cursor"> {
  /** How many of those that match are passed over. Default 0. */
  offset?: number;
  /** The most that are given, from 1. Default 50. */
  limit?: number;
}

/**
 * Policies of CI configurations on the host's store.
 *
 * A method gives its answer when its change is committed. It throws a `RefusedError` (with `code` and HTTP `status`) where the caller may
 * not, or where what is asked breaks a rule: `invalid_request` with `diagnostics` for a bundle that does not load; `limit_exceeded`
 * (`config_bundle_bytes`) for one that is too large. `host_failed` where a callback of the host failed.
 */
export interface ConfigService {
  /** The same for somebody else. */
  as(asker: unknown): ConfigService;
  /**
   * Puts these policies, texts by the paths of their files, in the place of all that are there. What differs is told by the names that
   * policies declare. The same bundle again makes no version. For owners and administrators.
   */
  push(policies: { readonly [path: string]: string }): Promise<ConfigBundleDiff>;
  /** What `push` would say, and refuse: nothing is kept. Needs `read`. */
  diff(policies: { readonly [path: string]: string }): Promise<ConfigBundleDiff>;
  /** All policies by their names. A version that is not there is `not_found`. */
  fetch(options?: { version?: number }): Promise<{ [name: string]: FetchedConfigPolicy }>;
  /** One policy by its name. */
  fetch(name: string, options?: { version?: number }): Promise<FetchedConfigPolicy>;
  /** The bundles that were in force, newest first. */
  versions(page?: PageRequest): Promise<ConfigBundleVersionPage>;
  /**
   * Decides on a configuration under the bundle in force, and keeps the decision. Where the settings are off nothing is evaluated, and
   * `enabled` is false. A call that fails throws, and keeps nothing. Needs `trigger`.
   */
  decide(question: ConfigDecisionQuestion): Promise<ConfigDecisionMade>;
  /** A part of the decision log; an empty list where nothing follows. To read on, pass as `offset` how many came so far. */
  logs(query?: ConfigLogQuery): Promise<ConfigDecisionRecord[]>;
  /** Every decision that matches, newest first. The log is read once, however long it is. */
  eachLog(query?: Omit<ConfigLogQuery, "offset" | "limit">): AsyncIterable<ConfigDecisionRecord>;
  log(id: string): Promise<ConfigDecisionRecord>;
  /** The bundle that made a decision. */
  logBundle(id: string): Promise<{ [name: string]: FetchedConfigPolicy }>;
  settings(): Promise<ConfigSettings>;
  /** Changes what is given; the rest stays. For owners and administrators. */
  setSettings(change: ConfigSettingsChange): Promise<ConfigSettings>;
}

/** Policies of an organisation's CI configurations on a host. Throws `malformed_request` without the id of one. */
export function configPolicies(host: Host, options: ConfigServiceOptions): ConfigService {
  const { org_id, context, asker } = checkedOptions(options);
  const asking = { org_id, asker };
  // What changes the same records takes turns; decisions do not stand in each other's way.
  const turns = [`config ${org_id} ${context}`];
  const perform = async (operation: ConfigOperation, document?: Uint8Array): Promise<unknown> => {
    const [[name, fields] = ["", {}]] = Object.entries(operation);
    const queues = CHANGING.has(name) ? turns : [];
    return performConfig({ operation: `{"${name}":${actionText(fields)}}`, policyContext: context, document, queues }, host, asking);
  };
  // The answer of each operation is the engine's: its type is written beside the call.
  const ask = async <T>(operation: ConfigOperation): Promise<T> => (await perform(operation)) as T;
  async function* eachLog(query: Omit<ConfigLogQuery, "offset" | "limit"> = {}): AsyncGenerator<ConfigDecisionRecord> {
    let cursor: string | null = null;
    do {
      const page: ConfigDecisionLog = await ask({ list_decisions: { ...query, limit: PAGE, cursor } });
      yield* page.decisions;
      cursor = page.cursor;
    } while (cursor !== null);
  }
  async function fetch(options?: { version?: number }): Promise<{ [name: string]: FetchedConfigPolicy }>;
  async function fetch(name: string, options?: { version?: number }): Promise<FetchedConfigPolicy>;
  async function fetch(first: string | { version?: number } = {}, second: { version?: number } = {}): Promise<unknown> {
    return ask(typeof first === "string" ? { get_policy: { name: first, ...second } } : { get_bundle: first });
  }
  return {
    as: (other) => configPolicies(host, { org_id, context, asker: other }),
    push: (policies) => ask({ push: { policies } }),
    diff: (policies) => ask({ push: { policies, dry: true } }),
    fetch,
    versions: (page = {}) => ask({ list_versions: page }),
    async decide(question) {
      const { input, inputYaml, store, ...rest } = checkedQuestion(question);
      const [format, document] = inputYaml === undefined ? (["json", jsonBytes(input)] as const) : (["yaml", yamlBytes(inputYaml)] as const);
      const fields = { ...rest, format, ...(store === undefined ? {} : { store }) };
      return (await perform({ decide: fields }, document)) as ConfigDecisionMade;
    },
    async logs(query = {}) {
      const { offset = 0, limit = 50, ...filters } = query;
      requireWhole("offset", offset, 0);
      requireWhole("limit", limit, 1);
      const found: ConfigDecisionRecord[] = [];
      let passed = 0;
      for await (const record of eachLog(filters)) {
        if (passed++ < offset) continue;
        if (found.push(record) === limit) break;
      }
      return found;
    },
    eachLog,
    log: (id) => ask({ get_decision: { id } }),
    logBundle: (id) => ask({ get_decision_bundle: { id } }),
    settings: () => ask({ get_settings: {} }),
    setSettings: (change) => ask({ change_settings: change }),
  };
}

const CHANGING = new Set(["push", "change_settings"]);
// The most that one page of the log has.
const PAGE = 100;

const QUESTION = ["input", "inputYaml", "compiled", "metadata", "store", "gate", "limits"] as const satisfies readonly (keyof ConfigDecisionQuestion)[];

function checkedQuestion(question: ConfigDecisionQuestion): ConfigDecisionQuestion {
  requireKnownOptions(question, QUESTION, "decide()");
  if (question.inputYaml === undefined) {
    // A field that somebody forgot is no configuration of which nothing is wrong.
    if (question.input !== undefined) return question;
    throw new RegateError("malformed_request", "decide() needs a configuration: `input` or `inputYaml`", { path: "/input", help: "for none, say `input: null`" });
  }
  if (typeof question.inputYaml !== "string") throw new RegateError("malformed_request", "`inputYaml` is a text", { path: "/inputYaml" });
  if (question.input === undefined) return question;
  throw new RegateError("malformed_request", "give one of `input` and `inputYaml`", { path: "/inputYaml" });
}

// Copied, because the caller may change it while the host is asked.
function jsonBytes(value: Input | undefined): Uint8Array {
  return ownedBytes(value, engineDocument(value, "the input"));
}

function yamlBytes(text: string): Uint8Array {
  return engineDocument(new TextEncoder().encode(text), "the input");
}

function requireWhole(name: string, value: unknown, least: number): void {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return;
  throw new RegateError("malformed_request", `\`${name}\` is a whole number from ${least}`, { path: `/${name}` });
}

const OPTIONS = ["org_id", "context", "asker"] as const satisfies readonly (keyof ConfigServiceOptions)[];

// A program in JS may leave them out.
function checkedOptions(options: unknown): Required<ConfigServiceOptions> {
  const { org_id, context = "config", asker } = isObject(options) ? options : {};
  for (const [name, value] of [["org_id", org_id], ["context", context]] as const) {
    if (typeof value === "string") continue;
    throw new RegateError("malformed_request", `configPolicies() needs \`${name}\`, a string`, {
      path: `/${name}`,
      help: "call configPolicies(host, { org_id, context, asker })",
    });
  }
  requireKnownOptions(options, OPTIONS, "configPolicies()");
  return { org_id, context, asker } as Required<ConfigServiceOptions>;
}
