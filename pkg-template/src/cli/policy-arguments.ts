// The command line of the verbs of `regate policy` whose result is JSON in every format.

import { readArguments, type Arguments, type OptionKind } from "./usage.js";

/** What is said of it under `Common options`. */
export const FORMAT_USAGE = `  --format text|json   With json, or --json, a command that fails prints { "error": { "code", "message", ... } }, and
                       says the same in words on standard error. What a command finds is JSON in both`;

/** Reads the command line of a verb, with `--json` as short for a format. */
export function readPolicyArguments<Options extends Record<string, OptionKind>>(
  verb: string,
  args: readonly string[],
  kinds: Options,
): Pick<Arguments<Options & { json: "switch" }>, "options" | "positionals" | "json"> {
  const { options, positionals, json } = readArguments<Options & { json: "switch" }>(`policy ${verb}`, args, { ...kinds, json: "switch" });
  return { options, positionals, json: json || (options.json as boolean) };
}
