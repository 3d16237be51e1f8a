/// <reference lib="esnext.disposable" preserve="true" />
// A compiled policy: ask it for answers, give it data, move it as bytes.

import { bytesFromBase64 } from "./base64.js";
import { bundleDocument, type Bundles } from "./bundles.js";
import { disposeByFree } from "./dispose.js";
import { isUint8Array, ownedBytes, present, type Input } from "./document.js";
import { callEngine, engineDocument, evaluateDocument, evaluateTape, requestText } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import { HostRounds, functionsOf, functionsOfQuery, hostNotAsked, isForDriver, type HostBuiltin } from "./host-functions.js";
import { LiveHandle } from "./live-handle.js";
import { moduleList, type Modules } from "./modules.js";
import { requireKnownOptions } from "./options.js";
import { wholeMs } from "./clock.js";
import {
  checkedOptions,
  fastOptions,
  numbersOf,
  onlyFastOptions,
  queryAbout,
  questionAbout,
  wireOptions,
  type EvaluateOptions,
  type Question,
} from "./question.js";
import { listOf, reachOf, type InputRead, type Reach, type ReadsNode } from "./reads.js";
import { isTokenBuiltin } from "./token-signatures.js";
import type { CompileAnswer, Diagnostic, Dialect, EvaluationNeeds, HostFunction, LoadAnswer } from "./wire.js";

export type { EvaluateOptions, QueryOptions } from "./question.js";
export type { InputRead } from "./reads.js";

/** What may be said about modules that are compiled or checked. */
export interface CompileOptions {
  /** The name of a lone text in diagnostics. Default `policy.rego`. */
  path?: string;
  /** The data document. A policy's `data.` paths that no module defines are read from it. */
  data?: Input;
  /** The dialect of every module. Default: `v1` where the module imports `rego.v1`, else what its contract says. */
  dialect?: Dialect;
  /** The name of a contract that the modules must keep, such as `governance`, or a contract of your own. */
  contract?: string | object;
  /** What OPA finds with `--strict` is an error: variables, arguments and imports that nothing uses, and builtins of old policies. */
  strict?: boolean;
  /** The functions that your program adds to the builtins. `functions` of an evaluation are what they do. */
  hostFunctions?: readonly HostFunction[];
  /** The builtins that reach the network and that your program answers for: without this they are no builtins. `functions` of an evaluation do it. */
  hostBuiltins?: readonly HostBuiltin[];
  /** The build that is to run the program: for `edge` each builtin that it lacks is a warning. Default `full`. */
  target?: Target;
}

/** A build of the engine: `full` has everything, `edge` runs programs and leaves out what needs heavy tables or cryptography. */
export type Target = "full" | "edge";

const COMPILE_OPTIONS = ["path", "data", "dialect", "contract", "strict", "hostFunctions", "hostBuiltins", "target"] as const satisfies readonly (keyof CompileOptions)[];

/** What compiling gave: a policy, or the diagnostics that say why there is none. */
export interface Compilation {
  /** Null when a diagnostic has the severity `error`. */
  policy: Policy | null;
  diagnostics: Diagnostic[];
  /** The dialect that each module was read in. */
  dialects: { [path: string]: Dialect };
}

/** What a policy said. Undefined is not false: match both. */
export type Answer = Cost & { error?: undefined } & ({ defined: true; value: unknown } | { defined: false; value?: undefined });

/** What stands in the place of an answer where an evaluation of many failed. */
export interface FailedAnswer {
  defined?: undefined;
  value?: undefined;
  error: RegateError;
}

/** What an evaluation took: the same for the same policy, data and input on every machine. */
export interface Cost {
  /** Instructions and units of work of builtins; `limits.steps` bounds them. */
  steps: number;
  /** Units of memory: a byte of text is one, a word 8; `limits.memory_units` bounds them. */
  memory_units: number;
}

/** The ways in which a query can be true: one object of variables for each. Empty: never. */
export interface QueryAnswer extends Cost {
  bindings: { [variable: string]: unknown }[];
}

/** Compiles modules. Mistakes in the text are diagnostics, never exceptions. */
export function compile(source: Modules, options: CompileOptions = {}): Compilation {
  requireKnownOptions(options, COMPILE_OPTIONS, "compile()");
  const { path, data, dialect, contract, strict, hostFunctions, hostBuiltins, target } = options;
  const host = { host_functions: hostFunctions, host_builtins: hostBuiltins };
  const request = requestText({ modules: moduleList(source, path), dialect, contract, strict, target, ...host });
  const document = data === undefined ? undefined : ownedBytes(data, engineDocument(data, "the data"));
  const prepare = (): CompileAnswer => callEngine("compile", request, { document }) as CompileAnswer;
  const answer = prepare();
  return { policy: policyOf(answer, prepare), diagnostics: answer.diagnostics, dialects: answer.dialects };
}

