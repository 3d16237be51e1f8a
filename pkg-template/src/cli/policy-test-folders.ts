// Which folders `regate policy test` looks for tests in, and the files of tests of one.

import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Module } from "../wire.js";
import { CliFailure } from "./failure.js";
import { readText } from "./files.js";
import { byBytes, wordsOf } from "./policy-bundle.js";

/** Behind a path: every folder below it, too. */
const ALL_BELOW = "/...";

/** The folders that a path names, in the order in which they are looked at. */
export function testFolders(given: string): string[] {
  const path = given === "" ? "./..." : given;
  const plain = path === "./..." ? path : path.replace(/^\.\//, "");
  if (!plain.endsWith(ALL_BELOW)) return [plain];
  const root = plain.slice(0, -ALL_BELOW.length);
  const folders: string[] = [];
  const walk = (folder: string, name: string): void => {
    let isFolder: boolean;
    let names: string[] = [];
    try {
      isFolder = lstatSync(folder).isDirectory();
      const isHidden = name.length > 1 && name.startsWith(".");
      if (!isFolder || isHidden) return;
      folders.push(folder);
      names = readdirSync(folder).sort(byBytes);
    } catch (thrown) {
      throw new CliFailure(`cannot instantiate runner: failed to lookup test folders: ${wordsOf(thrown, folder)}`);
    }
    for (const inner of names) walk(join(folder, inner), inner);
  };
  walk(root === "" ? "/" : root, "");
  return folders;
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
