// The driver: asks the host for what the engine needs, commits what it decides, and tells the world. Fails closed.

import { MAX_TIME_MS, wholeMs } from "./clock.js";
import { ownedBytes, type Input } from "./document.js";
import { callEngine, driverLimits, engineDocument, requestText } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { askHost, committed, HostFailure, hostTime, identified, isAboutFacts, isObject, loaded, malformed } from "./host-calls.js";
import type { LiveHandle } from "./live-handle.js";
import { toldCommit } from "./outbox.js";
import { RefusedError } from "./refused-error.js";
import { keptContext, type KeptContext } from "./run-context.js";
import type {
  AuditRecord,
  Decision,
  Effects,
  GovernanceOutcome,
  GovernAnswer,
  Notice,
  Org,
  PreviewResponse,
  Requirement,
  Run,
  User,
  Workspace,
} from "./wire.js";

/** What a decision is about. */
export interface DecideContext {
  workspace: Workspace;
  run: Run;
  org: Org;
  /** Who started the run; null for a push, a schedule or a promotion. Default: null; who is asking is never put here. */
  user?: User | null;
  /** The time in milliseconds since 1970. Default: the host's `now()`. */
  nowMs?: number;
}

/** What was decided, and what became of its effects. */
export interface Decided {
  decision: Decision;
  /** What becomes of the run. Null where the driver denied by itself and the run stays as it was. */
  run_status: GovernanceOutcome["run_status"] | null;
  /** The status that enforcement gives to a plan like this. Differs for a pull request's plan, which always completes. */
  enforced_status: GovernanceOutcome["enforced_status"] | null;
  /** What the policies said. Null where they were never evaluated. */
  response: PreviewResponse | null;
  /** What was evaluated. Null where nothing was. */
  digest: string | null;
  /** The revision of the policies, rules and providers. */
  revision: string;
  /** The effects that were asked for. */
  effects: Effects;
  /** Every requirement with where it stands, later stages included. */
  requirements: Requirement[];
  audit: AuditRecord;
  /** Whether the host acknowledged a commit of this decision. */
  committed: boolean;
  /**
   * Notices that `notify` failed to deliver. They stay in the outbox; `deliverNotices(host)` delivers them again, with the
   * same ids. A later decision on the same run makes no second notice.
   */
  undelivered: Notice[];
  /** That they were not delivered, in a sentence that may be shown. */
  undelivered_reason?: string;
  /**
   * What a callback of the host threw. It may hold secrets, so no reason repeats it, and it is not enumerable:
   * JSON.stringify and copies leave it out. For the host's own log.
   */
  readonly failure?: unknown;
}

// Everything of the request that stays the same over rounds and retries, so that all of them are one decision.
interface Question {
  workspace: Workspace;
  run: Run;
  org: Org;
  user: User | null;
  decision_id: string;
  now_ms: number;
  seed: number;
}

/** What the engine says is wrong with the plan or the context. Its cause is thrown to the caller. */
class CallersMistake extends Error {}

/** Decides on one run. The plan and the context are the caller's: what is wrong with them throws. The rest denies. */
export async function decideRun(
  handle: LiveHandle,
  revision: string,
  plan: Input,
  context: DecideContext,
  host: Host,
): Promise<Decided> {
  handle.number();
  // Both are copied, because the caller may change them while the host is asked.
  const kept = requireContext(keptContext(context));
  if (kept.nowMs !== undefined) kept.nowMs = callersTime(kept.nowMs);
  const document = ownedBytes(plan, engineDocument(plan, "the plan"));
  const denial = new Denial(revision, kept);
  try {
    const question = await questionOf(kept, host);
    denial.question = question;
    return await settle(handle, document, question, host, denial);
  } catch (thrown) {
    if (thrown instanceof CallersMistake) throw thrown.cause;
    if (thrown instanceof HostFailure) return denial.because(thrown.code, thrown.message, thrown.failure);
    if (thrown instanceof RegateError) return denial.because(thrown.code, thrown.message);
    return denial.because("host_failed", "the host failed", thrown);
  }
}

// INVARIANT (one decision): a commit stands on the facts that it was computed from; after a conflict all are read again.
async function settle(handle: LiveHandle, plan: Uint8Array, question: Question, host: Host, denial: Denial): Promise<Decided> {
  const { commit_retries } = driverLimits();
  for (let attempt = 0; attempt <= commit_retries; attempt++) {
    const outcome = await evaluate(handle, plan, question, host);
    denial.outcome = outcome;
    const { commit } = outcome.effects;
    if (commit === null) return tell(outcome, false, host);
    if ((await committed(commit, host)) === "ok") return tell(outcome, true, host);
  }
  throw new HostFailure("conflict_not_resolved", `the commit met a conflict ${commit_retries + 1} times`);
}

async function evaluate(handle: LiveHandle, plan: Uint8Array, question: Question, host: Host): Promise<GovernanceOutcome> {
  const { rounds } = driverLimits();
  const facts = new Map<string, string>();
  for (let round = 0; ; round++) {
    const answer = govern(handle, plan, question, [...facts.values()]);
    if ("outcome" in answer) return answer.outcome;
    if (round === rounds) throw new HostFailure("needs_did_not_converge", `the decision still had needs after ${rounds} rounds`);
    for (const [key, fact] of await loaded(answer.needs, host, { asker: undefined, org_id: question.org.id })) facts.set(key, fact);
  }
}

