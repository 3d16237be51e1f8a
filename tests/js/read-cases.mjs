// Reads every case folder under `tests/cases` into `{name: {file: text}}`, for runs in Node and to be bundled for runs
// where there is no file system.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../cases", import.meta.url));

/**
 * The folders in the order of their names, such as `governance/57_a_pr_plan_completes`.
 * @returns {Record<string, Record<string, string>>}
 */
export function readCases() {
  return Object.fromEntries(foldersUnder("").map((name) => [name, filesOf(join(root, name))]));
}

/** A folder with a `case.json` is a case; any other holds cases. */
function foldersUnder(name) {
  const entries = readdirSync(join(root, name), { withFileTypes: true });
  if (entries.some((entry) => entry.name === "case.json")) return [name];
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => foldersUnder(name === "" ? entry.name : `${name}/${entry.name}`))
    .sort();
}

function filesOf(folder) {
  return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}
