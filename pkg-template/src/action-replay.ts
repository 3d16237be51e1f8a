// `ActionReplay`: an agent runs again, and recorded outputs stand in for its calls. Nothing is checked, and nothing is spent.

import { callEngine, requestText } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import { requireKnownOptions } from "./options.js";
import type {
  OpenedReplay,
  RecordedActionCall,
  RecordedActionEntry,
  ReplayDivergence,
  ReplayedCalls,
  ReplayedOutcome,
  ReplayReport,
} from "./wire.js";

/** What may be said about a replay. */
export interface ActionReplayOptions {
  /** Whether a call that differs from the recorded one throws. Default true; else it is given what was recorded in its place. */
  strict?: boolean | undefined;
  /** Only the entries of this run. */
  run_id?: string | undefined;
}

const OPTIONS = ["strict", "run_id"] as const satisfies readonly (keyof ActionReplayOptions)[];

/** A call that differs from the one that was recorded in its place, in a strict replay. Its `code` is `replay_divergence`. */
export class ReplayDivergenceError extends RegateError {
  /** The recorded call in its place, without its outputs. */
  readonly outcome: ReplayedOutcome;

  constructor(outcome: ReplayedOutcome) {
    super("replay_divergence", sentenceOf(outcome.divergences), {
      help: "record the run again, or replay without `strict` to be given what was recorded",
    });
    this.outcome = outcome;
  }

  /** How it differs: another action, other inputs, or both. */
  get divergences(): readonly ReplayDivergence[] {
    return this.outcome.divergences;
  }
}

/**
 * Recorded outputs in the place of calls, strictly in their order.
 *
 * ```js
 * const replay = new ActionReplay(ledgerEntries, { run_id: "r1" });
 * const { outputs } = replay.next("lookup", { order_id: "A" });
 * replay.report().cost_savings;
 * ```
 */
export class ActionReplay {
  readonly #recorded: readonly RecordedActionCall[];
  readonly #strict: boolean;
  // As text: what the caller does to its arguments afterwards changes no report.
  readonly #made: string[] = [];
  #failed = false;
  #divergence: ReplayDivergenceError | undefined;

  /** Opens a recording: the entries of a ledger, or of a bundle. An empty one is an error. */
  constructor(entries: readonly RecordedActionEntry[], options: ActionReplayOptions = {}) {
    requireKnownOptions(options, OPTIONS, "new ActionReplay()");
    const { strict = true, run_id } = options;
    if (typeof strict !== "boolean") throw new RegateError("malformed_request", "`strict` is true or false", { path: "/strict" });
    this.#recorded = (callEngine("open_replay", { entries, run_id }, { numbers: "exact" }) as OpenedReplay).calls;
    this.#strict = strict;
  }

  /** How many recorded calls are left. */
  get remaining(): number {
    return this.#recorded.length - this.#made.length;
  }

  /**
   * What the recorded call that comes next gave. `inputs` are the arguments by their names, or `{ args, kwargs }`.
   *
   * Throws `ReplayDivergenceError` where the call differs and the replay is strict, and a `RegateError` with the code
   * `replay_exhausted` where no recorded call is left.
   */
  next(action: string, inputs: object = {}): ReplayedOutcome {
    try {
      return this.#next(action, requestText({ action, inputs }));
    } catch (thrown) {
      this.#failed = true;
      throw thrown;
    }
  }

  #next(action: string, call: string): ReplayedOutcome {
    // A strict replay that diverged is over: whatever follows stands on a call that gave nothing.
    if (this.#divergence !== undefined) throw this.#divergence;
    const index = this.#made.length;
    const recorded = this.#recorded[index];
    if (recorded === undefined) throw exhausted(this.#recorded.length, action);
    const [outcome] = played({ recorded: [withoutOutputs(recorded)], strict: this.#strict, first_index: index }, [call]).outcomes;
    if (outcome === undefined) throw exhausted(this.#recorded.length, action);
    // A call that diverges is in the report, also where nothing is given for it.
    this.#made.push(call);
    if (this.#strict && outcome.divergences.length > 0) {
      this.#divergence = new ReplayDivergenceError(outcome);
      throw this.#divergence;
    }
    return { ...outcome, outputs: recorded.outputs };
  }

  /**
   * What became of it so far. `failed` says that an exception left the run that was replayed; a call that threw here is known
   * already.
   */
  report({ failed = false }: { failed?: boolean } = {}): ReplayReport {
    const recorded = this.#recorded.map(withoutOutputs);
    const request = { recorded, strict: this.#strict, failed: failed || this.#failed };
    return played(request, this.#made).report;
  }
}

function played(request: object, calls: readonly string[]): ReplayedCalls {
  const text = `${requestText(request).slice(0, -1)},"calls":[${calls.join(",")}]}`;
  return callEngine("replay_calls", text, { numbers: "exact" }) as ReplayedCalls;
}

// Outputs may be large, and the engine has no use for them.
function withoutOutputs({ outputs: _, ...rest }: RecordedActionCall): Omit<RecordedActionCall, "outputs"> {
  return rest;
}

function exhausted(calls: number, action: string): RegateError {
  return new RegateError("replay_exhausted", `the recording has ${calls} calls, and \`${action}\` is one more`, {
    help: "record the run again: it takes another way now",
  });
}

function sentenceOf(divergences: readonly ReplayDivergence[]): string {
  const [first] = divergences;
  if (first === undefined) return "the call differs from the recorded one";
  if (first.type === "input_mismatch") return `call ${first.index} of \`${first.action}\` has other inputs than the recorded one`;
  return `call ${first.index} is of \`${first.actual}\`, and \`${first.expected}\` was recorded`;
}
