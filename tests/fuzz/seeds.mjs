// What the fuzzer begins with: every text of Rego that the repository has, in its examples and in its cases; for what nobody vouches for,
// the texts of untrusted-seeds.mjs.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { root } from "../../pkg-template/build/shell.mjs";
import { untrustedSeeds } from "./untrusted-seeds.mjs";

// As targets/check.rs has it.
const BETWEEN_MODULES = "\u001e";
const PLACES = ["pkg-template/examples/policies", "tests/cases"];

/** Writes the seeds of one target into `folder`, and says how many there are. */
export function writeSeeds(folder, target) {
  const texts = new Set(untrustedSeeds[target]?.() ?? modules({ asBundles: target === "check" }));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const text of texts) writeFileSync(join(folder, createHash("sha256").update(text).digest("hex").slice(0, 16)), text);
  return texts.size;
}

function modules({ asBundles }) {
  const texts = new Set();
  for (const place of PLACES) collect(join(root, place), texts, asBundles);
  return texts;
}

function collect(folder, texts, asBundles) {
  const modules = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) collect(path, texts, asBundles);
    else if (extname(path) === ".rego") modules.push(readFileSync(path, "utf8"));
    else if (extname(path) === ".json") collectFromJson(jsonOf(path), texts);
  }
  for (const text of modules) texts.add(text);
  if (asBundles && modules.length > 1) texts.add(modules.join(BETWEEN_MODULES));
}

// Some cases have a file that is no JSON, to show what becomes of it.
function jsonOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

// Cases have short policies inside their requests.
function collectFromJson(value, texts) {
  if (typeof value === "string" && /^\s*package /m.test(value)) texts.add(value);
  else if (value !== null && typeof value === "object") for (const part of Object.values(value)) collectFromJson(part, texts);
}
