// Running other programs during a build, and speaking to the person who waits for it.

import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A build that cannot go on, in a sentence for the person who started it. */
export class BuildError extends Error {}

/** Says what happens now. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Runs a program in the repository and shows what it prints. `path` is searched before PATH. */
export function run(program, args, { path, env } = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: "inherit", env: environment(path, env) });
  if (result.error !== undefined) throw new BuildError(`\`${program}\` could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    throw new BuildError(`\`${program} ${args.join(" ")}\` failed (${result.signal ?? `exit code ${result.status}`}); what it printed stands above`);
  }
}

/** What a program prints, or undefined when it cannot be run or fails. */
export function output(program, args, { path } = {}) {
  const result = spawnSync(program, args, { cwd: root, encoding: "utf8", env: environment(path) });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function environment(path, more) {
  const searched = path === undefined ? process.env.PATH : `${path}${delimiter}${process.env.PATH}`;
  return { ...process.env, ...more, PATH: searched };
}
