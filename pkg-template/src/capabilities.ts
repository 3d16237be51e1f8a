// What a build can do.

import { callEngine } from "./engine-instance.js";
import type { Capabilities } from "./wire.js";

/** The version of the engine, its builtins, and its limits with their defaults. */
export function capabilities(): Capabilities {
  return callEngine("capabilities", {}) as Capabilities;
}
