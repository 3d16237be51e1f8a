// A digest of source files: equal digests, nothing to build.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./shell.mjs";

// Read by people, not by the build.
const IGNORED = new Set(["node_modules", "examples", "ARCHITECTURE.md"]);

/** The digest of the names and contents of files and folders, given relative to the repository, and of what else they are made with. */
export function fingerprint(names, tools = []) {
  const hash = createHash("sha256").update([process.version, ...tools].join("\0"));
  for (const name of names) add(hash, name);
  return hash.digest("hex");
}

function add(hash, name) {
  const path = join(root, name);
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) {
    for (const entry of readdirSync(path).sort()) {
      if (!IGNORED.has(entry)) add(hash, `${name}/${entry}`);
    }
    return;
  }
  const bytes = readFileSync(path);
  hash.update(`${name}\0${bytes.length}\0`).update(bytes);
}
