// What an author asks while writing: check, format, validate, test, try on an input, read a plan, and what this build can do.

import { bundleDocument, type Bundles } from "./bundles.js";
import { wholeMs } from "./clock.js";
import { ownedBytes, type Input } from "./document.js";
import { callEngine, engineDocument, requestText } from "./engine-instance.js";
import { HostRounds, functionsOfQuery, type HostBuiltin, type PolicyFunctions } from "./host-functions.js";
import { moduleList, type Modules } from "./modules.js";
import { requireKnownOptions } from "./options.js";
import type { Target } from "./policy.js";
import type { CheckResult, Dialect, EvaluationNeeds, FormatResult, HostFunction, PlanSummary, PlaygroundAnswer, TestReport, Validation } from "./wire.js";

/** What may be said about modules that are checked. */
export interface CheckOptions {
  /** The name of a lone text in diagnostics. Default `policy.rego`. */
  path?: string;
  /** The dialect of every module. Default: `v1` where the module imports `rego.v1`, else what its contract says. */
  dialect?: Dialect;
  /** The name of a contract that the modules must keep, such as `governance`, or a contract of your own. */
  contract?: string | object;
  /** What OPA finds with `--strict` is an error: variables, arguments and imports that nothing uses, and builtins of old policies. */
  strict?: boolean;
  /** The functions that your program adds to the builtins. Modules that call them are checked against their types. */
  hostFunctions?: readonly HostFunction[];
  /** The builtins that reach the network and that your program answers for: without this they are no builtins. */
  hostBuiltins?: readonly HostBuiltin[];
  /** The build that is to run the program: for `edge` each builtin that it lacks is a warning. Default `full`. */
  target?: Target;
}

const CHECK_OPTIONS = ["path", "dialect", "contract", "strict", "hostFunctions", "hostBuiltins", "target"] as const satisfies readonly (keyof CheckOptions)[];

/** Every diagnostic of the modules, sorted by file and place. Bad Rego is never an exception. */
export function check(source: Modules, options: CheckOptions = {}): CheckResult {
  requireKnownOptions(options, CHECK_OPTIONS, "check()");
  const { path, dialect, contract, strict, hostFunctions, hostBuiltins, target } = options;
  const host = { host_functions: hostFunctions, host_builtins: hostBuiltins };
  return callEngine("check", { modules: moduleList(source, path), dialect, contract, strict, target, ...host }) as CheckResult;
}

/** What may be said about a module that is formatted. */
export interface FormatOptions {
  /** The name of the text in diagnostics. Default `policy.rego`. */
  path?: string;
  /** The dialect of the module, which it keeps. Default: `v1` where it imports `rego.v1`, else what its contract says. */
  dialect?: Dialect;
  /** The name of a contract that says which dialects are allowed, such as `governance`, or a contract of your own. */
  contract?: string | object;
}

const FORMAT_OPTIONS = ["path", "dialect", "contract"] as const satisfies readonly (keyof FormatOptions)[];

/**
 * A module as `opa fmt` lays it out. Text that cannot be read is no exception: the statement stays as it is written, what
 * is wrong with it is in `diagnostics`, and the rest is formatted.
 *
 * ```js
 * const { formatted, changed } = format("package shop\nallow   if input.user.admin\n");
 * if (changed) writeFileSync("shop.rego", formatted);
 * ```
 */
export function format(source: string, options: FormatOptions = {}): FormatResult {
  requireKnownOptions(options, FORMAT_OPTIONS, "format()");
  const { path, dialect, contract } = options;
  return callEngine("format", { source, path, dialect, contract }) as FormatResult;
}

/** What may be said about a policy that is validated. */
export interface ValidateOptions {
  /** The name of the text in diagnostics. */
  path?: string;
  /** The contract. Default `governance`. */
  contract?: string | object;
}

const VALIDATE_OPTIONS = ["path", "contract"] as const satisfies readonly (keyof ValidateOptions)[];

/** Whether a policy keeps its contract: compiles, has the package and the rules, and yields the right shapes on a stub. */
export function validate(regoSource: string, options: ValidateOptions = {}): Validation {
  requireKnownOptions(options, VALIDATE_OPTIONS, "validate()");
  return callEngine("validate", { rego_source: regoSource, path: options.path, contract: options.contract }) as Validation;
}

/** What may be said about a test run of bundles. */
export interface TestBundlesOptions {
  /** The functions that your program adds to the builtins. A test replaces them by `with`: the host is not asked. */
  hostFunctions?: readonly HostFunction[];
  /** The builtins that your program answers for. Tests know all of them in any case, and replace them by `with`. */
  hostBuiltins?: readonly HostBuiltin[];
  /** Runs only the tests whose full names, such as `data.shop.test_price`, match this regular expression of RE2 anywhere. */
  run?: string;
  /** Says which lines the tests have evaluated. */
  coverage?: boolean;
  /** The time that `time.now_ns` gives, in milliseconds since 1970. Default: the time of the call. */
  nowMs?: number;
  /** The seed of the random builtins, a whole number from 0. Default: 0. */
  seed?: number | bigint;
}

