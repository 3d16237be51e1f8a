// The option `--dialect`, and what to say when the other dialect would have been right.

import { check } from "../authoring.js";
import type { HostBuiltin } from "../host-functions.js";
import type { Dialect, HostFunction, Module } from "../wire.js";
import { CliFailure } from "./failure.js";

/** The dialect that was asked for, if one was. */
export function dialectOf(option: string | undefined): Dialect | undefined {
  if (option === undefined || option === "v0" || option === "v1") return option;
  throw new CliFailure(`--dialect is v0 or v1, not \`${option}\``);
}

/** A hint for modules that have errors in the dialect they were read in, and are right in the older one, which `isOlder` looks up. */
export function olderDialectHint(asked: Dialect | undefined, isOlder: () => boolean): string | undefined {
  if (asked !== undefined || !isOlder()) return undefined;
  return "these files are in the older dialect of Rego: add --dialect v0";
}

// A word of the newer dialect that would be a rule in the older one: `allow = true if { ... }` would allow everything there.
const MISREAD = "keyword_not_imported";

/** Whether modules are right in the older dialect. */
export function areOlder(modules: readonly Module[], hostFunctions: readonly HostFunction[], hostBuiltins: readonly HostBuiltin[] = []): boolean {
  const { diagnostics } = check(modules, { dialect: "v0", hostFunctions, hostBuiltins });
  return diagnostics.every(({ severity, code }) => severity !== "error" && code !== MISREAD);
}

/** Whether a module would be read otherwise in the older dialect than it was meant. */
export function wouldBeMisread(module: Module): boolean {
  return check([module], { dialect: "v0" }).diagnostics.some(({ code }) => code === MISREAD);
}
