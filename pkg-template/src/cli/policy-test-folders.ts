// Which folders `regate policy test` looks for tests in, and the files of tests of one.

import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Module } from "../wire.js";
import { readText } from "./files.js";
import { byBytes, wordsOf } from "./policy-bundle.js";
import { EXIT_ARGUMENTS, PolicyFailure } from "./policy-failure.js";

/** Behind a path: every folder below it, too. */
const ALL_BELOW = "/...";

/** The folders that a path names, in the order in which they are looked at: a link to a folder is one, but inside of one it is none. */
export function testFolders(given: string): readonly [string, ...string[]] {
  const path = given === "" ? "./..." : given;
  const plain = path === "./..." ? path : path.replace(/^\.\//, "");
  if (!plain.endsWith(ALL_BELOW)) return [plain];
  const root = plain.slice(0, -ALL_BELOW.length) || "/";
  const fail = (why: string): PolicyFailure =>
    new PolicyFailure("policy.test_setup_failed", EXIT_ARGUMENTS, `cannot instantiate runner: failed to lookup test folders: ${why}`);
  const asked = <T>(folder: string, ask: () => T): T => {
    try {
      return ask();
    } catch (thrown) {
      throw fail(wordsOf(thrown, folder));
    }
  };
  const below = (folder: string): string[] =>
    asked(folder, () => readdirSync(folder).sort(byBytes)).flatMap((name) => {
      const inner = join(folder, name);
      const isHidden = name.length > 1 && name.startsWith(".");
      return !isHidden && asked(inner, () => lstatSync(inner).isDirectory()) ? [inner, ...below(inner)] : [];
    });
  const isFolder = asked(root, () => lstatSync(root).isDirectory() || statSync(root).isDirectory());
  if (!isFolder) throw fail(`${root} is not a directory`);
  return [root, ...below(root)];
}

/** The files of tests that lie directly in a folder, in the order of their names. Throws an `Error` for what is no folder. */
export async function testFiles(folder: string): Promise<Module[]> {
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (thrown) {
    throw new Error(wordsOf(thrown, folder));
  }
  const files: Module[] = [];
  for (const name of names.sort(byBytes)) {
    if (!name.endsWith("_test.yaml") && !name.endsWith("_test.yml")) continue;
    const path = join(folder, name);
    files.push({ path: path.replaceAll("\\", "/"), source: await readText(path, "the file of tests") });
  }
  return files;
}
