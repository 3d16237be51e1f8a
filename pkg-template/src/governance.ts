/// <reference lib="esnext.disposable" preserve="true" />
// Governance: prepare policy sets, rules and providers once; then preview runs and decide on them.

import { wholeMs } from "./clock.js";
import { requireScopesKnown } from "./config-scopes.js";
import { disposeByFree } from "./dispose.js";
import type { Input } from "./document.js";
import { decideRun, type Decided, type DecideContext } from "./driver.js";
import { callEngine, driverLimits, engineDocument, requestText } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { LiveHandle } from "./live-handle.js";
import { keptContext } from "./run-context.js";
import type {
  Diagnostic,
  Fact,
  GovernanceConfig,
  GovernanceOutcome,
  GovernAnswer,
  Need,
  Org,
  PrepareAnswer,
  Run,
  User,
  Workspace,
} from "./wire.js";

/**
 * What a preview is about. What is left out is neutral: ids of zeros, the trigger `manual`. The workspace and the
 * organisation cannot be left out where the configuration holds something that applies to one of them only.
 */
export interface RunContext {
  workspace?: Workspace;
  run?: Run;
  org?: Org;
  /** Who started the run; null for a push, a schedule or a promotion. Default: null where a run is given. */
  user?: User | null;
  /** The time in milliseconds since 1970. Default: the time of the call. */
  nowMs?: number;
}

const NEUTRAL_ID = "00000000-0000-0000-0000-000000000000";
const NEUTRAL_EMAIL = "stub@example.invalid";

// The run of the stub on which policies are validated: a preview without a run sees the same world.
const NEUTRAL_CONTEXT = {
  workspace: { id: NEUTRAL_ID, name: "stub", attributes: {} },
  run: { id: NEUTRAL_ID, run_type: "plan", trigger: "manual", triggered_by: NEUTRAL_EMAIL },
  org: { id: NEUTRAL_ID },
  user: { id: NEUTRAL_ID, email: NEUTRAL_EMAIL },
} as const;

/** Prepares policy sets, approval rules and external check providers. */
export function prepareGovernance(config: GovernanceConfig): Governance {
  const request = requestText(config);
  const prepare = (): PrepareAnswer => callEngine("prepare_governance", request) as PrepareAnswer;
  const { handle, revision, diagnostics } = prepare();
  return new Governance(handle, revision, diagnostics, request, () => prepare().handle);
}

/** Prepared governance. Keep it and ask it for many runs; `free()` it when it is no longer needed. */
export class Governance {
  readonly #handle: LiveHandle;
  // The text that was prepared: what the caller does with the configuration afterwards changes nothing.
  readonly #config: string;

  /** The digest of all that was prepared. Approvals count under the revision that they were given for. */
  readonly revision: string;
  /** What is wrong with the policies. A policy that does not validate is kept and fails closed when it is asked. */
  readonly diagnostics: readonly Diagnostic[];

  /** @internal */
  constructor(handle: number, revision: string, diagnostics: readonly Diagnostic[], config: string, prepare: () => number) {
    this.#config = config;
    this.revision = revision;
    this.diagnostics = diagnostics;
    this.#handle = new LiveHandle("the governance", handle, prepare);
  }

  /** What governance would do to a plan: the same evaluation as `decide`, with none of its effects. */
  preview(plan: Input, context: RunContext = {}): GovernanceOutcome {
    const document = engineDocument(plan, "the plan");
    const kept = keptContext(context);
    if (kept.workspace === undefined || kept.org === undefined) requireScopesKnown(JSON.parse(this.#config) as GovernanceConfig, kept);
    const { nowMs, ...given } = kept;
    // With a run that is not the neutral one, nobody in particular started it: the same as `decide` takes it.
    const user = given.run === undefined ? NEUTRAL_CONTEXT.user : null;
    const request = { ...NEUTRAL_CONTEXT, user, ...given, decision_id: "preview", now_ms: wholeMs(nowMs), seed: 0 };
    // Taken when none of the caller's code (getters, toJSON) runs any more: it could trap or free the engine's copy.
    const handle = this.#handle.number();
    const { rounds } = driverLimits();
    const facts: Fact[] = [];
    for (let round = 0; round <= rounds; round++) {
      const answer = callEngine("govern", { ...request, facts, handle }, { document, numbers: "exact" }) as GovernAnswer;
      if ("outcome" in answer) return answer.outcome;
      facts.push(...answer.needs.map(absentFact));
    }
    throw new RegateError("needs_did_not_converge", `the preview still had needs after ${rounds} rounds`);
  }

  /**
   * Decides on a run with the host's records and people, and performs the effects.
   *
   * Enforce the decision that this gives, and only when it is there. It is a denial whenever a callback of the host
   * failed before its commit was acknowledged. Throws for a plan or a context that cannot be evaluated at all.
   */
  decide(plan: Input, context: DecideContext, host: Host): Promise<Decided> {
    return decideRun(this.#handle, this.revision, plan, context, host);
  }

  /** Gives its memory back. Using it afterwards throws `released`. */
  free(): void {
    this.#handle.release();
  }
}

export interface Governance {
  /** `free()`, for `using`. */
  [Symbol.dispose](): void;
}

disposeByFree(Governance.prototype);

/** A need of a run that nobody has a record of. */
function absentFact(need: Need): Fact {
  switch (need.kind) {
    case "run":
      return { need, version: null, value: null };
    case "approvals":
      return { need, version: null, value: [] };
    default:
      return { need, version: null, value: null };
  }
}