function govern(handle: LiveHandle, document: Uint8Array, question: Question, facts: readonly string[]): GovernAnswer {
  const request = requestText(question);
  const text = `${request.slice(0, -1)},"facts":[${facts.join(",")}],"handle":${handle.number()}}`;
  try {
    return callEngine("govern", text, { document, numbers: "exact" }) as GovernAnswer;
  } catch (thrown) {
    if (thrown instanceof RegateError && isAboutFacts(thrown)) {
      throw new HostFailure("host_failed", `the host's load() gave a malformed fact: ${thrown.message}`);
    }
    if (thrown instanceof RegateError && thrown.code !== "engine_trapped") throw new CallersMistake("", { cause: thrown });
    throw thrown;
  }
}

// INVARIANT (after the commit): nothing changes the decision any more. What could not be told is handed back.
async function tell(outcome: GovernanceOutcome, wasCommitted: boolean, host: Host): Promise<Decided> {
  const decided: Decided = { ...outcome, committed: wasCommitted, undelivered: [] };
  const { commit, notices } = outcome.effects;
  if (notices.length === 0) return decided;
  try {
    await host.notify(notices);
  } catch (thrown) {
    return withFailure({ ...decided, undelivered: notices, undelivered_reason: "the host's notify() failed" }, thrown);
  }
  try {
    if (commit !== null) await host.commit(toldCommit(commit, notices));
    return decided;
  } catch (thrown) {
    // They stay in the outbox and are told again: twice is allowed, never is not.
    return withFailure(decided, thrown);
  }
}

async function questionOf(context: DecideContext, host: Host): Promise<Question> {
  const { nowMs, ...given } = context;
  const { workspace, run, org } = given;
  await permitted(org.id, workspace.id, host);
  const now_ms = nowMs ?? (await hostTime(host));
  const decision_id: unknown = await askHost("newId", () => host.newId());
  if (typeof decision_id !== "string" || decision_id.trim() === "") throw malformed("newId", "a text that is not empty");
  const seed: unknown = await askHost("randomSeed", () => host.randomSeed());
  if (typeof seed !== "number" || !Number.isSafeInteger(seed) || seed < 0) throw malformed("randomSeed", "a whole number from 0");
  // INVARIANT (digest): who is asking is no part of the question, or another person's votes would be for another one.
  return { workspace, run, org, user: given.user ?? null, decision_id, now_ms, seed };
}

function callersTime(nowMs: number): number {
  const now = wholeMs(nowMs);
  if (now <= MAX_TIME_MS) return now;
  throw new RegateError("malformed_request", "`nowMs` is later than a Date can say", { path: "/now_ms" });
}

// INVARIANT (who): an identity permits and does nothing else.
async function permitted(orgId: string, workspaceId: string, host: Host): Promise<void> {
  const identity = await identified({ type: "workspace", id: workspaceId }, host, { asker: undefined, org_id: orgId }).catch((thrown: unknown) => {
    throw thrown instanceof RefusedError ? new HostFailure(thrown.code, thrown.message) : thrown;
  });
  if (identity.may.includes("trigger")) return;
  throw new HostFailure("not_permitted", `${identity.email ?? identity.id ?? "whoever is asking"} may not \`trigger\` this run`);
}

function withFailure(decided: Decided, failure: unknown): Decided {
  return Object.defineProperty(decided, "failure", { value: failure, enumerable: false });
}

// How the driver denies by itself, with as much as was known when it had to.
class Denial {
  question: Question | undefined;
  outcome: GovernanceOutcome | undefined;

  constructor(
    readonly revision: string,
    readonly context: DecideContext,
  ) {}

  because(code: string, message: string, failure?: unknown): Decided {
    const decision: Decision = { kind: "deny", reasons: [{ code, message }] };
    const decided: Decided = {
      decision,
      run_status: null,
      enforced_status: this.outcome?.enforced_status ?? null,
      response: this.outcome?.response ?? null,
      digest: this.outcome?.digest ?? null,
      revision: this.revision,
      effects: { commit: null, notices: [] },
      audit: this.#audit(decision),
      requirements: [],
      committed: false,
      undelivered: [],
    };
    return failure === undefined ? decided : withFailure(decided, failure);
  }

  #audit(decision: Decision): AuditRecord {
    const result = { decision, run_status: null };
    if (this.outcome !== undefined) return { ...this.outcome.audit, result };
    const { workspace, run, org, user } = this.context;
    return {
      decision_id: this.question?.decision_id ?? "",
      path: "governance/run",
      input: { workspace, run, org, user: this.question?.user ?? user ?? null },
      result,
      bundles: {},
      digest: "",
      timestamp: this.question === undefined ? "" : new Date(this.question.now_ms).toISOString(),
    };
  }
}

// A decision about nobody's run would be recorded under an id that other runs share: unlike a preview, it has no defaults.
function requireContext(context: KeptContext): DecideContext {
  for (const part of ["workspace", "run", "org"] as const) {
    if (!isObject(context[part]) || typeof context[part]["id"] !== "string") {
      throw new RegateError("malformed_request", `decide() needs the \`${part}\` with its id`, { path: `/${part}` });
    }
  }
  return context as DecideContext;
}
