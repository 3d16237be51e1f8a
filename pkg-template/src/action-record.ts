// What became of a guarded action, recorded: a few times where the host fails, and told where it cannot be.

import { ActionNotRecordedError, type RecordFailure } from "./action-errors.js";
import { actionText } from "./action-text.js";
import type { ActionService, CallResult } from "./actions.js";
import { RegateError } from "./errors.js";
import type { GuardOptions } from "./guard-options.js";
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
  let mistake: { thrown: unknown } | undefined;
  const noting = (thrown: unknown): undefined => void (mistake ??= { thrown });
  // A mistake of the caller's own functions: the rest is recorded all the same.
  const kept = await Promise.resolve(result).then(recorded).then(recordable, noting);
  const cost = await Promise.resolve(result).then((value) => settle?.(value)).then(checkedCost).catch(noting);
  const said: CallResult = { outcome: "success", result: kept ?? null, ...(cost === undefined ? {} : { cost_usd: cost }) };
  try {
    await patiently(() => service.recordResult(reservation_id, said));
    if (mistake === undefined) return;
  } catch (thrown) {
    mistake = { thrown };
  }
  const failure: RecordFailure<Result> = { error: mistake.thrown, action_name, reservation_id, outcome: "success", result };
  if (onRecordFailure === undefined) throw new ActionNotRecordedError(failure);
  await onRecordFailure(failure);
}

/** Records that the action ended in an error. It is thrown whatever becomes of this, so a failure here is only told. */
export async function recordError<Args extends unknown[], Result>(
  error: unknown,
  action_name: string,
  reservation_id: string,
  { settle, onRecordFailure }: GuardOptions<Args, Result>,
  service: ActionService,
): Promise<void> {
  let mistake: { thrown: unknown } | undefined;
  const cost = await Promise.resolve()
    .then(() => settle?.(undefined, error))
    .then(checkedCost)
    .catch((thrown: unknown) => void (mistake = { thrown }));
  try {
    await patiently(() => service.recordResult(reservation_id, { outcome: "error", ...(cost === undefined ? {} : { cost_usd: cost }) }));
  } catch (thrown) {
    mistake = { thrown };
  }
  if (mistake !== undefined) await onRecordFailure?.({ error: mistake.thrown, action_name, reservation_id, outcome: "error" });
}

/** Gives back what was taken for an action that did nothing. */
export async function recordNotTaken<Args extends unknown[], Result>(
  action_name: string,
  reservation_id: string,
  { onRecordFailure }: GuardOptions<Args, Result>,
  service: ActionService,
): Promise<void> {
  try {
    await patiently(() => service.release(reservation_id));
  } catch (thrown) {
    // Its decision was not committed: nothing was taken.
    if (thrown instanceof RefusedError && thrown.code === "not_found") return;
    await onRecordFailure?.({ error: thrown, action_name, reservation_id, outcome: "not_taken" });
  }
}

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
