// The bundle of policies under a path, as `regate policy` reads it: every *.rego, and in the words of the tool that people know.

import { lstatSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { TextDecoder } from "node:util";
import { loadConfigPolicies, type ConfigPolicies } from "../config-policies.js";
import type { Diagnostic, Module } from "../wire.js";
import { hasErrors, printDiagnostics } from "./excerpt.js";
import { DECISION_FAILED, EXIT_INVALID, PolicyFailure } from "./policy-failure.js";
import { besideResult, type Terminal } from "./terminal.js";

/** What a bundle without policies says. */
export const NO_POLICIES = "no rego policies found";

/** The files of a bundle: a folder, or a link to one, is walked to its end, hidden folders too. Throws an `Error` in the words for what is missing. */
export function bundleFiles(root: string): Module[] {
  const paths: string[] = [];
  const walk = (path: string, isRoot: boolean): void => {
    let isFolder: boolean;
    try {
      const found = lstatSync(path);
      const isLinkToFolder = found.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
      // Inside of a folder it may lead out of it, or back to where the walk began.
      if (isLinkToFolder && !isRoot) return;
      isFolder = isLinkToFolder || found.isDirectory();
      if (isFolder) {
        for (const name of readdirSync(path).sort(byBytes)) walk(join(path, name), false);
      }
    } catch (thrown) {
      throw new Error(`failed to walk root: ${wordsOf(thrown, path)}`);
    }
    // A file that is named itself keeps its name as it was written.
    if (!isFolder && path.endsWith(".rego")) paths.push(isRoot ? root : path);
  };
  walk(root, true);
  return paths.map((path) => ({ path: path.replaceAll("\\", "/"), source: sourceOf(path) }));
}

function sourceOf(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (thrown) {
    throw new Error(`failed to read file: ${thrown instanceof TypeError ? `${path}: it is not UTF-8 text` : wordsOf(thrown, path)}`);
  }
}

/** The order of names in a folder. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
  ELOOP: "too many levels of symbolic links",
};

/** A failure of the file system, as `lstat P: no such file or directory`. */
export function wordsOf(thrown: unknown, path: string): string {
  const { code = "", syscall = "open", message } = thrown as NodeJS.ErrnoException;
  const call = syscall === "scandir" ? "open" : syscall;
  return `${call} ${path}: ${REASONS[code] ?? message}`;
}

/** Policies, and the texts that they were loaded from. */
export interface LoadedFiles {
  policies: ConfigPolicies;
  files: readonly Module[];
}

/** The policies under a path, or a failure that says why there are none, with what is wrong at its place. Warnings stand beside the result. */
export function requirePolicies(root: string, terminal: Terminal): LoadedFiles {
  const failed = `${DECISION_FAILED}failed to load policy files: `;
  let files: Module[];
  try {
    files = bundleFiles(root);
  } catch (thrown) {
    throw new PolicyFailure("policy.load_failed", EXIT_INVALID, `${failed}${(thrown as Error).message}`);
  }
  if (files.length === 0) throw new PolicyFailure("policy.no_policies", EXIT_INVALID, `${failed}${NO_POLICIES}`);
  const { policies, error, diagnostics } = loadConfigPolicies(files);
  showDiagnostics(diagnostics, files, terminal);
  if (policies !== null) return { policies, files };
  throw new PolicyFailure("policy.load_failed", EXIT_INVALID, `${failed}${error?.message ?? ""}`);
}

/** Shows what is wrong with policies beside the result. */
export function showDiagnostics(diagnostics: readonly Diagnostic[], files: readonly Module[], terminal: Terminal): void {
  const shown = hasErrors(diagnostics) ? diagnostics.filter(({ severity }) => severity === "error") : diagnostics;
  printDiagnostics(shown, new Map(files.map(({ path, source }) => [path, source])), besideResult(terminal));
}
