// Performs an operation with a host: asks for what it needs, commits, tells, and gives its answer. A refusal is thrown.

import { ownedBytes, type Input } from "./document.js";
import { callEngine, driverLimits, engineDocument, requestText } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { askHost, committed, HostFailure, isAboutFacts, loaded, malformed, type Asking } from "./host-calls.js";
import { toldCommit } from "./outbox.js";
import type { AdministrationOperation, Done, Refusal, RefusalCode, RunOperation, Step } from "./wire.js";

/** Why an operation is refused: by the engine, or because the host has not what it takes. */
type RefusedCode = RefusalCode | "not_implemented";

/** An operation that was refused: nothing was changed. `status` is what an HTTP handler answers. */
export class RefusedError extends RegateError {
  /** The HTTP status: 400, 401, 403, 404, 409, 429 or 501. */
  readonly status: number;
  /** What is wrong with a policy, each finding at its place. */
  readonly diagnostics: NonNullable<Refusal["diagnostics"]>;

  constructor(refusal: Omit<Refusal, "code"> & { code: RefusedCode }) {
    super(refusal.code, refusal.message, { path: refusal.path });
    this.status = STATUS[refusal.code];
    this.diagnostics = refusal.diagnostics ?? [];
  }
}

const STATUS: { [code in RefusedCode]: number } = {
  invalid_request: 400,
  unauthorized: 401,
  not_permitted: 403,
  not_found: 404,
  name_in_use: 409,
  wrong_state: 409,
  too_soon: 429,
  not_implemented: 501,
};

/** Performs an operation on what an organisation has set up. */
export async function administer(operation: AdministrationOperation, host: Host, asking: Asking): Promise<unknown> {
  return perform("administer", operation, undefined, host, asking);
}

/** Performs an operation on a run; `plan` is what `deliver_plan` is about. */
export async function performRun(operation: RunOperation, plan: Input | undefined, host: Host, asking: Asking): Promise<unknown> {
  // Copied, because the caller may change it while the host is asked.
  const document = plan === undefined ? undefined : ownedBytes(plan, engineDocument(plan, "the plan"));
  return perform("perform_run", operation, document, host, asking);
}

/** What stays the same over rounds and retries, so that all of them are one operation. */
interface Question {
  /** The engine's name of the surface. */
  surface: "administer" | "perform_run";
  /** The request without its last brace. */
  text: string;
  document: Uint8Array | undefined;
}

async function perform(surface: Question["surface"], operation: object, document: Uint8Array | undefined, host: Host, asking: Asking): Promise<unknown> {
  // Read once: what the caller changes meanwhile is not asked for.
  const operationText = requestText(operation);
  try {
    const operation_id: unknown = await askHost("newId", () => host.newId());
    if (typeof operation_id !== "string" || operation_id === "") throw malformed("newId", "an id that is not empty");
    const now_ms: unknown = await askHost("now", () => host.now());
    if (typeof now_ms !== "number" || !(now_ms >= 0 && now_ms <= 8.64e15)) throw malformed("now", "milliseconds since 1970");
    const fields = { org_id: asking.org_id, operation_id, now_ms: Math.trunc(now_ms) };
    const seeded = surface === "administer" ? fields : { ...fields, workspace_id: asking.workspace_id, seed: await seedOf(host) };
    const text = `${requestText(seeded).slice(0, -1)},"operation":${operationText}`;
    return await settle({ surface, text, document }, host, asking);
  } catch (thrown) {
    if (thrown instanceof HostFailure) throw new RegateError(thrown.code, thrown.message, { cause: thrown.failure });
    throw thrown;
  }
}

async function seedOf(host: Host): Promise<number> {
  const seed: unknown = await askHost("randomSeed", () => host.randomSeed());
  if (typeof seed === "number" && Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw malformed("randomSeed", "a whole number from 0");
}

// INVARIANT (one operation): a commit stands on the facts that it was computed from; after a conflict all are read again.
async function settle(question: Question, host: Host, asking: Asking): Promise<unknown> {
  const { commit_retries } = driverLimits();
  for (let attempt = 0; attempt <= commit_retries; attempt++) {
    const done = await evaluated(question, host, asking);
    if (done === "stale") continue;
    const { answer, effects } = done;
    const { commit, notices } = effects;
    if (commit !== null && (await committed(commit, host)) === "conflict") continue;
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
  throw new HostFailure("conflict_not_resolved", `the commit met a conflict ${commit_retries + 1} times`);
}

async function evaluated(question: Question, host: Host, asking: Asking): Promise<Done | "stale"> {
  const { rounds } = driverLimits();
  const facts = new Map<string, string>();
  for (let round = 0; ; round++) {
    const step = stepOf(question, [...facts.values()]);
    if (step === "stale") return "stale";
    if ("done" in step) return step.done;
    if ("refused" in step) throw new RefusedError(step.refused);
    if (round === rounds) throw new HostFailure("needs_did_not_converge", `the operation still had needs after ${rounds} rounds`);
    for (const [key, fact] of await loaded(step.needs, host, asking)) facts.set(key, fact);
  }
}

function stepOf({ surface, text, document }: Question, facts: readonly string[]): Step {
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
