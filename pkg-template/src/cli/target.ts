// The option `--target`: the build of the engine that is to run a program.

import type { Target } from "../policy.js";
import { CliFailure } from "./failure.js";

export const TARGET_USAGE = `  --target full|edge    The build of the engine that is to run it; for edge, what that lacks is a warning.
                        Default: full`;

/** The build that was asked for; nothing where none was. */
export function targetOf(option: string | undefined): { target?: Target } {
  if (option === undefined) return {};
  if (option === "full" || option === "edge") return { target: option };
  throw new CliFailure(`--target is full or edge, not \`${option}\``);
}
