// What became of a guarded action, recorded: a few times where the host fails, and told where it cannot be.

import { ActionNotRecordedError, type GuardMistake, type RecordFailure } from "./action-errors.js";
import { actionText } from "./action-text.js";
import type { ActionService, CallResult } from "./actions.js";
import { RegateError } from "./errors.js";
import type { GuardOptions } from "./guard-options.js";
import { isObject } from "./host-calls.js";
import { RefusedError } from "./refused-error.js";

/**
 * Records a result, and settles the call. The action was taken: what goes wrong from here on is told to `onRecordFailure`, or thrown as
 * an `ActionNotRecordedError` that has the result.
 */
export async function recordSuccess<Args extends unknown[], Result>(
  result: Result,
  action_name: string,
  reservation_id: string,
  options: GuardOptions<Args, Result>,
  service: ActionService,
): Promise<void> {
  const { settle, recorded = (value: Result): unknown => value, onRecordFailure } = options;
  const slips = new Slips();
  // A mistake of the caller's own functions: the rest is recorded all the same.
  const kept = await slips.of("recorded", () => Promise.resolve(result).then(recorded).then(recordable));
  const cost = await slips.of("settle", () => Promise.resolve(result).then((value) => settle?.(value)).then(checkedCost));
  const said: CallResult = { outcome: "success", result: kept ?? null, ...(cost === undefined ? {} : { cost_usd: cost }) };
  const failure = await slips.failureOf(() => service.recordResult(reservation_id, said), { action_name, reservation_id, outcome: "success" as const, result });
  if (failure === undefined) return;
  if (onRecordFailure === undefined) throw new ActionNotRecordedError(failure);
  await onRecordFailure(failure);
}

/** Records that the action ended in an error. It is thrown whatever becomes of this, so a failure here is only told, and noted on it. */
export async function recordError<Args extends unknown[], Result>(
  thrown: unknown,
  action_name: string,
  reservation_id: string,
  { settle, onRecordFailure }: GuardOptions<Args, Result>,
  service: ActionService,
): Promise<void> {
  const slips = new Slips();
  const cost = await slips.of("settle", () => Promise.resolve().then(() => settle?.(undefined, thrown)).then(checkedCost));
  const said: CallResult = { outcome: "error", ...(cost === undefined ? {} : { cost_usd: cost }) };
  const failure = await slips.failureOf(() => service.recordResult(reservation_id, said), { action_name, reservation_id, outcome: "error" as const });
  if (failure === undefined) return;
  note(failure, thrown);
  await onRecordFailure?.(failure);
}

/** Gives back what was taken for an action that did nothing, because of what is thrown then: a failure here is told, and noted on it. */
export async function recordNotTaken<Args extends unknown[], Result>(
  thrown: unknown,
  action_name: string,
  reservation_id: string,
  { onRecordFailure }: GuardOptions<Args, Result>,
  service: ActionService,
): Promise<void> {
  try {
    await patiently(() => service.release(reservation_id));
  } catch (error) {
    // Its decision was not committed: nothing was taken.
    if (error instanceof RefusedError && error.code === "not_found") return;
    const failure = { error, action_name, reservation_id, outcome: "not_taken" as const, is_recorded: false, mistakes: [] };
    note(failure, thrown);
    await onRecordFailure?.(failure);
  }
}

/** Notes on what is thrown what could not be recorded beside it, where it is an object that can bear that. */
function note(failure: RecordFailure<never>, thrown: unknown): void {
  if (!isObject(thrown)) return;
  try {
    // Not enumerable: a log that writes what is thrown meets no circle, and nothing of the host's that may be secret.
    Reflect.defineProperty(thrown, "record_failure", { value: failure, configurable: true });
  } catch {
    // A proxy's.
  }
}

/** What went wrong around a record: mistakes of the guard's own functions, and the record itself. */
class Slips {
  readonly #mistakes: GuardMistake[] = [];
  #first: unknown;

  /** What one of the guard's own functions gives; undefined where it failed. */
  async of<T>(name: GuardMistake, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (thrown) {
      if (this.#mistakes.length === 0) this.#first = thrown;
      this.#mistakes.push(name);
      return undefined;
    }
  }

  /** Records, and says what could not be recorded, or not as it should; undefined where all is well. */
  async failureOf<Said extends object>(record: () => Promise<unknown>, said: Said): Promise<(Said & Slip) | undefined> {
    const mistakes = this.#mistakes;
    try {
      await patiently(record);
    } catch (thrown) {
      return { ...said, error: thrown, is_recorded: false, mistakes };
    }
    return mistakes.length === 0 ? undefined : { ...said, error: this.#first, is_recorded: true, mistakes };
  }
}

type Slip = Pick<RecordFailure<never>, "error" | "is_recorded" | "mistakes">;

// What JSON cannot say is no evidence.
function recordable(value: unknown): unknown {
  try {
    actionText({ value });
    return value;
  } catch {
    return null;
  }
}

function checkedCost(cost: number | undefined): number | undefined {
  if (cost === undefined || (Number.isFinite(cost) && cost >= 0)) return cost;
  throw new RegateError("malformed_request", "the option `settle` of guard() gave a cost that is no amount from 0", { path: "/settle" });
}

const TRIES = 3;
const FIRST_PAUSE_MS = 100;

// A host fails for a moment now and then, and the action cannot be taken back.
async function patiently(act: () => Promise<unknown>): Promise<void> {
  for (let failed = 0; ; failed++) {
    try {
      await act();
      return;
    } catch (thrown) {
      // An earlier try was performed, and its answer was lost.
      if (failed > 0 && thrown instanceof RefusedError && thrown.code === "wrong_state") return;
      const passes = thrown instanceof RegateError && ["host_failed", "conflict_not_resolved", "engine_trapped"].includes(thrown.code);
      if (!passes || failed + 1 === TRIES) throw thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** failed));
  }
}
