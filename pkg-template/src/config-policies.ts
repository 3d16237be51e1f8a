/// <reference lib="esnext.disposable" preserve="true" />
// Policies of CI configurations: load a bundle once; then decide on configurations, ask queries and run tests.

import { wholeMs } from "./clock.js";
import { disposeByFree } from "./dispose.js";
import type { Input } from "./document.js";
import { callEngine, engineDocument, requestText } from "./engine-instance.js";
import { RegateError, messageOf } from "./errors.js";
import type { MaybePromise } from "./host.js";
import { LiveHandle } from "./live-handle.js";
import { moduleList, type Modules } from "./modules.js";
import { requireKnownOptions } from "./options.js";
import type {
  ConfigDecided,
  ConfigLoadError,
  ConfigPolicy,
  ConfigTestContext,
  ConfigUnitTestsAnswer,
  ConfigValue,
  ConfigYamlRules,
  Diagnostic,
  EvaluationLimits,
  LoadConfigPoliciesAnswer,
  NextConfigTestAnswer,
  OpenConfigTestsAnswer,
} from "./wire.js";

/** What loading a bundle gave: policies, or why they are refused. */
export interface LoadedConfigPolicies {
  /** Null where the bundle is refused. */
  policies: ConfigPolicies | null;
  /** Why it is refused: the stage, and all that the stage found as one text. */
  error?: ConfigLoadError;
  /** Every finding at its place, by path. A warning refuses nothing. */
  diagnostics: Diagnostic[];
}

/** What is known beside a configuration. */
export interface ConfigQuestion {
  /** What is known of the pipeline: `data.meta`. Default: null. */
  meta?: unknown;
  /** The configuration as it was compiled, in YAML. It stands under `_compiled_`, whatever stood there. */
  compiled?: string;
  /** The limits of the evaluation. */
  limits?: EvaluationLimits;
  /** The time that `time.now_ns` gives, in milliseconds since 1970. Default: the time of the call. */
  nowMs?: number;
  /** The seed of the random builtins. Default: 0. */
  seed?: number;
}

const QUESTION = ["meta", "compiled", "limits", "nowMs", "seed"] as const satisfies readonly (keyof ConfigQuestion)[];

/**
 * Compiles a configuration with the parameters of its pipeline, both as the host's service takes them; throws where it is not valid.
 * `given` is all that a test has for its compiler, of which `parameters` is the member of that name.
 */
export type ConfigCompiler = (
  config: string,
  parameters: Readonly<Record<string, unknown>>,
  given?: Readonly<Record<string, unknown>>,
) => MaybePromise<string>;

/** What is known beside a configuration that is compiled first. */
export interface CompiledConfigQuestion extends Omit<ConfigQuestion, "compiled"> {
  /** What compiles it. Without it the call fails: a policy must not pass because it saw half of a configuration. */
  compiler: ConfigCompiler;
  /** The parameters of the pipeline. */
  pipelineParameters?: Readonly<Record<string, unknown>>;
}

/** How tests are run. */
export interface ConfigTestOptions {
  /** Runs only the tests whose full names, such as `test_a/case`, match this regular expression of RE2 anywhere. */
  run?: string;
  /** Compiles inputs, for tests that say so. */
  compiler?: ConfigCompiler;
  /** Says of each test what it went through. */
  debug?: boolean;
  /** The time that `time.now_ns` gives, in milliseconds since 1970. Default: the time of the call. */
  nowMs?: number;
}

const TEST_OPTIONS = ["run", "compiler", "debug", "nowMs"] as const satisfies readonly (keyof ConfigTestOptions)[];

/** How one test ended. */
export interface ConfigTestResult {
  /** Its name with those of the tests around it: `test_a/case`; of a rule, `data.org.test_x`. */
  name: string;
  passed: boolean;
  /** Why it did not pass, where that is known: for a decision that is another one, what differs. */
  error?: string;
  /** What it went through, where that was asked for. */
  context?: ConfigTestContext;
  /** How long it took. Test rules run together: each has an equal share of their time. */
  elapsedMs: number;
}

/**
 * Loads the policies of a bundle. Texts are read as Rego v0, unless they import `rego.v1`.
 *
 * ```js
 * const { policies, error } = loadConfigPolicies({ "policy.rego": source });
 * if (policies === null) throw new Error(error.message);
 * const { decision } = policies.decide(readFileSync(".circleci/config.yml"), { meta: { project_id: "…" } });
 * ```
 */
