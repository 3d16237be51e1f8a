// Program files: what `regate build` writes and `regate eval --program` reads.

import { RegateError } from "../errors.js";
import { fromBytes, type Policy } from "../policy.js";
import { CliFailure } from "./failure.js";
import { nameOf, readBytes } from "./files.js";

/** Loads the program of a file. What is wrong with it is said with the name of the file. */
export async function readProgram(path: string): Promise<Policy> {
  const bytes = await readBytes(path, "the program");
  try {
    return fromBytes(bytes);
  } catch (thrown) {
    if (!(thrown instanceof RegateError)) throw thrown;
    throw new RegateError(thrown.code, `${nameOf(path)}: ${thrown.message}`, thrown);
  }
}

/** What may be given in the place of a program, as options. */
export interface BesideProgram {
  policies: readonly string[];
  bundle: readonly string[];
  data: string | undefined;
  dialect: string | undefined;
  ignore: readonly string[];
  "host-functions": string | undefined;
}

/** Refuses what was given beside a program: it was compiled with all of that. */
export function requireProgramAlone({ policies, bundle, data, dialect, ignore, "host-functions": functions }: BesideProgram): void {
  const beside = { policies, bundle, data, dialect, ignore, "host-functions": functions };
  const given = Object.entries(beside).filter(([, value]) => value !== undefined && value.length > 0);
  if (given.length === 0) return;
  const names = given.map(([name]) => `--${name}`).join(" and ");
  throw new CliFailure(`a program holds its policies, data and declarations: leave out ${names}, or --program`);
}
