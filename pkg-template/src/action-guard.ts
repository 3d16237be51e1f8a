// `guard`: a function that is called only where a decision allows it, and what became of it recorded.

import { mayBeTaken, type FailedDecision } from "./action-denial.js";
import { ActionDeniedError, ActionHeldError, ActionNotTaken } from "./action-errors.js";
import { recordError, recordNotTaken, recordSuccess } from "./action-record.js";
import type { ActionService } from "./actions.js";
import { actionText, isPlainObject } from "./action-text.js";
import { RegateError } from "./errors.js";
import { callOf, checkGuard, kwargsOf, type GuardOptions } from "./guard-options.js";
import type { MaybePromise } from "./host.js";
import type { ActionCall, ReservationOfDecision } from "./wire.js";

/** A guarded function: the same parameters, and always a promise. */
export interface GuardedAction<Args extends unknown[], Result> {
  /**
   * Takes the action where it is allowed. Throws an `ActionDeniedError` or `ActionHeldError`, or what the function throws. Where the same
   * call was made under its idempotency key, gives what was recorded then, without calling the function.
   */
  (...args: Args): Promise<Result>;
  /** Takes an action that was held, after its approval, with the same arguments. */
  resume(reservationId: string, ...args: Args): Promise<Result>;
}

/** Guards a function with a service. */
export function guard<Args extends unknown[], Result>(
  run: (...args: Args) => Result,
  options: GuardOptions<Args, Awaited<Result>>,
  service: ActionService,
): GuardedAction<Args, Awaited<Result>> {
  checkGuard(run, options);
  // What the caller does with the options afterwards changes nothing.
  const guarded = new Guard(run, { ...options }, service);
  const action = function (this: unknown, ...args: Args): Promise<Awaited<Result>> {
    return guarded.take(this, args, false, (call) => service.authorize(call));
  };
  const resume = function (this: unknown, reservationId: string, ...args: Args): Promise<Awaited<Result>> {
    return guarded.take(this, args, true, (call) => service.resume(reservationId, call));
  };
  return Object.assign(action, { resume });
}

class Guard<Args extends unknown[], Result> {
  readonly #run: (...args: Args) => Result;
  readonly #options: GuardOptions<Args, Awaited<Result>>;
  readonly #service: ActionService;

  constructor(run: (...args: Args) => Result, options: GuardOptions<Args, Awaited<Result>>, service: ActionService) {
    this.#run = run;
    this.#options = options;
    this.#service = service;
  }

  async take(self: unknown, args: Args, resumes: boolean, decide: (call: ActionCall) => Promise<FailedDecision>): Promise<Awaited<Result>> {
    const call = await callOf(this.#run, this.#options, args);
    // Written before anything is decided: what was checked must still be so when the function runs.
    const checked = actionText({ kwargs: call.kwargs });
    const decision = await this.#allowed(call, await decide(call), resumes);
    const { idempotent_replay, reservation } = decision;
    if (idempotent_replay !== undefined) return idempotent_replay.value as Awaited<Result>;
    if (reservation === undefined) throw new RegateError("engine_answer", "a decision allows a call and holds nothing for it");
    const said = this.#saidNow(args);
    // Without a pause where nothing has to be waited for: what nobody had a turn to change is what was looked at.
    const { text, cause } = said instanceof Promise ? await said : said;
    if (text !== checked) {
      const changed = new RegateError("arguments_changed", `the arguments of \`${call.name}\` were changed while it was decided on`, {
        path: "/kwargs",
        help: "leave the object alone until the call has ended, and let `kwargs` say the same of the same arguments; what was checked is what may be done",
        cause,
      });
      await this.#notTaken(changed, call, reservation.id);
      throw changed;
    }
    return this.#taken(self, args, call, reservation);
  }

  #saidNow(args: Args): MaybePromise<SaidNow> {
    try {
      const kwargs = kwargsOf(this.#options, args);
      return isPlainObject(kwargs) ? textOf(kwargs) : Promise.resolve(kwargs).then(textOf).catch(unsaid);
    } catch (thrown) {
      return unsaid(thrown);
    }
  }

  // INVARIANT (fail closed): the function is reached from here alone, with a decision that is an allow.
  async #allowed(call: ActionCall, first: FailedDecision, resumes: boolean): Promise<FailedDecision> {
    let decision = first;
    let isResumed = resumes;
    if (decision.decision === "require_approval") {
      const held = new ActionHeldError(decision, call.name);
      await this.#wait(held);
      decision = await this.#service.resume(held.reservation.id, call);
      isResumed = true;
    }
    if (decision.decision === "allow") return decision;
    if (decision.decision === "require_approval") throw new ActionHeldError(decision, call.name);
    const denied = new ActionDeniedError(decision, call.name);
    // Nobody knows whether it was allowed, but here it is known that the function does not run. What was approved is left as it is: it may
    // be waiting still, or others may have resumed it meanwhile.
    const uncertain = isResumed ? undefined : mayBeTaken(decision);
    if (uncertain !== undefined) await this.#notTaken(denied, call, uncertain);
    throw denied;
  }

  async #wait(held: ActionHeldError): Promise<void> {
    const { onHold = "throw" } = this.#options;
    if (onHold === "throw") throw held;
    if (typeof onHold === "function") return onHold(held);
    try {
      await this.#service.approvals.waitFor(held.approval_id, onHold === "wait" ? {} : onHold);
    } catch (thrown) {
      // Nobody resumes it any more: what is held for it is given back now, or when it expires.
      await this.#service.approvals.cancel(held.approval_id).catch(() => {});
      throw thrown;
    }
  }

  async #taken(self: unknown, args: Args, call: ActionCall, reservation: ReservationOfDecision): Promise<Awaited<Result>> {
    let result: Awaited<Result>;
    try {
      result = await this.#run.apply(self, args);
    } catch (thrown) {
      if (thrown instanceof ActionNotTaken) await this.#notTaken(thrown, call, reservation.id);
      // Whatever becomes of the record, the caller is to know what the function threw.
      else await recordError(thrown, call.name, reservation.id, this.#options, this.#service).catch(() => {});
      throw thrown;
    }
    await recordSuccess(result, call.name, reservation.id, this.#options, this.#service);
    return result;
  }

  // Never fails: why the function did not run, or did nothing, is what the caller is to know.
  async #notTaken(why: unknown, call: ActionCall, reservationId: string): Promise<void> {
    await recordNotTaken(why, call.name, reservationId, this.#options, this.#service).catch(() => {});
  }
}

/** What the arguments say, as text; without one they cannot be what was checked. */
interface SaidNow {
  text?: string;
  cause?: unknown;
}

function textOf(kwargs: unknown): SaidNow {
  return { text: actionText({ kwargs }) };
}

function unsaid(cause: unknown): SaidNow {
  return { cause };
}