/** What may be said about compiling bundles. */
export interface CompileBundlesOptions {
  /** What OPA finds with `--strict` is an error. */
  strict?: boolean;
  /** The functions that your program adds to the builtins. */
  hostFunctions?: readonly HostFunction[];
  /** The builtins that reach the network and that your program answers for: without this they are no builtins. `functions` of an evaluation do it. */
  hostBuiltins?: readonly HostBuiltin[];
  /** The build that is to run the program: for `edge` each builtin that it lacks is a warning. Default `full`. */
  target?: Target;
}

const COMPILE_BUNDLES_OPTIONS = ["strict", "hostFunctions", "hostBuiltins", "target"] as const satisfies readonly (keyof CompileBundlesOptions)[];

/**
 * Compiles bundles that `opa build` wrote, each the bytes of a `.tar.gz` under a name of yours, to one policy. Their modules, data and
 * manifests are read; a bundle that holds what is not read, or speaks for a path that is another's, throws `bundle_refused`. Signatures are
 * not looked at.
 */
export function compileBundles(bundles: Bundles, options: CompileBundlesOptions = {}): Compilation {
  requireKnownOptions(options, COMPILE_BUNDLES_OPTIONS, "compileBundles()");
  const { parts, document } = bundleDocument(bundles);
  const { strict, hostFunctions, hostBuiltins, target } = options;
  const request = requestText({ bundles: parts, strict, target, host_functions: hostFunctions, host_builtins: hostBuiltins });
  const prepare = (): CompileAnswer => callEngine("compile_bundles", request, { document }) as CompileAnswer;
  const answer = prepare();
  return { policy: policyOf(answer, prepare), diagnostics: answer.diagnostics, dialects: answer.dialects };
}

/** Loads a policy that `toBytes` wrote. Its code is verified and run as it is, which takes a tenth of the time of compiling it. */
export function fromBytes(bytes: Uint8Array): Policy {
  const document = ownedProgram(bytes);
  const prepare = (): LoadAnswer => callEngine("from_bytes", {}, { document }) as LoadAnswer;
  const policy = policyOf(prepare(), prepare);
  if (policy === null) throw new TypeError("a loaded program has no handle");
  return policy;
}

// A copy, because the policy outlives the call. Not by `slice`, which shares the memory of a Buffer.
function ownedProgram(bytes: unknown): Uint8Array {
  if (isUint8Array(bytes)) return new Uint8Array(present(bytes));
  throw new RegateError("malformed_request", "fromBytes() takes a Uint8Array, as toBytes() gives it", {
    help: "read a file or a response as bytes: its text is not the same",
  });
}

function policyOf(answer: CompileAnswer | LoadAnswer, prepare: () => CompileAnswer | LoadAnswer): Policy | null {
  if (answer.handle === null || answer.revision === null) return null;
  return new Policy(answer.handle, answer.revision, answer, prepare);
}

/** What the bytes of a policy carry beside its code and data. */
export interface ToBytesOptions {
  /** The texts of its modules. Carried unless told otherwise. */
  sources?: boolean;
  /** The places of its code in them. Carried unless told otherwise. */
  positions?: boolean;
}

// A part of the data, or that it was taken away.
interface DataUpdate {
  path: readonly string[];
  part: Uint8Array | undefined;
}

function sendUpdate(handle: number, { path, part }: DataUpdate): string {
  const request = { handle, path, remove: part === undefined };
  const { revision } = callEngine("update_data", request, { document: part }) as { revision: string };
  return revision;
}

function keysOf(path: unknown): readonly string[] {
  if (Array.isArray(path) && path.every((key) => typeof key === "string")) return [...(path as string[])];
  throw new RegateError("malformed_request", "the path to a part of the data is an array of keys, each a text", { path: "/path" });
}

// Entrypoints of which it is kept what they look at.
const MOST_REACHED = 1_000;

/** A compiled policy. Keep it and ask it many times; `free()` it when it is no longer needed. */
export class Policy {
  readonly #handle: LiveHandle;
  #revision: string;
  // What setData gave last, and what has been updated since: loaded again, after the program, into an instance that follows a trap.
  #data: Uint8Array | undefined;
  #updates: DataUpdate[] = [];

  /** Every rule and package that can be asked, as `package/rule`. */
  readonly entrypoints: readonly string[];

  /** The builtins that it calls, by name: `fromBytes` refuses its bytes where one is missing. */
  readonly builtins: readonly string[];

  /** The functions of the host that it calls, by name, and the builtins for which the host answers. */
  readonly hostFunctions: readonly string[];

