// Functions of the host: they are called for what an evaluation needs, and the policy is asked again with their values.

import { driverLimits } from "./engine-instance.js";
import { RegateError, messageOf } from "./errors.js";
import { parseAnswer, type Numbers } from "./json-answer.js";
import { jsonText } from "./json-value.js";
import { TokenFailure, TokenUnjudged } from "./token-failures.js";
import { isTokenBuiltin, verifiesToken } from "./token-signatures.js";
import type { EvaluationNeeds, NeededHostCall } from "./wire.js";

// As a method, so that a function that takes other than unknown values is one, too: the declaration says what it is called with.
interface Callable {
  call(...values: unknown[]): unknown;
}

/**
 * A function that a policy calls. It gets what the policy passes, sets as arrays, and gives a value that JSON can say, or a promise of one
 * where the policy is asked with `evaluateAsync`. `undefined` says that the function has no value for these arguments: the call is undefined.
 */
export type PolicyFunction = Callable["call"];

/** A builtin that reaches the network: the host grants it where a policy is compiled, and answers for it by a function of its name. */
export type HostBuiltin = "http.send" | "net.lookup_ip_addr";

const HOST_BUILTINS: readonly string[] = ["http.send", "net.lookup_ip_addr"] satisfies HostBuiltin[];

// That such a function has thrown, or that what the driver answers by itself has failed. It is the failure of a builtin, which policies are
// written for: undefined, or with `raise_error: false` an answer. Of any other function it is the end of the evaluation.
class BuiltinFailure {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

const encoder = new TextEncoder();

/** Functions of the host, by the names under which they were declared. */
export type PolicyFunctions = { readonly [name: string]: PolicyFunction };

/** What the host has answered in one evaluation, round by round. */
export class HostRounds {
  readonly #functions: ReadonlyMap<string, PolicyFunction>;
  readonly #numbers: Numbers;
  readonly #answers: string[] = [];
  // Bytes of all answers, also of those of the round that is under way.
  #bytes = 0;
  #rounds = 0;

  constructor(functions: ReadonlyMap<string, PolicyFunction>, numbers: Numbers) {
    this.#functions = functions;
    this.#numbers = numbers;
  }

  /** The answers so far, as the JSON text of a list. */
  get answers(): string {
    return `[${this.#answers.join(",")}]`;
  }

