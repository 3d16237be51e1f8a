// What a policy is asked, about which input, and with which options: the same in every round of one evaluation.

import { wholeMs } from "./clock.js";
import { isBytes, ownedBytes, type Input } from "./document.js";
import { engineDocument, engineTape, engineText } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import type { PolicyFunctions } from "./host-functions.js";
import type { Numbers } from "./json-answer.js";
import { requireKnownOptions } from "./options.js";
import type { Reach } from "./reads.js";
import type { Tape } from "./tape.js";
import type { EvaluationLimits } from "./wire.js";

/** What may be said about one evaluation. */
export interface EvaluateOptions {
  /** Limits that differ from the defaults; `capabilities().limits` has those. */
  limits?: EvaluationLimits;
  /** The time that `time.now_ns` gives, in milliseconds since 1970. Default: the time of the call. */
  nowMs?: number;
  /** The seed of `rand.intn` and `uuid.rfc4122`, a whole number from 0: the same seed gives the same values. Without it they fail. */
  seed?: number | bigint;
  /** A builtin that fails ends the evaluation with an error, where it is otherwise undefined. */
  strictBuiltinErrors?: boolean;
  /** `"exact"` gives integers beyond 2^53 - 1 as BigInt. Otherwise one that a number cannot hold throws `number_not_exact`. */
  numbers?: Numbers;
  /**
   * What the functions do that the policy calls beside builtins, by the names under which they were declared. Each that the policy calls
   * must be there (`host_function_missing`); others may be. One that throws, is rejected, or gives what JSON cannot say ends the evaluation
   * with `host_failed`, whose `cause` is what was thrown; for `http.send` and `net.lookup_ip_addr` it is a builtin that fails, as in OPA. What all of them give in one evaluation is at most `input_bytes` of
   * `capabilities().limits` as JSON text (`limit_exceeded`).
   */
  functions?: PolicyFunctions;
}

/** What may be said about one query. */
export type QueryOptions = EvaluateOptions;

type OptionsOfEngine = Omit<EvaluateOptions, "functions">;

const EVALUATE_OPTIONS = [
  "limits",
  "nowMs",
  "seed",
  "strictBuiltinErrors",
  "numbers",
  "functions",
] as const satisfies readonly (keyof EvaluateOptions)[];

/** Options as they came, where they are some. `call` is the method that has them. */
export function checkedOptions(given: EvaluateOptions, call: string): EvaluateOptions {
  requireKnownOptions(given, EVALUATE_OPTIONS, call);
  return given;
}

/** A question to a policy. */
export interface Question {
  /** The operation of the engine that answers it. */
  operation: "evaluate" | "query";
  /** The entrypoint, or the text of the query. */
  about: string;
  document: Uint8Array | undefined;
  /** In place of a document that is asked about once, by the fast path, and came as a text. */
  text?: string | undefined;
  /** In place of a document that is asked about once, by the fast path. */
  tape?: Tape | undefined;
  options: OptionsOfEngine;
  functions: PolicyFunctions | undefined;
}

/**
 * The question what stands at an entrypoint. `call` is the method that asks it, as errors name it; `reachOf` says what can be looked at
 * of a JS value; `again` says that it may be asked several
 * times, also without functions.
 */
export function questionAbout(
  entrypoint: string,
  input: Input | undefined,
  given: EvaluateOptions,
  call: string,
  reachOf: (entrypoint: string) => Reach,
  again = false,
): Question {
  requireText(entrypoint, "the entrypoint", "/entrypoint");
  requireKnownOptions(given, EVALUATE_OPTIONS, call);
  if (typeof input === "string" && !again && onlyFastOptions(given)) {
    return { operation: "evaluate", about: entrypoint, document: undefined, text: engineText(input, "the input"), options: given, functions: undefined };
  }
  const reach = typeof input === "object" && input !== null && !isBytes(input) ? reachOf(entrypoint) : undefined;
  const tape = input !== undefined && !again && onlyFastOptions(given) ? engineTape(input, reach) : undefined;
  if (tape !== undefined) return { operation: "evaluate", about: entrypoint, document: undefined, tape, options: given, functions: undefined };
  return withDocument("evaluate", entrypoint, input, given, again, reach);
}

/** The question in which ways a query is true. */
export function queryAbout(query: string, input: Input | undefined, given: EvaluateOptions, call: string): Question {
  requireText(query, "the query", "/query");
  requireKnownOptions(given, EVALUATE_OPTIONS, call);
  return withDocument("query", query, input, given, false, undefined);
}

function withDocument(operation: Question["operation"], about: string, input: Input | undefined, given: EvaluateOptions, again: boolean, reach: Reach): Question {
  const document = input === undefined ? undefined : engineDocument(input, "the input", reach);
  if (given.functions === undefined && !again) return { operation, about, document, options: given, functions: undefined };
  const { functions, ...options } = given;
  // What is waited for, or the functions, which are the caller's code, may change what the input came in.
  const owned = document === undefined ? undefined : ownedBytes(input, document);
  return { operation, about, document: owned, options: { ...options, nowMs: wholeMs(options.nowMs) }, functions };
}

// INVARIANT (door): a text that crosses to the engine outside a request is a string, because the glue ends in a trap for
// anything else, and a trap costs everybody's instance.
function requireText(value: unknown, name: string, path: string): void {
  if (typeof value === "string") return;
  throw new RegateError("malformed_request", `${name} must be a text, and is ${kindOf(value)}`, { path });
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Whether the fast path knows all of the options. */
export function onlyFastOptions(options: EvaluateOptions): boolean {
  return Object.keys(options).every((name) => name === "numbers" || name === "nowMs");
}

/** The options of the fast path. */
export function fastOptions(options: OptionsOfEngine): { nowMs: number; numbers: Numbers } {
  return { nowMs: wholeMs(options.nowMs), numbers: numbersOf(options) };
}

/** What becomes of large integers. */
export function numbersOf({ numbers = "number" }: OptionsOfEngine): Numbers {
  if (numbers === "number" || numbers === "exact") return numbers;
  throw new RegateError("malformed_request", "`numbers` is `number` or `exact`", { path: "/numbers" });
}

/** The options as a request has them. */
export function wireOptions({ limits, nowMs, seed, strictBuiltinErrors }: OptionsOfEngine): object {
  return { limits, now_ms: wholeMs(nowMs), seed, strict_builtin_errors: strictBuiltinErrors };
}