export function loadConfigPolicies(files: Modules): LoadedConfigPolicies {
  const request = requestText({ policies: moduleList(files, undefined) });
  const load = (): LoadConfigPoliciesAnswer => callEngine("load_config_policies", request) as LoadConfigPoliciesAnswer;
  const { handle, revision, policies, error, diagnostics } = load();
  if (handle === undefined || revision === undefined) return { policies: null, ...(error === undefined ? {} : { error }), diagnostics };
  const again = (): number => load().handle ?? lost();
  return { policies: new ConfigPolicies(handle, revision, policies, again), diagnostics };
}

function lost(): never {
  throw new RegateError("eval_internal_error", "the policies could not be loaded again");
}

/**
 * What a text in YAML says: a configuration, metadata or parameters, or with the rules `tests` a file of tests. Throws `input_not_yaml`
 * with the line for what is no YAML.
 */
export function readConfig(text: string | Uint8Array, rules: ConfigYamlRules = "configuration"): unknown {
  return (callEngine("read_config", { rules }, { document: engineDocument(text, "the text"), numbers: "exact" }) as ConfigValue).value;
}

/** Policies of configurations. Keep them and ask them for many configurations; `free()` them when they are no longer needed. */
export class ConfigPolicies {
  readonly #handle: LiveHandle;

  /** The digest of the bundle. */
  readonly revision: string;
  /** The policies, by name. */
  readonly policies: readonly ConfigPolicy[];

  /** @internal */
  constructor(handle: number, revision: string, policies: readonly ConfigPolicy[], load: () => number) {
    this.revision = revision;
    this.policies = policies;
    this.#handle = new LiveHandle("the policies", handle, load);
  }

