// The ways to pass Rego modules: one text, a list with paths, or an object from path to text.

import { RegateError } from "./errors.js";
import type { Module } from "./wire.js";

/** One module's text, a list of modules, or an object from path to text. */
export type Modules = string | readonly Module[] | Readonly<Record<string, string>>;

/** The modules as the engine takes them. `path` names a lone text in diagnostics. */
export function moduleList(modules: Modules, path: string | undefined): Module[] {
  if (typeof modules === "string") return [{ path: path ?? "policy.rego", source: modules }];
  if (Array.isArray(modules) && (modules as readonly unknown[]).every((module) => typeof module === "object" && module !== null)) {
    return modules.map((module: Module) => ({ path: module.path, source: module.source }));
  }
  // A Map or a Set has entries of its own, and would be taken for no modules, in which nothing is wrong.
  if (typeof modules === "object" && modules !== null && !(Symbol.iterator in modules)) {
    return Object.entries(modules).map(([path, source]) => ({ path, source }));
  }
  throw new RegateError("malformed_request", "modules must be a text, a list of { path, source }, or an object from path to text");
}
