// The surface of `regate/edge`, the same for every entry of it: loads policies that were compiled before, and asks them.

import { fromBytes as policyFromBytes, type Policy } from "../policy.js";

export { init, type EngineSource } from "../init.js";
export { RegateError, type ErrorDetails } from "../errors.js";
export type { Input, JsonValue } from "../document.js";
export type { Numbers } from "../json-answer.js";
export { capabilities } from "../capabilities.js";
export type { Answer, EvaluateOptions, FailedAnswer, InputRead } from "../policy.js";
export type { PolicyFunction, PolicyFunctions } from "../host-functions.js";
export type { Builtin, BuiltinCarrier, Capabilities, EvaluationLimits } from "../wire.js";

/**
 * A compiled policy in the edge build, which reads no Rego: it is asked for entrypoints and not for queries, and its bytes stay those that it
 * came from. All else is as in the full build.
 */
export type EdgePolicy = Omit<Policy, "query" | "queryAsync" | "toBytes">;

/**
 * Loads a policy that `compile(…).policy.toBytes()` of `regate` gave. One that calls a builtin which this build lacks is refused with
 * `builtin_not_available`, which names each; `compile` with `target: "edge"` warns of them before.
 *
 * ```js
 * import { fromBytes } from "regate/edge";
 * const policy = fromBytes(await env.POLICIES.get("shop", "arrayBuffer").then((bytes) => new Uint8Array(bytes)));
 * policy.evaluate("shop/allow", { user });
 * ```
 */
export function fromBytes(bytes: Uint8Array): EdgePolicy {
  return policyFromBytes(bytes);
}
