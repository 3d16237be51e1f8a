// The option `--dialect`, and what to say when the other dialect would have been right.

import type { Dialect } from "../wire.js";
import { CliFailure } from "./failure.js";

/** The dialect that was asked for, if one was. */
export function dialectOf(option: string | undefined): Dialect | undefined {
  if (option === undefined || option === "v0" || option === "v1") return option;
  throw new CliFailure(`--dialect is v0 or v1, not \`${option}\``);
}

/** A hint for modules that have errors in the dialect they were read in, and none in the older one, which `isOlder` looks up. */
export function olderDialectHint(asked: Dialect | undefined, isOlder: () => boolean): string | undefined {
  if (asked !== undefined || !isOlder()) return undefined;
  return "these files are in the older dialect of Rego: add --dialect v0";
}
