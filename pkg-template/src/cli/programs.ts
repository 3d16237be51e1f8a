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

/** Refuses what was given beside a program: it was compiled with all of that. */
export function requireProgramAlone(beside: { readonly [name: string]: string | readonly string[] | undefined }): void {
  const given = Object.keys(beside).filter((name) => beside[name] !== undefined && beside[name].length > 0);
  if (given.length === 0) return;
  throw new CliFailure(`a program holds its policies, data and declarations: leave out ${given.join(" and ")}, or --program`);
}
