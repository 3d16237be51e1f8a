// What a command asks or tests: the Rego modules of files and folders, and the data that lies beside them.

import { dirname, relative, sep } from "node:path";
import type { Module } from "../wire.js";
import { DATA_FILES, dataOf, readDataFile, type Data, type DataFile } from "./data-files.js";
import { CliFailure } from "./failure.js";
import { filesUnder, isFolder, leftOutNote, nameOf, readText } from "./files.js";
import type { Terminal } from "./terminal.js";

/** Modules and their data. */
export interface Policies {
  modules: Module[];
  data: Data;
}

/**
 * The modules of files and folders, and their data: the documents of the folders, each under the path of its folder below the one that was
 * named, beside the document `dataPath`. Links and files with names that are `ignored` are left out of folders.
 */
export async function readPolicies(
  paths: readonly string[],
  dataPath: string | undefined,
  terminal: Terminal,
  ignored: (name: string) => boolean,
): Promise<Policies> {
  const modules = new Map<string, Module>();
  const data: DataFile[] = dataPath === undefined ? [] : [await readDataFile(dataPath, [])];
  const places = new Set<string>();
  const addModule = async (file: string): Promise<void> => {
    if (!modules.has(file)) modules.set(file, { path: nameOf(file), source: await readText(file, "the policy") });
  };
  for (const path of paths) {
    if (!isFolder(path)) {
      await addModule(path);
      continue;
    }
    const files = filesUnder(path, (name) => name.endsWith(".rego") || DATA_FILES.includes(name), leftOutNote(terminal), ignored);
    if (files.length === 0) throw new CliFailure(`there is no *.rego file and no ${DATA_FILES.join(" or ")} under \`${path}\``);
    for (const file of files) {
      if (file.endsWith(".rego")) {
        await addModule(file);
        continue;
      }
      const at = relative(path, dirname(file)).split(sep).filter((step) => step !== "");
      const place = JSON.stringify([file, at]);
      if (!places.has(place)) data.push(await readDataFile(file, at));
      places.add(place);
    }
  }
  return { modules: [...modules.values()], data: dataOf(data) };
}
