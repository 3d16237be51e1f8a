// Options that a caller may pass: only known ones, because a misspelt option that means nothing is a wrong answer.

import { RegateError } from "./errors.js";

/** Refuses options that are no object, or that hold a name that `known` has not. `call` says whose they are, as `check()`. */
export function requireKnownOptions(options: unknown, known: readonly string[], call: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new RegateError("malformed_request", `the options of ${call} are no object`, { help: `the options are ${known.join(", ")}` });
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new RegateError("malformed_request", `${call} has no option \`${unknown}\``, {
    path: `/${unknown.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    help: `the options are ${known.join(", ")}`,
  });
}
