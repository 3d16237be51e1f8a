// What a command on action policies is given beside the policies, each in a file of its own.

import { RegateError, messageOf } from "../errors.js";
import { CliFailure } from "./failure.js";
import { nameOf, readJsonArray, readJsonObject } from "./files.js";

/** The files of the options that authorize and simulate share. */
export interface SharedFiles {
  settings: string | undefined;
  exceptions: string | undefined;
  moderation: string | undefined;
}

/** What `--help` says of them. */
export const SHARED_USAGE = `  --settings FILE       What holds for all decisions, a JSON object such as { "enforcement_mode": "fail_closed" }
  --exceptions FILE     Exceptions from the policies, a JSON array of { "policy_id", "agent_ids", "max_uses", ... };
                        the id of a policy is its name
  --moderation FILE     What a moderator says of the arguments, a JSON array of { "flagged", "categories", "field_path" };
                        [] where nothing is wrong. Default: there is no moderator, and a policy that wants one denies`;

/** What those files hold, as the engine takes it. Absent files say nothing. */
export async function sharedInputs({ settings, exceptions, moderation }: SharedFiles): Promise<{ [part: string]: unknown }> {
  return {
    ...(settings === undefined ? {} : { settings: await readJsonObject(settings, "the settings") }),
    ...(exceptions === undefined ? {} : { exceptions: await readJsonArray(exceptions, "the exceptions") }),
    ...(moderation === undefined ? {} : { moderation: await readJsonArray(moderation, "the moderation") }),
  };
}

/** Asks the engine. It names a place in the request: people know the file that the part comes from, and where in it an entry stands. */
export function aboutFiles<T>(ask: () => T, files: { [part: string]: string | undefined }, lineOf: (part: string, index: number) => number | undefined = () => undefined): T {
  try {
    return ask();
  } catch (thrown) {
    if (!(thrown instanceof RegateError) || thrown.code === "engine_trapped") throw thrown;
    const [, part = "", ...rest] = thrown.path?.split("/") ?? [];
    const file = files[part];
    if (file === undefined) throw thrown;
    const line = lineOf(part, Number(rest[0]));
    const places = [...(rest.length === 0 ? [] : [`at /${rest.join("/")}`]), ...(line === undefined ? [] : [`in line ${line}`])];
    const at = places.length === 0 ? "" : ` (${places.join(", ")})`;
    throw new CliFailure(`${nameOf(file)}: ${messageOf(thrown).replace(/^the request cannot be read: /, "")}${at}`);
  }
}