  /**
   * Decides on a configuration: a text or bytes are YAML, and anything else is the value itself.
   *
   * Throws where there is no decision: `invalid_configuration` where `enable_rule`, `hard_fail` or `enable_hard` is no set,
   * `limit_exceeded` where the evaluation reaches a limit, `input_not_yaml` for a text that is no YAML. None of them is a PASS.
   */
  decide(config: Input, question: ConfigQuestion = {}): ConfigDecided {
    // A field that somebody forgot is no configuration of which nothing is wrong.
    if (config === undefined) throw new RegateError("malformed_request", "decide() needs a configuration", { help: "for none, pass null" });
    const { request, document } = asked(config, question, "decide()");
    return callEngine("decide_config", { handle: this.#handle.number(), ...request }, { document }) as ConfigDecided;
  }

  /**
   * Has a configuration compiled by the host, and decides on it together with what came of it.
   *
   * Throws `config_not_compiled` where the compiler fails or is absent.
   */
  async decideCompiled(config: string, question: CompiledConfigQuestion): Promise<ConfigDecided> {
    const { compiler, pipelineParameters = {}, ...rest } = question;
    return this.decide(config, { ...rest, compiled: await compiledBy(compiler, config, pipelineParameters) });
  }

  /**
   * Asks a query: the value of its only expression, an array of all values where there are several, and null where there is none.
   * Integers that a number cannot hold are BigInts.
   */
  query(query: string, config?: Input, question: ConfigQuestion = {}): unknown {
    const { request, document } = asked(config, question, "query()");
    const answer = callEngine("query_config", { handle: this.#handle.number(), query, ...request }, { document, numbers: "exact" });
    return (answer as ConfigValue).value;
  }

  /** Runs the rules whose names begin with `test_`. One whose name begins with `todo_test_` has not passed. */
  unitTests(options: Pick<ConfigTestOptions, "run" | "nowMs"> = {}): ConfigTestResult[] {
    requireKnownOptions(options, ["run", "nowMs"], "unitTests()");
    const started = performance.now();
    const request = { handle: this.#handle.number(), run: options.run, now_ms: wholeMs(options.nowMs), seed: 0 };
    const { results } = callEngine("run_config_unit_tests", request) as ConfigUnitTestsAnswer;
    const elapsedMs = results.length === 0 ? 0 : (performance.now() - started) / results.length;
    return results.map((result) => ({ ...result, elapsedMs }));
  }

  /**
   * Runs the tests of the files of one folder, one after the other, as they are asked for.
   *
   * Throws `config_tests_refused` before the first one for a file that is not read, and for two tests of one name.
   */
  async *test(files: Modules, options: ConfigTestOptions = {}): AsyncGenerator<ConfigTestResult, void, undefined> {
    requireKnownOptions(options, TEST_OPTIONS, "test()");
    const { run, compiler, debug = false, nowMs } = options;
    const request = { handle: this.#handle.number(), files: moduleList(files, "policy_test.yaml"), run, has_compiler: compiler !== undefined, debug };
    const { handle: tests, error } = callEngine("open_config_tests", request) as OpenConfigTestsAnswer;
    if (error !== undefined) throw new RegateError("config_tests_refused", error);
    if (tests === undefined) return;
    // What was begun in an instance that was lost cannot be gone on with: its number is unknown in the next one.
    const handle = new LiveHandle("the tests", tests, lost);
    try {
      let compiled: { compiled?: string; compile_error?: string } = {};
      for (;;) {
        const next = { handle: handle.number(), ...compiled, now_ms: wholeMs(nowMs), seed: 0 };
        const started = performance.now();
        const { result, compile } = callEngine("next_config_test", next, { numbers: "exact" }) as NextConfigTestAnswer;
        const elapsedMs = performance.now() - started;
        compiled = {};
        if (compile !== undefined && compiler !== undefined) {
          const given = compile.pipeline_parameters ?? {};
          compiled = await outcomeOf(() => compiler(compile.config, parametersIn(given), given));
        } else if (result !== undefined) {
          yield { ...result, elapsedMs };
        } else {
          return;
        }
      }
    } finally {
      handle.release();
    }
  }

  /** Whether there is a test in the files of a folder: an empty folder is none. Throws as `test()`. */
  hasTests(files: Modules): boolean {
    const request = { handle: this.#handle.number(), files: moduleList(files, "policy_test.yaml") };
    const { handle, error } = callEngine("open_config_tests", request) as OpenConfigTestsAnswer;
    if (error !== undefined) throw new RegateError("config_tests_refused", error);
    if (handle === undefined) return false;
    callEngine("release", { handle });
    return true;
  }

  /** Gives their memory back. Using them afterwards throws `released`. */
  free(): void {
    this.#handle.release();
  }
}

export interface ConfigPolicies {
  /** `free()`, for `using`. */
  [Symbol.dispose](): void;
}

disposeByFree(ConfigPolicies.prototype);

/** A configuration as a compiler makes it. Throws `config_not_compiled`. */
export async function compiledBy(
  compiler: ConfigCompiler | undefined,
  config: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<string> {
  if (typeof compiler !== "function") {
    throw new RegateError("config_not_compiled", "failed to compile config: no compiler was given", {
      help: "pass a function as `compiler` that asks the service which compiles your configurations, or decide on what is compiled already",
    });
  }
  const outcome = await outcomeOf(() => compiler(config, parameters));
  if (outcome.compiled !== undefined) return outcome.compiled;
  throw new RegateError("config_not_compiled", `failed to compile config: ${outcome.compile_error ?? ""}`);
}

async function outcomeOf(compile: () => MaybePromise<string>): Promise<{ compiled?: string; compile_error?: string }> {
  try {
    const compiled: unknown = await compile();
    return typeof compiled === "string" ? { compiled } : { compile_error: "the compiler gave no text" };
  } catch (thrown) {
    return { compile_error: messageOf(thrown) };
  }
}

function parametersIn({ parameters }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return typeof parameters === "object" && parameters !== null ? (parameters as Record<string, unknown>) : {};
}

function asked(config: Input | undefined, question: ConfigQuestion, call: string): { request: object; document: Uint8Array | undefined } {
  requireKnownOptions(question, QUESTION, call);
  const { meta = null, compiled, limits, nowMs, seed = 0 } = question;
  const isText = typeof config === "string" || config instanceof Uint8Array || config instanceof ArrayBuffer;
  const document = config === undefined ? undefined : engineDocument(config, "the configuration");
  return { request: { format: isText ? "yaml" : "json", compiled, meta, limits, now_ms: wholeMs(nowMs), seed }, document };
}