/** What may be said about a test run. */
export interface TestOptions extends TestBundlesOptions {
  /** The data document. */
  data?: Input;
  /** The dialect of every module. Default: `v1` where the module imports `rego.v1`, else what its contract says. */
  dialect?: Dialect;
  /** The name of a contract that says which dialects and builtins are allowed, or a contract of your own. */
  contract?: string | object;
}

const TEST_BUNDLES_OPTIONS = ["hostFunctions", "hostBuiltins", "run", "coverage", "nowMs", "seed"] as const satisfies readonly (keyof TestBundlesOptions)[];
const TEST_OPTIONS = ["data", "dialect", "contract", ...TEST_BUNDLES_OPTIONS] as const satisfies readonly (keyof TestOptions)[];

/**
 * Runs the rules whose names begin with `test_`. A rule with variables behind its name, `test_sum[note] if { … }`, is a table:
 * each of its cases is judged by itself, and counted.
 */
export function test(modules: Modules, options: TestOptions = {}): TestReport {
  requireKnownOptions(options, TEST_OPTIONS, "test()");
  const { data, dialect, contract } = options;
  const document = data === undefined ? undefined : engineDocument(data, "the data");
  const request = { modules: moduleList(modules, undefined), dialect, contract, ...wireTestOptions(options) };
  return callEngine("test", request, { document }) as TestReport;
}

/** Runs the tests in bundles, which are read as `compileBundles` reads them. */
export function testBundles(bundles: Bundles, options: TestBundlesOptions = {}): TestReport {
  requireKnownOptions(options, TEST_BUNDLES_OPTIONS, "testBundles()");
  const { parts, document } = bundleDocument(bundles);
  return callEngine("test_bundles", { bundles: parts, ...wireTestOptions(options) }, { document }) as TestReport;
}

/** A test run in which functions of your program answer what no test replaces. */
export interface TestAsyncOptions extends TestOptions {
  /** What the functions do, by the names under which they were declared, and `http.send` and `net.lookup_ip_addr` where tests may reach the network. */
  functions: PolicyFunctions;
}

/** The same for bundles. */
export interface TestBundlesAsyncOptions extends TestBundlesOptions {
  /** What the functions do, by their names. */
  functions: PolicyFunctions;
}

/**
 * The same as `test`, with functions that answer, or promise to, what tests call and do not replace by `with`. Each call is made once, and all
 * tests are run again with what is known.
 */
export async function testAsync(modules: Modules, options: TestAsyncOptions): Promise<TestReport> {
  requireKnownOptions(options, [...TEST_OPTIONS, "functions"], "testAsync()");
  const { data, dialect, contract } = options;
  const document = data === undefined ? undefined : ownedBytes(data, engineDocument(data, "the data"));
  const request = { modules: moduleList(modules, undefined), dialect, contract, ...wireTestOptions(options) };
  return await answeredTests("test", request, document, options.functions);
}

/** The same as `testBundles`, with functions that answer. */
export async function testBundlesAsync(bundles: Bundles, options: TestBundlesAsyncOptions): Promise<TestReport> {
  requireKnownOptions(options, [...TEST_BUNDLES_OPTIONS, "functions"], "testBundlesAsync()");
  const { parts, document } = bundleDocument(bundles);
  return await answeredTests("test_bundles", { bundles: parts, ...wireTestOptions(options) }, document, options.functions);
}

async function answeredTests(operation: string, request: object, document: Uint8Array | undefined, functions: PolicyFunctions): Promise<TestReport> {
  const host = new HostRounds(functionsOfQuery(functions, []), "number");
  // The texts and the time stay the same in all rounds.
  const text = requestText(request).slice(0, -1);
  for (;;) {
    const round = callEngine(operation, `${text},"host_answers":${host.answers}}`, { document }) as TestReport | EvaluationNeeds;
    if (!("needs" in round)) return round;
    await host.answerAsync(round);
  }
}

function wireTestOptions({ hostFunctions, hostBuiltins, run, coverage, nowMs, seed }: TestBundlesOptions): object {
  return { host_functions: hostFunctions, host_builtins: hostBuiltins, run, coverage, now_ms: wholeMs(nowMs), seed: seed ?? 0 };
}

/** What a Terraform plan (`terraform show -json`) changes. Bytes may also be UTF-16 with a byte order mark. */
export function readPlan(plan: Input): PlanSummary {
  return callEngine("read_plan", {}, { document: engineDocument(plan, "the plan") }) as PlanSummary;
}

/** What a governance policy says about an input, without validation and without a run. */
export function playground(regoSource: string, input: Input): PlaygroundAnswer {
  const document = engineDocument(input, "the input");
  return callEngine("playground", { rego_source: regoSource, now_ms: wholeMs(undefined), seed: 0 }, { document }) as PlaygroundAnswer;
}
