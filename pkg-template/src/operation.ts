// Performs an operation with a host: asks for what it needs, commits, tells, and gives its answer. A refusal is thrown.

import { ownedBytes, type Input } from "./document.js";
import { callEngine, driverLimits, engineDocument, requestText } from "./engine-instance.js";
import { RegateError, messageOf } from "./errors.js";
import type { Host } from "./host.js";
import { askHost, committed, HostFailure, hostTime, isAboutFacts, loaded, malformed, needKey, withHost, type Asking } from "./host-calls.js";
import { toldCommit } from "./outbox.js";
import { RefusedError } from "./refused-error.js";
import { inTurn } from "./turns.js";
import type { AdministrationOperation, Commit, Done, Need, RunOperation, Step } from "./wire.js";

/** Performs an operation on what an organisation has set up. */
export async function administer(operation: AdministrationOperation, host: Host, asking: Asking): Promise<unknown> {
  const text = requestText(operation);
  // Everything that an organisation sets up is committed in one partition.
  const queues = changesNothing(operation) ? [] : [`org ${asking.org_id}`];
  return perform({ surface: "administer", operation: text, queues }, host, asking);
}

/** Performs an operation on a run; `plan` is what `deliver_plan` is about. */
export async function performRun(operation: RunOperation, plan: Input | undefined, host: Host, asking: Asking): Promise<unknown> {
  const document = plan === undefined ? undefined : planBytes(plan);
  const text = requestText(operation);
  const [fields] = Object.values(operation) as { id?: unknown }[];
  // A run that is created is nobody else's yet.
  const queues = changesNothing(operation) || typeof fields?.id !== "string" ? [] : [`run ${fields.id}`];
  return perform({ surface: "perform_run", operation: text, document, queues }, host, asking);
}

/** An operation on actions, and how it is performed. */
export interface ActionTask {
  /** The operation as JSON text. */
  operation: string;
  /** As those of `Question`. */
  queues: readonly string[];
  /** Is told the id of the operation where its commit failed: whether it was performed nobody knows. */
  onUncertain?: (operationId: string) => void;
}

/** An operation on the policies of configurations, and how it is performed. */
export interface ConfigTask {
  /** The operation as JSON text. */
  operation: string;
  /** Which of the organisation's bundles it is about. */
  policyContext: string;
  /** The configuration that is decided on. */
  document?: Uint8Array | undefined;
  /** As those of `Question`. */
  queues: readonly string[];
}

/** Performs an operation on the policies of configurations. */
export async function performConfig(task: ConfigTask, host: Host, asking: Asking): Promise<unknown> {
  return perform({ surface: "perform_config", ...task }, host, asking);
}

/** Performs an operation on actions. */
export async function performAction(task: ActionTask, host: Host, asking: Asking): Promise<unknown> {
  return perform({ surface: "perform_action", ...task }, host, asking);
}

function changesNothing(operation: object): boolean {
  return /^(get|list|diff|authorize)_/.test(Object.keys(operation)[0] ?? "");
}

// Copied, because the caller may change it while the host is asked.
function planBytes(plan: Input): Uint8Array {
  try {
    return ownedBytes(plan, engineDocument(plan, "the plan"));
  } catch (thrown) {
    if (thrown instanceof RegateError) throw thrown;
    // Even the question of what it is runs the code of a proxy.
    throw new RegateError("input_not_json", `the plan is not JSON: it is a value that failed when it was read (${messageOf(thrown)})`, { path: "", cause: thrown });
  }
}

/** What is asked of the engine. */
interface Question {
  /** The engine's name of the surface. */
  surface: "administer" | "perform_run" | "perform_action" | "perform_config";
  /** The operation as JSON text, written once: what the caller changes meanwhile is not asked for. */
  operation: string;
  document?: Uint8Array | undefined;
  /**
   * Which operations it takes turns with: those that change the same records. The first is for the first try, the next for the one
   * after a conflict, the last for all that follow. None for an operation that changes nothing.
   */
  queues: readonly string[];
  onUncertain?: (operationId: string) => void;
  /** Which bundle of the organisation's it is about, of `perform_config`. */
  policyContext?: string;
}

/** A question under its id: what stays the same over rounds and retries, so that all of them are one operation. */
interface Operation extends Question {
  id: string;
  /** When it began, in milliseconds since 1970. */
  now_ms: number;
  /** What beside that is said of it. */
  context: object;
  /** Facts that are asked for once, whatever is tried again, by the keys of their needs. */
  kept: Map<string, string>;
  /** How long its evaluation took at the longest, in milliseconds: a later try finds the decision of an earlier one. */
  takenMs: number;
}

async function perform(question: Question, host: Host, asking: Asking): Promise<unknown> {
  return withHost(async () => {
    const id: unknown = await askHost("newId", () => host.newId());
    if (typeof id !== "string" || id === "") throw malformed("newId", "an id that is not empty");
    const now_ms = await hostTime(host);
    const context = { org_id: asking.org_id, operation_id: id, ...(await moreContext(question, host, asking)) };
    try {
      return await settle({ ...question, id, now_ms, context, kept: new Map(), takenMs: 0 }, host, asking);
    } catch (thrown) {
      if (thrown instanceof HostFailure && isAboutCursor(thrown.failure)) {
        throw new RefusedError({ code: "invalid_request", message: "the cursor is none of this list's", path: "/cursor" });
      }
      throw thrown;
    }
  });
}

/** Whether a host failed at a cursor: it comes from the caller, and only the store can tell whether it is one. */
export function isAboutCursor(failure: unknown): boolean {
  try {
    return failure instanceof RegateError && failure.code === "malformed_request" && failure.path === "/cursor";
  } catch {
    // A proxy that was thrown.
    return false;
  }
}