  /** @internal */
  constructor(handle: number, revision: string, known: Pick<LoadAnswer, "entrypoints" | "builtins" | "host_functions">, prepare: () => CompileAnswer | LoadAnswer) {
    this.entrypoints = known.entrypoints;
    this.builtins = known.builtins;
    this.hostFunctions = known.host_functions;
    this.#revision = revision;
    this.#handle = new LiveHandle("the policy", handle, () => {
      const { handle: again } = prepare();
      // The same text compiled before.
      if (again === null) throw new TypeError("a program that compiled once did not compile again");
      if (this.#data !== undefined) callEngine("set_data", { handle: again }, { document: this.#data });
      for (const update of this.#updates) sendUpdate(again, update);
      return again;
    });
  }

  /** The digest of the program and its data: equal text, equal revision. */
  get revision(): string {
    return this.#revision;
  }

  /**
   * What the rule or package at `entrypoint` (`package/rule`) says about the input.
   *
   * A policy that comes to a function of the host without `functions` throws `host_not_asked`.
   */
  evaluate(entrypoint: string, input?: Input, options: EvaluateOptions = {}): Answer {
    return this.#settle(questionAbout(entrypoint, input, options, "evaluate()", this.#reachOf)) as Answer;
  }

  /**
   * What it says about each of many inputs, at one time: the order of the answers is theirs. An input that fails has its `error` in the place
   * of an answer, and is no reason for the others to fail. A policy that was freed, and what is wrong with the options, throws.
   */
  evaluateMany(entrypoint: string, inputs: readonly Input[], options: EvaluateOptions = {}): (Answer | FailedAnswer)[] {
    if (!Array.isArray(inputs)) throw new RegateError("malformed_request", "the inputs are no array", { path: "/inputs" });
    const atOnce = { ...checkedOptions(options, "evaluateMany()"), nowMs: wholeMs(options.nowMs) };
    this.#handle.number();
    return Array.from(inputs as readonly Input[], (input) => {
      try {
        return this.evaluate(entrypoint, input, atOnce);
      } catch (thrown) {
        if (!(thrown instanceof RegateError)) throw thrown;
        return { error: thrown };
      }
    });
  }

