// What a caller says of an action (a call, a cost, a result) as JSON text, written once: what is judged is what was given.

import { driverLimits } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import { parseAnswer } from "./json-answer.js";
import { jsonText } from "./json-value.js";
import { isObject } from "./host-calls.js";

/**
 * The text of an operation's fields that a caller gave. What JSON cannot say is `input_not_json` with the path to it, and so is an
 * integer that a record cannot keep.
 */
export function actionText(fields: object): string {
  const { data_nesting, input_bytes } = driverLimits();
  const text = jsonText(fields, { code: "input_not_json", name: "what is asked", lengthLimit: "input_bytes" }, { nesting: data_nesting, length: input_bytes });
  const path = pathOfInexact(parseAnswer(text, "exact"));
  if (path === undefined) return text;
  throw new RegateError("input_not_json", `the integer at \`${path}\` is larger than a record can keep`, { path, help: "pass its digits as a string" });
}

/** The place of an integer that a number does not hold; undefined where there is none. */
function pathOfInexact(value: unknown, path = ""): string | undefined {
  if (typeof value === "bigint") return BigInt(Number(value)) === value ? undefined : path;
  if (!isObject(value)) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const found = pathOfInexact(part, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * A call whose cost can be written. The engine denies a cost that is no amount (`INVALID_COST`), and must get to see it: what JSON
 * cannot say crosses as its text. So does a cost that is there and undefined, such as a price that was looked up and not found: as
 * nothing said it would be a call that is free.
 */
export function writableCall(call: unknown): unknown {
  if (!isPlainObject(call) || !Object.hasOwn(call, "cost_usd")) return call;
  return { ...call, cost_usd: writableCost(call["cost_usd"]) };
}

/** A cost that can be written. */
export function writableCost(cost: unknown): unknown {
  const isWritable = typeof cost === "bigint" || typeof cost === "string" || (typeof cost === "number" && Number.isFinite(cost));
  if (isWritable) return cost;
  return (typeof cost === "object" && cost !== null) || typeof cost === "function" ? `a value of the type ${typeof cost}` : String(cost);
}

/** Whether a value is an object as `{}` makes it, of this realm or of another. */
export function isPlainObject(value: unknown): value is { [key: string]: unknown } {
  if (!isObject(value) || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
