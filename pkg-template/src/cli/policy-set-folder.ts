// A folder as a policy set: its `*.rego` are the policies, `policy-set.json` says how they are enforced.

import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Policy, PolicySet } from "../wire.js";
import { CliFailure } from "./failure.js";
import { entriesOf, isFolder, readJsonObject, readText } from "./files.js";

const SETTINGS = "policy-set.json";

/** A policy set, and where each part of it was read. */
export interface PolicySetFolder {
  set: PolicySet;
  /** The settings where there are any, else the folder or file itself. */
  origin: string;
  /** Whether its name is that of its folder or file, because no settings name it. */
  isNamedByPath: boolean;
  /** The path of each policy's file, by the policy's name. */
  files: ReadonlyMap<string, string>;
}

/** Reads a folder, or a lone Rego file, as a policy set that is mandatory and organisation-wide unless it says otherwise. */
export async function readPolicySet(path: string): Promise<PolicySetFolder> {
  if (!isFolder(path)) return ofFiles(basename(path, ".rego"), [path], {}, path);
  const entries = entriesOf(path);
  const names = entries.map(({ name }) => name).filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"));
  if (names.length === 0) {
    const below = entries.find((entry) => !entry.name.startsWith(".") && entry.isDirectory());
    const hint = below === undefined ? "" : `; pass the folder that holds them, such as \`${join(path, below.name)}\``;
    // An empty set would let everything pass.
    throw new CliFailure(`the folder \`${path}\` has no policy (*.rego, tests apart)${hint}`);
  }
  const settingsPath = join(path, SETTINGS);
  const settings = existsSync(settingsPath) ? await readJsonObject(settingsPath, "the settings") : {};
  if ("policies" in settings) {
    throw new CliFailure(`\`${settingsPath}\` must not list \`policies\`: they are the *.rego files beside it`);
  }
  const origin = existsSync(settingsPath) ? settingsPath : path;
  return ofFiles(basename(resolve(path)), names.map((name) => join(path, name)), settings, origin);
}

async function ofFiles(name: string, paths: readonly string[], settings: object, origin: string): Promise<PolicySetFolder> {
  const policies: Policy[] = [];
  const files = new Map<string, string>();
  for (const path of paths) {
    const policy = { name: basename(path, ".rego"), rego_source: await readText(path, "the policy") };
    policies.push(policy);
    files.set(policy.name, path);
  }
  return { set: { name, ...settings, policies }, origin, isNamedByPath: !("name" in settings), files };
}