  /**
   * The same as `evaluate`, for `functions` that give promises. What the policy needs is called side by side, each call once, and the policy is asked again
   * with all that is known; `steps` are those of the last time. Of one evaluation the input and the time stay the same; the data are
   * those of the policy when it is asked the last time. Signatures of tokens that this build of the engine does not verify are verified by
   * WebCrypto, without functions as well.
   */
  async evaluateAsync(entrypoint: string, input?: Input, options: EvaluateOptions = {}): Promise<Answer> {
    return (await this.#settleAsync(questionAbout(entrypoint, input, options, "evaluateAsync()", this.#reachOf, this.builtins.some(isTokenBuiltin)))) as Answer;
  }

  /**
   * The ways in which a Rego query such as `data.app.allow = x` is true of the input.
   *
   * One that comes to a function of the host without `functions` throws `host_not_asked`. The query itself may call what was declared, too.
   */
  query(query: string, input?: Input, options: EvaluateOptions = {}): QueryAnswer {
    return this.#settle(queryAbout(query, input, options, "query()")) as QueryAnswer;
  }

  /** The same, for `functions` that give promises, as `evaluateAsync` asks them. */
  async queryAsync(query: string, input?: Input, options: EvaluateOptions = {}): Promise<QueryAnswer> {
    return (await this.#settleAsync(queryAbout(query, input, options, "queryAsync()"))) as QueryAnswer;
  }

  /**
   * What can be looked at of the input to answer at `entrypoint`, in the order of keys: for audits, and for masks of what need not be sent.
   * Nothing else has any influence on what a policy says; a text that is no JSON, too deep or too large is refused wherever it is. Queries may
   * look at anything. Throws `unknown_entrypoint`.
   */
  reads(entrypoint: string): InputRead[] {
    this.#handle.number();
    return listOf(this.#askReach(entrypoint));
  }

  // What is asked again and again is kept: a program does not change, and its data have no part in it.
  readonly #reached = new Map<string, Reach>();

  #askReach(entrypoint: string): Reach {
    const known = this.#reached.get(entrypoint);
    if (known !== undefined || this.#reached.has(entrypoint)) return known;
    const { nodes } = callEngine("reads", { handle: this.#handle.number(), entrypoint }) as { nodes: ReadsNode[] };
    const reach = reachOf(nodes);
    if (this.#reached.size >= MOST_REACHED) this.#reached.clear();
    this.#reached.set(entrypoint, reach);
    return reach;
  }

  // What is wrong with an input is said before what is wrong with the entrypoint.
  #reachOf = (entrypoint: string): Reach => {
    try {
      return this.#askReach(entrypoint);
    } catch (thrown) {
      if (thrown instanceof RegateError && ["unknown_entrypoint", "malformed_request"].includes(thrown.code)) return undefined;
      throw thrown;
    }
  };

  #settle(question: Question): Answer | QueryAnswer {
    const host = this.#hostOf(question);
    let round = this.#round(question);
    while ("needs" in round) {
      if (host === undefined) throw hostNotAsked(round, question.operation);
      host.answer(round);
      round = this.#round(question, host.answers);
    }
    return round;
  }

  async #settleAsync(question: Question): Promise<Answer | QueryAnswer> {
    let host = this.#hostOf(question);
    let round = this.#round(question);
    while ("needs" in round) {
      if (question.functions === undefined && !isForDriver(round)) throw hostNotAsked(round, question.operation);
      host ??= new HostRounds(new Map(), numbersOf(question.options));
      await host.answerAsync(round);
      round = this.#round(question, host.answers);
    }
    return round;
  }

  #hostOf({ operation, functions, options }: Question): HostRounds | undefined {
    if (functions === undefined) return undefined;
    const called = operation === "query" ? functionsOfQuery(functions, this.hostFunctions) : functionsOf(functions, this.hostFunctions);
    return new HostRounds(called, numbersOf(options));
  }

  // INVARIANT (handle): its number is taken when none of the caller's code (getters, toJSON) runs any more, which could
  // free the policy or end the instance; and it is written last.
  #round({ operation, about, document, text: given, tape, options }: Question, answers?: string): Answer | QueryAnswer | EvaluationNeeds {
    if (tape !== undefined) {
      const fast = fastOptions(options);
      return evaluateTape(this.#handle.number(), about, tape, fast) as Answer | EvaluationNeeds;
    }
    if (given !== undefined) {
      const fast = fastOptions(options);
      return evaluateDocument(this.#handle.number(), about, given, fast) as Answer | EvaluationNeeds;
    }
    if (operation === "evaluate" && document !== undefined && answers === undefined && onlyFastOptions(options)) {
      const fast = fastOptions(options);
      return evaluateDocument(this.#handle.number(), about, document, fast) as Answer | EvaluationNeeds;
    }
    const what = operation === "query" ? { query: about } : { entrypoint: about };
    const request = requestText({ ...wireOptions(options), ...what });
    const answered = answers === undefined ? "" : `,"host_answers":${answers}`;
    const numbers = numbersOf(options);
    const text = `${request.slice(0, -1)}${answered},"handle":${this.#handle.number()}}`;
    return callEngine(operation, text, { document, numbers }) as Answer | QueryAnswer | EvaluationNeeds;
  }

  /**
   * Puts other data in place of the present. Data that stands where a rule does is refused with `rego_compile_error`, and the present stays.
   * Nothing is compiled again: it takes as long as reading the data.
   */
  setData(data: Input): void {
    const document = ownedBytes(data, engineDocument(data, "the data"));
    const handle = this.#handle.number();
    const { revision } = callEngine("set_data", { handle }, { document }) as { revision: string };
    this.#data = document;
    this.#updates = [];
    this.#revision = revision;
  }

  /**
   * Puts a part into the data at a path of keys, as `["users", "ada"]`, and leaves the rest as it is. Objects that are missing on the way
   * are made. The revision follows from the one before and the change: two ways to the same data give two revisions.
   */
  updateData(path: readonly string[], part: Input): void {
    this.#update({ path: keysOf(path), part: ownedBytes(part, engineDocument(part, "the part")) });
  }

  /** Takes away what stands in the data at a path of keys. Where nothing stands there, nothing changes. */
  removeData(path: readonly string[]): void {
    this.#update({ path: keysOf(path), part: undefined });
  }

  #update(update: DataUpdate): void {
    this.#revision = sendUpdate(this.#handle.number(), update);
    // What stood below the path is gone.
    const remains = ({ path }: DataUpdate): boolean => !update.path.every((key, at) => path[at] === key);
    this.#updates = [...this.#updates.filter(remains), update];
  }

  /**
   * The policy and its data as bytes for `fromBytes`, on this platform or another. Without its `sources` it answers no queries, and
   * without `positions` its errors do not say where they are.
   */
  toBytes({ sources = true, positions = true }: ToBytesOptions = {}): Uint8Array {
    const { bytes } = callEngine("to_bytes", { handle: this.#handle.number(), sources, positions }) as { bytes: string };
    return bytesFromBase64(bytes);
  }

  /** Gives its memory back. Using it afterwards throws `released`. */
  free(): void {
    this.#handle.release();
  }
}

export interface Policy {
  /** `free()`, for `using`. */
  [Symbol.dispose](): void;
}

disposeByFree(Policy.prototype);
