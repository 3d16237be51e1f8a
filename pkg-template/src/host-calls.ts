// Calls of a host's callbacks: whatever they throw, mangle or leave out becomes a `HostFailure`, never an answer.

import { MAX_TIME_MS } from "./clock.js";
import { driverLimits } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import type { Host, MaybePromise } from "./host.js";
import { jsonText } from "./json-value.js";
import { RefusedError } from "./refused-error.js";
import type { Commit, Identity, Need, Resource, Verb } from "./wire.js";

/** What a driver cannot go on after. It is caught by the driver and never seen by a caller. */
export class HostFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly failure?: unknown,
  ) {
    super(message);
  }
}

/** Does something with a host. What the host failed at reaches the caller without the host's own words, which may hold secrets. */
export async function withHost<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof HostFailure) throw new RegateError(thrown.code, thrown.message, { cause: thrown.failure });
    throw thrown;
  }
}

/** The text of each fact by the key of its need. */
export async function loaded(needs: readonly Need[], host: Host, asking: Asking): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const others = needs.filter(({ kind }) => kind !== "access");
  if (others.length > 0) {
    const answer: unknown = await askHost("load", () => host.load(others));
    for (const [key, text] of readAnswer("load", () => factsOf(answer, others))) texts.set(key, text);
  }
  for (const need of needs) {
    if (need.kind !== "access") continue;
    texts.set(needKey(need), factText({ need, version: null, value: await identified(need.resource, host, asking) }));
  }
  return texts;
}

/** Who is asking, and for which organisation. */
export interface Asking {
  asker: unknown;
  org_id: string;
  /** The workspace that runs must lie in; elsewhere they are not found. */
  workspace_id?: string;
}

/** Who is asking, and what they may do with a resource, as the host says. */
export async function identified(resource: Resource, host: Host, { asker, org_id }: Asking): Promise<Identity> {
  const answer: unknown = await askHost("who", () => host.who({ asker, org_id, resource }));
  if (answer === null) throw new RefusedError({ code: "unauthorized", message: "the host does not know who asks" });
  return readAnswer("who", () => {
    const { id, email, org_role, is_session, may } = isObject(answer) ? answer : {};
    const isWhole = isTextOrNull(id) && isTextOrNull(email) && Array.isArray(may) && (org_role === undefined || isTextOrNull(org_role));
    if (!isWhole) throw malformed("who", "an identity { id, email, org_role?, is_session?, may }");
    return { id, email, org_role: org_role ?? null, is_session: is_session === true, may: knownVerbs(may) } as Identity;
  });
}

// Written as an object, so that the compiler tells when the engine learns another one.
const VERBS: { readonly [verb in Verb]: true } = {
  read: true,
  write: true,
  delete: true,
  trigger: true,
  apply: true,
  approve: true,
  reject: true,
  abort: true,
};

// A host grants more than governance knows of, and its other rights are no reason to fail: they permit nothing here.
function knownVerbs(may: readonly unknown[]): Verb[] {
  const verbs = [...may];
  if (!verbs.every((verb) => typeof verb === "string")) throw malformed("who", "rights that are words, such as `read`");
  return verbs.filter((verb): verb is Verb => Object.hasOwn(VERBS, verb));
}

/** What the host's clock says, in whole milliseconds since 1970. */
export async function hostTime(host: Host): Promise<number> {
  const now: unknown = await askHost("now", () => host.now());
  if (typeof now === "number" && now >= 0 && now <= MAX_TIME_MS) return Math.trunc(now);
  throw malformed("now", "milliseconds since 1970");
}

function factsOf(answer: unknown, needs: readonly Need[]): Map<string, string> {
  if (!Array.isArray(answer)) throw malformed("load", "a list of facts");
  const asked = new Map(needs.map((need) => [needKey(need), need]));
  const facts = new Map<string, string>();
  for (const fact of answer as unknown[]) {
    if (!isObject(fact)) throw malformed("load", "facts that each name a need that was asked");
    const { need: answered, version, value } = fact;
    // As it is now: a need that the host has changed is another one.
    const key = isObject(answered) ? needKey(answered) : "";
    const need = asked.get(key);
    if (need === undefined) throw malformed("load", "facts that each name a need that was asked");
    // Which of two is true cannot be known.
    if (facts.has(key)) throw malformed("load", `one fact for the need \`${need.kind}\`, but two`);
    if (version !== null && typeof version !== "string") throw malformed("load", "a version that is a string, or null");
    if (value === undefined) throw malformed("load", "a value with each fact (null: there is none)");
    facts.set(key, factText({ need, version, value }));
  }
  for (const [key, need] of asked) {
    if (!facts.has(key)) throw new HostFailure("host_failed", `the host's load() did not answer the need \`${need.kind}\``);
  }
  return facts;
}

function factText(fact: object): string {
  const { data_nesting, input_bytes } = driverLimits();
  try {
    const subject = { code: "host_failed", name: "a fact that the host's load() gave", lengthLimit: "input_bytes" } as const;
    return jsonText(fact, subject, { nesting: data_nesting, length: input_bytes });
  } catch (thrown) {
    // What the host's own getter or toJSON threw may hold secrets.
    if (!(thrown instanceof RegateError) || thrown.cause !== undefined) throw thrown;
    throw new HostFailure("host_failed", thrown.message);
  }
}

/** Performs a commit. */
export async function committed(commit: Commit, host: Host): Promise<"ok" | "conflict"> {
  const answer: unknown = await askHost("commit", () => host.commit(commit));
  if (answer !== "ok" && answer !== "conflict") throw malformed("commit", '"ok" or "conflict"');
  return answer;
}

/** Calls a callback. */
export async function askHost<T>(callback: keyof Host, ask: () => MaybePromise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    // What a callback that deals in secrets throws may name one, and causes are logged.
    const isSecretive = callback === "sign" || callback === "verify";
    throw new HostFailure("host_failed", `the host's ${callback}() failed`, isSecretive ? undefined : thrown);
  }
}

/** Reads an answer: its getters and proxies are the host's code. */
export function readAnswer<T>(callback: keyof Host, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof HostFailure) throw thrown;
    throw new HostFailure("host_failed", `the host's ${callback}() gave an answer that failed when it was read`, thrown);
  }
}

/** The failure of a callback that answered with something else. */
export function malformed(callback: keyof Host, expected: string): HostFailure {
  return new HostFailure("host_failed", `the host's ${callback}() did not give ${expected}`);
}

/** Whether an error of the engine is about what the host loaded. */
export function isAboutFacts(error: RegateError): boolean {
  // The question alone is far smaller than a request may be, and was written within the limit on depth.
  const { path, limit } = error;
  if (error.code === "limit_exceeded" && (limit?.name === "request_bytes" || path?.startsWith("/facts") === true)) return true;
  return error.code.startsWith("fact_") || (error.code === "malformed_request" && error.path?.startsWith("/facts") === true);
}

/** What is the same for the same need. */
export function needKey(need: object): string {
  return JSON.stringify(Object.entries(need).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a value has fields. */
export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
