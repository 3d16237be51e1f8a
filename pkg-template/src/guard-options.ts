// What is said of a guarded function beforehand: the call that its arguments are, and what is done around it.

import type { WaitOptions } from "./action-approvals.js";
import { checkedWait } from "./action-approvals.js";
import type { ActionHeldError, RecordFailure } from "./action-errors.js";
import { isPlainObject } from "./action-text.js";
import { RegateError } from "./errors.js";
import type { MaybePromise } from "./host.js";
import { requireKnownOptions } from "./options.js";
import type { ActionCall } from "./wire.js";

/** A value, or how the arguments of a call say it. */
export type Said<Args extends unknown[], Value> = Value | ((...args: Args) => MaybePromise<Value>);

type OtherFields = Omit<ActionCall, "name" | "cost_usd" | "kwargs">;

/** The fields of a call that are named as there. One that is given says something: null where there is none. */
type OtherOptions<Args extends unknown[]> = { [Field in keyof OtherFields]?: Said<Args, Exclude<OtherFields[Field], undefined>> };

/** How a function is guarded. */
export interface GuardOptions<Args extends unknown[], Result> extends OtherOptions<Args> {
  /** The action. Default: the name of the function. */
  action?: Said<Args, string>;
  /** What the call costs in US dollars, at the most. Default 0. What is no amount from 0, undefined included, is denied. */
  cost?: Said<Args, number>;
  /**
   * The arguments by their names: what policies check. Default: the one argument, where it is a plain object, and nothing where there is
   * none. A function with other arguments must say them, because what is not named here no policy sees. A function is called once more
   * right before the action is taken, and must say the same of the same arguments.
   */
  kwargs?: Said<Args, Record<string, unknown>>;
  /**
   * What is done where the call needs an approval. Default `"throw"`: an `ActionHeldError`. `"wait"`, or how to wait: until it is decided;
   * where the waiting ends before that, the approval is withdrawn. A function: the call is resumed when it is done.
   */
  onHold?: "throw" | "wait" | WaitOptions | ((held: ActionHeldError) => MaybePromise<void>);
  /** What the call really cost, of its result or of what it threw. Undefined: the cost stays as it was decided. */
  settle?: (result: Result | undefined, error?: unknown) => MaybePromise<number | undefined>;
  /**
   * What is recorded of the result, for evidence and for later calls with the same idempotency key. Default: the result, where JSON can
   * say it, and null for anything else, such as undefined or the instance of a class.
   */
  recorded?: (result: Result) => unknown;
  /**
   * Is told what could not be recorded, or given back. Where the action was taken, its result is then given; default: an
   * `ActionNotRecordedError`. Where something is thrown, that stays so, and has the failure as its `record_failure` in any case.
   */
  onRecordFailure?: (failure: RecordFailure<Result>) => MaybePromise<void>;
}

// Written as an object, so that the compiler tells when a call gets another field.
const FIELDS: { readonly [field in keyof Required<OtherFields>]: true } = {
  tags: true,
  risk_level: true,
  impact: true,
  requires_human_approval: true,
  approval_description: true,
  agent_id: true,
  run_id: true,
  session_id: true,
  task_id: true,
  mission_id: true,
  group_id: true,
  harness: true,
  principal: true,
  produces_evidence: true,
  is_commit: true,
  requires: true,
  evidence_max_age_seconds: true,
  grounding_rules: true,
  argument_constraints: true,
  idempotency_key: true,
  idempotency_ttl_seconds: true,
  fail_closed: true,
};
const CALLBACKS = ["settle", "recorded", "onRecordFailure"] as const;
const OPTIONS = [...Object.keys(FIELDS), ...CALLBACKS, "action", "cost", "kwargs", "onHold"];

/** Refuses a guard that could not work, or would show nothing to the checks. */
export function checkGuard(run: unknown, options: unknown): void {
  if (typeof run !== "function") throw new RegateError("malformed_request", "guard() needs a function");
  requireKnownOptions(options, OPTIONS, "guard()");
  const { action, kwargs, onHold, ...others } = options as { [name: string]: unknown };
  for (const name of CALLBACKS) {
    if (others[name] !== undefined && typeof others[name] !== "function") throw wrong(name, "is a function");
  }
  for (const [name, value] of Object.entries(others)) if (value === undefined && name in FIELDS) throw undefinedOption(name);
  if (action === undefined && run.name === "") throw wrong("action", "is the name of the action: the function has none");
  if (kwargs === undefined && run.length > 1) throw unseen(`the function takes ${run.length} arguments`);
  if (kwargs !== undefined && typeof kwargs !== "function" && !isPlainObject(kwargs)) throw wrong("kwargs", "is an object, or a function that gives one");
  const waits = onHold === undefined || onHold === "throw" || onHold === "wait" || typeof onHold === "function";
  if (!waits) checkedWait(onHold);
}

/** The call that a function's arguments are. */
export async function callOf<Args extends unknown[]>(run: Function, options: GuardOptions<Args, never>, args: Args): Promise<ActionCall> {
  const said: { [name: string]: unknown } = options as object as { [name: string]: unknown };
  const valueOf = async (name: string): Promise<unknown> => {
    const value = said[name];
    return typeof value === "function" ? ((await (value as (...given: Args) => unknown)(...args)) as unknown) : value;
  };
  const call: { [field: string]: unknown } = { name: said["action"] === undefined ? run.name : await valueOf("action") };
  // Undefined is no price: it is denied.
  if (Object.hasOwn(said, "cost")) call["cost_usd"] = await valueOf("cost");
  call["kwargs"] = await kwargsOf(options, args);
  if (!isPlainObject(call["kwargs"])) throw wrong("kwargs", "gave no object");
  for (const field of Object.keys(FIELDS)) {
    if (!Object.hasOwn(said, field)) continue;
    call[field] = await valueOf(field);
    if (call[field] === undefined) throw undefinedOption(field);
  }
  return call as unknown as ActionCall;
}

/** The arguments of a call by their names, as they are now. */
export function kwargsOf<Args extends unknown[]>({ kwargs }: GuardOptions<Args, never>, args: Args): MaybePromise<unknown> {
  if (kwargs === undefined) return namedArguments(args);
  return typeof kwargs === "function" ? kwargs(...args) : kwargs;
}

function namedArguments(args: readonly unknown[]): { [name: string]: unknown } {
  const [only, ...more] = args;
  if (args.length === 0) return {};
  if (more.length === 0 && isPlainObject(only)) return only;
  throw unseen(more.length === 0 ? "the argument is no plain object" : `there are ${args.length} arguments`);
}

function unseen(why: string): RegateError {
  return new RegateError("malformed_request", `no policy would see the arguments: ${why}, and nothing says their names`, {
    path: "/kwargs",
    help: "give guard() the option kwargs, such as kwargs: (to, amount) => ({ to, amount }); kwargs: () => ({}) where none is to be checked",
  });
}

// An id that was looked up and not found would be a call of nobody's, past the policies and the kill switch of its agent.
function undefinedOption(name: string): RegateError {
  return new RegateError("malformed_request", `the option \`${name}\` of guard() gave undefined`, { path: `/${name}`, help: "leave the option out, or give null where there is none" });
}

function wrong(name: string, what: string): RegateError {
  return new RegateError("malformed_request", `the option \`${name}\` of guard() ${what}`, { path: `/${name}` });
}