  /** Calls the functions, which must give their values at once. */
  answer({ needs }: EvaluationNeeds): void {
    const waited = needs.find((need) => this.#isForDriver(need));
    if (waited !== undefined) throw notWaitedFor(waited.function);
    this.#begin();
    const round = new AbortController();
    try {
      for (const need of needs) {
        const value = this.#call(need, round.signal);
        if (isThenable(value)) throw notAwaited(need.function, value);
        this.#answers.push(this.#answerText(need, value));
      }
    } catch (thrown) {
      round.abort();
      throw thrown;
    }
  }

  /**
   * Calls the functions side by side, and waits for all of them, or for the first that ends the evaluation: then the others may stop. Signatures
   * of tokens for which there is none are verified here.
   */
  async answerAsync({ needs }: EvaluationNeeds): Promise<void> {
    this.#begin();
    const round = new AbortController();
    const answers = needs.map(async (need) => this.#answerText(need, await this.#awaited(need, round.signal)));
    try {
      this.#answers.push(...(await Promise.all(answers)));
    } catch (thrown) {
      round.abort();
      throw thrown;
    }
  }

  #begin(): void {
    const { rounds } = driverLimits();
    if (this.#rounds++ < rounds) return;
    throw new RegateError("needs_did_not_converge", `the policy still needed functions of the host after ${rounds} rounds`, {
      help: "a call whose arguments come from another call takes a round of its own: let one function do the work of several",
    });
  }

  // A function of the host counts first: it may have what WebCrypto lacks.
  #isForDriver({ function: name }: NeededHostCall): boolean {
    return isTokenBuiltin(name) && !this.#functions.has(name);
  }

  #call(need: NeededHostCall, signal: AbortSignal): unknown {
    const { function: name, arguments: text } = need;
    const called = this.#functions.get(name);
    if (called === undefined) throw missing(name, [name]);
    const values = parseAnswer(text, this.#numbers, `the call of \`${name}\``) as unknown[];
    // A function of the host's own gets what the policy passes, and nothing else.
    const asking = name === "http.send" ? [{ signal }] : [];
    try {
      return called(...values, ...asking);
    } catch (thrown) {
      return failure(name, thrown);
    }
  }

  // INVARIANT (memory): what a function gives is counted when it is there, because all answers of an evaluation are kept until it ends.
  #answerText(need: NeededHostCall, value: unknown): string {
    const text = answerText(need, value);
    const { input_bytes } = driverLimits();
    this.#bytes += encoder.encode(text).length;
    if (this.#bytes <= input_bytes) return text;
    const limit = { name: "input_bytes", value: input_bytes };
    const message = `what the function \`${need.function}\` of the host gave is, with the other answers of this evaluation, larger than ${limit.value} bytes of JSON text`;
    throw new RegateError("limit_exceeded", message, { limit });
  }

  async #awaited(need: NeededHostCall, signal: AbortSignal): Promise<unknown> {
    if (this.#isForDriver(need)) return tokenVerdict(need);
    const value = this.#call(need, signal);
    try {
      return await value;
    } catch (thrown) {
      return failure(need.function, thrown);
    }
  }
}

/** The error for a policy that needs its host where no functions were given to what asks it, which does not wait for the driver either. */
export function hostNotAsked({ needs }: EvaluationNeeds, asking: "evaluate" | "query"): RegateError {
  const names = needs.map((need) => need.function);
  const name = names.find((name) => !isTokenBuiltin(name));
  if (name === undefined) return notWaitedFor(names[0] ?? "");
  return new RegateError("host_not_asked", `the policy calls \`${name}\`, a function of the host, and was asked without functions`, {
    help: `pass \`functions\`, to ${asking}() where they give their values at once, and to ${asking}Async() where they give promises`,
  });
}

/** Whether the driver answers all that is needed by itself. */
export function isForDriver({ needs }: EvaluationNeeds): boolean {
  return needs.every(({ function: name }) => isTokenBuiltin(name));
}

// A signature that is malformed is the failure of the builtin. One that cannot be judged here is none: undefined would be an answer.
async function tokenVerdict({ function: name, arguments: text }: NeededHostCall): Promise<unknown> {
  const [jwt, key] = JSON.parse(text) as unknown[];
  try {
    if (typeof jwt !== "string" || typeof key !== "string") throw new TokenFailure(`\`${name}\` takes a token and the text of its keys`);
    return await verifiesToken(name, jwt, key);
  } catch (thrown) {
    if (thrown instanceof TokenFailure) return new BuiltinFailure(thrown);
    const why = thrown instanceof TokenUnjudged ? `: ${thrown.message}` : "";
    throw new RegateError("host_failed", `the signature of a token could not be verified for \`${name}\`${why}`, { cause: thrown });
  }
}

/** The functions that a policy calls: each must be there before any of them is called, but for what the driver answers by itself. */
export function functionsOf(functions: unknown, called: readonly string[]): Map<string, PolicyFunction> {
  const given = requireObject(functions);
  const kept = new Map<string, PolicyFunction>();
  for (const name of called) {
    const found = functionOf(given, name);
    if (found !== undefined) kept.set(name, found);
    else if (!isTokenBuiltin(name)) throw missing(name, called);
  }
  return kept;
}

/** The same for a query, which may call any that was declared: all that are there. */
export function functionsOfQuery(functions: unknown, called: readonly string[]): Map<string, PolicyFunction> {
  const kept = functionsOf(functions, called);
  const given = requireObject(functions);
  for (const name of Object.keys(given)) {
    const more = kept.has(name) ? undefined : functionOf(given, name);
    if (more !== undefined) kept.set(name, more);
  }
  return kept;
}

function requireObject(functions: unknown): object {
  if (typeof functions === "object" && functions !== null) return functions;
  throw new RegateError("malformed_request", "`functions` is an object from name to function", { path: "/functions" });
}

// Kept, because the caller's object may change while a promise is waited for. What every object inherits is no function of the host.
function functionOf(functions: object, name: string): PolicyFunction | undefined {
  const given: unknown = Object.hasOwn(functions, name) ? Reflect.get(functions, name) : undefined;
  return typeof given === "function" ? (...values) => Reflect.apply(given, functions, values) as unknown : undefined;
}

// Undefined is no value; everything else is one, or a mistake.
function answerText({ function: name, arguments: text }: NeededHostCall, value: unknown): string {
  const call = JSON.stringify({ function: name, arguments: text });
  if (value instanceof BuiltinFailure) return JSON.stringify({ function: name, arguments: text, ...failureOf(value) });
  return value === undefined ? call : `${call.slice(0, -1)},"value":${valueText(name, value)}}`;
}

const FAILURE_CHARACTERS = 1000;

// Why a builtin failed is for the policy to see, as in OPA. A RegateError says that nothing was tried.
function failureOf({ thrown }: BuiltinFailure): { error: string; refused?: true } {
  const said = Array.from(messageOf(thrown)).slice(0, FAILURE_CHARACTERS).join("");
  // Half of a character is part of no text.
  const error = said.replace(/\p{Surrogate}/gu, "\ufffd");
  return thrown instanceof RegateError ? { error, refused: true } : { error };
}

function failure(name: string, thrown: unknown): BuiltinFailure {
  if (HOST_BUILTINS.includes(name)) return new BuiltinFailure(thrown);
  throw failed(name, thrown);
}

// A value lies in an answer, in the list of answers, in the request: what nests deeper than this would be refused there, where nobody
// knows any more which function it is of. So would be a number of too many digits.
const LEVELS_AROUND_VALUE = 3;

function valueText(name: string, value: unknown): string {
  const { data_nesting, input_bytes, number_digits } = driverLimits();
  const subject = { code: "host_failed", name: `what the function \`${name}\` of the host gave`, lengthLimit: "input_bytes" } as const;
  try {
    return jsonText(value, subject, { nesting: data_nesting - LEVELS_AROUND_VALUE, length: input_bytes, digits: number_digits });
  } catch (thrown) {
    // A getter or toJSON of the value is the host's code, too.
    if (thrown instanceof RegateError && thrown.cause === undefined) throw thrown;
    throw failed(name, thrown instanceof RegateError ? thrown.cause : thrown);
  }
}

function missing(name: string, called: readonly string[]): RegateError {
  return new RegateError("host_function_missing", `the policy calls \`${name}\`, and \`functions\` has no function of that name`, {
    path: `/functions/${name}`,
    help: `it calls ${called.map((known) => `\`${known}\``).join(", ")}`,
  });
}

// The sentence is without the host's own words, which may hold secrets; the cause has them.
function failed(name: string, cause: unknown): RegateError {
  return new RegateError("host_failed", `the function \`${name}\` of the host failed`, { cause });
}

function notAwaited(name: string, promise: unknown): RegateError {
  // Nobody waits for it any more: that it is rejected later must not end the program.
  Promise.resolve(promise).catch(() => {});
  return new RegateError("host_failed", `the function \`${name}\` of the host gave a promise`, { help: "ask with evaluateAsync() or queryAsync(), which wait for it" });
}

function notWaitedFor(name: string): RegateError {
  return new RegateError("host_not_asked", `\`${name}\` is verified by WebCrypto here, which has to be waited for`, {
    help: "ask with evaluateAsync() or queryAsync()",
  });
}

function isThenable(value: unknown): boolean {
  try {
    return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
  } catch {
    // What fails when it is read is refused when it is written.
    return false;
  }
}