async function moreContext({ surface, policyContext }: Question, host: Host, { workspace_id }: Asking): Promise<object> {
  if (surface === "perform_run") return { workspace_id, seed: await seedOf(host) };
  return surface === "perform_config" ? { context: policyContext, seed: await seedOf(host) } : {};
}

async function seedOf(host: Host): Promise<number> {
  const seed: unknown = await askHost("randomSeed", () => host.randomSeed());
  if (typeof seed === "number" && Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw malformed("randomSeed", "a whole number from 0");
}

// How often an operation is tried beyond what a decision is: people vote at once more often than one run is decided at once.
const MORE_RETRIES = 8;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

// INVARIANT (one operation): a commit stands on the facts that it was computed from; after a conflict all are read again.
async function settle(operation: Operation, host: Host, asking: Asking): Promise<unknown> {
  const { queues, kept } = operation;
  const retries = driverLimits().commit_retries + MORE_RETRIES;
  for (let attempt = 0; attempt <= retries; ) {
    const done = await inTurn(host, queues[attempt] ?? queues.at(-1), () => attempted(operation, host, asking));
    if (done === "conflict") {
      attempt++;
      if (attempt <= retries) await pause(attempt);
      continue;
    }
    if ("slow" in done) {
      for (const [key, fact] of await loaded(done.slow, host, asking)) kept.set(key, fact);
      continue;
    }
    const { answer, effects } = done;
    const { commit, notices } = effects;
    if (notices.length > 0) {
      try {
        await host.notify(notices);
        if (commit !== null) await host.commit(toldCommit(commit, notices));
      } catch {
        // They stay in the outbox and are told again.
      }
    }
    return answer;
  }
  throw new HostFailure("conflict_not_resolved", `the commit met a conflict ${retries + 1} times`);
}

// Random, so that those who met each other do not meet again.
function pause(attempt: number): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}

async function attempted(operation: Operation, host: Host, asking: Asking): Promise<Done | "conflict" | Slow> {
  const done = await evaluated(operation, host, asking);
  if (done === "stale") return "conflict";
  if ("slow" in done) return done;
  const { commit } = done.effects;
  if (commit === null) return done;
  try {
    return (await sent(commit, host)) === "conflict" ? "conflict" : done;
  } catch (thrown) {
    operation.onUncertain?.(operation.id);
    throw thrown;
  }
}

// INVARIANT (lost reply): a commit that failed may have been performed. The same one again is safe, because its idempotency key
// makes it one change; and its answer tells what became of it.
async function sent(commit: Commit, host: Host): Promise<"ok" | "conflict"> {
  try {
    return await committed(commit, host);
  } catch {
    return committed(commit, host);
  }
}

/** Needs that nobody is to wait for in turn. */
interface Slow {
  slow: Need[];
}

async function evaluated(operation: Operation, host: Host, asking: Asking): Promise<Done | "stale" | Slow> {
  const { rounds } = driverLimits();
  // A call of an agent is decided as of now: since it was asked it may have waited for its turn, for a moderator, for others. An
  // exception that is over by now lifts nothing, and a rate counts it when it is taken.
  const now_ms = operation.surface === "perform_action" ? await hostTime(host) : operation.now_ms;
  const text = `${requestText({ ...operation.context, now_ms }).slice(0, -1)},"operation":${operation.operation}`;
  const facts = new Map<string, string>();
  for (let round = 0; ; round++) {
    const step = operation.surface === "perform_config" && operation.document !== undefined ? await timedStep(operation, text, facts, host) : stepOf(operation, text, [...facts.values()]);
    if (step === "stale") return "stale";
    if ("done" in step) return step.done;
    if ("refused" in step) throw new RefusedError(step.refused);
    if (round === rounds) throw new HostFailure("needs_did_not_converge", `the operation still had needs after ${rounds} rounds`);
    const needs = step.needs.filter((need) => {
      // At the first try nothing is kept yet.
      const key = operation.kept.size === 0 ? "" : needKey(need);
      const fact = operation.kept.get(key);
      if (fact !== undefined) facts.set(key, fact);
      return fact === undefined;
    });
    // A moderator thinks for seconds about what is the same at every try: it is asked once, and while others have their turns.
    const slow = needs.filter(({ kind }) => kind === "moderation");
    if (slow.length > 0) return { slow };
    for (const [key, fact] of await loaded(needs, host, asking)) facts.set(key, fact);
  }
}

// The engine has no clock: what is committed of a decision says how long it took because the engine is asked once more with the time.
async function timedStep(operation: Operation, text: string, facts: ReadonlyMap<string, string>, host: Host): Promise<Step> {
  const began = await hostTime(host);
  const step = stepOf(operation, text, [...facts.values()]);
  if (step === "stale" || !("done" in step) || step.done.effects.commit === null) return step;
  operation.takenMs = Math.max(operation.takenMs, (await hostTime(host)) - began);
  return operation.takenMs === 0 ? step : stepOf(operation, `${text},"time_taken_ms":${operation.takenMs}`, [...facts.values()]);
}

function stepOf({ surface, document }: Operation, text: string, facts: readonly string[]): Step {
  const options = document === undefined ? {} : { document };
  try {
    return callEngine(surface, `${text},"facts":[${facts.join(",")}]}`, options) as Step;
  } catch (thrown) {
    if (thrown instanceof RegateError && isAboutFacts(thrown)) {
      throw new HostFailure("host_failed", `the host gave a malformed fact: ${thrown.message}`);
    }
    throw thrown;
  }
}
